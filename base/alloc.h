/* SPDX-License-Identifier: MIT */
/* Memory that is there or the program ends: no caller checks. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

void *mem_alloc(size_t size);            /* zeroed; free() */
void *mem_resize(void *ptr, size_t size); /* new bytes are not zeroed */
void *mem_copy(const void *ptr, size_t size);
char *mem_text(const char *text);        /* strdup */

/* Makes room for one more element behind N in the array PTR of capacity CAP. */
#define GROW(ptr, n, cap)                                                    \
	((n) < (cap) ? (void)0                                               \
	             : (void)((cap) = (cap) ? (cap) * 2 : 16,                \
	                      (ptr) = mem_resize((ptr), (cap) * sizeof *(ptr))))

/* Stops the program: a state that the code itself rules out. */
_Noreturn void bug_at(const char *file, int line, const char *what);
#define BUG(what) bug_at(__FILE__, __LINE__, (what))

#endif
