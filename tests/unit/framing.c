/* SPDX-License-Identifier: MIT */
/* Cutting, stamps, headers in headers, layouts as text, and names. */
#include "parsers/parser.h"

#include "base/alloc.h"
#include "parsers/stamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct sample sample_of(struct slice text)
{
	return (struct sample){ .part = { text } };
}

/* The bytes of TEXT in records: "flags:raw" joined by '|'. */
static void cut_all(struct slice text, struct strbuf *out)
{
	struct layout *l = layout_new(framing_find(SLICE("line")), NULL);
	struct record r;

	strbuf_reset(out);
	while (framing_next_line(l, text, true, &r) == CUT_RECORD) {
		strbuf_addf(out, "%u:", r.flags);
		strbuf_add_slice(out, slice_to(r.raw, 20));
		strbuf_add_char(out, '|');
		assert_true(r.length > 0 && r.length <= text.len);
		text = slice_from(text, r.length);
	}
	assert_int_equal(text.len, 0);
	layout_free(l);
}

static void test_next_line(void **state)
{
	struct strbuf out = { 0 };
	struct record r;

	(void)state;
	cut_all(SLICE("a\r\nb\n\n \t\nc"), &out);
	assert_string_equal(strbuf_text(&out), "0:a|0:b|1:|1: \t|16:c|");
	cut_all(SLICE("\r\n"), &out);
	assert_string_equal(strbuf_text(&out), "1:|");
	cut_all(slice_of("a\0b\n", 4), &out);
	assert_memory_equal(out.ptr, "8:a\0b|", 6);
	cut_all(SLICE("x\r"), &out);
	assert_string_equal(strbuf_text(&out), "16:x\r|");
	assert_int_equal(framing_next_line(NULL, SLICE("abc"), false, &r),
	                 CUT_MORE);
	assert_int_equal(framing_next_line(NULL, SLICE(""), false, &r), CUT_END);
	strbuf_release(&out);
}

static void test_long_line(void **state)
{
	size_t size = 2 * RECORD_MAX + 10;
	char *text = mem_alloc(size);
	struct slice s = slice_of(text, size);
	struct record r;

	(void)state;
	memset(text, 'x', size);
	text[size - 1] = '\n';
	assert_int_equal(framing_next_line(NULL, s, false, &r), CUT_RECORD);
	assert_int_equal(r.length, RECORD_MAX);
	assert_int_equal(r.flags, RECORD_SPLIT);
	s = slice_from(s, r.length);
	assert_int_equal(framing_next_line(NULL, s, false, &r), CUT_RECORD);
	assert_int_equal(r.flags, RECORD_SPLIT);
	s = slice_from(s, r.length);
	assert_int_equal(framing_next_line(NULL, s, false, &r), CUT_RECORD);
	assert_int_equal(r.length, 10);
	assert_int_equal(r.flags, 0);
	free(text);
}

static struct stamp time_of(const char *line)
{
	struct layout *l = layout_new(framing_find(SLICE("rfc3164")), NULL);
	struct record r = { .raw = slice_str(line) };

	l->framing->peel(l, &r, NULL);
	layout_free(l);
	return r.time;
}

static void check_time(const char *line, const char *iso, unsigned has)
{
	struct stamp t = time_of(line);
	struct strbuf out = { 0 };

	if (t.us == TIME_NONE)
		fail_msg("no time: %s", line);
	civil_add_iso(&out, t.us);
	assert_string_equal(strbuf_text(&out), iso);
	assert_int_equal(t.has, has);
	strbuf_release(&out);
}

