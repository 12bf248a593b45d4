/* SPDX-License-Identifier: MIT */
/* Handoffs of which only one side is there: no log of the other, a log that does
 * not cover the time, or one that should hold it and does not. */
#include "model/trace/link.h"
#include "model/trace/missing.h"

#include "base/alloc.h"

#define BEFORE US_MINUTE        /* asked for on either side of an interval */
#define BEHIND (5 * US_MINUTE)
#define UNKNOWN_CLOCK US_MINUTE /* how wrong a clock of no handoff may be */

struct missing_row *missing_add(struct derive *d, struct missing_list *out,
				enum missing_kind kind, const struct txn *t)
{
	struct missing_row *r;

	(void)d;
	GROW(out->list, out->n, out->cap);
	r = &out->list[out->n++];
	*r = (struct missing_row){
		.journey = t->journey,
		.transaction = t->id,
		.kind = kind,
		.at = t->server,
		.from = TIME_NONE,
		.to = TIME_NONE,
	};
	return r;
}

void missing_times(const struct derive *d, uint32_t server, int64_t a,
		   int64_t b, struct missing_row *r)
{
	struct offset_range o;
	int64_t from = a, to = b;

	if (a == TIME_NONE || b == TIME_NONE)
		return;
	if (offsets_at(&d->offsets, server, b, &o) && offset_is_known(&o)) {
		bool sure = d->offsets.nodes[d->offsets.reference].external;

		/* a server of the case may be the one that is wrong */
		from = sure || a - o.hi < from ? a - o.hi : from;
		to = sure || b - o.lo > to ? b - o.lo : to;
	} else {
		from -= UNKNOWN_CLOCK;
		to += UNKNOWN_CLOCK;
	}
	r->from = from - BEFORE;
	r->to = to + BEHIND;
}

/* Whether the log of SERVER covers the times that OTHER's clock shows as A … B. */
static bool covers(const struct derive *d, uint32_t server, uint32_t other,
		   int64_t a, int64_t b)
{
	struct offset_range s, o;

	if (offsets_at(&d->offsets, server, a, &s) && offset_is_known(&s) &&
	    offsets_at(&d->offsets, other, a, &o) && offset_is_known(&o)) {
		a += s.lo - o.hi;
		b += s.hi - o.lo;
	} else {
		a -= UNKNOWN_CLOCK;
		b += UNKNOWN_CLOCK;
	}
	return coverage_holds(&d->coverage, server, a, b);
}

static void add_iso(struct strbuf *out, int64_t us)
{
	civil_add_iso(out, us);
}

/* "searched: …": the sources of SERVER with their coverage, window and pattern,
 * without which "not there" means nothing. */
static struct slice searched(struct derive *d, struct missing_list *out,
			     uint32_t server, const struct missing_row *r,
			     struct slice pattern)
{
	const struct coverage *c = &d->coverage;
	struct strbuf text = {0};
	struct slice kept;
	bool any = false;

	for (size_t i = 0; i < c->n; i++) {
		const struct coverage_row *v = &c->list[i];

		if (v->server != server || v->kind != COVERAGE_COVERED ||
		    v->to < r->from || v->from > r->to)
			continue;
		strbuf_addf(&text, "%ssource %u covers ", any ? ", " : "",
			    (unsigned)v->source);
		add_iso(&text, v->from);
		strbuf_add_str(&text, " to ");
		add_iso(&text, v->to);
		any = true;
	}
	if (!any)
		strbuf_add_str(&text, "no source covers that time");
	strbuf_add_str(&text, "; looked for ");
	strbuf_add_slice(&text, pattern);
	kept = arena_slice(&out->memory, strbuf_slice(&text));
	strbuf_release(&text);
	return kept;
}

/* Handed over ------------------------------------------------------------------ */

struct handed {
	struct derive *d;
	struct missing_list *out;
	struct map linked;   /* attempt + 1: any link rests on it */
	struct pair *guesses; /* attempt -> a link that may be its own */
	size_t nguesses, cguesses;
	struct map seen;     /* transaction and relay: said once */
	struct map refusals; /* server, sender, recipient -> attempt */
};

static uint64_t refusal_key(uint32_t server, uint32_t sender, uint32_t rcpt)
{
	return key_of(hash_mix((uint64_t)server << 32 | sender, rcpt));
}

static void index_refusals(struct handed *h)
{
	struct derive *d = h->d;

	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		const struct piece *p = d->pieces[d->att_piece[g]];

		if ((a->action == ACTION_REJECT ||
		     a->action == ACTION_TEMPFAIL) &&
		    a->recipient && a->sender)
			*map_add(&h->refusals,
				 refusal_key(attempt_server(d, g),
					     word_in(p, a->sender),
					     word_in(p, a->recipient)),
				 NONE32) = g;
	}
}

