/* SPDX-License-Identifier: MIT */
/* What is missing or contradictory as findings, gaps of logs, and mail that came
 * to a mailbox twice. */
#include "model/trace/finding.h"

static const enum finding_rule rule_of[MISSING_COUNT_OF] = {
	[MISSING_NO_LOG] = RULE_NO_LOG,
	[MISSING_NOT_COVERED] = RULE_NOT_COVERED,
	[MISSING_ABSENT] = RULE_ABSENT,
	[MISSING_UNSENT] = RULE_UNSENT,
	[MISSING_STATUS] = RULE_STATUS,
	[MISSING_ENVELOPE] = RULE_ENVELOPE,
	[MISSING_TIME] = RULE_TIME,
	[MISSING_COUNT] = RULE_COUNT,
	[MISSING_LOST] = RULE_LOST,
};

/* The other server as the log calls it. */
static struct slice other_name(const struct derive *d,
			       const struct missing_row *r)
{
	uint32_t w = r->server ? r->server : r->name ? r->name : r->ip;

	return w ? word_text(d, w) : SLICE("the next server");
}

static void tell(const struct derive *d, const struct missing_row *r,
		 const struct txn *t, struct strbuf *out)
{
	struct slice at = word_text(d, r->at), other = other_name(d, r);
	struct slice own = derive_queue_id(d, t), id = r->queue_id;
	struct slice to = word_text(d, r->recipient);

	switch (r->kind) {
	case MISSING_NO_LOG:
	case MISSING_NOT_COVERED:
		strbuf_addf(out, "%.*s handed mail over to %.*s, ",
			    SLICE_FMT(at), SLICE_FMT(other));
		strbuf_add_str(out, r->kind == MISSING_NO_LOG
					    ? "whose log is not in the case"
					    : "whose log does not cover that "
					      "time");
		break;
	case MISSING_ABSENT:
		strbuf_addf(out, "%.*s says of %.*s that %.*s took it as %.*s "
				 "for %.*s; the log of %.*s covers that time "
				 "and does not have it",
			    SLICE_FMT(at), SLICE_FMT(own), SLICE_FMT(other),
			    SLICE_FMT(id), SLICE_FMT(to), SLICE_FMT(other));
		break;
	case MISSING_UNSENT:
		strbuf_addf(out, "%.*s took %.*s from %.*s, whose log covers "
				 "that time and has no such delivery",
			    SLICE_FMT(at), SLICE_FMT(id), SLICE_FMT(other));
		break;
	case MISSING_STATUS:
		strbuf_addf(out, "%.*s says of %.*s that it was sent to %.*s "
				 "for %.*s; the log of %.*s says refused",
			    SLICE_FMT(at), SLICE_FMT(own), SLICE_FMT(other),
			    SLICE_FMT(to), SLICE_FMT(other));
		break;
	case MISSING_ENVELOPE:
		strbuf_addf(out, "sender or message-id differ between %.*s on "
				 "%.*s and %.*s on %.*s",
			    SLICE_FMT(own), SLICE_FMT(at), SLICE_FMT(id),
			    SLICE_FMT(other));
		break;
	case MISSING_TIME:
		strbuf_addf(out, "the handoff of %.*s on %.*s as %.*s on %.*s "
				 "lies outside of the difference of their "
				 "clocks that all others show",
			    SLICE_FMT(own), SLICE_FMT(at), SLICE_FMT(id),
			    SLICE_FMT(other));
		break;
	case MISSING_COUNT:
		strbuf_addf(out, "%.*s was queued for %d recipients; lines tell "
				 "of %u",
			    SLICE_FMT(own), (int)t->nrcpt, t->ndels);
		break;
	case MISSING_LOST:
		strbuf_addf(out, "%.*s was taken, and no line says what became "
				 "of it, though the log goes on",
			    SLICE_FMT(own));
		break;
	case MISSING_COUNT_OF:
		break;
	}
	if (r->searched.ptr)
		strbuf_addf(out, ". Searched: %.*s", SLICE_FMT(r->searched));
}

/* Evidence to ask for is one finding per server that has it. */
static uint64_t group_of(const struct missing_row *r)
{
	if (r->kind == MISSING_NOT_COVERED)
		return r->server + UINT64_C(1);
	if (r->kind != MISSING_NO_LOG)
		return 0;
	return r->ip ? UINT64_C(1) << 32 | r->ip
		     : UINT64_C(2) << 32 | r->name;
}

static void fire_missing(struct finding_list *l, const struct missing_row *r,
			 const struct txn *t)
{
	const struct derive *d = l->d;
	struct firing f = {
		.rule = rule_of[r->kind],
		.server = r->at,
		.group = group_of(r),
		.from = r->from,
		.to = r->to,
		.name = r->kind <= MISSING_NOT_COVERED ? other_name(d, r)
						       : derive_queue_id(d, t),
	};
	struct finding *x;

	strbuf_reset(&l->text);
	tell(d, r, t, &l->text);
	x = finding_fire(l, &f);
	finding_add_txn(l, x, t);
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++)
		if (d->dels[i].last != NONE32)
			finding_add_attempt(l, x, d->dels[i].last);
}

