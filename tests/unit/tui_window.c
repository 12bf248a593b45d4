/* SPDX-License-Identifier: MIT */
/* Cells: what log text becomes on the screen, whatever it holds. */
#include "tests/tui.h"

#include "base/alloc.h"

#include <locale.h>
#include <stdlib.h>

/* Texts of senders who want more than to be read. */
static const struct slice hostile[] = {
	{ "\x1b[2J\x1b[H", 7 },
	{ "\x1b]52;c;ZXZpbA==\x07", 16 },
	{ "\x1b]0;title\x1b\\", 11 },
	{ "\x9b" "31m", 4 },
	{ "a\0b", 3 },
	{ "a\r\nb\tc\b\x7f", 8 },
	{ "\xc2\x9b" "31m\xc2\x85", 7 },
	{ "\xe2\x80\xae" "gpj.exe", 10 },
	{ "\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf", 9 },
	{ "\xf3\xa0\x81\xa1\xf3\xa0\x81\xa2", 8 },
	{ "\xcc\x81\xcc\x81lone", 8 },
	{ "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 15 },
	{ "\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80", 11 },
	{ "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97", 12 },
	{ "\xf0\x9f\x98\x80\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", 15 },
	{ "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", 8 },
	{ "\xee\x80\x80\xef\xa3\xbf", 6 },
	{ "a@b\x1b[31m@c.example", 17 },
	{ "\\x1b<U+202E>", 12 },
	{ "", 0 },
};
#define HOSTILE (sizeof hostile / sizeof *hostile)

static void text_is_fitted_and_filled(void **state)
{
	struct screen *s = open_screen(5, 20);
	struct window w = screen_window(s);

	(void)state;
	window_put(&w, 0, 0, TONE_NORMAL, "xxxxxxxxxxxxxxxxxxxx");
	assert_int_equal(window_text(&w, 0, 2, 8, TONE_NORMAL, TEXT_CUT_END,
	                             SLICE("abc")), 10);
	assert_line(&w, 0, "xxabc     xxxxxxxxxx");
	window_text(&w, 1, 0, 8, TONE_NORMAL, TEXT_CUT_END,
	            SLICE("abcdefghijkl"));
	assert_line(&w, 1, "abcdefg…");
	window_text_right(&w, 2, 0, 8, TONE_NORMAL, SLICE("1,204"));
	assert_line(&w, 2, "   1,204");
	assert_int_equal(window_text(&w, 3, 4, 0, TONE_NORMAL, TEXT_CUT_END,
	                             SLICE("abc")), 4);
	assert_line(&w, 3, "");
	screen_close(s);
}

static void wide_glyph_cut_by_the_edge_is_blank(void **state)
{
	struct screen *s = open_screen(3, 20);
	struct window w = screen_window(s);
	struct window part = window_part(&w, 0, 0, 1, 5);

	(void)state;
	window_text(&w, 0, 0, 20, TONE_NORMAL, TEXT_CUT_END,
	            SLICE("....................."));
	window_put(&part, 0, 0, TONE_NORMAL, "漢字漢");
	assert_line(&w, 0, "漢字 ..............…");
	/* a wide glyph half overwritten leaves a blank, not half a glyph */
	window_put(&w, 0, 1, TONE_NORMAL, "x");
	assert_line(&w, 0, " x字 ..............…");
	window_text(&w, 1, 0, 4, TONE_NORMAL, TEXT_CUT_END, SLICE("漢字漢"));
	assert_line(&w, 1, "漢 …");
	screen_close(s);
}

static void nothing_is_written_outside(void **state)
{
	struct screen *s = open_screen(6, 20);
	struct window w = screen_window(s);
	struct window part = window_part(&w, 1, 5, 2, 6);
	struct window none = window_part(&w, 40, 40, 2, 6);

	(void)state;
	for (int row = -2; row < 5; row++) {
		window_put(&part, row, -3, TONE_NORMAL, "abcdefghijklmnop");
		window_fill(&part, row, -3, 40, TONE_BAD, "漢");
		window_text(&part, row, 2, 40, TONE_NORMAL, TEXT_CUT_END,
		            SLICE("abcdefghijkl"));
		window_tone(&part, row, -5, 100, TONE_CURSOR);
	}
	window_put(&none, 0, 0, TONE_NORMAL, "x");
	window_clear(&none);
	assert_line(&w, 0, "");
	assert_line(&w, 3, "");
	for (int row = 1; row < 3; row++) {
		struct strbuf line = { 0 };

		window_line(&w, row, &line);
		assert_memory_equal(strbuf_text(&line), "     ", 5);
		assert_true(text_width(strbuf_slice(&line)) <= 11);
		strbuf_release(&line);
	}
	screen_close(s);
}

static void last_cell_is_never_written(void **state)
{
	struct screen *s = open_screen(4, 10);
	struct window w = screen_window(s);

	(void)state;
	for (int row = 0; row < 4; row++)
		window_put(&w, row, 0, TONE_NORMAL, "0123456789");
	assert_line(&w, 2, "0123456789");
	assert_line(&w, 3, "012345678");
	window_text(&w, 3, 0, 10, TONE_NORMAL, TEXT_CUT_END, SLICE("漢字漢字漢"));
	assert_line(&w, 3, "漢字漢字");
	screen_resize(s, 3, 9);
	w = screen_window(s);
	window_fill(&w, 2, 0, 9, TONE_NORMAL, "#");
	assert_line(&w, 2, "########");
	screen_close(s);
}

static void assert_inactive(const struct window *w, int row)
{
	struct strbuf line = { 0 };
	struct slice s;

	window_line(w, row, &line);
	s = strbuf_slice(&line);
	while (s.len) {
		uint32_t c = text_next(&s);

		assert_int_not_equal(c, TEXT_BAD);
		assert_false(text_char_is_active(c));
	}
	strbuf_release(&line);
}

/* The sentinel in the next column stands where it stood. */
static void assert_sentinel(const struct window *w, int row, int col)
{
	struct window at = window_part(w, row, col, 1, 1);

	assert_line(&at, 0, "|");
}

static void hostile_text_stays_in_its_column(void **state)
{
	static const enum text_cut cuts[] = { TEXT_CUT_END, TEXT_CUT_MIDDLE,
		TEXT_CUT_LEFT, TEXT_CUT_ADDRESS };
	struct screen *s = open_screen(8, 60);
	struct window w = screen_window(s);

	(void)state;
	for (size_t i = 0; i < HOSTILE; i++) {
		for (int width = 1; width < 50; width++) {
			for (int c = 0; c < 4; c++) {
				window_put(&w, c, width, TONE_NORMAL, "|");
				window_text(&w, c, 0, width, TONE_NORMAL,
				            cuts[c], hostile[i]);
				assert_inactive(&w, c);
				assert_sentinel(&w, c, width);
			}
			window_put(&w, 5, width, TONE_NORMAL, "|");
			window_text_right(&w, 5, 0, width, TONE_NORMAL,
			                  hostile[i]);
			assert_inactive(&w, 5);
			assert_sentinel(&w, 5, width);
		}
	}
	screen_close(s);
}

static void own_text_cannot_be_active_either(void **state)
{
	struct screen *s = open_screen(3, 30);
	struct window w = screen_window(s);

	(void)state;
	window_put(&w, 0, 0, TONE_NORMAL, "a\x1b[2J\xe2\x80\xae" "b\xff");
	assert_line(&w, 0, "a?[2J?b?");
	window_box(&w, "\x1b]0;x\a");
	assert_inactive(&w, 0);
	screen_close(s);
}

static void escapes_are_shown_apart_from_letters(void **state)
{
	struct screen *s = open_screen(3, 30);
	struct window w = screen_window(s);

	(void)state;
	window_text(&w, 0, 0, 20, TONE_NORMAL, TEXT_CUT_END,
	            SLICE("a\x1b" "b\xe2\x80\xae"));
	assert_line(&w, 0, "a\\x1bb<U+202E>");
	window_text(&w, 1, 0, 20, TONE_NORMAL, TEXT_CUT_END, SLICE("\\x1b"));
	assert_line(&w, 1, "\\x1b");
	assert_true(window_tone_is(&w, 0, 0, TONE_NORMAL));
	assert_true(window_tone_is(&w, 0, 1, TONE_ESCAPED));
	assert_true(window_tone_is(&w, 0, 4, TONE_ESCAPED));
	assert_true(window_tone_is(&w, 0, 5, TONE_NORMAL));
	assert_true(window_tone_is(&w, 0, 6, TONE_ESCAPED));
	assert_true(window_tone_is(&w, 1, 0, TONE_NORMAL));
	screen_close(s);
}

static void long_lines_are_cut_like_short_ones(void **state)
{
	size_t len = (size_t)1 << 20;
	char *text = mem_alloc(len);
	struct screen *s = open_screen(4, 40);
	struct window w = screen_window(s);

	(void)state;
	memset(text, 'm', len);
	memcpy(text, "start", 5);
	memcpy(text + len - 3, "end", 3);
	window_text(&w, 0, 0, 10, TONE_NORMAL, TEXT_CUT_END,
	            slice_of(text, len));
	assert_line(&w, 0, "startmmmm…");
	window_text(&w, 1, 0, 10, TONE_NORMAL, TEXT_CUT_MIDDLE,
	            slice_of(text, len));
	assert_line(&w, 1, "start…mend");
	window_text(&w, 2, 0, 10, TONE_NORMAL, TEXT_CUT_LEFT,
	            slice_of(text, len));
	assert_line(&w, 2, "…mmmmmmend");
	/* every way to begin in the middle of a character */
	for (size_t i = 0; i + 3 <= len; i += 3)
		memcpy(text + i, "漢", 3);
	for (size_t i = 0; i < 6; i++) {
		window_text(&w, 3, 0, 10, TONE_NORMAL, TEXT_CUT_LEFT,
		            slice_of(text, len - 1 - i % 2 * 3));
		assert_inactive(&w, 3);
	}
	free(text);
	screen_close(s);
}

static void without_unicode_all_is_ascii(void **state)
{
	struct screen *s;
	struct window w;

	(void)state;
	assert_non_null(set_locale("C"));
	s = open_screen(3, 40);
	w = screen_window(s);
	assert_true(screen_theme(s)->ascii);
	window_text(&w, 0, 0, 30, TONE_NORMAL, TEXT_CUT_END,
	            SLICE("caf\xc3\xa9 \x1b[m"));
	assert_line(&w, 0, "caf<U+00E9> \\x1b[m");
	assert_true(window_tone_is(&w, 0, 4, TONE_ESCAPED));
	window_text(&w, 1, 0, 9, TONE_NORMAL, TEXT_CUT_END,
	            SLICE("\x1b\x1b\x1b\x1b"));
	assert_line(&w, 1, "\\x1b\\x1b~");
	window_put(&w, 2, 0, TONE_NORMAL, "⟨a⟩ ≥ 1 × 2 … ü");
	assert_line(&w, 2, "<a> >= 1 x 2 ~ ?");
	screen_close(s);
	assert_non_null(set_locale("C.UTF-8"));
}

static void ascii_on_wish_keeps_log_text(void **state)
{
	struct screen_options o = { .headless = true, .ascii = true, .rows = 3,
		                    .cols = 20 };
	struct err err = { 0 };
	struct screen *s = screen_open(&o, &err);
	struct window w;

	(void)state;
	assert_non_null(s);
	w = screen_window(s);
	window_text(&w, 0, 0, 6, TONE_NORMAL, TEXT_CUT_END, SLICE("caf\xc3\xa9 au lait"));
	assert_line(&w, 0, "café ~");
	window_put(&w, 1, 0, TONE_GOOD, theme_sign(w.theme, SIGN_DELIVERED));
	assert_line(&w, 1, "+");
	assert_false(screen_theme(s)->colour);
	screen_close(s);
}

static void cells_keep_combining_characters(void **state)
{
	struct screen *s = open_screen(2, 20);
	struct window w = screen_window(s);

	(void)state;
	window_text(&w, 0, 0, 10, TONE_NORMAL, TEXT_CUT_END,
	            SLICE("e\xcc\x81x|"));
	assert_line(&w, 0, "e\xcc\x81x|");
	screen_close(s);
}

static void wrapped_text_shows_every_cell(void **state)
{
	struct screen *s = open_screen(12, 30);
	struct window w = screen_window(s);

	(void)state;
	assert_int_equal(window_text_wrapped(&w, 0, 2, 5, 9, TONE_NORMAL,
	                                     SLICE("abcdefgh漢\x1bzz")), 4);
	assert_line(&w, 0, "  abcde");
	assert_line(&w, 1, "  fgh漢");
	assert_line(&w, 2, "  \\x1bz");
	assert_line(&w, 3, "  z");
	assert_int_equal(window_text_wrapped(&w, 5, 0, 4, 2, TONE_NORMAL,
	                                     SLICE("abcdefghijk")), 2);
	assert_line(&w, 6, "efg…");
	assert_int_equal(window_text_wrapped(&w, 7, 0, 4, 2, TONE_NORMAL,
	                                     SLICE("")), 1);
	for (size_t i = 0; i < HOSTILE; i++)
		for (int width = 1; width < 20; width++) {
			int n = window_text_wrapped(&w, 0, 0, width, 12,
			                            TONE_NORMAL, hostile[i]);

			assert_int_equal(n, window_wrapped_rows(&w, width, 12,
			                                        hostile[i]));
			for (int row = 0; row < 12; row++)
				assert_inactive(&w, row);
		}
	screen_close(s);
}

static void resize_keeps_no_stale_size(void **state)
{
	struct screen *s = open_screen(24, 80);

	(void)state;
	for (int i = 0; i < 200; i++) {
		int rows = 1 + i * 37 % 99, cols = 1 + i * 53 % 299;
		struct window w;

		screen_resize(s, rows, cols);
		w = screen_window(s);
		assert_int_equal(w.rows, rows);
		assert_int_equal(w.cols, cols);
		window_clear(&w);
		for (int row = 0; row < rows; row++)
			window_fill(&w, row, 0, cols, TONE_NORMAL, "x");
		window_cursor(&w, rows + 5, cols + 5, true);
		screen_update(s);
	}
	screen_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_fitted_and_filled),
		cmocka_unit_test(wide_glyph_cut_by_the_edge_is_blank),
		cmocka_unit_test(nothing_is_written_outside),
		cmocka_unit_test(last_cell_is_never_written),
		cmocka_unit_test(hostile_text_stays_in_its_column),
		cmocka_unit_test(own_text_cannot_be_active_either),
		cmocka_unit_test(escapes_are_shown_apart_from_letters),
		cmocka_unit_test(long_lines_are_cut_like_short_ones),
		cmocka_unit_test(without_unicode_all_is_ascii),
		cmocka_unit_test(ascii_on_wish_keeps_log_text),
		cmocka_unit_test(cells_keep_combining_characters),
		cmocka_unit_test(wrapped_text_shows_every_cell),
		cmocka_unit_test(resize_keeps_no_stale_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
