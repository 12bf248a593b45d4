/* SPDX-License-Identifier: MIT */
/* Whole runs of the indexer: however the work is cut, ordered or spread over
 * runs, the case says the same. */
#include "tests/indexing.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void a_folder_is_read(void **state)
{
	struct index_result r;

	(void)state;
	indexing_clear();
	indexing_write_logs(350);
	r = indexing_run("a.case", "logs");
	assert_int_equal(r.sources, 2);
	assert_int_equal(r.new_sources, 2);
	assert_int_equal(r.damaged, 0);
	indexing_says("a.case", "SELECT format, state, lines=event_lines+unknown_lines+"
	     "copy_lines+other_lines, length(sha256), sha256=content_sha256 "
	     "FROM v_source ORDER BY path",
	     "rfc3339/postfix|ok|1|64|1|\nrfc3339/postfix|ok|1|64|1|\n");
	indexing_says("a.case", "SELECT count(*) FROM v_transaction", "650|\n");
	indexing_says("a.case", "SELECT sum(lines) FROM v_source", "3300|\n");
	/* nothing changed: nothing happens */
	r = indexing_run("a.case", "logs");
	assert_int_equal(r.lines, 0);
	indexing_says("a.case", "SELECT value FROM meta WHERE name='generation'", "1|\n");
}

static void any_cut_and_order(void **state)
{
	const char *logs[] = { indexing_at("logs") };
	struct index_options o = indexing_options("b.case", logs, 1);
	struct index_result r;

	(void)state;
	indexing_clear();
	indexing_write_logs(700);
	indexing_run("a.case", "logs");
	o.piece_records = 100;
	o.threads = 4;
	indexing_run_with(&o, &r);
	indexing_same("a.case", "b.case");
	o = indexing_options("c.case", logs, 1);
	o.piece_records = 37;
	o.threads = 1;
	o.random_order = true;
	indexing_run_with(&o, &r);
	indexing_same("a.case", "c.case");
}

static void appended_is_anew(void **state)
{
	const char *logs[] = { indexing_at("logs") };
	struct strbuf mx = indexing_mx_log(0, 500), st = indexing_store_log(0, 500);
	struct index_options o = indexing_options("a.case", logs, 1);
	struct index_result r;
	/* in the middle of a line, behind one, and the rest */
	size_t a = mx.len / 3, b;

	(void)state;
	indexing_clear();
	for (b = mx.len / 2; mx.ptr[b - 1] != '\n'; b++)
		;
	o.piece_records = 200;
	indexing_put("logs/mx.log", slice_of(mx.ptr, a), "wb");
	indexing_put("logs/store.log", strbuf_slice(&st), "wb");
	indexing_run_with(&o, &r);
	indexing_put("logs/mx.log", slice_of(mx.ptr + a, b - a), "ab");
	indexing_run_with(&o, &r);
	assert_true(r.lines < 1000); /* the rest is not read again */
	indexing_put("logs/mx.log", slice_of(mx.ptr + b, mx.len - b), "ab");
	indexing_run_with(&o, &r);
	indexing_run("b.case", "logs");
	indexing_same("a.case", "b.case");
	indexing_says("a.case", "SELECT count(*) FROM source_version", "4|\n");
	strbuf_release(&mx);
	strbuf_release(&st);
}

static void a_changed_file_is_read_anew(void **state)
{
	struct strbuf first = indexing_mx_log(0, 100), second = indexing_mx_log(200, 290);

	(void)state;
	indexing_clear();
	indexing_put("logs/mx.log", strbuf_slice(&first), "wb");
	indexing_run("a.case", "logs");
	/* rotated: the old bytes under another name, others under the old one */
	indexing_put("logs/mx.log.1", strbuf_slice(&first), "wb");
	indexing_put("logs/mx.log", strbuf_slice(&second), "wb");
	indexing_run("a.case", "logs");
	indexing_run("b.case", "logs");
	indexing_says("a.case", "SELECT count(*), sum(state='ok'), sum(copy_lines) FROM "
	     "v_source", "2|2|0|\n");
	indexing_says("a.case", "SELECT count(*) FROM v_transaction", "190|\n");
	indexing_says("b.case", "SELECT count(*) FROM v_transaction", "190|\n");
	strbuf_release(&first);
	strbuf_release(&second);
}

