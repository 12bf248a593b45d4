/* SPDX-License-Identifier: MIT */
/* Draws the Overview. */
#include "views/overview.h"

#include "base/civil.h"
#include "tui/chart.h"
#include "views/list.h"
#include "views/reply_meaning.h"

#define COUNT 9 /* cells of a number */

struct pencil {
	const struct step *step;
	const struct look *look;
	const struct window *w;
	int top;             /* first line that is shown */
	int height;
	struct strbuf text;
};

static enum tone tone_of(const struct pencil *p, enum tone tone)
{
	return p->look->stale ? TONE_FAINT : tone;
}

static void add_count(const struct pencil *p, const struct overview_cell *c,
                      struct strbuf *out)
{
	uint64_t n;

	if (overview_count(p->step, c, &n)) {
		strbuf_add_str(out, p->look->progress ? "≥ " : "");
		text_add_number(out, (int64_t)n);
	} else
		strbuf_add_str(out, theme_sign(p->w->theme, SIGN_ELLIPSIS));
}

static void add_share(uint64_t part, uint64_t whole, struct strbuf *out)
{
	if (whole)
		strbuf_addf(out, "%.1f", 100.0 * (double)part / (double)whole);
}

static uint64_t whole_of(const struct step *s, const struct overview_cell *c)
{
	const struct reply *r = step_reply(s, SLOT_COUNT_ROWS);
	struct overview_cell all = { .kind = CELL_TOTAL,
		                     .part = PART_OUTCOMES };
	uint64_t n = 0;

	if (overview_unit(c) == UNIT_RECIPIENTS)
		overview_count(s, &all, &n);
	else if (overview_unit(c) == UNIT_MESSAGES && r && r->ok)
		n = r->count.n;
	return n;
}

/* The case ----------------------------------------------------------------- */

static size_t count_servers(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nrows; i++) {
		struct slice name = result_cell(r, i, "server")->text;
		size_t k = 0;

		while (k < i && !slice_eq(result_cell(r, k, "server")->text,
		                          name))
			k++;
		n += k == i && name.len;
	}
	return n;
}

static void find_span(const struct result *r, int64_t *from, int64_t *to)
{
	*from = *to = TIME_NONE;
	for (size_t i = 0; i < r->nrows; i++) {
		const struct cell *a = result_cell(r, i, "first_utc");
		const struct cell *b = result_cell(r, i, "last_utc");

		if (a->text.ptr && (*from == TIME_NONE || a->number < *from))
			*from = a->number;
		if (b->text.ptr && (*to == TIME_NONE || b->number > *to))
			*to = b->number;
	}
}

static void add_length(int64_t us, struct strbuf *out)
{
	if (us >= 2 * US_DAY)
		strbuf_addf(out, "%lld days", (long long)(us / US_DAY));
	else if (us >= 2 * US_HOUR)
		strbuf_addf(out, "%lld h", (long long)(us / US_HOUR));
	else if (us >= 2 * US_MINUTE)
		strbuf_addf(out, "%lld min", (long long)(us / US_MINUTE));
	else
		strbuf_addf(out, "%lld s", (long long)(us / US_SECOND));
}

/* "2026-03-02 00:00:00 … 03-16 23:59:59 (14 days)" */
static void add_span(const struct pencil *p, const struct result *r,
                     struct strbuf *out)
{
	struct strbuf last = { 0 }, first = { 0 };
	int64_t from, to;
	size_t skip = 0;

	find_span(r, &from, &to);
	if (from == TIME_NONE || to == TIME_NONE) {
		strbuf_add_str(out, "no time is known");
		return;
	}
	times_add(&p->look->times, from, 0, &first);
	times_add(&p->look->times, to, 0, &last);
	if (slice_eq(slice_to(strbuf_slice(&first), 10),
	             slice_to(strbuf_slice(&last), 10)))
		skip = 11;
	else if (slice_eq(slice_to(strbuf_slice(&first), 5),
	                  slice_to(strbuf_slice(&last), 5)))
		skip = 5;
	strbuf_addf(out, "%s %s %s", strbuf_text(&first),
	            theme_sign(p->w->theme, SIGN_ELLIPSIS),
	            strbuf_text(&last) + skip);
	if (p->w->cols >= 60) {
		strbuf_add_str(out, " (");
		add_length(to - from, out);
		strbuf_add_char(out, ')');
	}
	strbuf_release(&first);
	strbuf_release(&last);
}

static void add_plural(struct strbuf *out, uint64_t n, const char *word)
{
	text_add_number(out, (int64_t)n);
	strbuf_addf(out, " %s%s", word, n == 1 ? "" : "s");
}

