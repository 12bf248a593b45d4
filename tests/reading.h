/* SPDX-License-Identifier: MIT */
/* Reads text as a source of its own and says what is wrong with a record or
 * event: for the unit tests and fuzz targets of framings and parsers. */
#ifndef TESTS_READING_H
#define TESTS_READING_H

#include "parsers/parser.h"

struct reading {
	struct slice text;
	struct slice rest; /* not yet cut */
	struct layout *layout;
	struct record record; /* the last one cut */
	enum parse result;
	const struct parser *parser;
	struct arena arena;
	const char *arena_start;
	size_t arena_room;
	struct events events;
};

/* TEXT must outlive it. F NULL: the one that claims TEXT loudest. */
void reading_init(struct reading *r, const struct framing *f, struct slice text);
/* The same layout over other text. */
void reading_again(struct reading *r, struct slice text);
void reading_release(struct reading *r);

/* The text as the only sample that a framing sees. */
struct sample reading_sample(struct slice text);

/* Cuts and peels the next record. False at the end. */
bool reading_cut(struct reading *r);
/* Parses the record that was cut. */
void reading_parse(struct reading *r);
/* Adds "time|host|program|pid|body" of the record, its events joined by " & ". */
void reading_print_record(const struct reading *r, struct strbuf *out);
void reading_print_events(const struct reading *r, struct strbuf *out);
/* Everything that all records left say, records without events left out. */
void reading_print_all(struct reading *r, struct strbuf *out);

/* NULL, or what breaks the contract of record.h, event.h. */
const char *reading_fault_record(const struct reading *r);
const char *reading_fault_events(const struct reading *r);

bool reading_same_events(const struct events *a, const struct events *b);

#endif
