/* SPDX-License-Identifier: MIT */
/* Which lines stand in two sources. Columns tell whether two pieces may share
 * any; only then their text is read again. */
#include "model/store/copies.h"

#include "base/alloc.h"
#include "model/store/copies_holder.h"
#include "model/store/engine_private.h"
#include "model/store/engine_text.h"

#define SAMPLE 512 /* records of a piece that are looked for in columns */

/* A record of an earlier source, by what it says. */
struct line_key {
	uint64_t key;
	uint32_t source;
	uint64_t line;
};

struct finder {
	struct engine *engine;
	struct copy_list *out;
	struct holders holders;
	struct line_key *keys; /* sorted by key, then place */
	size_t nkeys, ckeys;
	uint64_t *shapes; /* sorted; of one piece */
	size_t nshapes, cshapes;
	struct text_record record;
	struct err *err;
};

static int64_t second_of(int64_t us)
{
	return (us - (us % US_SECOND + US_SECOND) % US_SECOND) / US_SECOND;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* What the columns say of a record; a copy says the same. */
static uint64_t shape_of(const struct chunk *c, uint32_t i)
{
	const struct piece_lines *l = &c->columns->columns;

	return hash_mix((uint64_t)second_of(c->utc[i]),
	                (uint64_t)l->action[i] << 8 | l->class[i]);
}

static void take_shapes(struct finder *f, const struct chunk *c)
{
	f->nshapes = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->utc[i] == TIME_NONE)
			continue;
		GROW(f->shapes, f->nshapes, f->cshapes);
		f->shapes[f->nshapes++] = shape_of(c, i);
	}
	if (f->nshapes)
		qsort(f->shapes, f->nshapes, sizeof *f->shapes, by_number);
}

/* Whether any of some records of C has a shape that was taken. */
static bool may_share(const struct finder *f, const struct chunk *c)
{
	uint32_t step = c->n / SAMPLE + 1;

	for (uint32_t i = 0; i < c->n && f->nshapes; i += step) {
		uint64_t shape;

		if (c->utc[i] == TIME_NONE)
			continue;
		shape = shape_of(c, i);
		if (bsearch(&shape, f->shapes, f->nshapes, sizeof shape,
		            by_number))
			return true;
	}
	return false;
}

/* Two servers may say the same in one second. */
static uint64_t server_of(const struct finder *f, uint32_t source,
                          const struct record *r)
{
	const struct holder *h = holder_of(&f->holders, source);

	if (h->nservers > 1 && r->host.len)
		return holder_server(&f->holders, r->host);
	return h->nservers ? h->servers[0] : 0;
}

/* 0: cannot be read, or says nothing. */
static uint64_t key_of(struct finder *f, const struct chunk *c, uint32_t i)
{
	const struct record *r = &f->record.record;
	uint64_t key;

	if (c->utc[i] == TIME_NONE)
		return 0;
	text_record_peel(f->engine, c, i, &f->record);
	if (!f->record.here || !r->body.len)
		return 0;
	key = hash_mix(hash64(r->body), (uint64_t)second_of(c->utc[i]));
	key = hash_mix(key, hash_mix(hash64(r->program), hash64(r->pid)));
	key = hash_mix(key, server_of(f, c->source->id, r));
	return key ? key : 1;
}

static const struct copy_run *run_of(const struct copy_list *l, uint32_t source,
                                     uint64_t line)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct copy_run *r = &l->list[mid];

		if (r->source < source ||
		    (r->source == source && r->last_line < line))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->n && l->list[lo].source == source &&
	                       l->list[lo].first_line <= line
	               ? &l->list[lo]
	               : NULL;
}

static bool is_cancelled(struct finder *f, uint32_t i)
{
	return i % 4096 == 0 && engine_cancelled(f->engine, f->err);
}

/* Keys of the records of C between FROM and TO that are no copies themselves. */
static bool take_keys(struct finder *f, const struct chunk *c, int64_t from,
                      int64_t to)
{
	for (uint32_t i = 0; i < c->n; i++) {
		uint64_t key;

		if (is_cancelled(f, i))
			return false;
		if (c->utc[i] < from || c->utc[i] > to ||
		    run_of(f->out, c->source->id, c->line[i]))
			continue;
		key = key_of(f, c, i);
		if (!key)
			continue;
		GROW(f->keys, f->nkeys, f->ckeys);
		f->keys[f->nkeys++] =
			(struct line_key){ key, c->source->id, c->line[i] };
	}
	return true;
}

