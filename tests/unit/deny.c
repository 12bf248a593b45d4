/* SPDX-License-Identifier: MIT */
/* Relays and clients that name the id of somebody else's mail: they join nothing
 * and take no link away from who did hand it over. */
#include "base/strbuf.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define IN "do=accept roles=opens "
#define FROM "roles=activates,envelope nrcpt=1 size=900 sender="
#define MID "roles=weakly message_id="
#define SENT "do=relay roles=attempt code=250 recipient="
#define HERE "do=deliver roles=attempt place=INBOX recipient="
#define GONE "do=removed roles=closes\n"
#define EVIL "relay_name=mx.evil.example relay_ip=203.0.113.66 next_queue_id="
#define BOX "relay_name=box.corp.example relay_ip=192.0.2.20 next_queue_id="
#define OTHER "relay_name=in.other.example relay_ip=192.0.2.99 next_queue_id="

/* Alice's mail to bob, over post to box. */
#define TRUE_AT_POST(relay)                                                     \
	"@1000 post q=A " IN "client_ip=198.51.100.7 user=alice\n"              \
	"@1000 post q=A " MID "t@corp.example\n"                                \
	"@1000 post q=A " FROM "alice@corp.example\n"                           \
	"@1001 post q=A " SENT "bob@corp.example " relay "B\n"                  \
	"@1001 post q=A " GONE
#define TAKEN(client)                                                           \
	"@1001 box q=B " IN client "\n"                                         \
	"@1001 box q=B " MID "t@corp.example\n"                                 \
	"@1001 box q=B " FROM "alice@corp.example\n"                            \
	"@1002 box q=B " HERE "bob@corp.example\n"                              \
	"@1002 box q=B " GONE
#define BY_POST "client_ip=192.0.2.10 client_name=post.corp.example"
#define BY_STRANGER "client_ip=203.0.113.9 client_name=out.stranger.example"
/* Another message, to a relay that names B. */
#define LIE(sender, mid)                                                        \
	"@999 post q=L " IN "client_ip=198.51.100.7 user=alice\n"               \
	"@999 post q=L " MID mid "\n"                                           \
	"@999 post q=L " FROM sender "\n"                                       \
	"@1001 post q=L " SENT "x@evil.example " EVIL "B\n"                     \
	"@1001 post q=L " GONE

static void derive(struct rows *r, const char *post, const char *box)
{
	rows_init(r);
	rows_add(r, post, 100);
	if (box)
		rows_add(r, box, 100);
	rows_derive(r);
}

/* The class of the link between both, CLASS_COUNT if there is none. */
static int class_of(const struct rows *r, const char *from, const char *to)
{
	for (size_t i = 0; i < r->nlinks; i++) {
		const struct transaction_row *a = NULL, *b = NULL;

		for (size_t k = 0; k < r->ntransactions; k++) {
			const struct transaction_row *t = &r->transactions[k];

			if (t->id == r->links[i].from)
				a = t;
			if (t->id == r->links[i].to)
				b = t;
		}
		if (a && b && a == rows_txn(r, rows_word(r, a->server), from, 1) &&
		    b == rows_txn(r, rows_word(r, b->server), to, 1))
			return r->links[i].class;
	}
	return CLASS_COUNT;
}

static void check_outcome(const struct rows *r, const char *who, int outcome)
{
	assert_non_null(rows_rcpt(r, who));
	assert_int_equal(rows_rcpt(r, who)->outcome, outcome);
}

