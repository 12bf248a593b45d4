/* SPDX-License-Identifier: MIT */
/* What must hold of any screen: steps, cursor, keys, sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/browser.h"
#include "tui/key.h"
#include "views/step.h"

#define LOGS "mail1.log edge.log"

static void open_at(struct browser *b, int rows, int cols, const char *pane)
{
	struct browser_options o = { .logs = LOGS, .rows = rows, .cols = cols,
		                     .pane = pane };

	browser_open(b, &o);
	browser_settle(b);
}

static void screen_of(struct browser *b, struct strbuf *out)
{
	strbuf_reset(out);
	browser_text(b, out);
}

/* Keys --------------------------------------------------------------------- */

static void no_context_binds_a_key_twice(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CONTEXT_COUNT; c++)
		for (const struct key_row *r = key_rows; r->act; r++)
			for (size_t i = 0; i < 10 && r->keys[i]; i++)
				if (r->where & (1u << c))
					assert_ptr_equal(
						key_lookup((enum context)c,
					                   r->keys[i]), r);
}

static void commands_are_unique_and_every_key_has_one(void **state)
{
	(void)state;
	for (const struct key_row *r = key_rows; r->act; r++) {
		assert_non_null(r->help);
		if (r->act != ACT_COMMAND)
			assert_non_null(r->command);
		for (unsigned c = 0; r->command && c < CONTEXT_COUNT; c++)
			if (r->where & (1u << c))
				assert_ptr_equal(
					key_command((enum context)c,
				                    slice_str(r->command)), r);
	}
}

static void no_key_is_one_that_terminals_take(void **state)
{
	static const int taken[] = { CTRL('s'), CTRL('q'), CTRL('a'), CTRL('b'),
		                     CTRL('\\'), CTRL(']'), '[', 'O' };

	(void)state;
	for (const struct key_row *r = key_rows; r->act; r++)
		for (size_t i = 0; i < 10 && r->keys[i]; i++)
			for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
				assert_int_not_equal(r->keys[i], taken[k]);
}

static void last_line(struct browser *b, struct strbuf *out)
{
	struct strbuf all = { 0 };
	struct slice text;

	browser_text(b, &all);
	text = strbuf_slice(&all);
	text.len--;
	strbuf_reset(out);
	strbuf_add_slice(out, slice_from(text, slice_rchr(text, '\n') + 1));
	strbuf_release(&all);
}

static bool says_no(struct browser *b)
{
	struct strbuf line = { 0 };
	bool no;

	last_line(b, &line);
	no = strstr(strbuf_text(&line), "nothing here") ||
	     strstr(strbuf_text(&line), "not in this version") ||
	     strstr(strbuf_text(&line), "error:");
	strbuf_release(&line);
	return no;
}

/* Presses the key of each entry of the legend in a browser of its own. */
static void check_legend(int rows, int cols, const char *pane)
{
	struct strbuf legend = { 0 };
	struct browser b;
	struct slice rest;

	open_at(&b, rows, cols, pane);
	last_line(&b, &legend);
	browser_close(&b);
	assert_true(text_width(strbuf_slice(&legend)) < cols);
	rest = slice_trim(strbuf_slice(&legend));
	assert_true(rest.len > 0);
	while (rest.len) {
		struct slice name = slice_cut(&rest, ' ');
		size_t end = slice_find(rest, SLICE("  "));
		char key[32];

		rest = end == SLICE_NONE ? SLICE("")
		                         : slice_trim(slice_from(rest, end));
		snprintf(key, sizeof key, "%.*s", SLICE_FMT(name));
		open_at(&b, rows, cols, pane);
		browser_keys(&b, key);
		browser_settle(&b);
		if (says_no(&b))
			fail_msg("%s: the legend offers %s", pane, key);
		browser_close(&b);
	}
	strbuf_release(&legend);
}

static void legends_list_only_keys_that_work(void **state)
{
	static const char *const panes[] = { "Messages", "Sources", "Events",
		                             "Overview", "Timeline" };

	(void)state;
	for (size_t i = 0; i < sizeof panes / sizeof *panes; i++) {
		check_legend(24, 80, panes[i]);
		check_legend(48, 160, panes[i]);
		check_legend(12, 40, panes[i]);
	}
}

