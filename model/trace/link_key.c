/* SPDX-License-Identifier: MIT */
/* Links that a line states by itself: this message was made from that one, was
 * requeued, expanded, bounced, passed a filter. */
#include "model/trace/deny.h"

#include "base/alloc.h"

#define KEY_EARLY US_MINUTE /* a child's lines may stand before its parent's   \
			     */
#define NETWORK_MAX 16      /* holders of one id that are linked */
#define NETWORK_NEAR US_DAY

/* How far a key's time is from the life of T; TIME_NONE if too far. */
static int64_t distance(const struct derive *d, const struct txn *t,
			int64_t time, bool assumed)
{
	int64_t reach = assumed ? 26 * US_HOUR : KEY_EARLY, gap = 0;

	if (time == TIME_NONE || t->first == TIME_NONE)
		return reach;
	if (time < t->first)
		gap = t->first - time;
	else if (time > t->last)
		gap = time - t->last;
	/* a parent may wait long before it is asked for again */
	return gap <= reach || (time > t->last && gap <= d->lifetime)
		       ? gap
		       : TIME_NONE;
}

/* The transaction called ID that the key of OWNER means. Its own server first;
 * a filter's client may be another one. */
static uint32_t meant(const struct linker *l, uint32_t owner, struct slice id,
		      int64_t time, bool anywhere)
{
	const struct derive *d = l->d;
	const struct txn *mine = &d->txns[owner];
	uint32_t best = NONE32;
	int64_t best_gap = 0;
	bool best_local = false;
	size_t from, n = link_named(l, id, &from);

	for (size_t i = from; i < from + n && i < from + 4096; i++) {
		uint32_t k = l->ids[i].value;
		const struct txn *t = &d->txns[k];
		bool local = t->server == mine->server;
		int64_t gap = distance(d, t, time, !local);

		if (k == owner || (!local && !anywhere) || gap == TIME_NONE ||
		    !slice_eq(derive_queue_id(d, t), id))
			continue;
		if (best != NONE32 &&
		    (best_local > local ||
		     (best_local == local && best_gap <= gap)))
			continue;
		best = k;
		best_gap = gap;
		best_local = local;
	}
	return best;
}

/* What was before a filter is said by the client: one may say what it likes. */
static enum link_class class_of(const struct derive *d,
				const struct piece_key *k, uint32_t other,
				uint32_t owner)
{
	return k->relation == REL_ORIGINAL &&
			       deny_message(d, other, owner, NONE32)
		       ? CLASS_CONTRADICTED
		       : CLASS_CONFIRMED;
}

static void link_key(struct linker *l, uint32_t piece, uint32_t i)
{
	struct derive *d = l->d;
	const struct piece *p = d->pieces[piece];
	const struct piece_key *k = &p->keys[i];
	uint32_t owner = d->frag_txn[d->frag_base[piece] + k->fragment];
	struct slice id = intern_get(&p->texts, k->text);
	bool down = k->relation == REL_CHILD || k->relation == REL_NEXT_HOP;
	int64_t time = derive_utc(d, piece, k->line, k->time, NULL);
	uint32_t other = meant(l, owner, id, time,
			       k->relation == REL_ORIGINAL ||
				       k->relation == REL_NEXT_HOP);
	uint32_t link;

	if (other == NONE32)
		return;
	link = link_claim(l, &(struct claim){
				     .from = down ? owner : other,
				     .to = down ? other : owner,
				     .kind = k->link,
				     .class = class_of(d, k, other, owner),
				     .evidence = E(2),
				     .att = NONE32,
				     .piece = piece,
				     .key = i,
				     .good = 64 * GOOD_STEP,
			     });
	if (!down)
		return;
	*map_add(&l->said, said_key(owner, id), NONE32) = link;
	*map_add(&l->lines, line_key(piece, k->line), NONE32) = link;
}

void link_keys(struct linker *l)
{
	struct derive *d = l->d;

	for (uint32_t piece = 0; piece < d->npieces; piece++) {
		const struct piece *p = d->pieces[piece];

		for (uint32_t i = 0; i < p->nkeys; i++) {
			const struct piece_key *k = &p->keys[i];

			if (k->kind == KEY_QUEUE && k->fragment != NONE32 &&
			    k->relation != REL_OWN &&
			    k->relation != REL_ALTERNATE)
				link_key(l, piece, i);
		}
	}
}

/* Holders of one id of the organisation, in the order of time: each had it from
 * the one before it, unless an answer said otherwise. */
static void link_holders(struct linker *l, struct pair *p, size_t n,
			 const struct pair *where)
{
	struct derive *d = l->d;

	for (size_t i = 1; i < n && n <= NETWORK_MAX; i++) {
		uint32_t from = p[i - 1].value, to = p[i].value;
		const struct txn *a = &d->txns[from], *b = &d->txns[to];

		if (from == to || b->up != NONE32 ||
		    txn_time(b) - txn_time(a) > NETWORK_NEAR)
			continue;
		link_claim(l, &(struct claim){
				      .from = from,
				      .to = to,
				      .kind = a->server == b->server
						      ? LINK_EXPANSION
						      : LINK_HANDOFF,
				      .class = CLASS_CONFIRMED,
				      .evidence = E(3),
				      .att = NONE32,
				      .piece = (uint32_t)where->key,
				      .key = where->value,
				      .good = 32 * GOOD_STEP,
			      });
	}
}

static void holders_group(struct linker *l, const struct pair *all, size_t n,
			  const struct pair *where)
{
	const struct derive *d = l->d;
	struct pair p[NETWORK_MAX + 1];
	size_t m = 0;

	for (size_t i = 0; i < n && m <= NETWORK_MAX; i++) {
		uint32_t g = all[i].value;
		uint32_t piece = (uint32_t)where[g].key;
		const struct piece_key *k =
			&d->pieces[piece]->keys[where[g].value];
		uint32_t txn = d->frag_txn[d->frag_base[piece] + k->fragment];
		size_t known = 0;

		while (known < m && p[known].value != txn)
			known++;
		if (known < m)
			continue;
		p[m].key = pair_time(txn_time(&d->txns[txn]));
		p[m++].value = txn;
	}
	pairs_sort(p, m);
	link_holders(l, p, m, &where[all[n - 1].value]);
}

void link_networks(struct linker *l)
{
	struct derive *d = l->d;
	struct pair *all = NULL, *where = NULL;
	size_t n = 0, cap = 0, nwhere = 0, cwhere = 0;

	for (uint32_t piece = 0; piece < d->npieces; piece++) {
		const struct piece *p = d->pieces[piece];

		for (uint32_t i = 0; i < p->nkeys; i++) {
			const struct piece_key *k = &p->keys[i];

			if (k->kind != KEY_NETWORK_ID ||
			    k->relation != REL_OWN || k->fragment == NONE32)
				continue;
			GROW(all, n, cap);
			GROW(where, nwhere, cwhere);
			all[n++] = (struct pair){
				hash64(intern_get(&p->texts, k->text)),
				(uint32_t)nwhere};
			where[nwhere++] = (struct pair){piece, i};
		}
	}
	if (n)
		pairs_sort(all, n);
	for (size_t i = 0; i < n;) {
		size_t from = i;

		while (i < n && all[i].key == all[from].key)
			i++;
		if (i - from > 1)
			holders_group(l, all + from, i - from, where);
	}
	free(all);
	free(where);
}
