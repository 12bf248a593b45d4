/* SPDX-License-Identifier: MIT */
/* Tables: records over line ends, quotes that lie, columns by name. */
#include "parsers/csv.h"

#include "base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void add_record(const struct record *r, struct strbuf *out)
{
	strbuf_addf(out, "%u.%u:", r->lines, r->flags);
	for (size_t i = 0; i < r->raw.len; i++) {
		char c = r->raw.ptr[i];

		if (c == '\n' || c == '\r')
			strbuf_add_str(out, c == '\n' ? "\\n" : "\\r");
		else
			strbuf_add_char(out, c);
	}
	strbuf_add_char(out, '|');
}

/* "lines.flags:raw|…" of all records, which must add up to TEXT. */
static void cut_all(struct slice text, struct strbuf *out)
{
	struct record r;

	strbuf_reset(out);
	while (csv_next(NULL, text, true, &r) == CUT_RECORD) {
		assert_true(r.length > 0 && r.length <= text.len);
		add_record(&r, out);
		text = slice_from(text, r.length);
	}
	assert_int_equal(text.len, 0);
}

static void test_records(void **state)
{
	static const char *const cases[][2] = {
		{ "a,b\nc,d\r\n", "1.0:a,b|1.0:c,d|" },
		{ "\"a\nb\",c\nd\n", "2.0:\"a\\nb\",c|1.0:d|" },
		{ "a,\"x\r\n\r\ny\"\r\nb", "3.0:a,\"x\\r\\n\\r\\ny\"|1.16:b|" },
		{ "a,\"x \"\"q\"\"\n,\"\nb\n", "2.0:a,\"x \"\"q\"\"\\n,\"|1.0:b|" },
		/* a quote inside a cell opens nothing */
		{ "a b\"c\nd\"e\n", "1.0:a b\"c|1.0:d\"e|" },
		{ "a, \"c\nd\n", "1.0:a, \"c|1.0:d|" },
		/* never closed: one line, and the others stay records */
		{ "a,\"b\nc,d\ne\n", "1.0:a,\"b|1.0:c,d|1.0:e|" },
		{ "\"", "1.16:\"|" },
		{ "\"\"\n\"\"\"\n\"\"\"\n", "1.0:\"\"|2.0:\"\"\"\\n\"\"\"|" },
		{ "\xef\xbb\xbf\"a\nb\"\nc\n",
		  "2.0:\xef\xbb\xbf\"a\\nb\"|1.0:c|" },
		/* text behind a closing quote does not open again */
		{ "\"a\"b\"\nc\n", "1.0:\"a\"b\"|1.0:c|" },
		{ "\n \n\"\n\"\n", "1.1:|1.1: |2.0:\"\\n\"|" },
	};
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		cut_all(slice_str(cases[i][0]), &out);
		assert_string_equal(strbuf_text(&out), cases[i][1]);
	}
	strbuf_release(&out);
}

/* However many bytes are there, a record is cut as with all of them. */
static void test_more(void **state)
{
	struct slice all = SLICE("a,\"x\n\"\"y\n\",z\nnext,line\n");
	struct record r;

	(void)state;
	for (size_t n = 1; n < all.len; n++) {
		enum cut c = csv_next(NULL, slice_to(all, n), false, &r);

		assert_int_equal(c, n < 13 ? CUT_MORE : CUT_RECORD);
		if (c == CUT_MORE)
			continue;
		assert_int_equal(r.length, 13);
		assert_int_equal(r.lines, 3);
	}
	assert_int_equal(csv_next(NULL, SLICE(""), true, &r), CUT_END);
}

/* Quotes that nothing closes within the limits: each line is one record. */
static void test_limits(void **state)
{
	size_t size = 2 * RECORD_MAX;
	char *text = mem_alloc(size);
	struct slice s = slice_of(text, size);
	struct record r;

	(void)state;
	memset(text, 'x', size);
	memcpy(text, "a,\"b\nc\n", 7);
	assert_int_equal(csv_next(NULL, s, false, &r), CUT_RECORD);
	assert_int_equal(r.length, 5);
	memset(text + 4, '\n', size - 4);
	assert_int_equal(csv_next(NULL, slice_to(s, RECORD_LINES + 100), false,
	                          &r),
	                 CUT_RECORD);
	assert_int_equal(r.length, 5);
	/* closed in the last line that a record may have */
	text[3 + RECORD_LINES] = '"';
	assert_int_equal(csv_next(NULL, s, false, &r), CUT_RECORD);
	assert_int_equal(r.lines, RECORD_LINES);
	free(text);
}