static void a_key_that_does_nothing_says_so(void **state)
{
	struct browser b;

	(void)state;
	open_at(&b, 24, 80, "Messages");
	for (int key = 1; key < 127; key++) {
		enum context c = shell_step(b.shell)->view->context;
		const struct key_row *r = key_lookup(c, key);
		struct input in = { .key = key };
		struct strbuf line = { 0 };

		if (key == KEY_CODE_ESC || (r && !r->later))
			continue;
		shell_key(b.shell, &in);
		last_line(&b, &line);
		if (!strstr(strbuf_text(&line), "nothing here") &&
		    !strstr(strbuf_text(&line), "not in this version") &&
		    !strstr(strbuf_text(&line), "works in"))
			fail_msg("key %d says: %s", key, strbuf_text(&line));
		strbuf_release(&line);
	}
	browser_close(&b);
}

/* Steps -------------------------------------------------------------------- */

static void esc_restores_the_screen_without_a_query(void **state)
{
	static const char *const scripts[] = {
		"f", "F", "l f", "l F", "h f", "8", "0", "Enter", "t", "o",
		"?", "j j f", "G f", "0", "\\ \"code:250\" Enter",
		"\\ \"nothing:at all\"", ": \"messages\" Enter", "v",
		"\\ \"to:nobody@nowhere.example\" Enter",
	};
	struct strbuf before = { 0 }, after = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct browser b;
		uint64_t asked;

		open_at(&b, 24, 80, "Messages");
		browser_keys(&b, "j j j");
		browser_settle(&b);
		/* movement is no step: it is done before the screen is kept */
		if (slice_starts(slice_str(scripts[i]), SLICE("l ")))
			browser_keys(&b, "l");
		if (slice_starts(slice_str(scripts[i]), SLICE("h ")))
			browser_keys(&b, "h");
		if (slice_starts(slice_str(scripts[i]), SLICE("j ")))
			browser_keys(&b, "j j");
		if (slice_starts(slice_str(scripts[i]), SLICE("G ")))
			browser_keys(&b, "G");
		browser_settle(&b);
		screen_of(&b, &before);
		{
			const char *keys = scripts[i];

			if (strchr("lhjG", keys[0]))
				keys = strrchr(keys, ' ');
			browser_keys(&b, keys);
		}
		browser_settle(&b);
		asked = shell_asked(b.shell);
		browser_keys(&b, "Esc");
		assert_int_equal(shell_asked(b.shell), asked);
		screen_of(&b, &after);
		if (!slice_eq(strbuf_slice(&before), strbuf_slice(&after)))
			fail_msg("after %s and Esc:\n%s\nnot:\n%s", scripts[i],
			         strbuf_text(&after), strbuf_text(&before));
		browser_close(&b);
	}
	strbuf_release(&before);
	strbuf_release(&after);
}

static void many_steps_are_undone_one_by_one(void **state)
{
	static const char *const keys[] = { "f", "8", "0", "3", "l l F" };
	struct strbuf screens[6] = { { 0 } }, now = { 0 };
	struct browser b;
	size_t n = 0;

	(void)state;
	open_at(&b, 30, 100, "Messages");
	screen_of(&b, &screens[n++]);
	browser_keys(&b, keys[0]);
	browser_settle(&b);
	screen_of(&b, &screens[n++]);
	/* 8 0: the second pane key replaces the first */
	browser_keys(&b, "8");
	browser_settle(&b);
	browser_keys(&b, "0");
	browser_settle(&b);
	while (n-- > 0) {
		browser_keys(&b, "Esc");
		browser_settle(&b);
		screen_of(&b, &now);
		assert_string_equal(strbuf_text(&now), strbuf_text(&screens[n]));
	}
	browser_close(&b);
	for (size_t i = 0; i < 6; i++)
		strbuf_release(&screens[i]);
	strbuf_release(&now);
}

/* Cursor ------------------------------------------------------------------- */

static void the_cursor_stays_on_its_row(void **state)
{
	static const char *const scripts[] = {
		"s", "s s", "l s", "l l l s", "S", "h s S", "u", "u u",
		"\\ \"to:corp.example or from:corp.example\" Enter", "8 3",
		"0 3", "f", "? Esc", "Enter Esc", "^l",
	};

	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct browser b;
		int64_t id;

		open_at(&b, 24, 80, "Messages");
		browser_keys(&b, "j j j j j j j j");
		browser_settle(&b);
		id = shell_cursor(b.shell);
		browser_keys(&b, scripts[i]);
		browser_settle(&b);
		if (shell_cursor(b.shell) != id)
			fail_msg("%s moved the cursor", scripts[i]);
		browser_close(&b);
	}
}