static void try_handoffs(struct finding_list *l)
{
	const struct derive *d = l->d;

	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];
		uint32_t from = d->txns[k->from].server;

		if (k->kind != LINK_HANDOFF || k->class != CLASS_CONFIRMED)
			continue;
		finding_tried(l, RULE_ABSENT, from, 1);
		finding_tried(l, RULE_STATUS, from, 1);
		finding_tried(l, RULE_ENVELOPE, from, 1);
		finding_tried(l, RULE_TIME, from, 1);
		finding_tried(l, RULE_UNSENT, d->txns[k->to].server, 1);
	}
}

void findings_missing(struct finding_list *l, const struct missing_list *m)
{
	const struct derive *d = l->d;

	try_handoffs(l);
	for (size_t i = 0; i < m->n; i++) {
		const struct missing_row *r = &m->list[i];

		fire_missing(l, r, &d->txns[d->txn_order[r->transaction - 1]]);
	}
	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (finding_is_mail(t) && t->state == STATE_COMPLETE &&
		    t->nrcpt > 0)
			finding_tried(l, RULE_COUNT, t->server, 1);
	}
}

/* Gaps ---------------------------------------------------------------------------- */

/* How often others say that they handed mail to the server within the gap. */
static uint64_t handed_in(const struct missing_list *m,
			  const struct coverage_row *gap)
{
	uint64_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->list[i].kind == MISSING_NOT_COVERED &&
		     m->list[i].server == gap->server &&
		     m->list[i].from != TIME_NONE &&
		     m->list[i].from >= gap->from - 2 * US_MINUTE &&
		     m->list[i].to <= gap->to + 6 * US_MINUTE;
	return n;
}

static void fire_gap(struct finding_list *l, const struct missing_list *m,
		     const struct coverage_row *c)
{
	struct firing f = {
		.rule = RULE_GAP,
		.server = c->server,
		.from = c->from,
		.to = c->to,
	};
	uint64_t handed = handed_in(m, c);
	struct finding *x;

	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "no line for %lld s, longer than is usual for "
			      "this log at that hour",
		    (long long)((c->to - c->from) / US_SECOND));
	if (handed)
		strbuf_addf(&l->text, "; in that time other servers handed over "
				      "%llu messages to it",
			    (unsigned long long)handed);
	x = finding_fire(l, &f);
	if (handed && !x->rest)
		x->severity = SEVERITY_MEDIUM;
	finding_add_line(x, c->source, 0, NULL);
}

void findings_coverage(struct finding_list *l, const struct missing_list *m)
{
	const struct coverage *c = &l->d->coverage;

	for (size_t i = 0; i < c->n; i++) {
		const struct coverage_row *r = &c->list[i];
		struct firing f = {
			.rule = RULE_SUPPRESSED,
			.server = r->server,
			.group = 1,
			.from = r->from,
			.to = r->to,
		};

		if (r->kind == COVERAGE_COVERED) {
			finding_tried(l, RULE_GAP, r->server, r->lines);
			finding_tried(l, RULE_BACK, r->server, r->lines);
			finding_tried(l, RULE_OUT, r->server, r->lines);
		} else if (r->kind == COVERAGE_GAP) {
			fire_gap(l, m, r);
		} else if (r->kind == COVERAGE_SUPPRESSED) {
			strbuf_reset(&l->text);
			strbuf_add_str(&l->text, "the log says itself that "
						 "lines were left out");
			finding_add_line(finding_fire(l, &f), r->source, 0,
					 NULL);
		}
	}
}

/* Twice --------------------------------------------------------------------------- */

static void fire_twice(struct finding_list *l, uint32_t a, uint32_t b,
		       uint64_t key)
{
	const struct derive *d = l->d;
	const struct rcp *x = &d->rcps[a], *y = &d->rcps[b];
	const struct del *v = &d->dels[x->del], *w = &d->dels[y->del];
	struct slice to = word_text(d, x->address);
	struct firing f = {
		.rule = RULE_TWICE,
		.server = d->txns[v->txn].server,
		.group = key,
		.from = x->last,
		.to = y->last,
		.name = to,
	};
	struct finding *found;

	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "%.*s got mail of the same message-id more than "
			      "once", SLICE_FMT(to));
	found = finding_fire(l, &f);
	if (found->rows == 1 && v->last != NONE32)
		finding_add_attempt(l, found, v->last);
	if (w->last != NONE32)
		finding_add_attempt(l, found, w->last);
}

static bool is_delivered(const struct derive *d, const struct rcp *r)
{
	const struct txn *t = &d->txns[d->jnys[r->journey].root];

	return r->outcome == OUTCOME_DELIVERED && t->mid_frag != NONE32 &&
	       !(t->flags & (ROW_PROBE | ROW_COPY)) &&
	       derive_message_id(d, t).len > 2;
}

void findings_twice(struct finding_list *l)
{
	const struct derive *d = l->d;
	struct map seen = {0};

	for (uint32_t i = 0; i < d->nrcps; i++) {
		const struct rcp *r = &d->rcps[i];
		uint64_t key;
		uint32_t *at;

		if (!is_delivered(d, r))
			continue;
		key = key_of(hash_mix(
			hash64(derive_message_id(
				d, &d->txns[d->jnys[r->journey].root])),
			r->address));
		at = map_add(&seen, key, NONE32);
		if (*at != NONE32 && d->rcps[*at].journey != r->journey)
			fire_twice(l, *at, i, key);
		else if (*at == NONE32)
			*at = i;
		finding_tried(l, RULE_TWICE,
			      d->txns[d->dels[r->del].txn].server, 1);
	}
	map_release(&seen);
}
