/* SPDX-License-Identifier: MIT */
/* Runs of all pieces in UTC, joined per server, and the silences between them
 * (TRACE §5). */
#include "model/trace/coverage.h"

#include "base/alloc.h"
#include "model/trace/derive.h"

#define FEW_LINES 20 /* below that an hour's pauses say nothing */
#define FEW_PAUSES 4
#define A_PAUSE (10 * US_SECOND)

/* One run of a piece, in UTC. */
struct span {
	uint32_t server, source;
	int64_t from, to;
	uint8_t hour; /* of its end, as written */
	uint64_t lines, events;
};

/* How long the pauses of a server are. */
struct profile {
	uint32_t server;
	uint32_t n[24][PAUSE_STEPS];
};

struct covering {
	struct derive *d;
	struct coverage *out;
	struct span *spans;
	size_t n, cap;
	struct profile **profiles;
	size_t nprofiles, cprofiles;
	struct map by_server; /* server + 1 -> profile */
	struct map mail;      /* source and server -> records of mail */
};

static uint64_t pair_key(uint32_t source, uint32_t server)
{
	return ((uint64_t)source << 32 | server) + 1;
}

static struct profile *profile_of(struct covering *c, uint32_t server)
{
	uint32_t *at = map_add(&c->by_server, (uint64_t)server + 1, NONE32);

	if (*at == NONE32) {
		*at = (uint32_t)c->nprofiles;
		GROW(c->profiles, c->nprofiles, c->cprofiles);
		c->profiles[c->nprofiles] = mem_alloc(sizeof **c->profiles);
		c->profiles[c->nprofiles++]->server = server;
	}
	return c->profiles[*at];
}

static void add_span(struct covering *c, uint32_t piece,
		     const struct time_run *r)
{
	struct derive *d = c->d;
	const struct piece *p = d->pieces[piece];
	uint32_t server = derive_server(d, piece, r->host);
	int64_t from = derive_utc(d, piece, r->first_line, r->first, NULL);
	int64_t to = derive_utc(d, piece, r->last_line, r->last, NULL);
	uint32_t *mail;

	if (from == TIME_NONE || to == TIME_NONE)
		return;
	GROW(c->spans, c->n, c->cap);
	c->spans[c->n++] = (struct span){
		.server = server,
		.source = p->source,
		.from = from < to ? from : to,
		.to = from < to ? to : from,
		.hour = (uint8_t)((stamp_unpack(r->last).us / US_HOUR % 24 +
				   24) %
				  24),
		.lines = r->lines,
		.events = r->events,
	};
	mail = map_add(&c->mail, pair_key(p->source, server), 0);
	*mail += r->events;
	mail = map_add(&c->mail, pair_key(p->source, UINT32_MAX), 0);
	*mail += r->events;
}

/* Pauses are counted per source: they are those of all who wrote there. */
static void add_pauses(struct covering *c, uint32_t piece)
{
	const struct piece *p = c->d->pieces[piece];

	for (size_t k = 0; k < p->nruns; k++) {
		uint32_t server = derive_server(c->d, piece, p->runs[k].host);
		struct profile *f;
		bool again = false;

		for (size_t i = 0; i < k && !again; i++)
			again = p->runs[i].host == p->runs[k].host;
		if (again || k > 64)
			continue;
		f = profile_of(c, server);
		for (size_t i = 0; i < p->npauses; i++)
			f->n[p->pauses[i].slot / PAUSE_STEPS]
			    [p->pauses[i].slot % PAUSE_STEPS] += p->pauses[i].n;
	}
}

/* The pause between two pieces, which neither of them counted. */
static void add_between(struct covering *c, uint32_t piece)
{
	const struct piece *a = c->d->pieces[piece - 1];
	const struct piece *b = c->d->pieces[piece];
	struct stamp from = stamp_unpack(a->last), to = stamp_unpack(b->first);

	if (a->source != b->source || from.us == TIME_NONE || !a->nruns ||
	    from.has != to.has || to.us < from.us)
		return;
	profile_of(c, derive_server(c->d, piece - 1, a->runs[0].host))
		->n[(from.us / US_HOUR % 24 + 24) % 24]
		   [pause_step(to.us - from.us)]++;
}

