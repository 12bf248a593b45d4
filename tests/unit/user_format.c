/* SPDX-License-Identifier: MIT */
/* Formats that a file describes: reading them, their errors, hostile lines. */
#include "parsers/user_format.h"

#include "base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define FRONT "name: demo\nprefix: ^(?<time>\\S+) (?<host>\\S+) \n"
#define GOOD                                                                 \
	FRONT "line: ^(?<queue_id>\\w+) from=(?<sender>\\S+)"                \
	      "(?: size=(?<size>\\d+))?\naction: accept\nroles: opens\n"     \
	      "set: service=smtpd\n"                                         \
	      "each: to=(?<recipient>[^, ]+)\naction: relay\nroles: attempt\n"
#define LINE "2026-03-14T09:15:02Z mx1 A1 from=<> size=5 to=b@x.example,to=<c@x.example>"
#define EVENTS                                                               \
	"accept queue_id=A1 sender=<> service=smtpd size=5 roles=opens & "   \
	"relay queue_id=A1 recipient=b@x.example roles=attempt & "           \
	"relay queue_id=A1 recipient=c@x.example roles=attempt"
#define SAMPLE "sample: " LINE "\n"
#define EXPECT "expect: " EVENTS "\n"

static struct user_format *format_of(const char *text)
{
	struct err err = { 0 };
	struct user_format *f = user_format_new("f", slice_str(text), &err);

	if (!f)
		fail_msg("%s", err.text);
	return f;
}

/* The events of LINE, and whether a parser took it. */
static enum parse read_with(const struct layout *l, struct slice line,
                            struct strbuf *out, size_t *n)
{
	struct record r = { 0 };
	struct arena arena = { 0 };
	struct events events = { 0 };
	enum parse result;

	strbuf_reset(out);
	assert_int_equal(l->framing->next(l, line, true, &r), CUT_RECORD);
	l->framing->peel(l, &r, &arena);
	result = record_parse(l, &r, &arena, &events, NULL);
	for (size_t i = 0; i < events.n && i < 10; i++) {
		if (i)
			strbuf_add_str(out, " & ");
		event_print(&events.list[i], out);
	}
	*n = events.n;
	arena_release(&arena);
	events_release(&events);
	return result;
}

static void test_good(void **state)
{
	struct user_format *f = format_of(
		"# a comment\r\n\n" GOOD SAMPLE
		"front: time=2026-03-14T09:15:02Z host=mx1\n" EXPECT);
	struct layout *l = user_format_layout(f), *again;
	struct strbuf out = { 0 }, kept = { 0 }, twice = { 0 };
	struct err err = { 0 };
	size_t n;

	(void)state;
	if (!user_format_check(f, "f", &err))
		fail_msg("%s", err.text);
	assert_string_equal(user_format_name(f), "demo");
	user_format_free(f);
	assert_int_equal(read_with(l, SLICE(LINE), &out, &n), PARSE_OK);
	assert_string_equal(strbuf_text(&out), EVENTS);
	assert_string_equal(layout_parser_name(l, l->parser), "demo");

	/* the layout alone reads it again */
	layout_print(l, &kept);
	again = layout_parse(strbuf_slice(&kept), &err);
	if (!again)
		fail_msg("%s", err.text);
	layout_print(again, &twice);
	assert_string_equal(strbuf_text(&kept), strbuf_text(&twice));
	(void)read_with(again, SLICE(LINE), &out, &n);
	assert_string_equal(strbuf_text(&out), EVENTS);
	assert_int_equal(read_with(again, SLICE("who knows"), &out, &n), PARSE_NO);
	assert_string_equal(strbuf_text(&out), "unknown");
	layout_free(again);
	layout_free(l);
	strbuf_release(&out);
	strbuf_release(&kept);
	strbuf_release(&twice);
}

