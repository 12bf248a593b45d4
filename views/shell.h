/* SPDX-License-Identifier: MIT */
/* The shell: the stack of steps, the frame around a view, prompts, and all
 * questions to the case. Draws into any window; needs no terminal. */
#ifndef VIEWS_SHELL_H
#define VIEWS_SHELL_H

#include "tui/key.h"
#include "views/view.h"

/* Logs that are being read beside the screen. */
struct shell_index {
	void *arg;
	/* False: it has ended; then the case is opened again. */
	bool (*progress)(void *arg, struct index_progress *out);
	void (*stop)(void *arg);
	const char *(*path)(void *arg); /* of the case when it is done */
	/* One sentence when it has ended; appended to OUT. */
	void (*summary)(void *arg, struct strbuf *out);
};

struct shell_options {
	struct worker *worker;     /* borrowed */
	struct screen *screen;     /* for copy, suspend, mouse; NULL: none */
	const char *case_name;     /* in the title */
	const char *filter;        /* of the first step; NULL none */
	const char *pane;          /* first pane; NULL: Messages */
	const struct shell_index *index; /* NULL: nothing is being read */
	const struct zone *zone;   /* the analyst's own; NULL: UTC */
	/* Where notes and settings go; NULL: they cannot be written. */
	const char *case_path;
	bool case_is_cache;        /* nobody named it: offer to keep it */
	/* Decides zones, years and names of sources anew as O says, beside the
	 * screen; fills OUT as for logs that are read. O lives for the call. */
	bool (*decide)(void *arg, const struct index_options *o,
	               struct shell_index *out, struct err *err);
	void *decide_arg;          /* NULL decide: not possible here */
	const char *folder;        /* where it is offered to lie; NULL: here */
	bool jobs_here;            /* exports … not on a thread: tests */
	const char *author;        /* of notes and settings; NULL: nobody */
	int64_t now;               /* us; TIME_NONE: the clock */
};

/* NULL: ERR says what is wrong with the filter. */
struct shell *shell_new(const struct shell_options *o, struct err *err);
void shell_free(struct shell *sh);

/* A key, a descriptor that is readable, time: the callbacks of loop_run. */
void shell_key(struct shell *sh, const struct input *in);
void shell_ready(struct shell *sh);
int shell_wait(struct shell *sh); /* ms until shell_tick, -1 never */
void shell_tick(struct shell *sh);
void shell_draw(struct shell *sh, const struct window *w);
bool shell_done(const struct shell *sh);
/* Of the case that is written now: another one after :keep. NULL: none. */
const char *shell_case_path(const struct shell *sh);

/* Size of the window that will be drawn into: what `wants` pages by. Called at
 * the start and after each change. */
void shell_resize(struct shell *sh, int rows, int cols);
/* For tests: whether a question is open, how many were asked. */
bool shell_is_busy(const struct shell *sh);
uint64_t shell_asked(const struct shell *sh);
/* The id of the row under the cursor, 0 none. */
int64_t shell_cursor(const struct shell *sh);
const struct step *shell_step(const struct shell *sh);

#endif
