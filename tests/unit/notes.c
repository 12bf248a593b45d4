/* SPDX-License-Identifier: MIT */
/* Notes, tags and marks: written on rows of every kind, they find their rows
 * again when an append or a new decision gives these other numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "model/index/index.h"
#include "model/store/engine.h"
#include "model/ask/filter.h"
#include "tests/store_make.h"

#include <stdlib.h>

#define NOW (INT64_C(1790000000) * US_SECOND)

struct fixture {
	char *folder, *path, *logs[2];
};

static void add_message(struct strbuf *b, const char *host, int i)
{
	char at[32];

	snprintf(at, sizeof at, "Mar 14 09:%02d:02 %s", 10 + i, host);
	strbuf_addf(b, "%s postfix/smtpd[10]: 1E240A%04X: client=c.example"
	            "[192.0.2.%d]\n", at, i, i);
	strbuf_addf(b, "%s postfix/cleanup[11]: 1E240A%04X: message-id=<m%d@%s>"
	            "\n", at, i, i, host);
	strbuf_addf(b, "%s postfix/qmgr[9]: 1E240A%04X: from=<s%d@c.example>, "
	            "size=300, nrcpt=2 (queue active)\n", at, i, i);
	for (int k = 0; k < 2; k++)
		strbuf_addf(b, "%s postfix/smtp[12]: 1E240A%04X: to=<r%d@d.example"
		            ">, relay=mx.d.example[198.51.100.7]:25, delay=1, "
		            "dsn=2.0.0, status=sent (250 Ok)\n", at, i, k);
	strbuf_addf(b, "%s postfix/qmgr[9]: 1E240A%04X: removed\n", at, i);
}

static void write_log(struct fixture *f, int which, int messages)
{
	struct strbuf b = { 0 };

	for (int i = 0; i < messages; i++)
		add_message(&b, which ? "mx2" : "mx1", i);
	write_file(f->logs[which], b.ptr, b.len);
	strbuf_release(&b);
}

static void run(struct fixture *f, const struct index_rule *zone)
{
	const char *const logs[] = { f->logs[0], f->logs[1] };
	struct index_options o = { .case_path = f->path, .logs = logs,
		                   .nlogs = zone ? 0 : 2, .zones = zone,
		                   .nzones = zone != NULL, .now = NOW,
		                   .threads = 1 };
	struct index_result r = { 0 };
	struct err err = { 0 };
	struct indexer *x = indexer_new(&o, &err);

	if (!x || !indexer_run(x, NULL, &r, &err))
		fail_msg("%s", err.text);
	indexer_free(x);
	strbuf_release(&r.warnings);
}

static int set_up(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);

	f->folder = make_folder();
	f->path = make_path(f->folder, "t.case");
	f->logs[0] = make_path(f->folder, "a.log");
	f->logs[1] = make_path(f->folder, "b.log");
	write_log(f, 0, 3);
	write_log(f, 1, 3);
	run(f, NULL);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->path);
	free(f->logs[0]);
	free(f->logs[1]);
	remove_folder(f->folder);
	free(f);
	return 0;
}

static int64_t number(const struct fixture *f, const char *query)
{
	char *answer = ask(f->path, query);
	int64_t n = strtoll(answer, NULL, 10);

	free(answer);
	return n;
}

static void assert_ask(const struct fixture *f, const char *query,
                       const char *wanted)
{
	char *answer = ask(f->path, query);

	assert_string_equal(answer, wanted);
	free(answer);
}

static void add(const struct fixture *f, const struct note *n)
{
	struct err err = { 0 };
	struct store *s = store_open(f->path, &err);

	if (!s || !store_add_notes(s, n, 1, &err))
		fail_msg("%s", err.text);
	store_close(s);
}

static struct note note_on(enum unit u, int64_t row, enum note_kind kind,
                           const char *text)
{
	return (struct note){ .kind = kind, .unit = u, .row = row, .text = text,
		              .author = "ann", .now = NOW };
}

/* Of mx2's second message, whose rows an append to mx1's log pushes on. */
static const struct {
	enum unit unit;
	const char *row; /* its number, whatever it is now */
} rows[] = {
	{ UNIT_MESSAGES, "SELECT journey_id FROM v_journey WHERE message_id="
	                 "'m1@mx2'" },
	{ UNIT_TRANSACTIONS, "SELECT transaction_id FROM v_transaction WHERE"
	                     " message_id='m1@mx2'" },
	{ UNIT_RECIPIENTS, "SELECT recipient_id FROM v_recipient WHERE address="
	                   "'r1@d.example' AND server='mx2' AND queue_id="
	                   "'1E240A0001'" },
	{ UNIT_DELIVERIES, "SELECT delivery_id FROM v_delivery d JOIN"
	                   " v_transaction t USING(transaction_id) WHERE"
	                   " t.message_id='m1@mx2' AND recipient='r1@d.example'" },
	{ UNIT_ATTEMPTS, "SELECT attempt_id FROM v_attempt a JOIN v_transaction"
	                 " t USING(transaction_id) WHERE t.message_id='m1@mx2'"
	                 " AND a.recipient='r1@d.example'" },
	{ UNIT_EVENTS, "SELECT ((SELECT source_id FROM v_source WHERE path GLOB"
	               " '*b.log')<<44)|(8<<10)" },
};

