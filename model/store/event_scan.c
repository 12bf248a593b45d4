/* SPDX-License-Identifier: MIT */
/* Pieces as streams of records, merged by time where that is asked for. */
#include "model/store/event_scan.h"

void wanted_add(struct wanted *w, int64_t value)
{
	w->set = true;
	GROW(w->list, w->n, w->cap);
	w->list[w->n++] = value;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void wanted_sort(struct wanted *w)
{
	if (w->n > 1)
		qsort(w->list, w->n, sizeof *w->list, compare);
}

bool wanted_has(const struct wanted *w, int64_t value)
{
	size_t lo = 0, hi = w->n;

	if (!w->set)
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->list[mid] == value)
			return true;
		if (w->list[mid] < value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

void scan_want_release(struct scan_want *w)
{
	free(w->events.list);
	free(w->txs.list);
	free(w->sessions.list);
	free(w->session_txs.list);
	free(w->sources.list);
	*w = (struct scan_want){ 0 };
}

/* Which pieces ---------------------------------------------------------------- */

static bool owns_any(const struct wanted *w, const int64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] && wanted_has(w, ids[i]))
			return true;
	return false;
}

/* Also of those that only its refused lines know. */
static bool holds_tx(struct scan *s, const struct wanted *w,
                     const struct text_source *source,
                     const struct text_piece *p)
{
	const struct refused_line *r;
	size_t n;

	if (owns_any(w, p->txs, p->ntxs))
		return true;
	r = text_refused(s->engine, source, p, &n);
	for (size_t i = 0; i < n; i++)
		if (wanted_has(w, r[i].tx))
			return true;
	return false;
}

static bool has_wanted_event(const struct wanted *w, uint32_t source,
                             const struct text_piece *p)
{
	for (size_t i = 0; i < w->n; i++)
		if (event_source(w->list[i]) == source &&
		    event_line(w->list[i]) >= p->first_line &&
		    event_line(w->list[i]) < p->first_line + p->lines)
			return true;
	return false;
}

/* Without reading its columns. */
static bool piece_may(struct scan *s, struct text_source *source,
                      struct text_piece *p, bool *may, struct err *err)
{
	const struct scan_want *w = &s->want;

	*may = p->records > 0 && p->first_line <= w->line_to &&
	       p->first_line + p->lines > w->line_from &&
	       p->offset <= w->offset_to &&
	       p->offset + p->bytes > w->offset_from;
	if (*may && w->events.set)
		*may = has_wanted_event(&w->events, source->id, p);
	if (*may && p->ranged && !w->timeless &&
	    (w->from != INT64_MIN || w->to != INT64_MAX))
		*may = p->min <= w->to && p->max >= w->from;
	if (!*may || (!w->txs.set && !w->sessions.set))
		return true;
	if (!text_owners(s->engine, source, p, err))
		return false;
	*may = (!w->txs.set || holds_tx(s, &w->txs, source, p)) &&
	       (!w->sessions.set ||
	        owns_any(&w->sessions, p->sessions, p->nsessions) ||
	        holds_tx(s, &w->session_txs, source, p));
	return true;
}

/* Ends of a piece's times: its columns are read once for that. */
static bool need_range(struct scan *s, struct scan_stream *t, struct err *err)
{
	struct chunk *c;

	if (t->piece->ranged)
		return true;
	c = text_chunk(s->engine, t->source, t->piece, err);
	text_release(s->engine, c);
	return c != NULL;
}

static int64_t start_of(const struct scan_stream *t, bool down)
{
	const struct text_piece *p = t->piece;

	/* records without a time stand first */
	if (!down)
		return p->timeless ? INT64_MIN : p->min;
	return p->max;
}

static int by_start(const void *a, const void *b)
{
	int64_t x = start_of(a, false), y = start_of(b, false);

	return (x > y) - (x < y);
}

static int by_start_down(const void *a, const void *b)
{
	int64_t x = start_of(a, true), y = start_of(b, true);

	return (x < y) - (x > y);
}

static bool add_streams(struct scan *s, struct text_source *source,
                        struct err *err)
{
	for (size_t i = 0; i < source->npieces; i++) {
		struct scan_stream t = { .source = source,
			                 .piece = &source->pieces[i] };
		bool may;

		if (!piece_may(s, source, t.piece, &may, err))
			return false;
		if (!may)
			continue;
		if (s->want.order != SCAN_PLACE && !need_range(s, &t, err))
			return false;
		if (engine_cancelled(s->engine, err))
			return false;
		GROW(s->streams, s->n, s->cap);
		s->streams[s->n++] = t;
	}
	return true;
}

bool scan_start(struct scan *s, struct engine *e, struct scan_want *w,
                struct err *err)
{
	struct text_source *list;
	size_t n;

