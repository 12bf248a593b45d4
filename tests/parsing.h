/* SPDX-License-Identifier: MIT */
/* Tables of lines with the events that they must give. */
#ifndef TESTS_PARSING_H
#define TESTS_PARSING_H

#include "parsers/parser.h"

/* OUT becomes the events of LINE as event_print writes them, joined by " & ". */
enum parse parsing_line(struct slice line, struct strbuf *out);

/* Fails at the first of N lines that gives other events than it should. */
void parsing_check(const struct parser_example *examples, size_t n);

/* Backwards and in random order they still give the same. */
void parsing_check_pure(const struct parser_example *examples, size_t n);

/* LINE cut at every byte, and with NUL, ESC, quotes and broken UTF-8 in every
 * place, keeps the contract of event.h. */
void parsing_check_hostile(struct slice line);

/* The same of files: each example is a whole one, cut by its own framing. */
void parsing_check_file(const struct parser_example *examples, size_t n);
/* Cut at every byte they keep the contract of event.h. */
void parsing_check_cuts(const struct parser_example *examples, size_t n);

#endif
