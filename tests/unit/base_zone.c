/* SPDX-License-Identifier: MIT */
/* Zones: names, files, footers, both hours of autumn, the hole of spring. */
#include "base/zone.h"

#include "base/civil.h"
#include "base/zone_rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int64_t at(const char *iso)
{
	int64_t us;
	int32_t offset;
	bool zone;

	if (!civil_parse(slice_str(iso), &us, NULL, &zone, &offset))
		fail_msg("not a time: %s", iso);
	return us;
}

static struct zone *named(const char *name)
{
	struct err err;
	struct zone *z = zone_new(slice_str(name), &err);

	if (!z)
		fail_msg("%s: %s", name, err.text);
	return z;
}

static bool has_zoneinfo(void)
{
	return access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0;
}

static void test_fixed(void **state)
{
	static const struct {
		const char *text, *name;
		int32_t offset;
	} rows[] = {
		{ "UTC", "UTC", 0 },          { "Z", "UTC", 0 },
		{ "+01:00", "+01:00", 3600 }, { "-0500", "-05:00", -18000 },
		{ "+0530", "+05:30", 19800 }, { "+14", "+14:00", 50400 },
		{ "-00:00", "+00:00", 0 },    { "-03:30", "-03:30", -12600 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct zone *z = named(rows[i].text);
		bool ambiguous = true;

		assert_string_equal(zone_name(z), rows[i].name);
		assert_true(zone_is_fixed(z));
		assert_int_equal(zone_offset_at(z, 0), rows[i].offset);
		assert_int_equal(zone_offset_at(z, -US_DAY), rows[i].offset);
		assert_int_equal(zone_to_utc(z, US_DAY, false, &ambiguous),
		                 US_DAY - rows[i].offset * US_SECOND);
		assert_false(ambiguous);
		zone_free(z);
	}
	zone_free(NULL);
}

static void test_refused(void **state)
{
	static const char *const rows[] = {
		"", "+", "+1", "+1:00", "+01:0", "+01:60", "+0160", "+01:00:00",
		"+26:00", "+010", "1:00", "Nowhere/City", "../../../etc/passwd",
		"Europe/../../../../etc/passwd", "/etc/localtime",
		"/usr/share/zoneinfo/UTC", "Europe//Berlin", "Europe/", "Europe",
		"./UTC", ".", "Europe/Berlin\n", "%s%s%n", "localtime",
		"Europe/Berlin\x1b[31m", "zone.tab", "tzdata.zi", "leapseconds",
	};
	char many[300];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { .text = "" };

		if (zone_new(slice_str(rows[i]), &err))
			fail_msg("taken: '%s'", rows[i]);
		assert_true(err.text[0] != '\0');
		assert_null(strchr(err.text, '\x1b'));
		assert_null(zone_new(slice_str(rows[i]), NULL));
	}
	assert_null(zone_new(SLICE("Europe/Berlin\0x"), NULL));
	memset(many, 'A', sizeof many);
	assert_null(zone_new(slice_of(many, sizeof many), NULL));
}

static void test_offsets(void **state)
{
	static const struct {
		const char *zone, *utc;
		int32_t offset;
	} rows[] = {
		{ "Europe/Berlin", "2026-03-14T09:15:02", 3600 },
		{ "Europe/Berlin", "2026-03-29T00:59:59", 3600 },
		{ "Europe/Berlin", "2026-03-29T01:00:00", 7200 },
		{ "Europe/Berlin", "2026-10-25T00:59:59.999999", 7200 },
		{ "Europe/Berlin", "2026-10-25T01:00:00", 3600 },
		{ "Europe/Berlin", "2150-07-01", 7200 }, /* far behind the data */
		{ "Europe/Berlin", "2150-01-01", 3600 },
		{ "Europe/Berlin", "1850-01-01", 3208 }, /* mean time */
		{ "Europe/Berlin", "1945-07-01", 10800 },
		{ "America/New_York", "2014-02-20T19:03:09", -18000 },
		{ "America/New_York", "2026-03-08T06:59:59", -18000 },
		{ "America/New_York", "2026-03-08T07:00:00", -14400 },
		{ "America/New_York", "2006-03-15T12:00:00", -18000 },
		{ "Australia/Lord_Howe", "2026-01-01", 39600 },
		{ "Australia/Lord_Howe", "2026-07-01", 37800 },
		{ "Asia/Kolkata", "2026-07-01", 19800 },
		{ "Asia/Tehran", "2030-07-01", 12600 },
		{ "Pacific/Apia", "2011-12-30T09:59:59", -36000 },
		{ "Pacific/Apia", "2011-12-30T10:00:00", 50400 },
		{ "America/Sao_Paulo", "2018-12-01", -7200 },
		{ "America/Sao_Paulo", "2026-12-01", -10800 },
		{ "Europe/Dublin", "2040-07-01", 3600 }, /* summer is standard */
		{ "Europe/Dublin", "2040-01-01", 0 },
	};

	(void)state;
	if (!has_zoneinfo())
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct zone *z = named(rows[i].zone);
		int32_t got = zone_offset_at(z, at(rows[i].utc));

		if (got != rows[i].offset)
			fail_msg("%s at %s: %d, want %d", rows[i].zone,
			         rows[i].utc, got, rows[i].offset);
		assert_string_equal(zone_name(z), rows[i].zone);
		assert_false(zone_is_fixed(z));
		zone_free(z);
	}
}

