/* SPDX-License-Identifier: MIT */
/* Rows of something found by a key that several of them may have: filled once,
 * sorted once, then asked often. */
#ifndef BASE_LOOKUP_H
#define BASE_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

struct place {
	uint64_t key;  /* a number, or a hash */
	int64_t order; /* among those of one key */
	size_t row;
};

struct lookup {
	struct place *places; /* sorted by key, order, row */
	size_t n, cap;
};

void lookup_add(struct lookup *l, uint64_t key, int64_t order, size_t row);
void lookup_sort(struct lookup *l); /* after the last was added */
void lookup_release(struct lookup *l);

/* The first place of KEY; those that follow it have the same key or end. NULL:
 * the lookup is empty. */
const struct place *lookup_find(const struct lookup *l, uint64_t key);

/* for LOOKUP_EACH (p, &lookup, key) use(p->row); */
#define LOOKUP_EACH(p, l, k)                                                 \
	(const struct place *p = lookup_find((l), (k));                      \
	 p && p < (l)->places + (l)->n && p->key == (k); p++)

#endif
