/* SPDX-License-Identifier: MIT */
/* What a sensor saw finds the transaction of the server that logged it: by the
 * id in the answer that was seen, else by addresses, envelope and time (E4 of
 * TRACE §3). From then on it is a witness and counts no more. */
#include "base/alloc.h"
#include "model/trace/link.h"

#define CLOCKS_OFF (15 * US_MINUTE)
#define ZONES_OFF (26 * US_HOUR)
#define LOOK_MAX 256

struct observer {
	struct linker *l;
	struct pair *said; /* hash of next id -> attempt of a server */
	size_t nsaid, csaid;
	struct pair *in; /* client and sender -> transaction */
	size_t nin, cin;
	struct pair *out; /* relay and recipient -> attempt */
	size_t nout, cout;
};

/* Of all that could be meant. */
struct found {
	uint32_t txn[2], att; /* NONE32 */
	unsigned n, named;    /* NAMED: with the same message-id */
};

static bool is_observed(const struct txn *t)
{
	return t->edges & PART_OBSERVED;
}

static void add_pair(struct pair **list, size_t *n, size_t *cap, uint64_t key,
		     uint32_t value)
{
	GROW(*list, *n, *cap);
	(*list)[(*n)++] = (struct pair){key, value};
}

static uint64_t two_words(uint32_t a, uint32_t b)
{
	return hash_mix(a + UINT64_C(1), b);
}

static void index_servers(struct observer *o)
{
	struct derive *d = o->l->d;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (is_observed(t))
			continue;
		if (t->client_ip)
			add_pair(&o->in, &o->nin, &o->cin,
				 two_words(t->client_ip, t->sender), i);
		for (uint32_t k = 0; k < t->natts; k++) {
			uint32_t g = d->txn_atts[t->atts + k];
			const struct attempt *a = derive_attempt(d, g);
			const struct piece *p = d->pieces[d->att_piece[g]];

			if (!a->relay_ip)
				continue;
			if (a->next_id)
				add_pair(&o->said, &o->nsaid, &o->csaid,
					 hash64(derive_next_id(d, g)), g);
			add_pair(&o->out, &o->nout, &o->cout,
				 two_words(word_in(p, a->relay_ip),
					   word_in(p, a->recipient)),
				 g);
		}
	}
	if (o->nsaid)
		pairs_sort(o->said, o->nsaid);
	if (o->nin)
		pairs_sort(o->in, o->nin);
	if (o->nout)
		pairs_sort(o->out, o->nout);
}

static bool in_time(int64_t seen, int64_t logged, bool assumed)
{
	int64_t off = assumed ? ZONES_OFF : CLOCKS_OFF;
	int64_t gap = logged - seen;

	return seen != TIME_NONE && logged != TIME_NONE && gap >= -off &&
	       gap <= off;
}

/* Absent says nothing against it. */
static bool may_equal(uint32_t a, uint32_t b)
{
	return !a || !b || a == b;
}

/* 1 the same message-id, 0 one of them has none, -1 another. */
static int compare_mid(const struct derive *d, const struct txn *a,
		       const struct txn *b)
{
	struct slice x = derive_message_id(d, a), y = derive_message_id(d, b);

	if (!x.len || !y.len || slice_eq(x, SLICE("<>")) ||
	    slice_eq(y, SLICE("<>")))
		return 0;
	return slice_eq(x, y) ? 1 : -1;
}

static bool has_recipient(const struct derive *d, const struct txn *t,
			  uint32_t word)
{
	for (uint32_t i = 0; i < t->ndels && i < LOOK_MAX; i++)
		if (same_address(d, d->dels[t->dels + i].recipient, word) ||
		    same_address(d, d->dels[t->dels + i].orig, word))
			return true;
	return false;
}

static bool shares_recipient(const struct derive *d, const struct txn *seen,
			     const struct txn *t)
{
	for (uint32_t i = 0; i < seen->ndels && i < LOOK_MAX; i++)
		if (has_recipient(d, t, d->dels[seen->dels + i].recipient))
			return true;
	return !t->ndels && seen->ndels;
}

static void found_add(struct found *f, uint32_t txn, uint32_t att, bool named)
{
	if (named && !f->named)
		f->n = 0; /* better than all without */
	if (!named && f->named)
		return;
	for (unsigned i = 0; i < f->n && i < 2; i++)
		if (f->txn[i] == txn)
			return;
	f->named += named;
	if (!f->n)
		f->att = att;
	if (f->n < 2)
		f->txn[f->n] = txn;
	f->n++;
}

static struct found by_client(const struct observer *o, const struct txn *seen)
{
	const struct derive *d = o->l->d;
	struct found f = {.att = NONE32};
	uint64_t key = two_words(seen->client_ip, seen->sender);
	size_t i = pairs_find(o->in, o->nin, key);

	for (size_t look = 0;
	     i < o->nin && o->in[i].key == key && look < LOOK_MAX;
	     i++, look++) {
		uint32_t k = o->in[i].value;
		const struct txn *t = &d->txns[k];
		int mid = compare_mid(d, seen, t);

		if (t->client_ip != seen->client_ip ||
		    t->sender != seen->sender || mid < 0 ||
		    !in_time(txn_time(seen), txn_time(t),
			     t->flags & ROW_TIME_ASSUMED) ||
		    !shares_recipient(d, seen, t))
			continue;
		found_add(&f, k, NONE32, mid > 0);
	}
	return f;
}