static int64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)(*seed >> 33);
}

static void sizes_keep_the_cursor_in_sight(void **state)
{
	struct strbuf text = { 0 };
	struct browser b;
	uint64_t seed = 4711;
	int64_t id;

	(void)state;
	open_at(&b, 24, 80, "Messages");
	browser_keys(&b, "G k k k");
	browser_settle(&b);
	id = shell_cursor(b.shell);
	for (int i = 0; i < 200; i++) {
		int rows = 12 + (int)(next_random(&seed) % 89);
		int cols = 40 + (int)(next_random(&seed) % 261);

		browser_resize(&b, rows, cols);
		if (i % 3 == 0)
			browser_keys(&b, "^l");
		screen_of(&b, &text);
		if (i % 2)
			browser_settle(&b);
		assert_int_equal(shell_cursor(b.shell), id);
		if (!strstr(strbuf_text(&text), "\n>"))
			fail_msg("no cursor at %dx%d:\n%s", cols, rows,
			         strbuf_text(&text));
	}
	strbuf_release(&text);
	browser_close(&b);
}

static void random_keys_break_nothing(void **state)
{
	static const char *const keys[] = {
		"j", "k", "h", "l", "g", "G", "^d", "^u", "PgDn", "PgUp",
		"Enter", "Esc", "3", "8", "0", "Tab", "S-Tab", "t", "o", "f",
		"F", "r", "1", "s", "S", "u", "Space", "M", "*", "v", "y", "Y",
		"\\", ":", "/", "n", "N", "?", "^c", "^l", "\"x\"", "Up",
		"Down", "Backspace", "q", "J", "R", "^y", "^w",
	};
	struct strbuf text = { 0 };
	uint64_t seed = 20260310;

	(void)state;
	for (int script = 0; script < 40; script++) {
		struct browser b;

		open_at(&b, 12 + script, 40 + 3 * script, "Messages");
		for (int i = 0; i < 60; i++) {
			size_t k = (size_t)next_random(&seed) %
			           (sizeof keys / sizeof *keys);

			browser_keys(&b, keys[k]);
			if (i % 5 == 0)
				browser_pass(&b, 50);
			if (next_random(&seed) % 2)
				browser_settle(&b);
			screen_of(&b, &text);
		}
		assert_false(shell_done(b.shell));
		browser_settle(&b);
		browser_close(&b);
	}
	strbuf_release(&text);
}

/* Rows that must be paged: down one by one, to the end and back. */
static void paging_shows_every_row_once(void **state)
{
	struct browser b;
	int64_t ids[1000], last = 0;
	size_t n = 0;

	(void)state;
	open_at(&b, 24, 80, "Events");
	for (int i = 0; i < 1000 && shell_cursor(b.shell) != last; i++) {
		last = shell_cursor(b.shell);
		ids[n++] = last;
		assert_true(shell_step(b.shell)->place.base >= 0);
		browser_keys(&b, "j");
		browser_settle(&b);
	}
	assert_int_equal(n, step_reply(shell_step(b.shell), SLOT_COUNT_ROWS)
	                            ->count.n);
	assert_true(n > 400); /* several pages */
	for (size_t i = n; i-- > 0;) {
		assert_int_equal(shell_cursor(b.shell), ids[i]);
		browser_keys(&b, "k");
		browser_settle(&b);
	}
	browser_keys(&b, "G");
	browser_settle(&b);
	assert_int_equal(shell_cursor(b.shell), ids[n - 1]);
	/* keys that come before the rows do are owed, not lost */
	browser_keys(&b, "g G k k k");
	browser_settle(&b);
	assert_int_equal(shell_cursor(b.shell), ids[n - 4]);
	browser_keys(&b, "g ^d ^d ^d ^d ^d ^d ^d ^d ^d ^d ^d ^d ^d ^d ^d");
	browser_settle(&b);
	assert_int_equal(shell_step(b.shell)->place.base +
	                         shell_step(b.shell)->place.row, 120);
	assert_int_equal(shell_cursor(b.shell), ids[120]);
	browser_close(&b);
}

