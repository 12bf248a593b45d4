/* SPDX-License-Identifier: MIT */
/* The Timeline: how many over time, all of them and in lanes by what became of
 * them or by any field. Each bar opens what it counts. */
#include "views/timeline.h"

#include "base/civil.h"
#include "views/list.h"

#define SEVERAL 1000 /* stretches of coverage, findings */
#define TOP 5        /* values that get a lane */
#define WIDE 120     /* from here what is in the bar is listed too */
#define TALL 36
#define NAME 11      /* cells in front of the bars */
#define MAX 8        /* and behind them */

/* Lanes -------------------------------------------------------------------- */

static const char *const outcomes[] = { "delivered", "relayed", "blocked",
	                                "delayed", "unknown" };
#define OUTCOMES (sizeof outcomes / sizeof *outcomes)

static const struct field *lanes_by(const struct step *s)
{
	return s->ngroups ? s->groups[0] : NULL;
}

static size_t values(const struct step *s)
{
	const struct result *r = pane_rows(s, PART_TOP);

	return !r ? 0 : r->nrows < TOP ? r->nrows : TOP;
}

size_t timeline_lanes(const struct step *s)
{
	const struct result *r = pane_rows(s, PART_TOP);

	if (!lanes_by(s))
		return OUTCOMES;
	return values(s) + (r && r->nrows > TOP);
}

static struct slice value_of(const struct step *s, size_t i)
{
	const struct result *r = pane_rows(s, PART_TOP);

	return r->cells[i * r->ncolumns].text;
}

void timeline_lane_name(const struct step *s, size_t i, struct strbuf *out)
{
	if (!lanes_by(s))
		strbuf_add_str(out, outcomes[i]);
	else if (i >= values(s))
		strbuf_add_str(out, "(others)");
	else
		list_add_or(out, value_of(s, i), "(none)");
}

static struct slice outcome_of(const struct step *s, size_t i)
{
	if (!lanes_by(s))
		return slice_str(strcmp(outcomes[i], "blocked") == 0
		                         ? "refused" : outcomes[i]);
	return i < values(s) && strcmp(lanes_by(s)->name, "outcome") == 0
	               ? value_of(s, i) : SLICE("");
}

enum tone timeline_lane_tone(const struct step *s, size_t i)
{
	struct slice outcome = outcome_of(s, i);

	return outcome.len ? list_outcome_tone(outcome) : TONE_PROOF;
}

enum sign timeline_lane_sign(const struct step *s, size_t i)
{
	struct slice outcome = outcome_of(s, i);

	return outcome.len ? list_outcome_sign(outcome) : SIGN_NUMBER;
}

/* The rest is what has another value than those with a lane of their own: of
 * several recipients one is enough. */
static void timeline_lane_term(const struct step *s, size_t i, struct strbuf *out)
{
	if (!lanes_by(s)) {
		strbuf_addf(out, "outcome:%s", outcomes[i]);
		return;
	}
	if (i < values(s)) {
		filter_add_term(out, lanes_by(s), value_of(s, i), false);
		return;
	}
	for (size_t k = 0; k < values(s); k++) {
		strbuf_add_str(out, k ? " " : "");
		filter_add_term(out, lanes_by(s), value_of(s, k), true);
	}
}

/* Shape -------------------------------------------------------------------- */

static int bars_wanted(const struct step *s)
{
	int cells = s->place.cols - NAME - 1 - MAX;

	return cells > 400 ? 400 : cells < 1 ? 1 : cells;
}

void timeline_shape(const struct step *s, struct timeline_shape *out)
{
	const struct histogram *h = timeline_bars(s);
	int rows = s->place.height + 1, lanes = (int)timeline_lanes(s), row = 0;

	*out = (struct timeline_shape){ .marks = -1, .axis = -1, .tops = -1,
		                        .left = NAME,
		                        .width = bars_wanted(s) };
	if (h && h->n)
		out->bar = out->width / (int)h->n;
	if (out->bar > 12)
		out->bar = 12;
	if (rows >= TALL && s->place.cols >= WIDE) {
		rows -= TIMELINE_TOP_ROWS + 2;
		out->tops = rows + 1;
	}
	out->heading = row++;
	if (rows >= 14)
		out->marks = row++;
	out->chart = row;
	out->nlanes = rows - row - 3 < lanes ? rows - row - 3 : lanes;
	if (out->nlanes < 0)
		out->nlanes = 0;
	out->chart_rows = rows - row - out->nlanes - 1 - (rows >= 10);
	if (out->chart_rows < 1)
		out->chart_rows = 1;
	row += out->chart_rows;
	if (rows >= 10)
		out->axis = row++;
	out->lanes = row;
	out->cursor = row + out->nlanes;
	if (s->place.row > out->nlanes)
		out->first_lane = s->place.row - out->nlanes;
	if (out->first_lane > lanes - out->nlanes)
		out->first_lane = lanes - out->nlanes;
}