	*s = (struct scan){ .engine = e, .want = *w };
	*w = (struct scan_want){ 0 };
	wanted_sort(&s->want.events);
	wanted_sort(&s->want.txs);
	wanted_sort(&s->want.sessions);
	wanted_sort(&s->want.sources);
	wanted_sort(&s->want.session_txs);
	if (!text_sources(e, &list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (wanted_has(&s->want.sources, list[i].id) &&
		    !add_streams(s, &list[i], err))
			return false;
	if (s->want.order != SCAN_PLACE && s->n > 1)
		qsort(s->streams, s->n, sizeof *s->streams,
		      s->want.order == SCAN_TIME ? by_start : by_start_down);
	return true;
}

/* Which records ---------------------------------------------------------------- */

static bool is_timely(const struct scan_want *w, int64_t utc)
{
	if (utc == TIME_NONE)
		return !w->timed;
	return !w->timeless && utc >= w->from && utc <= w->to;
}

static bool is_owned(const struct scan_want *w, const struct chunk *c,
                     uint32_t i)
{
	int64_t tx = c->tx[i];

	if (w->txs.set && (!tx || !wanted_has(&w->txs, tx)))
		return false;
	if (w->candidates && tx &&
	    (tx >= w->candidates->n ||
	     !(w->candidates->bits[tx / 8] >> (tx % 8) & 1)))
		return false;
	if (!w->sessions.set)
		return true;
	/* an agent's line has both: its session is its own */
	return chunk_session(c, i)
	               ? wanted_has(&w->sessions, chunk_session(c, i))
	               : tx && wanted_has(&w->session_txs, tx);
}

static bool is_wanted_event(const struct scan_want *w, const struct chunk *c,
                            uint32_t i)
{
	int64_t first = event_id(c->source->id, c->line[i], 0);
	size_t lo = 0, hi = w->events.n;

	if (!w->events.set)
		return true;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->events.list[mid] < first)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->events.n &&
	       w->events.list[lo] < first + EVENT_ORDINALS;
}

static bool is_wanted(const struct scan_want *w, const struct chunk *c,
                      uint32_t i)
{
	const struct piece_lines *l = &c->columns->columns;

	/* the column holds the first event's action only */
	return l->events[i] > 0 && is_timely(w, c->utc[i]) &&
	       (!w->actions || l->events[i] > 1 ||
	        (w->actions >> l->action[i] & 1)) &&
	       c->line[i] >= w->line_from && c->line[i] <= w->line_to &&
	       c->offset[i] >= w->offset_from && c->offset[i] <= w->offset_to &&
	       is_owned(w, c, i) && is_wanted_event(w, c, i);
}

/* The record of a stream at its place AT. */
static uint32_t record_at(const struct scan *s, const struct scan_stream *t)
{
	if (s->want.order == SCAN_PLACE)
		return t->at;
	return t->chunk->order[s->want.order == SCAN_TIME
	                               ? t->at
	                               : t->chunk->n - 1 - t->at];
}

/* To the stream's next record that is wanted; begins it if need be. */
static bool settle(struct scan *s, struct scan_stream *t, struct err *err)
{
	if (t->done)
		return true;
	if (!t->chunk)
		t->chunk = text_chunk(s->engine, t->source, t->piece, err);
	if (!t->chunk)
		return false;
	while (t->at < t->chunk->n &&
	       !is_wanted(&s->want, t->chunk, record_at(s, t))) {
		t->at++;
		if (++s->steps % 65536 == 0 &&
		    engine_cancelled(s->engine, err))
			return false;
	}
	if (t->at < t->chunk->n)
		return true;
	t->done = true;
	if (t->chunk != s->chunk) {
		text_release(s->engine, t->chunk);
		t->chunk = NULL;
	}
	return true;
}

static bool is_before(const struct scan *s, const struct scan_stream *a,
                      const struct scan_stream *b)
{
	uint32_t i = record_at(s, a), k = record_at(s, b);
	int64_t x = a->chunk->utc[i], y = b->chunk->utc[k];
	bool down = s->want.order == SCAN_TIME_DOWN;

	if (x != y)
		return down ? x > y : x < y;
	if (a->source->id != b->source->id)
		return (a->source->id < b->source->id) != down;
	return (a->chunk->line[i] < b->chunk->line[k]) != down;
}

/* Streams whose first possible time is not beyond BEST's are settled. */
static bool may_precede(const struct scan *s, const struct scan_stream *t,
                        const struct scan_stream *best)
{
	int64_t start, now;

	if (!best || t->chunk)
		return true;
	now = best->chunk->utc[record_at(s, best)];
	start = start_of(t, s->want.order == SCAN_TIME_DOWN);
	return s->want.order == SCAN_TIME_DOWN ? start >= now : start <= now;
}

static bool choose(struct scan *s, struct err *err)
{
	struct scan_stream *best = NULL;

	while (s->first < s->n && s->streams[s->first].done)
		s->first++;
	for (size_t i = s->first; i < s->n; i++) {
		struct scan_stream *t = &s->streams[i];

		if (t->done)
			continue;
		if (best && s->want.order == SCAN_PLACE)
			break;
		/* streams are sorted by their start: nor may those behind */
		if (!may_precede(s, t, best))
			break;
		if (!settle(s, t, err))
			return false;
		if (!t->done && (!best || is_before(s, t, best)))
			best = t;
	}
	s->current = best;
	return true;
}

static void leave_chunk(struct scan *s)
{
	struct scan_stream *t = s->current;

	if (t && t->done && t->chunk) {
		text_release(s->engine, t->chunk);
		t->chunk = NULL;
	}
	s->chunk = NULL;
}

bool scan_next(struct scan *s, bool *end, struct err *err)
{
	bool down = s->want.order == SCAN_TIME_DOWN;

	*end = false;
	if (s->chunk && s->ordinal != (down ? 0 : s->events - 1)) {
		s->ordinal += down ? -1u : 1u;
		return true;
	}
	if (s->current)
		s->current->at++;
	leave_chunk(s);
	if (++s->steps % 4096 == 0 && engine_cancelled(s->engine, err))
		return false;
	if (!choose(s, err))
		return false;
	*end = !s->current;
	if (*end)
		return true;
	s->chunk = s->current->chunk;
	s->record = record_at(s, s->current);
	s->events = s->chunk->columns->columns.events[s->record];
	s->ordinal = down ? s->events - 1 : 0;
	return true;
}

void scan_release(struct scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		text_release(s->engine, s->streams[i].chunk);
	free(s->streams);
	scan_want_release(&s->want);
	*s = (struct scan){ 0 };
}
