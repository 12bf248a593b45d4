/* SPDX-License-Identifier: MIT */
/* Columns that fit any width (UI.md §4). */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include "tui/window.h"

struct table_column {
	const char *title;
	int min, want; /* cells; want may be TABLE_REST: all that is left */
	int drop;      /* the highest goes first; 0 never */
	enum text_cut cut;
	bool right;    /* numbers */
};
#define TABLE_REST 1000

/* Widths for N columns one blank apart in WIDTH cells; 0 = dropped. */
void table_fit(const struct table_column *columns, size_t n, int width,
               int *widths);

/* Headings: the chosen column in [ ], the sorted one with an arrow; -1 none. The
 * brackets stand in the blanks around the title, also one cell outside of W. */
void table_heading(const struct window *w, int row,
                   const struct table_column *columns, const int *widths,
                   size_t n, int chosen, int sorted, bool descending);

/* A cursor over rows of which only some are in memory: moves and scrolls so
 * that the cursor stays in sight. */
struct table_cursor {
	int64_t row, top; /* absolute */
	int column;
};
void table_move(struct table_cursor *c, int64_t rows, int64_t total, int height);

#endif
