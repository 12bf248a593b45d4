/* SPDX-License-Identifier: MIT */
/* Differences between pairs of servers put together: what each is off the
 * reference, over any number of steps. */
#include "model/trace/clock_offset.h"

#include "base/alloc.h"
#include "model/trace/derive.h"

uint32_t offsets_add_node(struct offsets *o, uint32_t name, bool external)
{
	uint64_t key = (uint64_t)name << 1 | external;
	uint32_t *at = map_add(&o->by_name, key + 1, NONE32);

	if (*at != NONE32)
		return *at;
	GROW(o->nodes, o->nnodes, o->cnodes);
	*at = o->nnodes;
	o->nodes[o->nnodes++] =
		(struct offset_node){.name = name, .external = external};
	return *at;
}

uint32_t offsets_node(const struct offsets *o, uint32_t server)
{
	const uint32_t *at = map_find(&o->by_name, ((uint64_t)server << 1) + 1);

	return at ? *at : NONE32;
}

void offsets_add(struct offsets *o, uint32_t a, uint32_t b,
		 const int64_t at[2], int64_t lo, int64_t hi)
{
	bool turned = b < a;
	uint32_t first = turned ? b : a, second = turned ? a : b;
	uint32_t *known = map_add(&o->by_pair,
				  ((uint64_t)first << 32 | second) + 1, NONE32);
	struct offset_pair *p;

	if (*known == NONE32) {
		*known = o->npairs;
		GROW(o->pairs, o->npairs, o->cpairs);
		o->pairs[o->npairs++] =
			(struct offset_pair){.a = first, .b = second};
	}
	p = &o->pairs[*known];
	GROW(p->bounds, p->nbounds, p->cbounds);
	p->bounds[p->nbounds++] = (struct clock_bound){
		.time = at[turned],
		.also = at[!turned],
		.lo = turned ? -hi : lo,
		.hi = turned ? -lo : hi,
		.n = 1,
	};
	p->n++;
	o->nodes[a].handoffs++;
	o->nodes[b].handoffs++;
}

/* Coarse offsets --------------------------------------------------------------- */

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t middle(const struct offset_pair *p)
{
	int64_t *all = mem_alloc(p->nbounds * sizeof *all), m;

	for (size_t i = 0; i < p->nbounds; i++) {
		const struct clock_bound *b = &p->bounds[i];

		all[i] = b->lo <= -OFFSET_OPEN  ? b->hi
			 : b->hi >= OFFSET_OPEN ? b->lo
						: b->lo + (b->hi - b->lo) / 2;
	}
	qsort(all, p->nbounds, sizeof *all, compare_times);
	m = all[p->nbounds / 2];
	free(all);
	return m;
}

/* Pairs from the reference outwards, those with most handoffs first. */
static struct offset_pair *next_pair(const struct offsets *o)
{
	struct offset_pair *best = NULL;

	for (uint32_t i = 0; i < o->npairs; i++) {
		struct offset_pair *p = &o->pairs[i];

		if (o->nodes[p->a].reached != o->nodes[p->b].reached &&
		    (!best || p->n > best->n))
			best = p;
	}
	return best;
}

static void place_nodes(struct offsets *o)
{
	struct offset_pair *p;

	if (o->reference == NONE32)
		return;
	o->nodes[o->reference].reached = true;
	while ((p = next_pair(o))) {
		struct offset_node *a = &o->nodes[p->a], *b = &o->nodes[p->b];

		if (a->reached)
			b->coarse = a->coarse + middle(p);
		else
			a->coarse = b->coarse - middle(p);
		a->reached = b->reached = true;
	}
}

#define ASTRAY (2 * US_SECOND)

/* A clock that steps or drifts is astray with all others. */
static void count_astray(struct offsets *o, const struct offset_pair *p)
{
	struct offset_node *a = &o->nodes[p->a], *b = &o->nodes[p->b];

	for (size_t i = 0; i < p->nbounds; i++) {
		const struct clock_bound *x = &p->bounds[i];
		int64_t apart = (x->time - a->coarse) - (x->also - b->coarse);
		bool astray = llabs(apart) > ASTRAY;

		a->astray += astray;
		b->astray += astray;
	}
}

static bool is_straighter(const struct offset_node *a,
			  const struct offset_node *b)
{
	return (uint64_t)a->astray * b->handoffs <
	       (uint64_t)b->astray * a->handoffs;
}

