/* SPDX-License-Identifier: MIT */
/* Fast hashes, for tables and for telling bytes apart; never for proof. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/slice.h"

struct hash128 {
	uint64_t low, high;
};

uint64_t hash64(struct slice s);
struct hash128 hash128(struct slice s);

/* One 64-bit value out of two, for keys of several parts. Small numbers that
 * differ give values that differ in all bits (the finisher of splitmix64). */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;

	x = ((x ^ (x >> 29)) + b) * 0x94d049bb133111ebu;
	x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
	return x ^ (x >> 32);
}

#endif
