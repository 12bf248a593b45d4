/* SPDX-License-Identifier: MIT */
/* The clock of each server as rows: over times in which one interval holds it. */
#include "base/alloc.h"
#include "model/trace/clock_offset.h"
#include "model/trace/emit.h"

/* Times are halved until one interval is nearly as good as those at single
 * instants, or they are this short. */
#define GOOD_ENOUGH (US_SECOND / 2)
#define SHORTEST (10 * US_SECOND)
#define HALVINGS 10 /* at most */

/* An interval over a time of the reference. */
struct window {
	int64_t from, to;
	struct offset_range r;
};

struct windows { /* of one node */
	struct window *list;
	size_t n, cap;
};

struct halving {
	const struct offsets *o;
	struct windows *of; /* by node */
	struct offset_range *all, *probe; /* room for all nodes */
};

static int64_t width(const struct offset_range *r)
{
	return offset_is_known(r) ? r->hi - r->lo : OFFSET_OPEN;
}

static void keep(struct windows *w, int64_t from, int64_t to,
		 const struct offset_range *r)
{
	struct window *last = w->n ? &w->list[w->n - 1] : NULL;

	/* what did not get better by halving is one again */
	if (last && last->to == from && last->r.lo == r->lo &&
	    last->r.hi == r->hi && last->r.drift == r->drift) {
		last->to = to;
		last->r.n += r->n;
		return;
	}
	GROW(w->list, w->n, w->cap);
	w->list[w->n++] = (struct window){from, to, *r};
}

/* The least width at a few instants of FROM..TO, for each node. */
static void probe_widths(struct halving *h, int64_t from, int64_t to,
			 int64_t *least)
{
	for (uint32_t k = 0; k < h->o->nnodes; k++)
		least[k] = OFFSET_OPEN;
	for (int i = 0; i <= 4; i++) {
		int64_t at = from + (to - from) / 4 * i;

		offsets_solve(h->o, at, at, h->probe);
		for (uint32_t k = 0; k < h->o->nnodes; k++)
			if (width(&h->probe[k]) < least[k])
				least[k] = width(&h->probe[k]);
	}
}

/* The next time after FROM at which some clock may have stepped; TO if none. */
static int64_t next_step(const struct offsets *o, int64_t from, int64_t to)
{
	for (uint32_t i = 0; i < o->npairs; i++) {
		const struct clock_fit *f = &o->pairs[i].fit;

		for (size_t k = 1; k < f->nruns; k++) {
			int64_t last = f->runs[k - 1].to,
				first = f->runs[k].from;

			if (last > from && last < to)
				to = last;
			if (first > from && first < to)
				to = first;
		}
	}
	return to;
}

/* A short time with a step in it: before, meanwhile, after. */
static void keep_pieces(struct halving *h, uint32_t node, int64_t from,
			int64_t to)
{
	while (from < to) {
		int64_t until = next_step(h->o, from, to);

		offsets_solve(h->o, from, until, h->probe);
		keep(&h->of[node], from, until, &h->probe[node]);
		from = until;
	}
}

static void halve(struct halving *h, int64_t from, int64_t to,
		  const bool *wanted, int deep)
{
	uint32_t n = h->o->nnodes;
	int64_t *least = mem_alloc(n * sizeof *least + 1);
	bool *more = mem_alloc(n * sizeof *more + 1), any = false;
	int64_t mid = from + (to - from) / 2;

	probe_widths(h, from, to, least);
	offsets_solve(h->o, from, to, h->all);
	for (uint32_t i = 0; i < n; i++) {
		int64_t enough = least[i] + least[i] / 4 + GOOD_ENOUGH;

		if (!wanted[i])
			continue;
		more[i] = deep < HALVINGS && to - from > SHORTEST &&
			  width(&h->all[i]) > enough;
		any = any || more[i];
		if (!more[i] && width(&h->all[i]) > enough)
			keep_pieces(h, i, from, to);
		else if (!more[i])
			keep(&h->of[i], from, to, &h->all[i]);
	}
	if (any) {
		halve(h, from, mid, more, deep + 1);
		halve(h, mid, to, more, deep + 1);
	}
	free(least);
	free(more);
}

#define NARROW (2 * US_SECOND)