/* Times of both directions stand on A's clock, and on B's. On that of the
 * reference they can be compared with other pairs': by the steadier of both. */
static void fit_pair(struct offsets *o, struct offset_pair *p)
{
	const struct offset_node *a = &o->nodes[p->a], *b = &o->nodes[p->b];
	bool by_b = is_straighter(b, a);

	for (size_t i = 0; i < p->nbounds; i++) {
		struct clock_bound *x = &p->bounds[i];
		int64_t t = by_b ? x->also - b->coarse : x->time - a->coarse;

		x->time = t;
		o->from = o->from == TIME_NONE || t < o->from ? t : o->from;
		o->to = o->to == TIME_NONE || t > o->to ? t : o->to;
	}
	clock_fit_make(&p->fit, p->bounds, p->nbounds);
	p->bounds = NULL;
}

void offsets_make(struct derive *d, struct offsets *o)
{
	*o = (struct offsets){
		.reference = NONE32, .from = TIME_NONE, .to = TIME_NONE};
	offsets_collect(d, o);
	offsets_first_reference(d, o);
	place_nodes(o);
	for (uint32_t i = 0; i < o->npairs; i++)
		count_astray(o, &o->pairs[i]);
	for (uint32_t i = 0; i < o->npairs; i++)
		fit_pair(o, &o->pairs[i]);
	offsets_best_reference(d, o);
	offsets_limit_drifts(o);
}

void offsets_release(struct offsets *o)
{
	for (uint32_t i = 0; i < o->npairs; i++) {
		clock_fit_release(&o->pairs[i].fit);
		free(o->pairs[i].bounds);
	}
	free(o->nodes);
	free(o->pairs);
	map_release(&o->by_name);
	map_release(&o->by_pair);
	map_release(&o->odd_ids);
	*o = (struct offsets){0};
}

/* Solving ------------------------------------------------------------------------ */

/* What a pair says of the time asked for. */
struct said {
	int64_t lo, hi;
	bool known;
};

static int64_t plus(int64_t a, int64_t b)
{
	if (llabs(a) >= OFFSET_OPEN || llabs(b) >= OFFSET_OPEN)
		return a + b < 0 ? -OFFSET_OPEN : OFFSET_OPEN;
	return a + b;
}

static bool tighten(struct offset_range *r, int64_t lo, int64_t hi)
{
	bool any = lo > r->lo || hi < r->hi;

	if (lo > r->lo)
		r->lo = lo;
	if (hi < r->hi)
		r->hi = hi;
	return any;
}

static bool pass(const struct offset_pair *p, const struct said *x,
		 struct offset_range *out)
{
	struct offset_range *a = &out[p->a], *b = &out[p->b];

	return tighten(b, plus(a->lo, x->lo), plus(a->hi, x->hi)) |
	       tighten(a, plus(b->lo, -x->hi), plus(b->hi, -x->lo));
}

static void start(const struct offsets *o, struct offset_range *out)
{
	for (uint32_t i = 0; i < o->nnodes; i++) {
		out[i].lo = -OFFSET_OPEN;
		out[i].hi = OFFSET_OPEN;
	}
	out[o->reference].lo = out[o->reference].hi = 0;
}

/* Bounds of all ways from the reference; false if ways contradict each other. */
static bool by_all_ways(const struct offsets *o, const struct said *said,
			struct offset_range *out)
{
	bool any = true;

	start(o, out);
	for (uint32_t round = 0; any && round <= o->nnodes; round++) {
		any = false;
		for (uint32_t i = 0; i < o->npairs; i++)
			if (said[i].known)
				any |= pass(&o->pairs[i], &said[i], out);
	}
	for (uint32_t i = 0; i < o->nnodes; i++)
		if (out[i].lo > out[i].hi)
			return false;
	return !any;
}

static bool is_placed(const struct offset_range *r)
{
	return r->lo > -OFFSET_OPEN || r->hi < OFFSET_OPEN;
}

