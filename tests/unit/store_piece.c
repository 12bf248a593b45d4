/* SPDX-License-Identifier: MIT */
/* Sources, pieces, kept text, settings, audit and exhibits: what goes in comes
 * out. */
#include "base/alloc.h"
#include "model/store/store_private.h"
#include "tests/store_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

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

/* Everything that a piece says, with words as text: the same whatever numbers
 * the case gave them. */
static void print_piece(struct store *s, const struct piece *p,
                        struct strbuf *out)
{
	strbuf_addf(out, "%u/%u %llu+%llu @%llu+%llu %llx %llx\n", p->source,
	            p->number, (unsigned long long)p->first_line,
	            (unsigned long long)p->lines, (unsigned long long)p->offset,
	            (unsigned long long)p->bytes,
	            (unsigned long long)p->hash.low,
	            (unsigned long long)p->hash.high);
#define WORD(i) SLICE_FMT(store_word_text(s, p->word_ids[i]))
#define TEXT(i) SLICE_FMT(intern_get(&p->texts, i))
	for (size_t i = 0; i < p->nfragments; i++) {
		const struct fragment *f = &p->fragments[i];

		strbuf_addf(out, "F %x %.*s %.*s %.*s %.*s %lld %lld %lld\n",
		            f->edges, WORD(f->host), WORD(f->sender),
		            TEXT(f->queue_id), TEXT(f->message_id),
		            (long long)f->first, (long long)f->closed,
		            (long long)f->size);
	}
	for (size_t i = 0; i < p->nsessions; i++)
		strbuf_addf(out, "S %.*s %.*s %d\n", WORD(p->sessions[i].host),
		            TEXT(p->sessions[i].key),
		            p->sessions[i].client_port);
	for (size_t i = 0; i < p->nattempts; i++) {
		const struct attempt *a = &p->attempts[i];

		strbuf_addf(out, "A %d %u %.*s %.*s %.*s %d %llu\n",
		            (int)a->action, a->fragment, WORD(a->recipient),
		            WORD(a->reply), TEXT(a->next_id), a->code,
		            (unsigned long long)a->offset);
	}
}

struct printer {
	struct store *s;
	struct strbuf out;
	unsigned n;
};

static bool print_each(void *arg, struct piece *p, struct err *err)
{
	struct printer *pr = arg;

	(void)err;
	print_piece(pr->s, p, &pr->out);
	pr->n++;
	piece_free(p);
	return true;
}

static char *print_case(struct store *s)
{
	struct printer pr = { .s = s };
	struct err err = { 0 };

	if (!store_each_piece(s, print_each, &pr, NULL, &err))
		fail_msg("%s", err.text);
	return strbuf_take(&pr.out);
}

static void put(struct store *s, uint32_t source, uint32_t number)
{
	struct piece *p = make_piece(source, number, source * 100 + number);

	assert_true(store_put_piece(s, p, NULL));
	piece_free(p);
}

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	uint32_t id = make_source(f->s, "/logs/mail.log");
	struct piece *p = make_piece(id, 0, 5);
	struct strbuf put_in = { 0 };
	char *got;

	assert_true(store_put_piece(f->s, p, NULL));
	print_piece(f->s, p, &put_in);
	piece_free(p);
	got = print_case(f->s);
	assert_string_equal(got, strbuf_text(&put_in));
	free(got);
	/* and by another run, with words read from the file */
	store_close(f->s);
	f->s = store_open(f->path, NULL);
	got = print_case(f->s);
	assert_string_equal(got, strbuf_text(&put_in));
	free(got);
	strbuf_release(&put_in);
	assert_ask(f, "SELECT lines||' '||event_lines||' '||unknown_lines||' '"
	              "||events||' '||pieces||' '||content_bytes FROM source",
	           "8 7 1 7 1 800");
}

static void test_columns_kept(void **state)
{
	struct fixture *f = *state;
	struct piece *p = make_piece(make_source(f->s, "a"), 0, 5);
	struct piece *q = piece_new();
	struct strbuf raw = { 0 };
	sqlite3_stmt *stmt;

	assert_true(store_put_piece(f->s, p, NULL));
	assert_true(sql_prepare(f->s->db, "", "SELECT columns FROM piece",
	                        &stmt, NULL));
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_true(unpack_block(sql_column_slice(stmt, 0), STORE_UNPACK_MAX,
	                         &raw, NULL));
	/* parts first: owners are checked against them */
	sqlite3_finalize(stmt);
	assert_true(sql_prepare(f->s->db, "", "SELECT parts FROM piece", &stmt,
	                        NULL));
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	{
		struct strbuf parts = { 0 };

		assert_true(unpack_block(sql_column_slice(stmt, 0),
		                         STORE_UNPACK_MAX, &parts, NULL));
		assert_true(piece_decode(q, strbuf_slice(&parts)));
		strbuf_release(&parts);
	}
	sqlite3_finalize(stmt);
	assert_true(piece_decode_columns(q, strbuf_slice(&raw)));
	assert_int_equal(q->columns.n, 8);
	assert_memory_equal(q->columns.owner, p->columns.owner,
	                    8 * sizeof *p->columns.owner);
	assert_memory_equal(q->columns.time, p->columns.time,
	                    8 * sizeof *p->columns.time);
	strbuf_release(&raw);
	piece_free(p);
	piece_free(q);
}

