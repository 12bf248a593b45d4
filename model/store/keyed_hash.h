/* SPDX-License-Identifier: MIT */
/* SipHash-2-4: equal hashes mean equal bytes, also for bytes that somebody
 * chose to make them collide, as long as the key is not known. */
#ifndef MODEL_STORE_KEYED_HASH_H
#define MODEL_STORE_KEYED_HASH_H

#include "base/slice.h"

struct hash_key {
	uint64_t k[2];
};
struct hash_key hash_key_random(void);
uint64_t keyed_hash(const struct hash_key *key, struct slice s);

#endif
