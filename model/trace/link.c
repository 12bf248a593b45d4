/* SPDX-License-Identifier: MIT */
/* Exact links: an answer names the id under which the next server took the
 * message. Ids come again on other servers and days, so that time, names and
 * addresses choose; what cannot be chosen stays possible. */
#include "model/trace/link.h"
#include "model/trace/deny.h"
#include "model/trace/proof.h"

#include "base/alloc.h"

/* Clocks of real servers were found wrong by minutes; an unknown zone or year
 * by a day and its offset. A clock that is off by hours is believed if the names
 * agree and nothing nearer has the id. */
#define CLOCKS_OFF (15 * US_MINUTE)
#define ZONES_OFF (26 * US_HOUR)
#define CHAIN_MAX 1000 /* hops of one message */
#define LOOK_MAX 256   /* namesakes within the window that are compared */

bool link_joins(enum link_kind k)
{
	static const bool joins[LINK_KIND_COUNT] = {
		[LINK_HANDOFF] = true,  [LINK_FILTER] = true,
		[LINK_RETRY] = true,    [LINK_EXPANSION] = true,
		[LINK_ALIAS] = true,    [LINK_REQUEUE] = true,
		[LINK_OBSERVED] = true,
	};

	return joins[k];
}

uint32_t link_root(const struct derive *d, uint32_t txn)
{
	for (unsigned steps = 0; steps < CHAIN_MAX; steps++) {
		uint32_t up = d->txns[txn].up;

		if (up == NONE32 || !link_joins(d->links[up].kind))
			break;
		txn = d->links[up].from;
	}
	return txn;
}

static void index_ids(struct linker *l)
{
	struct derive *d = l->d;
	struct pair *p = mem_resize(NULL, d->ntxns * sizeof *p + 1);
	size_t n = 0;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		if (!d->txns[i].nfrags)
			continue;
		/* by time first: the second sort is stable */
		p[n].key = pair_time(txn_time(&d->txns[i]));
		p[n++].value = i;
	}
	pairs_sort(p, n);
	for (size_t i = 0; i < n; i++)
		p[i].key = hash64(derive_queue_id(d, &d->txns[p[i].value]));
	pairs_sort(p, n);
	l->ids = p;
	l->nids = n;
}

size_t link_named(const struct linker *l, struct slice id, size_t *from)
{
	*from = pairs_find(l->ids, l->nids, hash64(id));
	return pairs_run(l->ids, l->nids, *from);
}

/* Whether a chain of confirmed links leads from TO to FROM already; a chain too
 * long to be mail counts as one. *WEAKEST: the end of its link that fits worst,
 * NONE32 if nothing can be taken away. */
static bool is_circle(const struct linker *l, uint32_t from, uint32_t to,
		      uint32_t *weakest)
{
	const struct derive *d = l->d;

	*weakest = NONE32;
	if (!l->leads[to])
		return from == to;
	for (unsigned steps = 0; steps < CHAIN_MAX && from != to; steps++) {
		uint32_t up = d->txns[from].up;

		if (up == NONE32)
			return false;
		if (*weakest == NONE32 || l->good[from] < l->good[*weakest])
			*weakest = from;
		from = d->links[up].from;
	}
	if (from != to)
		*weakest = NONE32;
	return true;
}

static void demote(struct derive *d, uint32_t txn)
{
	d->links[d->txns[txn].up].class = CLASS_POSSIBLE;
	d->txns[txn].up = NONE32;
}

/* Whether C, or the link that leads to its end by now, fits better; demotes the
 * other, or both if they are equal. */
static bool is_better(struct linker *l, const struct claim *c)
{
	struct txn *to = &l->d->txns[c->to];
	int64_t ahead = c->good - l->good[c->to];

	if (l->contested[c->to] && ahead <= US_SECOND)
		return false;
	if (to->up == NONE32)
		return true;
	if (ahead < -US_SECOND)
		return false;
	demote(l->d, c->to);
	l->contested[c->to] = ahead <= US_SECOND;
	return !l->contested[c->to];
}

