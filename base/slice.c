/* SPDX-License-Identifier: MIT */
/* Searching and comparing runs of bytes. */
#include "base/slice.h"

static inline unsigned char lower(unsigned char c)
{
	return (unsigned char)(c - 'A') < 26 ? (unsigned char)(c | 0x20) : c;
}

static bool same_nocase(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i] && lower((unsigned char)a[i]) !=
		                            lower((unsigned char)b[i]))
			return false;
	return true;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
	return a.len == b.len && same_nocase(a.ptr, b.ptr, a.len);
}

int slice_cmp(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

size_t slice_find(struct slice s, struct slice needle)
{
	const char *at;

	if (needle.len == 0)
		return 0;
	if (needle.len > s.len)
		return SLICE_NONE;
	at = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return at ? (size_t)(at - s.ptr) : SLICE_NONE;
}

size_t slice_find_nocase(struct slice s, struct slice needle)
{
	unsigned char first;

	if (needle.len == 0)
		return 0;
	if (needle.len > s.len)
		return SLICE_NONE;
	first = lower((unsigned char)needle.ptr[0]);
	for (size_t i = 0; i <= s.len - needle.len; i++)
		if (lower((unsigned char)s.ptr[i]) == first &&
		    same_nocase(s.ptr + i, needle.ptr, needle.len))
			return i;
	return SLICE_NONE;
}

size_t slice_rfind(struct slice s, struct slice needle)
{
	size_t end;

	if (needle.len == 0)
		return s.len;
	if (needle.len > s.len)
		return SLICE_NONE;
	end = s.len - needle.len + 1;
	while (end > 0) {
		const char *at = memrchr(s.ptr, needle.ptr[0], end);

		if (!at)
			return SLICE_NONE;
		if (memcmp(at, needle.ptr, needle.len) == 0)
			return (size_t)(at - s.ptr);
		end = (size_t)(at - s.ptr);
	}
	return SLICE_NONE;
}

size_t slice_chr(struct slice s, char c)
{
	const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : SLICE_NONE;
}

size_t slice_rchr(struct slice s, char c)
{
	const char *at = s.len ? memrchr(s.ptr, c, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : SLICE_NONE;
}

struct slice slice_trim(struct slice s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
		s.ptr++;
		s.len--;
	}
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

struct slice slice_cut(struct slice *s, char c)
{
	size_t at = slice_chr(*s, c);
	struct slice head = slice_to(*s, at);

	*s = at == SLICE_NONE ? slice_from(*s, s->len) : slice_from(*s, at + 1);
	return head;
}

bool slice_u64(struct slice s, uint64_t *value)
{
	uint64_t n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.ptr[i] - '0';

		if (digit > 9 || n > UINT64_MAX / 10 ||
		    n * 10 > UINT64_MAX - digit)
			return false;
		n = n * 10 + digit;
	}
	*value = n;
	return true;
}

/* Bytes of the UTF-8 character at I; 1 for what is none. */
static size_t char_len(struct slice s, size_t i)
{
	unsigned char c = (unsigned char)s.ptr[i];
	size_t len = c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 1;

	if (len > s.len - i)
		return 1;
	for (size_t k = 1; k < len; k++)
		if (((unsigned char)s.ptr[i + k] & 0xc0) != 0x80)
			return 1;
	return len;
}

/* Only the last * is ever gone back to: no exponential time. */
bool slice_glob(struct slice s, struct slice pattern)
{
	size_t i = 0, p = 0, star = SLICE_NONE, mark = 0;

	while (i < s.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			mark = i;
		} else if (p < pattern.len && pattern.ptr[p] == '?') {
			i += char_len(s, i);
			p++;
		} else if (p < pattern.len &&
		           lower((unsigned char)pattern.ptr[p]) ==
		                   lower((unsigned char)s.ptr[i])) {
			i++;
			p++;
		} else if (star != SLICE_NONE) {
			mark += char_len(s, mark);
			i = mark;
			p = star + 1;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}