static uint32_t relay_of(const struct derive *d, const struct txn *seen)
{
	uint32_t g;

	if (!seen->natts)
		return 0;
	g = d->txn_atts[seen->atts];
	return word_in(d->pieces[d->att_piece[g]],
		       derive_attempt(d, g)->relay_ip);
}

static struct found by_relay(const struct observer *o, const struct txn *seen)
{
	const struct derive *d = o->l->d;
	struct found f = {.att = NONE32};
	uint32_t relay = relay_of(d, seen);
	uint32_t to = seen->ndels ? d->dels[seen->dels].recipient : 0;
	uint64_t key = two_words(relay, to);
	size_t i = pairs_find(o->out, o->nout, key);

	for (size_t look = 0; relay && to && i < o->nout &&
			      o->out[i].key == key && look < LOOK_MAX;
	     i++, look++) {
		uint32_t g = o->out[i].value, k = d->atts[g].txn;
		const struct txn *t = &d->txns[k];
		int mid = compare_mid(d, seen, t);

		if (mid < 0 || !may_equal(t->sender, seen->sender) ||
		    !in_time(txn_time(seen), d->atts[g].utc,
			     d->atts[g].assumed))
			continue;
		found_add(&f, k, g, mid > 0);
	}
	return f;
}

/* Who is called so in the answer that was seen: the one that gave it. */
static struct found by_own_id(const struct observer *o, const struct txn *seen,
			      struct slice id)
{
	const struct derive *d = o->l->d;
	struct found f = {.att = NONE32};
	size_t from, n = link_named(o->l, id, &from);

	for (size_t i = from; i < from + n && i < from + LOOK_MAX; i++) {
		uint32_t k = o->l->ids[i].value;
		const struct txn *t = &d->txns[k];

		if (is_observed(t) || !slice_eq(derive_queue_id(d, t), id) ||
		    !may_equal(t->sender, seen->sender) ||
		    !in_time(txn_time(seen), txn_time(t),
			     t->flags & ROW_TIME_ASSUMED))
			continue;
		found_add(&f, k, NONE32, compare_mid(d, seen, t) > 0);
	}
	return f;
}

/* Who got the same answer. */
static struct found by_answer(const struct observer *o, const struct txn *seen,
			      struct slice id)
{
	const struct derive *d = o->l->d;
	struct found f = {.att = NONE32};
	size_t from = pairs_find(o->said, o->nsaid, hash64(id));
	size_t n = pairs_run(o->said, o->nsaid, from);

	for (size_t i = from; i < from + n && i < from + LOOK_MAX; i++) {
		uint32_t g = o->said[i].value, k = d->atts[g].txn;
		const struct attempt *a = derive_attempt(d, g);
		const struct piece *p = d->pieces[d->att_piece[g]];

		if (!slice_eq(derive_next_id(d, g), id) ||
		    !may_equal(word_in(p, a->relay_ip), relay_of(d, seen)) ||
		    !may_equal(d->txns[k].sender, seen->sender) ||
		    !in_time(txn_time(seen), d->atts[g].utc,
			     d->atts[g].assumed))
			continue;
		found_add(&f, k, g, compare_mid(d, seen, &d->txns[k]) > 0);
	}
	return f;
}

static struct slice id_seen(const struct derive *d, const struct txn *seen)
{
	struct slice id;

	if (!seen->natts)
		return slice_of(NULL, 0);
	id = derive_next_id(d, d->txn_atts[seen->atts]);
	return id.ptr ? id : slice_of(NULL, 0);
}

static struct found find(const struct observer *o, const struct txn *seen,
			 bool *by_id)
{
	struct slice id = id_seen(o->l->d, seen);
	struct found f = {.n = 0, .att = NONE32}, other;

	*by_id = true;
	if (id.len) {
		f = by_own_id(o, seen, id);
		if (!f.n)
			f = by_answer(o, seen, id);
	}
	if (f.n || (!seen->sender && !seen->ndels))
		return f;
	*by_id = false;
	f = by_client(o, seen);
	if (f.n == 1)
		return f;
	other = by_relay(o, seen);
	return other.n == 1 || !f.n ? other : f;
}

static void claim(struct observer *o, uint32_t seen, const struct found *f,
		  bool by_id)
{
	struct claim c = {
		.to = seen,
		.kind = LINK_OBSERVED,
		.class = f->n == 1 ? CLASS_CONFIRMED : CLASS_POSSIBLE,
		.evidence = E(4) | (by_id ? 0 : E(7)),
		.att = f->att,
		.key = NONE32,
		.good = GOOD_STEP,
	};

	for (unsigned i = 0; i < f->n && i < 2; i++) {
		c.from = f->txn[i];
		c.att = i == 0 ? f->att : NONE32;
		link_claim(o->l, &c);
	}
}

void link_observed(struct linker *l)
{
	struct derive *d = l->d;
	struct observer o = {.l = l};
	bool any = false;

	for (uint32_t i = 0; i < d->ntxns && !any; i++)
		any = is_observed(&d->txns[i]);
	if (!any)
		return;
	index_servers(&o);
	for (uint32_t i = 0; i < d->ntxns; i++) {
		struct found f;
		bool by_id;

		if (!is_observed(&d->txns[i]))
			continue;
		f = find(&o, &d->txns[i], &by_id);
		if (f.n)
			claim(&o, i, &f, by_id);
		if (d->txns[i].up != NONE32)
			d->txns[i].flags |= ROW_COPY;
	}
	free(o.said);
	free(o.in);
	free(o.out);
}
