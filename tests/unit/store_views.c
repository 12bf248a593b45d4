/* SPDX-License-Identifier: MIT */
/* The public views: exactly the columns of the contract, in their order, and
 * what stands in them. */
#include "base/alloc.h"
#include "model/store/store_private.h"
#include "tests/store_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct view {
	const char *name, *columns;
};

static const struct view views[] = {
	{ "v_source",
	  "source_id, path, member, exhibit, format, format_basis, sha256, "
	  "content_sha256, bytes, mtime_utc, lines, event_lines, "
	  "unknown_lines, copy_lines, other_lines, events, first_utc, "
	  "last_utc, server, zone, zone_basis, year_basis, state" },
	{ "v_session",
	  "session_id, server, instance, service, client_ip, client_port, "
	  "client_name, helo, user, auth_method, tls, first_utc, last_utc, "
	  "transactions, auth_ok, auth_fail, refused, counters" },
	{ "v_attempt",
	  "attempt_id, time_utc, source_id, line, offset, length, server, "
	  "session_id, transaction_id, delivery_id, journey_id, action, stage, "
	  "sender, recipient, client_ip, client_name, helo, user, relay_ip, "
	  "relay_name, code, dsn, reply, said_by, delay, copies" },
	{ "v_transaction",
	  "transaction_id, journey_id, session_id, server, instance, queue_id, "
	  "generation, opened_utc, closed_utc, state, message_id, sender, "
	  "header_from, client_ip, client_port, client_name, helo, user, tls, "
	  "size, nrcpt, subject, direction" },
	{ "v_delivery",
	  "delivery_id, transaction_id, journey_id, recipient, orig_recipient, "
	  "attempts, first_utc, last_utc, outcome, place, code, dsn, reply, "
	  "said_by, relay_ip, relay_name, relay_port, next_queue_id, delay" },
	{ "v_link", "link_id, from_transaction, to_transaction, kind, class, "
	            "evidence, lag_s" },
	{ "v_evidence", "link_id, code, from_source, from_line, to_source, "
	                "to_line, from_text, to_text" },
	{ "v_journey",
	  "journey_id, first_utc, last_utc, message_id, sender, header_from, "
	  "subject, size, client_ip, client_name, user, direction, servers, "
	  "hops, recipients, delivered, relayed, failed, refused, withheld, "
	  "delayed, unknown" },
	{ "v_recipient",
	  "recipient_id, journey_id, address, addressed_as, via, outcome, "
	  "place, server, queue_id, code, dsn, reply, said_by, relay_name, "
	  "relay_ip, attempts, first_utc, last_utc" },
	{ "v_clock",
	  "server, source_id, from_line, to_line, zone, zone_basis, year, "
	  "year_basis, from_utc, to_utc, offset_lo_s, offset_hi_s, drift_ppm, "
	  "n, reference" },
	{ "v_coverage", "server, source_id, from_utc, to_utc, kind, lines" },
	{ "v_missing", "missing_id, journey_id, transaction_id, kind, server, "
	               "wanted, ip, queue_id, recipient, from_utc, to_utc, why, "
	               "searched" },
	{ "v_wanted", "wanted_id, wanted, ip, from_utc, to_utc, messages, ids, "
	              "queue_ids, why" },
	{ "v_finding", "finding_id, rule, severity, first_utc, last_utc, "
	               "entity, explanation, innocent, rows" },
	{ "v_finding_row", "finding_id, source_id, line, journey_id, "
	                   "transaction_id" },
	{ "v_trial", "trial_id, rule, server, tried, fired, needs" },
	{ "v_setting", "name, value, basis, author, time_utc" },
	{ "v_note", "note_id, time_utc, author, kind, unit, row_id, citation, "
	            "text, replaces" },
	{ "v_audit", "audit_id, time_utc, author, verb, detail, sha256" },
};

struct fixture {
	char *folder, *path;
	struct store *s;
};

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);

	f->folder = make_folder();
	f->path = make_path(f->folder, "a.case");
	f->s = store_open(f->path, NULL);
	make_source(f->s, "/logs/mail.log");
	*state = f;
	return f->s ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->s);
	remove_folder(f->folder);
	free(f->path);
	free(f);
	return 0;
}

static void assert_ask(const struct fixture *f, const char *query,
                       const char *answer)
{
	char *got = ask(store_path(f->s), query);

	assert_string_equal(got, answer);
	free(got);
}

static void check_view(const struct fixture *f, const struct view *v)
{
	struct strbuf query = { 0 };
	char *got;

	strbuf_addf(&query,
	            "SELECT group_concat(name, ', ') FROM"
	            " pragma_table_info('%s')",
	            v->name);
	assert_ask(f, strbuf_text(&query), v->columns);
	strbuf_reset(&query);
	strbuf_addf(&query, "SELECT %s FROM %s", v->columns, v->name);
	got = ask(store_path(f->s), strbuf_text(&query));
	/* the only failure allowed: no row */
	if (strncmp(got, "ERROR", 5) == 0 &&
	    !strstr(got, "no more rows available"))
		fail_msg("%s: %s", v->name, got);
	free(got);
	strbuf_release(&query);
}

