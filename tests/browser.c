/* SPDX-License-Identifier: MIT */
/* The browser without a terminal. */
#include "tests/browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "model/index/index.h"
#include "model/store/case_file.h"
#include "tests/store_make.h"
#include "tui/loop.h"

#include <dirent.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CASES 8
#define NOW INT64_C(1775001600000000) /* 2026-04-01 */
#define START 1000                    /* ms */

/* Reading a case takes longer than all keys of a script: each set of logs is
 * read once. */
static struct { char *logs, *folder; } cases[CASES];
static size_t ncases;
static int64_t now_ms;

static const char *const steps[] = { "evidence", "evidence/2026",
	                             "evidence/2026/corp.example" };

/* Below folders of names that do not change, so that a path cut at its left
 * does not show the random part. */
static char *make_evidence(const char *folder)
{
	char *deep = make_path(folder, steps[2]);
	for (size_t i = 0; i < 3; i++) {
		char *path = make_path(folder, steps[i]);

		assert_int_equal(mkdir(path, 0700), 0);
		free(path);
	}
	return deep;
}

static char *copy_log(const char *evidence, const char *folder,
                      struct slice name)
{
	struct strbuf from = { 0 };
	char *to, *bytes;
	size_t n;

	strbuf_addf(&from, "%s/%.*s", folder, SLICE_FMT(name));
	to = make_path(evidence, strbuf_text(&from) + strlen(folder) + 1);
	bytes = read_whole(strbuf_text(&from), &n);
	if (!bytes)
		fail_msg("%s is not there", strbuf_text(&from));
	write_file(to, bytes, n);
	free(bytes);
	strbuf_release(&from);
	return to;
}

static void read_case(const char *folder, const char *from, const char *names)
{
	char *evidence = make_evidence(folder);
	char *path = make_path(folder, "t.case");
	const char *logs[16];
	struct index_options o = { .case_path = path, .logs = logs, .now = NOW,
		                   .threads = 1 };
	struct index_result result = { 0 };
	struct slice rest = slice_str(names);
	struct indexer *x;
	struct err err = { 0 };

	while (rest.len && o.nlogs < 16)
		logs[o.nlogs++] = copy_log(evidence, from, slice_cut(&rest, ' '));
	x = indexer_new(&o, &err);
	if (!x || !indexer_run(x, NULL, &result, &err))
		fail_msg("%s", err.text);
	indexer_free(x);
	strbuf_release(&result.warnings);
	for (size_t i = 0; i < o.nlogs; i++)
		free((char *)logs[i]);
	free(evidence);
	free(path);
}

static const char *folder_of(const char *from, const char *logs)
{
	char name[] = "/tmp/mailspoor-XXXXXX";

	for (size_t i = 0; i < ncases; i++)
		if (strcmp(cases[i].logs, logs) == 0)
			return cases[i].folder;
	assert_true(ncases < CASES);
	assert_non_null(mkdtemp(name));
	cases[ncases].logs = mem_text(logs);
	cases[ncases].folder = mem_text(name);
	read_case(name, from, logs);
	return cases[ncases++].folder;
}

void browser_forget_cases(void)
{
	for (size_t i = 0; i < ncases; i++) {
		remove_folder(make_path(cases[i].folder, steps[2]));
		remove_folder(make_path(cases[i].folder, steps[1]));
		remove_folder(make_path(cases[i].folder, steps[0]));
		remove_folder(cases[i].folder);
		free(cases[i].logs);
	}
	ncases = 0;
}

static bool fake_progress(void *arg, struct index_progress *out)
{
	const struct browser *b = arg;

	*out = (struct index_progress){
		.phase = INDEX_READING,
		.bytes_done = 28100000,
		.bytes_total = 59800000,
		.lines = 287120,
		.unknown = 1111,
		.sources_done = 2,
		.sources_total = 9,
		.damaged = 1,
		.seconds = 0.9,
	};
	return b->indexing;
}

static void fake_stop(void *arg)
{
	((struct browser *)arg)->stopped = true;
}

static const char *fake_path(void *arg)
{
	return ((struct browser *)arg)->case_path;
}

static void fake_summary(void *arg, struct strbuf *out)
{
	(void)arg;
	strbuf_add_str(out, "631 lines of 2 sources read in 0.9 s");
}

/* As browse.c does, but here and now. */
static bool decide_here(void *arg, const struct index_options *o,
                        struct shell_index *out, struct err *err)
{
	struct index_options here = *o;
	struct index_result result = { 0 };
	struct indexer *x;
	bool good;

	here.threads = 1;
	x = indexer_new(&here, err);
	good = x && indexer_run(x, NULL, &result, err);
	indexer_free(x);
	strbuf_release(&result.warnings);
	*out = (struct shell_index){ .arg = arg, .progress = fake_progress,
		                     .stop = fake_stop, .path = fake_path,
		                     .summary = fake_summary };
	return good;
}

void browser_end_indexing(struct browser *b)
{
	b->indexing = false;
}

/* Others look at the case that was read once. */
static void copy_case(struct browser *b)
{
	size_t n;
	char *bytes = read_whole(b->case_path, &n);

	free(b->case_path);
	b->case_path = make_path(b->folder, "written.case");
	write_file(b->case_path, bytes, n);
	free(bytes);
}

