/* SPDX-License-Identifier: MIT */
/* The names that the analyst can set in a case, and what their values may be. A
 * new setting is one row in setting.c. */
#ifndef MODEL_STORE_SETTING_H
#define MODEL_STORE_SETTING_H

#include "base/err.h"
#include "base/slice.h"
#include "base/strbuf.h"

enum setting_kind {
	SETTING_TEXT,
	SETTING_DOMAIN,  /* "corp.example", with the names below it */
	SETTING_NETWORK, /* "10.0.0.0/8", "2001:db8::/32", one address */
	SETTING_HOURS,   /* "08..18" */
	SETTING_DAYS,    /* "mon..fri" */
};

struct setting_info {
	const char *name; /* "own.domain"; "server.": a name follows */
	const char *what; /* follows a name that ends in a dot: "SERVER" */
	enum setting_kind kind;
	bool many;        /* each of its values counts, else the newest */
	const char *about, *example;
};
extern const struct setting_info settings[]; /* ends with a NULL name */

/* The row of NAME, "server.mx1" that of "server."; NULL: there is none. */
const struct setting_info *setting_find(struct slice name);
static inline bool setting_is_own(struct slice name)
{
	return slice_starts(name, SLICE("own."));
}

/* What links rest on: it takes effect when they are decided anew. */
static inline bool setting_is_for_links(struct slice name)
{
	return slice_starts(name, SLICE("server."));
}

/* NAME and VALUE as they are stored: `own` is own.network or own.domain by its
 * value, domains are in small letters. Appended to the two buffers. False: ERR
 * says what NAME can be, or what was expected of VALUE. */
bool setting_check(struct slice name, struct slice value, struct strbuf *name_out,
                   struct strbuf *value_out, struct err *err);

#endif