/* Questions ---------------------------------------------------------------- */

static void want_bars(const struct step *s, struct want *w)
{
	struct query *q;

	if (!w)
		return;
	q = &w->request.query;
	q->unit = q->counted = s->unit;
	w->request.bars = (size_t)bars_wanted(s);
}

static void want_lanes(const struct step *s, struct wants *w)
{
	struct strbuf term = { 0 };

	for (size_t i = 0; i < timeline_lanes(s); i++) {
		strbuf_reset(&term);
		timeline_lane_term(s, i, &term);
		want_bars(s, pane_want(s, w, PART_LANES + (int)i,
		                       REQUEST_HISTOGRAM, s->unit,
		                       strbuf_slice(&term)));
	}
	strbuf_release(&term);
}

static void want_top(const struct step *s, struct wants *w)
{
	struct request *r = &pane_want(s, w, PART_TOP, REQUEST_GROUPS, s->unit,
	                               SLICE(""))->request;

	r->query.groups[0] = lanes_by(s);
	r->query.ngroups = 1;
	r->limit = TOP + 1;
}

const struct timeline_top timeline_tops[TIMELINE_TOPS] = {
	{ "sender", { "from" }, TEXT_CUT_ADDRESS },
	{ "recipient", { "to" }, TEXT_CUT_ADDRESS },
	{ "reply", { "code", "dsn" }, TEXT_CUT_END },
	{ "client", { "client_ip" }, TEXT_CUT_MIDDLE },
};

static void want_tops(const struct step *s, struct wants *w)
{
	const struct histogram *h = timeline_bars(s);
	struct timeline_shape shape;
	int64_t from, to;

	timeline_shape(s, &shape);
	if (shape.tops < 0 || !h || !h->n)
		return;
	timeline_time(s, &from, &to);
	for (int i = 0; i < TIMELINE_TOPS; i++) {
		const char *const *f = timeline_tops[i].fields;
		struct request *r = &pane_want(s, w, PART_IN_BAR + i,
		                               REQUEST_GROUPS, s->unit,
		                               SLICE(""))->request;

		r->query.from = from;
		r->query.to = to;
		r->limit = TIMELINE_TOP_ROWS;
		for (; f[r->query.ngroups]; r->query.ngroups++)
			r->query.groups[r->query.ngroups] =
				field_find(slice_str(f[r->query.ngroups]));
	}
}

const struct result *timeline_top(const struct step *s, int i)
{
	const struct answer *a = s->answers[SLOT_PARTS + PART_IN_BAR + i];
	int64_t from, to;

	timeline_time(s, &from, &to);
	if (!a || !a->reply->ok || a->asked.query.from != from ||
	    a->asked.query.to != to)
		return NULL;
	return a->reply->result;
}

/* Of the case: what was logged when, whatever the filter. */
static void want_case(struct wants *w, int part, enum unit unit,
                      const char *filter)
{
	struct want *n = want_add(w, (enum slot)(SLOT_PARTS + part),
	                          REQUEST_PAGE);

	n->request.query.unit = n->request.query.counted = unit;
	n->request.anchor.kind = ANCHOR_FIRST;
	n->request.after = SEVERAL;
	snprintf(n->filter, sizeof n->filter, "%s", filter);
}

static void timeline_wants(const struct step *s, struct wants *w)
{
	struct want *all = want_add(w, SLOT_HISTOGRAM, REQUEST_HISTOGRAM);

	pane_want_numbers(s, w);
	want_bars(s, all);
	if (lanes_by(s))
		want_top(s, w);
	want_lanes(s, w);
	want_tops(s, w);
	want_case(w, PART_COVERAGE, UNIT_COVERAGE, "has:kind");
	want_case(w, PART_FINDINGS, UNIT_FINDINGS, "-severity:info");
}

/* Bars --------------------------------------------------------------------- */