static void test_times(void **state)
{
	static const char *const none[] = {
		"Feb 30 01:01:12 h a: b", "Feb  3 24:01:12 h a: b",
		"2026-13-14T09:15:02Z h a: b", "2026-02-29T09:15:02Z h a: b",
		"2026-03-14T09:15:0", "Feb  3 01:01", "Xyz  3 01:01:12 h a: b",
		"Feb 29 2026 01:01:12 h a: b",
		/* the main log of another server is no syslog */
		"2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= alice@example.com",
	};

	(void)state;
	check_time("Feb  3 01:01:12 h a: b", "2000-02-03T01:01:12.000000Z", 0);
	check_time("Feb 29 01:01:60 h a: b", "2000-02-29T01:02:00.000000Z", 0);
	check_time("Feb  3 2014 01:01:12 h a: b", "2014-02-03T01:01:12.000000Z",
	           STAMP_YEAR);
	check_time("Feb  3 01:01:12.5 h a: b", "2000-02-03T01:01:12.500000Z",
	           STAMP_FRACTION);
	check_time("2026-03-14T09:15:02.318204+03:00 h a: b",
	           "2026-03-14T06:15:02.318204Z",
	           STAMP_ABSOLUTE | STAMP_FRACTION);
	check_time("2026-03-14T09:15:02.123456789-0130 h a: b",
	           "2026-03-14T10:45:02.123456Z",
	           STAMP_ABSOLUTE | STAMP_FRACTION);
	check_time("2026-03-14T09:15:02Z h a: b", "2026-03-14T09:15:02.000000Z",
	           STAMP_ABSOLUTE);
	check_time("2026-03-14 09:15:02 h a[1]: b",
	           "2026-03-14T09:15:02.000000Z", STAMP_YEAR);
	check_time("<166> Aug 10 10:08:00 e a: Mon Aug 10 09:56:56 2020 Info: x",
	           "2020-08-10T09:56:56.000000Z", STAMP_YEAR);
	for (size_t i = 0; i < COUNT(none); i++)
		if (time_of(none[i]).us != TIME_NONE)
			fail_msg("a time in %s", none[i]);
}

/* Only a header that stands where the tag should be moves the host. */
static void test_second_header(void **state)
{
	struct layout *l = layout_new(framing_find(SLICE("rfc3164")), NULL);
	struct record r = { .raw = SLICE(
		"Feb  3 01:01:12 web app[7]: Feb  3 01:01:12 mx1 "
		"postfix/qmgr[1]: 307DF802B3: removed") };

	(void)state;
	l->framing->peel(l, &r, NULL);
	assert_true(slice_eq(r.host, SLICE("web")));
	assert_true(slice_eq(r.program, SLICE("app")));
	layout_free(l);
}

static void test_order(void **state)
{
	struct strbuf text = { 0 };
	struct sample s;
	struct layout *l;

	(void)state;
	for (int m = 50; m > 0; m--)
		strbuf_addf(&text, "2026-03-14T09:%02d:00Z h a: b\n", m);
	s = sample_of(strbuf_slice(&text));
	l = layout_new(framing_find(SLICE("rfc3339")), &s);
	assert_int_equal(l->order, ORDER_NEWEST_FIRST);
	layout_free(l);
	strbuf_reset(&text);
	for (int m = 0; m < 50; m++)
		strbuf_addf(&text, "2026-03-14T09:%02d:00Z h a: b\n", m);
	s = sample_of(strbuf_slice(&text));
	l = layout_new(framing_find(SLICE("rfc3339")), &s);
	assert_int_equal(l->order, ORDER_FORWARD);
	layout_free(l);
	strbuf_release(&text);
}

/* Dates of spreadsheets: two numbers that only others can settle. */
static void test_local(void **state)
{
	static const struct {
		const char *text, *iso;
		bool day_first;
		int order;
	} cases[] = {
		{ "3/14/2026 9:15:02 AM", "2026-03-14T09:15:02.000000Z", true, -1 },
		{ "14.03.2026 21:15:02", "2026-03-14T21:15:02.000000Z", false, 1 },
		{ "3/4/2026 12:15:02 PM", "2026-03-04T12:15:02.000000Z", false, 0 },
		{ "3/4/2026 12:15 am", "2026-04-03T00:15:00.000000Z", true, 0 },
		{ "3/4/2026 13:15:02 PM", NULL, false, 0 },
		{ "2/30/2026 1:00:00 AM", NULL, false, -1 },
		{ "13/13/2026 1:00:00", NULL, false, 1 },
		{ "3/4/26 1:00:00", NULL, false, 0 },
		{ "3/4-2026 1:00:00", NULL, false, 0 },
		{ "3/4/2026", NULL, false, 0 },
		{ "3/4/2026 ", NULL, false, 0 },
		{ "", NULL, false, 0 },
	};
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice s = slice_str(cases[i].text);
		struct stamp t = { TIME_NONE, 0 };
		size_t n = stamp_local(s, cases[i].day_first, &t);

		assert_int_equal(stamp_local_order(s), cases[i].order);
		assert_int_equal(n, cases[i].iso ? s.len : 0);
		if (!n)
			continue;
		strbuf_reset(&out);
		civil_add_iso(&out, t.us);
		assert_string_equal(strbuf_text(&out), cases[i].iso);
		assert_int_equal(t.has, STAMP_YEAR);
	}
	strbuf_release(&out);
}

