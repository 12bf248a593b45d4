/* SPDX-License-Identifier: MIT */
/* Killed at any instant: what is there afterwards is whole, and the next run
 * goes on. */
#include "base/alloc.h"
#include "model/store/store_private.h"
#include "tests/store_make.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define PIECES 6

/* A whole run: goes on with the pieces, derives, publishes. TURN makes the
 * derivations differ in their rows. */
static bool run(const char *path, int turn)
{
	struct err err;
	struct store *s = store_open(path, &err);
	struct source_list list = { 0 };
	bool good = s && store_sources(s, &list, &err);
	uint32_t next = 0;

	if (good && list.n)
		next = list.list[0].pieces;
	else if (good)
		make_source(s, "/logs/mail.log");
	for (; good && next < PIECES; next++) {
		struct piece *p = make_piece(1, next, next);

		good = store_put_text(s, 1, p->offset, SLICE("text"), &err) &&
		       store_put_piece(s, p, &err);
		piece_free(p);
	}
	good = good && make_rows(s, 100 + turn % 50, &err) &&
	       store_audit(s, "index", "a run", "a", turn, &err) &&
	       store_publish(s, &err);
	source_list_release(&list);
	store_close(s);
	if (!good)
		fprintf(stderr, "%s\n", err.text);
	return good;
}

/* Kills a run after US microseconds; true if it was still going on. */
static bool kill_run(const char *path, int turn, useconds_t us)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(run(path, turn) ? 0 : 1);
	usleep(us);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFSIGNALED(status);
}

static void assert_ask(const char *path, const char *query, const char *answer)
{
	char *got = ask(path, query);

	assert_string_equal(got, answer);
	free(got);
}

/* The case, or what is being built, or nothing yet. */
static void check(const char *path, const char *building)
{
	const char *now = access(path, F_OK) == 0 ? path : building;
	size_t n = 0;
	char *bytes = read_whole(now, &n);

	free(bytes);
	if (n == 0)
		return;
	assert_ask(now, "PRAGMA integrity_check", "ok");
	/* rolled back to before its first commit */
	bytes = read_whole(now, &n);
	free(bytes);
	if (n == 0)
		return;
	assert_ask(now,
	           "SELECT count(*)=0 OR sum(pieces)=(SELECT count(*) FROM"
	           " piece) AND sum(lines)=8*sum(pieces) FROM source",
	           "1");
	assert_ask(now,
	           "SELECT (SELECT count(*) FROM block)=(SELECT count(*) FROM"
	           " piece)",
	           "1");
	assert_ask(now,
	           "SELECT (SELECT count(*) FROM tx)=(SELECT count(*) FROM"
	           " recipient) AND (SELECT count(*) FROM tx)=(SELECT count(*)"
	           " FROM tx t JOIN word w ON w.id=t.server)",
	           "1");
	assert_ask(now,
	           "SELECT (SELECT value FROM meta WHERE name='generation')>0"
	           " = (SELECT count(*)>0 FROM tx)",
	           "1");
}

/* ROUNDS new cases, each killed KILLS times and then finished. */
static void kill_often(int rounds, int kills, unsigned *killed)
{
	unsigned seed = 20140203;

	for (int r = 0; r < rounds; r++) {
		char *folder = make_folder();
		char *path = make_path(folder, "a.case");
		char *building = make_path(folder, "a.case.building");

		for (int i = 0; i < kills; i++) {
			seed = seed * 1103515245u + 12345u;
			*killed += kill_run(path, i, (seed >> 8) % 20000);
			check(path, building);
		}
		assert_true(run(path, 7));
		check(path, building);
		assert_ask(path, "SELECT count(*) FROM tx", "107");
		assert_ask(path, "SELECT count(*) FROM piece", "6");
		assert_int_equal(access(building, F_OK), -1);
		free(building);
		free(path);
		remove_folder(folder);
	}
}

static void test_kill(void **state)
{
	unsigned killed = 0;

	(void)state;
	kill_often(14, 10, &killed);
	/* else nothing was tested */
	assert_true(killed > 30);
}

/* What the analyst wrote is there after a kill right behind it. */
static void test_analyst(void **state)
{
	char *folder = make_folder(), *path = make_path(folder, "a.case");
	int pipes[2];
	pid_t pid;
	char said = 0;

	(void)state;
	assert_true(run(path, 0));
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		struct err err;
		struct store *s = store_open(path, &err);
		struct row_sink k;

		said = s && store_set(s, "own.domain", "example.org", "given",
		                      "a", 1, &err) &&
		       store_derive_begin(s, &k, &err);
		if (write(pipes[1], &said, 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(pipes[0], &said, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(said, 1);
	assert_ask(path, "SELECT value FROM v_setting", "example.org");
	assert_ask(path, "SELECT count(*) FROM tx", "100");
	assert_true(run(path, 1));
	assert_ask(path, "SELECT value FROM v_setting", "example.org");
	assert_ask(path, "SELECT count(*) FROM v_audit", "3");
	free(path);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_analyst),
	};

	return cmocka_run_group_tests_name("store_kill", tests, NULL, NULL);
}
