/* SPDX-License-Identifier: MIT */
/* Raw lines: in context, as bytes, and searched through. */
#include "model/store/event_scan.h"

bool engine_read(struct engine *e, uint32_t source, uint64_t offset,
                 size_t length, struct strbuf *out, struct err *err)
{
	struct text_source *s;
	bool ok;

	if (!engine_begin(e, NULL, err))
		return false;
	s = text_source(e, source, err);
	ok = s && text_read(e, s, offset, length, out, err);
	engine_end(e);
	return ok;
}

/* Context -------------------------------------------------------------------- */

static const char *const line_columns[] = { "line", "offset", "length",
	                                    "time_raw", "action",
	                                    "transaction_id", "journey_id",
	                                    "raw", "bytes" };
#define LINE_COLUMNS (sizeof line_columns / sizeof *line_columns)

/* A record by its place: piece of the source and index in it. */
struct place {
	size_t piece;
	int64_t index; /* -1: before the first of the piece */
};

struct line_reader {
	struct engine *engine;
	struct text_source *source;
	struct chunk *chunk;
	struct text_record record;
	sqlite3_stmt *journey;
	struct result *result;
	size_t cap;
	struct err *err;
};

static bool enter(struct line_reader *r, size_t piece)
{
	text_release(r->engine, r->chunk);
	r->chunk = text_chunk(r->engine, r->source, &r->source->pieces[piece],
	                      r->err);
	return r->chunk != NULL;
}

static void add_ids(struct line_reader *r, uint32_t i, struct cell *cells)
{
	int64_t tx = r->chunk->tx[i];

	if (!tx)
		return;
	cell_number(&r->result->memory, &cells[5], tx);
	sqlite3_reset(r->journey);
	sqlite3_bind_int64(r->journey, 1, tx);
	if (sqlite3_step(r->journey) == SQLITE_ROW)
		cell_read(r->journey, 0, false, &r->result->memory, &cells[6]);
}

static void add_line(struct line_reader *r, uint32_t i)
{
	struct arena *a = &r->result->memory;
	const struct piece_lines *l = &r->chunk->columns->columns;
	struct cell *c = result_add_row(r->result, (int64_t)r->chunk->line[i],
	                                &r->cap);

	text_record_read(r->engine, r->chunk, i, &r->record);
	cell_number(a, &c[0], (int64_t)r->chunk->line[i]);
	cell_number(a, &c[1], (int64_t)r->chunk->offset[i]);
	cell_number(a, &c[2], l->length[i]);
	if (r->record.here && r->record.record.time_raw.ptr)
		c[3].text = arena_slice(a, r->record.record.time_raw);
	if (l->events[i] > 0 && l->action[i] < ACTION_COUNT)
		c[4].text = slice_str(action_name((enum action)l->action[i]));
	add_ids(r, i, c);
	c[7].text = !r->record.here ? slice_str(r->record.why.text)
	            : r->record.record.raw.ptr
	                    ? record_text(&r->record.record)
	                    : strbuf_slice(&r->record.bytes);
	c[7].text = arena_slice(a, c[7].text);
	/* of another encoding: as they stand in the file */
	if (r->record.here && r->record.record.text.ptr)
		c[8].text = arena_slice(a, strbuf_slice(&r->record.bytes));
}

/* The record that holds LINE. */
static bool find_line(struct line_reader *r, uint64_t line, struct place *at)
{
	const struct text_source *s = r->source;
	size_t i = 0;

	while (i + 1 < s->npieces && s->pieces[i + 1].first_line <= line)
		i++;
	if (i >= s->npieces || line < s->pieces[i].first_line ||
	    line >= s->pieces[i].first_line + s->pieces[i].lines)
		return err_set(r->err, "%s has no line %llu", s->path,
		               (unsigned long long)line);
	if (!enter(r, i))
		return false;
	at->piece = i;
	at->index = chunk_find_line(r->chunk, line);
	return true;
}

/* Up to N records back; fewer at the start of the source. */
static bool step_back(struct line_reader *r, struct place *at, size_t n,
                      size_t *stepped)
{
	for (*stepped = 0; *stepped < n;) {
		if (at->index > 0) {
			at->index--;
			++*stepped;
			continue;
		}
		if (at->piece == 0)
			return true;
		if (!enter(r, --at->piece))
			return false;
		at->index = r->chunk->n;
	}
	return true;
}

static bool add_lines(struct line_reader *r, struct place at, size_t n)
{
	while (n > 0) {
		if (engine_cancelled(r->engine, r->err))
			return false;
		if (at.index >= r->chunk->n) {
			if (++at.piece >= r->source->npieces)
				return true;
			if (!enter(r, at.piece))
				return false;
			at.index = 0;
			continue;
		}
		add_line(r, (uint32_t)at.index++);
		n--;
	}
	r->result->after = at.index < r->chunk->n ||
	                   at.piece + 1 < r->source->npieces;
	return true;
}

static bool read_lines(struct line_reader *r, uint32_t source, uint64_t line,
                       size_t before, size_t after)
{
	struct place at;
	size_t stepped;

	r->source = text_source(r->engine, source, r->err);
	if (!r->source || !find_line(r, line, &at) ||
	    !step_back(r, &at, before, &stepped))
		return false;
	r->result->before = at.piece > 0 || at.index > 0;
	/* stepping back may have left the chunk of the place */
	if (!enter(r, at.piece))
		return false;
	return add_lines(r, at, stepped + 1 + after);
}

struct result *engine_lines(struct engine *e, uint32_t source, uint64_t line,
                            size_t before, size_t after, struct cancel *cancel,
                            struct err *err)
{
	struct line_reader r = { .engine = e, .err = err };
	bool ok;