/* One way to each: always over the pair with most handoffs. */
static void by_best_way(const struct offsets *o, const struct said *said,
			struct offset_range *out)
{
	start(o, out);
	for (;;) {
		uint32_t best = NONE32;

		for (uint32_t i = 0; i < o->npairs; i++)
			if (said[i].known &&
			    is_placed(&out[o->pairs[i].a]) !=
				    is_placed(&out[o->pairs[i].b]) &&
			    (best == NONE32 ||
			     o->pairs[i].n > o->pairs[best].n))
				best = i;
		if (best == NONE32)
			return;
		pass(&o->pairs[best], &said[best], out);
		if (is_placed(&out[o->pairs[best].a]) !=
		    is_placed(&out[o->pairs[best].b]))
			return; /* a bound that says nothing */
	}
}

/* Whether pair A tells drifts better: most handoffs, but best none at all. */
static bool is_steadier(const struct offset_pair *a, const struct offset_pair *b,
			int64_t from, int64_t to)
{
	const struct clock_run *x = clock_fit_run(&a->fit, from, to);
	const struct clock_run *y = clock_fit_run(&b->fit, from, to);
	bool even = !x || x->drift == 0, other = !y || y->drift == 0;

	return even != other ? even : a->n > b->n;
}

static void add_drifts(const struct offsets *o, int64_t from, int64_t to,
		       struct offset_range *out)
{
	bool *known = mem_alloc(o->nnodes * sizeof *known + 1);

	known[o->reference] = true;
	for (;;) {
		uint32_t best = NONE32;
		const struct clock_run *r;
		double drift;

		for (uint32_t i = 0; i < o->npairs; i++)
			if (known[o->pairs[i].a] != known[o->pairs[i].b] &&
			    (best == NONE32 ||
			     is_steadier(&o->pairs[i], &o->pairs[best], from,
					 to)))
				best = i;
		if (best == NONE32)
			break;
		r = clock_fit_run(&o->pairs[best].fit, from, to);
		drift = r ? r->drift : 0;
		if (known[o->pairs[best].a])
			out[o->pairs[best].b].drift =
				out[o->pairs[best].a].drift + drift;
		else
			out[o->pairs[best].a].drift =
				out[o->pairs[best].b].drift - drift;
		known[o->pairs[best].a] = known[o->pairs[best].b] = true;
	}
	free(known);
}

static void add_counts(const struct offsets *o, int64_t from, int64_t to,
		       struct offset_range *out)
{
	for (uint32_t i = 0; i < o->npairs; i++) {
		const struct offset_pair *p = &o->pairs[i];
		uint32_t n = clock_fit_count(&p->fit, from, to);

		out[p->a].n += n;
		out[p->b].n += n;
	}
}

void offsets_solve(const struct offsets *o, int64_t from, int64_t to,
		   struct offset_range *out)
{
	struct said *said = mem_alloc(o->npairs * sizeof *said + 1);

	memset(out, 0, o->nnodes * sizeof *out);
	for (uint32_t i = 0; i < o->npairs; i++)
		said[i].known = clock_fit_at(&o->pairs[i].fit, from, to,
					     &said[i].lo, &said[i].hi);
	if (!by_all_ways(o, said, out))
		by_best_way(o, said, out);
	add_drifts(o, from, to, out);
	add_counts(o, from, to, out);
	free(said);
}

bool offsets_at(const struct offsets *o, uint32_t server, int64_t at,
		struct offset_range *out)
{
	uint32_t node = offsets_node(o, server);
	struct offset_range *all;

	if (node == NONE32 || o->reference == NONE32 ||
	    !o->nodes[node].reached)
		return false;
	all = mem_alloc(o->nnodes * sizeof *all);
	at -= o->nodes[node].coarse;
	offsets_solve(o, at, at, all);
	*out = all[node];
	free(all);
	return is_placed(out);
}

bool offsets_between(const struct offsets *o, uint32_t a, uint32_t b,
		     int64_t at, int64_t *lo, int64_t *hi)
{
	uint32_t x = offsets_node(o, a), y = offsets_node(o, b);
	bool turned = y < x;
	uint32_t first = turned ? y : x, second = turned ? x : y;
	const uint32_t *p = NULL;
	int64_t l, h;

	if (x != NONE32 && y != NONE32)
		p = map_find(&o->by_pair,
			     ((uint64_t)first << 32 | second) + 1);
	if (!p)
		return false;
	at -= o->nodes[x].coarse;
	if (!clock_fit_at(&o->pairs[*p].fit, at, at, &l, &h))
		return false;
	*lo = turned ? -h : l;
	*hi = turned ? -l : h;
	return true;
}
