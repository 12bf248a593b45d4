/* SPDX-License-Identifier: MIT */
/* UTF-8, cells, and what must not reach a terminal. */
#include "base/text.h"

#include "base/text_width.h"

#include <wchar.h>

static uint32_t take(struct slice *s, size_t n, uint32_t c)
{
	s->ptr += n;
	s->len -= n;
	return c;
}

static bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

uint32_t text_next(struct slice *s)
{
	const unsigned char *p = (const unsigned char *)s->ptr;
	size_t len = s->len;
	uint32_t c;

	if (p[0] < 0x80)
		return take(s, 1, p[0]);
	if (p[0] < 0xc2 || p[0] > 0xf4 || len < 2 || !is_tail(p[1]))
		return take(s, 1, TEXT_BAD);
	if (p[0] < 0xe0)
		return take(s, 2, (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu));
	if (len < 3 || !is_tail(p[2]))
		return take(s, 1, TEXT_BAD);
	if (p[0] < 0xf0) {
		c = (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
		if (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))
			return take(s, 1, TEXT_BAD);
		return take(s, 3, c);
	}
	if (len < 4 || !is_tail(p[3]))
		return take(s, 1, TEXT_BAD);
	c = (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
	    (p[3] & 0x3fu);
	if (c < 0x10000 || c > 0x10ffff)
		return take(s, 1, TEXT_BAD);
	return take(s, 4, c);
}

size_t text_put_char(char *text, uint32_t c)
{
	size_t n;

	if (c < 0x80) {
		*text = (char)c;
		return 1;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		text[i] = (char)(0x80 | (c & 0x3f));
	text[0] = (char)((0xf0 << (4 - n) & 0xff) | (int)c);
	return n;
}

void text_add_char(struct strbuf *out, uint32_t c)
{
	char text[4];

	if (c < 0x80)
		strbuf_add_char(out, (char)c);
	else
		strbuf_add(out, text, text_put_char(text, c));
}

/* Bytes at the start of S that are ASCII, eight at a time. */
static size_t ascii_run(struct slice s)
{
	size_t i = 0;

	for (uint64_t w; s.len - i >= sizeof w; i += sizeof w) {
		memcpy(&w, s.ptr + i, sizeof w);
		if (w & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < s.len && (unsigned char)s.ptr[i] < 0x80)
		i++;
	return i;
}

bool text_is_utf8(struct slice s)
{
	for (;;) {
		s = slice_from(s, ascii_run(s));
		if (s.len == 0)
			return true;
		if (text_next(&s) == TEXT_BAD)
			return false;
	}
}

/* Bytes at the start of S that are printable ASCII. */
static size_t plain_run(struct slice s)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t i = 0;

	for (uint64_t w; s.len - i >= sizeof w; i += sizeof w) {
		uint64_t del;

		memcpy(&w, s.ptr + i, sizeof w);
		/* a byte with the high bit, below 0x20, or 0x7f */
		del = w ^ ones * 0x7f;
		if ((w | (w - ones * 0x20) | (del - ones)) & ones * 0x80)
			break;
	}
	while (i < s.len && (unsigned char)s.ptr[i] >= 0x20 &&
	       (unsigned char)s.ptr[i] < 0x7f)
		i++;
	return i;
}

int text_char_width(uint32_t c)
{
	int width;

	if (c < 0x7f)
		return c >= 0x20;
	/* the library's, since curses reckons with it; a locale that knows no
	 * Unicode knows no width */
	width = c <= 0x10ffff ? wcwidth((wchar_t)c) : -1;
	if (width < 0)
		width = text_table_width(c);
	return width < 0 ? 0 : width;
}

int text_width(struct slice s)
{
	int width = 0;

	while (s.len) {
		size_t n = plain_run(s);
		uint32_t c;

		width += (int)n;
		s = slice_from(s, n);
		if (s.len == 0)
			break;
		c = text_next(&s);
		width += c == TEXT_BAD ? 1 : text_char_width(c);
	}
	return width;
}

/* Assigned, but invisible or steering what stands around them. */
static const struct {
	uint32_t first, last;
} active[] = {
	{ 0x00ad, 0x00ad },   /* soft hyphen */
	{ 0x034f, 0x034f },   /* combining grapheme joiner */
	{ 0x061c, 0x061c },   /* Arabic letter mark: bidi */
	{ 0x115f, 0x1160 },   /* Hangul fillers: blank */
	{ 0x17b4, 0x17b5 },   /* Khmer inherent vowels: invisible */
	{ 0x180b, 0x180f },   /* Mongolian selectors and separator */
	{ 0x200b, 0x200f },   /* zero width, left-to-right, right-to-left marks */
	{ 0x2028, 0x202e },   /* line, paragraph separators; bidi embeddings */
	{ 0x2060, 0x206f },   /* joiners, invisible operators, bidi isolates */
	{ 0x3164, 0x3164 },   /* Hangul filler */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xffa0, 0xffa0 },   /* half width Hangul filler */
	{ 0xfff9, 0xfffb },   /* interlinear annotations */
	{ 0x1bca0, 0x1bca3 }, /* shorthand format controls */
	{ 0x1d173, 0x1d17a }, /* musical format controls */
	{ 0xe0000, 0xe0fff }, /* tags, selectors */
};

bool text_char_is_active(uint32_t c)
{
	if (c < 0x7f)
		return c < 0x20;
	if (c < 0xa0)
		return true;
	for (size_t i = 0; i < sizeof active / sizeof *active; i++)
		if (c >= active[i].first && c <= active[i].last)
			return true;
	return text_table_width(c) < 0;
}

static void add_hex(struct strbuf *out, struct slice bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];
		char text[4] = { '\\', 'x', digits[c >> 4], digits[c & 15] };

		strbuf_add(out, text, sizeof text);
	}
}

