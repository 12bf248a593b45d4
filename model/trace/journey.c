/* SPDX-License-Identifier: MIT */
/* Journeys: transactions joined by confirmed links that mean the same message,
 * each with what its root and its order say of it. */
#include "base/alloc.h"
#include "model/trace/link.h"

#define CHAIN_MAX 1000 /* links that are followed up from a transaction */
#define ROUNDS_MAX 16  /* moves of a recipient from queue to queue */

static uint32_t find(uint32_t *set, uint32_t i)
{
	while (set[i] != i) {
		set[i] = set[set[i]];
		i = set[i];
	}
	return i;
}

static bool joins(const struct link *k)
{
	return k->class == CLASS_CONFIRMED && link_joins(k->kind);
}

/* The smaller index wins, so that the first transaction names the set. */
static uint32_t *join(struct derive *d)
{
	uint32_t *set = mem_resize(NULL, d->ntxns * sizeof *set + 1);

	for (uint32_t i = 0; i < d->ntxns; i++)
		set[i] = i;
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];
		uint32_t a, b;

		if (!joins(k))
			continue;
		/* a witness tells no more than who was heard */
		if (k->kind != LINK_OBSERVED)
			d->continues[k->from] = true;
		a = find(set, k->from);
		b = find(set, k->to);
		if (a != b)
			set[a > b ? a : b] = a > b ? b : a;
	}
	return set;
}

/* Numbers of transactions follow the order of reading, refused ones among the
 * others. */
static void number_txns(struct derive *d)
{
	struct pair *p = mem_resize(NULL, d->ntxns * sizeof *p + 1);

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		p[i].key = (uint64_t)t->piece << 32 | t->line;
		p[i].value = i;
	}
	if (d->ntxns)
		pairs_sort(p, d->ntxns);
	d->txn_order = mem_resize(NULL, d->ntxns * sizeof *d->txn_order + 1);
	for (uint32_t i = 0; i < d->ntxns; i++) {
		d->txn_order[i] = p[i].value;
		d->txns[p[i].value].id = i + 1;
	}
	free(p);
}

/* Gives each set a journey, in the order of its first transaction. */
static void gather(struct derive *d, uint32_t *set)
{
	uint32_t *of = mem_alloc(d->ntxns * sizeof *of + 1);
	uint32_t at = 0;

	for (uint32_t k = 0; k < d->ntxns; k++) {
		uint32_t i = d->txn_order[k], s = find(set, i);

		if (!of[s])
			of[s] = ++d->njnys;
		d->txns[i].journey = of[s];
	}
	free(of);
	d->jnys = mem_alloc(d->njnys * sizeof *d->jnys + 1);
	d->jny_txns = mem_resize(NULL, d->ntxns * sizeof *d->jny_txns + 1);
	for (uint32_t i = 0; i < d->ntxns; i++)
		d->jnys[d->txns[i].journey - 1].ntxns++;
	for (uint32_t j = 0; j < d->njnys; j++) {
		d->jnys[j].txns = at;
		at += d->jnys[j].ntxns;
		d->jnys[j].ntxns = 0;
	}
	for (uint32_t k = 0; k < d->ntxns; k++) {
		struct jny *j = &d->jnys[d->txns[d->txn_order[k]].journey - 1];

		d->jny_txns[j->txns + j->ntxns++] = d->txn_order[k];
	}
}

/* Joining links above a transaction, and the handoffs among them. */
static uint32_t depth_of(const struct derive *d, uint32_t t, uint32_t *hops)
{
	uint32_t depth = 0, up;

	*hops = 0;
	while ((up = d->txns[t].up) != NONE32 && depth < CHAIN_MAX &&
	       joins(&d->links[up])) {
		*hops += d->links[up].kind == LINK_HANDOFF;
		t = d->links[up].from;
		depth++;
	}
	return depth;
}

struct place {
	uint32_t txn, depth;
	int64_t time;
};

static int place_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->txn > y->txn) - (x->txn < y->txn);
}

/* Puts a journey's transactions in the order of the trace: links before clocks,
 * since clocks of two servers differ. */
static void order_txns(struct derive *d, struct jny *j)
{
	uint32_t *list = d->jny_txns + j->txns;
	struct place *p;

	if (j->ntxns == 1)
		return;
	p = mem_resize(NULL, j->ntxns * sizeof *p);
	for (uint32_t i = 0; i < j->ntxns; i++) {
		uint32_t hops;

		p[i].txn = list[i];
		p[i].depth = depth_of(d, list[i], &hops);
		p[i].time = txn_time(&d->txns[list[i]]);
		if (hops > j->hops)
			j->hops = hops;
	}
	qsort(p, j->ntxns, sizeof *p, place_order);
	for (uint32_t i = 0; i < j->ntxns; i++)
		list[i] = p[i].txn;
	free(p);
}

/* The first in the order of the trace, but rather one that accepted. */
static uint32_t root_of(const struct derive *d, const struct jny *j)
{
	const uint32_t *list = d->jny_txns + j->txns;

	for (uint32_t i = 0; i < j->ntxns; i++)
		if (d->txns[list[i]].state != STATE_REFUSED)
			return list[i];
	return list[0];
}

