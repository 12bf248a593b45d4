/* SPDX-License-Identifier: MIT */
/* CSV, JSON and tables: quoting, guards, hostile text, and the way back. */
#include "base/text.h"
#include "model/report/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those above first */
#include <cmocka.h>

#define CELL(literal) ((struct cell){ .text = SLICE(literal) })

static void check_csv(struct cell c, bool raw, const char *want)
{
	struct strbuf out = { 0 };

	csv_add(&out, &c, raw);
	assert_string_equal(strbuf_text(&out), want);
	strbuf_release(&out);
}

static void csv_quotes_what_it_must(void **state)
{
	(void)state;
	check_csv(CELL("plain"), false, "plain");
	check_csv(CELL("a,b"), false, "\"a,b\"");
	check_csv(CELL("say \"hi\""), false, "\"say \"\"hi\"\"\"");
	check_csv(CELL(" lead"), false, "\" lead\"");
	check_csv(CELL("trail "), false, "\"trail \"");
	check_csv(CELL(""), false, "");
	check_csv((struct cell){ 0 }, false, "");
	check_csv(CELL("two\r\nlines"), false, "two\\x0d\\x0alines");
	check_csv(CELL("back\\slash"), false, "back\\\\slash");
	check_csv(CELL("nul\0here"), false, "nul\\x00here");
	check_csv(CELL("bad \xff"), false, "bad \\xff");
}

static void csv_guards_formulas(void **state)
{
	static const char *const runs[] = { "=1+1", "+1", "-1", "@SUM(1)",
		"=cmd|' /C calc'!A0", " =1", "\"=1", "\uff1d1", "\uff201" };

	(void)state;
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		struct cell c = { .text = slice_str(runs[i]) };
		struct strbuf guarded = { 0 }, raw = { 0 };
		size_t quote;

		csv_add(&guarded, &c, false);
		csv_add(&raw, &c, true);
		quote = guarded.ptr[0] == '"';
		assert_int_equal(guarded.ptr[quote], '\'');
		assert_int_not_equal(raw.ptr[raw.ptr[0] == '"'], '\'');
		strbuf_release(&guarded);
		strbuf_release(&raw);
	}
	check_csv(CELL("a=1"), false, "a=1");
	check_csv((struct cell){ .text = SLICE("-5"), .is_number = true }, false,
	          "-5");
}

static void check_json(struct slice s, const char *want)
{
	struct strbuf out = { 0 };

	json_add_string(&out, s);
	assert_string_equal(strbuf_text(&out), want);
	strbuf_release(&out);
}

static void json_holds_nothing_active(void **state)
{
	(void)state;
	check_json(SLICE("a\"b\\c"), "\"a\\\"b\\\\c\"");
	check_json(SLICE("\033[31m\n\0"), "\"\\u001b[31m\\u000a\\u0000\"");
	check_json(SLICE("\u202egpj"), "\"\\u202egpj\"");
	check_json(SLICE("\U000e0041"), "\"\\udb40\\udc41\"");
	check_json(SLICE("\xc3("), "\"\\\\xc3(\"");
	check_json(SLICE("m\u00fcller"), "\"m\u00fcller\"");
	check_json(slice_of(NULL, 0), "null");
	check_json(SLICE(""), "\"\"");
}

static void write_all(const char *format, char **text, size_t *len)
{
	static const char *const columns[] = { "name", "n" };
	struct cell rows[2][2] = {
		{ CELL("a\033b"), { .text = SLICE("7"), .number = 7, .is_number = true } },
		{ { .text = { NULL, 0 } }, { .text = SLICE("12345"), .number = 12345,
		                             .is_number = true } },
	};
	FILE *out = open_memstream(text, len);
	struct writer w;

	writer_begin(&w, writer_format_find(format), out, columns, 2, false);
	writer_row(&w, rows[0]);
	writer_row(&w, rows[1]);
	assert_true(writer_end(&w));
	assert_int_equal(w.rows, 2);
	fclose(out);
}

static void formats_write_rows(void **state)
{
	static const struct {
		const char *format, *text;
	} want[] = {
		{ "csv", "name,n\r\na\\x1bb,7\r\n,12345\r\n" },
		{ "json", "{\"name\":\"a\\u001bb\",\"n\":7}\n"
		          "{\"name\":null,\"n\":12345}\n" },
		{ "table", "name        n\na\\x1bb      7\n        12345\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		char *text;
		size_t len;

		write_all(want[i].format, &text, &len);
		assert_string_equal(text, want[i].text);
		free(text);
	}
	assert_null(writer_format_find("nosuch"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_quotes_what_it_must),
		cmocka_unit_test(csv_guards_formulas),
		cmocka_unit_test(json_holds_nothing_active),
		cmocka_unit_test(formats_write_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
