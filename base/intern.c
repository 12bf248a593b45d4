/* SPDX-License-Identifier: MIT */
/* Numbers for strings: open addressing, at most half full. */
#include "base/intern.h"

#include "base/alloc.h"
#include "base/hash.h"

#include <stdlib.h>

#define SLOTS_MIN 256u

void intern_release(struct intern *t)
{
	arena_release(&t->text);
	free(t->strings);
	free(t->slots);
	*t = (struct intern){ 0 };
}

void intern_reset(struct intern *t)
{
	arena_reset(&t->text);
	if (t->slots)
		memset(t->slots, 0, ((size_t)t->mask + 1) * sizeof *t->slots);
	t->count = 0;
}

/* The slot that holds S, or the free one where it belongs. */
static inline uint32_t slot_of(const struct intern *t, struct slice s,
                               uint64_t hash)
{
	uint32_t i = (uint32_t)hash & t->mask;

	for (;; i = (i + 1) & t->mask) {
		const struct intern_slot *slot = &t->slots[i];

		if (slot->id == 0)
			return i;
		if (slot->hash == hash) {
			struct slice have = t->strings[slot->id];

			if (have.len == s.len &&
			    memcmp(have.ptr, s.ptr, s.len) == 0)
				return i;
		}
	}
}

static void grow_slots(struct intern *t)
{
	size_t n = t->slots ? ((size_t)t->mask + 1) * 2 : SLOTS_MIN;
	struct intern_slot *old = t->slots;
	size_t nold = old ? (size_t)t->mask + 1 : 0;

	if (n > (size_t)UINT32_MAX + 1)
		BUG("more strings than numbers");
	t->slots = mem_alloc(n * sizeof *t->slots);
	t->mask = (uint32_t)(n - 1);
	for (size_t k = 0; k < nold; k++) {
		uint32_t i;

		if (old[k].id == 0)
			continue;
		i = (uint32_t)old[k].hash & t->mask;
		while (t->slots[i].id)
			i = (i + 1) & t->mask;
		t->slots[i] = old[k];
	}
	free(old);
}

static uint32_t add_at(struct intern *t, struct slice s, uint64_t hash,
                       uint32_t at)
{
	if (t->count + 1 >= t->cap) {
		t->cap = t->cap ? t->cap * 2 : SLOTS_MIN / 2;
		t->strings = mem_resize(t->strings,
		                        t->cap * sizeof *t->strings);
		t->strings[0] = slice_of(NULL, 0);
	}
	t->count++;
	t->strings[t->count] =
	        arena_slice(&t->text, s.ptr ? s : slice_of("", 0));
	t->slots[at] = (struct intern_slot){ .hash = hash, .id = t->count };
	return t->count;
}

uint32_t intern_add(struct intern *t, struct slice s)
{
	uint64_t hash;
	uint32_t at;

	/* absent and empty are one string here; memcmp takes no NULL */
	if (!s.ptr)
		s = slice_of("", 0);
	hash = hash64(s);
	if (!t->slots || t->count >= (t->mask + (size_t)1) / 2)
		grow_slots(t);
	at = slot_of(t, s, hash);
	if (t->slots[at].id)
		return t->slots[at].id;
	return add_at(t, s, hash, at);
}

uint32_t intern_find(const struct intern *t, struct slice s)
{
	if (!t->slots)
		return 0;
	if (!s.ptr)
		s = slice_of("", 0);
	return t->slots[slot_of(t, s, hash64(s))].id;
}