static uint64_t count_of(struct browser *b)
{
	const struct reply *r = step_reply(shell_step(b->shell),
	                                   SLOT_COUNT_ROWS);

	assert_non_null(r);
	assert_true(r->ok);
	return r->count.n;
}

static void enter_opens_what_the_cell_counts(void **state)
{
	struct browser b;

	(void)state;
	open_at(&b, 24, 80, "Sources");
	for (int row = 0; row < 2; row++) {
		const struct step *s = shell_step(b.shell);
		const struct result *r = step_result(s, SLOT_PAGE);
		int64_t unknown = result_cell(r, (size_t)s->place.row,
		                              "unknown_lines")->number;
		int64_t events = result_cell(r, (size_t)s->place.row,
		                             "events")->number;

		browser_keys(&b, "Enter");
		browser_settle(&b);
		assert_int_equal(count_of(&b), unknown);
		browser_keys(&b, "Esc h Enter");
		browser_settle(&b);
		assert_int_equal(count_of(&b), events);
		browser_keys(&b, "Esc l j");
		browser_settle(&b);
	}
	browser_close(&b);
}

static void the_list_below_follows_in_trace(void **state)
{
	struct browser b;
	int64_t ids[5];

	(void)state;
	open_at(&b, 24, 80, "Messages");
	for (size_t i = 0; i < 5; i++) {
		ids[i] = shell_cursor(b.shell);
		browser_keys(&b, "j");
	}
	browser_keys(&b, "g Enter");
	browser_settle(&b);
	for (size_t i = 1; i < 5; i++) {
		browser_keys(&b, "J");
		browser_settle(&b);
	}
	browser_keys(&b, "K Esc");
	browser_settle(&b);
	assert_int_equal(shell_cursor(b.shell), ids[3]);
	browser_close(&b);
}

static void a_stopped_query_leaves_the_last_good_rows(void **state)
{
	struct strbuf before = { 0 }, after = { 0 };
	struct browser b;

	(void)state;
	open_at(&b, 24, 80, "Messages");
	screen_of(&b, &before);
	browser_keys(&b, "f");
	browser_pass(&b, 800);
	screen_of(&b, &after);
	assert_non_null(strstr(strbuf_text(&after), "busy 0.7 s, ^C stops"));
	browser_keys(&b, "^c");
	browser_settle(&b);
	browser_keys(&b, "^l"); /* the message goes */
	screen_of(&b, &after);
	assert_string_equal(strbuf_text(&after), strbuf_text(&before));
	browser_close(&b);
	strbuf_release(&before);
	strbuf_release(&after);
}

static void no_key_loses_marks(void **state)
{
	struct strbuf text = { 0 };
	struct browser b;

	(void)state;
	open_at(&b, 24, 100, "Messages");
	browser_keys(&b, "Space Space j j M");
	browser_settle(&b);
	browser_keys(&b, "8");
	browser_settle(&b);
	browser_keys(&b, "Space f Esc Esc 0 Esc s S u ^c Esc Esc");
	browser_settle(&b);
	screen_of(&b, &text);
	assert_non_null(strstr(strbuf_text(&text), "6 marked"));
	browser_close(&b);
	strbuf_release(&text);
}

static int forget(void **state)
{
	(void)state;
	browser_forget_cases();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_context_binds_a_key_twice),
		cmocka_unit_test(commands_are_unique_and_every_key_has_one),
		cmocka_unit_test(no_key_is_one_that_terminals_take),
		cmocka_unit_test(legends_list_only_keys_that_work),
		cmocka_unit_test(a_key_that_does_nothing_says_so),
		cmocka_unit_test(esc_restores_the_screen_without_a_query),
		cmocka_unit_test(many_steps_are_undone_one_by_one),
		cmocka_unit_test(the_cursor_stays_on_its_row),
		cmocka_unit_test(sizes_keep_the_cursor_in_sight),
		cmocka_unit_test(random_keys_break_nothing),
		cmocka_unit_test(paging_shows_every_row_once),
		cmocka_unit_test(enter_opens_what_the_cell_counts),
		cmocka_unit_test(the_list_below_follows_in_trace),
		cmocka_unit_test(a_stopped_query_leaves_the_last_good_rows),
		cmocka_unit_test(no_key_loses_marks),
	};

	return cmocka_run_group_tests_name("shell", tests, NULL, forget);
}
