/* SPDX-License-Identifier: MIT */
/* Whole runs of the indexer over invented logs in a scratch folder. */
#include "tests/indexing.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/civil.h"
#include "model/evidence/evidence.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static char dir[512];
static struct arena paths;

const char *indexing_at(const char *name)
{
	return arena_printf(&paths, "%s/%s%c", dir, name, '\0').ptr;
}

void indexing_put(const char *name, struct slice bytes, const char *mode)
{
	FILE *f = fopen(indexing_at(name), mode);

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
}

void indexing_put_gzip(const char *name, struct slice bytes)
{
	gzFile f = gzopen(indexing_at(name), "wb");

	assert_non_null(f);
	assert_int_equal(gzwrite(f, bytes.ptr, (unsigned)bytes.len), bytes.len);
	assert_int_equal(gzclose(f), Z_OK);
}

void indexing_clear(void)
{
	struct evidence_list l;
	const char *all = dir;

	evidence_find(&all, 1, &l, NULL, NULL);
	for (size_t i = 0; i < l.n; i++)
		unlink(l.paths[i]);
	evidence_list_release(&l);
}

static void stamp(struct strbuf *b, const char *host, int64_t second)
{
	struct civil c;

	civil_of(INT64_C(1789000000) * US_SECOND + second * US_SECOND, &c);
	strbuf_addf(b, "%04d-%02d-%02dT%02d:%02d:%02d.000000+00:00 %s ", c.year,
	            c.month, c.day, c.hour, c.minute, c.second, host);
}

struct strbuf indexing_mx_log(int from, int to)
{
	struct strbuf b = { 0 };

	for (int step = from; step < to + 3; step++) {
		for (int k = 0; k < 3; k++) {
			int i = step - k;
			char id[32];

			if (i < from || i >= to)
				continue;
			snprintf(id, sizeof id, "%010X", 0xA10000 + i);
			stamp(&b, "mx", step * 7);
			if (k == 0) {
				strbuf_addf(&b, "postfix/smtpd[%d]: %s: client="
				            "c%d.example.org[192.0.2.%d]\n",
				            100 + i % 9, id, i % 50, i % 50);
				stamp(&b, "mx", step * 7);
				strbuf_addf(&b, "postfix/cleanup[77]: %s: "
				            "message-id=<m%d@example.org>\n",
				            id, i);
				stamp(&b, "mx", step * 7);
				strbuf_addf(&b, "postfix/qmgr[50]: %s: from=<s%d@"
				            "example.org>, size=%d, nrcpt=1 "
				            "(queue active)\n", id, i % 20, 900 + i);
				continue;
			}
			if (k == 1 && i % 5 == 0)
				strbuf_addf(&b, "postfix/smtp[9]: %s: to=<r%d@"
				            "example.com>, relay=store.example.com"
				            "[198.51.100.7]:25, delay=2, delays=1/0/"
				            "0/1, dsn=4.2.0, status=deferred (host "
				            "store.example.com[198.51.100.7] said: "
				            "450 4.2.0 later)\n", id, i % 30);
			else if (k == 1)
				strbuf_addf(&b, "postfix/smtp[9]: connect to "
				            "x%d.example.com[198.51.100.9]:25: "
				            "Connection timed out\n", i);
			else if (i % 7 == 0)
				strbuf_addf(&b, "postfix/smtp[9]: %s: to=<r%d@"
				            "example.com>, relay=store.example.com"
				            "[198.51.100.7]:25, delay=9, delays=1/0/"
				            "0/8, dsn=5.1.1, status=bounced (host "
				            "store.example.com[198.51.100.7] said: "
				            "550 5.1.1 no such user)\n", id, i % 30);
			else
				strbuf_addf(&b, "postfix/smtp[9]: %s: to=<r%d@"
				            "example.com>, relay=store.example.com"
				            "[198.51.100.7]:25, delay=9, delays=1/0/"
				            "0/8, dsn=2.0.0, status=sent (250 2.0.0 "
				            "Ok: queued as %010X)\n", id, i % 30,
				            0xB10000 + i);
			if (k == 2) {
				stamp(&b, "mx", step * 7 + 1);
				strbuf_addf(&b, "postfix/qmgr[50]: %s: removed\n",
				            id);
			}
		}
	}
	return b;
}

struct strbuf indexing_store_log(int from, int to)
{
	struct strbuf b = { 0 };

	for (int i = from; i < to; i++) {
		char id[32];

		if (i % 7 == 0)
			continue;
		snprintf(id, sizeof id, "%010X", 0xB10000 + i);
		stamp(&b, "store", (i + 2) * 7);
		strbuf_addf(&b, "postfix/smtpd[8]: %s: client=mx.example.com["
		            "198.51.100.1]\n", id);
		stamp(&b, "store", (i + 2) * 7);
		strbuf_addf(&b, "postfix/cleanup[9]: %s: message-id=<m%d@"
		            "example.org>\n", id, i);
		stamp(&b, "store", (i + 2) * 7 + 1);
		strbuf_addf(&b, "postfix/local[4]: %s: to=<r%d@example.com>, "
		            "relay=local, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0,"
		            " status=sent (delivered to mailbox)\n", id, i % 30);
		stamp(&b, "store", (i + 2) * 7 + 1);
		strbuf_addf(&b, "postfix/qmgr[5]: %s: removed\n", id);
	}
	return b;
}

