/* SPDX-License-Identifier: MIT */
/* What a sensor saw: a witness where a server logged the message, else a message
 * of its own; doubtful where two could be meant. */
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define ENVELOPE                                                              \
	"sender=a@corp.example client_ip=192.0.2.10 relay_ip=198.51.100.9 "
#define SEEN "roles=opens,closes,attempt,observed " ENVELOPE

static const char out[] =
	"@1000 out q=Q1 do=accept roles=opens client_ip=10.0.0.5 "
	"message_id=m1@corp.example\n"
	"@1000 out q=Q1 roles=activates,envelope sender=a@corp.example nrcpt=1\n"
	"@1002 out q=Q1 do=relay roles=attempt code=250 "
	"recipient=b@partner.example relay_ip=198.51.100.9 "
	"next_queue_id=R1 reply=250_queued_as_R1\n"
	"@1002 out q=Q1 do=removed roles=closes\n";
static const char mx[] =
	"@1001 mx q=R1 do=accept roles=opens client_ip=192.0.2.10 "
	"sender=a@corp.example message_id=m1@corp.example\n"
	"@1003 mx q=R1 do=deliver roles=attempt recipient=b@partner.example "
	"place=INBOX\n"
	"@1003 mx q=R1 do=removed roles=closes\n";
static const char by_id[] =
	"@1001 tap q=C1/1 s=C1 do=relay " SEEN "recipient=b@partner.example "
	"code=250 next_queue_id=R1 reply=250_queued_as_R1\n";
/* the connection's last word was goodbye */
static const char by_envelope[] =
	"@1001 tap q=C1/1 s=C1 do=info " SEEN "recipient=b@partner.example "
	"code=221 reply=221_bye\n";

static const struct link_row *observed_link(const struct rows *r)
{
	for (size_t i = 0; i < r->nlinks; i++)
		if (r->links[i].kind == LINK_OBSERVED)
			return &r->links[i];
	return NULL;
}

static const struct transaction_row *seen_txn(const struct rows *r)
{
	return rows_txn(r, "tap", "C1/1", 1);
}

static void derive(struct rows *r, const char *const *logs, size_t n)
{
	rows_init(r);
	for (size_t i = 0; i < n; i++)
		rows_add(r, logs[i], 100);
	rows_derive(r);
}

/* One message, one recipient, whoever else saw it. */
static void expect_witness(const char *const *logs, size_t n, const char *from,
                           const char *id, const char *servers)
{
	const struct link_row *k;
	struct rows r;

	derive(&r, logs, n);
	k = observed_link(&r);
	assert_non_null(k);
	assert_int_equal(k->class, CLASS_CONFIRMED);
	assert_true(k->evidence & 1u << 3);
	assert_int_equal(k->from, rows_txn(&r, from, id, 1)->id);
	assert_int_equal(k->to, seen_txn(&r)->id);
	assert_int_equal(seen_txn(&r)->state, STATE_OBSERVED);
	assert_true(seen_txn(&r)->flags & ROW_COPY);
	assert_int_equal(r.njourneys, 1);
	assert_int_equal(r.nrecipients, 1);
	assert_string_equal(rows_word(&r, r.journeys[0].servers), servers);
	for (size_t i = 0; i < r.nattempts; i++)
		assert_int_equal((r.attempts[i].flags & ROW_COPY) != 0,
		                 r.attempts[i].transaction == seen_txn(&r)->id);
	rows_release(&r);
}

static void test_witness(void **state)
{
	const char *const both[] = { out, mx, by_id };
	const char *const receiver[] = { mx, by_id };
	const char *const sender[] = { out, by_id };
	const char *const goodbye[] = { mx, by_envelope };
	const char *const goodbye_out[] = { out, by_envelope };

	(void)state;
	expect_witness(both, 3, "mx", "R1", "out mx");
	expect_witness(receiver, 2, "mx", "R1", "mx");
	expect_witness(sender, 2, "out", "Q1", "out");
	expect_witness(goodbye, 2, "mx", "R1", "mx");
	expect_witness(goodbye_out, 2, "out", "Q1", "out");
}

