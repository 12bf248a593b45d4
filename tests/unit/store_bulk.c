/* SPDX-License-Identifier: MIT */
/* Tables written page by page hold what INSERT would have put there. */
#include "base/alloc.h"
#include "model/store/store_private.h"
#include "tests/store_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

#define TIME INT64_C(1393000000000000)

/* Some LEN bytes that differ by I from the start, or only at their end. */
static struct slice make_text(struct strbuf *out, int i, size_t len, bool late)
{
	char number[16];
	int n = snprintf(number, sizeof number, "%07d", i * 7919 % 100003);

	strbuf_reset(out);
	if (!late)
		strbuf_add(out, number, (size_t)n);
	while (out->len + (size_t)n < len)
		strbuf_add_char(out, 'x');
	if (late)
		strbuf_add(out, number, (size_t)n);
	return strbuf_slice(out);
}

static bool add_transaction(struct row_sink *k, int i, size_t len)
{
	struct strbuf queue_id = { 0 }, message_id = { 0 };
	struct transaction_row t = {
		.id = i * 3,
		.journey = i % 5 ? i * INT64_C(70000) % 65537 : 0,
		.session = i % 3,
		.queue_id = make_text(&queue_id, i, 10, false),
		.message_id = make_text(&message_id, i / 2, len, i % 3 == 0),
		.opened = i % 11 ? TIME + i : -i,
		.closed = TIME_NONE,
		.client_port = i % 2 ? -1 : 65535,
		.nrcpt = 127 + i % 3,
		.size = i % 7 ? INT64_C(1) << i % 63 : -1,
		.line = (uint64_t)i,
		.flags = (unsigned)i % 2,
	};
	bool good;

	if (i % 13 == 0)
		message_id.ptr[i % 2 ? 0 : message_id.len - 1] = '\0';
	if (i % 17 == 0)
		t.queue_id = slice_of(NULL, 0);
	if (i % 19 == 0)
		t.message_id = SLICE("");
	good = k->transaction(k->arg, &t, NULL);
	strbuf_release(&queue_id);
	strbuf_release(&message_id);
	return good;
}

static bool add_rest(struct row_sink *k, int i)
{
	struct attempt_row a = {
		.id = i, .time = i % 9 ? TIME - i * 1000 : TIME_NONE,
		.source = 1, .line = 1, .length = 80, .relay_port = -1,
		.code = i % 2 ? 250 : -1, .delay = -1, .session = i % 4,
		.transaction = i % 3 ? i * 3 : 0, .user = (uint32_t)i % 2,
	};
	struct evidence_row e = { .link = i % 6, .code = 7,
		                  .from_text = SLICE("\xff\xfe"),
		                  .to_text = i % 2 ? SLICE("a")
		                                   : SLICE("\xff\xfe") };
	struct related_row r = { .journey = i, .other = i + 1,
		                 .how = LINK_HANDOFF };

	return k->attempt(k->arg, &a, NULL) &&
	       k->evidence(k->arg, &e, NULL) && k->related(k->arg, &r, NULL);
}

static bool add_owners(struct row_sink *k, int n)
{
	int64_t *ids = mem_alloc(100000 * sizeof *ids);
	bool good = true;

	for (int i = 0; i < 100000; i++)
		ids[i] = (int64_t)i * i % 999983;
	for (int i = 0; i < n % 4 && good; i++)
		good = k->owners(k->arg, 1, (uint32_t)i, ids, 100000, ids, NULL,
		                 0, NULL);
	free(ids);
	return good;
}

/* A case of N rows with ids of LEN bytes at PATH. */
static void make_case(const char *path, int n, size_t len, bool insert)
{
	struct err err = { 0 };
	struct store *s = store_open(path, &err);
	struct row_sink k;
	sqlite3 *reader = NULL;

	make_source(s, "/logs/mail.log");
	if (insert) {
		/* somebody looks at it: it cannot be replaced */
		sqlite3_open_v2(store_path(s), &reader, SQLITE_OPEN_READONLY,
		                NULL);
		sql_number(reader, "SELECT count(*) FROM source", 0);
	}
	assert_true(store_derive_begin(s, &k, &err));
	assert_int_equal(s->derivation->bulk == NULL, insert);
	assert_int_equal(k.word(k.arg, SLICE("word")), 1);
	for (int i = 1; i <= n; i++)
		assert_true(add_transaction(&k, i, len) && add_rest(&k, i));
	assert_true(add_owners(&k, n));
	assert_true(store_derive_commit(s, NULL, 0, &err));
	sqlite3_close(reader);
	assert_true(store_publish(s, &err));
	store_close(s);
}

static void assert_ask(const char *path, const char *query, const char *answer)
{
	char *got = ask(path, query);

	assert_string_equal(got, answer);
	free(got);
}

/* All values of a table with their types, in the order of the rows. */
static char *table_text(const char *path, const char *table)
{
	struct strbuf query = { 0 }, columns = { 0 };
	char *list, *text;

	strbuf_addf(&query,
	            "SELECT group_concat('quote(\"'||name||'\")','||'',''||')"
	            " FROM pragma_table_info('%s')",
	            table);
	list = ask(path, strbuf_text(&query));
	strbuf_addf(&columns, "SELECT group_concat(v,char(10)) FROM"
	                      " (SELECT id||':'||%s AS v FROM %s ORDER BY id)",
	            list, table);
	text = ask(path, strbuf_text(&columns));
	strbuf_release(&query);
	strbuf_release(&columns);
	free(list);
	return text;
}