static void test_columns(void **state)
{
	const struct fixture *f = *state;

	for (int filled = 0; filled < 2; filled++) {
		for (size_t i = 0; i < COUNT(views); i++)
			check_view(f, &views[i]);
		assert_true(make_rows(f->s, 4, NULL));
	}
	assert_ask(f,
	           "SELECT count(*) FROM sqlite_schema WHERE type='view'",
	           "19");
}

static void test_values(void **state)
{
	static const struct {
		const char *query, *answer;
	} cases[] = {
		{ "SELECT opened_utc FROM v_transaction",
		  "2014-02-21T16:26:41.000005Z" },
		{ "SELECT closed_utc FROM v_transaction", "NULL" },
		{ "SELECT state FROM v_transaction", "complete" },
		{ "SELECT direction FROM v_transaction", "inbound" },
		{ "SELECT direction FROM v_journey", "NULL" },
		{ "SELECT sender FROM v_transaction", "<>" },
		{ "SELECT size FROM v_transaction", "NULL" },
		{ "SELECT client_port FROM v_transaction", "NULL" },
		{ "SELECT message_id FROM v_journey WHERE journey_id=2",
		  "m2@example.org" },
		{ "SELECT reply FROM v_attempt WHERE attempt_id=3",
		  "250 queued as 7aQ000003, fine" },
		{ "SELECT reply FROM v_delivery WHERE delivery_id=3",
		  "250 queued as 7aQ000003, fine" },
		{ "SELECT reply FROM v_recipient WHERE recipient_id=3",
		  "250 queued as 7aQ000003, fine" },
		/* taken over, and stored once */
		{ "SELECT sender||recipient||server||client_ip||journey_id"
		  " FROM v_attempt WHERE attempt_id=2",
		  "<>alice@example.orgmx1192.0.2.72" },
		{ "SELECT count(coalesce(sender, recipient)) FROM attempt",
		  "0" },
		{ "SELECT action FROM v_attempt", "relay" },
		{ "SELECT delay FROM v_attempt", "1.5" },
		{ "SELECT outcome FROM v_delivery", "relayed" },
		{ "SELECT last_utc=first_utc FROM v_delivery", "1" },
		{ "SELECT queue_id FROM v_recipient", "4fQ000001" },
		{ "SELECT addressed_as FROM v_recipient",
		  "alice@example.org" },
		{ "SELECT evidence FROM v_link", "E1,E5" },
		{ "SELECT kind||class FROM v_link", "handoffconfirmed" },
		{ "SELECT lag_s FROM v_link", "-0.4" },
		{ "SELECT code||from_text||to_text FROM v_evidence",
		  "E17aQ17aQ1" },
		{ "SELECT code||from_text||to_text FROM v_evidence"
		  " WHERE link_id=2",
		  "E54fQ0000044fQ000004" },
		{ "SELECT count(from_text) FROM evidence WHERE link=2", "0" },
		{ "SELECT count(message_id) FROM journey", "0" },
		{ "SELECT kind FROM v_coverage", "covered" },
		{ "SELECT zone||zone_basis||year||year_basis FROM v_clock",
		  "+01:00assumed2014mtime" },
		{ "SELECT offset_lo_s FROM v_clock", "NULL" },
		{ "SELECT zone||zone_basis||year_basis||server FROM v_source",
		  "+01:00assumedmtimemx1" },
		{ "SELECT last_utc FROM v_source",
		  "2014-02-22T16:26:40.000000Z" },
		{ "SELECT sha256 FROM v_source", "NULL" },
		{ "SELECT state FROM v_source", "reading" },
		{ "SELECT exhibit FROM v_source", "mail.log" },
	};
	const struct fixture *f = *state;

	assert_true(make_rows(f->s, 4, NULL));
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_ask(f, cases[i].query, cases[i].answer);
}

static bool put_times(const struct fixture *f, const int64_t *times, size_t n)
{
	struct row_sink k;

	if (!store_derive_begin(f->s, &k, NULL))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct session_row r = { .id = (int64_t)i + 1,
			                 .client_port = -1, .first = times[i],
			                 .last = TIME_NONE };

		if (!k.session(k.arg, &r, NULL))
			return false;
	}
	return store_derive_commit(f->s, NULL, 0, NULL);
}

static void test_times(void **state)
{
	static const int64_t times[] = { 0, -1, -US_SECOND, 999999,
		                         -US_SECOND - 1, TIME_NONE };
	static const char *const texts[] = {
		"1970-01-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z",
		"1969-12-31T23:59:59.000000Z", "1970-01-01T00:00:00.999999Z",
		"1969-12-31T23:59:58.999999Z", "NULL",
	};
	const struct fixture *f = *state;

	assert_true(put_times(f, times, COUNT(times)));
	for (size_t i = 0; i < COUNT(times); i++) {
		char query[128];

		snprintf(query, sizeof query,
		         "SELECT first_utc FROM v_session WHERE session_id=%zu",
		         i + 1);
		assert_ask(f, query, texts[i]);
	}
}

