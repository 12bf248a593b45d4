/* SPDX-License-Identifier: MIT */
/* Assembly and stitching: generations, sessions, copies, deliveries, and that
 * the answer does not depend on where a log was cut into pieces. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define OPEN "do=accept roles=opens client_ip=192.0.2.1 "
#define WEAK "roles=weakly "
#define QMGR "roles=activates,envelope sender=a@example.com size=10 nrcpt=1 "
#define SENT "do=relay roles=attempt relay_name=mx.example.org code=250 "
#define GONE "do=removed roles=closes "

static const char plain[] =
	"@1000 mx1.example.com s=d1 roles=sopens client_ip=192.0.2.1\n"
	"@1000 mx1.example.com s=d1 q=A1 " OPEN "\n"
	"@1001 mx1.example.com q=A1 " WEAK "message_id=m1@example.com\n"
	"@1001 mx1.example.com q=A1 " QMGR "\n"
	"@1001 mx1.example.com s=d1 roles=scloses counters=mail=1\n"
	"@1002 mx1.example.com q=A1 " SENT
	"recipient=b@example.org reply=250_Ok\n"
	"@1002 mx1.example.com q=A1 " GONE "\n";

static void test_one(void **state)
{
	struct rows r;
	const struct transaction_row *t;

	(void)state;
	rows_init(&r);
	rows_add(&r, plain, 1000);
	rows_derive(&r);
	assert_int_equal(r.ntransactions, 1);
	assert_int_equal(r.nsessions, 1);
	assert_int_equal(r.ndeliveries, 1);
	assert_int_equal(r.njourneys, 1);
	t = rows_txn(&r, "mx1", "A1", 1);
	assert_non_null(t);
	assert_int_equal(t->state, STATE_COMPLETE);
	assert_int_equal(t->opened, 1000 * US_SECOND);
	assert_int_equal(t->closed, 1002 * US_SECOND);
	assert_int_equal(t->line, 2);
	assert_int_equal(t->nrcpt, 1);
	assert_int_equal(t->session, 1);
	assert_string_equal(rows_word(&r, t->sender), "a@example.com");
	assert_true(slice_eq(t->message_id, SLICE("m1@example.com")));
	assert_int_equal(r.deliveries[0].outcome, OUTCOME_RELAYED);
	assert_int_equal(r.sessions[0].transactions, 1);
	assert_string_equal(rows_word(&r, r.sessions[0].counters), "mail=1");
	assert_int_equal(r.journeys[0].outcomes[OUTCOME_RELAYED], 1);
	assert_int_equal(r.unowned, 0);
	rows_release(&r);
}

/* A session logs in once, however often the log says so: each message names its
 * user again. Another user, or another session, is another login. */
static void test_logins(void **state)
{
	static const char lines[] =
		"@1 h s=S1 roles=sopens do=connect\n"
		"@2 h s=S1 roles=attempt do=auth_ok user=ann\n"
		"@3 h s=S1 roles=attempt do=auth_ok user=ann\n"
		"@4 h s=S1 roles=attempt do=auth_ok user=bob\n"
		"@5 h s=S1 roles=attempt do=auth_fail user=ann\n"
		"@6 h s=S1 roles=attempt do=auth_fail user=ann\n"
		"@7 h s=S1 roles=scloses do=disconnect\n"
		"@8 h s=S1 roles=sopens do=connect\n"
		"@9 h s=S1 roles=attempt do=auth_ok user=ann\n";

	(void)state;
	for (unsigned cut = 1; cut < 10; cut++) {
		struct rows r;

		rows_init(&r);
		rows_add(&r, lines, cut);
		rows_derive(&r);
		assert_int_equal(r.nsessions, 2);
		assert_int_equal(r.sessions[0].auth_ok, 2);
		assert_int_equal(r.sessions[0].auth_fail, 2);
		assert_int_equal(r.sessions[1].auth_ok, 1);
		assert_int_equal(r.nattempts, 5);
		assert_int_equal(r.attempts[0].time, 2 * US_SECOND);
		assert_int_equal(r.attempts[0].copies, 1);
		rows_release(&r);
	}
}

