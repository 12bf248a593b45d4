/* SPDX-License-Identifier: MIT */
/* Files in UTF-16, as Windows tools and PowerShell's ">" write them: lines are
 * cut by the bytes of the file and put into UTF-8 only to be read. */
#include "parsers/wrap.h"

#include "base/text.h"

#define UNIT 2

static uint32_t unit_at(const char *p, bool big)
{
	unsigned a = (unsigned char)p[0], b = (unsigned char)p[1];

	return big ? a << 8 | b : b << 8 | a;
}

/* Bytes up to the unit C, SLICE_NONE if there is none. */
static size_t find_unit(struct slice s, uint32_t c, bool big)
{
	const char *p = s.ptr, *end = s.ptr + s.len;

	/* the byte that is not 0, then whether it stands where it must */
	while (p < end && (p = memchr(p, (int)c, (size_t)(end - p)))) {
		size_t at = (size_t)(p - s.ptr), start = big ? at - 1 : at;

		if (at % UNIT == (big ? 1u : 0u) && start + 1 < s.len &&
		    unit_at(s.ptr + start, big) == c)
			return start;
		p++;
	}
	return SLICE_NONE;
}

static bool is_blank(struct slice s, bool big)
{
	for (size_t i = 0; i + 1 < s.len; i += UNIT) {
		uint32_t c = unit_at(s.ptr + i, big);

		if (c != ' ' && c != '\t' && c != '\r' && c != 0xFEFF)
			return false;
	}
	return s.len % UNIT == 0;
}

static enum cut next(struct slice bytes, bool last, struct record *r, bool big)
{
	size_t room = bytes.len < RECORD_MAX ? bytes.len : RECORD_MAX;
	size_t end;

	if (bytes.len == 0)
		return CUT_END;
	end = find_unit(slice_to(bytes, room), '\n', big);
	if (end == SLICE_NONE && room < RECORD_MAX && !last)
		return CUT_MORE;
	r->lines = 1;
	r->flags = 0;
	r->raw = slice_to(bytes, end == SLICE_NONE ? room : end);
	r->length = (uint32_t)(r->raw.len + (end == SLICE_NONE ? 0 : UNIT));
	if (end == SLICE_NONE)
		r->flags |= room == RECORD_MAX ? RECORD_SPLIT : RECORD_NO_END;
	else if (r->raw.len >= UNIT &&
	         unit_at(r->raw.ptr + r->raw.len - UNIT, big) == '\r')
		r->raw.len -= UNIT;
	if (find_unit(slice_to(r->raw, 4096), 0, big) != SLICE_NONE)
		r->flags |= RECORD_NUL;
	if (is_blank(r->raw, big))
		r->flags |= RECORD_BLANK;
	return CUT_RECORD;
}

static enum cut next_le(const struct layout *l, struct slice bytes, bool last,
                        struct record *r)
{
	(void)l;
	return next(bytes, last, r, false);
}

static enum cut next_be(const struct layout *l, struct slice bytes, bool last,
                        struct record *r)
{
	(void)l;
	return next(bytes, last, r, true);
}

static struct slice to_utf8(struct slice s, bool big, struct arena *arena)
{
	/* three bytes for a unit at most; half a unit at the end is one too */
	char *start = arena_bytes(arena, s.len / UNIT * 3 + 4), *to = start;

	for (size_t i = 0; i + 1 < s.len; i += UNIT) {
		uint32_t c = unit_at(s.ptr + i, big), low;

		if (c == 0xFEFF && i == 0)
			continue;
		if (c >= 0xD800 && c < 0xE000) {
			low = c < 0xDC00 && i + 3 < s.len
			              ? unit_at(s.ptr + i + UNIT, big)
			              : 0;
			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) +
				    (low - 0xDC00);
				i += UNIT;
			} else {
				c = 0xFFFD;
			}
		}
		to += text_put_char(to, c);
	}
	if (s.len % UNIT)
		to += text_put_char(to, 0xFFFD);
	return slice_of(start, (size_t)(to - start));
}

