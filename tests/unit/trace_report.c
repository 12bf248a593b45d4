/* SPDX-License-Identifier: MIT */
/* Journeys written out: every form of a plain one and of a hostile one. */
#include "model/report/trace_report.h"

#include "base/alloc.h"
#include "tests/results.h"
#include "tests/trace_sample.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const missing_columns[] = { "missing_id", "transaction_id",
	"kind", "server", "wanted", "ip", "queue_id", "recipient", "from_utc",
	"to_utc", "why", "searched", NULL };

static struct trace *with_missing(void)
{
	struct trace *t = sample_trace();

	t->missing = make_result(missing_columns,
		"1|3|no log|edge|mx.third.example|192.0.2.7|3A91F2|"
		"carol@third.example|2026-03-10T09:15:26Z|2026-03-10T09:21:26Z|"
		"no log of this server|-\n");
	return t;
}

static struct trace *hostile(void)
{
	struct trace *t = sample_trace();

	drop_result(t->transactions);
	t->transactions = make_result(tx_columns,
		"1|1|m\"\\];x [|p|\x1b[2J\xe2\x80\xae\\\"|2026-03-10T09:16:21Z|"
		"-|complete|=cmd,\"x\"|-|@a|1\n");
	return t;
}

static struct strbuf written(const struct trace *t, const char *form)
{
	const struct trace_form *f = trace_form_find(form);
	struct strbuf out = { 0 };

	assert_non_null(f);
	if (f->begin)
		strbuf_add_str(&out, f->begin);
	f->add(&out, t, NULL, false);
	return out;
}

/* The members that DESIGN.md §7 lists, and no others. */
static void assert_members(json_t *object, const char *wanted)
{
	struct strbuf got = { 0 };
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		strbuf_addf(&got, "%s%s", got.len ? " " : "", key);
	assert_string_equal(strbuf_text(&got), wanted);
	strbuf_release(&got);
}

static void assert_first(json_t *journey, const char *list, const char *wanted)
{
	json_t *first = json_array_get(json_object_get(journey, list), 0);

	assert_non_null(first);
	assert_members(first, wanted);
}

static void json_has_what_the_contract_lists(void **state)
{
	struct trace *t = with_missing();
	struct strbuf out = written(t, "json");
	json_t *j = json_loadb(out.ptr, out.len, 0, NULL);

	(void)state;
	assert_non_null(j);
	assert_int_equal(out.ptr[out.len - 1], '\n');
	assert_null(memchr(out.ptr, '\n', out.len - 1));
	assert_members(j, "journey message_ids subject sender user client_ip "
	                  "first last transactions links recipients missing "
	                  "related clocks latency_lo_s latency_hi_s "
	                  "latency_basis addresses");
	assert_first(j, "transactions", "id server instance queue_id generation "
	                                "opened closed state events");
	assert_first(j, "links", "from to kind class evidence lag_s");
	assert_first(j, "recipients", "address outcome place server queue_id "
	                              "code dsn reply said_by time");
	assert_first(j, "missing", "server ip queue_id from to why");
	assert_first(j, "related", "journey how");
	json_decref(j);
	strbuf_release(&out);
	drop_trace(t);
}

static void graph_joins_all_nodes(void **state)
{
	struct trace *t = with_missing();
	struct strbuf out = written(t, "dot");

	(void)state;
	assert_non_null(strstr(strbuf_text(&out), "digraph journey_1 {"));
	/* eve ended at edge; the hop without a log stands behind it */
	assert_non_null(strstr(strbuf_text(&out), "t3 -> r2;"));
	assert_non_null(strstr(strbuf_text(&out), "t3 -> m1 [style=dotted];"));
	/* the bounce is another message */
	assert_non_null(strstr(strbuf_text(&out), "[style=dashed, label="
	                                          "\"another message\"]"));
	strbuf_release(&out);
	drop_trace(t);
}

