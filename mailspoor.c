/* SPDX-License-Identifier: MIT */
/* Options and wiring: a verb, or the browser. */
#include "commands/command.h"
#include "commands/index_options.h"
#include "model/index/cache.h"
#include "model/report/export.h"
#include "views/browse.h"

#include <locale.h>
#include <signal.h>

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

static enum exit_status run_browser(const struct options *o, struct err *err)
{
	struct strbuf cache = { 0 };
	struct index_options index = { 0 };
	struct browse_options b = { .filter = o->filter, .ascii = o->ascii,
		.mouse = o->mouse, .now = o->now_us,
		.colour = !o->color || strcmp(o->color, "never") != 0 };
	enum exit_status status = EXIT_CASE;

	if (!o->case_path && !o->nargs) {
		err_set(err, "no log and no case are named: mailspoor LOG..., "
		        "mailspoor -c CASE, or mailspoor --help");
		return EXIT_USAGE;
	}
	b.case_path = browser_case(o, &cache, err);
	index_options_fill(&index, o);
	index.case_path = b.case_path;
	if (o->nargs && b.case_path != o->args[0])
		b.index = &index;
	if (b.case_path)
		status = (enum exit_status)browse(&b, err);
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
