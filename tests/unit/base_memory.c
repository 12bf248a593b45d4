/* SPDX-License-Identifier: MIT */
/* Allocation, buffers, arenas, errors, hashes, interning. */
#include "base/alloc.h"
#include "base/cancel.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void test_grow(void **state)
{
	int *list = NULL;
	size_t n = 0, cap = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		GROW(list, n, cap);
		list[n++] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(list[i], i);
	assert_true(cap >= 1000 && cap < 2048);
	free(list);
}

static void test_alloc(void **state)
{
	unsigned char *zero = mem_alloc(100);
	char *copy = mem_copy("a\0b", 3), *text = mem_text("abc");
	void *none = mem_alloc(0), *nothing = mem_copy(NULL, 0);

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(zero[i], 0);
	assert_memory_equal(copy, "a\0b", 3);
	assert_string_equal(text, "abc");
	assert_non_null(none);
	assert_non_null(nothing);
	free(zero);
	free(copy);
	free(text);
	free(none);
	free(nothing);
}

static void test_strbuf(void **state)
{
	struct strbuf b = { 0 };
	char *text;

	(void)state;
	assert_string_equal(strbuf_text(&b), "");
	assert_int_equal(strbuf_slice(&b).len, 0);
	strbuf_add(&b, NULL, 0);
	strbuf_add_str(&b, "ab");
	strbuf_add_char(&b, 'c');
	strbuf_add_slice(&b, SLICE("d\0e"));
	strbuf_add_slice(&b, slice_of(NULL, 0));
	strbuf_addf(&b, "%d-%s", 42, "x");
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.ptr, "abcd\0e42-x", 11);
	strbuf_reset(&b);
	assert_string_equal(strbuf_text(&b), "");
	memcpy(strbuf_room(&b, 3), "xyz", 3);
	assert_int_equal(b.len, 0); /* room is not counted */
	for (int i = 0; i < 5000; i++)
		strbuf_addf(&b, "%05d", i);
	assert_int_equal(b.len, 25000);
	assert_memory_equal(b.ptr + 24995, "04999", 6);
	text = strbuf_take(&b);
	assert_int_equal(strlen(text), 25000);
	assert_null(b.ptr);
	free(text);
	text = strbuf_take(&b);
	assert_string_equal(text, "");
	free(text);
	strbuf_addf(&b, "%300d", 7); /* longer than the first room */
	assert_int_equal(b.len, 300);
	assert_int_equal(b.ptr[299], '7');
	strbuf_release(&b);
	assert_null(b.ptr);
}

static void test_arena(void **state)
{
	struct arena a = { 0 };
	struct slice first, line;
	char *big;

	(void)state;
	arena_reset(&a);
	first = arena_slice(&a, SLICE("a\0b"));
	for (size_t i = 1; i < 3000; i++) {
		unsigned char *p = arena_alloc(&a, i % 67);

		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t k = 0; k < i % 67; k++) {
			assert_int_equal(p[k], 0);
			p[k] = 0xff;
		}
		arena_bytes(&a, 1)[0] = 'x';
	}
	assert_true(slice_eq(first, SLICE("a\0b")));
	assert_string_equal(arena_text(&a, SLICE("abc")), "abc");
	assert_string_equal(arena_text(&a, slice_of(NULL, 0)), "");
	assert_null(arena_slice(&a, slice_of(NULL, 0)).ptr);
	assert_non_null(arena_slice(&a, SLICE("")).ptr);
	line = arena_printf(&a, "%s %d", "n", 5);
	assert_true(slice_eq(line, SLICE("n 5")));
	big = arena_bytes(&a, 5000000);
	memset(big, 1, 5000000);
	assert_true(a.used > 5000000);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_ptr_equal(arena_bytes(&a, 4999999), big); /* the largest stays */
	arena_release(&a);
	assert_null(a.blocks);
	/* what was used before must be zero again */
	memset(arena_bytes(&a, 64), 0xee, 64);
	arena_reset(&a);
	for (int i = 0; i < 4; i++)
		assert_int_equal(((char *)arena_alloc(&a, 16))[15], 0);
	arena_release(&a);
}

