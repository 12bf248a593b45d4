/* SPDX-License-Identifier: MIT */
/* What the logs should hold: a hop without a log, a log with a gap, one that does
 * not have what it was given, one that knows nothing of what it gave, and sides
 * that contradict each other. */
#include "base/alloc.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define START 100000
#define NONE (-1)

/* Message I of a handing over to b, at its second; SKIP leaves out a side. */
static void add_a(struct strbuf *log, int i)
{
	strbuf_addf(log, "@%d a q=A%d do=accept roles=opens "
	            "sender=s%d@x.example message_id=m%d@x.example\n",
	            START + i, i, i, i);
	strbuf_addf(log, "@%d.5 a q=A%d do=relay roles=attempt code=250 "
	            "recipient=r@b.example relay_name=b.b.example "
	            "relay_ip=192.0.2.2 transfer=0.3 next_queue_id=B%d "
	            "reply=250_queued_as_B%d\n", START + i, i, i, i);
	strbuf_addf(log, "@%d.6 a q=A%d do=removed roles=closes\n", START + i, i);
}

static void add_b(struct strbuf *log, int i, const char *sender)
{
	strbuf_addf(log, "@%d.4 b q=B%d do=accept roles=opens sender=%s "
	            "client_ip=192.0.2.1 message_id=m%d@x.example\n", START + i, i,
	            sender, i);
	strbuf_addf(log, "@%d.5 b q=B%d do=deliver roles=attempt "
	            "recipient=r@b.example place=INBOX\n", START + i, i);
	strbuf_addf(log, "@%d.6 b q=B%d do=removed roles=closes\n", START + i, i);
}

struct logs {
	int n, not_a, not_b;     /* messages; one that a or b does not tell */
	int gap_from, gap_to;    /* messages that b's log lacks altogether */
	const char *sender;      /* that b says of message 7 */
	const char *more_a, *more_b;
	bool no_b;
};

static void make(struct rows *r, const struct logs *l)
{
	struct strbuf a = { 0 }, b = { 0 };

	for (int i = 0; i < l->n; i++) {
		struct strbuf sender = { 0 };

		strbuf_addf(&sender, "s%d@x.example", i);
		if (i != l->not_a)
			add_a(&a, i);
		if (i != l->not_b && (i < l->gap_from || i >= l->gap_to))
			add_b(&b, i, i == 7 && l->sender ? l->sender
			                                 : strbuf_text(&sender));
		strbuf_release(&sender);
	}
	if (l->more_a)
		strbuf_add_str(&a, l->more_a);
	if (l->more_b)
		strbuf_add_str(&b, l->more_b);
	rows_init(r);
	rows_add(r, strbuf_text(&a), 50);
	if (!l->no_b)
		rows_add(r, strbuf_text(&b), 50);
	rows_shuffle(r, 3);
	rows_derive(r);
	strbuf_release(&a);
	strbuf_release(&b);
}

/* "kind queue_id", one behind the other. */
static void check(const struct rows *r, const char *want)
{
	struct strbuf got = { 0 };

	for (size_t i = 0; i < r->nmissing; i++)
		strbuf_addf(&got, "%s%s %.*s", i ? ", " : "",
		            missing_kind_name(r->missing[i].kind),
		            SLICE_FMT(r->missing[i].queue_id));
	assert_string_equal(strbuf_text(&got), want);
	strbuf_release(&got);
}

static void test_nothing(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 60, .not_a = NONE, .not_b = NONE });
	check(&r, "");
	rows_release(&r);
}

static void test_no_log(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 2, .not_a = NONE, .no_b = true });
	check(&r, "no log B0, no log B1");
	assert_string_equal(rows_word(&r, r.missing[0].name), "b.b.example");
	assert_string_equal(rows_word(&r, r.missing[0].ip), "192.0.2.2");
	assert_int_equal(r.missing[0].server, 0);
	assert_true(r.missing[0].from < (START)*US_SECOND);
	assert_true(r.missing[0].to > (START + 1) * US_SECOND);
	assert_null(r.missing[0].searched.ptr);
	rows_release(&r);
}

