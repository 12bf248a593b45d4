/* SPDX-License-Identifier: MIT */
/* JSON read patiently, and hostile bytes in everything that wraps lines: what
 * cannot be read is kept, and never more is read than is there. */
#include "base/alloc.h"
#include "parsers/json.h"
#include "tests/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* "path=text " for each value, and "!" where it is bad. */
static void walk(struct slice text, struct strbuf *out)
{
	struct arena arena = { 0 };
	struct json_value v;
	struct json j;

	strbuf_reset(out);
	json_begin(&j, text);
	while (json_next(&j, &v)) {
		strbuf_add_slice(out, v.path);
		strbuf_add_char(out, '=');
		strbuf_add_slice(out, json_text(&v, &arena));
		strbuf_add_char(out, ' ');
	}
	if (j.bad)
		strbuf_add_char(out, '!');
	arena_release(&arena);
}

static void test_json(void **state)
{
	static const struct {
		const char *text, *values;
	} cases[] = {
		{ "{}", "" },
		{ "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1,\"y\",{\"e\":null}]},"
		  "\"f.g\":-2.5e3}",
		  "a=1 b.c=x b.d=1 b.d=y b.d.e=null f.g=-2.5e3 " },
		{ " { \"a\" : true , \"b\" : [ ] } ", "a=true " },
		{ "{\"a\":\"\\\"\\\\\\/\\t\\u00e9\\u20ac\\ud83d\\ude00\"}",
		  "a=\"\\/\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 " },
		/* lone surrogates, half an escape, bytes that are no UTF-8 */
		{ "{\"a\":\"\\ud83dx\",\"b\":\"\\ude00\",\"c\":\"\\ud83d\\u0041\"}",
		  "a=\xef\xbf\xbdx b=\xef\xbf\xbd c=\xef\xbf\xbd" "A " },
		{ "{\"a\":\"\\u12\",\"b\":\"\\q\",\"c\":\"\xff\xfe\"}",
		  "a=u12 b=q c=\xff\xfe " },
		/* cut, and no JSON at all: what came before it holds */
		{ "{\"a\":1,\"b\":\"x", "a=1 !" },
		{ "{\"a\":1,\"b\"", "a=1 !" },
		{ "{\"a\":1,\"b\":", "a=1 !" },
		{ "{\"a\":1,\"b\\\"", "a=1 !" },
		{ "{\"a\":1", "a=1 !" },
		{ "{\"a\" 1}", "!" },
		{ "{a:1}", "!" },
		{ "hello", "!" },
		{ "", "" },
		{ "{\"a\":1} {\"a\":2}", "a=1 " },
		{ "{\"a\":1}}", "a=1 " },
	};
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		walk(slice_str(cases[i].text), &out);
		if (strcmp(strbuf_text(&out), cases[i].values) != 0)
			fail_msg("%s\n gives  %s\n wanted %s", cases[i].text,
			         strbuf_text(&out), cases[i].values);
	}
	walk(slice_of("{\"a\":\"x\0y\",\"b\":\0}", 17), &out);
	assert_int_equal(out.len, 7);
	strbuf_release(&out);
}

/* The nesting of an attacker costs neither stack nor the values before it. */
static void test_json_deep(void **state)
{
	struct strbuf text = { 0 }, out = { 0 };

	(void)state;
	strbuf_add_str(&text, "{\"a\":1,\"b\":");
	for (int i = 0; i < 500000; i++)
		strbuf_add_str(&text, i % 2 ? "[" : "{\"k\":");
	walk(strbuf_slice(&text), &out);
	assert_string_equal(strbuf_text(&out), "a=1 !");
	strbuf_reset(&text);
	strbuf_add_str(&text, "{\"");
	for (int i = 0; i < 1000; i++)
		strbuf_add_str(&text, "long");
	strbuf_add_str(&text, "\":{\"x\":1},\"b\":2}");
	walk(strbuf_slice(&text), &out);
	assert_true(slice_ends(strbuf_slice(&out), SLICE(" b=2 ")));
	strbuf_release(&text);
	strbuf_release(&out);
}

/* All records of TEXT keep the contract; their sum is the text. Gives how many
 * there are and, in OUT, the last one. */