/* In whatever order pieces come, the case says the same. */
static void test_order(void **state)
{
	static const unsigned orders[][6] = {
		{ 0, 1, 2, 3, 4, 5 }, { 5, 4, 3, 2, 1, 0 },
		{ 3, 0, 5, 1, 4, 2 },
	};
	struct fixture *f = *state;
	char *first = NULL;

	for (size_t k = 0; k < COUNT(orders); k++) {
		char *path = make_path(f->folder, "b.case");
		char *building = make_path(f->folder, "b.case.building");
		struct store *s = store_open(path, NULL);
		char *got;

		assert_non_null(s);
		make_source(s, "a");
		make_source(s, "b");
		for (size_t i = 0; i < 6; i++)
			put(s, 1 + orders[k][i] / 3, orders[k][i] % 3);
		got = print_case(s);
		if (first)
			assert_string_equal(got, first);
		else
			first = mem_text(got);
		store_close(s);
		case_file_remove(building);
		free(got);
		free(path);
		free(building);
	}
	assert_non_null(strstr(first, "2/2 "));
	free(first);
}

static void test_refused_pieces(void **state)
{
	struct fixture *f = *state;
	struct piece *p = make_piece(7, 0, 1);
	struct err err = { 0 };

	/* of no source, and twice: neither leaves anything behind */
	assert_false(store_put_piece(f->s, p, &err));
	p->source = make_source(f->s, "a");
	assert_true(store_put_piece(f->s, p, &err));
	assert_false(store_put_piece(f->s, p, &err));
	piece_free(p);
	assert_ask(f, "SELECT count(*) FROM piece", "1");
	assert_ask(f, "SELECT lines FROM source", "8");
	assert_ask(f, "SELECT count(*)=max(id) FROM word", "1");
	put(f->s, 1, 1);
	assert_ask(f, "SELECT count(*)=max(id) FROM word", "1");
}

static void test_text(void **state)
{
	struct fixture *f = *state;
	uint32_t a = make_source(f->s, "a"), b = make_source(f->s, "b");

	assert_true(store_put_text(f->s, a, 0, SLICE("of a"), NULL));
	assert_true(store_put_text(f->s, b, 0, SLICE("of b"), NULL));
	assert_ask(f, "SELECT count(*) FROM block", "0");
	put(f->s, a, 0);
	assert_ask(f, "SELECT group_concat(source) FROM block", "1");
	/* a run that begins again puts it again */
	assert_true(store_put_text(f->s, a, 0, SLICE("of a"), NULL));
	put(f->s, a, 1);
	assert_ask(f, "SELECT count(*) FROM block", "1");
	put(f->s, b, 0);
	assert_ask(f, "SELECT group_concat(source||':'||bytes) FROM block",
	           "1:4,2:4");
	assert_true(store_reset_source(f->s, a, NULL));
	assert_ask(f, "SELECT group_concat(source) FROM block", "2");
	assert_ask(f, "SELECT lines+pieces+content_bytes FROM source", "0");
}

static void test_sources(void **state)
{
	struct fixture *f = *state;
	uint8_t sha[SHA256_BYTES] = { 1, 2, 3 }, other[SHA256_BYTES] = { 9 };
	struct source_list list;
	uint32_t id = make_source(f->s, "/logs/\xff.log");
	struct source *src;

	assert_true(store_sources(f->s, &list, NULL));
	src = &list.list[0];
	assert_string_equal(src->path, "/logs/\xff.log");
	assert_true(src->mtime == TIME_NONE);
	src->hashed = true;
	memcpy(src->content_sha256, sha, sizeof sha);
	src->content_bytes = 800;
	src->mtime = 17;
	src->state = SOURCE_OK;
	src->zone_given = mem_resize(src->zone_given, 8);
	memcpy(src->zone_given, "+01:00", 7);
	put(f->s, id, 0);
	put(f->s, id, 1);
	/* the ledger and how far it was read are the pieces' */
	assert_true(store_update_source(f->s, src, NULL));
	source_list_release(&list);
	assert_true(store_sources(f->s, &list, NULL));
	src = &list.list[0];
	assert_int_equal(src->content_bytes, 1600);
	assert_int_equal(src->lines, 16);
	assert_int_equal(src->mtime, 17);
	assert_string_equal(src->zone_given, "+01:00");
	assert_memory_equal(src->content_sha256, sha, sizeof sha);
	source_list_release(&list);
	assert_int_equal(store_find_content(f->s, 1600, sha), id);
	assert_int_equal(store_find_content(f->s, 800, sha), 0);
	assert_true(store_add_version(f->s, id, 800, other, NULL));
	assert_int_equal(store_find_content(f->s, 800, other), id);
	assert_int_equal(store_find_content(f->s, 801, other), 0);
	assert_ask(f, "SELECT state||mtime_utc FROM v_source",
	           "ok1970-01-01T00:00:00.000017Z");
}