const struct histogram *timeline_bars(const struct step *s)
{
	const struct reply *r = step_reply(s, SLOT_HISTOGRAM);

	return r && r->ok ? r->histogram : NULL;
}

const struct histogram *timeline_lane(const struct step *s, size_t i)
{
	const struct histogram *h = timeline_bars(s), *lane;
	const struct reply *r = pane_reply(s, PART_LANES + (int)i);

	lane = r ? r->histogram : NULL;
	if (!h || !lane || lane->from != h->from || lane->n != h->n ||
	    lane->bucket != h->bucket)
		return NULL;
	return lane;
}

static int highest_bar(const struct histogram *h)
{
	int at = 0;

	for (size_t i = 0; i < h->n; i++)
		if (h->all[i] > h->all[at])
			at = (int)i;
	return at;
}

/* At first the highest bar: what was the spike. */
int timeline_cursor(const struct step *s)
{
	const struct histogram *h = timeline_bars(s);
	int at;

	if (!h || !h->n)
		return -1;
	if (!s->place.key)
		return highest_bar(h);
	at = bars_at(h, s->place.key);
	if (at < 0)
		at = s->place.key < h->from ? 0 : (int)h->n - 1;
	return at;
}

void timeline_range(const struct step *s, int *first, int *last)
{
	const struct histogram *h = timeline_bars(s);
	int at = timeline_cursor(s);
	int start = h && s->place.range ? bars_at(h, s->place.range) : at;

	if (start < 0)
		start = at;
	*first = start < at ? start : at;
	*last = start < at ? at : start;
}

uint64_t timeline_sum(const struct step *s, const uint64_t *values_of)
{
	uint64_t sum = 0;
	int first, last;

	timeline_range(s, &first, &last);
	for (int i = first; i >= 0 && i <= last; i++)
		sum += values_of[i];
	return sum;
}

void timeline_time(const struct step *s, int64_t *from, int64_t *to)
{
	const struct histogram *h = timeline_bars(s);
	int64_t after, before;
	int first, last;

	timeline_range(s, &first, &last);
	*from = bars_start(h, (size_t)first);
	*to = bars_start(h, (size_t)last + 1);
	pane_time_range(s->filter, &after, &before);
	if (after != TIME_NONE && after > *from)
		*from = after;
	if (before != TIME_NONE && before < *to)
		*to = before;
}

/* Keys --------------------------------------------------------------------- */

static void go(struct step *s, int bar)
{
	const struct histogram *h = timeline_bars(s);

	if (bar < 0)
		bar = 0;
	if (bar >= (int)h->n)
		bar = (int)h->n - 1;
	s->place.key = bars_start(h, (size_t)bar);
}

static void move_lane(struct step *s, int by)
{
	int n = (int)timeline_lanes(s);

	s->place.row += by;
	if (s->place.row < 0)
		s->place.row = 0;
	if (s->place.row > n)
		s->place.row = n;
}

/* From bar FROM on, or back, to the next where a finding begins. */
static void next_finding(struct shell *sh, struct step *s, int by)
{
	const struct result *r = pane_rows(s, PART_FINDINGS);
	const struct histogram *h = timeline_bars(s);
	int at = timeline_cursor(s), best = -1;

	for (size_t i = 0; r && i < r->nrows; i++) {
		const struct cell *c = result_cell(r, i, "first_utc");
		int bar = c && c->text.ptr ? bars_at(h, c->number) : -1;

		if (bar < 0 || (by > 0 ? bar <= at : bar >= at))
			continue;
		if (best < 0 || (by > 0 ? bar < best : bar > best))
			best = bar;
	}
	if (best >= 0)
		go(s, best);
	else
		shell_say(sh, r && r->nrows ? "no more finding there"
		                            : "the case has no finding");
}

/* The term of what the cursor is on: its time, and its lane's. */
static void add_terms(const struct step *s, struct strbuf *out)
{
	int64_t from, to;

	timeline_time(s, &from, &to);
	pane_add_time(from, to, out);
}

static void open_bar(struct shell *sh, const struct step *s)
{
	struct strbuf term = { 0 }, timed = { 0 }, filter = { 0 };

	add_terms(s, &term);
	filter_combine(s->filter->text, strbuf_slice(&term), &timed, NULL);
	strbuf_reset(&term);
	if (s->place.row)
		timeline_lane_term(s, (size_t)s->place.row - 1, &term);
	if (term.len)
		pane_and(strbuf_slice(&timed), strbuf_slice(&term), &filter);
	else
		strbuf_add_slice(&filter, strbuf_slice(&timed));
	pane_open(sh, s->unit, strbuf_slice(&filter), SLICE(""));
	strbuf_release(&term);
	strbuf_release(&timed);
	strbuf_release(&filter);
}

