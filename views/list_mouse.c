/* SPDX-License-Identifier: MIT */
/* A click in a list: a heading sorts, a row gets the cursor. */
#include "views/list_private.h"

#define FRONT 2 /* cells in front of the columns */

/* The column at cell COL; -1 none. */
static int column_at(const struct step *s, int col)
{
	int widths[LIST_COLUMNS];
	int n = list_fit(s, s->place.cols, widths), end = FRONT;

	for (int i = 0; i < n; i++) {
		if (!widths[i])
			continue;
		end += widths[i] + 1;
		if (col >= FRONT && col < end)
			return i;
	}
	return -1;
}

void list_mouse(struct shell *sh, struct step *s, const struct pointer *p)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	int column = column_at(s, p->col), row = s->place.top + p->row - 1;

	if (!p->press || p->drag || p->row > s->place.height)
		return;
	if (p->row == 0) {
		if (column < 0)
			return;
		s->place.column = column;
		list_act(sh, s, ACT_SORT, SLICE(""));
		return;
	}
	if (!r || row < 0 || row >= (int)r->nrows)
		return;
	list_go_to(s, list_row_id(s, r, (size_t)row));
	if (column >= 0)
		s->place.column = column;
}
