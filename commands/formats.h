/* SPDX-License-Identifier: MIT */
/* Where format files lie, and what is wrong with them. */
#ifndef COMMANDS_FORMATS_H
#define COMMANDS_FORMATS_H

#include "commands/command.h"
#include "parsers/user_format.h"

/* Reads the *.format files of --formats, then of the analyst's folder, then
 * those that came with the program; of one name the first is taken. One whose
 * samples fail is left out, and WARNINGS says why on one line. False: the folder
 * of --formats cannot be read. user_formats_release in any case. */
bool formats_load(const struct options *o, struct user_formats *l,
                  struct strbuf *warnings, struct err *err);

#endif
