/* SPDX-License-Identifier: MIT */
/* What both sides of a handoff say of its recipients and of who came, and what a
 * server says of more recipients than it counted. */
#include "model/trace/finding.h"
#include "model/trace/link.h"

#define KNOWN_LEAST 10 /* handoffs from one address before another is odd */

static bool is_handoff(const struct derive *d, const struct link *k)
{
	return k->class == CLASS_CONFIRMED && k->kind == LINK_HANDOFF &&
	       k->att != NONE32 && k->evidence & E(1) &&
	       d->txns[k->from].server != d->txns[k->to].server;
}

static struct firing firing_of(const struct derive *d, enum finding_rule rule,
			       const struct link *k)
{
	const struct txn *b = &d->txns[k->to];

	return (struct firing){
		.rule = rule,
		.server = b->server,
		.from = b->first,
		.to = b->last,
		.name = derive_queue_id(d, b),
	};
}

static void fire_link(struct finding_list *l, const struct firing *f,
		      const struct link *k)
{
	struct finding *x = finding_fire(l, f);

	finding_add_attempt(l, x, k->att);
	finding_add_txn(l, x, &l->d->txns[k->to]);
}

/* Recipients ---------------------------------------------------------------------- */

static struct slice user_of(struct slice address)
{
	return slice_to(address, slice_chr(address, '@'));
}

/* Local users are written with and without a domain, and with "+detail". */
static bool is_same(struct slice a, struct slice b)
{
	struct slice x = user_of(a), y = user_of(b);

	if (x.len < a.len && y.len < b.len)
		return slice_eq_nocase(a, b);
	return slice_eq_nocase(x, y);
}

/* T names W as a recipient, by any of its names. */
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

/* The deliveries of K's sender that went over K. */
static bool went_over(const struct derive *d, const struct link *k,
		      const struct del *v)
{
	return v->link != NONE32 && &d->links[v->link] == k;
}

static struct slice unknown_to(const struct derive *d, const struct link *k,
			       const struct txn *b)
{
	const struct txn *a = &d->txns[k->from];

	for (uint32_t i = a->dels; i < a->dels + a->ndels; i++) {
		struct slice who = word_text(d, d->dels[i].recipient);

		if (went_over(d, k, &d->dels[i]) && who.len &&
		    !names(d, b, who))
			return who;
	}
	return slice_of(NULL, 0);
}

static void check_recipients(struct finding_list *l, const struct link *k)
{
	const struct derive *d = l->d;
	const struct txn *b = &d->txns[k->to];
	struct firing f = firing_of(d, RULE_RECIPIENTS, k);
	struct slice who;

	/* what logs no end says nothing of aliases either */
	if (!b->ndels || b->state != STATE_COMPLETE || b->edges & PART_IDLE)
		return;
	finding_tried(l, RULE_RECIPIENTS, b->server, 1);
	who = unknown_to(d, k, b);
	if (!who.len)
		return;
	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "%.*s handed %.*s over for %.*s, whom no line of "
			      "%.*s names: consistent with an address that was "
			      "changed",
		    SLICE_FMT(word_text(d, d->txns[k->from].server)),
		    SLICE_FMT(f.name), SLICE_FMT(who),
		    SLICE_FMT(word_text(d, b->server)));
	fire_link(l, &f, k);
}

/* Clients ------------------------------------------------------------------------- */

static uint64_t pair_of(const struct derive *d, const struct link *k)
{
	return key_of(hash_mix(d->txns[k->from].server,
			       d->txns[k->to].server));
}

static uint64_t client_of(const struct derive *d, const struct link *k)
{
	return key_of(hash_mix(pair_of(d, k), d->txns[k->to].client_ip));
}

static void check_client(struct finding_list *l, const struct map *from,
			 const struct link *k)
{
	const struct derive *d = l->d;
	const uint32_t *all = map_find(from, pair_of(d, k));
	const uint32_t *own = map_find(from, client_of(d, k));
	const struct txn *b = &d->txns[k->to];
	struct firing f = firing_of(d, RULE_CLIENT, k);

	if (!all || !own || *all < KNOWN_LEAST)
		return;
	finding_tried(l, RULE_CLIENT, b->server, 1);
	if (*own * KNOWN_LEAST > *all || *own > 2)
		return;
	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "%.*s came from %.*s as %.*s, the address of only "
			      "%u of %u handoffs of these two servers: "
			      "consistent with an address that was changed",
		    SLICE_FMT(f.name),
		    SLICE_FMT(word_text(d, d->txns[k->from].server)),
		    SLICE_FMT(word_text(d, b->client_ip)), *own, *all);
	fire_link(l, &f, k);
}

/* More than were counted ---------------------------------------------------------- */

/* Those of an alias stand for the one that was counted. */
static uint32_t count_addressed(const struct derive *d, const struct txn *t)
{
	uint32_t n = 0;

	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++) {
		const struct del *v = &d->dels[i];
		bool again = false;

		if (v->orig || v->outcome == OUTCOME_REFUSED)
			return 0;
		for (uint32_t k = t->dels; k < i && !again; k++)
			again = d->dels[k].recipient == v->recipient;
		n += !again;
	}
	return n;
}

static void check_many(struct finding_list *l, const struct txn *t)
{
	const struct derive *d = l->d;
	struct firing f = {
		.rule = RULE_MANY,
		.server = t->server,
		.from = t->first,
		.to = t->last,
		.name = derive_queue_id(d, t),
	};

	finding_tried(l, RULE_MANY, t->server, 1);
	if (t->ndels <= (uint32_t)t->nrcpt || t->ndels > 1000 ||
	    count_addressed(d, t) <= (uint32_t)t->nrcpt)
		return;
	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "%.*s was queued for %d recipients, and lines tell "
			      "of %u: consistent with a delivery that was made "
			      "up", SLICE_FMT(f.name), (int)t->nrcpt, t->ndels);
	finding_add_txn(l, finding_fire(l, &f), t);
}

void findings_handoffs(struct finding_list *l)
{
	const struct derive *d = l->d;
	struct map from = {0};

	for (uint32_t i = 0; i < d->nlinks; i++)
		if (is_handoff(d, &d->links[i])) {
			++*map_add(&from, pair_of(d, &d->links[i]), 0);
			++*map_add(&from, client_of(d, &d->links[i]), 0);
		}
	for (uint32_t i = 0; i < d->nlinks; i++) {
		const struct link *k = &d->links[i];

		/* a filter here is another's hop as well */
		if (k->class == CLASS_CONFIRMED && k->kind == LINK_FILTER &&
		    k->att != NONE32)
			check_recipients(l, k);
		if (is_handoff(d, &d->links[i])) {
			check_recipients(l, &d->links[i]);
			check_client(l, &from, &d->links[i]);
		}
	}
	map_release(&from);
	for (uint32_t i = 0; i < d->ntxns; i++)
		if (finding_is_mail(&d->txns[i]) && d->txns[i].nrcpt > 0 &&
		    d->txns[i].edges & PART_OPENED &&
		    !(d->txns[i].edges & PART_IDLE))
			check_many(l, &d->txns[i]);
}
