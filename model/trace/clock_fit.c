/* SPDX-License-Identifier: MIT */
/* Intervals at given times, made into runs of an even clock (TRACE §4). */
#include "model/trace/clock_fit.h"

#include "base/alloc.h"
#include "base/civil.h"

#include <math.h>
#include <stdlib.h>

#define POINTS 2048               /* of a pair of servers, after thinning */
#define BUCKET (5 * US_SECOND)    /* at least */
#define NEAR 192                  /* points looked at to either side */
#define LOOK_AHEAD 4              /* that must fit for one to be left out */
#define LINE_LEAST 6              /* points that a drift must explain */
#define STILL 0.6 /* a clock that stands still leaves nearly as much room as the
		     best drift; if not, drifts are allowed for */
#define GRID 8                    /* places of an interval that are tried */

static int bound_order(const void *a, const void *b)
{
	const struct clock_bound *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return (x->hi > y->hi) - (x->hi < y->hi);
}

/* Thinning ------------------------------------------------------------------ */

struct edge {
	int64_t at;
	int step; /* +1 an interval begins, -1 it has ended */
};

static int edge_order(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return y->step - x->step; /* begins before it ends: ends are included */
}

/* A point that lies in most of N intervals. */
static int64_t in_most(const struct clock_bound *b, size_t n)
{
	struct edge *e = mem_alloc(2 * n * sizeof *e);
	int64_t best = b->lo;
	int depth = 0, most = 0;

	for (size_t i = 0; i < n; i++) {
		e[2 * i] = (struct edge){b[i].lo, 1};
		e[2 * i + 1] = (struct edge){b[i].hi, -1};
	}
	qsort(e, 2 * n, sizeof *e, edge_order);
	for (size_t i = 0; i < 2 * n; i++) {
		depth += e[i].step;
		if (depth > most) {
			most = depth;
			best = e[i].at;
		}
	}
	free(e);
	return best;
}

/* Writes what N bounds of one bucket say together to OUT: the tightest on either
 * side, each at its own time. */
static size_t take_bucket(const struct clock_bound *b, size_t n,
			  struct clock_bound *out)
{
	int64_t point = n > 2 ? in_most(b, n) : 0;
	struct clock_bound lo = {0, -OFFSET_OPEN, OFFSET_OPEN, 0, 0}, hi = lo;
	size_t made = 0;
	uint32_t held = 0;

	if (n <= 2) {
		memcpy(out, b, n * sizeof *out);
		return n;
	}
	for (size_t i = 0; i < n; i++) {
		if (b[i].lo > point || b[i].hi < point)
			continue;
		held += b[i].n;
		if (b[i].lo > lo.lo)
			lo = (struct clock_bound){b[i].time, b[i].lo,
						  OFFSET_OPEN, 0, 0};
		if (b[i].hi < hi.hi)
			hi = (struct clock_bound){b[i].time, -OFFSET_OPEN,
						  b[i].hi, 0, 0};
	}
	if (lo.lo > -OFFSET_OPEN)
		out[made++] = lo;
	if (hi.hi < OFFSET_OPEN)
		out[made++] = hi;
	if (made)
		out[0].n = held;
	if (made == 2 && out[1].time < out[0].time) {
		struct clock_bound x = out[0];

		out[0] = out[1];
		out[1] = x;
	}
	return made;
}

static void thin(struct clock_fit *f)
{
	int64_t span = f->n ? f->bounds[f->n - 1].time - f->bounds[0].time : 0;
	int64_t bucket = span / (POINTS / 2) > BUCKET ? span / (POINTS / 2)
						      : BUCKET;
	struct clock_bound *out = mem_alloc((f->n + 2) * sizeof *out);
	size_t n = 0;

	for (size_t i = 0; i < f->n;) {
		size_t from = i;

		while (i < f->n &&
		       f->bounds[i].time - f->bounds[from].time < bucket)
			i++;
		n += take_bucket(f->bounds + from, i - from, out + n);
	}
	free(f->bounds);
	f->bounds = out;
	f->n = n;
}

/* Whether an even clock holds ------------------------------------------------ */

/* With slope B: the least and greatest that the difference can be at time T,
 * for what bounds FROM … TO-1 say. */
