/* SPDX-License-Identifier: MIT */
/* Failures as sentences. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A text that was cut must not end inside a UTF-8 character. */
static void trim_cut(char *text, size_t size)
{
	size_t end = size - 1;

	while (end > 0 && ((unsigned char)text[end - 1] & 0xc0) == 0x80)
		end--;
	if (end > 0 && (unsigned char)text[end - 1] >= 0xc0)
		text[end - 1] = '\0';
}

__attribute__((format(printf, 3, 0))) static void
fill(char *out, size_t size, const char *fmt, va_list args)
{
	int n = vsnprintf(out, size, fmt, args);

	if (n < 0)
		out[0] = '\0';
	else if ((size_t)n >= size)
		trim_cut(out, size);
}

bool err_set(struct err *err, const char *fmt, ...)
{
	/* an argument may point into err->text itself */
	char text[sizeof err->text];
	va_list args;

	if (!err)
		return false;
	va_start(args, fmt);
	fill(text, sizeof text, fmt, args);
	va_end(args);
	memcpy(err->text, text, sizeof text);
	err->column = err->width = 0;
	return false;
}

bool err_context(struct err *err, const char *fmt, ...)
{
	char text[sizeof err->text];
	size_t len, rest;
	va_list args;

	if (!err)
		return false;
	va_start(args, fmt);
	fill(text, sizeof text - 3, fmt, args);
	va_end(args);
	len = strlen(text);
	text[len++] = ':';
	text[len++] = ' ';
	rest = strlen(err->text) + 1;
	if (len + rest > sizeof text)
		rest = sizeof text - len;
	memmove(err->text + len, err->text, rest);
	memcpy(err->text, text, len);
	if (err->text[len + rest - 1] != '\0') {
		err->text[len + rest - 1] = '\0';
		trim_cut(err->text, len + rest);
	}
	return false;
}
