/* SPDX-License-Identifier: MIT */
/* Allocation that cannot fail: the program ends instead. */
#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void die_of_memory(size_t size)
{
	fprintf(stderr, "mailspoor: out of memory, %zu bytes wanted\n", size);
	exit(3);
}

void *mem_alloc(size_t size)
{
	void *ptr = calloc(1, size ? size : 1);

	if (!ptr)
		die_of_memory(size);
	return ptr;
}

void *mem_resize(void *ptr, size_t size)
{
	void *moved = realloc(ptr, size ? size : 1);

	if (!moved)
		die_of_memory(size);
	return moved;
}

void *mem_copy(const void *ptr, size_t size)
{
	void *copy = mem_resize(NULL, size);

	if (size)
		memcpy(copy, ptr, size);
	return copy;
}

char *mem_text(const char *text)
{
	return mem_copy(text, strlen(text) + 1);
}

_Noreturn void bug_at(const char *file, int line, const char *what)
{
	fprintf(stderr, "mailspoor: bug at %s:%d: %s\n", file, line, what);
	abort();
}
