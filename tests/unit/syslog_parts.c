/* SPDX-License-Identifier: MIT */
/* Messages cut into several syslog lines: joined only where the writer says so,
 * never across another line, and never waiting for what does not come. */
#include "parsers/syslog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define H "Mar 14 09:15:02 mx sm-mta[3]: "
#define ID "62E9F1KY000300"

/* Cuts the first record of TEXT and peels it. */
static enum cut cut(const char *text, bool last, struct record *r,
		    struct arena *arena)
{
	struct slice s = slice_str(text);
	enum cut c;

	*r = (struct record){0};
	c = framing_rfc3164.next(NULL, s, last, r);
	if (c == CUT_RECORD)
		framing_rfc3164.peel(NULL, r, arena);
	return c;
}

static void body_is(const char *text, unsigned lines, const char *body)
{
	struct arena arena = {0};
	struct record r;
	struct slice want = slice_str(body);

	assert_int_equal(cut(text, true, &r, &arena), CUT_RECORD);
	assert_int_equal(r.lines, lines);
	assert_true(slice_eq(r.body, want));
	assert_true(slice_eq(r.host, SLICE("mx")));
	assert_true(slice_eq(r.pid, SLICE("3")));
	arena_release(&arena);
}

static void test_joined(void **state)
{
	(void)state;
	body_is(H ID "[1]: from=<a>, ...\n" H ID "[2]: size=1, ...\n" H ID
		  "[3]: class=0\n" H ID ": to=x\n",
		3, ID ": from=<a>, size=1, class=0");
	body_is(H ID "[1]: from=<a>, ...\r\n" H ID "[2]:  size=1\r\n", 2,
		ID ": from=<a>, size=1");
	/* the last one is missing: cut there, and said so */
	body_is(H ID "[1]: from=<a>, ...\n" H ID "[2]: size=1, ...\n", 2,
		ID ": from=<a>, size=1,...");
}

static void test_apart(void **state)
{
	static const char *const next[] = {
		"Mar 14 09:15:02 mx sm-mta[4]: " ID "[2]: size=1\n",
		"Mar 14 09:15:02 my sm-mta[3]: " ID "[2]: size=1\n",
		"Mar 14 09:15:02 mx sendmail[3]: " ID "[2]: size=1\n",
		H "62E9F1KY000301[2]: size=1\n",
		H ID "[3]: size=1\n",
		H ID "[1]: size=1\n",
		H ID "[99999999999999999999]: size=1\n",
		H ID ": size=1\n",
		"\n",
		"[2]: size=1\n",
		H "[2/2] size=1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
		char text[512];

		snprintf(text, sizeof text, H ID "[1]: from=<a>, ...\n%s",
			 next[i]);
		body_is(text, 1, ID "[1]: from=<a>, ...");
	}
	/* says by itself that it is all, or is no first part */
	body_is(H ID "[1]: from=<a>\n" H ID "[2]: size=1\n", 1,
		ID "[1]: from=<a>");
	body_is(H ID "[2]: from=<a>, ...\n" H ID "[3]: size=1\n", 1,
		ID "[2]: from=<a>, ...");
	body_is(H "some text ...\n" H "more\n", 1, "some text ...");
}

/* Exim's are as long as its limit; a short "[1/2]" is what somebody wrote. */
static void test_numbered(void **state)
{
	char text[2200], want[1200];
	struct arena arena = {0};
	struct record r;

	(void)state;
	body_is(H "[1/2] hello\n" H "[2/2] you\n", 1, "[1/2] hello");
	snprintf(text, sizeof text, H "[1/2] %0870d\n" H "[2/2] you\n", 7);
	snprintf(want, sizeof want, "%0870dyou", 7);
	body_is(text, 2, want);
	snprintf(text, sizeof text, H "[1/2] %0870d\n" H "[2/3] you\n", 7);
	assert_int_equal(cut(text, true, &r, &arena), CUT_RECORD);
	assert_int_equal(r.lines, 1);
	arena_release(&arena);
}

/* The bytes end between two parts: come again, unless nothing follows. */
static void test_more(void **state)
{
	const char *text = H ID "[1]: from=<a>, ...\n" H ID "[2]: si";
	struct arena arena = {0};
	struct record r;

	(void)state;
	assert_int_equal(cut(text, false, &r, &arena), CUT_MORE);
	assert_int_equal(cut(text, true, &r, &arena), CUT_RECORD);
	assert_int_equal(r.lines, 2);
	assert_int_equal(r.length, strlen(text));
	arena_release(&arena);
}

/* What is in several lines for another reason is peeled as it was. */
static void test_wrapped(void **state)
{
	struct record r = {.raw = SLICE(H "one\ntwo"), .lines = 2};
	struct arena arena = {0};

	(void)state;
	framing_rfc3164.peel(NULL, &r, &arena);
	assert_true(slice_eq(r.body, SLICE("one\ntwo")));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_numbered),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_wrapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