static void test_absent(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 60, .not_a = NONE, .not_b = 30 });
	check(&r, "absent B30");
	assert_string_equal(rows_word(&r, r.missing[0].server), "b");
	assert_non_null(r.missing[0].searched.ptr);
	rows_release(&r);
}

/* What a gap of the log could hold is not absent. */
static void test_gap(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 900, .not_a = NONE, .not_b = NONE,
	                         .gap_from = 200, .gap_to = 700 });
	assert_int_equal(r.nmissing, 500);
	for (size_t i = 0; i < r.nmissing; i++)
		assert_int_equal(r.missing[i].kind, MISSING_NOT_COVERED);
	rows_release(&r);
}

static void test_not_sent(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 60, .not_a = 30, .not_b = NONE });
	check(&r, "not sent B30");
	rows_release(&r);
}

static void test_conflicts(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 60, .not_a = NONE, .not_b = NONE,
	                         .sender = "other@y.example" });
	check(&r, "envelope conflict B7");
	rows_release(&r);
	/* forwarders and lists rewrite senders */
	make(&r, &(struct logs){ .n = 60, .not_a = NONE, .not_b = NONE,
	                         .sender = "SRS0=Ab1=TT=x.example=s7@b.example" });
	check(&r, "");
	rows_release(&r);
	/* b refused what a says it took */
	make(&r, &(struct logs){ .n = 60, .not_a = NONE, .not_b = 30,
	             .more_b = "@100030.4 b s=S1 do=reject roles=attempt code=550 "
	                       "sender=s30@x.example recipient=r@b.example "
	                       "client_ip=192.0.2.1\n"
	                       "@100060 b do=info\n" });
	check(&r, "status conflict B30");
	rows_release(&r);
}

/* One line of b that says another time than all others do. */
static void test_time(void **state)
{
	struct strbuf a = { 0 }, b = { 0 };
	struct rows r;

	(void)state;
	for (int i = 0; i < 60; i++) {
		add_a(&a, i);
		if (i != 30)
			add_b(&b, i, "s@x.example");
	}
	strbuf_add_str(&b, "@100050 b q=B30 do=accept roles=opens "
	                   "client_ip=192.0.2.1\n"
	                   "@100051 b q=B30 do=removed roles=closes\n");
	rows_init(&r);
	rows_add(&r, strbuf_text(&a), 50);
	rows_add(&r, strbuf_text(&b), 50);
	rows_derive(&r);
	for (size_t i = 0; i < r.nclocks; i++)
		assert_true(r.clocks[i].hi - r.clocks[i].lo < US_SECOND);
	for (size_t i = 0, n = 0; i < r.nmissing; i++)
		if (r.missing[i].kind == MISSING_TIME) {
			assert_true(slice_eq(r.missing[i].queue_id,
			                     SLICE("B30")));
			assert_int_equal(++n, 1);
		}
	rows_release(&r);
	strbuf_release(&a);
	strbuf_release(&b);
}

/* Many hosts are called "b": an address that is not its own is another one. */
static void test_namesake(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 60, .not_a = NONE, .not_b = NONE,
	         .more_a = "@100020 a q=AX do=accept roles=opens\n"
	                   "@100020 a q=AX do=relay roles=attempt code=250 "
	                   "recipient=z@z.example relay_name=b.z.example "
	                   "relay_ip=198.51.100.7 next_queue_id=ZZ "
	                   "reply=250_queued_as_ZZ\n" });
	check(&r, "no log ZZ");
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_no_log),
		cmocka_unit_test(test_absent), cmocka_unit_test(test_gap),
		cmocka_unit_test(test_not_sent), cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_time), cmocka_unit_test(test_namesake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
