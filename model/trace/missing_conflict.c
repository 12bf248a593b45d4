/* SPDX-License-Identifier: MIT */
/* Where two logs, or two lines of one, contradict each other: envelope and time of
 * a handoff, the number of recipients, messages that never came to an end. */
#include "model/trace/link.h"
#include "model/trace/missing.h"
#include "model/trace/proof.h"

static bool is_handoff(const struct derive *d, const struct link *k)
{
	return (k->class == CLASS_CONFIRMED ||
		k->class == CLASS_CONTRADICTED) &&
	       k->kind == LINK_HANDOFF && k->att != NONE32 &&
	       k->evidence & E(1) &&
	       d->txns[k->from].server != d->txns[k->to].server;
}

static void add_pair(struct derive *d, struct missing_list *out,
		     enum missing_kind kind, const struct link *k)
{
	const struct txn *to = &d->txns[k->to];
	struct missing_row *r = missing_add(d, out, kind, &d->txns[k->from]);

	r->server = to->server;
	r->ip = to->client_ip;
	r->queue_id = derive_queue_id(d, to);
	missing_times(d, to->server, to->opened, to->opened, r);
}

/* A message that was sent on anew has two ids; which one is logged differs. */
static bool has_id(const struct derive *d, const struct txn *t, struct slice id)
{
	for (uint32_t i = t->frags; i < t->frags + t->nfrags; i++) {
		uint32_t g = d->txn_frags[i];
		const struct piece *p = d->pieces[d->frag_piece[g]];
		uint32_t f = g - d->frag_base[d->frag_piece[g]];

		for (size_t k = 0; k < p->nkeys; k++)
			if (p->keys[k].fragment == f &&
			    p->keys[k].kind == KEY_MESSAGE_ID &&
			    !proof_ids_differ(
				    intern_get(&p->texts, p->keys[k].text),
				    id))
				return true;
	}
	return false;
}

static bool messages_differ(const struct derive *d, const struct txn *a,
			    const struct txn *b)
{
	struct slice x = derive_message_id(d, a), y = derive_message_id(d, b);

	return proof_ids_differ(x, y) && !has_id(d, a, y) && !has_id(d, b, x);
}

static void check_envelope(struct derive *d, struct missing_list *out,
			   const struct link *k)
{
	const struct txn *a = &d->txns[k->from], *b = &d->txns[k->to];

	if (proof_senders_differ(word_text(d, a->sender),
				 word_text(d, b->sender)) ||
	    messages_differ(d, a, b))
		add_pair(d, out, MISSING_ENVELOPE, k);
}

/* The handoff itself says where the difference of both clocks lies; all others of
 * that time say it too. */
static void check_time(struct derive *d, struct missing_list *out,
		       const struct link *k)
{
	const struct txn *a = &d->txns[k->from], *b = &d->txns[k->to];
	struct instant w, taken;
	int64_t lo, hi;

	if (!offsets_handing(d, a, k->att, &w) ||
	    !offsets_taking(d, b, &taken) ||
	    !offsets_between(&d->offsets, a->server, b->server, w.hi, &lo,
			     &hi))
		return;
	if (taken.lo - w.hi <= hi &&
	    (w.lo <= -OFFSET_OPEN || taken.hi - w.lo >= lo))
		return;
	add_pair(d, out, MISSING_TIME, k);
}

/* The same recipient named twice is counted twice and answered twice. */
static bool is_told_twice(const struct derive *d, const struct txn *t)
{
	uint32_t answers = 0;

	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++)
		answers += d->dels[i].attempts;
	return answers >= (uint32_t)t->nrcpt && t->last - t->first < US_MINUTE;
}

static void check_transaction(struct derive *d, struct missing_list *out,
			      const struct txn *t)
{
	struct missing_row *r;
	bool lost = t->state == STATE_LOST;

	if (t->flags & (ROW_PROBE | ROW_COPY))
		return;
	if (!lost && (t->state != STATE_COMPLETE || t->nrcpt < 1 ||
		      t->ndels >= (uint32_t)t->nrcpt || !t->ndels ||
		      is_told_twice(d, t)))
		return;
	r = missing_add(d, out, lost ? MISSING_LOST : MISSING_COUNT, t);
	r->server = t->server;
	r->queue_id = derive_queue_id(d, t);
	missing_times(d, t->server, t->first, t->last, r);
}

void missing_conflicts(struct derive *d, struct missing_list *out)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];

		if (!is_handoff(d, k))
			continue;
		check_envelope(d, out, k);
		check_time(d, out, k);
	}
	for (uint32_t i = 0; i < d->ntxns; i++)
		check_transaction(d, out, &d->txns[i]);
}
