/* SPDX-License-Identifier: MIT */
/* A borrowed run of bytes. Owns nothing; log text is never NUL-terminated. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *ptr; /* NULL only together with len 0: "absent" */
	size_t len;      /* bytes */
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })
#define SLICE_FMT(s) (int)(s).len, (s).ptr /* for "%.*s" */

static inline struct slice slice_of(const char *ptr, size_t len)
{
	return (struct slice){ ptr, len };
}

/* The bytes of the NUL-terminated TEXT; NULL gives the absent slice. */
static inline struct slice slice_str(const char *text)
{
	return (struct slice){ text, text ? strlen(text) : 0 };
}

static inline struct slice slice_from(struct slice s, size_t start)
{
	if (start > s.len)
		start = s.len;
	/* even + 0 is undefined for NULL */
	return start ? slice_of(s.ptr + start, s.len - start) : s;
}

static inline struct slice slice_to(struct slice s, size_t end)
{
	return slice_of(s.ptr, end < s.len ? end : s.len);
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool slice_starts(struct slice s, struct slice head)
{
	return s.len >= head.len &&
	       (head.len == 0 || memcmp(s.ptr, head.ptr, head.len) == 0);
}

static inline bool slice_ends(struct slice s, struct slice tail)
{
	return s.len >= tail.len &&
	       (tail.len == 0 ||
	        memcmp(s.ptr + s.len - tail.len, tail.ptr, tail.len) == 0);
}

#define SLICE_NONE SIZE_MAX /* position of what is not there */

/* ASCII case is ignored by the functions ending in _nocase. */
bool slice_eq_nocase(struct slice a, struct slice b);
int slice_cmp(struct slice a, struct slice b); /* memcmp order, shorter first */
size_t slice_find(struct slice s, struct slice needle);      /* first */
size_t slice_find_nocase(struct slice s, struct slice needle);
size_t slice_rfind(struct slice s, struct slice needle);     /* last */
size_t slice_chr(struct slice s, char c);
size_t slice_rchr(struct slice s, char c);
struct slice slice_trim(struct slice s); /* blanks and TABs at both ends */

/* Cuts S at the first C: returns what stands before it and leaves the rest in
 * *S. Without a C all of S is returned and *S becomes empty. */
struct slice slice_cut(struct slice *s, char c);

/* Decimal digits only, no sign, no blanks; false on anything else, on overflow
 * and on the empty slice. */
bool slice_u64(struct slice s, uint64_t *value);

/* Like a shell's: * any run, ? one character (UTF-8), ASCII case ignored. */
bool slice_glob(struct slice s, struct slice pattern);

#endif
