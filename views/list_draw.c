/* SPDX-License-Identifier: MIT */
/* Draws a list: headings, rows, detail. */
#include "views/list.h"

#include "base/civil.h"
#include "tui/chart.h"
#include "views/marks.h"
#include "views/shell_info.h"

#define WIDE 120 /* columns from which cells are longer */
#define NARROW 76
#define FRONT 2  /* cells in front of the columns: cursor and mark */

/* Whether all rows show the same year, which the heading then tells. */
static bool rows_share_year(const struct step *s, const char *column)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	struct slice year = { 0 };

	for (size_t i = 0; r && i < r->nrows; i++) {
		const struct cell *c = result_cell(r, i, column);

		if (!c || c->text.len < 4)
			continue;
		if (year.ptr && !slice_eq(year, slice_to(c->text, 4)))
			return false;
		year = slice_to(c->text, 4);
	}
	return true;
}

/* Cells of the longest time as it was written; no time is ever cut. */
static int logged_width(const struct step *s)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	int most = 0;

	for (size_t i = 0; r && i < r->nrows; i++) {
		const struct cell *c = result_cell(r, i, "time_raw");
		int width = c ? (int)c->text.len : 0;

		most = width > most ? width : most;
	}
	return most < 40 ? most : 40;
}

static void fill_shape(const struct step *s, int cols,
                       const struct list_column *c, struct table_column *shape)
{
	*shape = c->shape;
	shape->title = list_column_title(s, c);
	if (cols >= WIDE && c->want_wide)
		shape->want = c->want_wide;
	if (cols < NARROW && c->min_narrow)
		shape->min = c->min_narrow;
	if (c->group && (size_t)c->group <= s->ngroups) {
		if (s->groups[c->group - 1]->type == FIELD_ADDRESS)
			shape->cut = TEXT_CUT_ADDRESS;
		if (s->ngroups == 1 && cols >= NARROW)
			shape->min = 20;
	}
	if (!c->is_time)
		return;
	if (cols >= WIDE && c->want_wide)
		shape->min = c->want_wide;
	if (s->place.logged && logged_width(s)) {
		shape->min = shape->want = logged_width(s);
	} else if (!rows_share_year(s, c->column)) {
		shape->min += 5; /* "2026-" */
		shape->want += 5;
	}
}

static void fill_shapes(const struct step *s, int cols,
                        struct table_column *shapes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fill_shape(s, cols, list_column_at(s, i), &shapes[i]);
		/* what the analyst put first stays longest */
		if (s->order.n)
			shapes[i].drop = (int)i;
	}
}

/* A column that the rows of this unit do not have is left out. */
static bool is_there(const struct step *s, const struct list_column *c)
{
	if (c->units && !(c->units & UNIT_BIT(list_counted(s))))
		return false;
	if (c->group)
		return (size_t)c->group <= s->ngroups;
	return c->print || !c->column || list_has_column(s, c->column);
}

int list_fit(const struct step *s, int cols, int widths[LIST_COLUMNS])
{
	struct table_column shapes[LIST_COLUMNS];
	size_t n = list_columns(s), here = 0, at[LIST_COLUMNS];
	int fitted[LIST_COLUMNS];

	fill_shapes(s, cols, shapes, n);
	for (size_t i = 0; i < n; i++)
		if (is_there(s, list_column_at(s, i))) {
			shapes[here] = shapes[i];
			at[here++] = i;
		}
	/* one cell at the end is the bracket of the last heading */
	table_fit(shapes, here, cols - FRONT - 1, fitted);
	memset(widths, 0, LIST_COLUMNS * sizeof *widths);
	for (size_t i = 0; i < here; i++)
		widths[at[i]] = fitted[i];
	return (int)n;
}

/* Times -------------------------------------------------------------------- */

/* The year that all rows share, 0 none. */
static int shared_year(const struct step *s, const struct look *look,
                       const char *column)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	struct strbuf text = { 0 };
	int year = -1;

	for (size_t i = 0; r && i < r->nrows && year; i++) {
		const struct cell *c = result_cell(r, i, column);
		int y;

		if (!c || !c->text.ptr)
			continue;
		strbuf_reset(&text);
		times_add(&look->times, c->number, 0, &text);
		y = text.len ? atoi(strbuf_text(&text)) : 0;
		year = year < 0 || year == y ? y : 0;
	}
	strbuf_release(&text);
	return year < 0 ? 0 : year;
}

/* "+01:00": the name of a zone would not fit above its times. */
static void add_zone(const struct step *s, const struct look *look,
                     const char *column, struct strbuf *out)
{
	const struct result *r = step_result(s, SLOT_PAGE);
	const struct cell *c = r && r->nrows ? result_cell(r, 0, column) : NULL;

	if (look->times.mode == TIMES_OWN && look->times.zone && c)
		civil_add_offset(out, zone_offset_at(look->times.zone,
		                                     c->number));
	else
		strbuf_add_str(out, times_name(&look->times));
}

