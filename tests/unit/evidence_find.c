/* SPDX-License-Identifier: MIT */
/* Which files are evidence: folders, links, special files, hostile names. */
#include "base/alloc.h"
#include "model/evidence/evidence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[4096];

static void touch(const char *name)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	fclose(f);
}

static void found(const struct evidence_list *l, const char *const *want,
                  size_t n)
{
	assert_int_equal(l->n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(l->paths[i], want[i]);
}

static void folders_are_walked(void **state)
{
	static const char *const want[] = { "./a", "./b/mail.log",
		                            "./b/z/deep", "./link" };
	const char *paths[] = { "." };
	struct strbuf w = { 0 };
	struct evidence_list l;
	struct err err;

	(void)state;
	assert_true(evidence_find(paths, 1, &l, &w, &err));
	found(&l, want, 4);
	assert_non_null(strstr(strbuf_text(&w), "./b/fifo: a FIFO, left out\n"));
	assert_non_null(strstr(strbuf_text(&w), "./b/loop: a link to a folder"));
	assert_non_null(strstr(strbuf_text(&w), "./dangling: a link that"));
	assert_null(strchr(strbuf_text(&w), 0x1b));
	assert_non_null(strstr(strbuf_text(&w), "evil\\x1b[2J"));
	evidence_list_release(&l);
	strbuf_release(&w);
}

static void paths_once_and_sorted(void **state)
{
	static const char *const want[] = { "-", "./a", "b/mail.log",
		                            "b/z/deep" };
	const char *paths[] = { "b/mail.log", "b/", "./a", "-", "./a" };
	struct strbuf w = { 0 };
	struct evidence_list l;
	struct err err;

	(void)state;
	assert_true(evidence_find(paths, 5, &l, &w, &err));
	found(&l, want, 4);
	evidence_list_release(&l);
	strbuf_release(&w);
}

static void what_is_not_there(void **state)
{
	static const char *const want[] = { "a" };
	const char *paths[] = { "no\x1bwhere", "nothing", "a" };
	struct strbuf w = { 0 };
	struct evidence_list l;
	struct err err = { 0 };

	(void)state;
	assert_false(evidence_find(paths, 3, &l, &w, &err));
	assert_non_null(strstr(err.text, "where"));
	assert_null(strchr(err.text, 0x1b));
	found(&l, want, 1); /* the rest goes on */
	evidence_list_release(&l);
	strbuf_release(&w);
}

static int make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof dir, "%s/find.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir) || chdir(dir) != 0)
		return -1;
	mkdir("b", 0700);
	mkdir("b/z", 0700);
	touch("a");
	touch("b/mail.log");
	touch("b/z/deep");
	mkfifo("b/fifo", 0600);
	mkfifo("b/evil\x1b[2J", 0600);
	return symlink("..", "b/loop") + symlink("b/mail.log", "link") +
	       symlink("nowhere", "dangling");
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "a", "b/mail.log", "b/z/deep",
		                             "b/fifo", "b/evil\x1b[2J", "b/loop",
		                             "link", "dangling" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(names[i]);
	return rmdir("b/z") + rmdir("b") + rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_walked),
		cmocka_unit_test(paths_once_and_sorted),
		cmocka_unit_test(what_is_not_there),
	};

	return cmocka_run_group_tests_name("evidence: find", tests, make_dir,
	                                   remove_dir);
}
