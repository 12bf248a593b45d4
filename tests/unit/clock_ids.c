/* SPDX-License-Identifier: MIT */
/* Ids that carry a time finer than their lines, and those that a clock of their own
 * makes: a process that counts on while the host's clock drifts. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MESSAGES 120
#define START 1792888200

/* mx hands all to hub, whose lines are off by OFF + RATE * t; its ids by ID_OFF. */
static void make(struct rows *r, double off, double rate, double id_rate)
{
	struct strbuf log[2] = {{0}};

	rows_init(r);
	for (int i = 0; i < MESSAGES; i++) {
		double t = 4.0 * i + i * 37 % 100 / 100.0;
		double at = START + t, hub = at + 0.2 + off + rate * t;

		strbuf_addf(&log[0], "@%.3f mx q=A%d do=accept roles=opens\n",
		            at, i);
		strbuf_addf(&log[0], "@%.3f mx q=A%d do=relay roles=attempt "
		            "code=250 recipient=b@x.example transfer=0.4 "
		            "relay_name=hub.x.example next_queue_id=B%d "
		            "reply=250_queued_as_B%d\n", at + 0.4, i, i, i);
		strbuf_addf(&log[1], "@%lld hub q=B%d do=accept roles=opens "
		            "id_time=%.3f\n", (long long)hub, i,
		            at + 0.2 + off + id_rate * t);
	}
	for (int i = 0; i < 2; i++) {
		rows_add(r, strbuf_text(&log[i]), 50);
		strbuf_release(&log[i]);
	}
	rows_derive(r);
}

/* Every row of the hub holds its error at both ends; the widest of them. */
static double check(const struct rows *r, double off, double rate)
{
	double widest = 0;

	for (size_t i = 0; i < r->nclocks; i++) {
		const struct clock_row *c = &r->clocks[i];
		double from = (double)c->from / 1e6 - START;
		double sign = 1, error = off + rate * from;

		if (strcmp(rows_word(r, c->server), "hub") != 0) {
			if (strcmp(rows_word(r, c->reference), "hub") != 0)
				continue;
			sign = -1;
		} else if (strcmp(rows_word(r, c->reference), "hub") == 0) {
			continue;
		}
		assert_true(c->lo != TIME_NONE && c->hi != TIME_NONE);
		assert_true((double)c->lo / 1e6 <= sign * error + 0.2);
		assert_true((double)c->hi / 1e6 >= sign * error - 0.2);
		widest = (double)(c->hi - c->lo) / 1e6 > widest
				 ? (double)(c->hi - c->lo) / 1e6
				 : widest;
	}
	return widest;
}

static void test_fine_ids(void **state)
{
	struct rows r;

	(void)state;
	make(&r, 7, 0, 0);
	assert_true(check(&r, 7, 0) < 0.5);
	rows_release(&r);
}

static void test_drift(void **state)
{
	struct rows r;

	(void)state;
	make(&r, 0, 0.015, 0);
	assert_true(check(&r, 0, 0.015) < 2.5);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fine_ids),
		cmocka_unit_test(test_drift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