/* A clock that is the same before and after a short time in which others stepped
 * has been the same meanwhile. */
static void bridge(struct windows *w)
{
	for (size_t i = 1; i + 1 < w->n; i++) {
		const struct offset_range *a = &w->list[i - 1].r;
		struct offset_range *r = &w->list[i].r;
		size_t next = i + 1;
		const struct offset_range *b;

		while (next + 1 < w->n && width(&w->list[next].r) > NARROW)
			next++;
		b = &w->list[next].r;
		if (width(r) <= NARROW || width(a) > NARROW ||
		    width(b) > NARROW ||
		    w->list[next].from - w->list[i].from > SHORTEST ||
		    a->lo > b->hi || b->lo > a->hi)
			continue;
		r->lo = a->lo < b->lo ? a->lo : b->lo;
		r->hi = a->hi > b->hi ? a->hi : b->hi;
	}
}

/* All nodes that handoffs reach. */
static struct windows *make_windows(const struct offsets *o)
{
	struct windows *of = mem_alloc(o->nnodes * sizeof *of + 1);
	bool *wanted = mem_alloc(o->nnodes * sizeof *wanted + 1);
	struct halving h = {.o = o, .of = of};

	for (uint32_t i = 0; i < o->nnodes; i++)
		wanted[i] = o->nodes[i].reached && !o->nodes[i].external;
	h.all = mem_alloc(o->nnodes * sizeof *h.all + 1);
	h.probe = mem_alloc(o->nnodes * sizeof *h.probe + 1);
	if (o->reference != NONE32)
		halve(&h, o->from, o->to, wanted, 0);
	for (uint32_t i = 0; i < o->nnodes; i++)
		bridge(&of[i]);
	free(wanted);
	free(h.all);
	free(h.probe);
	return of;
}

static void free_windows(struct windows *of, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		free(of[i].list);
	free(of);
}

/* Rows -------------------------------------------------------------------------- */

struct clock_rows {
	struct derive *d;
	const struct offsets *o;
	const struct windows *of;
};

/* First and last line within a window, and their times by the server's clock. */
struct line_span {
	uint64_t first, last;
	int64_t from, to;
};

/* The lines of SERVER in a stretch, by window; without windows all as one. */
struct finding {
	const struct clock *stretch;
	uint32_t server;
	const struct windows *of;
	int64_t coarse;
	struct line_span *spans;
};

