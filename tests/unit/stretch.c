/* SPDX-License-Identifier: MIT */
/* Zone and year of lines that lack them. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static int64_t at(const char *iso)
{
	int64_t us = TIME_NONE;
	int32_t offset;
	bool has_zone;

	if (!civil_parse(slice_str(iso), &us, NULL, &has_zone, &offset))
		fail_msg("not a time: %s", iso);
	return us;
}

/* One message that left for a server whose reply holds an epoch: Feb 3 01:01:14
 * there is 1391410861 = 2014-02-03 07:01:01 UTC. */
#define E5                                                                    \
	"~0203010112 util q=A do=accept roles=opens\n"                       \
	"~0203010114 util q=A do=relay roles=attempt reply=250_ok_1391410861" \
	" id_time=1391410861 recipient=b@example.org\n"                      \
	"~0203010114 util q=A do=removed roles=closes\n"

static void test_reply(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, E5, 2);
	rows_derive(&r);
	assert_int_equal(r.nstretches, 1);
	assert_string_equal(r.stretches[0].zone, "-06:00");
	assert_int_equal(r.stretches[0].zone_basis, BASIS_REPLY);
	assert_int_equal(r.stretches[0].year, 2014);
	assert_int_equal(r.stretches[0].year_basis, BASIS_REPLY);
	assert_int_equal(r.transactions[0].opened, at("2014-02-03T07:01:12Z"));
	assert_int_equal(r.transactions[0].flags & ROW_TIME_ASSUMED, 0);
	rows_release(&r);
}

static void test_own_id(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	/* 2014-02-20 19:03:09 UTC at 14:03:13 */
	rows_add(&r, "~0220140313 mail q=S do=accept roles=opens "
	             "id_time=1392922989\n", 9);
	rows_derive(&r);
	assert_string_equal(r.stretches[0].zone, "-05:00");
	assert_int_equal(r.stretches[0].zone_basis, BASIS_ID);
	assert_int_equal(r.stretches[0].year, 2014);
	rows_release(&r);
}

static void test_siblings_and_mtime(void **state)
{
	struct rows r;
	struct trace_source *s;

	(void)state;
	rows_init(&r);
	rows_add(&r, E5, 9);
	rows_add(&r, "~0708102314 mailserver q=A do=info\n", 9);
	rows_derive(&r);
	assert_int_equal(r.nstretches, 2);
	assert_int_equal(r.stretches[1].year_basis, BASIS_SIBLING);
	assert_int_equal(r.stretches[1].zone_basis, BASIS_SIBLING);
	assert_string_equal(r.stretches[1].zone, "-06:00");
	assert_int_equal(r.transactions[1].flags & ROW_TIME_ASSUMED,
	                 ROW_TIME_ASSUMED);
	rows_release(&r);

	rows_init(&r);
	s = rows_add(&r, "~0708102314 mailserver q=A do=info\n", 9);
	s->mtime = at("2023-03-01T00:00:00Z");
	rows_derive(&r);
	assert_int_equal(r.stretches[0].year, 2022);
	assert_int_equal(r.stretches[0].year_basis, BASIS_MTIME);
	assert_int_equal(r.stretches[0].zone_basis, BASIS_ASSUMED);
	rows_release(&r);
}

static void test_given_wins(void **state)
{
	struct rows r;
	struct trace_source *s;

	(void)state;
	rows_init(&r);
	s = rows_add(&r, E5, 9);
	s->zone = SLICE("Europe/Berlin");
	s->year = 2013;
	rows_derive(&r);
	assert_int_equal(r.stretches[0].zone_basis, BASIS_GIVEN);
	assert_int_equal(r.transactions[0].opened, at("2013-02-03T00:01:12Z"));
	rows_release(&r);
}

static void test_file_name(void **state)
{
	struct rows r;
	struct trace_source *s;

	(void)state;
	rows_init(&r);
	s = rows_add(&r, "~0203010112 h q=A do=info\n"
	                 "~0208235959 h q=A do=info\n", 9);
	s->path = SLICE("var/log/maillog-20140209");
	s->mtime = at("2026-01-01T00:00:00Z");
	rows_derive(&r);
	assert_int_equal(r.stretches[0].year, 2014);
	assert_int_equal(r.stretches[0].year_basis, BASIS_FILE_NAME);
	rows_release(&r);
}

