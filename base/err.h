/* SPDX-License-Identifier: MIT */
/* One failure, told once: what failed, on what, where, and what to do. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

struct err {
	char text[1024]; /* a full sentence without the final stop */
	size_t column;   /* 1-based, in characters, of a filter or format; 0 none */
	size_t width;    /* characters to underline from column */
};

/* Fills ERR (which may be NULL) and returns false, so that callers can write
 * `return err_set(err, "cannot open %s: %s", path, strerror(errno));` */
bool err_set(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts "CONTEXT: " before the text that is there; returns false. */
bool err_context(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
