/* SPDX-License-Identifier: MIT */
/* Summer time begins or ends within a log that says no zone, whatever tells it:
 * own ids, replies of others, handoffs, the jump of the wall clock alone. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MINUTES 40

/* One line a minute, MINUTES before CHANGE (UTC) and as many after it. */
struct host {
	const char *name;
	int before, after;       /* minutes east of UTC */
	int own_from, own_to;    /* lines with an id that carries the time */
	int reply_from, reply_to; /* with a reply that does */
	int reply_off;           /* s that the other's clock is wrong by */
	const char *next;        /* where it hands its messages over, or NULL */
};

static void add_stamp(struct strbuf *out, int64_t utc, int minutes)
{
	struct civil c;

	civil_of((utc + minutes * 60) * US_SECOND, &c);
	strbuf_addf(out, "~%02d%02d%02d%02d%02d", c.month, c.day, c.hour,
	            c.minute, c.second);
}

static void add_line(struct strbuf *out, const struct host *h, int64_t change,
                     int i)
{
	int64_t utc = change + (i - MINUTES) * 60;
	int zone = utc < change ? h->before : h->after;

	add_stamp(out, utc, zone);
	strbuf_addf(out, " %s q=%s%d do=accept roles=opens", h->name, h->name,
	            i);
	if (i >= h->own_from && i < h->own_to)
		strbuf_addf(out, " id_time=%lld", (long long)utc);
	strbuf_add_char(out, '\n');
	add_stamp(out, utc, zone);
	strbuf_addf(out, " %s q=%s%d do=relay roles=attempt code=250 "
	            "recipient=b@x.example", h->name, h->name, i);
	if (h->next)
		strbuf_addf(out, " next_queue_id=%s%d reply=250_queued_as_%s%d",
		            h->next, i, h->next, i);
	else if (i >= h->reply_from && i < h->reply_to)
		strbuf_addf(out, " relay_name=mx.y.example id_time=%lld "
		            "reply=250_ok_1",
		            (long long)(utc + h->reply_off));
	strbuf_add_char(out, '\n');
}

static void add_host(struct rows *r, const struct host *h, int64_t change,
                     int year)
{
	struct strbuf log = {0};
	struct trace_source *s;

	for (int i = 0; i < 2 * MINUTES; i++)
		add_line(&log, h, change, i);
	s = rows_add(r, strbuf_text(&log), 50);
	s->mtime = civil_days(year + 1, 1, 1) * US_DAY - US_SECOND;
	strbuf_release(&log);
}

/* The zones of source 1: BEFORE, and AFTER from the line of CHANGE on (NULL: none). */
static void check(const struct rows *r, const char *before, const char *after)
{
	const struct stretch *s = r->stretches;
	size_t n = 0;

	while (n < r->nstretches && s[n].source == 1)
		n++;
	assert_int_equal(n, after ? 2 : 1);
	assert_string_equal(s[0].zone, before);
	if (!after)
		return;
	assert_string_equal(s[1].zone, after);
	assert_int_equal(s[1].from_line, 2 * MINUTES + 1);
}

#define BERLIN_BACK INT64_C(1792890000)    /* 2026-10-25 01:00 UTC, a Sunday */
#define BERLIN_FORWARD INT64_C(1806195600) /* 2027-03-28 01:00 UTC */
#define HOWE_BACK INT64_C(1806764400)      /* 2027-04-03 15:00 UTC */

/* A few own ids, all before the change; replies throughout. */
static void test_replies(void **state)
{
	struct host h = {.name = "mx1", .before = 120, .after = 60,
	                 .own_from = 3, .own_to = 6, .reply_to = 80};
	struct rows r;

	(void)state;
	rows_init(&r);
	add_host(&r, &h, BERLIN_BACK, 2026);
	rows_derive(&r);
	check(&r, "+02:00", "+01:00");
	assert_int_equal(r.stretches[0].zone_basis, BASIS_ID);
	rows_release(&r);
}

/* Replies of a clock that is an hour wrong do not move a zone that ids tell. */
static void test_wrong_replies(void **state)
{
	struct host h = {.name = "mx1", .before = 120, .after = 120,
	                 .own_from = 3, .own_to = 9, .reply_from = 20,
	                 .reply_to = 80, .reply_off = 3600};
	struct rows r;

	(void)state;
	rows_init(&r);
	add_host(&r, &h, BERLIN_BACK, 2026);
	rows_derive(&r);
	check(&r, "+02:00", NULL);
	rows_release(&r);
}

/* Who is handed the messages knows its zone. */
static void test_handoffs(void **state)
{
	struct host h = {.name = "evil", .before = 60, .after = 120,
	                 .next = "hub", .own_from = 2, .own_to = 5};
	struct host hub = {.name = "hub", .own_to = 80};
	struct rows r;

	(void)state;
	rows_init(&r);
	add_host(&r, &h, BERLIN_FORWARD, 2027);
	add_host(&r, &hub, BERLIN_FORWARD, 2027);
	rows_derive(&r);
	check(&r, "+01:00", "+02:00");
	rows_release(&r);
}

/* Nothing carries a time after the change: the jump in the night to Sunday tells. */
static void test_jump(void **state)
{
	struct host h = {.name = "mx1", .before = 120, .after = 60,
	                 .own_from = 3, .own_to = 30};
	struct rows r;

	(void)state;
	rows_init(&r);
	add_host(&r, &h, BERLIN_BACK, 2026);
	rows_derive(&r);
	check(&r, "+02:00", "+01:00");
	rows_release(&r);
}

static void test_jump_forward(void **state)
{
	struct host h = {.name = "mx1", .before = 60, .after = 120,
	                 .own_from = 3, .own_to = 30};
	struct rows r;

	(void)state;
	rows_init(&r);
	add_host(&r, &h, BERLIN_FORWARD, 2027);
	rows_derive(&r);
	check(&r, "+01:00", "+02:00");
	rows_release(&r);
}

/* Lord Howe's summer time is half an hour. */
static void test_half_hour(void **state)
{
	struct host h = {.name = "mx1", .before = 660, .after = 630,
	                 .own_from = 3, .own_to = 30};
	struct rows r;

	(void)state;
	rows_init(&r);
	add_host(&r, &h, HOWE_BACK, 2027);
	rows_derive(&r);
	check(&r, "+11:00", "+10:30");
	rows_release(&r);
}

/* On a Wednesday at noon a clock that goes back was wrong. */
static void test_no_night(void **state)
{
	struct host h = {.name = "mx1", .before = 120, .after = 60,
	                 .own_from = 3, .own_to = 30};
	struct rows r;

	(void)state;
	rows_init(&r);
	add_host(&r, &h, BERLIN_BACK + 3 * 86400 + 9 * 3600, 2026);
	rows_derive(&r);
	check(&r, "+02:00", NULL);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_wrong_replies),
		cmocka_unit_test(test_handoffs),
		cmocka_unit_test(test_jump),
		cmocka_unit_test(test_jump_forward),
		cmocka_unit_test(test_half_hour),
		cmocka_unit_test(test_no_night),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
