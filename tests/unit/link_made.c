/* SPDX-License-Identifier: MIT */
/* Delivery agents without an id: which delivery ran them, and what their rules
 * made. What two may have made is nobody's. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define IN(id, mid)                                                            \
	"@1000 a q=" id " do=accept roles=opens client_ip=192.0.2.1 "          \
	"sender=ann@example.org message_id=" mid "\n"
#define RUN(id, time, to)                                                      \
	"@" time " a q=" id " do=deliver roles=attempt recipient=" to          \
	" transfer=100000 place=agent\n"
#define DONE(id, time) "@" time " a q=" id " do=removed roles=closes\n"
#define SAYS(time, ses, mid, what)                                             \
	"@" time " a s=" ses " named=" mid " roles=attempt do=" what "\n"
#define LOCAL(id, time, sender, mid, to)                                       \
	"@" time " a q=" id " do=accept roles=opens client_name=local "        \
	"sender=" sender " message_id=" mid "\n"                               \
	"@" time " a q=" id " do=relay roles=attempt recipient=" to "\n"       \
	DONE(id, time)

static void derive(struct rows *r, const char *log)
{
	rows_init(r);
	rows_add(r, log, 3);
	rows_derive(r);
}

static const struct delivery_row *delivery(const struct rows *r,
					   const char *to)
{
	for (size_t i = 0; i < r->ndeliveries; i++)
		if (!strcmp(rows_word(r, r->deliveries[i].recipient), to))
			return &r->deliveries[i];
	fail_msg("no delivery to %s", to);
	return NULL;
}

static const char *place(const struct rows *r, const char *to)
{
	const struct delivery_row *v = delivery(r, to);

	for (size_t i = 0; i < r->nattempts; i++)
		if (r->attempts[i].delivery == v->id)
			return rows_word(r, r->attempts[i].place);
	return "";
}

/* Message-id, user and time: the delivery that ran it knows its mailbox. */
static void test_run(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("A", "m@x") SAYS("1001", "S1", "m@x",
				       "deliver recipient=bob place=Junk")
			   SAYS("1001", "S2", "m@x",
				"deliver recipient=eve place=INBOX")
				   RUN("A", "1001", "bob+x@a.example")
					   RUN("A", "1002", "eve@a.example")
						   DONE("A", "1002"));
	assert_int_equal(r.nattempts, 2);
	assert_string_equal(place(&r, "bob+x@a.example"), "Junk");
	assert_string_equal(place(&r, "eve@a.example"), "INBOX");
	assert_true(r.agents > 0);
	rows_release(&r);
}

/* Another message, user, server or hour; two runs that may be meant. */
static void test_no_run(void **state)
{
	static const char *const logs[] = {
		IN("A", "m@x") SAYS("1001", "S1", "n@x",
				    "deliver recipient=bob place=Junk")
			RUN("A", "1001", "bob@a.example"),
		IN("A", "m@x") SAYS("1001", "S1", "m@x",
				    "deliver recipient=bobby place=Junk")
			RUN("A", "1001", "bob@a.example"),
		IN("A", "m@x") SAYS("1001", "S1", "m@x",
				    "deliver recipient=bob@b.example place=Junk")
			RUN("A", "1001", "bob@a.example"),
		IN("A", "m@x") SAYS("1010", "S1", "m@x",
				    "deliver recipient=bob place=Junk")
			RUN("A", "1001", "bob@a.example"),
		IN("A", "m@x")
		"@1001 k s=S1 named=m@x roles=attempt do=deliver recipient=bob "
		"place=Junk\n" RUN("A", "1001", "bob@a.example"),
		IN("A", "m@x") SAYS("1001", "S1", "m@x",
				    "deliver recipient=bob place=Junk")
			SAYS("1001", "S2", "m@x",
			     "deliver recipient=bob place=Spam")
				RUN("A", "1001", "bob@a.example"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_string_equal(place(&r, "bob@a.example"), "agent");
		rows_release(&r);
	}
}

/* No command that a list manager may stand behind: no expansion. */
static void test_forward(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("A", "m@x")
		       SAYS("1001", "S1", "m@x",
			    "redirect recipient=bob place=bob@home.example")
			       LOCAL("B", "1001", "ann@example.org", "m@x",
				     "bob@home.example")
				       RUN("A", "1001", "bob@a.example")
					       DONE("A", "1001"));
	assert_int_equal(r.nlinks, 1);
	assert_int_equal(r.links[0].kind, LINK_FORWARD);
	assert_int_equal(r.links[0].class, CLASS_CONFIRMED);
	assert_int_equal(r.njourneys, 2);
	assert_int_equal(r.nrelated, 2);
	rows_release(&r);
}