static void check_cells(const char *raw, char separator, const char *cells)
{
	struct arena arena = { 0 };
	struct strbuf out = { 0 };
	struct csv c;

	csv_cut(slice_str(raw), separator, &arena, &c);
	for (size_t i = 0; i < c.n; i++) {
		strbuf_add_char(&out, '[');
		strbuf_add_slice(&out, csv_cell(&c, i));
		strbuf_add_char(&out, ']');
	}
	if (c.damaged)
		strbuf_add_char(&out, '!');
	assert_string_equal(strbuf_text(&out), cells);
	assert_null(csv_cell(&c, c.n).ptr);
	assert_null(csv_cell(&c, SLICE_NONE).ptr);
	strbuf_release(&out);
	arena_release(&arena);
}

static void test_cells(void **state)
{
	(void)state;
	check_cells("", ',', "[]");
	check_cells("a", ',', "[a]");
	check_cells(",", ',', "[][]");
	check_cells("a,,b ,", ',', "[a][][b ][]");
	check_cells("\"a,b\",\"\",c", ',', "[a,b][][c]");
	check_cells("\"a\"\"b\"\"\"", ',', "[a\"b\"]");
	check_cells("\"\"\"\"", ',', "[\"]");
	check_cells("\"a\r\nb\",c", ',', "[a\r\nb][c]");
	check_cells("a\"b,c", ',', "[a\"b][c]");
	check_cells("\"a,b", ',', "[a,b]!");
	check_cells("\"a\"\",b", ',', "[a\",b]!");
	check_cells("\"a\"x,b", ',', "[a][b]!");
	check_cells("\"a\"x", ',', "[a]!");
	check_cells("a;\"b;c\"", ';', "[a][b;c]");
	check_cells("=cmd|' /C calc'!A0,\"=1,2\"", ',',
	            "[=cmd|' /C calc'!A0][=1,2]");
	check_cells("\xef\xbb\xbf\"a\",b", ',', "[a][b]");
}

static void test_many_cells(void **state)
{
	char text[1000];
	struct csv c;

	(void)state;
	memset(text, ',', sizeof text);
	csv_cut(slice_of(text, sizeof text), ',', NULL, &c);
	assert_int_equal(c.n, 1001);
	assert_non_null(csv_cell(&c, CSV_CELLS - 1).ptr);
	assert_null(csv_cell(&c, CSV_CELLS).ptr);
}

static void test_tables(void **state)
{
	struct layout *l = layout_new(framing_find(SLICE("line")), NULL);
	struct strbuf kept = { 0 };
	struct csv_columns c;

	(void)state;
	assert_int_equal(csv_columns(l, 3).n, 0);
	assert_true(csv_add_table(l, SLICE("Time,\"Sender, bare\",To")));
	assert_true(csv_add_table(l, SLICE("Time,To,Sender,Size,Extra")));
	/* as many as one that was stated before: perhaps a forgery */
	assert_false(csv_add_table(l, SLICE("To,Time,Size")));
	layout_print(l, &kept);
	layout_free(l);
	l = layout_parse(strbuf_slice(&kept), NULL);
	assert_non_null(l);
	c = csv_columns(l, 3);
	assert_int_equal(c.n, 3);
	assert_int_equal(csv_find(&c, SLICE("TO")), 2);
	assert_int_equal(csv_find(&c, SLICE("sender, bare")), 1);
	assert_int_equal(csv_find(&c, SLICE("size")), SLICE_NONE);
	assert_int_equal(csv_columns(l, 5).n, 5);
	assert_int_equal(csv_columns(l, 4).n, 5);
	assert_int_equal(csv_columns(l, 9).n, 5);
	assert_int_equal(csv_columns(l, 1).n, 3);
	assert_true(csv_is_header(l, SLICE("Time,To,Sender,Size,Extra")));
	assert_true(csv_is_header(l, SLICE("\"Time\",To,\"Sender\",Size,Extra")));
	assert_false(csv_is_header(l, SLICE("Time,To,Sender,Size")));
	assert_false(csv_is_header(l, SLICE("Time,To,Sender,Size,Extra,x")));
	layout_free(l);
	strbuf_release(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),    cmocka_unit_test(test_more),
		cmocka_unit_test(test_limits),     cmocka_unit_test(test_cells),
		cmocka_unit_test(test_many_cells), cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
