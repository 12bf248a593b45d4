/* SPDX-License-Identifier: MIT */
/* Links and journeys: handoffs, filters, aliases, bounces, retries, what stays
 * doubtful, and who finally got the message. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define IN "do=accept roles=opens "
#define QMGR "roles=activates,envelope sender=alice@corp.example size=10 "
#define MID "roles=weakly message_id=a1@corp.example\n"
#define RELAY "do=relay roles=attempt code=250 "
#define GONE "do=removed roles=closes\n"

/* Three servers, four transactions, one filter loop; the clocks differ. */
static const char mail1[] =
	"@1000 mail1 q=Q1 " IN "client_ip=203.0.113.77 user=alice\n"
	"@1000 mail1 q=Q1 " MID
	"@1000 mail1 q=Q1 " QMGR "nrcpt=1\n"
	"@1001 mail1 q=Q2 " IN "client_ip=127.0.0.1 original=filter:Q1\n"
	"@1001 mail1 q=Q1 hop=filter:Q2 do=info\n"
	"@1001 mail1 q=Q1 " RELAY "recipient=bob@partner.example "
	"relay_ip=127.0.0.1 relay_name=127.0.0.1 next_queue_id=Q2 "
	"reply=250_queued_as_Q2\n"
	"@1001 mail1 q=Q1 " GONE
	"@1001 mail1 q=Q2 " MID
	"@1001 mail1 q=Q2 " QMGR "nrcpt=1\n"
	"@1002 mail1 q=Q2 " RELAY "recipient=bob@partner.example "
	"relay_name=edge.corp.example relay_ip=10.0.0.25 next_queue_id=Q3 "
	"reply=250_queued_as_Q3\n"
	"@1002 mail1 q=Q2 " GONE;
static const char edge[] =
	"@1004 edge q=Q3 " IN "client_ip=10.0.0.10 "
	"client_name=mail1.corp.example\n"
	"@1004 edge q=Q3 " MID
	"@1004 edge q=Q3 " QMGR "nrcpt=1\n"
	"@1005 edge q=Q3 " RELAY "recipient=bob@partner.example "
	"relay_name=mx.partner.example relay_ip=198.51.100.9 next_queue_id=Q4 "
	"reply=250_OK_id=Q4\n"
	"@1005 edge q=Q3 " GONE;
static const char mx[] =
	"@996 mx q=Q4 " IN "client_ip=198.51.100.25 "
	"client_name=edge.corp.example message_id=a1@corp.example size=9\n"
	"@996 mx q=Q4 do=deliver roles=attempt recipient=bob "
	"orig_recipient=bob@partner.example place=INBOX\n"
	"@996 mx q=Q4 " GONE;

static const struct link_row *link_between(const struct rows *r,
                                           const struct transaction_row *a,
                                           const struct transaction_row *b)
{
	for (size_t i = 0; i < r->nlinks; i++)
		if (r->links[i].from == a->id && r->links[i].to == b->id)
			return &r->links[i];
	return NULL;
}

static void test_journey(void **state)
{
	(void)state;
	for (unsigned cut = 1; cut < 12; cut += 3) {
		struct rows r;
		const struct transaction_row *q1, *q2, *q3, *q4;
		const struct journey_row *j;
		const struct recipient_row *x;

		rows_init(&r);
		rows_add(&r, mx, cut);
		rows_add(&r, edge, cut);
		rows_add(&r, mail1, cut);
		rows_shuffle(&r, cut);
		rows_derive(&r);
		assert_int_equal(r.njourneys, 1);
		assert_int_equal(r.ntransactions, 4);
		q1 = rows_txn(&r, "mail1", "Q1", 1);
		q2 = rows_txn(&r, "mail1", "Q2", 1);
		q3 = rows_txn(&r, "edge", "Q3", 1);
		q4 = rows_txn(&r, "mx", "Q4", 1);
		j = r.journeys;
		assert_int_equal(j->root, q1->id);
		assert_string_equal(rows_word(&r, j->servers), "mail1 edge mx");
		assert_int_equal(j->hops, 2);
		assert_string_equal(rows_word(&r, j->user), "alice");
		assert_true(slice_eq(j->message_id, SLICE("a1@corp.example")));
		assert_int_equal(r.nlinks, 3);
		assert_int_equal(link_between(&r, q1, q2)->kind, LINK_FILTER);
		/* the answer, both lines of the filter, the Message-ID */
		assert_int_equal(link_between(&r, q1, q2)->evidence & 0x13,
		                 0x13);
		assert_int_equal(link_between(&r, q2, q3)->kind, LINK_HANDOFF);
		assert_int_equal(link_between(&r, q3, q4)->class,
		                 CLASS_CONFIRMED);
		assert_int_equal(link_between(&r, q2, q3)->lag, 2 * US_SECOND);
		assert_int_equal(r.nrecipients, 1);
		x = r.recipients;
		/* the server knew the user by that domain */
		assert_string_equal(rows_word(&r, x->address),
		                    "bob@partner.example");
		assert_string_equal(rows_word(&r, x->addressed_as),
		                    "bob@partner.example");
		assert_int_equal(x->outcome, OUTCOME_DELIVERED);
		assert_int_equal(x->transaction, q4->id);
		rows_release(&r);
	}
}

