/* SPDX-License-Identifier: MIT */
/* Options and wiring: a verb, or the browser. */
#include "commands/command.h"
#include "commands/index_options.h"
#include "model/index/cache.h"
#include "model/index/recent.h"
#include "model/report/export.h"
#include "views/browse.h"
#include "views/start.h"

#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* What the browser opens: the case named, the one argument that is a case, or
 * one in the cache named after the logs. NULL: none, the start screen. */
static const char *browser_case(const struct options *o, struct strbuf *cache,
                                struct err *err)
{
	if (o->case_path)
		return o->case_path;
	if (o->nargs == 1 && cache_is_case(o->args[0]))
		return o->args[0];
	if (!cache_case_path(o->args, o->nargs, cache, err))
		return NULL;
	return strbuf_text(cache);
}

/* The sample's logs, installed or in the source tree. */
static bool find_sample(struct strbuf *out)
{
	static const char *const places[] = { "/../share/mailspoor/sample",
		                              "/../sample" };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self);
	struct slice folder = slice_of(self, n > 0 ? (size_t)n : 0);

	folder = slice_to(folder, slice_rchr(folder, '/') == SLICE_NONE
	                                  ? 0
	                                  : slice_rchr(folder, '/'));
	for (size_t i = 0; folder.len && i < 2; i++) {
		char *real;

		strbuf_reset(out);
		strbuf_add_slice(out, folder);
		strbuf_add_str(out, places[i]);
		real = realpath(strbuf_text(out), NULL);
		if (!real)
			continue;
		strbuf_reset(out);
		strbuf_add_str(out, real);
		free(real);
		return true;
	}
	return false;
}

static enum exit_status run_browser(const struct options *o, struct err *err);

/* Nothing was named: the user chooses, then it is as if that had been. */
static enum exit_status run_start(const struct options *o, struct err *err)
{
	struct start_options s = { .ascii = o->ascii, .mouse = o->mouse,
		.now = o->now_us, .home = getenv("HOME"),
		.colour = !o->color || strcmp(o->color, "never") != 0 };
	struct strbuf sample = { 0 };
	struct start_choice choice = { 0 };
	struct options chosen = *o;
	enum exit_status status = EXIT_DONE;

	if (find_sample(&sample))
		s.sample = strbuf_text(&sample);
	if (!start_run(&s, &choice, err))
		status = EXIT_CASE;
	chosen.args = (const char **)&choice.path;
	chosen.nargs = 1;
	if (choice.path)
		status = run_browser(&chosen, err);
	free(choice.path);
	strbuf_release(&sample);
	return status;
}

static enum exit_status run_browser(const struct options *o, struct err *err)
{
	struct strbuf cache = { 0 };
	struct index_options index = { 0 };
	struct browse_options b = { .filter = o->filter, .ascii = o->ascii,
		.mouse = o->mouse, .now = o->now_us,
		.colour = !o->color || strcmp(o->color, "never") != 0 };
	enum exit_status status = EXIT_CASE;

	if (!o->case_path && !o->nargs && isatty(0) && isatty(1))
		return run_start(o, err);
	if (!o->case_path && !o->nargs) {
		err_set(err, "no log and no case are named: mailspoor LOG..., "
		        "mailspoor -c CASE, or mailspoor --help");
		return EXIT_USAGE;
	}
	b.case_path = browser_case(o, &cache, err);
	if (!index_options_fill(&index, o, err)) {
		status = EXIT_USAGE;
		b.case_path = NULL;
	}
	index.case_path = b.case_path;
	if (o->nargs && b.case_path != o->args[0])
		b.index = &index;
	if (b.case_path)
		status = (enum exit_status)browse(&b, err);
	if (b.case_path && status == EXIT_DONE && access(b.case_path, F_OK) == 0)
		recent_note(b.case_path, o->now_us != TIME_NONE
		                ? o->now_us
		                : (int64_t)time(NULL) * 1000000, NULL);
	index_options_free(&index);
	strbuf_release(&cache);
	return status;
}

static enum exit_status run(const struct options *o, const struct command *verb,
                            struct err *err)
{
	if (o->version) {
		puts("mailspoor " MAILSPOOR_VERSION);
		return EXIT_DONE;
	}
	if (o->help) {
		options_help(stdout);
		return EXIT_DONE;
	}
	return verb ? verb->run(o, stdout, err) : run_browser(o, err);
}

int main(int argc, char **argv)
{
	const struct command *verb;
	enum exit_status status = EXIT_USAGE;
	struct err err = { 0 };
	struct options o;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	if (options_read(&o, argc - 1, argv + 1, &verb, &err))
		status = run(&o, verb, &err);
	if (*err.text)
		fprintf(stderr, "mailspoor: %s\n", err.text);
	options_release(&o);
	return status;
}
