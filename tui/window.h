/* SPDX-License-Identifier: MIT */
/* A rectangle of cells. All text goes through here: log text is sanitised and
 * cut on the way, the program's own literals are not. Drawing outside the
 * rectangle is cut off; the last cell of the screen is never written. */
#ifndef TUI_WINDOW_H
#define TUI_WINDOW_H

#include "base/text.h"
#include "tui/theme.h"

struct window {
	void *cells; /* ncurses WINDOW; owned by the screen */
	int rows, cols;
	int top, left; /* of this window within the cells */
	const struct theme *theme;
};

/* A part of W; clipped to it. */
struct window window_part(const struct window *w, int top, int left, int rows,
                          int cols);
void window_clear(const struct window *w); /* blanks */
void window_fill(const struct window *w, int row, int col, int width,
                 enum tone tone, const char *sign);

/* TEXT of the program's own (UTF-8, no controls); returns the column behind. */
int window_put(const struct window *w, int row, int col, enum tone tone,
               const char *text);
/* Log text: sanitised, fitted into WIDTH cells, the rest filled with blanks.
 * Escaped bytes are shown in TONE_ESCAPED. Returns the column behind. */
int window_text(const struct window *w, int row, int col, int width,
                enum tone tone, enum text_cut cut, struct slice text);
/* The same against the right edge of WIDTH; never cut unless it must. */
int window_text_right(const struct window *w, int row, int col, int width,
                      enum tone tone, struct slice text);
/* Log text over as many lines of WIDTH cells as it takes, at most ROWS (then it
 * ends with an ellipsis). Returns how many; at least 1. */
int window_text_wrapped(const struct window *w, int row, int col, int width,
                        int rows, enum tone tone, struct slice text);
/* How many that would be. */
int window_wrapped_rows(const struct window *w, int width, int rows,
                        struct slice text);
/* Gives WIDTH cells from COL the tone over what stands there. */
void window_tone(const struct window *w, int row, int col, int width,
                 enum tone tone);
void window_box(const struct window *w, const char *title);
/* Where the hardware cursor shall rest. */
void window_cursor(const struct window *w, int row, int col, bool visible);

/* What stands there now, for tests: a line of UTF-8 without trailing blanks. */
void window_line(const struct window *w, int row, struct strbuf *out);
bool window_tone_is(const struct window *w, int row, int col, enum tone tone);

#endif