#define GIVES(to) "@1000 a q=A " RELAY "recipient=" to " relay_name=b.example " \
	"next_queue_id=B reply=250_B\n"

/* b merges what is one mailbox there and logs it once. */
static void test_merged(void **state)
{
	static const char a[] = "@1000 a q=A " IN "\n"
		"@1000 a q=A " QMGR "nrcpt=3\n"
		GIVES("u1@b.example") GIVES("u2@b.example")
		GIVES("u3@b.example") "@1000 a q=A " GONE;
	static const struct {
		const char *log;
		enum outcome u1, u2;
	} cases[] = {
		{ "@1000 b q=B " IN "nrcpt=1\n"
		  "@1000 b q=B do=deliver roles=attempt "
		  "recipient=u1@b.example\n@1000 b q=B " GONE,
		  OUTCOME_DELIVERED, OUTCOME_DELIVERED },
		/* two of different fate: which it was is not known */
		{ "@1000 b q=B " IN "nrcpt=2\n"
		  "@1000 b q=B do=deliver roles=attempt "
		  "recipient=u1@b.example\n@1000 b q=B do=bounce "
		  "roles=attempt recipient=u3@b.example\n@1000 b q=B " GONE,
		  OUTCOME_DELIVERED, OUTCOME_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rows r;

		rows_init(&r);
		rows_add(&r, a, 2);
		rows_add(&r, cases[i].log, 2);
		rows_derive(&r);
		assert_int_equal(r.njourneys, 1);
		assert_int_equal(r.nrecipients, 3);
		assert_int_equal(rows_rcpt(&r, "u1@b.example")->outcome,
		                 cases[i].u1);
		assert_int_equal(rows_rcpt(&r, "u2@b.example")->outcome,
		                 cases[i].u2);
		/* told of one, inferred of the other */
		assert_string_equal(
			rows_word(&r, rows_rcpt(&r, "u1@b.example")->via), "");
		if (cases[i].u2 == OUTCOME_DELIVERED)
			assert_string_equal(
				rows_word(&r, rows_rcpt(&r, "u2@b.example")
						      ->via), "merged");
		rows_release(&r);
	}
}

/* An alias of b's: its users are of the domain by which b was addressed. */
static void test_users(void **state)
{
	static const char log[] = "@1000 a q=A " IN "\n"
		GIVES("staff@b.example") "@1000 a q=A " GONE;
	static const char b[] = "@1000 b q=B " IN "nrcpt=1\n"
		"@1000 b q=B do=deliver roles=attempt recipient=joe\n"
		"@1000 b q=B do=deliver roles=attempt recipient=jane\n"
		"@1000 b q=B do=deliver roles=attempt recipient=|/bin/x\n"
		"@1000 b q=B " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 2);
	rows_add(&r, b, 2);
	rows_derive(&r);
	assert_int_equal(r.nrecipients, 3);
	assert_string_equal(
		rows_word(&r, rows_rcpt(&r, "joe@b.example")->addressed_as),
		"staff@b.example");
	assert_non_null(rows_rcpt(&r, "jane@b.example"));
	assert_non_null(rows_rcpt(&r, "|/bin/x"));
	rows_release(&r);
}

/* Without its log the next server's fate is not known: relayed. */
static void test_log_missing(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, mail1, 100);
	rows_derive(&r);
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.nrecipients, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_RELAYED);
	rows_release(&r);
}

