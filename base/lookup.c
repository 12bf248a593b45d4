/* SPDX-License-Identifier: MIT */
/* Sorted keys and a binary search. */
#include "base/lookup.h"

#include "base/alloc.h"

#include <stdlib.h>

void lookup_add(struct lookup *l, uint64_t key, int64_t order, size_t row)
{
	GROW(l->places, l->n, l->cap);
	l->places[l->n++] = (struct place){ key, order, row };
}

static int cmp_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_place(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;

	if (a->key != b->key)
		return cmp_u64(a->key, b->key);
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return cmp_u64(a->row, b->row);
}

void lookup_sort(struct lookup *l)
{
	if (l->n)
		qsort(l->places, l->n, sizeof *l->places, cmp_place);
}

void lookup_release(struct lookup *l)
{
	free(l->places);
	*l = (struct lookup){ 0 };
}

const struct place *lookup_find(const struct lookup *l, uint64_t key)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->places[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return l->places ? l->places + low : NULL;
}