static uint32_t servers_word(struct derive *d, const struct jny *j)
{
	const uint32_t *list = d->jny_txns + j->txns;
	struct strbuf text = {0};
	uint32_t word;

	if (j->ntxns == 1)
		return d->txns[list[0]].server;
	for (uint32_t i = 0; i < j->ntxns; i++) {
		uint32_t server = d->txns[list[i]].server, k = 0;

		/* no message passed through a sensor */
		if (d->txns[list[i]].flags & ROW_COPY &&
		    d->txns[list[i]].state == STATE_OBSERVED)
			continue;
		while (k < i && k < 256 && d->txns[list[k]].server != server)
			k++;
		if (k < i && d->txns[list[k]].server == server)
			continue;
		if (text.len)
			strbuf_add_char(&text, ' ');
		strbuf_add_slice(&text, word_text(d, server));
	}
	word = d->sink->word(d->sink->arg, strbuf_slice(&text));
	strbuf_release(&text);
	return word;
}

static void take_txn(const struct derive *d, struct jny_rest *j, uint32_t i)
{
	const struct txn *t = &d->txns[i];
	struct txn_rest rest;

	txn_rest(d, t, &rest);
	if (t->mid_frag != NONE32 &&
	    (j->mid_frag == NONE32 ||
	     (d->frag_txn[j->mid_frag] != i &&
	      slice_eq(derive_message_id(d, &d->txns[d->frag_txn[j->mid_frag]]),
		       SLICE("<>")))))
		j->mid_frag = t->mid_frag;
	if (!j->sender)
		j->sender = t->sender;
	if (!j->header_from)
		j->header_from = rest.header_from;
	if (!j->subject)
		j->subject = rest.subject;
	if (j->size < 0)
		j->size = rest.size;
	if (t->last != TIME_NONE && (j->last == TIME_NONE || t->last > j->last))
		j->last = t->last;
	if (!t->refused)
		j->refused = false;
	j->flags |= t->flags & ROW_TIME_ASSUMED;
}

void jny_rest(const struct derive *d, const struct jny *j, struct jny_rest *r)
{
	const struct txn *root = &d->txns[j->root];

	*r = (struct jny_rest){
		.first = txn_time(root),
		.last = TIME_NONE,
		.size = -1,
		.mid_frag = NONE32,
		.refused = true,
		.flags = root->flags,
	};
	take_txn(d, r, j->root);
	for (uint32_t i = 0; i < j->ntxns; i++)
		if (d->jny_txns[j->txns + i] != j->root)
			take_txn(d, r, d->jny_txns[j->txns + i]);
	if (r->last < r->first)
		r->last = r->first;
}

static bool is_unfinished(const struct txn *t)
{
	return t->state == STATE_OPEN || t->state == STATE_LOST;
}

/* Recipients of whom a complete transaction that was made of FROM tells. */
static void find_taken(const struct derive *d, struct map *taken)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];
		const struct txn *to = &d->txns[k->to];

		if (!joins(k) || to->state != STATE_COMPLETE ||
		    !is_unfinished(&d->txns[k->from]))
			continue;
		for (uint32_t n = to->dels; n < to->dels + to->ndels; n++) {
			const struct del *v = &d->dels[n];

			map_add(taken, key_of(hash_mix(k->from, v->recipient)),
				1);
			map_add(taken, key_of(hash_mix(k->from, v->orig)), 1);
		}
	}
}

/* Whether each of its recipients has a fate, here or where it went on. */
static bool is_taken(const struct derive *d, uint32_t i,
		     const struct map *taken)
{
	const struct txn *t = &d->txns[i];

	if (!(t->edges & PART_IDLE) || !is_unfinished(t) ||
	    !d->continues[i] || (int64_t)t->nrcpt > (int64_t)t->ndels)
		return false;
	for (uint32_t n = t->dels; n < t->dels + t->ndels; n++) {
		const struct del *v = &d->dels[n];

		if (v->outcome == OUTCOME_DELAYED &&
		    (v->last != NONE32 ||
		     !map_find(taken, key_of(hash_mix(i, v->recipient)))))
			return false;
	}
	return true;
}

/* What went on as another transaction has nothing more to wait for; nor has one
 * whose recipients were moved to others that are complete, and so on up. */
static void finish_states(struct derive *d)
{
	bool again = true;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		struct txn *t = &d->txns[i];

		if (d->continues[i] && !t->ndels && is_unfinished(t))
			t->state = STATE_COMPLETE;
	}
	for (unsigned round = 0; again && round < ROUNDS_MAX; round++) {
		struct map taken = {0};

		again = false;
		find_taken(d, &taken);
		for (uint32_t i = 0; i < d->ntxns && taken.n; i++) {
			if (!is_taken(d, i, &taken))
				continue;
			d->txns[i].state = STATE_COMPLETE;
			again = true;
		}
		map_release(&taken);
	}
}

void journeys_make(struct derive *d)
{
	uint32_t *set;

	d->continues = mem_alloc(d->ntxns * sizeof *d->continues + 1);
	number_txns(d);
	set = join(d);
	gather(d, set);
	free(set);
	finish_states(d);
	for (uint32_t j = 0; j < d->njnys; j++) {
		struct jny *y = &d->jnys[j];

		order_txns(d, y);
		y->root = root_of(d, y);
		y->servers = servers_word(d, y);
		journey_recipients(d, j);
	}
}
