/* SPDX-License-Identifier: MIT */
/* Answers that name the id of another message. Senders, recipients and Message-IDs
 * are changed on the way, each for itself; two of them at once are not. */
#include "model/trace/deny.h"

#include "model/trace/proof.h"
#include "model/trace/rewrite.h"

#define LOOK_MAX 256 /* recipients of one transaction that are compared */

bool deny_is_answer(const struct derive *d, const struct link *k)
{
	return k->class == CLASS_CONFIRMED && k->kind == LINK_HANDOFF &&
	       k->att != NONE32 &&
	       (k->evidence & PROOF_SERVER_SAID) == E(1) &&
	       !(d->txns[k->from].server == d->txns[k->to].server &&
		 derive_loopback(d, k->att));
}

static struct slice user_of(struct slice address)
{
	struct slice user = slice_to(address, slice_rchr(address, '@'));

	return slice_to(user, slice_chr(user, '+'));
}

/* Local users are written with and without a domain, and with "+detail". */
static bool is_same(struct slice a, struct slice b)
{
	if (slice_chr(a, '@') != SLICE_NONE && slice_chr(b, '@') != SLICE_NONE)
		return rewrite_same(a, b, TIME_NONE);
	return slice_eq_nocase(user_of(a), user_of(b));
}

/* A log that was cut, or has no end of messages, does not name them all. */
static bool names_all(const struct txn *t)
{
	return t->ndels && t->ndels <= LOOK_MAX &&
	       t->state == STATE_COMPLETE && !(t->edges & PART_IDLE) &&
	       (t->nrcpt <= 0 || t->ndels >= (uint32_t)t->nrcpt);
}

static bool names(const struct derive *d, const struct txn *t, struct slice who)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++) {
		const struct del *v = &d->dels[i];

		if (is_same(word_text(d, v->recipient), who) ||
		    (v->orig && is_same(word_text(d, v->orig), who)))
			return true;
	}
	return false;
}

static bool denies(const struct derive *d, const struct txn *t, uint32_t word)
{
	struct slice who = word_text(d, word);

	return who.len && names_all(t) && !names(d, t, who);
}

bool deny_recipient(const struct derive *d, uint32_t to, uint32_t att)
{
	const struct piece *p = d->pieces[d->att_piece[att]];
	const struct attempt *a = derive_attempt(d, att);

	return denies(d, &d->txns[to], word_in(p, a->recipient)) &&
	       (!a->orig_recipient ||
		denies(d, &d->txns[to], word_in(p, a->orig_recipient)));
}

static bool deny_recipients(const struct derive *d, uint32_t from, uint32_t to)
{
	const struct txn *a = &d->txns[from], *b = &d->txns[to];

	for (uint32_t i = 0; i < a->ndels && i < LOOK_MAX; i++) {
		const struct del *v = &d->dels[a->dels + i];

		if (!denies(d, b, v->recipient) ||
		    (v->orig && !denies(d, b, v->orig)))
			return false;
	}
	return a->ndels;
}

static bool senders_differ(const struct derive *d, const struct txn *a,
			   const struct txn *b)
{
	return proof_senders_differ(word_text(d, a->sender),
				    word_text(d, b->sender));
}

bool deny_message(const struct derive *d, uint32_t from, uint32_t to,
		  uint32_t att)
{
	const struct txn *a = &d->txns[from], *b = &d->txns[to];

	if (!proof_ids_differ(derive_message_id(d, a), derive_message_id(d, b)))
		return false;
	return senders_differ(d, a, b) ||
	       (att == NONE32 ? deny_recipients(d, from, to)
			      : deny_recipient(d, to, att));
}

bool deny_envelope(const struct derive *d, const struct link *k)
{
	const struct txn *a = &d->txns[k->from], *b = &d->txns[k->to];

	return senders_differ(d, a, b) && deny_recipient(d, k->to, k->att) &&
	       !proof_message_id(derive_message_id(d, a),
				 derive_message_id(d, b));
}
