/* SPDX-License-Identifier: MIT */
/* Links that one log states and the other one denies: the id is there, but of
 * another message; or the message was refused. They join nothing and are kept, so
 * that both lines can be shown. What one side leaves open denies nothing. */
#include "base/alloc.h"
#include "model/trace/link.h"
#include "model/trace/deny.h"
#include "model/trace/proof.h"

#define CLOCKS_LEAST 5            /* handoffs before a clock is beyond doubt */
#define OFF_BEYOND US_MINUTE      /* outside of all that they say */
#define REFUSED_WITHIN (5 * US_SECOND)
#define LOOK_MAX 64

/* A says that B took the message, under this id and by no other witness. */
static bool is_stated(const struct derive *d, const struct link *k)
{
	return k->class == CLASS_CONFIRMED && k->kind == LINK_HANDOFF &&
	       k->att != NONE32 &&
	       (k->evidence & PROOF_SERVER_SAID) == E(1) &&
	       d->txns[k->from].server != d->txns[k->to].server &&
	       derive_attempt(d, k->att)->action == ACTION_RELAY;
}

/* Whoever was named in it was turned away. */
static bool was_refused(const struct derive *d, const struct txn *t)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++)
		if (d->dels[i].outcome != OUTCOME_REFUSED)
			return false;
	return t->ndels;
}

static bool is_denied(const struct derive *d, const struct link *k)
{
	if (deny_message(d, k->from, k->to, k->att))
		return true;
	return is_stated(d, k) && was_refused(d, &d->txns[k->to]);
}

/* The chain that leads to a transaction goes over confirmed links alone. */
static void contradict(struct derive *d, uint32_t link)
{
	struct link *k = &d->links[link];

	k->class = CLASS_CONTRADICTED;
	if (d->txns[k->to].up == link)
		d->txns[k->to].up = NONE32;
}

void contradict_stated(struct linker *l)
{
	struct derive *d = l->d;

	for (uint32_t i = 0; i < d->nlinks; i++)
		if (deny_is_answer(d, &d->links[i]) &&
		    is_denied(d, &d->links[i]))
			contradict(d, i);
}

void contradict_strangers(struct linker *l)
{
	struct derive *d = l->d;

	for (uint32_t i = 0; i < d->nlinks; i++)
		if (deny_is_answer(d, &d->links[i]) &&
		    deny_envelope(d, &d->links[i]) &&
		    !proof_names_one(d, &d->links[i]))
			contradict(d, i);
}

/* ---- once the clocks are known -------------------------------------------- */

/* Something that is not the same by chance, or for anyone who writes to both. */
static bool is_shown(const struct derive *d, const struct link *k)
{
	return k->evidence & (E(5) | E(12)) ||
	       (k->evidence & E(7) && proof_names_one(d, k));
}

/* What all handoffs say of each server's clock, those of one instant are too few;
 * to be freed, NULL if no clock is known. */
static struct offset_range *clocks_known(const struct derive *d)
{
	const struct offsets *o = &d->offsets;
	struct offset_range *all;

	if (o->reference == NONE32)
		return NULL;
	all = mem_alloc(o->nnodes * sizeof *all + 1);
	offsets_solve(o, o->from, o->to, all);
	return all;
}

static bool is_clock_known(const struct derive *d,
			   const struct offset_range *all, uint32_t server)
{
	uint32_t node = offsets_node(&d->offsets, server);

	return all && node != NONE32 && all[node].n >= CLOCKS_LEAST;
}

/* B took it at a time that no handoff of both servers allows, and nothing else in
 * the two logs is the same. */
static bool is_at_another_time(struct derive *d, const struct link *k,
			       const struct offset_range *all)
{
	const struct txn *a = &d->txns[k->from], *b = &d->txns[k->to];
	struct instant w, taken;
	int64_t lo, hi;

	if (is_shown(d, k) ||
	    (a->flags | b->flags) & ROW_TIME_ASSUMED ||
	    !offsets_handing(d, a, k->att, &w) ||
	    !offsets_taking(d, b, &taken) ||
	    !offsets_between(&d->offsets, a->server, b->server, w.hi, &lo,
			     &hi) ||
	    !(taken.lo - w.hi > hi + OFF_BEYOND ||
	      (w.lo > -OFFSET_OPEN && taken.hi - w.lo < lo - OFF_BEYOND)))
		return false;
	return is_clock_known(d, all, a->server) &&
	       is_clock_known(d, all, b->server);
}

