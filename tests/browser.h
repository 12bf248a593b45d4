/* SPDX-License-Identifier: MIT */
/* The browser without a terminal: a case read from tests/fixtures, keys by
 * name, screens as text. */
#ifndef TESTS_BROWSER_H
#define TESTS_BROWSER_H

#include "tui/screen.h"
#include "views/shell.h"

struct browser_options {
	const char *logs;   /* names in tests/fixtures, blank separated */
	const char *folder; /* of the logs; NULL: tests/fixtures */
	const char *filter, *pane;
	int rows, cols;
	bool ascii, plain;  /* plain: no colour */
	bool writes;        /* notes and settings go into a copy of the case */
	bool cache;         /* … that nobody has named */
	bool indexing;      /* as if one more log were still being read */
};

struct browser {
	struct screen *screen;
	struct worker *worker;
	struct shell *shell;
	char *folder; /* random part of its name, see browser_text */
	char *case_path;
	bool indexing, stopped, copied;
};

/* Fails the test if it cannot. The clock stands still at 1 s. */
void browser_open(struct browser *b, const struct browser_options *o);
void browser_close(struct browser *b);
/* "j Enter ^d \"text typed\"": no answer is taken in between. */
void browser_keys(struct browser *b, const char *keys);
void browser_paste(struct browser *b, const char *text);
/* Takes all answers, and lets the time pass that typing rests. */
void browser_settle(struct browser *b);
void browser_pass(struct browser *b, int64_t ms);
void browser_resize(struct browser *b, int rows, int cols);
/* Draws; lines without trailing blanks, the random part of paths as XXXXXX. */
void browser_text(struct browser *b, struct strbuf *out);

/* Reading has ended: the case is opened again at the next tick. */
void browser_end_indexing(struct browser *b);

/* The cases made so far are removed. */
void browser_forget_cases(void);

#endif
