/* SPDX-License-Identifier: MIT */
/* Draws a prompt: wrapped over lines, scrolled so that the cursor is seen. */
#include "tui/prompt.h"

/* Where each character goes: lines are cut where the next one does not fit. */
struct layout {
	int width;
	int row, col; /* of the next character */
};

static int shown_width(struct slice one)
{
	struct strbuf clean = { 0 };
	int width;

	text_sanitise(&clean, one);
	width = text_width(strbuf_slice(&clean));
	strbuf_release(&clean);
	return width;
}

/* Moves on by the character that begins S; false at the end. */
static bool layout_next(struct layout *l, struct slice *s, struct slice *one,
                        int *width)
{
	struct slice before = *s;

	if (!s->len)
		return false;
	text_next(s);
	*one = slice_of(before.ptr, before.len - s->len);
	*width = shown_width(*one);
	if (l->col + *width > l->width) {
		l->row++;
		l->col = 0;
	}
	return true;
}

static void find_cursor(const struct prompt *p, int width, int *row, int *col)
{
	struct layout l = { .width = width };
	struct slice rest = slice_to(strbuf_slice(&p->text), p->cursor), one;
	int cells;

	while (layout_next(&l, &rest, &one, &cells))
		l.col += cells;
	if (l.col >= width) {
		l.row++;
		l.col = 0;
	}
	*row = l.row;
	*col = l.col;
}

void prompt_draw(const struct prompt *p, const struct window *w, int row,
                 int col, int width, int rows)
{
	struct layout l = { .width = width };
	struct slice rest = strbuf_slice(&p->text), one;
	int cells, at_row, at_col, first;

	if (width <= 0 || rows <= 0)
		return;
	find_cursor(p, width, &at_row, &at_col);
	first = at_row < rows ? 0 : at_row - rows + 1;
	for (int i = 0; i < rows; i++)
		window_fill(w, row + i, col, width, TONE_NORMAL, " ");
	while (layout_next(&l, &rest, &one, &cells)) {
		if (l.row >= first && l.row < first + rows)
			window_text(w, row + l.row - first, col + l.col, cells,
			            TONE_NORMAL, TEXT_CUT_END, one);
		l.col += cells;
	}
	window_cursor(w, row + at_row - first, col + at_col, true);
}
