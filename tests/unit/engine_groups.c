/* SPDX-License-Identifier: MIT */
/* Groups and bars of a small case: what they count adds up. */
#include "base/civil.h"
#include "tests/asking.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Groups add up to n, and each opens as many rows as it counts. */
static void groups(void **state)
{
	static const struct {
		enum unit unit;
		const char *field;
	} cases[] = {
		{ UNIT_MESSAGES, "from" },      { UNIT_MESSAGES, "from_domain" },
		{ UNIT_MESSAGES, "client_ip" }, { UNIT_MESSAGES, "user" },
		{ UNIT_MESSAGES, "direction" }, { UNIT_MESSAGES, "to" },
		{ UNIT_MESSAGES, "code" },      { UNIT_MESSAGES, "server" },
		{ UNIT_MESSAGES, "to_domain" }, { UNIT_MESSAGES, "outcome" },
		{ UNIT_RECIPIENTS, "to" },      { UNIT_RECIPIENTS, "outcome" },
		{ UNIT_RECIPIENTS, "to_domain" }, { UNIT_RECIPIENTS, "code" },
		{ UNIT_RECIPIENTS, "reply" },   { UNIT_RECIPIENTS, "dsn" },
		{ UNIT_RECIPIENTS, "from" },    { UNIT_RECIPIENTS, "server" },    { UNIT_ATTEMPTS, "code" },
		{ UNIT_ATTEMPTS, "reply" },     { UNIT_ATTEMPTS, "action" },
		{ UNIT_ATTEMPTS, "client_ip" }, { UNIT_ATTEMPTS, "hour" },
		{ UNIT_ATTEMPTS, "source" },    { UNIT_TRANSACTIONS, "state" },
		{ UNIT_TRANSACTIONS, "server" }, { UNIT_DELIVERIES, "relay" },
		{ UNIT_SESSIONS, "client" },    { UNIT_TRANSACTIONS, "to" },
	};
	struct asking *f = *state;
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct query q = asking_query(cases[i].unit, NULL);
		const struct field *field = field_find(slice_str(cases[i].field));
		struct result *r;
		uint64_t sum = 0;

		q.ngroups = 1;
		q.groups[0] = field;
		q.bucket = US_HOUR;
		r = engine_groups(f->e, &q, 0, NULL, &err);
		if (!r)
			fail_msg("%s %s: %s", units[q.unit].name,
			         cases[i].field, err.text);
		assert_true(r->nrows > 0);
		for (size_t k = 0; k < r->nrows; k++) {
			struct strbuf term = { 0 };
			struct filter *filter;
			struct query one;
			struct count n;
			uint64_t here = (uint64_t)result_cell(r, k, "count")->number;

			sum += here;
			filter_add_term(&term, field,
			                result_cell(r, k, cases[i].field)->text,
			                false);
			filter = asking_filter(strbuf_text(&term));
			one = asking_query(cases[i].unit, filter);
			n = asking_count(f->e, &one);
			if (n.n != here)
				fail_msg("%s %s: %zu, not %zu",
				         units[q.unit].name, strbuf_text(&term),
				         (size_t)n.n, (size_t)here);
			filter_unref(filter);
			strbuf_release(&term);
		}
		/* a recipient is on several servers, a message has several */
		if (q.unit != UNIT_MESSAGES && q.unit != UNIT_TRANSACTIONS &&
		    strcmp(cases[i].field, "server") != 0)
			assert_int_equal(sum, asking_rows(f->e, q.unit, ""));
		result_free(r);
	}
}

/* An order other than by count; a field that is no group. */
static void groups_show(void **state)
{
	struct asking *f = *state;
	struct query q = asking_query(UNIT_ATTEMPTS, NULL);
	struct err err;
	struct result *r;

	q.groups[q.ngroups++] = field_find(SLICE("code"));
	q.shown[q.nshown++] = field_find(SLICE("reply"));
	q.shown[q.nshown++] = field_find(SLICE("to"));
	q.sort = "code";
	q.descending = true;
	r = engine_groups(f->e, &q, 0, NULL, &err);
	assert_non_null(r);
	assert_true(r->nrows > 1);
	for (size_t i = 0; i < r->nrows; i++) {
		const struct cell *code = result_cell(r, i, "code");
		const struct cell *n = result_cell(r, i, "reply_values");
		const struct cell *count = result_cell(r, i, "count");

		assert_true(n->is_number && n->number <= count->number);
		assert_true(!n->number ==
		            !result_cell(r, i, "reply")->text.ptr);
		if (i == 0)
			continue;
		/* what has none stands last */
		assert_true(!code->text.ptr ||
		            code[-(int)r->ncolumns].number > code->number);
	}
	result_free(r);
}