/* Whether the link may be the one that leads to its end. Mail that comes in a
 * circle has new ids: an answer that names one of those before it lies. */
static bool win(struct linker *l, const struct claim *c)
{
	uint32_t weakest;
	bool circle = is_circle(l, c->from, c->to, &weakest);

	if (circle && (weakest == NONE32 ||
		       c->good < l->good[weakest] + GOOD_STEP))
		return false;
	if (!is_better(l, c))
		return false;
	if (circle)
		demote(l->d, weakest);
	return true;
}

static void merge(struct link *k, const struct claim *c)
{
	k->evidence |= c->evidence;
	if (k->kind == LINK_HANDOFF)
		k->kind = (uint8_t)c->kind;
	if (k->att == NONE32)
		k->att = c->att;
	if (k->key == NONE32) {
		k->key_piece = c->piece;
		k->key = c->key;
	}
}

uint32_t link_claim(struct linker *l, const struct claim *c)
{
	struct derive *d = l->d;
	uint64_t key = ((uint64_t)c->from << 32 | c->to) + 1;
	uint32_t *known = map_add(&l->pairs, key, d->nlinks);
	struct link *k;

	if (*known < d->nlinks) {
		k = &d->links[*known];
		merge(k, c);
		if (k->class == CLASS_CONFIRMED || c->class != CLASS_CONFIRMED)
			return *known;
	} else {
		GROW(d->links, d->nlinks, d->clinks);
		k = &d->links[d->nlinks++];
		*k = (struct link){
			.from = c->from,
			.to = c->to,
			.evidence = c->evidence,
			.att = c->att,
			.key_piece = c->piece,
			.key = c->key,
			.kind = (uint8_t)c->kind,
			.class = (uint8_t)c->class,
		};
	}
	if (c->class != CLASS_CONFIRMED)
		return *known;
	k->class = CLASS_POSSIBLE;
	if (win(l, c)) {
		k->class = CLASS_CONFIRMED;
		d->txns[c->to].up = *known;
		l->good[c->to] = c->good;
		l->leads[c->from] = true;
	}
	return *known;
}

/* Servers are called by the first label of their names, unless one was given. */
static bool is_host(struct slice host, struct slice server)
{
	return server.len && host.len &&
	       (slice_eq_nocase(host, server) ||
		slice_eq_nocase(slice_to(host, slice_chr(host, '.')), server));
}

/* Whether the analyst says that the relay is SERVER. */
static bool is_given(const struct derive *d, const struct piece *p,
		     const struct attempt *a, uint32_t server)
{
	struct slice name = word_text(d, word_in(p, a->relay_name));
	struct slice ip = word_text(d, word_in(p, a->relay_ip));

	return server && (place_given(d, name) == server ||
			  place_given(d, ip) == server);
}

/* How well the names of both sides agree that attempt ATT went to TO. */
static int agreement(struct derive *d, uint32_t att, const struct txn *from,
		     const struct txn *to, bool *loopback)
{
	const struct attempt *a = derive_attempt(d, att);
	const struct piece *p = d->pieces[d->att_piece[att]];
	struct slice name = word_text(d, word_in(p, a->relay_name));
	int score = 0;

	*loopback = derive_loopback(d, att);
	if (from->server == to->server)
		score += *loopback ? 4 : -2;
	else if (*loopback)
		score -= 8;
	else if (is_host(name, word_text(d, to->server)) ||
		 is_given(d, p, a, to->server))
		score += 4;
	if (is_host(word_text(d, to->client_name), word_text(d, from->server)))
		score += 2;
	return score;
}

struct choice {
	uint32_t best, second; /* transactions, NONE32 */
	int64_t good, second_good;
	bool loopback;
	int score;
};

