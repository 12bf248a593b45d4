/* SPDX-License-Identifier: MIT */
/* Names of keys, as legends, help and key scripts write them. */
#include "tui/key.h"

#include "base/text.h"

static const struct {
	int key;
	const char *name;
} names[] = {
	{ KEY_CODE_TAB, "Tab" },
	{ KEY_CODE_ENTER, "Enter" },
	{ KEY_CODE_ESC, "Esc" },
	{ KEY_CODE_BACKSPACE, "Backspace" },
	{ ' ', "Space" },
	{ KEY_CODE_UP, "Up" },
	{ KEY_CODE_DOWN, "Down" },
	{ KEY_CODE_LEFT, "Left" },
	{ KEY_CODE_RIGHT, "Right" },
	{ KEY_CODE_HOME, "Home" },
	{ KEY_CODE_END, "End" },
	{ KEY_CODE_PAGE_UP, "PgUp" },
	{ KEY_CODE_PAGE_DOWN, "PgDn" },
	{ KEY_CODE_BACKTAB, "S-Tab" },
	{ KEY_CODE_DELETE, "Del" },
	{ KEY_CODE_F1, "F1" },
	{ KEY_CODE_F1 + 1, "F2" },
	{ KEY_CODE_F1 + 2, "F3" },
	{ KEY_CODE_F1 + 3, "F4" },
	{ KEY_CODE_F1 + 4, "F5" },
	{ KEY_CODE_F1 + 5, "F6" },
	{ KEY_CODE_F1 + 6, "F7" },
	{ KEY_CODE_F1 + 7, "F8" },
	{ KEY_CODE_F1 + 8, "F9" },
	{ KEY_CODE_F1 + 9, "F10" },
	{ KEY_CODE_F1 + 10, "F11" },
	{ KEY_CODE_F12, "F12" },
	{ KEY_CODE_PASTE, "Paste" },
	{ KEY_CODE_MOUSE, "Mouse" },
	{ KEY_CODE_RESIZE, "Resize" },
	{ KEY_CODE_UNKNOWN, "Unknown" },
	/* second names come behind the first */
	{ KEY_CODE_UP, "↑" },
	{ KEY_CODE_DOWN, "↓" },
	{ KEY_CODE_LEFT, "←" },
	{ KEY_CODE_RIGHT, "→" },
};
#define NAMES (sizeof names / sizeof *names)

/* ^\ ^] ^^ ^_ are control characters too; ^[ is Esc */
static const char *control_name(int key, char *buf)
{
	buf[0] = '^';
	buf[1] = (char)(key + (key <= 26 ? 'a' - 1 : '@'));
	buf[2] = '\0';
	return buf;
}

static const char *char_name(int key, char *buf)
{
	struct strbuf text = { 0 };

	text_add_char(&text, (uint32_t)key);
	memcpy(buf, strbuf_text(&text), text.len < 7 ? text.len + 1 : 7);
	buf[7] = '\0';
	strbuf_release(&text);
	return buf;
}

const char *key_name(int key, char *buf)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].key == key)
			return names[i].name;
	if (key <= 0 || key > 0x10ffff)
		return "Unknown";
	return key < ' ' ? control_name(key, buf) : char_name(key, buf);
}

static int key_of_char(struct slice s)
{
	uint32_t c = text_next(&s);

	return s.len == 0 && c != TEXT_BAD && c >= ' ' ? (int)c : 0;
}

int key_find(const char *name)
{
	struct slice s = slice_str(name);

	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].key;
	if (!s.len)
		return 0;
	if (s.len == 2 && s.ptr[0] == '^' && s.ptr[1] > ' ' && s.ptr[1] < 127)
		return CTRL(s.ptr[1]);
	return key_of_char(s);
}
