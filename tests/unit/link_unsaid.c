/* SPDX-License-Identifier: MIT */
/* Handoffs whose answers name no id: what addresses and text together confirm,
 * what stays probable or possible, and what nobody can make us join. */
#include "base/alloc.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define E(n) (1u << ((n)-1))
#define GONE "do=removed roles=closes\n"
#define START 100000

/* A message that a hands over to b without a word of b's id. */
struct message {
	const char *id; /* queue id at both, after "A" and "B" */
	double at;
	const char *mid, *sender, *recipient;
	const char *answer; /* more of a's answer */
	const char *client; /* as b calls it, else a's own address */
	bool not_a, not_b;
};

static void add_a(struct strbuf *log, const struct message *m)
{
	strbuf_addf(log, "@%.1f a q=A%s do=accept roles=opens sender=%s ",
		    m->at, m->id, m->sender);
	if (m->mid)
		strbuf_addf(log, "message_id=%s", m->mid);
	strbuf_addf(log,
		    "\n@%.1f a q=A%s do=relay roles=attempt code=250 "
		    "recipient=%s relay_name=b.corp.example relay_ip=10.0.0.2 "
		    "transfer=0.3 %s\n@%.1f a q=A%s " GONE,
		    m->at + .5, m->id, m->recipient,
		    m->answer ? m->answer : "reply=250_ok", m->at + .6, m->id);
}

static void add_b(struct strbuf *log, const struct message *m)
{
	strbuf_addf(log, "@%.1f b q=B%s do=accept roles=opens sender=%s %s ",
		    m->at + .4, m->id, m->sender,
		    m->client ? m->client
			      : "client_ip=10.0.0.1 client_name=a.corp.example");
	if (m->mid)
		strbuf_addf(log, "message_id=%s", m->mid);
	strbuf_addf(log,
		    "\n@%.1f b q=B%s do=deliver roles=attempt recipient=%s "
		    "place=INBOX\n@%.1f b q=B%s " GONE,
		    m->at + .5, m->id, m->recipient, m->at + .6, m->id);
}

static void make_with(struct rows *r, const struct message *m, size_t n,
		      const char *more_a, const char *more_b)
{
	struct strbuf a = {0}, b = {0};

	strbuf_add_str(&a, more_a);
	strbuf_add_str(&b, more_b);
	for (size_t i = 0; i < n; i++) {
		if (!m[i].not_a)
			add_a(&a, &m[i]);
		if (!m[i].not_b)
			add_b(&b, &m[i]);
	}
	rows_init(r);
	rows_add(r, strbuf_text(&a), 100);
	rows_add(r, strbuf_text(&b), 100);
	rows_derive(r);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void make(struct rows *r, const struct message *m, size_t n)
{
	make_with(r, m, n, "", "");
}

#define MAKE(r, list) make(r, list, sizeof list / sizeof *list)

static const struct link_row *between(const struct rows *r, const char *from,
				      const char *to)
{
	const struct transaction_row *a = rows_txn(r, "a", from, 1);
	const struct transaction_row *b = rows_txn(r, "b", to, 1);

	for (size_t i = 0; i < r->nlinks; i++)
		if (r->links[i].from == a->id && r->links[i].to == b->id)
			return &r->links[i];
	return NULL;
}

static size_t count(const struct rows *r, enum link_class class)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nlinks; i++)
		n += r->links[i].class == class;
	return n;
}

#define ANN "ann@x.example"
#define BOB "bob@corp.example"

static void test_confirmed(void **state)
{
	static const struct message list[] = {
		{"1", START, "m1@x", ANN, BOB, NULL, NULL, 0, 0}};
	const struct link_row *k;
	struct rows r;

	(void)state;
	MAKE(&r, list);
	k = between(&r, "A1", "B1");
	assert_non_null(k);
	assert_int_equal(k->class, CLASS_CONFIRMED);
	assert_int_equal(k->kind, LINK_HANDOFF);
	assert_int_equal(k->evidence & (E(1) | E(5) | E(6) | E(7)),
			 E(5) | E(6) | E(7));
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.nrecipients, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	/* no clock rests on what needs clocks itself */
	for (size_t i = 0; i < r.nclocks; i++)
		assert_int_equal(r.clocks[i].n, 0);
	rows_release(&r);
}

/* One connection, one second: what stands in the messages tells them apart. */
static void test_cached(void **state)
{
	static const struct message list[] = {
		{"1", START, "m1@x", ANN, BOB, NULL, NULL, 0, 0},
		{"2", START, "m2@x", ANN, BOB, NULL, NULL, 0, 0},
		{"3", START, NULL, "eve@x.example", BOB, NULL, NULL, 0, 0},
		{"4", START, NULL, "eve@x.example", "jo@corp.example", NULL,
		 NULL, 0, 0}};
	struct rows r;

	(void)state;
	MAKE(&r, list);
	assert_int_equal(r.nlinks, 4);
	assert_int_equal(count(&r, CLASS_CONFIRMED), 4);
	assert_non_null(between(&r, "A2", "B2"));
	assert_non_null(between(&r, "A4", "B4"));
	assert_int_equal(r.njourneys, 4);
	rows_release(&r);
}

