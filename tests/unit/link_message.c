/* SPDX-License-Identifier: MIT */
/* Links by a message-id that a server's line states: which message is meant, and
 * where none is. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MAIL(server, id, time, mid, fate)                                      \
	"@" time " " server " q=" id " do=accept roles=opens "                 \
	"client_ip=192.0.2.1 sender=ann@example.org message_id=" mid "\n"      \
	"@" time " " server " q=" id " do=" fate                               \
	" roles=attempt recipient=bob@example.com\n"
#define NOTICE(server, id, time, mid, cause)                                   \
	"@" time " " server " q=" id                                           \
	" do=bounce_generated roles=weakly sender=<> message_id=" mid          \
	" from=" cause "\n"

static void derive(struct rows *r, const char *log)
{
	rows_init(r);
	rows_add(r, log, 2);
	rows_derive(r);
}

/* The cause is the one that failed; a namesake that went well is not. */
static void test_cause(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, MAIL("a", "A", "1000", "m@x", "deliver")
		       MAIL("a", "B", "1001", "m@x", "bounce")
			       NOTICE("a", "C", "1002", "n@a", "m@x"));
	assert_int_equal(r.nlinks, 1);
	assert_int_equal(r.links[0].kind, LINK_BOUNCE);
	assert_int_equal(r.links[0].class, CLASS_CONFIRMED);
	assert_int_equal(r.links[0].from, rows_txn(&r, "a", "B", 1)->id);
	assert_int_equal(r.njourneys, 3);
	assert_true(r.nrelated >= 2);
	rows_release(&r);
}

/* Both ends say it: one link. The child's id may lack its host. */
static void test_notice(void **state)
{
	static const char *const logs[] = {
		MAIL("a", "B", "1001", "m@x", "bounce made=n@a")
			NOTICE("a", "C", "1002", "n@a", "m@x"),
		MAIL("a", "B", "1001", "m@x", "bounce made=n")
		"@1001 a q=C do=accept roles=opens sender=<> message_id=n@a\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nlinks, 1);
		assert_int_equal(r.links[0].class, CLASS_CONFIRMED);
		assert_int_equal(r.links[0].to,
				 rows_txn(&r, "a", "C", 1)->id);
		rows_release(&r);
	}
}

/* Two that failed: neither is the one. */
static void test_two(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, MAIL("a", "A", "1000", "m@x", "bounce")
		       MAIL("a", "B", "1001", "m@x", "bounce")
			       NOTICE("a", "C", "1002", "n@a", "m@x"));
	assert_int_equal(r.nlinks, 2);
	for (size_t i = 0; i < r.nlinks; i++)
		assert_int_equal(r.links[i].class, CLASS_POSSIBLE);
	rows_release(&r);
}

/* Another server's, a later one, a notice long after, a longer id. */
static void test_none(void **state)
{
	static const char *const logs[] = {
		MAIL("b", "A", "1000", "m@x", "bounce")
			NOTICE("a", "C", "1002", "n@a", "m@x"),
		NOTICE("a", "C", "1002", "n@a", "m@x")
			MAIL("a", "A", "1100", "m@x", "bounce"),
		MAIL("a", "B", "1001", "m@x", "bounce made=n@a")
		"@9001 a q=C do=accept roles=opens sender=<> message_id=n@a\n",
		MAIL("a", "B", "1001", "m@x", "bounce made=n")
		"@1001 a q=C do=accept roles=opens sender=<> message_id=nn@a\n",
		MAIL("a", "B", "1001", "m@x", "bounce made=n@a")
		"@1001 a q=C do=accept roles=opens sender=<> message_id=n@b\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nlinks, 0);
		rows_release(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cause),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