/* "2026 (UTC)"; ~ where year or zone is not written in the evidence. */
static void time_title(const struct step *s, const struct look *look,
                       const char *column, struct strbuf *out)
{
	int year = shared_year(s, look, column);

	if (look->times.mode == TIMES_LOGGED) {
		strbuf_add_str(out, "as logged");
		return;
	}
	if (year)
		strbuf_addf(out, "%d%s ", year,
		            look_year_is_assumed(look) ? "~" : "");
	strbuf_add_char(out, '(');
	add_zone(s, look, column, out);
	strbuf_addf(out, "%s)", look_zone_is_assumed(look) ? "~" : "");
}

/* ~ behind a time of assumed year or zone, unless the heading says it of all. */
static void time_cell(const struct list_row *r, const struct list_column *c,
                      int year, bool all_assumed, struct strbuf *out)
{
	struct slice text = list_text(r, c->column);
	int64_t us = list_number(r, c->column);
	struct strbuf full = { 0 };
	bool fraction = r->width >= 18 && us % US_SECOND != 0;

	if (!text.ptr)
		return;
	if (r->look->times.mode == TIMES_LOGGED &&
	    list_text(r, "time_raw").len) {
		strbuf_add_slice(out, list_text(r, "time_raw"));
		return;
	}
	times_add(&r->look->times, us, fraction ? 3 : 0, &full);
	strbuf_add_str(out, strbuf_text(&full) + (year ? 5 : 0));
	if (!all_assumed && basis_is_assumed(list_text(r, "time_basis")))
		strbuf_add_char(out, '~');
	strbuf_release(&full);
}

/* Cells -------------------------------------------------------------------- */

struct pencil {
	const struct step *step;
	const struct look *look;
	const struct window *w;
	int widths[LIST_COLUMNS];
	int year; /* of the time column, 0: each cell has its own */
	bool all_assumed; /* the heading has the ~ */
	struct strbuf cell;
};

static void add_cell(struct pencil *p, const struct list_row *r,
                     const struct list_column *c)
{
	strbuf_reset(&p->cell);
	if (c->is_time && !c->print)
		time_cell(r, c, p->year, p->all_assumed, &p->cell);
	else if (c->print)
		c->print(r, c, &p->cell);
	else if (list_column_name(r->step, c))
		list_add_or(&p->cell,
		            list_text(r, list_column_name(r->step, c)),
		            c->group ? "(none)" : "");
}

static enum tone cell_tone(const struct pencil *p, const struct list_row *r,
                           const struct list_column *c)
{
	struct slice text = strbuf_slice(&p->cell);

	if (p->look->found.len &&
	    slice_find_nocase(text, p->look->found) != SLICE_NONE)
		return TONE_HIT;
	if (p->look->stale)
		return TONE_FAINT;
	return c->tone ? c->tone(r) : TONE_NORMAL;
}

static enum text_cut cut_of(const struct step *s, const struct list_column *c)
{
	struct table_column shape;

	fill_shape(s, 0, c, &shape);
	return shape.cut;
}

static void draw_cells(struct pencil *p, struct list_row *r, int line)
{
	size_t n = list_columns(p->step);
	int col = FRONT;

	for (size_t i = 0; i < n; i++) {
		const struct list_column *c = list_column_at(p->step, i);

		if (!p->widths[i])
			continue;
		r->width = p->widths[i];
		add_cell(p, r, c);
		if (c->shape.right)
			window_text_right(p->w, line, col, p->widths[i],
			                  cell_tone(p, r, c),
			                  strbuf_slice(&p->cell));
		else
			window_text(p->w, line, col, p->widths[i],
			            cell_tone(p, r, c), cut_of(p->step, c),
			            strbuf_slice(&p->cell));
		col += p->widths[i] + 1;
	}
}

static void draw_row(struct pencil *p, struct list_row *r, int line)
{
	const struct step *s = p->step;
	int64_t id = list_row_id(s, r->result, r->row);
	bool cursor = (int)r->row == s->place.row;

	draw_cells(p, r, line);
	if (marks_has(p->look->marks, list_mark_unit(s), id))
		window_put(p->w, line, 1, TONE_HEADING, "*");
	else if (p->look->noted && marks_has(p->look->noted, list_mark_unit(s), id))
		window_put(p->w, line, 1, TONE_HEADING, "+");
	if (!cursor)
		return;
	window_put(p->w, line, 0, TONE_NORMAL, ">");
	window_tone(p->w, line, 0, p->w->cols, TONE_CURSOR);
	window_cursor(p->w, line, 0, true);
}

static int sorted_column(const struct step *s)
{
	const struct list *l = s->view->list;
	const char *order = s->sort ? s->sort : l->sort;

	if (!order)
		order = units[s->unit].time;
	for (size_t i = 0; order && i < list_columns(s); i++) {
		const char *name = list_column_name(s, list_column_at(s, i));

		if (name && strcmp(name, order) == 0)
			return (int)i;
	}
	return -1;
}

