/* SPDX-License-Identifier: MIT */
/* RFC 2047 encoded words, for display. */
#include "base/text.h"

#include <errno.h>
#include <iconv.h>

#define CHARSET_MAX 40
/* RFC 2047 allows 75; a bound keeps hostile text linear */
#define WORD_MAX 1024

struct word {
	struct slice charset, text;
	char encoding; /* 'B' or 'Q' */
	size_t len;    /* bytes from "=?" to "?=" */
};

static bool charset_is_sane(struct slice name)
{
	if (name.len == 0 || name.len > CHARSET_MAX)
		return false;
	/* no '/': iconv would read options behind it */
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		      (c >= 'a' && c <= 'z') || strchr("-_.:()+", c)))
			return false;
	}
	return true;
}

/* "=?charset*language?Q?text?=" at the start of S. */
static bool word_read(struct slice s, struct word *w)
{
	struct slice rest, encoding;
	size_t end;

	s = slice_to(s, WORD_MAX);
	if (!slice_starts(s, SLICE("=?")))
		return false;
	rest = slice_from(s, 2);
	w->charset = slice_cut(&rest, '?');
	encoding = slice_cut(&rest, '?');
	end = slice_find(rest, SLICE("?="));
	if (encoding.len != 1 || end == SLICE_NONE)
		return false;
	w->encoding = (char)(encoding.ptr[0] & ~0x20);
	w->text = slice_to(rest, end);
	w->charset = slice_to(w->charset, slice_chr(w->charset, '*'));
	w->len = (size_t)(rest.ptr + end + 2 - s.ptr);
	return (w->encoding == 'B' || w->encoding == 'Q') &&
	       charset_is_sane(w->charset) &&
	       slice_chr(w->text, '?') == SLICE_NONE &&
	       slice_chr(w->text, ' ') == SLICE_NONE;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool add_base64(struct strbuf *out, struct slice s)
{
	uint32_t bits = 0;
	int n = 0;

	while (s.len && s.ptr[s.len - 1] == '=')
		s.len--;
	for (size_t i = 0; i < s.len; i++) {
		int v = base64_value(s.ptr[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		n += 6;
		if (n >= 8) {
			n -= 8;
			strbuf_add_char(out, (char)(bits >> n & 0xff));
		}
	}
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c & ~0x20);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool add_quoted(struct strbuf *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		int high, low;

		if (s.ptr[i] == '_') {
			strbuf_add_char(out, ' ');
			continue;
		}
		if (s.ptr[i] != '=') {
			strbuf_add_char(out, s.ptr[i]);
			continue;
		}
		if (s.len - i < 3)
			return false;
		high = hex_value(s.ptr[i + 1]);
		low = hex_value(s.ptr[i + 2]);
		if (high < 0 || low < 0)
			return false;
		strbuf_add_char(out, (char)(high << 4 | low));
		i += 2;
	}
	return true;
}

static bool convert(struct strbuf *out, struct slice charset,
                    struct slice bytes)
{
	char name[CHARSET_MAX + 1], *in = (char *)(uintptr_t)bytes.ptr;
	size_t left = bytes.len;
	iconv_t cd;
	bool ok = true;

	memcpy(name, charset.ptr, charset.len);
	name[charset.len] = '\0';
	cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		return false;
	for (bool flush = false; ok;) {
		char part[512], *to = part;
		size_t room = sizeof part, before = left;
		size_t rc = iconv(cd, flush ? NULL : &in, flush ? NULL : &left,
		                  &to, &room);

		strbuf_add(out, part, (size_t)(to - part));
		if (rc == (size_t)-1 && errno != E2BIG)
			ok = false;
		else if (rc == (size_t)-1)
			ok = to != part || left < before;
		else if (flush)
			break;
		else
			flush = true;
	}
	iconv_close(cd);
	return ok && left == 0;
}

/* Decodes the run of words at the start of S that share a charset: some
 * programs cut a character in two between words. Returns the bytes used; 0 if
 * there is no word. */
static size_t add_run(struct strbuf *out, struct slice s)
{
	struct strbuf bytes = { 0 }, text = { 0 };
	struct word first, w;
	size_t used, next = 0;
	bool ok = true;

	if (!word_read(s, &first))
		return 0;
	used = 0;
	w = first;
	do {
		ok = ok && (w.encoding == 'B' ? add_base64(&bytes, w.text)
		                              : add_quoted(&bytes, w.text));
		used = next + w.len;
		next = used;
		/* blanks between two words are no text (RFC 2047 §6.2) */
		while (next < s.len && strchr(" \t\r\n", s.ptr[next]) &&
		       s.ptr[next])
			next++;
	} while (word_read(slice_from(s, next), &w) &&
	         slice_eq_nocase(w.charset, first.charset));
	if (ok && convert(&text, first.charset, strbuf_slice(&bytes)))
		strbuf_add_slice(out, strbuf_slice(&text));
	else
		strbuf_add(out, s.ptr, used);
	strbuf_release(&bytes);
	strbuf_release(&text);
	return used;
}

void text_decode_2047(struct strbuf *out, struct slice s)
{
	bool after_word = false;

	while (s.len) {
		size_t at = slice_find(s, SLICE("=?")), used;
		struct slice before = slice_to(s, at);
		struct word w;

		if (at == SLICE_NONE) {
			strbuf_add_slice(out, s);
			return;
		}
		s = slice_from(s, at);
		if (!after_word || slice_trim(before).len || !word_read(s, &w))
			strbuf_add_slice(out, before);
		used = add_run(out, s);
		after_word = used > 0;
		if (!used)
			strbuf_add(out, s.ptr, used = 2);
		s = slice_from(s, used);
	}
}
