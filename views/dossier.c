/* SPDX-License-Identifier: MIT */
/* The dossier's page: asks its parts, moves over its lines, opens them. */
#include "views/dossier.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "views/list.h"
#include "views/step.h"

#include <stdlib.h>

#define PARTS 64
#define NAME_CELLS 14

/* A line; PART NULL: a heading. */
struct line {
	const struct dossier_part *part;
	const char *heading, *what;
	struct slice value;  /* of a group; absent: none */
	const char *counts;  /* a term more: "outcome:failed"; NULL none */
	bool is_group;
	int64_t count;
	struct slice percent;
	int64_t first, last; /* of a heading */
};

struct state {
	char *value;
	unsigned kinds;
	const struct dossier_part *parts[PARTS];
	struct answer *got[PARTS];
	size_t nparts, ngot;
	struct line *lines;
	size_t n, cap, at, top;
};

/* Lines ---------------------------------------------------------------------- */

static struct line *add_line(struct state *st, const struct dossier_part *p)
{
	GROW(st->lines, st->n, st->cap);
	st->lines[st->n] = (struct line){ .part = p, .first = TIME_NONE,
		                          .last = TIME_NONE };
	return &st->lines[st->n++];
}

static const struct result *result_of(const struct state *st, size_t i)
{
	const struct reply *r = st->got[i]->reply;

	return r->ok ? r->result : NULL;
}

static void widen(struct line *heading, const struct result *r, size_t row)
{
	const struct cell *first = result_cell(r, row, "first");
	const struct cell *last = result_cell(r, row, "last");

	if (first && first->text.ptr &&
	    (heading->first == TIME_NONE || first->number < heading->first))
		heading->first = first->number;
	if (last && last->text.ptr &&
	    (heading->last == TIME_NONE || last->number > heading->last))
		heading->last = last->number;
}

static int64_t number_of(const struct result *r, const char *column)
{
	const struct cell *c = result_cell(r, 0, column);

	return c ? c->number : 0;
}

static void add_total(struct state *st, const struct dossier_part *p,
                      const struct result *r)
{
	static const struct {
		const char *column, *counts;
	} outcomes[] = {
		{ "delivered", "outcome:delivered" },
		{ "relayed", "outcome:relayed" },
		{ "delayed", "outcome:delayed" },
		{ "blocked", "outcome:blocked" },
		{ "unknown", "outcome:unknown" },
	};
	int64_t n = number_of(r, "count");
	struct line *l;

	/* "failed 0" says something beside "worked 13" */
	if (n || (p->what && !st->lines[st->n - 1].heading)) {
		l = add_line(st, p);
		l->what = p->what ? p->what : units[p->unit].name;
		l->count = n;
	}
	if (p->unit == UNIT_MESSAGES && number_of(r, "refused")) {
		l = add_line(st, p);
		l->what = "refused mail";
		l->counts = "is:refused";
		l->count = number_of(r, "refused");
	}
	if (p->unit != UNIT_RECIPIENTS)
		return;
	for (size_t i = 0; i < 5; i++) {
		if (!number_of(r, outcomes[i].column))
			continue;
		l = add_line(st, p);
		l->what = outcomes[i].column;
		l->counts = outcomes[i].counts;
		l->count = number_of(r, outcomes[i].column);
	}
}

static void add_groups(struct state *st, const struct dossier_part *p,
                       const struct result *r)
{
	for (size_t i = 0; i < r->nrows && (int)i < p->rows; i++) {
		struct line *l;

		if (r->nrows == 1 && !r->cells[0].text.ptr)
			return; /* none of them says */
		l = add_line(st, p);
		l->what = p->what;
		l->is_group = true;
		l->value = r->cells[i * r->ncolumns].text;
		l->count = result_cell(r, i, "count")->number;
		l->percent = result_cell(r, i, "percent")->text;
		if (l->count || p->unit != UNIT_MESSAGES)
			continue;
		l->count = result_cell(r, i, "refused")->number;
		l->percent = SLICE("refused");
		l->counts = "is:refused";
	}
}

