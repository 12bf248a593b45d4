/* SPDX-License-Identifier: MIT */
/* One address in upper, lower and mixed case is one recipient. */
#include "tests/rows.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define IN "do=accept roles=opens "

static void test_hops(void **state)
{
	static const char a[] =
		"@1000 a q=A " IN "\n"
		"@1001 a q=A do=defer roles=attempt code=450 "
		"recipient=Bob@Partner.example reply=450\n"
		"@1009 a q=A do=relay roles=attempt code=250 "
		"recipient=Bob@PARTNER.EXAMPLE relay_name=mx.partner.example "
		"next_queue_id=B reply=250_B\n"
		"@1009 a q=A do=removed roles=closes\n";
	static const char mx[] =
		"@1009 mx q=B " IN "client_name=a.example\n"
		"@1010 mx q=B do=deliver roles=attempt "
		"recipient=bob@partner.example place=INBOX\n"
		"@1010 mx q=B do=removed roles=closes\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_add(&r, mx, 100);
	rows_derive(&r);
	assert_int_equal(r.ndeliveries, 2);
	assert_int_equal(r.nrecipients, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	assert_int_equal(r.recipients[0].via, 0); /* no alias */
	rows_release(&r);
}

static void test_many(void **state)
{
	struct strbuf b = { 0 };
	struct rows r;

	(void)state;
	strbuf_addf(&b, "@1000 a q=A " IN "\n");
	for (int i = 0; i < 60; i++)
		strbuf_addf(&b, "@%d a q=A do=%s roles=attempt "
			    "recipient=u%d@%s\n", 1001 + i,
			    i < 30 ? "defer" : "relay", i % 30,
			    i < 30 ? "B.example" : "b.EXAMPLE");
	rows_init(&r);
	rows_add(&r, strbuf_text(&b), 100);
	rows_derive(&r);
	assert_int_equal(r.ndeliveries, 30);
	for (size_t i = 0; i < r.ndeliveries; i++)
		assert_int_equal(r.deliveries[i].outcome, OUTCOME_RELAYED);
	rows_release(&r);
	strbuf_release(&b);
}

/* A filter writes the envelope in its own way: its word and the answer that the
 * MTA got are one. */
static void test_filter(void **state)
{
	static const char a[] =
		"@1000 a q=A " IN "\n"
		"@1001 a q=A do=quarantine roles=attempt "
		"recipient=bob@b.example place=q/1\n"
		"@1001 a q=A do=relay roles=attempt code=250 "
		"recipient=bob@B.EXAMPLE relay_ip=127.0.0.1 "
		"relay_name=127.0.0.1 reply=250_Ok\n"
		"@1001 a q=A do=removed roles=closes\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_derive(&r);
	assert_int_equal(r.ndeliveries, 1);
	assert_int_equal(r.deliveries[0].attempts, 1);
	assert_int_equal(r.deliveries[0].outcome, OUTCOME_WITHHELD);
	rows_release(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hops),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
