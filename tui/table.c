/* SPDX-License-Identifier: MIT */
/* Fits columns into a width and moves a cursor over rows (UI.md §4). */
#include "tui/table.h"

static int minimum(const struct table_column *columns, size_t n,
                   const int *widths)
{
	int sum = 0, shown = 0;

	for (size_t i = 0; i < n; i++)
		if (widths[i]) {
			sum += columns[i].min;
			shown++;
		}
	return shown ? sum + shown - 1 : 0;
}

/* The last of those that go first; N if only columns are left that stay. */
static size_t next_to_drop(const struct table_column *columns, size_t n,
                           const int *widths)
{
	size_t found = n;
	int drop = 0;

	for (size_t i = 0; i < n; i++)
		if (widths[i] && columns[i].drop && columns[i].drop >= drop) {
			found = i;
			drop = columns[i].drop;
		}
	return found;
}

/* Gives one cell each to the columns of rank DROP that want more. */
static int widen_once(const struct table_column *columns, size_t n, int drop,
                      bool rest, int left, int *widths)
{
	int given = 0;

	for (size_t i = 0; i < n && given < left; i++) {
		bool takes_rest = columns[i].want == TABLE_REST;

		if (!widths[i] || columns[i].drop != drop || takes_rest != rest)
			continue;
		if (takes_rest || widths[i] < columns[i].want) {
			widths[i]++;
			given++;
		}
	}
	return given;
}

static int highest_drop(const struct table_column *columns, size_t n)
{
	int drop = 0;

	for (size_t i = 0; i < n; i++)
		if (columns[i].drop > drop)
			drop = columns[i].drop;
	return drop;
}

static void widen(const struct table_column *columns, size_t n, bool rest,
                  int *left, int *widths)
{
	int last = highest_drop(columns, n);

	for (int drop = 0; drop <= last && *left > 0; drop++) {
		int given;

		do {
			given = widen_once(columns, n, drop, rest, *left,
			                   widths);
			*left -= given;
		} while (given && *left > 0);
	}
}

/* Not even what must stay fits: the last columns give way. */
static void squeeze(size_t n, int width, int *widths)
{
	int col = 0;

	for (size_t i = 0; i < n; i++) {
		if (!widths[i])
			continue;
		if (col >= width)
			widths[i] = 0;
		else if (col + widths[i] > width)
			widths[i] = width - col;
		col += widths[i] + 1;
	}
}

void table_fit(const struct table_column *columns, size_t n, int width,
               int *widths)
{
	int left;

	for (size_t i = 0; i < n; i++)
		widths[i] = columns[i].min > 0 ? columns[i].min : 1;
	while (minimum(columns, n, widths) > width) {
		size_t i = next_to_drop(columns, n, widths);

		if (i == n) {
			squeeze(n, width, widths);
			return;
		}
		widths[i] = 0;
	}
	left = width - minimum(columns, n, widths);
	widen(columns, n, false, &left, widths);
	widen(columns, n, true, &left, widths);
}

static void add_title(struct strbuf *out, const struct window *w,
                      const struct table_column *c, int width,
                      const char *arrow)
{
	struct strbuf title = { 0 };
	int room = width - text_width(slice_str(arrow));

	strbuf_add_str(&title, c->title);
	text_fit(out, strbuf_slice(&title), room < 0 ? 0 : room, TEXT_CUT_END,
	         theme_sign(w->theme, SIGN_ELLIPSIS));
	strbuf_add_str(out, arrow);
	strbuf_release(&title);
}

/* W begins one column before the table, so that [ has a place. */
static void draw_title(const struct window *w, int row, int col, int width,
                       const struct table_column *c, const char *arrow,
                       bool chosen)
{
	enum tone tone = chosen ? TONE_HEADING : TONE_NORMAL;
	struct strbuf title = { 0 };
	int cells;

	add_title(&title, w, c, width, arrow);
	cells = text_width(strbuf_slice(&title));
	if (c->right)
		col += width - cells;
	window_put(w, row, col, tone, strbuf_text(&title));
	if (chosen) {
		window_put(w, row, col - 1, tone, "[");
		window_put(w, row, col + cells, tone, "]");
	}
	strbuf_release(&title);
}

void table_heading(const struct window *w, int row,
                   const struct table_column *columns, const int *widths,
                   size_t n, int chosen, int sorted, bool descending)
{
	int before = w->left > 0 ? 1 : 0;
	struct window wide = *w;
	int col = before;

	wide.left -= before;
	wide.cols += before + 1;
	window_fill(w, row, 0, w->cols, TONE_NORMAL, " ");
	for (size_t i = 0; i < n; i++) {
		const char *arrow = "";

		if (!widths[i])
			continue;
		if ((int)i == sorted)
			arrow = theme_sign(w->theme,
			                   descending ? SIGN_DOWN : SIGN_UP);
		draw_title(&wide, row, col, widths[i], &columns[i], arrow,
		           (int)i == chosen);
		col += widths[i] + 1;
	}
}

void table_move(struct table_cursor *c, int64_t rows, int64_t total, int height)
{
	int64_t page = height > 0 ? height : 1;

	if (rows > 0 && c->row > INT64_MAX - rows)
		c->row = INT64_MAX;
	else if (rows < 0 && c->row < INT64_MIN - rows)
		c->row = 0;
	else
		c->row += rows;
	if (c->row >= total)
		c->row = total - 1;
	if (c->row < 0)
		c->row = 0;
	if (c->top > c->row)
		c->top = c->row;
	if (c->row - c->top >= page)
		c->top = c->row - page + 1;
	/* no empty lines below the last row while rows are hidden above */
	if (c->top > total - page)
		c->top = total - page;
	if (c->top < 0)
		c->top = 0;
}