static void test_err(void **state)
{
	struct err e = { .column = 3, .width = 2 };
	char longer[3000];

	(void)state;
	assert_false(err_set(NULL, "x"));
	assert_false(err_context(NULL, "x"));
	assert_false(err_set(&e, "cannot open %s", "a"));
	assert_string_equal(e.text, "cannot open a");
	assert_int_equal(e.column, 0);
	assert_false(err_context(&e, "case %d", 7));
	assert_string_equal(e.text, "case 7: cannot open a");
	err_set(&e, "again: %s", e.text);
	assert_string_equal(e.text, "again: case 7: cannot open a");
	err_set(&e, "%s", "%s%n");
	assert_string_equal(e.text, "%s%n");
	/* a cut must leave whole characters */
	for (size_t i = 0; i < sizeof longer - 1; i += 1)
		longer[i] = i % 2 ? '\xbc' : '\xc3';
	longer[sizeof longer - 2] = '\0';
	err_set(&e, "%s", longer);
	assert_int_equal(strlen(e.text), 1022);
	err_set(&e, "%s", longer + 2990);
	for (int i = 0; i < 600; i++)
		err_context(&e, "%d", i);
	assert_true(strlen(e.text) < sizeof e.text);
	assert_memory_equal(e.text, "599: 598: ", 10);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Keys made of two small numbers, as row numbers and words are, never meet. */
static void test_hash_mix_small(void **state)
{
	enum { SIDE = 600 };
	uint64_t *all = mem_alloc(SIDE * SIDE * sizeof *all);

	(void)state;
	for (uint64_t a = 0; a < SIDE; a++)
		for (uint64_t b = 0; b < SIDE; b++)
			all[a * SIDE + b] = hash_mix(a, b * 7);
	qsort(all, SIDE * SIDE, sizeof *all, by_value);
	for (size_t i = 1; i < SIDE * SIDE; i++)
		assert_true(all[i - 1] != all[i]);
	free(all);
}

static void test_hash(void **state)
{
	struct hash128 a = hash128(SLICE("abc")), b = hash128(SLICE("abd"));

	(void)state;
	/* XXH3 of the empty text, from its specification */
	assert_true(hash64(SLICE("")) == UINT64_C(0x2d06800538d394c2));
	assert_true(hash64(slice_of(NULL, 0)) == UINT64_C(0x2d06800538d394c2));
	assert_true(hash128(SLICE("")).low == UINT64_C(0x6001c324468d497f));
	assert_true(hash128(SLICE("")).high == UINT64_C(0x99aa06d3014798d8));
	assert_true(hash64(SLICE("a")) != hash64(SLICE("b")));
	assert_true(a.low != b.low && a.high != b.high);
	assert_true(hash_mix(1, 2) != hash_mix(2, 1));
	assert_true(hash_mix(0, 0) != hash_mix(0, 1));
}

static void test_intern(void **state)
{
	struct intern t = { 0 };
	char text[32];

	(void)state;
	assert_int_equal(intern_find(&t, SLICE("a")), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(intern_add(&t, SLICE("a")), 1);
		assert_int_equal(intern_add(&t, SLICE("")), 2);
		assert_int_equal(intern_add(&t, slice_of(NULL, 0)), 2);
		assert_int_equal(intern_add(&t, SLICE("a\0")), 3);
		assert_int_equal(intern_add(&t, SLICE("a")), 1);
		for (int i = 0; i < 20000; i++) {
			int n = snprintf(text, sizeof text, "k%d", i);

			assert_int_equal(
			        intern_add(&t, slice_of(text, (size_t)n)),
			        i + 4);
		}
		memset(text, 0, sizeof text); /* it has copies of its own */
		assert_int_equal(t.count, 20003);
		for (uint32_t id = 1; id <= t.count; id++)
			assert_int_equal(intern_find(&t, intern_get(&t, id)),
			                 id);
		assert_true(slice_eq(intern_get(&t, 5000), SLICE("k4996")));
		assert_null(intern_get(&t, 0).ptr);
		assert_int_equal(intern_find(&t, SLICE("k20000")), 0);
		assert_true(t.count <= (t.mask + 1) / 2);
		intern_reset(&t);
		assert_int_equal(t.count, 0);
		assert_int_equal(intern_find(&t, SLICE("a")), 0);
	}
	intern_release(&t);
	assert_null(t.slots);
}

static void test_cancel(void **state)
{
	struct cancel c = { false };

	(void)state;
	assert_false(cancel_asked(NULL));
	assert_false(cancel_asked(&c));
	cancel_ask(&c);
	assert_true(cancel_asked(&c));
	cancel_reset(&c);
	assert_false(cancel_asked(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_mix_small),
		cmocka_unit_test(test_grow),   cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_strbuf), cmocka_unit_test(test_arena),
		cmocka_unit_test(test_err),    cmocka_unit_test(test_hash),
		cmocka_unit_test(test_intern), cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
