/* SPDX-License-Identifier: MIT */
/* One piece of work beside the screen, on a thread of its own: an export, a
 * check of the evidence. The main thread looks at it from time to time. */
#ifndef VIEWS_JOB_H
#define VIEWS_JOB_H

#include "base/cancel.h"
#include "base/err.h"
#include "base/strbuf.h"

struct job;

struct job_work {
	void *arg; /* owned by the job from job_start on, whatever it returns */
	/* On the thread. SAID: what was done, in the past tense. */
	bool (*run)(void *arg, struct cancel *cancel, struct strbuf *said,
	            struct err *err);
	void (*release)(void *arg);
};

/* HERE: to its end before it returns, for tests. NULL: ERR. */
struct job *job_start(const struct job_work *w, bool here, struct err *err);
void job_cancel(struct job *j);
bool job_has_ended(struct job *j);
/* Of a job that has ended: whether it worked, then SAID is filled, else ERR. */
bool job_take(struct job *j, struct strbuf *said, struct err *err);
void job_free(struct job *j); /* cancels, joins; NULL is fine */

#endif
