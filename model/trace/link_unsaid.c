/* SPDX-License-Identifier: MIT */
/* Handoffs of which no answer says the next id (TRACE §3): deliveries that a
 * relay took and of which nothing leads on, and messages that came from a server
 * of the case and have no upstream. What is compared goes from the most telling
 * to the least; who found somebody in a round takes no part in the next ones.
 * Addresses of both sides and what the sender wrote together confirm a pair, if
 * neither side has another within its window: one alone never does. */
#include "base/alloc.h"
#include "model/trace/proof.h"
#include "model/trace/unsaid.h"

#define CHAIN_MAX 1000

/* Candidates -------------------------------------------------------------------- */

/* An answer that names an id of its own, where this server names the one that it
 * logs: it was not this one. It may be cut. */
static bool names_another(const struct unsaid *u, uint32_t att,
			  const struct txn *to)
{
	const struct derive *d = u->d;
	struct slice said, id;

	if (!derive_attempt(d, att)->next_id ||
	    !place_answers(d, to->server))
		return false;
	said = derive_next_id(d, att);
	id = derive_queue_id(d, to);
	return said.len < 4 || !slice_starts(id, said);
}

static bool may_be(struct unsaid *u, const struct left *l, uint32_t right)
{
	struct derive *d = u->d;
	const struct txn *from = &d->txns[l->txn];
	const struct txn *to = &d->txns[u->rights[right].txn];
	enum key k = u->round->key;
	int id, sender;

	if (u->rights[right].taken || u->rights[right].txn == l->txn ||
	    place_between(d, l->att, to, 1) != u->round->network)
		return false;
	id = unsaid_same_mid(d, from, to);
	sender = unsaid_same_sender(d, from, to);
	if (k == KEY_OTHER_ID) {
		/* gateways change an id, and servers disagree which of two
		 * (RFC 5322 3.6.6) is the message's */
		if (id >= 0 || sender <= 0)
			return false;
	} else if (id < 0 || ((k == KEY_ID || k == KEY_ID_ADDRESS) && !id) ||
		   (!id && (sender < 0 || (k == KEY_ADDRESS && !sender)))) {
		return false;
	}
	return !names_another(u, l->att, to);
}

static void add_edge(struct unsaid *u, uint32_t left, uint32_t right)
{
	struct left *l = &u->lefts[left];
	struct right *r = &u->rights[right];

	for (uint32_t i = 0; i < l->n; i++)
		if (u->edges[l->first + i].right == right)
			return;
	GROW(u->edges, u->nedges, u->cedges);
	u->edges[u->nedges++] = (struct edge){
		.left = left,
		.right = right,
		.fits = unsaid_size_fits(u->d, &u->d->txns[l->txn],
					 &u->d->txns[r->txn]),
	};
	l->n++;
}

/* More than can be told apart: none of them all may be picked. */
static void crowd(struct unsaid *u, struct left *l, size_t i, uint64_t key,
		  int64_t to)
{
	struct index *x = &u->index[u->round->key];
	size_t end = unsaid_index_first(u, x, key, to + 1);

	l->crowded = true;
	x->crowds[i]++;
	x->crowds[end]--;
	u->crowded = true;
}

static void mark_crowds(struct unsaid *u)
{
	struct index *x = &u->index[u->round->key];
	int32_t depth = 0;

	for (size_t i = 0; i < x->n && u->crowded; i++) {
		depth += x->crowds[i];
		if (depth)
			u->rights[x->p[i].value].crowded = true;
	}
	memset(x->crowds, 0, (x->n + 1) * sizeof *x->crowds);
	u->crowded = false;
}

