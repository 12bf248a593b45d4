/* SPDX-License-Identifier: MIT */
/* Small tools of this folder: a table from 64-bit keys to numbers, and a sort
 * of (hash, number) pairs. */
#ifndef MODEL_TRACE_MAP_H
#define MODEL_TRACE_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Keys are hashes or packed numbers; 0 is not a key. */
struct map {
	uint64_t *keys;
	uint32_t *values;
	uint32_t n, mask; /* mask 0: empty */
};

void map_release(struct map *m);
void map_reset(struct map *m); /* keeps the memory */
/* The value under KEY, NULL if there is none; valid until the next map_add. */
uint32_t *map_find(const struct map *m, uint64_t key);
/* The same, but a new key gets ABSENT. */
uint32_t *map_add(struct map *m, uint64_t key, uint32_t absent);

struct pair {
	uint64_t key;
	uint32_t value;
};

/* An instant as a key: earlier is smaller. */
static inline uint64_t pair_time(int64_t us)
{
	return (uint64_t)us ^ UINT64_C(1) << 63;
}

/* By key, stable. */
void pairs_sort(struct pair *p, size_t n);
/* First of the run with KEY in sorted P, N if there is none. */
size_t pairs_find(const struct pair *p, size_t n, uint64_t key);
/* How many have the key of entry FROM, in a run from there; 0 behind the end. */
size_t pairs_run(const struct pair *p, size_t n, size_t from);

#endif