static void undo(struct derive *d, uint32_t link)
{
	struct link *k = &d->links[link];
	struct txn *from = &d->txns[k->from];

	contradict(d, link);
	k->carried = 0;
	for (uint32_t i = from->dels; i < from->dels + from->ndels; i++)
		if (d->dels[i].link == link) {
			d->dels[i].link = NONE32;
			d->dels[i].goes_on = false;
		}
}

static uint64_t refusal_key(uint32_t server, uint32_t sender, uint32_t rcpt)
{
	return hash_mix((uint64_t)server << 32 | sender, rcpt);
}

/* Deliveries of transactions that were refused and not accepted later. */
static struct pair *index_refused(const struct derive *d, size_t *count)
{
	struct pair *p = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t i = 0; i < d->ndels; i++) {
		const struct del *v = &d->dels[i];
		const struct txn *t = &d->txns[v->txn];

		if (t->state != STATE_REFUSED || v->goes_on || !t->sender ||
		    v->last == NONE32)
			continue;
		GROW(p, n, cap);
		p[n++] = (struct pair){
			refusal_key(t->server, t->sender, v->recipient), i};
	}
	if (n)
		pairs_sort(p, n);
	*count = n;
	return p;
}

/* When B refused it by A's clock, as far as both are known; TIME_NONE. */
static int64_t gap_of(struct derive *d, const struct del *v,
		      const struct del *refused)
{
	uint32_t a = d->txns[v->txn].server, b = d->txns[refused->txn].server;
	int64_t sent = d->atts[v->last].utc, at = d->atts[refused->last].utc;
	struct offset_range x = {0}, y = {0};

	if (sent == TIME_NONE || at == TIME_NONE ||
	    !offsets_at(&d->offsets, a, sent, &x) ||
	    !offsets_at(&d->offsets, b, at, &y) || !offset_is_known(&x) ||
	    !offset_is_known(&y))
		return TIME_NONE;
	return at - sent - ((y.lo + y.hi) / 2 - (x.lo + x.hi) / 2);
}

static void deny(struct derive *d, const struct del *v, uint32_t to)
{
	for (uint32_t i = d->nlinks; i-- > 0 && d->nlinks - i < LOOK_MAX;)
		if (d->links[i].from == v->txn && d->links[i].to == to)
			return;
	GROW(d->links, d->nlinks, d->clinks);
	d->links[d->nlinks++] = (struct link){
		.from = v->txn,
		.to = to,
		.evidence = proof_between(d, v->txn, to, v->last),
		.att = v->last,
		.key = NONE32,
		.kind = LINK_HANDOFF,
		.class = CLASS_CONTRADICTED,
	};
}

/* A says that the recipient was taken; B refused that sender and recipient, from A,
 * at that very time, and knows of no other. */
static void check_refused(struct derive *d, const struct del *v,
			  const struct pair *refused, size_t n,
			  const struct offset_range *all)
{
	const struct txn *a = &d->txns[v->txn];
	uint32_t server = place_at_relay(d, v->last, PLACE_KNOWN, true);
	uint64_t key = refusal_key(server, a->sender, v->recipient);
	size_t i = n;

	if (server && is_clock_known(d, all, server))
		i = pairs_find(refused, n, key);
	for (size_t look = 0; i < n && refused[i].key == key && look < LOOK_MAX;
	     i++, look++) {
		const struct del *r = &d->dels[refused[i].value];
		const struct txn *b = &d->txns[r->txn];
		int64_t gap = gap_of(d, v, r);

		if (gap == TIME_NONE || llabs(gap) > REFUSED_WITHIN ||
		    b->server != server || b->sender != a->sender ||
		    r->recipient != v->recipient ||
		    place_client(d, b, a->server, v->last, 1) !=
			    PLACE_KNOWN)
			continue;
		deny(d, v, r->txn);
		return;
	}
}

void contradict_links(struct derive *d)
{
	struct offset_range *all = clocks_known(d);
	uint32_t nlinks = d->nlinks;
	size_t n;
	struct pair *refused;

	for (uint32_t i = 0; i < nlinks; i++)
		if (is_stated(d, &d->links[i]) &&
		    is_at_another_time(d, &d->links[i], all))
			undo(d, i);
	refused = index_refused(d, &n);
	for (uint32_t i = 0; n && i < d->ndels; i++) {
		const struct del *v = &d->dels[i];

		if (v->outcome == OUTCOME_RELAYED && !v->goes_on &&
		    v->link == NONE32 && v->last != NONE32 &&
		    derive_attempt(d, v->last)->next_id &&
		    !derive_loopback(d, v->last))
			check_refused(d, v, refused, n, all);
	}
	free(refused);
	free(all);
}