static void look_at(struct unsaid *u, uint32_t left, uint32_t server)
{
	const struct index *x = &u->index[u->round->key];
	struct left *l = &u->lefts[left];
	uint64_t key[2];
	unsigned n = unsaid_keys(u, l, server, key);
	int64_t from, to;

	if (!n || !unsaid_window(u, l, server, &from, &to))
		return;
	for (unsigned k = 0; k < n; k++) {
		size_t i = unsaid_index_first(u, x, key[k], from), start = i;
		unsigned look = 0;

		for (; i < x->n && x->p[i].key == key[k] &&
		       u->d->txns[u->rights[x->p[i].value].txn].opened <= to;
		     i++) {
			if (look++ == LOOK_MAX) {
				crowd(u, l, start, key[k], to);
				break;
			}
			if (may_be(u, l, x->p[i].value))
				add_edge(u, left, x->p[i].value);
		}
	}
}

static void look_from(struct unsaid *u, uint32_t left)
{
	struct left *l = &u->lefts[left];
	uint32_t list[PLACES_MAX];
	unsigned n;

	l->first = (uint32_t)u->nedges;
	l->n = 0;
	if (l->taken || (!l->known && u->round->network == NETWORK_FULL))
		return;
	if (l->known) {
		n = places_of_relay(u->d, l->att, list);
		while (n--)
			look_at(u, left, list[n]);
		return;
	}
	/* the relay is not known: all servers that have a client of ours */
	for (uint32_t i = 0; i < u->d->places.n; i++) {
		uint32_t server = u->d->places.machines[i].server;

		if (map_find(&u->servers, server + UINT64_C(1)))
			look_at(u, left, server);
	}
}

/* Choosing ---------------------------------------------------------------------- */

/* A size that cannot be right counts only where another one is. */
static void drop_misfits(struct unsaid *u)
{
	for (size_t i = 0; i < u->nedges; i++)
		if (u->edges[i].fits)
			u->rights[u->edges[i].right].fits = true;
	for (uint32_t i = 0; i < u->nlefts; i++) {
		const struct left *l = &u->lefts[i];
		bool fits = false;

		for (uint32_t k = 0; k < l->n; k++)
			fits = fits || u->edges[l->first + k].fits;
		for (uint32_t k = 0; k < l->n; k++) {
			struct edge *e = &u->edges[l->first + k];

			e->gone = !e->fits && fits && u->rights[e->right].fits;
		}
	}
}

static void count_upstreams(struct unsaid *u)
{
	for (size_t i = 0; i < u->nedges; i++) {
		const struct edge *e = &u->edges[i];
		struct right *r = &u->rights[e->right];
		uint32_t txn = u->lefts[e->left].txn;

		if (e->gone)
			continue;
		if (r->from != NONE32 && r->from != txn)
			r->many = true;
		r->from = txn;
	}
}

/* Candidates of L, first of them in *RIGHT; whether each has but this upstream. */
static unsigned candidates(const struct unsaid *u, const struct left *l,
			   uint32_t list[2 * LOOK_MAX * PLACES_MAX], bool *sole)
{
	unsigned n = 0;

	*sole = !l->crowded;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct edge *e = &u->edges[l->first + i];

		if (e->gone)
			continue;
		if (u->rights[e->right].many || u->rights[e->right].crowded)
			*sole = false;
		if (n < 2 * LOOK_MAX)
			list[n++] = e->right;
		else
			*sole = false;
	}
	return n;
}

/* Which of its recipient's attempts L is, and how many there are: an answer that
 * was lost after the message had been taken is followed by another one. */
static unsigned rank_of(const struct unsaid *u, uint32_t left, unsigned *all)
{
	const struct derive *d = u->d;
	const struct left *l = &u->lefts[left];
	unsigned rank = 0;
	uint32_t i = left;

	while (i && u->lefts[i - 1].txn == l->txn && left - i < 256)
		i--;
	for (*all = 0; i < u->nlefts && u->lefts[i].txn == l->txn &&
		       *all < LOOK_MAX && i < left + 256;
	     i++) {
		if (d->atts[u->lefts[i].att].del != d->atts[l->att].del)
			continue;
		rank += i < left;
		++*all;
	}
	return rank;
}

static uint64_t txn_pair(uint32_t from, uint32_t to)
{
	return ((uint64_t)from << 32 | to) + 1;
}

/* Linking ----------------------------------------------------------------------- */

