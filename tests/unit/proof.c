/* SPDX-License-Identifier: MIT */
/* What two logs say of one hop, what forged texts can reach, and links that the
 * other log denies. */
#include "model/trace/proof.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const char hundred[] =
	"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
	"ffffffffffgggggggggghhhhhhhhhhiiiiiiiiii@c.example";

static void test_message_ids(void **state)
{
	char longer[140];

	(void)state;
	assert_true(proof_message_id(SLICE("a@b"), SLICE("<a@b>")));
	assert_false(proof_message_id(SLICE("a@b"), SLICE("A@b")));
	assert_false(proof_message_id(SLICE("<>"), SLICE("<>")));
	assert_false(proof_message_id(SLICE(""), SLICE("")));
	assert_false(proof_message_id(SLICE("a@b"), SLICE("a@bc")));
	assert_int_equal(strlen(hundred), 100);
	snprintf(longer, sizeof longer, "%s.net", hundred);
	assert_true(proof_message_id(slice_str(hundred), slice_str(longer)));
	longer[50] = 'x';
	assert_false(proof_message_id(slice_str(hundred), slice_str(longer)));
	assert_false(proof_message_id(slice_to(slice_str(hundred), 60),
	                              slice_str(hundred)));
}

static void test_sizes(void **state)
{
	(void)state;
	assert_true(proof_size(3127, 3811));
	assert_true(proof_size(3811, 3651));
	assert_false(proof_size(3127, 9000));
	assert_false(proof_size(30000, 3000));
	assert_false(proof_size(-1, 10));
	assert_false(proof_size(0, 0));
	assert_false(proof_size(INT64_MAX / 4, 1));
}

static void test_subjects(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} s[] = {
		{ "Invoice 4711", "Re: Invoice 4711", true },
		{ "Invoice 4711", "[list] AW: Re: Invoice 4711", true },
		{ "=?UTF-8?Q?R=C3=A9sum=C3=A9?=", "R\303\251sum\303\251", true },
		{ "Invoice 4711", "Invoice 4712", false },
		{ "", "", false },
		{ "Re:", "Fwd:", false },
		{ "[a]", "[b]", false },
		{ "[", ":", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof s / sizeof *s; i++)
		if (proof_subject(slice_str(s[i].a), slice_str(s[i].b)) !=
		    s[i].same)
			fail_msg("%s and %s", s[i].a, s[i].b);
}

static void test_tls(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} s[] = {
		{ "TLSv1.3 TLS_AES_256_GCM_SHA384",
		  "TLSv1.3 ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM",
		  true },
		{ "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256",
		  "TLS1.2:ECDHE_RSA_AES_128_GCM:128", true },
		{ "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256",
		  "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384", false },
		{ "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384",
		  "TLSv1.3 TLS_AES_256_GCM_SHA384", false },
		{ "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256",
		  "TLSv1.3 TLS_AES_256_GCM_SHA384", false },
		{ "TLSv1.3", "TLSv1.3", false },
		{ "STARTTLS", "STARTTLS", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof s / sizeof *s; i++)
		if (proof_tls(slice_str(s[i].a), slice_str(s[i].b)) != s[i].same)
			fail_msg("%s and %s", s[i].a, s[i].b);
}

/* 2026-03-14 09:15:02 UTC */
#define WRITTEN (INT64_C(1773479702) * US_SECOND)

static bool names(const char *mid, const char *id, int64_t opened)
{
	struct slice host = { NULL, 0 };

	return proof_origin(slice_str(mid), slice_str(id), opened, false,
	                    &host) &&
	       slice_eq(host, SLICE("mail1.example"));
}