static size_t window_at(const struct windows *of, int64_t at)
{
	size_t lo = 0, hi = of->n;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (of->list[mid].from <= at)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static void see_line(struct finding *f, uint64_t line, int64_t utc)
{
	struct line_span *s;

	if (utc == TIME_NONE || line < f->stretch->from ||
	    line > f->stretch->to)
		return;
	s = &f->spans[f->of->n ? window_at(f->of, utc - f->coarse) : 0];
	if (line < s->first)
		s->first = line;
	if (line > s->last)
		s->last = line;
	if (s->from == TIME_NONE || utc < s->from)
		s->from = utc;
	if (s->to == TIME_NONE || utc > s->to)
		s->to = utc;
}

static void see_piece(struct derive *d, uint32_t i, struct finding *to)
{
	const struct piece *p = d->pieces[i];

	for (size_t k = 0; k < p->nruns; k++) {
		const struct time_run *r = &p->runs[k];

		if (derive_server(d, i, r->host) != to->server)
			continue;
		see_line(to, p->first_line + r->first_line,
			 derive_utc(d, i, r->first_line, r->first, NULL));
		see_line(to, p->first_line + r->last_line,
			 derive_utc(d, i, r->last_line, r->last, NULL));
	}
	for (size_t k = 0; k < p->nfragments; k++) {
		const struct fragment *f = &p->fragments[k];

		if (derive_server(d, i, f->host) != to->server)
			continue;
		see_line(to, p->first_line + f->first_line,
			 derive_utc(d, i, f->first_line, f->first, NULL));
		see_line(to, p->first_line + f->last_line,
			 derive_utc(d, i, f->last_line, f->last, NULL));
	}
}

static void find_lines(struct derive *d, struct finding *f)
{
	size_t n = f->of->n ? f->of->n : 1;

	f->spans = mem_alloc(n * sizeof *f->spans);
	for (size_t i = 0; i < n; i++)
		f->spans[i] = (struct line_span){UINT64_MAX, 0, TIME_NONE,
						 TIME_NONE};
	for (uint32_t i = 0; i < d->npieces; i++)
		if (d->pieces[i]->source == f->stretch->source)
			see_piece(d, i, f);
}

static void take_offset(const struct clock_rows *c, const struct offset_range *r,
			struct clock_row *row)
{
	row->reference = c->o->nodes[c->o->reference].name;
	row->n = r->n;
	if (r->lo > -OFFSET_OPEN)
		row->lo = r->lo;
	if (r->hi < OFFSET_OPEN)
		row->hi = r->hi;
	row->drift = (int64_t)(r->drift * 1e9);
}

static bool emit_row(const struct clock_rows *c, struct clock_row *row,
		     const struct line_span *s)
{
	if (s->from == TIME_NONE)
		return true;
	row->from_line = s->first;
	row->to_line = s->last;
	row->from = s->from;
	row->to = s->to;
	return c->d->sink->clock(c->d->sink->arg, row, c->d->err);
}

/* Before the first and behind the last handoff a clock wanders further. */
static void wander(const struct clock_rows *c, uint32_t node,
		   const struct line_span *s, struct offset_range *r)
{
	int64_t coarse = c->o->nodes[node].coarse;
	struct offset_range *all;

	if (s->from - coarse >= c->o->from && s->to - coarse <= c->o->to)
		return;
	all = mem_alloc(c->o->nnodes * sizeof *all);
	offsets_solve(c->o, s->from - coarse, s->to - coarse, all);
	if (width(&all[node]) > width(r)) {
		r->lo = all[node].lo;
		r->hi = all[node].hi;
	}
	free(all);
}

static bool emit_windows(const struct clock_rows *c, uint32_t node,
			 const struct finding *f)
{
	struct clock_row row = {
		.source = f->stretch->source,
		.server = f->server,
		.lo = TIME_NONE,
		.hi = TIME_NONE,
		.drift = TIME_NONE,
	};

	if (!f->of->n)
		return emit_row(c, &row, &f->spans[0]);
	for (size_t i = 0; i < f->of->n; i++) {
		struct offset_range r = f->of->list[i].r;

		if (f->spans[i].from == TIME_NONE)
			continue;
		row.lo = row.hi = TIME_NONE;
		wander(c, node, &f->spans[i], &r);
		take_offset(c, &r, &row);
		if (!emit_row(c, &row, &f->spans[i]))
			return false;
	}
	return true;
}

static bool emit_server(const struct clock_rows *c, const struct clock *stretch,
			uint32_t server)
{
	static const struct windows none;
	uint32_t node = offsets_node(c->o, server);
	struct finding f = {.stretch = stretch, .server = server, .of = &none};
	bool ok;

	if (node != NONE32) {
		f.of = &c->of[node];
		f.coarse = c->o->nodes[node].coarse;
	}
	find_lines(c->d, &f);
	ok = emit_windows(c, node, &f);
	free(f.spans);
	return ok;
}

static bool emit_stretch(const struct clock_rows *c, const struct clock *stretch)
{
	const struct coverage *v = &c->d->coverage;

	for (size_t i = 0; i < v->n; i++) {
		const struct coverage_row *r = &v->list[i];
		bool again = r->kind != COVERAGE_COVERED ||
			     r->source != stretch->source;

		for (size_t k = 0; k < i && !again; k++)
			again = v->list[k].kind == COVERAGE_COVERED &&
				v->list[k].source == r->source &&
				v->list[k].server == r->server;
		if (!again && !emit_server(c, stretch, r->server))
			return false;
	}
	return true;
}

bool emit_clocks(struct derive *d)
{
	struct windows *of = make_windows(&d->offsets);
	struct clock_rows c = {d, &d->offsets, of};
	bool ok = true;

	for (size_t i = 0; i < d->clocks.n && ok; i++)
		ok = emit_stretch(&c, &d->clocks.list[i]);
	free_windows(of, d->offsets.nnodes);
	return ok;
}

void offsets_step(struct derive *d)
{
	offsets_make(d, &d->offsets);
}
