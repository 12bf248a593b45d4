/* SPDX-License-Identifier: MIT */
/* What became of each recipient of a transaction, over all answers, and with it
 * the state of the transaction. */
#include "base/alloc.h"
#include "model/trace/derive.h"

/* Lists the attempts of each transaction in the order of reading. */
static void list_attempts(struct derive *d)
{
	uint32_t at = 0;

	d->txn_atts = mem_resize(NULL, d->natts * sizeof *d->txn_atts + 1);
	for (uint32_t g = 0; g < d->natts; g++)
		if (d->atts[g].txn != NONE32 && !d->atts[g].copy)
			d->txns[d->atts[g].txn].natts++;
	for (uint32_t i = 0; i < d->ntxns; i++) {
		d->txns[i].atts = at;
		at += d->txns[i].natts;
		d->txns[i].natts = 0;
	}
	for (uint32_t g = 0; g < d->natts; g++) {
		struct txn *t;

		if (d->atts[g].txn == NONE32 || d->atts[g].copy)
			continue;
		t = &d->txns[d->atts[g].txn];
		d->txn_atts[t->atts + t->natts++] = g;
	}
}

/* Rotated files may be read newest first: then time decides. */
static void order_attempts(struct derive *d, const struct txn *t)
{
	uint32_t *a = d->txn_atts + t->atts;
	struct pair *p;

	for (uint32_t i = 1;; i++) {
		if (i >= t->natts)
			return;
		if (d->pieces[d->att_piece[a[i]]]->source !=
		    d->pieces[d->att_piece[a[0]]]->source)
			break;
	}
	p = mem_resize(NULL, t->natts * sizeof *p);
	for (uint32_t i = 0; i < t->natts; i++) {
		p[i].key = pair_time(d->atts[a[i]].utc);
		p[i].value = a[i];
	}
	pairs_sort(p, t->natts);
	for (uint32_t i = 0; i < t->natts; i++)
		a[i] = p[i].value;
	free(p);
}

static bool outcome_of(enum action a, enum outcome *o)
{
	static const struct {
		bool is;
		enum outcome outcome;
	} table[ACTION_COUNT] = {
		[ACTION_REJECT] = {true, OUTCOME_REFUSED},
		[ACTION_TEMPFAIL] = {true, OUTCOME_REFUSED},
		[ACTION_DISCARD] = {true, OUTCOME_WITHHELD},
		[ACTION_QUARANTINE] = {true, OUTCOME_WITHHELD},
		[ACTION_HOLD] = {true, OUTCOME_WITHHELD},
		[ACTION_DELIVER] = {true, OUTCOME_DELIVERED},
		[ACTION_RELAY] = {true, OUTCOME_RELAYED},
		[ACTION_DEFER] = {true, OUTCOME_DELAYED},
		[ACTION_BOUNCE] = {true, OUTCOME_FAILED},
		[ACTION_EXPIRE] = {true, OUTCOME_FAILED},
		/* both go on in a child */
		[ACTION_EXPAND] = {true, OUTCOME_RELAYED},
		[ACTION_REDIRECT] = {true, OUTCOME_RELAYED},
	};

	*o = table[a].outcome;
	return table[a].is;
}

#define FEW 24 /* recipients that are looked through one by one */

struct deliverer {
	struct derive *d;
	struct txn *t;
	struct map many; /* recipient -> first of its deliveries, if > FEW */
	struct map gone; /* recipients whose place others took: 1 */
};

static bool is_of(const struct derive *d, const struct del *v,
		  uint32_t recipient, uint32_t orig)
{
	return same_address(d, v->recipient, recipient) &&
	       (!v->orig || !orig || same_address(d, v->orig, orig));
}

static uint64_t both_key(const struct derive *d, uint32_t recipient,
			 uint32_t orig)
{
	return key_of(hash_mix(derive_address_hash(d, recipient),
			       derive_address_hash(d, orig)));
}

static uint64_t any_orig(const struct derive *d, uint32_t recipient)
{
	return key_of(hash_mix(derive_address_hash(d, recipient), NONE32));
}

static struct del *find_del(struct deliverer *x, uint32_t recipient,
			    uint32_t orig)
{
	struct derive *d = x->d;
	struct txn *t = x->t;
	/* NULL until the first one */
	struct del *v = d->dels ? d->dels + t->dels : NULL;
	uint32_t *known;

	if (t->ndels <= FEW) {
		for (uint32_t i = 0; i < t->ndels; i++)
			if (is_of(d, &v[i], recipient, orig))
				return &v[i];
		return NULL;
	}
	for (uint32_t i = x->many.n ? t->ndels - 1 : 0; i < t->ndels; i++) {
		map_add(&x->many, both_key(d, v[i].recipient, v[i].orig), i);
		map_add(&x->many, any_orig(d, v[i].recipient), i);
	}
	known = map_find(&x->many, both_key(d, recipient, orig));
	if (!known)
		known = map_find(&x->many, any_orig(d, recipient));
	return known && is_of(d, &v[*known], recipient, orig) ? &v[*known] : NULL;
}

