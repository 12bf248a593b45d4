/* SPDX-License-Identifier: MIT */
/* Drifts out of whole seconds: one clock gains, the others are even, and no pair of
 * them by itself tells much. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define SERVERS 4
#define MESSAGES 160
#define START INT64_C(1792888200)

static const char *const names[SERVERS] = {"a", "b", "c", "d"};

/* What server S's clock shows at T, in whole seconds: D is 47 s ahead. */
static long long shown(int s, double t, double rate)
{
	double off = s == 3 ? 47 : s == 2 ? rate * t : 0;

	return START + (long long)(t + off);
}

static void add_message(struct strbuf *log, int i, double rate)
{
	double t = 2.5 * i + i * 37 % 100 / 100.0;
	int from = i % SERVERS, to = (i + 1 + i / SERVERS % 3) % SERVERS;

	strbuf_addf(&log[from], "@%lld %s q=A%d do=accept roles=opens\n",
	            shown(from, t, rate), names[from], i);
	strbuf_addf(&log[from], "@%lld %s q=A%d do=relay roles=attempt code=250 "
	            "recipient=b@x.example relay_name=%s.x.example transfer=0.3 "
	            "next_queue_id=B%d reply=250_queued_as_B%d\n",
	            shown(from, t + 0.3, rate), names[from], i, names[to], i,
	            i);
	strbuf_addf(&log[to], "@%lld %s q=B%d do=accept roles=opens\n",
	            shown(to, t + 0.1, rate), names[to], i);
}

static void make(struct rows *r, double rate)
{
	struct strbuf log[SERVERS] = {{0}};

	rows_init(r);
	for (int i = 0; i < MESSAGES; i++)
		add_message(log, i, rate);
	for (int i = 0; i < SERVERS; i++) {
		rows_add(r, strbuf_text(&log[i]), 50);
		strbuf_release(&log[i]);
	}
	rows_derive(r);
}

static void check(double rate)
{
	struct rows r;

	make(&r, rate);
	for (size_t i = 0; i < r.nclocks; i++) {
		const struct clock_row *c = &r.clocks[i];
		const char *name = rows_word(&r, c->server);
		double from = (double)c->from / 1e6 - (double)START;
		double truth = *name == 'd' ? 47 : 0;
		double drift = (double)c->drift / 1e9;

		if (*name == 'c')
			truth = rate * from;
		assert_string_not_equal(rows_word(&r, c->reference), "c");
		assert_true(c->lo != TIME_NONE && c->hi != TIME_NONE);
		/* the row's own time is cut to a second */
		assert_true((double)c->lo / 1e6 <= truth + 0.02);
		assert_true((double)c->hi / 1e6 >= truth - 0.02);
		assert_true(c->hi - c->lo <= 2000000);
		if (*name == 'c')
			assert_true(drift > rate - 0.003 && drift < rate + 0.003);
		else
			assert_true(c->drift == 0);
	}
	rows_release(&r);
}

static void test_gains(void **state)
{
	(void)state;
	check(0.008);
}

static void test_loses(void **state)
{
	(void)state;
	check(-0.008);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gains),
		cmocka_unit_test(test_loses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