/* What failed is a line too: a number that is missing is told. */
static void add_failure(struct state *st, size_t i)
{
	struct line *l = add_line(st, NULL);

	l->what = st->got[i]->reply->err.text;
}

static void make_lines(struct state *st)
{
	const char *section = NULL;
	size_t heading = 0;

	st->n = 0;
	for (size_t i = 0; i < st->ngot; i++) {
		const struct dossier_part *p = st->parts[i];
		const struct result *r = result_of(st, i);

		if (!section || strcmp(section, p->section) != 0) {
			section = p->section;
			heading = st->n;
			add_line(st, NULL)->heading = section;
		}
		if (!r)
			add_failure(st, i);
		else if (p->group)
			add_groups(st, p, r);
		else if (r->nrows)
			add_total(st, p, r);
		for (size_t k = 0; r && k < r->nrows; k++)
			widen(&st->lines[heading], r, k);
	}
}

static bool stops_here(const struct state *st, size_t i)
{
	return i < st->n && st->lines[i].part;
}

static void move(struct state *st, int by)
{
	size_t to = st->at;
	int step = by < 0 ? -1 : 1;

	for (int left = by < 0 ? -by : by; left > 0; left--) {
		size_t next = to + (size_t)step;

		while (next < st->n && !stops_here(st, next))
			next += (size_t)step;
		if (next >= st->n)
			break;
		to = next;
	}
	st->at = to;
}

/* The step --------------------------------------------------------------------- */

static bool dossier_open(struct step *s, const struct target *t,
                         struct err *err)
{
	struct state *st;
	const struct dossier_part *p = dossier_parts;

	if (!t->text.len || t->text.len > 300)
		return err_set(err, "no address, host, IP, domain or login");
	st = s->state = mem_alloc(sizeof *st);
	st->value = mem_alloc(t->text.len + 1);
	memcpy(st->value, t->text.ptr, t->text.len);
	st->kinds = dossier_kinds(t->text, t->groups[0]);
	for (; p->kinds && st->nparts < PARTS; p++)
		if (p->kinds & st->kinds)
			st->parts[st->nparts++] = p;
	snprintf(s->label, sizeof s->label, "dossier of %s", st->value);
	return true;
}

static void dossier_close(struct step *s)
{
	struct state *st = s->state;

	if (!st)
		return;
	for (size_t i = 0; i < st->ngot; i++)
		answer_unref(st->got[i]);
	free(st->lines);
	free(st->value);
	free(st);
}

static void dossier_wants(const struct step *s, struct wants *w)
{
	const struct state *st = s->state;
	const struct dossier_part *p;
	struct strbuf text = { 0 };
	struct want *want;

	if (st->ngot == st->nparts)
		return;
	p = st->parts[st->ngot];
	want = want_add(w, SLOT_DETAIL, REQUEST_GROUPS);
	want->request.query.unit = want->request.query.counted = p->unit;
	want->request.query.exact = true;
	want->request.id = (int64_t)st->ngot; /* tells two parts apart */
	if (p->group) {
		want->request.query.groups[0] = field_find(slice_str(p->group));
		want->request.query.ngroups = 1;
		want->request.limit = (size_t)p->rows;
	}
	dossier_filter(p, st->kinds, slice_str(st->value), &text);
	snprintf(want->filter, sizeof want->filter, "%s", strbuf_text(&text));
	strbuf_release(&text);
}

static void dossier_arrived(struct step *s, enum slot slot)
{
	struct state *st = s->state;
	struct answer *a = s->answers[slot];

	if (slot != SLOT_DETAIL || !a || st->ngot == st->nparts ||
	    a->asked.id != (int64_t)st->ngot)
		return;
	a->refs++;
	st->got[st->ngot++] = a;
	make_lines(st);
	if (!stops_here(st, st->at))
		move(st, 1);
}

