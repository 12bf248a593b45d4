/* SPDX-License-Identifier: MIT */
/* Mail refused before it had an id. Answers of one session to one sender are
 * one transaction of state refused, or, if the session then opened a
 * transaction of that sender, its refused recipients. */
#include "base/alloc.h"
#include "model/trace/derive.h"

/* Without a session, answers to the same client and sender that follow each
 * other this closely count as one conversation. */
#define CONVERSATION (60 * US_SECOND)
#define CONVERSATION_MAX 1000

struct item {
	int64_t utc;
	uint64_t line;
	uint32_t source;
	bool backwards, shuffled; /* as its piece */
	uint32_t att, txn; /* one of them, the other NONE32 */
};

struct refuser {
	struct derive *d;
	struct item *items;
	size_t nitems, citems;
	uint32_t *pending; /* attempts of the conversation at hand */
	size_t npending, cpending;
	uint32_t sender;
	bool session;
};

static bool is_refusal(enum action a)
{
	return a == ACTION_REJECT || a == ACTION_TEMPFAIL ||
	       a == ACTION_DISCARD || a == ACTION_HOLD ||
	       a == ACTION_QUARANTINE;
}

static uint32_t sender_of(const struct derive *d, uint32_t att)
{
	return word_in(d->pieces[d->att_piece[att]],
		       derive_attempt(d, att)->sender);
}

static uint32_t recipient_of(const struct derive *d, uint32_t att)
{
	return word_in(d->pieces[d->att_piece[att]],
		       derive_attempt(d, att)->recipient);
}

static int item_order(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int64_t s = x->utc / US_SECOND, t = y->utc / US_SECOND;

	/* within a source lines tell the order; between two, time does */
	if (x->source == y->source && x->backwards && y->backwards)
		return (x->line < y->line) - (x->line > y->line);
	if (s != t && (x->source != y->source || x->shuffled || y->shuffled))
		return s < t ? -1 : 1;
	if (x->source == y->source)
		return (x->line > y->line) - (x->line < y->line);
	return x->source < y->source ? -1 : 1;
}

static void fill_from(struct derive *d, struct txn *t, uint32_t att)
{
	const struct attempt *a = derive_attempt(d, att);
	const struct piece *p = d->pieces[d->att_piece[att]];

	if (!t->client_ip)
		t->client_ip = word_in(p, a->client_ip);
	if (!t->client_name)
		t->client_name = word_in(p, a->client_name);
	if (!t->helo)
		t->helo = word_in(p, a->helo);
	if (!t->user)
		t->user = word_in(p, a->user);
	if (!t->sender)
		t->sender = word_in(p, a->sender);
	if (a->flags & ATTEMPT_PROBE)
		t->flags |= ROW_PROBE;
	if (d->atts[att].assumed)
		t->flags |= ROW_TIME_ASSUMED;
}

static void txn_of_pending(struct refuser *r)
{
	struct derive *d = r->d;
	uint32_t first = r->pending[0], last = r->pending[r->npending - 1];
	uint32_t piece = d->att_piece[first];
	const struct attempt *a = derive_attempt(d, first);
	struct txn *t = derive_add_txn(d);

	t->state = STATE_REFUSED;
	t->opened = t->first = d->atts[first].utc;
	t->last = d->atts[last].utc;
	t->session = d->atts[first].ses;
	t->piece = piece;
	t->line = a->line;
	t->server = t->session != NONE32 ? d->sess[t->session].server
					 : derive_server(d, piece, 0);
	for (size_t i = 0; i < r->npending; i++)
		fill_from(d, t, r->pending[i]);
	if (t->session != NONE32 && !t->client_ip && !t->client_name)
		ses_client(d, t);
	for (size_t i = 0; i < r->npending; i++)
		d->atts[r->pending[i]].txn = d->ntxns - 1;
}

static void pending_close(struct refuser *r)
{
	if (r->npending)
		txn_of_pending(r);
	r->npending = 0;
}

