/* SPDX-License-Identifier: MIT */
/* Message-IDs, sizes, subjects and TLS of two logs, compared. */
#include "model/trace/proof.h"

#include "base/strbuf.h"
#include "base/text.h"

/* Servers cut a Message-ID at 100 bytes, at 255 or 256, or where their line is
 * full; nothing shorter is taken for a part of a longer one. */
static bool is_limit(size_t n)
{
	return n == 100 || n == 98 || n == 99 || n == 255 || n == 256 ||
	       n >= 900;
}

static struct slice bare(struct slice id)
{
	id = slice_trim(id);
	if (id.len && id.ptr[0] == '<')
		id = slice_from(id, 1);
	if (id.len && id.ptr[id.len - 1] == '>')
		id = slice_to(id, id.len - 1);
	return id;
}

bool proof_message_id(struct slice a, struct slice b)
{
	struct slice shorter, longer;

	a = bare(a);
	b = bare(b);
	if (!a.len || !b.len)
		return false;
	if (a.len == b.len)
		return slice_eq(a, b);
	shorter = a.len < b.len ? a : b;
	longer = a.len < b.len ? b : a;
	return is_limit(shorter.len) && slice_starts(longer, shorter);
}

/* A hop adds a Received line and what its filters write; other line ends are one
 * byte in some thirty. */
#define GROWTH 4096
#define SHRINK 256

bool proof_size(int64_t from, int64_t to)
{
	int64_t ends = from / 32;

	return from > 0 && to > 0 && to >= from - SHRINK - ends &&
	       to <= from + GROWTH + ends;
}

/* "Re:", "Fwd:", "AW:", "[tag]", blanks, as often as they stand in front. */
static struct slice trim_subject(struct slice s)
{
	static const char *const heads[] = {"re", "fwd", "fw", "aw", "wg",
					    "sv", "antw", "tr", "rv"};

	for (bool again = true; again;) {
		size_t end;

		again = false;
		s = slice_trim(s);
		end = slice_chr(s, ']');
		if (s.len && s.ptr[0] == '[' && end != SLICE_NONE && end < 64) {
			s = slice_from(s, end + 1);
			again = true;
			continue;
		}
		end = slice_chr(s, ':');
		for (size_t i = 0; i < sizeof heads / sizeof *heads && !again;
		     i++)
			if (end != SLICE_NONE &&
			    slice_eq_nocase(slice_to(s, end),
					    slice_str(heads[i])))
				again = true;
		if (again)
			s = slice_from(s, end + 1);
	}
	return s;
}

#define SUBJECT_BYTES 2000

/* Without blanks: headers are folded, and logs differ in what they make of it. */
static void add_subject(struct strbuf *out, struct slice s)
{
	struct strbuf text = {0};

	text_decode_2047(&text, slice_to(s, SUBJECT_BYTES));
	s = trim_subject(strbuf_slice(&text));
	for (size_t i = 0; i < s.len; i++)
		if (!memchr(" \t\r\n", s.ptr[i], 4))
			strbuf_add_char(out, s.ptr[i]);
	strbuf_release(&text);
}

bool proof_subject(struct slice a, struct slice b)
{
	struct strbuf x = {0}, y = {0};
	bool same;

	if (!a.len || !b.len)
		return false;
	add_subject(&x, a);
	add_subject(&y, b);
	same = x.len && slice_eq(strbuf_slice(&x), strbuf_slice(&y));
	strbuf_release(&x);
	strbuf_release(&y);
	return same;
}

/* What both libraries' names of a suite say: version, cipher, bits, mode. */
struct tls {
	int version; /* 10 … 13, 0 not said */
	int bits;
	char cipher; /* A ES, C haCha, D ES, R C4, camellia L */
	char mode;   /* G CM, C CM, B CBC, 8 CCM_8 */
};

static bool has(struct slice s, const char *word)
{
	return slice_find_nocase(s, slice_str(word)) != SLICE_NONE;
}

