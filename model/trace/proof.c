/* SPDX-License-Identifier: MIT */
/* Evidence between two transactions, from what each side's own log says. */
#include "model/trace/proof.h"

#include "model/trace/rewrite.h"

#define LOOK_MAX 256 /* recipients of one transaction that are compared */

/* Size, TLS and subject are looked up in the parts: rest_of() is for emission. */
struct said {
	int64_t size;
	uint32_t tls, subject; /* words */
};

static struct said said_of(const struct derive *d, const struct txn *t)
{
	struct said s = {.size = -1};

	for (uint32_t k = 0; k < t->nfrags; k++) {
		uint32_t g = d->txn_frags[t->frags + k];
		const struct fragment *f = derive_fragment(d, g);
		const struct piece *p = d->pieces[d->frag_piece[g]];

		if (s.size < 0)
			s.size = f->size;
		if (!s.tls)
			s.tls = word_in(p, f->tls);
		if (!s.subject)
			s.subject = word_in(p, f->subject);
	}
	return s;
}

/* Whether an answer that ATT got names TO already: its own names and addresses
 * must be shown by another handoff besides. */
static uint32_t handoffs_needed(const struct derive *d, uint32_t att,
				const struct txn *to)
{
	return derive_attempt(d, att)->next_id &&
			       slice_eq(derive_next_id(d, att),
					derive_queue_id(d, to))
		       ? 2
		       : 1;
}

static bool same_network(const struct derive *d, const struct txn *to,
			 uint32_t att)
{
	return att != NONE32 &&
	       place_between(d, att, to, handoffs_needed(d, att, to)) ==
		       NETWORK_FULL;
}

bool proof_names_one(const struct derive *d, const struct link *k)
{
	const struct txn *to = &d->txns[k->to];
	uint32_t from = d->txns[k->from].server;
	uint32_t least = handoffs_needed(d, k->att, to);

	return place_relay(d, k->att, to->server, least) > PLACE_UNKNOWN ||
	       place_client(d, to, from, k->att, least) > PLACE_UNKNOWN;
}

static bool words_same(const struct derive *d, uint32_t a, uint32_t b,
		       int64_t at)
{
	if (!a || !b)
		return false;
	return a == b || rewrite_same(word_text(d, a), word_text(d, b), at);
}

static bool has_recipient(const struct derive *d, const struct txn *t,
			  uint32_t word, int64_t at)
{
	for (uint32_t i = 0; i < t->ndels && i < LOOK_MAX; i++) {
		const struct del *v = &d->dels[t->dels + i];

		if (words_same(d, v->recipient, word, at) ||
		    words_same(d, v->orig, word, at))
			return true;
	}
	return false;
}

static bool same_recipient(const struct derive *d, const struct txn *from,
			   const struct txn *to, uint32_t att, int64_t at)
{
	if (att != NONE32) {
		const struct piece *p = d->pieces[d->att_piece[att]];

		return has_recipient(
			d, to, word_in(p, derive_attempt(d, att)->recipient),
			at);
	}
	for (uint32_t i = 0; i < from->ndels && i < LOOK_MAX; i++)
		if (has_recipient(d, to, d->dels[from->dels + i].recipient, at))
			return true;
	return false;
}

static bool same_tls(const struct derive *d, uint32_t att,
		     const struct said *to)
{
	const struct piece *p;

	if (att == NONE32 || !to->tls)
		return false;
	p = d->pieces[d->att_piece[att]];
	return proof_tls(
		word_text(d, word_in(p, derive_attempt(d, att)->tls)),
		word_text(d, to->tls));
}

static bool is_origin(const struct derive *d, const struct txn *from,
		      const struct txn *to)
{
	struct slice host;

	return proof_origin(derive_message_id(d, to), derive_queue_id(d, from),
			    txn_time(from), from->flags & ROW_TIME_ASSUMED,
			    &host) &&
	       place_is_name(d, from->server, host);
}

unsigned proof_between(const struct derive *d, uint32_t from, uint32_t to,
		       uint32_t att)
{
	const struct txn *a = &d->txns[from], *b = &d->txns[to];
	struct said x = said_of(d, a), y = said_of(d, b);
	int64_t at = txn_time(b);
	unsigned bits = 0;

	if (proof_message_id(derive_message_id(d, a), derive_message_id(d, b)))
		bits |= E(5);
	if (same_network(d, b, att))
		bits |= E(6);
	if (words_same(d, a->sender, b->sender, at) &&
	    same_recipient(d, a, b, att, at))
		bits |= E(7);
	if (proof_size(x.size, y.size))
		bits |= E(8);
	if (x.subject && y.subject &&
	    (x.subject == y.subject ||
	     proof_subject(word_text(d, x.subject), word_text(d, y.subject))))
		bits |= E(9);
	if (a->server != b->server &&
	    place_is_name(d, a->server, word_text(d, b->helo)))
		bits |= E(10);
	if (same_tls(d, att, &y))
		bits |= E(11);
	if (is_origin(d, a, b))
		bits |= E(12);
	return bits;
}

enum link_class proof_class(unsigned evidence, unsigned candidates)
{
	bool network = evidence & PROOF_ADDRESSES;
	bool sender = evidence & PROOF_SENDER;

	if (evidence & PROOF_SERVER_SAID)
		return CLASS_CONFIRMED;
	if (candidates != 1)
		return CLASS_POSSIBLE;
	if (network && evidence & PROOF_MESSAGE)
		return CLASS_CONFIRMED;
	return network || (evidence & PROOF_ONE_ADDRESS && sender)
		       ? CLASS_PROBABLE
		       : CLASS_POSSIBLE;
}
