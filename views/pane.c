/* SPDX-License-Identifier: MIT */
/* What panes share that are no list. */
#include "views/pane.h"

#include "base/civil.h"

void pane_want_numbers(const struct step *s, struct wants *w)
{
	struct request *count =
		&want_add(w, SLOT_COUNT_ROWS, REQUEST_COUNT)->request;
	struct request *strip;

	count->query.unit = count->query.counted = s->unit;
	count->query.from = s->from;
	count->query.to = s->to;
	if (s->place.bars <= 0)
		return;
	strip = &want_add(w, SLOT_HISTOGRAM, REQUEST_HISTOGRAM)->request;
	strip->query = count->query;
	strip->bars = (size_t)s->place.bars;
}

struct want *pane_want(const struct step *s, struct wants *w, int part,
                       enum request_kind kind, enum unit unit,
                       struct slice term)
{
	struct strbuf text = { 0 };
	bool fits = true;
	struct want *n;

	if (term.len) {
		pane_and(s->filter->text, term, &text);
		fits = text.len < WANT_FILTER;
	}
	n = fits ? want_add(w, (enum slot)(SLOT_PARTS + part), kind) : NULL;
	if (n) {
		n->request.query.unit = n->request.query.counted = unit;
		n->request.query.from = s->from;
		n->request.query.to = s->to;
		snprintf(n->filter, sizeof n->filter, "%s", strbuf_text(&text));
	}
	strbuf_release(&text);
	return n;
}

const struct reply *pane_reply(const struct step *s, int part)
{
	const struct reply *r = step_reply(s, (enum slot)(SLOT_PARTS + part));

	return r && r->ok ? r : NULL;
}

const struct result *pane_rows(const struct step *s, int part)
{
	const struct reply *r = pane_reply(s, part);

	return r ? r->result : NULL;
}

/* Terms that contradict must not replace each other here: what is counted is
 * under both. */
void pane_and(struct slice filter, struct slice term, struct strbuf *out)
{
	struct strbuf replaced = { 0 };
	size_t start = out->len;

	filter_combine(filter, term, out, &replaced);
	if (replaced.len) {
		out->len = start;
		strbuf_addf(out, "(%.*s) ", SLICE_FMT(filter));
		strbuf_add_slice(out, term);
	}
	strbuf_release(&replaced);
}

static void narrow(const struct predicate *p, int64_t *from, int64_t *to)
{
	int64_t a = TIME_NONE, b = TIME_NONE;

	if (p && p->kind == PRED_AND) {
		narrow(p->left, from, to);
		narrow(p->right, from, to);
		return;
	}
	if (!p || p->kind != PRED_TERM || !p->field ||
	    strcmp(p->field->name, "time") != 0)
		return;
	if (p->op == TERM_RANGE || p->op == TERM_GREATER_EQUAL)
		a = p->values[0].number;
	if (p->op == TERM_RANGE)
		b = p->values[1].number;
	else if (p->op == TERM_LESS)
		b = p->values[0].number;
	if (a != TIME_NONE && (*from == TIME_NONE || a > *from))
		*from = a;
	if (b != TIME_NONE && b != INT64_MAX && (*to == TIME_NONE || b < *to))
		*to = b;
}

void pane_time_range(const struct filter *f, int64_t *from, int64_t *to)
{
	*from = *to = TIME_NONE;
	narrow(f->where, from, to);
}

/* As short as it goes: a minute is its first instant. */
static void add_time(int64_t us, struct strbuf *out)
{
	struct times utc = { .mode = TIMES_UTC };
	size_t start = out->len;

	times_add(&utc, us, us % US_SECOND ? 6 : 0, out);
	if (out->len > start + 10)
		out->ptr[start + 10] = 'T';
	if (out->len > start + 3 && us % US_MINUTE == 0)
		out->len -= 3;
	strbuf_add_char(out, 'Z');
}

/* A whole day, hour or minute is named as such. */
static bool add_whole(int64_t from, int64_t to, struct strbuf *out)
{
	static const struct {
		int64_t us;
		size_t len; /* of "2026-03-10T06:00" */
	} wholes[] = { { US_DAY, 10 }, { US_HOUR, 13 }, { US_MINUTE, 16 } };
	size_t start = out->len;

	for (size_t i = 0; i < 3; i++) {
		if (to - from != wholes[i].us || from % wholes[i].us)
			continue;
		add_time(from, out);
		out->len = start + wholes[i].len;
		strbuf_add_char(out, 'Z');
		return true;
	}
	return false;
}

void pane_add_time(int64_t from, int64_t to, struct strbuf *out)
{
	strbuf_add_str(out, "time:");
	if (add_whole(from, to, out))
		return;
	add_time(from, out);
	strbuf_add_str(out, "..");
	add_time(to, out);
}

/* The pane in which N counts rows of UNIT. */
static const struct view *pane_of_unit(enum unit unit)
{
	switch ((int)unit) {
	case UNIT_MESSAGES: return view_find("Messages");
	case UNIT_RECIPIENTS: return view_find("Recipients");
	case UNIT_SOURCES: return view_find("Sources");
	case UNIT_FINDINGS: return view_find("Findings");
	default: return view_find("Events");
	}
}

void pane_open(struct shell *sh, enum unit unit, struct slice filter,
               struct slice label)
{
	struct target t = { .filter = filter, .label = label,
		            .unit = &units[unit] };

	shell_open(sh, pane_of_unit(unit), &t);
}