static int tls_version(struct slice s)
{
	size_t at = slice_find_nocase(s, SLICE("TLS"));
	struct slice rest;

	if (at == SLICE_NONE)
		return 0;
	rest = slice_from(s, at + 3);
	if (rest.len && (rest.ptr[0] == 'v' || rest.ptr[0] == 'V'))
		rest = slice_from(rest, 1);
	if (!rest.len || rest.ptr[0] != '1')
		return 0;
	if (rest.len >= 3 && (rest.ptr[1] == '.' || rest.ptr[1] == '_') &&
	    rest.ptr[2] >= '0' && rest.ptr[2] <= '3')
		return 10 + rest.ptr[2] - '0';
	return 10; /* "TLSv1" */
}

static struct tls tls_read(struct slice s)
{
	struct tls t = {.version = tls_version(s)};

	if (has(s, "CHACHA20")) {
		t.cipher = 'C';
		t.bits = 256;
		t.mode = 'P';
		return t;
	}
	if (has(s, "AES"))
		t.cipher = 'A';
	else if (has(s, "CAMELLIA"))
		t.cipher = 'L';
	else if (has(s, "3DES") || has(s, "DES-CBC3"))
		t.cipher = 'D';
	else if (has(s, "RC4") || has(s, "ARCFOUR"))
		t.cipher = 'R';
	if (has(s, "AES256") || has(s, "AES_256") || has(s, "AES-256") ||
	    has(s, "CAMELLIA256") || has(s, "CAMELLIA_256"))
		t.bits = 256;
	else if (has(s, "128"))
		t.bits = 128;
	t.mode = has(s, "GCM") ? 'G' : has(s, "CCM") ? 'C' : 'B';
	return t;
}

bool proof_tls(struct slice a, struct slice b)
{
	struct tls x, y;

	if (!a.len || !b.len)
		return false;
	x = tls_read(a);
	y = tls_read(b);
	return x.version && x.version == y.version && x.cipher &&
	       x.cipher == y.cipher && x.bits == y.bits && x.mode == y.mode;
}

static bool digits(struct slice s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return true;
}

static int number(struct slice s, size_t from, size_t n)
{
	int v = 0;

	for (size_t i = from; i < from + n; i++)
		v = v * 10 + (s.ptr[i] - '0');
	return v;
}

#define WRITTEN_OFF (15 * US_MINUTE) /* clocks, and the time of the transfer */
#define ZONES_OFF (26 * US_HOUR)

/* "20260314091502" or "202603140915" is near OPENED. */
static bool written_near(struct slice s, int64_t opened, bool assumed)
{
	struct civil c = {
		.year = number(s, 0, 4),
		.month = number(s, 4, 2),
		.day = number(s, 6, 2),
		.hour = number(s, 8, 2),
		.minute = number(s, 10, 2),
		.second = s.len > 12 ? number(s, 12, 2) : 0,
	};
	int64_t off = assumed ? ZONES_OFF : WRITTEN_OFF, gap;

	if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 ||
	    c.hour > 23 || c.minute > 59 || c.second > 60)
		return false;
	if (opened == TIME_NONE)
		return true;
	gap = opened - civil_us(&c);
	return gap >= -off && gap <= off;
}

/* "YYYYMMDDhhmmss.QID", "YYYYMMDDhhmm.QID", "QID", "EQID" */
bool proof_origin(struct slice mid, struct slice queue_id, int64_t opened,
		  bool assumed, struct slice *host)
{
	struct slice local;
	size_t at;

	mid = bare(mid);
	at = slice_rchr(mid, '@');
	if (at == SLICE_NONE || queue_id.len < 5)
		return false;
	*host = slice_from(mid, at + 1);
	local = slice_to(mid, at);
	if (!slice_ends(local, queue_id))
		return false;
	local = slice_to(local, local.len - queue_id.len);
	if (!local.len || slice_eq(local, SLICE("E")))
		return true;
	if (local.ptr[local.len - 1] != '.')
		return false;
	local = slice_to(local, local.len - 1);
	return (local.len == 12 || local.len == 14) &&
	       digits(local, local.len) && written_near(local, opened, assumed);
}
