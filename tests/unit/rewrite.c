/* SPDX-License-Identifier: MIT */
/* Addresses that forwarders and lists made others, and what only looks so. */
#include "model/trace/rewrite.h"

#include "base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define DAY(n) ((int64_t)(n) * US_DAY + US_HOUR)

static bool same(const char *a, const char *b, int64_t at)
{
	bool one = rewrite_same(slice_str(a), slice_str(b), at);

	assert_int_equal(one, rewrite_same(slice_str(b), slice_str(a), at));
	return one;
}

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "alice@corp.example", "Alice@CORP.example.", true },
	{ "alice@corp.example", "alice@other.example", false },
	{ "<>", "<>", true },
	{ "<>", "alice@corp.example", false },
	{ "SRS0=HHHH=TT=corp.example=alice@fwd.example", "alice@corp.example",
	  true },
	{ "SRS0+HHHH=TT=corp.example=alice@fwd.example", "alice@corp.example",
	  true },
	{ "SRS0=HHHH=TT=corp.example=alice@fwd.example", "bob@corp.example",
	  false },
	{ "SRS0=HHHH=corp.example=alice@fwd.example", "alice@corp.example",
	  false },
	{ "SRS1=GGGG=fwd.example==HHHH=TT=corp.example=alice@two.example",
	  "alice@corp.example", true },
	{ "SRS1=GGGG=fwd.example==HHHH=TT=corp.example=alice@two.example",
	  "SRS0=HHHH=TT=corp.example=alice@fwd.example", true },
	{ "SRS1=GGGG=fwd.example", "alice@corp.example", false },
	{ "list-bounces+bob=partner.example@lists.example",
	  "list-bounces@lists.example", true },
	{ "owner-list-bob=partner.example@lists.example",
	  "owner-list@lists.example", true },
	{ "list-bounces+bob=partner.example@lists.example",
	  "bob@partner.example", false },
	{ "prvs=1234abcdef=alice@corp.example", "alice@corp.example", true },
	{ "prvs=alice=1234abcdef@corp.example", "alice@corp.example", true },
	{ "prvs=12zzabcdef=alice@corp.example", "alice@corp.example", false },
	{ "bob+invoices@corp.example", "bob@corp.example", true },
	{ "+bob@corp.example", "@corp.example", false },
	{ "b.o.b@gmail.com", "bob@googlemail.com", true },
	{ "b.o.b@corp.example", "bob@corp.example", false },
	{ "bob%partner.example@relay.example", "bob@partner.example", true },
	{ "bob%@relay.example", "bob@relay.example", false },
	{ "IMCEASMTP-bob+40partner+2Eexample@corp.example",
	  "bob@partner.example", true },
	{ "IMCEAEX-_O=CORP_OU=X_CN=BOB@corp.example",
	  "imceaex-_o=corp_ou=x_cn=bob@corp.example", true },
	{ "", "", false },
};

static void test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (same(pairs[i].a, pairs[i].b, TIME_NONE) != pairs[i].same)
			fail_msg("%s and %s", pairs[i].a, pairs[i].b);
}

/* The day within SRS and BATV: made up or kept for a year, it undoes nothing. */
static void test_days(void **state)
{
	static const char srs[] = "SRS0=HHHH=AB=corp.example=alice@fwd.example";
	static const char batv[] = "prvs=0007abcdef=alice@corp.example";

	(void)state;
	assert_true(same(srs, "alice@corp.example", DAY(1)));
	assert_true(same(srs, "alice@corp.example", DAY(1024 + 20)));
	assert_true(same(srs, "alice@corp.example", DAY(1024)));
	assert_false(same(srs, "alice@corp.example", DAY(400)));
	assert_false(same(srs, "alice@corp.example", DAY(1024 - 8)));
	assert_true(same(batv, "alice@corp.example", DAY(1000)));
	assert_true(same(batv, "alice@corp.example", DAY(2007)));
	assert_false(same(batv, "alice@corp.example", DAY(2500)));
}

/* Nothing of what a sender may write reads or writes beyond its room. */
static void test_hostile(void **state)
{
	static const char *const heads[] = { "SRS0=", "SRS1=", "SRS0", "SRS1=a==",
		"SRS1=a==b", "prvs=", "prvs==", "IMCEA", "IMCEAEX-+", "IMCEAEX-+4",
		"%", "+", "=", "@", "@@", "=@=", "-=.@", "SRS0==AA==@", "a+@",
		"SRS0=aa=AA=b.c=SRS0=aa=AA=b.c=SRS0=aa=AA=b.c=SRS0=aa=AA=b.c=x@y" };
	char text[3000];

	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		for (size_t n = 0; n < 64; n++) {
			char *exact = malloc(strlen(heads[i]) + n + 1);
			size_t len = strlen(heads[i]) + n;

			memcpy(exact, heads[i], strlen(heads[i]));
			memset(exact + strlen(heads[i]), "=+@%"[n % 4], n);
			exact[len] = '\0';
			rewrite_same(slice_of(exact, len),
			             SLICE("bob@partner.example"), DAY(1));
			free(exact);
		}
	memset(text, '+', sizeof text);
	memcpy(text, "SRS0=aa=AA=b.c=", 15);
	assert_false(rewrite_same(slice_of(text, sizeof text),
	                          SLICE("bob@b.c"), TIME_NONE));
	assert_true(rewrite_same(slice_of(text, sizeof text),
	                         slice_of(text, sizeof text), TIME_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
