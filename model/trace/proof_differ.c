/* SPDX-License-Identifier: MIT */
/* Where two logs cannot speak of one message. Rewritings, cut texts and local
 * names are none: what is in doubt does not differ. */
#include "model/trace/proof.h"
#include "model/trace/rewrite.h"

static bool begins(struct slice s, const char *with)
{
	struct slice w = slice_str(with);

	return s.len >= w.len && slice_eq_nocase(slice_to(s, w.len), w);
}

/* SRS, BATV, VERP, list owners and bounces change a sender on the way: TRACE §3. */
static bool is_rewritten(struct slice sender)
{
	size_t at = slice_rchr(sender, '@');
	struct slice local = at == SLICE_NONE ? sender : slice_to(sender, at);

	return begins(sender, "SRS0") || begins(sender, "SRS1") ||
	       begins(sender, "prvs=") || begins(sender, "owner-") ||
	       begins(sender, "imcea") ||
	       slice_chr(local, '=') != SLICE_NONE ||
	       slice_chr(local, '%') != SLICE_NONE ||
	       slice_find(local, SLICE("-bounces")) != SLICE_NONE ||
	       slice_find(local, SLICE("-owner")) != SLICE_NONE;
}

/* What stands in the brackets, without what a sender wrote around it. */
static struct slice bare(struct slice id)
{
	size_t at = slice_chr(id, '<');

	if (at != SLICE_NONE)
		id = slice_from(id, at + 1);
	return slice_cut(&id, '>');
}

/* What servers write, each in its own way, for a byte that they do not print. */
static struct slice skip_unprinted(struct slice s)
{
	while (s.len && (*s.ptr == '?' || (unsigned char)*s.ptr <= ' ' ||
			 (unsigned char)*s.ptr >= 0x7f))
		s = slice_from(s, 1);
	return s;
}

/* One may be cut. */
bool proof_ids_differ(struct slice a, struct slice b)
{
	a = skip_unprinted(bare(a));
	b = skip_unprinted(bare(b));
	while (a.len && b.len && *a.ptr == *b.ptr) {
		a = skip_unprinted(slice_from(a, 1));
		b = skip_unprinted(slice_from(b, 1));
	}
	return a.len && b.len;
}

/* A local user's address may be written without its domain. */
static bool is_same_user(struct slice a, struct slice b)
{
	size_t x = slice_rchr(a, '@'), y = slice_rchr(b, '@');

	if ((x == SLICE_NONE) == (y == SLICE_NONE))
		return slice_eq_nocase(a, b);
	return slice_eq_nocase(x == SLICE_NONE ? a : slice_to(a, x),
			       y == SLICE_NONE ? b : slice_to(b, y));
}

bool proof_senders_differ(struct slice a, struct slice b)
{
	return a.len && b.len && !is_same_user(a, b) && !is_rewritten(a) &&
	       !is_rewritten(b) && !rewrite_same(a, b, TIME_NONE);
}
