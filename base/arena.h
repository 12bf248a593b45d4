/* SPDX-License-Identifier: MIT */
/* Memory that dies together: one arena per batch, one per result. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *next, *end;
	size_t used; /* bytes given out since init or reset */
};

void arena_release(struct arena *a);
void arena_reset(struct arena *a); /* keeps the largest block */
void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned to 16 */
char *arena_bytes(struct arena *a, size_t size); /* neither */
struct slice arena_slice(struct arena *a, struct slice s); /* a copy */
const char *arena_text(struct arena *a, struct slice s); /* copy with a NUL */
struct slice arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