	if (!engine_begin(e, cancel, err))
		return NULL;
	r.result = result_new(e, UNIT_EVENTS);
	result_set_columns(r.result, line_columns, LINE_COLUMNS);
	ok = sql_prepare(e->db, e->path, "SELECT journey FROM tx WHERE id=?1",
	                 &r.journey, err) &&
	     read_lines(&r, source, line, before, after);
	sqlite3_finalize(r.journey);
	text_record_release(&r.record);
	text_release(e, r.chunk);
	engine_end(e);
	if (ok)
		return r.result;
	result_free(r.result);
	return NULL;
}

/* Search ---------------------------------------------------------------------- */

#define SLICE_BYTES ((size_t)1 << 20)

struct search {
	struct engine *engine;
	struct slice plain; /* as it was asked for */
	struct slice text;  /* as the source at hand writes it */
	struct strbuf bytes; /* holds that, if it is another encoding */
	bool encoded;
	struct text_record record;
	bool nocase;
	engine_row_fn fn;
	void *arg;
	uint64_t *scanned;
	struct err *err;
	bool stop;
};

static size_t find_plain(const struct search *s, struct slice in)
{
	return s->nocase ? slice_find_nocase(in, s->plain)
	                 : slice_find(in, s->plain);
}

static size_t find_in(const struct search *s, struct slice in)
{
	return s->nocase ? slice_find_nocase(in, s->text)
	                 : slice_find(in, s->text);
}

static uint32_t record_of(const struct chunk *c, uint64_t offset)
{
	uint32_t lo = 0, hi = c->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->offset[mid] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static void give_hit(struct search *s, const struct chunk *c, uint32_t i,
                     struct slice bytes)
{
	struct cell cells[5] = { 0 };
	struct arena a = { 0 };
	uint32_t length = c->columns->columns.length[i];
	struct slice raw =
		slice_to(slice_from(bytes, c->offset[i] - c->piece->offset),
	                 length);

	while (raw.len > 0 &&
	       (raw.ptr[raw.len - 1] == '\n' || raw.ptr[raw.len - 1] == '\r'))
		raw.len--;
	if (s->encoded) {
		text_record_read(s->engine, c, i, &s->record);
		raw = record_text(&s->record.record);
		/* half of one character and half of the next look alike */
		if (!s->record.here || find_plain(s, raw) == SLICE_NONE)
			return;
	}
	cell_number(&a, &cells[0], c->source->id);
	cell_number(&a, &cells[1], (int64_t)c->line[i]);
	cell_number(&a, &cells[2], (int64_t)c->offset[i]);
	cell_number(&a, &cells[3], length);
	cells[4].text = raw;
	s->stop = !s->fn(s->arg, cells, 5,
	                 event_id(c->source->id, c->line[i], 0));
	arena_release(&a);
}

/* One hit per record; a look at the token per megabyte. */
static bool search_bytes(struct search *s, const struct chunk *c,
                         struct slice bytes)
{
	size_t at = 0, reach = s->text.len - 1;

	while (at < bytes.len && !s->stop) {
		struct slice part =
			slice_to(slice_from(bytes, at), SLICE_BYTES + reach);
		size_t hit = find_in(s, part);
		uint32_t i;

		if (engine_cancelled(s->engine, s->err))
			return false;
		if (hit == SLICE_NONE) {
			at += SLICE_BYTES;
			continue;
		}
		i = record_of(c, c->piece->offset + at + hit);
		give_hit(s, c, i, bytes);
		at = c->offset[i] - c->piece->offset +
		     c->columns->columns.length[i];
	}
	*s->scanned += bytes.len;
	return true;
}

static bool search_piece(struct search *s, struct text_source *source,
                         struct text_piece *p)
{
	struct strbuf bytes = { 0 };
	struct chunk *c = text_chunk(s->engine, source, p, s->err);
	bool ok = c && text_read(s->engine, source, p->offset, p->bytes, &bytes,
	                         s->err);

	if (ok && c->n > 0)
		ok = search_bytes(s, c, strbuf_slice(&bytes));
	text_release(s->engine, c);
	strbuf_release(&bytes);
	return ok;
}

/* What is looked for, as this source writes it. */
static void search_encode(struct search *s, const struct text_source *source)
{
	const struct layout *l = source->layout;

	s->encoded = l && l->framing->encode;
	s->text = s->plain;
	if (!s->encoded)
		return;
	strbuf_reset(&s->bytes);
	l->framing->encode(s->plain, &s->bytes);
	s->text = strbuf_slice(&s->bytes);
}

static bool search(struct search *s, uint32_t source)
{
	struct text_source *list;
	size_t n;

	if (!text_sources(s->engine, &list, &n, s->err))
		return false;
	for (size_t i = 0; i < n && !s->stop; i++) {
		if (source && list[i].id != source)
			continue;
		search_encode(s, &list[i]);
		for (size_t k = 0; k < list[i].npieces && !s->stop; k++)
			if (!search_piece(s, &list[i], &list[i].pieces[k]))
				return false;
	}
	return true;
}

bool engine_scan(struct engine *e, uint32_t source, struct slice text,
                 bool nocase, engine_row_fn fn, void *arg, uint64_t *scanned,
                 struct cancel *cancel, struct err *err)
{
	struct search s = { .engine = e, .plain = text, .nocase = nocase,
		            .fn = fn, .arg = arg, .scanned = scanned,
		            .err = err };
	bool ok;

	*scanned = 0;
	if (text.len == 0)
		return true;
	if (!engine_begin(e, cancel, err))
		return false;
	ok = search(&s, source);
	strbuf_release(&s.bytes);
	text_record_release(&s.record);
	engine_end(e);
	return ok;
}
