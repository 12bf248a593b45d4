/* SPDX-License-Identifier: MIT */
/* Parts of the same server and session key become sessions. A key names one
 * conversation at a time: what comes after its end belongs to the next. */
#include "base/alloc.h"
#include "model/trace/stitch.h"

struct talk {
	uint32_t temp;
	bool opened, closed;
	int64_t opened_at, last;
	uint32_t open_source, close_source, client;
};

struct talks {
	struct derive *d;
	struct stitch_part *parts;
	size_t nparts, cparts;
	uint32_t temps;
};

static uint32_t part_client(const struct derive *d, const struct stitch_part *p)
{
	return word_in(d->pieces[p->piece], derive_part(d, p->part)->client_ip);
}

static bool begins_new(const struct derive *d, const struct talk *t,
		       const struct stitch_part *p)
{
	const struct session_part *s = derive_part(d, p->part);
	uint32_t source = d->pieces[p->piece]->source;
	uint32_t client = part_client(d, p);

	if (s->edges & PART_SESSION_OPENED) {
		if (t->opened && t->open_source != source &&
		    times_agree(p->own, t->opened_at) &&
		    (client == t->client || !client || !t->client))
			return false;
		return t->opened || t->closed ||
		       p->time - t->last > FRAGMENT_SILENCE;
	}
	/* another source that tells the same time again */
	if (t->closed)
		return t->close_source == source ||
		       p->time / US_SECOND > t->last / US_SECOND;
	return p->time - t->last > FRAGMENT_SILENCE;
}

static void talk_take(struct derive *d, struct talk *t,
		      const struct stitch_part *p)
{
	const struct session_part *s = derive_part(d, p->part);
	int64_t last = derive_utc(d, p->piece, s->last_line, s->last, NULL);

	if (s->edges & PART_SESSION_OPENED && !t->opened) {
		t->opened = true;
		t->opened_at = p->own;
		t->open_source = d->pieces[p->piece]->source;
	}
	if (s->edges & PART_SESSION_CLOSED && !t->closed) {
		t->closed = true;
		t->close_source = d->pieces[p->piece]->source;
	}
	if (!t->client)
		t->client = part_client(d, p);
	if (last == TIME_NONE || last < p->time)
		last = p->time;
	if (last > t->last)
		t->last = last;
	d->part_ses[p->part] = t->temp;
}

static void stitch_group(struct talks *s)
{
	struct talk t = {0};

	stitch_order(s->d, s->parts, s->nparts);
	for (size_t i = 0; i < s->nparts; i++) {
		const struct stitch_part *p = &s->parts[i];

		if (i == 0 || begins_new(s->d, &t, p))
			t = (struct talk){
				.temp = s->temps++,
				.last = INT64_MIN / 2,
			};
		talk_take(s->d, &t, p);
	}
}

static bool is_copied(const struct derive *d, uint32_t g)
{
	const struct session_part *s = derive_part(d, g);

	return derive_is_copied(d, d->part_piece[g], s->first_line) &&
	       derive_is_copied(d, d->part_piece[g], s->last_line);
}

/* What is told again stays apart: a copy may leave out where a conversation
 * ends. */
static struct pair *part_keys(struct derive *d)
{
	struct pair *k = mem_resize(NULL, d->nparts * sizeof *k + 1);

	for (uint32_t g = 0; g < d->nparts; g++) {
		const struct session_part *s = derive_part(d, g);
		uint32_t piece = d->part_piece[g];

		k[g].key = hash_mix(
			hash64(intern_get(&d->pieces[piece]->texts, s->key)),
			derive_server(d, piece, s->host));
		if (is_copied(d, g))
			k[g].key = hash_mix(k[g].key, d->pieces[piece]->source);
		k[g].value = g;
	}
	return k;
}

static void span_take(const struct derive *d, struct ses_span *s, uint32_t g)
{
	const struct session_part *p = derive_part(d, g);
	uint32_t piece = d->part_piece[g];
	bool assumed;
	int64_t first = derive_utc(d, piece, p->first_line, p->first, &assumed);
	int64_t last = derive_utc(d, piece, p->last_line, p->last, NULL);

	if (assumed)
		s->flags |= ROW_TIME_ASSUMED;
	if (s->first == TIME_NONE)
		s->first = first;
	if (last != TIME_NONE)
		s->last = last;
}

