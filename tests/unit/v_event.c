/* SPDX-License-Identifier: MIT */
/* Lines as rows: every way to ask for events gives the same events, and what
 * has changed on disk is never shown. */
#include "base/alloc.h"
#include "base/civil.h"
#include "model/ask/filter.h"
#include "model/store/engine_private.h"
#include "model/store/event_scan.h"
#include "tests/case_make.h"
#include "tests/store_make.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct fixture {
	struct small_case c;
	struct engine *e;
	struct result *all; /* by time */
};

static struct query events(const struct filter *f)
{
	return (struct query){ .unit = UNIT_EVENTS, .counted = UNIT_EVENTS,
		               .from = TIME_NONE, .to = TIME_NONE,
		               .where = f ? f->where : NULL };
}

static struct result *page(struct engine *e, const struct query *q)
{
	struct anchor a = { 0 };
	struct err err = { 0 };
	struct result *r = engine_page(e, q, &a, 0, 1000000, NULL, NULL, &err);

	if (!r)
		fail_msg("%s", err.text);
	return r;
}

static int setup(void **state)
{
	static struct fixture f;
	struct query q = events(NULL);
	struct err err;

	small_case_make(&f.c, 40);
	f.e = engine_open(f.c.path, &err);
	f.all = page(f.e, &q);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	result_free(f->all);
	engine_close(f->e);
	small_case_free(&f->c);
	return 0;
}

static struct filter *parse(const char *text)
{
	struct err err;
	struct filter *f = filter_parse(slice_str(text), NULL, &err);

	if (!f)
		fail_msg("%s: %s", text, err.text);
	return f;
}

static int64_t number(struct engine *e, const char *sql)
{
	struct err err;
	int64_t n;

	assert_true(engine_begin(e, NULL, &err));
	n = sql_number(e->db, sql, -1);
	engine_end(e);
	return n;
}

/* Two sources in one order: by time, then by source and line. */
static void order(void **state)
{
	struct fixture *f = *state;
	struct query q = events(NULL);
	struct result *down;
	size_t other = 0;

	assert_int_equal(f->all->nrows,
	                 number(f->e, "SELECT total(events) FROM piece"));
	for (size_t i = 1; i < f->all->nrows; i++) {
		const struct cell *a = result_cell(f->all, i - 1, "time_utc");
		const struct cell *b = result_cell(f->all, i, "time_utc");

		assert_true(a->number < b->number ||
		            (a->number == b->number &&
		             f->all->ids[i - 1] < f->all->ids[i]));
		other += event_source(f->all->ids[i - 1]) !=
		         event_source(f->all->ids[i]);
	}
	assert_true(other > 20);
	q.descending = true;
	down = page(f->e, &q);
	assert_int_equal(down->nrows, f->all->nrows);
	for (size_t i = 0; i < down->nrows; i++)
		assert_int_equal(down->ids[i],
		                 f->all->ids[f->all->nrows - 1 - i]);
	result_free(down);
}

/* Pages by anchors, from both ends, and ranks. */
static void pages(void **state)
{
	struct fixture *f = *state;
	struct query q = events(NULL);
	struct anchor a = { 0 };
	struct err err;
	size_t n = 0;

	for (;;) {
		struct result *r = engine_page(f->e, &q, &a, 0, 49, NULL, NULL,
		                               &err);

		assert_non_null(r);
		for (size_t i = 0; i < r->nrows; i++)
			assert_int_equal(r->ids[i], f->all->ids[n + i]);
		n += r->nrows - 1;
		a = (struct anchor){ .kind = ANCHOR_ROW,
			             .id = r->ids[r->nrows - 1] };
		if (!r->after) {
			result_free(r);
			break;
		}
		result_free(r);
	}
	assert_int_equal(n + 1, f->all->nrows);
	for (size_t i = 5; i < f->all->nrows; i += 61) {
		struct result *r;
		uint64_t rank;

		a = (struct anchor){ .kind = ANCHOR_ROW, .id = f->all->ids[i] };
		r = engine_page(f->e, &q, &a, 5, 2, NULL, NULL, &err);
		assert_non_null(r);
		for (size_t k = 0; k < r->nrows; k++)
			assert_int_equal(r->ids[k], f->all->ids[i - 5 + k]);
		result_free(r);
		assert_true(engine_rank(f->e, &q, f->all->ids[i], &rank, NULL,
		                        &err));
		assert_int_equal(rank, i);
	}
}

