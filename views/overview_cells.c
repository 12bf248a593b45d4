/* SPDX-License-Identifier: MIT */
/* The cells of the Overview: which there are, where, and what they count. */
#include "views/overview.h"

#include "base/hash.h"

#include <stdlib.h>

#define TWO_COLUMNS 76 /* cells from which blocks stand side by side */
#define WIDE 120       /* cells from which they have more columns */
#define TALL 30        /* lines from which there is room between things */

const struct overview_block overview_blocks[PART_NUMBER] = {
	[PART_SENDERS] = { "top senders", "senders", UNIT_MESSAGES,
	                   { "from" }, TEXT_CUT_ADDRESS, true },
	[PART_RECIPIENTS] = { "top recipients", "recipients", UNIT_RECIPIENTS,
	                      { "to" }, TEXT_CUT_ADDRESS, true },
	[PART_REPLIES] = { "last replies", "replies", UNIT_RECIPIENTS,
	                   { "code", "dsn" }, TEXT_CUT_END, false },
	[PART_HOSTS] = { "hosts", "hosts", UNIT_MESSAGES,
	                 { "host" }, TEXT_CUT_LEFT, false },
};

const struct overview_outcome overview_outcomes[OVERVIEW_OUTCOMES] = {
	{ "delivered", "delivered", SIGN_DELIVERED, TONE_GOOD, false },
	{ "relayed", "relayed", SIGN_RELAYED, TONE_GOOD, false },
	{ "blocked", "refused,failed,withheld", SIGN_REFUSED, TONE_BAD, false },
	{ "refused", "refused", SIGN_REFUSED, TONE_BAD, true },
	{ "failed", "failed", SIGN_FAILED, TONE_BAD, true },
	{ "withheld", "withheld", SIGN_WITHHELD, TONE_BAD, true },
	{ "delayed", "delayed", SIGN_DELAYED, TONE_WAIT, false },
	{ "unknown", "unknown", SIGN_UNKNOWN, TONE_UNSURE, false },
};

/* Numbers ------------------------------------------------------------------ */

int64_t overview_sum(const struct step *s, const char *column)
{
	const struct result *r = pane_rows(s, PART_SOURCES);
	int64_t sum = 0;

	for (size_t i = 0; r && i < r->nrows; i++)
		sum += result_cell(r, i, column)->number;
	return sum;
}

static size_t overview_damaged(const struct step *s)
{
	const struct result *r = pane_rows(s, PART_SOURCES);
	size_t n = 0;

	for (size_t i = 0; r && i < r->nrows; i++) {
		struct slice state = result_cell(r, i, "state")->text;

		n += state.len && !slice_eq(state, SLICE("ok")) &&
		     !slice_eq(state, SLICE("copy"));
	}
	return n;
}

/* Whether NAME is one of LIST, between commas. */
static bool is_one_of(struct slice name, const char *list)
{
	struct slice rest = slice_str(list);

	while (rest.len)
		if (slice_eq(slice_cut(&rest, ','), name))
			return true;
	return false;
}

static uint64_t count_outcomes(const struct step *s, const char *outcomes)
{
	const struct result *r = pane_rows(s, PART_OUTCOMES);
	uint64_t n = 0;

	for (size_t i = 0; r && i < r->nrows; i++)
		if (!outcomes ||
		    is_one_of(r->cells[i * r->ncolumns].text, outcomes))
			n += (uint64_t)result_cell(r, i, "count")->number;
	return n;
}

bool overview_count(const struct step *s, const struct overview_cell *c,
                    uint64_t *n)
{
	const struct result *r = pane_rows(s, c->part);
	const struct reply *count = step_reply(s, SLOT_COUNT_ROWS);

	*n = 0;
	switch (c->kind) {
	case CELL_LINES: *n = (uint64_t)overview_sum(s, "lines"); break;
	case CELL_SPAN:
	case CELL_GAPS:
	case CELL_FINDINGS: *n = r ? r->nrows : 0; break;
	case CELL_UNREAD:
		*n = (uint64_t)overview_sum(s, "unknown_lines");
		break;
	case CELL_DAMAGED: *n = overview_damaged(s); break;
	case CELL_HEADING: break;
	case CELL_MESSAGES:
	case CELL_HIDDEN:
		if (!count || !count->ok)
			return false;
		*n = c->kind == CELL_HIDDEN ? count->count.hidden
		                            : count->count.n;
		return true;
	case CELL_TOTAL: *n = count_outcomes(s, NULL); break;
	case CELL_OUTCOME:
		*n = count_outcomes(s, overview_outcomes[c->line].outcomes);
		break;
	case CELL_ROW:
		if (!r || c->line >= (int)r->nrows)
			return false;
		*n = (uint64_t)result_cell(r, (size_t)c->line, "count")->number;
		break;
	}
	return r != NULL;
}