static void add_sources(const struct pencil *p, struct strbuf *out)
{
	const struct result *r = pane_rows(p->step, PART_SOURCES);

	/* these numbers are not under the filter */
	strbuf_add_str(out, p->step->filter->nterms ? "case    " : "span    ");
	if (!r) {
		strbuf_add_str(out, theme_sign(p->w->theme, SIGN_ELLIPSIS));
		return;
	}
	add_span(p, r, out);
	strbuf_add_str(out, p->w->cols >= 60 ? "   " : " ");
	if (p->w->cols >= 60) {
		add_plural(out, count_servers(r), "server");
		strbuf_add_str(out, ", ");
	}
	add_plural(out, r->nrows, "source");
}

static void add_unread(const struct pencil *p, struct strbuf *out)
{
	int64_t lines = overview_sum(p->step, "lines");
	int64_t unknown = overview_sum(p->step, "unknown_lines");

	strbuf_add_str(out, "unknown ");
	text_add_number(out, unknown);
	strbuf_add_str(out, " (");
	add_share((uint64_t)unknown, (uint64_t)lines, out);
	strbuf_add_str(out, lines ? " %)" : ")");
}

static void add_messages(const struct pencil *p, const struct overview_cell *c,
                         struct strbuf *out)
{
	const struct reply *r = step_reply(p->step, SLOT_COUNT_ROWS);

	strbuf_add_str(out, "messages   ");
	add_count(p, c, out);
	if (r && r->ok && r->count.refused) {
		strbuf_add_str(out, " + ");
		text_add_number(out, (int64_t)r->count.refused);
		strbuf_add_str(out, " refused");
	}
}

/* "!! 2 critical  ! 2 high": in the order of their weight. */
static void add_findings(const struct pencil *p, struct strbuf *out)
{
	static const char *const names[] = { "critical", "high", "medium",
		                             "low", "info" };
	static const char *const signs[] = { "!!", "!", "!", "-", "i" };
	const struct result *r = pane_rows(p->step, PART_FINDINGS);

	strbuf_add_str(out, "findings");
	for (size_t k = 0; k < 5; k++) {
		size_t n = 0;

		for (size_t i = 0; i < r->nrows; i++)
			n += slice_eq(result_cell(r, i, "severity")->text,
			              slice_str(names[k]));
		if (n)
			strbuf_addf(out, "  %s %zu %s", signs[k], n, names[k]);
	}
}

/* Cells -------------------------------------------------------------------- */

static void put(struct pencil *p, const struct overview_cell *c, enum tone tone,
                enum text_cut cut)
{
	window_text(p->w, c->row - p->top, c->col, c->width, tone_of(p, tone),
	            cut, strbuf_slice(&p->text));
}

/* The filter asks what these rows cannot know, or the query was stopped. */
static void draw_failure(struct pencil *p, const struct overview_cell *c)
{
	const struct reply *r = step_reply(p->step,
	                                   (enum slot)(SLOT_PARTS + c->part));
	int row = c->row - p->top + 1;

	if (!r || r->ok || row >= p->height)
		return;
	window_text(p->w, row, c->col, c->width,
	            r->cancelled ? TONE_NORMAL : TONE_ERROR, TEXT_CUT_END,
	            r->cancelled ? SLICE("stopped") : slice_str(r->err.text));
}

static void draw_text(struct pencil *p, const struct overview_cell *c)
{
	strbuf_reset(&p->text);
	switch (c->kind) {
	case CELL_SPAN: add_sources(p, &p->text); break;
	case CELL_LINES:
		strbuf_add_str(&p->text, "lines   ");
		add_count(p, c, &p->text);
		break;
	case CELL_UNREAD: add_unread(p, &p->text); break;
	case CELL_GAPS:
		add_plural(&p->text, pane_rows(p->step, PART_GAPS)->nrows,
		           "gap");
		break;
	case CELL_DAMAGED:
		strbuf_add_str(&p->text, "damaged sources ");
		add_count(p, c, &p->text);
		break;
	case CELL_FINDINGS: add_findings(p, &p->text); break;
	case CELL_MESSAGES: add_messages(p, c, &p->text); break;
	case CELL_HIDDEN:
		strbuf_add_str(&p->text, "hidden: ");
		add_count(p, c, &p->text);
		strbuf_add_str(&p->text, " probes, copies");
		break;
	case CELL_TOTAL:
		strbuf_add_str(&p->text, "recipients ");
		add_count(p, c, &p->text);
		draw_failure(p, c);
		break;
	case CELL_HEADING:
	case CELL_OUTCOME:
	case CELL_ROW: return;
	}
	put(p, c, TONE_NORMAL, TEXT_CUT_END);
}

