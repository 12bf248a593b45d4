/* SPDX-License-Identifier: MIT */
/* Glyphs into cells of the ncurses window. */
#include "tui/pen.h"

#include "tui/grid.h"

struct pen pen_at(const struct window *w, int row, int col, int width)
{
	int end = col + width;

	return (struct pen){ .w = w, .row = row, .col = col,
		             .end = end < w->cols ? end : w->cols };
}

/* A glyph in the last cell of the last line would scroll some terminals. */
static bool cell_can_be_written(const struct window *w, int row, int col)
{
	const struct grid *g = w->cells;
	int y = w->top + row, x = w->left + col;

	return row >= 0 && row < w->rows && col >= 0 && y < g->rows &&
	       x < g->cols && !(y == g->rows - 1 && x == g->cols - 1);
}

static void put_glyph(const struct pen *p, const wchar_t *glyph)
{
	const struct grid *g = p->w->cells;
	cchar_t cell;

	if (setcchar(&cell, glyph, (attr_t)p->attr & ~(attr_t)A_COLOR,
	             (short)PAIR_NUMBER((int)p->attr), NULL) == OK)
		mvwadd_wch(g->win, p->w->top + p->row, p->w->left + p->col,
		           &cell);
}

static void pen_write(struct pen *p)
{
	bool whole = p->col + p->width <= p->end &&
	             cell_can_be_written(p->w, p->row,
	                                 p->col + p->width - 1);

	if (p->col >= p->end || !cell_can_be_written(p->w, p->row, p->col))
		return;
	put_glyph(p, whole ? p->glyph : L" ");
}

void pen_end(struct pen *p)
{
	if (!p->n)
		return;
	p->glyph[p->n] = L'\0';
	pen_write(p);
	p->col += p->width;
	if (p->col > p->end)
		p->col = p->end;
	p->n = 0;
}

void pen_char(struct pen *p, uint32_t c, unsigned attr)
{
	int width = text_char_width(c);

	if (width <= 0) {
		if (p->n && p->n <= PEN_MARKS)
			p->glyph[p->n++] = (wchar_t)c;
		return;
	}
	pen_end(p);
	p->glyph[0] = (wchar_t)c;
	p->n = 1;
	p->width = width;
	p->attr = attr;
}
