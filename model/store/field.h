/* SPDX-License-Identifier: MIT */
/* The fields that can be filtered, shown, sorted and grouped by: one table, from
 * which filter, completion, columns, grouping, CSV headers and man page come.
 * A new field is one row in field.c. */
#ifndef MODEL_STORE_FIELD_H
#define MODEL_STORE_FIELD_H

#include "base/slice.h"

/* What a row stands for; each is a public view of DESIGN.md §4. */
enum unit {
	UNIT_MESSAGES, /* v_journey */
	UNIT_RECIPIENTS,
	UNIT_TRANSACTIONS,
	UNIT_DELIVERIES,
	UNIT_ATTEMPTS,
	UNIT_SESSIONS,
	UNIT_EVENTS,
	UNIT_LINKS,
	UNIT_EVIDENCE,
	UNIT_CLOCKS,
	UNIT_COVERAGE,
	UNIT_SOURCES,
	UNIT_FINDINGS,
	UNIT_NOTES,
	UNIT_SETTINGS,
	UNIT_AUDIT,
	UNIT_MISSING,
	UNIT_WANTED,
	UNIT_TRIALS,
	UNIT_COUNT
};
#define UNIT_BIT(u) (1u << (u))

struct unit_info {
	const char *name;    /* "messages": as typed and as shown */
	const char *view;    /* "v_journey" */
	const char *id;      /* its id column */
	const char *time;    /* column of its time, NULL none */
	const char *about;
};
extern const struct unit_info units[UNIT_COUNT];
bool unit_find(const char *name, enum unit *u);

enum field_type {
	FIELD_TEXT,    /* * and ? are wildcards; ASCII case ignored */
	FIELD_LINE,    /* text; a value without wildcards may stand anywhere in it */
	FIELD_ADDRESS, /* text; a value without @ also matches the local part or,
	                  with a dot, the domain */
	FIELD_DOMAIN,  /* matches on label boundaries */
	FIELD_IP,      /* text; takes CIDR */
	FIELD_NUMBER,
	FIELD_CODE,    /* number; 5xx */
	FIELD_SIZE,    /* number; 1M */
	FIELD_TIME,    /* us UTC */
	FIELD_DURATION, /* us; shown in seconds */
	FIELD_WORD,    /* one of a closed list */
	FIELD_HOUR,    /* 0..23 of the time, in the zone shown */
	FIELD_WEEKDAY,
	FIELD_FLAG,    /* is: */
};

/* How a unit gets the field. The engine's words, opaque to everybody else. */
struct field_source {
	enum unit unit;
	const char *column; /* of the unit's view; NULL: filter only */
	const char *expr;   /* engine: what to compare; see engine.c */
};

struct field {
	const char *name;     /* as typed: "from" */
	const char *aliases;  /* blank separated: "sender mail_from" */
	enum field_type type;
	const char *about;    /* "envelope sender" */
	const char *values;   /* of FIELD_WORD: blank separated; else NULL */
	bool inherited;       /* events take it over from their transaction */
	const struct field_source *sources; /* ends with a NULL column and expr */
};

extern const struct field *const fields[]; /* ends with NULL */
const struct field *field_find(struct slice name); /* name or alias */
const struct field_source *field_in(const struct field *f, enum unit u);

#endif
