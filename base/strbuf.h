/* SPDX-License-Identifier: MIT */
/* Text that grows. Always NUL-terminated; may hold NULs inside. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/slice.h"

#include <stdarg.h>

struct strbuf {
	char *ptr; /* NULL until the first byte; released by strbuf_release */
	size_t len, cap;
};

void strbuf_release(struct strbuf *b);
void strbuf_reset(struct strbuf *b); /* empty, keeps the memory */
void strbuf_add(struct strbuf *b, const void *ptr, size_t len);
void strbuf_add_slice(struct strbuf *b, struct slice s);
void strbuf_add_str(struct strbuf *b, const char *text);
void strbuf_addf(struct strbuf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_addv(struct strbuf *b, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));
char *strbuf_grow(struct strbuf *b, size_t len); /* see strbuf_room */
char *strbuf_take(struct strbuf *b); /* the caller frees; never NULL */

/* LEN writable bytes behind the text, and one for its NUL; not counted. */
static inline char *strbuf_room(struct strbuf *b, size_t len)
{
	return b->cap - b->len > len ? b->ptr + b->len : strbuf_grow(b, len);
}

static inline void strbuf_add_char(struct strbuf *b, char c)
{
	char *to = strbuf_room(b, 1);

	to[0] = c;
	to[1] = '\0';
	b->len++;
}

static inline struct slice strbuf_slice(const struct strbuf *b)
{
	return slice_of(b->ptr ? b->ptr : "", b->len);
}

/* Always a C string, "" when nothing was added. */
static inline const char *strbuf_text(const struct strbuf *b)
{
	return b->ptr ? b->ptr : "";
}

#endif
