/* SPDX-License-Identifier: MIT */
/* The mouse: rows, headings, panes, terms, the wheel, drags over the chart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/browser.h"
#include "tui/key.h"
#include "views/timeline.h"

/* ASCII, so that a byte of the screen is a cell. */
static void open_pane(struct browser *b, int rows, int cols, const char *pane,
                      const char *filter)
{
	struct browser_options o = { .logs = "mail1.log edge.log", .rows = rows,
		                     .cols = cols, .pane = pane, .ascii = true,
		                     .filter = filter };

	browser_open(b, &o);
	browser_settle(b);
}

static void press(struct browser *b, const char *keys)
{
	browser_keys(b, keys);
	browser_settle(b);
}

enum kind { PRESS, DRAG, RELEASE, WHEEL_UP, WHEEL_DOWN, SECOND };

static void mouse(struct browser *b, int row, int col, enum kind kind)
{
	static const int buttons[] = { 1, 1, 0, 4, 5, 2 };
	struct input in = { .key = KEY_CODE_MOUSE, .mouse_row = row,
		            .mouse_col = col, .mouse_button = buttons[kind],
		            .mouse_press = kind != RELEASE,
		            .mouse_drag = kind == DRAG };

	shell_key(b->shell, &in);
	browser_settle(b);
}

/* Where TEXT stands on the screen, from line FROM on. */
static void find(struct browser *b, int from, const char *text, int *row,
                 int *col)
{
	struct strbuf all = { 0 };
	struct slice rest;

	browser_text(b, &all);
	rest = strbuf_slice(&all);
	for (int i = 0; rest.len; i++) {
		struct slice line = slice_cut(&rest, '\n');
		size_t at = i < from ? SLICE_NONE
		                     : slice_find(line, slice_str(text));

		if (at != SLICE_NONE) {
			*row = i;
			*col = (int)at;
			strbuf_release(&all);
			return;
		}
	}
	fail_msg("no %s on the screen:\n%s", text, strbuf_text(&all));
}

static void a_heading_sorts_and_a_row_gets_the_cursor(void **state)
{
	const struct step *s;
	struct browser b;
	int row, col;

	(void)state;
	open_pane(&b, 24, 80, "Messages", "");
	find(&b, 4, "sender", &row, &col);
	mouse(&b, row, col, PRESS);
	s = shell_step(b.shell);
	assert_string_equal(s->sort, "sender");
	assert_false(s->descending);
	mouse(&b, row, col, PRESS);
	assert_true(shell_step(b.shell)->descending);
	mouse(&b, row + 5, col, PRESS);
	assert_int_equal(shell_step(b.shell)->place.row -
	                         shell_step(b.shell)->place.top, 4);
	mouse(&b, row + 5, col, WHEEL_DOWN);
	assert_int_equal(shell_step(b.shell)->place.row -
	                         shell_step(b.shell)->place.top, 7);
	mouse(&b, row + 5, col, WHEEL_UP);
	mouse(&b, row + 9, col, SECOND);
	assert_int_equal(shell_step(b.shell)->place.row -
	                         shell_step(b.shell)->place.top, 4);
	browser_close(&b);
}

static void a_pane_is_opened_and_a_term_dropped(void **state)
{
	static const int sizes[][2] = { { 24, 80 }, { 48, 160 }, { 12, 40 } };
	struct browser b;
	int row, col;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		open_pane(&b, sizes[i][0], sizes[i][1], "Messages",
		          "outcome:relayed code:250");
		find(&b, 1, "7", &row, &col);
		mouse(&b, row, col, PRESS);
		assert_ptr_equal(shell_step(b.shell)->view,
		                 view_find("Replies"));
		press(&b, "Esc");
		find(&b, 2, "outcom", &row, &col);
		mouse(&b, row, col + 2, PRESS);
		assert_true(slice_eq(shell_step(b.shell)->filter->text,
		                     SLICE("code:250")));
		press(&b, "Esc");
		assert_int_equal(shell_step(b.shell)->filter->nterms, 2);
		browser_close(&b);
	}
}

