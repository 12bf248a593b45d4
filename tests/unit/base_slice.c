/* SPDX-License-Identifier: MIT */
/* Slices: searching, cutting, comparing, globs, numbers. */
#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define NONE SLICE_NONE
#define COUNT(a) (sizeof(a) / sizeof *(a))

static void is(struct slice got, const char *want)
{
	if (!slice_eq(got, slice_str(want)))
		fail_msg("got '%.*s', want '%s'", SLICE_FMT(got), want);
}

static void test_find(void **state)
{
	static const struct {
		const char *text, *needle;
		size_t first, nocase, last;
	} rows[] = {
		{ "", "", 0, 0, 0 },
		{ "", "a", NONE, NONE, NONE },
		{ "abcabc", "", 0, 0, 6 },
		{ "abcabc", "abc", 0, 0, 3 },
		{ "abcabc", "c", 2, 2, 5 },
		{ "abcABC", "ABC", 3, 0, 3 },
		{ "abcABC", "abc", 0, 0, 0 },
		{ "abcabc", "abcabcd", NONE, NONE, NONE },
		{ "aaaa", "aa", 0, 0, 2 },
		{ "aXb", "axB", NONE, 0, NONE },
		{ "[a]", "{A}", NONE, NONE, NONE }, /* 0x20 apart, no letters */
		{ "@`", "`", 1, 1, 1 },
		{ "xab", "ab", 1, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice s = slice_str(rows[i].text);
		struct slice needle = slice_str(rows[i].needle);

		assert_int_equal(slice_find(s, needle), rows[i].first);
		assert_int_equal(slice_find_nocase(s, needle), rows[i].nocase);
		assert_int_equal(slice_rfind(s, needle), rows[i].last);
	}
	assert_int_equal(slice_find(SLICE("a\0b"), SLICE("\0b")), 1);
	assert_int_equal(slice_rfind(SLICE("\0\0"), SLICE("\0")), 1);
	assert_int_equal(slice_find(slice_of(NULL, 0), SLICE("a")), NONE);
}

static void test_chr(void **state)
{
	(void)state;
	assert_int_equal(slice_chr(SLICE("a.b.c"), '.'), 1);
	assert_int_equal(slice_rchr(SLICE("a.b.c"), '.'), 3);
	assert_int_equal(slice_chr(SLICE("abc"), '.'), NONE);
	assert_int_equal(slice_rchr(SLICE("abc"), '.'), NONE);
	assert_int_equal(slice_chr(slice_of(NULL, 0), '.'), NONE);
	assert_int_equal(slice_rchr(slice_of(NULL, 0), '.'), NONE);
	assert_int_equal(slice_chr(SLICE("a\0b"), '\0'), 1);
}

static void test_cut(void **state)
{
	struct slice s = SLICE("a,,b");

	(void)state;
	is(slice_cut(&s, ','), "a");
	is(slice_cut(&s, ','), "");
	is(s, "b");
	is(slice_cut(&s, ','), "b");
	assert_int_equal(s.len, 0);
	is(slice_cut(&s, ','), "");
	s = SLICE("end,");
	is(slice_cut(&s, ','), "end");
	assert_int_equal(s.len, 0);
}

static void test_part(void **state)
{
	struct slice s = SLICE("abc");

	(void)state;
	is(slice_from(s, 0), "abc");
	is(slice_from(s, 2), "c");
	is(slice_from(s, 3), "");
	is(slice_from(s, 99), "");
	is(slice_to(s, 0), "");
	is(slice_to(s, 2), "ab");
	is(slice_to(s, NONE), "abc");
	is(slice_trim(SLICE(" \t a b\t ")), "a b");
	is(slice_trim(SLICE(" \t ")), "");
	is(slice_trim(SLICE("\na\n")), "\na\n");
	assert_true(slice_starts(s, SLICE("ab")));
	assert_true(slice_starts(s, SLICE("")));
	assert_false(slice_starts(s, SLICE("abcd")));
	assert_true(slice_ends(s, SLICE("bc")));
	assert_false(slice_ends(s, SLICE("xabc")));
	assert_false(slice_ends(s, SLICE("b")));
}

/* The absent slice goes through everything. */
static void test_absent(void **state)
{
	struct slice none = slice_of(NULL, 0), s = none;

	(void)state;
	assert_null(slice_from(none, 0).ptr);
	assert_null(slice_from(none, 5).ptr);
	assert_null(slice_to(none, 5).ptr);
	assert_null(slice_trim(none).ptr);
	assert_int_equal(slice_cut(&s, ',').len, 0);
	assert_true(slice_starts(none, none));
	assert_true(slice_ends(none, none));
	assert_true(slice_starts(SLICE("a"), none));
	assert_true(slice_ends(SLICE("a"), none));
	assert_false(slice_starts(none, SLICE("a")));
	assert_true(slice_eq_nocase(none, SLICE("")));
	assert_int_equal(slice_cmp(none, SLICE("")), 0);
	assert_int_equal(slice_find(SLICE("a"), none), 0);
	assert_int_equal(slice_find_nocase(none, none), 0);
	assert_int_equal(slice_rfind(none, none), 0);
	assert_true(slice_glob(none, SLICE("*")));
	assert_true(slice_glob(none, none));
}

static void test_order(void **state)
{
	static const struct {
		const char *a, *b;
		int order;
	} rows[] = {
		{ "", "", 0 },     { "", "a", -1 },    { "a", "", 1 },
		{ "a", "a", 0 },   { "a", "b", -1 },   { "ab", "a", 1 },
		{ "B", "a", -1 },  { "\xff", "a", 1 }, { "abc", "abd", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int got = slice_cmp(slice_str(rows[i].a), slice_str(rows[i].b));

		assert_int_equal((got > 0) - (got < 0), rows[i].order);
	}
	assert_true(slice_eq_nocase(SLICE("AbZ"), SLICE("aBz")));
	assert_false(slice_eq_nocase(SLICE("Ab"), SLICE("a")));
	assert_false(slice_eq_nocase(SLICE("@"), SLICE("`")));
	assert_false(slice_eq_nocase(SLICE("\xc4"), SLICE("\xe4")));
	assert_true(slice_eq(slice_of(NULL, 0), SLICE("")));
}

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} rows[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "18446744073709551620", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1a", false, 0 },
		{ "\xb2", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t v = 77;
		bool ok = slice_u64(slice_str(rows[i].text), &v);

		if (ok != rows[i].ok || v != (ok ? rows[i].value : 77))
			fail_msg("'%s'", rows[i].text);
	}
}

static void test_glob(void **state)
{
	static const struct {
		const char *text, *pattern;
		bool match;
	} rows[] = {
		{ "", "", true },
		{ "", "*", true },
		{ "", "?", false },
		{ "a", "", false },
		{ "bob@example.com", "*@example.com", true },
		{ "bob@example.com", "*@EXAMPLE.*", true },
		{ "bob@example.com", "bob", false },
		{ "bob@example.com", "bob*", true },
		{ "bob@example.com", "*bob", false },
		{ "bob", "b?b", true },
		{ "bob", "b??b", false },
		{ "b\xc3\xbc" "b", "b?b", true },
		{ "b\xe6\x97\xa5" "b", "b?b", true },
		{ "b\xff" "b", "b?b", true },
		{ "b\xc3", "b?", true }, /* cut in the middle */
		{ "abcabc", "*abc", true },
		{ "abcabd", "*abc", false },
		{ "aXbXc", "a*x*C", true },
		{ "abc", "***", true },
		{ "a[b]", "a[b]", true },
		{ "ab", "a[b]", false },
		{ "mississippi", "m*iss*pi", true },
		{ "mississippi", "m*iss*px", false },
	};
	char many[4001];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (slice_glob(slice_str(rows[i].text),
		               slice_str(rows[i].pattern)) != rows[i].match)
			fail_msg("%s ~ %s", rows[i].text, rows[i].pattern);
	/* a pattern that would take for ever with plain recursion */
	memset(many, 'a', 4000);
	assert_false(slice_glob(slice_of(many, 4000),
	                        SLICE("*a*a*a*a*a*a*a*a*a*a*b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),  cmocka_unit_test(test_chr),
		cmocka_unit_test(test_cut),   cmocka_unit_test(test_part),
		cmocka_unit_test(test_order), cmocka_unit_test(test_u64),
		cmocka_unit_test(test_glob),  cmocka_unit_test(test_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
