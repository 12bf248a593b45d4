/* SPDX-License-Identifier: MIT */
/* Undoing SRS, BATV, VERP, plus tags, "%", IMCEA and the dots of a provider that
 * ignores them. Each form is made from the one before it; who can write any
 * address can write any of these, so that what they show is never a proof. */
#include "model/trace/rewrite.h"

#include "base/civil.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static bool add_char(struct rewrite *r, size_t start, char c)
{
	if (r->used - start >= REWRITE_BYTES || r->used >= sizeof r->text)
		return false;
	r->text[r->used++] = lower(c);
	return true;
}

/* LOCAL@DOMAIN as the next form; without DOMAIN just LOCAL. */
static bool add_form(struct rewrite *r, struct slice local, struct slice domain)
{
	size_t start = r->used;
	bool good = r->n < REWRITE_FORMS && local.len;

	for (size_t i = 0; good && i < local.len; i++)
		good = add_char(r, start, local.ptr[i]);
	if (good && domain.len)
		good = add_char(r, start, '@');
	for (size_t i = 0; good && i < domain.len; i++)
		good = add_char(r, start, domain.ptr[i]);
	if (!good) {
		r->used = start;
		return false;
	}
	r->form[r->n++] = slice_of(r->text + start, r->used - start);
	return true;
}