void ses_span(const struct derive *d, const struct ses *s, struct ses_span *r)
{
	*r = (struct ses_span){.first = TIME_NONE, .last = TIME_NONE};
	for (uint32_t k = 0; k < s->nparts; k++)
		span_take(d, r, d->ses_parts[s->parts + k]);
}

static uint32_t server_of(struct derive *d, const struct ses *s)
{
	uint32_t server = 0;

	for (uint32_t k = 0; k < s->nparts && !server; k++) {
		uint32_t g = d->ses_parts[s->parts + k];

		server = derive_server(d, d->part_piece[g],
				       derive_part(d, g)->host);
	}
	return server;
}

void ses_client(const struct derive *d, struct txn *t)
{
	const struct ses *s = &d->sess[t->session];

	for (uint32_t k = 0; k < s->nparts; k++) {
		uint32_t g = d->ses_parts[s->parts + k];
		const struct piece *p = d->pieces[d->part_piece[g]];
		const struct session_part *x = derive_part(d, g);

		if (!t->client_ip)
			t->client_ip = word_in(p, x->client_ip);
		if (!t->client_name)
			t->client_name = word_in(p, x->client_name);
		if (!t->helo)
			t->helo = word_in(p, x->helo);
		if (!t->user)
			t->user = word_in(p, x->user);
	}
}

/* The session of T that is no copy. */
static uint32_t told_session(const struct derive *d, const struct txn *t)
{
	uint32_t session = d->part_ses[t->session];

	for (uint32_t k = 0; k < t->nfrags && d->sess[session].copied; k++) {
		uint32_t g = d->txn_frags[t->frags + k];
		uint32_t part = derive_fragment(d, g)->session;

		if (part != NONE32)
			session = d->part_ses[d->ses_base[d->frag_piece[g]] +
					      part];
	}
	return d->sess[session].copied ? NONE32 : session;
}

static void sessions_build(struct derive *d, const uint32_t *start, uint32_t n)
{
	d->sess = mem_alloc(n * sizeof *d->sess + 1);
	d->nsess = n;
	for (uint32_t i = 0; i < n; i++) {
		struct ses *s = &d->sess[i];

		s->parts = start[i];
		s->nparts = start[i + 1] - start[i];
		s->server = server_of(d, s);
		s->copied = is_copied(d, d->ses_parts[s->parts]);
	}
	/* so far transactions know a part: now the whole */
	for (uint32_t i = 0; i < d->ntxns; i++) {
		struct txn *t = &d->txns[i];

		if (t->session == NONE32)
			continue;
		t->session = told_session(d, t);
		/* some servers name the client on its connection alone */
		if (t->session != NONE32 && !t->client_ip && !t->client_name)
			ses_client(d, t);
	}
}

void stitch_sessions(struct derive *d)
{
	struct talks s = {.d = d};
	struct pair *keys = part_keys(d);
	uint32_t *order = mem_resize(NULL, d->nparts * sizeof *order + 1);
	uint32_t *begin = stitch_groups(keys, d->nparts);
	uint32_t *start;

	d->part_ses = mem_resize(NULL, d->nparts * sizeof *d->part_ses + 1);
	for (uint32_t first = 0, n = 0; first < d->nparts; first++) {
		uint32_t i = begin[first];
		uint64_t key;

		if (i == NONE32)
			continue;
		key = keys[i].key;
		s.nparts = 0;
		for (; i < d->nparts && keys[i].key == key; i++) {
			uint32_t g = keys[i].value;
			const struct session_part *p = derive_part(d, g);

			GROW(s.parts, s.nparts, s.cparts);
			s.parts[s.nparts++] = (struct stitch_part){
				.own = derive_utc(d, d->part_piece[g],
						  p->first_line, p->first,
						  NULL),
				.part = g,
				.piece = d->part_piece[g],
			};
		}
		stitch_group(&s);
		for (size_t k = 0; k < s.nparts; k++)
			order[n++] = s.parts[k].part;
	}
	stitch_number(d->part_ses, d->nparts, s.temps, order, &start,
		      &d->ses_parts);
	sessions_build(d, start, s.temps);
	free(start);
	free(order);
	free(begin);
	free(keys);
	free(s.parts);
}
