/* SPDX-License-Identifier: MIT */
/* The two sides of handoffs that no id joins: answers that say that a message was
 * taken and of which nothing leads on, and messages that nothing leads to. */
#include "base/alloc.h"
#include "model/trace/unsaid.h"

static bool *linked_attempts(const struct derive *d)
{
	bool *linked = mem_alloc(d->natts * sizeof *linked + 1);

	for (uint32_t i = 0; i < d->nlinks; i++)
		/* a notice that came back is not where it went */
		if (d->links[i].att != NONE32 &&
		    d->links[i].kind != LINK_LATE_BOUNCE)
			linked[d->links[i].att] = true;
	return linked;
}

static bool is_open(struct unsaid *u, const bool *linked, uint32_t g,
		    bool *lost)
{
	const struct derive *d = u->d;
	const struct att *t = &d->atts[g];
	const struct attempt *a;

	if (t->copy || linked[g] || t->utc == TIME_NONE || t->del == NONE32 ||
	    d->txns[t->txn].edges & PART_OBSERVED)
		return false;
	a = derive_attempt(d, g);
	if (a->action != ACTION_RELAY && a->action != ACTION_DEFER)
		return false;
	*lost = a->action == ACTION_DEFER;
	if (*lost)
		return unsaid_is_lost(d, a,
				      word_in(d->pieces[d->att_piece[g]],
					      a->reply),
				      &u->lost);
	/* what a filter withheld or another answer undid was not taken */
	return d->dels[t->del].outcome == OUTCOME_RELAYED &&
	       !(d->dels[t->del].goes_on && d->dels[t->del].last == g);
}

static void find_lefts(struct unsaid *u)
{
	struct derive *d = u->d;
	bool *linked = linked_attempts(d), lost;

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (t->flags & (ROW_PROBE | ROW_COPY))
			continue;
		for (uint32_t k = 0; k < t->natts; k++) {
			uint32_t g = d->txn_atts[t->atts + k];

			if (!is_open(u, linked, g, &lost))
				continue;
			GROW(u->lefts, u->nlefts, u->clefts);
			u->lefts[u->nlefts++] = (struct left){
				.att = g, .txn = i, .lost = lost};
		}
	}
	free(linked);
}

static void find_rights(struct unsaid *u)
{
	struct derive *d = u->d;
	bool *reached = mem_alloc(d->ntxns * sizeof *reached + 1);

	for (uint32_t i = 0; i < d->nlinks; i++)
		if (link_joins(d->links[i].kind))
			reached[d->links[i].to] = true;
	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (!t->nfrags || t->up != NONE32 || reached[i] || t->refused ||
		    t->opened == TIME_NONE || t->edges & PART_OBSERVED ||
		    t->flags & (ROW_PROBE | ROW_COPY) || !t->client_ip)
			continue;
		GROW(u->rights, u->nrights, u->crights);
		u->rights[u->nrights++] = (struct right){.txn = i};
	}
	free(reached);
}

/* Only those remain of which one side's address says that there may be a pair. */
static void keep_lefts(struct unsaid *u, struct map *to, struct map *from)
{
	struct derive *d = u->d;
	uint32_t list[PLACES_MAX], n = 0;

	for (uint32_t i = 0; i < u->nrights; i++) {
		const struct txn *t = &d->txns[u->rights[i].txn];
		unsigned k = places_of_client(d, t, list);

		while (k--)
			map_add(from, list[k] + UINT64_C(1), 1);
	}
	for (uint32_t i = 0; i < u->nlefts; i++) {
		struct left *l = &u->lefts[i];
		unsigned k = places_of_relay(d, l->att, list);

		l->known = k > 0;
		if (!k && !map_find(from, d->txns[l->txn].server + UINT64_C(1)))
			continue;
		while (k--)
			map_add(to, list[k] + UINT64_C(1), 1);
		u->lefts[n++] = *l;
	}
	u->nlefts = n;
}

static void keep_rights(struct unsaid *u, struct map *to)
{
	struct derive *d = u->d;
	struct pair *p = mem_resize(NULL, u->nrights * sizeof *p + 1);
	struct right *kept;
	uint32_t list[PLACES_MAX], n = 0;

	for (uint32_t i = 0; i < u->nrights; i++) {
		const struct txn *t = &d->txns[u->rights[i].txn];

		if (!map_find(to, t->server + UINT64_C(1)) &&
		    !places_of_client(d, t, list))
			continue;
		p[n].key = pair_time(t->opened);
		p[n++].value = u->rights[i].txn;
	}
	if (n)
		pairs_sort(p, n);
	kept = mem_alloc(n * sizeof *kept + 1);
	for (uint32_t i = 0; i < n; i++) {
		const struct txn *t = &d->txns[p[i].value];
		uint32_t *known = map_add(&u->servers,
					  t->server + UINT64_C(1), 1);

		kept[i].txn = p[i].value;
		if (t->flags & ROW_TIME_ASSUMED)
			*known = 2;
	}
	free(p);
	free(u->rights);
	u->rights = kept;
	u->nrights = n;
}

void unsaid_sides(struct unsaid *u)
{
	struct map to = {0}, from = {0};

	find_lefts(u);
	find_rights(u);
	keep_lefts(u, &to, &from);
	keep_rights(u, &to);
	map_release(&to);
	map_release(&from);
}