static void group_of_nothing(void **state)
{
	struct asking *f = *state;
	struct filter *none = asking_filter("from:nobody@nowhere.example");
	struct query q = asking_query(UNIT_MESSAGES, none);
	struct err err;
	struct result *r;
	struct histogram *h;

	q.ngroups = 1;
	q.groups[0] = field_find(SLICE("from"));
	r = engine_groups(f->e, &q, 0, NULL, &err);
	assert_non_null(r);
	assert_int_equal(r->nrows, 0);
	result_free(r);
	h = engine_histogram(f->e, &q, 60, NULL, &err);
	assert_non_null(h);
	assert_int_equal(h->max, 0);
	histogram_free(h);
	q.groups[0] = field_find(SLICE("is"));
	assert_null(engine_groups(f->e, &q, 0, NULL, &err));
	filter_unref(none);
}

static void histograms(void **state)
{
	struct asking *f = *state;

	for (int u = 0; u < UNIT_EVENTS; u++)
		for (size_t bars = 1; bars < 300; bars = bars * 3 + 1) {
			struct query q = asking_query((enum unit)u, NULL);
			struct err err = { 0 };
			struct histogram *h = engine_histogram(f->e, &q, bars,
			                                       NULL, &err);
			uint64_t sum = 0;

			if (!h)
				fail_msg("%s", err.text);
			assert_true(h->n >= 1 && h->n <= bars);
			for (size_t i = 0; i < h->n; i++) {
				sum += h->all[i];
				assert_true(h->blocked[i] <= h->all[i]);
				assert_true(h->all[i] <= h->max);
			}
			assert_int_equal(sum, asking_rows(f->e, (enum unit)u,
			                           "has:time"));
			histogram_free(h);
		}
}

/* Of messages the bars know which rows are refused mail. */
static void bars_of_refused_mail(void **state)
{
	struct asking *f = *state;
	struct query q = asking_query(UNIT_MESSAGES, NULL);
	struct histogram *h;
	struct count n;
	struct err err;
	uint64_t all = 0, refused = 0;

	h = engine_histogram(f->e, &q, 60, NULL, &err);
	assert_non_null(h);
	assert_true(engine_count(f->e, &q, &n, NULL, &err));
	for (size_t i = 0; i < h->n; i++) {
		assert_true(h->refused[i] <= h->all[i]);
		all += h->all[i];
		refused += h->refused[i];
	}
	assert_true(n.refused > 0);
	assert_int_equal(refused, n.refused);
	assert_int_equal(all - refused, n.n);
	histogram_free(h);
}

/* What a group counts over time adds up to its count, whether its rows are
 * alone in it or may stand in several. */
static void groups_over_time(void **state)
{
	static const char *const names[] = { "from", "to", "host", "outcome",
		                             "code" };
	struct asking *f = *state;

	for (int u = UNIT_MESSAGES; u <= UNIT_RECIPIENTS; u++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			struct query q = asking_query((enum unit)u, NULL);
			struct err err = { 0 };
			struct result *r;

			q.ngroups = 1;
			q.groups[0] = field_find(slice_str(names[k]));
			q.bucket = 60 * US_SECOND;
			r = engine_groups(f->e, &q, 0, NULL, &err);
			if (!r)
				fail_msg("%s", err.text);
			assert_true(r->nrows > 0);
			for (size_t i = 0; i < r->nrows; i++) {
				struct slice text = result_cell(r, i,
				                        "over_time")->text;
				uint64_t sum = 0, value;

				while (text.len && slice_u64(
						slice_cut(&text, ' '), &value))
					sum += value;
				assert_int_equal(sum, result_cell(r, i,
				                        "count")->number);
			}
			result_free(r);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups),
		cmocka_unit_test(group_of_nothing),
		cmocka_unit_test(groups_show),
		cmocka_unit_test(histograms),
		cmocka_unit_test(bars_of_refused_mail),
		cmocka_unit_test(groups_over_time),
	};

	return cmocka_run_group_tests(tests, asking_setup, asking_teardown);
}