static void test_ids_come_again(void **state)
{
	/* the same id on another server and on another day */
	static const char a[] =
		"@90000 a q=X " IN "\n"
		"@90001 a q=X " RELAY "recipient=r@example.org next_queue_id=Q "
		"relay_name=b.example\n"
		"@90001 a q=X " GONE;
	static const char b[] =
		"@3600 b q=Q " IN "\n"
		"@3601 b q=Q " GONE
		"@90010 b q=Q " IN "\n"
		"@90011 b q=Q do=deliver roles=attempt recipient=r@example.org\n"
		"@90011 b q=Q " GONE;
	static const char c[] =
		"@90001 c q=Q " IN "\n"
		"@90011 c q=Q " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_add(&r, b, 100);
	rows_add(&r, c, 100);
	rows_derive(&r);
	assert_int_equal(r.nlinks, 1);
	assert_ptr_equal(link_between(&r, rows_txn(&r, "a", "X", 1),
	                              rows_txn(&r, "b", "Q", 2)), r.links);
	assert_int_equal(r.links[0].class, CLASS_CONFIRMED);
	rows_release(&r);
}

static void test_equal_candidates(void **state)
{
	static const char a[] =
		"@1000 a q=X " IN "\n"
		"@1001 a q=X " RELAY "recipient=r@example.org next_queue_id=Q "
		"relay_name=z.example\n"
		"@1001 a q=X " GONE;
	static const char b[] = "@1001 b q=Q " IN "\n@1002 b q=Q " GONE;
	static const char c[] = "@1001 c q=Q " IN "\n@1002 c q=Q " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_add(&r, b, 100);
	rows_add(&r, c, 100);
	rows_derive(&r);
	assert_int_equal(r.nlinks, 2);
	assert_int_equal(r.links[0].class, CLASS_POSSIBLE);
	assert_int_equal(r.links[1].class, CLASS_POSSIBLE);
	assert_int_equal(r.njourneys, 3);
	assert_int_equal(r.nrelated, 4);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_RELAYED);
	rows_release(&r);
}

/* Two servers that both claim to have handed over one transaction. */
static void test_two_claims(void **state)
{
	static const char a[] =
		"@1000 a q=X " IN "\n"
		"@1001 a q=X " RELAY "recipient=r@example.org next_queue_id=Q "
		"relay_name=b.example\n";
	static const char c[] =
		"@1000 c q=Y " IN "\n"
		"@1300 c q=Y " RELAY "recipient=r@example.org next_queue_id=Q "
		"relay_name=b.example\n";
	static const char b[] =
		"@1001 b q=Q " IN "client_name=a.example\n@1002 b q=Q " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, c, 100);
	rows_add(&r, a, 100);
	rows_add(&r, b, 100);
	rows_derive(&r);
	assert_int_equal(r.nlinks, 2);
	assert_int_equal(link_between(&r, rows_txn(&r, "a", "X", 1),
	                              rows_txn(&r, "b", "Q", 1))->class,
	                 CLASS_CONFIRMED);
	assert_int_equal(link_between(&r, rows_txn(&r, "c", "Y", 1),
	                              rows_txn(&r, "b", "Q", 1))->class,
	                 CLASS_POSSIBLE);
	rows_release(&r);
}

static void test_alias_and_bounce(void **state)
{
	static const char log[] =
		"@1000 a q=P " IN "\n"
		"@1001 a q=C roles=weakly message_id=m@example.com\n"
		"@1002 a q=P do=redirect roles=attempt recipient=info@a.example "
		"next_queue_id=C child=alias:C\n"
		"@1002 a q=P do=bounce roles=attempt recipient=no@a.example\n"
		"@1002 a q=B roles=weakly message_id=n@example.com\n"
		"@1002 a q=P do=bounce_generated child=bounce:B\n"
		"@1002 a q=P " GONE
		"@1003 a q=C do=deliver roles=attempt recipient=kim@a.example\n"
		"@1003 a q=C " GONE
		"@1004 a q=B do=relay roles=attempt recipient=x@example.net\n"
		"@1004 a q=B " GONE;
	struct rows r;
	const struct recipient_row *x;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 2);
	rows_derive(&r);
	assert_int_equal(r.njourneys, 2);
	assert_int_equal(r.journeys[0].recipients, 2);
	x = rows_rcpt(&r, "kim@a.example");
	assert_string_equal(rows_word(&r, x->addressed_as), "info@a.example");
	assert_string_equal(rows_word(&r, x->via), "alias");
	assert_int_equal(x->outcome, OUTCOME_DELIVERED);
	assert_int_equal(rows_rcpt(&r, "no@a.example")->outcome,
	                 OUTCOME_FAILED);
	assert_int_equal(r.nrelated, 2);
	assert_int_equal(r.related[0].how, LINK_BOUNCE);
	rows_release(&r);
}

