/* SPDX-License-Identifier: MIT */
/* Options and wiring: a verb, or the browser. */
#include "base/alloc.h"
#include "commands/command.h"
#include "model/report/export.h"
#include "views/browse.h"

#include <locale.h>
#include <signal.h>

static enum exit_status run_browser(const struct options *o, struct err *err)
{
	struct browse_options b = { .case_path = o->case_path,
		.filter = o->filter, .logs = o->args, .nlogs = o->nargs,
		.ascii = o->ascii, .mouse = o->mouse, .keep_text = o->keep_text,
		.colour = !o->color || strcmp(o->color, "never") != 0,
		.now = o->now_us, .own = o->own, .nown = o->nown,
		.zones = (const struct index_rule *)o->zones,
		.nzones = o->nzones,
		.years = (const struct index_rule *)o->years,
		.nyears = o->nyears,
		.servers = (const struct index_rule *)o->servers,
		.nservers = o->nservers,
		.formats = (const struct index_rule *)o->formats,
		.nformats = o->nformats };

	return browse(&b, err) ? EXIT_DONE : EXIT_CASE;
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
