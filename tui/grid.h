/* SPDX-License-Identifier: MIT */
/* What window.cells points at: the ncurses window and where the cursor rests,
 * which ncurses would forget with the next cell written. */
#ifndef TUI_GRID_H
#define TUI_GRID_H

#define NCURSES_WIDECHAR 1
#include <curses.h>

struct grid {
	WINDOW *win;
	int rows, cols;
	int cursor_row, cursor_col;
	bool cursor_visible;
	bool wide; /* a glyph of two cells may stand somewhere */
};

#endif