#define MAIL(id, sender, to)                                                  \
	"@1000 a q=" id " " IN "sender=" sender " message_id=m@example.com\n" \
	"@1000 a q=" id " do=deliver roles=attempt recipient=" to "\n"        \
	"@1000 a q=" id " " GONE

/* One Message-ID: sent again by its sender, or by who got it. Others may write
 * the same id without any reason. */
static void test_resent(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r,
	         MAIL("A", "ann@example.com", "bob@a.example")
	         MAIL("B", "ann@example.com", "bob@a.example")
	         MAIL("C", "bob@a.example", "kim@a.example")
	         MAIL("D", "eve@example.net", "bob@a.example"),
	         3);
	rows_derive(&r);
	assert_int_equal(r.njourneys, 4);
	assert_int_equal(r.nlinks, 0);
	assert_int_equal(r.nrelated, 6 + 2); /* A B, A C, B C; C and D: bob */
	for (size_t i = 0; i < r.nrelated; i++)
		assert_int_equal(r.related[i].how, RELATED_RESENT);
	rows_release(&r);
	/* on another server: maybe the same, with a log between missing */
	rows_init(&r);
	rows_add(&r, MAIL("A", "ann@example.com", "bob@a.example"), 3);
	rows_add(&r,
	         "@1001 b q=B " IN "sender=ann@example.com "
	         "message_id=m@example.com\n@1001 b q=B " GONE, 3);
	rows_derive(&r);
	assert_int_equal(r.nrelated, 2);
	assert_int_equal(r.related[0].how, LINK_HANDOFF);
	rows_release(&r);
}

/* Greylisted, then accepted: one message, one recipient, two attempts. */
static void test_retry(void **state)
{
	static const char log[] =
		"@1000 a s=d roles=sopens client_ip=192.0.2.9\n"
		"@1000 a s=d do=tempfail roles=attempt sender=s@example.net "
		"recipient=r@example.org client_ip=192.0.2.9 code=450\n"
		"@1001 a s=d roles=scloses\n"
		"@1400 a s=d roles=sopens client_ip=192.0.2.10\n"
		"@1400 a s=d q=A " IN "client_ip=192.0.2.10\n"
		"@1400 a q=A roles=activates,envelope sender=s@example.net\n"
		"@1401 a s=d roles=scloses\n"
		"@1402 a q=A do=deliver roles=attempt recipient=r@example.org\n"
		"@1402 a q=A " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 100);
	rows_derive(&r);
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.journeys[0].refused, 0);
	assert_int_equal(r.journeys[0].recipients, 1);
	assert_int_equal(r.recipients[0].attempts, 2);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	assert_int_equal(r.recipients[0].first, 1000 * US_SECOND);
	assert_int_equal(r.links[0].kind, LINK_RETRY);
	rows_release(&r);
}

/* A link never leads back, however the lines lie. */
static void test_circle(void **state)
{
	static const char log[] =
		"@1000 a q=A " IN "\n@1000 a q=B " IN "\n@1000 a q=C " IN "\n"
		"@1001 a q=A child=alias:B\n@1001 a q=B child=alias:C\n"
		"@1001 a q=C child=alias:A\n@1002 a q=A child=alias:A\n";
	struct rows r;
	unsigned confirmed = 0;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 100);
	rows_derive(&r);
	assert_int_equal(r.nlinks, 3);
	for (size_t i = 0; i < r.nlinks; i++)
		confirmed += r.links[i].class == CLASS_CONFIRMED;
	assert_int_equal(confirmed, 2);
	assert_int_equal(r.njourneys, 1);
	rows_release(&r);
}

static void test_handed_to_open(void **state)
{
	static const char a[] =
		"@1000 a q=X " IN "\n"
		"@1001 a q=X " RELAY "recipient=r@example.org next_queue_id=Q\n"
		"@1001 a q=X " GONE;
	static const char b[] = "@1001 b q=Q " IN "\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_add(&r, b, 100);
	rows_derive(&r);
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELAYED);
	rows_release(&r);
}

static void test_requeued(void **state)
{
	static const char log[] =
		"@1000 a q=X " IN "\n"
		"@1001 a q=X do=defer roles=attempt recipient=r@example.org\n"
		"@1100 a q=Y parent=requeue:X roles=weakly\n"
		"@1101 a q=Y do=deliver roles=attempt recipient=r@example.org\n"
		"@1101 a q=Y " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 100);
	rows_derive(&r);
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.nrecipients, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	rows_release(&r);
}