static void range_at(const struct clock_bound *b, size_t from, size_t to,
		     double slope, int64_t t, double *lo, double *hi)
{
	*lo = -(double)OFFSET_OPEN;
	*hi = (double)OFFSET_OPEN;
	for (size_t i = from; i < to; i++) {
		double off = (double)(b[i].time - t);
		double slack = CLOCK_WANDER * fabs(off);
		double x = (double)b[i].lo - slope * off - slack;
		double y = (double)b[i].hi - slope * off + slack;

		if (b[i].lo > -OFFSET_OPEN && x > *lo)
			*lo = x;
		if (b[i].hi < OFFSET_OPEN && y < *hi)
			*hi = y;
	}
}

static double room(const struct clock_bound *b, size_t from, size_t to,
		   double slope)
{
	double lo, hi;

	range_at(b, from, to, slope, b[from + (to - from) / 2].time, &lo, &hi);
	return hi - lo;
}

/* The slope that leaves most room: room is a concave function of it, or nearly
 * so. */
static double best_slope(const struct clock_bound *b, size_t from, size_t to)
{
	double lo = -CLOCK_DRIFT, hi = CLOCK_DRIFT;

	for (int i = 0; i < 48; i++) {
		double x = lo + (hi - lo) / 3, y = hi - (hi - lo) / 3;

		if (room(b, from, to, x) < room(b, from, to, y))
			lo = x;
		else
			hi = y;
	}
	return (lo + hi) / 2;
}

/* From GOOD, which leaves room, towards END: the last slope that does. */
static double last_slope(const struct clock_bound *b, size_t from, size_t to,
			 double good, double end)
{
	if (room(b, from, to, end) >= 0)
		return end;
	for (int i = 0; i < 40; i++) {
		double mid = (good + end) / 2;

		if (room(b, from, to, mid) >= 0)
			good = mid;
		else
			end = mid;
	}
	return good;
}

static bool is_even(const struct clock_bound *b, size_t from, size_t to)
{
	double lo, hi;

	range_at(b, from, to, 0, b[from + (to - from) / 2].time, &lo, &hi);
	return lo <= hi || room(b, from, to, best_slope(b, from, to)) >= 0;
}

/* How far the bounds from FIRST hold together without any drift. Bounds that
 * wander apart are compared pairwise by their extremes: lo + wander * t of the
 * past against hi + wander * t of the new one. */
static size_t reach_constant(const struct clock_bound *b, size_t n,
			     size_t first)
{
	double least = INFINITY, most = -INFINITY;
	size_t i;

	for (i = first; i < n; i++) {
		double t = CLOCK_WANDER * (double)(b[i].time - b[first].time);
		double lo = (double)b[i].lo, hi = (double)b[i].hi;

		if (lo > least + t || hi < most - t || lo > hi)
			break;
		if (b[i].hi < OFFSET_OPEN && hi - t < least)
			least = hi - t;
		if (b[i].lo > -OFFSET_OPEN && lo + t > most)
			most = lo + t;
	}
	return i;
}

/* The same with a drift: doubling steps, then halving ones. */
static size_t reach_even(const struct clock_bound *b, size_t n, size_t first,
			 size_t known)
{
	size_t good = known, step = 4, bad;

	while (good + step < n && is_even(b, first, good + step)) {
		good += step;
		step *= 2;
	}
	bad = good + step < n ? good + step : n + 1;
	if (bad > n && is_even(b, first, n))
		return n;
	while (bad - good > 1) {
		size_t mid = good + (bad - good) / 2;

		if (mid <= n && is_even(b, first, mid))
			good = mid;
		else
			bad = mid;
	}
	return good;
}

/* Runs ------------------------------------------------------------------------ */

/* Whether bound AT contradicts its neighbours, which agree among themselves. */
static bool is_alone(struct clock_bound *b, size_t n, size_t first, size_t at)
{
	struct clock_bound kept = b[at];
	size_t until = at + 1 + LOOK_AHEAD < n ? at + 1 + LOOK_AHEAD : n;
	bool alone;

	if (at <= first || at + 1 >= n)
		return false;
	b[at].lo = -OFFSET_OPEN;
	b[at].hi = OFFSET_OPEN;
	alone = reach_constant(b, until, first) == until ||
		is_even(b, first, until);
	if (!alone)
		b[at] = kept;
	return alone;
}

