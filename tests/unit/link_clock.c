/* SPDX-License-Identifier: MIT */
/* Handoffs between servers one of whose clocks is off by hours. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define IN "do=accept roles=opens "
#define SENT(host) "do=relay roles=attempt code=250 recipient=b@b.example "     \
	"relay_name=" host " next_queue_id=B reply=250_B\n"

static const char a[] = "@9000 a q=A " IN "\n"
			"@9000 a q=A " SENT("mx.b.example");

static size_t links_of(const char *sender, const char *taker)
{
	struct rows r;
	size_t n;

	rows_init(&r);
	rows_add(&r, sender, 100);
	rows_add(&r, taker, 100);
	rows_derive(&r);
	n = r.nlinks;
	if (n)
		assert_int_equal(r.links[0].class, CLASS_CONFIRMED);
	rows_release(&r);
	return n;
}

static void test_hours_off(void **state)
{
	(void)state;
	/* an hour ahead, two hours behind: the names agree */
	assert_int_equal(links_of(a, "@12600 mx q=B " IN
				     "client_name=a.example\n"), 1);
	assert_int_equal(links_of(a, "@1800 mx q=B " IN
				     "client_name=a.example\n"), 1);
	/* they do not: ids come again */
	assert_int_equal(links_of("@9000 a q=A " IN "\n@9000 a q=A "
				  SENT("other.example"),
				  "@12600 mx q=B " IN
				  "client_name=c.example\n"), 0);
	/* no clock is off by days */
	assert_int_equal(links_of(a, "@600000 mx q=B " IN
				     "client_name=a.example\n"), 0);
}

static void test_nearer_wins(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_add(&r, "@9001 mx q=B " IN "client_name=unknown\n"
		     "@9002 mx q=B do=removed roles=closes\n"
		     "@12600 mx q=B " IN "client_name=a.example\n", 100);
	rows_derive(&r);
	assert_int_equal(r.nlinks, 1);
	assert_int_equal(r.links[0].to, rows_txn(&r, "mx", "B", 1)->id);
	rows_release(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hours_off),
		cmocka_unit_test(test_nearer_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
