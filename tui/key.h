/* SPDX-License-Identifier: MIT */
/* Keys as numbers, their names, and how they arrive from a terminal. */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include "base/strbuf.h"

/* A character is its code point; ^A … ^Z are 1 … 26, Esc 27, Backspace 127. */
enum {
	KEY_CODE_TAB = 9, KEY_CODE_ENTER = 13, KEY_CODE_ESC = 27,
	KEY_CODE_BACKSPACE = 127,
	KEY_CODE_UP = 0x200000, KEY_CODE_DOWN, KEY_CODE_LEFT, KEY_CODE_RIGHT,
	KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_PAGE_UP, KEY_CODE_PAGE_DOWN,
	KEY_CODE_BACKTAB, KEY_CODE_DELETE, KEY_CODE_F1, /* … F12 follow */
	KEY_CODE_F12 = KEY_CODE_F1 + 11,
	KEY_CODE_PASTE,   /* text in input.text */
	KEY_CODE_MOUSE, KEY_CODE_RESIZE, KEY_CODE_UNKNOWN,
};
#define CTRL(c) ((c) & 0x1f)

struct input {
	int key;
	struct strbuf text; /* of KEY_CODE_PASTE; released by the reader */
	int mouse_row, mouse_col, mouse_button; /* 0 release, 4 5 wheel */
	bool mouse_press, mouse_drag;
};

/* "^d", "PgDn", "Enter", "j": for legend, help, tests. Static text for named
 * keys, else BUF (at least 8 bytes). */
const char *key_name(int key, char *buf);
/* The key of a name, as key scripts write them; 0: no such name. */
int key_find(const char *name);

#endif