static void test_twins(void **state)
{
	static const struct message list[] = {
		{"1", START, NULL, ANN, BOB, NULL, NULL, 0, 0},
		{"2", START, NULL, ANN, BOB, NULL, NULL, 0, 0}};
	struct rows r;

	(void)state;
	MAKE(&r, list);
	assert_int_equal(r.nlinks, 4);
	assert_int_equal(count(&r, CLASS_POSSIBLE), 4);
	assert_int_equal(r.njourneys, 4);
	/* each names both others as related */
	assert_true(r.nrelated >= 8);
	rows_release(&r);
}

/* The same Message-ID a minute later: the clocks of exact links tell. */
static void test_resent(void **state)
{
	static const struct message list[] = {
		{"1", START, "m@x", ANN, BOB, NULL, NULL, 0, 0},
		{"2", START + 60, "m@x", ANN, BOB, NULL, NULL, 0, 0},
		{"3", START + 30, "m3@x", ANN, BOB,
		 "next_queue_id=B3 reply=250_queued_as_B3", NULL, 0, 0}};
	struct rows r;

	(void)state;
	make(&r, list, 2);
	assert_int_equal(count(&r, CLASS_POSSIBLE), 4);
	rows_release(&r);
	make(&r, list, 3);
	assert_int_equal(count(&r, CLASS_CONFIRMED), 3);
	assert_non_null(between(&r, "A1", "B1"));
	assert_non_null(between(&r, "A2", "B2"));
	rows_release(&r);
}

/* The answer after the message was lost: b has it twice, and both are real. */
static void test_lost_answer(void **state)
{
	static const struct message list[] = {
		{"1", START + 60, "m@x", ANN, BOB, NULL, NULL, 1, 0},
		{"2", START, "m@x", ANN, BOB, NULL, NULL, 1, 0}};
	static const char a[] =
		"@100000 a q=A do=accept roles=opens sender=" ANN
		" message_id=m@x\n"
		"@100000.5 a q=A do=defer roles=attempt recipient=" BOB
		" relay_name=b.corp.example relay_ip=10.0.0.2 transfer=0.3 "
		"reply=lost_connection_while_sending_end_of_data_--_message_"
		"may_be_sent_more_than_once\n"
		"@100060.5 a q=A do=relay roles=attempt code=250 recipient=" BOB
		" relay_name=b.corp.example relay_ip=10.0.0.2 transfer=0.3 "
		"reply=250_ok\n@100060.6 a q=A " GONE;
	struct rows r;

	(void)state;
	make_with(&r, list, 2, a, "");
	assert_int_equal(r.nlinks, 2);
	assert_int_equal(count(&r, CLASS_CONFIRMED), 2);
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.nrecipients, 1);
	rows_release(&r);
}

/* One answer and two of b: which of them it was nobody can tell. */
static void test_twice_there(void **state)
{
	static const struct message list[] = {
		{"1", START, "m@x", ANN, BOB, NULL, NULL, 0, 0},
		{"2", START, "m@x", ANN, BOB, NULL, NULL, 1, 0}};
	struct rows r;

	(void)state;
	MAKE(&r, list);
	assert_int_equal(r.nlinks, 2);
	assert_int_equal(count(&r, CLASS_POSSIBLE), 2);
	rows_release(&r);
}

/* Whoever copies Message-ID, sender, recipient, HELO, and names a machine of the
 * own like ours, is not joined, and does no harm to the real one. */
static void test_hostile(void **state)
{
	static const char *const clients[] = {
		"client_ip=203.0.113.66 helo=a.corp.example",
		"client_ip=203.0.113.66 client_name=unknown helo=a",
		"client_ip=203.0.113.66 client_name=a.evil.example "
		"helo=a.corp.example",
	};

	(void)state;
	for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
		struct message list[2] = {
			{"1", START, "m@x", ANN, BOB, NULL, NULL, 0, 0},
			{"2", START, "m@x", ANN, BOB, NULL, clients[i], 1, 0}};
		struct rows r;

		make(&r, list, 2);
		assert_int_equal(count(&r, CLASS_CONFIRMED), 1);
		assert_int_equal(between(&r, "A1", "B1")->class,
				 CLASS_CONFIRMED);
		assert_null(between(&r, "A1", "B2"));
		assert_int_equal(r.njourneys, 2);
		rows_release(&r);
		/* the same where the real one is not in the log */
		list[0].not_b = true;
		make(&r, list, 2);
		assert_int_equal(count(&r, CLASS_CONFIRMED), 0);
		assert_int_equal(r.njourneys, 2);
		rows_release(&r);
	}
}

