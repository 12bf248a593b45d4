/* SPDX-License-Identifier: MIT */
/* Patterns: matching, groups, errors, limits, invalid text. */
#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static enum regex_result match(const char *pattern, unsigned flags,
                               struct slice subject)
{
	struct err err;
	struct regex *re = regex_new(slice_str(pattern), flags, &err);
	struct regex_match *m;
	enum regex_result result;

	if (!re)
		fail_msg("%s: %s", pattern, err.text);
	m = regex_match_new(re);
	result = regex_match(re, m, subject);
	regex_match_free(m);
	regex_free(re);
	return result;
}

static void test_match(void **state)
{
	static const struct {
		const char *pattern, *text;
		unsigned flags;
		enum regex_result result;
	} rows[] = {
		{ "", "", 0, REGEX_YES },
		{ "a", "", 0, REGEX_NO },
		{ "^a.c$", "abc", 0, REGEX_YES },
		{ "^a.c$", "a\xc3\xa9" "c", 0, REGEX_YES },
		{ "^a..c$", "a\xc3\xa9" "c", 0, REGEX_NO },
		{ "ABC", "xabcx", 0, REGEX_NO },
		{ "ABC", "xabcx", REGEX_NOCASE, REGEX_YES },
		{ "\xc3\x89", "\xc3\xa9", REGEX_NOCASE, REGEX_YES },
		{ "5\\.7\\.[0-9]+", "550 5.7.1 no", 0, REGEX_YES },
		{ "ok$", "\xff\xfe ok", 0, REGEX_YES }, /* bad bytes before */
		{ "^.*ok$", "\xff ok", 0, REGEX_NO }, /* nothing matches them */
		{ "(?<=x)y", "xy", 0, REGEX_YES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (match(rows[i].pattern, rows[i].flags,
		          slice_str(rows[i].text)) != rows[i].result)
			fail_msg("row %zu: %s", i, rows[i].pattern);
	assert_int_equal(match("^$", 0, slice_of(NULL, 0)), REGEX_YES);
	assert_int_equal(match("a\\x00b", 0, SLICE("a\0b")), REGEX_YES);
}

static void test_groups(void **state)
{
	struct regex *re = regex_new(
	        SLICE("(?<user>\\w+)@(\\w+)(?:\\.(\\w+))?"), 0, NULL);
	struct regex_match *m = regex_match_new(re);
	struct slice s = SLICE("<bob@example>");

	(void)state;
	assert_int_equal(regex_match(re, m, s), REGEX_YES);
	assert_true(slice_eq(regex_group(m, s, 0), SLICE("bob@example")));
	assert_true(slice_eq(regex_group(m, s, 1), SLICE("bob")));
	assert_ptr_equal(regex_group(m, s, 1).ptr, s.ptr + 1);
	assert_true(slice_eq(regex_group(m, s, 2), SLICE("example")));
	assert_null(regex_group(m, s, 3).ptr);
	assert_null(regex_group(m, s, 4).ptr);
	assert_null(regex_group(m, s, 4000000000u).ptr);
	assert_int_equal(regex_group_number(re, "user"), 1);
	assert_int_equal(regex_group_number(re, "none"), -1);
	regex_match_free(m);
	regex_free(re);
	regex_match_free(NULL);
	regex_free(NULL);
}

static void test_errors(void **state)
{
	static const struct {
		const char *pattern;
		size_t column;
	} rows[] = {
		{ "a(b", 4 },   { "a)b", 2 },      { "*a", 1 },
		{ "[a", 3 },    { "\xc3\xa9)", 2 }, { "a\\", 3 },
		{ "a\\Cb", 4 }, { "\xff", 1 },
	};
	char *longer = malloc(20000);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err;

		assert_null(regex_new(slice_str(rows[i].pattern), 0, &err));
		if (err.column != rows[i].column)
			fail_msg("%s: %s", rows[i].pattern, err.text);
		assert_int_equal(err.width, 1);
		assert_null(regex_new(slice_str(rows[i].pattern), 0, NULL));
	}
	memset(longer, 'a', 20000);
	assert_null(regex_new(slice_of(longer, 20000), 0, NULL));
	free(longer);
}

/* Patterns that would take for ever give up. */
static void test_limits(void **state)
{
	char text[101];

	(void)state;
	memset(text, 'a', 100);
	text[100] = 'b';
	assert_int_equal(match("^(a+)+$", 0, slice_of(text, 101)), REGEX_LIMIT);
	assert_int_equal(match("^(a|aa)+$", 0, slice_of(text, 101)),
	                 REGEX_LIMIT);
	assert_int_equal(match("(*NO_JIT)^(a+)+$", 0, slice_of(text, 101)),
	                 REGEX_LIMIT);
	/* the pattern itself may not raise the limit */
	assert_int_equal(match("(*LIMIT_MATCH=4000000000)^(a+)+$", 0,
	                       slice_of(text, 101)),
	                 REGEX_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
