/* SPDX-License-Identifier: MIT */
/* How well what two servers logged of a message agrees. All of it is what the
 * sender wrote: it tells messages of one connection apart and proves nothing
 * alone. */
#include "base/alloc.h"
#include "model/trace/rewrite.h"
#include "model/trace/unsaid.h"

#define MID_LEAST 64 /* a longer id that is cut may still be the same */

/* A clone that its server made has the message-id of what it was made from. */
static struct slice own_or_parent_mid(const struct derive *d,
				      const struct txn *t)
{
	struct slice id = derive_message_id(d, t);
	const struct link *up = t->up == NONE32 ? NULL : &d->links[t->up];

	if (id.len || !up || up->kind != LINK_ALIAS ||
	    d->txns[up->from].server != t->server)
		return id;
	return derive_message_id(d, &d->txns[up->from]);
}

struct slice unsaid_mid(const struct derive *d, const struct txn *t)
{
	struct slice id = own_or_parent_mid(d, t);
	size_t at = id.len ? slice_chr(id, '<') : SLICE_NONE;

	if (at != SLICE_NONE)
		id = slice_from(id, at + 1);
	return id.len ? slice_cut(&id, '>') : slice_of(NULL, 0);
}

int unsaid_same_mid(const struct derive *d, const struct txn *a,
		    const struct txn *b)
{
	struct slice x = unsaid_mid(d, a), y = unsaid_mid(d, b);
	size_t n = x.len < y.len ? x.len : y.len;

	/* "<>" states that there is none: one may be added later on the way */
	if (x.len && !y.len && derive_message_id(d, b).len)
		return -1;
	if (!n)
		return 0;
	if (x.len == y.len || n >= MID_LEAST)
		return slice_eq(slice_to(x, n), slice_to(y, n)) ? 1 : -1;
	return -1;
}

static struct slice local_of(struct slice address)
{
	size_t at = slice_rchr(address, '@');

	return at == SLICE_NONE ? address : slice_to(address, at);
}

static struct slice domain_of(struct slice address)
{
	size_t at = slice_rchr(address, '@');

	return at == SLICE_NONE ? slice_of(NULL, 0)
				: slice_from(address, at + 1);
}

static bool begins(struct slice s, const char *with)
{
	struct slice w = slice_str(with);

	return s.len >= w.len && slice_eq_nocase(slice_to(s, w.len), w);
}

/* A local user may be written without domain. */
static bool same_user(struct slice a, struct slice b)
{
	return (slice_chr(a, '@') == SLICE_NONE) !=
		       (slice_chr(b, '@') == SLICE_NONE) &&
	       slice_eq_nocase(local_of(a), local_of(b));
}

/* One that a server made for its own use: who it stands for is not known. */
static bool is_rewritten(struct slice sender)
{
	struct slice local = local_of(sender);

	return begins(local, "SRS0") || begins(local, "SRS1") ||
	       begins(local, "prvs=") ||
	       slice_chr(local, '=') != SLICE_NONE ||
	       slice_chr(local, '%') != SLICE_NONE;
}

int unsaid_same_sender(const struct derive *d, const struct txn *a,
		       const struct txn *b)
{
	struct slice x = word_text(d, a->sender), y = word_text(d, b->sender);

	if (!x.len || !y.len)
		return 0;
	if (a->sender == b->sender || same_user(x, y) ||
	    rewrite_same(x, y, txn_time(b)))
		return 1;
	return is_rewritten(x) || is_rewritten(y) ? 0 : -1;
}

uint64_t unsaid_address_key(struct slice address)
{
	struct slice local = local_of(address), domain = domain_of(address);
	size_t plus = slice_chr(local, '+');
	uint64_t h = UINT64_C(14695981039346656037);

	if (plus && plus != SLICE_NONE)
		local = slice_to(local, plus);
	for (unsigned part = 0; part < 2; part++) {
		struct slice s = part ? domain : local;

		for (size_t i = 0; i < s.len; i++) {
			unsigned char c = (unsigned char)s.ptr[i];

			if (c >= 'A' && c <= 'Z')
				c = (unsigned char)(c + 32);
			h = (h ^ c) * UINT64_C(1099511628211);
		}
		h = (h ^ '@') * UINT64_C(1099511628211);
	}
	return key_of(h);
}

/* Line ends are counted as one or two, a hop adds its headers, a filter more. */
bool unsaid_size_fits(const struct derive *d, const struct txn *a,
		      const struct txn *b)
{
	struct txn_rest x, y;

	txn_rest(d, a, &x);
	txn_rest(d, b, &y);
	if (x.size <= 0 || y.size <= 0)
		return true;
	return y.size >= x.size - x.size / 16 - 256 &&
	       y.size <= x.size + x.size / 16 + 4096;
}

bool unsaid_is_lost(const struct derive *d, const struct attempt *a,
		    uint32_t reply, struct map *seen)
{
	static const char *const said[] = {"may be sent more than once",
					   "end of data", "final dot"};
	uint32_t *known;

	if (a->action != ACTION_DEFER || a->code > 0 || !reply)
		return false;
	known = map_add(seen, reply, 0);
	for (size_t i = 0; !*known && i < sizeof said / sizeof *said; i++)
		if (slice_find(word_text(d, reply), slice_str(said[i])) !=
		    SLICE_NONE)
			*known = 2;
	if (!*known)
		*known = 1;
	return *known == 2;
}