static bool is_circle(const struct derive *d, uint32_t from, uint32_t to)
{
	for (unsigned steps = 0; steps < CHAIN_MAX && from != to; steps++) {
		uint32_t up = d->txns[from].up;

		if (up == NONE32)
			return false;
		from = d->links[up].from;
	}
	return true;
}

/* What tells this pair apart, and what both logs say besides. */
static unsigned evidence_of(const struct unsaid *u, const struct left *l,
			    uint32_t to)
{
	const struct derive *d = u->d;
	enum key k = u->round->key;
	unsigned e = proof_between(d, l->txn, to, l->att);

	if (u->round->network == NETWORK_FULL)
		e |= E(6);
	if (unsaid_same_mid(d, &d->txns[l->txn], &d->txns[to]) > 0)
		e |= E(5);
	if ((k == KEY_ID_ADDRESS || k == KEY_ADDRESS || k == KEY_OTHER_ID) &&
	    unsaid_same_sender(d, &d->txns[l->txn], &d->txns[to]) > 0)
		e |= E(7);
	return e;
}

/* Of two that differ in their id none is more than possible. */
static enum link_class class_of(const struct unsaid *u, unsigned evidence,
				bool sole)
{
	bool one = u->round->network == NETWORK_HALF;

	if (u->round->key == KEY_OTHER_ID)
		return CLASS_POSSIBLE;
	return proof_class(evidence | (one ? PROOF_ONE_ADDRESS : 0),
			   sole ? 1 : 2);
}

static bool is_filter(const struct derive *d, uint32_t att)
{
	int32_t port = derive_attempt(d, att)->relay_port;

	return derive_loopback(d, att) && port > 0 && port != 25 &&
	       port != 587;
}

static uint32_t add_link(struct unsaid *u, const struct left *l, uint32_t to,
			 bool sole)
{
	struct derive *d = u->d;
	unsigned evidence = evidence_of(u, l, to);
	enum link_class class = class_of(u, evidence, sole);
	uint32_t *known = map_add(&u->made, txn_pair(l->txn, to), d->nlinks);
	struct link *k;

	if (*known < d->nlinks) {
		k = &d->links[*known];
		if (derive_attempt(d, k->att)->action == ACTION_DEFER)
			k->att = l->att;
		k->evidence |= evidence;
		return *known;
	}
	if (class != CLASS_POSSIBLE && is_circle(d, l->txn, to))
		class = CLASS_POSSIBLE;
	GROW(d->links, d->nlinks, d->clinks);
	d->links[d->nlinks++] = (struct link){
		.from = l->txn,
		.to = to,
		.evidence = evidence,
		.att = l->att,
		.key = NONE32,
		.kind = is_filter(d, l->att) ? LINK_FILTER : LINK_HANDOFF,
		.class = (uint8_t)class,
	};
	if (class == CLASS_CONFIRMED)
		d->txns[to].up = *known;
	return *known;
}

static void link_pair(struct unsaid *u, struct left *l, uint32_t right,
		      bool sole)
{
	struct derive *d = u->d;
	uint32_t k = add_link(u, l, u->rights[right].txn, sole);
	struct del *v = &d->dels[d->atts[l->att].del];

	l->taken = u->rights[right].taken = true;
	if (d->links[k].class != CLASS_CONFIRMED || v->last != l->att)
		return;
	v->link = k;
	v->goes_on = true;
	d->links[k].carried++;
}

