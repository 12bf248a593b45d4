/* SPDX-License-Identifier: MIT */
/* Late bounces: a notice from outside to an address that was made for one message
 * or one recipient (SRS, VERP, BATV). Who sent under it is the cause. The address
 * is what anyone who got the mail may write to: only with the same machine on
 * the other side, and with one message alone, is it proof (TRACE §3). */
#include "base/alloc.h"
#include "model/trace/link.h"
#include "model/trace/rewrite.h"

#define CLOCKS_OFF (15 * US_MINUTE)
#define LOOK_MAX 256
#define BEST_MAX 16

struct late {
	struct linker *l;
	struct pair *sent; /* deliveries by the hash of their sender */
	size_t n, cap;
};

/* Made for a purpose: nobody writes to it but in answer. */
static bool is_made(struct slice address)
{
	struct rewrite r;

	if (slice_chr(address, '=') == SLICE_NONE &&
	    slice_chr(address, '+') == SLICE_NONE)
		return false;
	rewrite_undo(&r, address, TIME_NONE);
	return r.n > 1 && (r.stamped || r.tagged);
}

static uint64_t folded(struct slice s)
{
	uint64_t h = 0;

	for (size_t i = 0; i < s.len; i++)
		h = hash_mix(h, (uint64_t)(unsigned char)(
					s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'
						? s.ptr[i] + 32
						: s.ptr[i]));
	return h;
}

/* What left for a server whose log is not here. */
static void index_sent(struct late *x)
{
	const struct derive *d = x->l->d;

	for (uint32_t i = 0; i < d->ndels; i++) {
		const struct del *v = &d->dels[i];
		struct slice sender = word_text(d, d->txns[v->txn].sender);

		if (v->outcome != OUTCOME_RELAYED || v->goes_on ||
		    v->last == NONE32 || d->atts[v->last].utc == TIME_NONE ||
		    !is_made(sender))
			continue;
		GROW(x->sent, x->n, x->cap);
		x->sent[x->n++] = (struct pair){folded(sender), i};
	}
	if (x->n)
		pairs_sort(x->sent, x->n);
}

struct causes {
	uint32_t del[BEST_MAX];
	unsigned n;
	int score;
	bool more; /* than there is room for */
};

static void add_cause(struct causes *c, uint32_t del, int score)
{
	if (c->n && score < c->score)
		return;
	if (score > c->score)
		*c = (struct causes){.score = score};
	if (c->n < BEST_MAX)
		c->del[c->n++] = del;
	else
		c->more = true;
}

static bool is_same_machine(const struct derive *d, const struct del *v,
			    const struct txn *t)
{
	const struct piece *p = d->pieces[d->att_piece[v->last]];
	uint32_t ip = word_in(p, derive_attempt(d, v->last)->relay_ip);

	return ip && ip == t->client_ip;
}

static void find_causes(const struct late *x, const struct txn *t,
			uint32_t address, struct causes *c)
{
	const struct derive *d = x->l->d;
	struct slice to = word_text(d, address);
	size_t i = pairs_find(x->sent, x->n, folded(to));
	size_t end = i + pairs_run(x->sent, x->n, i);

	for (size_t look = LOOK_MAX; i < end && look; i++, look--) {
		const struct del *v = &d->dels[x->sent[i].value];
		const struct txn *from = &d->txns[v->txn];
		int64_t gap = txn_time(t) - d->atts[v->last].utc;

		if (from == t || gap < -CLOCKS_OFF || gap > d->lifetime ||
		    !slice_eq_nocase(word_text(d, from->sender), to))
			continue;
		add_cause(c, x->sent[i].value, is_same_machine(d, v, t));
	}
	c->more = c->more || i < end;
}

/* Of several recipients of one message the notice tells of that message. */
static void keep_one_message(const struct derive *d, struct causes *c)
{
	for (unsigned i = 1; i < c->n; i++)
		if (link_root(d, d->dels[c->del[i]].txn) !=
		    link_root(d, d->dels[c->del[0]].txn))
			return;
	if (c->n)
		c->n = 1;
}

static void claim_causes(struct late *x, const struct causes *c, uint32_t to)
{
	const struct derive *d = x->l->d;
	bool sure = c->n == 1 && !c->more && c->score > 0;

	for (unsigned i = 0; i < c->n; i++) {
		const struct del *v = &d->dels[c->del[i]];

		link_claim(x->l,
			   &(struct claim){
				   .from = v->txn,
				   .to = to,
				   .kind = LINK_LATE_BOUNCE,
				   .class = sure ? CLASS_CONFIRMED
						 : CLASS_POSSIBLE,
				   .evidence = (c->score ? E(6) : 0) | E(7),
				   .att = v->last,
				   .key = NONE32,
				   .good = GOOD_STEP,
			   });
	}
}

/* It came from outside, by itself, with no sender. */
static bool may_be_notice(const struct derive *d, const struct txn *t)
{
	return t->nfrags && t->up == NONE32 && !t->refused && t->ndels &&
	       txn_time(t) != TIME_NONE && !(t->edges & PART_OBSERVED) &&
	       slice_eq(word_text(d, t->sender), SLICE("<>"));
}

void link_late(struct linker *l)
{
	const struct derive *d = l->d;
	struct late x = {.l = l};

	index_sent(&x);
	for (uint32_t i = 0; i < d->ntxns && x.n; i++) {
		const struct txn *t = &d->txns[i];
		struct causes c = {.n = 0};

		if (!may_be_notice(d, t))
			continue;
		for (uint32_t k = t->dels; k < t->dels + t->ndels; k++) {
			find_causes(&x, t, d->dels[k].recipient, &c);
			if (d->dels[k].orig)
				find_causes(&x, t, d->dels[k].orig, &c);
		}
		keep_one_message(d, &c);
		claim_causes(&x, &c, i);
	}
	free(x.sent);
}
