/* SPDX-License-Identifier: MIT */
/* Writes characters into cells from left to right: combining ones join their
 * base, a wide one that does not fit becomes a blank. Within tui only. */
#ifndef TUI_PEN_H
#define TUI_PEN_H

#include "tui/window.h"

#include <wchar.h>

#define PEN_MARKS 4 /* combining characters that one cell can hold */

struct pen {
	const struct window *w;
	int row, col; /* where the next glyph goes, in the window */
	int end;      /* first column that is not ours */
	wchar_t glyph[PEN_MARKS + 2];
	int n, width; /* of the glyph */
	unsigned attr;
};

struct pen pen_at(const struct window *w, int row, int col, int width);
void pen_char(struct pen *p, uint32_t c, unsigned attr);
void pen_end(struct pen *p); /* writes what is pending */

#endif
