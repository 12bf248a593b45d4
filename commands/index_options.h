/* SPDX-License-Identifier: MIT */
/* What the command line says about reading logs, for `index` and the browser. */
#ifndef COMMANDS_INDEX_OPTIONS_H
#define COMMANDS_INDEX_OPTIONS_H

#include "commands/command.h"
#include "model/index/index.h"

/* IO points into O; index_options_free releases what was made for it, also
 * after false: --formats cannot be read. Formats that are not used are told on
 * standard error. */
bool index_options_fill(struct index_options *io, const struct options *o,
                        struct err *err);
void index_options_free(struct index_options *io);

#endif