/* Nothing but the answer: the log of box denies it. */
static void test_alone(void **state)
{
	static const char *const lies[] = {
		LIE("carol@corp.example", "l@corp.example"),
		LIE("alice@corp.example", "l@corp.example"),
		LIE("carol@corp.example", ""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct rows r;

		derive(&r, lies[i], TAKEN(BY_STRANGER));
		assert_int_equal(class_of(&r, "L", "B"), CLASS_CONTRADICTED);
		assert_int_equal(r.njourneys, 2);
		check_outcome(&r, "x@evil.example", OUTCOME_RELAYED);
		check_outcome(&r, "bob@corp.example", OUTCOME_DELIVERED);
		rows_release(&r);
	}
}

/* By no name can it be seen who handed it over, and the lie fits as well. */
static void test_stolen(void **state)
{
	struct rows r;

	(void)state;
	derive(&r, LIE("alice@corp.example", "l@corp.example")
	       TRUE_AT_POST(OTHER), TAKEN(BY_STRANGER));
	assert_int_equal(class_of(&r, "A", "B"), CLASS_CONFIRMED);
	assert_int_not_equal(class_of(&r, "L", "B"), CLASS_CONFIRMED);
	check_outcome(&r, "x@evil.example", OUTCOME_RELAYED);
	check_outcome(&r, "bob@corp.example", OUTCOME_DELIVERED);
	rows_release(&r);
}

/* One message to two recipients: the relay of one names the other's id. */
static void test_same_message(void **state)
{
	static const char post[] =
		"@1000 post q=A " IN "client_ip=198.51.100.7 user=alice\n"
		"@1000 post q=A " MID "t@corp.example\n"
		"@1000 post q=A roles=activates,envelope nrcpt=2 "
		"sender=alice@corp.example\n"
		"@1001 post q=A " SENT "x@evil.example " EVIL "B\n"
		"@1001 post q=A " SENT "bob@corp.example " BOX "B\n"
		"@1001 post q=A " GONE;
	struct rows r;

	(void)state;
	derive(&r, post, TAKEN(BY_POST));
	assert_int_equal(class_of(&r, "A", "B"), CLASS_CONFIRMED);
	check_outcome(&r, "x@evil.example", OUTCOME_RELAYED);
	check_outcome(&r, "bob@corp.example", OUTCOME_DELIVERED);
	rows_release(&r);
}

/* An alias of box: one side names the recipient otherwise, no more. */
static void test_alias(void **state)
{
	static const char post[] =
		"@1000 post q=A " IN "client_ip=198.51.100.7 user=alice\n"
		"@1000 post q=A " MID "t@corp.example\n"
		"@1000 post q=A " FROM "alice@corp.example\n"
		"@1001 post q=A " SENT "sales@corp.example " OTHER "B\n"
		"@1001 post q=A " GONE;
	struct rows r;

	(void)state;
	derive(&r, post, TAKEN(BY_STRANGER));
	assert_int_equal(class_of(&r, "A", "B"), CLASS_CONFIRMED);
	check_outcome(&r, "bob@corp.example", OUTCOME_DELIVERED);
	rows_release(&r);
}

/* Sender and recipient are mapped on the way out: the names are the server's. */
static void test_mapped(void **state)
{
	static const char post[] =
		"@1000 post q=A " IN "client_ip=198.51.100.7 user=alice\n"
		"@1000 post q=A " FROM "root@host.local\n"
		"@1001 post q=A " SENT "admin@host.local " BOX "B\n"
		"@1001 post q=A " GONE;
	struct rows r;

	(void)state;
	derive(&r, post, TAKEN(BY_POST));
	assert_int_equal(class_of(&r, "A", "B"), CLASS_CONFIRMED);
	rows_release(&r);
}

/* A server's own other mail is nothing that it handed to a stranger. */
static void test_own_server(void **state)
{
	static const char box[] =
		TAKEN(BY_STRANGER)
		"@1000 box q=L " IN "client_ip=198.51.100.7 user=carol\n"
		"@1000 box q=L " MID "l@corp.example\n"
		"@1000 box q=L " FROM "carol@corp.example\n"
		"@1001 box q=L " SENT "x@evil.example " EVIL "B\n"
		"@1001 box q=L " GONE;
	struct rows r;

	(void)state;
	derive(&r, box, NULL);
	assert_int_equal(class_of(&r, "L", "B"), CLASS_CONTRADICTED);
	check_outcome(&r, "x@evil.example", OUTCOME_RELAYED);
	rows_release(&r);
}

/* The last relay names the first id: the journey must not run backwards,
 * whichever log is read first. */
static void test_backward(void **state)
{
	static const char post[] =
		"@1000 post q=A " IN "client_ip=198.51.100.7 user=alice\n"
		"@1000 post q=A " MID "t@corp.example\n"
		"@1000 post q=A " FROM "alice@corp.example\n"
		"@1001 post q=A " SENT "x@evil.example " BOX "B\n"
		"@1001 post q=A " GONE;
	static const char box[] =
		"@1001 box q=B " IN BY_POST "\n"
		"@1001 box q=B " MID "t@corp.example\n"
		"@1001 box q=B " FROM "alice@corp.example\n"
		"@1002 box q=B " SENT "x@evil.example " EVIL "A\n"
		"@1002 box q=B " GONE;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct rows r;

		derive(&r, i ? post : box, i ? box : post);
		assert_int_equal(class_of(&r, "A", "B"), CLASS_CONFIRMED);
		assert_int_not_equal(class_of(&r, "B", "A"), CLASS_CONFIRMED);
		assert_int_equal(r.njourneys, 1);
		check_outcome(&r, "x@evil.example", OUTCOME_RELAYED);
		rows_release(&r);
	}
}