static size_t read_all(const char *framing, struct slice text,
                       struct strbuf *out)
{
	const struct framing *f = framing ? framing_find(slice_str(framing))
	                                  : NULL;
	struct reading r;
	size_t n = 0, length = 0;

	reading_init(&r, f, text);
	while (reading_cut(&r)) {
		const char *fault = reading_fault_record(&r);

		if (!fault) {
			reading_parse(&r);
			fault = reading_fault_events(&r);
		}
		if (fault)
			fail_msg("%s: %s", r.layout->framing->name, fault);
		strbuf_reset(out);
		reading_print_record(&r, out);
		n++;
		length += r.record.length;
	}
	assert_int_equal(length, text.len);
	reading_release(&r);
	return n;
}

#define LINE "Mar 14 09:15:02 mx1 postfix/qmgr[2]: CDB9F43623: removed"

static void add_utf16(struct strbuf *b, const char *text, bool big)
{
	for (; *text; text++) {
		if (big)
			strbuf_add_char(b, '\0');
		strbuf_add_char(b, *text);
		if (!big)
			strbuf_add_char(b, '\0');
	}
}

static void test_utf16(void **state)
{
	struct strbuf text = { 0 }, out = { 0 };

	(void)state;
	for (int big = 0; big < 2; big++) {
		/* with its mark, without it, cut within a unit */
		for (int form = 0; form < 3; form++) {
			strbuf_reset(&text);
			if (form != 1)
				strbuf_add_str(&text, big ? "\xfe\xff" : "\xff\xfe");
			add_utf16(&text, LINE "\r\n\r\n" LINE, big);
			if (form == 2)
				strbuf_add_char(&text, 'x');
			assert_int_equal(read_all(NULL, strbuf_slice(&text),
			                          &out),
			                 3);
			assert_string_equal(
				strbuf_text(&out),
				form == 2 ? "Mar 14 09:15:02|mx1|postfix/qmgr|2|"
				            "CDB9F43623: removed\xef\xbf\xbd"
				          : "Mar 14 09:15:02|mx1|postfix/qmgr|2|"
				            "CDB9F43623: removed");
		}
	}
	/* a lone surrogate; U+0A0D and U+0D0A are no line ends */
	assert_int_equal(read_all("utf16le",
	                          slice_of("\x00\xd8" "a\0\x0d\x0a\x0a\x0d"
	                                   "b\0\n\0c\0", 14),
	                          &out),
	                 2);
	assert_string_equal(strbuf_text(&out), "||||c");
	assert_int_equal(read_all("utf16be", SLICE("\xfe"), &out), 1);
	assert_int_equal(read_all("utf16le", slice_of("\0\0\0", 3), &out), 1);
	strbuf_release(&text);
	strbuf_release(&out);
}

#define BYTES(literal) { (literal), sizeof(literal) - 1 } /* constant */
#define ENTRY "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1773479702318204\n"

static void test_export(void **state)
{
	static const struct {
		struct slice text;
		size_t records;
		const char *body;
	} cases[] = {
		{ BYTES(ENTRY "MESSAGE\n\5\0\0\0\0\0\0\0a\n\nb\0\n\n" ENTRY
		        "MESSAGE=second\n\n"), 2, "second" },
		{ BYTES(ENTRY "MESSAGE\n\5\0\0\0\0\0\0\0a\n\nb\0\n"), 1, "a\n\nb" },
		{ BYTES("\n\n" ENTRY "MESSAGE=x"), 3, NULL },
		/* lengths that lie */
		{ BYTES(ENTRY "MESSAGE\n\377\377\377\377\377\377\377\377x\n\n"
		        ENTRY "MESSAGE=y\n\n"), 2, "y" },
		{ BYTES(ENTRY "MESSAGE\n\2\0\0\0\0\0\0\0xyz\n\n" ENTRY
		        "MESSAGE=y\n\n"), 2, "y" },
		{ BYTES(ENTRY "MESSAGE\n\2\0\0"), 1, NULL },
		{ BYTES(ENTRY "MESSAGE"), 1, NULL },
	};
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(read_all("journal-export", cases[i].text,
		                          &out),
		                 cases[i].records);
		if (cases[i].body &&
		    !strstr(strbuf_text(&out), cases[i].body))
			fail_msg("%zu: no %s in %s", i, cases[i].body,
			         strbuf_text(&out));
	}
	strbuf_release(&out);
}

