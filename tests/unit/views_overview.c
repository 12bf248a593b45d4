/* SPDX-License-Identifier: MIT */
/* Every cell of the Overview is reached by the arrows and opens exactly what it
 * counts; f and F on it leave what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/browser.h"
#include "views/overview.h"

static void open_overview(struct browser *b, int rows, int cols,
                          const char *filter)
{
	struct browser_options o = { .logs = "mail1.log edge.log", .rows = rows,
		                     .cols = cols, .pane = "Overview",
		                     .filter = filter };

	browser_open(b, &o);
	browser_settle(b);
}

static bool cell_now(struct browser *b, struct overview_cell *out)
{
	struct overview_cell cells[OVERVIEW_CELLS];
	const struct step *s = shell_step(b->shell);
	int rows;
	size_t n = overview_cells(s, cells, &rows);
	size_t at = overview_cursor(s, cells, n);

	if (at < n)
		*out = cells[at];
	return at < n;
}

static size_t count_cells(struct browser *b)
{
	struct overview_cell cells[OVERVIEW_CELLS];
	int rows;
	size_t n = overview_cells(shell_step(b->shell), cells, &rows), sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += cells[i].kind >= CELL_SPAN;
	return sum;
}

static uint64_t rows_shown(struct browser *b)
{
	const struct reply *r =
		step_reply(shell_step(b->shell), SLOT_COUNT_ROWS);

	assert_non_null(r);
	if (!r->ok)
		fail_msg("%s", r->err.text);
	return r->count.n;
}

static void press(struct browser *b, const char *keys)
{
	browser_keys(b, keys);
	browser_settle(b);
}

static void check_enter(struct browser *b, const struct overview_cell *c)
{
	uint64_t n, opened;

	assert_true(overview_count(shell_step(b->shell), c, &n));
	press(b, "Enter");
	if (c->kind == CELL_FINDINGS || c->kind == CELL_GAPS) {
		press(b, "Esc");
		return;
	}
	assert_true(shell_step(b->shell)->view != view_find("Overview"));
	opened = rows_shown(b);
	if (opened != n)
		fail_msg("cell %d.%d.%d counts %llu, opens %llu", c->kind,
		         c->part, c->line, (unsigned long long)n,
		         (unsigned long long)opened);
	press(b, "Esc");
}

/* All cells, row by row, left to right. */
static void visit(struct browser *b,
                  void (*check)(struct browser *, const struct overview_cell *))
{
	struct overview_cell now, next;
	size_t visited = 0, all;

	press(b, "g");
	all = count_cells(b);
	while (visited < all) {
		assert_true(cell_now(b, &now));
		check(b, &now);
		visited++;
		press(b, "l");
		cell_now(b, &next);
		if (next.col != now.col)
			continue;
		press(b, "h h h h j h h h h");
		cell_now(b, &next);
		if (next.row == now.row)
			break;
	}
	assert_int_equal(visited, all);
}

static void check_all(const char *filter)
{
	struct browser b;

	open_overview(&b, 24, 80, filter);
	visit(&b, check_enter);
	browser_close(&b);
	open_overview(&b, 48, 160, filter);
	visit(&b, check_enter);
	browser_close(&b);
	open_overview(&b, 12, 40, filter);
	visit(&b, check_enter);
	browser_close(&b);
}

static void every_cell_opens_what_it_counts(void **state)
{
	(void)state;
	check_all("");
}

static void so_it_does_under_a_filter(void **state)
{
	(void)state;
	check_all("outcome:refused,delivered");
	check_all("code:250 or outcome:failed");
	check_all("domain:example.org");
}

/* Recipients that the outcomes add up to. */
static uint64_t recipients(struct browser *b)
{
	struct overview_cell all = { .kind = CELL_TOTAL,
		                     .part = PART_OUTCOMES };
	uint64_t n;

	assert_true(overview_count(shell_step(b->shell), &all, &n));
	return n;
}

static void check_terms(struct browser *b, const struct overview_cell *c)
{
	uint64_t n, all = recipients(b);
	const struct filter *before = shell_step(b->shell)->filter;

	if ((c->kind != CELL_ROW && c->kind != CELL_OUTCOME) ||
	    overview_unit(c) != UNIT_RECIPIENTS)
		return;
	assert_true(overview_count(shell_step(b->shell), c, &n));
	press(b, "f");
	assert_ptr_not_equal(shell_step(b->shell)->filter, before);
	assert_int_equal(recipients(b), n);
	press(b, "Esc F");
	assert_int_equal(recipients(b), all - n);
	press(b, "Esc");
	assert_ptr_equal(shell_step(b->shell)->filter, before);
}

static void only_and_not_leave_the_parts_of_the_whole(void **state)
{
	struct browser b;

	(void)state;
	open_overview(&b, 48, 160, "");
	visit(&b, check_terms);
	browser_close(&b);
}

/* d on a sender, a recipient, a host: no question what it is about. */
static void check_dossier(struct browser *b, const struct overview_cell *c)
{
	struct strbuf text = { 0 };

	if (c->kind != CELL_ROW || c->part == PART_REPLIES)
		return;
	press(b, "d");
	assert_true(shell_step(b->shell)->view != view_find("Overview"));
	browser_text(b, &text);
	assert_null(strstr(strbuf_text(&text), "a host, domain or login"));
	strbuf_release(&text);
	press(b, "Esc");
}

static void a_dossier_knows_what_it_is_about(void **state)
{
	struct browser b;

	(void)state;
	open_overview(&b, 24, 80, "");
	visit(&b, check_dossier);
	browser_close(&b);
}

static void outcomes_add_up(void **state)
{
	struct overview_cell c = { .kind = CELL_OUTCOME,
		                   .part = PART_OUTCOMES };
	struct browser b;
	uint64_t n, sum = 0, blocked = 0;

	(void)state;
	open_overview(&b, 48, 160, "");
	for (c.line = 0; c.line < OVERVIEW_OUTCOMES; c.line++) {
		assert_true(overview_count(shell_step(b.shell), &c, &n));
		if (overview_outcomes[c.line].part)
			blocked += n;
		else
			sum += n;
	}
	assert_true(sum > 0);
	assert_int_equal(sum, recipients(&b));
	c.line = 2;
	assert_true(overview_count(shell_step(b.shell), &c, &n));
	assert_int_equal(n, blocked);
	browser_close(&b);
}

static void the_cursor_starts_on_the_first_sender(void **state)
{
	struct overview_cell c;
	struct browser b;

	(void)state;
	open_overview(&b, 24, 80, "");
	assert_true(cell_now(&b, &c));
	assert_int_equal(c.kind, CELL_ROW);
	assert_int_equal(c.part, PART_SENDERS);
	assert_int_equal(c.line, 0);
	browser_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_opens_what_it_counts),
		cmocka_unit_test(so_it_does_under_a_filter),
		cmocka_unit_test(only_and_not_leave_the_parts_of_the_whole),
		cmocka_unit_test(a_dossier_knows_what_it_is_about),
		cmocka_unit_test(outcomes_add_up),
		cmocka_unit_test(the_cursor_starts_on_the_first_sender),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	browser_forget_cases();
	return failed;
}