static void choose(struct unsaid *u, uint32_t left)
{
	struct left *l = &u->lefts[left];
	uint32_t list[2 * LOOK_MAX * PLACES_MAX];
	unsigned n, all = 1, rank = 0;
	bool sole;

	if (!l->n)
		return;
	n = candidates(u, l, list, &sole);
	if (l->crowded)
		return;
	if (n > 1 && sole) {
		rank = rank_of(u, left, &all);
		sole = all >= n;
	}
	if (sole && n) {
		/* in the order of time both */
		link_pair(u, l, list[n > 1 && rank < n ? rank : n - 1], true);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		link_pair(u, l, list[i], false);
}

static void run_round(struct unsaid *u, const struct round *r)
{
	u->round = r;
	u->nedges = 0;
	unsaid_index_make(u, r->key);
	if (!u->index[r->key].n)
		return;
	for (uint32_t i = 0; i < u->nrights; i++) {
		struct right *x = &u->rights[i];

		x->from = NONE32;
		x->many = x->crowded = x->fits = false;
	}
	for (uint32_t i = 0; i < u->nlefts; i++) {
		u->lefts[i].crowded = false;
		look_from(u, i);
	}
	mark_crowds(u);
	drop_misfits(u);
	count_upstreams(u);
	for (uint32_t i = 0; i < u->nlefts; i++)
		choose(u, i);
}

/* Recipients that were given the same answer went on together, though the next
 * server may log them under other names, or once. */
static uint64_t answer_key(const struct unsaid *u, const struct left *l)
{
	const struct derive *d = u->d;
	const struct attempt *a = derive_attempt(d, l->att);
	const struct piece *p = d->pieces[d->att_piece[l->att]];
	uint64_t key = hash_mix(l->txn + UINT64_C(1), word_in(p, a->relay_ip));

	key = hash_mix(key, word_in(p, a->reply));
	key = hash_mix(key, (uint64_t)a->transfer);
	/* what is logged for each alone is the same for all of one answer */
	return key_of(hash_mix(key, (uint64_t)(a->delay > 0 && a->transfer >= 0
						       ? a->delay
						       : d->atts[l->att].utc)));
}

static void follow_answers(struct unsaid *u)
{
	struct derive *d = u->d;
	struct map told = {0}; /* answer -> link, NONE32 several */

	for (uint32_t i = 0; i < u->nlefts; i++) {
		const struct left *l = &u->lefts[i];
		uint32_t link = d->dels[d->atts[l->att].del].link, *known;

		if (!l->taken || link == NONE32 || l->lost)
			continue;
		known = map_add(&told, answer_key(u, l), link);
		if (*known != link)
			*known = NONE32;
	}
	for (uint32_t i = 0; i < u->nlefts && told.n; i++) {
		struct left *l = &u->lefts[i];
		struct del *v = &d->dels[d->atts[l->att].del];
		const uint32_t *link;

		if (l->taken || l->lost || v->last != l->att)
			continue;
		link = map_find(&told, answer_key(u, l));
		if (!link || *link == NONE32)
			continue;
		l->taken = true;
		v->link = *link;
		v->goes_on = true;
		d->links[*link].carried++;
	}
	map_release(&told);
}

static void unsaid_release(struct unsaid *u)
{
	free(u->lefts);
	free(u->rights);
	free(u->edges);
	for (unsigned i = 0; i < KEY_COUNT; i++) {
		free(u->index[i].p);
		free(u->index[i].crowds);
	}
	for (unsigned i = 0; i < BUCKETS; i++)
		free(u->solved[i].all);
	map_release(&u->servers);
	map_release(&u->made);
	map_release(&u->lost);
}

void link_unsaid(struct derive *d)
{
	static const struct round rounds[] = {
		{KEY_ID_ADDRESS, NETWORK_FULL}, {KEY_ID, NETWORK_FULL},
		{KEY_ADDRESS, NETWORK_FULL},    {KEY_ID_ADDRESS, NETWORK_HALF},
		{KEY_ID, NETWORK_HALF},         {KEY_ADDRESS, NETWORK_HALF},
		{KEY_PLACE, NETWORK_FULL},      {KEY_OTHER_ID, NETWORK_FULL},
	};
	struct unsaid u = {.d = d};

	unsaid_sides(&u);
	for (size_t i = 0; i < sizeof rounds / sizeof *rounds; i++) {
		if (!u.nlefts || !u.nrights)
			break;
		run_round(&u, &rounds[i]);
		if (rounds[i].network == NETWORK_FULL)
			follow_answers(&u);
	}
	unsaid_release(&u);
}