static void check_layout_text(const char *text, bool good)
{
	struct strbuf out = { 0 };
	struct err err = { 0 };
	struct layout *l = layout_parse(slice_str(text), &err);

	if (!good) {
		assert_null(l);
		assert_true(err.text[0] != 0);
		return;
	}
	if (!l)
		fail_msg("%s", err.text);
	layout_print(l, &out);
	assert_string_equal(strbuf_text(&out), text);
	strbuf_release(&out);
	layout_free(l);
}

static void test_layout_text(void **state)
{
	(void)state;
	check_layout_text("framing rfc3164\norder forward\n", true);
	check_layout_text("framing line\norder newest first\nparser postfix\n"
	                  "separator 9\ncolumn a b\ncolumn \\x0ac\n",
	                  true);
	check_layout_text("framing line\norder none\ninner\nframing rfc5424\n"
	                  "order forward\n",
	                  true);
	check_layout_text("", false);
	check_layout_text("order forward\n", false);
	check_layout_text("framing nosuch\n", false);
	check_layout_text("framing line\norder sideways\n", false);
	check_layout_text("framing line\nparser nosuch\n", false);
	check_layout_text("framing line\nseparator 999\n", false);
	check_layout_text("framing line\ncolumn \\x0\n", false);
	check_layout_text("framing line\ninner\nframing nosuch\n", false);
	check_layout_text("framing line\nmore of it\n", false);
	layout_free(NULL);
}

static void test_names(void **state)
{
	enum action a;

	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++) {
		assert_true(action_find(slice_str(action_name((enum action)i)),
		                        &a));
		assert_int_equal(a, i);
	}
	assert_false(action_find(SLICE("nosuch"), &a));
	for (int i = 0; i < EV_FIELD_COUNT; i++)
		assert_non_null(event_field_name((enum event_field)i));
	for (int i = 0; i < LINK_KIND_COUNT; i++)
		assert_non_null(link_kind_name((enum link_kind)i));
}

static void test_event(void **state)
{
	struct events list = { 0 };
	struct event *e = events_add(&list);
	struct strbuf out = { 0 };

	(void)state;
	for (int i = 0; i < 2 * EVENT_KEYS; i++)
		event_add_key(e, KEY_QUEUE, REL_CHILD, LINK_BOUNCE, SLICE("A"));
	assert_int_equal(e->keys, EVENT_KEYS);
	assert_null(event_key(e, KEY_QUEUE, REL_OWN));
	assert_non_null(event_key(e, KEY_QUEUE, REL_CHILD));
	e = events_add(&list);
	assert_int_equal(e->keys, 0);
	assert_int_equal(e->fields, 0);
	event_add_key(e, KEY_QUEUE, REL_OWN, LINK_HANDOFF, SLICE(""));
	assert_int_equal(e->keys, 0);
	event_set(e, EV_SUBJECT, SLICE("a \"b\" \033[31m\\"));
	event_set(e, EV_SENDER, SLICE(""));
	event_set_number(e, EV_DELAY, 60000);
	event_print(e, &out);
	assert_string_equal(strbuf_text(&out),
	                    "info sender=\"\" "
	                    "subject=\"a \\\"b\\\" \\x1b[31m\\\\\" "
	                    "delay=0.06s");
	assert_null(event_text(e, EV_HELO).ptr);
	assert_int_equal(event_number(e, EV_CODE, -1), -1);
	strbuf_release(&out);
	events_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next_line),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_second_header),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_local),
		cmocka_unit_test(test_layout_text),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
