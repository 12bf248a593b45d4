/* SPDX-License-Identifier: MIT */
/* The calendar, ISO 8601 and lengths of time. */
#include "base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void test_calendar(void **state)
{
	(void)state;
	assert_int_equal(civil_days(1970, 1, 1), 0);
	assert_int_equal(civil_days(2000, 2, 29), 11016);
	assert_int_equal(civil_days(2026, 3, 14), 20526);
	assert_int_equal(civil_days(1969, 12, 31), -1);
	assert_int_equal(civil_days(0, 3, 1), -719468);
	assert_true(civil_is_leap(2000));
	assert_true(civil_is_leap(2024));
	assert_false(civil_is_leap(1900));
	assert_false(civil_is_leap(2026));
	assert_int_equal(civil_weekday(0), 4);
	assert_int_equal(civil_weekday(-1), 3);
	assert_int_equal(civil_weekday(20526 * US_DAY), 6); /* a Saturday */
	assert_int_equal(civil_weekday(20527 * US_DAY), 0);
	assert_int_equal(civil_weekday(-4 * US_DAY), 0);
}

/* Every day of a thousand years in order, and back. */
static void test_days(void **state)
{
	int64_t day = civil_days(1600, 1, 1);
	struct civil before = { .year = 1599, .month = 12, .day = 31 };

	(void)state;
	for (; day < civil_days(2600, 1, 1); day++) {
		struct civil c;

		civil_of(day * US_DAY + 12345678901, &c);
		if (civil_days(c.year, c.month, c.day) != day)
			fail_msg("day %lld", (long long)day);
		if (c.day == 1)
			assert_true(c.month == before.month % 12 + 1 &&
			            before.day >= 28);
		else
			assert_true(c.day == before.day + 1 &&
			            c.month == before.month &&
			            c.year == before.year && c.day <= 31);
		assert_int_equal(civil_us(&c), day * US_DAY + 12345678901);
		before = c;
	}
}

static void test_against_libc(void **state)
{
	(void)state;
	for (time_t t = -5000000000; t < 9000000000; t += 7654321) {
		struct civil c;
		struct tm tm;

		gmtime_r(&t, &tm);
		civil_of(t * US_SECOND + 5, &c);
		if (c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 ||
		    c.day != tm.tm_mday || c.hour != tm.tm_hour ||
		    c.minute != tm.tm_min || c.second != tm.tm_sec ||
		    c.us != 5 || civil_weekday(t * US_SECOND) != tm.tm_wday)
			fail_msg("%lld", (long long)t);
	}
}

static void test_print(void **state)
{
	static const struct {
		int64_t us;
		int32_t offset;
		int digits;
		const char *iso, *local;
	} rows[] = {
		{ 0, 0, 0, "1970-01-01T00:00:00.000000Z",
		  "1970-01-01 00:00:00+00:00" },
		{ -1, 3600, 6, "1969-12-31T23:59:59.999999Z",
		  "1970-01-01 00:59:59.999999+01:00" },
		{ 1773479702318204, 3600, 0, "2026-03-14T09:15:02.318204Z",
		  "2026-03-14 10:15:02+01:00" },
		{ 1773479702318204, -18000, 3, "2026-03-14T09:15:02.318204Z",
		  "2026-03-14 04:15:02.318-05:00" },
		{ 951782400000000, 19800, 6, "2000-02-29T00:00:00.000000Z",
		  "2000-02-29 05:30:00.000000+05:30" },
		{ 253402300799999999, 0, 0, "9999-12-31T23:59:59.999999Z",
		  "9999-12-31 23:59:59+00:00" },
		{ -62167219200000000, 0, 0, "0000-01-01T00:00:00.000000Z",
		  "0000-01-01 00:00:00+00:00" },
		{ TIME_NONE, 0, 0, "", "" },
	};
	struct strbuf b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_reset(&b);
		civil_add_iso(&b, rows[i].us);
		assert_string_equal(strbuf_text(&b), rows[i].iso);
		strbuf_reset(&b);
		civil_add_local(&b, rows[i].us, rows[i].offset, rows[i].digits);
		assert_string_equal(strbuf_text(&b), rows[i].local);
	}
	strbuf_reset(&b);
	civil_add_offset(&b, -12600);
	civil_add_offset(&b, 0);
	civil_add_offset(&b, 3208); /* mean time of a city */
	assert_string_equal(strbuf_text(&b), "-03:30+00:00+00:53:28");
	strbuf_release(&b);
}

