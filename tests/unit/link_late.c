/* SPDX-License-Identifier: MIT */
/* Late bounces to addresses made for one message: which one is meant, and how
 * sure that is. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define SRS "SRS0=HHHH=TT=example.org=ann@fwd.example"
#define VERP "talk-bounces+bob=b.example@lists.example"

#define SENT(id, time, sender, to)                                             \
	"@" time " a q=" id " do=accept roles=opens client_ip=192.0.2.1 "      \
	"sender=" sender " message_id=" id "@example.org\n"                    \
	"@" time " a q=" id " do=relay roles=attempt recipient=" to            \
	" relay_name=mx.b.example relay_ip=198.51.100.9\n"                     \
	"@" time " a q=" id " do=removed roles=closes\n"
#define BACK(id, time, ip, to)                                                 \
	"@" time " a q=" id " do=accept roles=opens client_ip=" ip             \
	" sender=<> message_id=" id "@b.example\n"                             \
	"@" time " a q=" id " do=relay roles=attempt " to                      \
	" relay_name=mx.example.org relay_ip=203.0.113.9\n"                    \
	"@" time " a q=" id " do=removed roles=closes\n"

static void derive(struct rows *r, const char *log)
{
	rows_init(r);
	rows_add(r, log, 3);
	rows_derive(r);
}

/* The same machine answers: two groups of evidence, one candidate. Both forms of
 * the recipient are told. */
static void test_known(void **state)
{
	static const char *const logs[] = {
		SENT("A", "1000", SRS, "bob@home.example")
			BACK("B", "9000", "198.51.100.9",
			     "recipient=ann@example.org orig_recipient=" SRS),
		SENT("A", "1000", VERP, "bob@b.example")
			BACK("B", "9000", "198.51.100.9",
			     "recipient=TALK-bounces+bob=b.example@lists.example"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nlinks, 1);
		assert_int_equal(r.links[0].kind, LINK_LATE_BOUNCE);
		assert_int_equal(r.links[0].class, CLASS_CONFIRMED);
		assert_int_equal(r.links[0].evidence, 1u << 5 | 1u << 6);
		assert_int_equal(r.njourneys, 2);
		assert_true(r.nrelated >= 2);
		if (!i)
			assert_string_equal(
				rows_word(&r, rows_rcpt(&r, "ann@example.org")
						      ->addressed_as),
				SRS);
		rows_release(&r);
	}
}

/* What anyone may write to, from elsewhere; several messages under one address. */
static void test_possible(void **state)
{
	static const struct {
		const char *log;
		size_t links;
	} cases[] = {
		{SENT("A", "1000", SRS, "bob@home.example")
			 BACK("B", "9000", "198.51.100.66", "recipient=" SRS),
		 1},
		{SENT("A", "1000", VERP, "bob@b.example")
			 SENT("C", "2000", VERP, "bob@b.example")
				 BACK("B", "9000", "198.51.100.9",
				      "recipient=" VERP),
		 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rows r;

		derive(&r, cases[i].log);
		assert_int_equal(r.nlinks, cases[i].links);
		for (size_t k = 0; k < r.nlinks; k++)
			assert_int_equal(r.links[k].class, CLASS_POSSIBLE);
		rows_release(&r);
	}
}

/* A plain address, another one, before it was sent, long after, a message with a
 * sender. */
static void test_none(void **state)
{
	static const char *const logs[] = {
		SENT("A", "1000", "ann@example.org", "bob@b.example")
			BACK("B", "9000", "198.51.100.9",
			     "recipient=ann@example.org"),
		SENT("A", "1000", VERP, "bob@b.example")
			BACK("B", "9000", "198.51.100.9",
			     "recipient=talk-bounces+eve=b.example@lists.example"),
		BACK("B", "1000", "198.51.100.9", "recipient=" VERP)
			SENT("A", "9000", VERP, "bob@b.example"),
		SENT("A", "1000", VERP, "bob@b.example")
			BACK("B", "900000", "198.51.100.9", "recipient=" VERP),
		SENT("A", "1000", VERP, "bob@b.example")
			SENT("B", "9000", "eve@b.example", VERP),
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nlinks, 0);
		rows_release(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_possible),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
