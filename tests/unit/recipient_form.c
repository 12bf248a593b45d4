/* SPDX-License-Identifier: MIT */
/* One mailbox in several forms: given twice, in capitals, in quotes that it does
 * not need. It is one recipient, shown as it was logged. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define IN(server, id, n)                                                      \
	"@1000 " server " q=" id " do=accept roles=opens,envelope nrcpt=" n    \
	" client_ip=192.0.2.1 sender=ann@example.org\n"
#define TO(server, id, to, next)                                               \
	"@1001 " server " q=" id " do=relay roles=attempt recipient=" to       \
	" relay_name=b.example relay_ip=192.0.2.2 next_queue_id=" next         \
	" reply=250_queued_as_" next "\n"
#define BOX(server, id, to)                                                    \
	"@1002 " server " q=" id " do=deliver roles=attempt recipient=" to     \
	" place=INBOX\n"

static void derive(struct rows *r, const char *log)
{
	rows_init(r);
	r->idle = true;
	rows_add(r, log, 2);
	rows_derive(r);
}

static void test_twice(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("a", "A", "3") TO("a", "A", "bob@b.example", "B")
			   TO("a", "A", "BOB@B.EXAMPLE", "B")
				   TO("a", "A", "bob@b.example", "B")
		       IN("b", "B", "3") BOX("b", "B", "bob@b.example"));
	assert_int_equal(rows_txn(&r, "a", "A", 1)->state, STATE_COMPLETE);
	assert_int_equal(r.nrecipients, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	rows_release(&r);
}

/* A retry is no second address: what was never told of keeps it open. */
static void test_retry(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("a", "A", "2")
		"@1001 a q=A do=defer roles=attempt recipient=bob@b.example\n"
		BOX("a", "A", "bob@b.example"));
	assert_int_equal(rows_txn(&r, "a", "A", 1)->state, STATE_OPEN);
	rows_release(&r);
}

/* Two ways lead to one mailbox: when it got the message is told by the server
 * that put it there, not by another one's clock. */
static void test_when(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("a", "A", "1") TO("a", "A", "bob@b.example", "B")
		       IN("b", "B", "1") BOX("b", "B", "bob@b.example")
		"@1600 a q=A do=relay roles=attempt recipient=bob@b.example "
		"relay_name=c.example relay_ip=192.0.2.3 next_queue_id=C "
		"reply=250_ok\n");
	assert_int_equal(r.nrecipients, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	assert_int_equal(r.recipients[0].last, 1002 * US_SECOND);
	rows_release(&r);
}

static void test_quoted(void **state)
{
	static const char *const logs[] = {
		IN("a", "A", "2") TO("a", "A", "\"bob\"@b.example", "B")
			TO("a", "A", "bob@b.example", "B") IN("b", "B", "2")
				BOX("b", "B", "bob@b.example"),
		IN("a", "A", "2") TO("a", "A", "bob@b.example", "B")
			TO("a", "A", "\"bob\"@b.example", "B") IN("b", "B", "2")
				BOX("b", "B", "\"Bob\"@b.example"),
		IN("a", "A", "1") TO("a", "A", "\"a.bob\"@b.example", "B")
			IN("b", "B", "1") BOX("b", "B", "a.bob@b.example"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nrecipients, 1);
		assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
		rows_release(&r);
	}
}

/* Quotes that are needed, or none at all, make another mailbox. */
static void test_needed(void **state)
{
	static const char *const forms[][2] = {
		{"\"a@c\"@b.example", "a@c@b.example"},
		{"\"bob.\"@b.example", "bob.@b.example"},
		{"\"a..b\"@b.example", "a..b@b.example"},
		{"\"a\\b\"@b.example", "a\\b@b.example"},
		{"\"bob\"", "bob@b.example"},
		{"\"\"@b.example", "@b.example"},
		{"\"bob@b.example", "bob@b.example"},
		{"\"bob\"x@b.example", "bobx@b.example"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		char log[512];
		struct rows r;

		snprintf(log, sizeof log,
			 IN("a", "A", "2") BOX("a", "A", "%s")
				 BOX("a", "A", "%s"),
			 forms[i][0], forms[i][1]);
		derive(&r, log);
		assert_int_equal(r.nrecipients, 2);
		rows_release(&r);
	}
}

/* What is shown is what a line said. */
static void test_shown(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("a", "A", "1") BOX("a", "A", "\"Bob\"@B.example"));
	assert_string_equal(rows_word(&r, r.recipients[0].address),
			    "\"Bob\"@B.example");
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twice),  cmocka_unit_test(test_retry),
		cmocka_unit_test(test_when),
		cmocka_unit_test(test_quoted), cmocka_unit_test(test_needed),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
