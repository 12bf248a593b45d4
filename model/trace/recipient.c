/* SPDX-License-Identifier: MIT */
/* Final recipients of a journey: deliveries from which no link leads on, those
 * of the same address taken together. */
#include "base/alloc.h"
#include "model/trace/link.h"

#define CHAIN_MAX 64  /* hops over which an address is followed back */
#define LOOK_MAX 4096 /* deliveries of a hop that are looked through */

/* The better an outcome, the more it tells of a recipient that has several. */
static int rank(enum outcome o)
{
	static const int ranks[OUTCOME_COUNT] = {
		[OUTCOME_DELIVERED] = 6, [OUTCOME_RELAYED] = 5,
		[OUTCOME_FAILED] = 4,    [OUTCOME_WITHHELD] = 3,
		[OUTCOME_REFUSED] = 2,   [OUTCOME_DELAYED] = 1,
		[OUTCOME_UNKNOWN] = 0,
	};

	return ranks[o];
}

/* The agent's word is more than the answer that it gave. */
static enum action last_action(const struct derive *d, const struct del *v)
{
	uint32_t last = v->last;

	if (last == NONE32)
		return ACTION_UNKNOWN;
	if (d->atts[last].agent != NONE32)
		last = d->atts[last].agent;
	return derive_attempt(d, last)->action;
}

/* Whether the server that a sensor heard tells what became of it. */
static bool is_witness(const struct derive *d, const struct txn *t,
		       enum outcome *o)
{
	const struct txn *heard;
	uint32_t from;

	if (t->up == NONE32)
		return false;
	from = d->links[t->up].from;
	heard = &d->txns[from];
	if (heard->ndels || d->continues[from])
		return true;
	if (*o == OUTCOME_RELAYED)
		*o = heard->state == STATE_OPEN ? OUTCOME_DELAYED
						: OUTCOME_UNKNOWN;
	return false;
}

/* Whether another transaction of the journey tells the rest; if not, *O is what
 * is known. */
static bool is_told_elsewhere(const struct derive *d, const struct del *v,
			      enum outcome *o)
{
	const struct txn *to;
	enum action a = last_action(d, v);

	*o = v->outcome;
	if (d->txns[v->txn].state == STATE_OBSERVED)
		return is_witness(d, &d->txns[v->txn], o);
	if (v->goes_on && d->links[v->link].kind == LINK_RETRY)
		return true;
	if (v->goes_on) {
		to = &d->txns[d->links[v->link].to];
		if (to->ndels || d->continues[d->links[v->link].to])
			return true;
		*o = to->state == STATE_OPEN ? OUTCOME_DELAYED
					     : OUTCOME_UNKNOWN;
		return false;
	}
	/* only addressed: where a child has it, the address is the same */
	if (v->last == NONE32)
		return false;
	/* made new by an operator, or expanded: the children have it */
	if ((v->outcome == OUTCOME_DELAYED || a == ACTION_EXPAND) &&
	    d->continues[v->txn])
		return true;
	if (a == ACTION_EXPAND ||
	    (a == ACTION_RELAY && derive_loopback(d, v->last)))
		*o = OUTCOME_UNKNOWN;
	return false;
}

/* The delivery of the hop above that led to this transaction. */
static const struct del *delivery_above(const struct derive *d, uint32_t link,
					uint32_t address)
{
	const struct txn *t = &d->txns[d->links[link].from];
	const struct del *only = NULL;
	unsigned n = 0;

	for (uint32_t i = 0; i < t->ndels && i < LOOK_MAX; i++) {
		const struct del *v = &d->dels[t->dels + i];

		if (v->link != link)
			continue;
		if (v->recipient == address)
			return v;
		only = v;
		n++;
	}
	return n == 1 ? only : NULL;
}