/* The start of what must be said of TEXT. */
static const struct {
	const char *text, *said;
} wrong[] = {
	{ "", "f:1:1: the format has no \"name\"" },
	{ "name: x\n", "f:1:1: the format has no \"prefix\"" },
	{ FRONT, "f:2:1: the format has no \"line\"" },
	{ GOOD, "f:9:1: the format has no \"sample\"" },
	{ GOOD SAMPLE, "f:10:1: the sample has no \"expect\"" },
	{ "hello\n", "f:1:1: a line is \"KEY: VALUE\"" },
	{ "name: x\nnmae: y\n", "f:2:1: there is no key \"nmae\"" },
	{ "name:   \n", "f:1:9: nothing stands behind \"name:\"" },
	{ "name: a b\n", "f:1:8: a name is at most 32" },
	{ "name: rfc3164\n", "f:1:7: rfc3164 is a format of mailspoor's own" },
	{ "name: a\nname: b\n", "f:2:1: a second name" },
	{ FRONT "prefix: ^(?<time>.)\n", "f:3:1: a second prefix" },
	{ "prefix: a(b\n", "f:1:12: the pattern cannot be read: " },
	{ "prefix: \xc3\xa9)\n", "f:1:10: the pattern cannot be read: " },
	{ "prefix: ^(?<host>.)\n", "f:1:9: the prefix has no group (?<time>" },
	{ "prefix: ^(?<sender>.)\n", "f:1:13: there is no field sender" },
	{ FRONT "line: (?<sendr>.)\n", "f:3:10: there is no field sendr" },
	{ FRONT "line: (?<id_time>.)\n", "f:3:10: there is no field id_time" },
	{ FRONT "line: (?<time>.)\n", "f:3:10: there is no field time" },
	{ FRONT "each: x\n", "f:3:1: \"each\" stands below no \"line\"" },
	{ FRONT "action: relay\n", "f:3:1: \"action\" stands below no" },
	{ FRONT "roles: opens\n", "f:3:1: \"roles\" stands below no" },
	{ FRONT "set: helo=x\n", "f:3:1: \"set\" stands below no" },
	{ FRONT "line: x\naction: send\n", "f:4:9: there is no action send" },
	{ FRONT "line: x\nroles: opens, shuts\n", "f:4:15: there is no role shuts" },
	{ FRONT "line: x\nset: nobody=x\n", "f:4:6: there is no field nobody" },
	{ FRONT "line: x\nset: helo\n", "f:4:6: set takes FIELD=TEXT" },
	{ "time: %Y-%q\n", "f:1:10: times know %Y" },
	{ "time: %Y-%\n", "f:1:10: times know %Y" },
	{ "time: %H:%M\n", "f:1:7: a time needs %s, or a month" },
	{ "ids: sendmail, none such\n", "f:1:16: there is no kind of id none such" },
	{ "order: back\n", "f:1:8: order is forward" },
	{ "framing: xml\n", "f:1:10: framing is lines" },
	{ "expect: x\n", "f:1:1: \"expect\" stands below no \"sample\"" },
	{ "sample: x\nfront: a\nfront: b\n", "f:3:1: a second \"front\"" },
	{ "name: \033[31m\n", "f:1:7: a name is at most" },
	{ "what\033: x\n", "f:1:1: there is no key \"what\\x1b\"" },
	/* samples */
	{ GOOD SAMPLE "expect: relay\n", "f:11:9: the sample of line 10 gives: accept " },
	{ GOOD SAMPLE "front: time=1\n" EXPECT,
	  "f:11:8: the sample of line 10 has in front: time=2026-03-14T09:15:02Z" },
	{ GOOD "sample: nothing\nexpect: x\n", "f:10:9: the prefix does not fit" },
	{ GOOD "sample: today mx1 A1\nexpect: x\n",
	  "f:10:9: the time of the sample cannot be read" },
	{ FRONT "line: ^(a+)+$\nsample: 2026-03-14T09:15:02Z m "
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\nexpect: unknown\n",
	  "f:3:1: the pattern gives up on the sample of line 4" },
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct err err = { 0 };
		struct user_format *f =
			user_format_new("f", slice_str(wrong[i].text), &err);

		if (f && user_format_check(f, "f", &err))
			fail_msg("row %zu is taken", i);
		user_format_free(f);
		if (strncmp(err.text, wrong[i].said, strlen(wrong[i].said)) != 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_true(err.column > 0);
		assert_null(strchr(err.text, '\n'));
		assert_null(strchr(err.text, '\033'));
	}
}