static uint64_t count_from(const uint32_t *n, unsigned step)
{
	uint64_t all = 0;

	for (; step < PAUSE_STEPS; step++)
		all += n[step];
	return all;
}

/* Of the pauses of step FROM and longer. */
static int64_t median_from(const uint32_t *n, unsigned from)
{
	uint64_t half = (count_from(n, from) + 1) / 2, seen = 0;

	for (unsigned step = from; step < PAUSE_STEPS; step++) {
		seen += n[step];
		if (seen >= half)
			return pause_least(step);
	}
	return 0;
}

/* The longest silence that is usual in that hour. */
static int64_t usual(const struct profile *f, unsigned hour)
{
	uint32_t day[PAUSE_STEPS] = {0};
	const uint32_t *lines = f->n[hour], *pauses = f->n[hour];
	unsigned pause = pause_step(A_PAUSE);
	int64_t most = RUN_SILENCE, x;

	for (unsigned h = 0; h < 24; h++)
		for (unsigned i = 0; i < PAUSE_STEPS; i++)
			day[i] += f->n[h][i];
	if (count_from(lines, 0) < FEW_LINES)
		lines = day;
	if (count_from(pauses, pause) < FEW_LINES)
		pauses = day;
	x = GAP_LINES * median_from(lines, 0);
	if (x > most)
		most = x;
	x = GAP_PAUSES * median_from(pauses, pause);
	if (count_from(pauses, pause) >= FEW_PAUSES && x > most)
		most = x;
	return most;
}

static int span_order(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static void add_row(struct coverage *out, const struct coverage_row *r)
{
	GROW(out->list, out->n, out->cap);
	out->list[out->n++] = *r;
}

/* The covered stretch of SOURCE that is still open, among those from FIRST. */
static struct coverage_row *open_row(struct coverage *out, size_t first,
				     uint32_t source, int64_t since)
{
	for (size_t i = out->n; i-- > first;) {
		struct coverage_row *r = &out->list[i];

		if (r->kind == COVERAGE_COVERED && r->source == source)
			return since == TIME_NONE || r->to >= since ? r : NULL;
	}
	return NULL;
}

/* All spans of one server, in the order of time. */
static void cover_server(struct covering *c, const struct span *s, size_t n)
{
	const struct profile *f = profile_of(c, s->server);
	size_t first = c->out->n;
	int64_t to = s->from, since = TIME_NONE;
	unsigned hour = s->hour;

	for (size_t i = 0; i < n; i++) {
		struct coverage_row *r;

		if (s[i].from - to > RUN_SILENCE &&
		    s[i].from - to > usual(f, hour)) {
			add_row(c->out, &(struct coverage_row){
						.server = s->server,
						.source = s[i].source,
						.from = to,
						.to = s[i].from,
						.kind = COVERAGE_GAP,
					});
			since = s[i].from;
		}
		r = open_row(c->out, first, s[i].source, since);
		if (!r) {
			add_row(c->out, &(struct coverage_row){
						.server = s->server,
						.source = s[i].source,
						.from = s[i].from,
						.to = s[i].to,
						.kind = COVERAGE_COVERED,
					});
			r = &c->out->list[c->out->n - 1];
		}
		r->lines += s[i].lines;
		if (s[i].to > r->to)
			r->to = s[i].to;
		if (s[i].to >= to) {
			to = s[i].to;
			hour = s[i].hour;
		}
	}
}

/* Hosts that wrote no mail into a source that has some. */
static void drop_strangers(struct covering *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct span *s = &c->spans[i];

		if (!*map_find(&c->mail, pair_key(s->source, s->server)) &&
		    *map_find(&c->mail, pair_key(s->source, UINT32_MAX)))
			continue;
		c->spans[n++] = *s;
	}
	c->n = n;
}

static void cover_servers(struct covering *c)
{
	drop_strangers(c);
	if (c->n)
		qsort(c->spans, c->n, sizeof *c->spans, span_order);
	for (size_t i = 0; i < c->n;) {
		size_t from = i;

		while (i < c->n && c->spans[i].server == c->spans[from].server)
			i++;
		cover_server(c, c->spans + from, i - from);
	}
}

