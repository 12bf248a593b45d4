/* SPDX-License-Identifier: MIT */
/* Questions on a small case: whatever is asked, pages, lists, counts, ranks and
 * groups say the same. */
#include "tests/asking.h"

#include "base/civil.h"
#include "model/store/match.h"
#include "model/store/store.h"
#include "tests/store_make.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const filters[] = {
	"", "from:s1", "from:<>", "to:alice", "-to:alice", "to:own", "-to:own",
	"none(to:own)", "all(to:own)", "none(to:alice)", "all(outcome:relayed)",
	"code:550", "code:5xx", "code:250..300", "-code:5xx", "has:code",
	"-has:code", "anycode:450", "anycode:4xx -code:4xx", "outcome:failed",
	"outcome:blocked", "outcome:accepted", "-outcome:delivered",
	"to:alice outcome:failed", "to:alice or outcome:failed",
	"reply:*user", "reply~/queued as B00100\\d+$/i", "reply:*B0010005",
	"-reply~/queued/", "dsn:5.*", "subject:x", "ip:192.0.2.0/24", "ip:own",
	"ip:203.0.113.1", "-ip:192.0.2.0/24", "client:c1*", "helo:liar",
	"host:store", "host:store.example.com", "server:mx", "-server:store",
	"server:mx server:store", "domain:partner.example", "domain:example.org",
	"user:joe", "has:user", "mid:M3@example.org", "mid:<M3@example.org>",
	"mid:m3@example.org", "qid:A0010003", "qid:A00*", "next_qid:B0010003",
	"size>5K", "size:1K..10K", "nrcpt>1", "delay>5m", "is:bounce",
	"is:inbound", "is:outbound,internal", "is:probe", "action:defer",
	"action:reject,tempfail", "state:lost", "state:refused", "place:*",
	"relay:store*", "relay_ip:198.51.100.7", "time:2026-09-10",
	"after:2026-09-10T02", "before:2026-09-10T02", "hour:0..3",
	"hour:22..2", "weekday:thu", "source:mx.log", "source_id:1", "line>50",
	"alice", "B0010004", "denied", "-alice", "kind:handoff",
	"class:confirmed", "tag:x", "note:x", "finding:x", "journey:3",
	"transaction:5", "session:2", "stage:RCPT", "direction:inbound",
	"from:s1 to:alice code:2xx", "(from:s1 or from:s2) -code:5xx",
	"none(code:5xx) from:s*", "via:alias", "instance:*", "tls:*",
	"service:smtpd", "from:*", "from~/^s[12]@/", "nosuchaddress",
	"source:nothere", "generation:1", "hops>0", "attempts>1",
};

/* The list, its count and both halves of every page agree. */
static void pages(void **state)
{
	struct asking *f = *state;

	for (int u = 0; u < UNIT_EVENTS; u++)
		for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
			struct filter *filter = asking_filter(filters[i]);
			struct query q = asking_query((enum unit)u, filter);
			struct count n;
			struct err err = { 0 };

			if (engine_count(f->e, &q, &n, NULL, &err))
				asking_rows(f->e, (enum unit)u, filters[i]);
			else if (!strstr(err.text, " have no ") &&
			         !strstr(err.text, "v_event"))
				fail_msg("%s %s: %s", units[u].name,
				         filters[i], err.text);
			filter_unref(filter);
		}
}

static void assert_same_ids(const struct result *a, size_t from,
                            const struct result *b)
{
	for (size_t i = 0; i < b->nrows; i++)
		assert_int_equal(a->ids[from + i], b->ids[i]);
}

/* From the first page forwards and from the last one backwards, by anchors. */
static void walk(struct engine *e, const struct query *q)
{
	struct result *list = asking_all(e, q), *page;
	struct anchor a = { .kind = ANCHOR_FIRST };
	struct err err;
	size_t n = 0, skip = 0;

	for (;;) {
		page = engine_page(e, q, &a, 0, 20, NULL, NULL, &err);
		assert_non_null(page);
		assert_true(n + page->nrows - skip <= list->nrows);
		assert_same_ids(list, n - skip, page);
		n += page->nrows - skip;
		if (!page->after)
			break;
		a = (struct anchor){ .kind = ANCHOR_ROW,
			             .id = page->ids[page->nrows - 1] };
		skip = 1;
		result_free(page);
	}
	assert_int_equal(n, list->nrows);
	result_free(page);
	a = (struct anchor){ .kind = ANCHOR_LAST };
	for (size_t end = list->nrows;;) {
		page = engine_page(e, q, &a, 20, 0, NULL, NULL, &err);
		assert_non_null(page);
		if (page->nrows == 0)
			break;
		assert_same_ids(list, end - page->nrows, page);
		end -= page->nrows - 1;
		if (!page->before) {
			assert_int_equal(end, 1);
			break;
		}
		a = (struct anchor){ .kind = ANCHOR_ROW, .id = page->ids[0] };
		result_free(page);
	}
	result_free(page);
	for (size_t i = 0; i < list->nrows; i += 13) {
		uint64_t rank;

		assert_true(engine_rank(e, q, list->ids[i], &rank, NULL, &err));
		assert_int_equal(rank, i);
	}
	result_free(list);
}