static void test_bytes(void **state)
{
	struct err err = { 0 };
	char *text = mem_alloc(USER_FORMAT_MAX + 1);

	(void)state;
	assert_null(user_format_new("f", SLICE("name: x\nli\0ne: y\n"), &err));
	assert_true(slice_starts(slice_str(err.text), SLICE("f:2:3: a NUL byte")));
	memset(text, '\n', USER_FORMAT_MAX + 1);
	assert_null(user_format_new("f", slice_of(text, USER_FORMAT_MAX + 1), &err));
	assert_true(slice_starts(slice_str(err.text), SLICE("f:1:1: the file has")));
	assert_null(user_format_new("f", slice_of(text, USER_FORMAT_MAX), NULL));
	free(text);
}

/* GOOD cut anywhere and with bytes changed is read or refused. */
static void test_broken_files(void **state)
{
	static const char good[] = GOOD SAMPLE EXPECT;
	static const char bytes[] = { 0, '(', ')', '\\', '\n', '<', '\x1b', '\xff' };
	char text[sizeof good];

	(void)state;
	for (size_t i = 0; i < sizeof good; i++) {
		struct user_format *f =
			user_format_new("f", slice_of(good, i), NULL);

		if (f)
			(void)user_format_check(f, "f", NULL);
		user_format_free(f);
		memcpy(text, good, sizeof good);
		for (size_t k = 0; i + 1 < sizeof good && k < sizeof bytes; k++) {
			text[i] = bytes[k];
			user_format_free(user_format_new(
				"f", slice_of(text, sizeof good - 1), NULL));
		}
	}
}

static void test_hostile_lines(void **state)
{
	struct user_format *f = format_of(
		FRONT "line: ^BOOM (a+)+$\nline: ^(?<queue_id>\\S*)\n"
		      "each: (?<recipient>x|\\b)\nsample: x\nexpect: x\n");
	struct layout *l = user_format_layout(f);
	struct strbuf line = { 0 }, out = { 0 };
	size_t n;

	(void)state;
	strbuf_add_str(&line, "2026-03-14T09:15:02Z m BOOM ");
	for (int i = 0; i < 60; i++)
		strbuf_add_char(&line, 'a');
	strbuf_add_str(&line, "b\n");
	assert_int_equal(read_with(l, strbuf_slice(&line), &out, &n), PARSE_NO);
	assert_string_equal(strbuf_text(&out), "unknown");

	strbuf_reset(&line);
	strbuf_add_str(&line, "2026-03-14T09:15:02Z m ");
	while (line.len < RECORD_MAX + 10)
		strbuf_add_char(&line, 'x');
	/* more recipients than anybody has: said to be damaged */
	assert_int_equal(read_with(l, strbuf_slice(&line), &out, &n),
	                 PARSE_DAMAGED);
	assert_int_equal(n, 1001);
	assert_int_equal(read_with(l, SLICE("2026-03-14T09:15:02Z m a\0b\xff\xfe"),
	                           &out, &n), PARSE_OK);
	assert_int_equal(read_with(l, SLICE("\0"), &out, &n), PARSE_OK);
	layout_free(l);
	user_format_free(f);
	strbuf_release(&line);
	strbuf_release(&out);
}

