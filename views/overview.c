/* SPDX-License-Identifier: MIT */
/* The Overview: what is in the case and what stands out, under the filter. Each
 * cell opens what it counts. */
#include "views/overview.h"

#include <stdlib.h>

#define SEVERAL 100 /* sources, gaps, findings that are read */

/* Questions ---------------------------------------------------------------- */

/* Rows of the case as a whole: their units know no sender. */
static void want_case(struct wants *w, enum overview_part part, enum unit unit,
                      const char *filter)
{
	struct want *n = want_add(w, (enum slot)(SLOT_PARTS + part),
	                          REQUEST_PAGE);

	n->request.query.unit = n->request.query.counted = unit;
	n->request.anchor.kind = ANCHOR_FIRST;
	n->request.after = SEVERAL;
	snprintf(n->filter, sizeof n->filter, "%s", filter);
}

static void want_block(const struct step *s, struct wants *w,
                       enum overview_part part)
{
	const struct overview_block *b = &overview_blocks[part];
	struct want *n = pane_want(s, w, part, REQUEST_GROUPS, b->unit,
	                           SLICE(""));
	struct query *q = &n->request.query;
	const struct reply *h = step_reply(s, SLOT_HISTOGRAM);

	for (; b->fields[q->ngroups]; q->ngroups++)
		q->groups[q->ngroups] =
			field_find(slice_str(b->fields[q->ngroups]));
	n->request.limit = OVERVIEW_LIMIT;
	if (b->over_time && overview_is_wide(s) && h && h->ok && h->histogram)
		/* buckets begin at round times: one more than the span holds */
		q->bucket = h->histogram->bucket *
		            (((int64_t)h->histogram->n + OVERVIEW_BARS - 2) /
		             (OVERVIEW_BARS - 1));
}

static void want_outcomes(const struct step *s, struct wants *w)
{
	struct want *n = pane_want(s, w, PART_OUTCOMES, REQUEST_GROUPS,
	                           UNIT_RECIPIENTS, SLICE(""));

	n->request.query.groups[0] = field_find(SLICE("outcome"));
	n->request.query.ngroups = 1;
}

static void overview_wants(const struct step *s, struct wants *w)
{
	pane_want_numbers(s, w);
	want_case(w, PART_SOURCES, UNIT_SOURCES, "has:source");
	want_case(w, PART_GAPS, UNIT_COVERAGE, "kind:gap");
	want_case(w, PART_FINDINGS, UNIT_FINDINGS, "has:rule");
	want_outcomes(s, w);
	/* what the bars of a row are is not known before those of all */
	if (overview_is_wide(s) && !step_reply(s, SLOT_HISTOGRAM))
		return;
	for (int i = PART_SENDERS; i <= PART_HOSTS; i++)
		want_block(s, w, (enum overview_part)i);
}

/* Cursor ------------------------------------------------------------------- */

static bool current(const struct step *s, struct overview_cell *out)
{
	struct overview_cell cells[OVERVIEW_CELLS];
	int rows;
	size_t n = overview_cells(s, cells, &rows);
	size_t at = overview_cursor(s, cells, n);

	if (at < n)
		*out = cells[at];
	return at < n;
}

static void go(struct step *s, const struct overview_cell *c)
{
	s->place.id = overview_cell_id(s, c);
	s->place.row = c->row;
	s->place.column = c->col;
}

/* The nearest row above or below, and in it the cell that begins nearest. */
static void move_row(struct step *s, int by)
{
	struct overview_cell cells[OVERVIEW_CELLS], now;
	int rows, row = by < 0 ? -1 : OVERVIEW_CELLS;
	size_t n = overview_cells(s, cells, &rows), best = n;

	if (!current(s, &now))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct overview_cell *c = &cells[i];

		if (c->kind >= CELL_SPAN &&
		    (by < 0 ? c->row < now.row && c->row > row
		            : c->row > now.row && c->row < row))
			row = c->row;
	}
	for (size_t i = 0; i < n; i++)
		if (cells[i].kind >= CELL_SPAN && cells[i].row == row &&
		    (best == n || abs(cells[i].col - now.col) <
		                          abs(cells[best].col - now.col)))
			best = i;
	if (best < n)
		go(s, &cells[best]);
}

static void move_column(struct step *s, int by)
{
	struct overview_cell cells[OVERVIEW_CELLS], now;
	int rows;
	size_t n = overview_cells(s, cells, &rows), best = n;

	if (!current(s, &now))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct overview_cell *c = &cells[i];

		if (c->kind < CELL_SPAN || c->row != now.row)
			continue;
		if (by < 0 ? c->col < now.col : c->col > now.col)
			if (best == n || by < 0)
				best = i;
	}
	if (best < n)
		go(s, &cells[best]);
}

static void to_end(struct step *s, bool last)
{
	struct overview_cell cells[OVERVIEW_CELLS];
	int rows;
	size_t n = overview_cells(s, cells, &rows), at = n;

	for (size_t i = 0; i < n; i++)
		if (cells[i].kind >= CELL_SPAN && (at == n || last))
			at = i;
	if (at < n)
		go(s, &cells[at]);
}

/* Enter -------------------------------------------------------------------- */