/* Keys of one earlier source; SHAPES are those of the later piece. */
static bool take_source(struct finder *f, struct text_source *s, int64_t from,
                        int64_t to)
{
	for (size_t i = 0; i < s->npieces; i++) {
		struct chunk *c;
		bool ok = true;

		if (s->pieces[i].ranged && (s->pieces[i].min > to ||
		                            s->pieces[i].max < from))
			continue;
		c = text_chunk(f->engine, s, &s->pieces[i], f->err);
		if (!c)
			return false;
		if (c->n && s->pieces[i].min <= to &&
		    s->pieces[i].max >= from && may_share(f, c))
			ok = take_keys(f, c, from, to);
		text_release(f->engine, c);
		if (!ok)
			return false;
	}
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct line_key *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* The next line of that key, which is used up; NULL: none is left. */
static struct line_key *use_key(struct finder *f, uint64_t key)
{
	size_t lo = 0, hi = f->nkeys;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->keys[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo < f->nkeys && f->keys[lo].key == key && !f->keys[lo].line)
		lo++;
	return lo < f->nkeys && f->keys[lo].key == key ? &f->keys[lo] : NULL;
}

static void count_record(struct copy_run *r, const struct chunk *c, uint32_t i)
{
	const struct piece_lines *l = &c->columns->columns;
	uint32_t lines = l->span ? l->span[i] : 1;

	r->last_line = c->line[i] + lines - 1;
	r->events += l->events[i];
	r->event_lines += l->class[i] == LINE_EVENT ? lines : 0;
	r->unknown_lines += l->class[i] == LINE_UNKNOWN ? lines : 0;
	r->other_lines += l->class[i] == LINE_OTHER ? lines : 0;
}

static void add_copy(struct finder *f, const struct chunk *c, uint32_t i,
                     const struct line_key *k)
{
	struct copy_list *l = f->out;
	struct copy_run *r = l->n ? &l->list[l->n - 1] : NULL;

	if (!r || r->source != c->source->id || r->of != k->source ||
	    r->last_line + 1 != c->line[i] ||
	    r->of_line + (c->line[i] - r->first_line) != k->line) {
		GROW(l->list, l->n, l->cap);
		r = &l->list[l->n++];
		*r = (struct copy_run){ .source = c->source->id,
			                .of = k->source,
			                .first_line = c->line[i],
			                .of_line = k->line };
	}
	count_record(r, c, i);
}

static bool match_keys(struct finder *f, const struct chunk *c)
{
	if (!f->nkeys)
		return true;
	qsort(f->keys, f->nkeys, sizeof *f->keys, by_key);
	for (uint32_t i = 0; i < c->n; i++) {
		uint64_t key;
		struct line_key *k;

		if (is_cancelled(f, i))
			return false;
		key = key_of(f, c, i);
		k = key ? use_key(f, key) : NULL;
		if (!k)
			continue;
		add_copy(f, c, i, k);
		k->line = 0;
	}
	return true;
}

static bool find_in_piece(struct finder *f, const struct holder *h,
                          struct text_source *s, struct text_piece *p)
{
	struct chunk *c = text_chunk(f->engine, s, p, f->err);
	bool ok = c != NULL;

	f->nkeys = 0;
	if (ok)
		take_shapes(f, c);
	for (const struct holder *o = f->holders.list; ok && f->nshapes && o < h;
	     o++)
		if (holders_share(o, h, p->min, p->max)) {
			struct text_source *of =
				text_source(f->engine, o->id, f->err);

			ok = of && take_source(f, of, p->min - US_SECOND,
			                       p->max + US_SECOND);
		}
	ok = ok && match_keys(f, c);
	text_release(f->engine, c);
	return ok;
}

/* Whether an earlier source of that server holds lines of that time. */
static bool has_sibling(const struct finder *f, const struct holder *h)
{
	for (const struct holder *o = f->holders.list; o < h; o++)
		if (holders_share(o, h, h->first, h->last))
			return true;
	return false;
}

static bool find_all(struct finder *f)
{
	for (size_t i = 0; i < f->holders.n; i++) {
		const struct holder *h = &f->holders.list[i];
		struct text_source *s;

		if (!has_sibling(f, h))
			continue;
		s = text_source(f->engine, h->id, f->err);
		if (!s)
			return false;
		for (size_t k = 0; k < s->npieces; k++)
			if (!find_in_piece(f, h, s, &s->pieces[k]))
				return false;
	}
	return true;
}

/* Rotation cuts within a second, and what a daemon says often ("connect from
 * ...") may stand on both sides of the cut. Where one source begins in the
 * second in which the other ends, lines are copies only if the end of the one
 * is the beginning of the other. */
static bool is_chance(const struct finder *f, const struct copy_run *r)
{
	const struct holder *a = holder_of(&f->holders, r->of);
	const struct holder *b = holder_of(&f->holders, r->source);
	uint64_t n = r->last_line - r->first_line, from = r->first_line;
	uint64_t to = r->of_line + n;

	if (second_of(a->first) > second_of(b->first)) {
		const struct holder *swap = a;

		a = b;
		b = swap;
		from = r->of_line;
		to = r->last_line;
	}
	if (second_of(a->last) != second_of(b->first) ||
	    second_of(a->first) == second_of(a->last) ||
	    second_of(b->first) == second_of(b->last))
		return false;
	return from != 1 || to != a->lines;
}

static void drop_chances(struct finder *f)
{
	struct copy_list *l = f->out;
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (!is_chance(f, &l->list[i]))
			l->list[n++] = l->list[i];
	l->n = n;
}

bool copies_find(struct engine *e, struct copy_list *out, struct cancel *cancel,
                 struct err *err)
{
	struct finder f = { .engine = e, .out = out, .err = err };
	bool ok;

	*out = (struct copy_list){ 0 };
	if (!engine_begin(e, cancel, err))
		return false;
	ok = holders_load(&f.holders, e, err) && find_all(&f);
	if (ok)
		drop_chances(&f);
	engine_end(e);
	text_record_release(&f.record);
	holders_release(&f.holders);
	free(f.keys);
	free(f.shapes);
	return ok;
}
