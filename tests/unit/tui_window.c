/* SPDX-License-Identifier: MIT */
/* Cells: what log text becomes on the screen, whatever it holds. */
#include "tests/tui.h"

static void text_is_fitted_and_filled(void **state)
{
	struct screen *s = open_screen(5, 20);
	struct window w = screen_window(s);

	(void)state;
	window_put(&w, 0, 0, TONE_NORMAL, "xxxxxxxxxxxxxxxxxxxx");
	assert_int_equal(window_text(&w, 0, 2, 8, TONE_NORMAL, TEXT_CUT_END,
	                             SLICE("abc")), 10);
	assert_line(&w, 0, "xxabc     xxxxxxxxxx");
	screen_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_fitted_and_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
