/* SPDX-License-Identifier: MIT */
/* Where servers are: E6 of a stated handoff means addresses, and who names his
 * machine like one of ours proves nothing. */
#include "base/alloc.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define E(n) (1u << ((n)-1))
#define START 100000

/* A message that a hands over to b, whose id it is told. */
struct step {
	const char *id;   /* at both, after "A" and "B" */
	const char *a;    /* host as a's log calls itself */
	const char *to;   /* a's relay */
	const char *from; /* b's client */
};

static void make(struct rows *r, const struct step *s, size_t n)
{
	struct strbuf a = {0}, b = {0};

	for (size_t i = 0; i < n; i++) {
		int at = START + (int)i * 10;

		strbuf_addf(&a,
			    "@%d %s q=A%s do=accept roles=opens "
			    "sender=ann@x.example\n"
			    "@%d %s q=A%s do=relay roles=attempt code=250 "
			    "recipient=bob@y.example %s next_queue_id=B%s "
			    "reply=250_queued_as_B%s\n"
			    "@%d %s q=A%s do=removed roles=closes\n",
			    at, s[i].a, s[i].id, at + 1, s[i].a, s[i].id,
			    s[i].to, s[i].id, s[i].id, at + 1, s[i].a,
			    s[i].id);
		strbuf_addf(&b,
			    "@%d b q=B%s do=accept roles=opens "
			    "sender=ann@x.example %s\n"
			    "@%d b q=B%s do=deliver roles=attempt "
			    "recipient=bob@y.example place=INBOX\n"
			    "@%d b q=B%s do=removed roles=closes\n",
			    at + 1, s[i].id, s[i].from, at + 1, s[i].id,
			    at + 1, s[i].id);
	}
	rows_init(r);
	rows_add(r, strbuf_text(&a), 50);
	rows_add(r, strbuf_text(&b), 50);
	rows_derive(r);
	strbuf_release(&a);
	strbuf_release(&b);
}

#define B_IS "relay_name=b.y.example relay_ip=192.0.2.9"
#define A_IS "client_ip=198.51.100.5 client_name=a.x.example"

/* Of how many links E6 is told; all are confirmed by the answer. */
static size_t proven(const struct step *s, size_t n)
{
	struct rows r;
	size_t found = 0;

	make(&r, s, n);
	assert_int_equal(r.nlinks, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(r.links[i].class, CLASS_CONFIRMED);
		assert_true(r.links[i].evidence & E(1));
		found += (r.links[i].evidence & E(6)) != 0;
	}
	rows_release(&r);
	return found;
}

/* The only handoff cannot be its own witness. */
static void test_alone(void **state)
{
	const struct step by_name = {"1", "a", B_IS, A_IS};
	const struct step own_domain = {"1", "a.x.example", B_IS, A_IS};
	const struct step private = {
		"1", "a", B_IS, "client_ip=10.1.2.3 client_name=a.x.example"};
	const struct step no_name = {
		"1", "a.x.example", B_IS,
		"client_ip=198.51.100.5 client_name=unknown"};

	(void)state;
	assert_int_equal(proven(&by_name, 1), 0);
	assert_int_equal(proven(&own_domain, 1), 1);
	assert_int_equal(proven(&private, 1), 1);
	assert_int_equal(proven(&no_name, 1), 0);
}

/* Two handoffs show each other's addresses, whatever the names. */
static void test_shown(void **state)
{
	static const struct step two[] = {
		{"1", "a", "relay_ip=192.0.2.9", "client_ip=198.51.100.5"},
		{"2", "a", "relay_ip=192.0.2.9", "client_ip=198.51.100.5"}};
	static const struct step apart[] = {
		{"1", "a", "relay_ip=192.0.2.9", "client_ip=198.51.100.5"},
		{"2", "a", "relay_ip=192.0.2.8", "client_ip=198.51.100.6"}};

	(void)state;
	assert_int_equal(proven(two, 2), 2);
	assert_int_equal(proven(apart, 2), 0);
}

/* A name at an address that handoffs show elsewhere is a mere name. */
static void test_elsewhere(void **state)
{
	static const struct step list[] = {
		{"1", "a.x.example", B_IS, A_IS},
		{"2", "a.x.example", B_IS, A_IS},
		{"3", "a.x.example", B_IS, A_IS},
		{"4", "a.x.example", B_IS,
		 "client_ip=203.0.113.66 client_name=a.x.example"},
		{"5", "a.x.example",
		 "relay_name=b.y.example relay_ip=203.0.113.77", A_IS}};

	(void)state;
	assert_int_equal(proven(list, 5), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
