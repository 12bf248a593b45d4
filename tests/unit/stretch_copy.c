/* SPDX-License-Identifier: MIT */
/* The log of a server whose clock is hours off, and what a collector wrote of the
 * same lines with their zone: that zone holds, whatever handoffs say. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define START INT64_C(1774741200) /* 2026-03-28 23:40:00 UTC */
#define AHEAD 3600                /* s that the clock of vps is */
#define MAILS 30

enum form { LOCAL, WITH_ZONE, WITHOUT_ZONE };

static void add_stamp(struct strbuf *out, int64_t s, enum form form)
{
	struct civil c;

	civil_of(s * US_SECOND, &c);
	if (form == WITH_ZONE)
		strbuf_addf(out, "@%lld.25", (long long)s);
	else if (form == LOCAL)
		strbuf_addf(out, "~%02d%02d%02d%02d%02d", c.month, c.day,
		            c.hour, c.minute, c.second);
	else
		strbuf_addf(out, "=%04d%02d%02d%02d%02d%02d", c.year, c.month,
		            c.day, c.hour, c.minute, c.second);
}

/* Mail I at HOST, whose clock is AHEAD: taken, handed to hub. SENDER tells apart
 * what has the same id. */
static void add_mail(struct strbuf *out, const char *host, int i,
		     const char *sender, enum form form)
{
	int64_t s = START + i * 20 + AHEAD;

	add_stamp(out, s, form);
	strbuf_addf(out, " %s q=v%d do=accept roles=opens,envelope sender=%s "
	            "client_ip=203.0.113.9 size=%d\n", host, i, sender,
	            900 + i);
	add_stamp(out, s + 2, form);
	strbuf_addf(out, " %s q=v%d do=relay roles=attempt,closes code=250 "
	            "recipient=b@x.example next_queue_id=h%d "
	            "reply=250_queued_as_h%d\n", host, i, i, i);
}

static void add_log(struct rows *r, const char *host, int from, int to,
		    const char *sender, enum form form)
{
	struct strbuf log = {0};

	for (int i = from; i < to; i++)
		add_mail(&log, host, i, sender, form);
	rows_add(r, strbuf_text(&log), 23);
	strbuf_release(&log);
}

/* The log of vps without zone, and hub's, whose clock is right. */
static void add_pair(struct rows *r)
{
	struct strbuf hub = {0};

	rows_init(r);
	add_log(r, "vps", 0, MAILS, "a@y.example", LOCAL);
	for (int i = 0; i < MAILS; i++)
		strbuf_addf(&hub, "@%lld.5 hub q=h%d do=accept roles=opens "
		            "client_ip=203.0.113.7\n",
		            (long long)(START + i * 20 + 1), i);
	rows_add(r, strbuf_text(&hub), 50);
	strbuf_release(&hub);
}

static void check(struct rows *r, const char *zone, enum stretch_basis basis)
{
	rows_derive(r);
	assert_int_equal(r->stretches[0].source, 1);
	assert_string_equal(r->stretches[0].zone, zone);
	assert_int_equal(r->stretches[0].zone_basis, basis);
	assert_int_equal(r->stretches[0].year, 2026);
	assert_int_equal(r->stretches[0].to_line, UINT64_MAX);
	rows_release(r);
}

/* Nothing tells a clock that is an hour ahead from the zone one hour east. */
static void test_handoffs_alone(void **state)
{
	struct rows r;

	(void)state;
	add_pair(&r);
	check(&r, "+01:00", BASIS_HANDOFF);
}

static void test_copy(void **state)
{
	struct rows r;

	(void)state;
	add_pair(&r);
	add_log(&r, "VPS.y.example", 0, MAILS, "a@y.example", WITH_ZONE);
	check(&r, "+00:00", BASIS_COPY);
}

/* Some of the lines are enough: the others are of the same clock. */
static void test_part(void **state)
{
	struct rows r;

	(void)state;
	add_pair(&r);
	add_log(&r, "vps", 10, 14, "a@y.example", WITH_ZONE);
	check(&r, "+00:00", BASIS_COPY);
}

static void test_once_in_the_count(void **state)
{
	struct rows r;

	(void)state;
	add_pair(&r);
	add_log(&r, "vps", 0, MAILS, "a@y.example", WITH_ZONE);
	rows_derive(&r);
	assert_int_equal(r.ntransactions, 2 * MAILS);
	rows_release(&r);
}

/* What is not the same says nothing: another host, another mail of that id, a
 * source that has no zone either. */
static void test_no_copies(void **state)
{
	struct rows r;

	(void)state;
	add_pair(&r);
	add_log(&r, "vpn", 0, MAILS, "a@y.example", WITH_ZONE);
	check(&r, "+01:00", BASIS_HANDOFF);
	add_pair(&r);
	add_log(&r, "vps", 0, MAILS, "c@y.example", WITH_ZONE);
	check(&r, "+01:00", BASIS_HANDOFF);
	add_pair(&r);
	add_log(&r, "vps", 0, MAILS, "a@y.example", WITHOUT_ZONE);
	check(&r, "+01:00", BASIS_HANDOFF);
}

/* Logins have no queue ids. Some clients come again each hour to the second: they
 * tell nothing, the others do. */
static void test_sessions(void **state)
{
	struct strbuf local = {0}, zoned = {0};
	struct rows r;

	(void)state;
	rows_init(&r);
	for (int i = 0; i < MAILS; i++) {
		int64_t s = START + i * 400 + AHEAD;

		for (int form = LOCAL; form <= WITH_ZONE; form++) {
			struct strbuf *out = form == LOCAL ? &local : &zoned;

			add_stamp(out, s, (enum form)form);
			strbuf_addf(out, " vps s=p%d do=auth_ok "
			            "roles=sopens,attempt,scloses user=u "
			            "client_ip=203.0.113.%d\n", i % 9,
			            i % 9 ? i % 9 : i);
		}
	}
	rows_add(&r, strbuf_text(&local), 20);
	rows_add(&r, strbuf_text(&zoned), 20);
	check(&r, "+00:00", BASIS_COPY);
	strbuf_release(&local);
	strbuf_release(&zoned);
}

/* A name that the analyst gave the server is its, too. */
static void test_given_name(void **state)
{
	struct server_name name = {slice_str("vps"), slice_str("192.0.2.7")};
	struct rows r;

	(void)state;
	add_pair(&r);
	add_log(&r, "192.0.2.7", 0, MAILS, "a@y.example", WITH_ZONE);
	check(&r, "+01:00", BASIS_HANDOFF);
	add_pair(&r);
	r.settings.servers = &name;
	r.settings.nservers = 1;
	add_log(&r, "192.0.2.7", 0, MAILS, "a@y.example", WITH_ZONE);
	check(&r, "+00:00", BASIS_COPY);
}

/* Given is given. */
static void test_given(void **state)
{
	struct rows r;

	(void)state;
	add_pair(&r);
	r.sources[0].zone = slice_str("-05:00");
	r.sources[0].year = 2026;
	add_log(&r, "vps", 0, MAILS, "a@y.example", WITH_ZONE);
	check(&r, "-05:00", BASIS_GIVEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handoffs_alone),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_part),
		cmocka_unit_test(test_once_in_the_count),
		cmocka_unit_test(test_no_copies),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_given_name),
		cmocka_unit_test(test_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
