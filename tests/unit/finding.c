/* SPDX-License-Identifier: MIT */
/* Rules: what fires, what must not, how many of a kind stand alone, and that
 * the order of pieces does not matter. */
#include "base/alloc.h"
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define START 100000

enum part { PART_OF_OPENING = 1, PART_OF_SENDING = 2, PART_OF_END = 4 };

static void add_message(struct strbuf *log, int i, unsigned without)
{
	if (!(without & PART_OF_OPENING))
		strbuf_addf(log, "@%d m q=Q%d do=accept roles=opens,envelope "
		            "sender=s%d@x.example nrcpt=1\n", START + i, i, i);
	if (!(without & PART_OF_SENDING))
		strbuf_addf(log, "@%d.2 m q=Q%d do=deliver roles=attempt "
		            "delay=0.2 recipient=r@x.example place=INBOX\n",
		            START + i, i);
	if (!(without & PART_OF_END))
		strbuf_addf(log, "@%d.3 m q=Q%d do=removed roles=closes\n",
		            START + i, i);
}

struct logs {
	int n;             /* messages, one a second */
	int from, to;      /* of which these lack */
	unsigned without;  /* enum part */
	const char *more;  /* lines behind them */
	unsigned per_piece;
};

static void make(struct rows *r, const struct logs *l)
{
	struct strbuf log = { 0 };

	for (int i = 0; i < l->n; i++)
		add_message(&log, i,
		            i >= l->from && i < l->to ? l->without : 0);
	if (l->more)
		strbuf_add_str(&log, l->more);
	rows_init(r);
	rows_add(r, strbuf_text(&log), l->per_piece ? l->per_piece : 1000);
	rows_recode(r);
	rows_shuffle(r, 5);
	rows_derive(r);
	strbuf_release(&log);
}

/* "rule severity rows", one behind the other. */
static void check(const struct rows *r, const char *want)
{
	struct strbuf got = { 0 };

	for (size_t i = 0; i < r->nfindings; i++)
		strbuf_addf(&got, "%s%s %s %d", i ? ", " : "",
		            r->findings[i].rule,
		            finding_severity_name(r->findings[i].severity),
		            (int)r->findings[i].rows);
	assert_string_equal(strbuf_text(&got), want);
	strbuf_release(&got);
}

static void test_nothing(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 200 });
	check(&r, "");
	assert_true(r.ntrials > 10);
	rows_release(&r);
	make(&r, &(struct logs){ .n = 0 });
	check(&r, "");
	rows_release(&r);
}

static void test_parts(void **state)
{
	static const struct {
		unsigned without;
		const char *want;
	} of[] = {
		{ PART_OF_OPENING, "orphan medium 1" },
		{ PART_OF_SENDING, "no-fate medium 1" },
		{ PART_OF_END, "no-end low 1" },
		{ PART_OF_OPENING | PART_OF_SENDING, "orphan medium 1" },
	};
	struct rows r;

	(void)state;
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		make(&r, &(struct logs){ .n = 200, .from = 100, .to = 101,
		                         .without = of[i].without });
		check(&r, of[i].want);
		assert_int_equal(r.nplaces, 1);
		assert_int_equal(r.places[0].finding, 1);
		assert_true(r.places[0].line > 0);
		assert_true(r.places[0].journey > 0);
		rows_release(&r);
	}
}

/* The log begins within messages: every log does. */
static void test_start(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 200, .from = 0, .to = 1,
	                         .without = PART_OF_OPENING });
	check(&r, "begins-inside info 1");
	rows_release(&r);
}

/* Some stand alone, the others share one; a log of which most lack the same is
 * of that kind. */
static void test_many(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 400, .from = 100, .to = 150,
	                         .without = PART_OF_SENDING });
	assert_int_equal(r.nfindings, 21);
	for (size_t i = 0; i < 21; i++)
		assert_int_equal(r.findings[i].rows, i < 20 ? 1 : 30);
	rows_release(&r);
	make(&r, &(struct logs){ .n = 400, .from = 100, .to = 300,
	                         .without = PART_OF_SENDING });
	check(&r, "no-fate info 200");
	assert_int_equal(r.nplaces, FINDING_PLACES);
	rows_release(&r);
}

