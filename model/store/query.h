/* SPDX-License-Identifier: MIT */
/* A question as a value: what every screen, file and script asks with. No SQL,
 * no text of the filter language: that is ask/filter.h's. */
#ifndef MODEL_STORE_QUERY_H
#define MODEL_STORE_QUERY_H

#include "base/arena.h"
#include "base/regex.h"
#include "base/zone.h"
#include "model/store/field.h"

enum predicate_kind {
	PRED_TRUE,
	PRED_AND,
	PRED_OR,
	PRED_NOT,
	PRED_NONE, /* no recipient of the message … */
	PRED_ALL,  /* every recipient of the message … */
	PRED_TERM,
};

enum term_op {
	TERM_EQUAL,  /* any of the values; text with * ? are patterns; numbers lie
	                in number..number_to, times in number <= x < number_to */
	TERM_LESS,
	TERM_LESS_EQUAL,
	TERM_GREATER,
	TERM_GREATER_EQUAL,
	TERM_RANGE,  /* value 0 <= x < value 1 for times, <= for the rest */
	TERM_REGEX,  /* value 0 is PCRE2 */
	TERM_HAS,    /* the field is there */
	TERM_WORD,   /* no field: in addresses, ids, subjects, names, replies */
};

struct term_value {
	struct slice text;
	int64_t number, number_to; /* typed fields; 5xx is 500..599 */
	bool pattern;              /* text holds wildcards; a backslash takes one
	                              literally */
	bool own;                  /* the case's own domains and networks; with
	                              text: this one of them */
	bool exact;                /* field=value: nothing but the whole value, no
	                              domain of an address, no name below it */
};

struct predicate {
	enum predicate_kind kind;
	const struct predicate *left, *right; /* left alone for NOT, NONE, ALL */
	/* PRED_TERM */
	const struct field *field; /* NULL for TERM_WORD */
	enum term_op op;
	const struct term_value *values;
	size_t nvalues;
	const struct regex *regex; /* TERM_REGEX */
	const struct zone *zone;   /* of hour and weekday; NULL: UTC */
	bool any_attempt;          /* anycode: */
	size_t column, width;      /* where it stands in the filter's text */
};

#define QUERY_GROUPS 3
#define QUERY_SHOWN 3

struct query {
	enum unit unit;
	const struct predicate *where; /* NULL: all rows */
	bool hidden;                   /* probes and copies too */
	/* rows */
	/* column of the unit's view, NULL: its time; of groups: a column of the
	 * result, NULL: the most frequent first */
	const char *sort;
	bool descending;
	/* groups: rows become combinations of values with their counts */
	const struct field *groups[QUERY_GROUPS];
	size_t ngroups;
	/* of groups: two columns each, a value of the field within the group and
	 * "FIELD_values", how many it has; absent where a row has several */
	const struct field *shown[QUERY_SHOWN];
	size_t nshown;
	enum unit counted; /* what a group counts; usually unit */
	/* of groups: each number opens as many rows as it says. Outcomes count
	 * what is counted (of messages: those with such a recipient), "refused"
	 * is the refused mail, and a row stands under each value of a field that
	 * has several in it (host, ip) */
	bool exact;
	int64_t bucket;    /* us; 0 none: counts per piece of time */
	int64_t from, to;  /* zoom, half open; TIME_NONE open */
};

#endif