/* Each column of each row, asked for by number alone. */
static void by_id(void **state)
{
	struct fixture *f = *state;
	struct err err;
	sqlite3_stmt *q;

	assert_true(engine_begin(f->e, NULL, &err));
	q = row_statement(f->e, UNIT_EVENTS, NULL, &err);
	assert_non_null(q);
	for (size_t i = 0; i < f->all->nrows; i += 7) {
		sqlite3_bind_int64(q, 1, f->all->ids[i]);
		assert_int_equal(sqlite3_step(q), SQLITE_ROW);
		for (size_t k = 0; k < f->all->ncolumns; k++) {
			const struct cell *c =
				&f->all->cells[i * f->all->ncolumns + k];

			assert_int_equal(!c->text.ptr,
			                 sqlite3_column_type(q, (int)k) ==
			                         SQLITE_NULL);
			if (c->text.ptr && sqlite3_column_type(q, (int)k) ==
			                           SQLITE_TEXT)
				assert_true(slice_eq(c->text,
				                     sql_column_slice(
							     q, (int)k)));
		}
		assert_int_equal(sqlite3_step(q), SQLITE_DONE);
		sqlite3_reset(q);
	}
	sqlite3_bind_int64(q, 1, -5);
	assert_int_equal(sqlite3_step(q), SQLITE_DONE);
	sqlite3_finalize(q);
	engine_end(f->e);
}

/* What the module takes as a constraint gives the rows that SQLite would have
 * kept had it looked at each. */
static void constraints(void **state)
{
	static const char *const where[] = {
		"transaction_id=2", "transaction_id IN(1,2,5)",
		"transaction_id=3", "journey_id=2", "journey_id IN(1,3,4)",
		"session_id=1", "session_id IN(1,2,3)", "source_id=2",
		"source_id=1 AND line=5", "source_id=1 AND line>=5 AND line<9",
		"source_id=1 AND line>5 AND line<=9", "line<1", "line=-1",
		"source_id=1 AND offset=95", "offset>500 AND offset<=900",
		"action='relay'", "action IN('reject','bounce')",
		"action='nosuch'", "action IN('reject','nosuch')",
		"time_utc>='2026-09-10T01:00:00.000000Z'",
		"time_utc>'2026-09-10T00:33:20.000400Z'",
		"time_utc='2026-09-10T00:33:20.000400Z'",
		"time_utc<'2026-09-10T01:00:00.000000Z' AND source_id=2",
		"time_utc>='2026-09-10'", "time_us>1789000800000000",
		"time_us IS NULL", "time_us IS NOT NULL", "event_id=1",
		"event_id IN(17592186045440,17592186046464,5)",
		"source_id=1 AND source_id=2", "line='5'", "line=5.0",
		"transaction_id='2'", "time_us>5.5", "journey_id IS NULL",
		"action='reject' AND transaction_id IS NOT NULL",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
		struct strbuf fast = { 0 }, slow = { 0 };
		const char *p;
		int64_t n;

		strbuf_addf(&fast,
		            "SELECT count(*)+total(event_id%%1000003) FROM "
		            "v_event WHERE %s",
		            where[i]);
		/* a unary + hides the column from the module */
		strbuf_add_str(&slow, "SELECT count(*)+total(event_id%1000003)"
		                      " FROM v_event WHERE ");
		for (p = where[i]; *p; p++) {
			static const char *const names[] = {
				"transaction_id", "journey_id", "session_id",
				"source_id", "line", "offset", "action",
				"time_utc", "time_us", "event_id" };

			for (size_t k = 0; k < sizeof names / sizeof *names; k++)
				if (strncmp(p, names[k], strlen(names[k])) == 0 &&
				    (p == where[i] || p[-1] == ' '))
					strbuf_add_char(&slow, '+');
			strbuf_add_char(&slow, *p);
		}
		n = number(f->e, strbuf_text(&fast));
		/* a + also takes the column's affinity away: none is declared */
		if (n != number(f->e, strbuf_text(&slow)))
			fail_msg("%s", where[i]);
		strbuf_release(&fast);
		strbuf_release(&slow);
	}
	assert_true(number(f->e, "SELECT count(*) FROM v_event WHERE"
	                         " transaction_id=3") > 0);
	assert_int_equal(
		number(f->e, "SELECT (SELECT group_concat(event_id) FROM"
	                     " (SELECT event_id FROM v_event WHERE action IN"
	                     "('reject','bounce') ORDER BY time_utc DESC,"
	                     " event_id DESC LIMIT 9)) = (SELECT"
	                     " group_concat(event_id) FROM (SELECT event_id"
	                     " FROM v_event WHERE +action IN"
	                     "('reject','bounce') ORDER BY +time_utc DESC,"
	                     " +event_id DESC LIMIT 9))"),
		1);
}

