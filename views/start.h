/* SPDX-License-Identifier: MIT */
/* The first screen when nothing was named: cases known, and how to open logs. It
 * reads no evidence by itself. */
#ifndef VIEWS_START_H
#define VIEWS_START_H

#include "tui/key.h"
#include "tui/screen.h"

#include <stdint.h>

struct start_options {
	bool ascii, colour, mouse;
	int64_t now;        /* us; TIME_NONE: the clock */
	const char *sample; /* folder of the sample's logs; NULL: none here */
	const char *home;   /* ~; NULL: none */
	const char *folder; /* of the list of cases; NULL: the user's cache */
	bool here;          /* tests: look into the cases at once */
};

/* What was chosen: a case or a log; NULL: to quit. Owned. */
struct start_choice {
	char *path;
};
bool start_run(const struct start_options *o, struct start_choice *out,
               struct err *err);

/* The screen without a terminal. */
struct start;
struct start *start_new(const struct start_options *o);
void start_free(struct start *s);
void start_key(struct start *s, const struct input *in);
void start_draw(struct start *s, const struct window *w);
bool start_done(const struct start *s);
const char *start_path(const struct start *s); /* chosen; NULL: none */

#endif