/* The handoff stays what it was. */
static void test_handoff_stays(void **state)
{
	const char *const logs[] = { by_id, out, mx };
	struct rows r;

	(void)state;
	derive(&r, logs, 3);
	assert_int_equal(r.nlinks, 2);
	assert_int_equal(r.journeys[0].hops, 1);
	assert_int_equal(r.recipients[0].outcome, OUTCOME_DELIVERED);
	assert_int_equal(r.recipients[0].transaction,
	                 rows_txn(&r, "mx", "R1", 1)->id);
	rows_release(&r);
}

static void test_alone(void **state)
{
	static const struct {
		const char *line;
		enum outcome outcome;
		bool refused;
	} cases[] = {
		{ by_id, OUTCOME_RELAYED, false },
		{ by_envelope, OUTCOME_UNKNOWN, false },
		{ "@1001 tap q=C1/1 s=C1 do=reject " SEEN
		  "recipient=b@partner.example code=550 reply=550_no\n",
		  OUTCOME_REFUSED, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rows r;

		derive(&r, &cases[i].line, 1);
		assert_int_equal(r.nlinks, 0);
		assert_int_equal(r.njourneys, 1);
		assert_int_equal(r.journeys[0].refused, cases[i].refused);
		assert_int_equal(r.nrecipients, 1);
		assert_int_equal(r.recipients[0].outcome, cases[i].outcome);
		assert_int_equal(seen_txn(&r)->state, STATE_OBSERVED);
		assert_int_equal(seen_txn(&r)->flags & ROW_COPY, 0);
		assert_string_equal(rows_word(&r, r.journeys[0].servers),
		                    "tap");
		rows_release(&r);
	}
}

/* Two messages alike within minutes: nothing is picked silently. */
static void test_doubtful(void **state)
{
	static const char twice[] =
		"@1001 mx q=R1 do=accept roles=opens client_ip=192.0.2.10 "
		"sender=a@corp.example\n"
		"@1003 mx q=R1 do=deliver roles=attempt,closes "
		"recipient=b@partner.example\n"
		"@1011 mx q=R2 do=accept roles=opens client_ip=192.0.2.10 "
		"sender=a@corp.example\n"
		"@1013 mx q=R2 do=deliver roles=attempt,closes "
		"recipient=b@partner.example\n";
	static const char *const others[] = {
		/* another client, another sender, another day */
		"@1001 mx q=R1 do=accept roles=opens client_ip=192.0.2.11 "
		"sender=a@corp.example\n",
		"@1001 mx q=R1 do=accept roles=opens client_ip=192.0.2.10 "
		"sender=c@corp.example\n",
		"@90001 mx q=R1 do=accept roles=opens client_ip=192.0.2.10 "
		"sender=a@corp.example\n",
	};
	const char *logs[] = { twice, by_envelope };
	struct rows r;

	(void)state;
	derive(&r, logs, 2);
	assert_int_equal(r.nlinks, 2);
	assert_int_equal(r.links[0].class, CLASS_POSSIBLE);
	assert_int_equal(r.links[1].class, CLASS_POSSIBLE);
	assert_int_equal(r.njourneys, 3);
	assert_int_equal(seen_txn(&r)->flags & ROW_COPY, 0);
	rows_release(&r);
	for (size_t i = 0; i < COUNT(others); i++) {
		logs[0] = others[i];
		derive(&r, logs, 2);
		assert_int_equal(r.nlinks, 0);
		assert_int_equal(r.njourneys, 2);
		rows_release(&r);
	}
}

/* However the work is cut. */
static void test_order(void **state)
{
	const char *const logs[] = { out, mx, by_id };
	char *want, *got;
	struct rows r;

	(void)state;
	derive(&r, logs, 3);
	want = rows_print(&r);
	rows_release(&r);
	for (unsigned seed = 1; seed < 6; seed++) {
		rows_init(&r);
		for (size_t i = 0; i < COUNT(logs); i++)
			rows_add(&r, logs[i], 1);
		rows_shuffle(&r, seed);
		rows_recode(&r);
		rows_derive(&r);
		got = rows_print(&r);
		assert_string_equal(got, want);
		free(got);
		rows_release(&r);
	}
	free(want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_witness),
		cmocka_unit_test(test_handoff_stays),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_doubtful),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
