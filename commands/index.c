/* SPDX-License-Identifier: MIT */
/* index: reads evidence into a case, and says what was read. */
#include "commands/common.h"
#include "commands/index_options.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* A thread that waits for signals, and meanwhile draws how far it is. */
struct watch {
	struct indexer *indexer;
	pthread_t thread;
	sigset_t signals; /* that ask to stop */
	bool shown;       /* there is a terminal to draw on */
	struct cancel cancel, done;
};

static void print_progress(const struct index_progress *p)
{
	double rate = p->seconds > 0 ? (double)p->bytes_done / p->seconds : 0;
	double left = rate > 0 && p->bytes_total > p->bytes_done
	                      ? (double)(p->bytes_total - p->bytes_done) / rate
	                      : 0;

	if (p->phase == INDEX_LINKING || p->phase == INDEX_STORING)
		fprintf(stderr, "\r\033[Klinking %llu lines …",
		        (unsigned long long)p->lines);
	else
		fprintf(stderr, "\r\033[K%3.0f %%  %.1f MB/s  %.0f s left  %u of %u "
		        "read  %s", p->bytes_total ? 100.0 * (double)p->bytes_done /
		        (double)p->bytes_total : 0, rate / 1e6, left,
		        p->sources_done, p->sources_total, p->current);
}

static void *watch_run(void *arg)
{
	struct watch *w = arg;
	struct timespec pause = { 0, 200000000 };
	struct index_progress p;

	while (!cancel_asked(&w->done)) {
		if (w->shown) {
			indexer_progress(w->indexer, &p);
			print_progress(&p);
		}
		if (sigtimedwait(&w->signals, NULL, &pause) > 0)
			cancel_ask(&w->cancel);
	}
	if (w->shown)
		fputs("\r\033[K", stderr);
	return NULL;
}

static enum exit_status list_sources(const struct options *o, FILE *out,
                                     struct err *err)
{
	struct options sources = *o;
	const char *unit[] = { "sources" };

	sources.args = unit;
	sources.nargs = 1;
	sources.filter = NULL;
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, "list") == 0)
			return commands[i]->run(&sources, out, err);
	return EXIT_DONE;
}

static void report(const struct index_result *r)
{
	fwrite(strbuf_text(&r->warnings), 1, r->warnings.len, stderr);
	fprintf(stderr, "mailspoor: %u sources, %u new, %u copies, %u not read to "
	        "their end; %llu lines, %.1f MB in %.1f s\n", r->sources,
	        r->new_sources, r->copies, r->damaged,
	        (unsigned long long)r->lines, (double)r->bytes / 1e6, r->seconds);
}

static bool run_indexer(struct indexer *x, struct index_result *result,
                        struct err *err)
{
	struct watch w = { .indexer = x, .shown = isatty(STDERR_FILENO) };
	sigset_t before;
	bool ok, watched;

	sigemptyset(&w.signals);
	sigaddset(&w.signals, SIGINT);
	sigaddset(&w.signals, SIGTERM);
	sigaddset(&w.signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &w.signals, &before);
	watched = pthread_create(&w.thread, NULL, watch_run, &w) == 0;
	ok = indexer_run(x, &w.cancel, result, err);
	cancel_ask(&w.done);
	if (watched) {
		/* wakes it from its wait; nobody else takes the signal */
		pthread_kill(w.thread, SIGHUP);
		pthread_join(w.thread, NULL);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

static enum exit_status index_logs(const struct options *o,
                                   const struct index_options *io, FILE *out,
                                   struct err *err)
{
	struct index_result result = { 0 };
	struct indexer *x = indexer_new(io, err);
	enum exit_status status = EXIT_CASE;

	if (!x)
		return EXIT_CASE;
	if (run_indexer(x, &result, err)) {
		report(&result);
		status = result.damaged ? EXIT_CASE : EXIT_DONE;
		if (result.damaged)
			err_set(err, "%u of %u sources were not read to their end; the "
			        "rest is in the case", result.damaged, result.sources);
	}
	strbuf_release(&result.warnings);
	indexer_free(x);
	if (o->format_given && (status == EXIT_DONE || result.damaged) &&
	    list_sources(o, out, err) == EXIT_CASE)
		return EXIT_CASE;
	return status;
}

static enum exit_status index_run(const struct options *o, FILE *out,
                                 struct err *err)
{
	struct index_options io;
	enum exit_status status;

	if (!o->case_path) {
		err_set(err, "index needs a case: mailspoor index -c CASE LOG...");
		return EXIT_USAGE;
	}
	status = index_options_fill(&io, o, err) ? index_logs(o, &io, out, err)
	                                         : EXIT_USAGE;
	index_options_free(&io);
	return status;
}

const struct command command_index = {
	.name = "index",
	.synopsis = "index -c CASE LOG...",
	.about = "read logs into a case; without LOG decide zones and links anew",
	.run = index_run,
};