static struct del *add_del(struct deliverer *x, uint32_t recipient,
			   uint32_t orig, uint32_t att)
{
	struct derive *d = x->d;

	GROW(d->dels, d->ndels, d->cdels);
	d->dels[d->ndels] = (struct del){
		.txn = (uint32_t)(x->t - d->txns),
		.recipient = recipient,
		.orig = orig,
		.first = att,
		.last = NONE32,
		.link = NONE32,
		.outcome = OUTCOME_UNKNOWN,
	};
	x->t->ndels++;
	return &d->dels[d->ndels++];
}

/* A filter that withheld or bounced a message still tells its client that all is
 * well: that "sent" names no next id and delivers to nobody. */
static bool is_polite(const struct derive *d, const struct del *v,
		      const struct attempt *a)
{
	if (a->action != ACTION_RELAY || a->next_id)
		return false;
	return v->outcome == OUTCOME_WITHHELD ||
	       (v->outcome == OUTCOME_FAILED && v->last != NONE32 &&
		derive_attempt(d, v->last)->flags & ATTEMPT_FINAL);
}

/* An expiry without a recipient ends all that is still waited for. */
static void expire_all(struct deliverer *x, uint32_t att)
{
	struct derive *d = x->d;

	for (uint32_t i = 0; i < x->t->ndels; i++) {
		struct del *v = &d->dels[x->t->dels + i];

		if (v->outcome != OUTCOME_DELAYED)
			continue;
		v->outcome = OUTCOME_FAILED;
		v->last = att;
		v->attempts++;
	}
}

/* Recipients that were expanded or redirected are none any more, whichever line
 * came first. What is only addressed has no row of its own. */
static void find_addressed(struct deliverer *x)
{
	struct derive *d = x->d;

	for (uint32_t i = 0; i < x->t->natts; i++) {
		uint32_t g = d->txn_atts[x->t->atts + i];
		const struct attempt *a = derive_attempt(d, g);
		const struct piece *p = d->pieces[d->att_piece[g]];
		uint32_t orig = word_in(p, a->orig_recipient);

		if (!(a->flags & ATTEMPT_ADDRESSED))
			continue;
		d->atts[g].copy = true;
		if (orig && orig != word_in(p, a->recipient))
			*map_add(&x->gone, orig + UINT64_C(1), 1) = 1;
	}
}

/* It waits here until an answer is known. */
static void deliver_addressed(struct deliverer *x, uint32_t att, uint32_t to,
			      uint32_t orig)
{
	struct del *v = find_del(x, to, orig);

	if (v && !v->orig)
		v->orig = orig;
	if (v || map_find(&x->gone, to + UINT64_C(1)))
		return;
	v = add_del(x, to, orig, att);
	v->outcome = OUTCOME_DELAYED;
}

static void deliver_one(struct deliverer *x, uint32_t att)
{
	struct derive *d = x->d;
	const struct attempt *a = derive_attempt(d, att);
	const struct piece *p = d->pieces[d->att_piece[att]];
	uint32_t to = word_in(p, a->recipient);
	uint32_t orig = word_in(p, a->orig_recipient);
	enum outcome o;
	struct del *v;

	if (a->flags & ATTEMPT_PROBE)
		x->t->flags |= ROW_PROBE;
	if (a->flags & ATTEMPT_ADDRESSED) {
		if (to)
			deliver_addressed(x, att, to, orig == to ? 0 : orig);
		return;
	}
	if (!outcome_of(a->action, &o)) {
		if (!(x->t->edges & PART_OBSERVED))
			return;
		o = OUTCOME_UNKNOWN;
	}
	/* the MTA only knows that the agent took it */
	if (d->atts[att].agent != NONE32 && o != OUTCOME_DELAYED)
		outcome_of(derive_attempt(d, d->atts[att].agent)->action, &o);
	if (!to) {
		if (a->action == ACTION_EXPIRE)
			expire_all(x, att);
		return;
	}
	if (same_address(d, orig, to))
		orig = 0;
	v = find_del(x, to, orig);
	if (!v)
		v = add_del(x, to, orig, att);
	d->atts[att].del = (uint32_t)(v - d->dels);
	v->attempts += a->repeat ? a->repeat : 1;
	if (!v->orig)
		v->orig = orig;
	if (is_polite(d, v, a))
		return;
	v->last = att;
	v->outcome = (uint8_t)o;
}

