/* SPDX-License-Identifier: MIT */
/* SipHash-2-4, as its authors describe it (Aumasson, Bernstein 2012). */
#include "model/store/keyed_hash.h"

#include "base/alloc.h"

#include <sys/random.h>

struct hash_key hash_key_random(void)
{
	struct hash_key key;

	if (getrandom(&key, sizeof key, 0) != sizeof key)
		BUG("the system gives no random numbers");
	return key;
}

static inline uint64_t rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static inline uint64_t load(const char *p, size_t n)
{
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++)
		x |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return x;
}

static inline void add(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	sip_round(v);
	sip_round(v);
	v[0] ^= m;
}

uint64_t keyed_hash(const struct hash_key *key, struct slice s)
{
	uint64_t v[4] = { key->k[0] ^ 0x736f6d6570736575u,
		          key->k[1] ^ 0x646f72616e646f6du,
		          key->k[0] ^ 0x6c7967656e657261u,
		          key->k[1] ^ 0x7465646279746573u };
	size_t whole = s.len / 8 * 8;

	for (size_t i = 0; i < whole; i += 8)
		add(v, load(s.ptr + i, 8));
	add(v, (uint64_t)s.len << 56 | load(s.ptr + whole, s.len - whole));
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