/* Filters on events, against each row as it is shown. */
static void filters(void **state)
{
	static const struct {
		const char *column, *term;
	} cases[] = {
		{ "sender", "from:s1" },          { "sender", "from:<>" },
		{ "recipient", "to:alice" },      { "client_ip", "client_ip:192.0.2.0/29" },
		{ "helo", "helo:liar" },          { "user", "user:joe" },
		{ "message_id", "mid:M3@example.org" },
		{ "queue_id", "qid:A0010003" },   { "reply", "reply:*denied*" },
		{ "raw", "raw~/queued as B00100.5/" }, { "program", "program:*qmgr" },
		{ "action", "action:reject,relay" }, { "dsn", "dsn:5.*" },
		{ "server", "server:store" },     { "relay_name", "relay:local" },
		{ "path", "source:*store.log" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct filter *filter = parse(cases[i].term);
		struct matcher *m = matcher_new(filter->where, NULL, 0);
		struct query q = events(filter);
		struct result *r = page(f->e, &q);
		struct count n;
		struct err err;
		size_t k = 0;

		matcher_set_case(m, strncmp(cases[i].term, "mid", 3) == 0 ||
		                            strncmp(cases[i].term, "qid", 3) == 0);
		for (size_t row = 0; row < f->all->nrows; row++) {
			if (!matcher_test(m, result_cell(f->all, row,
			                                 cases[i].column)
			                                 ->text))
				continue;
			if (k >= r->nrows || r->ids[k] != f->all->ids[row])
				fail_msg("%s: row %zu", cases[i].term, row);
			k++;
		}
		assert_int_equal(k, r->nrows);
		if (k == 0)
			fail_msg("%s: no row", cases[i].term);
		assert_true(engine_count(f->e, &q, &n, NULL, &err));
		assert_int_equal(n.n, k);
		matcher_free(m);
		filter_unref(filter);
		result_free(r);
	}
}

/* Filters of all kinds run, and not is the complement. */
static void complements(void **state)
{
	static const char *const terms[] = {
		"from:s1", "to:own", "has:user", "has:to", "code:5xx", "alice",
		"B0010004", "outcome:failed", "none(to:alice)", "all(to:own)",
		"is:unread", "is:bounce", "hour:0..3", "time:2026-09-10T02",
		"size>1K", "delay>10s", "ip:192.0.2.0/24", "domain:example.com",
		"place:x", "instance:*", "state:lost", "source:mx.log", "line>50",
		"from:s1 code:250", "tag:x", "header:x", "stage:RCPT",
		"kind:handoff", "format:*", "anycode:450", "journey:3",
	};
	struct fixture *f = *state;
	struct strbuf not = { 0 };

	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		struct filter *yes = parse(terms[i]), *no;
		struct query a = events(yes), b;
		struct result *r = page(f->e, &a), *s;

		strbuf_reset(&not);
		strbuf_addf(&not, "-(%s)", terms[i]);
		no = parse(strbuf_text(&not));
		b = events(no);
		s = page(f->e, &b);
		if (r->nrows + s->nrows != f->all->nrows)
			fail_msg("%s: %zu and %zu", terms[i], r->nrows, s->nrows);
		result_free(r);
		result_free(s);
		filter_unref(yes);
		filter_unref(no);
	}
	strbuf_release(&not);
}