static void assert_attached(const struct fixture *f, size_t i)
{
	struct strbuf q = { 0 };

	strbuf_addf(&q, "SELECT row_id=(%s) FROM v_note WHERE unit='%s'"
	            " AND kind='note'", rows[i].row, units[rows[i].unit].name);
	assert_ask(f, strbuf_text(&q), "1");
	strbuf_release(&q);
}

static uint64_t count(const struct fixture *f, enum unit u, const char *text)
{
	struct err err = { 0 };
	struct engine *e = engine_open(f->path, &err);
	struct filter_context c = { 0 };
	struct filter *filter = filter_parse(slice_str(text), &c, &err);
	struct query q = { .unit = u, .counted = u, .from = TIME_NONE,
		           .to = TIME_NONE };
	struct count n = { 0 };

	assert_non_null(filter);
	q.where = filter->where;
	if (!engine_count(e, &q, &n, NULL, &err))
		fail_msg("%s", err.text);
	filter_unref(filter);
	engine_close(e);
	return n.n;
}

static void test_rows_get_other_numbers(void **state)
{
	struct fixture *f = *state;
	struct index_rule zone = { "*", "+02:00" };
	int64_t before[6];

	for (size_t i = 0; i < 6; i++) {
		struct note n;

		before[i] = number(f, rows[i].row);
		assert_true(before[i] > 0);
		n = note_on(rows[i].unit, before[i], NOTE_NOTE, "here");
		n.journey = number(f, rows[0].row);
		add(f, &n);
		assert_attached(f, i);
	}
	write_log(f, 0, 9);
	run(f, NULL);
	for (size_t i = 0; i < 6; i++) {
		if (rows[i].unit != UNIT_EVENTS)
			assert_int_not_equal(number(f, rows[i].row), before[i]);
		assert_attached(f, i);
	}
	run(f, &zone);
	for (size_t i = 0; i < 6; i++)
		assert_attached(f, i);
	assert_ask(f, "SELECT citation FROM v_note WHERE unit='events'",
	           "b.log:8");
	/* the event's message is known too */
	assert_int_equal(count(f, UNIT_MESSAGES, "note:here"), 1);
	assert_int_equal(count(f, UNIT_EVENTS, "note:HERE"), 6);
	assert_int_equal(count(f, UNIT_MESSAGES, "-is:noted"), 11);
}

/* A row that is gone keeps its note, without a row. */
static void test_row_is_gone(void **state)
{
	struct fixture *f = *state;
	struct note n = note_on(UNIT_MESSAGES, number(f, rows[0].row),
	                        NOTE_NOTE, "kept");

	add(f, &n);
	write_log(f, 1, 1);
	run(f, NULL);
	assert_ask(f, "SELECT text FROM v_note", "kept");
	assert_ask(f, "SELECT row_id FROM v_note", "NULL");
	assert_ask(f, "SELECT citation FROM v_note", "b.log:7");
	assert_int_equal(count(f, UNIT_MESSAGES, "note:kept"), 0);
}

