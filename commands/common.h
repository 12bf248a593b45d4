/* SPDX-License-Identifier: MIT */
/* What most verbs begin with: a case, its context, the filter. */
#ifndef COMMANDS_COMMON_H
#define COMMANDS_COMMON_H

#include "commands/command.h"
#include "model/ask/filter.h"
#include "model/report/writer.h"

struct work {
	struct engine *engine;
	struct filter *filter;
	struct query query; /* UNIT with the filter and the sort order given */
	struct arena memory;
	size_t own_domains, own_networks;
	int64_t last; /* last event of the evidence, us; TIME_NONE */
};

/* Opens -c, reads -f and --sort. work_close in any case. */
enum exit_status work_open(struct work *w, const struct options *o,
                           enum unit unit, struct err *err);
void work_close(struct work *w);

/* --format, else table on a terminal and csv in a pipe. */
const struct writer_format *options_format(const struct options *o, FILE *out);
bool column_exists(enum unit unit, const char *name);
/* --columns, else all of the unit's view. NULL: no such column. */
const char *const *options_columns(const struct options *o, enum unit unit,
                                   struct work *w, size_t *n, struct err *err);

#endif
