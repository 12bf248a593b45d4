/* SPDX-License-Identifier: MIT */
/* Bytes into keys, in one piece and cut by a slow link; names of keys. */
#include "tests/tui.h"

#include "tui/decode.h"

struct heard {
	int keys[256];
	size_t n;
	struct strbuf paste;
	struct input last;
};

static void hear(void *arg, const struct input *in)
{
	struct heard *h = arg;

	if (h->n < 256)
		h->keys[h->n++] = in->key;
	if (in->key == KEY_CODE_PASTE) {
		strbuf_reset(&h->paste);
		strbuf_add_slice(&h->paste, strbuf_slice(&in->text));
	}
	h->last = *in;
	h->last.text = (struct strbuf){ 0 };
}

static void feed(struct decoder *d, struct heard *h, const char *text,
                 int64_t now)
{
	decoder_feed(d, slice_str(text), now, hear, h);
}

static void assert_keys(struct heard *h, size_t n, const int *keys)
{
	assert_int_equal(h->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(h->keys[i], keys[i]);
	h->n = 0;
}
#define KEYS(h, ...)                                                         \
	assert_keys(h, sizeof((int[]){ __VA_ARGS__ }) / sizeof(int),         \
	            (int[]){ __VA_ARGS__ })

static void sequences_of_terminals(void **state)
{
	static const struct {
		const char *bytes;
		int key;
	} table[] = {
		{ "j", 'j' }, { "\xc3\xa9", 0xe9 }, { "\r", KEY_CODE_ENTER },
		{ "\n", KEY_CODE_ENTER }, { "\t", KEY_CODE_TAB },
		{ "\x7f", KEY_CODE_BACKSPACE }, { "\b", KEY_CODE_BACKSPACE },
		{ "\x03", CTRL('c') }, { "\x1a", CTRL('z') },
		{ "\x1b[A", KEY_CODE_UP }, { "\x1bOA", KEY_CODE_UP },
		{ "\x1b[D", KEY_CODE_LEFT }, { "\x1b[H", KEY_CODE_HOME },
		{ "\x1b[1~", KEY_CODE_HOME }, { "\x1bOF", KEY_CODE_END },
		{ "\x1b[5~", KEY_CODE_PAGE_UP },
		{ "\x1b[6~", KEY_CODE_PAGE_DOWN },
		{ "\x1b[3~", KEY_CODE_DELETE }, { "\x1b[Z", KEY_CODE_BACKTAB },
		{ "\x1bOP", KEY_CODE_F1 }, { "\x1b[[A", KEY_CODE_F1 },
		{ "\x1b[14~", KEY_CODE_F1 + 3 },
		{ "\x1b[21~", KEY_CODE_F1 + 9 }, { "\x1b[24~", KEY_CODE_F12 },
		{ "\x1b[1;5A", KEY_CODE_UNKNOWN },
		{ "\x1b[99~", KEY_CODE_UNKNOWN },
		{ "\x1b[99999999999999999999~", KEY_CODE_UNKNOWN },
		{ "\x1bj", KEY_CODE_UNKNOWN }, { "\x1b\xc3\xa9", KEY_CODE_UNKNOWN },
		{ "\xff", KEY_CODE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct decoder d = { 0 };
		struct heard h = { 0 };

		feed(&d, &h, table[i].bytes, 0);
		KEYS(&h, table[i].key);
		/* and the next key is heard again */
		feed(&d, &h, "k", 1000);
		KEYS(&h, 'k');
		/* byte by byte, as a slow line brings it */
		for (const char *c = table[i].bytes; *c; c++)
			decoder_feed(&d, slice_of(c, 1), 5000, hear, &h);
		KEYS(&h, table[i].key);
		decoder_release(&d);
	}
}

static void lone_esc_waits_for_its_delay(void **state)
{
	struct decoder d = { 0 };
	struct heard h = { 0 };

	(void)state;
	feed(&d, &h, "\x1b", 100);
	assert_int_equal(h.n, 0);
	assert_int_equal(decoder_wait(&d, 100), 25);
	decoder_tick(&d, 124, hear, &h);
	assert_int_equal(h.n, 0);
	decoder_tick(&d, 125, hear, &h);
	KEYS(&h, KEY_CODE_ESC);
	assert_int_equal(decoder_wait(&d, 125), -1);
	feed(&d, &h, "\x1b\x1b", 3000);
	decoder_tick(&d, 3100, hear, &h);
	KEYS(&h, KEY_CODE_ESC, KEY_CODE_ESC);
}

static void rest_of_a_sequence_cut_by_the_link_is_swallowed(void **state)
{
	struct decoder d = { 0 };
	struct heard h = { 0 };

	(void)state;
	feed(&d, &h, "\x1b", 0);
	decoder_tick(&d, 25, hear, &h);
	KEYS(&h, KEY_CODE_ESC);
	feed(&d, &h, "[1;5", 200);
	feed(&d, &h, "Aj", 300);
	KEYS(&h, 'j');
	feed(&d, &h, "\x1b", 1000);
	decoder_tick(&d, 1025, hear, &h);
	feed(&d, &h, "OAk", 1400);
	KEYS(&h, KEY_CODE_ESC, 'k');
	/* later than that it is a key */
	feed(&d, &h, "\x1b", 2000);
	decoder_tick(&d, 2025, hear, &h);
	feed(&d, &h, "[x", 2600);
	KEYS(&h, KEY_CODE_ESC, '[', 'x');
	/* only the next byte, not any later one */
	feed(&d, &h, "\x1b", 3000);
	decoder_tick(&d, 3025, hear, &h);
	feed(&d, &h, "j[", 3100);
	KEYS(&h, KEY_CODE_ESC, 'j', '[');
}

static void paste_never_acts_as_keys(void **state)
{
	struct decoder d = { 0 };
	struct heard h = { 0 };
	char text[10001];

	(void)state;
	memset(text, 'Q', 10000);
	text[10000] = '\0';
	feed(&d, &h, "\x1b[200~", 0);
	feed(&d, &h, text, 1);
	feed(&d, &h, "\x1b[A\x03\x1b[20", 2);
	assert_int_equal(h.n, 0);
	feed(&d, &h, "1~j", 3);
	KEYS(&h, KEY_CODE_PASTE, 'j');
	assert_int_equal(h.paste.len, 10004);
	/* also when the link cut its beginning, or stalled within */
	feed(&d, &h, "\x1b", 1000);
	decoder_tick(&d, 1025, hear, &h);
	feed(&d, &h, "[200~dQ", 1100);
	feed(&d, &h, "Q", 90000);
	feed(&d, &h, "\x1b[201~", 90001);
	KEYS(&h, KEY_CODE_ESC, KEY_CODE_PASTE);
	assert_string_equal(strbuf_text(&h.paste), "dQQ");
	/* without an end the terminal is not lost */
	feed(&d, &h, "\x1b[200~abc", 100000);
	decoder_tick(&d, 100000 + DECODE_PASTE_MS, hear, &h);
	feed(&d, &h, "j", 120000);
	KEYS(&h, KEY_CODE_PASTE, 'j');
	strbuf_release(&h.paste);
	decoder_release(&d);
}

static void paste_is_bounded(void **state)
{
	struct decoder d = { 0 };
	struct heard h = { 0 };
	char text[4097];

	(void)state;
	memset(text, 'x', 4096);
	text[4096] = '\0';
	feed(&d, &h, "\x1b[200~", 0);
	for (int i = 0; i < 300; i++)
		feed(&d, &h, text, 0);
	feed(&d, &h, "\x1b[201~j", 0);
	KEYS(&h, KEY_CODE_PASTE, 'j');
	assert_int_equal(h.paste.len, DECODE_PASTE_MAX);
	strbuf_release(&h.paste);
	decoder_release(&d);
}

static void mouse_is_told_in_cells(void **state)
{
	struct decoder d = { 0 };
	struct heard h = { 0 };

	(void)state;
	feed(&d, &h, "\x1b[<0;11;5M", 0);
	assert_int_equal(h.last.mouse_button, 1);
	assert_int_equal(h.last.mouse_col, 10);
	assert_int_equal(h.last.mouse_row, 4);
	assert_true(h.last.mouse_press);
	feed(&d, &h, "\x1b[<32;12;5M", 0);
	assert_true(h.last.mouse_drag);
	feed(&d, &h, "\x1b[<0;12;5m", 0);
	assert_int_equal(h.last.mouse_button, 0);
	feed(&d, &h, "\x1b[<65;1;1M", 0);
	assert_int_equal(h.last.mouse_button, 5);
	h.n = 0;
	feed(&d, &h, "\x1b[<;;M\x1b[<1M\x1b[<1;2;99999999999M", 0);
	assert_int_equal(h.n, 0);
}

static void answers_of_the_terminal_are_no_keys(void **state)
{
	struct decoder d = { 0 };
	struct heard h = { 0 };

	(void)state;
	feed(&d, &h, "\x1b[?62;c\x1b[>1;10;0c", 0);
	assert_int_equal(h.n, 0);
}

/* Whatever comes, the decoder hears a key that follows after a rest. */
static void any_bytes_leave_a_working_decoder(void **state)
{
	uint32_t seed = 12345;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		static const char pool[] = "\x1b\x1b[O<;20~AMm?jQ\x80\xc3\xff";
		struct decoder d = { 0 };
		struct heard h = { 0 };
		char bytes[24];

		for (size_t j = 0; j < sizeof bytes; j++) {
			seed = seed * 1664525 + 1013904223;
			bytes[j] = pool[(seed >> 16) % (sizeof pool - 1)];
		}
		decoder_feed(&d, slice_of(bytes, sizeof bytes), 0, hear, &h);
		decoder_tick(&d, 30000, hear, &h);
		decoder_tick(&d, 60000, hear, &h);
		feed(&d, &h, "zk", 99000);
		assert_int_equal(h.keys[h.n - 1], 'k');
		strbuf_release(&h.paste);
		decoder_release(&d);
	}
}

static void names_are_found_again(void **state)
{
	static const int keys[] = { 'j', 'G', '?', ' ', CTRL('d'), CTRL('z'),
		KEY_CODE_TAB, KEY_CODE_ENTER, KEY_CODE_ESC, KEY_CODE_BACKSPACE,
		KEY_CODE_UP, KEY_CODE_PAGE_DOWN, KEY_CODE_BACKTAB, KEY_CODE_F12,
		KEY_CODE_F1, 0xe9, 0x1f600, '^', '\\', 28 };
	char buf[8];

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_int_equal(key_find(key_name(keys[i], buf)), keys[i]);
	assert_string_equal(key_name(CTRL('d'), buf), "^d");
	assert_string_equal(key_name(KEY_CODE_PAGE_DOWN, buf), "PgDn");
	assert_string_equal(key_name('j', buf), "j");
	assert_int_equal(key_find("↑"), KEY_CODE_UP);
	assert_int_equal(key_find("^D"), CTRL('d'));
	assert_int_equal(key_find(""), 0);
	assert_int_equal(key_find("Entr"), 0);
	assert_int_equal(key_find("\x01"), 0);
	assert_string_equal(key_name(-5, buf), "Unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences_of_terminals),
		cmocka_unit_test(lone_esc_waits_for_its_delay),
		cmocka_unit_test(rest_of_a_sequence_cut_by_the_link_is_swallowed),
		cmocka_unit_test(paste_never_acts_as_keys),
		cmocka_unit_test(paste_is_bounded),
		cmocka_unit_test(mouse_is_told_in_cells),
		cmocka_unit_test(answers_of_the_terminal_are_no_keys),
		cmocka_unit_test(any_bytes_leave_a_working_decoder),
		cmocka_unit_test(names_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
