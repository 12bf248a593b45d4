/* SPDX-License-Identifier: MIT */
/* JSON as logs write it, one value after the other, without a tree. It is
 * patient: a lone surrogate, bytes that are no UTF-8, a line that is cut must
 * not hide what else the record says. Values point into the text, so that a
 * number is shown as it was written. */
#ifndef PARSERS_JSON_H
#define PARSERS_JSON_H

#include "base/arena.h"

#define JSON_DEPTH 32 /* deeper values are left out */
#define JSON_PATH 128 /* bytes; longer paths are cut, and match nothing */

enum json_kind {
	JSON_STRING,
	JSON_NUMBER,
	JSON_WORD, /* true, false, null */
};

struct json_value {
	enum json_kind kind;
	struct slice path; /* keys from the outside in with dots between, as in
	                      "id.orig_h"; elements of a list have the path of
	                      the list. Valid until the next value */
	struct slice raw;  /* as written, without the quotes */
};

struct json {
	const char *at, *end;
	unsigned depth;
	bool bad; /* cut, too deep, or no JSON: what came before it holds */
	bool listed[JSON_DEPTH];       /* of each open value: a list */
	unsigned char outer[JSON_DEPTH]; /* bytes of the path that lead to it */
	size_t path_len;
	char path[JSON_PATH];
};

void json_begin(struct json *j, struct slice text);
/* The next string, number or word; false at the end of the first value. */
bool json_next(struct json *j, struct json_value *v);

/* The text of a string: RAW itself if nothing is escaped in it, else from ARENA.
 * A lone surrogate becomes U+FFFD. */
struct slice json_text(const struct json_value *v, struct arena *arena);

#endif