/* Where no filter of messages can be asked for: the case as a whole. */
static const char *own_filter(const struct overview_cell *c)
{
	switch (c->kind) {
	case CELL_SPAN:
	case CELL_GAPS: return "";
	case CELL_FINDINGS: return "";
	case CELL_UNREAD: return "is:unread";
	case CELL_DAMAGED: return "-state:ok,copy";
	case CELL_LINES: case CELL_HIDDEN: case CELL_TOTAL: case CELL_HEADING:
	case CELL_MESSAGES: case CELL_OUTCOME: case CELL_ROW: break;
	}
	return NULL;
}

static void open_cell(struct shell *sh, const struct step *s)
{
	struct strbuf terms = { 0 }, filter = { 0 }, label = { 0 };
	struct overview_cell c;

	if (!current(s, &c)) {
		shell_say(sh, "nothing is here yet");
		return;
	}
	overview_value(s, &c, &label);
	overview_terms(s, &c, false, &terms);
	if (own_filter(&c))
		strbuf_add_str(&filter, own_filter(&c));
	else
		pane_and(s->filter->text, strbuf_slice(&terms), &filter);
	pane_open(sh, overview_unit(&c), slice_str(strbuf_text(&filter)),
	          strbuf_slice(&label));
	strbuf_release(&terms);
	strbuf_release(&filter);
	strbuf_release(&label);
}

/* Keys --------------------------------------------------------------------- */

static bool overview_act(struct shell *sh, struct step *s, enum act a,
                         struct slice arg)
{
	int page = overview_height(s) - 1;

	(void)arg;
	switch ((int)a) {
	case ACT_DOWN: move_row(s, 1); return true;
	case ACT_UP: move_row(s, -1); return true;
	case ACT_LEFT: move_column(s, -1); return true;
	case ACT_RIGHT: move_column(s, 1); return true;
	case ACT_HALF_DOWN: case ACT_PAGE_DOWN:
		for (int i = 0; i < page / (a == ACT_HALF_DOWN ? 2 : 1); i++)
			move_row(s, 1);
		return true;
	case ACT_HALF_UP: case ACT_PAGE_UP:
		for (int i = 0; i < page / (a == ACT_HALF_UP ? 2 : 1); i++)
			move_row(s, -1);
		return true;
	case ACT_FIRST: to_end(s, false); return true;
	case ACT_LAST: to_end(s, true); return true;
	case ACT_OPEN: open_cell(sh, s); return true;
	default: return false;
	}
}

static bool overview_term(const struct step *s, bool not, struct strbuf *out)
{
	struct overview_cell c;

	if (current(s, &c))
		overview_terms(s, &c, not, out);
	if (out->len)
		return true;
	strbuf_add_str(out, "this row is no value to filter by; go to a sender, "
	                    "a reply, an outcome");
	return false;
}

static bool overview_can(const struct step *s, enum act a)
{
	struct overview_cell c;

	switch ((int)a) {
	case ACT_DROP_TERM: return s->filter->nterms > 0;
	case ACT_OPEN: return current(s, &c);
	case ACT_ONLY: case ACT_NOT: case ACT_COPY:
		return current(s, &c) &&
		       (c.kind == CELL_ROW || c.kind == CELL_OUTCOME);
	case ACT_COPY_LINE: return false;
	default: return true;
	}
}

/* A value that is one cell of the answer lives as long as it. */
static bool overview_ref(const struct step *s, struct row_ref *out)
{
	const struct result *r;
	struct overview_cell c;

	*out = (struct row_ref){ .unit = s->unit };
	if (!current(s, &c))
		return false;
	out->id = overview_cell_id(s, &c);
	r = pane_rows(s, c.part);
	if (c.kind == CELL_OUTCOME)
		out->value = slice_str(overview_outcomes[c.line].name);
	else if (c.kind == CELL_ROW && r && c.line < (int)r->nrows)
		out->value = r->cells[(size_t)c.line * r->ncolumns].text;
	if (c.kind == CELL_ROW && c.part != PART_REPLIES)
		out->field = field_find(
			slice_str(overview_blocks[c.part].fields[0]));
	return true;
}

/* A click is the cursor's way to a cell. */
static void overview_mouse(struct shell *sh, struct step *s,
                           const struct pointer *p)
{
	struct overview_cell cells[OVERVIEW_CELLS];
	int rows;
	size_t n = overview_cells(s, cells, &rows);
	int row = p->row + overview_top(s, cells, n);

	(void)sh;
	for (size_t i = 0; i < n && p->press && !p->drag; i++)
		if (cells[i].kind >= CELL_SPAN && cells[i].row == row &&
		    p->row < overview_height(s) && p->col >= cells[i].col - 2 &&
		    p->col < cells[i].col + cells[i].width)
			go(s, &cells[i]);
}

static const struct legend legend[] = {
	{ ACT_OPEN, NULL, NULL },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_NOT, NULL, NULL },
	{ ACT_DROP_TERM, NULL, NULL },
	{ ACT_DOSSIER, "dossier", "dossier" },
	{ ACT_ASK, "ask", "ask a question" },
	{ ACT_TRACE_ID, "trace an id", "trace an id" },
	{ ACT_EDIT_FILTER, NULL, NULL },
	{ ACT_EXPORT, "export", "export" },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_overview = {
	.name = "Overview", .brief = "Over", .digit = '1',
	.unit = UNIT_MESSAGES, .context = CONTEXT_OVERVIEW, .legend = legend,
	.wants = overview_wants, .act = overview_act, .can = overview_can,
	.draw = overview_draw, .ref = overview_ref, .term = overview_term,
	.mouse = overview_mouse,
};
