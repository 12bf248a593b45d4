/* SPDX-License-Identifier: MIT */
/* Whole runs of the indexer: however the work is cut, ordered, broken off or
 * spread over runs, the case says the same. */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/civil.h"
#include "model/evidence/evidence.h"
#include "model/index/index.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define NOW (INT64_C(1790000000) * US_SECOND)

static char dir[512];
static struct arena paths;

/* Paths in the scratch folder; DIR/logs is the evidence. */
static const char *at(const char *name)
{
	return arena_printf(&paths, "%s/%s%c", dir, name, '\0').ptr;
}

static void put(const char *name, struct slice bytes, const char *mode)
{
	FILE *f = fopen(at(name), mode);

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
}

static void put_gzip(const char *name, struct slice bytes)
{
	gzFile f = gzopen(at(name), "wb");

	assert_non_null(f);
	assert_int_equal(gzwrite(f, bytes.ptr, (unsigned)bytes.len), bytes.len);
	assert_int_equal(gzclose(f), Z_OK);
}

static void clear(void)
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

/* MESSAGES that MX takes and STORE delivers; some wait, some fail. Lines of
 * several messages are mixed. */
static struct strbuf mx_log(int from, int to)
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

static struct strbuf store_log(int from, int to)
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

static struct index_options options(const char *case_name,
                                    const char *const *logs, size_t n)
{
	return (struct index_options){ .case_path = at(case_name), .logs = logs,
		                       .nlogs = n, .now = NOW, .threads = 2 };
}

static void run_with(const struct index_options *o, struct index_result *r)
{
	struct err err = { 0 };
	struct indexer *x = indexer_new(o, &err);

	if (!x || !indexer_run(x, NULL, r, &err))
		fail_msg("%s", err.text);
	indexer_free(x);
	strbuf_release(&r->warnings);
}

/* Indexes LOG (a file or folder) into the case. */
static struct index_result run(const char *case_name, const char *log)
{
	const char *logs[] = { at(log) };
	struct index_options o = options(case_name, logs, 1);
	struct index_result r;