enum unit overview_unit(const struct overview_cell *c)
{
	switch (c->kind) {
	case CELL_LINES:
	case CELL_UNREAD: return UNIT_EVENTS;
	case CELL_SPAN:
	case CELL_GAPS:
	case CELL_DAMAGED: return UNIT_SOURCES;
	case CELL_FINDINGS: return UNIT_FINDINGS;
	case CELL_TOTAL:
	case CELL_OUTCOME: return UNIT_RECIPIENTS;
	case CELL_HEADING:
	case CELL_ROW: return overview_blocks[c->part].unit;
	case CELL_HIDDEN:
	case CELL_MESSAGES: break;
	}
	return UNIT_MESSAGES;
}

/* Values and terms --------------------------------------------------------- */

void overview_value(const struct step *s, const struct overview_cell *c,
                    struct strbuf *out)
{
	const struct result *r = pane_rows(s, c->part);
	const struct cell *cells;

	if (c->kind == CELL_OUTCOME)
		strbuf_add_str(out, overview_outcomes[c->line].name);
	if (c->kind != CELL_ROW || !r || c->line >= (int)r->nrows)
		return;
	cells = &r->cells[(size_t)c->line * r->ncolumns];
	for (int i = 0; overview_blocks[c->part].fields[i]; i++) {
		if (i && cells[i].text.len && out->len)
			strbuf_add_char(out, ' ');
		strbuf_add_slice(out, cells[i].text);
	}
}

static void add_row_terms(const struct step *s, const struct overview_cell *c,
                          bool not, struct strbuf *out)
{
	const struct result *r = pane_rows(s, c->part);
	const struct overview_block *b = &overview_blocks[c->part];
	bool several = b->fields[1] != NULL;

	if (!r || c->line >= (int)r->nrows)
		return;
	if (not && several)
		strbuf_add_str(out, "-(");
	for (int i = 0; b->fields[i]; i++) {
		if (i)
			strbuf_add_char(out, ' ');
		filter_add_term(out, field_find(slice_str(b->fields[i])),
		                r->cells[(size_t)c->line * r->ncolumns +
		                         (size_t)i].text,
		                not && !several);
	}
	if (not && several)
		strbuf_add_char(out, ')');
}

void overview_terms(const struct step *s, const struct overview_cell *c,
                    bool not, struct strbuf *out)
{
	if (c->kind == CELL_ROW)
		add_row_terms(s, c, not, out);
	if (c->kind == CELL_OUTCOME)
		strbuf_addf(out, "%soutcome:%s", not ? "-" : "",
		            overview_outcomes[c->line].name);
}

/* Where they stand --------------------------------------------------------- */

struct builder {
	const struct step *step;
	struct overview_cell *cells;
	size_t n;
	int row;
};

static void put(struct builder *b, enum cell_kind kind, enum overview_part part,
                int line, int col, int width)
{
	if (b->n >= OVERVIEW_CELLS || width <= 0)
		return;
	b->cells[b->n++] = (struct overview_cell){ .kind = kind, .part = part,
		                                   .line = line, .row = b->row,
		                                   .col = col, .width = width };
}

/* In the line if it fits behind COL, else in the next; the column behind. */
static int put_behind(struct builder *b, enum cell_kind kind,
                      enum overview_part part, int col, int width)
{
	if (col + width > b->step->place.cols - 1 && col > 10) {
		b->row++;
		col = 10;
	}
	put(b, kind, part, 0, col, width);
	return col + width + 2;
}

/* What is in the case, whatever the filter. */
static void put_case(struct builder *b)
{
	const struct result *gaps = pane_rows(b->step, PART_GAPS);
	const struct result *findings = pane_rows(b->step, PART_FINDINGS);
	const struct reply *count = step_reply(b->step, SLOT_COUNT_ROWS);
	int wide = b->step->place.cols - 3, col;

	put(b, CELL_SPAN, PART_SOURCES, 0, 2, wide);
	b->row++;
	put(b, CELL_LINES, PART_SOURCES, 0, 2, 20);
	col = put_behind(b, CELL_UNREAD, PART_SOURCES, 24, 24);
	if (gaps && gaps->nrows)
		col = put_behind(b, CELL_GAPS, PART_GAPS, col, 9);
	if (overview_damaged(b->step))
		put_behind(b, CELL_DAMAGED, PART_SOURCES, col, 19);
	b->row++;
	put(b, CELL_MESSAGES, PART_OUTCOMES, 0, 2, wide < 46 ? wide : 46);
	if (count && count->ok && count->count.hidden)
		put_behind(b, CELL_HIDDEN, PART_OUTCOMES, 50, 28);
	b->row++;
	if (findings && findings->nrows) {
		put(b, CELL_FINDINGS, PART_FINDINGS, 0, 2, wide);
		b->row++;
	}
}