static void test_network_id(void **state)
{
	static const char a[] =
		"@1000 a q=1 network=N " IN "\n"
		"@1001 a q=1 do=relay roles=attempt recipient=r@example.org\n"
		"@1001 a q=1 " GONE;
	static const char b[] =
		"@1002 b q=7 network=N " IN "\n"
		"@1003 b q=7 do=deliver roles=attempt recipient=r@example.org\n"
		"@1003 b q=7 " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, a, 100);
	rows_add(&r, b, 100);
	rows_derive(&r);
	assert_int_equal(r.nlinks, 1);
	assert_int_equal(r.links[0].evidence & 4, 4);
	assert_int_equal(r.njourneys, 1);
	rows_release(&r);
}

/* What a delivery agent logs is the same answer, with the mailbox. */
static void test_agent(void **state)
{
	static const char log[] =
		"@1000 a q=A " IN "\n"
		"@1001 a s=XYZ do=deliver roles=attempt recipient=bob "
		"place=Junk message_id=m\n"
		"@1001 a s=XYZ do=discard roles=attempt recipient=eve\n"
		"@1001 a q=A " RELAY "recipient=bob@a.example "
		"next_queue_id=XYZ reply=250_XYZ_Saved\n"
		"@1001 a q=A " RELAY "recipient=Eve@a.example "
		"next_queue_id=XYZ reply=250_XYZ_Saved\n"
		"@1001 a q=A " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 2);
	rows_derive(&r);
	assert_int_equal(r.nrecipients, 2);
	assert_int_equal(r.nattempts, 2);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	assert_string_equal(rows_word(&r, r.attempts[0].place), "Junk");
	assert_int_equal(r.attempts[0].copies, 1);
	assert_true(r.agents > 0);
	assert_int_equal(rows_rcpt(&r, "Eve@a.example")->outcome,
	                 OUTCOME_WITHHELD);
	rows_release(&r);
}

/* Several words of an agent on one answer are no more answers; an alias hides
 * whom it means only if nobody else is meant. */
static void test_agent_words(void **state)
{
	static const char log[] =
		"@1000 a q=A " IN "\n"
		"@1001 b s=XYZ do=redirect roles=attempt recipient=bob "
		"place=bob@home.example\n"
		"@1001 b s=XYZ do=deliver roles=attempt recipient=bob "
		"place=Lists\n"
		"@1001 b s=XYZ do=discard roles=attempt recipient=bob\n"
		"@1001 a q=A " RELAY "recipient=bob+x@a.example "
		"next_queue_id=XYZ reply=250_XYZ_Saved\n"
		"@1002 b s=UVW do=deliver roles=attempt recipient=eve place=Junk\n"
		"@1002 a q=A " RELAY "recipient=carol@a.example "
		"next_queue_id=UVW reply=250_UVW_Saved\n"
		"@1002 a q=A " RELAY "recipient=eve@a.example "
		"next_queue_id=UVW reply=250_UVW_Saved\n"
		"@1003 a q=A " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 3);
	rows_derive(&r);
	assert_int_equal(r.nrecipients, 3);
	assert_int_equal(r.nattempts, 3);
	assert_string_equal(rows_word(&r, r.attempts[0].place), "Lists");
	assert_int_equal(rows_rcpt(&r, "bob+x@a.example")->outcome,
	                 OUTCOME_DELIVERED);
	assert_int_equal(rows_rcpt(&r, "carol@a.example")->outcome,
	                 OUTCOME_RELAYED);
	assert_int_equal(rows_rcpt(&r, "eve@a.example")->outcome,
	                 OUTCOME_DELIVERED);
	rows_release(&r);
}

/* Failed logins: what sums them up counts, whoever told them one by one. */
static void test_failures(void **state)
{
	static const char log[] =
		"@1000 a s=S1 do=auth_fail roles=attempt user=eve\n"
		"@1002 a s=S1 do=auth_fail roles=attempt user=eve\n"
		"@1009 a s=S1 do=auth_fail roles=attempt user=eve repeat=3\n"
		"@1010 a s=S2 do=auth_fail roles=attempt user=eve\n"
		"@1011 a s=S2 do=auth_ok roles=attempt user=eve\n"
		"@1012 a s=S3 do=auth_fail roles=attempt user=eve repeat=2\n"
		"@1013 a s=S3 do=auth_fail roles=attempt user=eve\n";
	struct rows r;
	uint32_t failed = 0;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 2);
	rows_derive(&r);
	assert_int_equal(r.nsessions, 3);
	for (size_t i = 0; i < r.nsessions; i++)
		failed += r.sessions[i].auth_fail;
	assert_int_equal(failed, 3 + 1 + 2);
	assert_int_equal(r.nattempts, 3 + 1 + 1 + 2);
	rows_release(&r);
}

