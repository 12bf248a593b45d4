/* SPDX-License-Identifier: MIT */
/* Screens without a terminal, for tests of tui and views. */
#ifndef TESTS_TUI_H
#define TESTS_TUI_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "tui/screen.h"

static inline struct screen *open_screen(int rows, int cols)
{
	struct screen_options o = { .headless = true, .colour = true,
		                    .rows = rows, .cols = cols };
	struct err err = { 0 };
	struct screen *s = screen_open(&o, &err);

	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static inline void assert_line(const struct window *w, int row,
                               const char *wanted)
{
	struct strbuf line = { 0 };

	window_line(w, row, &line);
	assert_string_equal(strbuf_text(&line), wanted);
	strbuf_release(&line);
}

/* For screens opened from now on; NULL if this system has no such locale. */
static inline const char *set_locale(const char *name)
{
	static char text[64];

	snprintf(text, sizeof text, "LC_ALL=%s", name);
	putenv(text);
	return setlocale(LC_CTYPE, "");
}

#endif