/* Bytes that are no text, and bytes that would end one, come back whole. */
static void test_hostile_text(void **state)
{
	static const struct slice texts[] = {
		{ "\xff\xfe bad", 6 }, { "nul\0inside", 10 }, { "", 0 },
		{ "'; DROP TABLE tx; --", 20 }, { "\x1b[2J\x1a", 5 },
		{ "\xc3\xa4\xf0\x9f\x93\xa7", 6 },
	};
	const struct fixture *f = *state;
	struct store *s = f->s;
	struct row_sink k;
	uint32_t ids[COUNT(texts)];

	assert_true(store_derive_begin(s, &k, NULL));
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct session_row r = { .id = (int64_t)i + 1,
			                 .client_port = -1,
			                 .first = TIME_NONE,
			                 .last = TIME_NONE };
		struct transaction_row t = { .id = (int64_t)i + 1,
			                     .queue_id = texts[i] };

		r.helo = ids[i] = k.word(k.arg, texts[i]);
		assert_true(k.session(k.arg, &r, NULL));
		assert_true(k.transaction(k.arg, &t, NULL));
	}
	assert_true(store_derive_commit(s, NULL, 0, NULL));
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_true(slice_eq(store_word_text(s, ids[i]), texts[i]));
	assert_ask(f, "SELECT group_concat(typeof(helo)) FROM v_session",
	           "blob,blob,text,text,text,text");
	assert_ask(f, "SELECT group_concat(length(CAST(queue_id AS BLOB)))"
	              " FROM v_transaction", "6,10,0,20,5,6");
	/* a reply that holds the sign by itself is not touched */
	assert_ask(f, "SELECT hex(helo) FROM v_session WHERE session_id=5",
	           "1B5B324A1A");
}

/* An attempt keeps what differs from its transaction. */
static void test_own_words(void **state)
{
	const struct fixture *f = *state;
	struct row_sink k;
	struct transaction_row t = { .id = 1, .journey = 9 };
	struct attempt_row a = { .id = 1, .transaction = 1, .journey = 9,
		                 .relay_port = -1, .code = -1, .delay = -1 };

	assert_true(store_derive_begin(f->s, &k, NULL));
	t.sender = k.word(k.arg, SLICE("one@example.org"));
	t.user = k.word(k.arg, SLICE("one"));
	assert_true(k.transaction(k.arg, &t, NULL));
	a.sender = k.word(k.arg, SLICE("two@example.org"));
	a.reply = k.word(k.arg, SLICE("plain \x1a"));
	assert_true(k.attempt(k.arg, &a, NULL));
	a.id = 2;
	a.transaction = 0;
	assert_true(k.attempt(k.arg, &a, NULL));
	/* numbers that no derivation can give */
	t.id = -1;
	assert_false(k.transaction(k.arg, &t, NULL));
	t.id = INT64_MAX;
	assert_false(k.transaction(k.arg, &t, NULL));
	assert_true(store_derive_commit(f->s, NULL, 0, NULL));
	assert_ask(f, "SELECT sender||user||journey_id||hex(reply) FROM"
	              " v_attempt WHERE attempt_id=1",
	           "two@example.orgone9706C61696E201A");
	assert_ask(f, "SELECT sender||journey_id||ifnull(user,'-') FROM"
	              " v_attempt WHERE attempt_id=2",
	           "two@example.org9-");
	assert_ask(f, "SELECT count(delay)+count(code) FROM v_attempt", "0");
}

static void test_owners(void **state)
{
	static const int64_t ids[] = { 7, 8, 0, 1, 1, INT64_MAX, 3 };
	struct strbuf packed = { 0 };
	int64_t *back;
	size_t n;

	(void)state;
	for (size_t k = 0; k <= COUNT(ids); k++) {
		strbuf_reset(&packed);
		owner_encode(ids, k, &packed);
		assert_true(owner_decode(strbuf_slice(&packed), &back, &n,
		                         NULL));
		assert_int_equal(n, k);
		if (k)
			assert_memory_equal(back, ids, k * sizeof *ids);
		free(back);
	}
	for (size_t cut = 0; cut < packed.len; cut++)
		assert_false(owner_decode(slice_of(packed.ptr, cut), &back, &n,
		                          NULL));
	strbuf_reset(&packed);
	pack_block(SLICE("\xff\xff\xff\xff\x7f\x01"), 1, &packed);
	assert_false(owner_decode(strbuf_slice(&packed), &back, &n, NULL));
	strbuf_release(&packed);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_columns),      TEST(test_values),
		TEST(test_times),        TEST(test_hostile_text),
		TEST(test_own_words),    cmocka_unit_test(test_owners),
	};

	return cmocka_run_group_tests_name("store_views", tests, NULL, NULL);
}
