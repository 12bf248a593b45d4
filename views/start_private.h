/* SPDX-License-Identifier: MIT */
/* The state of the start screen (start*.c only). */
#ifndef VIEWS_START_PRIVATE_H
#define VIEWS_START_PRIVATE_H

#include "tui/prompt.h"
#include "views/start.h"
#include "views/start_cases.h"

struct start {
	struct start_options o;
	struct screen *screen;
	struct case_list cases;
	struct case_list *looked; /* the job's, to be read when it has ended */
	struct job *job;
	size_t cursor;
	int64_t now;
	enum { START_LIST, START_LINE, START_FORGET } mode;
	struct prompt line;
	const char *title; /* of the line */
	struct strbuf message;
	char *path;
	bool done;
};

/* As much as is known of the cases now. */
const struct case_list *start_cases(struct start *s);

#endif
