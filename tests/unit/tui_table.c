/* SPDX-License-Identifier: MIT */
/* Columns at every width, cursors, bars. */
#include "tests/tui.h"

#include "tui/chart.h"
#include "tui/table.h"

static const struct table_column columns[] = {
	{ .title = "time", .min = 14, .want = 19, .drop = 0 },
	{ .title = "sender", .min = 12, .want = 40, .drop = 1,
	  .cut = TEXT_CUT_ADDRESS },
	{ .title = "size", .min = 6, .want = 6, .drop = 5, .right = true },
	{ .title = "outcome", .min = 11, .want = 11, .drop = 0 },
	{ .title = "code", .min = 4, .want = 4, .drop = 2, .right = true },
	{ .title = "recipient", .min = 12, .want = 40, .drop = 1 },
	{ .title = "subject", .min = 10, .want = TABLE_REST, .drop = 4 },
};
#define N (sizeof columns / sizeof *columns)

static int used(const int *widths)
{
	int sum = 0, shown = 0;

	for (size_t i = 0; i < N; i++)
		if (widths[i]) {
			sum += widths[i];
			shown++;
		}
	return shown ? sum + shown - 1 : 0;
}

static void columns_fit_at_every_width(void **state)
{
	int before[N] = { 0 };

	(void)state;
	for (int width = 40; width <= 300; width++) {
		int widths[N];

		table_fit(columns, N, width, widths);
		assert_true(used(widths) <= width);
		for (size_t i = 0; i < N; i++) {
			if (widths[i])
				assert_true(widths[i] >= columns[i].min);
			assert_true(widths[i] <= columns[i].want);
			if (columns[i].drop == 0)
				assert_true(widths[i] > 0);
			/* what fits in less fits in more */
			assert_true(!before[i] || widths[i]);
			before[i] = widths[i];
		}
		/* equal rank, equal room */
		if (widths[5])
			assert_in_range(widths[1] - widths[5], 0, 1);
		if (widths[6])
			assert_int_equal(used(widths), width);
	}
}

static void the_highest_drop_goes_first(void **state)
{
	int widths[N];

	(void)state;
	/* all minima: 14+12+6+11+4+12+10 and six blanks */
	table_fit(columns, N, 75, widths);
	assert_int_equal(widths[2], 6);
	table_fit(columns, N, 74, widths);
	assert_int_equal(widths[2], 0);
	assert_int_equal(widths[6], 10);
	table_fit(columns, N, 67, widths);
	assert_int_equal(widths[6], 0);
	assert_int_equal(widths[4], 4);
}

static void what_must_stay_is_squeezed(void **state)
{
	(void)state;
	for (int width = 0; width < 40; width++) {
		int widths[N];

		table_fit(columns, N, width, widths);
		assert_true(used(widths) <= width);
	}
}

static void heading_frames_the_chosen_column(void **state)
{
	struct screen *s = open_screen(4, 80);
	struct window all = screen_window(s);
	struct window w = window_part(&all, 0, 2, 4, 44);
	static const struct table_column few[] = {
		{ .title = "messages", .min = 9, .want = 9, .right = true },
		{ .title = "%", .min = 5, .want = 5, .right = true },
		{ .title = "sender", .min = 20, .want = 20 },
	};
	int widths[3];

	(void)state;
	table_fit(few, 3, 44, widths);
	table_heading(&w, 0, few, widths, 3, 2, 0, true);
	assert_line(&all, 0, "  messages▾     %[sender]");
	table_heading(&w, 1, few, widths, 3, 0, 0, false);
	assert_line(&all, 1, " [messages▴]    % sender");
	table_heading(&w, 2, few, widths, 3, 1, -1, false);
	assert_line(&all, 2, "   messages    [%]sender");
	screen_close(s);
}

static void cursor_stays_in_sight(void **state)
{
	struct table_cursor c = { 0 };
	static const int64_t steps[] = { 1, -1, 7, 100, -30, INT64_MAX, -1,
		INT64_MIN, 5, 0, -5, INT64_MAX, INT64_MAX };

	(void)state;
	for (int64_t total = 0; total < 60; total += 7)
		for (int height = 0; height < 20; height++)
			for (size_t i = 0; i < 13; i++) {
				table_move(&c, steps[i], total, height);
				assert_true(c.row >= 0);
				assert_true(c.row < total || c.row == 0);
				assert_true(c.top >= 0 && c.top <= c.row);
				if (height > 0)
					assert_true(c.row - c.top < height);
			}
}

static void strip_shows_what_is_not_zero(void **state)
{
	struct screen *s = open_screen(3, 20);
	struct window w = screen_window(s);
	static const uint64_t values[] = { 0, 1, 400, 500, 1000, UINT64_MAX };
	struct strbuf text = { 0 };

	(void)state;
	chart_strip(&w, 0, 0, values, 5, 0);
	assert_line(&w, 0, " ▁▃▄█");
	chart_strip(&w, 1, 0, values, 6, 1000);
	assert_line(&w, 1, " ▁▃▄██");
	chart_strip_text(w.theme, values, 6, &text);
	assert_string_equal(strbuf_text(&text), " ▁▁▁▁█");
	strbuf_release(&text);
	screen_close(s);
}

static void bar_is_as_long_as_its_share(void **state)
{
	struct screen *s = open_screen(6, 20);
	struct window w = screen_window(s);

	(void)state;
	chart_bar(&w, 0, 0, 10, TONE_PROOF, 100, 100);
	chart_bar(&w, 1, 0, 10, TONE_PROOF, 0, 100);
	chart_bar(&w, 2, 0, 10, TONE_PROOF, 1, 100000);
	chart_bar(&w, 3, 0, 10, TONE_PROOF, 25, 100);
	chart_bar(&w, 4, 0, 10, TONE_PROOF, 5, 0);
	assert_line(&w, 0, "██████████");
	assert_line(&w, 1, "");
	assert_line(&w, 2, "▏");
	assert_line(&w, 3, "██▌");
	assert_line(&w, 4, "");
	screen_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_fit_at_every_width),
		cmocka_unit_test(the_highest_drop_goes_first),
		cmocka_unit_test(what_must_stay_is_squeezed),
		cmocka_unit_test(heading_frames_the_chosen_column),
		cmocka_unit_test(cursor_stays_in_sight),
		cmocka_unit_test(strip_shows_what_is_not_zero),
		cmocka_unit_test(bar_is_as_long_as_its_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