static void anchors(void **state)
{
	struct asking *f = *state;
	struct filter *some = asking_filter("-from:s1");

	for (int u = 0; u < UNIT_COUNT; u++) {
		const char *const *c = engine_columns((enum unit)u);

		if (u == UNIT_EVENTS)
			continue;
		for (; *c; c++) {
			struct query q = asking_query((enum unit)u,
			                          u < UNIT_EVENTS ? some : NULL);

			q.sort = *c;
			q.descending = (c - engine_columns((enum unit)u)) % 2;
			walk(f->e, &q);
		}
	}
	filter_unref(some);
}

/* Sorted rows are in the order of the cells that they show. */
static void order(void **state)
{
	struct asking *f = *state;
	static const char *const columns[] = { "first_utc", "size", "recipients",
		                               "sender", "last_utc" };

	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		struct query q = asking_query(UNIT_MESSAGES, NULL);
		struct result *r;

		q.sort = columns[i];
		r = asking_all(f->e, &q);
		for (size_t k = 1; k < r->nrows; k++) {
			const struct cell *a = result_cell(r, k - 1, columns[i]);
			const struct cell *b = result_cell(r, k, columns[i]);

			if (!a->text.ptr)
				continue;
			assert_non_null(b->text.ptr);
			if (strcmp(columns[i], "sender") != 0)
				assert_true(a->number <= b->number);
		}
		result_free(r);
	}
}

/* What a page shows of a row that stands in the middle of the query. */
static void anchor_kinds(void **state)
{
	struct asking *f = *state;
	struct query q = asking_query(UNIT_MESSAGES, NULL);
	struct result *list = asking_all(f->e, &q), *page;
	struct anchor a = { .kind = ANCHOR_ROW, .id = list->ids[10] };
	struct err err;

	page = engine_page(f->e, &q, &a, 3, 4, NULL, NULL, &err);
	assert_int_equal(page->nrows, 8);
	assert_same_ids(list, 7, page);
	assert_true(page->before && page->after);
	result_free(page);
	a = (struct anchor){ .kind = ANCHOR_TIME,
		             .time = result_cell(list, 20, "first_utc")->number };
	page = engine_page(f->e, &q, &a, 2, 2, NULL, NULL, &err);
	assert_int_equal(page->nrows, 5);
	assert_int_equal(result_cell(page, 2, "first_utc")->number, a.time);
	result_free(page);
	a = (struct anchor){ .kind = ANCHOR_LAST };
	page = engine_page(f->e, &q, &a, 4, 9, NULL, NULL, &err);
	assert_int_equal(page->nrows, 5);
	assert_same_ids(list, list->nrows - 5, page);
	assert_false(page->after);
	result_free(page);
	/* a row that does not match still has its place */
	{
		struct filter *some = asking_filter("from:s1");
		struct query sub = asking_query(UNIT_MESSAGES, some);
		size_t i = 0;

		while (slice_eq(result_cell(list, i, "sender")->text,
		                SLICE("s1@example.org")))
			i++;
		a = (struct anchor){ .kind = ANCHOR_ROW, .id = list->ids[i] };
		page = engine_page(f->e, &sub, &a, 50, 50, NULL, NULL, &err);
		assert_int_equal(page->nrows, asking_rows(f->e, UNIT_MESSAGES,
		                                   "from:s1"));
		result_free(page);
		filter_unref(some);
	}
	result_free(list);
}

