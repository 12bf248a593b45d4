/* SPDX-License-Identifier: MIT */
/* The start screen: cases that are known, and its keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "model/index/index.h"
#include "model/index/recent.h"
#include "tests/store_make.h"
#include "views/start.h"

#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1775001600000000) /* 2026-04-01 00:00 */
#define DAY INT64_C(86400000000)

struct fixture {
	char folder[32];
	char *cache, *path;
	struct screen *screen;
	struct start *start;
	struct strbuf text;
};

static void make_case(const char *path)
{
	const char *log = "tests/fixtures/mail1.log";
	struct index_options o = { .case_path = path, .logs = &log, .nlogs = 1,
		                   .now = NOW, .threads = 1 };
	struct index_result result = { 0 };
	struct err err = { 0 };
	struct indexer *x = indexer_new(&o, &err);

	if (!x || !indexer_run(x, NULL, &result, &err))
		fail_msg("%s", err.text);
	indexer_free(x);
	strbuf_release(&result.warnings);
}

static int set_up(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);

	*f = (struct fixture){ .folder = "/tmp/mailspoor-XXXXXX" };
	setlocale(LC_ALL, "C.UTF-8");
	assert_non_null(mkdtemp(f->folder));
	f->cache = make_path(f->folder, "mailspoor");
	assert_int_equal(mkdir(f->cache, 0700), 0);
	f->path = make_path(f->cache, "mail1.log-0011223344556677.case");
	*state = f;
	return 0;
}

static void open_screen(struct fixture *f, int rows, int cols)
{
	struct screen_options so = { .headless = true, .colour = true,
		                     .rows = rows, .cols = cols };
	struct start_options o = { .now = NOW, .here = true,
		                   .home = "/home/ann",
		                   .folder = f->cache };
	struct err err = { 0 };

	f->screen = screen_open(&so, &err);
	assert_non_null(f->screen);
	f->start = start_new(&o);
}

static void close_screen(struct fixture *f)
{
	start_free(f->start);
	screen_close(f->screen);
	f->start = NULL;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	strbuf_release(&f->text);
	remove_folder(f->cache);
	rmdir(f->folder);
	free(f->path);
	free(f);
	return 0;
}

static const char *see(struct fixture *f)
{
	struct window w = screen_window(f->screen);

	window_clear(&w);
	start_draw(f->start, &w);
	screen_update(f->screen);
	strbuf_reset(&f->text);
	for (int i = 0; i < w.rows; i++) {
		window_line(&w, i, &f->text);
		strbuf_add_char(&f->text, '\n');
	}
	return strbuf_text(&f->text);
}

static void press(struct fixture *f, const char *keys)
{
	for (; *keys; keys++) {
		struct input in = { .key = *keys };

		if (*keys == '\r')
			in.key = KEY_CODE_ENTER;
		if (*keys == '\t')
			in.key = KEY_CODE_TAB;

		start_key(f->start, &in);
	}
}

static void check_has(struct fixture *f, const char *what)
{
	if (!strstr(see(f), what))
		fail_msg("\"%s\" is not in\n%s", what, strbuf_text(&f->text));
}

static void test_nothing_known(void **state)
{
	struct fixture *f = *state;

	open_screen(f, 24, 80);
	check_has(f, "none is known yet");
	press(f, "\r");
	check_has(f, "no case is known yet");
	press(f, "D");
	assert_false(start_done(f->start));
	press(f, "s");
	check_has(f, "not installed");
	press(f, "Q");
	assert_true(start_done(f->start));
	assert_null(start_path(f->start));
	close_screen(f);
}

static void test_known(void **state)
{
	struct fixture *f = *state;

	make_case(f->path);
	assert_true(recent_note(f->path, NOW - DAY, f->cache));
	assert_true(recent_note("/home/ann/gone\x1b[2J.case", NOW, f->cache));
	open_screen(f, 24, 80);
	check_has(f, "> ~/gone\\x1b[2J.case");
	check_has(f, "today 00:00");
	check_has(f, ": the file is not there any more");
	press(f, "\r");
	check_has(f, "cannot be read");
	assert_false(start_done(f->start));
	press(f, "j");
	check_has(f, "> (cache) ");
	check_has(f, "/mail1.log ");
	check_has(f, " 1         42 ");
	check_has(f, "2026-03-31");
	check_has(f, "logs unchanged since they were indexed");
	press(f, "\r");
	assert_true(start_done(f->start));
	assert_string_equal(start_path(f->start), f->path);
	close_screen(f);
}

static void test_sizes(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 30; i++) {
		struct strbuf path = { 0 };

		strbuf_addf(&path, "/home/ann/%d.case", i);
		assert_true(recent_note(strbuf_text(&path), NOW - i, f->cache));
		strbuf_release(&path);
	}
	for (int rows = 12; rows < 60; rows += 7) {
		open_screen(f, rows, rows > 24 ? 160 : 40);
		press(f, "G");
		check_has(f, "> ~/29.case");
		check_has(f, "29.case: the file is not there");
		close_screen(f);
	}
}

static void test_forget(void **state)
{
	struct fixture *f = *state;

	assert_true(recent_note(f->path, NOW, f->cache));
	assert_true(recent_note("/home/ann/b.case", NOW - 1, f->cache));
	open_screen(f, 24, 80);
	press(f, "Dn");
	check_has(f, "not done");
	check_has(f, "0011223344556677");
	press(f, "Dy");
	assert_null(strstr(see(f), "0011223344556677"));
	check_has(f, "> ~/b.case");
	close_screen(f);
	/* opened again it is listed again */
	assert_true(recent_note(f->path, NOW, f->cache));
	open_screen(f, 24, 80);
	check_has(f, "0011223344556677");
	close_screen(f);
}

static void test_typed(void **state)
{
	struct fixture *f = *state;

	open_screen(f, 24, 80);
	press(f, "o/nowhere/at all\r");
	check_has(f, "error: /nowhere/at all cannot be read");
	press(f, "otests/fixtures/mail1.\t");
	check_has(f, "open logs › tests/fixtures/mail1.log");
	press(f, "\r");
	assert_true(start_done(f->start));
	assert_string_equal(start_path(f->start), "tests/fixtures/mail1.log");
	close_screen(f);
}

/* Whatever stands in the list, it is only a list. */
static void test_damaged(void **state)
{
	struct fixture *f = *state;
	char *list = make_path(f->cache, "recent");
	const char text[] = "x /a\n5\n6 relative\n\n7 /b.case\n-\n- /c\n"
		            "99999999999999999999999 /d\n8 /e\0.case";

	write_file(list, text, sizeof text - 1);
	free(list);
	open_screen(f, 24, 80);
	check_has(f, "/b.case");
	check_has(f, "> /e");
	assert_null(strstr(see(f), "/a"));
	assert_null(strstr(see(f), "relative"));
	close_screen(f);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_nothing_known), T(test_known),   T(test_sizes),
		T(test_forget),        T(test_typed),   T(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
