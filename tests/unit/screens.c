/* SPDX-License-Identifier: MIT */
/* Golden screens: tests/screens/NAME.keys gives tests/screens/NAME.screen.
 * ACCEPT=1 rewrites them. A script's lines:
 *
 *   size 80x24            columns and rows; the first line
 *   case LOG…             files of tests/fixtures
 *   folder NAME           where they are instead
 *   writes, cache         notes go into a copy of the case, not named yet
 *   filter TEXT, pane NAME, ascii, plain, indexing
 *   keys j Enter "text"   pressed at once; then all answers are taken
 *   busy j Enter          pressed, no answer is taken
 *   paste TEXT
 *   pass MS               time goes by
 *   indexed               reading has ended
 *   wait                  all answers are taken
 *   show                  the screen so far is a part of the golden too
 *   resize 120x30 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "tests/browser.h"
#include "tests/store_make.h"

#include <dirent.h>
#include <stdlib.h>

#define FOLDER "tests/screens/"

struct script {
	char *keys, *screen; /* paths */
	struct browser b;
	struct browser_options o;
	bool open;
	struct strbuf out;
};

static void start(struct script *s)
{
	if (s->open)
		return;
	browser_open(&s->b, &s->o);
	s->open = true;
	browser_settle(&s->b);
}

static void read_size(struct slice text, int *rows, int *cols)
{
	uint64_t r = 0, c = 0;
	struct slice first = slice_cut(&text, 'x');

	if (!slice_u64(first, &c) || !slice_u64(text, &r))
		fail_msg("a size is COLSxROWS");
	*rows = (int)r;
	*cols = (int)c;
}

static bool setting(struct script *s, const char *word, const char *rest)
{
	if (strcmp(word, "size") == 0)
		read_size(slice_str(rest), &s->o.rows, &s->o.cols);
	else if (strcmp(word, "case") == 0)
		s->o.logs = rest;
	else if (strcmp(word, "folder") == 0)
		s->o.folder = rest;
	else if (strcmp(word, "filter") == 0)
		s->o.filter = rest;
	else if (strcmp(word, "pane") == 0)
		s->o.pane = rest;
	else if (strcmp(word, "ascii") == 0)
		s->o.ascii = true;
	else if (strcmp(word, "plain") == 0)
		s->o.plain = true;
	else if (strcmp(word, "writes") == 0 || strcmp(word, "cache") == 0)
		s->o.cache = (s->o.writes = true) && *word == 'c';
	else if (strcmp(word, "indexing") == 0)
		s->o.indexing = true;
	else
		return false;
	return true;
}

static void step(struct script *s, const char *word, const char *rest)
{
	int rows, cols;

	start(s);
	if (strcmp(word, "keys") == 0) {
		browser_keys(&s->b, rest);
		browser_settle(&s->b);
	} else if (strcmp(word, "busy") == 0) {
		browser_keys(&s->b, rest);
	} else if (strcmp(word, "paste") == 0) {
		browser_paste(&s->b, rest);
	} else if (strcmp(word, "pass") == 0) {
		browser_pass(&s->b, atoi(rest));
	} else if (strcmp(word, "indexed") == 0) {
		browser_end_indexing(&s->b);
	} else if (strcmp(word, "wait") == 0) {
		browser_settle(&s->b);
	} else if (strcmp(word, "resize") == 0) {
		read_size(slice_str(rest), &rows, &cols);
		browser_resize(&s->b, rows, cols);
	} else if (strcmp(word, "show") == 0) {
		browser_text(&s->b, &s->out);
		strbuf_add_str(&s->out, "\f\n");
	} else {
		fail_msg("no such line: %s", word);
	}
}

static void run_lines(struct script *s, char *text)
{
	for (char *line = text; line && *line;) {
		char *end = strchr(line, '\n'), *rest;

		if (end)
			*end++ = '\0';
		rest = strchr(line, ' ');
		if (rest)
			*rest++ = '\0';
		if (*line && *line != '#' &&
		    !setting(s, line, rest ? rest : ""))
			step(s, line, rest ? rest : "");
		line = end;
	}
}

static void run_script(void **state)
{
	struct script *s = *state;
	const char *accept = getenv("ACCEPT");
	size_t n;
	char *text = read_whole(s->keys, &n), *wanted;
	char *lines = mem_alloc(n + 1);

	memcpy(lines, text, n);
	run_lines(s, lines);
	start(s);
	browser_text(&s->b, &s->out);
	browser_close(&s->b);
	if (accept && strcmp(accept, "1") == 0)
		write_file(s->screen, s->out.ptr, s->out.len);
	wanted = read_whole(s->screen, &n);
	if (!wanted)
		fail_msg("%s is not there; ACCEPT=1 writes it", s->screen);
	if (!slice_eq(slice_of(wanted, n), strbuf_slice(&s->out)))
		fail_msg("%s differs; this is the screen:\n%s", s->screen,
		         strbuf_text(&s->out));
	free(wanted);
	free(lines);
	free(text);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_scripts(char ***names)
{
	DIR *d = opendir(FOLDER);
	struct dirent *e;
	size_t n = 0, cap = 0;

	*names = NULL;
	while (d && (e = readdir(d)))
		if (slice_ends(slice_str(e->d_name), SLICE(".keys"))) {
			GROW(*names, n, cap);
			(*names)[n++] = mem_text(e->d_name);
		}
	if (d)
		closedir(d);
	if (n)
		qsort(*names, n, sizeof **names, compare);
	return n;
}

static void make_script(struct script *s, const char *name)
{
	struct strbuf path = { 0 };

	strbuf_addf(&path, FOLDER "%s", name);
	s->keys = strbuf_take(&path);
	strbuf_addf(&path, FOLDER "%.*s.screen", (int)strlen(name) - 5, name);
	s->screen = strbuf_take(&path);
	s->o = (struct browser_options){ .rows = 24, .cols = 80,
		                         .logs = "mail1.log edge.log" };
}

int main(void)
{
	char **names;
	size_t n = list_scripts(&names);
	struct script *scripts = mem_alloc((n + 1) * sizeof *scripts);
	struct CMUnitTest *tests = mem_alloc((n + 1) * sizeof *tests);
	int failed;

	for (size_t i = 0; i < n; i++) {
		make_script(&scripts[i], names[i]);
		tests[i] = (struct CMUnitTest){ .name = names[i],
			                        .test_func = run_script,
			                        .initial_state = &scripts[i] };
	}
	failed = _cmocka_run_group_tests("screens", tests, n, NULL, NULL);
	browser_forget_cases();
	for (size_t i = 0; i < n; i++) {
		free(names[i]);
		free(scripts[i].keys);
		free(scripts[i].screen);
		strbuf_release(&scripts[i].out);
	}
	free(names);
	free(scripts);
	free(tests);
	return failed;
}