/* Another id, another address, much later, not submitted here. */
static void test_no_forward(void **state)
{
#define RULE                                                                   \
	IN("A", "m@x")                                                         \
	SAYS("1001", "S1", "m@x",                                              \
	     "redirect recipient=bob place=bob@home.example")                  \
	RUN("A", "1001", "bob@a.example")                                      \
	DONE("A", "1001")
	static const char *const logs[] = {
		RULE LOCAL("B", "1001", "ann@example.org", "n@x",
			   "bob@home.example"),
		RULE LOCAL("B", "1001", "ann@example.org", "m@x",
			   "bob@b.example"),
		RULE LOCAL("B", "1200", "ann@example.org", "m@x",
			   "bob@home.example"),
		RULE "@1001 a q=B do=accept roles=opens client_ip=192.0.2.9 "
		     "sender=ann@example.org message_id=m@x\n@1001 a q=B "
		     "do=relay roles=attempt recipient=bob@home.example\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nlinks, 0);
		rows_release(&r);
	}
}

/* Two rules answered the same sender within a second: neither is the one. */
static void test_two_answers(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("A", "m@x") IN("B", "n@x")
		       SAYS("1001", "S1", "m@x",
			    "bounce_generated recipient=bob "
			    "place=ann@example.org")
			       SAYS("1001", "S2", "n@x",
				    "bounce_generated recipient=eve "
				    "place=ann@example.org")
				       LOCAL("C", "1001", "<>", "v1@a",
					     "ann@example.org")
		       RUN("A", "1001", "bob@a.example")
			       RUN("B", "1001", "eve@a.example")
				       DONE("A", "1001") DONE("B", "1001"));
	assert_int_equal(r.nlinks, 2);
	for (size_t i = 0; i < r.nlinks; i++)
		assert_int_equal(r.links[i].class, CLASS_POSSIBLE);
	assert_int_equal(r.nattempts, 3);
	assert_int_equal(delivery(&r, "bob@a.example")->outcome,
			 OUTCOME_DELIVERED);
	rows_release(&r);
}

/* What the sender chose alone finds nothing: of three messages with the id and
 * address that one rule made, none is it. */
static void test_forged(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, RULE LOCAL("B", "1001", "ann@example.org", "m@x",
			      "bob@home.example")
			   LOCAL("C", "1001", "eve@example.org", "m@x",
				 "bob@home.example"));
	assert_int_equal(r.nlinks, 2);
	for (size_t i = 0; i < r.nlinks; i++)
		assert_int_equal(r.links[i].class, CLASS_POSSIBLE);
	rows_release(&r);
}

/* One failure has one notice; the nearest, whatever came before it. */
static void test_one_notice(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, IN("A", "m@x")
		"@1010 a q=A do=bounce roles=attempt recipient=bob@b.example\n"
		LOCAL("B", "1010", "<>", "n1@a", "ann@example.org")
		LOCAL("C", "1050", "<>", "n2@a", "ann@example.org"));
	assert_int_equal(r.nlinks, 1);
	assert_int_equal(r.links[0].class, CLASS_CONFIRMED);
	assert_int_equal(r.links[0].to, rows_txn(&r, "a", "B", 1)->id);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_no_run),
		cmocka_unit_test(test_forward),
		cmocka_unit_test(test_no_forward),
		cmocka_unit_test(test_two_answers),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_one_notice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
