/* SPDX-License-Identifier: MIT */
/* Work beside the screen: an export, a check. One at a time. */
#include "views/shell_private.h"

#include "tui/loop.h"

bool shell_job_start(struct shell *sh, const struct job_work *w)
{
	struct err err = { 0 };

	if (sh->job) {
		w->release(w->arg);
		shell_error(sh, "something else is still being done; ^C stops "
		                "it");
		return false;
	}
	sh->job = job_start(w, sh->jobs_here, &err);
	sh->job_due = loop_now() + SHELL_JOB_MS;
	if (!sh->job)
		shell_error(sh, "%s", err.text);
	return sh->job != NULL;
}

void shell_job_look(struct shell *sh)
{
	struct strbuf said = { 0 };
	struct err err = { 0 };

	if (!job_has_ended(sh->job)) {
		sh->job_due = loop_now() + SHELL_JOB_MS;
		return;
	}
	if (job_take(sh->job, &said, &err))
		shell_say(sh, "%s", strbuf_text(&said));
	else
		shell_error(sh, "%s", err.text);
	job_free(sh->job);
	sh->job = NULL;
	shell_reload(sh, NULL);
	strbuf_release(&said);
}
