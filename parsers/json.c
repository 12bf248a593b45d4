/* SPDX-License-Identifier: MIT */
/* Walks the values of a JSON text; an own stack, no recursion. */
#include "parsers/json.h"

#include "base/text.h"

void json_begin(struct json *j, struct slice text)
{
	j->at = text.ptr;
	j->end = text.ptr + text.len;
	j->depth = 0;
	j->bad = false;
	j->path_len = 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct json *j)
{
	while (j->at < j->end && is_space(*j->at))
		j->at++;
}

static bool fail(struct json *j)
{
	j->bad = true;
	j->at = j->end;
	return false;
}

/* The string whose opening quote stands at AT. */
static bool read_string(struct json *j, struct slice *raw)
{
	const char *start = ++j->at;

	while (j->at < j->end) {
		const char *quote = memchr(j->at, '"', (size_t)(j->end - j->at));
		const char *back;
		size_t slashes = 0;

		if (!quote)
			return fail(j);
		for (back = quote; back > start && back[-1] == '\\'; back--)
			slashes++;
		j->at = quote + 1;
		if (slashes % 2)
			continue;
		*raw = slice_of(start, (size_t)(quote - start));
		return true;
	}
	return fail(j);
}

static void path_add(struct json *j, struct slice key)
{
	size_t at = j->depth ? j->outer[j->depth - 1] : 0;

	if (at && at < JSON_PATH)
		j->path[at++] = '.';
	if (key.len > JSON_PATH - at)
		key.len = JSON_PATH - at;
	if (key.len)
		memcpy(j->path + at, key.ptr, key.len);
	j->path_len = at + key.len;
}

static bool open_value(struct json *j)
{
	if (j->depth == JSON_DEPTH)
		return fail(j);
	j->listed[j->depth] = *j->at == '[';
	j->outer[j->depth++] = (unsigned char)j->path_len;
	j->at++;
	return true;
}

static bool read_key(struct json *j)
{
	struct slice key;

	if (*j->at != '"' || !read_string(j, &key))
		return fail(j);
	path_add(j, key);
	skip_space(j);
	if (j->at == j->end || *j->at != ':')
		return fail(j);
	j->at++;
	skip_space(j);
	return j->at < j->end || fail(j);
}

static bool read_bare(struct json *j, struct json_value *v)
{
	const char *start = j->at;

	while (j->at < j->end && !is_space(*j->at) &&
	       !strchr(",]}{[\":", *j->at))
		j->at++;
	if (j->at == start)
		return fail(j);
	v->raw = slice_of(start, (size_t)(j->at - start));
	v->kind = *start == '-' || (*start >= '0' && *start <= '9')
	                  ? JSON_NUMBER
	                  : JSON_WORD;
	return true;
}

static bool read_value(struct json *j, struct json_value *v)
{
	if (*j->at == '"') {
		v->kind = JSON_STRING;
		if (!read_string(j, &v->raw))
			return false;
	} else if (!read_bare(j, v)) {
		return false;
	}
	v->path = slice_of(j->path, j->path_len);
	return true;
}

bool json_next(struct json *j, struct json_value *v)
{
	bool began = j->depth > 0;

	for (;;) {
		skip_space(j);
		if (j->at == j->end)
			return j->depth ? fail(j) : false;
		if (began && !j->depth)
			return false; /* what follows is another's */
		if (j->depth && *j->at == ',') {
			j->at++;
			continue;
		}
		if (j->depth && (*j->at == '}' || *j->at == ']')) {
			j->depth--;
			j->path_len = j->outer[j->depth];
			j->at++;
			continue;
		}
		if (j->depth && !j->listed[j->depth - 1] && !read_key(j))
			return false;
		if (*j->at != '{' && *j->at != '[')
			return j->depth ? read_value(j, v) : fail(j);
		if (!open_value(j))
			return false;
		began = true;
	}
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "00e9" behind "\u"; -1 if it is cut or no number. */
static int32_t unit_at(const char *p, const char *end)
{
	int32_t n = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int d = hex(p[i]);

		if (d < 0)
			return -1;
		n = n << 4 | d;
	}
	return n;
}

/* P stands behind "\u"; moves it behind what was read. */
static char *put_unit(char *to, const char **p, const char *end)
{
	int32_t c = unit_at(*p, end), low;

	if (c < 0) {
		*to++ = 'u';
		return to;
	}
	*p += 4;
	if (c >= 0xD800 && c < 0xDC00 && end - *p >= 6 && (*p)[0] == '\\' &&
	    (*p)[1] == 'u') {
		low = unit_at(*p + 2, end);
		if (low >= 0xDC00 && low < 0xE000) {
			*p += 6;
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
		}
	}
	if (c >= 0xD800 && c < 0xE000)
		c = 0xFFFD;
	return to + text_put_char(to, (uint32_t)c);
}

struct slice json_text(const struct json_value *v, struct arena *arena)
{
	static const char from[] = "bfnrt", into[] = "\b\f\n\r\t";
	const char *p = v->raw.ptr, *end = p + v->raw.len;
	char *start, *to;

	if (v->kind != JSON_STRING || !v->raw.len ||
	    !memchr(p, '\\', v->raw.len))
		return v->raw;
	/* no escape is shorter than what it stands for */
	start = to = arena_bytes(arena, v->raw.len);
	while (p < end) {
		const char *known;

		if (*p != '\\' || p + 1 == end) {
			*to++ = *p++;
			continue;
		}
		p += 2;
		known = memchr(from, p[-1], sizeof from - 1);
		if (p[-1] == 'u')
			to = put_unit(to, &p, end);
		else
			*to++ = known ? into[known - from] : p[-1];
	}
	return slice_of(start, (size_t)(to - start));
}