static void test_versions(void **state)
{
	struct fixture *f = *state;
	struct note n = note_on(UNIT_MESSAGES, 1, NOTE_NOTE, "first");

	add(f, &n);
	n.text = "second";
	n.replaces = 1;
	add(f, &n);
	assert_ask(f, "SELECT text||replaces FROM v_note", "second1");
	assert_ask(f, "SELECT count(*) FROM note", "2");
	n.text = NULL;
	n.replaces = 2;
	add(f, &n);
	assert_ask(f, "SELECT count(*) FROM v_note", "0");
	assert_ask(f, "SELECT group_concat(verb) FROM v_audit",
	           "note,note,unnote");
	assert_ask(f, "SELECT detail FROM v_audit LIMIT 1",
	           "messages a.log:1: first");
	assert_int_equal(count(f, UNIT_MESSAGES, "is:noted"), 0);
}

static void test_tags_and_marks(void **state)
{
	struct fixture *f = *state;
	struct note tag = note_on(UNIT_MESSAGES, 2, NOTE_TAG, "phish");
	struct note mark = note_on(UNIT_EVENTS, (INT64_C(1) << 44) | (3 << 10),
	                           NOTE_MARK, "");
	struct store *s;

	add(f, &tag);
	add(f, &tag);
	assert_ask(f, "SELECT count(*) FROM note", "1");
	add(f, &mark);
	assert_int_equal(count(f, UNIT_MESSAGES, "tag:phish"), 1);
	assert_int_equal(count(f, UNIT_MESSAGES, "tag:phis"), 0);
	assert_int_equal(count(f, UNIT_MESSAGES, "has:tag"), 1);
	assert_int_equal(count(f, UNIT_RECIPIENTS, "tag:ph*"), 2);
	assert_int_equal(count(f, UNIT_EVENTS, "is:tagged"), 6);
	assert_int_equal(count(f, UNIT_EVENTS, "is:marked"), 1);
	assert_int_equal(count(f, UNIT_MESSAGES, "is:marked"), 0);
	s = store_open(f->path, NULL);
	assert_true(store_unmark(s, &mark, 1, NULL));
	store_close(s);
	assert_int_equal(count(f, UNIT_EVENTS, "is:marked"), 0);
}

/* Without own domains the case itself refuses what the filter let through. */
static void test_own_is_missing(void **state)
{
	static const char *const texts[] = { "to:own", "-to:own", "is:inbound",
		                             "none(to:own)" };
	struct fixture *f = *state;
	struct err err = { 0 };
	struct engine *e = engine_open(f->path, &err);
	struct filter_context c = { 0 };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct filter *filter = filter_parse(slice_str(texts[i]), &c,
		                                     &err);
		struct query q = { .where = filter->where, .from = TIME_NONE,
			           .to = TIME_NONE };
		struct count n;

		assert_false(engine_count(e, &q, &n, NULL, &err));
		assert_non_null(strstr(err.text, "no own domain"));
		assert_true(err.column > 0);
		filter_unref(filter);
	}
	engine_close(e);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	struct note list[] = { note_on(UNIT_MESSAGES, 1, NOTE_NOTE, "a"),
		               note_on(UNIT_MESSAGES, 99, NOTE_NOTE, "b") };
	struct err err = { 0 };
	struct store *s = store_open(f->path, &err);

	/* all or nothing */
	assert_false(store_add_notes(s, list, 2, &err));
	assert_non_null(strstr(err.text, "row 99 of messages"));
	list[0].unit = UNIT_CLOCKS;
	assert_false(store_add_notes(s, list, 1, &err));
	store_close(s);
	assert_ask(f, "SELECT count(*) FROM note", "0");
	assert_ask(f, "SELECT count(*) FROM audit", "0");
}

/* Text of a note is data, in the case, in the audit trail and in filters. */
static void test_hostile(void **state)
{
	static const char *const texts[] = {
		"'); DROP TABLE note; --", "\x1b]0;x\x07\xe2\x80\xae",
		"\xff\xfe not UTF-8", "%n%s%%", "a\nb",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct note n = note_on(UNIT_MESSAGES, 1, NOTE_TAG, texts[i]);

		add(f, &n);
	}
	assert_ask(f, "SELECT count(DISTINCT text) FROM v_note", "5");
	assert_ask(f, "SELECT count(*) FROM v_audit", "5");
	assert_int_equal(count(f, UNIT_MESSAGES,
	                       "tag:\"'); DROP TABLE note; --\""), 1);
	assert_int_equal(count(f, UNIT_MESSAGES, "tag:*UTF-8"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows_get_other_numbers), TEST(test_row_is_gone),
		TEST(test_versions),               TEST(test_tags_and_marks),
		TEST(test_own_is_missing), TEST(test_refused),                TEST(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