/* Every field of every unit, asked in all ways that its type allows. */
static void fields_run(void **state)
{
	struct asking *f = *state;

	for (size_t i = 0; fields[i]; i++)
		for (int u = 0; u < UNIT_COUNT; u++) {
			const char *asked[3] = { NULL };
			struct strbuf text = { 0 };

			if (u == UNIT_EVENTS || !field_in(fields[i], (enum unit)u))
				continue;
			strbuf_addf(&text, "has:%s", fields[i]->name);
			asking_rows(f->e, (enum unit)u, strbuf_text(&text));
			switch (fields[i]->type) {
			case FIELD_TEXT:
			case FIELD_LINE:
			case FIELD_ADDRESS:
			case FIELD_DOMAIN:
				asked[0] = ":x*";
				asked[1] = "~/x/";
				asked[2] = "=x,y";
				break;
			case FIELD_IP: asked[0] = ":192.0.2.0/24"; break;
			case FIELD_NUMBER:
			case FIELD_CODE:
			case FIELD_SIZE:
				asked[0] = ":100..300";
				asked[1] = ">500";
				asked[2] = ":250,251";
				break;
			case FIELD_DURATION:
				asked[0] = ">2s";
				asked[1] = ":1s..1h";
				break;
			case FIELD_TIME:
				asked[0] = ":2026";
				asked[1] = "<2026-09-10T03";
				asked[2] = ":2026-09-10,2027";
				break;
			case FIELD_HOUR: asked[0] = ":22..03"; break;
			case FIELD_WEEKDAY: asked[0] = ":mon..fri"; break;
			case FIELD_WORD:
			case FIELD_FLAG: break;
			}
			for (int k = 0; k < 3 && asked[k]; k++) {
				strbuf_reset(&text);
				strbuf_addf(&text, "%s%s", fields[i]->name,
				            asked[k]);
				asking_rows(f->e, (enum unit)u, strbuf_text(&text));
			}
			strbuf_release(&text);
		}
}

/* Not is the complement; any value and none are all rows. */
static void complements(void **state)
{
	struct asking *f = *state;
	struct strbuf not = { 0 };

	for (int u = 0; u < UNIT_EVENTS; u++)
		for (size_t i = 1; i < sizeof filters / sizeof *filters; i++) {
			struct filter *filter = asking_filter(filters[i]);
			struct query q = asking_query((enum unit)u, filter);
			struct count n;
			struct err err;

			if (u != UNIT_MESSAGES && u != UNIT_TRANSACTIONS &&
			    engine_count(f->e, &q, &n, NULL, &err)) {
				strbuf_reset(&not);
				strbuf_addf(&not, "-(%s)", filters[i]);
				assert_int_equal(
					asking_rows(f->e, (enum unit)u, filters[i]) +
						asking_rows(f->e, (enum unit)u,
				                     strbuf_text(&not)),
					asking_rows(f->e, (enum unit)u, ""));
			}
			filter_unref(filter);
		}
	strbuf_release(&not);
}

/* Simple terms, tested in C on every row as the view shows it. */
static void brute_force(void **state)
{
	static const struct {
		enum unit unit;
		const char *field, *column, *term;
	} cases[] = {
		{ UNIT_MESSAGES, "from", "sender", "from:s1" },
		{ UNIT_MESSAGES, "from", "sender", "from:example.org" },
		{ UNIT_MESSAGES, "from", "sender", "from~/^s[0-2]/i" },
		{ UNIT_MESSAGES, "client_ip", "client_ip",
		  "client_ip:192.0.2.0/29" },
		{ UNIT_RECIPIENTS, "to", "address", "to:alice,r1" },
		{ UNIT_RECIPIENTS, "outcome", "outcome",
		  "outcome:failed,refused" },
		{ UNIT_RECIPIENTS, "reply", "reply", "reply:*b001000?" },
		{ UNIT_ATTEMPTS, "reply", "reply", "reply~/as B\\d*5$/" },
		{ UNIT_RECIPIENTS, "dsn", "dsn", "dsn:5.*,4.2.0" },
		{ UNIT_TRANSACTIONS, "qid", "queue_id", "qid:A001000?" },
		{ UNIT_TRANSACTIONS, "qid", "queue_id", "qid:A0010003,B0010004" },
		{ UNIT_TRANSACTIONS, "user", "user", "user:JOE" },
		{ UNIT_TRANSACTIONS, "state", "state", "state:complete,lost" },
		{ UNIT_DELIVERIES, "to", "recipient", "to:*.example" },
		{ UNIT_DELIVERIES, "relay", "relay_name", "relay:*example.com" },
		{ UNIT_ATTEMPTS, "to", "recipient", "to:x@example.net" },
		{ UNIT_ATTEMPTS, "from", "sender", "from:spam1,spam2" },
		{ UNIT_ATTEMPTS, "helo", "helo", "helo:LIAR" },
		{ UNIT_ATTEMPTS, "client", "client_name", "client:unknown" },
		{ UNIT_ATTEMPTS, "action", "action", "action:reject" },
		{ UNIT_ATTEMPTS, "reply", "reply", "reply:*denied*" },
		{ UNIT_SESSIONS, "client_ip", "client_ip",
		  "client_ip:203.0.113.1,203.0.113.2" },
	};
	struct asking *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct query q = asking_query(cases[i].unit, NULL);
		struct result *r = asking_all(f->e, &q);
		struct filter *filter = asking_filter(cases[i].term);
		struct slice own[1];
		struct matcher *m = matcher_new(filter->where, own, 0);
		size_t n = 0;

		for (size_t k = 0; k < r->nrows; k++)
			n += matcher_test(
				m, result_cell(r, k, cases[i].column)->text);
		if (n != asking_rows(f->e, cases[i].unit, cases[i].term))
			fail_msg("%s: %zu", cases[i].term, n);
		if (n == 0)
			fail_msg("%s: no row", cases[i].term);
		matcher_free(m);
		filter_unref(filter);
		result_free(r);
	}
}