/* The range is used up: behind it there is one bar again. */
static void zoom_in(struct shell *sh, struct step *s)
{
	int64_t from, to, range = s->place.range;

	timeline_time(s, &from, &to);
	s->place.range = 0;
	shell_zoom(sh, from, to);
	s->place.range = range;
}

/* A step, as all that changes what is shown. */
static void set_lanes(struct shell *sh, const struct field *by, enum unit unit)
{
	struct step *s = shell_fork(sh);

	s->ngroups = by != NULL;
	s->groups[0] = by;
	s->unit = unit;
	s->place.row = 0;
	shell_push(sh, s);
	shell_say(sh, "lanes: %s; :lanes FIELD takes any field, :lanes alone "
	              "the outcomes", by ? by->about : "outcomes");
}

/* x goes on to the next of these; :lanes takes any. */
static void choose_lanes(struct shell *sh, const struct step *s,
                         struct slice arg)
{
	static const char *const fields_of[] = { NULL, "from", "to", "code",
		                                 "server", "client", NULL };
	const struct field *f = arg.len ? field_find(arg) : NULL;
	size_t i = 0, n = sizeof fields_of / sizeof *fields_of - 1;

	if (arg.len && (!f || !field_in(f, s->unit))) {
		shell_error(sh, "no field %.*s of %s", SLICE_FMT(arg),
		            units[s->unit].name);
		return;
	}
	if (!f && lanes_by(s))
		for (i = 1; i < n; i++)
			if (strcmp(fields_of[i], lanes_by(s)->name) == 0)
				break;
	while (!arg.len && !f && ++i < n)
		f = field_find(slice_str(fields_of[i]));
	set_lanes(sh, f, s->unit);
}

/* Lines and answers are told apart by what they report, and quicker so; of mail
 * it counts what became of it. */
static void fit_lanes(struct step *s)
{
	const struct field *action = field_find(SLICE("action"));
	bool lines = s->unit == UNIT_ATTEMPTS || s->unit == UNIT_EVENTS;

	if (s->ngroups && (!field_in(s->groups[0], s->unit) ||
	                   (!lines && s->groups[0] == action)))
		s->ngroups = 0;
	if (!s->ngroups && lines) {
		s->groups[0] = action;
		s->ngroups = 1;
	}
	s->place.row = 0;
}

static void next_unit(struct shell *sh, const struct step *s)
{
	static const enum unit order[] = { UNIT_MESSAGES, UNIT_RECIPIENTS,
		                           UNIT_ATTEMPTS, UNIT_EVENTS };
	size_t i = 0;
	struct step *next = shell_fork(sh);

	while (i < 4 && order[i] != s->unit)
		i++;
	next->unit = order[(i + 1) % 4];
	fit_lanes(next);
	shell_push(sh, next);
	shell_say(sh, "counted now: %s", units[next->unit].name);
}

static bool move(struct step *s, enum act a)
{
	int at = timeline_cursor(s);

	switch ((int)a) {
	case ACT_LEFT: go(s, at - 1); return true;
	case ACT_RIGHT: go(s, at + 1); return true;
	case ACT_HALF_DOWN: go(s, at + 10); return true;
	case ACT_HALF_UP: go(s, at - 10); return true;
	case ACT_FIRST: go(s, 0); return true;
	case ACT_LAST: go(s, INT32_MAX); return true;
	case ACT_DOWN: move_lane(s, 1); return true;
	case ACT_UP: move_lane(s, -1); return true;
	default: return false;
	}
}

static void toggle_range(struct shell *sh, struct step *s)
{
	if (s->place.range) {
		s->place.range = 0;
		shell_say(sh, "no range");
		return;
	}
	s->place.range = bars_start(timeline_bars(s),
	                            (size_t)timeline_cursor(s));
	s->place.key = s->place.range;
	shell_say(sh, "a range starts here; h l choose its other end");
}