static void assert_same(const char *a, const char *b)
{
	static const char *const tables[] = { "tx", "attempt", "evidence",
		                              "related", "owner", "session",
		                              "word", "source" };

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		char *x = table_text(a, tables[i]), *y = table_text(b, tables[i]);

		assert_string_equal(x, y);
		free(x);
		free(y);
	}
}

/* What is asked through an index is what stands in the table. */
static void assert_indexes(const char *path)
{
	assert_ask(path, "PRAGMA integrity_check", "ok");
	assert_ask(path,
	           "SELECT count(*) FROM tx t WHERE message_id IS NOT NULL AND"
	           " NOT EXISTS(SELECT 1 FROM tx INDEXED BY tx_message_id"
	           " WHERE message_id=t.message_id AND id=t.id)",
	           "0");
	assert_ask(path,
	           "SELECT count(*) FROM attempt t WHERE NOT EXISTS(SELECT 1"
	           " FROM attempt INDEXED BY attempt_time WHERE time IS t.time"
	           " AND id=t.id)",
	           "0");
}

static void test_same(void **state)
{
	static const struct {
		int n;
		size_t len;
	} cases[] = { { 0, 20 }, { 1, 20 }, { 3000, 30 }, { 300, 1900 },
		      { 60, 30000 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *folder = make_folder();
		char *a = make_path(folder, "a.case");
		char *b = make_path(folder, "b.case");

		make_case(a, cases[i].n, cases[i].len, false);
		make_case(b, cases[i].n, cases[i].len, true);
		assert_indexes(a);
		assert_same(a, b);
		free(a);
		free(b);
		remove_folder(folder);
	}
}

/* Every number of rows around a page, and around a page of pages. */
static void test_edges(void **state)
{
	(void)state;
	for (int n = 2; n < 40; n++) {
		char *folder = make_folder();
		char *path = make_path(folder, "a.case");

		make_case(path, n, 1990, false);
		assert_indexes(path);
		free(path);
		remove_folder(folder);
	}
}

/* A case that was derived page by page is changed by INSERT afterwards. */
static void test_again(void **state)
{
	char *folder = make_folder(), *path = make_path(folder, "a.case");
	struct err err = { 0 };
	struct store *s;

	(void)state;
	make_case(path, 500, 200, false);
	s = store_open(path, &err);
	assert_true(make_rows(s, 40, &err));
	assert_true(store_publish(s, &err));
	store_close(s);
	assert_indexes(path);
	assert_ask(path, "SELECT count(*) FROM v_transaction", "40");
	free(path);
	remove_folder(folder);
}

/* What the transactions and the attempt say of a link needs no row. */
static void test_told(void **state)
{
	char *folder = make_folder(), *path = make_path(folder, "a.case");
	struct err err = { 0 };
	struct store *s = store_open(path, &err);
	struct row_sink k;
	struct transaction_row t = { .id = 1, .source = 1, .line = 7,
		                     .message_id = SLICE("m@example.org"),
		                     .client_port = -1 };
	struct attempt_row a = { .id = 1, .time = TIME, .source = 1, .line = 8,
		                 .transaction = 1, .next_id = SLICE("7aQ2") };
	struct link_row l = { .id = 1, .from = 1, .to = 2, .attempt = 1,
		              .evidence = 1 | 2 | 16, .told = 1 | 16,
		              .lag = TIME_NONE };
	struct evidence_row e = { .link = 1, .from_source = 1, .to_source = 1,
		                  .from_line = 70, .to_line = 80,
		                  .from_text = SLICE("7aQ2"),
		                  .to_text = SLICE("7aQ2") };

	(void)state;
	make_source(s, "/logs/mail.log");
	assert_true(store_derive_begin(s, &k, &err));
	assert_true(k.transaction(k.arg, &t, &err));
	t.id = 2;
	t.line = 9;
	t.queue_id = SLICE("7aQ2");
	assert_true(k.transaction(k.arg, &t, &err));
	assert_true(k.attempt(k.arg, &a, &err) && k.link(k.arg, &l, &err));
	for (e.code = 1; e.code <= 5; e.code++)
		assert_true(!(l.evidence >> (e.code - 1) & 1) ||
		            k.evidence(k.arg, &e, &err));
	assert_true(store_derive_commit(s, NULL, 0, &err));
	assert_true(store_publish(s, &err));
	store_close(s);
	assert_ask(path, "SELECT count(*) FROM evidence", "1");
	assert_ask(path,
	           "SELECT group_concat(v,' ') FROM (SELECT code||':'||"
	           "from_line||':'||to_line||':'||from_text||':'||to_text AS v"
	           " FROM v_evidence ORDER BY code)",
	           "E1:8:9:7aQ2:7aQ2 E2:70:80:7aQ2:7aQ2"
	           " E5:7:9:m@example.org:m@example.org");
	free(path);
	remove_folder(folder);
}

static void test_abort(void **state)
{
	char *folder = make_folder(), *path = make_path(folder, "a.case");
	char *copy = make_path(folder, "a.case.building.copy");
	struct err err = { 0 };
	struct store *s = store_open(path, &err);
	struct row_sink k;

	(void)state;
	make_source(s, "/logs/mail.log");
	assert_true(store_derive_begin(s, &k, &err));
	assert_true(add_transaction(&k, 2, 20));
	/* numbers ascend */
	assert_false(add_transaction(&k, 1, 20));
	store_derive_abort(s);
	assert_int_equal(access(copy, F_OK), -1);
	assert_true(make_rows(s, 3, &err));
	assert_true(store_publish(s, &err));
	store_close(s);
	assert_indexes(path);
	assert_ask(path, "SELECT count(*) FROM tx", "3");
	free(copy);
	free(path);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_abort),
	};

	return cmocka_run_group_tests_name("store_bulk", tests, NULL, NULL);
}
