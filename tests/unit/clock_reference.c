/* SPDX-License-Identifier: MIT */
/* By which clock others are measured: not by the one that most mail passes if it
 * is wrong, steps or drifts, while others agree. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define SERVERS 4

/* Mail goes from one of the three right servers to the hub, from there to another
 * one of them, and to the third without the hub. HUB is what the hub's clock shows
 * when it is AT. */
static void add_message(struct strbuf log[SERVERS], int i, double at,
                        double hub)
{
	static const char *const name[] = {"mx", "store", "out"};
	int from = i % 3, to = (i + 1) % 3, third = (i + 2) % 3;

	strbuf_addf(&log[from], "@%.3f %s q=A%d do=accept roles=opens\n", at,
	            name[from], i);
	strbuf_addf(&log[from], "@%.3f %s q=A%d do=relay roles=attempt code=250 "
	            "recipient=b@x.example relay_name=hub.x.example transfer=0.4 "
	            "next_queue_id=B%d reply=250_queued_as_B%d\n",
	            at + 0.4, name[from], i, i, i);
	strbuf_addf(&log[from], "@%.3f %s q=A%d do=relay roles=attempt code=250 "
	            "recipient=c@x.example relay_name=%s.x.example transfer=0.4 "
	            "next_queue_id=D%d reply=250_queued_as_D%d\n",
	            at + 0.5, name[from], i, name[third], i, i);
	strbuf_addf(&log[third], "@%.3f %s q=D%d do=accept roles=opens\n",
	            at + 0.3, name[third], i);
	strbuf_addf(&log[3], "@%.3f hub q=B%d do=accept roles=opens\n",
	            hub + 0.2, i);
	strbuf_addf(&log[3], "@%.3f hub q=B%d do=relay roles=attempt code=250 "
	            "recipient=b@x.example relay_name=%s.x.example transfer=0.4 "
	            "next_queue_id=C%d reply=250_queued_as_C%d\n",
	            hub + 0.9, i, name[to], i, i);
	strbuf_addf(&log[to], "@%.3f %s q=C%d do=accept roles=opens\n",
	            at + 0.7, name[to], i);
}

/* A clock that is OFF at first, gains RATE per second and STEP later. */
static void make(struct rows *r, double off, double rate, double step)
{
	struct strbuf log[SERVERS] = { { 0 } };

	rows_init(r);
	for (int i = 0; i < 120; i++) {
		double t = 4.0 * i, error = off + rate * t;

		add_message(log, i, 1792888200 + t,
		            1792888200 + t + error + (i < 45 ? 0 : step));
	}
	for (int i = 0; i < SERVERS; i++) {
		rows_add(r, strbuf_text(&log[i]), 50);
		strbuf_release(&log[i]);
	}
	rows_derive(r);
}

/* The right ones hold 0; the hub's rows span LEAST … MOST. None is wide but for the
 * few seconds in which a clock STEPS. */
static void check(const struct rows *r, double least, double most, int steps)
{
	double lo = 1e9, hi = -1e9;
	int wide = 0;

	for (size_t i = 0; i < r->nclocks; i++) {
		const struct clock_row *c = &r->clocks[i];

		assert_string_not_equal(rows_word(r, c->reference), "hub");
		assert_true(c->lo != TIME_NONE && c->hi != TIME_NONE);
		wide += c->hi - c->lo > 2000000;
		if (strcmp(rows_word(r, c->server), "hub") != 0) {
			assert_true(c->lo <= 0 && c->hi >= 0);
			continue;
		}
		lo = (double)c->lo / 1e6 < lo ? (double)c->lo / 1e6 : lo;
		hi = (double)c->hi / 1e6 > hi ? (double)c->hi / 1e6 : hi;
	}
	assert_int_equal(wide, steps);
	assert_true(lo <= least && lo >= least - 1);
	assert_true(hi >= most && hi <= most + 1);
}

static void test_wrong_hub(void **state)
{
	struct rows r;

	(void)state;
	make(&r, -94, 0, 0);
	check(&r, -94, -94, 0);
	rows_release(&r);
}

static void test_drifting_hub(void **state)
{
	struct rows r;

	(void)state;
	make(&r, 0, 0.02, 0);
	check(&r, 0, 9.52, 0);
	rows_release(&r);
}

static void test_stepping_hub(void **state)
{
	struct rows r;

	(void)state;
	make(&r, 0, 0, 75);
	check(&r, 0, 75, 1);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_hub),
		cmocka_unit_test(test_drifting_hub),
		cmocka_unit_test(test_stepping_hub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