/* Messages were lost between the record before the notice and the notice. */
static void add_notes(struct covering *c, uint32_t piece)
{
	struct derive *d = c->d;
	const struct piece *p = d->pieces[piece];

	for (size_t i = 0; i < p->nnotes; i++) {
		const struct gap_note *g = &p->notes[i];
		int64_t t = derive_utc(d, piece, g->line, g->time, NULL);

		if (t == TIME_NONE)
			continue;
		add_row(c->out,
			&(struct coverage_row){
				.server = derive_server(d, piece, g->host),
				.source = p->source,
				.from = t,
				.to = t,
				.kind = COVERAGE_SUPPRESSED,
				.lines = (uint64_t)g->lost,
			});
	}
}

static void find_ends(struct coverage *c)
{
	c->first = c->last = TIME_NONE;
	for (size_t i = 0; i < c->n; i++) {
		const struct coverage_row *r = &c->list[i];

		if (r->kind != COVERAGE_COVERED)
			continue;
		if (c->first == TIME_NONE || r->from < c->first)
			c->first = r->from;
		if (c->last == TIME_NONE || r->to > c->last)
			c->last = r->to;
	}
}

static int64_t end_of_source(const struct coverage *c, uint32_t source,
			     uint32_t *server)
{
	int64_t end = TIME_NONE;

	for (size_t i = 0; i < c->n; i++) {
		const struct coverage_row *r = &c->list[i];

		if (r->kind != COVERAGE_COVERED || r->source != source ||
		    (end != TIME_NONE && r->to <= end))
			continue;
		end = r->to;
		*server = r->server;
	}
	return end;
}

/* A file that could not be read to its end: from there on nothing is known,
 * unless another file of the server goes on. */
static void add_cuts(struct covering *c)
{
	const struct trace_input *in = c->d->in;
	size_t n = c->out->n;

	for (size_t i = 0; i < in->nsources; i++) {
		struct coverage_row r = {.source = in->sources[i].id,
					 .kind = COVERAGE_TRUNCATED};
		int64_t next = c->out->last;

		if (!in->sources[i].cut)
			continue;
		r.from = end_of_source(c->out, r.source, &r.server);
		if (r.from == TIME_NONE)
			continue;
		for (size_t k = 0; k < n; k++) {
			const struct coverage_row *o = &c->out->list[k];

			if (o->kind == COVERAGE_COVERED &&
			    o->server == r.server && o->source != r.source &&
			    o->to > r.from && o->from < next)
				next = o->from > r.from ? o->from : r.from;
		}
		r.to = next;
		add_row(c->out, &r);
	}
}

static int row_order(const void *a, const void *b)
{
	const struct coverage_row *x = a, *y = b;

	if (x->server != y->server)
		return x->server < y->server ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

void coverage_make(struct derive *d, struct coverage *out)
{
	struct covering c = {.d = d, .out = out};

	for (uint32_t i = 0; i < d->npieces; i++) {
		const struct piece *p = d->pieces[i];

		for (size_t k = 0; k < p->nruns; k++)
			add_span(&c, i, &p->runs[k]);
		add_pauses(&c, i);
		if (i)
			add_between(&c, i);
	}
	cover_servers(&c);
	for (uint32_t i = 0; i < d->npieces; i++)
		add_notes(&c, i);
	find_ends(out);
	add_cuts(&c);
	if (out->n)
		qsort(out->list, out->n, sizeof *out->list, row_order);
	for (size_t i = 0; i < c.nprofiles; i++)
		free(c.profiles[i]);
	free(c.profiles);
	free(c.spans);
	map_release(&c.by_server);
	map_release(&c.mail);
}

void coverage_release(struct coverage *c)
{
	free(c->list);
	*c = (struct coverage){0};
}

static size_t first_of(const struct coverage *c, uint32_t server)
{
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->list[mid].server < server)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool coverage_holds(const struct coverage *c, uint32_t server, int64_t from,
		    int64_t to)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	for (size_t i = first_of(c, server);
	     i < c->n && c->list[i].server == server; i++) {
		const struct coverage_row *r = &c->list[i];

		if (r->kind != COVERAGE_COVERED) {
			if (r->from < to && r->to > from)
				return false;
			continue;
		}
		least = r->from < least ? r->from : least;
		most = r->to > most ? r->to : most;
	}
	return least <= from && to <= most;
}
