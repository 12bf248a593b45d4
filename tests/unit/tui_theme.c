/* SPDX-License-Identifier: MIT */
/* Signs and tones with and without colours, Unicode, eighth blocks. */
#include "tests/tui.h"

#include "base/slice.h"

static struct screen *open_with(bool ascii, bool colour)
{
	struct screen_options o = { .headless = true, .ascii = ascii,
		                    .colour = colour, .rows = 5, .cols = 20 };
	struct err err = { 0 };
	struct screen *s = screen_open(&o, &err);

	assert_non_null(s);
	return s;
}

static void colours_are_those_of_the_table(void **state)
{
	struct screen *s = open_with(false, true);
	const struct theme *t = screen_theme(s);

	(void)state;
	assert_int_equal(t->colours, 256);
	assert_true(t->blocks);
	assert_int_not_equal(t->attr[TONE_GOOD], t->attr[TONE_BAD]);
	assert_int_equal(t->attr[TONE_NORMAL], 0);
	screen_close(s);
}

static void no_color_is_obeyed(void **state)
{
	struct screen *s;

	(void)state;
	putenv((char *)(uintptr_t)"NO_COLOR=1");
	s = open_with(false, true);
	assert_false(screen_theme(s)->colour);
	/* what is bad is still not what is good */
	assert_int_not_equal(screen_theme(s)->attr[TONE_BAD],
	                     screen_theme(s)->attr[TONE_GOOD]);
	screen_close(s);
	/* set but empty means nothing */
	putenv((char *)(uintptr_t)"NO_COLOR=");
	s = open_with(false, true);
	assert_true(screen_theme(s)->colour);
	screen_close(s);
	unsetenv("NO_COLOR");
	s = open_with(false, false);
	assert_false(screen_theme(s)->colour);
	screen_close(s);
}

static void ascii_signs_are_ascii_and_of_one_cell(void **state)
{
	struct screen *s = open_with(true, true);
	const struct theme *t = screen_theme(s);

	(void)state;
	for (int i = 0; i < SIGN_NUMBER; i++) {
		const char *sign = theme_sign(t, (enum sign)i);

		assert_int_equal(strlen(sign), 1);
		assert_in_range(sign[0], ' ' + 1, 126);
	}
	for (int level = 0; level <= 8; level++)
		assert_int_equal(strlen(theme_bar(t, level)), 1);
	screen_close(s);
}

static void signs_take_one_cell(void **state)
{
	struct screen *s = open_with(false, true);
	const struct theme *t = screen_theme(s);

	(void)state;
	for (int i = 0; i < SIGN_NUMBER; i++)
		assert_int_equal(text_width(slice_str(theme_sign(t,
		                                      (enum sign)i))), 1);
	for (int level = 0; level <= 8; level++)
		assert_int_equal(text_width(slice_str(theme_bar(t, level))), 1);
	screen_close(s);
}

/* Outcomes are told apart without colour and without Unicode. */
static void outcomes_have_their_own_signs(void **state)
{
	static const enum sign outcomes[] = { SIGN_DELIVERED, SIGN_RELAYED,
		SIGN_DELAYED, SIGN_FAILED, SIGN_REFUSED, SIGN_UNKNOWN };

	(void)state;
	for (int ascii = 0; ascii < 2; ascii++) {
		struct screen *s = open_with(ascii, false);

		for (size_t i = 0; i < 6; i++)
			for (size_t j = 0; j < i; j++)
				assert_string_not_equal(
				        theme_sign(screen_theme(s), outcomes[i]),
				        theme_sign(screen_theme(s), outcomes[j]));
		screen_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_are_those_of_the_table),
		cmocka_unit_test(no_color_is_obeyed),
		cmocka_unit_test(ascii_signs_are_ascii_and_of_one_cell),
		cmocka_unit_test(signs_take_one_cell),
		cmocka_unit_test(outcomes_have_their_own_signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
