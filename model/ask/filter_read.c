/* SPDX-License-Identifier: MIT */
/* The text of a filter: quotes, escapes, wildcards, and where errors stand. */
#include "model/ask/filter_read.h"

#include "base/text.h"

#include <stdarg.h>

static size_t characters(struct slice s)
{
	size_t n = 0;

	for (; s.len > 0; n++)
		(void)text_next(&s);
	return n;
}

size_t reader_column(const struct reader *r, size_t at)
{
	return characters(slice_to(r->text, at)) + 1;
}

bool reader_fail(struct reader *r, size_t start, size_t end, const char *fmt,
                 ...)
{
	struct strbuf text = { 0 };
	va_list args;

	if (end > r->text.len)
		end = r->text.len;
	if (start > end)
		start = end;
	va_start(args, fmt);
	strbuf_addv(&text, fmt, args);
	va_end(args);
	err_set(r->err, "%s", strbuf_text(&text));
	strbuf_release(&text);
	if (!r->err)
		return false;
	r->err->column = reader_column(r, start);
	r->err->width =
		characters(slice_of(r->text.ptr + start, end - start));
	if (r->err->width == 0)
		r->err->width = 1;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool reader_is_end(const struct reader *r)
{
	char c;

	if (r->at >= r->text.len)
		return true;
	c = r->text.ptr[r->at];
	return is_blank(c) || c == '(' || c == ')';
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A value as plain text and as a pattern: one of them is kept. */
struct decoder {
	struct strbuf text, pattern;
	bool wild;
};

static void add_literal(struct decoder *d, char c)
{
	strbuf_add_char(&d->text, c);
	if (c == '*' || c == '?' || c == '\\')
		strbuf_add_char(&d->pattern, '\\');
	strbuf_add_char(&d->pattern, c);
}

static void add_plain(struct decoder *d, char c)
{
	if (c != '*' && c != '?') {
		add_literal(d, c);
		return;
	}
	d->wild = true;
	strbuf_add_char(&d->text, c);
	strbuf_add_char(&d->pattern, c);
}

/* What follows a backslash inside quotes; bytes taken. */
static size_t add_escape(struct decoder *d, struct slice s)
{
	char c = s.len > 0 ? *s.ptr : '\0';

	if (s.len > 2 && c == 'x' && hex(s.ptr[1]) >= 0 && hex(s.ptr[2]) >= 0) {
		add_literal(d, (char)(hex(s.ptr[1]) * 16 + hex(s.ptr[2])));
		return 3;
	}
	if (s.len > 0 && strchr("\"\\*?", c) && c) {
		add_literal(d, c);
		return 1;
	}
	add_literal(d, '\\');
	return 0;
}

static bool read_quoted(struct reader *r, struct decoder *d)
{
	size_t start = r->at++;

	for (;;) {
		char c;

		if (r->at >= r->text.len)
			return reader_fail(r, start, r->text.len,
			                   "the quote has no end");
		c = r->text.ptr[r->at++];
		if (c == '"')
			return true;
		if (c == '\\')
			r->at += add_escape(d, slice_from(r->text, r->at));
		else
			add_plain(d, c);
	}
}

bool read_value(struct reader *r, struct raw_value *v)
{
	struct decoder d = { 0 };
	bool ok = true;

	*v = (struct raw_value){ .start = r->at };
	v->quoted = r->at < r->text.len && r->text.ptr[r->at] == '"';
	if (v->quoted)
		ok = read_quoted(r, &d);
	else
		while (!reader_is_end(r) &&
		       (r->bare || r->text.ptr[r->at] != ','))
			add_plain(&d, r->text.ptr[r->at++]);
	v->end = r->at;
	v->pattern = d.wild;
	v->text = arena_slice(&r->filter->memory,
	                      strbuf_slice(d.wild ? &d.pattern : &d.text));
	if (!v->text.ptr)
		v->text = slice_of("", 0);
	strbuf_release(&d.text);
	strbuf_release(&d.pattern);
	if (ok && v->start == v->end)
		return reader_fail(r, v->start, v->start + 1,
		                   "a value is missing here");
	return ok;
}

static bool is_name_char(char c, bool first)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       (!first && ((c >= '0' && c <= '9') || c == '_'));
}

size_t filter_name_length(struct slice s, size_t *op)
{
	static const char *const ops[] = { ":", "!=", "!~", "<=", ">=",
		                           "<", ">",  "=",  "~" };
	size_t n = 0;

	while (n < s.len && is_name_char(s.ptr[n], n == 0))
		n++;
	if (n == 0)
		return 0;
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		*op = strlen(ops[i]);
		if (slice_starts(slice_from(s, n), slice_str(ops[i])))
			return n;
	}
	return 0;
}
