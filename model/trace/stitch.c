/* SPDX-License-Identifier: MIT */
/* Fragments of the same server and queue id become transactions; an id that
 * comes again becomes another generation. The rules look only at what begins a
 * fragment and at gaps, so that they give the same wherever pieces were cut. */
#include "model/trace/stitch.h"

#include "base/alloc.h"

/* before any instant, and far enough from the ends to subtract */
#define UNDATED (INT64_MIN / 4)
#define LATE (60 * US_SECOND) /* a closed transaction may still get lines */

static int part_order(const void *a, const void *b)
{
	const struct stitch_part *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->part > y->part) - (x->part < y->part);
}

void stitch_order(const struct derive *d, struct stitch_part *p, size_t n)
{
	int64_t high = UNDATED;

	/* a clock that steps back must not tear a transaction: within a source
	 * the order of lines is the order of events */
	for (size_t i = 0; i < n; i++) {
		p[i].rank = d->rank[p[i].piece];
		if (i && d->pieces[p[i].piece]->source !=
				 d->pieces[p[i - 1].piece]->source)
			high = UNDATED;
		if (!d->backwards[p[i].piece]) {
			if (p[i].own > high)
				high = p[i].own;
			p[i].time = high;
		} else {
			p[i].time = p[i].own > UNDATED ? p[i].own : UNDATED;
		}
	}
	for (size_t i = 1; i < n; i++)
		if (part_order(&p[i - 1], &p[i]) > 0) {
			qsort(p, n, sizeof *p, part_order);
			return;
		}
}

uint32_t *stitch_groups(struct pair *keys, uint32_t n)
{
	uint32_t *begin = mem_resize(NULL, n * sizeof *begin + 1);

	pairs_sort(keys, n);
	for (uint32_t i = 0; i < n; i++)
		begin[keys[i].value] = i && keys[i].key == keys[i - 1].key
					       ? NONE32
					       : i;
	return begin;
}

void stitch_number(uint32_t *of, uint32_t n, uint32_t wholes,
		   const uint32_t *order, uint32_t **start, uint32_t **list)
{
	uint32_t *number = mem_alloc(wholes * sizeof *number + 1);
	uint32_t next = 0, *at;

	*start = mem_alloc((wholes + 2u) * sizeof **start);
	*list = mem_alloc(n * sizeof **list + 1);
	for (uint32_t i = 0; i < n; i++) {
		if (!number[of[i]])
			number[of[i]] = ++next;
		of[i] = number[of[i]] - 1;
		(*start)[of[i] + 1]++;
	}
	for (uint32_t i = 0; i < wholes; i++)
		(*start)[i + 1] += (*start)[i];
	at = mem_copy(*start, (wholes + 1u) * sizeof *at);
	for (uint32_t i = 0; i < n; i++)
		(*list)[at[of[order[i]]]++] = order[i];
	free(at);
	free(number);
}

/* A generation in the making. */
struct generation {
	uint32_t temp, number, instance;
	bool opened, closed;
	int64_t opened_at, closed_at, last;
	uint32_t open_source, close_source;
	uint32_t client;
};

struct stitcher {
	struct derive *d;
	struct generation *gens; /* of this group */
	size_t ngens, cgens;
	struct stitch_part *parts;
	size_t nparts, cparts;
	uint32_t temps;
	uint32_t *numbers; /* generation number of each temp */
	uint32_t cnumbers;
};

static uint32_t source_at(const struct derive *d, uint32_t piece)
{
	return d->pieces[piece]->source;
}

/* The same opening, read in another source: a copy in another framing or an
 * overlapping rotation. */
static bool is_copied_opening(const struct derive *d,
			      const struct generation *g,
			      const struct stitch_part *p,
			      const struct fragment *f)
{
	uint32_t client = word_in(d->pieces[p->piece], f->client_ip);
	int64_t opened;

	if (!g->opened || g->open_source == source_at(d, p->piece))
		return false;
	opened = derive_utc(d, p->piece, f->opened_line, f->opened, NULL);
	return times_agree(opened, g->opened_at) &&
	       (client == g->client || !client || !g->client);
}

static bool begins_new(const struct derive *d, const struct generation *g,
		       const struct stitch_part *p, const struct fragment *f)
{
	const unsigned start =
		PART_OPENED | PART_OPENED_WEAKLY | PART_ACTIVATED_FIRST;
	int64_t gap = p->time - g->last;

	if (f->edges & PART_OPENED && is_copied_opening(d, g, p, f))
		return false;
	if (f->edges & PART_OPENED && g->opened)
		return true;
	if (g->closed) {
		/* another source that tells the same time again */
		if (g->close_source != source_at(d, p->piece) &&
		    p->time / US_SECOND <= g->closed_at / US_SECOND)
			return false;
		if (f->edges & start || gap > LATE)
			return true;
	}
	return gap > d->lifetime;
}

static struct generation *generation_add(struct stitcher *s, uint32_t instance)
{
	struct generation *g;
	uint32_t number = 1;

