/* SPDX-License-Identifier: MIT */
/* Answers about clocks that pass bounds by: they are those of a walk over all. */
#include "base/alloc.h"
#include "base/civil.h"
#include "model/trace/clock_fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define START (INT64_C(1790000000) * US_SECOND)
#define POINTS 3000

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* A clock that wanders slowly and never contradicts itself. */
static void make(struct clock_fit *f, uint64_t seed)
{
	struct clock_bound *list = mem_alloc(POINTS * sizeof *list);
	int64_t t = START;

	for (size_t i = 0; i < POINTS; i++) {
		struct clock_bound *b = &list[i];
		unsigned kind = (unsigned)(next(&seed) % 10);

		t += (int64_t)(next(&seed) % (40 * US_SECOND));
		b->time = t;
		b->lo = kind == 0 ? -OFFSET_OPEN
		                  : -(int64_t)(next(&seed) % US_SECOND) - 1000;
		b->hi = kind == 1 ? OFFSET_OPEN
		                  : (int64_t)(next(&seed) % US_SECOND) + 1000;
		b->n = 1 + (uint32_t)(next(&seed) % 3);
	}
	clock_fit_make(f, list, POINTS);
}

static uint32_t count(const struct clock_fit *f, int64_t from, int64_t to)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->bounds[i].time >= from && f->bounds[i].time <= to)
			n += f->bounds[i].n;
	return n;
}

static void test_counts(void **state)
{
	struct clock_fit f;
	uint64_t seed = 5;

	(void)state;
	make(&f, 1);
	for (int i = 0; i < 2000; i++) {
		int64_t from = START + (int64_t)(next(&seed) % (60000 * US_SECOND));
		int64_t to = from + (int64_t)(next(&seed) % (9000 * US_SECOND)) -
		             1000 * US_SECOND;

		if (i % 7 == 0) /* an end that is a bound's own time */
			from = to = f.bounds[next(&seed) % f.n].time;
		assert_int_equal(clock_fit_count(&f, from, to),
		                 count(&f, from, to));
	}
	assert_int_equal(clock_fit_count(&f, INT64_MIN, INT64_MAX),
	                 count(&f, INT64_MIN, INT64_MAX));
	clock_fit_release(&f);
}

/* What 192 bounds on either side say of T. */
static void walk(const struct clock_fit *f, int64_t t, int64_t *lo, int64_t *hi)
{
	size_t at = 0, from, to;
	double least = -(double)OFFSET_OPEN, most = (double)OFFSET_OPEN;

	while (at < f->n && f->bounds[at].time < t)
		at++;
	from = at > 192 ? at - 192 : 0;
	to = at + 192 < f->n ? at + 192 : f->n;
	for (size_t i = from; i < to; i++) {
		const struct clock_bound *b = &f->bounds[i];
		double slack = CLOCK_WANDER * fabs((double)(b->time - t));

		if (b->lo > -OFFSET_OPEN)
			least = fmax(least, (double)b->lo - slack);
		if (b->hi < OFFSET_OPEN)
			most = fmin(most, (double)b->hi + slack);
	}
	*lo = (int64_t)llround(least);
	*hi = (int64_t)llround(most);
}

static void test_intervals(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 6; seed++) {
		struct clock_fit f;
		uint64_t other = seed * 77;

		make(&f, seed);
		assert_int_equal(f.nruns, 1);
		assert_true(f.runs[0].drift == 0 &&
		            f.runs[0].slow == f.runs[0].fast);
		for (int i = 0; i < 3000; i++) {
			int64_t t = START - 5000 * US_SECOND +
			            (int64_t)(next(&other) % (70000 * US_SECOND));
			int64_t lo, hi, a, z;

			assert_true(clock_fit_at(&f, t, t, &lo, &hi));
			walk(&f, t, &a, &z);
			assert_int_equal(lo, a);
			assert_int_equal(hi, z);
		}
		clock_fit_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
