/* SPDX-License-Identifier: MIT */
/* Wires screen, worker, indexer and shell, and runs them until the user quits. */
#include "views/browse.h"

#include "base/alloc.h"
#include "model/store/store.h"
#include "tui/loop.h"
#include "views/shell.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define EXIT_STATUS_CASE 3
#define EXIT_STATUS_USAGE 2

/* The thread that reads the logs. What it and the screen share is behind LOCK. */
struct reading {
	pthread_t thread;
	pthread_mutex_t lock;
	struct indexer *indexer; /* NULL when it is done: others may write then */
	struct cancel cancel;
	bool started, ended, ok, joined;
	struct index_result result;
	struct index_progress last; /* as it was when it was done */
	struct err err;
	char *path; /* of the case when it is done */
};

static void *read_logs(void *arg)
{
	struct reading *r = arg;
	struct index_result result = { 0 };
	struct err err = { 0 };
	bool ok = indexer_run(r->indexer, &r->cancel, &result, &err);

	pthread_mutex_lock(&r->lock);
	r->result = result;
	r->err = err;
	r->ok = ok;
	r->ended = true;
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* Signals are for the main thread: the new one blocks them all. */
static bool start_thread(struct reading *r, struct err *err)
{
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&r->thread, NULL, read_logs, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return err_set(err, "cannot start a thread: %s",
		               strerror(failed));
	r->started = true;
	return true;
}

static void join(struct reading *r)
{
	if (r->started && !r->joined)
		pthread_join(r->thread, NULL);
	r->joined = true;
}

/* A run that ended well has published the case under its name; one that was
 * stopped left it where it can go on. The case is let go of, for other writers. */
static void finish(struct reading *r)
{
	join(r);
	indexer_progress(r->indexer, &r->last);
	if (!r->ok) {
		free(r->path);
		r->path = mem_text(indexer_path(r->indexer));
	}
	indexer_free(r->indexer);
	r->indexer = NULL;
}

static bool progress(void *arg, struct index_progress *out)
{
	struct reading *r = arg;
	bool ended;

	pthread_mutex_lock(&r->lock);
	ended = r->ended;
	pthread_mutex_unlock(&r->lock);
	if (ended && r->indexer)
		finish(r);
	if (r->indexer)
		indexer_progress(r->indexer, out);
	else
		*out = r->last;
	return !ended;
}

static void stop(void *arg)
{
	struct reading *r = arg;

	cancel_ask(&r->cancel);
}

static const char *final_path(void *arg)
{
	struct reading *r = arg;

	return r->path;
}

static void summary(void *arg, struct strbuf *out)
{
	struct reading *r = arg;

	if (!r->ok) {
		strbuf_add_str(out, r->err.text);
		return;
	}
	if (!r->result.lines && !r->result.new_sources && !r->result.damaged) {
		strbuf_addf(out, "times and links decided anew in %.1f s",
		            r->result.seconds);
		return;
	}
	text_add_number(out, (int64_t)r->result.lines);
	strbuf_addf(out, " lines of %u source%s read in %.1f s",
	            (unsigned)r->result.sources,
	            r->result.sources == 1 ? "" : "s", r->result.seconds);
	if (r->result.damaged)
		strbuf_addf(out, ", %u damaged", (unsigned)r->result.damaged);
}

static void reading_release(struct reading *r)
{
	if (r->started) {
		cancel_ask(&r->cancel);
		join(r);
	}
	indexer_free(r->indexer);
	strbuf_release(&r->result.warnings);
	free(r->path);
	pthread_mutex_destroy(&r->lock);
}

/* The loop ------------------------------------------------------------------ */

static void on_key(void *arg, const struct input *in)
{
	shell_key(arg, in);
}

static void on_ready(void *arg)
{
	shell_ready(arg);
}

static int on_wait(void *arg)
{
	return shell_wait(arg);
}

static void on_tick(void *arg)
{
	shell_tick(arg);
}

static void on_draw(void *arg, const struct window *w)
{
	shell_draw(arg, w);
}

static bool on_done(void *arg)
{
	return shell_done(arg);
}

/* *KEPT: the path that the case has now, for the caller to free. */
static bool run_shell(const struct shell_options *so, struct screen *screen,
                      char **kept, struct err *err)
{
	struct shell *sh = shell_new(so, err);
	struct loop_client client = { .arg = sh, .key = on_key,
		                      .ready = on_ready, .wait = on_wait,
		                      .tick = on_tick, .draw = on_draw,
		                      .done = on_done };
	bool ok;

	if (!sh)
		return false;
	ok = loop_run(screen, worker_fd(so->worker), &client, err);
	if (shell_case_path(sh))
		*kept = mem_text(shell_case_path(sh));
	shell_free(sh);
	return ok;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "mail.log (cache)" of ".../mail.log-9f31c0aa00112233.case": a case that was
 * not named shows what it was made of (model/index/cache.h). */
static void add_case_name(const char *path, struct strbuf *out)
{
	struct slice name = slice_str(base_name(path));
	size_t dash = slice_rchr(name, '-');
	struct slice hash = slice_from(name, dash == SLICE_NONE ? name.len
	                                                        : dash + 1);

	if (hash.len != 21 || !slice_ends(hash, SLICE(".case"))) {
		strbuf_add_slice(out, name);
		return;
	}
	strbuf_add_slice(out, slice_to(name, dash));
	strbuf_add_str(out, " (cache)");
}

/* $TZ names the analyst's zone; without it there is only UTC. */
static struct zone *own_zone(void)
{
	const char *name = getenv("TZ");

	if (!name || !*name || strcmp(name, "UTC") == 0)
		return NULL;
	return zone_new(slice_str(name[0] == ':' ? name + 1 : name), NULL);
}

/* What was written while the case was being looked at goes into its one file:
 * nobody looks any more. */
static void fold(const char *path)
{
	struct strbuf wal = { 0 };
	struct err err;

	strbuf_addf(&wal, "%s-wal", path);
	if (access(strbuf_text(&wal), F_OK) == 0)
		store_close(store_open(path, &err));
	strbuf_release(&wal);
}

/* What was given for a source while the case was open. */
struct deciding {
	const struct browse_options *browse;
	struct reading reading;
	bool used;
	char *source, *value;
	const char *own; /* VALUE, if that was given */
	struct index_rule rule;
	char **logs;
	size_t nlogs;
	struct index_options options;
};

static void deciding_release(struct deciding *d)
{
	if (d->used)
		reading_release(&d->reading);
	free(d->source);
	free(d->value);
	for (size_t i = 0; i < d->nlogs; i++)
		free(d->logs[i]);
	free(d->logs);
	*d = (struct deciding){ .browse = d->browse };
}

static void take_rule(struct deciding *d, const struct index_options *o)
{
	const struct index_rule *r = o->nzones   ? o->zones
	                             : o->nyears ? o->years
	                             : o->nformats ? o->formats
	                                           : o->servers;

	d->options = *o;
	if (o->nown) {
		d->own = d->value = mem_text(o->own[0]);
		d->options.own = &d->own;
		return;
	}
	d->logs = mem_alloc((o->nlogs + 1) * sizeof *d->logs);
	for (; d->nlogs < o->nlogs; d->nlogs++)
		d->logs[d->nlogs] = mem_text(o->logs[d->nlogs]);
	d->options.logs = (const char *const *)d->logs;
	if (!r)
		return;
	d->rule.source = d->source = mem_text(r->source);
	d->rule.value = d->value = mem_text(r->value);
	if (o->nzones)
		d->options.zones = &d->rule;
	else if (o->nyears)
		d->options.years = &d->rule;
	else if (o->nformats)
		d->options.formats = &d->rule;
	else
		d->options.servers = &d->rule;
}

static bool decide(void *arg, const struct index_options *o,
                   struct shell_index *out, struct err *err)
{
	struct deciding *d = arg;

	deciding_release(d);
	d->reading.path = mem_text(o->case_path);
	take_rule(d, o);
	d->options.case_path = d->reading.path;
	pthread_mutex_init(&d->reading.lock, NULL);
	d->used = true;
	d->reading.indexer = indexer_new(&d->options, err);
	if (!d->reading.indexer || !start_thread(&d->reading, err)) {
		deciding_release(d);
		return false;
	}
	*out = (struct shell_index){ .arg = &d->reading, .progress = progress,
		                     .stop = stop, .path = final_path,
		                     .summary = summary };
	return true;
}

static bool open_all(const struct browse_options *o, const char *path,
                     const struct shell_index *index, struct err *err)
{
	struct screen_options screen_options = { .ascii = o->ascii,
		                                 .colour = o->colour,
		                                 .mouse = o->mouse };
	struct zone *zone = own_zone();
	struct strbuf name = { 0 };
	char *kept = NULL;
	struct deciding d = { .browse = o };
	struct shell_options so = {
		                    .filter = o->filter,
		                    .index = index,
		                    .zone = zone,
		                    .pane = index ? "Sources" : "Overview" };
	bool ok = false;

	add_case_name(o->case_path, &name);
	so.case_name = strbuf_text(&name);
	so.case_path = o->case_path;
	so.case_is_cache = slice_ends(strbuf_slice(&name), SLICE(" (cache)"));
	so.decide = decide;
	so.decide_arg = &d;
	so.folder = getenv("HOME");
	so.author = getenv("USER");
	so.now = o->now;
	so.worker = worker_new(path, err);
	if (so.worker)
		so.screen = screen_open(&screen_options, err);
	if (so.screen)
		ok = run_shell(&so, so.screen, &kept, err);
	if (so.screen)
		screen_close(so.screen);
	worker_free(so.worker);
	deciding_release(&d);
	fold(o->case_path);
	if (kept)
		fold(kept);
	free(kept);
	zone_free(zone);
	strbuf_release(&name);
	return ok;
}

static int browse_and_read(const struct browse_options *o, struct err *err)
{
	struct reading r = { .path = mem_text(o->case_path) };
	struct shell_index index = { .arg = &r, .progress = progress,
		                     .stop = stop, .path = final_path,
		                     .summary = summary };
	bool ok = false;

	pthread_mutex_init(&r.lock, NULL);
	r.indexer = indexer_new(o->index, err);
	if (r.indexer && start_thread(&r, err))
		ok = open_all(o, indexer_path(r.indexer), &index, err);
	else if (!r.indexer && access(o->case_path, R_OK) == 0)
		/* another process writes to it: looking is still possible */
		ok = open_all(o, o->case_path, NULL, err);
	reading_release(&r);
	return ok ? 0 : EXIT_STATUS_CASE;
}

int browse(const struct browse_options *o, struct err *err)
{
	struct filter_context c = { 0 };
	struct filter *f;

	/* wrong usage shows before the screen is opened */
	f = filter_parse(slice_str(o->filter ? o->filter : ""), &c, err);
	if (!f)
		return EXIT_STATUS_USAGE;
	filter_unref(f);
	if (o->index)
		return browse_and_read(o, err);
	return open_all(o, o->case_path, NULL, err) ? 0 : EXIT_STATUS_CASE;
}