static void test_parse(void **state)
{
	static const struct {
		const char *text, *iso;
		int64_t span;
		bool has_zone;
		int32_t offset;
	} rows[] = {
		{ "2014", "2014-01-01T00:00:00.000000Z", 365 * US_DAY, 0, 0 },
		{ "2016", "2016-01-01T00:00:00.000000Z", 366 * US_DAY, 0, 0 },
		{ "2014-02", "2014-02-01T00:00:00.000000Z", 28 * US_DAY, 0, 0 },
		{ "2016-02", "2016-02-01T00:00:00.000000Z", 29 * US_DAY, 0, 0 },
		{ "2014-02-03", "2014-02-03T00:00:00.000000Z", US_DAY, 0, 0 },
		{ "2014-02-03T01", "2014-02-03T01:00:00.000000Z", US_HOUR, 0,
		  0 },
		{ "2014-02-03 01", "2014-02-03T01:00:00.000000Z", US_HOUR, 0,
		  0 },
		{ "2014-02-03T01:01", "2014-02-03T01:01:00.000000Z", US_MINUTE,
		  0, 0 },
		{ "2014-02-03 01:01:14", "2014-02-03T01:01:14.000000Z",
		  US_SECOND, 0, 0 },
		{ "2014-02-03T23:59:60", "2014-02-04T00:00:00.000000Z",
		  US_SECOND, 0, 0 },
		{ "2014-02-03T01:01:14.5", "2014-02-03T01:01:14.500000Z",
		  100000, 0, 0 },
		{ "2014-02-03T01:01:14,318", "2014-02-03T01:01:14.318000Z",
		  1000, 0, 0 },
		{ "2014-02-03T01:01:14.318204", "2014-02-03T01:01:14.318204Z",
		  1, 0, 0 },
		{ "2014-02-03T01:01:14.3182049", "2014-02-03T01:01:14.318204Z",
		  1, 0, 0 },
		{ "2014-02-03T01:01:14.318204999999999999999",
		  "2014-02-03T01:01:14.318204Z", 1, 0, 0 },
		{ "2014-02-03T01:01:14Z", "2014-02-03T01:01:14.000000Z",
		  US_SECOND, 1, 0 },
		{ "2014-02-03t01:01:14z", "2014-02-03T01:01:14.000000Z",
		  US_SECOND, 1, 0 },
		{ "2014-02-03T01:01:14-06:00", "2014-02-03T07:01:14.000000Z",
		  US_SECOND, 1, -21600 },
		{ "2014-02-03T01:01:14.25+0530", "2014-02-02T19:31:14.250000Z",
		  10000, 1, 19800 },
		{ "2014-02-03 01:01:14 +01", "2014-02-03T00:01:14.000000Z",
		  US_SECOND, 1, 3600 },
		{ "2014-02-03T01+01:00", "2014-02-03T00:00:00.000000Z", US_HOUR,
		  1, 3600 },
		{ "2014-02-03+01:00", "2014-02-02T23:00:00.000000Z", US_DAY, 1,
		  3600 },
		{ "2014-02-03 -05:00", "2014-02-03T05:00:00.000000Z", US_DAY, 1,
		  -18000 },
		{ "2014-02-03Z", "2014-02-03T00:00:00.000000Z", US_DAY, 1, 0 },
		{ "2016-02-29", "2016-02-29T00:00:00.000000Z", US_DAY, 0, 0 },
		{ "0000-01-01", "0000-01-01T00:00:00.000000Z", US_DAY, 0, 0 },
	};
	struct strbuf b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t us, span;
		int32_t offset;
		bool zone;

		if (!civil_parse(slice_str(rows[i].text), &us, &span, &zone,
		                 &offset))
			fail_msg("not read: %s", rows[i].text);
		strbuf_reset(&b);
		civil_add_iso(&b, us);
		assert_string_equal(strbuf_text(&b), rows[i].iso);
		assert_int_equal(span, rows[i].span);
		assert_int_equal(zone, rows[i].has_zone);
		assert_int_equal(offset, rows[i].offset);
		assert_true(civil_parse(slice_str(rows[i].text), &us, NULL,
		                        &zone, &offset));
	}
	strbuf_release(&b);
}