static void test_ledger(void **state)
{
	static const char lines[] = "@1 h do=info\n"
	                            "\n"
	                            "!garbage\n"
	                            "@2 h roles=notmail\n"
	                            "@3 h q=A do=info\n";
	struct rows r;
	struct piece *p;

	(void)state;
	rows_init(&r);
	rows_add(&r, lines, 1000);
	p = r.pieces[0];
	assert_int_equal(p->lines, 5);
	assert_int_equal(p->event_lines, 2);
	assert_int_equal(p->unknown_lines, 1);
	assert_int_equal(p->other_lines, 2);
	assert_int_equal(p->events, 4);
	assert_int_equal(p->columns.n, 5);
	assert_int_equal(p->columns.owner[0], 0);
	assert_int_equal(p->columns.owner[4], 1);
	assert_int_equal(p->columns.class[2], LINE_UNKNOWN);
	assert_int_equal(p->bytes, sizeof lines - 1);
	rows_release(&r);
}

/* An id that comes again is another transaction; late lines are not. */
static void test_generations(void **state)
{
	static const char lines[] =
		"@1000 mx1 q=A " OPEN "\n"
		"@1001 mx1 q=A " GONE "\n"
		"@1030 mx1 q=A do=info\n"
		"@1300 mx1 q=A " WEAK "message_id=x@example.com\n"
		"@1301 mx1 q=A " QMGR "\n"
		"@1302 mx1 q=A " GONE "\n"
		"@1303 mx1 q=A " OPEN "\n"
		"@1304 mx1 q=A " OPEN "\n"
		"@700000 mx1 q=A " GONE "\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, lines, 1000);
	rows_derive(&r);
	assert_int_equal(r.ntransactions, 5);
	assert_int_equal(rows_txn(&r, "mx1", "A", 1)->state, STATE_COMPLETE);
	assert_int_equal(rows_txn(&r, "mx1", "A", 2)->state, STATE_COMPLETE);
	assert_int_equal(rows_txn(&r, "mx1", "A", 2)->opened,
	                 1300 * US_SECOND);
	/* never closed, and the log goes on for more than a lifetime */
	assert_int_equal(rows_txn(&r, "mx1", "A", 3)->state, STATE_LOST);
	assert_int_equal(rows_txn(&r, "mx1", "A", 5)->state, STATE_TRUNCATED);
	rows_release(&r);
}

static void test_instances(void **state)
{
	static const char lines[] =
		"@1000 mx1 q=A instance=in " OPEN "\n"
		"@1001 mx1 q=A instance=out " OPEN "\n"
		"@1002 mx1 q=A instance=in " GONE "\n"
		"@1003 mx1 q=A instance=out " GONE "\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, lines, 1);
	rows_derive(&r);
	assert_int_equal(r.ntransactions, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(r.transactions[i].state, STATE_COMPLETE);
		assert_int_equal(r.transactions[i].generation, 1);
	}
	rows_release(&r);
}

/* The same server, collected twice: one copy has no fractions, and both were
 * cut at other places. */
