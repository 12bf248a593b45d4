/* SPDX-License-Identifier: MIT */
/* Draws the Timeline. */
#include "views/timeline.h"

#include "base/civil.h"
#include "tui/chart.h"
#include "views/reply_meaning.h"

#include <stdlib.h>

struct pencil {
	const struct step *step;
	const struct look *look;
	const struct window *w;
	const struct histogram *bars;
	struct timeline_shape shape;
	struct strbuf text;
};

static enum tone tone_of(const struct pencil *p, enum tone tone)
{
	return p->look->stale ? TONE_FAINT : tone;
}

static int col_of(const struct pencil *p, int bar)
{
	return p->shape.left + bar * p->shape.bar;
}

static void put_right(struct pencil *p, int row, int col, int width)
{
	window_text_right(p->w, row, col, width, tone_of(p, TONE_NORMAL),
	                  strbuf_slice(&p->text));
}

static void put_number(struct pencil *p, int row, int col, int width,
                       uint64_t n)
{
	strbuf_reset(&p->text);
	text_add_number(&p->text, (int64_t)n);
	put_right(p, row, col, width);
}

/* Heading and marks -------------------------------------------------------- */

static bool has_refused(const struct pencil *p)
{
	for (size_t i = 0; i < p->bars->n; i++)
		if (p->bars->refused[i])
			return true;
	return false;
}

static void draw_heading(struct pencil *p, bool gaps, bool findings)
{
	int row = p->shape.heading;

	strbuf_reset(&p->text);
	strbuf_addf(&p->text, "%s%s per ", units[p->step->unit].name,
	            has_refused(p) && p->w->cols >= 76 ? " and refused mail"
	                                               : "");
	bars_add_length(p->bars->bucket, &p->text);
	strbuf_addf(&p->text, " (%s%s)",
	            p->look->times.mode == TIMES_OWN ? "cut in UTC, shown in "
	                                             : "",
	            times_name(&p->look->times));
	if (findings)
		strbuf_add_str(&p->text, "   ! a finding starts");
	if (gaps)
		strbuf_add_str(&p->text, "   . no log, or a gap");
	window_text(p->w, row, 2, p->w->cols - 8, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&p->text));
	window_text_right(p->w, row, p->w->cols - 6, 5, TONE_NORMAL,
	                  SLICE("max"));
}

/* Whether some of FROM..TO is logged, and none of it lies in a gap. */
static bool is_covered(const struct result *r, int64_t from, int64_t to)
{
	bool covered = false;

	for (size_t i = 0; i < r->nrows; i++) {
		const struct cell *a = result_cell(r, i, "from_utc");
		const struct cell *b = result_cell(r, i, "to_utc");
		struct slice kind = result_cell(r, i, "kind")->text;

		if (!a->text.ptr || !b->text.ptr || a->number >= to ||
		    b->number < from)
			continue;
		if (slice_eq(kind, SLICE("gap")))
			return false;
		covered |= slice_eq(kind, SLICE("covered"));
	}
	return covered;
}

static bool finding_starts(const struct result *r, int64_t from, int64_t to)
{
	for (size_t i = 0; i < r->nrows; i++) {
		const struct cell *c = result_cell(r, i, "first_utc");

		if (c->text.ptr && c->number >= from && c->number < to)
			return true;
	}
	return false;
}

/* Above the bars: no data is not zero. */
static void draw_marks(struct pencil *p, bool *gaps, bool *findings)
{
	const struct result *coverage = pane_rows(p->step, PART_COVERAGE);
	const struct result *found = pane_rows(p->step, PART_FINDINGS);

	*gaps = *findings = false;
	for (size_t i = 0; i < p->bars->n; i++) {
		int64_t from = bars_start(p->bars, i);
		int64_t to = from + p->bars->bucket;
		const char *sign = NULL;

		if (coverage && coverage->nrows && !coverage->after &&
		    !is_covered(coverage, from, to)) {
			sign = ".";
			*gaps = true;
		}
		if (found && finding_starts(found, from, to)) {
			sign = "!";
			*findings = true;
		}
		if (sign && p->shape.marks >= 0)
			window_put(p->w, p->shape.marks, col_of(p, (int)i),
			           *sign == '!' ? TONE_BAD : TONE_UNSURE, sign);
	}
}

/* Chart -------------------------------------------------------------------- */

