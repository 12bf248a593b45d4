/* SPDX-License-Identifier: MIT */
/* Related journeys: what links of other kinds lead to, what is linked but not
 * confirmed, and what carries the same Message-ID. */
#include "base/alloc.h"
#include "model/trace/emit.h"
#include "model/trace/link.h"

#define RESENT_MAX 8 /* more messages of one id are told by a filter */

/* Said of both journeys, so that either one's rows name the other. */
static bool emit_pair(struct derive *d, uint32_t a, uint32_t b, unsigned how)
{
	struct related_row r = {a, b, how}, back = {b, a, how};

	return a == b || (d->sink->related(d->sink->arg, &r, d->err) &&
			  d->sink->related(d->sink->arg, &back, d->err));
}

static uint64_t pair_key(uint32_t a, uint32_t b)
{
	return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

/* Message-ids with the journeys that carry them, each once. */
static struct pair *index_ids(const struct derive *d, size_t *count)
{
	struct pair *p = mem_resize(NULL, d->ntxns * sizeof *p + 1);
	struct map seen = {0};
	size_t n = 0;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];
		struct slice id = derive_message_id(d, t);
		uint64_t hash = hash64(id);

		if (!id.len || slice_eq(id, SLICE("<>")) ||
		    t->state == STATE_REFUSED ||
		    *map_add(&seen, key_of(hash_mix(hash, t->journey)), i) != i)
			continue;
		p[n++] = (struct pair){hash, i};
	}
	map_release(&seen);
	if (n)
		pairs_sort(p, n);
	*count = n;
	return p;
}

static bool got(const struct derive *d, uint32_t journey, uint32_t address)
{
	const struct jny *y = &d->jnys[journey - 1];

	for (uint32_t i = y->rcps; i < y->rcps + y->nrcps; i++)
		if (d->rcps[i].address == address ||
		    d->rcps[i].addressed_as == address)
			return true;
	return false;
}

/* The same sender again, or one who got the message: an id alone is what any
 * sender may write. */
static bool is_resent(const struct derive *d, const struct txn *a,
		      const struct txn *b)
{
	uint32_t x = d->txns[d->jnys[a->journey - 1].root].sender;
	uint32_t y = d->txns[d->jnys[b->journey - 1].root].sender;

	return x && y &&
	       (x == y || got(d, a->journey, y) || got(d, b->journey, x)) &&
	       slice_eq(derive_message_id(d, a), derive_message_id(d, b));
}

static bool on_server(const struct derive *d, uint32_t journey, uint32_t server)
{
	const struct jny *y = &d->jnys[journey - 1];

	for (uint32_t i = 0; i < y->ntxns; i++)
		if (d->txns[d->jny_txns[y->txns + i]].server == server)
			return true;
	return false;
}

/* On other servers it may be the same message, with a log between missing. */
static unsigned how_of(const struct derive *d, uint32_t a, uint32_t b)
{
	const struct jny *y = &d->jnys[a - 1];

	for (uint32_t i = 0; i < y->ntxns; i++)
		if (on_server(d, b, d->txns[d->jny_txns[y->txns + i]].server))
			return RELATED_RESENT;
	return LINK_HANDOFF;
}

static bool emit_group(struct derive *d, const struct pair *p, size_t n,
		       struct map *told)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			const struct txn *a = &d->txns[p[i].value];
			const struct txn *b = &d->txns[p[k].value];

			if (map_find(told, pair_key(a->journey, b->journey)) ||
			    !is_resent(d, a, b))
				continue;
			if (!emit_pair(d, a->journey, b->journey,
				       how_of(d, a->journey, b->journey)))
				return false;
		}
	return true;
}

static bool emit_resent(struct derive *d, struct map *told)
{
	size_t n;
	struct pair *p = index_ids(d, &n);
	bool ok = true;

	for (size_t i = 0; i < n && ok;) {
		size_t run = pairs_run(p, n, i);

		if (run > 1 && run <= RESENT_MAX)
			ok = emit_group(d, p + i, run, told);
		i += run;
	}
	free(p);
	return ok;
}

bool emit_related(struct derive *d)
{
	struct map told = {0}; /* kinds by pair of journeys */
	bool ok = true;

	for (uint32_t i = 0; i < d->nlinks && ok; i++) {
		const struct link *k = &d->links[i];
		uint32_t a = d->txns[k->from].journey;
		uint32_t b = d->txns[k->to].journey;
		uint32_t *known;

		if (k->class == CLASS_CONFIRMED && link_joins(k->kind))
			continue;
		known = map_add(&told, pair_key(a, b), 0);
		if (*known & 1u << k->kind)
			continue;
		*known |= 1u << k->kind;
		ok = emit_pair(d, a, b, k->kind);
	}
	ok = ok && emit_resent(d, &told);
	map_release(&told);
	return ok;
}