/* What only lines say, asked of messages. */
static void through_events(void **state)
{
	struct fixture *f = *state;
	struct filter *raw = parse("raw:\"*queued as B0010003*\"");

	for (int u = 0; u < UNIT_EVENTS; u++) {
		struct query q = events(raw);
		struct count n;
		struct err err;

		q.unit = q.counted = (enum unit)u;
		if (!engine_count(f->e, &q, &n, NULL, &err))
			fail_msg("%s: %s", units[u].name, err.text);
		assert_true(n.n >= 1 && n.n <= 3);
	}
	filter_unref(raw);
}

static bool count_hit(void *arg, const struct cell *cells, size_t n, int64_t id)
{
	size_t *hits = arg;

	assert_int_equal(n, 5);
	assert_true(slice_find_nocase(cells[4].text, SLICE("DENIED")) !=
	            SLICE_NONE);
	assert_int_equal(event_line(id), cells[1].number);
	++*hits;
	return true;
}

/* Bars of all events come from columns, of some from rows: both add up. */
static void bars(void **state)
{
	struct fixture *f = *state;
	struct filter *any = parse("has:event");
	struct query q = events(NULL), rows = events(any);
	struct err err;
	struct histogram *a = engine_histogram(f->e, &q, 80, NULL, &err);
	struct histogram *b = engine_histogram(f->e, &rows, 80, NULL, &err);
	uint64_t sum = 0;

	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->all[i], b->all[i]);
		assert_int_equal(a->blocked[i], b->blocked[i]);
		sum += a->all[i];
	}
	assert_int_equal(sum, f->all->nrows);
	histogram_free(a);
	histogram_free(b);
	filter_unref(any);
}

static void lines(void **state)
{
	struct fixture *f = *state;
	struct err err;
	struct result *r = engine_lines(f->e, 1, 5, 2, 3, NULL, &err);
	uint64_t scanned;
	size_t hits = 0, n = 0, size;
	char *bytes = read_whole(f->c.log_mx, &size);

	assert_non_null(r);
	assert_int_equal(r->nrows, 6);
	assert_int_equal(r->ids[0], 3);
	assert_true(r->before && r->after);
	for (size_t i = 0; i < r->nrows; i++) {
		const struct cell *raw = result_cell(r, i, "raw");
		uint64_t at = (uint64_t)result_cell(r, i, "offset")->number;

		assert_memory_equal(raw->text.ptr, bytes + at, raw->text.len);
		assert_int_equal(bytes[at + raw->text.len], '\n');
	}
	result_free(r);
	r = engine_lines(f->e, 1, 1, 50, 100000, NULL, &err);
	assert_non_null(r);
	assert_false(r->before || r->after);
	for (size_t i = 0; i < size; i++)
		n += bytes[i] == '\n';
	assert_int_equal(r->nrows, n);
	result_free(r);
	/* over the border of pieces, which are of 200 records */
	r = engine_lines(f->e, 1, 201, 3, 3, NULL, &err);
	assert_non_null(r);
	assert_int_equal(r->nrows, 7);
	for (size_t i = 0; i < r->nrows; i++)
		assert_int_equal(r->ids[i], 198 + i);
	result_free(r);
	assert_null(engine_lines(f->e, 1, 100000, 3, 3, NULL, &err));
	assert_null(engine_lines(f->e, 77, 1, 3, 3, NULL, &err));
	assert_true(engine_scan(f->e, 0, SLICE("Denied"), true, count_hit, &hits,
	                        &scanned, NULL, &err));
	assert_true(hits > 5);
	assert_true(scanned > size);
	hits = 0;
	assert_true(engine_scan(f->e, 0, SLICE("DeniEd"), false, count_hit,
	                        &hits, &scanned, NULL, &err));
	assert_int_equal(hits, 0);
	free(bytes);
}