/* Within quotes no quote and no backslash stands without one before it. */
static void labels_end_where_they_should(void **state)
{
	struct trace *t = hostile();
	struct strbuf out = written(t, "dot");
	bool quoted = false;
	int depth = 0;

	(void)state;
	for (size_t i = 0; i < out.len; i++) {
		if (quoted && out.ptr[i] == '\\')
			i++;
		else if (out.ptr[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			depth += (out.ptr[i] == '[') - (out.ptr[i] == ']');
		assert_in_range(depth, 0, 1);
	}
	assert_false(quoted);
	assert_int_equal(depth, 0);
	assert_null(memchr(out.ptr, 0x1b, out.len));
	strbuf_release(&out);
	drop_trace(t);
}

/* Cells of a line of RFC 4180. */
static size_t cells_of(struct slice *text)
{
	size_t n = 1, i = 0;
	bool quoted = false;

	for (; i < text->len; i++) {
		if (text->ptr[i] == '"')
			quoted = !quoted;
		else if (!quoted && text->ptr[i] == ',')
			n++;
		else if (!quoted && text->ptr[i] == '\r')
			break;
	}
	assert_true(i + 1 < text->len && text->ptr[i + 1] == '\n');
	*text = slice_from(*text, i + 2);
	return n;
}

static void rows_have_a_cell_for_each_column(void **state)
{
	struct trace *traces[] = { with_missing(), hostile() };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct strbuf out = written(traces[i], "csv");
		struct slice rest = strbuf_slice(&out);
		size_t columns = cells_of(&rest), rows = 0;

		while (rest.len) {
			assert_int_equal(cells_of(&rest), columns);
			rows++;
		}
		assert_true(rows > 5);
		assert_null(memchr(out.ptr, 0x1b, out.len));
		strbuf_release(&out);
	}
	for (size_t i = 0; i < 2; i++)
		drop_trace(traces[i]);
}

/* The filter's step comes after the queue's, whatever the order of the rows. */
static void steps_follow_the_links(void **state)
{
	struct trace *t = sample_trace();
	struct strbuf out;
	const char *text;

	(void)state;
	drop_result(t->transactions);
	t->transactions = make_result(tx_columns,
		"3|1|edge|-|9EB101A2C7|2026-03-10T09:16:20Z|-|complete|-|-|-|1\n"
		"2|1|mail1|-|4fXwfv6PcPzFpV6|2026-03-10T09:16:22Z|-|complete|-|-|-|1\n"
		"1|1|mail1|-|4fXwft2FgJzFpTn|2026-03-10T09:16:24Z|-|complete|-|-|-|1\n");
	out = written(t, "text");
	text = strbuf_text(&out);
	assert_true(strstr(text, "mail1/4fXwft2FgJzFpTn") <
	            strstr(text, "mail1/4fXwfv6PcPzFpV6"));
	assert_true(strstr(text, "mail1/4fXwfv6PcPzFpV6") <
	            strstr(text, "edge/9EB101A2C7"));
	strbuf_release(&out);
	drop_trace(t);
}

static void circles_end(void **state)
{
	struct trace *t = sample_trace();
	struct strbuf out;

	(void)state;
	drop_result(t->links);
	t->links = make_result(link_columns, "1|1|2|handoff|confirmed|E1|-\n"
	                                     "2|2|1|handoff|confirmed|E1|-\n"
	                                     "3|3|3|handoff|confirmed|E1|-\n");
	for (size_t i = 0; trace_forms[i]; i++) {
		out = written(t, trace_forms[i]->name);
		assert_non_null(strstr(strbuf_text(&out), "9EB101A2C7"));
		strbuf_release(&out);
	}
	drop_trace(t);
}

static void nothing_is_a_statement(void **state)
{
	static const char *const columns[] = { "source_id", "exhibit", "server",
		"lines", "unknown_lines", "first_utc", "last_utc", "state", NULL };
	static const char *const gap_columns[] = { "coverage_id", "server",
		"from_utc", "to_utc", "kind", NULL };
	struct result *sources = make_result(columns,
		"1|mx.log|mx|1200|3|2026-03-10T09:00:00Z|2026-03-10T10:00:00Z|cut\n");
	struct result *gaps = make_result(gap_columns,
		"1|mx|2026-03-10T09:10:00Z|2026-03-10T09:20:00Z|gap\n");
	struct strbuf out = { 0 };

	(void)state;
	trace_add_nothing(&out, SLICE("x\x1b[2J"), sources, gaps);
	assert_null(memchr(out.ptr, 0x1b, out.len));
	assert_non_null(strstr(strbuf_text(&out), "1 source, 1,200 lines; not in "
	                                          "the text of the 3 that"));
	assert_non_null(strstr(strbuf_text(&out), "  mx  mx.log  2026-03-10T09:00"
	                       ":00Z … 2026-03-10T10:00:00Z, cut\n"));
	assert_non_null(strstr(strbuf_text(&out), "  gap  mx  2026-03-10T09:10:00"
	                       "Z … 2026-03-10T09:20:00Z\n"));
	strbuf_reset(&out);
	trace_add_nothing(&out, SLICE("x"), NULL, NULL);
	assert_non_null(strstr(strbuf_text(&out), "0 sources"));
	strbuf_release(&out);
	drop_result(sources);
	drop_result(gaps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_what_the_contract_lists),
		cmocka_unit_test(graph_joins_all_nodes),
		cmocka_unit_test(labels_end_where_they_should),
		cmocka_unit_test(rows_have_a_cell_for_each_column),
		cmocka_unit_test(steps_follow_the_links),
		cmocka_unit_test(circles_end),
		cmocka_unit_test(nothing_is_a_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
