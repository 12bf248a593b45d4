/* SPDX-License-Identifier: MIT */
/* Waits for keys, descriptors and time, and calls. Keys that have arrived are
 * all handled before the screen is painted once. */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include "base/err.h"
#include "tui/key.h"
#include "tui/screen.h"

#include <stdint.h>

struct loop_client {
	void *arg;
	void (*key)(void *arg, const struct input *in);
	void (*ready)(void *arg);  /* the descriptor is readable */
	/* Milliseconds until tick should be called, -1: no need. */
	int (*wait)(void *arg);
	void (*tick)(void *arg);
	void (*draw)(void *arg, const struct window *w);
	bool (*done)(void *arg);
};

/* Returns when the client is done, or on SIGTERM, SIGHUP, SIGINT (false, ERR
 * says which). FD -1: none. */
bool loop_run(struct screen *s, int fd, const struct loop_client *c,
              struct err *err);

/* Milliseconds of the monotonic clock; tests set their own. */
int64_t loop_now(void);
void loop_set_now(int64_t ms); /* from now on only moved by this; -1: real */

#endif
