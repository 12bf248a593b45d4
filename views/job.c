/* SPDX-License-Identifier: MIT */
/* Work on a thread of its own. */
#include "views/job.h"

#include "base/alloc.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct job {
	struct job_work work;
	pthread_t thread;
	bool started;
	struct cancel cancel;
	atomic_bool ended; /* what follows is the main thread's then */
	bool good;
	struct strbuf said;
	struct err err;
};

static void *run(void *arg)
{
	struct job *j = arg;

	j->good = j->work.run(j->work.arg, &j->cancel, &j->said, &j->err);
	atomic_store(&j->ended, true);
	return NULL;
}

/* Signals are for the main thread: the new one blocks them all. */
static bool start_thread(struct job *j, struct err *err)
{
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&j->thread, NULL, run, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return err_set(err, "cannot start a thread: %s",
		               strerror(failed));
	j->started = true;
	return true;
}

struct job *job_start(const struct job_work *w, bool here, struct err *err)
{
	struct job *j = mem_alloc(sizeof *j);

	j->work = *w;
	if (here)
		run(j);
	else if (!start_thread(j, err)) {
		job_free(j);
		return NULL;
	}
	return j;
}

void job_cancel(struct job *j)
{
	cancel_ask(&j->cancel);
}

bool job_has_ended(struct job *j)
{
	return atomic_load(&j->ended);
}

bool job_take(struct job *j, struct strbuf *said, struct err *err)
{
	if (j->good)
		strbuf_add_slice(said, strbuf_slice(&j->said));
	else
		*err = j->err;
	return j->good;
}

void job_free(struct job *j)
{
	if (!j)
		return;
	if (j->started) {
		cancel_ask(&j->cancel);
		pthread_join(j->thread, NULL);
	}
	j->work.release(j->work.arg);
	strbuf_release(&j->said);
	free(j);
}
