/* SPDX-License-Identifier: MIT */
/* A handoff of which no id is said: what may be the message hides no request for a
 * log that is not there. */
#include "base/alloc.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define TAKEN(id)                                                              \
	"@100000.4 b q=" id " do=accept roles=opens sender=ann@x.example "     \
	"client_ip=10.0.0.1 client_name=a.corp.example message_id=m@x\n"       \
	"@100000.5 b q=" id " do=deliver roles=attempt "                       \
	"recipient=bob@corp.example place=INBOX\n"                             \
	"@100000.6 b q=" id " do=removed roles=closes\n"

static void test_guesses(void **state)
{
	static const char a[] =
		"@100000.0 a q=A1 do=accept roles=opens sender=ann@x.example "
		"message_id=m@x\n"
		"@100000.5 a q=A1 do=relay roles=attempt code=250 "
		"recipient=bob@corp.example relay_name=in.elsewhere.example "
		"relay_ip=192.0.2.200 transfer=0.3 reply=250_ok\n"
		"@100000.6 a q=A1 do=removed roles=closes\n";
	struct rows r;
	size_t asked = 0;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_add(&r, TAKEN("B1") TAKEN("B2"), 100);
	rows_derive(&r);
	assert_int_equal(r.nlinks, 2);
	for (size_t i = 0; i < r.nlinks; i++)
		assert_int_equal(r.links[i].class, CLASS_POSSIBLE);
	for (size_t i = 0; i < r.nmissing; i++) {
		/* nor is a candidate said to come from nowhere */
		assert_int_not_equal(r.missing[i].kind, MISSING_UNSENT);
		if (r.missing[i].kind != MISSING_NO_LOG)
			continue;
		asked++;
		assert_true(slice_find(r.missing[i].searched,
				       SLICE("B1 on b")) != SLICE_NONE);
		assert_true(slice_find(r.missing[i].searched,
				       SLICE("B2 on b")) != SLICE_NONE);
	}
	assert_int_equal(asked, 1);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guesses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
