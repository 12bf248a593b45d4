/* SPDX-License-Identifier: MIT */
/* Mail put off at the door (greylisting) and the same mail accepted later: the
 * refusal is an earlier attempt of the recipient. */
#include "base/alloc.h"
#include "model/trace/link.h"

#define RETRY_WITHIN (6 * US_HOUR)
#define RETRY_LOOK 64

struct retrier {
	struct derive *d;
	struct pair *envelopes; /* server, sender, recipient -> delivery */
	size_t n, cap;
};

static uint64_t envelope_key(const struct derive *d, const struct txn *t,
			     uint32_t recipient)
{
	return hash_mix(hash_mix(t->server, t->sender),
			derive_address_hash(d, recipient));
}

/* The same host, or its neighbour: senders retry from a pool of addresses. */
static bool same_network(const struct derive *d, uint32_t a, uint32_t b)
{
	struct slice x, y;
	size_t dot;

	if (a == b)
		return a != 0;
	x = word_text(d, a);
	y = word_text(d, b);
	dot = slice_rchr(x, '.');
	return dot != SLICE_NONE && slice_chr(x, ':') == SLICE_NONE &&
	       slice_rchr(y, '.') == dot &&
	       slice_eq(slice_to(x, dot), slice_to(y, dot));
}

/* Envelopes that were accepted, in the order of time. */
static void index_accepted(struct retrier *r)
{
	struct derive *d = r->d;

	for (uint32_t i = 0; i < d->ndels; i++) {
		const struct del *v = &d->dels[i];
		const struct txn *t = &d->txns[v->txn];

		if (t->state == STATE_REFUSED || !t->sender ||
		    v->outcome == OUTCOME_REFUSED || !t->client_ip)
			continue;
		GROW(r->envelopes, r->n, r->cap);
		r->envelopes[r->n++] = (struct pair){
			envelope_key(d, t, v->orig ? v->orig : v->recipient),
			i};
	}
	if (r->n)
		pairs_sort(r->envelopes, r->n);
}

/* Transactions that accepted what V was refused: how many, the first in *TO. */
static unsigned accepted_later(const struct retrier *r, const struct del *v,
			       uint32_t *to)
{
	const struct derive *d = r->d;
	const struct txn *t = &d->txns[v->txn];
	uint64_t key = envelope_key(d, t, v->recipient);
	size_t i = pairs_find(r->envelopes, r->n, key);
	unsigned found = 0;

	for (size_t look = 0;
	     i < r->n && r->envelopes[i].key == key && look < RETRY_LOOK;
	     i++, look++) {
		uint32_t k = d->dels[r->envelopes[i].value].txn;
		const struct txn *x = &d->txns[k];

		if (txn_time(x) < t->last ||
		    txn_time(x) - t->last > RETRY_WITHIN ||
		    x->server != t->server || x->sender != t->sender ||
		    !same_network(d, x->client_ip, t->client_ip))
			continue;
		if (found && *to == k)
			continue;
		if (!found || txn_time(x) < txn_time(&d->txns[*to]))
			*to = k;
		found++;
	}
	return found;
}

static bool was_put_off(const struct derive *d, const struct del *v)
{
	return v->last != NONE32 && v->outcome == OUTCOME_REFUSED &&
	       derive_attempt(d, v->last)->action == ACTION_TEMPFAIL;
}

static void link_retry(struct derive *d, uint32_t from, uint32_t to, bool sure)
{
	GROW(d->links, d->nlinks, d->clinks);
	d->links[d->nlinks++] = (struct link){
		.from = from,
		.to = to,
		.evidence = E(6) | E(7),
		.att = NONE32,
		.key = NONE32,
		.kind = LINK_RETRY,
		.class = sure ? CLASS_CONFIRMED : CLASS_POSSIBLE,
	};
}

static void retry_one(struct retrier *r, uint32_t i)
{
	struct derive *d = r->d;
	const struct txn *t = &d->txns[i];
	uint32_t to = NONE32, other;
	bool sure = true;

	for (uint32_t k = 0; k < t->ndels; k++) {
		const struct del *v = &d->dels[t->dels + k];
		unsigned n;

		if (!was_put_off(d, v))
			continue;
		n = accepted_later(r, v, &other);
		if (n && to != NONE32 && other != to)
			sure = false;
		if (n && to == NONE32)
			to = other;
		sure = sure && n <= 1;
	}
	if (to == NONE32)
		return;
	link_retry(d, i, to, sure);
	for (uint32_t k = 0; k < t->ndels && sure; k++) {
		struct del *v = &d->dels[t->dels + k];

		if (was_put_off(d, v) && accepted_later(r, v, &other)) {
			v->goes_on = true;
			v->link = d->nlinks - 1;
		}
	}
}

void retry_transactions(struct derive *d)
{
	struct retrier r = {.d = d};

	index_accepted(&r);
	for (uint32_t i = 0; i < d->ntxns && r.n; i++)
		if (d->txns[i].state == STATE_REFUSED && d->txns[i].sender)
			retry_one(&r, i);
	free(r.envelopes);
}