static void test_copies(void **state)
{
	static const char fine[] =
		"@1000.25 mx1 s=d1 roles=sopens client_ip=192.0.2.1\n"
		"@1000.30 mx1 s=d1 q=A " OPEN "\n"
		"@1000.50 mx1 q=A " QMGR "\n"
		"@1002.10 mx1 q=A " SENT "recipient=b@example.org reply=Ok\n"
		"@1002.10 mx1 q=A " SENT "recipient=b@example.org reply=Ok\n"
		"@1003.10 mx1 q=A " GONE "\n"
		"@1003.20 mx1 s=d1 do=auth_fail roles=attempt user=u\n"
		"@1003.30 mx1 s=d1 roles=scloses\n";
	static const char coarse[] =
		"@1000 mx1 s=d1 roles=sopens client_ip=192.0.2.1\n"
		"@1000 mx1 s=d1 q=A " OPEN "\n"
		"@1000 mx1 q=A " QMGR "\n"
		"@1002 mx1 q=A " SENT "recipient=b@example.org reply=Ok\n"
		"@1002 mx1 q=A " SENT "recipient=b@example.org reply=Ok\n"
		"@1003 mx1 q=A " GONE "\n"
		"@1003 mx1 s=d1 do=auth_fail roles=attempt user=u\n"
		"@1003 mx1 s=d1 roles=scloses\n";

	(void)state;
	for (unsigned cut = 1; cut <= 8; cut++) {
		struct rows r;

		rows_init(&r);
		rows_add(&r, fine, cut);
		rows_add(&r, coarse, 3);
		rows_derive(&r);
		assert_int_equal(r.ntransactions, 1);
		assert_int_equal(r.nsessions, 1);
		/* equal lines of one source stay two, and the failure */
		assert_int_equal(r.nattempts, 3);
		for (size_t i = 0; i < r.nattempts; i++)
			assert_int_equal(r.attempts[i].copies, 1);
		assert_int_equal(r.deliveries[0].attempts, 2);
		assert_int_equal(r.sessions[0].auth_fail, 1);
		rows_release(&r);
	}
}

static void test_deliveries(void **state)
{
	static const char lines[] =
		"@1000 mx1 q=A " OPEN "\n"
		"@1001 mx1 q=A " QMGR "\n"
		"@1002 mx1 q=A do=defer roles=attempt recipient=a@example.org\n"
		"@1002 mx1 q=A do=defer roles=attempt recipient=b@example.org\n"
		"@1002 mx1 q=A do=deliver roles=attempt recipient=c@example.org "
		"place=INBOX\n"
		"@1900 mx1 q=A do=deliver roles=attempt recipient=a@example.org\n"
		"@1901 mx1 q=A do=expire roles=attempt\n"
		"@1902 mx1 q=A do=bounce roles=attempt recipient=d@example.org\n"
		"@1903 mx1 q=A do=quarantine roles=attempt "
		"recipient=e@example.org\n"
		"@1904 mx1 q=A do=relay roles=attempt recipient=e@example.org "
		"relay_ip=127.0.0.1 relay_name=localhost reply=250_Ok\n"
		"@1905 mx1 q=A " GONE "\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, lines, 4);
	rows_derive(&r);
	assert_int_equal(r.nrecipients, 5);
	assert_int_equal(rows_rcpt(&r, "a@example.org")->outcome,
	                 OUTCOME_DELIVERED);
	assert_int_equal(rows_rcpt(&r, "a@example.org")->attempts, 2);
	assert_int_equal(rows_rcpt(&r, "b@example.org")->outcome,
	                 OUTCOME_FAILED);
	assert_int_equal(rows_rcpt(&r, "d@example.org")->outcome,
	                 OUTCOME_FAILED);
	/* a filter's "sent" does not undo its quarantine */
	assert_int_equal(rows_rcpt(&r, "e@example.org")->outcome,
	                 OUTCOME_WITHHELD);
	rows_release(&r);
}