/* A client that says it is a filter, and what it says it filtered. */
static void test_filter(void **state)
{
	static const char more[] =
		TAKEN(BY_POST)
		"@1003 box q=E " IN "client_ip=203.0.113.66 original=filter:A\n"
		"@1003 box q=E " MID "e@evil.example\n"
		"@1003 box q=E " FROM "alice@corp.example\n"
		"@1004 box q=E " HERE "carol@corp.example\n"
		"@1004 box q=E " GONE;
	struct rows r;

	(void)state;
	derive(&r, TRUE_AT_POST(BOX), more);
	assert_int_equal(class_of(&r, "A", "E"), CLASS_CONTRADICTED);
	assert_int_equal(class_of(&r, "A", "B"), CLASS_CONFIRMED);
	assert_int_equal(r.njourneys, 2);
	rows_release(&r);
}

/* Sixty messages that post handed to box: both clocks are known by them. */
static void add_clocks(struct strbuf *post, struct strbuf *box)
{
	for (int i = 0; i < 60; i++) {
		int at = 100 + 40 * i;

		strbuf_addf(post, "@%d post q=P%d " IN "\n@%d post q=P%d " FROM
		            "u@corp.example\n@%d.5 post q=P%d " SENT
		            "v@corp.example delay=0.5 " BOX "Q%d\n@%d.6 post "
		            "q=P%d " GONE, at, i, at, i, at, i, i, at, i);
		strbuf_addf(box, "@%d.3 box q=Q%d " IN BY_POST "\n@%d.3 box q=Q%d "
		            FROM "u@corp.example\n@%d.4 box q=Q%d " HERE
		            "v@corp.example\n@%d.5 box q=Q%d " GONE,
		            at, i, at, i, at, i, at, i);
	}
}

/* Alice writes to bob twice; a stranger's relay names the id that the second one
 * got long after: no server names what is yet to come. */
static void test_before_its_time(void **state)
{
	struct strbuf post = { 0 }, box = { 0 };
	struct rows r;

	(void)state;
	add_clocks(&post, &box);
	strbuf_add_str(&post,
		"@1000 post q=A " IN "client_ip=198.51.100.7 user=alice\n"
		"@1000 post q=A " FROM "alice@corp.example\n"
		"@1000.5 post q=A " SENT "bob@corp.example delay=0.5 " EVIL "B\n"
		"@1001 post q=A " GONE);
	strbuf_add_str(&box,
		"@1700 box q=B " IN BY_STRANGER "\n"
		"@1700 box q=B " FROM "alice@corp.example\n"
		"@1700.1 box q=B " HERE "bob@corp.example\n"
		"@1701 box q=B " GONE);
	derive(&r, strbuf_text(&post), strbuf_text(&box));
	assert_int_equal(class_of(&r, "P3", "Q3"), CLASS_CONFIRMED);
	assert_int_equal(class_of(&r, "A", "B"), CLASS_CONTRADICTED);
	rows_release(&r);
	strbuf_release(&post);
	strbuf_release(&box);
}

/* Post says that box took it under an id that box does not have; box turned that
 * very recipient away, from post and then. */
static void test_refused(void **state)
{
	static const struct {
		const char *at, *rcpt;
		bool denied;
	} cases[] = {
		{ "1000.4", "bob@corp.example", true },
		{ "1400", "bob@corp.example", false },
		{ "1000.4", "eve@corp.example", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct strbuf post = { 0 }, box = { 0 };
		bool denied = false;
		struct rows r;

		add_clocks(&post, &box);
		strbuf_add_str(&post,
			"@1000 post q=A " IN "client_ip=198.51.100.7 user=alice\n"
			"@1000 post q=A " FROM "alice@corp.example\n"
			"@1000.5 post q=A " SENT "bob@corp.example delay=0.5 "
			BOX "NONE\n@1001 post q=A " GONE);
		strbuf_addf(&box, "@%s box s=S do=reject roles=attempt stage=RCPT "
		            "code=550 sender=alice@corp.example recipient=%s "
		            BY_POST "\n", cases[i].at, cases[i].rcpt);
		derive(&r, strbuf_text(&post), strbuf_text(&box));
		for (size_t k = 0; k < r.nlinks; k++)
			denied = denied ||
				 r.links[k].class == CLASS_CONTRADICTED;
		assert_int_equal(denied, cases[i].denied);
		rows_release(&r);
		strbuf_release(&post);
		strbuf_release(&box);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_stolen),
		cmocka_unit_test(test_same_message),
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_own_server),
		cmocka_unit_test(test_backward),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_before_its_time),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