	run_with(&o, &r);
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

/* All that the public views say, without ids. */
static char *dump(const char *case_name)
{
	struct strbuf out = { 0 };
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(at(case_name), &db,
	                                 SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		dump_view(db, views[i], &out);
	sqlite3_close(db);
	return strbuf_take(&out);
}

static char *ask(const char *case_name, const char *sql)
{
	struct strbuf out = { 0 };
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(at(case_name), &db,
	                                 SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	dump_rows(db, sql, &out);
	sqlite3_close(db);
	return strbuf_take(&out);
}

static void says(const char *case_name, const char *sql, const char *want)
{
	char *got = ask(case_name, sql);

	if (strcmp(got, want) != 0)
		fail_msg("%s\n got: %s\nwant: %s", sql, got, want);
	free(got);
}

/* Tells the first line that differs. */
static void same_text(const char *a, const char *b)
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

static void same(const char *case_a, const char *case_b)
{
	char *a = dump(case_a), *b = dump(case_b);

	same_text(a, b);
	free(a);
	free(b);
}

static void write_logs(int messages)
{
	struct strbuf mx = mx_log(0, messages), st = store_log(0, messages);

	put("logs/mx.log", strbuf_slice(&mx), "wb");
	put("logs/store.log", strbuf_slice(&st), "wb");
	strbuf_release(&mx);
	strbuf_release(&st);
}

static void a_folder_is_read(void **state)
{
	struct index_result r;

	(void)state;
	clear();
	write_logs(350);
	r = run("a.case", "logs");
	assert_int_equal(r.sources, 2);
	assert_int_equal(r.new_sources, 2);
	assert_int_equal(r.damaged, 0);
	says("a.case", "SELECT format, state, lines=event_lines+unknown_lines+"
	     "copy_lines+other_lines, length(sha256), sha256=content_sha256 "
	     "FROM v_source ORDER BY path",
	     "rfc3339/postfix|ok|1|64|1|\nrfc3339/postfix|ok|1|64|1|\n");
	says("a.case", "SELECT count(*) FROM v_transaction", "650|\n");
	says("a.case", "SELECT sum(lines) FROM v_source", "3300|\n");
	/* nothing changed: nothing happens */
	r = run("a.case", "logs");
	assert_int_equal(r.lines, 0);
	says("a.case", "SELECT value FROM meta WHERE name='generation'", "1|\n");
}

static void any_cut_and_order(void **state)
{
	const char *logs[] = { at("logs") };
	struct index_options o = options("b.case", logs, 1);
	struct index_result r;

	(void)state;
	clear();
	write_logs(700);
	run("a.case", "logs");
	o.piece_records = 100;
	o.threads = 4;
	run_with(&o, &r);
	same("a.case", "b.case");
	o = options("c.case", logs, 1);
	o.piece_records = 37;
	o.threads = 1;
	o.random_order = true;
	run_with(&o, &r);
	same("a.case", "c.case");
}

static void appended_is_anew(void **state)
{
	const char *logs[] = { at("logs") };
	struct strbuf mx = mx_log(0, 500), st = store_log(0, 500);
	struct index_options o = options("a.case", logs, 1);
	struct index_result r;
	/* in the middle of a line, behind one, and the rest */
	size_t a = mx.len / 3, b;

	(void)state;
	clear();
	for (b = mx.len / 2; mx.ptr[b - 1] != '\n'; b++)
		;
	o.piece_records = 200;
	put("logs/mx.log", slice_of(mx.ptr, a), "wb");
	put("logs/store.log", strbuf_slice(&st), "wb");
	run_with(&o, &r);
	put("logs/mx.log", slice_of(mx.ptr + a, b - a), "ab");
	run_with(&o, &r);
	assert_true(r.lines < 1000); /* the rest is not read again */
	put("logs/mx.log", slice_of(mx.ptr + b, mx.len - b), "ab");
	run_with(&o, &r);
	run("b.case", "logs");
	same("a.case", "b.case");
	says("a.case", "SELECT count(*) FROM source_version", "4|\n");
	strbuf_release(&mx);
	strbuf_release(&st);
}

static void a_changed_file_is_read_anew(void **state)
{
	struct strbuf first = mx_log(0, 100), second = mx_log(200, 290);

	(void)state;
	clear();
	put("logs/mx.log", strbuf_slice(&first), "wb");
	run("a.case", "logs");
	/* rotated: the old bytes under another name, others under the old one */
	put("logs/mx.log.1", strbuf_slice(&first), "wb");
	put("logs/mx.log", strbuf_slice(&second), "wb");
	run("a.case", "logs");
	run("b.case", "logs");
	says("a.case", "SELECT count(*), sum(state='ok'), sum(copy_lines) FROM "
	     "v_source", "2|2|0|\n");
	says("a.case", "SELECT count(*) FROM v_transaction", "190|\n");
	says("b.case", "SELECT count(*) FROM v_transaction", "190|\n");
	strbuf_release(&first);
	strbuf_release(&second);
}

static void copies_count_once(void **state)
{
	struct strbuf mx = mx_log(0, 300);
	struct index_result r;
	char *plain;

	(void)state;
	clear();
	put("logs/mx.log", strbuf_slice(&mx), "wb");
	run("a.case", "logs");
	plain = ask("a.case", "SELECT count(*), sum(delivered), sum(failed) "
	            "FROM v_journey");
	put("logs/copy.log", strbuf_slice(&mx), "wb");
	put_gzip("logs/packed.gz", strbuf_slice(&mx));
	put("logs/head.log", slice_of(mx.ptr, mx.len / 2), "wb");
	r = run("a.case", "logs"); /* added to what is there */
	assert_int_equal(r.copies, 3);
	says("a.case", "SELECT count(*), sum(delivered), sum(failed) FROM "
	     "v_journey", plain);
	says("a.case", "SELECT DISTINCT lines=copy_lines, event_lines, format "
	     "FROM v_source WHERE state='copy'", "1|0|rfc3339/postfix|\n");
	r = run("b.case", "logs"); /* all at once */
	assert_true(r.copies >= 2);
	says("b.case", "SELECT count(*), sum(delivered), sum(failed) FROM "
	     "v_journey", plain);
	says("b.case", "SELECT sum(lines=event_lines+unknown_lines+copy_lines+"
	     "other_lines) FROM v_source", "4|\n");
	r = run("a.case", "logs");
	assert_int_equal(r.lines, 0);
	free(plain);
	strbuf_release(&mx);
}

/* A copy counts for itself once its original is something else. */
static void a_copy_outlives_its_original(void **state)
{
	struct strbuf mx = mx_log(0, 50), other = mx_log(100, 110);

	(void)state;
	clear();
	put("logs/a.log", strbuf_slice(&mx), "wb");
	put("logs/b.log", strbuf_slice(&mx), "wb");
	run("a.case", "logs");
	says("a.case", "SELECT state FROM v_source ORDER BY path", "ok|\ncopy|\n");
	put("logs/a.log", strbuf_slice(&other), "wb");
	run("a.case", "logs/a.log"); /* the copy is not even named */
	says("a.case", "SELECT state FROM v_source ORDER BY path", "ok|\nok|\n");
	says("a.case", "SELECT count(*) FROM v_transaction", "60|\n");
	strbuf_release(&mx);
	strbuf_release(&other);
}

static void packed_files(void **state)
{
	struct strbuf mx = mx_log(0, 300), st = store_log(0, 300), cut = { 0 };
	const char *logs[] = { at("logs") };
	struct index_options o = options("b.case", logs, 1);
	struct index_result r;
	char *a, *b;
	FILE *f;

	(void)state;
	clear();
	put("logs/mx.log", strbuf_slice(&mx), "wb");
	run("a.case", "logs");
	clear();
	write_logs(300);
	run("a.case", "logs");
	a = ask("a.case", "SELECT * FROM v_recipient ORDER BY address, first_utc");
	clear();
	put_gzip("logs/mx.log", strbuf_slice(&mx));
	put_gzip("logs/store.log.gz", strbuf_slice(&st));
	o.piece_records = 300;
	run_with(&o, &r);
	b = ask("b.case", "SELECT * FROM v_recipient ORDER BY address, first_utc");
	same_text(a, b);
	/* the text is in the case, whole */
	says("b.case", "SELECT sum(bytes)=(SELECT sum(content_bytes) FROM "
	     "source), min(offset) FROM block", "1|0|\n");
	run_with(&o, &r);
	assert_int_equal(r.lines, 0);
	/* what comes before the end of a cut one is kept, and told */
	f = fopen(at("logs/mx.log"), "rb");
	strbuf_room(&cut, 1 << 20);
	cut.len = fread(cut.ptr, 1, 1 << 20, f);
	fclose(f);
	put("logs/mx.log", slice_of(cut.ptr, cut.len / 2), "wb");
	r = run("b.case", "logs");
	assert_int_equal(r.damaged, 1);
	says("b.case", "SELECT state, lines>500 FROM v_source WHERE path LIKE "
	     "'%mx.log'", "cut|1|\n");
	o.nlogs = 1;
	{
		struct indexer *x = indexer_new(&o, NULL);

		assert_true(indexer_run(x, NULL, &r, NULL));
		assert_int_equal(r.damaged, 1); /* still */
		assert_non_null(strstr(strbuf_text(&r.warnings),
		                       "mx.log: its gzip data ends before its "
		                       "end\n"));
		strbuf_release(&r.warnings);
		indexer_free(x);
	}
	free(a);
	free(b);
	strbuf_release(&mx);
	strbuf_release(&st);
	strbuf_release(&cut);
}

static void overlapping_files(void **state)
{
	struct strbuf mx = mx_log(0, 300);
	size_t a = mx.len * 2 / 3, b = mx.len / 3;
	char *one;

	(void)state;
	clear();
	while (mx.ptr[a - 1] != '\n')
		a++;
	while (mx.ptr[b - 1] != '\n')
		b++;
	put("logs/mx.log", strbuf_slice(&mx), "wb");
	run("a.case", "logs");
	one = ask("a.case", "SELECT count(*), sum(recipients), sum(relayed), "
	          "sum(failed) FROM v_journey");
	clear();
	put("logs/mx.log", slice_of(mx.ptr + b, mx.len - b), "wb");
	put("logs/mx.log.1", slice_of(mx.ptr, a), "wb");
	run("b.case", "logs");
	says("b.case", "SELECT count(*), sum(recipients), sum(relayed), "
	     "sum(failed) FROM v_journey", one);
	free(one);
	strbuf_release(&mx);
}

/* A child that dies by itself after US microseconds. */
static bool killed_run(const char *case_name, unsigned us)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		const char *logs[] = { at("logs") };
		struct index_options o = options(case_name, logs, 1);
		struct itimerval t = { { 0, 0 }, { us / 1000000, us % 1000000 } };
		struct index_result r;
		struct indexer *x;

		o.piece_records = 150;
		signal(SIGALRM, SIG_DFL);
		setitimer(ITIMER_REAL, &t, NULL);
		x = indexer_new(&o, NULL);
		_exit(x && indexer_run(x, NULL, &r, NULL) ? 0 : 1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFSIGNALED(status);
}

/* Killed at any instant, then run to the end: as if nothing had been. */
static void killed_at_any_instant(void **state)
{
	struct strbuf st = store_log(0, 400);
	unsigned us = 500, deaths = 0;

	(void)state;
	clear();
	write_logs(400);
	put_gzip("logs/store.log", strbuf_slice(&st));
	run("a.case", "logs");
	while (killed_run("b.case", us)) {
		us += 1500; /* goes on with the same case each time */
		deaths++;
	}
	assert_true(deaths > 3);
	run("b.case", "logs");
	same("a.case", "b.case");
	for (us = 1000; us < 200000; us = us * 5 / 3) {
		unlink(at("c.case"));
		unlink(at("c.case.building"));
		unlink(at("c.case.building-wal"));
		unlink(at("c.case.building-shm"));
		killed_run("c.case", us);
		run("c.case", "logs");
		same("a.case", "c.case");
	}
	strbuf_release(&st);
}

static void cancelled_goes_on(void **state)
{
	const char *logs[] = { at("logs") };
	struct index_options o = options("b.case", logs, 1);
	struct cancel cancel = { 0 };
	struct index_result r;
	struct err err = { 0 };
	struct indexer *x;

	(void)state;
	clear();
	write_logs(300);
	run("a.case", "logs");
	cancel_ask(&cancel);
	x = indexer_new(&o, &err);
	assert_non_null(x);
	assert_false(indexer_run(x, &cancel, &r, &err));
	assert_non_null(strstr(err.text, "cancelled"));
	strbuf_release(&r.warnings);
	indexer_free(x);
	run("b.case", "logs");
	same("a.case", "b.case");
}

static void refusals(void **state)
{
	const char *logs[] = { at("logs") };
	struct index_rule bad = { "*", "Mars/Olympus" };
	struct index_options o = options("logs/x.case", logs, 1);
	struct err err = { 0 };
	struct indexer *x;

	(void)state;
	clear();
	write_logs(5);
	assert_null(indexer_new(&o, &err));
	assert_non_null(strstr(err.text, "evidence"));
	assert_int_not_equal(access(at("logs/x.case"), F_OK), 0);
	o = options("x.case", logs, 1);
	o.zones = &bad;
	o.nzones = 1;
	assert_null(indexer_new(&o, &err));
	o.nzones = 0;
	bad.value = "no/format";
	o.formats = &bad;
	o.nformats = 1;
	assert_null(indexer_new(&o, &err));
	assert_non_null(strstr(err.text, "no/format"));
	o.nformats = 0;
	logs[0] = at("nothing");
	assert_null(indexer_new(&o, &err));
	assert_int_not_equal(access(at("x.case.building"), F_OK), 0);
	logs[0] = at("logs");
	x = indexer_new(&o, &err);
	assert_non_null(x);
	assert_null(indexer_new(&o, &err)); /* a second one */
	assert_non_null(strstr(err.text, "process"));
	indexer_free(x);
}

static void options_given_later(void **state)
{
	struct index_rule server = { "mx.log", "edge" };
	const char *own[] = { "example.com", "198.51.100.0/24" };
	const char *logs[] = { at("logs") };
	struct index_options o = options("a.case", logs, 1);
	struct index_result r;

	(void)state;
	clear();
	write_logs(20);
	run_with(&o, &r);
	o.servers = &server;
	o.nservers = 1;
	o.own = own;
	o.nown = 2;
	o.nlogs = 0;
	run_with(&o, &r);
	assert_int_equal(r.lines, 0);
	says("a.case", "SELECT DISTINCT server FROM v_transaction ORDER BY 1",
	     "edge|\nstore|\n");
	says("a.case", "SELECT name, value FROM v_setting WHERE basis='given' ORDER BY name",
	     "own.domain|example.com|\nown.network|198.51.100.0/24|\n");
	says("a.case",
	     "SELECT name, value FROM v_setting WHERE basis='suggested' ORDER BY 1,2",
	     "server.edge|198.51.100.1|\nserver.edge|mx.example.com|\n"
	     "server.store|198.51.100.7|\nserver.store|store.example.com|\n");
}

static void another_format_is_read_anew(void **state)
{
	struct index_rule format = { "mx.log", "line/raw" };
	const char *logs[] = { at("logs") };
	struct index_options o = options("a.case", logs, 1);
	struct index_result r;

	(void)state;
	clear();
	write_logs(20);
	run_with(&o, &r);
	o.formats = &format;
	o.nformats = 1;
	run_with(&o, &r);
	says("a.case", "SELECT format, event_lines>0 FROM v_source ORDER BY path",
	     "line/unknown|0|\nrfc3339/postfix|1|\n");
	run_with(&o, &r);
	assert_int_equal(r.lines, 0);
}

static struct index_result run_stdin(const char *case_name, const char *file)
{
	const char *logs[] = { "-" };
	struct index_options o = options(case_name, logs, 1);
	int keep = dup(STDIN_FILENO), fd = open(at(file), O_RDONLY);
	struct index_result r;

	dup2(fd, STDIN_FILENO);
	close(fd);
	run_with(&o, &r);
	dup2(keep, STDIN_FILENO);
	close(keep);
	return r;
}

static void standard_input(void **state)
{
	struct strbuf mx = mx_log(0, 60), other = mx_log(100, 130);
	struct index_result r;

	(void)state;
	clear();
	put_gzip("one", strbuf_slice(&mx));
	put("two", strbuf_slice(&other), "wb");
	r = run_stdin("a.case", "one");
	assert_int_equal(r.damaged, 0);
	run_stdin("a.case", "two"); /* another one: both stay */
	r = run_stdin("a.case", "one");
	assert_int_equal(r.copies, 1);
	says("a.case", "SELECT path, state FROM v_source ORDER BY source_id",
	     "-|ok|\n-|ok|\n-|copy|\n");
	says("a.case", "SELECT count(*) FROM v_transaction", "90|\n");
	says("a.case", "SELECT count(DISTINCT source) FROM block", "2|\n");
	strbuf_release(&mx);
	strbuf_release(&other);
}

static void text_is_kept_if_asked(void **state)
{
	const char *logs[] = { at("logs") };
	struct index_options o = options("a.case", logs, 1);
	struct index_result r;

	(void)state;
	clear();
	write_logs(400);
	o.keep_text = true;
	o.piece_records = 500;
	run_with(&o, &r);
	says("a.case", "SELECT sum(bytes)=(SELECT sum(content_bytes) FROM "
	     "source), max(bytes)<=262144 FROM block", "1|1|\n");
}

/* A disk with room for LIMIT bytes. */
static bool run_on_small_disk(const char *case_name, rlim_t limit)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		const char *logs[] = { at("logs") };
		struct index_options o = options(case_name, logs, 1);
		struct rlimit small = { limit, limit };
		struct index_result r;
		struct err err = { 0 };
		struct indexer *x;

		o.piece_records = 150;
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		x = indexer_new(&o, &err);
		if (x && indexer_run(x, NULL, &r, &err))
			_exit(0);
		indexer_free(x);
		_exit(*err.text ? 1 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

/* A full disk is told, and leaves a case that can be gone on with. */
static void full_disks(void **state)
{
	unsigned failures = 0;

	(void)state;
	clear();
	write_logs(300);
	run("a.case", "logs");
	for (rlim_t limit = 20000; !run_on_small_disk("b.case", limit);
	     limit += 90000)
		failures++;
	assert_true(failures > 2);
	run("b.case", "logs");
	same("a.case", "b.case");
}

static void odd_files(void **state)
{
	struct index_result r;

	(void)state;
	clear();
	put("logs/empty", SLICE(""), "wb");
	put("logs/zeros", SLICE("\0\0\0\0\0\0\0\0"), "wb");
	put("logs/half", SLICE("Mar 14 09:15:02 mx postfix/qmgr[1]: no end"),
	    "wb");
	put("logs/junk", SLICE("\xff\xfe\x01\n\n\x1b[2J%s%n\r\n"), "wb");
	put("logs/bad.gz", SLICE("\x1f\x8b\x08junk"), "wb");
	r = run("a.case", "logs");
	assert_int_equal(r.sources, 5);
	assert_int_equal(r.damaged, 1);
	says("a.case", "SELECT sum(lines=event_lines+unknown_lines+copy_lines+"
	     "other_lines), sum(lines) FROM v_source", "5|5|\n");
	r = run("a.case", "logs"); /* what cannot be read is tried again */
	assert_int_equal(r.damaged, 1);
	assert_int_equal(r.sources, 5);
}

static int make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof dir, "%s/index.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(dir) && mkdir(at("logs"), 0700) == 0 ? 0 : -1;
}

static int remove_dir(void **state)
{
	int left;

	(void)state;
	clear();
	left = rmdir(at("logs")) + rmdir(dir);
	arena_release(&paths);
	return left;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_is_read),
		cmocka_unit_test(any_cut_and_order),
		cmocka_unit_test(appended_is_anew),
		cmocka_unit_test(a_changed_file_is_read_anew),
		cmocka_unit_test(copies_count_once),
		cmocka_unit_test(a_copy_outlives_its_original),
		cmocka_unit_test(packed_files),
		cmocka_unit_test(overlapping_files),
		cmocka_unit_test(killed_at_any_instant),
		cmocka_unit_test(cancelled_goes_on),
		cmocka_unit_test(refusals),
		cmocka_unit_test(options_given_later),
		cmocka_unit_test(another_format_is_read_anew),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(text_is_kept_if_asked),
		cmocka_unit_test(full_disks),
		cmocka_unit_test(odd_files),
	};

	return cmocka_run_group_tests_name("index", tests, make_dir, remove_dir);
}
