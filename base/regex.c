/* SPDX-License-Identifier: MIT */
/* Patterns of the analyst against hostile text: limits are always set. */
#include "base/regex.h"

#include "base/alloc.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#define PATTERN_MAX ((size_t)16384)
#define MATCH_LIMIT 1000000u
#define DEPTH_LIMIT 10000u
#define HEAP_LIMIT_KB 65536u
#define STACK_MIN ((size_t)32 * 1024)
#define STACK_MAX ((size_t)1024 * 1024)

struct regex {
	pcre2_code *code;
};

struct regex_match {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

/* Characters that stand before byte END, counted from 1. */
static size_t column_at(struct slice s, size_t end)
{
	size_t column = 1;

	for (size_t i = 0; i < end && i < s.len; i++)
		column += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return column;
}

static void tell_error(struct err *err, struct slice pattern, int code,
                       size_t offset)
{
	PCRE2_UCHAR text[256];
	size_t column = column_at(pattern, offset);

	if (!err)
		return;
	if (pcre2_get_error_message(code, text, sizeof text) < 0)
		text[0] = '\0';
	err_set(err, "the pattern is wrong at character %zu: %s", column,
	        (const char *)text);
	err->column = column;
	err->width = 1;
}

struct regex *regex_new(struct slice pattern, unsigned flags, struct err *err)
{
	uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
	                   PCRE2_NEVER_BACKSLASH_C;
	const char *text = pattern.ptr ? pattern.ptr : "";
	struct regex *re;
	pcre2_code *code;
	size_t offset;
	int error;

	if (pattern.len > PATTERN_MAX) {
		err_set(err, "the pattern has %zu bytes, at most %zu can be used",
		        pattern.len, PATTERN_MAX);
		return NULL;
	}
	if (flags & REGEX_NOCASE)
		options |= PCRE2_CASELESS;
	code = pcre2_compile((PCRE2_SPTR)text, pattern.len, options, &error,
	                     &offset, NULL);
	if (!code) {
		tell_error(err, pattern, error, offset);
		return NULL;
	}
	/* without JIT (not built in, no executable memory) it is only slower */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	re = mem_alloc(sizeof *re);
	re->code = code;
	return re;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_code_free(re->code);
	free(re);
}

struct regex_match *regex_match_new(const struct regex *re)
{
	struct regex_match *m = mem_alloc(sizeof *m);

	m->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	m->context = pcre2_match_context_create(NULL);
	if (!m->data || !m->context)
		BUG("no memory for a match");
	m->stack = pcre2_jit_stack_create(STACK_MIN, STACK_MAX, NULL);
	if (m->stack)
		pcre2_jit_stack_assign(m->context, NULL, m->stack);
	pcre2_set_match_limit(m->context, MATCH_LIMIT);
	pcre2_set_depth_limit(m->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(m->context, HEAP_LIMIT_KB);
	return m;
}

void regex_match_free(struct regex_match *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	free(m);
}

enum regex_result regex_match_from(const struct regex *re, struct regex_match *m,
                                   struct slice subject, size_t start)
{
	const char *text = subject.ptr ? subject.ptr : "";
	int rc;

	if (start > subject.len)
		return REGEX_NO;
	rc = pcre2_match(re->code, (PCRE2_SPTR)text, subject.len, start, 0,
	                 m->data, m->context);
	if (rc >= 0)
		return REGEX_YES;
	return rc == PCRE2_ERROR_NOMATCH ? REGEX_NO : REGEX_LIMIT;
}

enum regex_result regex_match(const struct regex *re, struct regex_match *m,
                              struct slice subject)
{
	return regex_match_from(re, m, subject, 0);
}

struct slice regex_group(const struct regex_match *m, struct slice subject,
                         unsigned n)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m->data);
	size_t start, end;

	if (n >= pcre2_get_ovector_count(m->data))
		return slice_of(NULL, 0);
	start = at[2 * n];
	end = at[2 * n + 1];
	/* \K in a lookaround can put the start behind the end */
	if (start == PCRE2_UNSET || start > end || end > subject.len)
		return slice_of(NULL, 0);
	return slice_of((subject.ptr ? subject.ptr : "") + start, end - start);
}

int regex_group_number(const struct regex *re, const char *name)
{
	int n = pcre2_substring_number_from_name(re->code, (PCRE2_SPTR)name);

	return n > 0 ? n : -1;
}

unsigned regex_groups(const struct regex *re)
{
	uint32_t n = 0;

	pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &n);
	return n;
}

const char *regex_group_name(const struct regex *re, unsigned n)
{
	uint32_t names = 0, size = 0;
	PCRE2_SPTR at = NULL;

	pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &names);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &at);
	/* each entry: the number in two bytes, the name, a NUL */
	for (uint32_t i = 0; i < names; i++, at += size)
		if (((unsigned)at[0] << 8 | at[1]) == n)
			return (const char *)at + 2;
	return NULL;
}