static void test_origins(void **state)
{
	(void)state;
	assert_true(names("20260314091502.4fXwft2FgJzFpTn@mail1.example",
	                  "4fXwft2FgJzFpTn", WRITTEN));
	assert_true(names("202603140915.s1KJ39AQ014274@mail1.example",
	                  "s1KJ39AQ014274", WRITTEN));
	assert_true(names("E1w1L5G-0005Pl-04@mail1.example",
	                  "1w1L5G-0005Pl-04", WRITTEN));
	assert_true(names("9EB101A2C7@mail1.example", "9EB101A2C7", TIME_NONE));
	/* another day, another id, another form */
	assert_false(names("20260314091502.4fXwft2FgJzFpTn@mail1.example",
	                   "4fXwft2FgJzFpTn", WRITTEN + US_DAY));
	assert_false(names("20260314091502.4fXwft2FgJzFpTm@mail1.example",
	                   "4fXwft2FgJzFpTn", WRITTEN));
	assert_false(names("x20260314091502.4fXwft2FgJzFpTn@mail1.example",
	                   "4fXwft2FgJzFpTn", WRITTEN));
	assert_false(names("20269914091502.4fXwft2FgJzFpTn@mail1.example",
	                   "4fXwft2FgJzFpTn", WRITTEN));
	assert_false(names("@mail1.example", "9EB101A2C7", WRITTEN));
	assert_false(names("@mail1.example", "", WRITTEN));
	assert_false(names("", "", WRITTEN));
}

static void test_classes(void **state)
{
	unsigned forged = E(5) | E(7) | E(8) | E(9) | E(10) | E(11) | E(12);

	(void)state;
	assert_int_equal(proof_class(forged, 1), CLASS_POSSIBLE);
	assert_int_equal(proof_class(E(6), 1), CLASS_PROBABLE);
	assert_int_equal(proof_class(E(6) | E(10) | E(11), 1), CLASS_PROBABLE);
	assert_int_equal(proof_class(E(6) | E(5), 1), CLASS_CONFIRMED);
	assert_int_equal(proof_class(E(6) | E(5), 2), CLASS_POSSIBLE);
	assert_int_equal(proof_class(E(1), 1), CLASS_CONFIRMED);
}

/* ---- of derived logs --------------------------------------------------------- */

#define MID "message_id=20260314091502.QIDA1@mail1.example "
#define TAKEN(host, id, at, from, envelope)                                    \
	"@" at " " host " q=" id " do=accept roles=opens " from "\n"           \
	"@" at " " host " q=" id " roles=weakly " envelope "\n"
#define KEPT(host, id, at)                                                     \
	"@" at " " host " q=" id " do=deliver roles=attempt "                  \
	"recipient=bob@partner.example place=INBOX\n"                          \
	"@" at " " host " q=" id " do=removed roles=closes\n"
#define GIVEN(host, id, at, to, reply)                                         \
	"@" at " " host " q=" id " do=relay roles=attempt code=250 "           \
	"recipient=bob@partner.example " to " " reply "\n"                     \
	"@" at " " host " q=" id " do=removed roles=closes\n"
#define ALICE "sender=alice@corp.example size=1000 "
#define TO_MX "relay_name=mx.partner.example relay_ip=198.51.100.9"
#define AS(id) "next_queue_id=" id " reply=250_queued_as_" id
#define FROM_MAIL1 "client_ip=192.0.2.10 client_name=mail1.corp.example "

static void derive(struct rows *r, const char *a, const char *b)
{
	rows_init(r);
	rows_add(r, a, 2);
	rows_add(r, b, 3);
	rows_shuffle(r, 5);
	rows_recode(r);
	rows_derive(r);
}

static const struct link_row *link_to(const struct rows *r, const char *server,
                                      const char *id)
{
	const struct transaction_row *t = rows_txn(r, server, id, 1);

	assert_non_null(t);
	for (size_t i = 0; i < r->nlinks; i++)
		if (r->links[i].to == t->id)
			return &r->links[i];
	return NULL;
}

