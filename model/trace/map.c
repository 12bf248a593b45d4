/* SPDX-License-Identifier: MIT */
/* A table from 64-bit keys to numbers, and a sort of (hash, number) pairs. */
#include "model/trace/map.h"

#include "base/alloc.h"

void map_release(struct map *m)
{
	free(m->keys);
	free(m->values);
	*m = (struct map){0};
}

void map_reset(struct map *m)
{
	if (m->n)
		memset(m->keys, 0, ((size_t)m->mask + 1) * sizeof *m->keys);
	m->n = 0;
}

static uint32_t slot_of(const struct map *m, uint64_t key)
{
	uint32_t i = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & m->mask;

	while (m->keys[i] && m->keys[i] != key)
		i = (i + 1) & m->mask;
	return i;
}

uint32_t *map_find(const struct map *m, uint64_t key)
{
	uint32_t i;

	if (!m->mask)
		return NULL;
	i = slot_of(m, key);
	return m->keys[i] ? &m->values[i] : NULL;
}

static void map_grow(struct map *m)
{
	struct map old = *m;
	uint32_t size = old.mask ? (old.mask + 1) * 2 : 64;

	m->mask = size - 1;
	m->keys = mem_alloc(size * sizeof *m->keys);
	m->values = mem_alloc(size * sizeof *m->values);
	for (uint32_t i = 0; old.mask && i <= old.mask; i++) {
		uint32_t to;

		if (!old.keys[i])
			continue;
		to = slot_of(m, old.keys[i]);
		m->keys[to] = old.keys[i];
		m->values[to] = old.values[i];
	}
	free(old.keys);
	free(old.values);
}

uint32_t *map_add(struct map *m, uint64_t key, uint32_t absent)
{
	uint32_t i;

	if (!m->mask || m->n >= m->mask - m->mask / 4)
		map_grow(m);
	i = slot_of(m, key);
	if (!m->keys[i]) {
		m->keys[i] = key;
		m->values[i] = absent;
		m->n++;
	}
	return &m->values[i];
}

/* One pass of a radix sort by the byte at SHIFT; false if all agree in it. */
static int radix_pass(const struct pair *from, struct pair *to, size_t n,
		      unsigned shift)
{
	size_t at[257] = {0};

	for (size_t i = 0; i < n; i++)
		at[((from[i].key >> shift) & 0xff) + 1]++;
	if (at[((from[0].key >> shift) & 0xff) + 1] == n)
		return 0;
	for (unsigned b = 0; b < 256; b++)
		at[b + 1] += at[b];
	for (size_t i = 0; i < n; i++)
		to[at[(from[i].key >> shift) & 0xff]++] = from[i];
	return 1;
}

static void insertion_sort(struct pair *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct pair x = p[i];
		size_t j = i;

		for (; j && p[j - 1].key > x.key; j--)
			p[j] = p[j - 1];
		p[j] = x;
	}
}

void pairs_sort(struct pair *p, size_t n)
{
	struct pair *from = p, *to, *spare;

	if (n < 32) {
		insertion_sort(p, n);
		return;
	}
	to = spare = mem_resize(NULL, n * sizeof *spare);
	for (unsigned shift = 0; shift < 64; shift += 8) {
		struct pair *swap = from;

		if (!radix_pass(from, to, n, shift))
			continue;
		from = to;
		to = swap;
	}
	if (from != p)
		memcpy(p, from, n * sizeof *p);
	free(spare);
}

/* First with KEY or more. */
static size_t lower_bound(const struct pair *p, size_t n, uint64_t key)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t pairs_find(const struct pair *p, size_t n, uint64_t key)
{
	size_t i = lower_bound(p, n, key);

	return i < n && p[i].key == key ? i : n;
}

size_t pairs_run(const struct pair *p, size_t n, size_t from)
{
	size_t i = from;

	/* mostly short; a long one must not be walked each time */
	while (i < n && i < from + 8 && p[i].key == p[from].key)
		i++;
	if (i < n && i == from + 8)
		i = p[from].key == UINT64_MAX
			    ? n
			    : lower_bound(p, n, p[from].key + 1);
	return i - from;
}
