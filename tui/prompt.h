/* SPDX-License-Identifier: MIT */
/* A line being edited, with history and a list to choose from. */
#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "tui/key.h"
#include "tui/window.h"

struct prompt {
	struct strbuf text;
	size_t cursor; /* byte */
	char **history; /* owned, oldest first */
	size_t nhistory, chistory;
	size_t at;      /* in history; nhistory: the line itself */
	struct strbuf draft;
	int chosen;     /* in the list, -1 none */
	int listed;     /* entries of the list now shown */
};

enum prompt_result { PROMPT_MORE, PROMPT_ACCEPT, PROMPT_LEAVE, PROMPT_TAKE,
	PROMPT_IGNORED };

void prompt_release(struct prompt *p);
void prompt_open(struct prompt *p, struct slice text); /* cursor at the end */
/* PROMPT_TAKE: Tab, or Enter with an entry chosen: the owner completes. */
enum prompt_result prompt_key(struct prompt *p, const struct input *in);
void prompt_insert(struct prompt *p, struct slice text);
void prompt_replace(struct prompt *p, size_t start, size_t len,
                    struct slice text); /* cursor behind it */
void prompt_remember(struct prompt *p);  /* into the history, no doubles */
/* Draws the text from COL on, wrapped over ROWS lines; sets the cursor. */
void prompt_draw(const struct prompt *p, const struct window *w, int row,
                 int col, int width, int rows);

#endif
