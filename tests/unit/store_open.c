/* SPDX-License-Identifier: MIT */
/* A case as a file: made, published, refused, locked, read meanwhile. */
#include "base/alloc.h"
#include "model/store/store_private.h"
#include "tests/store_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char *folder;

static int setup(void **state)
{
	(void)state;
	folder = make_folder();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_folder(folder);
	return 0;
}

static char *here(const char *name)
{
	return make_path(folder, name);
}

static void assert_ask(const char *path, const char *query, const char *answer)
{
	char *got = ask(path, query);

	assert_string_equal(got, answer);
	free(got);
}

static bool exists(const char *name)
{
	char *path = here(name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

/* A published case with N transactions. */
static char *make_case(const char *name, int n)
{
	char *path = here(name);
	struct err err;
	struct store *s = store_open(path, &err);

	assert_non_null(s);
	make_source(s, "/logs/mail.log");
	assert_true(make_rows(s, n, &err));
	assert_true(store_publish(s, &err));
	store_close(s);
	return path;
}

static void test_new_case(void **state)
{
	char *path = here("a.case");
	struct stat st;
	struct err err;
	struct store *s = store_open(path, &err);

	(void)state;
	assert_non_null(s);
	assert_false(exists("a.case"));
	assert_true(exists("a.case.lock"));
	assert_string_not_equal(store_path(s), path);
	make_source(s, "/logs/mail.log");
	assert_true(make_rows(s, 10, &err));
	assert_ask(store_path(s), "SELECT count(*) FROM v_transaction", "10");
	assert_true(store_publish(s, &err));
	assert_string_equal(store_path(s), path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(store_set(s, "case.number", "17", "given", "a", 0, &err));
	store_close(s);
	assert_false(exists("a.case.building"));
	assert_false(exists("a.case.lock"));
	assert_false(exists("a.case-wal"));
	assert_ask(path, "PRAGMA journal_mode", "delete");
	assert_ask(path, "PRAGMA integrity_check", "ok");
	assert_ask(path, "PRAGMA application_id", "1297305682");
	/* one of the rows, one of the setting */
	assert_ask(path, "SELECT value FROM meta WHERE name='generation'",
	           "2");
	assert_ask(path, "SELECT value FROM v_setting", "17");
	free(path);
}

/* What was not published is gone on with. */
static void test_resume(void **state)
{
	char *path = here("a.case");
	struct err err;
	struct store *s = store_open(path, &err);
	struct source_list list;

	(void)state;
	make_source(s, "/logs/mail.log");
	store_close(s);
	assert_true(exists("a.case.building"));
	s = store_open(path, &err);
	assert_non_null(s);
	assert_true(store_sources(s, &list, &err));
	assert_int_equal(list.n, 1);
	assert_string_equal(list.list[0].path, "/logs/mail.log");
	source_list_release(&list);
	assert_true(store_publish(s, &err));
	store_close(s);
	assert_ask(path, "SELECT path FROM v_source", "/logs/mail.log");
	free(path);
}

/* Killed between making the file and its first commit. */
static void test_empty_building(void **state)
{
	char *path = here("a.case"), *building = here("a.case.building");
	struct err err;
	struct store *s;

	(void)state;
	write_file(building, "", 0);
	s = store_open(path, &err);
	assert_non_null(s);
	store_close(s);
	free(building);
	free(path);
}

static void assert_refused(const char *path, const char *why)
{
	size_t before, after;
	char *was = read_whole(path, &before), *is;
	struct err err = { 0 };

	assert_null(store_open(path, &err));
	if (!strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	is = read_whole(path, &after);
	assert_int_equal(before, after);
	if (before)
		assert_memory_equal(was, is, before);
	assert_false(exists("a.case.lock"));
	assert_false(exists("a.case-wal"));
	assert_false(exists("a.case-journal"));
	free(was);
	free(is);
}

static void test_no_case(void **state)
{
	static const char text[] = "Jan  1 00:00:00 mx1 a log and no case\n";
	char *path = here("a.case"), *building = here("b.case.building");
	char *b = here("b.case");
	struct err err;

	(void)state;
	write_file(path, text, sizeof text - 1);
	assert_refused(path, "is not a case");
	write_file(path, "", 0);
	assert_refused(path, "is not a case");
	write_file(path, "SQLite format 3", 16);
	assert_refused(path, "no case");
	assert_refused(folder, "is not a file");
	write_file(building, text, sizeof text - 1);
	assert_null(store_open(b, &err));
	assert_non_null(strstr(err.text, "is not a case"));
	free(b);
	free(building);
	free(path);
}

static void patch(const char *path, long offset, unsigned char byte)
{
	FILE *f = fopen(path, "r+e");

	assert_non_null(f);
	fseek(f, offset, SEEK_SET);
	fputc(byte, f);
	fclose(f);
}

static void test_newer(void **state)
{
	char *path = make_case("a.case", 3);

	(void)state;
	patch(path, 63, CASE_VERSION + 1);
	assert_refused(path, "newer version");
	patch(path, 63, 0);
	assert_refused(path, "broken");
	patch(path, 63, CASE_VERSION);
	patch(path, 71, 1);
	assert_refused(path, "no case");
	free(path);
}

static void test_truncated(void **state)
{
	char *path = make_case("a.case", 300);
	size_t n;
	char *bytes = read_whole(path, &n);

	(void)state;
	for (size_t keep = 100; keep < n; keep += n / 7) {
		write_file(path, bytes, keep);
		assert_refused(path, "broken");
	}
	free(bytes);
	free(path);
}

/* Pages full of rubbish: refused when opened or when met, never a crash. */
static void test_rubbish(void **state)
{
	char *path = make_case("a.case", 300);
	size_t n;
	char *bytes = read_whole(path, &n);

	(void)state;
	for (size_t page = 0; page < n / 8192; page++) {
		char *copy = mem_copy(bytes, n);
		struct err err = { 0 };
		struct store *s;

		memset(copy + page * 8192 + (page ? 0 : 100), 0xa5,
		       page ? 8192 : 8092);
		write_file(path, copy, n);
		s = store_open(path, &err);
		if (!s)
			assert_non_null(strstr(err.text, "broken"));
		else if (!make_rows(s, 5, &err))
			assert_non_null(strstr(err.text, "broken"));
		store_close(s);
		free(copy);
	}
	free(bytes);
	free(path);
}

static void test_second_writer(void **state)
{
	char *path = make_case("a.case", 3), *link = here("b.case");
	struct err err = { 0 };
	char pid[32];
	struct store *s = store_open(path, &err);

	(void)state;
	assert_non_null(s);
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	assert_null(store_open(path, &err));
	assert_non_null(strstr(err.text, pid));
	assert_int_equal(symlink(path, link), 0);
	assert_null(store_open(link, &err));
	assert_non_null(strstr(err.text, pid));
	store_close(s);
	s = store_open(link, &err);
	assert_non_null(s);
	store_close(s);
	free(link);
	free(path);
}

/* A lock file that nobody holds does not count, whatever it says. */
static void test_stale_lock(void **state)
{
	char *path = here("a.case"), *lock = here("a.case.lock");
	struct err err;
	struct store *s;

	(void)state;
	write_file(lock, "1\n", 2);
	s = store_open(path, &err);
	assert_non_null(s);
	store_close(s);
	assert_false(exists("a.case.lock"));
	free(lock);
	free(path);
}

static void test_locked_building(void **state)
{
	char *path = here("a.case");
	struct err err = { 0 };
	struct store *s = store_open(path, &err);

	(void)state;
	assert_non_null(s);
	assert_null(store_open(path, &err));
	assert_non_null(strstr(err.text, "is being written by process"));
	store_close(s);
	free(path);
}

static sqlite3_stmt *start(sqlite3 *db, const char *query)
{
	sqlite3_stmt *q = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, query, -1, &q, NULL),
	                 SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	return q;
}

/* A cursor stays on the rows it began with; a new query sees the new ones. */
static void test_reader_during_derivation(void **state)
{
	char *path = make_case("a.case", 300);
	struct err err = { 0 };
	struct store *s = store_open(path, &err);
	sqlite3 *db;
	sqlite3_stmt *q;
	int n = 1;

	(void)state;
	assert_non_null(s);
	/* the first change takes the case into WAL mode */
	assert_true(store_set(s, "a", "1", "given", "x", 0, &err));
	sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
	q = start(db, "SELECT transaction_id, sender FROM v_transaction");
	assert_true(make_rows(s, 7, &err));
	while (sqlite3_step(q) == SQLITE_ROW)
		n++;
	assert_int_equal(n, 300);
	sqlite3_finalize(q);
	q = start(db, "SELECT count(*) FROM v_transaction");
	assert_int_equal(sqlite3_column_int(q, 0), 7);
	sqlite3_finalize(q);
	store_close(s);
	sqlite3_close(db);
	assert_ask(path, "PRAGMA integrity_check", "ok");
	assert_ask(path, "SELECT count(*) FROM v_recipient", "7");
	free(path);
}

/* Nothing of a derivation shows before it is committed, nothing after it was
 * given up. */
static void test_abort(void **state)
{
	char *path = make_case("a.case", 30);
	struct err err = { 0 };
	struct store *s = store_open(path, &err);
	struct row_sink sink;
	struct session_row r = { .id = 1, .client_port = -1 };

	(void)state;
	assert_non_null(s);
	assert_true(store_derive_begin(s, &sink, &err));
	r.server = sink.word(sink.arg, SLICE("a word of nothing"));
	assert_true(sink.session(sink.arg, &r, &err));
	assert_ask(path, "SELECT count(*) FROM v_transaction", "30");
	store_derive_abort(s);
	assert_ask(path, "SELECT count(*) FROM v_transaction", "30");
	assert_true(make_rows(s, 4, &err));
	assert_ask(path, "SELECT count(*) FROM v_transaction", "4");
	assert_ask(path, "SELECT count(*)=max(id) FROM word", "1");
	store_close(s);
	free(path);
}

/* Readers that look at the building keep what they have. */
static void test_publish_with_reader(void **state)
{
	char *path = here("a.case");
	struct err err = { 0 };
	struct store *s = store_open(path, &err);
	sqlite3 *db;
	sqlite3_stmt *q;

	(void)state;
	make_source(s, "/logs/mail.log");
	assert_true(make_rows(s, 300, &err));
	sqlite3_open_v2(store_path(s), &db, SQLITE_OPEN_READONLY, NULL);
	q = start(db, "SELECT transaction_id FROM v_transaction");
	assert_true(store_publish(s, &err));
	assert_string_equal(store_path(s), path);
	assert_false(exists("a.case.building"));
	assert_false(exists("a.case.building.copy"));
	assert_true(make_rows(s, 5, &err));
	for (int i = 1; i < 300; i++)
		assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	sqlite3_close(db);
	store_close(s);
	assert_ask(path, "PRAGMA integrity_check", "ok");
	assert_ask(path, "PRAGMA journal_mode", "delete");
	assert_ask(path, "SELECT count(*) FROM v_transaction", "5");
	free(path);
}

/* Killed after a copy got its name, before the original was removed. */
static void test_leftover(void **state)
{
	char *path = make_case("a.case", 5), *left = here("a.case.building");
	char *copy = here("a.case.building.copy");
	size_t n;
	char *bytes = read_whole(path, &n);
	struct err err;

	(void)state;
	write_file(left, bytes, n);
	write_file(copy, bytes, n / 2);
	store_close(store_open(path, &err));
	assert_false(exists("a.case.building"));
	assert_false(exists("a.case.building.copy"));
	/* another case's building is not ours to remove */
	free(make_case("b.case", 5));
	free(bytes);
	free(copy);
	copy = here("b.case");
	assert_int_equal(rename(copy, left), 0);
	store_close(store_open(path, &err));
	assert_true(exists("a.case.building"));
	free(copy);
	free(left);
	free(path);
}

/* The disk is full in the middle: one sentence, and the case is as it was. */
static void test_full_disk(void **state)
{
	char *path = make_case("a.case", 30);
	struct err err = { 0 };
	struct store *s = store_open(path, &err);
	struct strbuf big = { 0 };

	(void)state;
	assert_non_null(s);
	assert_true(sql_exec(s->db, path, "PRAGMA max_page_count=1", &err));
	assert_false(make_rows(s, 3000, &err));
	assert_non_null(strstr(err.text, "disk is full"));
	for (int i = 0; i < 40000; i++)
		strbuf_add_str(&big, "note ");
	assert_false(store_audit(s, "note", strbuf_text(&big), "a", 0, &err));
	assert_non_null(strstr(err.text, "disk is full"));
	strbuf_release(&big);
	assert_true(sql_exec(s->db, path, "PRAGMA max_page_count=1000000",
	                     &err));
	assert_ask(path, "SELECT count(*) FROM v_transaction", "30");
	assert_true(make_rows(s, 3000, &err));
	store_close(s);
	assert_ask(path, "PRAGMA integrity_check", "ok");
	assert_ask(path, "SELECT count(*) FROM v_transaction", "3000");
	free(path);
}

static void test_no_folder(void **state)
{
	char *path = here("none/a.case");
	struct err err = { 0 };

	(void)state;
	assert_null(store_open(path, &err));
	assert_non_null(strstr(err.text, "cannot write beside the case"));
	free(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new_case),
		TEST(test_resume),
		TEST(test_empty_building),
		TEST(test_no_case),
		TEST(test_newer),
		TEST(test_truncated),
		TEST(test_rubbish),
		TEST(test_second_writer),
		TEST(test_stale_lock),
		TEST(test_locked_building),
		TEST(test_reader_during_derivation),
		TEST(test_abort),
		TEST(test_publish_with_reader),
		TEST(test_leftover),
		TEST(test_full_disk),
		TEST(test_no_folder),
	};

	return cmocka_run_group_tests_name("store_open", tests, NULL, NULL);
}