	for (size_t i = s->ngens; i-- > 0 && number == 1;)
		if (s->gens[i].instance == instance)
			number = s->gens[i].number + 1;
	GROW(s->gens, s->ngens, s->cgens);
	GROW(s->numbers, s->temps, s->cnumbers);
	g = &s->gens[s->ngens++];
	*g = (struct generation){
		.temp = s->temps,
		.number = number,
		.instance = instance,
		.last = INT64_MIN / 2,
		.closed_at = TIME_NONE,
	};
	s->numbers[s->temps++] = number;
	return g;
}

static void generation_take(struct stitcher *s, struct generation *g,
			    const struct stitch_part *p,
			    const struct fragment *f)
{
	const struct derive *d = s->d;
	int64_t last = derive_utc(d, p->piece, f->last_line, f->last, NULL);

	if (f->edges & PART_OPENED && !g->opened) {
		g->opened = true;
		g->opened_at = derive_utc(d, p->piece, f->opened_line,
					  f->opened, NULL);
		g->open_source = source_at(d, p->piece);
	}
	if (!g->client)
		g->client = word_in(d->pieces[p->piece], f->client_ip);
	if (last == TIME_NONE || last < p->time)
		last = p->time;
	if (f->edges & PART_CLOSED && !g->closed) {
		g->closed = true;
		g->closed_at = last;
		g->close_source = source_at(d, p->piece);
	}
	if (last > g->last)
		g->last = last;
	s->d->frag_txn[p->part] = g->temp;
}

static void stitch_group(struct stitcher *s)
{
	s->ngens = 0;
	stitch_order(s->d, s->parts, s->nparts);
	for (size_t i = 0; i < s->nparts; i++) {
		const struct stitch_part *p = &s->parts[i];
		const struct fragment *f = derive_fragment(s->d, p->part);
		uint32_t instance =
			word_in(s->d->pieces[p->piece], f->instance);
		struct generation *g = NULL;

		for (size_t k = s->ngens; k-- > 0 && !g;)
			if (!instance || !s->gens[k].instance ||
			    s->gens[k].instance == instance)
				g = &s->gens[k];
		if (!g || begins_new(s->d, g, p, f))
			g = generation_add(s, instance);
		if (!g->instance)
			g->instance = instance;
		generation_take(s, g, p, f);
	}
}

static void group_add(struct stitcher *s, uint32_t part)
{
	GROW(s->parts, s->nparts, s->cparts);
	s->parts[s->nparts++] = (struct stitch_part){
		.own = s->d->frag_utc[part],
		.part = part,
		.piece = s->d->frag_piece[part],
	};
}

/* Hash of server and queue id of every fragment. */
static struct pair *fragment_keys(struct derive *d)
{
	struct pair *k = mem_resize(NULL, d->nfrags * sizeof *k + 1);

	for (uint32_t g = 0; g < d->nfrags; g++) {
		const struct fragment *f = derive_fragment(d, g);
		uint32_t piece = d->frag_piece[g];
		struct slice id =
			intern_get(&d->pieces[piece]->texts, f->queue_id);

		k[g].key =
			hash_mix(hash64(id), derive_server(d, piece, f->host));
		k[g].value = g;
		d->frag_utc[g] =
			derive_utc(d, piece, f->first_line, f->first, NULL);
	}
	return k;
}

static void take_word(uint32_t *to, const struct piece *p, uint32_t word)
{
	if (!*to)
		*to = word_in(p, word);
}

static void txn_words(struct txn *t, const struct piece *p,
		      const struct fragment *f)
{
	take_word(&t->sender, p, f->sender);
	take_word(&t->client_ip, p, f->client_ip);
	take_word(&t->client_name, p, f->client_name);
	take_word(&t->helo, p, f->helo);
	take_word(&t->user, p, f->user);
	if (t->nrcpt < 0)
		t->nrcpt = f->nrcpt;
}

static void rest_of_session(const struct derive *d, const struct ses *s,
			    struct txn_rest *r)
{
	for (uint32_t k = 0; k < s->nparts; k++) {
		uint32_t g = d->ses_parts[s->parts + k];

		take_word(&r->instance, d->pieces[d->part_piece[g]],
			  derive_part(d, g)->instance);
	}
}

void txn_rest(const struct derive *d, const struct txn *t, struct txn_rest *r)
{
	*r = (struct txn_rest){
		.closed = t->nfrags ? TIME_NONE : t->last,
		.size = -1,
		.client_port = -1,
	};
	/* refused before it had an id: its session knows */
	if (!t->nfrags && t->session != NONE32)
		rest_of_session(d, &d->sess[t->session], r);
	for (uint32_t k = 0; k < t->nfrags; k++) {
		uint32_t g = d->txn_frags[t->frags + k];
		uint32_t piece = d->frag_piece[g];
		const struct fragment *f = derive_fragment(d, g);
		const struct piece *p = d->pieces[piece];

		if (f->edges & PART_CLOSED && r->closed == TIME_NONE)
			r->closed = derive_utc(d, piece, f->last_line,
					       f->closed, NULL);
		take_word(&r->instance, p, f->instance);
		take_word(&r->header_from, p, f->header_from);
		take_word(&r->tls, p, f->tls);
		take_word(&r->subject, p, f->subject);
		if (r->client_port < 0)
			r->client_port = f->client_port;
		if (r->size < 0)
			r->size = f->size;
	}
}

