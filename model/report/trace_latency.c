/* SPDX-License-Identifier: MIT */
/* How long a message took. Two ways lead to it, and what both allow is told: the
 * two stamps, each less what its clock is off; and the time at each server by its
 * own clock, from its acceptance to the moment when the next one accepted, which
 * lies within the transmission that this server logs. */
#include "model/report/trace_latency.h"

#include "base/civil.h"
#include "base/hash.h"
#include "model/report/trace_private.h"
#include "model/store/rows.h"

#include <math.h>
#include <stdlib.h>

struct span {
	int64_t lo, hi; /* us */
};
#define ANY ((struct span){ INT64_MIN, INT64_MAX })
#define HOPS 64          /* that are followed back */
#define ROUNDED 10000    /* us that a logged delay may be more than its digits */

struct asked {
	const struct trace *t;
	struct lookup into;       /* confirmed links by where they lead */
	struct lookup rows;       /* transactions by id */
	struct lookup deliveries; /* by transaction */
	struct lookup fates;      /* deliveries by transaction and recipient */
	struct lookup ends;       /* recipients by row of transaction */
};

/* An instant by the clock of a server. */
struct reading {
	size_t row; /* of its transaction */
	int64_t us, resolution;
};

/* What is written with fewer digits ends with zeros; that a fine stamp ends with
 * them makes the interval wider and never wrong. */
static struct reading reading_of(size_t row, int64_t us)
{
	struct reading s = { row, us, 1 };

	while (s.resolution < US_SECOND && us % (s.resolution * 10) == 0)
		s.resolution *= 10;
	return s;
}

static bool is_text(const struct result *r, size_t row, const char *column,
                    const char *text)
{
	return slice_eq(trace_text(r, row, column), slice_str(text));
}

/* Refused at the door, or seen by a third: nobody had it then. */
static bool is_accepted(const struct trace *t, size_t row)
{
	return !is_text(t->transactions, row, "state",
	                transaction_state_name(STATE_REFUSED)) &&
	       !is_text(t->transactions, row, "state",
	                transaction_state_name(STATE_OBSERVED));
}

static struct slice server_of(const struct asked *a, size_t row)
{
	return trace_text(a->t->transactions, row, "server");
}

static uint64_t fate_key(int64_t transaction, struct slice recipient)
{
	return hash_mix((uint64_t)transaction, hash64(recipient));
}

static void asked_init(struct asked *a, const struct trace *t)
{
	*a = (struct asked){
		.t = t,
		.rows = trace_by_number(t->transactions, "transaction_id"),
		.deliveries = trace_by_number(t->deliveries, "transaction_id"),
		.ends = trace_ends(t),
	};
	for (size_t i = 0; i < t->links->nrows; i++)
		if (is_text(t->links, i, "class",
		            link_class_name(CLASS_CONFIRMED)))
			lookup_add(&a->into,
			           (uint64_t)trace_number(t->links, i,
			                                  "to_transaction"),
			           (int64_t)i, i);
	lookup_sort(&a->into);
	for (size_t i = 0; i < t->deliveries->nrows; i++)
		lookup_add(&a->fates,
		           fate_key(trace_number(t->deliveries, i,
		                                 "transaction_id"),
		                    trace_text(t->deliveries, i, "recipient")),
		           (int64_t)i, i);
	lookup_sort(&a->fates);
}

static void asked_release(struct asked *a)
{
	lookup_release(&a->into);
	lookup_release(&a->rows);
	lookup_release(&a->deliveries);
	lookup_release(&a->fates);
	lookup_release(&a->ends);
}

/* The row that transaction ROW was handed over by; LINK is set. SIZE_MAX: none
 * in this message. */
static size_t parent_of(const struct asked *a, size_t row, size_t *link)
{
	int64_t id = a->t->transactions->ids[row];

	for LOOKUP_EACH (p, &a->into, (uint64_t)id) {
		int64_t from = trace_number(a->t->links, p->row,
		                            "from_transaction");

		for LOOKUP_EACH (q, &a->rows, (uint64_t)from)
			if (q->row != row && is_accepted(a->t, q->row)) {
				*link = p->row;
				return q->row;
			}
	}
	return SIZE_MAX;
}

/* ---- by the offsets of both clocks --------------------------------------- */

static int64_t microseconds(const struct result *r, size_t row,
                            const char *column)
{
	struct slice s = trace_text(r, row, column);
	char text[64] = "";

	if (s.len && s.len < sizeof text)
		memcpy(text, s.ptr, s.len);
	return (int64_t)llround(strtod(text, NULL) * 1e6);
}

/* When S was by the reference. */
static struct span corrected(const struct asked *a, const struct reading *s,
                             ptrdiff_t clock)
{
	const struct result *c = a->t->clocks;

	return (struct span){
		s->us - microseconds(c, (size_t)clock, "offset_hi_s"),
		s->us + s->resolution -
			microseconds(c, (size_t)clock, "offset_lo_s"),
	};
}

