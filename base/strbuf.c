/* SPDX-License-Identifier: MIT */
/* Growing text. */
#include "base/strbuf.h"

#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>

void strbuf_release(struct strbuf *b)
{
	free(b->ptr);
	*b = (struct strbuf){ 0 };
}

void strbuf_reset(struct strbuf *b)
{
	b->len = 0;
	if (b->ptr)
		b->ptr[0] = '\0';
}

/* Room for LEN bytes more and the NUL. */
char *strbuf_grow(struct strbuf *b, size_t len)
{
	size_t want = b->len + len + 1;

	if (want < len)
		BUG("strbuf size overflows");
	if (want > b->cap) {
		size_t cap = b->cap + b->cap / 2;

		if (cap < want)
			cap = want < 64 ? 64 : want;
		b->ptr = mem_resize(b->ptr, cap);
		b->cap = cap;
		b->ptr[b->len] = '\0';
	}
	return b->ptr + b->len;
}

void strbuf_add(struct strbuf *b, const void *ptr, size_t len)
{
	char *to = strbuf_room(b, len);

	if (len)
		memcpy(to, ptr, len);
	to[len] = '\0';
	b->len += len;
}

void strbuf_add_slice(struct strbuf *b, struct slice s)
{
	strbuf_add(b, s.ptr, s.len);
}

void strbuf_add_str(struct strbuf *b, const char *text)
{
	strbuf_add(b, text, strlen(text));
}

void strbuf_addv(struct strbuf *b, const char *fmt, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	strbuf_room(b, 0);
	n = vsnprintf(b->ptr + b->len, b->cap - b->len, fmt, args);
	if (n < 0)
		BUG("a format that vsnprintf does not take");
	if ((size_t)n >= b->cap - b->len) {
		strbuf_room(b, (size_t)n);
		vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
	}
	b->len += (size_t)n;
	va_end(again);
}

void strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	strbuf_addv(b, fmt, args);
	va_end(args);
}

char *strbuf_take(struct strbuf *b)
{
	char *text;

	strbuf_room(b, 0);
	text = b->ptr;
	*b = (struct strbuf){ 0 };
	return text;
}