static void add_run(struct clock_fit *f, size_t first, size_t end,
		    uint32_t left_out)
{
	struct clock_run *r;
	double slope, best, still;

	GROW(f->runs, f->nruns, f->cruns);
	r = &f->runs[f->nruns++];
	*r = (struct clock_run){
		.first = first,
		.n = end - first,
		.from = f->bounds[first].time,
		.to = f->bounds[end - 1].time,
		.left_out = left_out,
		.least = -CLOCK_DRIFT,
		.most = CLOCK_DRIFT,
	};
	for (size_t i = first; i < end; i++)
		r->handoffs += f->bounds[i].n;
	if (r->n < LINE_LEAST)
		return;
	slope = best_slope(f->bounds, first, end);
	best = room(f->bounds, first, end, slope);
	still = room(f->bounds, first, end, 0);
	if (best < 0)
		return;
	r->least = last_slope(f->bounds, first, end, slope, -CLOCK_DRIFT);
	r->most = last_slope(f->bounds, first, end, slope, CLOCK_DRIFT);
	if (still > best * STILL)
		return;
	r->slow = r->least;
	r->fast = r->most;
	if (r->slow > 0 || r->fast < 0)
		r->drift = slope;
}

static size_t reach(struct clock_bound *b, size_t n, size_t first)
{
	size_t still = reach_constant(b, n, first), even;

	if (still == n || still == first)
		return still;
	even = reach_even(b, n, first, still);
	/* a drift must explain more than a clock that stands still */
	if (even >= first + LINE_LEAST && even >= still + LOOK_AHEAD &&
	    (even == n || even - first > (still - first) * 5 / 4))
		return even;
	return still;
}

static void split(struct clock_fit *f)
{
	for (size_t first = 0; first < f->n;) {
		size_t end = reach(f->bounds, f->n, first);
		uint32_t left_out = 0;

		while (end < f->n && is_alone(f->bounds, f->n, first, end)) {
			left_out += f->bounds[end].n;
			f->bounds[end].n = 0;
			end = reach(f->bounds, f->n, first);
		}
		if (end == first) { /* LO above HI: says nothing */
			f->bounds[first].lo = -OFFSET_OPEN;
			f->bounds[first].hi = OFFSET_OPEN;
			f->bounds[first].n = 0;
			continue;
		}
		add_run(f, first, end, left_out);
		first = end;
	}
}

static void make_columns(struct clock_fit *f)
{
	struct clock_columns *c = &f->columns;
	size_t blocks = f->n / CLOCK_BLOCK + 1;

	c->time = mem_alloc((f->n + 1) * sizeof *c->time);
	c->lo = mem_alloc((f->n + 1) * sizeof *c->lo);
	c->hi = mem_alloc((f->n + 1) * sizeof *c->hi);
	c->most = mem_alloc(blocks * sizeof *c->most);
	c->least = mem_alloc(blocks * sizeof *c->least);
	c->before = mem_alloc((f->n + 1) * sizeof *c->before);
	for (size_t i = 0; i < blocks; i++) {
		c->most[i] = -INFINITY;
		c->least[i] = INFINITY;
	}
	for (size_t i = 0; i < f->n; i++) {
		const struct clock_bound *b = &f->bounds[i];
		size_t k = i / CLOCK_BLOCK;

		c->time[i] = (double)b->time;
		c->lo[i] = b->lo > -OFFSET_OPEN ? (double)b->lo : -INFINITY;
		c->hi[i] = b->hi < OFFSET_OPEN ? (double)b->hi : INFINITY;
		c->most[k] = fmax(c->most[k], c->lo[i]);
		c->least[k] = fmin(c->least[k], c->hi[i]);
		c->before[i + 1] = c->before[i] + b->n;
	}
}

static void free_columns(struct clock_columns *c)
{
	free(c->time);
	free(c->lo);
	free(c->hi);
	free(c->most);
	free(c->least);
	free(c->before);
}

void clock_fit_make(struct clock_fit *f, struct clock_bound *bounds, size_t n)
{
	*f = (struct clock_fit){.bounds = bounds, .n = n};
	if (!n)
		return;
	qsort(bounds, n, sizeof *bounds, bound_order);
	thin(f);
	split(f);
	make_columns(f);
}

