/* SPDX-License-Identifier: MIT */
/* Zones and clocks of servers out of handoffs: three servers in three zones whose
 * clocks differ, ids of one's own clock, and what nothing tells of. */
#include "base/alloc.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* 14 March 2026, 09:15:00Z. mail1 is right and writes UTC; edge is 2.4 s ahead and
 * writes CET, neither zone nor year; mx is 7.1 s behind and writes EST. */
static void add_message(struct strbuf log[3], int i)
{
	int at = i * 13 % 2700, ms = i * 377 % 1000; /* of mail1's delivery */
	int edge = at * 1000 + ms - 150 + 2400, out = edge + 900;
	int mx = out - 400 - 2400 - 7100, id = i + 1;

	edge /= 1000, out /= 1000, mx = mx / 1000 - (mx % 1000 < 0);
	strbuf_addf(&log[0], "@%d mail1 q=A%d do=accept roles=opens\n",
	            1773479700 + at, id);
	strbuf_addf(&log[0], "@%d mail1 q=A%d do=relay roles=attempt code=250 "
	            "recipient=b@x.example relay_name=edge.x.example "
	            "transfer=0.4 next_queue_id=B%d reply=250_queued_as_B%d\n",
	            1773479700 + at, id, id, id);
	strbuf_addf(&log[1], "~031410%02d%02d edge q=B%d do=accept roles=opens\n",
	            15 + edge / 60, edge % 60, id);
	strbuf_addf(&log[1], "~031410%02d%02d edge q=B%d do=relay roles=attempt "
	            "code=250 recipient=b@x.example relay_name=mx.y.example "
	            "transfer=1.1 next_queue_id=C%d reply=250_OK_id=C%d\n",
	            15 + out / 60, out % 60, id, id, id);
	strbuf_addf(&log[2], "=202603140%d%02d%02d mx q=C%d do=accept roles=opens\n",
	            4 + (15 * 60 + mx) / 3600, (15 * 60 + mx) / 60 % 60,
	            (mx % 60 + 60) % 60, id);
}

static void make(struct rows *r, int n)
{
	struct strbuf log[3] = { { 0 } };

	rows_init(r);
	for (int i = 0; i < n; i++)
		add_message(log, i);
	for (int i = 0; i < 3; i++) {
		rows_add(r, strbuf_text(&log[i]), 50);
		strbuf_release(&log[i]);
	}
	rows_shuffle(r, 3);
	rows_derive(r);
}

static const struct stretch *zone_of(const struct rows *r, uint32_t source)
{
	for (size_t i = 0; i < r->nstretches; i++)
		if (r->stretches[i].source == source)
			return &r->stretches[i];
	return NULL;
}

static void check_offset(const struct rows *r, const char *server, double truth,
                         double widest)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nclocks; i++) {
		const struct clock_row *c = &r->clocks[i];

		if (strcmp(rows_word(r, c->server), server) != 0)
			continue;
		n++;
		assert_true(c->lo != TIME_NONE && c->hi != TIME_NONE);
		assert_true((double)c->lo / 1e6 <= truth + 1e-9);
		assert_true((double)c->hi / 1e6 >= truth - 1e-9);
		assert_true((double)(c->hi - c->lo) / 1e6 <= widest);
		assert_string_equal(rows_word(r, c->reference), "edge");
		assert_true(c->drift == 0);
	}
	assert_int_equal(n, 1);
}

static void test_three_zones(void **state)
{
	struct rows r;

	(void)state;
	make(&r, 200);
	assert_int_equal(zone_of(&r, 2)->zone_basis, BASIS_HANDOFF);
	assert_string_equal(zone_of(&r, 2)->zone, "+01:00");
	assert_int_equal(zone_of(&r, 2)->year, 2026);
	assert_int_equal(zone_of(&r, 3)->zone_basis, BASIS_HANDOFF);
	assert_string_equal(zone_of(&r, 3)->zone, "-05:00");
	check_offset(&r, "edge", 0, 0);
	check_offset(&r, "mail1", -2.4, 2);
	check_offset(&r, "mx", -9.5, 2.5);
	rows_release(&r);
}

/* One message says the same, less well. */
static void test_one_message(void **state)
{
	struct rows r;

	(void)state;
	make(&r, 1);
	assert_string_equal(zone_of(&r, 2)->zone, "+01:00");
	assert_string_equal(zone_of(&r, 3)->zone, "-05:00");
	check_offset(&r, "mail1", -2.4, 2.6);
	check_offset(&r, "mx", -9.5, 3.3);
	rows_release(&r);
}

/* Without a handoff nothing is said; the own ids of a log are its own clock. */
static void test_nothing_told(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, "@1000 mx1 q=A1 do=accept roles=opens id_time=1007.5\n"
	             "@1001 mx1 q=A2 do=accept roles=opens id_time=1008.5\n", 9);
	rows_derive(&r);
	assert_int_equal(r.nclocks, 1);
	assert_true(r.clocks[0].lo == TIME_NONE && r.clocks[0].hi == TIME_NONE);
	assert_int_equal(r.clocks[0].n, 0);
	assert_string_equal(rows_word(&r, r.clocks[0].reference), "");
	assert_int_equal(r.clocks[0].from_line, 1);
	rows_release(&r);
}

/* The end of summer time within a file that says no zone: the votes of ids change
 * at some line, the clock itself jumped at another one. */
static void test_summer_time(void **state)
{
	struct strbuf log = { 0 };
	struct rows r;

	(void)state;
	/* 00:30Z … 01:29Z is 02:30 … 02:59, then 02:00 … 02:29 */
	for (int i = 0; i < 60; i++) {
		int minute = i < 30 ? 30 + i : i - 30;

		strbuf_addf(&log, "=2026102502%02d00 mx1 q=A%d do=accept "
		            "roles=opens", minute, i);
		if (i < 20 || i > 45)
			strbuf_addf(&log, " id_time=%d.2",
			            1792888200 + 60 * i);
		strbuf_add_char(&log, '\n');
	}
	rows_init(&r);
	rows_add(&r, strbuf_text(&log), 7);
	rows_derive(&r);
	assert_int_equal(r.nstretches, 2);
	assert_string_equal(r.stretches[0].zone, "+02:00");
	assert_string_equal(r.stretches[1].zone, "+01:00");
	assert_int_equal(r.stretches[1].from_line, 31);
	assert_int_equal(r.nclocks, 2);
	assert_int_equal(r.ncoverage, 1);
	rows_release(&r);
	strbuf_release(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_zones),
		cmocka_unit_test(test_one_message),
		cmocka_unit_test(test_nothing_told),
		cmocka_unit_test(test_summer_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
