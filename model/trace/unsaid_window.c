/* SPDX-License-Identifier: MIT */
/* Within which time the next server must have taken a message: as near as the
 * clocks are known from exact links, else as far as clocks were found wrong. */
#include "base/alloc.h"
#include "model/trace/unsaid.h"

#define CLOCKS_OFF (15 * US_MINUTE)
#define ZONES_OFF (26 * US_HOUR)
#define START_UNKNOWN (10 * US_MINUTE)
#define LATE (2 * US_SECOND) /* stamps lack the fraction, lines are late */
#define BUCKET (10 * US_SECOND)

/* All clocks at about that time of the reference. */
static const struct offset_range *solve(struct unsaid *u, int64_t at)
{
	const struct offsets *o = &u->d->offsets;
	int64_t bucket = at / BUCKET + 1;
	struct solved *s = &u->solved[(uint64_t)bucket % BUCKETS];

	if (s->bucket == bucket && s->all)
		return s->all;
	if (!s->all)
		s->all = mem_alloc(o->nnodes * sizeof *s->all + 1);
	s->bucket = bucket;
	offsets_solve(o, at, at, s->all);
	return s->all;
}

/* What exact links say of clock(B) - clock(A) at A's time AT. */
static bool clocks_differ(struct unsaid *u, uint32_t a, uint32_t b, int64_t at,
			  int64_t *lo, int64_t *hi)
{
	const struct offsets *o = &u->d->offsets;
	uint32_t x = offsets_node(o, a), y = offsets_node(o, b);
	const struct offset_range *all;

	*lo = *hi = 0;
	if (a == b)
		return true;
	if (x == NONE32 || y == NONE32 || o->reference == NONE32 ||
	    !o->nodes[x].reached || !o->nodes[y].reached)
		return false;
	all = solve(u, at - o->nodes[x].coarse);
	if (!offset_is_known(&all[x]) || !offset_is_known(&all[y]))
		return false;
	*lo = all[y].lo - all[x].hi;
	*hi = all[y].hi - all[x].lo;
	return *lo <= *hi;
}

bool unsaid_window(struct unsaid *u, const struct left *l, uint32_t server,
		   int64_t *from, int64_t *to)
{
	const struct derive *d = u->d;
	const struct txn *t = &d->txns[l->txn];
	const uint32_t *known = map_find(&u->servers, server + UINT64_C(1));
	bool assumed = d->atts[l->att].assumed || (known && *known == 2);
	struct instant w;
	int64_t lo, hi;

	if (!known || !offsets_handing(d, t, l->att, &w))
		return false;
	if (w.lo <= -OFFSET_OPEN)
		w.lo = w.hi - START_UNKNOWN;
	if (!clocks_differ(u, t->server, server, w.hi, &lo, &hi)) {
		hi = assumed ? ZONES_OFF : CLOCKS_OFF;
		lo = -hi;
	}
	*from = w.lo + lo - LATE;
	*to = w.hi + hi + LATE;
	return true;
}
