/* SPDX-License-Identifier: MIT */
/* Inside filter.c: the text being read, and values by their type. */
#ifndef MODEL_ASK_FILTER_READ_H
#define MODEL_ASK_FILTER_READ_H

#include "model/ask/filter.h"

#define FILTER_BYTES ((size_t)1 << 16)
#define FILTER_TERMS 400   /* the trees that come of them stay shallow */
#define FILTER_VALUES 1000 /* of one term */
#define FILTER_DEPTH 64

struct filter_owned {
	struct regex *regex;
	struct zone *zone;
	struct filter_owned *next;
};

struct reader {
	struct slice text;
	size_t at;
	const struct filter_context *context;
	struct filter *filter;
	struct err *err;
	unsigned depth, terms;
	bool bare; /* a comma is part of the value */
};

/* A value as it stands in the text. */
struct raw_value {
	struct slice text;    /* decoded; a pattern keeps its backslashes */
	bool quoted, pattern;
	size_t start, end;
};

/* ERR with the column and width of START..END in characters; false. */
bool reader_fail(struct reader *r, size_t start, size_t end, const char *fmt,
                 ...) __attribute__((format(printf, 4, 5)));
/* 1-based, in characters. */
size_t reader_column(const struct reader *r, size_t at);
bool reader_is_end(const struct reader *r); /* end, blank or parenthesis */
bool read_value(struct reader *r, struct raw_value *v);

/* The values of TERM by its field's type, at the reader. EXACT: after "=". */
bool read_values(struct reader *r, struct predicate *term, bool exact);
/* One value after a comparison. */
bool read_bound(struct reader *r, struct predicate *term);
bool read_regex(struct reader *r, struct predicate *term);

bool field_is_text(const struct field *f);
/* Length of the field name at the start of S that an operator follows; 0 none.
 * *OP is the operator's length. */
size_t filter_name_length(struct slice s, size_t *op);

#endif