/* B refused what A says it took: the last such refusal, near in time. */
static bool was_refused(const struct handed *h, const struct del *v,
			uint32_t server)
{
	const struct derive *d = h->d;
	const uint32_t *at =
		map_find(&h->refusals,
			 refusal_key(server, d->txns[v->txn].sender,
				     v->recipient));
	struct offset_range s = {0}, o = {0};
	int64_t gap, slack = UNKNOWN_CLOCK;

	if (!at || d->atts[*at].utc == TIME_NONE)
		return false;
	gap = d->atts[*at].utc - d->atts[v->last].utc;
	if (offsets_at(&d->offsets, server, d->atts[*at].utc, &s) &&
	    offsets_at(&d->offsets, d->txns[v->txn].server,
		       d->atts[v->last].utc, &o) &&
	    offset_is_known(&s) && offset_is_known(&o)) {
		gap -= (s.lo + s.hi) / 2 - (o.lo + o.hi) / 2;
		slack = 5 * US_SECOND;
	}
	return llabs(gap) <= slack;
}

#define GUESSES_TOLD 8

/* "no id is said; it may be 4F1C2D on mx": absent if nothing may. */
static struct slice guessed(const struct handed *h, uint32_t att)
{
	const struct derive *d = h->d;
	size_t from = pairs_find(h->guesses, h->nguesses, att);
	size_t n = pairs_run(h->guesses, h->nguesses, from);
	struct strbuf text = {0};
	struct slice kept;

	if (!n)
		return slice_of(NULL, 0);
	strbuf_add_str(&text, "no id is said; it may be ");
	for (size_t i = 0; i < n && i < GUESSES_TOLD; i++) {
		const struct link *k = &d->links[h->guesses[from + i].value];
		const struct txn *to = &d->txns[k->to];

		strbuf_addf(&text, "%s%.*s on %.*s", i ? ", " : "",
			    SLICE_FMT(derive_queue_id(d, to)),
			    SLICE_FMT(word_text(d, to->server)));
	}
	if (n > GUESSES_TOLD)
		strbuf_addf(&text, " and %zu more", n - GUESSES_TOLD);
	kept = arena_slice(&h->out->memory, strbuf_slice(&text));
	strbuf_release(&text);
	return kept;
}

static void add_handed(struct handed *h, const struct del *v,
		       enum missing_kind kind, uint32_t server)
{
	struct derive *d = h->d;
	const struct txn *t = &d->txns[v->txn];
	const struct attempt *a = derive_attempt(d, v->last);
	const struct piece *p = d->pieces[d->att_piece[v->last]];
	struct missing_row *r = missing_add(d, h->out, kind, t);
	struct instant w;

	r->name = word_in(p, a->relay_name);
	r->ip = word_in(p, a->relay_ip);
	r->server = server;
	r->queue_id = derive_next_id(d, v->last);
	r->recipient = v->recipient;
	if (offsets_handing(d, t, v->last, &w))
		missing_times(d, t->server,
			      w.lo <= -OFFSET_OPEN ? w.hi - US_MINUTE : w.lo,
			      w.hi, r);
	if (server)
		r->searched = searched(d, h->out, server, r, r->queue_id);
	else
		r->searched = guessed(h, v->last);
}

static void handed_delivery(struct handed *h, const struct del *v)
{
	struct derive *d = h->d;
	const struct txn *t = &d->txns[v->txn];
	struct slice id;
	struct instant w;
	uint32_t server, *seen;

	if (v->outcome != OUTCOME_RELAYED || v->goes_on || v->last == NONE32 ||
	    d->atts[v->last].agent != NONE32 || /* whose log is here */
	    t->flags & (ROW_PROBE | ROW_COPY) ||
	    derive_loopback(d, v->last) ||
	    map_find(&h->linked, (uint64_t)v->last + 1))
		return;
	id = derive_next_id(d, v->last);
	seen = map_add(&h->seen,
		       key_of(hash_mix(hash64(id), v->txn + UINT64_C(1))), 0);
	if (id.len && (*seen)++)
		return;
	server = place_at_relay(d, v->last, PLACE_NAMED, false);
	if (!server) {
		add_handed(h, v, MISSING_NO_LOG, 0);
		return;
	}
	if (server == t->server || !id.len ||
	    !offsets_handing(d, t, v->last, &w))
		return;
	if (was_refused(h, v, server))
		add_handed(h, v, MISSING_STATUS, server);
	else if (covers(d, server, t->server, w.hi - US_SECOND, w.hi))
		add_handed(h, v, MISSING_ABSENT, server);
	else
		add_handed(h, v, MISSING_NOT_COVERED, server);
}