/* More lines than a record holds, more bytes than one may have. */
static void test_large(void **state)
{
	static const char *const all[] = { "journal-export", "journal-json",
		                           "utf16le", "utf16be", "docker",
		                           "docker-json", "splunk-csv",
		                           "splunk-json", "elastic-json",
		                           "zeek", "zeek-json" };
	static const char fill[] = { 'x', '\n', '\0', '"', '{', '[', '\t', ',' };
	size_t size = 2 * RECORD_MAX + 3;
	char *text = mem_alloc(size);
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		for (size_t k = 0; k < sizeof fill; k++) {
			if (fill[k] == '\n' && strncmp(all[i], "journal-e", 9))
				continue;
			memset(text, fill[k], size);
			memcpy(text, "{\"log\":\"", 8);
			(void)read_all(all[i], slice_of(text, size), &out);
		}
	memset(text, '=', size);
	for (size_t i = 1; i < size; i += 2)
		text[i] = '\n';
	assert_int_equal(read_all("journal-export", slice_of(text, 400000),
	                          &out),
	                 4);
	free(text);
	strbuf_release(&out);
}

/* Everything in everything: it is taken off once, and not for ever. */
static void test_nested(void **state)
{
	struct strbuf text = { 0 }, next = { 0 }, out = { 0 };

	(void)state;
	strbuf_add_str(&text, LINE);
	for (int depth = 0; depth < 12; depth++) {
		strbuf_reset(&next);
		strbuf_add_str(&next, "{\"log\":\"");
		for (size_t i = 0; i < text.len; i++) {
			if (text.ptr[i] == '"' || text.ptr[i] == '\\')
				strbuf_add_char(&next, '\\');
			strbuf_add_char(&next, text.ptr[i]);
		}
		strbuf_add_str(&next, "\",\"stream\":\"stdout\",\"time\":"
		                      "\"2026-03-14T09:15:02Z\"}");
		strbuf_reset(&text);
		strbuf_add_slice(&text, strbuf_slice(&next));
		assert_int_equal(read_all(NULL, strbuf_slice(&text), &out), 1);
		if (depth == 0)
			assert_string_equal(strbuf_text(&out),
			                    "2026-03-14T09:15:02Z|mx1|"
			                    "postfix/qmgr|2|CDB9F43623: removed");
	}
	strbuf_release(&text);
	strbuf_release(&next);
	strbuf_release(&out);
}

/* Lines without what should stand around them are read as they are. */
static void test_mixed(void **state)
{
	static const char docker[] =
		"2026-03-14T09:15:02.318204123Z " LINE "\n"
		"2026-03-14T09:15:02.318204123Z " LINE "\n"
		"2026-03-14T09:15:02.318204123Z " LINE "\n"
		"2026-03-14T09:15:02.318204123Z " LINE "\n"
		"2026-03-14T09:15:02.318204123Z " LINE "\n" LINE "\n";
	struct strbuf out = { 0 };

	(void)state;
	assert_int_equal(read_all(NULL, slice_str(docker), &out), 6);
	assert_string_equal(strbuf_text(&out),
	                    "Mar 14 09:15:02|mx1|postfix/qmgr|2|"
	                    "CDB9F43623: removed");
	/* syslog of nine digits is no container's */
	assert_int_equal(read_all(NULL,
	                          SLICE("2026-03-14T09:15:02.318204123Z mx1 "
	                                "postfix/qmgr[2]: CDB9F43623: x"),
	                          &out),
	                 1);
	assert_string_equal(strbuf_text(&out),
	                    "2026-03-14T09:15:02.318204123Z|mx1|postfix/qmgr|2|"
	                    "CDB9F43623: x");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),   cmocka_unit_test(test_json_deep),
		cmocka_unit_test(test_utf16),  cmocka_unit_test(test_export),
		cmocka_unit_test(test_large),  cmocka_unit_test(test_nested),
		cmocka_unit_test(test_mixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