static void test_local(void **state)
{
	static const struct {
		const char *zone, *local, *early, *late;
		bool ambiguous;
	} rows[] = {
		{ "Europe/Berlin", "2026-03-14T10:15:02", "2026-03-14T09:15:02",
		  "2026-03-14T09:15:02", false },
		/* 02:30 came twice */
		{ "Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00",
		  "2026-10-25T01:30:00", true },
		{ "Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59",
		  "2026-10-24T23:59:59", false },
		{ "Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00",
		  "2026-10-25T02:00:00", false },
		/* 02:30 never was */
		{ "Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00",
		  "2026-03-29T01:30:00", true },
		{ "Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00",
		  "2026-03-29T01:00:00", false },
		{ "America/New_York", "2026-11-01T01:30:00",
		  "2026-11-01T05:30:00", "2026-11-01T06:30:00", true },
		{ "America/New_York", "2026-03-08T02:00:00",
		  "2026-03-08T07:00:00", "2026-03-08T07:00:00", true },
		/* half an hour */
		{ "Australia/Lord_Howe", "2026-04-05T01:45:00",
		  "2026-04-04T14:45:00", "2026-04-04T15:15:00", true },
		/* a whole day that was left out */
		{ "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00",
		  "2011-12-30T22:00:00", true },
		{ "Pacific/Apia", "2011-12-31T12:00:00", "2011-12-30T22:00:00",
		  "2011-12-30T22:00:00", false },
	};

	(void)state;
	if (!has_zoneinfo())
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct zone *z = named(rows[i].zone);
		int64_t local = at(rows[i].local);
		bool ambiguous;

		if (zone_to_utc(z, local, false, &ambiguous) !=
		            at(rows[i].early) ||
		    zone_to_utc(z, local, true, NULL) != at(rows[i].late) ||
		    ambiguous != rows[i].ambiguous)
			fail_msg("%s %s", rows[i].zone, rows[i].local);
		zone_free(z);
	}
}

/* What is shown as local time must lead back to the instant. */
static void test_round(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York",
		                             "Africa/Casablanca",
		                             "Pacific/Chatham" };

	(void)state;
	if (!has_zoneinfo())
		skip();
	for (size_t i = 0; i < COUNT(zones); i++) {
		struct zone *z = named(zones[i]);

		for (int64_t us = 0; us < 80 * 365 * US_DAY;
		     us += 40000 * US_SECOND) {
			int64_t local = us + zone_offset_at(z, us) * US_SECOND;

			if (zone_to_utc(z, local, false, NULL) != us &&
			    zone_to_utc(z, local, true, NULL) != us)
				fail_msg("%s %lld", zones[i], (long long)us);
		}
		zone_free(z);
	}
}

static void test_rule(void **state)
{
	static const struct {
		const char *text, *utc;
		int32_t offset;
	} rows[] = {
		{ "UTC0", "2026-07-01", 0 },
		{ "EST5", "2026-07-01", -18000 },
		{ "<+0530>-5:30", "2026-07-01", 19800 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-01", 7200 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-12-01", 3600 },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01", 39600 },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01", 36000 },
		{ "A1B-7", "2026-07-01", -1 }, /* no rule, a digit in a name */
		{ "XXX3YYY2,J60/0,J300/0", "2024-03-01T02:59:59", -10800 },
		{ "XXX3YYY2,J60/0,J300/0", "2024-03-01T03:00:00", -7200 },
		{ "XXX3YYY2,59/0,299/0", "2024-02-29T03:00:00", -7200 },
		{ "XXX3YYY2,59/0,299/0", "2023-03-01T02:59:59", -10800 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-07-01", -3600 },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-26T23:59:59", 7200 },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00:00", 10800 },
	};
	static const char *const wrong[] = {
		"", "CET", "CE-1", "CET-25", "CET-1CEST", "CET-1CEST,", "<+03-3",
		"<>3", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J3", "CET-1CEST,J366,J3",
		"CET-1CEST,366,3", "CET-1CEST,M3.5.0,M10.5.0/168",
		"CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1:60",
	};
	struct zone_rule rule;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool ok = zone_rule_parse(slice_str(rows[i].text), &rule);
		int32_t got = ok ? zone_rule_offset(&rule, at(rows[i].utc) /
		                                                   US_SECOND)
		                 : -1;

		if (got != rows[i].offset)
			fail_msg("%s at %s: %d", rows[i].text, rows[i].utc, got);
	}
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (zone_rule_parse(slice_str(wrong[i]), &rule))
			fail_msg("taken: '%s'", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_offsets), cmocka_unit_test(test_local),
		cmocka_unit_test(test_round),   cmocka_unit_test(test_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