struct index_options indexing_options(const char *case_name,
                                    const char *const *logs, size_t n)
{
	return (struct index_options){ .case_path = indexing_at(case_name), .logs = logs,
		                       .nlogs = n, .now = INDEXING_NOW, .threads = 2 };
}

void indexing_run_with(const struct index_options *o, struct index_result *r)
{
	struct err err = { 0 };
	struct indexer *x = indexer_new(o, &err);

	if (!x || !indexer_run(x, NULL, r, &err))
		fail_msg("%s", err.text);
	indexer_free(x);
	strbuf_release(&r->warnings);
}

struct index_result indexing_run(const char *case_name, const char *log)
{
	const char *logs[] = { indexing_at(log) };
	struct index_options o = indexing_options(case_name, logs, 1);
	struct index_result r;

	indexing_run_with(&o, &r);
	return r;
}

static bool is_id(const char *name)
{
	size_t n = strlen(name);

	return (n > 3 && strcmp(name + n - 3, "_id") == 0 &&
	        strcmp(name, "queue_id") != 0 &&
	        strcmp(name, "next_queue_id") != 0 &&
	        strcmp(name, "message_id") != 0) ||
	       strcmp(name, "mtime_utc") == 0 || strstr(name, "_transaction");
}

static void dump_rows(sqlite3 *db, const char *sql, struct strbuf *out)
{
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(q) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			const unsigned char *t = sqlite3_column_text(q, i);

			strbuf_addf(out, "%s|", t ? (const char *)t : "-");
		}
		strbuf_add_char(out, '\n');
	}
	sqlite3_finalize(q);
}

static void dump_view(sqlite3 *db, const char *view, struct strbuf *out)
{
	struct strbuf sql = { 0 };
	sqlite3_stmt *q;
	int n = 0;

	strbuf_addf(&sql, "SELECT * FROM %s LIMIT 0", view);
	assert_int_equal(sqlite3_prepare_v2(db, strbuf_text(&sql), -1, &q, NULL),
	                 SQLITE_OK);
	strbuf_reset(&sql);
	strbuf_add_str(&sql, "SELECT ");
	for (int i = 0; i < sqlite3_column_count(q); i++)
		if (!is_id(sqlite3_column_name(q, i)))
			strbuf_addf(&sql, "%s\"%s\"", n++ ? "," : "",
			            sqlite3_column_name(q, i));
	sqlite3_finalize(q);
	strbuf_addf(&sql, " FROM %s ORDER BY ", view);
	for (int i = 1; i <= n; i++)
		strbuf_addf(&sql, "%s%d", i > 1 ? "," : "", i);
	strbuf_addf(out, "== %s\n", view);
	dump_rows(db, strbuf_text(&sql), out);
	strbuf_release(&sql);
}

static const char *const views[] = { "v_source", "v_session", "v_attempt",
	                             "v_transaction", "v_delivery", "v_link",
	                             "v_journey", "v_recipient", "v_coverage" };

static char *dump(const char *case_name)
{
	struct strbuf out = { 0 };
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(indexing_at(case_name), &db,
	                                 SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		dump_view(db, views[i], &out);
	sqlite3_close(db);
	return strbuf_take(&out);
}

char *indexing_ask(const char *case_name, const char *sql)
{
	struct strbuf out = { 0 };
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(indexing_at(case_name), &db,
	                                 SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	dump_rows(db, sql, &out);
	sqlite3_close(db);
	return strbuf_take(&out);
}

void indexing_says(const char *case_name, const char *sql, const char *want)
{
	char *got = indexing_ask(case_name, sql);

	if (strcmp(got, want) != 0)
		fail_msg("%s\n got: %s\nwant: %s", sql, got, want);
	free(got);
}

void indexing_same_text(const char *a, const char *b)
{
	const char *line = a, *other = b;
	size_t i;

	if (strcmp(a, b) == 0)
		return;
	for (i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '\n') {
			line = a + i + 1;
			other = b + i + 1;
		}
	fail_msg("differs:\n%.*s\n%.*s", (int)strcspn(line, "\n"), line,
	         (int)strcspn(other, "\n"), other);
}

void indexing_same(const char *case_a, const char *case_b)
{
	char *a = dump(case_a), *b = dump(case_b);

	indexing_same_text(a, b);
	free(a);
	free(b);
}

void indexing_write_logs(int messages)
{
	struct strbuf mx = indexing_mx_log(0, messages), st = indexing_store_log(0, messages);

	indexing_put("logs/mx.log", strbuf_slice(&mx), "wb");
	indexing_put("logs/store.log", strbuf_slice(&st), "wb");
	strbuf_release(&mx);
	strbuf_release(&st);
}

int indexing_make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof dir, "%s/index.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(dir) && mkdir(indexing_at("logs"), 0700) == 0 ? 0 : -1;
}

int indexing_remove_dir(void **state)
{
	int left;

	(void)state;
	indexing_clear();
	left = rmdir(indexing_at("logs")) + rmdir(dir);
	arena_release(&paths);
	return left;
}