static int base32(char c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* Days from STAMP to that of AT on a clock of MODULUS days: -MODULUS/2 … */
static int64_t days_after(int64_t stamp, int64_t at, int64_t modulus)
{
	int64_t gap = (at / US_DAY - stamp) % modulus;

	if (gap < 0)
		gap += modulus;
	return gap >= modulus / 2 ? gap - modulus : gap;
}

/* Mail stays in a queue for days, and clocks are off by one. */
#define STAMP_EARLY (-2)
#define STAMP_LATE 30

static bool srs_day_fits(struct slice tt, int64_t at)
{
	int64_t gap;

	if (tt.len != 2 || base32(tt.ptr[0]) < 0 || base32(tt.ptr[1]) < 0)
		return false;
	if (at == TIME_NONE)
		return true;
	gap = days_after(base32(tt.ptr[0]) * 32 + base32(tt.ptr[1]), at, 1024);
	return gap >= STAMP_EARLY && gap <= STAMP_LATE;
}

/* "hhh=tt=orig.domain=local", after "srs0=" and in what a forwarder made of it. */
static bool undo_srs0(struct rewrite *r, struct slice rest, int64_t at)
{
	struct slice hash = slice_cut(&rest, '=');
	struct slice day = slice_cut(&rest, '=');
	struct slice domain = slice_cut(&rest, '=');

	if (hash.len < 2 || !srs_day_fits(day, at) ||
	    slice_chr(domain, '.') == SLICE_NONE)
		return false;
	r->stamped = true;
	return add_form(r, rest, domain);
}

static bool undo_srs(struct rewrite *r, struct slice local, int64_t at)
{
	struct slice rest = slice_from(local, 5);
	size_t two;

	if (local.len < 6 || !memchr("=+-", local.ptr[4], 3))
		return false;
	if (slice_starts(local, SLICE("srs0")))
		return undo_srs0(r, rest, at);
	if (!slice_starts(local, SLICE("srs1")))
		return false;
	/* "hhh=fwd1==hhh=tt=domain=local": "==", "=+" or "=-" keeps the mark of
	 * the first forwarder */
	slice_cut(&rest, '=');
	two = slice_chr(rest, '=');
	if (two == SLICE_NONE || two + 2 > rest.len ||
	    !memchr("=+-", rest.ptr[two + 1], 3))
		return false;
	return undo_srs0(r, slice_from(rest, two + 2), at);
}

/* "kdddssssss": key, day of its end mod 1000, signature. */
static bool is_batv(struct slice tag, int64_t at)
{
	int64_t day = 0, gap;

	if (tag.len != 10)
		return false;
	for (size_t i = 0; i < 10; i++) {
		bool digit = tag.ptr[i] >= '0' && tag.ptr[i] <= '9';

		if (!digit && (i < 4 || tag.ptr[i] < 'a' || tag.ptr[i] > 'f'))
			return false;
		if (i > 0 && i < 4)
			day = day * 10 + (tag.ptr[i] - '0');
	}
	if (at == TIME_NONE)
		return true;
	/* it names the day until which it is good: a week ahead */
	gap = days_after(day, at, 1000);
	return gap >= -9 && gap <= STAMP_LATE;
}

/* "prvs=TAG=local", and the older "prvs=local=TAG" */
static bool undo_batv(struct rewrite *r, struct slice local,
		      struct slice domain, int64_t at)
{
	struct slice rest = slice_from(local, 5), tag;
	size_t last;

	if (!slice_starts(local, SLICE("prvs=")))
		return false;
	last = slice_rchr(rest, '=');
	if (last == SLICE_NONE)
		return false;
	tag = slice_from(rest, last + 1);
	rest = is_batv(tag, at) ? slice_to(rest, last) : rest;
	if (rest.len == local.len - 5) {
		tag = slice_cut(&rest, '=');
		if (!is_batv(tag, at))
			return false;
	}
	r->stamped = true;
	return add_form(r, rest, domain);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "imceaex-_o=org_ou=x_cn=bob", "imceasmtp-bob+40dom.example": "_" is a slash,
 * "+xx" a byte. */
static bool undo_imcea(struct rewrite *r, struct slice local)
{
	char text[REWRITE_BYTES];
	size_t dash = slice_chr(local, '-'), n = 0;
	struct slice of;

	if (!slice_starts(local, SLICE("imcea")) || dash == SLICE_NONE)
		return false;
	of = slice_from(local, dash + 1);
	for (size_t i = 0; i < of.len && n < sizeof text; i++) {
		int a = i + 2 < of.len ? hex(of.ptr[i + 1]) : -1;
		int b = a >= 0 ? hex(of.ptr[i + 2]) : -1;

		if (of.ptr[i] != '+' || b < 0) {
			text[n++] = of.ptr[i] == '_' ? '/' : of.ptr[i];
			continue;
		}
		text[n++] = (char)(a * 16 + b);
		i += 2;
	}
	return add_form(r, slice_of(text, n), slice_of(NULL, 0));
}

/* "bob%partner.example" */
static bool undo_percent(struct rewrite *r, struct slice local)
{
	size_t at = slice_rchr(local, '%');

	if (at == SLICE_NONE || !at ||
	    slice_chr(slice_from(local, at), '.') == SLICE_NONE)
		return false;
	return add_form(r, slice_to(local, at), slice_from(local, at + 1));
}

/* Where "bob=partner.example" begins that a list wrote behind its own name:
 * "list-bounces+bob=…", "owner-list-bob=…". */
static size_t verp_at(struct slice local)
{
	size_t equals = slice_rchr(local, '='), at;

	if (equals == SLICE_NONE || equals + 1 >= local.len ||
	    slice_chr(slice_from(local, equals), '.') == SLICE_NONE)
		return SLICE_NONE;
	at = slice_chr(local, '+');
	if (at != SLICE_NONE && at && at < equals)
		return at;
	at = slice_rchr(slice_to(local, equals), '-');
	return at && at + 1 < equals ? at : SLICE_NONE;
}

static bool undo_tag(struct rewrite *r, struct slice local, struct slice domain)
{
	size_t at = verp_at(local);

	if (at == SLICE_NONE)
		at = slice_chr(local, '+');
	if (at == SLICE_NONE || !at)
		return false;
	r->tagged = true;
	return add_form(r, slice_to(local, at), domain);
}

/* One provider takes no notice of dots, and has two names. */
static bool undo_dots(struct rewrite *r, struct slice local, struct slice domain)
{
	char text[REWRITE_BYTES];
	size_t n = 0;
	bool other = slice_eq(domain, SLICE("googlemail.com"));

	if (!other && (!slice_eq(domain, SLICE("gmail.com")) ||
		       slice_chr(local, '.') == SLICE_NONE))
		return false;
	for (size_t i = 0; i < local.len && n < sizeof text; i++)
		if (local.ptr[i] != '.')
			text[n++] = local.ptr[i];
	return add_form(r, slice_of(text, n), SLICE("gmail.com"));
}

static bool undo_one(struct rewrite *r, struct slice form, int64_t at)
{
	size_t sign = slice_rchr(form, '@');
	struct slice local, domain;

	if (sign == SLICE_NONE)
		return false;
	local = slice_to(form, sign);
	domain = slice_from(form, sign + 1);
	return undo_srs(r, local, at) || undo_batv(r, local, domain, at) ||
	       undo_imcea(r, local) || undo_percent(r, local) ||
	       undo_tag(r, local, domain) || undo_dots(r, local, domain);
}

void rewrite_undo(struct rewrite *r, struct slice address, int64_t at)
{
	r->n = 0;
	r->used = 0;
	r->stamped = r->tagged = false;
	/* "Bob@Corp.Example." */
	if (address.len > 1 && slice_ends(address, SLICE(".")))
		address = slice_to(address, address.len - 1);
	if (!add_form(r, address, slice_of(NULL, 0)))
		return;
	while (r->n < REWRITE_FORMS && undo_one(r, r->form[r->n - 1], at))
		;
}

/* Nothing in it that a rewriting would have left. */
static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_word(lower(s.ptr[i])) && !strchr("@.-_", s.ptr[i]))
			return false;
	return true;
}

static bool may_have_dots(struct slice s)
{
	return slice_find_nocase(s, SLICE("@gmail.")) != SLICE_NONE ||
	       slice_find_nocase(s, SLICE("@googlemail.")) != SLICE_NONE;
}

bool rewrite_same(struct slice a, struct slice b, int64_t at)
{
	struct rewrite x, y;

	if (!a.len || !b.len)
		return false;
	if (slice_eq_nocase(a, b))
		return true;
	if (is_plain(a) && is_plain(b) && !may_have_dots(a) &&
	    !may_have_dots(b) && a.ptr[a.len - 1] != '.' &&
	    b.ptr[b.len - 1] != '.')
		return false;
	rewrite_undo(&x, a, at);
	rewrite_undo(&y, b, at);
	for (unsigned i = 0; i < x.n; i++)
		for (unsigned k = 0; k < y.n; k++)
			if (slice_eq(x.form[i], y.form[k]))
				return true;
	return false;
}
