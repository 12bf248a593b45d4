/* SPDX-License-Identifier: MIT */
/* A parser turns one record into events. It is pure: the same layout and bytes
 * give the same events, in any order, on any thread, in any year. */
#ifndef PARSERS_PARSER_H
#define PARSERS_PARSER_H

#include "parsers/event.h"
#include "parsers/framing.h"

enum parse {
	PARSE_NO,      /* not its line: the record becomes "unknown" */
	PARSE_OK,      /* at least one event was added */
	PARSE_DAMAGED, /* the same, but the line is cut or malformed */
};

/* How its transactions end (ARCHITECTURE.md §2). */
enum life {
	LIFE_CLOSES = 1u << 0,     /* a closing line is logged */
	LIFE_TELLS_ID = 1u << 2,   /* a line of each message tells its message-id,
	                              also if it has none */
	LIFE_IDS_REUSED = 1u << 1, /* a queue id may come again for other mail */
};

struct parser {
	const char *name;  /* "postfix" */
	const char *about; /* one line for man page and explain */
	unsigned life;     /* enum life */

	/* Whether records of this tag are its own. PROGRAM is the whole tag. */
	bool (*claims)(struct slice program);

	/* Adds events to OUT; text of events points into R or ARENA. */
	enum parse (*parse)(const struct layout *l, const struct record *r,
	                    struct arena *arena, struct events *out);

	/* Whole syslog lines (or what its framing cuts) with the events they must
	 * give, as event_print writes them, joined by " & ". For tests: no other
	 * parser may claim them. */
	const struct parser_example {
		const char *line, *events;
	} *examples;
	size_t nexamples;
};

extern const struct parser *const parsers[]; /* ends with NULL */

const struct parser *parser_find(struct slice name);
/* Never NULL: "raw" takes what nobody claims. */
const struct parser *parser_for(const struct layout *l, const struct record *r);

/* parser_for, parse, and an "unknown" event if that found nothing: the one way
 * in which index, screens, explain and v_event read a record. OUT is emptied
 * first. Blank and header records give no events. *USED, if not NULL, is the
 * parser that read it. */
enum parse record_parse(const struct layout *l, const struct record *r,
                        struct arena *arena, struct events *out,
                        const struct parser **used);

/* "accept queue_id=307DF802B3 client_ip=172.20.63.1 roles=opens": the fields in
 * their order, for examples and explain. */
void event_print(const struct event *e, struct strbuf *out);

#endif
