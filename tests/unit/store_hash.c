/* SPDX-License-Identifier: MIT */
/* SipHash-2-4 against the vectors of its authors. */
#include "model/store/keyed_hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_vectors(void **state)
{
	/* key 00..0f, input 00.. of that length */
	static const struct {
		size_t len;
		uint64_t hash;
	} cases[] = {
		{ 0, 0x726fdb47dd0e0e31u },  { 1, 0x74f839c593dc67fdu },
		{ 7, 0xab0200f58b01d137u },  { 8, 0x93f5f5799a932462u },
		{ 15, 0xa129ca6149be45e5u },
	};
	const struct hash_key key = { { 0x0706050403020100u,
		                        0x0f0e0d0c0b0a0908u } };
	char bytes[16];

	(void)state;
	for (int i = 0; i < 16; i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(keyed_hash(&key, slice_of(bytes, cases[i].len)) ==
		            cases[i].hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors) };

	return cmocka_run_group_tests_name("store_hash", tests, NULL, NULL);
}