static void a_cell_of_the_overview_gets_the_cursor(void **state)
{
	struct browser b;
	int row, col;

	(void)state;
	open_pane(&b, 24, 80, "Overview", "");
	find(&b, 4, "relayed", &row, &col);
	mouse(&b, row, col, PRESS);
	press(&b, "f");
	assert_true(slice_eq(shell_step(b.shell)->filter->text,
	                     SLICE("outcome:relayed")));
	browser_close(&b);
}

static void a_drag_over_the_chart_is_a_range(void **state)
{
	struct timeline_shape shape;
	const struct step *s;
	struct browser b;
	int first, last;

	(void)state;
	open_pane(&b, 24, 80, "Timeline", "");
	timeline_shape(shell_step(b.shell), &shape);
	mouse(&b, 6, shape.left + 4 * shape.bar, PRESS);
	s = shell_step(b.shell);
	assert_int_equal(timeline_cursor(s), 4);
	assert_int_equal(s->place.range, 0);
	mouse(&b, 6, shape.left + 7 * shape.bar, DRAG);
	mouse(&b, 6, shape.left + 9 * shape.bar, DRAG);
	mouse(&b, 6, shape.left + 9 * shape.bar, RELEASE);
	timeline_range(shell_step(b.shell), &first, &last);
	assert_int_equal(first, 4);
	assert_int_equal(last, 9);
	mouse(&b, 3 + shape.lanes + 1, shape.left, PRESS);
	assert_int_equal(shell_step(b.shell)->place.row, 2);
	assert_int_equal(timeline_cursor(shell_step(b.shell)), 0);
	mouse(&b, 6, 79, DRAG);
	timeline_range(shell_step(b.shell), &first, &last);
	assert_int_equal(last, (int)timeline_bars(shell_step(b.shell))->n - 1);
	browser_close(&b);
}

/* Wherever it is, and outside of the screen. */
static void no_click_breaks_anything(void **state)
{
	static const char *const panes[] = { "Overview", "Timeline", "Messages",
		                             "Hosts", "Replies", "Events",
		                             "Sources" };
	struct strbuf text = { 0 };
	struct browser b;

	(void)state;
	for (size_t i = 0; i < sizeof panes / sizeof *panes; i++) {
		open_pane(&b, 24, 80, panes[i], "code:250");
		for (int n = 0; n < 120; n++)
			mouse(&b, n * 7 % 26 - 1, n * 13 % 83 - 1,
			      (enum kind)(n % 6));
		press(&b, "3 Enter");
		for (int n = 0; n < 60; n++)
			mouse(&b, n * 7 % 26 - 1, n * 13 % 83 - 1,
			      (enum kind)(n % 6));
		strbuf_reset(&text);
		browser_text(&b, &text);
		assert_true(text.len > 0);
		browser_close(&b);
	}
	strbuf_release(&text);
}

static void a_prompt_is_not_disturbed(void **state)
{
	struct browser b;

	(void)state;
	open_pane(&b, 24, 80, "Messages", "");
	browser_keys(&b, ": \"abc\"");
	mouse(&b, 1, 2, PRESS);
	mouse(&b, 4, 30, PRESS);
	assert_ptr_equal(shell_step(b.shell)->view, view_find("Messages"));
	assert_null(shell_step(b.shell)->sort);
	browser_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_heading_sorts_and_a_row_gets_the_cursor),
		cmocka_unit_test(a_pane_is_opened_and_a_term_dropped),
		cmocka_unit_test(a_cell_of_the_overview_gets_the_cursor),
		cmocka_unit_test(a_drag_over_the_chart_is_a_range),
		cmocka_unit_test(no_click_breaks_anything),
		cmocka_unit_test(a_prompt_is_not_disturbed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	browser_forget_cases();
	return failed;
}