/* Where lines lead --------------------------------------------------------------- */

static const char *pane_of(enum unit u)
{
	return u == UNIT_MESSAGES || u == UNIT_RECIPIENTS ? "Messages"
	                                                  : "Events";
}

static void line_filter(const struct state *st, const struct line *l,
                        struct strbuf *out)
{
	dossier_filter(l->part, st->kinds, slice_str(st->value), out);
	if (l->is_group) {
		strbuf_add_char(out, ' ');
		filter_add_term(out, field_find(slice_str(l->part->group)),
		                l->value, false);
	}
	if (l->counts)
		strbuf_addf(out, " %s", l->counts);
}

static void open_line(struct shell *sh, const struct state *st)
{
	struct strbuf text = { 0 };
	const struct line *l;
	struct target t = { 0 };

	if (!stops_here(st, st->at)) {
		shell_say(sh, "there is nothing to open here");
		return;
	}
	l = &st->lines[st->at];
	line_filter(st, l, &text);
	t.filter = strbuf_slice(&text);
	t.unit = &units[l->part->unit];
	shell_open(sh, view_find(pane_of(l->part->unit)), &t);
	strbuf_release(&text);
}

static bool dossier_ref(const struct step *s, struct row_ref *out)
{
	const struct state *st = s->state;

	*out = (struct row_ref){ .value = slice_str(st->value) };
	if (stops_here(st, st->at) && st->lines[st->at].is_group)
		out->value = st->lines[st->at].value;
	return true;
}

/* Of the value in the line: the dossier of a dossier's line. */
static void open_next(struct shell *sh, const struct state *st, struct slice arg)
{
	const struct line *l = &st->lines[st->at];
	struct target t = { .text = arg };

	if (!arg.len && stops_here(st, st->at) && l->is_group && l->value.len) {
		t.text = l->value;
		t.groups[0] = field_find(slice_str(l->part->group));
	}
	if (t.text.len)
		shell_open(sh, view_find(VIEW_NAME_DOSSIER), &t);
	else
		shell_prompt(sh, "dossier of", ACT_DOSSIER, SLICE(""));
}

static bool dossier_act(struct shell *sh, struct step *s, enum act a,
                        struct slice arg)
{
	struct state *st = s->state;
	int page = s->place.height > 2 ? s->place.height - 2 : 1;

	switch ((int)a) {
	case ACT_DOWN: move(st, 1); return true;
	case ACT_UP: move(st, -1); return true;
	case ACT_HALF_DOWN: move(st, page / 2); return true;
	case ACT_HALF_UP: move(st, -(page / 2)); return true;
	case ACT_PAGE_DOWN: move(st, page); return true;
	case ACT_PAGE_UP: move(st, -page); return true;
	case ACT_FIRST: move(st, -(int)st->n); return true;
	case ACT_LAST: move(st, (int)st->n); return true;
	case ACT_OPEN: open_line(sh, st); return true;
	case ACT_DOSSIER: open_next(sh, st, arg); return true;
	default: return false;
	}
}

/* Drawing ------------------------------------------------------------------------- */