bool clock_fit_drifts(const struct clock_fit *f, double *least, double *most)
{
	*least = -CLOCK_DRIFT;
	*most = CLOCK_DRIFT;
	for (size_t i = 0; i < f->nruns; i++) {
		*least = fmax(*least, f->runs[i].least);
		*most = fmin(*most, f->runs[i].most);
	}
	return *least <= *most && (*least > -CLOCK_DRIFT || *most < CLOCK_DRIFT);
}

void clock_fit_limit(struct clock_fit *f, double least, double most)
{
	for (size_t i = 0; i < f->nruns; i++) {
		struct clock_run *r = &f->runs[i];
		bool still = r->slow == r->fast && r->drift == 0;
		double slow = fmax(least, still ? r->least : r->slow);
		double fast = fmin(most, still ? r->most : r->fast);

		if (slow > fast || (still && slow <= 0 && fast >= 0))
			continue;
		r->slow = slow;
		r->fast = fast;
		if (slow > 0 || fast < 0)
			r->drift = (slow + fast) / 2;
	}
}

void clock_fit_move(struct clock_fit *f, int64_t us)
{
	for (size_t i = 0; i < f->n; i++)
		f->bounds[i].time += us;
	for (size_t i = 0; i < f->nruns; i++) {
		f->runs[i].from += us;
		f->runs[i].to += us;
	}
}

void clock_fit_release(struct clock_fit *f)
{
	free(f->bounds);
	free(f->runs);
	free_columns(&f->columns);
	*f = (struct clock_fit){0};
}

/* Answers --------------------------------------------------------------------- */

/* The greatest that the difference can be at T over all slopes of the run, with
 * SIGN -1 the least, negated: a concave function of the slope. */
static double extreme(const struct clock_bound *b, size_t from, size_t to,
		      const struct clock_run *r, int64_t t, int sign)
{
	double a = r->slow, z = r->fast, lo, hi;

	for (int i = 0; i < 40 && z - a > 1e-9; i++) {
		double x = a + (z - a) / 3, y = z - (z - a) / 3, fx, fy;

		range_at(b, from, to, x, t, &lo, &hi);
		fx = sign > 0 ? hi : -lo;
		range_at(b, from, to, y, t, &lo, &hi);
		fy = sign > 0 ? hi : -lo;
		if (fx < fy)
			a = x;
		else
			z = y;
	}
	range_at(b, from, to, (a + z) / 2, t, &lo, &hi);
	return sign > 0 ? hi : -lo;
}