/* Levels 0..8 of a cell that is LINE lines above the ground. */
static int level_at(uint64_t value, uint64_t max, int rows, int line)
{
	uint64_t all = chart_level(value, max, (uint64_t)rows * 8);
	int64_t rest = (int64_t)all - (int64_t)line * 8;

	return rest <= 0 ? 0 : rest >= 8 ? 8 : (int)rest;
}

static void draw_bar(struct pencil *p, int bar, int row, int level,
                     enum tone tone)
{
	for (int i = 0; level && i < p->shape.bar; i++)
		window_put(p->w, row, col_of(p, bar) + i, tone,
		           theme_bar(p->w->theme, level));
}

static void draw_chart(struct pencil *p)
{
	const struct timeline_shape *shape = &p->shape;
	uint64_t max = p->bars->max;
	int rows = shape->chart_rows, bottom = shape->chart + rows - 1;

	if (!max)
		window_put(p->w, shape->chart, shape->left, TONE_NORMAL,
		           "nothing here is under this filter");
	for (int line = 0; line < rows; line++)
		for (size_t i = 0; i < p->bars->n; i++)
			draw_bar(p, (int)i, bottom - line,
			         level_at(p->bars->all[i], max, rows, line),
			         tone_of(p, TONE_PROOF));
	if (rows > 1)
		put_number(p, shape->chart, 1, shape->left - 3, max);
	if (rows > 5 && max > 1)
		put_number(p, shape->chart + rows / 2, 1, shape->left - 3,
		           max * (uint64_t)(rows - rows / 2) / (uint64_t)rows);
	window_put(p->w, bottom, 1, tone_of(p, TONE_NORMAL), "all");
	if (rows == 1)
		put_number(p, bottom, p->w->cols - 9, 8, max);
}

/* Axis --------------------------------------------------------------------- */

/* Bars between two labels: a round length that leaves room for them. */
static int64_t label_step(const struct pencil *p)
{
	static const int64_t steps[] = {
		US_SECOND, 5 * US_SECOND, 10 * US_SECOND, 15 * US_SECOND,
		30 * US_SECOND, US_MINUTE, 2 * US_MINUTE, 5 * US_MINUTE,
		10 * US_MINUTE, 15 * US_MINUTE, 30 * US_MINUTE, US_HOUR,
		2 * US_HOUR, 3 * US_HOUR, 6 * US_HOUR, 12 * US_HOUR, US_DAY,
		2 * US_DAY, 7 * US_DAY, 14 * US_DAY
	};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] % p->bars->bucket == 0 &&
		    steps[i] / p->bars->bucket * p->shape.bar >=
		            (steps[i] < US_MINUTE ? 11 : 8))
			return steps[i];
	return p->bars->bucket * (11 / p->shape.bar + 1);
}

static void draw_axis(struct pencil *p)
{
	int64_t step = label_step(p);
	int end = 0;

	for (size_t i = 0; i < p->bars->n && p->shape.axis >= 0; i++) {
		int64_t at = bars_start(p->bars, i);
		int col = col_of(p, (int)i);

		/* weeks begin on Mondays: no multiple of a step */
		if (at / step == (at - p->bars->bucket) / step || col < end)
			continue;
		strbuf_reset(&p->text);
		bars_add_tick(step, &p->look->times, at, &p->text);
		if (col + (int)p->text.len >= p->w->cols)
			break;
		end = window_put(p->w, p->shape.axis, col,
		                 tone_of(p, TONE_NORMAL),
		                 strbuf_text(&p->text)) + 1;
	}
}

/* Lanes -------------------------------------------------------------------- */

static uint64_t lane_scale(const struct pencil *p,
                           const struct histogram *lane)
{
	return p->step->place.one_scale ? p->bars->max : lane->max;
}

static void draw_lane(struct pencil *p, int line)
{
	int i = p->shape.first_lane + line, row = p->shape.lanes + line;
	const struct histogram *lane = timeline_lane(p->step, (size_t)i);
	enum tone tone = tone_of(p, timeline_lane_tone(p->step, (size_t)i));

	strbuf_reset(&p->text);
	timeline_lane_name(p->step, (size_t)i, &p->text);
	window_text(p->w, row, 1, p->shape.left - 2, tone, TEXT_CUT_END,
	            strbuf_slice(&p->text));
	for (size_t k = 0; lane && k < lane->n; k++)
		draw_bar(p, (int)k, row,
		         level_at(lane->all[k], lane_scale(p, lane), 1, 0), tone);
	if (lane)
		put_number(p, row, p->w->cols - 9, 8, lane->max);
}

