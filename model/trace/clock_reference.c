/* SPDX-License-Identifier: MIT */
/* By which clock the others are measured: one outside that tells the time, else
 * the one with which most others agree most of the time (TRACE §4). */
#include "base/alloc.h"
#include "model/trace/clock_offset.h"
#include "model/trace/derive.h"

#define COMPARED 64              /* clocks that agree, at most */
#define INSTANTS 9               /* at which clocks are compared */
#define SAME_CLOCK (US_SECOND)   /* what clocks that are kept right may differ */

struct rank {
	bool timed;
	bool agrees; /* with about as many others as any */
	bool uneven; /* against most of those it deals with */
	bool external;
	int64_t loose; /* how wide the offsets of others are by it, summed */
	uint32_t handoffs;
	struct slice name;
};

static int rank_order(const struct rank *a, const struct rank *b)
{
	if (a->timed != b->timed)
		return a->timed ? -1 : 1;
	if (a->agrees != b->agrees)
		return a->agrees ? -1 : 1;
	if (a->uneven != b->uneven)
		return b->uneven ? -1 : 1;
	if (a->external != b->external)
		return a->external ? -1 : 1;
	if (a->loose != b->loose)
		return a->loose < b->loose ? -1 : 1;
	if (a->handoffs != b->handoffs)
		return a->handoffs > b->handoffs ? -1 : 1;
	return slice_cmp(a->name, b->name);
}

static bool is_candidate(const struct offset_node *n)
{
	return n->handoffs >= (n->external ? EXTERNAL_LEAST : 1);
}

/* What is known of each clock, by node. */
struct tested {
	uint32_t *agree; /* other clocks, summed over all instants */
	int64_t *loose;
	uint32_t most;
};

static bool agrees(const struct tested *t, uint32_t node)
{
	return t && t->agree[node] * 5 >= t->most * 4;
}

/* A clock that drifts or steps does so against all others. */
static bool is_uneven(const struct offsets *o, uint32_t node)
{
	uint32_t uneven = 0;

	for (uint32_t i = 0; i < o->npairs; i++) {
		const struct offset_pair *p = &o->pairs[i];
		double least, most;

		if (p->a != node && p->b != node)
			continue;
		clock_fit_drifts(&p->fit, &least, &most);
		if (p->fit.nruns > 1 || least > 0 || most < 0)
			uneven += p->n;
	}
	return uneven > o->nodes[node].handoffs / 2;
}

static uint32_t best_of(const struct derive *d, const struct offsets *o,
			const struct tested *t)
{
	struct rank best = {0};
	uint32_t at = NONE32;

	for (uint32_t i = 0; i < o->nnodes; i++) {
		const struct offset_node *n = &o->nodes[i];
		struct rank r = {n->external && n->timed,
				 agrees(t, i),
				 t && agrees(t, i) && is_uneven(o, i),
				 n->external,
				 t ? t->loose[i] : 0,
				 n->handoffs,
				 word_text(d, n->name)};

		if (!is_candidate(n) || (t && !n->reached) ||
		    (at != NONE32 && rank_order(&best, &r) <= 0))
			continue;
		best = r;
		at = i;
	}
	return at;
}

void offsets_first_reference(const struct derive *d, struct offsets *o)
{
	o->reference = best_of(d, o, NULL);
}

static bool agree_at(const struct offset_range *a, const struct offset_range *b)
{
	return offset_is_known(a) && offset_is_known(b) &&
	       llabs((a->lo + a->hi) / 2 - (b->lo + b->hi) / 2) <= SAME_CLOCK;
}

/* Counts for each clock the servers whose clocks agree with it. */
static void count_agreeing(const struct offsets *o, struct tested *t,
			   struct offset_range *all)
{
	for (int i = 0; i < INSTANTS; i++) {
		int64_t at = o->from + (o->to - o->from) / (INSTANTS - 1) * i;

		offsets_solve(o, at, at, all);
		for (uint32_t a = 0; a < o->nnodes; a++)
			for (uint32_t b = 0; b < o->nnodes; b++)
				t->agree[a] += a != b &&
					       !o->nodes[b].external &&
					       agree_at(&all[a], &all[b]);
	}
	for (uint32_t i = 0; i < o->nnodes; i++)
		t->most = t->agree[i] > t->most ? t->agree[i] : t->most;
}

/* How well the others would be known by the clock of NODE. */
static int64_t looseness(struct offsets *o, uint32_t node,
			 struct offset_range *all)
{
	int64_t at = o->from + (o->to - o->from) / 2, sum = 0;
	uint32_t kept = o->reference;

	o->reference = node;
	offsets_solve(o, at, at, all);
	o->reference = kept;
	for (uint32_t i = 0; i < o->nnodes; i++) {
		int64_t width = all[i].hi - all[i].lo;

		if (!offset_is_known(&all[i]) || width > US_MINUTE)
			width = US_MINUTE;
		sum += o->nodes[i].external ? 0 : width;
	}
	return sum;
}

/* Times of all fits stand on the reference's clock, which is another one now. */
static void measure_by(struct offsets *o, uint32_t reference)
{
	int64_t moved = o->nodes[reference].coarse;

	for (uint32_t i = 0; i < o->nnodes; i++)
		o->nodes[i].coarse -= moved;
	for (uint32_t i = 0; i < o->npairs; i++)
		clock_fit_move(&o->pairs[i].fit, moved);
	o->from += moved;
	o->to += moved;
	o->reference = reference;
}

void offsets_best_reference(const struct derive *d, struct offsets *o)
{
	struct offset_range *all;
	struct tested t = {0};
	uint32_t left = COMPARED;

	if (o->reference == NONE32 || o->from == TIME_NONE)
		return;
	all = mem_alloc(o->nnodes * sizeof *all);
	t.agree = mem_alloc(o->nnodes * sizeof *t.agree);
	t.loose = mem_alloc(o->nnodes * sizeof *t.loose);
	count_agreeing(o, &t, all);
	for (uint32_t i = 0; i < o->nnodes; i++) {
		t.loose[i] = INT64_MAX;
		if (o->nodes[i].reached && agrees(&t, i) && left) {
			t.loose[i] = looseness(o, i, all);
			left--;
		}
	}
	measure_by(o, best_of(d, o, &t));
	free(t.agree);
	free(t.loose);
	free(all);
}