/* REFERENCE is set if the two clocks needed one. */
static struct span by_offsets(const struct asked *a, const struct reading *from,
                              const struct reading *to, struct slice *reference)
{
	struct slice x = server_of(a, from->row), y = server_of(a, to->row);
	ptrdiff_t cx = trace_clock(a->t, x, from->us);
	ptrdiff_t cy = trace_clock(a->t, y, to->us);
	struct slice rx = cx < 0 ? x : trace_text(a->t->clocks, (size_t)cx,
	                                          "reference");
	struct slice ry = cy < 0 ? y : trace_text(a->t->clocks, (size_t)cy,
	                                          "reference");
	struct span s, e;

	/* one clock, and in one state: nothing is off between the two */
	if (x.len && slice_eq(x, y) && cx == cy)
		return (struct span){ to->us - from->us - from->resolution,
			              to->us - from->us + to->resolution };
	if (cx < 0 || cy < 0 || !rx.len || !slice_eq(rx, ry))
		return ANY;
	*reference = rx;
	s = corrected(a, from, cx);
	e = corrected(a, to, cy);
	return (struct span){ e.lo - s.hi, e.hi - s.lo };
}

/* ---- by the time at each server ------------------------------------------- */

/* When transaction ROW's server accepted it, by the clock of UP's, which sent it:
 * within the transmission, whose length was logged with two digits. */
static bool handed_within(const struct asked *a, size_t up, size_t row,
                          size_t link, struct span *out)
{
	const struct result *d = a->t->deliveries, *x = a->t->transactions;
	struct slice id = trace_text(x, row, "queue_id");
	int64_t opened = trace_number(x, row, "opened_utc"), begun, transfer;
	struct reading sent = { 0 };

	for LOOKUP_EACH (p, &a->deliveries, (uint64_t)x->ids[up])
		if (id.len && slice_eq(trace_text(d, p->row, "next_queue_id"),
		                       id))
			sent = reading_of(up, trace_number(d, p->row, "last_utc"));
	if (!sent.us || !opened || !trace_text(a->t->links, link, "lag_s").len)
		return false;
	begun = opened - microseconds(a->t->links, link, "lag_s");
	transfer = sent.us - begun;
	*out = (struct span){ INT64_MIN, sent.us + sent.resolution };
	if (transfer > 0) /* else its length is not known */
		out->lo = begun - transfer / 20 - ROUNDED -
		          (transfer % US_SECOND == 0 ? US_SECOND : 0);
	return transfer >= 0;
}

static void add_stay(struct span *sum, struct span left, struct reading opened)
{
	int64_t most = left.hi - opened.us, least = 0;

	if (left.lo != INT64_MIN)
		least = left.lo - opened.us - opened.resolution;
	sum->hi += most;
	sum->lo += least > 0 ? least : 0;
}

/* From ROOT's acceptance to TO, added up along the links. */
static struct span by_stays(const struct asked *a, const struct reading *root,
                            const struct reading *to)
{
	struct span left = { to->us, to->us + to->resolution }, sum = { 0, 0 };
	size_t at = to->row;

	for (int i = 0; i < HOPS && at != root->row; i++) {
		size_t link = 0, up = parent_of(a, at, &link);
		int64_t opened = trace_number(a->t->transactions, at,
		                              "opened_utc");

		if (up == SIZE_MAX)
			return ANY;
		if (!slice_eq(server_of(a, up), server_of(a, at))) {
			if (!opened)
				return ANY;
			add_stay(&sum, left, reading_of(at, opened));
			if (!handed_within(a, up, at, link, &left))
				return ANY;
		}
		at = up;
	}
	if (at != root->row)
		return ANY;
	add_stay(&sum, left, *root);
	return sum;
}

/* ---- both ----------------------------------------------------------------- */

static bool is_final(const struct trace *t, size_t recipient)
{
	return is_text(t->recipients, recipient, "outcome",
	               outcome_name(OUTCOME_DELIVERED)) ||
	       is_text(t->recipients, recipient, "outcome",
	               outcome_name(OUTCOME_RELAYED));
}

/* When ROW's server last delivered; the recipient's own times may be of others'
 * clocks. 0: it did not. */
static int64_t delivered_at(const struct asked *a, size_t row)
{
	const struct result *d = a->t->deliveries, *r = a->t->recipients;
	int64_t last = 0;

	for LOOKUP_EACH (p, &a->ends, row) {
		int64_t at = 0, id = a->t->transactions->ids[row];
		uint64_t key;

		if (!is_final(a->t, p->row))
			continue;
		key = fate_key(id, trace_text(r, p->row, "address"));
		for LOOKUP_EACH (q, &a->fates, key)
			at = trace_number(d, q->row, "last_utc");
		if (!at)
			at = trace_number(r, p->row, "last_utc");
		if (at > last)
			last = at;
	}
	return last;
}