static void test_times(void **state)
{
	static const struct {
		const char *pattern, *time, *read;
	} rows[] = {
		{ "%Y-%m-%dT%H:%M:%S", "2026-03-14T09:15:02", "2026-03-14T09:15:02" },
		{ "%d/%b/%Y:%H:%M:%S", "14/mar/2026:09:15:02", "2026-03-14T09:15:02" },
		{ "%b%e_%H:%M", "Mar 4_9:15", "2000-03-04T09:15:00" },
		{ "%s", "1773479702", "2026-03-14T09:15:02Z" },
		{ "%s.%f", "1773479702.5", "2026-03-14T09:15:02.500000Z" },
		{ "%Y%m%d%H%M%S%z", "20260314091502+0100", "2026-03-14T08:15:02Z" },
		{ "%Y%m%d%H%M%S%z", "20260314091502-01:00", "2026-03-14T10:15:02Z" },
		{ "%Y-%m-%d_%H", "2026-02-30_10", NULL },
		{ "%Y-%m-%d_%H", "2026-02-03_24", NULL },
		{ "%Y-%m-%d_%H", "2026-02-03_2x", NULL },
		{ "%s", "99999999999999999999", NULL },
		{ "%s%%", "0", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf text = { 0 };
		struct err err = { 0 };
		struct user_format *f;

		strbuf_addf(&text, "name: t\nprefix: ^(?<time>[^|]+)[|]\ntime: %s\n"
		            "line: x\nsample: %s|x\nfront: time=%s\nexpect: info\n",
		            rows[i].pattern, rows[i].time,
		            rows[i].read ? rows[i].read : "none");
		f = format_of(strbuf_text(&text));
		if (user_format_check(f, "f", &err) != (rows[i].read != NULL))
			fail_msg("row %zu: %s", i, err.text);
		if (!rows[i].read)
			assert_non_null(strstr(err.text, "cannot be read"));
		user_format_free(f);
		strbuf_release(&text);
	}
}

static void test_detection(void **state)
{
	struct user_formats l = { 0 };
	struct sample s = { .part = { SLICE(LINE "\n" LINE "\n") }, .formats = &l };
	struct layout *layout;

	(void)state;
	assert_ptr_not_equal(framing_detect(&s, NULL), &framing_user);
	assert_true(user_formats_add(&l, format_of(GOOD SAMPLE EXPECT)));
	assert_false(user_formats_add(&l, format_of(GOOD SAMPLE EXPECT)));
	l.own = l.n;
	assert_ptr_equal(framing_detect(&s, NULL), &framing_user);
	layout = layout_new(&framing_user, &s);
	assert_string_equal(user_format_name(layout_user_format(layout)), "demo");
	layout_free(layout);
	/* the prefix alone is not enough */
	s.part[0] = SLICE("2026-03-14T09:15:02Z mx1 postfix/qmgr[1]: A1: removed\n");
	assert_ptr_equal(framing_detect(&s, NULL), framing_find(SLICE("rfc3339")));
	user_formats_release(&l);
}

/* Of one log, inside a container's. */
static void test_wrapped(void **state)
{
	struct user_formats l = { 0 };
	struct sample s = { .formats = &l };
	struct strbuf out = { 0 };
	struct slice line = SLICE(
		"{\"log\":\"" LINE "\\n\",\"stream\":\"stdout\","
		"\"time\":\"2026-03-14T09:15:02.1Z\"}\n");
	struct layout *layout;
	size_t n;

	(void)state;
	(void)user_formats_add(&l, format_of(GOOD SAMPLE EXPECT));
	s.part[0] = line;
	layout = layout_new(framing_detect(&s, NULL), &s);
	assert_string_equal(layout->framing->name, "docker-json");
	assert_int_equal(read_with(layout, line, &out, &n), PARSE_OK);
	assert_string_equal(strbuf_text(&out), EVENTS);
	layout_free(layout);
	user_formats_release(&l);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_broken_files),
		cmocka_unit_test(test_hostile_lines),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_detection),
		cmocka_unit_test(test_wrapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
