/* SPDX-License-Identifier: MIT */
/* Messages that a mailbox's rules made: a delivery agent says that it forwarded
 * one, answered or rejected it, and names to whom, but not the queue id under
 * which the result was submitted beside it. Server, time and recipient find it,
 * and of what was sent on its Message-ID: one transaction alone must be meant. */
#include "base/alloc.h"
#include "model/trace/link.h"

#define MADE_BEFORE (10 * US_SECOND) /* submitted before the line is written */
#define MADE_AFTER US_MINUTE         /* pickup may be behind */
#define LOOK_MAX 256
#define FROM_MAX 8

/* A line that says so. */
struct made {
	uint32_t att, txn, server;
	uint32_t children; /* that fit */
	int64_t utc;
	enum action action;
};

struct makers {
	struct linker *l;
	struct made *list; /* by server and time */
	size_t n, cap;
};

static bool is_null(const struct derive *d, uint32_t word)
{
	return slice_eq(word_text(d, word), SLICE("<>"));
}

static bool makes(enum action a)
{
	return a == ACTION_REDIRECT || a == ACTION_BOUNCE ||
	       a == ACTION_BOUNCE_GENERATED;
}

static int made_order(const void *a, const void *b)
{
	const struct made *x = a, *y = b;

	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	if (x->utc != y->utc)
		return x->utc < y->utc ? -1 : 1;
	return (x->att > y->att) - (x->att < y->att);
}

/* Agents' words that an answer was found for. */
static void find_made(struct makers *m)
{
	const struct derive *d = m->l->d;

	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		const struct att *t = &d->atts[g];

		if (!makes(a->action) || a->fragment != NONE32 || !t->copy ||
		    t->txn == NONE32 || t->utc == TIME_NONE)
			continue;
		GROW(m->list, m->n, m->cap);
		m->list[m->n++] = (struct made){
			.att = g,
			.txn = t->txn,
			.server = d->txns[t->txn].server,
			.utc = t->utc,
			.action = a->action,
		};
	}
	if (m->n)
		qsort(m->list, m->n, sizeof *m->list, made_order);
}

static struct slice target(const struct derive *d, const struct made *k)
{
	const struct attempt *a = derive_attempt(d, k->att);
	struct slice to = word_text(
		d, word_in(d->pieces[d->att_piece[k->att]], a->place));

	/* what is rejected goes back, whatever the line says */
	return k->action == ACTION_BOUNCE
		       ? word_text(d, d->txns[k->txn].sender)
		       : to;
}

static bool goes_to(const struct derive *d, const struct txn *t,
		    struct slice address)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels && address.len; i++)
		if (slice_eq_nocase(word_text(d, d->dels[i].recipient),
				    address) ||
		    slice_eq_nocase(word_text(d, d->dels[i].orig), address))
			return true;
	return false;
}

static bool same_id(const struct derive *d, const struct txn *a,
		    const struct txn *b)
{
	struct slice x = derive_message_id(d, a), y = derive_message_id(d, b);

	return x.len && !slice_eq(x, SLICE("<>")) && slice_eq(x, y);
}

/* Whether TO may be what K made. A notice has no sender, or its writer, and an id
 * of its own. */
static bool fits(const struct derive *d, const struct made *k,
		 const struct txn *to)
{
	const struct txn *from = &d->txns[k->txn];
	bool id = same_id(d, from, to);

	if (from == to || to->opened < k->utc - MADE_BEFORE ||
	    to->opened > k->utc + MADE_AFTER ||
	    !goes_to(d, to, target(d, k)))
		return false;
	if (k->action == ACTION_REDIRECT)
		return id;
	return !id && (is_null(d, to->sender) ||
		       goes_to(d, from, word_text(d, to->sender)));
}

static size_t first_of(const struct makers *m, uint32_t server, int64_t time)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct made *k = &m->list[mid];

		if (k->server < server ||
		    (k->server == server && k->utc < time))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The lines that one message fits best. */
struct origins {
	uint32_t made[FROM_MAX];
	unsigned n;
	int score;
};

/* It is submitted at once: whatever is a second nearer is meant. */
static int nearness(int64_t gap)
{
	return (gap > -US_SECOND && gap < US_SECOND) +
	       (gap >= -US_SECOND && gap <= US_SECOND);
}

static void add_origin(struct origins *o, size_t made, int score)
{
	if (score < o->score)
		return;
	if (score > o->score)
		o->n = 0;
	o->score = score;
	if (o->n < FROM_MAX)
		o->made[o->n++] = (uint32_t)made;
}

static struct origins find_origins(const struct makers *m, uint32_t txn)
{
	const struct derive *d = m->l->d;
	const struct txn *t = &d->txns[txn];
	struct origins o = {.n = 0};
	size_t i = first_of(m, t->server, t->opened - MADE_AFTER);

	for (size_t look = LOOK_MAX; i < m->n && look; i++, look--) {
		const struct made *k = &m->list[i];

		if (k->server != t->server || k->utc > t->opened + MADE_BEFORE)
			break;
		if (fits(d, k, t))
			add_origin(&o, i, nearness(t->opened - k->utc));
	}
	return o;
}

/* One transaction alone is meant, and no more messages than it made. */
static bool is_sure(const struct makers *m, const struct origins *o)
{
	const struct made *first = &m->list[o->made[0]];

	if (o->n == FROM_MAX || first->children > o->n)
		return false;
	for (unsigned i = 1; i < o->n; i++)
		if (m->list[o->made[i]].txn != first->txn)
			return false;
	return true;
}

static void claim_made(struct makers *m, const struct origins *o, uint32_t to)
{
	const struct derive *d = m->l->d;
	bool sure = is_sure(m, o);

	for (unsigned i = 0; i < o->n; i++) {
		const struct made *k = &m->list[o->made[i]];
		bool forward = k->action == ACTION_REDIRECT;

		link_claim(m->l,
			   &(struct claim){
				   .from = k->txn,
				   .to = to,
				   .kind = forward ? LINK_FORWARD : LINK_BOUNCE,
				   .class = sure ? CLASS_CONFIRMED
						 : CLASS_POSSIBLE,
				   .evidence = (forward ? E(5) : 0) | E(6) |
					       E(7),
				   .att = k->att,
				   .key = NONE32,
				   .good = GOOD_STEP -
					   llabs(d->txns[to].opened - k->utc),
			   });
	}
}

void link_made(struct linker *l, const struct pair *txns, size_t n)
{
	struct makers m = {.l = l};

	find_made(&m);
	for (size_t i = 0; i < n && m.n; i++) {
		struct origins o = find_origins(&m, txns[i].value);

		for (unsigned k = 0; k < o.n; k++)
			m.list[o.made[k]].children++;
	}
	for (size_t i = 0; i < n && m.n; i++) {
		struct origins o;

		if (l->d->txns[txns[i].value].up != NONE32)
			continue;
		o = find_origins(&m, txns[i].value);
		if (o.n)
			claim_made(&m, &o, txns[i].value);
	}
	free(m.list);
}