static void put_heading(const struct window *w, int row, const struct look *look,
                        const struct line *l)
{
	struct strbuf text = { 0 };
	int col = window_put(w, row, 1, TONE_STRONG, l->heading);

	if (l->first != TIME_NONE && l->last != TIME_NONE) {
		strbuf_add_str(&text, "   first ");
		times_add(&look->times, l->first, 0, &text);
		strbuf_add_str(&text, ", last ");
		times_add(&look->times, l->last, 0, &text);
	} else {
		strbuf_add_str(&text, "   nothing in these logs");
	}
	window_text(w, row, col, w->cols - col - 1, TONE_FAINT, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_line(const struct window *w, int row, const struct line *l,
                     bool cursor)
{
	int room = w->cols - 26 < 60 ? w->cols - 26 : 60;
	struct strbuf text = { 0 };

	if (!l->part) {
		window_text(w, row, 3, w->cols - 4, TONE_ERROR, TEXT_CUT_END,
		            slice_str(l->what));
		return;
	}
	window_text(w, row, 3, NAME_CELLS + (l->is_group ? 0 : 10), TONE_NORMAL,
	            TEXT_CUT_END, slice_str(l->what));
	if (l->is_group)
		window_text(w, row, 3 + NAME_CELLS + 1, room - NAME_CELLS - 2,
		            TONE_NORMAL, TEXT_CUT_ADDRESS,
		            l->value.ptr ? l->value : SLICE("(none)"));
	text_add_number(&text, l->count);
	window_text_right(w, row, room + 3, 10, TONE_NORMAL,
	                  strbuf_slice(&text));
	strbuf_reset(&text);
	if (l->percent.len)
		strbuf_addf(&text, l->counts ? "%.*s" : "%.*s %%",
		            SLICE_FMT(l->percent));
	window_text_right(w, row, room + 14, 8, TONE_FAINT, strbuf_slice(&text));
	strbuf_release(&text);
	if (!cursor)
		return;
	window_put(w, row, 1, TONE_NORMAL, ">");
	window_tone(w, row, 0, w->cols, TONE_CURSOR);
	window_cursor(w, row, 0, true);
}

static void put_foot(const struct state *st, const struct window *w, int row)
{
	struct strbuf text = { 0 };
	const struct line *l = &st->lines[st->at];

	if (stops_here(st, st->at)) {
		strbuf_addf(&text, "Enter: %s, ", pane_of(l->part->unit));
		line_filter(st, l, &text);
	}
	window_text(w, row, 1, w->cols - 2, TONE_NORMAL, TEXT_CUT_MIDDLE,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void put_title(const struct state *st, const struct window *w)
{
	struct strbuf text = { 0 };

	strbuf_addf(&text, "%s: %s. The whole case, whatever the filter.",
	            st->value, dossier_kind_name(st->kinds));
	if (st->ngot < st->nparts)
		strbuf_addf(&text, "  %zu of %zu questions", st->ngot,
		            st->nparts);
	window_text(w, 0, 1, w->cols - 2, TONE_NORMAL, TEXT_CUT_END,
	            strbuf_slice(&text));
	strbuf_release(&text);
}

static void dossier_draw(const struct step *s, const struct look *look,
                         const struct window *w)
{
	const struct state *st = s->state;
	size_t rows = w->rows > 4 ? (size_t)w->rows - 3 : 1, top = 0;

	put_title(st, w);
	/* the heading above the first line is seen with it */
	if (st->at >= rows)
		top = st->at - rows + 1;
	for (size_t i = 0; i < rows && top + i < st->n; i++) {
		const struct line *l = &st->lines[top + i];

		if (l->heading)
			put_heading(w, 1 + (int)i, look, l);
		else
			put_line(w, 1 + (int)i, l, top + i == st->at);
	}
	if (st->n)
		put_foot(st, w, w->rows - 1);
}

static const struct legend legend[] = {
	{ ACT_OPEN, NULL, NULL },
	{ ACT_DOSSIER, "dossier of another", "dossier of another" },
	{ ACT_TIMES, NULL, NULL },
	{ ACT_COPY, NULL, NULL },
	{ ACT_BACK, "back", "back" },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_dossier = {
	.name = VIEW_NAME_DOSSIER,
	.brief = VIEW_NAME_DOSSIER,
	.flags = VIEW_PAGE,
	.context = CONTEXT_DOSSIER,
	.legend = legend,
	.open = dossier_open,
	.close = dossier_close,
	.wants = dossier_wants,
	.act = dossier_act,
	.arrived = dossier_arrived,
	.draw = dossier_draw,
	.ref = dossier_ref,
};