static void test_all_of_a_hop(void **state)
{
	struct rows r;
	const struct link_row *k;

	(void)state;
	derive(&r,
	       /* a host that logs its whole name owns its domain */
	       TAKEN("mail1.corp.example", "QIDA1", "1773479702", "client_ip=203.0.113.5",
	             MID ALICE "subject=one")
	       GIVEN("mail1.corp.example", "QIDA1", "1773479703",
	             TO_MX " tls=TLSv1.3_TLS_AES_256_GCM_SHA384", AS("QIDB1")),
	       TAKEN("mx", "QIDB1", "1773479703",
	             FROM_MAIL1 "helo=mail1.corp.example "
	             "tls=TLS1.3_AES_256_GCM",
	             MID "sender=SRS0=HHHH=TT=corp.example=alice@corp.example "
	             "size=1400 subject=[x]one")
	       KEPT("mx", "QIDB1", "1773479704"));
	k = link_to(&r, "mx", "QIDB1");
	assert_non_null(k);
	assert_int_equal(k->class, CLASS_CONFIRMED);
	assert_int_equal(k->evidence & ~E(7),
	                 E(1) | E(5) | E(6) | E(8) | E(9) | E(10) | E(11) |
	                         E(12));
	assert_int_equal(r.njourneys, 1);
	rows_release(&r);
}

/* All that a client can write is as the real message's: it stays apart. */
static void test_forged(void **state)
{
	struct rows r;
	const struct link_row *k;

	(void)state;
	derive(&r,
	       TAKEN("mail1", "QIDA1", "1773479702", "client_ip=203.0.113.5",
	             MID ALICE "subject=one")
	       GIVEN("mail1", "QIDA1", "1773479703", TO_MX, AS("QIDB1")),
	       TAKEN("mx", "QIDB1", "1773479703", FROM_MAIL1,
	             MID ALICE "subject=one")
	       KEPT("mx", "QIDB1", "1773479704")
	       TAKEN("mx", "QIDB2", "1773479703",
	             "client_ip=203.0.113.66 client_name=unknown "
	             "helo=mail1.corp.example tls=TLS1.3_AES_256_GCM",
	             MID ALICE "subject=one")
	       KEPT("mx", "QIDB2", "1773479704"));
	k = link_to(&r, "mx", "QIDB1");
	assert_int_equal(k->class, CLASS_CONFIRMED);
	k = link_to(&r, "mx", "QIDB2");
	assert_true(!k || k->class != CLASS_CONFIRMED);
	assert_int_equal(r.njourneys, 2);
	rows_release(&r);
}

/* The same, and the answer of the real handoff is lost. */
static void test_forged_alone(void **state)
{
	struct rows r;
	const struct link_row *k;

	(void)state;
	derive(&r,
	       TAKEN("mail1", "QIDA1", "1773479702", "client_ip=203.0.113.5",
	             MID ALICE "subject=one")
	       GIVEN("mail1", "QIDA1", "1773479703", TO_MX, "reply=250_ok"),
	       TAKEN("mx", "QIDB2", "1773479703",
	             "client_ip=203.0.113.66 client_name=unknown "
	             "helo=mail1.corp.example tls=TLS1.3_AES_256_GCM",
	             MID ALICE "subject=one")
	       KEPT("mx", "QIDB2", "1773479704"));
	k = link_to(&r, "mx", "QIDB2");
	assert_true(!k || k->class != CLASS_CONFIRMED);
	assert_int_equal(r.njourneys, 2);
	rows_release(&r);
}

struct denial {
	const char *there; /* what mx says of the id that mail1 was given */
	const char *what;
	enum link_class class;
};