static void draw_outcome(struct pencil *p, const struct overview_cell *c)
{
	const struct overview_outcome *o = &overview_outcomes[c->line];
	struct overview_cell all = { .kind = CELL_TOTAL,
		                     .part = PART_OUTCOMES };
	int row = c->row - p->top, col = c->col, bar;
	struct strbuf share = { 0 };
	uint64_t n, total;

	col = window_put(p->w, row, col + (o->part ? 2 : 0), tone_of(p, o->tone),
	                 theme_sign(p->w->theme, o->sign));
	window_put(p->w, row, col + 1, tone_of(p, o->tone), o->name);
	if (!overview_count(p->step, c, &n) ||
	    !overview_count(p->step, &all, &total))
		return;
	strbuf_reset(&p->text);
	add_count(p, c, &p->text);
	col = c->col + 12 + (o->part ? 2 : 0);
	col = window_text_right(p->w, row, col, COUNT, tone_of(p, TONE_NORMAL),
	                        strbuf_slice(&p->text));
	add_share(n, total, &share);
	if (share.len)
		strbuf_add_str(&share, " %");
	col = window_text_right(p->w, row, col, 8, tone_of(p, TONE_NORMAL),
	                        strbuf_slice(&share));
	bar = c->col + c->width - col - 4;
	chart_bar(p->w, row, c->col + 33, bar, tone_of(p, o->tone), n, total);
	strbuf_release(&share);
}

/* Where the columns of a block stand, from its left edge. */
struct columns {
	int name, count, percent, bars; /* 0: not shown */
};

static struct columns columns_of(const struct pencil *p,
                                 const struct overview_cell *c)
{
	struct columns at = { .name = c->width - COUNT - 1,
		              .count = c->width - COUNT };

	if (!overview_is_wide(p->step))
		return at;
	if (overview_blocks[c->part].over_time)
		at.bars = c->width - OVERVIEW_BARS;
	at.percent = c->width - OVERVIEW_BARS - 7;
	at.count = at.percent - COUNT - 1;
	at.name = at.count - 1;
	return at;
}

static void draw_heading(struct pencil *p, const struct overview_cell *c)
{
	const struct overview_block *b = &overview_blocks[c->part];
	struct columns at = columns_of(p, c);
	int row = c->row - p->top;

	window_put(p->w, row, c->col, TONE_STRONG, b->title);
	draw_failure(p, c);
	window_text_right(p->w, row, c->col + at.count - 2, COUNT + 2,
	                  TONE_NORMAL, slice_str(units[b->unit].name));
	if (at.percent)
		window_text_right(p->w, row, c->col + at.percent, 5,
		                  TONE_NORMAL, SLICE("%"));
	if (at.bars)
		window_put(p->w, row, c->col + at.bars, TONE_NORMAL,
		           "over time");
}

static void add_reply(const struct result *r, size_t row, struct strbuf *out)
{
	const char *meaning =
		reply_meaning(r->cells[row * r->ncolumns].number,
	                      r->cells[row * r->ncolumns + 1].text);

	if (!out->len)
		strbuf_add_str(out, "(none)");
	else if (meaning)
		strbuf_addf(out, " %s", meaning);
}

static void draw_over_time(struct pencil *p, const struct overview_cell *c,
                           int col)
{
	struct list_row r = { .result = pane_rows(p->step, c->part),
		              .row = (size_t)c->line, .step = p->step,
		              .look = p->look, .theme = p->w->theme,
		              .width = OVERVIEW_BARS };

	strbuf_reset(&p->text);
	if (list_text(&r, "over_time").ptr)
		list_print_over_time(&r, NULL, &p->text);
	window_text(p->w, c->row - p->top, col, OVERVIEW_BARS,
	            tone_of(p, TONE_PROOF), TEXT_CUT_END,
	            strbuf_slice(&p->text));
}

