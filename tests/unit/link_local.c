/* SPDX-License-Identifier: MIT */
/* Links without an id: what a command submitted again, and notices that no line
 * names. Each trap beside them must not link. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define LIST(id, time)                                                         \
	"@" time " l q=" id " do=accept roles=opens client_ip=192.0.2.1 "      \
	"sender=ann@example.com message_id=" id "@example.com\n"
#define PIPED(id, time)                                                        \
	"@" time " l q=" id " do=deliver roles=attempt "                       \
	"recipient=talk@lists.example transfer=100000 "                        \
	"place=command:_/bin/manager\n"                                        \
	"@" time " l q=" id " do=removed roles=closes\n"
#define LOCAL(id, time, sender, mid)                                           \
	"@" time " l q=" id " do=accept roles=opens client_name=local "        \
	"user=uid=65534 sender=" sender " message_id=" mid "\n"
#define OUT(id, time, to)                                                      \
	"@" time " l q=" id " do=relay roles=attempt recipient=" to "\n"       \
	"@" time " l q=" id " do=removed roles=closes\n"

static const struct link_row *only_link(const struct rows *r)
{
	assert_int_equal(r->nlinks, 1);
	return &r->links[0];
}

static void derive(struct rows *r, const char *log)
{
	rows_init(r);
	rows_add(r, log, 3);
	rows_derive(r);
}

/* The manager's lines stand before the one that says it ran. */
static void test_same_id(void **state)
{
	struct rows r;
	const struct link_row *k;
	const struct recipient_row *x;

	(void)state;
	derive(&r, LIST("P", "1000")
		       LOCAL("C", "1000", "talk-bounces@lists.example",
			     "P@example.com") PIPED("P", "1000")
			       OUT("C", "1001", "bob@b.example"));
	k = only_link(&r);
	assert_int_equal(k->kind, LINK_EXPANSION);
	assert_int_equal(k->class, CLASS_CONFIRMED);
	assert_int_equal(k->evidence, 1u << 4 | 1u << 5 | 1u << 6);
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.nrecipients, 1);
	x = rows_rcpt(&r, "bob@b.example");
	assert_string_equal(rows_word(&r, x->addressed_as),
	                    "talk@lists.example");
	assert_string_equal(rows_word(&r, x->via), "expansion");
	rows_release(&r);
}

/* A manager that makes a new id still sends from its list's address. */
static void test_new_id(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, LIST("P", "1000")
		       LOCAL("C", "1000",
			     "talk-bounces+bob=b.example@lists.example",
			     "new@lists.example") PIPED("P", "1000")
			       OUT("C", "1001", "bob@b.example"));
	assert_int_equal(only_link(&r)->class, CLASS_CONFIRMED);
	assert_int_equal(r.njourneys, 1);
	rows_release(&r);
}

/* It may post under a domain of its own, but only while it runs. */
static void test_other_domain(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, LIST("P", "1000")
		       LOCAL("C", "1000", "talk-bounces@manager.example",
			     "new@manager.example") PIPED("P", "1000")
			       OUT("C", "1001", "bob@b.example"));
	assert_int_equal(only_link(&r)->class, CLASS_CONFIRMED);
	assert_int_equal(r.njourneys, 1);
	rows_release(&r);
	derive(&r, LIST("P", "1000") PIPED("P", "1000")
		       LOCAL("C", "1009", "talk-bounces@manager.example",
			     "new@manager.example")
			       OUT("C", "1009", "bob@b.example"));
	assert_int_equal(r.nlinks, 0);
	rows_release(&r);
}

/* The time alone is no proof: two messages, shown as related. */
static void test_time_alone(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, LIST("P", "1000")
		       LOCAL("C", "1000", "root@l.example", "x@l.example")
			       PIPED("P", "1000")
				       OUT("C", "1001", "bob@b.example"));
	assert_int_equal(only_link(&r)->class, CLASS_PROBABLE);
	assert_int_equal(r.njourneys, 2);
	assert_int_equal(rows_rcpt(&r, "talk@lists.example")->outcome,
	                 OUTCOME_DELIVERED);
	rows_release(&r);
}

/* Nothing after the command ended, nothing of another server, no list whose
 * name only begins the same, nothing into a mailbox. */