/* A message matches if one of its recipients does. */
static void same_row(void **state)
{
	static const char *const terms[] = { "to:alice outcome:failed",
		                             "to:alice -code:5xx",
		                             "to:r* code:250 outcome:relayed",
		                             "-to:own -outcome:relayed" };
	struct asking *f = *state;

	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		struct filter *filter = asking_filter(terms[i]);
		struct query q = asking_query(UNIT_RECIPIENTS, filter);
		struct result *r = asking_all(f->e, &q);
		struct query m = asking_query(UNIT_MESSAGES, filter);
		struct result *j = asking_all(f->e, &m);
		size_t with = 0;

		for (size_t k = 0; k < j->nrows; k++) {
			bool found = false;

			for (size_t n = 0; n < r->nrows && !found; n++)
				found = result_cell(r, n, "journey_id")->number ==
				        j->ids[k];
			with += found;
			if (!found)
				assert_int_equal(
					result_cell(j, k, "recipients")->number,
					0);
		}
		if (with == 0)
			fail_msg("%s: no row", terms[i]);
		for (size_t n = 0; n < r->nrows; n++) {
			bool found = false;

			for (size_t k = 0; k < j->nrows && !found; k++)
				found = result_cell(r, n, "journey_id")->number ==
				        j->ids[k];
			assert_true(found);
		}
		result_free(r);
		result_free(j);
		filter_unref(filter);
	}
	assert_int_equal(asking_rows(f->e, UNIT_MESSAGES, "") -
	                         asking_rows(f->e, UNIT_MESSAGES, "none(to:alice)"),
	                 asking_rows(f->e, UNIT_MESSAGES, "to:alice"));
}

static bool take_five(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	int64_t *ids = arg;

	assert_int_equal(n, 2);
	assert_non_null(cells[0].text.ptr);
	ids[ids[0]++ + 1] = id;
	return ids[0] < 5;
}