static void test_refusals(void **state)
{
	static const char lines[] =
		"@1000 mx1 s=d roles=sopens client_ip=192.0.2.1\n"
		"@1000 mx1 s=d do=reject roles=attempt stage=CONNECT code=554\n"
		"@1001 mx1 s=d do=reject roles=attempt sender=x@example.net "
		"recipient=a@example.org code=550\n"
		"@1002 mx1 s=d do=reject roles=attempt sender=x@example.net "
		"recipient=b@example.org code=550\n"
		"@1003 mx1 s=d do=reject roles=attempt sender=a@example.com "
		"recipient=c@example.org code=550\n"
		"@1004 mx1 s=d q=A " OPEN "\n"
		"@1004 mx1 q=A " QMGR "\n"
		"@1005 mx1 s=d roles=scloses\n"
		"@1006 mx1 q=A " SENT "recipient=d@example.org\n"
		"@1006 mx1 q=A " GONE "\n"
		"@1007 mx1 q=B roles=weakly,attempt do=reject "
		"sender=y@example.net recipient=b@example.org code=550\n";
	struct rows r;
	const struct transaction_row *t;

	(void)state;
	rows_init(&r);
	rows_add(&r, lines, 1000);
	rows_derive(&r);
	/* x's message, a's message with its refused recipient, and B */
	assert_int_equal(r.ntransactions, 3);
	assert_int_equal(r.transactions[0].state, STATE_REFUSED);
	assert_null(r.transactions[0].queue_id.ptr);
	assert_string_equal(rows_word(&r, r.transactions[0].sender),
	                    "x@example.net");
	t = rows_txn(&r, "mx1", "B", 1);
	assert_int_equal(t->state, STATE_REFUSED);
	t = rows_txn(&r, "mx1", "A", 1);
	assert_int_equal(t->state, STATE_COMPLETE);
	assert_int_equal(r.njourneys, 3);
	assert_int_equal(r.journeys[t->journey - 1].recipients, 2);
	assert_int_equal(r.journeys[t->journey - 1].outcomes[OUTCOME_REFUSED],
	                 1);
	assert_int_equal(r.journeys[t->journey - 1].refused, 0);
	assert_int_equal(r.journeys[0].refused, 1);
	assert_int_equal(r.journeys[0].recipients, 2);
	assert_int_equal(r.sessions[0].refused, 4);
	rows_release(&r);
}

/* Some servers log the envelope of what they refused at its end, too. */
static void test_refused_whole(void **state)
{
	static const char lines[] =
		"@1000 mx1 q=A roles=opens,envelope sender=a@example.com "
		"nrcpt=1\n"
		"@1001 mx1 q=A do=reject roles=attempt stage=END-OF-MESSAGE "
		"code=554\n"
		"@1001 mx1 q=A do=reject roles=attempt "
		"recipient=b@example.org\n"
		"@1002 mx1 q=B do=reject roles=attempt "
		"recipient=b@example.org\n"
		"@1003 mx1 q=B roles=opens,envelope sender=a@example.com "
		"nrcpt=1\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	r.idle = true;
	rows_add(&r, lines, 1000);
	rows_derive(&r);
	assert_int_equal(r.ntransactions, 2);
	assert_int_equal(rows_txn(&r, "mx1", "A", 1)->state, STATE_REFUSED);
	/* one recipient was refused, another taken */
	assert_int_equal(rows_txn(&r, "mx1", "B", 1)->state, STATE_OPEN);
	rows_release(&r);
}

/* Everything at once, again and again, with a clock that steps back. */
static char *mixed_log(void)
{
	struct strbuf b = { 0 };
	unsigned x = 7;

	for (unsigned i = 0; i < 400; i++) {
		unsigned id, t = 100000 + i * 37, what;

		x = x * 1103515245u + 12345u;
		id = x / 65536 % 23;
		what = x / 7919 % 9;
		if (i > 300)
			t -= 3600;
		if (i > 350)
			t += 15 * 3600;
		if (what == 0)
			strbuf_addf(&b, "@%u mx1 q=Q%u s=d%u " OPEN "\n", t, id,
			            id % 3);
		else if (what == 1)
			strbuf_addf(&b, "@%u mx1 q=Q%u " WEAK
			            "message_id=%u@example.com\n", t, id, i);
		else if (what == 2)
			strbuf_addf(&b, "@%u mx1 q=Q%u " QMGR "\n", t, id);
		else if (what == 3)
			strbuf_addf(&b, "@%u mx1 q=Q%u " GONE "\n", t, id);
		else if (what == 4)
			strbuf_addf(&b, "@%u mx1 q=Q%u " SENT "recipient=r%u "
			            "next_queue_id=Q%u reply=250_Q%u\n", t, id,
			            i % 5, id + 1, id + 1);
		else if (what == 5)
			strbuf_addf(&b, "@%u mx1 s=d%u roles=sopens\n", t,
			            id % 3);
		else if (what == 6)
			strbuf_addf(&b, "@%u mx1 s=d%u roles=scloses\n", t,
			            id % 3);
		else if (what == 7)
			strbuf_addf(&b, "@%u mx1 s=d%u do=reject roles=attempt "
			            "sender=s%u recipient=r%u\n", t, id % 3,
			            i % 2, i % 5);
		else
			strbuf_addf(&b, "@%u mx1 q=Q%u child=alias:Q%u\n", t,
			            id, id / 2);
	}
	return strbuf_take(&b);
}