/* Takes the way from FROM to TO into account: the longest counts. */
static void add_way(struct latency *l, const struct asked *a,
                    const struct reading *from, const struct reading *to)
{
	struct slice reference = { NULL, 0 };
	struct span x = by_offsets(a, from, to, &reference);
	struct span y = by_stays(a, from, to);
	struct span both = { x.lo > y.lo ? x.lo : y.lo,
		             x.hi < y.hi ? x.hi : y.hi };

	if (both.hi == INT64_MAX) {
		l->state = LATENCY_NO_CLOCK;
		return;
	}
	if (both.lo < 0)
		both.lo = 0;
	if (both.hi < both.lo && l->state == LATENCY_KNOWN)
		l->state = LATENCY_CONTRADICTED;
	if (!l->to.ptr || both.hi > l->hi) {
		l->hi = both.hi;
		l->from = server_of(a, from->row);
		l->to = server_of(a, to->row);
		l->reference = reference;
	}
	if (both.lo > l->lo)
		l->lo = both.lo;
}

static void add_ways(struct latency *l, const struct asked *a,
                     const struct reading *from)
{
	size_t n = a->t->transactions->nrows, found = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t at = delivered_at(a, i);
		struct reading to = reading_of(i, at);

		if (!at)
			continue;
		found++;
		add_way(l, a, from, &to);
	}
	if (!found)
		l->state = LATENCY_NO_DELIVERY;
}

struct latency trace_latency(const struct trace *t)
{
	struct latency l = { .state = LATENCY_KNOWN };
	struct asked a;
	size_t starts = 0, link;

	asked_init(&a, t);
	for (size_t i = 0; i < t->transactions->nrows; i++) {
		int64_t opened = trace_number(t->transactions, i, "opened_utc");
		struct reading from = reading_of(i, opened);

		if (!is_accepted(t, i) || parent_of(&a, i, &link) != SIZE_MAX)
			continue;
		starts++;
		if (opened && l.state != LATENCY_NO_START)
			add_ways(&l, &a, &from);
		else
			l.state = LATENCY_NO_START;
	}
	if (!starts)
		l.state = LATENCY_NO_START;
	asked_release(&a);
	return l;
}

#define TENTH 100000

/* Both ends outwards, in one unit where it is seconds: "0.9..1.1 s". */
static void add_range(struct strbuf *out, int64_t lo, int64_t hi)
{
	int64_t tenths = lo / TENTH;

	if (lo == 0)
		strbuf_add_char(out, '0');
	else if (hi < US_SECOND && lo >= 1000)
		strbuf_addf(out, "%lld", (long long)(lo / 1000));
	else if (hi < US_SECOND || lo >= US_MINUTE)
		duration_add(out, lo);
	else
		strbuf_addf(out, tenths % 10 ? "%lld.%lld" : "%lld",
		            (long long)(tenths / 10), (long long)(tenths % 10));
	if (lo && lo < US_MINUTE && hi >= US_MINUTE)
		strbuf_add_str(out, " s");
	strbuf_add_str(out, "..");
	duration_add(out, hi < US_SECOND ? hi : (hi + TENTH - 1) / TENTH * TENTH);
}

void latency_add(struct strbuf *out, const struct latency *l)
{
	struct strbuf lo = { 0 }, hi = { 0 };

	if (l->state != LATENCY_KNOWN) {
		strbuf_add_str(out, "not known");
		return;
	}
	duration_add(&lo, l->lo);
	duration_add(&hi, l->hi);
	if (slice_eq(strbuf_slice(&lo), strbuf_slice(&hi)))
		strbuf_add_slice(out, strbuf_slice(&hi));
	else
		add_range(out, l->lo, l->hi);
	strbuf_release(&lo);
	strbuf_release(&hi);
}

void latency_add_basis(struct strbuf *out, const struct latency *l)
{
	static const char *const why[] = {
		[LATENCY_NO_START] = "no line shows the first acceptance",
		[LATENCY_NO_DELIVERY] = "no delivery",
		[LATENCY_NO_CLOCK] = "how the clocks differ is not known",
		[LATENCY_CONTRADICTED] = "the clocks contradict the order",
	};

	if (l->state != LATENCY_KNOWN)
		strbuf_add_str(out, why[l->state]);
	else if (slice_eq(l->from, l->to))
		strbuf_addf(out, "clock of %.*s", SLICE_FMT(l->to));
	else if (l->reference.len)
		strbuf_addf(out, "from %.*s to %.*s, clocks against %.*s",
		            SLICE_FMT(l->from), SLICE_FMT(l->to),
		            SLICE_FMT(l->reference));
	else
		strbuf_addf(out, "from %.*s to %.*s, time at each server",
		            SLICE_FMT(l->from), SLICE_FMT(l->to));
}
