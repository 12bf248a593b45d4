/* SPDX-License-Identifier: MIT */
/* The events of one message after the other, as traces of many want them: not by
 * walking over the columns of a piece each time. */
#include "model/store/engine_private.h"
#include "model/store/event_scan.h"

struct event_place { /* of a record */
	int64_t tx, utc;
	int64_t first; /* its event_id of ordinal 0 */
	uint32_t events;
};

static int by_tx(const void *a, const void *b)
{
	const struct chunk_owned *x = a, *y = b;

	if (x->tx != y->tx)
		return x->tx < y->tx ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

/* Made on first need; lives as long as the chunk does. */
static void need_owned(struct chunk *c)
{
	size_t n = 0;

	if (c->owned)
		return;
	c->owned = mem_alloc((c->n + 1) * sizeof *c->owned);
	for (uint32_t i = 0; i < c->n; i++)
		if (c->tx[i] && c->columns->columns.events[i])
			c->owned[n++] = (struct chunk_owned){ c->tx[i], i };
	c->nowned = n;
	if (n)
		qsort(c->owned, n, sizeof *c->owned, by_tx);
}

static void widen(struct text_piece *p, int64_t tx)
{
	if (!tx)
		return;
	p->tx_first = !p->tx_first || tx < p->tx_first ? tx : p->tx_first;
	p->tx_last = tx > p->tx_last ? tx : p->tx_last;
}

/* Between which transactions those of P lie. */
static bool need_range(struct engine *e, struct text_source *s,
                       struct text_piece *p, struct err *err)
{
	const struct refused_line *r;
	size_t n;

	if (p->tx_ranged)
		return true;
	if (!text_owners(e, s, p, err))
		return false;
	for (size_t i = 0; i < p->ntxs; i++)
		widen(p, p->txs[i]);
	r = text_refused(e, s, p, &n);
	for (size_t i = 0; i < n; i++)
		widen(p, r[i].tx);
	p->tx_ranged = true;
	return true;
}

static size_t first_of(const struct chunk *c, int64_t tx)
{
	size_t lo = 0, hi = c->nowned;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->owned[mid].tx < tx)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct gathering {
	struct engine *engine;
	struct wanted txs;
	struct event_place *list;
	size_t n, cap;
	struct err *err;
};

static void add_owned(struct gathering *g, const struct chunk *c, int64_t tx)
{
	for (size_t k = first_of(c, tx); k < c->nowned && c->owned[k].tx == tx;
	     k++) {
		uint32_t i = c->owned[k].record;

		GROW(g->list, g->n, g->cap);
		g->list[g->n++] = (struct event_place){
			.tx = tx,
			.utc = c->utc[i],
			.first = event_id(c->source->id, c->line[i], 0),
			.events = c->columns->columns.events[i],
		};
	}
}

static bool has_any(const struct wanted *w, const struct text_piece *p)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->list[i] >= p->tx_first && w->list[i] <= p->tx_last)
			return true;
	return false;
}

static bool gather_piece(struct gathering *g, struct text_source *s,
                         struct text_piece *p)
{
	struct chunk *c;

	if (!p->records)
		return true;
	if (!need_range(g->engine, s, p, g->err))
		return false;
	if (!has_any(&g->txs, p))
		return true;
	c = text_chunk(g->engine, s, p, g->err);
	if (!c)
		return false;
	need_owned(c);
	for (size_t i = 0; i < g->txs.n; i++)
		add_owned(g, c, g->txs.list[i]);
	text_release(g->engine, c);
	return !engine_cancelled(g->engine, g->err);
}

static bool gather(struct gathering *g)
{
	struct text_source *list;
	size_t n;

	if (!text_sources(g->engine, &list, &n, g->err))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].npieces; k++)
			if (!gather_piece(g, &list[i], &list[i].pieces[k]))
				return false;
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct event_place *x = a, *y = b;

	if (x->utc != y->utc)
		return x->utc < y->utc ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

static struct cell number_cell(struct result *r, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%lld", (long long)value);

	return (struct cell){
		arena_slice(&r->memory, slice_of(text, (size_t)n)), value, true
	};
}

static struct result *make_result(const struct gathering *g)
{
	static const char *const columns[] = { "event_id", "transaction_id" };
	struct result *r = result_new(g->engine, UNIT_EVENTS);
	size_t cap = 0;

	result_set_columns(r, columns, 2);
	for (size_t i = 0; i < g->n; i++)
		for (uint32_t k = 0; k < g->list[i].events; k++) {
			uint32_t ordinal =
				k < EVENT_ORDINALS ? k : EVENT_ORDINALS - 1;
			int64_t id = g->list[i].first + ordinal;
			struct cell *c = result_add_row(r, id, &cap);

			c[0] = number_cell(r, id);
			c[1] = number_cell(r, g->list[i].tx);
		}
	return r;
}

static bool read_txs(struct gathering *g, int64_t journey)
{
	struct engine *e = g->engine;
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path, "SELECT id FROM tx WHERE journey=?1",
	                 &q, g->err))
		return false;
	sqlite3_bind_int64(q, 1, journey);
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		wanted_add(&g->txs, sqlite3_column_int64(q, 0));
	sqlite3_finalize(q);
	return code == SQLITE_DONE || engine_failed(e, g->err);
}

struct result *engine_journey_events(struct engine *e, int64_t journey,
                                     struct cancel *cancel, struct err *err)
{
	struct gathering g = { .engine = e, .err = err };
	struct result *r = NULL;

	if (!engine_begin(e, cancel, err))
		return NULL;
	if (read_txs(&g, journey) && gather(&g)) {
		if (g.n)
			qsort(g.list, g.n, sizeof *g.list, by_time);
		r = make_result(&g);
	}
	engine_end(e);
	free(g.list);
	free(g.txs.list);
	return r;
}
