/* SPDX-License-Identifier: MIT */
/* Bump allocation from blocks that grow. */
#include "base/arena.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_MIN ((size_t)4096)
#define BLOCK_MAX ((size_t)1 << 20)
#define ALIGN ((size_t)16)

struct arena_block {
	struct arena_block *older;
	size_t size; /* of data */
	_Alignas(16) char data[];
};

void arena_release(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *older = a->blocks->older;

		free(a->blocks);
		a->blocks = older;
	}
	*a = (struct arena){ 0 };
}

void arena_reset(struct arena *a)
{
	struct arena_block *kept = a->blocks;

	if (!kept)
		return;
	for (struct arena_block *b = a->blocks; b; b = b->older)
		if (b->size > kept->size)
			kept = b;
	for (struct arena_block *b = a->blocks; b;) {
		struct arena_block *older = b->older;

		if (b != kept)
			free(b);
		b = older;
	}
	kept->older = NULL;
	*a = (struct arena){ .blocks = kept,
		             .next = kept->data,
		             .end = kept->data + kept->size };
}

static void add_block(struct arena *a, size_t size)
{
	size_t want = a->blocks ? a->blocks->size * 2 : BLOCK_MIN;
	struct arena_block *b;

	if (want > BLOCK_MAX)
		want = BLOCK_MAX;
	if (want < size)
		want = size;
	if (want > SIZE_MAX - sizeof *b)
		BUG("arena size overflows");
	b = mem_resize(NULL, sizeof *b + want);
	b->older = a->blocks;
	b->size = want;
	a->blocks = b;
	a->next = b->data;
	a->end = b->data + want;
}

char *arena_bytes(struct arena *a, size_t size)
{
	char *ptr;

	if (!a->next || size > (size_t)(a->end - a->next))
		add_block(a, size);
	ptr = a->next;
	a->next += size;
	a->used += size;
	return ptr;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t pad = a->next ? -(uintptr_t)a->next & (ALIGN - 1) : 0;
	char *ptr;

	if (size > SIZE_MAX - ALIGN)
		BUG("arena size overflows");
	if (!a->next || size + pad > (size_t)(a->end - a->next)) {
		add_block(a, size);
		pad = 0;
	}
	ptr = arena_bytes(a, size + pad) + pad;
	return memset(ptr, 0, size);
}

struct slice arena_slice(struct arena *a, struct slice s)
{
	char *copy;

	if (!s.ptr)
		return s;
	copy = arena_bytes(a, s.len);
	memcpy(copy, s.ptr, s.len);
	return slice_of(copy, s.len);
}

const char *arena_text(struct arena *a, struct slice s)
{
	char *copy = arena_bytes(a, s.len + 1);

	if (s.len)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

struct slice arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		BUG("a format that vsnprintf does not take");
	text = arena_bytes(a, (size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, args);
	va_end(args);
	return slice_of(text, (size_t)n);
}
