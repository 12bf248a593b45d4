/* SPDX-License-Identifier: MIT */
/* Links that a line states by a message-id: the notice that a server made of a
 * message, the message that it is about, what a rule sent on. The server says
 * it, but the id that it names is what some sender wrote: only a message of the
 * same server is meant, and one alone. */
#include "base/alloc.h"
#include "model/trace/link.h"

#define CHILD_WITHIN (10 * US_MINUTE)
#define STAMP (2 * US_SECOND)
#define LOOK_MAX 64
#define BEST_MAX 16

struct messages {
	struct linker *l;
	struct pair *ids; /* by the hash of what stands before the "@" */
	size_t n;
	struct map lines; /* piece and line -> attempt of no transaction's own */
};

static struct slice local_part(struct slice id)
{
	return slice_to(id, slice_chr(id, '@'));
}

static void index_messages(struct messages *m)
{
	const struct derive *d = m->l->d;

	m->ids = mem_resize(NULL, d->ntxns * sizeof *m->ids + 1);
	for (uint32_t i = 0; i < d->ntxns; i++) {
		struct slice id = derive_message_id(d, &d->txns[i]);

		if (!id.len || slice_eq(id, SLICE("<>")))
			continue;
		m->ids[m->n++] = (struct pair){hash64(local_part(id)), i};
	}
	if (m->n)
		pairs_sort(m->ids, m->n);
	/* agents' words, where an answer was found for them */
	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);

		if (a->fragment == NONE32 && d->atts[g].txn != NONE32)
			map_add(&m->lines, line_key(d->att_piece[g], a->line),
				g);
	}
}

/* The transaction whose line states key K; NONE32. */
static uint32_t owner_of(const struct messages *m, uint32_t piece,
			 const struct piece_key *k)
{
	const struct derive *d = m->l->d;
	const uint32_t *g;

	if (k->fragment != NONE32)
		return d->frag_txn[d->frag_base[piece] + k->fragment];
	g = map_find(&m->lines, line_key(piece, k->line));
	return g ? d->atts[*g].txn : NONE32;
}

/* ID may lack what follows the "@". */
static bool is_named(const struct derive *d, const struct txn *t,
		     struct slice id)
{
	struct slice own = derive_message_id(d, t);

	if (slice_chr(id, '@') == SLICE_NONE)
		own = local_part(own);
	return slice_eq(own, id);
}

static bool has_failed(const struct derive *d, const struct txn *t)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++)
		if (d->dels[i].outcome == OUTCOME_FAILED)
			return true;
	return false;
}

/* Whether T went to who sent OWNER: his rule made it. */
static bool went_to_sender(const struct derive *d, const struct txn *t,
			   const struct txn *owner)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++)
		if (owner->sender &&
		    same_address(d, d->dels[i].recipient, owner->sender) &&
		    d->dels[i].outcome == OUTCOME_DELIVERED)
			return true;
	return false;
}

/* How well T may be what a key of OWNER, written at TIME, means; negative: not
 * at all. A child is made at once; a parent came before, and of what failed a
 * notice is made. */
static int suits(const struct derive *d, const struct txn *t,
		 const struct txn *owner, const struct piece_key *k,
		 int64_t time)
{
	int64_t at = txn_time(t);

	if (t == owner || t->server != owner->server || at == TIME_NONE ||
	    time == TIME_NONE)
		return -1;
	if (k->relation == REL_CHILD)
		return llabs(at - time) > CHILD_WITHIN ? -1 : 0;
	if (at > time + STAMP || at < time - d->lifetime)
		return -1;
	return k->link == LINK_BOUNCE ? has_failed(d, t)
				      : went_to_sender(d, t, owner);
}

struct meant {
	uint32_t txn[BEST_MAX];
	unsigned n;
	int score;
};

/* Of those that are one message any tells the same: the first. */
static void keep_one_message(const struct derive *d, struct meant *b)
{
	for (unsigned i = 1; i < b->n; i++)
		if (link_root(d, b->txn[i]) != link_root(d, b->txn[0]))
			return;
	if (b->n && b->n < BEST_MAX)
		b->n = 1;
}

static struct meant find_meant(const struct messages *m, uint32_t owner,
			       const struct piece_key *k, struct slice id,
			       int64_t time)
{
	const struct derive *d = m->l->d;
	struct meant b = {.n = 0};
	size_t i = pairs_find(m->ids, m->n, hash64(local_part(id)));
	size_t end = i + pairs_run(m->ids, m->n, i);

	for (size_t look = LOOK_MAX; i < end && look; i++, look--) {
		const struct txn *t = &d->txns[m->ids[i].value];
		int score;

		if (!is_named(d, t, id))
			continue;
		score = suits(d, t, &d->txns[owner], k, time);
		if (score < b.score)
			continue;
		if (score > b.score)
			b.n = 0;
		b.score = score;
		if (b.n < BEST_MAX)
			b.txn[b.n++] = m->ids[i].value;
	}
	keep_one_message(d, &b);
	return b;
}

static void link_message(struct messages *m, uint32_t piece, uint32_t i)
{
	const struct derive *d = m->l->d;
	const struct piece *p = d->pieces[piece];
	const struct piece_key *k = &p->keys[i];
	uint32_t owner = owner_of(m, piece, k);
	bool down = k->relation == REL_CHILD;
	struct meant b;

	if (owner == NONE32)
		return;
	b = find_meant(m, owner, k, intern_get(&p->texts, k->text),
		       derive_utc(d, piece, k->line, k->time, NULL));
	for (unsigned n = 0; n < b.n; n++)
		link_claim(m->l,
			   &(struct claim){
				   .from = down ? owner : b.txn[n],
				   .to = down ? b.txn[n] : owner,
				   .kind = k->link,
				   .class = b.n > 1 ? CLASS_POSSIBLE
						    : CLASS_CONFIRMED,
				   .evidence = E(2),
				   .att = NONE32,
				   .piece = piece,
				   .key = i,
				   .good = 48 * GOOD_STEP,
			   });
}

static bool names_message(const struct piece_key *k)
{
	return k->kind == KEY_MESSAGE_ID &&
	       (k->relation == REL_CHILD || k->relation == REL_PARENT);
}

void link_messages(struct linker *l)
{
	struct derive *d = l->d;
	struct messages m = {.l = l};

	for (uint32_t piece = 0; piece < d->npieces; piece++) {
		const struct piece *p = d->pieces[piece];

		for (uint32_t i = 0; i < p->nkeys; i++) {
			if (!names_message(&p->keys[i]))
				continue;
			if (!m.ids)
				index_messages(&m);
			link_message(&m, piece, i);
		}
	}
	free(m.ids);
	map_release(&m.lines);
}