static void put_outcomes(struct builder *b, bool tall)
{
	int cols = b->step->place.cols, col = cols < TWO_COLUMNS ? 2 : 24;

	put(b, CELL_TOTAL, PART_OUTCOMES, 0, 2, 20);
	b->row += cols < TWO_COLUMNS;
	for (int i = 0; i < OVERVIEW_OUTCOMES; i++) {
		if (overview_outcomes[i].part && !tall)
			continue;
		put(b, CELL_OUTCOME, PART_OUTCOMES, i, col, cols - col - 1);
		b->row++;
	}
}

static int put_block(struct builder *b, enum overview_part part, int col,
                     int width, int rows)
{
	const struct result *r = pane_rows(b->step, part);
	int start = b->row;

	put(b, CELL_HEADING, part, 0, col, width);
	for (int i = 0; r && i < (int)r->nrows && i < rows; i++) {
		b->row++;
		put(b, CELL_ROW, part, i, col, width);
	}
	b->row = start;
	return rows + 1;
}

static void put_blocks(struct builder *b, bool tall)
{
	static const enum overview_part parts[] = { PART_SENDERS,
		                                    PART_RECIPIENTS,
		                                    PART_REPLIES, PART_HOSTS };
	int cols = b->step->place.cols, half = (cols - 3) / 2;
	bool two = cols >= TWO_COLUMNS;
	int left = overview_height(b->step) - b->row - (tall ? 2 : 0);
	int rows = (two ? left / 2 : 6) - 1;

	rows = rows < 3 ? 3 : rows > OVERVIEW_LIMIT ? OVERVIEW_LIMIT : rows;
	b->row += tall;
	for (int i = 0; i < 4; i++) {
		int lines = put_block(b, parts[i], i % 2 && two ? half + 4 : 2,
		                      two ? half - 2 : cols - 3, rows);

		b->row += i % 2 || !two ? lines : 0;
		b->row += tall && (i == 1 || !two);
	}
}

int overview_top(const struct step *s, const struct overview_cell *cells,
                 size_t n)
{
	size_t at = overview_cursor(s, cells, n);
	int over = at < n ? cells[at].row - overview_height(s) + 1 : 0;

	return over > 0 ? over : 0;
}

bool overview_is_wide(const struct step *s)
{
	return s->place.cols >= WIDE;
}

int overview_height(const struct step *s)
{
	return s->place.height + 1; /* no heading stands above it */
}

size_t overview_cells(const struct step *s, struct overview_cell *cells,
                      int *rows)
{
	struct builder b = { .step = s, .cells = cells };
	bool tall = overview_height(s) >= TALL;

	put_case(&b);
	b.row += tall;
	put_outcomes(&b, tall);
	put_blocks(&b, tall);
	*rows = b.row;
	return b.n;
}

/* Cursor ------------------------------------------------------------------- */

int64_t overview_cell_id(const struct step *s, const struct overview_cell *c)
{
	struct strbuf value = { 0 };
	uint64_t id = (uint64_t)c->kind * 64 + (uint64_t)c->part + 1;

	overview_value(s, c, &value);
	id = hash_mix(id, hash64(strbuf_slice(&value)));
	strbuf_release(&value);
	return (int64_t)(id >> 1) + 1;
}

static bool is_nearer(const struct overview_cell *a,
                      const struct overview_cell *b, const struct place *p)
{
	int da = abs(a->row - p->row), db = abs(b->row - p->row);

	if (da != db)
		return da < db;
	return abs(a->col - p->column) < abs(b->col - p->column);
}

/* The entity; if it is gone, what stands where it stood; at first the first
 * sender. */
size_t overview_cursor(const struct step *s, const struct overview_cell *cells,
                       size_t n)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++) {
		const struct overview_cell *c = &cells[i];

		if (c->kind < CELL_SPAN)
			continue;
		if (s->place.id ? overview_cell_id(s, c) == s->place.id
		                : c->kind == CELL_ROW)
			return i;
		if (best == n || (s->place.id &&
		                  is_nearer(c, &cells[best], &s->place)))
			best = i;
	}
	return best;
}