/* December into January is a new year; an hour back is not. */
static void test_turn_of_year(void **state)
{
	static const char log[] =
		"~1230120000 h q=A do=accept roles=opens\n"
		"~1230110000 h q=B do=accept roles=opens\n"
		"~1231235959 h q=C do=accept roles=opens\n"
		"~0101000001 h q=D do=accept roles=opens\n"
		"~0101000002 h q=C do=removed roles=closes\n";

	(void)state;
	for (unsigned cut = 1; cut <= 5; cut++) {
		struct rows r;
		struct trace_source *s;

		rows_init(&r);
		s = rows_add(&r, log, cut);
		s->mtime = at("2027-01-02T00:00:00Z");
		rows_derive(&r);
		assert_int_equal(r.nstretches, 2);
		assert_int_equal(r.stretches[0].year, 2026);
		assert_int_equal(r.stretches[0].to_line, 3);
		assert_int_equal(r.stretches[1].year, 2027);
		assert_int_equal(r.stretches[1].from_line, 4);
		assert_int_equal(rows_txn(&r, "h", "D", 1)->opened,
		                 at("2027-01-01T00:00:01Z"));
		assert_int_equal(rows_txn(&r, "h", "C", 1)->state,
		                 STATE_COMPLETE);
		rows_release(&r);
	}
}

static void test_leap_day(void **state)
{
	struct rows r;
	struct trace_source *s;

	(void)state;
	rows_init(&r);
	s = rows_add(&r, "~0229120000 h q=A do=info\n", 9);
	s->mtime = at("2023-07-01T00:00:00Z");
	rows_derive(&r);
	assert_int_equal(r.stretches[0].year, 2020);
	rows_release(&r);
}

/* Ids show when summer time ends: 2026-10-25 01:00 UTC in Berlin. */
static void test_summer_time(void **state)
{
	struct strbuf b = { 0 };
	struct rows r;
	int64_t utc = at("2026-10-25T00:00:00Z");

	(void)state;
	rows_init(&r);
	for (int i = 0; i < 20; i++) {
		int64_t local = utc + (utc < at("2026-10-25T01:00:00Z") ? 2 : 1)
		                              * US_HOUR;
		struct civil c;

		civil_of(local, &c);
		strbuf_addf(&b, "=%04d%02d%02d%02d%02d%02d h q=Q%d do=accept "
		            "roles=opens id_time=%lld\n", c.year, c.month, c.day,
		            c.hour, c.minute, c.second, i,
		            (long long)(utc / US_SECOND));
		utc += 7 * US_MINUTE;
	}
	rows_add(&r, strbuf_text(&b), 6);
	rows_derive(&r);
	assert_int_equal(r.nstretches, 2);
	assert_string_equal(r.stretches[0].zone, "+02:00");
	assert_string_equal(r.stretches[1].zone, "+01:00");
	assert_int_equal(r.stretches[1].from_line, 10);
	assert_int_equal(r.stretches[0].year, 0);
	for (size_t i = 1; i < r.ntransactions; i++)
		assert_int_equal(r.transactions[i].opened -
		                 r.transactions[i - 1].opened, 7 * US_MINUTE);
	strbuf_release(&b);
	rows_release(&r);
}

static void test_absolute(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, "@1000 h q=A do=info\n", 9);
	rows_add(&r, "!nothing\n", 9);
	rows_derive(&r);
	assert_int_equal(r.nstretches, 1);
	assert_int_equal(r.stretches[0].zone_basis, BASIS_LINE);
	assert_int_equal(r.stretches[0].year_basis, BASIS_LINE);
	rows_release(&r);
}

/* An id that was forged or belongs to another day decides nothing. */
static void test_outlier(void **state)
{
	static const char log[] =
		"~0203010112 h q=A do=accept roles=opens id_time=1391410872\n"
		"~0203010113 h q=B do=accept roles=opens id_time=1391410873\n"
		"~0203010114 h q=C do=accept roles=opens id_time=1391421674\n"
		"~0203010115 h q=D do=accept roles=opens id_time=1391410875\n"
		"~0203010116 h q=E do=accept roles=opens id_time=1000000000\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 9);
	rows_derive(&r);
	assert_int_equal(r.nstretches, 1);
	assert_string_equal(r.stretches[0].zone, "-06:00");
	assert_int_equal(r.stretches[0].year, 2014);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_own_id),
		cmocka_unit_test(test_siblings_and_mtime),
		cmocka_unit_test(test_given_wins),
		cmocka_unit_test(test_file_name),
		cmocka_unit_test(test_turn_of_year),
		cmocka_unit_test(test_leap_day),
		cmocka_unit_test(test_summer_time),
		cmocka_unit_test(test_absolute),
		cmocka_unit_test(test_outlier),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
