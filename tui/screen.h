/* SPDX-License-Identifier: MIT */
/* The terminal: opened, drawn in one write per update, put back on every way
 * out. One per process. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "base/err.h"
#include "tui/window.h"

struct screen; /* screen_close */

struct screen_options {
	bool ascii, colour, mouse;
	/* Tests: no terminal, this size; draws into memory only. */
	bool headless;
	int rows, cols;
};

struct screen *screen_open(const struct screen_options *o, struct err *err);
void screen_close(struct screen *s); /* the terminal is as it was */
struct window screen_window(struct screen *s); /* all of it, at its size now */
const struct theme *screen_theme(const struct screen *s);
void screen_update(struct screen *s);  /* what was drawn becomes visible */
void screen_redraw(struct screen *s);  /* ^L */
void screen_resize(struct screen *s, int rows, int cols); /* 0: ask */
void screen_suspend(struct screen *s); /* ^Z: returns when continued */
void screen_set_mouse(struct screen *s, bool on);
bool screen_has_mouse(const struct screen *s);
/* To the clipboard by OSC 52, sanitised, newlines too; false: too long. */
bool screen_copy(struct screen *s, struct slice text);
/* Several values, one a line: newlines stay. */
bool screen_copy_lines(struct screen *s, struct slice text);

#endif
