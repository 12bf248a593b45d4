/* SPDX-License-Identifier: MIT */
/* What codes mean: the code's class wins, general codes leave it to the dsn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "views/reply_meaning.h"

static void meanings(void **state)
{
	static const struct {
		int code;
		const char *dsn, *text;
	} cases[] = {
		{ 250, "2.0.0", "accepted" },
		{ 550, "5.1.1", "no such mailbox" },
		{ 554, "5.7.1", "refused by policy" },
		{ 451, "4.7.1", "policy, try later" },
		{ 550, "5.7.23", "SPF failed" },
		{ 552, "5.2.2", "mailbox full" },
		{ 503, "5.5.1", "bad sequence" },
		{ 535, "5.7.8", "login failed" },
		{ 530, "5.7.0", "must use TLS or login" },
		{ 556, "5.1.10", "domain takes no mail" },
		{ 0, "4.4.1", "no answer from host" },
		{ 0, "2.0.0", "accepted" },
		{ 550, NULL, "mailbox unavailable" },
		{ 250, "5.1.1", "accepted" },
		{ 450, "5.1.1", "mailbox busy, later" },
		{ 599, "5.0.0", "no, permanent" },
		{ 0, "\x1b[2J", NULL },
		{ 0, "5.", "no, permanent" },
		{ 0, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice dsn = cases[i].dsn ? slice_str(cases[i].dsn)
		                                : slice_of(NULL, 0);
		const char *text = reply_meaning(cases[i].code, dsn);

		assert_int_equal(!text, !cases[i].text);
		if (text)
			assert_string_equal(text, cases[i].text);
	}
}

static void all_fit(void **state)
{
	(void)state;
	for (int code = 200; code < 600; code++) {
		const char *text = reply_meaning(code, slice_of(NULL, 0));

		assert_non_null(text);
		assert_true(text_width(slice_str(text)) <= 21);
	}
	assert_true(reply_differs(250, SLICE("5.1.1")));
	assert_false(reply_differs(550, SLICE("5.1.1")));
	assert_false(reply_differs(0, SLICE("5.1.1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meanings),
		cmocka_unit_test(all_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