/* Cursor ------------------------------------------------------------------- */

/* "^" or "^---^" below, and the bar itself in reverse. */
static void draw_cursor(struct pencil *p)
{
	int lane = p->step->place.row, first, last, row;

	timeline_range(p->step, &first, &last);
	if (first < 0)
		return;
	window_fill(p->w, p->shape.cursor, col_of(p, first),
	            (last - first + 1) * p->shape.bar, TONE_NORMAL,
	            first == last ? "^" : theme_sign(p->w->theme, SIGN_RULE));
	window_put(p->w, p->shape.cursor, col_of(p, first), TONE_NORMAL, "^");
	window_put(p->w, p->shape.cursor, col_of(p, last + 1) - 1, TONE_NORMAL,
	           "^");
	lane -= lane ? p->shape.first_lane : 0;
	row = lane ? p->shape.lanes + lane - 1
	           : p->shape.chart + p->shape.chart_rows - 1;
	window_put(p->w, row, 0, TONE_NORMAL, ">");
	window_tone(p->w, row, 0, p->shape.left - 1, TONE_CURSOR);
	window_tone(p->w, row, col_of(p, first),
	            (last - first + 1) * p->shape.bar, TONE_CURSOR);
	window_cursor(p->w, row, 0, true);
}

/* In this bar --------------------------------------------------------------- */

static void draw_top_row(struct pencil *p, const struct timeline_top *t,
                         const struct result *r, size_t row, int line, int col,
                         int width)
{
	const struct cell *c = &r->cells[row * r->ncolumns];

	strbuf_reset(&p->text);
	for (int i = 0; t->fields[i]; i++) {
		if (i && p->text.len && c[i].text.len)
			strbuf_add_char(&p->text, ' ');
		strbuf_add_slice(&p->text, c[i].text);
	}
	if (!p->text.len)
		strbuf_add_str(&p->text, "(none)");
	else if (t->fields[1] && reply_meaning(c[0].number, c[1].text))
		strbuf_addf(&p->text, " %s",
		            reply_meaning(c[0].number, c[1].text));
	window_text(p->w, line, col, width - 10, tone_of(p, TONE_NORMAL),
	            t->cut, strbuf_slice(&p->text));
	put_number(p, line, col + width - 9, 9,
	           (uint64_t)result_cell(r, row, "count")->number);
}

static void draw_tops(struct pencil *p)
{
	int width = (p->w->cols - 16) / TIMELINE_TOPS - 3, top = p->shape.tops;

	if (top < 0)
		return;
	window_put(p->w, top, 1, TONE_NORMAL,
	           p->step->place.range ? "in these bars" : "in this bar");
	for (int i = 0; i < TIMELINE_TOPS; i++) {
		const struct result *r = timeline_top(p->step, i);
		int col = 16 + i * (width + 3);

		window_put(p->w, top, col, TONE_STRONG, timeline_tops[i].title);
		window_text_right(p->w, top, col + width - 11, 11, TONE_NORMAL,
		                  slice_str(units[p->step->unit].name));
		for (size_t k = 0; r && k < r->nrows; k++)
			draw_top_row(p, &timeline_tops[i], r, k,
			             top + 1 + (int)k, col, width);
	}
}

/* Detail ------------------------------------------------------------------- */

static void add_counts(struct pencil *p, struct strbuf *out)
{
	uint64_t all = timeline_sum(p->step, p->bars->all);
	uint64_t refused = timeline_sum(p->step, p->bars->refused);
	bool wide = p->w->cols >= 120;

	strbuf_add_str(out, "  ");
	text_add_number(out, (int64_t)(all - refused));
	strbuf_addf(out, " %s", units[p->step->unit].name);
	if (refused) {
		strbuf_add_str(out, " + ");
		text_add_number(out, (int64_t)refused);
		strbuf_add_str(out, " refused");
	}
	for (int i = 0; i < (int)timeline_lanes(p->step); i++) {
		const struct histogram *lane = timeline_lane(p->step, (size_t)i);
		enum sign sign = timeline_lane_sign(p->step, (size_t)i);
		uint64_t n = lane ? timeline_sum(p->step, lane->all) : 0;

		if (!n)
			continue;
		strbuf_add_str(out, wide ? "    " : "  ");
		if (sign != SIGN_NUMBER)
			strbuf_addf(out, "%s ", theme_sign(p->w->theme, sign));
		if (wide || sign == SIGN_NUMBER) {
			timeline_lane_name(p->step, (size_t)i, out);
			strbuf_add_char(out, ' ');
		}
		text_add_number(out, (int64_t)n);
	}
}