static void test_copy(void **state)
{
	struct fixture *f = *state;
	char path[] = "/b";
	struct source src = { .path = path, .state = SOURCE_COPY,
		              .mtime = TIME_NONE };

	src.copy_of = make_source(f->s, "/a");
	put(f->s, src.copy_of, 0);
	assert_true(store_add_source(f->s, &src, NULL));
	assert_ask(f, "SELECT state||lines||copy_lines||event_lines FROM"
	              " v_source WHERE source_id=2",
	           "copy880");
	/* the ledger balances for each source */
	assert_ask(f, "SELECT sum(lines=event_lines+unknown_lines+copy_lines"
	              "+other_lines) FROM v_source",
	           "2");
}

static void collect(void *arg, const char *name, const char *value,
                    const char *basis)
{
	strbuf_addf(arg, "%s=%s %s;", name, value, basis);
}

static void test_settings(void **state)
{
	static const char *const sets[][3] = {
		{ "own.domain", "example.org", "given" },
		{ "case.number", "17", "suggested" },
		{ "own.domain", "example.com", "given" },
		{ "own.domain", "example.org", "given" },
		{ "case.number", "18", "given" },
		{ "case.number", "18", "given" },
	};
	struct fixture *f = *state;
	struct strbuf out = { 0 };

	for (size_t i = 0; i < COUNT(sets); i++)
		assert_true(store_set(f->s, sets[i][0], sets[i][1], sets[i][2],
		                      "ann", (int64_t)i, NULL));
	assert_true(store_settings(f->s, NULL, collect, &out, NULL));
	assert_string_equal(strbuf_text(&out),
	                    "own.domain=example.org given;"
	                    "own.domain=example.com given;"
	                    "case.number=18 given;");
	strbuf_reset(&out);
	assert_true(store_settings(f->s, "own.domain", collect, &out, NULL));
	assert_string_equal(strbuf_text(&out), "own.domain=example.org given;"
	                                       "own.domain=example.com given;");
	strbuf_release(&out);
	/* nothing is overwritten, nothing said twice */
	assert_ask(f, "SELECT count(*) FROM setting", "4");
	assert_ask(f, "SELECT count(*) FROM v_setting", "3");
}

static void test_audit(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++)
		assert_true(store_audit(f->s, "index", "the same", "ann", 5,
		                        NULL));
	assert_ask(f, "SELECT count(DISTINCT sha256) FROM v_audit", "3");
	assert_ask(f, "SELECT verb||detail||author||time_utc FROM v_audit",
	           "indexthe sameann1970-01-01T00:00:00.000005Z");
}

static void test_exhibits(void **state)
{
	struct fixture *f = *state;
	static const char *const paths[] = {
		"/logs/mx1/mail.log", "/logs/mx2/mail.log", "mail.log",
		"/logs/a.mail.log",   "/logs/mx3/main.log", "/logs/mx3/main.log",
		"/x/mx2/mail.log",
	};

	for (size_t i = 0; i < COUNT(paths); i++)
		make_source(f->s, paths[i]);
	assert_ask(f, "SELECT group_concat(exhibit, ' ') FROM"
	              " (SELECT exhibit FROM v_source ORDER BY source_id)",
	           "mx1/mail.log logs/mx2/mail.log mail.log a.mail.log"
	           " /logs/mx3/main.log#5 /logs/mx3/main.log#6"
	           " x/mx2/mail.log");
	assert_true(store_set(f->s, "exhibit.mx1/mail.log", "EX-1", "given",
	                      "ann", 0, NULL));
	assert_ask(f, "SELECT exhibit FROM v_source WHERE source_id=1",
	           "EX-1");
	assert_ask(f, "SELECT exhibit FROM v_source WHERE source_id=2",
	           "logs/mx2/mail.log");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trip),     TEST(test_columns_kept),
		TEST(test_order),          TEST(test_refused_pieces),
		TEST(test_text),           TEST(test_sources),
		TEST(test_copy),           TEST(test_settings),
		TEST(test_audit),          TEST(test_exhibits),
	};

	return cmocka_run_group_tests_name("store_piece", tests, NULL, NULL);
}
