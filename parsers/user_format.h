/* SPDX-License-Identifier: MIT */
/* Log formats that an analyst describes in a text file: mailspoor-formats(7).
 * A loaded format is immutable and may be shared by threads. */
#ifndef PARSERS_USER_FORMAT_H
#define PARSERS_USER_FORMAT_H

#include "parsers/parser.h"

extern const struct framing framing_user;

#define USER_FORMAT_MAX ((size_t)64 << 10) /* bytes of a file */

/* Reads TEXT, the file NAME (for errors only). NULL: "NAME:LINE:COLUMN: what",
 * with ERR->column set. Its samples are not looked at. */
struct user_format *user_format_new(const char *name, struct slice text,
                                    struct err *err);
void user_format_free(struct user_format *f);

/* Its samples give what they must; the same errors. */
bool user_format_check(const struct user_format *f, const char *name,
                       struct err *err);

const char *user_format_name(const struct user_format *f);
/* What user_format_new read: the whole file. */
struct slice user_format_text(const struct user_format *f);

/* Those that detection may choose from; the first of equals wins. */
struct user_formats {
	struct user_format **list; /* owned */
	size_t n, cap;
	size_t own; /* the first so many outrank built-in formats */
};
/* Takes F; false if there is one of its name, then F is freed. */
bool user_formats_add(struct user_formats *l, struct user_format *f);
void user_formats_release(struct user_formats *l);
/* NULL: none of that name. */
const struct user_format *user_formats_find(const struct user_formats *l,
                                            struct slice name);

/* A layout of the framing "user" that reads by F, of which it keeps a copy. */
struct layout *user_format_layout(const struct user_format *f);

/* The format of L or of what is inside it, NULL if none is the analyst's. */
const struct user_format *layout_user_format(const struct layout *l);
/* How screens call a parser that reads records of L. */
const char *layout_parser_name(const struct layout *l, const struct parser *p);

#endif