/* The first bound of LO..HI-1 that is not before T. */
static size_t bound_at(const struct clock_fit *f, size_t lo, size_t hi, int64_t t)
{
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->bounds[mid].time < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t clock_fit_count(const struct clock_fit *f, int64_t from, int64_t to)
{
	size_t first = bound_at(f, 0, f->n, from), end = first;

	if (!f->n || to < from)
		return 0;
	if (to < INT64_MAX)
		end = bound_at(f, first, f->n, to + 1);
	else
		end = f->n;
	return f->columns.before[end] - f->columns.before[first];
}

/* Narrows LO..HI by bounds FROM … TO-1, each as range_at has it. */
static void narrow(const struct clock_columns *c, size_t from, size_t to,
		   double slope, double t, double *lo, double *hi)
{
	double least = *lo, most = *hi;

	for (size_t i = from; i < to; i++) {
		double off = c->time[i] - t;
		double slack = CLOCK_WANDER * fabs(off);
		double x = c->lo[i] - slope * off - slack;
		double y = c->hi[i] - slope * off + slack;

		least = x > least ? x : least;
		most = y < most ? y : most;
	}
	*lo = least;
	*hi = most;
}

/* range_at of a clock that stands still, from the bounds at AT outwards: those of
 * a block say no more than its extremes would at its nearest end. */
static void range_still(const struct clock_fit *f, size_t from, size_t to,
			size_t at, int64_t when, double *lo, double *hi)
{
	const struct clock_columns *c = &f->columns;
	size_t mid = at < to ? at : to - 1, first, end;
	double t = (double)when;

	*lo = -(double)OFFSET_OPEN;
	*hi = (double)OFFSET_OPEN;
	first = mid / CLOCK_BLOCK * CLOCK_BLOCK;
	end = first + CLOCK_BLOCK < to ? first + CLOCK_BLOCK : to;
	first = first > from ? first : from;
	narrow(c, first, end, 0, t, lo, hi);
	while (first > from) {
		size_t k = (first - 1) / CLOCK_BLOCK, next = k * CLOCK_BLOCK;
		double slack = CLOCK_WANDER * fabs(c->time[first - 1] - t);

		next = next > from ? next : from;
		if (c->most[k] - slack > *lo || c->least[k] + slack < *hi)
			narrow(c, next, first, 0, t, lo, hi);
		first = next;
	}
	while (end < to) {
		size_t k = end / CLOCK_BLOCK, next = (k + 1) * CLOCK_BLOCK;
		double slack = CLOCK_WANDER * fabs(c->time[end] - t);

		next = next < to ? next : to;
		if (c->most[k] - slack > *lo || c->least[k] + slack < *hi)
			narrow(c, end, next, 0, t, lo, hi);
		end = next;
	}
}

static void run_at(const struct clock_fit *f, const struct clock_run *r,
		   int64_t t, double *lo, double *hi)
{
	size_t end = r->first + r->n, at = bound_at(f, r->first, end, t);
	size_t from = at > r->first + NEAR ? at - NEAR : r->first;
	size_t to = at + NEAR < end ? at + NEAR : end;

	if (r->slow == r->fast) {
		if (r->drift == 0 && from < to)
			range_still(f, from, to, at, t, lo, hi);
		else
			range_at(f->bounds, from, to, r->drift, t, lo, hi);
		return;
	}
	*hi = extreme(f->bounds, from, to, r, t, 1);
	*lo = -extreme(f->bounds, from, to, r, t, -1);
}

/* Widens LO..HI by what R says of FROM..TO. */
static void widen(const struct clock_fit *f, const struct clock_run *r,
		  int64_t from, int64_t to, double *lo, double *hi)
{
	int64_t step = (to - from) / GRID;
	double steep = fmax(fabs(r->slow), fabs(r->fast)) + CLOCK_WANDER;
	/* between two places of the grid; a drift is met at both ends */
	double between = (r->slow == r->fast ? CLOCK_WANDER : steep) *
			 (double)step / 2;

	for (int i = 0; i <= GRID; i++) {
		double a, z;

		run_at(f, r, from + step * i, &a, &z);
		*lo = fmin(*lo, a - between);
		*hi = fmax(*hi, z + between);
		if (!step)
			return;
	}
}

static int64_t whole(double x)
{
	if (x <= -(double)OFFSET_OPEN || x >= (double)OFFSET_OPEN)
		return x < 0 ? -OFFSET_OPEN : OFFSET_OPEN;
	return (int64_t)llround(x);
}

bool clock_fit_at(const struct clock_fit *f, int64_t from, int64_t to,
		  int64_t *lo, int64_t *hi)
{
	double least = INFINITY, most = -INFINITY;

	for (size_t i = 0; i < f->nruns; i++) {
		const struct clock_run *r = &f->runs[i];
		int64_t since = i ? f->runs[i - 1].to : INT64_MIN;
		int64_t until =
			i + 1 < f->nruns ? f->runs[i + 1].from : INT64_MAX;

		/* a step lies anywhere between two runs */
		if (from >= until || to <= since)
			continue;
		widen(f, r, from > since ? from : since,
		      to < until ? to : until, &least, &most);
	}
	if (least > most)
		return false;
	*lo = whole(least);
	*hi = whole(most);
	return true;
}

const struct clock_run *clock_fit_run(const struct clock_fit *f, int64_t from,
				      int64_t to)
{
	const struct clock_run *best = NULL;
	int64_t most = INT64_MIN;

	for (size_t i = 0; i < f->nruns; i++) {
		const struct clock_run *r = &f->runs[i];
		int64_t a = r->from > from ? r->from : from;
		int64_t z = r->to < to ? r->to : to;

		if (z - a > most) {
			most = z - a;
			best = r;
		}
	}
	return best;
}