static char *print_cut(const char *log, unsigned per_piece, bool recode)
{
	struct rows r;
	char *text;

	rows_init(&r);
	rows_add(&r, log, per_piece);
	if (recode)
		rows_recode(&r);
	rows_shuffle(&r, per_piece);
	rows_derive(&r);
	text = rows_print(&r);
	rows_release(&r);
	return text;
}

static void test_cuts(void **state)
{
	static const unsigned cuts[] = { 1, 2, 3, 7, 50, 51, 399 };
	char *log = mixed_log();
	char *whole = print_cut(log, 1000, false);

	(void)state;
	assert_true(strlen(whole) > 10000);
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		char *cut = print_cut(log, cuts[i], i % 2);

		if (strcmp(cut, whole) != 0)
			fail_msg("pieces of %u records give other rows",
			         cuts[i]);
		free(cut);
	}
	free(whole);
	free(log);
}

static void test_damaged_piece(void **state)
{
	struct rows r;
	struct strbuf b = { 0 };

	(void)state;
	rows_init(&r);
	rows_add(&r, plain, 1000);
	piece_encode(r.pieces[0], &b);
	for (size_t n = 0; n < b.len; n++) {
		struct piece *p = piece_new();

		assert_false(piece_decode(p, slice_of(b.ptr, n)));
		piece_free(p);
	}
	for (size_t n = 0; n < b.len; n++) {
		struct piece *p = piece_new();
		char was = b.ptr[n];

		b.ptr[n] = (char)0xff; /* must not crash, may be refused */
		piece_decode(p, strbuf_slice(&b));
		piece_free(p);
		b.ptr[n] = was;
	}
	strbuf_reset(&b);
	piece_encode_columns(r.pieces[0], &b);
	for (size_t n = 0; n < b.len; n++) {
		struct piece *p = piece_new();

		assert_false(piece_decode_columns(p, slice_of(b.ptr, n)));
		piece_free(p);
	}
	{
		struct piece *p = piece_new();
		const struct piece_lines *x = &r.pieces[0]->columns;

		assert_true(piece_decode_columns(p, strbuf_slice(&b)));
		assert_int_equal(p->columns.n, x->n);
		assert_memory_equal(p->columns.time, x->time, x->n * 8);
		assert_memory_equal(p->columns.owner, x->owner, x->n * 4);
		assert_memory_equal(p->columns.length, x->length, x->n * 4);
		piece_free(p);
	}
	strbuf_release(&b);
	rows_release(&r);
}

static void test_reply_is_cut(void **state)
{
	static const char lines[] =
		"@1 mx1 q=A do=relay roles=attempt recipient=b@example.org "
		"next_queue_id=ABC123 reply=250_queued_as_ABC123_(ABC123)\n"
		"@2 mx1 q=B do=relay roles=attempt recipient=b@example.org "
		"next_queue_id=ABC124 reply=250_\x1a_ABC124\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, lines, 1000);
	rows_derive(&r);
	assert_true(r.attempts[0].reply_cut);
	assert_string_equal(rows_word(&r, r.attempts[0].reply),
	                    "250 queued as ABC123 (\x1a)");
	assert_true(slice_eq(r.attempts[0].next_id, SLICE("ABC123")));
	/* a reply that holds the mark itself stays whole */
	assert_false(r.attempts[1].reply_cut);
	assert_string_equal(rows_word(&r, r.attempts[1].reply),
	                    "250 \x1a ABC124");
	rows_release(&r);
}

static void test_repeats(void **state)
{
	static const char lines[] =
		"@1 mx1 s=d do=auth_fail roles=attempt user=u\n"
		"@2 other s=d do=info\n"
		"@3 mx1 do=info roles=repeats repeat=4\n";
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r, lines, 1000);
	rows_derive(&r);
	assert_int_equal(r.nattempts, 5);
	assert_int_equal(r.attempts[4].id, 5);
	assert_int_equal(r.sessions[0].auth_fail, 5);
	rows_release(&r);
}