/* A citation and an event lead to their message. */
static void finding(void **state)
{
	struct fixture *f = *state;
	struct strbuf id = { 0 };
	int64_t a[4], b[4];
	size_t n;
	struct err err;

	assert_true(engine_find_journeys(f->e, SLICE("mx.log:3"), a, 4, &n, NULL,
	                                 &err));
	assert_int_equal(n, 1);
	strbuf_addf(&id, "#%lld", (long long)event_id(1, 3, 0));
	assert_true(engine_find_journeys(f->e, strbuf_slice(&id), b, 4, &n, NULL,
	                                 &err));
	assert_int_equal(n, 1);
	assert_int_equal(a[0], b[0]);
	strbuf_release(&id);
}

/* Changed and missing evidence: rows go on, text does not. Last of the tests:
 * it breaks the log. */
static void changed(void **state)
{
	struct fixture *f = *state;
	struct query q = events(NULL);
	size_t size;
	char *bytes = read_whole(f->c.log_mx, &size);
	struct engine *e;
	struct err err;
	struct result *r;
	struct strbuf out = { 0 };

	bytes[10] ^= 1; /* in the first piece only */
	write_file(f->c.log_mx, bytes, size);
	e = engine_open(f->c.path, &err);
	r = page(e, &q);
	assert_int_equal(r->nrows, f->all->nrows);
	for (size_t i = 0; i < r->nrows; i++) {
		struct slice raw = result_cell(r, i, "raw")->text;
		bool first = event_source(r->ids[i]) == 1 &&
		             event_line(r->ids[i]) <= 200;

		assert_int_equal(slice_starts(raw, SLICE("[evidence changed")),
		                 first);
		assert_true(slice_eq(result_cell(r, i, "time_utc")->text,
		                     result_cell(f->all, i, "time_utc")->text));
		if (first)
			assert_null(result_cell(r, i, "reply")->text.ptr);
	}
	result_free(r);
	assert_false(engine_read(e, 1, 0, 50, &out, &err));
	assert_int_equal(out.len, 0);
	assert_true(engine_read(e, 2, 0, 50, &out, &err));
	assert_int_equal(out.len, 50);
	engine_close(e);
	/* shorter, then gone */
	write_file(f->c.log_mx, bytes, 100);
	e = engine_open(f->c.path, &err);
	assert_false(engine_read(e, 1, 0, 50, &out, &err));
	engine_close(e);
	remove(f->c.log_mx);
	e = engine_open(f->c.path, &err);
	assert_false(engine_read(e, 1, 0, 50, &out, &err));
	assert_non_null(strstr(err.text, "[evidence not here: "));
	r = page(e, &q);
	assert_int_equal(r->nrows, f->all->nrows);
	result_free(r);
	engine_close(e);
	strbuf_release(&out);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),       cmocka_unit_test(pages),
		cmocka_unit_test(by_id),       cmocka_unit_test(constraints),
		cmocka_unit_test(filters),     cmocka_unit_test(complements),
		cmocka_unit_test(through_events), cmocka_unit_test(bars),
		cmocka_unit_test(lines),
		cmocka_unit_test(finding),     cmocka_unit_test(changed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