static void add_unit(struct strbuf *out, uint32_t c, bool big)
{
	strbuf_add_char(out, (char)(big ? c >> 8 : c & 0xFF));
	strbuf_add_char(out, (char)(big ? c & 0xFF : c >> 8));
}

static void encode(struct slice text, struct strbuf *out, bool big)
{
	while (text.len) {
		uint32_t c = text_next(&text);

		if (c == TEXT_BAD)
			c = 0xFFFD;
		if (c >= 0x10000) {
			add_unit(out, 0xD800 + ((c - 0x10000) >> 10), big);
			c = 0xDC00 + (c & 0x3FF);
		}
		add_unit(out, c, big);
	}
}

static void encode_le(struct slice text, struct strbuf *out)
{
	encode(text, out, false);
}

static void encode_be(struct slice text, struct strbuf *out)
{
	encode(text, out, true);
}

static bool unwrap_le(const struct layout *l, struct slice raw,
                      struct arena *arena, struct wrapped *w)
{
	(void)l;
	w->line = to_utf8(raw, false, arena);
	return true;
}

static bool unwrap_be(const struct layout *l, struct slice raw,
                      struct arena *arena, struct wrapped *w)
{
	(void)l;
	w->line = to_utf8(raw, true, arena);
	return true;
}

/* Only the head stands at a whole unit for certain. */
static int detect(const struct sample *s, bool big)
{
	struct slice head = slice_to(s->part[0], 4096);
	size_t units = head.len / UNIT, latin = 0;

	bool mark = slice_starts(head, big ? SLICE("\xfe\xff")
	                                   : SLICE("\xff\xfe"));

	for (size_t i = 0; i < units; i++) {
		uint32_t c = unit_at(head.ptr + i * UNIT, big);

		latin += c < 0x80 && c >= '\t';
	}
	/* two such bytes also begin what is no text: logs are mostly ASCII */
	if (mark)
		return units < 4 || latin * 3 >= units - 1 ? 99 : 0;
	return units > 8 && latin * 10 > units * 9 ? 92 : 0;
}

static int detect_le(const struct sample *s)
{
	return detect(s, false);
}

static int detect_be(const struct sample *s)
{
	return detect(s, true);
}

static const struct wrapping le = { &framing_utf16le, unwrap_le };
static const struct wrapping be = { &framing_utf16be, unwrap_be };

static bool learn_le(const struct sample *s, struct layout *l)
{
	struct sample head = { .part = { s->part[0] }, .name = s->name };

	wrap_learn(&le, &head, l);
	return true;
}

static bool learn_be(const struct sample *s, struct layout *l)
{
	struct sample head = { .part = { s->part[0] }, .name = s->name };

	wrap_learn(&be, &head, l);
	return true;
}

static void peel_le(const struct layout *l, struct record *r,
                    struct arena *arena)
{
	wrap_peel(&le, l, r, arena);
}

static void peel_be(const struct layout *l, struct record *r,
                    struct arena *arena)
{
	wrap_peel(&be, l, r, arena);
}

static const struct framing_example examples_le[] = {
	{ "\xff\xfe\x2d\x4e\x87\x65", "||||\xe4\xb8\xad\xe6\x96\x87" },
};

static const struct framing_example examples_be[] = {
	{ "\xfe\xff\x4e\x2d\x65\x87", "||||\xe4\xb8\xad\xe6\x96\x87" },
};

const struct framing framing_utf16le = {
	.name = "utf16le",
	.about = "any of the others in UTF-16, little-endian",
	.wraps = 2,
	.detect = detect_le,
	.learn = learn_le,
	.next = next_le,
	.peel = peel_le,
	.encode = encode_le,
	.examples = examples_le,
	.nexamples = sizeof examples_le / sizeof *examples_le,
};

const struct framing framing_utf16be = {
	.name = "utf16be",
	.about = "any of the others in UTF-16, big-endian",
	.wraps = 2,
	.detect = detect_be,
	.learn = learn_be,
	.next = next_be,
	.peel = peel_be,
	.encode = encode_be,
	.examples = examples_be,
	.nexamples = sizeof examples_be / sizeof *examples_be,
};