/* Nothing but refusals, and never a word of having taken it. An envelope is none
 * where the message as a whole was refused: some servers log it then too. */
static bool is_refused(const struct derive *d, const struct txn *t)
{
	bool whole = false;

	if (!t->natts)
		return false;
	for (uint32_t i = 0; i < t->natts; i++) {
		const struct attempt *a =
			derive_attempt(d, d->txn_atts[t->atts + i]);

		if (a->action != ACTION_REJECT && a->action != ACTION_TEMPFAIL)
			return false;
		whole = whole || !a->recipient;
	}
	return whole || !(t->edges & PART_ENVELOPE) || t->nrcpt == 0;
}

/* Answers that will not change: two for an address that was given twice. */
static uint32_t final_answers(const struct derive *d, const struct txn *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->natts; i++) {
		uint32_t g = d->txn_atts[t->atts + i];
		enum outcome o;

		if (d->atts[g].del != NONE32 && !d->atts[g].copy &&
		    outcome_of(derive_attempt(d, g)->action, &o) &&
		    o != OUTCOME_DELAYED && o != OUTCOME_REFUSED)
			n++;
	}
	return n;
}

/* Each recipient has an answer that will not change. The envelope counts only
 * those that were taken, and one that was given twice as two. */
static bool is_settled(const struct derive *d, const struct txn *t)
{
	bool withheld = true;
	uint32_t taken = 0;

	for (uint32_t i = 0; i < t->ndels; i++) {
		enum outcome o = d->dels[t->dels + i].outcome;

		if (o == OUTCOME_DELAYED)
			return false;
		withheld = withheld && o == OUTCOME_WITHHELD;
		taken += o != OUTCOME_REFUSED;
	}
	if (!t->ndels)
		return false;
	if (!(t->edges & PART_IDLE))
		return withheld && !(t->edges & PART_ENVELOPE);
	return t->nrcpt < 0 || (uint32_t)t->nrcpt <= taken ||
	       (uint32_t)t->nrcpt <= final_answers(d, t);
}

static enum transaction_state state_of(const struct derive *d,
				       const struct txn *t, int64_t ends)
{
	if (t->edges & PART_OBSERVED)
		return STATE_OBSERVED;
	if (t->refused)
		return STATE_REFUSED;
	if (t->opened == TIME_NONE)
		return STATE_TRUNCATED;
	if (t->edges & PART_CLOSED || is_settled(d, t))
		return STATE_COMPLETE;
	return ends != TIME_NONE && t->last != TIME_NONE &&
			       ends - t->last > d->lifetime
		       ? STATE_LOST
		       : STATE_OPEN;
}

struct server_ends {
	struct map number; /* server -> index */
	int64_t *last;
	size_t n, cap;
};

static int64_t *server_end(struct server_ends *e, uint32_t server)
{
	uint32_t *i = map_add(&e->number, server + UINT64_C(1), (uint32_t)e->n);

	if (*i == e->n) {
		GROW(e->last, e->n, e->cap);
		e->last[e->n++] = TIME_NONE;
	}
	return &e->last[*i];
}

/* Until when a server is known to have logged. */
static void find_ends(const struct derive *d, struct server_ends *e)
{
	for (uint32_t i = 0; i < d->ntxns; i++) {
		int64_t *end = server_end(e, d->txns[i].server);

		if (d->txns[i].last > *end)
			*end = d->txns[i].last;
	}
	for (uint32_t i = 0; i < d->nsess; i++) {
		int64_t *end = server_end(e, d->sess[i].server);
		struct ses_span span;

		ses_span(d, &d->sess[i], &span);
		if (span.last > *end)
			*end = span.last;
	}
}

void deliver_attempts(struct derive *d)
{
	struct deliverer x = {.d = d};
	struct server_ends ends = {.n = 0};

	list_attempts(d);
	find_ends(d, &ends);
	for (uint32_t i = 0; i < d->ntxns; i++) {
		struct txn *t = x.t = &d->txns[i];

		t->dels = d->ndels;
		order_attempts(d, t);
		map_reset(&x.many);
		map_reset(&x.gone);
		find_addressed(&x);
		for (uint32_t k = 0; k < t->natts; k++)
			deliver_one(&x, d->txn_atts[t->atts + k]);
		t->refused = !t->nfrags || is_refused(d, t);
		if (t->nfrags)
			t->state = (uint8_t)state_of(
				d, t, *server_end(&ends, t->server));
	}
	map_release(&x.many);
	map_release(&x.gone);
	map_release(&ends.number);
	free(ends.last);
}
