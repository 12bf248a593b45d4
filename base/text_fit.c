/* SPDX-License-Identifier: MIT */
/* Cutting text to cells, and numbers for people. */
#include "base/text.h"

static void add_blanks(struct strbuf *out, int n)
{
	for (; n > 0; n--)
		strbuf_add_char(out, ' ');
}

static int next_width(struct slice *s)
{
	uint32_t c = text_next(s);

	return c == TEXT_BAD ? 1 : text_char_width(c);
}

/* As much of the start of S as fits in WIDTH; *FREE cells are left. */
static struct slice head_of(struct slice s, int width, int *free)
{
	struct slice rest = s;

	while (rest.len) {
		struct slice after = rest;
		int w = next_width(&after);

		if (w > width)
			break;
		width -= w;
		rest = after;
	}
	*free = rest.len ? width : 0;
	return slice_to(s, s.len - rest.len);
}

/* As much of the end of S; a mark without its letter is left out too. */
static struct slice tail_of(struct slice s, int width, int *free)
{
	int all = text_width(s);

	while (s.len && all > width)
		all -= next_width(&s);
	while (s.len) {
		struct slice after = s;

		if (next_width(&after) != 0)
			break;
		s = after;
	}
	*free = width - all;
	return s;
}

static void cut_end(struct strbuf *out, struct slice s, int width,
                    const char *ellipsis)
{
	int free;
	struct slice head = head_of(s, width, &free);

	strbuf_add_slice(out, head);
	add_blanks(out, free);
	strbuf_add_str(out, ellipsis);
}

static void cut_left(struct strbuf *out, struct slice s, int width,
                     const char *ellipsis)
{
	int free;
	struct slice tail = tail_of(s, width, &free);

	strbuf_add_str(out, ellipsis);
	add_blanks(out, free);
	strbuf_add_slice(out, tail);
}

static void cut_middle(struct strbuf *out, struct slice s, int width,
                       const char *ellipsis)
{
	int free;
	struct slice tail;

	cut_end(out, s, (width + 1) / 2, ellipsis);
	tail = tail_of(s, width / 2, &free);
	add_blanks(out, free);
	strbuf_add_slice(out, tail);
}

/* The " +41" of a list of recipients, which is never cut. */
static size_t count_len(struct slice s)
{
	size_t i = s.len;

	while (i > 0 && s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9')
		i--;
	if (i == s.len || i < 2 || s.ptr[i - 1] != '+' || s.ptr[i - 2] != ' ')
		return 0;
	return s.len - i + 2;
}

#define LOCAL_MIN 3

/* The local part first, then the domain from its left. */
static void cut_address(struct strbuf *out, struct slice s, int width,
                        const char *ellipsis)
{
	int dots = text_width(slice_str(ellipsis));
	size_t at = slice_rchr(s, '@');
	struct slice local = slice_to(s, at), domain;
	int wlocal, wdomain, room;

	if (at == SLICE_NONE) {
		cut_end(out, s, width - dots, ellipsis);
		return;
	}
	domain = slice_from(s, at + 1);
	wlocal = text_width(local);
	wdomain = text_width(domain);
	room = width - 1 - wdomain - dots; /* for the local part */
	if (room >= LOCAL_MIN) {
		cut_end(out, local, room, ellipsis);
		strbuf_add_char(out, '@');
		strbuf_add_slice(out, domain);
		return;
	}
	room = wlocal <= LOCAL_MIN + dots ? wlocal : LOCAL_MIN + dots;
	if (width - room - 1 - dots < 1) {
		cut_end(out, s, width - dots, ellipsis);
		return;
	}
	if (room == wlocal)
		strbuf_add_slice(out, local);
	else
		cut_end(out, local, LOCAL_MIN, ellipsis);
	strbuf_add_char(out, '@');
	room = width - room - 1;
	if (wdomain <= room)
		strbuf_add_slice(out, domain);
	else
		cut_left(out, domain, room - dots, ellipsis);
}

static void fit_address(struct strbuf *out, struct slice s, int width,
                        const char *ellipsis)
{
	size_t n = count_len(s);
	struct slice count = slice_from(s, s.len - n);
	int left = width - text_width(count);

	if (n == 0 || left < LOCAL_MIN) {
		cut_address(out, s, width, ellipsis);
		return;
	}
	cut_address(out, slice_to(s, s.len - n), left, ellipsis);
	strbuf_add_slice(out, count);
}

void text_fit(struct strbuf *out, struct slice s, int width, enum text_cut cut,
              const char *ellipsis)
{
	int dots = text_width(slice_str(ellipsis)), free;

	if (width <= 0)
		return;
	/* no text is wider than its bytes */
	if (s.len <= (size_t)width || text_width(s) <= width) {
		strbuf_add_slice(out, s);
		return;
	}
	if (width <= dots) {
		strbuf_add_slice(out, head_of(slice_str(ellipsis), width, &free));
		return;
	}
	switch (cut) {
	case TEXT_CUT_END:
		cut_end(out, s, width - dots, ellipsis);
		break;
	case TEXT_CUT_MIDDLE:
		cut_middle(out, s, width - dots, ellipsis);
		break;
	case TEXT_CUT_LEFT:
		cut_left(out, s, width - dots, ellipsis);
		break;
	case TEXT_CUT_ADDRESS:
		fit_address(out, s, width, ellipsis);
		break;
	}
}

void text_add_number(struct strbuf *out, int64_t n)
{
	uint64_t v = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	char text[32], *p = text + sizeof text;
	int digits = 0;

	do {
		if (digits > 0 && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + v % 10);
		v /= 10;
		digits++;
	} while (v);
	if (n < 0)
		*--p = '-';
	strbuf_add(out, p, (size_t)(text + sizeof text - p));
}

/* Steps of 1,024; one decimal below ten, none above. */
void text_add_size(struct strbuf *out, int64_t bytes)
{
	static const char units[] = "KMGTPE";
	uint64_t v = bytes < 0 ? 0 - (uint64_t)bytes : (uint64_t)bytes;
	uint64_t unit = 1024;
	int i = 0;

	if (bytes < 0)
		strbuf_add_char(out, '-');
	if (v < 1024) {
		strbuf_addf(out, "%u", (unsigned)v);
		return;
	}
	/* 1023.5K is shown as 1.0M: the rounded number must not need four
	 * digits */
	while (units[i + 1] && v / unit + (v % unit >= unit / 2) >= 1000) {
		unit *= 1024;
		i++;
	}
	if (v / unit < 10) {
		uint64_t tenths = (v / (unit / 1024) * 10 + 512) / 1024;

		if (tenths < 100) {
			strbuf_addf(out, "%u.%u%c", (unsigned)(tenths / 10),
			            (unsigned)(tenths % 10), units[i]);
			return;
		}
	}
	strbuf_addf(out, "%u%c",
	            (unsigned)(v / unit + (v % unit >= unit / 2)), units[i]);
}