static void test_no_child(void **state)
{
	static const char *const logs[] = {
		LIST("P", "1000") PIPED("P", "1000")
			LOCAL("C", "1009", "root@l.example", "x@l.example")
				OUT("C", "1009", "bob@b.example"),
		LIST("P", "1000") PIPED("P", "1000")
			LOCAL("C", "1009", "talking-bounces@lists.example",
			      "x@l.example") OUT("C", "1009", "bob@b.example"),
		LIST("P", "1000") PIPED("P", "1000")
			LOCAL("C", "2000", "talk-bounces@lists.example",
			      "P@example.com")
				OUT("C", "2000", "bob@b.example"),
		LIST("P", "1000")
		"@1000 l q=P do=deliver roles=attempt "
		"recipient=talk@lists.example place=INBOX\n"
		LOCAL("C", "1000", "talk-bounces@lists.example", "P@example.com"),
		LIST("P", "1000") PIPED("P", "1000")
		"@1000 k q=C do=accept roles=opens client_name=local "
		"sender=talk-bounces@lists.example message_id=P@example.com\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nlinks, 0);
		rows_release(&r);
	}
}

/* Two that fit equally well: neither is the message. */
static void test_two_children(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, LIST("P", "1000") PIPED("P", "1000")
		       LOCAL("C", "1000", "talk-bounces@lists.example",
			     "x@l.example")
			       LOCAL("D", "1000", "talk-bounces@lists.example",
				     "y@l.example"));
	assert_int_equal(r.nlinks, 2);
	for (size_t i = 0; i < r.nlinks; i++)
		assert_int_equal(r.links[i].class, CLASS_POSSIBLE);
	assert_int_equal(r.njourneys, 3);
	rows_release(&r);
}

#define FAILS(id, time, sender)                                                \
	"@" time " l q=" id " do=accept roles=opens client_ip=192.0.2.1 "      \
	"sender=" sender "\n"                                                  \
	"@" time " l q=" id " do=bounce roles=attempt code=550 "               \
	"recipient=no@b.example\n"                                             \
	"@" time " l q=" id " do=removed roles=closes\n"
#define NOTICE(id, time, to)                                                   \
	"@" time " l q=" id " do=accept roles=opens client_name=local "        \
	"sender=<>\n" OUT(id, time, to)

static void test_notice(void **state)
{
	struct rows r;
	const struct link_row *k;

	(void)state;
	derive(&r, FAILS("P", "1000", "ann@example.com")
		       NOTICE("N", "1001", "ann@example.com"));
	k = only_link(&r);
	assert_int_equal(k->kind, LINK_BOUNCE);
	assert_int_equal(k->class, CLASS_CONFIRMED);
	assert_int_equal(r.njourneys, 2);
	assert_int_equal(r.nrelated, 2);
	rows_release(&r);
}

static void test_no_notice(void **state)
{
	static const char *const logs[] = {
		/* for somebody else; long after; before */
		FAILS("P", "1000", "ann@example.com")
			NOTICE("N", "1001", "eve@example.com"),
		FAILS("P", "1000", "ann@example.com")
			NOTICE("N", "1200", "ann@example.com"),
		FAILS("P", "1100", "ann@example.com")
			NOTICE("N", "1000", "ann@example.com"),
		/* a notice has no notice */
		FAILS("P", "1000", "<>") NOTICE("N", "1001", "<>"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct rows r;

		derive(&r, logs[i]);
		assert_int_equal(r.nlinks, 0);
		rows_release(&r);
	}
}

static void test_two_failures(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, FAILS("P", "1000", "ann@example.com")
		       FAILS("Q", "1000", "ann@example.com")
			       NOTICE("N", "1001", "ann@example.com"));
	assert_int_equal(r.nlinks, 2);
	for (size_t i = 0; i < r.nlinks; i++)
		assert_int_equal(r.links[i].class, CLASS_POSSIBLE);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_id),
		cmocka_unit_test(test_new_id),
		cmocka_unit_test(test_other_domain),
		cmocka_unit_test(test_time_alone),
		cmocka_unit_test(test_no_child),
		cmocka_unit_test(test_two_children),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_no_notice),
		cmocka_unit_test(test_two_failures),
	};

	return cmocka_run_group_tests_name("link_local", tests, NULL, NULL);
}