void browser_open(struct browser *b, const struct browser_options *o)
{
	struct screen_options so = { .headless = true, .ascii = o->ascii,
		                     .colour = !o->plain, .rows = o->rows,
		                     .cols = o->cols };
	struct shell_options sh = { .filter = o->filter, .pane = o->pane,
		                    .case_name = "t.case" };
	struct shell_index index = { .arg = b, .progress = fake_progress,
		                     .stop = fake_stop, .path = fake_path,
		                     .summary = fake_summary };
	struct err err = { 0 };

	*b = (struct browser){ 0 };
	b->indexing = o->indexing;
	sh.index = o->indexing ? &index : NULL;
	setlocale(LC_ALL, "C.UTF-8");
	now_ms = START;
	loop_set_now(now_ms);
	b->folder = mem_text(folder_of(
		o->folder ? o->folder : "tests/fixtures", o->logs));
	b->case_path = make_path(b->folder, "t.case");
	if (o->writes) {
		b->copied = true;
		copy_case(b);
		sh.case_path = b->case_path;
		sh.case_is_cache = o->cache;
		sh.decide = decide_here;
		sh.decide_arg = b;
		sh.author = "ann";
		sh.now = NOW;
		sh.folder = "/home/ann";
	}
	b->screen = screen_open(&so, &err);
	if (!b->screen)
		fail_msg("%s", err.text);
	b->worker = worker_new(b->case_path, &err);
	if (!b->worker)
		fail_msg("%s", err.text);
	sh.worker = b->worker;
	sh.jobs_here = true;
	sh.screen = b->screen;
	b->shell = shell_new(&sh, &err);
	if (!b->shell)
		fail_msg("%s", err.text);
	shell_resize(b->shell, o->rows, o->cols);
}

/* Exports lie beside the case, where the next script finds them again. */
static void remove_exports(const struct browser *b)
{
	DIR *d = opendir(b->folder);

	for (struct dirent *e; d && (e = readdir(d));) {
		struct slice name = slice_str(e->d_name);
		char *path = make_path(b->folder, e->d_name);

		if (slice_ends(name, SLICE(".csv")) ||
		    slice_ends(name, SLICE(".json")))
			unlink(path);
		free(path);
	}
	if (d)
		closedir(d);
}

void browser_close(struct browser *b)
{
	shell_free(b->shell);
	worker_free(b->worker);
	screen_close(b->screen);
	/* with its log, which the next copy of that name would be given */
	if (b->copied) {
		case_file_remove(b->case_path);
		remove_exports(b);
	}
	free(b->folder);
	free(b->case_path);
	loop_set_now(-1);
}

static void press(struct browser *b, int key)
{
	struct input in = { .key = key };

	shell_key(b->shell, &in);
}

static void type(struct browser *b, struct slice text)
{
	while (text.len)
		press(b, (int)text_next(&text));
}

void browser_keys(struct browser *b, const char *keys)
{
	struct slice rest = slice_trim(slice_str(keys));

	while (rest.len) {
		char name[32];
		struct slice word;
		int key;

		if (rest.ptr[0] == '"') {
			rest = slice_from(rest, 1);
			type(b, slice_cut(&rest, '"'));
			rest = slice_trim(rest);
			continue;
		}
		word = slice_cut(&rest, ' ');
		rest = slice_trim(rest);
		snprintf(name, sizeof name, "%.*s", SLICE_FMT(word));
		key = key_find(name);
		if (!key)
			fail_msg("no key is called %s", name);
		press(b, key);
	}
}

void browser_paste(struct browser *b, const char *text)
{
	struct input in = { .key = KEY_CODE_PASTE };

	strbuf_add_str(&in.text, text);
	shell_key(b->shell, &in);
	strbuf_release(&in.text);
}

void browser_pass(struct browser *b, int64_t ms)
{
	now_ms += ms;
	loop_set_now(now_ms);
	if (shell_wait(b->shell) == 0)
		shell_tick(b->shell);
}

void browser_settle(struct browser *b)
{
	for (int i = 0; shell_is_busy(b->shell); i++) {
		if (i == 1000)
			fail_msg("the screen never rests");
		worker_wait(b->worker);
		shell_ready(b->shell);
		if (shell_wait(b->shell) > 0)
			browser_pass(b, shell_wait(b->shell));
		else if (shell_wait(b->shell) == 0)
			shell_tick(b->shell);
	}
}

void browser_resize(struct browser *b, int rows, int cols)
{
	screen_resize(b->screen, rows, cols);
}

static void hide_random(struct strbuf *text, const char *folder)
{
	const char *random = folder + strlen(folder) - 6;

	for (size_t i = 0; i + 6 <= text->len; i++)
		if (memcmp(text->ptr + i, random, 6) == 0)
			memcpy(text->ptr + i, "XXXXXX", 6);
	/* the end of it, behind the sign of a cut */
	for (size_t k = 1; k < 6; k++) {
		struct strbuf end = { 0 };
		size_t at;

		strbuf_addf(&end, "\xe2\x80\xa6%s/evidence", random + 6 - k);
		at = slice_find(strbuf_slice(text), strbuf_slice(&end));
		if (at != SLICE_NONE)
			memset(text->ptr + at + 3, 'X', k);
		strbuf_release(&end);
	}
}

void browser_text(struct browser *b, struct strbuf *out)
{
	struct window w = screen_window(b->screen);

	window_clear(&w);
	shell_draw(b->shell, &w);
	screen_update(b->screen);
	for (int i = 0; i < w.rows; i++) {
		window_line(&w, i, out);
		strbuf_add_char(out, '\n');
	}
	hide_random(out, b->folder);
}