static bool pending_takes(const struct refuser *r, uint32_t att)
{
	const struct derive *d = r->d;
	uint32_t to = recipient_of(d, att);

	if (!r->npending || sender_of(d, att) != r->sender)
		return false;
	if (r->session)
		return true;
	if (r->npending >= CONVERSATION_MAX ||
	    d->atts[att].utc - d->atts[r->pending[r->npending - 1]].utc >
		    CONVERSATION)
		return false;
	for (size_t i = 0; i < r->npending; i++)
		if (recipient_of(d, r->pending[i]) == to)
			return false;
	return true;
}

static void refuse_group(struct refuser *r)
{
	struct derive *d = r->d;

	qsort(r->items, r->nitems, sizeof *r->items, item_order);
	for (size_t i = 0; i < r->nitems; i++) {
		const struct item *it = &r->items[i];

		if (it->txn != NONE32) {
			uint32_t sender = d->txns[it->txn].sender;

			for (size_t k = 0;
			     k < r->npending && sender && sender == r->sender;
			     k++)
				d->atts[r->pending[k]].txn = it->txn;
			if (sender && sender == r->sender)
				r->npending = 0;
			pending_close(r);
			continue;
		}
		if (!pending_takes(r, it->att)) {
			pending_close(r);
			r->sender = sender_of(d, it->att);
		}
		GROW(r->pending, r->npending, r->cpending);
		r->pending[r->npending++] = it->att;
	}
	pending_close(r);
}

static uint64_t group_of(struct derive *d, uint32_t g)
{
	const struct attempt *a = derive_attempt(d, g);
	const struct piece *p = d->pieces[d->att_piece[g]];
	uint64_t key;

	if (d->atts[g].ses != NONE32)
		return d->atts[g].ses;
	key = hash_mix(derive_server(d, d->att_piece[g], 0),
		       word_in(p, a->client_ip));
	key = hash_mix(key, word_in(p, a->client_name));
	key = hash_mix(key, word_in(p, a->sender));
	return key | UINT64_C(1) << 63;
}

/* Refusals and, where a session had any, the transactions that it opened. A
 * transaction's number is NATTS and more. */
static struct pair *groups(struct derive *d, size_t *count)
{
	uint8_t *refused = mem_alloc(d->nsess + 1u);
	struct pair *p = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);

		if (d->atts[g].txn != NONE32 || d->atts[g].copy ||
		    !is_refusal(a->action) || !(a->sender || a->recipient))
			continue;
		if (d->atts[g].ses != NONE32)
			refused[d->atts[g].ses] = 1;
		GROW(p, n, cap);
		p[n++] = (struct pair){group_of(d, g), g};
	}
	for (uint32_t t = 0; t < d->ntxns; t++) {
		uint32_t s = d->txns[t].session;

		if (s == NONE32 || !refused[s])
			continue;
		GROW(p, n, cap);
		p[n++] = (struct pair){s, d->natts + t};
	}
	free(refused);
	if (n)
		pairs_sort(p, n);
	*count = n;
	return p;
}

static struct item item_of(const struct derive *d, uint32_t number)
{
	const struct txn *t;
	uint32_t piece;

	if (number < d->natts) {
		piece = d->att_piece[number];
		return (struct item){
			.utc = d->atts[number].utc,
			.source = d->pieces[piece]->source,
			.line = d->pieces[piece]->first_line +
				derive_attempt(d, number)->line,
			.backwards = d->backwards[piece],
			.shuffled = d->shuffled[piece],
			.att = number,
			.txn = NONE32,
		};
	}
	t = &d->txns[number - d->natts];
	return (struct item){
		.utc = t->opened != TIME_NONE ? t->opened : t->first,
		.source = txn_source(d, t),
		.line = txn_line(d, t),
		.backwards = d->backwards[t->piece],
		.shuffled = d->shuffled[t->piece],
		.att = NONE32,
		.txn = number - d->natts,
	};
}

void refuse_transactions(struct derive *d)
{
	struct refuser r = {.d = d};
	size_t n;
	struct pair *p = groups(d, &n);

	for (size_t i = 0; i < n;) {
		uint64_t key = p[i].key;

		r.nitems = 0;
		r.session = key < UINT64_C(1) << 63;
		for (; i < n && p[i].key == key; i++) {
			GROW(r.items, r.nitems, r.citems);
			r.items[r.nitems++] = item_of(d, p[i].value);
		}
		refuse_group(&r);
	}
	free(p);
	free(r.items);
	free(r.pending);
}