void text_sanitise(struct strbuf *out, struct slice s)
{
	size_t start = out->len;

	while (s.len) {
		size_t n = plain_run(s);
		struct slice bytes;
		uint32_t c;

		strbuf_add(out, s.ptr, n);
		s = slice_from(s, n);
		if (s.len == 0)
			break;
		bytes = s;
		c = text_next(&s);
		bytes.len -= s.len;
		if (c == TEXT_BAD || c < 0x80)
			add_hex(out, bytes);
		else if (text_char_is_active(c) ||
		         (out->len == start && text_table_width(c) == 0))
			/* a mark at the start would join the cell before it */
			strbuf_addf(out, "<U+%04X>", (unsigned)c);
		else
			strbuf_add_slice(out, bytes);
	}
}

void text_escape(struct strbuf *out, struct slice s)
{
	while (s.len) {
		size_t n = plain_run(s);
		struct slice bytes;
		uint32_t c;

		for (struct slice plain = slice_to(s, n); plain.len;) {
			size_t at = slice_chr(plain, '\\');

			strbuf_add_slice(out, slice_to(plain, at));
			if (at == SLICE_NONE)
				break;
			strbuf_add(out, "\\\\", 2);
			plain = slice_from(plain, at + 1);
		}
		s = slice_from(s, n);
		if (s.len == 0)
			break;
		bytes = s;
		c = text_next(&s);
		bytes.len -= s.len;
		if (c == TEXT_BAD || text_char_is_active(c))
			add_hex(out, bytes);
		else
			strbuf_add_slice(out, bytes);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool undo(struct strbuf *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		int high, low;

		if (s.ptr[i] != '\\') {
			strbuf_add_char(out, s.ptr[i]);
			continue;
		}
		if (s.len - i >= 2 && s.ptr[i + 1] == '\\') {
			strbuf_add_char(out, '\\');
			i++;
			continue;
		}
		if (s.len - i < 4 || s.ptr[i + 1] != 'x')
			return false;
		high = hex_value(s.ptr[i + 2]);
		low = hex_value(s.ptr[i + 3]);
		if (high < 0 || low < 0)
			return false;
		strbuf_add_char(out, (char)(high << 4 | low));
		i += 3;
	}
	return true;
}

/* One text, one output: what does not come out the same again is not ours. */
bool text_unescape(struct strbuf *out, struct slice s)
{
	struct strbuf text = { 0 }, again = { 0 };
	bool ok = undo(&text, s);

	if (ok) {
		text_escape(&again, strbuf_slice(&text));
		ok = slice_eq(strbuf_slice(&again), s);
	}
	if (ok)
		strbuf_add_slice(out, strbuf_slice(&text));
	strbuf_release(&text);
	strbuf_release(&again);
	return ok;
}
