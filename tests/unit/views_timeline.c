/* SPDX-License-Identifier: MIT */
/* Every bar of the Timeline, of each lane, opens exactly what it counts; zoom,
 * ranges and lanes are steps that Esc takes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/browser.h"
#include "views/timeline.h"

static void open_pane(struct browser *b, int rows, int cols, const char *pane,
                      const char *filter)
{
	struct browser_options o = { .logs = "mail1.log edge.log", .rows = rows,
		                     .cols = cols, .pane = pane,
		                     .filter = filter };

	browser_open(b, &o);
	browser_settle(b);
}

static void press(struct browser *b, const char *keys)
{
	browser_keys(b, keys);
	browser_settle(b);
}

static const struct histogram *bars(struct browser *b)
{
	const struct histogram *h = timeline_bars(shell_step(b->shell));

	assert_non_null(h);
	return h;
}

static uint64_t rows_opened(struct browser *b)
{
	const struct reply *r;
	uint64_t n;

	press(b, "Enter");
	assert_true(shell_step(b->shell)->view != view_find("Timeline"));
	r = step_reply(shell_step(b->shell), SLOT_COUNT_ROWS);
	assert_non_null(r);
	if (!r->ok)
		fail_msg("%s", r->err.text);
	n = r->count.n + r->count.refused;
	press(b, "Esc");
	return n;
}

/* The total and all lanes, bar by bar. */
static void check_bars(struct browser *b)
{
	size_t lanes = timeline_lanes(shell_step(b->shell)), n = bars(b)->n;

	press(b, "g k k k k k k");
	for (size_t lane = 0; lane <= lanes; lane++) {
		for (size_t i = 0; i < n; i++) {
			const struct step *s = shell_step(b->shell);
			const struct histogram *h =
				lane ? timeline_lane(s, lane - 1) : bars(b);
			uint64_t shown, opened;

			assert_non_null(h);
			assert_int_equal(timeline_cursor(s), i);
			shown = h->all[i];
			opened = rows_opened(b);
			if (shown != opened)
				fail_msg("lane %zu bar %zu: %llu, opens %llu",
				         lane, i, (unsigned long long)shown,
				         (unsigned long long)opened);
			press(b, "l");
		}
		press(b, "g j");
	}
}

static void check_units(const char *filter, const char *lanes, int rows,
                        int cols)
{
	struct browser b;

	open_pane(&b, rows, cols, "Timeline", filter);
	if (*lanes)
		press(&b, lanes);
	for (int unit = 0; unit < 4; unit++) {
		check_bars(&b);
		press(&b, "U");
	}
	browser_close(&b);
}

static void every_bar_opens_what_it_counts(void **state)
{
	(void)state;
	check_units("", "", 12, 40);
}

static void so_it_does_under_filters_and_with_other_lanes(void **state)
{
	struct browser b;

	(void)state;
	check_units("outcome:refused,delivered", "x", 12, 40);
	check_units("code:250 or outcome:failed", "x x", 12, 40);
	open_pane(&b, 12, 40, "Timeline",
	          "time:2026-03-10T08:03:20Z..2026-03-10T08:30:07.5Z");
	check_bars(&b);
	press(&b, ": \"lanes code\" Enter");
	check_bars(&b);
	browser_close(&b);
}

/* All rows of the unit that have a time are in a bar. */
static void bars_add_up(void **state)
{
	struct browser b;

	(void)state;
	open_pane(&b, 24, 80, "Timeline", "");
	for (int unit = 0; unit < 4; unit++) {
		const struct reply *r = step_reply(shell_step(b.shell),
		                                   SLOT_COUNT_ROWS);
		uint64_t sum = 0;

		for (size_t i = 0; i < bars(&b)->n; i++)
			sum += bars(&b)->all[i];
		assert_true(sum > 0);
		assert_int_equal(sum, r->count.n + r->count.refused);
		press(&b, "U");
	}
	browser_close(&b);
}