/* "03-10 06:00 … 12:00" */
static void add_interval(struct pencil *p, struct strbuf *out)
{
	struct strbuf a = { 0 }, b = { 0 };
	int64_t from, to;
	size_t skip;
	size_t end;

	timeline_time(p->step, &from, &to);
	times_add(&p->look->times, from, 0, &a);
	times_add(&p->look->times, to, 0, &b);
	skip = slice_eq(slice_to(strbuf_slice(&a), 10),
	                slice_to(strbuf_slice(&b), 10)) ? 11 : 5;
	/* seconds only where bars are short or cut */
	end = from % US_MINUTE || to % US_MINUTE ? 0 : 3;
	strbuf_addf(out, "%.*s %s %.*s", (int)(a.len - end), a.ptr,
	            theme_sign(p->w->theme, SIGN_ELLIPSIS),
	            (int)(b.len - end - skip), b.ptr + skip);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void draw_detail(struct pencil *p)
{
	int rows = p->look->detail_rows, top = p->w->rows - rows, first, last;
	enum tone tone = tone_of(p, TONE_NORMAL);

	timeline_range(p->step, &first, &last);
	strbuf_reset(&p->text);
	add_interval(p, &p->text);
	add_counts(p, &p->text);
	window_text(p->w, top, 1, p->w->cols - 1, tone, TEXT_CUT_END,
	            strbuf_slice(&p->text));
	if (rows < 2)
		return;
	strbuf_reset(&p->text);
	if (first == last)
		strbuf_addf(&p->text, "bar %d of %zu (", first + 1, p->bars->n);
	else
		strbuf_addf(&p->text, "bars %d to %d of %zu (", first + 1,
		            last + 1, p->bars->n);
	bars_add_length(p->bars->bucket, &p->text);
	strbuf_addf(&p->text, " each); %s",
	            p->step->place.one_scale
	                    ? "all lanes have the scale of the chart"
	                    : "each lane has its own scale");
	if (p->w->cols >= 120)
		strbuf_add_str(&p->text, ", its maximum at the right");
	if (p->step->unit == UNIT_MESSAGES && p->w->cols >= 120)
		strbuf_add_str(&p->text, "; a message is in the lane of each of "
		                         "its recipients' values");
	window_text(p->w, top + 1, 1, p->w->cols - 1, tone, TEXT_CUT_END,
	            strbuf_slice(&p->text));
}

/* -------------------------------------------------------------------------- */

static void draw_failure(const struct step *s, const struct window *w)
{
	const struct reply *r = step_reply(s, SLOT_HISTOGRAM);

	if (r && r->ok)
		window_put(w, 2, 2, TONE_NORMAL,
		           s->filter->nterms
		                   ? "Nothing with a time is under this filter."
		                   : "Nothing in this case has a time.");
	else if (r && r->cancelled)
		window_put(w, 2, 2, TONE_NORMAL,
		           "The query was stopped. Esc goes back.");
	else if (r)
		window_text(w, 2, 2, w->cols - 4, TONE_ERROR, TEXT_CUT_END,
		            slice_str(r->err.text));
}

void timeline_draw(const struct step *s, const struct look *look,
                   const struct window *w)
{
	struct pencil p = { .step = s, .look = look, .w = w,
		            .bars = timeline_bars(s) };
	bool gaps, findings;

	timeline_shape(s, &p.shape);
	if (!p.bars || !p.bars->n || !p.shape.bar) {
		draw_failure(s, w);
		return;
	}
	draw_marks(&p, &gaps, &findings);
	draw_heading(&p, gaps, findings);
	draw_chart(&p);
	draw_axis(&p);
	for (int i = 0; i < p.shape.nlanes; i++)
		draw_lane(&p, i);
	draw_cursor(&p);
	draw_tops(&p);
	draw_detail(&p);
	strbuf_release(&p.text);
}