static void draw_row(struct pencil *p, const struct overview_cell *c)
{
	const struct result *r = pane_rows(p->step, c->part);
	struct columns at = columns_of(p, c);
	int row = c->row - p->top;
	uint64_t n;

	strbuf_reset(&p->text);
	overview_value(p->step, c, &p->text);
	if (c->part == PART_REPLIES)
		add_reply(r, (size_t)c->line, &p->text);
	else if (!p->text.len)
		strbuf_add_str(&p->text, "(none)");
	window_text(p->w, row, c->col, at.name, tone_of(p, TONE_NORMAL),
	            overview_blocks[c->part].cut, strbuf_slice(&p->text));
	strbuf_reset(&p->text);
	add_count(p, c, &p->text);
	window_text_right(p->w, row, c->col + at.count, COUNT,
	                  tone_of(p, TONE_NORMAL), strbuf_slice(&p->text));
	strbuf_reset(&p->text);
	if (at.percent && overview_count(p->step, c, &n))
		add_share(n, whole_of(p->step, c), &p->text);
	if (at.percent)
		window_text_right(p->w, row, c->col + at.percent, 5,
		                  tone_of(p, TONE_NORMAL),
		                  strbuf_slice(&p->text));
	if (at.bars)
		draw_over_time(p, c, c->col + at.bars);
}

static void draw_cell(struct pencil *p, const struct overview_cell *c)
{
	int row = c->row - p->top;

	if (row < 0 || row >= p->height)
		return;
	if (c->kind == CELL_OUTCOME)
		draw_outcome(p, c);
	else if (c->kind == CELL_HEADING)
		draw_heading(p, c);
	else if (c->kind == CELL_ROW)
		draw_row(p, c);
	else
		draw_text(p, c);
}

/* Detail ------------------------------------------------------------------- */

static const char *meaning_of(const struct overview_cell *c)
{
	switch ((int)c->kind) {
	case CELL_UNREAD:
		return "lines that no parser knows: kept, searchable, not counted";
	case CELL_DAMAGED: return "not read to their end, changed or missing";
	case CELL_GAPS: return "times of which a log has no line";
	case CELL_SPAN: return "of the case, whatever the filter";
	case CELL_FINDINGS: return "rules that fired, in the whole case";
	default: break;
	}
	switch ((int)overview_unit(c)) {
	case UNIT_RECIPIENTS:
		return "a recipient counts once a message, with the final "
		       "outcome";
	default: return "a message counts once, whatever its hops and retries";
	}
}

/* "j.meyer@corp.example: 11,570 of 48,210 messages (24.0 %)" */
static void add_detail(struct pencil *p, const struct overview_cell *c)
{
	uint64_t n, whole = whole_of(p->step, c);

	strbuf_reset(&p->text);
	overview_value(p->step, c, &p->text);
	if (c->kind == CELL_ROW && !p->text.len)
		strbuf_add_str(&p->text, "(none)");
	if (p->text.len)
		strbuf_add_str(&p->text, ": ");
	if (!overview_count(p->step, c, &n))
		return;
	text_add_number(&p->text, (int64_t)n);
	if (whole) {
		strbuf_add_str(&p->text, " of ");
		text_add_number(&p->text, (int64_t)whole);
	}
	strbuf_addf(&p->text, " %s", units[overview_unit(c)].name);
	if (whole) {
		strbuf_add_str(&p->text, " (");
		add_share(n, whole, &p->text);
		strbuf_add_str(&p->text, " %)");
	}
}

static void draw_detail(struct pencil *p, const struct overview_cell *c)
{
	int rows = p->look->detail_rows, top = p->w->rows - rows;
	enum tone tone = tone_of(p, TONE_NORMAL);

	add_detail(p, c);
	window_text(p->w, top, 1, p->w->cols - 1, tone, TEXT_CUT_END,
	            strbuf_slice(&p->text));
	if (rows > 1)
		window_text(p->w, top + 1, 1, p->w->cols - 1, tone,
		            TEXT_CUT_END, slice_str(meaning_of(c)));
}

static void draw_cursor(struct pencil *p, const struct overview_cell *c)
{
	int row = c->row - p->top;

	window_put(p->w, row, c->col - 2, TONE_NORMAL, ">");
	window_tone(p->w, row, c->col - 2, c->width + 2, TONE_CURSOR);
	window_cursor(p->w, row, c->col - 2, true);
}

void overview_draw(const struct step *s, const struct look *look,
                   const struct window *w)
{
	struct pencil p = { .step = s, .look = look, .w = w,
		            .height = overview_height(s) };
	struct overview_cell cells[OVERVIEW_CELLS];
	int rows;
	size_t n = overview_cells(s, cells, &rows);
	size_t at = overview_cursor(s, cells, n);

	p.top = overview_top(s, cells, n);
	for (size_t i = 0; i < n; i++)
		draw_cell(&p, &cells[i]);
	if (at < n) {
		draw_cursor(&p, &cells[at]);
		draw_detail(&p, &cells[at]);
	}
	strbuf_release(&p.text);
}
