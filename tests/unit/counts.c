/* SPDX-License-Identifier: MIT */
/* Numbers agree (UI.md §10.5): on every count cell of every list of groups Enter
 * opens a pane whose n is that count, in each unit and under filters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/browser.h"
#include "views/list.h"

#include <stdlib.h>

#define SAMPLE "evil.log.gz hub.log.gz hub.rejectlog.log.gz lists.log.gz " \
               "mx1.log.gz out.log.gz partner.log.gz store.log.gz"
#define FIRST_ROWS 2
#define LAST_ROWS 1

struct cell_of {
	int64_t number;
	bool refused; /* what is counted apart */
	char what[200];
};

static bool read_cell(const struct step *s, struct cell_of *out)
{
	const struct list_column *c = list_column_now(s);
	struct list_row row;

	if (!c->counts || !list_current(s, NULL, &row) ||
	    !list_text(&row, list_column_name(s, c)).ptr)
		return false;
	out->number = list_number(&row, list_column_name(s, c));
	out->refused = strcmp(c->counts, "is:refused") == 0;
	snprintf(out->what, sizeof out->what, "%s in %s, filter %.*s, %s, row %d",
	         s->view->name, units[list_counted(s)].name,
	         SLICE_FMT(s->filter->text), list_column_title(s, c),
	         s->place.row);
	return true;
}

static void check_cell(struct browser *b)
{
	const struct step *s = shell_step(b->shell);
	const struct reply *n;
	struct cell_of cell;
	int64_t here;

	if (!read_cell(s, &cell))
		return;
	browser_keys(b, "Enter");
	browser_settle(b);
	if (shell_step(b->shell) == s)
		fail_msg("%s: Enter opens nothing", cell.what);
	n = step_reply(shell_step(b->shell), SLOT_COUNT_ROWS);
	if (!n || !n->ok)
		fail_msg("%s: no count: %s", cell.what, n ? n->err.text : "");
	here = (int64_t)(cell.refused ? n->count.refused : n->count.n);
	if (here != cell.number || (cell.refused && n->count.n))
		fail_msg("%s: %lld in the cell, n is %lld", cell.what,
		         (long long)cell.number, (long long)here);
	browser_keys(b, "Esc");
	browser_settle(b);
}

static void check_row(struct browser *b)
{
	int before = -1;

	for (int i = 0; i < LIST_COLUMNS; i++)
		browser_keys(b, "h");
	while (shell_step(b->shell)->place.column != before) {
		before = shell_step(b->shell)->place.column;
		check_cell(b);
		browser_keys(b, "l");
	}
}

static void check_rows(struct browser *b)
{
	const struct result *r = step_result(shell_step(b->shell), SLOT_PAGE);
	int rows = r ? (int)r->nrows : 0;

	for (int i = 0; i < rows; i++) {
		if (i < FIRST_ROWS || i >= rows - LAST_ROWS)
			check_row(b);
		browser_keys(b, "j");
	}
	browser_keys(b, "g");
}

static void check_pane(struct browser *b)
{
	enum unit first = shell_step(b->shell)->unit;

	do {
		check_rows(b);
		browser_keys(b, "U");
		browser_settle(b);
	} while (shell_step(b->shell)->unit != first);
}

static void numbers_agree(void **state)
{
	static const char *const filters[] = {
		"", "to:*a* -code:421",
	};
	struct browser_options o = { .folder = "sample", .logs = SAMPLE,
		                     .rows = 48, .cols = 220 };

	for (size_t v = 0; views[v]; v++) {
		if (!views[v]->list || !views[v]->digit ||
		    !views[v]->list->groups[0])
			continue;
		o.pane = views[v]->name;
		for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
			struct browser b;

			o.filter = filters[i];
			browser_open(&b, &o);
			browser_settle(&b);
			check_pane(&b);
			browser_close(&b);
		}
	}
	(void)state;
	browser_forget_cases();
}

/* A dossier's lines --------------------------------------------------------- */

/* The number in the line of the cursor; -1: there is none. */
static int64_t cursor_number(struct browser *b, bool *refused)
{
	struct strbuf screen = { 0 };
	struct slice rest, line, word, number = { 0 };
	uint64_t n = 0;

	browser_text(b, &screen);
	rest = strbuf_slice(&screen);
	do
		line = slice_cut(&rest, '\n');
	while (rest.len && !slice_starts(line, SLICE(" > ")));
	*refused = slice_find(line, SLICE("refused mail")) != SLICE_NONE ||
	           slice_ends(line, SLICE(" refused"));
	while (line.len) {
		word = slice_cut(&line, ' ');
		/* the last but a percentage */
		if (word.len && slice_u64(word, &n))
			number = word;
	}
	if (number.ptr)
		slice_u64(number, &n);
	strbuf_release(&screen);
	return number.ptr ? (int64_t)n : -1;
}

static void check_line(struct browser *b, const char *value)
{
	bool refused;
	int64_t number = cursor_number(b, &refused), here;
	const struct reply *n;
	struct slice filter;

	if (number < 0)
		return;
	browser_keys(b, "Enter");
	browser_settle(b);
	n = step_reply(shell_step(b->shell), SLOT_COUNT_ROWS);
	filter = shell_step(b->shell)->filter->text;
	if (!n || !n->ok)
		fail_msg("%s: %.*s: no count", value, SLICE_FMT(filter));
	here = (int64_t)(refused ? n->count.refused : n->count.n);
	if (here != number)
		fail_msg("%s: %.*s: %lld in the line, n is %lld", value,
		         SLICE_FMT(filter), (long long)number, (long long)here);
	browser_keys(b, "Esc");
	browser_settle(b);
}

static size_t check_dossier(struct browser *b, const char *value)
{
	struct strbuf keys = { 0 };
	size_t lines = 0;

	strbuf_addf(&keys, ": \"dossier %s\" Enter", value);
	browser_keys(b, strbuf_text(&keys));
	browser_settle(b);
	for (; lines < 60; lines++) {
		bool refused;

		if (cursor_number(b, &refused) < 0)
			break;
		check_line(b, value);
		browser_keys(b, "j");
	}
	browser_keys(b, "Esc");
	strbuf_release(&keys);
	return lines;
}

static void dossiers_agree(void **state)
{
	static const char *const values[] = {
		"j.meyer@corp.example", "win@prize.example", "dave@bank.example",
		"198.51.100.10", "203.0.113.99", "edge.corp.example", "mail1",
		"bank.example", "j.meyer", "\\x1b[31m", "nobody@nowhere.example",
	};
	struct browser_options o = { .logs = "mail1.log edge.log", .rows = 60,
		                     .cols = 80 };
	struct browser b;

	(void)state;
	browser_open(&b, &o);
	browser_settle(&b);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		size_t lines = check_dossier(&b, values[i]);

		if (i < 9 && !lines)
			fail_msg("%s has no lines", values[i]);
	}
	browser_close(&b);
	browser_forget_cases();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_agree),
		cmocka_unit_test(dossiers_agree),
	};

	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