static void test_parse_wrong(void **state)
{
	static const char *const rows[] = {
		"", "2", "201", "20145", "2014-", "2014-1", "2014-13",
		"2014-00", "2014-02-", "2014-02-3", "2014-02-30", "2014-02-00",
		"2015-02-29", "1900-02-29", "2014-02-03T", "2014-02-03 ",
		"2014-02-03T1", "2014-02-03T24", "2014-02-03T01:",
		"2014-02-03T01:60", "2014-02-03T01:01:61", "2014-02-03T01:01:14.",
		"2014-02-03T01:01:14+", "2014-02-03T01:01:14+1",
		"2014-02-03T01:01:14+01:", "2014-02-03T01:01:14+01:60",
		"2014-02-03T01:01:14+24:00", "2014-02-03T01:01:14ZZ",
		"2014-02-03T01:01:14 x", "2014/02/03", " 2014", "2014 ",
		"-2014", "now", "2014-02-03T-1:00", "20140203T010114Z",
		"2014-02-03T01:01:14+01:000", "2014-02-05:00",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t us;
		int32_t offset;
		bool zone;

		if (civil_parse(slice_str(rows[i]), &us, NULL, &zone, &offset))
			fail_msg("taken: '%s'", rows[i]);
	}
}

static void test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {
		{ "0", 0 },
		{ "90", 90 * US_SECOND },
		{ "90s", 90 * US_SECOND },
		{ "1h", US_HOUR },
		{ "5m", 5 * US_MINUTE },
		{ "5min", 5 * US_MINUTE },
		{ "2d", 2 * US_DAY },
		{ "1w", 7 * US_DAY },
		{ "1.5h", 90 * US_MINUTE },
		{ "250ms", 250000 },
		{ "7us", 7 },
		{ "0.25", 250000 },
		{ "1.234567891", 1234567 },
	};
	static const char *const wrong[] = {
		"", "h", "-1h", "1.h", ".5h", "1,5h", "1 h", "1hh", "1y",
		"99999999999999999999", "9223372036854775807s", "1h ", "1.5.5h",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		int64_t us = -1;

		assert_true(duration_parse(slice_str(good[i].text), &us));
		assert_int_equal(us, good[i].us);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		int64_t us;

		if (duration_parse(slice_str(wrong[i]), &us))
			fail_msg("taken: '%s'", wrong[i]);
	}
}

static void test_duration_print(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
		{ 0, "0 s" },
		{ 7, "7 us" },
		{ 999, "999 us" },
		{ 1500, "2 ms" },
		{ 250000, "250 ms" },
		{ 999499, "999 ms" },
		{ 999500, "1 s" },
		{ 1400000, "1.4 s" },
		{ 2000000, "2 s" },
		{ 59949999, "59.9 s" },
		{ 59950000, "1 min" },
		{ 63 * US_SECOND, "1 min 3 s" },
		{ US_HOUR - 1, "1 h" },
		{ 161 * US_MINUTE, "2 h 41 min" },
		{ US_DAY - 1, "1 d" },
		{ 76 * US_HOUR, "3 d 4 h" },
		{ -7100000, "-7.1 s" },
		{ INT64_MIN, "-106751991 d 4 h" },
	};
	struct strbuf b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_reset(&b);
		duration_add(&b, rows[i].us);
		assert_string_equal(strbuf_text(&b), rows[i].text);
	}
	strbuf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_against_libc),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_wrong),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_duration_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