static void copies_count_once(void **state)
{
	struct strbuf mx = indexing_mx_log(0, 300);
	struct index_result r;
	char *plain;

	(void)state;
	indexing_clear();
	indexing_put("logs/mx.log", strbuf_slice(&mx), "wb");
	indexing_run("a.case", "logs");
	plain = indexing_ask("a.case", "SELECT count(*), sum(delivered), sum(failed) "
	            "FROM v_journey");
	indexing_put("logs/copy.log", strbuf_slice(&mx), "wb");
	indexing_put_gzip("logs/packed.gz", strbuf_slice(&mx));
	indexing_put("logs/head.log", slice_of(mx.ptr, mx.len / 2), "wb");
	r = indexing_run("a.case", "logs"); /* added to what is there */
	assert_int_equal(r.copies, 3);
	indexing_says("a.case", "SELECT count(*), sum(delivered), sum(failed) FROM "
	     "v_journey", plain);
	indexing_says("a.case", "SELECT DISTINCT lines=copy_lines, event_lines, format "
	     "FROM v_source WHERE state='copy'", "1|0|rfc3339/postfix|\n");
	r = indexing_run("b.case", "logs"); /* all at once */
	assert_true(r.copies >= 2);
	indexing_says("b.case", "SELECT count(*), sum(delivered), sum(failed) FROM "
	     "v_journey", plain);
	indexing_says("b.case", "SELECT sum(lines=event_lines+unknown_lines+copy_lines+"
	     "other_lines) FROM v_source", "4|\n");
	r = indexing_run("a.case", "logs");
	assert_int_equal(r.lines, 0);
	free(plain);
	strbuf_release(&mx);
}

/* A copy counts for itself once its original is something else. */
static void a_copy_outlives_its_original(void **state)
{
	struct strbuf mx = indexing_mx_log(0, 50), other = indexing_mx_log(100, 110);

	(void)state;
	indexing_clear();
	indexing_put("logs/a.log", strbuf_slice(&mx), "wb");
	indexing_put("logs/b.log", strbuf_slice(&mx), "wb");
	indexing_run("a.case", "logs");
	indexing_says("a.case", "SELECT state FROM v_source ORDER BY path", "ok|\ncopy|\n");
	indexing_put("logs/a.log", strbuf_slice(&other), "wb");
	indexing_run("a.case", "logs/a.log"); /* the copy is not even named */
	indexing_says("a.case", "SELECT state FROM v_source ORDER BY path", "ok|\nok|\n");
	indexing_says("a.case", "SELECT count(*) FROM v_transaction", "60|\n");
	strbuf_release(&mx);
	strbuf_release(&other);
}