/* Lanes of recipients hold each of them once. */
static void outcomes_of_recipients_add_up(void **state)
{
	struct browser b;

	(void)state;
	open_pane(&b, 24, 80, "Timeline", "");
	press(&b, "U");
	for (size_t i = 0; i < bars(&b)->n; i++) {
		const struct step *s = shell_step(b.shell);
		uint64_t sum = 0;

		for (size_t k = 0; k < timeline_lanes(s); k++)
			sum += timeline_lane(s, k)->all[i];
		assert_int_equal(sum, bars(&b)->all[i]);
	}
	browser_close(&b);
}

static void a_range_opens_all_of_its_bars(void **state)
{
	struct browser b;
	uint64_t sum = 0;

	(void)state;
	open_pane(&b, 24, 80, "Timeline", "");
	press(&b, "g l l Space l l l");
	for (int i = 2; i <= 5; i++)
		sum += bars(&b)->all[i];
	assert_int_equal(rows_opened(&b), sum);
	press(&b, "z");
	assert_int_equal(step_reply(shell_step(b.shell), SLOT_COUNT_ROWS)
	                         ->count.n +
	                 step_reply(shell_step(b.shell), SLOT_COUNT_ROWS)
	                         ->count.refused, sum);
	browser_close(&b);
}

static void zoom_is_a_term_and_a_step(void **state)
{
	struct strbuf before = { 0 }, after = { 0 };
	struct browser b;
	uint64_t n;

	(void)state;
	open_pane(&b, 24, 80, "Timeline", "");
	n = bars(&b)->all[timeline_cursor(shell_step(b.shell))];
	browser_text(&b, &before);
	press(&b, "z");
	assert_int_equal(shell_step(b.shell)->filter->nterms, 1);
	assert_int_equal(rows_opened(&b) <= n, 1);
	press(&b, "Z");
	assert_true(shell_step(b.shell)->filter->nterms <= 1);
	press(&b, "Z Z Z Z Z");
	assert_int_equal(shell_step(b.shell)->filter->nterms, 0);
	press(&b, "Esc Esc Esc Esc Esc");
	browser_text(&b, &after);
	assert_string_equal(strbuf_text(&before), strbuf_text(&after));
	strbuf_release(&before);
	strbuf_release(&after);
	browser_close(&b);
}

/* f, F on a bar part the whole. */
static void only_and_not_part_the_whole(void **state)
{
	struct browser b;
	uint64_t all, only;

	(void)state;
	open_pane(&b, 24, 80, "Timeline", "");
	all = step_reply(shell_step(b.shell), SLOT_COUNT_ROWS)->count.n;
	press(&b, "f");
	only = step_reply(shell_step(b.shell), SLOT_COUNT_ROWS)->count.n;
	assert_true(only > 0 && only < all);
	press(&b, "Esc F");
	assert_int_equal(step_reply(shell_step(b.shell), SLOT_COUNT_ROWS)
	                         ->count.n, all - only);
	browser_close(&b);
}

static void lists_are_charted_and_zoomed(void **state)
{
	static const char *const panes[] = { "Senders", "Recipients", "Replies",
		                             "Messages", "Events", "Hosts" };
	struct browser b;

	(void)state;
	for (size_t i = 0; i < sizeof panes / sizeof *panes; i++) {
		open_pane(&b, 24, 80, panes[i], "");
		press(&b, "z");
		assert_int_equal(shell_step(b.shell)->filter->nterms, 1);
		press(&b, "Esc x");
		assert_ptr_equal(shell_step(b.shell)->view,
		                 view_find("Timeline"));
		assert_true(timeline_lanes(shell_step(b.shell)) > 0);
		assert_non_null(timeline_lane(shell_step(b.shell), 0));
		press(&b, "Esc");
		assert_ptr_equal(shell_step(b.shell)->view,
		                 view_find(panes[i]));
		browser_close(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bar_opens_what_it_counts),
		cmocka_unit_test(so_it_does_under_filters_and_with_other_lanes),
		cmocka_unit_test(bars_add_up),
		cmocka_unit_test(outcomes_of_recipients_add_up),
		cmocka_unit_test(a_range_opens_all_of_its_bars),
		cmocka_unit_test(zoom_is_a_term_and_a_step),
		cmocka_unit_test(only_and_not_part_the_whole),
		cmocka_unit_test(lists_are_charted_and_zoomed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	browser_forget_cases();
	return failed;
}
