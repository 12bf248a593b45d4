/* SPDX-License-Identifier: MIT */
/* A verb of the command line: one file, one line in the table. */
#ifndef COMMANDS_COMMAND_H
#define COMMANDS_COMMAND_H

#include "base/civil.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdio.h>

enum exit_status {
	EXIT_DONE = 0,
	EXIT_NOTHING = 1, /* nothing matched */
	EXIT_USAGE = 2,   /* wrong usage or filter */
	EXIT_CASE = 3,    /* evidence or case problem */
};

enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON, FORMAT_TEXT, FORMAT_DOT };

struct rule { const char *source, *value; }; /* SOURCE=VALUE */

/* Options common to all verbs, read once; what is not given is NULL, 0. */
struct options {
	const char *case_path, *filter, *sort, *output, *columns, *unit, *by_time,
		*now, *color, *author, *formats_folder;
	enum format format;
	int64_t now_us;    /* --now; TIME_NONE: the clock */
	bool format_given, ascii, mouse, keep_text, raw_csv, all, unknown,
		selected, remove, help, version;
	uint64_t limit;    /* 0: none */
	struct rule *zones, *years, *servers, *formats;
	size_t nzones, nyears, nservers, nformats;
	const char **own;
	size_t nown;
	const char **args; /* what is left */
	size_t nargs;
};

struct command {
	const char *name;     /* "trace" */
	const char *synopsis; /* "trace ID -c CASE" */
	const char *about;    /* one line */
	enum exit_status (*run)(const struct options *o, FILE *out,
	                        struct err *err);
};

extern const struct command *const commands[]; /* ends with NULL */
const struct command *command_find(const char *name);

/* Reads ARGV (without the program's name) into O, whose lists point into ARGV
 * and are released by options_release. *VERB becomes the first argument that is
 * no option if it names a command, else NULL: then the browser is meant. */
bool options_read(struct options *o, int argc, char **argv,
                  const struct command **verb, struct err *err);
void options_release(struct options *o);
void options_help(FILE *out);

/* Option I as help and man page show it; false behind the last. */
struct option_text {
	const char *name;   /* "--case" */
	char letter;        /* 'c', or 0 */
	const char *value;  /* "FILE", NULL: takes none */
	const char *about;
};
bool option_text(size_t i, struct option_text *out);

#endif