static void test_denied(void **state)
{
	static const struct denial cases[] = {
		{ "sender=eve@evil.example message_id=z@evil.example",
		  "another message", CLASS_CONTRADICTED },
		{ "sender=eve@evil.example " MID, "another sender",
		  CLASS_CONFIRMED },
		{ "sender=alice@corp.example message_id=z@evil.example",
		  "another Message-ID", CLASS_CONFIRMED },
		{ "sender=SRS0=HHHH=TT=evil.example=eve@corp.example "
		  "message_id=z@evil.example", "a rewritten sender",
		  CLASS_CONFIRMED },
		{ "sender=list-bounces@lists.example message_id=z@evil.example",
		  "a list's sender", CLASS_CONFIRMED },
		{ "message_id=z@evil.example", "no sender", CLASS_CONFIRMED },
		{ "sender=eve@evil.example", "no Message-ID", CLASS_CONFIRMED },
		{ "sender=eve@evil.example message_id=<>", "an empty one",
		  CLASS_CONFIRMED },
		{ "sender=Alice@CORP.example message_id=z@evil.example",
		  "another case", CLASS_CONFIRMED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rows r;
		const struct link_row *k;
		char there[1000];

		snprintf(there, sizeof there,
		         "@1773479703 mx q=QIDB1 do=accept roles=opens "
		         FROM_MAIL1 "\n"
		         "@1773479703 mx q=QIDB1 roles=weakly %s\n"
		         KEPT("mx", "QIDB1", "1773479704"),
		         cases[i].there);
		derive(&r,
		       TAKEN("mail1", "QIDA1", "1773479702",
		             "client_ip=203.0.113.5", MID ALICE)
		       GIVEN("mail1", "QIDA1", "1773479703", TO_MX,
		             AS("QIDB1")),
		       there);
		k = link_to(&r, "mx", "QIDB1");
		if (!k || k->class != cases[i].class)
			fail_msg("%s: %s", cases[i].what,
			         k ? link_class_name(k->class) : "no link");
		assert_true(k->evidence & E(1));
		assert_int_equal(r.njourneys,
		                 k->class == CLASS_CONTRADICTED ? 2 : 1);
		rows_release(&r);
	}
}

/* Of two messages of one id, on two servers, the one that it is. */
static void test_namesakes(void **state)
{
	struct rows r;

	(void)state;
	rows_init(&r);
	rows_add(&r,
	         TAKEN("mail1", "QIDA1", "1773479702", "client_ip=203.0.113.5",
	               MID ALICE)
	         GIVEN("mail1", "QIDA1", "1773479703",
	               "relay_name=in.partner.example", AS("QIDB1")), 9);
	rows_add(&r,
	         TAKEN("mx1", "QIDB1", "1773479703", "client_ip=203.0.113.8",
	               "sender=eve@evil.example message_id=z@evil.example")
	         KEPT("mx1", "QIDB1", "1773479704"), 9);
	rows_add(&r,
	         TAKEN("mx2", "QIDB1", "1773479703", "client_ip=203.0.113.8",
	               MID ALICE)
	         KEPT("mx2", "QIDB1", "1773479704"), 9);
	rows_derive(&r);
	assert_null(link_to(&r, "mx1", "QIDB1"));
	assert_int_equal(link_to(&r, "mx2", "QIDB1")->class, CLASS_CONFIRMED);
	rows_release(&r);
}

/* mail1 says sent; mx turned away whoever was named in it. */
static void test_refused(void **state)
{
	struct rows r;
	const struct link_row *k;

	(void)state;
	derive(&r,
	       TAKEN("mail1", "QIDA1", "1773479702", "client_ip=203.0.113.5",
	             MID ALICE)
	       GIVEN("mail1", "QIDA1", "1773479703", TO_MX, AS("QIDB1")),
	       "@1773479703 mx q=QIDB1 do=accept roles=opens " FROM_MAIL1 "\n"
	       "@1773479703 mx q=QIDB1 do=reject roles=attempt "
	       "stage=END-OF-MESSAGE code=554 sender=alice@corp.example "
	       "recipient=bob@partner.example reply=554_no\n");
	k = link_to(&r, "mx", "QIDB1");
	assert_non_null(k);
	assert_int_equal(k->class, CLASS_CONTRADICTED);
	assert_int_equal(r.njourneys, 2);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message_ids),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_all_of_a_hop),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_forged_alone),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_namesakes),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
