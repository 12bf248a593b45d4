/* SPDX-License-Identifier: MIT */
/* Editing a line. */
#include "tests/tui.h"

#include "tui/prompt.h"

static enum prompt_result press(struct prompt *p, int key)
{
	return prompt_key(p, &(struct input){ .key = key });
}

static void type(struct prompt *p, const char *text)
{
	for (; *text; text++)
		assert_int_equal(press(p, *text), PROMPT_MORE);
}

static void paste(struct prompt *p, const char *text)
{
	struct input in = { .key = KEY_CODE_PASTE };

	strbuf_add_str(&in.text, text);
	prompt_key(p, &in);
	strbuf_release(&in.text);
}

static void assert_text(const struct prompt *p, const char *wanted)
{
	assert_string_equal(strbuf_text(&p->text), wanted);
	assert_true(p->cursor <= p->text.len);
}

static void keys_edit(void **state)
{
	struct prompt p = { 0 };

	(void)state;
	prompt_open(&p, SLICE("from:bob"));
	assert_int_equal(p.chosen, -1);
	type(&p, " code:5xx");
	press(&p, CTRL('w'));
	assert_text(&p, "from:bob ");
	press(&p, KEY_CODE_BACKSPACE);
	press(&p, KEY_CODE_HOME);
	press(&p, '-');
	assert_text(&p, "-from:bob");
	press(&p, CTRL('k'));
	assert_text(&p, "-");
	press(&p, KEY_CODE_BACKSPACE);
	assert_text(&p, "");
	assert_int_equal(press(&p, KEY_CODE_BACKSPACE), PROMPT_LEAVE);
	type(&p, "abc");
	press(&p, KEY_CODE_LEFT);
	press(&p, CTRL('u'));
	assert_text(&p, "c");
	press(&p, KEY_CODE_DELETE);
	press(&p, KEY_CODE_DELETE);
	assert_text(&p, "");
	prompt_release(&p);
}

static void characters_are_whole(void **state)
{
	struct prompt p = { 0 };

	(void)state;
	prompt_open(&p, SLICE(""));
	press(&p, 0xe9);
	press(&p, 0x6f22);
	press(&p, 0x1f600);
	press(&p, KEY_CODE_LEFT);
	press(&p, KEY_CODE_BACKSPACE);
	assert_text(&p, "é\xf0\x9f\x98\x80");
	press(&p, KEY_CODE_DELETE);
	assert_text(&p, "é");
	prompt_release(&p);
}

static void what_a_prompt_does_not_know_is_said(void **state)
{
	struct prompt p = { 0 };

	(void)state;
	prompt_open(&p, SLICE("x"));
	assert_int_equal(press(&p, CTRL('y')), PROMPT_IGNORED);
	assert_int_equal(press(&p, KEY_CODE_F1), PROMPT_IGNORED);
	assert_int_equal(press(&p, KEY_CODE_UNKNOWN), PROMPT_IGNORED);
	assert_int_equal(press(&p, KEY_CODE_PAGE_UP), PROMPT_IGNORED);
	assert_int_equal(press(&p, KEY_CODE_ESC), PROMPT_LEAVE);
	assert_int_equal(press(&p, KEY_CODE_ENTER), PROMPT_ACCEPT);
	assert_text(&p, "x");
	prompt_release(&p);
}

static void history_keeps_the_draft(void **state)
{
	struct prompt p = { 0 };
	static const char *const old[] = { "one", "two one", "three", "one" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		prompt_open(&p, slice_str(old[i]));
		prompt_remember(&p);
	}
	assert_int_equal(p.nhistory, 3);
	prompt_open(&p, SLICE("draft"));
	press(&p, KEY_CODE_UP);
	assert_text(&p, "one");
	press(&p, CTRL('p'));
	press(&p, KEY_CODE_UP);
	press(&p, KEY_CODE_UP);
	assert_text(&p, "two one");
	for (int i = 0; i < 5; i++)
		press(&p, KEY_CODE_DOWN);
	assert_text(&p, "draft");
	press(&p, CTRL('u'));
	type(&p, "two");
	press(&p, CTRL('r'));
	assert_text(&p, "two one");
	press(&p, CTRL('r'));
	assert_text(&p, "two one");
	prompt_release(&p);
}

static void list_is_chosen_from(void **state)
{
	struct prompt p = { 0 };

	(void)state;
	prompt_open(&p, SLICE("fr"));
	p.listed = 2;
	assert_int_equal(press(&p, KEY_CODE_ENTER), PROMPT_ACCEPT);
	press(&p, KEY_CODE_DOWN);
	assert_int_equal(p.chosen, 0);
	assert_int_equal(press(&p, KEY_CODE_ENTER), PROMPT_TAKE);
	press(&p, KEY_CODE_DOWN);
	press(&p, KEY_CODE_DOWN);
	assert_int_equal(p.chosen, -1);
	press(&p, KEY_CODE_UP);
	assert_int_equal(p.chosen, 1);
	prompt_replace(&p, 0, 2, SLICE("from:"));
	assert_text(&p, "from:");
	assert_int_equal(p.chosen, -1);
	assert_int_equal(press(&p, KEY_CODE_TAB), PROMPT_TAKE);
	prompt_release(&p);
}

static void paste_becomes_one_line(void **state)
{
	struct prompt p = { 0 };

	(void)state;
	prompt_open(&p, SLICE("a"));
	paste(&p, " \tb\r\nc\x1b[31m \n");
	assert_text(&p, "ab  c\x1b[31m");
	prompt_release(&p);
}

static void drawing_wraps_and_scrolls(void **state)
{
	struct screen *s = open_screen(5, 40);
	struct window w = screen_window(s);
	struct prompt p = { 0 };

	(void)state;
	prompt_open(&p, SLICE("abcdefghijklmnop"));
	prompt_draw(&p, &w, 1, 3, 6, 2);
	assert_line(&w, 1, "   ghijkl");
	assert_line(&w, 2, "   mnop");
	p.cursor = 0;
	prompt_draw(&p, &w, 1, 3, 6, 2);
	assert_line(&w, 1, "   abcdef");
	assert_line(&w, 2, "   ghijkl");
	prompt_open(&p, SLICE("12345\xe6\xbc\xa2\x1b" "7"));
	prompt_draw(&p, &w, 1, 3, 6, 3);
	assert_line(&w, 1, "   12345");
	assert_line(&w, 2, "   漢\\x1b");
	assert_line(&w, 3, "   7");
	prompt_release(&p);
	screen_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_edit),
		cmocka_unit_test(characters_are_whole),
		cmocka_unit_test(what_a_prompt_does_not_know_is_said),
		cmocka_unit_test(history_keeps_the_draft),
		cmocka_unit_test(list_is_chosen_from),
		cmocka_unit_test(paste_becomes_one_line),
		cmocka_unit_test(drawing_wraps_and_scrolls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