/* What needs bars. */
static bool act_on_bars(struct shell *sh, struct step *s, enum act a)
{
	if (move(s, a))
		return true;
	switch ((int)a) {
	case ACT_OPEN: open_bar(sh, s); return true;
	case ACT_ZOOM_IN: zoom_in(sh, s); return true;
	case ACT_MARK: toggle_range(sh, s); return true;
	case ACT_FIND_NEXT: next_finding(sh, s, 1); return true;
	case ACT_FIND_PREVIOUS: next_finding(sh, s, -1); return true;
	default: return false;
	}
}

static bool timeline_act(struct shell *sh, struct step *s, enum act a,
                         struct slice arg)
{
	const struct histogram *h = timeline_bars(s);

	switch ((int)a) {
	case ACT_SCALE: s->place.one_scale = !s->place.one_scale; return true;
	case ACT_CHART: choose_lanes(sh, s, arg); return true;
	case ACT_UNIT: next_unit(sh, s); return true;
	default: return h && h->n && act_on_bars(sh, s, a);
	}
}

static bool timeline_term(const struct step *s, bool not, struct strbuf *out)
{
	const struct histogram *h = timeline_bars(s);

	if (!h || !h->n) {
		strbuf_add_str(out, "there is no bar here");
		return false;
	}
	strbuf_add_str(out, not ? "-" : "");
	add_terms(s, out);
	return true;
}

static bool timeline_can(const struct step *s, enum act a)
{
	const struct histogram *h = timeline_bars(s);
	const struct result *findings = pane_rows(s, PART_FINDINGS);
	bool bars = h && h->n;

	switch ((int)a) {
	case ACT_DROP_TERM: return s->filter->nterms > 0;
	case ACT_ZOOM_OUT: {
		int64_t from, to;

		pane_time_range(s->filter, &from, &to);
		return from != TIME_NONE || to != TIME_NONE;
	}
	case ACT_FIND_NEXT: case ACT_FIND_PREVIOUS:
		return bars && findings && findings->nrows;
	case ACT_OPEN: case ACT_MARK: case ACT_ZOOM_IN: case ACT_ONLY:
	case ACT_NOT:
		return bars;
	case ACT_COPY: case ACT_COPY_LINE: return false;
	default: return true;
	}
}

static bool timeline_open(struct step *s, const struct target *t,
                          struct err *err)
{
	(void)err;
	if (t->unit)
		s->unit = (enum unit)(t->unit - units);
	if (t->groups[0]) {
		s->groups[0] = t->groups[0];
		s->ngroups = 1;
	}
	return true;
}

/* A press is the cursor's way to a bar or lane, a drag chooses a range. */
static void timeline_mouse(struct shell *sh, struct step *s,
                           const struct pointer *p)
{
	const struct histogram *h = timeline_bars(s);
	struct timeline_shape shape;
	int lane, bar;

	(void)sh;
	timeline_shape(s, &shape);
	if (!h || !h->n || !shape.bar || !p->press)
		return;
	bar = (p->col - shape.left) / shape.bar;
	if (p->drag) {
		if (!s->place.range)
			s->place.range =
				bars_start(h, (size_t)timeline_cursor(s));
		go(s, bar);
		return;
	}
	if (p->row < shape.chart || p->row >= shape.cursor)
		return;
	lane = p->row - shape.lanes;
	s->place.range = 0;
	s->place.row = lane < 0 ? 0 : shape.first_lane + lane + 1;
	if (p->col >= shape.left && bar < (int)h->n)
		go(s, bar);
}

static const struct legend legend[] = {
	{ ACT_OPEN, "messages", "its messages" },
	{ ACT_MARK, "range", "start a range" },
	{ ACT_ZOOM_IN, NULL, NULL },
	{ ACT_ZOOM_OUT, NULL, NULL },
	{ ACT_CHART, NULL, "what the lanes are" },
	{ ACT_FIND_NEXT, NULL, NULL },
	{ ACT_ONLY, NULL, "only this time" },
	{ ACT_NOT, NULL, "not this time" },
	{ ACT_SCALE, NULL, "one scale" },
	{ ACT_UNIT, NULL, NULL },
	{ ACT_EXPORT, "export", "export" },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_timeline = {
	.name = "Timeline", .brief = "Time", .digit = '2',
	.flags = VIEW_NO_STRIP, .unit = UNIT_MESSAGES,
	.context = CONTEXT_TIMELINE, .legend = legend, .open = timeline_open,
	.wants = timeline_wants, .act = timeline_act, .can = timeline_can,
	.draw = timeline_draw, .term = timeline_term,
	.mouse = timeline_mouse,
};
