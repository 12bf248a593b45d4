/* SPDX-License-Identifier: MIT */
/* Screens without a terminal, for tests of tui and views. */
#ifndef TESTS_TUI_H
#define TESTS_TUI_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

#endif