/* A filter that bounced a message says 250 to its client. */
static void test_filter_bounced(void **state)
{
	static const char log[] =
		"@1000 a q=A " IN "\n"
		"@1001 a q=A do=bounce roles=attempt recipient=bob@a.example "
		"place=quarantine/1 reply=Blocked\n"
		"@1001 a q=A " RELAY "recipient=bob@a.example "
		"relay_ip=127.0.0.1 reply=250_2.5.0_Ok,_BOUNCE\n"
		"@1001 a q=A " GONE;
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, log, 2);
	rows_derive(&r);
	assert_int_equal(r.nrecipients, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_FAILED);
	assert_int_equal(r.nattempts, 1);
	assert_string_equal(rows_word(&r, r.attempts[0].place), "quarantine/1");
	rows_release(&r);
}

/* One id for everything, answers that name it, and a chain without an end: no
 * step may look at all pairs. */
static void test_hostile(void **state)
{
	struct strbuf b = { 0 };
	struct rows r;
	unsigned n = 20000;

	(void)state;
	for (unsigned i = 0; i < n; i++)
		strbuf_addf(&b, "@%u mx q=SAME " IN "\n", 1000 + i);
	for (unsigned i = 0; i < n; i++)
		strbuf_addf(&b, "@30000 mx q=SAME " RELAY
		            "recipient=r%u next_queue_id=SAME reply=SAME\n", i);
	for (unsigned i = 0; i < n; i++)
		strbuf_addf(&b, "@40000 mx q=C%u child=alias:C%u\n", i, i + 1);
	for (unsigned i = 0; i < n; i++)
		strbuf_addf(&b, "@50000 mx do=reject roles=attempt sender=s "
		            "recipient=r%u\n", i);
	rows_init(&r);
	rows_add(&r, strbuf_text(&b), 30000);
	rows_derive(&r);
	assert_true(r.ntransactions > 2 * n);
	assert_int_equal(r.unowned, 0);
	rows_release(&r);
	strbuf_release(&b);
}

static void test_direction(void **state)
{
	static const struct slice domains[] = { { "corp.example", 12 } };
	static const struct slice networks[] = { { "10.0.0.0/8", 10 } };
	static const char log[] =
		"@1 a q=A " IN "client_ip=10.1.2.3\n"
		"@1 a q=A do=relay roles=attempt recipient=x@example.org\n"
		"@2 a q=B " IN "client_ip=192.0.2.1\n"
		"@2 a q=B do=deliver roles=attempt recipient=x@sub.corp.example\n"
		"@3 a q=C " IN "client_ip=10.1.2.3\n"
		"@3 a q=C do=deliver roles=attempt recipient=x@corp.example\n"
		"@4 a q=D " IN "client_ip=192.0.2.1\n"
		"@4 a q=D do=relay roles=attempt recipient=x@notcorp.example\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	r.settings.own_domains = domains;
	r.settings.nown_domains = 1;
	r.settings.own_networks = networks;
	r.settings.nown_networks = 1;
	rows_add(&r, log, 100);
	rows_derive(&r);
	assert_int_equal(r.journeys[0].direction, DIRECTION_OUTBOUND);
	assert_int_equal(r.journeys[1].direction, DIRECTION_INBOUND);
	assert_int_equal(r.journeys[2].direction, DIRECTION_INTERNAL);
	assert_int_equal(r.journeys[3].direction, DIRECTION_UNKNOWN);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_journey),
		cmocka_unit_test(test_log_missing),
		cmocka_unit_test(test_ids_come_again),
		cmocka_unit_test(test_equal_candidates),
		cmocka_unit_test(test_two_claims),
		cmocka_unit_test(test_resent),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_alias_and_bounce),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_circle),
		cmocka_unit_test(test_handed_to_open),
		cmocka_unit_test(test_requeued),
		cmocka_unit_test(test_network_id),
		cmocka_unit_test(test_agent),
		cmocka_unit_test(test_agent_words),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_filter_bounced),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
