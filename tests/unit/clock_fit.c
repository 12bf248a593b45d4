/* SPDX-License-Identifier: MIT */
/* Differences of clocks out of handoffs: standing, drifting, stepping ones, and
 * handoffs that were none. */
#include "base/alloc.h"
#include "base/civil.h"
#include "model/trace/clock_fit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

struct maker {
	struct clock_bound *list;
	size_t n, cap;
	uint64_t random;
};

static int64_t some(struct maker *m, int64_t most)
{
	m->random = m->random * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(m->random >> 33) % most;
}

/* What two logs with whole seconds say of a handoff at T under a difference. */
static void add(struct maker *m, int64_t t, int64_t difference)
{
	int64_t transfer = some(m, US_SECOND / 5);
	int64_t end = t + some(m, US_SECOND / 10), taken = t + difference;
	int64_t a = end / US_SECOND * US_SECOND;
	int64_t b = taken / US_SECOND * US_SECOND;

	GROW(m->list, m->n, m->cap);
	m->list[m->n++] = (struct clock_bound){
		t, b - (a + US_SECOND), b + US_SECOND - (a - transfer - US_SECOND / 10), 1, t
	};
}

#define START (INT64_C(1790000000) * US_SECOND)

static void check(const struct clock_fit *f, int64_t t, int64_t truth,
                  int64_t widest)
{
	int64_t lo, hi;

	assert_true(clock_fit_at(f, t, t, &lo, &hi));
	assert_true(lo <= truth && truth <= hi);
	assert_true(hi - lo <= widest);
}

static void test_standing(void **state)
{
	struct maker m = { .random = 7 };
	struct clock_fit f;
	int64_t lo, hi;

	(void)state;
	for (int i = 0; i < 200; i++)
		add(&m, START + i * 3 * US_SECOND + some(&m, US_SECOND),
		    -94 * US_SECOND);
	clock_fit_make(&f, m.list, m.n);
	assert_int_equal(f.nruns, 1);
	assert_true(f.runs[0].drift == 0);
	for (int i = 0; i < 600; i += 7)
		check(&f, START + i * US_SECOND, -94 * US_SECOND, 2 * US_SECOND);
	assert_true(clock_fit_at(&f, START, START + 600 * US_SECOND, &lo, &hi));
	assert_true(lo <= -94 * US_SECOND && hi >= -94 * US_SECOND);
	clock_fit_release(&f);
}

static void test_drift(void **state)
{
	(void)state;
	for (int ppm = -20000; ppm <= 20000; ppm += 8000) {
		struct maker m = { .random = 7 };
		struct clock_fit f;

		for (int i = 0; i < 160; i++) {
			int64_t at = i * 3 * US_SECOND + some(&m, US_SECOND);

			add(&m, START + at, at / 1000000 * ppm);
		}
		clock_fit_make(&f, m.list, m.n);
		assert_int_equal(f.nruns, 1);
		assert_true(f.runs[0].slow * 1e6 <= ppm &&
		            f.runs[0].fast * 1e6 >= ppm);
		if (abs(ppm) > 10000)
			assert_true(f.runs[0].drift * ppm > 0);
		for (int i = 0; i < 480; i += 7)
			check(&f, START + i * US_SECOND, (int64_t)i * ppm,
			      2 * US_SECOND);
		clock_fit_release(&f);
	}
}

static void test_step(void **state)
{
	struct maker m = { .random = 9 };
	struct clock_fit f;
	int64_t lo, hi;

	(void)state;
	for (int i = 0; i < 100; i++)
		add(&m, START + i * 10 * US_SECOND + some(&m, US_SECOND),
		    i < 50 ? 0 : 60 * US_SECOND);
	clock_fit_make(&f, m.list, m.n);
	assert_int_equal(f.nruns, 2);
	assert_true(f.runs[0].drift == 0 && f.runs[1].drift == 0);
	check(&f, START + 100 * US_SECOND, 0, 2 * US_SECOND);
	check(&f, START + 900 * US_SECOND, 60 * US_SECOND, 2 * US_SECOND);
	/* both, where the step is */
	assert_true(clock_fit_at(&f, START + 400 * US_SECOND,
	                         START + 600 * US_SECOND, &lo, &hi));
	assert_true(lo <= 0 && hi >= 60 * US_SECOND);
	clock_fit_release(&f);
}

/* Handoffs that were joined by mistake are left out, alone or in company. */
static void test_bad_links(void **state)
{
	struct maker m = { .random = 5 };
	struct clock_fit f;

	(void)state;
	for (int i = 0; i < 100; i++)
		add(&m, START + i * 10 * US_SECOND + some(&m, US_SECOND),
		    i % 17 == 3 ? -400 * US_SECOND : 5 * US_SECOND);
	for (int i = 0; i < 10; i++)
		add(&m, START + 500 * US_SECOND, 5 * US_SECOND);
	add(&m, START + 500 * US_SECOND, 777 * US_SECOND);
	clock_fit_make(&f, m.list, m.n);
	assert_int_equal(f.nruns, 1);
	for (int i = 0; i < 1000; i += 50)
		check(&f, START + i * US_SECOND, 5 * US_SECOND, 2 * US_SECOND);
	clock_fit_release(&f);
}

static void test_little(void **state)
{
	struct maker m = { .random = 5 };
	struct clock_fit f;
	int64_t lo, hi;

	(void)state;
	clock_fit_make(&f, NULL, 0);
	assert_false(clock_fit_at(&f, START, START, &lo, &hi));
	assert_null(clock_fit_run(&f, START, START));
	clock_fit_release(&f);
	add(&m, START, 2 * US_SECOND);
	m.list[0].hi = OFFSET_OPEN;
	clock_fit_make(&f, m.list, 1);
	assert_true(clock_fit_at(&f, START, START, &lo, &hi));
	assert_true(hi == OFFSET_OPEN && lo <= 2 * US_SECOND);
	clock_fit_release(&f);
	/* an interval that is none */
	m = (struct maker){ .random = 5 };
	add(&m, START, 0);
	m.list[0].lo = m.list[0].hi + 1;
	clock_fit_make(&f, m.list, 1);
	clock_fit_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_standing), cmocka_unit_test(test_drift),
		cmocka_unit_test(test_step), cmocka_unit_test(test_bad_links),
		cmocka_unit_test(test_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