/* How the first hop knew the recipient, and what changed it on the way. */
static void follow_back(const struct derive *d, struct rcp *r)
{
	const struct del *v = &d->dels[r->del];
	uint32_t t = v->txn, up;

	r->addressed_as = v->orig ? v->orig : v->recipient;
	for (unsigned steps = 0; steps < CHAIN_MAX; steps++) {
		up = d->txns[t].up;
		if (up == NONE32 || !link_joins(d->links[up].kind))
			break;
		if (d->links[up].kind == LINK_ALIAS ||
		    d->links[up].kind == LINK_EXPANSION)
			r->via = (uint8_t)(d->links[up].kind + 1);
		v = delivery_above(d, up, r->addressed_as);
		if (v)
			r->addressed_as = v->orig ? v->orig : v->recipient;
		t = d->links[up].from;
	}
	if (!r->via && r->addressed_as != d->dels[r->del].recipient)
		r->via = LINK_ALIAS + 1;
}

static void lower(struct strbuf *out, struct slice s)
{
	strbuf_reset(out);
	for (size_t i = 0; i < s.len; i++)
		strbuf_add_char(out, s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'
					     ? (char)(s.ptr[i] + 32)
					     : s.ptr[i]);
}

static uint64_t address_key(const struct derive *d, uint32_t word,
			    struct strbuf *scratch)
{
	lower(scratch, word_text(d, word));
	return key_of(hash64(strbuf_slice(scratch)));
}

static int64_t time_of(const struct derive *d, uint32_t att)
{
	return att == NONE32 ? TIME_NONE : d->atts[att].utc;
}

static void span(struct rcp *r, int64_t first, int64_t last)
{
	if (first != TIME_NONE && (r->first == TIME_NONE || first < r->first))
		r->first = first;
	if (last != TIME_NONE && (r->last == TIME_NONE || last > r->last))
		r->last = last;
}

static void add_delivery(struct derive *d, uint32_t j, uint32_t del,
			 enum outcome o, struct map *known,
			 struct strbuf *scratch)
{
	const struct del *v = &d->dels[del];
	uint32_t *at =
		map_add(known, address_key(d, v->recipient, scratch), d->nrcps);
	struct rcp *r;

	if (*at == d->nrcps) {
		GROW(d->rcps, d->nrcps, d->crcps);
		d->rcps[d->nrcps++] = (struct rcp){
			.del = del,
			.journey = j,
			.first = TIME_NONE,
			.last = TIME_NONE,
			.outcome = (uint8_t)o,
		};
		d->jnys[j].nrcps++;
	}
	r = &d->rcps[*at];
	if (rank(o) > rank(r->outcome)) {
		r->del = del;
		r->outcome = (uint8_t)o;
	}
	r->attempts += v->attempts;
	span(r, time_of(d, v->first), time_of(d, v->last));
}

/* What was put off at the door counts as earlier attempts. */
static void add_retries(struct derive *d, const struct txn *t,
			struct map *known, struct strbuf *scratch)
{
	for (uint32_t i = 0; i < t->ndels; i++) {
		const struct del *v = &d->dels[t->dels + i];
		uint32_t *at;

		if (!v->goes_on || d->links[v->link].kind != LINK_RETRY)
			continue;
		at = map_find(known, address_key(d, v->recipient, scratch));
		if (!at)
			continue;
		d->rcps[*at].attempts += v->attempts;
		span(&d->rcps[*at], time_of(d, v->first), TIME_NONE);
	}
}

void journey_recipients(struct derive *d, uint32_t j)
{
	struct jny *y = &d->jnys[j];
	struct map known = {0};
	struct strbuf scratch = {0};
	enum outcome o;

	y->rcps = d->nrcps;
	for (uint32_t i = 0; i < y->ntxns; i++) {
		const struct txn *t = &d->txns[d->jny_txns[y->txns + i]];

		for (uint32_t k = t->dels; k < t->dels + t->ndels; k++)
			if (!is_told_elsewhere(d, &d->dels[k], &o))
				add_delivery(d, j, k, o, &known, &scratch);
	}
	for (uint32_t i = y->rcps; i < d->nrcps; i++) {
		follow_back(d, &d->rcps[i]);
		map_add(&known,
			address_key(d, d->rcps[i].addressed_as, &scratch), i);
	}
	for (uint32_t i = 0; i < y->ntxns && y->ntxns > 1; i++)
		add_retries(d, &d->txns[d->jny_txns[y->txns + i]], &known,
			    &scratch);
	map_release(&known);
	strbuf_release(&scratch);
}