/* The mail of an attacker's own domain is relayed to him, and he hands it to b. */
static void test_in_between(void **state)
{
	static const char a[] =
		"@100000 a q=A do=accept roles=opens sender=" ANN
		" message_id=m@x\n"
		"@100000.5 a q=A do=relay roles=attempt code=250 recipient=" BOB
		" relay_name=b.evil.example relay_ip=203.0.113.66 "
		"reply=250_ok\n@100000.6 a q=A " GONE;
	struct message list[] = {
		{"1", START, "m1@x", ANN, BOB, NULL, NULL, 0, 0},
		{"2", START + 1, "m2@x", ANN, BOB, NULL, NULL, 0, 0},
		{"3", START + 2, "m3@x", ANN, BOB, NULL, NULL, 0, 0},
		{"4", START + 3, "m4@x", ANN, BOB, NULL, NULL, 0, 0},
		{"5", START + 3, "m5@x", ANN, BOB, NULL, NULL, 0, 0},
		{"9", START, "m@x", ANN, BOB, NULL,
		 "client_ip=203.0.113.66 client_name=a.evil.example", 1, 0}};
	struct rows r;

	(void)state;
	make_with(&r, list, 6, a, "");
	assert_int_equal(count(&r, CLASS_CONFIRMED), 5);
	assert_null(between(&r, "A", "B9"));
	rows_release(&r);
}

/* Where b names its ids, an answer with another one was not b's. */
static void test_other_id(void **state)
{
	struct message list[] = {
		{"1", START, "m1@x", ANN, BOB,
		 "next_queue_id=B1 reply=250_queued_as_B1", NULL, 0, 0},
		{"22222", START + 5, "m2@x", ANN, BOB,
		 "next_queue_id=ZZZZZ reply=250_queued_as_ZZZZZ", NULL, 0, 0}};
	struct rows r;

	(void)state;
	MAKE(&r, list);
	assert_int_equal(r.nlinks, 1);
	rows_release(&r);
	/* one that was cut may still be */
	list[1].answer = "next_queue_id=B222 reply=250_queued_as_B222";
	MAKE(&r, list);
	assert_int_equal(count(&r, CLASS_CONFIRMED), 2);
	rows_release(&r);
	/* it never names one of its own */
	make(&r, list + 1, 1);
	assert_int_equal(count(&r, CLASS_CONFIRMED), 1);
	rows_release(&r);
}

/* Addresses alone, and text with one address alone. */
static void test_probable(void **state)
{
	static const char b[] =
		"@100000.4 b q=B do=accept roles=opens client_ip=10.0.0.1 "
		"client_name=a.corp.example\n@100000.6 b q=B " GONE;
	struct message one = {"1", START, "m@x", ANN, BOB, NULL, NULL, 0, 1};
	struct rows r;

	(void)state;
	make_with(&r, &one, 1, "", b);
	assert_int_equal(r.nlinks, 1);
	assert_int_equal(r.links[0].class, CLASS_PROBABLE);
	assert_int_equal(r.links[0].evidence & (E(5) | E(6) | E(7)), E(6));
	assert_int_equal(r.njourneys, 2);
	assert_int_equal(r.nrelated, 2);
	/* it has a candidate: nothing is said to be absent */
	for (size_t i = 0; i < r.nmissing; i++)
		assert_int_not_equal(r.missing[i].kind, MISSING_ABSENT);
	rows_release(&r);
	one.not_b = false;
	one.client = "client_ip=198.51.100.7 client_name=nat.corp.example";
	make(&r, &one, 1);
	assert_int_equal(r.nlinks, 1);
	assert_int_equal(r.links[0].class, CLASS_PROBABLE);
	rows_release(&r);
}

/* A newsletter with one Message-ID: what is looked at is bounded. */
static void test_flood(void **state)
{
	enum { N = 3000 };
	struct message *list = mem_alloc(N * sizeof *list);
	char (*id)[8] = mem_alloc(N * sizeof *id);
	struct rows r;

	(void)state;
	for (int i = 0; i < N; i++) {
		struct strbuf s = {0};

		strbuf_addf(&s, "x%05d", i);
		memcpy(id[i], strbuf_text(&s), s.len);
		strbuf_release(&s);
		list[i] = (struct message){id[i],     START + i / 50., "m@x",
					   ANN, BOB, NULL, NULL, 0, 0};
	}
	make(&r, list, N);
	assert_int_equal(count(&r, CLASS_CONFIRMED), 0);
	assert_true(r.nlinks <= 64u * N);
	rows_release(&r);
	free(list);
	free(id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_confirmed),
		cmocka_unit_test(test_cached),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_resent),
		cmocka_unit_test(test_lost_answer),
		cmocka_unit_test(test_twice_there),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_in_between),
		cmocka_unit_test(test_other_id),
		cmocka_unit_test(test_probable),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests_name("link_unsaid", tests, NULL, NULL);
}