/* Not sent ---------------------------------------------------------------------- */

/* How many handoffs from A to B are known by both sides, and how many only by B. */
struct pair_count {
	uint32_t both, one;
};

static uint64_t pair_of(uint32_t a, uint32_t b)
{
	return (uint64_t)a << 32 | b;
}

static bool has_more_than_refusals(const struct derive *d, const struct txn *t)
{
	for (uint32_t i = t->dels; i < t->dels + t->ndels; i++)
		if (d->dels[i].outcome != OUTCOME_REFUSED)
			return true;
	return false;
}

static bool came_alone(const struct derive *d, const struct txn *t,
		       const bool *reached)
{
	/* a test of an address ends before there is a message */
	return t->up == NONE32 && t->opened != TIME_NONE && !t->user &&
	       t->sender && has_more_than_refusals(d, t) &&
	       t->state != STATE_REFUSED && t->state != STATE_OBSERVED &&
	       !(t->flags & (ROW_PROBE | ROW_COPY)) && !reached[t - d->txns];
}

static void add_unsent(struct derive *d, struct missing_list *out,
		       const struct txn *t, uint32_t from)
{
	struct missing_row *r = missing_add(d, out, MISSING_UNSENT, t);

	r->server = from;
	r->ip = t->client_ip;
	r->name = t->client_name;
	r->queue_id = derive_queue_id(d, t);
	missing_times(d, t->server, t->opened, t->opened + US_SECOND, r);
	r->searched = searched(d, out, from, r, r->queue_id);
}

/* A claim that another log says nothing of it needs a log that usually does. */
static void find_unsent(struct handed *h, const bool *reached)
{
	struct derive *d = h->d;
	struct map both = {0}, one = {0};

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];
		uint32_t from = place_at_client(d, t, PLACE_KNOWN);

		if (from && from != t->server && t->up != NONE32)
			++*map_add(&both, pair_of(from, t->server), 0);
		else if (from && from != t->server &&
			 came_alone(d, t, reached))
			++*map_add(&one, pair_of(from, t->server), 0);
	}
	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];
		uint32_t from = place_at_client(d, t, PLACE_KNOWN), *n, *m;

		if (!from || from == t->server || !came_alone(d, t, reached))
			continue;
		n = map_find(&both, pair_of(from, t->server));
		m = map_find(&one, pair_of(from, t->server));
		if (n && *m * 5 <= *n &&
		    covers(d, from, t->server, t->opened,
			   t->opened + US_SECOND))
			add_unsent(d, h->out, t, from);
	}
	map_release(&both);
	map_release(&one);
}

/* What may be another message answers nothing: who names an id means that one,
 * and who names none may mean one that no log here has. */
static void note_link(struct handed *h, uint32_t i, bool *reached)
{
	const struct link *k = &h->d->links[i];

	if (k->class == CLASS_POSSIBLE && k->att != NONE32) {
		if (derive_next_id(h->d, k->att).len || !link_joins(k->kind))
			return;
		GROW(h->guesses, h->nguesses, h->cguesses);
		h->guesses[h->nguesses++] = (struct pair){k->att, i};
	} else if (k->att != NONE32 && (k->class != CLASS_CONTRADICTED ||
					k->evidence & E(1))) {
		/* that it was refused is said of the delivery */
		map_add(&h->linked, (uint64_t)k->att + 1, 1);
	}
	reached[k->to] = true;
}

void missing_handoffs(struct derive *d, struct missing_list *out)
{
	struct handed h = {.d = d, .out = out};
	bool *reached = mem_alloc(d->ntxns * sizeof *reached + 1);

	for (uint32_t i = 0; i < d->nlinks; i++)
		note_link(&h, i, reached);
	if (h.nguesses)
		pairs_sort(h.guesses, h.nguesses);
	index_refusals(&h);
	for (uint32_t i = 0; i < d->ndels; i++)
		handed_delivery(&h, &d->dels[i]);
	find_unsent(&h, reached);
	free(reached);
	free(h.guesses);
	map_release(&h.linked);
	map_release(&h.seen);
	map_release(&h.refusals);
}

void missing_make(struct derive *d, struct missing_list *out)
{
	*out = (struct missing_list){0};
	missing_handoffs(d, out);
	missing_conflicts(d, out);
}

void missing_release(struct missing_list *m)
{
	free(m->list);
	arena_release(&m->memory);
}
