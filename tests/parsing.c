/* SPDX-License-Identifier: MIT */
/* Tables of syslog lines with the events that they must give. */
#include "tests/parsing.h"

#include "base/alloc.h"
#include "tests/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct framing *syslog_framing(void)
{
	return framing_find(SLICE("rfc3164"));
}

static void read_line(struct reading *r, struct slice line, struct strbuf *out)
{
	strbuf_reset(out);
	reading_again(r, line);
	if (!reading_cut(r))
		return;
	reading_parse(r);
	reading_print_events(r, out);
}

enum parse parsing_line(struct slice line, struct strbuf *out)
{
	struct reading r;
	enum parse result;

	reading_init(&r, syslog_framing(), line);
	read_line(&r, line, out);
	result = r.result;
	reading_release(&r);
	return result;
}

void parsing_check(const struct parser_example *examples, size_t n)
{
	struct strbuf out = { 0 };

	for (size_t i = 0; i < n; i++) {
		parsing_line(slice_str(examples[i].line), &out);
		if (strcmp(strbuf_text(&out), examples[i].events) != 0)
			fail_msg("%s\nis      %s\nshould: %s", examples[i].line,
			         strbuf_text(&out), examples[i].events);
	}
	strbuf_release(&out);
}

void parsing_check_pure(const struct parser_example *examples, size_t n)
{
	struct strbuf out = { 0 };
	struct reading r;
	uint32_t seed = 2463534242u;

	reading_init(&r, syslog_framing(), SLICE(""));
	for (size_t i = 0; i < 4 * n; i++) {
		size_t k = i < n ? n - 1 - i : 0;

		if (i >= n) {
			seed ^= seed << 13;
			seed ^= seed >> 17;
			seed ^= seed << 5;
			k = seed % n;
		}
		read_line(&r, slice_str(examples[k].line), &out);
		assert_string_equal(strbuf_text(&out), examples[k].events);
	}
	strbuf_release(&out);
	reading_release(&r);
}

static void check_copy(struct reading *r, struct slice line, struct strbuf *out)
{
	const char *fault;

	read_line(r, line, out);
	fault = reading_fault_record(r);
	if (!fault)
		fault = reading_fault_events(r);
	if (fault)
		fail_msg("%s: %.*s", fault, SLICE_FMT(line));
}

void parsing_check_hostile(struct slice line)
{
	static const char bad[] = { '\0', '\033', '\xff', '<', '"', '[', ' ' };
	struct strbuf out = { 0 };
	struct reading r;

	reading_init(&r, syslog_framing(), line);
	for (size_t n = 1; n < line.len; n++) {
		/* a copy of just that size: sanitizers see any byte beyond */
		char *copy = mem_copy(line.ptr, n);

		check_copy(&r, slice_of(copy, n), &out);
		free(copy);
	}
	for (size_t at = 0; at < line.len; at++) {
		for (size_t b = 0; b < sizeof bad; b++) {
			char *copy = mem_copy(line.ptr, line.len);

			copy[at] = bad[b];
			check_copy(&r, slice_of(copy, line.len), &out);
			free(copy);
		}
	}
	strbuf_release(&out);
	reading_release(&r);
}

void parsing_check_file(const struct parser_example *list, size_t n)
{
	struct strbuf got = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct reading r;

		strbuf_reset(&got);
		reading_init(&r, NULL, slice_str(list[i].line));
		reading_print_all(&r, &got);
		if (strcmp(strbuf_text(&got), list[i].events) != 0)
			fail_msg("%s\nis      %s\nshould: %s", list[i].line,
			         strbuf_text(&got), list[i].events);
		reading_release(&r);
	}
	strbuf_release(&got);
}

void parsing_check_cuts(const struct parser_example *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice line = slice_str(list[i].line);
		struct reading r;

		reading_init(&r, NULL, line);
		for (size_t k = 0; k < line.len; k++) {
			char *copy = mem_copy(line.ptr, k + 1);

			reading_again(&r, slice_of(copy, k));
			while (reading_cut(&r)) {
				reading_parse(&r);
				assert_null(reading_fault_record(&r));
				assert_null(reading_fault_events(&r));
			}
			free(copy);
		}
		reading_release(&r);
	}
}
