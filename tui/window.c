/* SPDX-License-Identifier: MIT */
/* Cells of a rectangle: the one way by which text reaches the screen. */
#include "tui/window.h"

#include "tui/grid.h"
#include "tui/pen.h"

struct window window_part(const struct window *w, int top, int left, int rows,
                          int cols)
{
	struct window part = *w;

	if (top < 0)
		rows += top, top = 0;
	if (left < 0)
		cols += left, left = 0;
	if (rows > w->rows - top)
		rows = w->rows - top;
	if (cols > w->cols - left)
		cols = w->cols - left;
	part.top += top;
	part.left += left;
	part.rows = rows < 0 ? 0 : rows;
	part.cols = cols < 0 ? 0 : cols;
	return part;
}

void window_clear(const struct window *w)
{
	struct grid *g = w->cells;

	if (w->rows == g->rows && w->cols == g->cols) {
		werase(g->win);
		g->wide = false;
		return;
	}
	for (int row = 0; row < w->rows; row++)
		window_fill(w, row, 0, w->cols, TONE_NORMAL, " ");
}

void window_fill(const struct window *w, int row, int col, int width,
                 enum tone tone, const char *sign)
{
	struct pen p = pen_at(w, row, col, width);
	struct slice s = slice_str(sign);
	uint32_t c = text_next(&s);

	for (int i = 0; i < width; i++)
		pen_char(&p, c, w->theme->attr[tone]);
	pen_end(&p);
}

/* One character of a literal, in the letters that this terminal has. */
static void put_own(struct pen *p, uint32_t c, unsigned attr)
{
	const struct theme *t = p->w->theme;

	if (c == TEXT_BAD || c < ' ' || text_char_is_active(c)) {
		pen_char(p, '?', t->attr[TONE_ESCAPED]);
	} else if (c >= 0x80 && t->ascii) {
		for (const char *a = theme_ascii(c); *a; a++)
			pen_char(p, (unsigned char)*a, attr);
	} else {
		pen_char(p, c, attr);
	}
}

int window_put(const struct window *w, int row, int col, enum tone tone,
               const char *text)
{
	struct pen p = pen_at(w, row, col, w->cols - col);
	struct slice s = slice_str(text);

	while (s.len)
		put_own(&p, text_next(&s), w->theme->attr[tone]);
	pen_end(&p);
	return p.col;
}

/* Cells LEFT.. < RIGHT of ROW that can be touched. */
static bool clip_row(const struct window *w, int row, int *left, int *right)
{
	const struct grid *g = w->cells;

	if (row < 0 || row >= w->rows || w->top + row >= g->rows)
		return false;
	if (*left < 0)
		*left = 0;
	if (*right > w->cols)
		*right = w->cols;
	if (w->left + *right > g->cols)
		*right = g->cols - w->left;
	return *left < *right;
}

void window_tone(const struct window *w, int row, int col, int width,
                 enum tone tone)
{
	const struct grid *g = w->cells;
	unsigned attr = w->theme->attr[tone];
	int right = col + width;

	if (!clip_row(w, row, &col, &right))
		return;
	mvwchgat(g->win, w->top + row, w->left + col, right - col,
	         (attr_t)attr & ~(attr_t)A_COLOR, (short)PAIR_NUMBER((int)attr),
	         NULL);
}

void window_box(const struct window *w, const char *title)
{
	const char *rule = theme_sign(w->theme, SIGN_RULE);
	const char *side = theme_sign(w->theme, SIGN_TREE_DOWN);
	int right = w->cols - 1, bottom = w->rows - 1;

	window_clear(w);
	for (int row = 1; row < bottom; row++) {
		window_put(w, row, 0, TONE_NORMAL, side);
		window_put(w, row, right, TONE_NORMAL, side);
	}
	window_fill(w, 0, 0, w->cols, TONE_NORMAL, rule);
	window_fill(w, bottom, 0, w->cols, TONE_NORMAL, rule);
	window_put(w, 0, 0, TONE_NORMAL, "┌");
	window_put(w, 0, right, TONE_NORMAL, "┐");
	window_put(w, bottom, 0, TONE_NORMAL, "└");
	window_put(w, bottom, right, TONE_NORMAL, "┘");
	if (title && *title) {
		int end = window_put(w, 0, 2, TONE_STRONG, " ");

		end = window_put(w, 0, end, TONE_STRONG, title);
		window_put(w, 0, end, TONE_STRONG, " ");
	}
}

void window_cursor(const struct window *w, int row, int col, bool visible)
{
	struct grid *g = w->cells;

	g->cursor_row = w->top + (row < 0 ? 0 : row);
	g->cursor_col = w->left + (col < 0 ? 0 : col);
	g->cursor_visible = visible;
}

/* The second cell of a wide glyph is not a glyph of its own. */
static int add_cell(WINDOW *win, int y, int x, struct strbuf *out)
{
	wchar_t text[CCHARW_MAX + 1] = { 0 };
	cchar_t cell;
	attr_t attr;
	short pair;
	int width;

	if (mvwin_wch(win, y, x, &cell) == ERR ||
	    getcchar(&cell, text, &attr, &pair, NULL) == ERR || !text[0])
		text[0] = L' ';
	for (size_t i = 0; i < CCHARW_MAX && text[i]; i++)
		text_add_char(out, (uint32_t)text[i]);
	width = text_char_width((uint32_t)text[0]);
	return width > 1 ? width : 1;
}

void window_line(const struct window *w, int row, struct strbuf *out)
{
	const struct grid *g = w->cells;
	size_t start = out->len;
	int left = 0, right = w->cols;

	if (!clip_row(w, row, &left, &right))
		return;
	while (left < right)
		left += add_cell(g->win, w->top + row, w->left + left, out);
	while (out->len > start && out->ptr[out->len - 1] == ' ')
		out->len--;
	if (out->ptr)
		out->ptr[out->len] = '\0';
}

bool window_tone_is(const struct window *w, int row, int col, enum tone tone)
{
	const struct grid *g = w->cells;
	wchar_t text[CCHARW_MAX + 1];
	cchar_t cell;
	attr_t attr;
	short pair;
	int right = col + 1;

	if (!clip_row(w, row, &col, &right) ||
	    mvwin_wch(g->win, w->top + row, w->left + col, &cell) == ERR ||
	    getcchar(&cell, text, &attr, &pair, NULL) == ERR)
		return false;
	attr = (attr & ~(attr_t)A_COLOR) | (attr_t)COLOR_PAIR(pair);
	return (unsigned)attr == w->theme->attr[tone];
}