static void choose(struct choice *c, uint32_t txn, int score, int64_t distance,
		   bool loopback)
{
	int64_t good = score * GOOD_STEP - distance;

	if (c->best == NONE32 || good > c->good) {
		c->second = c->best;
		c->second_good = c->good;
		c->best = txn;
		c->good = good;
		c->loopback = loopback;
		c->score = score;
	} else if (c->second == NONE32 || good > c->second_good) {
		c->second = txn;
		c->second_good = good;
	}
}

/* Namesakes are ordered by time: the first within the window. */
static size_t first_after(const struct linker *l, size_t from, size_t n,
			  int64_t time)
{
	size_t lo = from, hi = from + n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (txn_time(&l->d->txns[l->ids[mid].value]) < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* FAR: clocks may be off by hours, but then the names must agree. */
static struct choice find_within(struct linker *l, uint32_t txn, uint32_t att,
				 bool far)
{
	struct derive *d = l->d;
	struct choice c = {.best = NONE32, .second = NONE32};
	const struct txn *from = &d->txns[txn];
	const struct attempt *a = derive_attempt(d, att);
	int64_t utc = d->atts[att].utc;
	int64_t slack = a->transfer > 0 ? a->transfer : 0;
	size_t start, n = link_named(l, derive_next_id(d, att), &start);
	size_t end = start + n, look = LOOK_MAX;

	if (!n || utc == TIME_NONE)
		return c;
	if (n > LOOK_MAX)
		start = first_after(l, start, n, utc - ZONES_OFF - slack);
	for (size_t i = start; i < end && look; i++, look--) {
		uint32_t k = l->ids[i].value;
		const struct txn *to = &d->txns[k];
		bool loopback, assumed = d->atts[att].assumed ||
					 to->flags & ROW_TIME_ASSUMED;
		int score;
		int64_t off = assumed || far ? ZONES_OFF : CLOCKS_OFF;
		int64_t gap = txn_time(to) - utc;

		if (k == txn || txn_time(to) == TIME_NONE ||
		    gap < -off - slack || gap > off ||
		    !slice_eq(derive_queue_id(d, to), derive_next_id(d, att)))
			continue;
		/* one clock wrote both: no excuse for a time ahead */
		if (to->server == from->server && gap > US_MINUTE)
			continue;
		score = agreement(d, att, from, to, &loopback);
		if (far && (score <= 0 || to->server == from->server))
			continue;
		/* ids come again: a namesake that is another message */
		if (!(to->server == from->server && loopback) &&
		    deny_message(d, txn, k, att))
			score -= 6;
		choose(&c, k, score, gap < 0 ? -gap : gap, loopback);
	}
	return c;
}

static struct choice find_next(struct linker *l, uint32_t txn, uint32_t att)
{
	struct choice c = find_within(l, txn, att, false);

	return c.best == NONE32 ? find_within(l, txn, att, true) : c;
}

/* A notice is another message: nothing of it is compared. */
void corroborate_links(struct derive *d)
{
	for (uint32_t i = 0; i < d->nlinks; i++) {
		struct link *k = &d->links[i];

		if (k->kind != LINK_BOUNCE && k->kind != LINK_LATE_BOUNCE)
			k->evidence |= proof_between(d, k->from, k->to, k->att);
	}
}

static bool is_same_relay(const struct derive *d, uint32_t a, uint32_t b)
{
	return word_in(d->pieces[d->att_piece[a]],
		       derive_attempt(d, a)->relay_ip) ==
	       word_in(d->pieces[d->att_piece[b]],
		       derive_attempt(d, b)->relay_ip);
}

/* Filters listen on the loopback, on a port of their own; a submission agent
 * hands over to the mail server beside it. */
static bool is_filter(struct linker *l, const struct choice *c, uint32_t att)
{
	int32_t port = derive_attempt(l->d, att)->relay_port;

	return c->loopback && port > 0 && port != 25 && port != 587;
}

/* Two relays gave one id: who names the other side knows it. */
static bool says_better(struct linker *l, const struct link *k, uint32_t att)
{
	const struct txn *from = &l->d->txns[k->from], *to = &l->d->txns[k->to];
	bool loopback;

	return !is_same_relay(l->d, att, k->att) &&
	       agreement(l->d, att, from, to, &loopback) >
		       agreement(l->d, k->att, from, to, &loopback);
}

static void link_attempt(struct linker *l, uint32_t txn, uint32_t att)
{
	struct derive *d = l->d;
	uint64_t key = said_key(txn, derive_next_id(d, att));
	struct choice c;
	struct claim claim;
	uint32_t *said;

	said = map_find(&l->said, key);
	if (said) {
		/* a key said it, or another recipient of the same answer */
		d->links[*said].evidence |= E(1);
		if (d->links[*said].att == NONE32 ||
		    says_better(l, &d->links[*said], att))
			d->links[*said].att = att;
		return;
	}
	c = find_next(l, txn, att);
	if (c.best == NONE32)
		return;
	claim = (struct claim){
		.from = txn,
		.to = c.best,
		.kind = is_filter(l, &c, att) ? LINK_FILTER : LINK_HANDOFF,
		.class = CLASS_CONFIRMED,
		.evidence = E(1),
		.att = att,
		.key = NONE32,
		.good = c.good,
	};
	if (c.second != NONE32 && c.good - c.second_good <= US_SECOND) {
		claim.class = CLASS_POSSIBLE;
		link_claim(l, &claim);
		claim.to = c.second;
		link_claim(l, &claim);
		return;
	}
	said = map_add(&l->said, key, NONE32);
	*said = link_claim(l, &claim);
}

static void link_attempts(struct linker *l)
{
	struct derive *d = l->d;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		/* what a sensor heard is no one's step: link_observed */
		if (t->edges & PART_OBSERVED)
			continue;
		for (uint32_t k = 0; k < t->natts; k++) {
			uint32_t att = d->txn_atts[t->atts + k];

			if (derive_attempt(d, att)->next_id)
				link_attempt(l, i, att);
		}
	}
}

/* The link over which each delivery goes on. */
static void mark_deliveries(struct linker *l)
{
	struct derive *d = l->d;

	for (uint32_t i = 0; i < d->ndels; i++) {
		struct del *v = &d->dels[i];
		const struct attempt *a;
		uint32_t *k = NULL;

		if (v->last == NONE32)
			continue;
		a = derive_attempt(d, v->last);
		if (a->next_id)
			k = map_find(
				&l->said,
				said_key(v->txn, derive_next_id(d, v->last)));
		if (!k)
			k = map_find(&l->lines,
				     line_key(d->att_piece[v->last], a->line));
		if (!k || d->links[*k].from != v->txn ||
		    d->links[*k].class != CLASS_CONFIRMED ||
		    !link_joins(d->links[*k].kind))
			continue;
		/* another relay named the id, for whom nobody took it there */
		if (d->links[*k].att != NONE32 &&
		    !is_same_relay(d, v->last, d->links[*k].att) &&
		    deny_recipient(d, d->links[*k].to, v->last))
			continue;
		v->link = *k;
		v->goes_on = true;
		d->links[*k].carried++;
	}
}

void link_transactions(struct derive *d)
{
	struct linker l = {.d = d};

	index_ids(&l);
	l.good = mem_alloc(d->ntxns * sizeof *l.good + 1);
	l.contested = mem_alloc(d->ntxns * sizeof *l.contested + 1);
	l.leads = mem_alloc(d->ntxns * sizeof *l.leads + 1);
	link_keys(&l);
	link_attempts(&l);
	contradict_stated(&l);
	places_learn(d);
	contradict_strangers(&l);
	link_networks(&l);
	link_messages(&l);
	link_observed(&l);
	mark_deliveries(&l);
	link_locals(&l);
	link_late(&l);
	free(l.ids);
	free(l.good);
	free(l.contested);
	free(l.leads);
	map_release(&l.pairs);
	map_release(&l.said);
	map_release(&l.lines);
}