#define HAS "do=accept roles=addressed "
#define FOR "do=expand roles=addressed "

/* Who is only addressed waits, and is no attempt; who was expanded is gone,
 * whichever line came first; an answer is that of the one expanded to. */
static void test_addressed(void **state)
{
	static const char lines[] =
		"@1000 mx q=A do=accept roles=opens,addressed,envelope nrcpt=3 "
		"recipient=list@example.com sender=s@example.org\n"
		"@1000 mx q=A " HAS "recipient=dave@example.com\n"
		"@1000 mx q=A " HAS "recipient=erin@example.com\n"
		"@1001 mx q=A " FOR "recipient=bob@example.com "
		"orig_recipient=list@example.com\n"
		"@1001 mx q=A " FOR "recipient=team@example.com "
		"orig_recipient=list@example.com\n"
		"@1001 mx q=A " FOR "recipient=carol@example.com "
		"orig_recipient=team@example.com\n"
		"@1001 mx q=A " HAS "recipient=dave@example.com\n"
		"@1002 mx q=A do=deliver roles=attempt "
		"recipient=bob@example.com\n"
		"@1002 mx q=A do=bounce roles=attempt "
		"recipient=erin@example.com code=550\n"
		"@1003 mx do=accept roles=addressed recipient=x@example.com\n";
	static const struct {
		const char *address;
		enum outcome outcome;
		unsigned attempts;
	} should[] = {
		{ "bob@example.com", OUTCOME_DELIVERED, 1 },
		{ "carol@example.com", OUTCOME_DELAYED, 0 },
		{ "dave@example.com", OUTCOME_DELAYED, 0 },
		{ "erin@example.com", OUTCOME_FAILED, 1 },
	};

	(void)state;
	for (unsigned per = 1; per < 12; per++) {
		struct rows r;

		rows_init(&r);
		rows_add(&r, lines, per);
		rows_recode(&r);
		rows_derive(&r);
		assert_int_equal(r.nattempts, 2);
		assert_int_equal(r.nrecipients, 4);
		for (size_t i = 0; i < 4; i++) {
			const struct recipient_row *to =
				rows_rcpt(&r, should[i].address);

			assert_non_null(to);
			assert_int_equal(to->outcome, should[i].outcome);
			assert_int_equal(to->attempts, should[i].attempts);
		}
		assert_string_equal(
			rows_word(&r, rows_rcpt(&r, "bob@example.com")
			                      ->addressed_as),
			"list@example.com");
		rows_release(&r);
	}
}

/* More than are looked through one by one, each answered without the name that
 * it was expanded from. */
static void test_addressed_many(void **state)
{
	struct strbuf lines = { 0 };
	struct rows r;

	(void)state;
	strbuf_add_str(&lines, "@1000 mx q=A do=accept roles=opens,addressed "
	                       "recipient=list@example.com\n");
	for (int i = 0; i < 60; i++)
		strbuf_addf(&lines,
		            "@1001 mx q=A " FOR "recipient=u%d@example.com "
		            "orig_recipient=list@example.com\n", i);
	for (int i = 0; i < 59; i++)
		strbuf_addf(&lines,
		            "@1002 mx q=A do=deliver roles=attempt "
		            "recipient=u%d@example.com\n", i);
	rows_init(&r);
	rows_add(&r, strbuf_text(&lines), 50);
	rows_derive(&r);
	assert_int_equal(r.ndeliveries, 60);
	assert_int_equal(r.nrecipients, 60);
	assert_int_equal(r.journeys[0].outcomes[OUTCOME_DELIVERED], 59);
	assert_int_equal(r.journeys[0].outcomes[OUTCOME_DELAYED], 1);
	rows_release(&r);
	strbuf_release(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_logins),
		cmocka_unit_test(test_ledger),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_instances),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_deliveries),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_refused_whole),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_damaged_piece),
		cmocka_unit_test(test_reply_is_cut),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_addressed),
		cmocka_unit_test(test_addressed_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
