/* SPDX-License-Identifier: MIT */
/* How fast each clock runs: what the handoffs of every pair leave possible, put
 * together over all ways from the reference (TRACE §4). */
#include "base/alloc.h"
#include "model/trace/clock_offset.h"
#include "model/trace/derive.h" /* NONE32 */

#include <math.h>

/* Of a pair: the drift of B against A; of a node: against the reference. */
struct drifts {
	double least, most;
	bool known; /* a node: looked at */
};

#define SETTLED 256 /* clocks that are looked at, at most */

static bool tighten(struct drifts *d, double least, double most)
{
	bool any = least > d->least || most < d->most;

	d->least = fmax(d->least, least);
	d->most = fmin(d->most, most);
	return any;
}

/* False if the pairs contradict each other. */
static bool solve(const struct offsets *o, const struct drifts *said,
		  struct drifts *of)
{
	bool any = true;

	for (uint32_t round = 0; any && round <= o->nnodes; round++) {
		any = false;
		for (uint32_t i = 0; i < o->npairs; i++) {
			struct drifts *a = &of[o->pairs[i].a];
			struct drifts *b = &of[o->pairs[i].b];

			if (!said[i].known)
				continue;
			any |= tighten(b, a->least + said[i].least,
				       a->most + said[i].most);
			any |= tighten(a, b->least - said[i].most,
				       b->most - said[i].least);
		}
	}
	for (uint32_t i = 0; i < o->nnodes; i++)
		if (of[i].least > of[i].most)
			return false;
	return true;
}

/* Most clocks run evenly: one does unless what is possible lies clearly to one side. */
#define CLEARLY 0.6

static bool may_be_even(const struct drifts *d)
{
	double mid = (d->least + d->most) / 2;

	return d->least <= 0 && d->most >= 0 &&
	       fabs(mid) <= (d->most - d->least) / 2 * CLEARLY;
}

/* The node not looked at yet of which most is known; NONE32 none. */
static uint32_t best_known(const struct offsets *o, const struct drifts *of)
{
	uint32_t best = NONE32;

	for (uint32_t i = 0; i < o->nnodes; i++)
		if (!of[i].known && o->nodes[i].reached &&
		    (best == NONE32 || of[i].most - of[i].least <
					       of[best].most - of[best].least))
			best = i;
	return best;
}

/* Takes clocks as even one by one, as long as the pairs allow it together. */
static void settle(const struct offsets *o, const struct drifts *said,
		   struct drifts *of)
{
	struct drifts *kept = mem_alloc(o->nnodes * sizeof *kept + 1);
	uint32_t left = SETTLED, i;

	while (left-- && (i = best_known(o, of)) != NONE32) {
		of[i].known = true;
		if (!may_be_even(&of[i]))
			continue;
		memcpy(kept, of, o->nnodes * sizeof *kept);
		of[i].least = of[i].most = 0;
		if (!solve(o, said, of))
			memcpy(of, kept, o->nnodes * sizeof *kept);
	}
	free(kept);
}

void offsets_limit_drifts(struct offsets *o)
{
	struct drifts *said, *of;

	if (o->reference == NONE32)
		return;
	said = mem_alloc(o->npairs * sizeof *said + 1);
	of = mem_alloc(o->nnodes * sizeof *of + 1);
	for (uint32_t i = 0; i < o->npairs; i++)
		said[i].known = clock_fit_drifts(&o->pairs[i].fit,
						 &said[i].least, &said[i].most);
	for (uint32_t i = 0; i < o->nnodes; i++)
		of[i] = (struct drifts){-1, 1, false};
	of[o->reference] = (struct drifts){0, 0, false};
	if (solve(o, said, of)) {
		settle(o, said, of);
		for (uint32_t i = 0; i < o->npairs; i++) {
			const struct drifts *a = &of[o->pairs[i].a];
			const struct drifts *b = &of[o->pairs[i].b];

			clock_fit_limit(&o->pairs[i].fit, b->least - a->most,
					b->most - a->least);
		}
	}
	free(said);
	free(of);
}
