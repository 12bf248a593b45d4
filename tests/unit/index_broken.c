/* SPDX-License-Identifier: MIT */
/* Runs of the indexer that are killed, stopped, refused or out of room. */
#include "base/alloc.h"
#include "tests/indexing.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A child that dies by itself after US microseconds. */
static bool killed_run(const char *case_name, unsigned us)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		const char *logs[] = { indexing_at("logs") };
		struct index_options o = indexing_options(case_name, logs, 1);
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

/* A disk with room for LIMIT bytes. */
static bool run_on_small_disk(const char *case_name, rlim_t limit)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		const char *logs[] = { indexing_at("logs") };
		struct index_options o = indexing_options(case_name, logs, 1);
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

static void cancelled_goes_on(void **state)
{
	const char *logs[] = { indexing_at("logs") };
	struct index_options o = indexing_options("b.case", logs, 1);
	struct cancel cancel = { 0 };
	struct index_result r;
	struct err err = { 0 };
	struct indexer *x;

	(void)state;
	indexing_clear();
	indexing_write_logs(300);
	indexing_run("a.case", "logs");
	cancel_ask(&cancel);
	x = indexer_new(&o, &err);
	assert_non_null(x);
	assert_false(indexer_run(x, &cancel, &r, &err));
	assert_non_null(strstr(err.text, "cancelled"));
	strbuf_release(&r.warnings);
	indexer_free(x);
	indexing_run("b.case", "logs");
	indexing_same("a.case", "b.case");
}

static void refusals(void **state)
{
	const char *logs[] = { indexing_at("logs") };
	struct index_rule bad = { "*", "Mars/Olympus" };
	struct index_options o = indexing_options("logs/x.case", logs, 1);
	struct err err = { 0 };
	struct indexer *x;

	(void)state;
	indexing_clear();
	indexing_write_logs(5);
	assert_null(indexer_new(&o, &err));
	assert_non_null(strstr(err.text, "evidence"));
	assert_int_not_equal(access(indexing_at("logs/x.case"), F_OK), 0);
	o = indexing_options("x.case", logs, 1);
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
	logs[0] = indexing_at("nothing");
	assert_null(indexer_new(&o, &err));
	assert_int_not_equal(access(indexing_at("x.case.building"), F_OK), 0);
	logs[0] = indexing_at("logs");
	x = indexer_new(&o, &err);
	assert_non_null(x);
	assert_null(indexer_new(&o, &err)); /* a second one */
	assert_non_null(strstr(err.text, "process"));
	indexer_free(x);
}

/* A full disk is told, and leaves a case that can be gone on with. */
static void full_disks(void **state)
{
	unsigned failures = 0;

	(void)state;
	indexing_clear();
	indexing_write_logs(300);
	indexing_run("a.case", "logs");
	for (rlim_t limit = 20000; !run_on_small_disk("b.case", limit);
	     limit += 90000)
		failures++;
	assert_true(failures > 2);
	indexing_run("b.case", "logs");
	indexing_same("a.case", "b.case");
}

static void odd_files(void **state)
{
	struct index_result r;

	(void)state;
	indexing_clear();
	indexing_put("logs/empty", SLICE(""), "wb");
	indexing_put("logs/zeros", SLICE("\0\0\0\0\0\0\0\0"), "wb");
	indexing_put("logs/half", SLICE("Mar 14 09:15:02 mx postfix/qmgr[1]: no end"),
	    "wb");
	indexing_put("logs/junk", SLICE("\xff\xfe\x01\n\n\x1b[2J%s%n\r\n"), "wb");
	indexing_put("logs/bad.gz", SLICE("\x1f\x8b\x08junk"), "wb");
	r = indexing_run("a.case", "logs");
	assert_int_equal(r.sources, 5);
	assert_int_equal(r.damaged, 1);
	indexing_says("a.case", "SELECT sum(lines=event_lines+unknown_lines+copy_lines+"
	     "other_lines), sum(lines) FROM v_source", "5|5|\n");
	r = indexing_run("a.case", "logs"); /* what cannot be read is tried again */
	assert_int_equal(r.damaged, 1);
	assert_int_equal(r.sources, 5);
}

/* Killed at any instant, then run to the end: as if nothing had been. */
static void killed_at_any_instant(void **state)
{
	struct strbuf st = indexing_store_log(0, 400);
	unsigned us = 500, deaths = 0;

	(void)state;
	indexing_clear();
	indexing_write_logs(400);
	indexing_put_gzip("logs/store.log", strbuf_slice(&st));
	indexing_run("a.case", "logs");
	while (killed_run("b.case", us)) {
		us += 1500; /* goes on with the same case each time */
		deaths++;
	}
	assert_true(deaths > 3);
	indexing_run("b.case", "logs");
	indexing_same("a.case", "b.case");
	for (us = 1000; us < 200000; us = us * 5 / 3) {
		unlink(indexing_at("c.case"));
		unlink(indexing_at("c.case.building"));
		unlink(indexing_at("c.case.building-wal"));
		unlink(indexing_at("c.case.building-shm"));
		killed_run("c.case", us);
		indexing_run("c.case", "logs");
		indexing_same("a.case", "c.case");
	}
	strbuf_release(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cancelled_goes_on),
		cmocka_unit_test(refusals),
		cmocka_unit_test(full_disks),
		cmocka_unit_test(odd_files),
		cmocka_unit_test(killed_at_any_instant),
	};

	return cmocka_run_group_tests_name("index: broken off", tests, indexing_make_dir,
	                                   indexing_remove_dir);
}