static void draw_heading(struct pencil *p)
{
	const struct step *s = p->step;
	struct table_column shapes[LIST_COLUMNS];
	size_t n = list_columns(s);
	struct strbuf title = { 0 };
	struct window w = window_part(p->w, 0, FRONT, 1, p->w->cols - FRONT);

	fill_shapes(p->step, p->w->cols, shapes, n);
	for (size_t i = 0; i < n; i++) {
		const struct list_column *c = list_column_at(s, i);

		if (!c->is_time || c->print || title.len)
			continue;
		p->year = shared_year(s, p->look, c->column);
		time_title(s, p->look, c->column, &title);
		shapes[i].title = strbuf_text(&title);
	}
	table_heading(&w, 0, shapes, p->widths, n, p->step->place.column,
	              sorted_column(p->step), p->step->descending);
	strbuf_release(&title);
}

/* Detail ------------------------------------------------------------------- */

static void add_position(const struct list_row *r, struct strbuf *out)
{
	const struct step *s = r->step;
	const struct reply *n = step_reply(s, SLOT_COUNT_ROWS);
	bool tall = r->look->tall;

	strbuf_add_str(out, tall ? "row " : "");
	if (s->place.base >= 0)
		text_add_number(out, s->place.base + s->place.row + 1);
	else
		strbuf_add_str(out, theme_sign(r->theme, SIGN_ELLIPSIS));
	strbuf_add_str(out, tall ? " of " : "/");
	if (n && n->ok && r->look->counted && !s->ngroups)
		text_add_number(out,
		                (int64_t)(n->count.n + n->count.refused));
	else if (s->ngroups)
		text_add_number(out, (int64_t)r->result->nrows);
	else
		strbuf_add_str(out, theme_sign(r->theme, SIGN_ELLIPSIS));
	strbuf_add_str(out, tall ? "   " : "  ");
}

/* Without words of the pane: the cell under the cursor, whole. */
static void add_cell_detail(struct pencil *p, const struct list_row *r,
                            struct strbuf *out)
{
	const struct list_column *c = list_column_now(p->step);

	strbuf_addf(out, "%s: ",
	            c->is_time ? "time" : list_column_title(p->step, c));
	add_cell(p, r, c);
	strbuf_add_slice(out, strbuf_slice(&p->cell));
}

static void draw_detail(struct pencil *p, struct list_row *r)
{
	const struct list *l = p->step->view->list;
	int rows = p->look->detail_rows, top = p->w->rows - rows;
	enum tone tone = p->look->stale ? TONE_FAINT : TONE_NORMAL;
	struct strbuf line = { 0 };

	if (rows > 1 && look_add_notes(p->look, list_mark_unit(p->step),
	                               p->step->place.id, &line)) {
		window_text(p->w, p->w->rows - 1, 1, p->w->cols - 1, tone,
		            TEXT_CUT_END, strbuf_slice(&line));
		rows--;
	}
	for (int i = 0; i < rows; i++) {
		bool more;

		strbuf_reset(&line);
		if (i == 0)
			add_position(r, &line);
		more = l->detail && l->detail(r, i, &line);
		if (i == 0 && !more)
			add_cell_detail(p, r, &line);
		else if (!more)
			break;
		window_text(p->w, top + i, 1, p->w->cols - 1, tone,
		            TEXT_CUT_END, strbuf_slice(&line));
	}
	strbuf_release(&line);
}

/* -------------------------------------------------------------------------- */

static void draw_failure(const struct step *s, const struct window *w)
{
	const struct reply *r = step_reply(s, SLOT_PAGE);

	if (!r || r->ok)
		return;
	if (r->cancelled)
		window_put(w, 2, 2, TONE_NORMAL,
		           "The query was stopped. \\ changes the filter, "
		           "Esc goes back.");
	else {
		window_text(w, 2, 2, w->cols - 4, TONE_ERROR, TEXT_CUT_END,
		            slice_str(r->err.text));
		window_put(w, 4, 2, TONE_NORMAL,
		           "Esc goes back, \\ edits the filter, r drops a term "
		           "of it.");
	}
}

static void draw_nothing(const struct step *s, const struct look *look,
                         const struct window *w)
{
	const struct result *r = step_result(s, SLOT_PAGE);

	if (r && !r->nrows && !s->filter->nterms)
		window_put(w, 2, 2, TONE_NORMAL,
		           look->progress
		                   ? "Nothing is here yet: logs are being read."
		                   : s->view->list->nothing);
}

void list_draw(const struct step *s, const struct look *look,
               const struct window *w)
{
	struct pencil p = { .step = s, .look = look, .w = w };
	const struct result *result = step_result(s, SLOT_PAGE);
	struct list_row r = { .result = result, .step = s, .look = look,
		              .theme = w->theme, .wide = w->cols >= WIDE };
	int rows = s->place.height;

	p.all_assumed = look_year_is_assumed(look) || look_zone_is_assumed(look);
	list_fit(s, w->cols, p.widths);
	draw_heading(&p);
	draw_failure(s, w);
	draw_nothing(s, look, w);
	for (int i = 0; result && i < rows; i++) {
		r.row = (size_t)(s->place.top + i);
		if (r.row < result->nrows)
			draw_row(&p, &r, 1 + i);
	}
	r.row = (size_t)s->place.row;
	if (result && r.row < result->nrows)
		draw_detail(&p, &r);
	strbuf_release(&p.cell);
}
