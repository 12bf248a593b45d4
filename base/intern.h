/* SPDX-License-Identifier: MIT */
/* Numbers for strings: equal bytes, equal number. Numbers count from 1. */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include "base/arena.h"

struct intern_slot {
	uint64_t hash;
	uint32_t id; /* 0 = free */
};

struct intern {
	struct arena text;
	struct slice *strings; /* strings[0] is unused */
	uint32_t count;        /* highest number given */
	uint32_t cap;
	struct intern_slot *slots;
	uint32_t mask;
};

void intern_release(struct intern *t);
void intern_reset(struct intern *t);
uint32_t intern_add(struct intern *t, struct slice s); /* copies if new */
uint32_t intern_find(const struct intern *t, struct slice s); /* 0 = absent */

static inline struct slice intern_get(const struct intern *t, uint32_t id)
{
	return id ? t->strings[id] : slice_of(NULL, 0);
}

#endif
