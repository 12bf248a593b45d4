/* SPDX-License-Identifier: MIT */
/* XXH3 behind two functions. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/hash.h"

uint64_t hash64(struct slice s)
{
	return XXH3_64bits(s.ptr, s.len);
}

struct hash128 hash128(struct slice s)
{
	XXH128_hash_t h = XXH3_128bits(s.ptr, s.len);

	return (struct hash128){ .low = h.low64, .high = h.high64 };
}