static void packed_files(void **state)
{
	struct strbuf mx = indexing_mx_log(0, 300), st = indexing_store_log(0, 300), cut = { 0 };
	const char *logs[] = { indexing_at("logs") };
	struct index_options o = indexing_options("b.case", logs, 1);
	struct index_result r;
	char *a, *b;
	FILE *f;

	(void)state;
	indexing_clear();
	indexing_put("logs/mx.log", strbuf_slice(&mx), "wb");
	indexing_run("a.case", "logs");
	indexing_clear();
	indexing_write_logs(300);
	indexing_run("a.case", "logs");
	a = indexing_ask("a.case", "SELECT * FROM v_recipient ORDER BY address, first_utc");
	indexing_clear();
	indexing_put_gzip("logs/mx.log", strbuf_slice(&mx));
	indexing_put_gzip("logs/store.log.gz", strbuf_slice(&st));
	o.piece_records = 300;
	indexing_run_with(&o, &r);
	b = indexing_ask("b.case", "SELECT * FROM v_recipient ORDER BY address, first_utc");
	indexing_same_text(a, b);
	/* the text is in the case, whole */
	indexing_says("b.case", "SELECT sum(bytes)=(SELECT sum(content_bytes) FROM "
	     "source), min(offset) FROM block", "1|0|\n");
	indexing_run_with(&o, &r);
	assert_int_equal(r.lines, 0);
	/* what comes before the end of a cut one is kept, and told */
	f = fopen(indexing_at("logs/mx.log"), "rb");
	strbuf_room(&cut, 1 << 20);
	cut.len = fread(cut.ptr, 1, 1 << 20, f);
	fclose(f);
	indexing_put("logs/mx.log", slice_of(cut.ptr, cut.len / 2), "wb");
	r = indexing_run("b.case", "logs");
	assert_int_equal(r.damaged, 1);
	indexing_says("b.case", "SELECT state, lines>500 FROM v_source WHERE path LIKE "
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
	struct strbuf mx = indexing_mx_log(0, 300);
	size_t a = mx.len * 2 / 3, b = mx.len / 3;
	char *one;

	(void)state;
	indexing_clear();
	while (mx.ptr[a - 1] != '\n')
		a++;
	while (mx.ptr[b - 1] != '\n')
		b++;
	indexing_put("logs/mx.log", strbuf_slice(&mx), "wb");
	indexing_run("a.case", "logs");
	one = indexing_ask("a.case", "SELECT count(*), sum(recipients), sum(relayed), "
	          "sum(failed) FROM v_journey");
	indexing_clear();
	indexing_put("logs/mx.log", slice_of(mx.ptr + b, mx.len - b), "wb");
	indexing_put("logs/mx.log.1", slice_of(mx.ptr, a), "wb");
	indexing_run("b.case", "logs");
	indexing_says("b.case", "SELECT count(*), sum(recipients), sum(relayed), "
	     "sum(failed) FROM v_journey", one);
	free(one);
	strbuf_release(&mx);
}

static void options_given_later(void **state)
{
	struct index_rule server = { "mx.log", "edge" };
	const char *own[] = { "example.com", "198.51.100.0/24" };
	const char *logs[] = { indexing_at("logs") };
	struct index_options o = indexing_options("a.case", logs, 1);
	struct index_result r;

	(void)state;
	indexing_clear();
	indexing_write_logs(20);
	indexing_run_with(&o, &r);
	o.servers = &server;
	o.nservers = 1;
	o.own = own;
	o.nown = 2;
	o.nlogs = 0;
	indexing_run_with(&o, &r);
	assert_int_equal(r.lines, 0);
	indexing_says("a.case", "SELECT DISTINCT server FROM v_transaction ORDER BY 1",
	     "edge|\nstore|\n");
	indexing_says("a.case", "SELECT name, value FROM v_setting WHERE basis='given' ORDER BY name",
	     "own.domain|example.com|\nown.network|198.51.100.0/24|\n");
	indexing_says("a.case",
	     "SELECT name, value FROM v_setting WHERE basis='suggested' ORDER BY 1,2",
	     "server.edge|198.51.100.1|\nserver.edge|mx.example.com|\n"
	     "server.store|198.51.100.7|\nserver.store|store.example.com|\n");
}

static void another_format_is_read_anew(void **state)
{
	struct index_rule format = { "mx.log", "line/raw" };
	const char *logs[] = { indexing_at("logs") };
	struct index_options o = indexing_options("a.case", logs, 1);
	struct index_result r;

	(void)state;
	indexing_clear();
	indexing_write_logs(20);
	indexing_run_with(&o, &r);
	o.formats = &format;
	o.nformats = 1;
	indexing_run_with(&o, &r);
	indexing_says("a.case", "SELECT format, event_lines>0 FROM v_source ORDER BY path",
	     "line/unknown|0|\nrfc3339/postfix|1|\n");
	indexing_run_with(&o, &r);
	assert_int_equal(r.lines, 0);
}

static struct index_result run_stdin(const char *case_name, const char *file)
{
	const char *logs[] = { "-" };
	struct index_options o = indexing_options(case_name, logs, 1);
	int keep = dup(STDIN_FILENO), fd = open(indexing_at(file), O_RDONLY);
	struct index_result r;

	dup2(fd, STDIN_FILENO);
	close(fd);
	indexing_run_with(&o, &r);
	dup2(keep, STDIN_FILENO);
	close(keep);
	return r;
}

static void standard_input(void **state)
{
	struct strbuf mx = indexing_mx_log(0, 60), other = indexing_mx_log(100, 130);
	struct index_result r;

	(void)state;
	indexing_clear();
	indexing_put_gzip("one", strbuf_slice(&mx));
	indexing_put("two", strbuf_slice(&other), "wb");
	r = run_stdin("a.case", "one");
	assert_int_equal(r.damaged, 0);
	run_stdin("a.case", "two"); /* another one: both stay */
	r = run_stdin("a.case", "one");
	assert_int_equal(r.copies, 1);
	indexing_says("a.case", "SELECT path, state FROM v_source ORDER BY source_id",
	     "-|ok|\n-|ok|\n-|copy|\n");
	indexing_says("a.case", "SELECT count(*) FROM v_transaction", "90|\n");
	indexing_says("a.case", "SELECT count(DISTINCT source) FROM block", "2|\n");
	strbuf_release(&mx);
	strbuf_release(&other);
}

static void text_is_kept_if_asked(void **state)
{
	const char *logs[] = { indexing_at("logs") };
	struct index_options o = indexing_options("a.case", logs, 1);
	struct index_result r;

	(void)state;
	indexing_clear();
	indexing_write_logs(400);
	o.keep_text = true;
	o.piece_records = 500;
	indexing_run_with(&o, &r);
	indexing_says("a.case", "SELECT sum(bytes)=(SELECT sum(content_bytes) FROM "
	     "source), max(bytes)<=262144 FROM block", "1|1|\n");
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
		cmocka_unit_test(options_given_later),
		cmocka_unit_test(another_format_is_read_anew),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(text_is_kept_if_asked),
	};

	return cmocka_run_group_tests_name("index", tests, indexing_make_dir, indexing_remove_dir);
}
