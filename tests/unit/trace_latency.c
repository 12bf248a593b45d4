/* SPDX-License-Identifier: MIT */
/* How long a message took, told from stamps of clocks that differ. */
#include "model/report/trace_latency.h"

#include "tests/results.h"
#include "tests/trace_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const clock_columns[] = { "clock_id", "server", "from_utc",
	"to_utc", "offset_lo_s", "offset_hi_s", "reference", NULL };
static const char *const sent_columns[] = { "delivery_id", "transaction_id",
	"recipient", "outcome", "last_utc", "next_queue_id", NULL };

/* a -> b; B's clock is 10 s behind. */
struct sample {
	const char *opened_a, *opened_b, *sent_a, *lag, *delivered_b, *clocks;
};
static const struct sample plain = {
	.opened_a = "2026-03-10T09:00:00.000000Z",
	.opened_b = "2026-03-10T08:59:52.000000Z",
	.sent_a = "2026-03-10T09:00:02.000000Z",
	.lag = "-", /* how long sending took is not known */
	.delivered_b = "2026-03-10T08:59:53.000000Z",
	.clocks = "1|a|2026-03-10T09:00:00Z|2026-03-10T09:00:09Z|0.0|0.0|a\n"
	          "2|b|2026-03-10T08:59:00Z|2026-03-10T09:00:09Z|-10.5|-9.5|a\n",
};

static void refill(struct result **r, const char *const *columns,
                   const char *rows)
{
	drop_result(*r);
	*r = make_result(columns, rows);
}

static struct trace *make(const struct sample *s)
{
	struct trace *t = sample_trace();
	char rows[600];

	snprintf(rows, sizeof rows,
	         "1|1|a|-|A1|%s|-|complete|-|-|-|1\n"
	         "2|1|b|-|B1|%s|-|complete|-|-|-|1\n", s->opened_a, s->opened_b);
	refill(&t->transactions, tx_columns, rows);
	snprintf(rows, sizeof rows,
	         "1|1|x@b.example|relayed|%s|B1\n"
	         "2|2|x@b.example|delivered|%s|-\n", s->sent_a, s->delivered_b);
	refill(&t->deliveries, sent_columns, rows);
	snprintf(rows, sizeof rows, "1|1|2|handoff|confirmed|E1|%s\n", s->lag);
	refill(&t->links, link_columns, rows);
	refill(&t->recipients, recipient_columns,
	       "1|x@b.example|x@b.example|-|delivered|-|b|B1|250|-|-|-|-|-|1\n");
	drop_result(t->clocks);
	t->clocks = make_result(clock_columns, s->clocks);
	return t;
}

static void assert_told(const struct trace *t, const char *wanted)
{
	struct latency l = trace_latency(t);
	struct strbuf out = { 0 };

	latency_add(&out, &l);
	strbuf_add_str(&out, " ");
	latency_add_basis(&out, &l);
	assert_string_equal(strbuf_text(&out), wanted);
	strbuf_release(&out);
}

static void assert_sample(const struct sample *s, const char *wanted)
{
	struct trace *t = make(s);

	assert_told(t, wanted);
	drop_trace(t);
}

/* 08:59:53..54 less -10.5..-9.5 is 09:00:02.5..04.5; from 09:00:00..01. */
static void offsets_are_taken_away(void **state)
{
	struct trace *t = make(&plain);
	struct latency l = trace_latency(t);

	(void)state;
	assert_int_equal(l.state, LATENCY_KNOWN);
	assert_int_equal(l.lo, 1500000);
	assert_int_equal(l.hi, 4500000);
	assert_told(t, "1.5..4.5 s from a to b, clocks against a");
	drop_trace(t);
}

/* Finer stamps, narrower interval. */
static void resolution_counts(void **state)
{
	struct sample s = plain;

	(void)state;
	s.opened_a = "2026-03-10T09:00:00.123456Z";
	s.delivered_b = "2026-03-10T08:59:53.123456Z";
	assert_sample(&s, "2.4..3.6 s from a to b, clocks against a");
}

/* Sending took from 0.5 s before, so B had it by 09:00:01.5 at the earliest: the
 * time at each server tells more than offsets that are hardly known. */
static void time_at_each_server_narrows(void **state)
{
	struct sample s = plain;

	(void)state;
	s.lag = "-9.5";
	s.clocks = "1|a|2026-03-10T09:00:00Z|2026-03-10T09:00:09Z|0.0|0.0|a\n"
	           "2|b|2026-03-10T08:59:00Z|2026-03-10T09:00:09Z|-99|99|a\n";
	assert_sample(&s, "0.4..5 s from a to b, clocks against a");
	s.clocks = "";
	assert_sample(&s, "0.4..5 s from a to b, time at each server");
}

static void what_is_not_known_is_no_number(void **state)
{
	struct sample s = plain;
	struct trace *t;

	(void)state;
	s.clocks = "1|a|2026-03-10T09:00:00Z|2026-03-10T09:00:09Z|0.0|0.0|a\n";
	assert_sample(&s, "not known how the clocks differ is not known");
	s.clocks = "1|a|2026-03-10T09:00:00Z|2026-03-10T09:00:09Z|0.0|0.0|a\n"
	           "2|b|2026-03-10T08:59:00Z|2026-03-10T09:00:09Z|-10|-9|c\n";
	assert_sample(&s, "not known how the clocks differ is not known");
	s = plain;
	s.opened_a = "-";
	assert_sample(&s, "not known no line shows the first acceptance");
	s = plain; /* ten minutes early: no offset makes that right */
	s.delivered_b = "2026-03-10T08:49:53.000000Z";
	assert_sample(&s, "not known the clocks contradict the order");
	t = make(&plain);
	refill(&t->recipients, recipient_columns, "");
	assert_told(t, "not known no delivery");
	drop_trace(t);
}

/* An unproven link joins no clocks, and what was refused was not accepted. */
static void only_confirmed_links_and_acceptances_count(void **state)
{
	struct sample s = plain;
	struct trace *t;

	(void)state;
	s.clocks = "";
	s.lag = "-9.5";
	t = make(&s);
	refill(&t->links, link_columns, "1|1|2|handoff|possible|E5|-9.5\n");
	assert_told(t, "not known how the clocks differ is not known");
	drop_trace(t);
	t = make(&plain);
	refill(&t->transactions, tx_columns,
	       "1|1|a|-|A1|2026-03-10T09:00:00Z|-|refused|-|-|-|1\n"
	       "2|1|b|-|B1|2026-03-10T08:59:52Z|-|complete|-|-|-|1\n");
	assert_told(t, "0..2 s clock of b");
	drop_trace(t);
}

/* One clock, one server: its offset is of no matter. */
static void one_clock_needs_no_reference(void **state)
{
	struct trace *t = make(&plain);

	(void)state;
	drop_result(t->clocks);
	t->clocks = NULL;
	refill(&t->links, link_columns, "");
	refill(&t->transactions, tx_columns,
	       "2|1|b|-|B1|2026-03-10T08:59:51.250000Z|-|complete|-|-|-|1\n");
	assert_told(t, "1.7..2.8 s clock of b");
	drop_trace(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_taken_away),
		cmocka_unit_test(resolution_counts),
		cmocka_unit_test(time_at_each_server_narrows),
		cmocka_unit_test(what_is_not_known_is_no_number),
		cmocka_unit_test(only_confirmed_links_and_acceptances_count),
		cmocka_unit_test(one_clock_needs_no_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