static void test_times(void **state)
{
	struct rows r;

	(void)state;
	/* one line alone, too late or too early */
	make(&r, &(struct logs){ .n = 100, .more =
		"@100200 m do=info\n@100900 m do=info\n@100201 m do=info\n"
		"@100202 m do=info\n" });
	check(&r, "line-out-of-order medium 1");
	rows_release(&r);
	make(&r, &(struct logs){ .n = 100, .more =
		"@100200 m do=info\n@100100 m do=info\n@100201 m do=info\n" });
	check(&r, "line-out-of-order medium 1");
	rows_release(&r);
	/* all that follow: a clock that was set */
	make(&r, &(struct logs){ .n = 100, .more =
		"@100200 m do=info\n@100201 m do=info\n@100150 m do=info\n"
		"@100151 m do=info\n" });
	check(&r, "time-back low 1");
	rows_release(&r);
	/* writers race */
	make(&r, &(struct logs){ .n = 100, .more =
		"@100200 m do=info\n@100199.5 m do=info\n" });
	check(&r, "");
	rows_release(&r);
	/* a collector takes lines of hosts with other clocks */
	make(&r, &(struct logs){ .n = 100, .more =
		"@100200 m do=info\n@100150 o do=info\n@100201 m do=info\n"
		"@100151 o do=info\n" });
	check(&r, "");
	rows_release(&r);
	/* a piece does not know the one before it */
	make(&r, &(struct logs){ .n = 100, .per_piece = 302, .more =
		"@100200 m do=info\n@100201 m do=info\n@100150 m do=info\n@100151 m do=info\n" });
	check(&r, "time-back low 1");
	rows_release(&r);
}

static void test_delay(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 100, .more =
		"@100200 m q=D1 do=accept roles=opens,envelope nrcpt=1 sender=a@x.example\n"
		"@100260 m q=D1 do=deliver roles=attempt delay=1 recipient=r@x.example\n"
		"@100260 m q=D1 do=removed roles=closes\n"
		"@100300 m q=D2 do=accept roles=opens,envelope nrcpt=1 sender=a@x.example\n"
		"@100360 m q=D2 do=deliver roles=attempt delay=60 recipient=r@x.example\n"
		"@100360 m q=D2 do=removed roles=closes\n" });
	check(&r, "delay-conflict medium 1");
	assert_int_equal(r.nplaces, 2);
	rows_release(&r);
}

/* Of two pieces in any order the same comes out. */
static void test_pieces(void **state)
{
	struct logs l = { .n = 300, .from = 90, .to = 95,
	                  .without = PART_OF_OPENING,
	                  .more = "@100300.5 m do=info\n@100250 m do=info\n"
	                          "@100301 m do=info\n" };
	struct rows a, b;

	(void)state;
	make(&a, &l);
	l.per_piece = 70;
	make(&b, &l);
	assert_int_equal(a.nfindings, b.nfindings);
	for (size_t i = 0; i < a.nfindings; i++) {
		assert_string_equal(a.findings[i].rule, b.findings[i].rule);
		assert_true(slice_eq(a.findings[i].explanation,
		                     b.findings[i].explanation));
	}
	rows_release(&a);
	rows_release(&b);
}

/* Numbers out of all bounds, times at the ends of time. */
static void test_hostile(void **state)
{
	struct rows r;

	(void)state;
	make(&r, &(struct logs){ .n = 3, .more =
		"@100200 m q=%s%n do=accept roles=opens,envelope "
		"nrcpt=2147483647 sender=%s%s%n\n"
		"@100201 m q=%s%n do=deliver roles=attempt "
		"delay=9000000000 recipient=%n@x.example\n"
		"@100202 m q=%s%n do=removed roles=closes\n"
		"@253402300799 m q=E1 do=removed roles=closes\n"
		"@0 m q=E2 do=removed roles=closes\n"
		"@100203 m s=S do=disconnect roles=sopens,scloses "
		"counters=mail=99999999999999999999_rcpt=/_=_data=-1/x\n" });
	assert_true(r.nfindings > 0);
	rows_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_start),   cmocka_unit_test(test_many),
		cmocka_unit_test(test_times),   cmocka_unit_test(test_delay),
		cmocka_unit_test(test_pieces),  cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
