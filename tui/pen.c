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

/* Which cell of its glyph stands there: 0 a narrow one's, 1 the first of a wide
 * one, 2 its second. ncurses keeps that in the character's attributes. */
static int part_of_wide(WINDOW *win, int y, int x)
{
	cchar_t cell;

	if (mvwin_wch(win, y, x, &cell) == ERR)
		return 0;
	return (int)(cell.attr & A_CHARTEXT);
}

static void blank_cell(WINDOW *win, int y, int x)
{
	cchar_t blank;

	setcchar(&blank, L" ", 0, 0, NULL);
	mvwadd_wch(win, y, x, &blank);
}

/* A wide glyph of which a cell is written over must not stay as a half. */
static void blank_halves(const struct pen *p)
{
	struct grid *g = p->w->cells;
	int y = p->w->top + p->row, x = p->w->left + p->col;
	int after = x + p->width;

	g->wide |= p->width > 1;
	if (!g->wide)
		return;
	if (x > 0 && part_of_wide(g->win, y, x) > 1)
		blank_cell(g->win, y, x - 1);
	if (after < g->cols && part_of_wide(g->win, y, after) > 1)
		blank_cell(g->win, y, after);
}

static void pen_write(struct pen *p)
{
	bool whole = p->col + p->width <= p->end &&
	             cell_can_be_written(p->w, p->row,
	                                 p->col + p->width - 1);

	if (p->col >= p->end || !cell_can_be_written(p->w, p->row, p->col))
		return;
	blank_halves(p);
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