static void txn_times(const struct derive *d, struct txn *t, uint32_t g,
		      const struct fragment *f)
{
	uint32_t piece = d->frag_piece[g];
	int64_t last = derive_utc(d, piece, f->last_line, f->last, NULL);
	int64_t first = d->frag_utc[g];

	/* the first and the last record, not the extremes: a clock may step
	 * back anywhere */
	if (t->first == TIME_NONE)
		t->first = first;
	if (last != TIME_NONE)
		t->last = last;
	/* a strong opening speaks louder than a weak one before it */
	if (f->opened_line == NONE32 ||
	    (t->opened != TIME_NONE &&
	     !(f->edges & PART_OPENED && !(t->edges & PART_OPENED))))
		return;
	t->opened = derive_utc(d, piece, f->opened_line, f->opened, NULL);
	t->piece = piece;
	t->line = f->opened_line;
}

static void txn_take(struct derive *d, struct txn *t, uint32_t g)
{
	const struct fragment *f = derive_fragment(d, g);
	uint32_t piece = d->frag_piece[g];
	const struct piece *p = d->pieces[piece];
	bool assumed;

	if (g == d->txn_frags[t->frags]) {
		t->server = derive_server(d, piece, f->host);
		t->piece = piece;
		t->line = f->first_line;
		derive_utc(d, piece, f->first_line, f->first, &assumed);
		if (assumed)
			t->flags |= ROW_TIME_ASSUMED;
	}
	txn_times(d, t, g, f);
	t->edges |= (uint16_t)f->edges;
	if (t->session == NONE32 && f->session != NONE32)
		t->session = d->ses_base[piece] + f->session; /* a part yet */
	if (f->message_id && (t->mid_frag == NONE32 ||
			      slice_eq(derive_message_id(d, t), SLICE("<>"))))
		t->mid_frag = g;
	txn_words(t, p, f);
	if (f->edges & PART_PROBE)
		t->flags |= ROW_PROBE;
	if (f->edges & PART_COPY)
		t->flags |= ROW_COPY;
}

static void txns_build(struct derive *d, uint32_t n, const uint32_t *start,
		       const uint32_t *generation)
{
	d->txns = mem_alloc(n * sizeof *d->txns + 1);
	d->ctxns = n;
	for (uint32_t i = 0; i < n; i++) {
		struct txn *t = derive_add_txn(d);

		t->frags = start[i];
		t->nfrags = start[i + 1] - start[i];
		for (uint32_t k = 0; k < t->nfrags; k++)
			txn_take(d, t, d->txn_frags[t->frags + k]);
		t->generation = generation[i];
	}
}

void stitch_transactions(struct derive *d)
{
	struct stitcher s = {.d = d};
	struct pair *keys;
	uint32_t *order, *start, *generation, *begin;

	d->frag_utc = mem_resize(NULL, d->nfrags * sizeof *d->frag_utc + 1);
	d->frag_txn = mem_resize(NULL, d->nfrags * sizeof *d->frag_txn + 1);
	order = mem_resize(NULL, d->nfrags * sizeof *order + 1);
	keys = fragment_keys(d);
	begin = stitch_groups(keys, d->nfrags);
	for (uint32_t g = 0, n = 0; g < d->nfrags; g++) {
		uint32_t i = begin[g];
		uint64_t key;

		if (i == NONE32)
			continue;
		key = keys[i].key;
		s.nparts = 0;
		for (; i < d->nfrags && keys[i].key == key; i++)
			group_add(&s, keys[i].value);
		stitch_group(&s);
		for (size_t k = 0; k < s.nparts; k++)
			order[n++] = s.parts[k].part;
	}
	free(keys);
	free(begin);
	/* numbers follow their temporary owners to the final ones */
	generation = mem_alloc(s.temps * sizeof *generation + 1);
	{
		uint32_t *temp =
			mem_copy(d->frag_txn, d->nfrags * sizeof *temp + 0u);

		stitch_number(d->frag_txn, d->nfrags, s.temps, order, &start,
			      &d->txn_frags);
		for (uint32_t g = 0; g < d->nfrags; g++)
			generation[d->frag_txn[g]] = s.numbers[temp[g]];
		free(temp);
	}
	txns_build(d, s.temps, start, generation);
	free(d->frag_utc);
	d->frag_utc = NULL;
	free(generation);
	free(start);
	free(order);
	free(s.gens);
	free(s.parts);
	free(s.numbers);
}