static void each(void **state)
{
	static const char *const columns[] = { "journey_id", "first_utc", NULL };
	static const char *const wrong[] = { "nosuch", NULL };
	struct asking *f = *state;
	struct query q = asking_query(UNIT_MESSAGES, NULL);
	struct result *r = asking_all(f->e, &q);
	int64_t ids[10] = { 0 };
	struct err err;

	assert_true(engine_each(f->e, &q, columns, 0, take_five, ids, NULL,
	                        &err));
	assert_int_equal(ids[0], 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(ids[i + 1], r->ids[i]);
	ids[0] = 0;
	assert_true(engine_each(f->e, &q, columns, 3, take_five, ids, NULL,
	                        &err));
	assert_int_equal(ids[0], 3);
	assert_false(engine_each(f->e, &q, wrong, 0, take_five, ids, NULL,
	                         &err));
	q.sort = "nosuch";
	assert_false(engine_each(f->e, &q, columns, 0, take_five, ids, NULL,
	                         &err));
	result_free(r);
}

static void cancelled(void **state)
{
	struct asking *f = *state;
	struct query q = asking_query(UNIT_MESSAGES, NULL);
	struct anchor a = { 0 };
	struct cancel cancel = { 0 };
	struct err err = { 0 };
	struct count n;

	cancel_ask(&cancel);
	assert_null(engine_page(f->e, &q, &a, 0, 10, NULL, &cancel, &err));
	assert_string_equal(err.text, "cancelled");
	assert_false(engine_count(f->e, &q, &n, &cancel, &err));
	cancel_reset(&cancel);
	assert_true(engine_count(f->e, &q, &n, &cancel, &err));
}

static void traces(void **state)
{
	struct asking *f = *state;
	int64_t ids[8];
	size_t n;
	struct err err = { 0 };
	struct trace *t;

	assert_true(engine_find_journeys(f->e, SLICE("<M3@example.org>"), ids, 8,
	                                 &n, NULL, &err));
	assert_int_equal(n, 1);
	t = engine_trace(f->e, ids[0], NULL, &err);
	assert_non_null(t);
	assert_int_equal(t->transactions->nrows, 2);
	assert_int_equal(t->links->nrows, 1);
	assert_true(t->evidence->nrows > 0);
	assert_int_equal(t->recipients->nrows, 2);
	assert_true(t->attempts->nrows >= 3);
	trace_free(t);
	assert_null(engine_trace(f->e, 999999, NULL, &err));
	assert_true(engine_find_journeys(f->e, SLICE(" B0010003 "), ids, 8, &n,
	                                 NULL, &err));
	assert_int_equal(n, 1);
	assert_true(engine_find_journeys(f->e, SLICE("store/B0010003"), ids, 8,
	                                 &n, NULL, &err));
	assert_int_equal(n, 1);
	assert_true(engine_find_journeys(f->e, SLICE("mx/B0010003"), ids, 8, &n,
	                                 NULL, &err));
	assert_int_equal(n, 0);
	assert_true(engine_find_journeys(f->e, SLICE("' OR 1=1 --"), ids, 8, &n,
	                                 NULL, &err));
	assert_int_equal(n, 0);
}

static void values(void **state)
{
	struct asking *f = *state;
	struct query q = asking_query(UNIT_RECIPIENTS, NULL);
	struct err err;
	struct result *r = engine_values(f->e, &q, field_find(SLICE("to")),
	                                 SLICE("ali"), 10, NULL, &err);

	assert_non_null(r);
	assert_int_equal(r->nrows, 1);
	assert_true(slice_eq(result_cell(r, 0, "to")->text,
	                     SLICE("alice@partner.example")));
	result_free(r);
}

/* A case that is being built: nothing in it yet, and nothing fails. */
static void empty(void **state)
{
	char *folder = make_folder(), *path = make_path(folder, "new.case");
	struct err err;
	struct store *s = store_open(path, &err);
	struct engine *e = engine_open(store_path(s), &err);

	(void)state;
	assert_non_null(e);
	for (int u = 0; u < UNIT_COUNT; u++) {
		struct query q = asking_query((enum unit)u, NULL);
		struct result *r = asking_all(e, &q);
		struct histogram *h = engine_histogram(e, &q, 50, NULL, &err);

		assert_int_equal(r->nrows, 0);
		assert_int_equal(asking_count(e, &q).total, 0);
		if (u <= UNIT_EVENTS) {
			assert_non_null(h);
			assert_int_equal(h->n, 0);
			assert_int_equal(asking_rows(e, (enum unit)u, "alice -code:5xx"),
			                 0);
		}
		histogram_free(h);
		result_free(r);
	}
	engine_close(e);
	store_close(s);
	remove_folder(folder);
	free(path);
}

static void refusals(void **state)
{
	struct err err;
	struct asking *f = *state;

	assert_null(engine_open("/nowhere/at/all.case", &err));
	assert_null(engine_open(f->c.log_mx, &err));
	assert_non_null(strstr(err.text, "mx.log"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages),      cmocka_unit_test(anchors),
		cmocka_unit_test(order),      cmocka_unit_test(anchor_kinds),
		cmocka_unit_test(fields_run), cmocka_unit_test(complements),
		cmocka_unit_test(brute_force), cmocka_unit_test(same_row),
		
		cmocka_unit_test(each),
		
		cmocka_unit_test(cancelled),  cmocka_unit_test(traces),
		cmocka_unit_test(values),     cmocka_unit_test(empty),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, asking_setup, asking_teardown);
}
