/* SPDX-License-Identifier: MIT */
/* Sources, pieces and their columns, read from the case when they are needed,
 * and bytes of evidence, whose piece is checked before one of them is shown. */
#include "model/store/engine_text.h"

#include "base/text.h"
#include "model/store/engine_private.h"
#include "model/store/schema.h"

#define CHUNKS 16 /* columns kept in memory besides those in use */
#define READ_BYTES ((size_t)1 << 20)

/* Runs of lines that stand in another source too, by source and line. */
struct copied_lines {
	uint32_t source;
	uint64_t first, last;
};

struct text_store {
	struct text_source *sources;
	size_t nsources, csources;
	struct stretch *stretches;
	size_t nstretches, cstretches;
	struct clocks clocks;
	struct refused_line *refused; /* by source and line */
	size_t nrefused, crefused;
	struct copied_lines *copies;
	size_t ncopies, ccopies;
	bool loaded;
	size_t nchunks; /* in memory */
	uint64_t clock; /* counts uses */
	/* the block of packed text unpacked last */
	struct strbuf block;
	uint32_t block_source;
	uint64_t block_offset;
};

struct text_store *text_store_new(struct engine *e)
{
	(void)e;
	return mem_alloc(sizeof(struct text_store));
}

static void chunk_free(struct chunk *c)
{
	if (!c)
		return;
	piece_free(c->columns);
	free(c->offset);
	free(c->line);
	free(c->utc);
	free(c->tx);
	free(c->order);
	free(c->owned);
	free(c);
}

static void source_release(struct text_source *s)
{
	for (size_t i = 0; i < s->npieces; i++) {
		chunk_free(s->pieces[i].chunk);
		free(s->pieces[i].txs);
		free(s->pieces[i].sessions);
		free(s->pieces[i].bad);
	}
	free(s->pieces);
	layout_free(s->layout);
	if (s->file)
		evidence_file_close(s->file);
	free(s->path);
	free(s->member);
	free(s->exhibit);
	free(s->server);
	free(s->sha256);
	free(s->gone_why);
}

void text_store_forget(struct text_store *t)
{
	for (size_t i = 0; i < t->nsources; i++)
		source_release(&t->sources[i]);
	free(t->sources);
	free(t->stretches);
	free(t->refused);
	free(t->copies);
	clocks_release(&t->clocks);
	strbuf_release(&t->block);
	*t = (struct text_store){ 0 };
}

void text_store_free(struct text_store *t)
{
	if (!t)
		return;
	text_store_forget(t);
	free(t);
}

/* Sources ------------------------------------------------------------------ */

static char *text_of(sqlite3_stmt *q, int i)
{
	struct strbuf b = { 0 };

	strbuf_add_slice(&b, sql_column_slice(q, i));
	return strbuf_take(&b);
}

static void add_source(struct text_store *t, sqlite3_stmt *q)
{
	struct text_source *s;
	struct err err;

	GROW(t->sources, t->nsources, t->csources);
	s = &t->sources[t->nsources++];
	*s = (struct text_source){
		.id = (uint32_t)sqlite3_column_int64(q, 0),
		.path = text_of(q, 1),
		.member = text_of(q, 2),
		.exhibit = text_of(q, 3),
		.server = text_of(q, 4),
		.sha256 = text_of(q, 5),
		.packed = sqlite3_column_int(q, 7) != EVIDENCE_PLAIN ||
		          sqlite3_column_int(q, 8),
	};
	s->layout = layout_parse(sql_column_slice(q, 6), &err);
}

static bool load_sources(struct engine *e, struct text_store *t,
                         struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path,
	                 "SELECT id,path,member,exhibit,server,"
	                 "iif(hashed,lower(hex(sha256)),''),layout,kept,"
	                 "EXISTS(SELECT 1 FROM block WHERE source=source.id)"
	                 " FROM source ORDER BY id",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		add_source(t, q);
	sqlite3_finalize(q);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static struct hash128 hash_of(struct slice s)
{
	struct hash128 h = { 0 };

	for (unsigned i = 0; s.len == 16 && i < 8; i++) {
		h.low |= (uint64_t)(unsigned char)s.ptr[i] << (8 * i);
		h.high |= (uint64_t)(unsigned char)s.ptr[8 + i] << (8 * i);
	}
	return h;
}

static struct text_source *find_source(struct text_store *t, uint32_t id)
{
	for (size_t i = 0; i < t->nsources; i++)
		if (t->sources[i].id == id)
			return &t->sources[i];
	return NULL;
}

static bool load_pieces(struct engine *e, struct text_store *t, struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path,
	                 "SELECT source,id,number,first_line,lines,records,"
	                 "offset,bytes,hash FROM piece ORDER BY source,number",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		struct text_source *s = find_source(
			t, (uint32_t)sqlite3_column_int64(q, 0));
		struct text_piece *p;

		if (!s)
			continue;
		GROW(s->pieces, s->npieces, s->cpieces);
		p = &s->pieces[s->npieces++];
		*p = (struct text_piece){
			.row = sqlite3_column_int64(q, 1),
			.number = (uint32_t)sqlite3_column_int64(q, 2),
			.first_line = (uint64_t)sqlite3_column_int64(q, 3),
			.lines = (uint64_t)sqlite3_column_int64(q, 4),
			.records = (uint64_t)sqlite3_column_int64(q, 5),
			.offset = (uint64_t)sqlite3_column_int64(q, 6),
			.bytes = (uint64_t)sqlite3_column_int64(q, 7),
			.hash = hash_of(sql_column_slice(q, 8)),
		};
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static bool load_stretches(struct engine *e, struct text_store *t,
                           struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path,
	                 "SELECT source,from_line,to_line,zone,zone_basis,year,"
	                 "year_basis FROM stretch ORDER BY source,from_line",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		struct stretch *s;
		struct slice zone = sql_column_slice(q, 3);

		GROW(t->stretches, t->nstretches, t->cstretches);
		s = &t->stretches[t->nstretches++];
		*s = (struct stretch){
			.source = (uint32_t)sqlite3_column_int64(q, 0),
			.from_line = (uint64_t)sqlite3_column_int64(q, 1),
			.to_line = (uint64_t)sql_column_number(q, 2, -1),
			.zone_basis = (enum stretch_basis)sqlite3_column_int(q, 4),
			.year = sqlite3_column_int(q, 5),
			.year_basis = (enum stretch_basis)sqlite3_column_int(q, 6),
		};
		if (zone.len < sizeof s->zone)
			memcpy(s->zone, zone.ptr ? zone.ptr : "", zone.len);
	}
	sqlite3_finalize(q);
	clocks_init(&t->clocks, t->stretches, t->nstretches);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static int compare_refused(const void *a, const void *b)
{
	const struct refused_line *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static bool load_refused(struct engine *e, struct text_store *t,
                         struct err *err)
{
	struct strbuf text = { 0 };
	sqlite3_stmt *q = NULL;
	bool ok;
	int code;

	strbuf_addf(&text,
	            "SELECT a.source,a.line,a.tx FROM attempt a CROSS JOIN tx t"
	            " ON t.id=a.tx WHERE t.state=%d AND t.queue_id IS NULL",
	            STATE_REFUSED);
	ok = sql_prepare(e->db, e->path, strbuf_text(&text), &q, err);
	strbuf_release(&text);
	if (!ok)
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		GROW(t->refused, t->nrefused, t->crefused);
		t->refused[t->nrefused++] = (struct refused_line){
			(uint32_t)sqlite3_column_int64(q, 0),
			(uint64_t)sqlite3_column_int64(q, 1),
			sqlite3_column_int64(q, 2),
		};
	}
	sqlite3_finalize(q);
	if (t->nrefused > 1)
		qsort(t->refused, t->nrefused, sizeof *t->refused,
		      compare_refused);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static size_t refused_from(const struct text_store *t, uint32_t source,
                           uint64_t line)
{
	struct refused_line key = { source, line, 0 };
	size_t lo = 0, hi = t->nrefused;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_refused(&t->refused[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct refused_line *text_refused(struct engine *e,
                                        const struct text_source *s,
                                        const struct text_piece *p, size_t *n)
{
	size_t from = refused_from(e->text, s->id, p->first_line);

	*n = refused_from(e->text, s->id, p->first_line + p->lines) - from;
	return *n ? e->text->refused + from : NULL;
}

static bool load_copies(struct engine *e, struct text_store *t, struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (!sql_prepare(e->db, e->path,
	                 "SELECT source,first_line,last_line FROM copy"
	                 " ORDER BY source,first_line",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		GROW(t->copies, t->ncopies, t->ccopies);
		t->copies[t->ncopies++] = (struct copied_lines){
			(uint32_t)sqlite3_column_int64(q, 0),
			(uint64_t)sqlite3_column_int64(q, 1),
			(uint64_t)sqlite3_column_int64(q, 2),
		};
	}
	sqlite3_finalize(q);
	return code == SQLITE_DONE || engine_failed(e, err);
}

static bool load(struct engine *e, struct err *err)
{
	struct text_store *t = e->text;

	if (t->loaded)
		return true;
	text_store_forget(t);
	t->loaded = load_sources(e, t, err) && load_pieces(e, t, err) &&
	            load_stretches(e, t, err) && load_refused(e, t, err) &&
	            load_copies(e, t, err);
	return t->loaded;
}

bool text_sources(struct engine *e, struct text_source **list, size_t *n,
                  struct err *err)
{
	if (!load(e, err))
		return false;
	*list = e->text->sources;
	*n = e->text->nsources;
	return true;
}

struct text_source *text_source(struct engine *e, uint32_t id, struct err *err)
{
	struct text_source *s;

	if (!load(e, err))
		return NULL;
	s = find_source(e->text, id);
	if (!s)
		err_set(err, "this case has no source %u", id);
	return s;
}

const struct stretch *text_stretch(struct engine *e, uint32_t source,
                                   uint64_t line)
{
	const struct text_store *t = e->text;

	for (size_t i = 0; i < t->nstretches; i++)
		if (t->stretches[i].source == source &&
		    line >= t->stretches[i].from_line &&
		    line <= t->stretches[i].to_line)
			return &t->stretches[i];
	return NULL;
}

/* Owners and columns --------------------------------------------------------- */

bool text_owners(struct engine *e, struct text_source *s, struct text_piece *p,
                 struct err *err)
{
	sqlite3_stmt *q;
	bool ok = true;

	if (p->owned)
		return true;
	if (!sql_prepare(e->db, e->path,
	                 "SELECT transactions,sessions FROM owner"
	                 " WHERE source=?1 AND piece=?2",
	                 &q, err))
		return false;
	sqlite3_bind_int64(q, 1, s->id);
	sqlite3_bind_int64(q, 2, p->number);
	if (sqlite3_step(q) == SQLITE_ROW)
		ok = owner_decode(sql_column_slice(q, 0), &p->txs, &p->ntxs,
		                  err) &&
		     owner_decode(sql_column_slice(q, 1), &p->sessions,
		                  &p->nsessions, err);
	sqlite3_finalize(q);
	for (size_t i = 0; ok && i < p->ntxs && !p->agents; i++)
		if (p->txs[i] == OWNER_AGENTS)
			p->agents = i + 1;
	p->owned = ok;
	return ok;
}

int64_t chunk_session(const struct chunk *c, uint32_t i)
{
	uint32_t owner = c->columns->columns.owner[i];

	if (owner == 0 || owner % 2 || owner / 2 - 1 >= c->piece->nsessions)
		return 0;
	return c->piece->sessions[owner / 2 - 1];
}

static bool read_columns(struct engine *e, struct chunk *c, struct err *err)
{
	struct strbuf raw = { 0 };
	sqlite3_stmt *q;
	bool ok = false;

	if (!sql_prepare(e->db, e->path, "SELECT columns FROM piece WHERE id=?1",
	                 &q, err))
		return false;
	sqlite3_bind_int64(q, 1, c->piece->row);
	if (sqlite3_step(q) == SQLITE_ROW)
		ok = unpack_block(sql_column_slice(q, 0), STORE_UNPACK_MAX, &raw,
		                  err) &&
		     (piece_decode_columns(c->columns, strbuf_slice(&raw)) ||
		      err_set(err, "%s: a piece of source %u is damaged; index "
		                   "the evidence into a new case",
		              e->path, c->source->id));
	else
		engine_failed(e, err);
	sqlite3_finalize(q);
	strbuf_release(&raw);
	return ok;
}

struct by_time {
	int64_t utc;
	uint32_t i;
};

static int compare_time(const void *a, const void *b)
{
	const struct by_time *x = a, *y = b;

	if (x->utc != y->utc)
		return x->utc < y->utc ? -1 : 1;
	return x->i < y->i ? -1 : 1;
}

static void sort_chunk(struct chunk *c)
{
	struct by_time *list = NULL;
	bool sorted = true;

	c->order = mem_alloc((c->n + 1) * sizeof *c->order);
	for (uint32_t i = 0; i < c->n; i++) {
		c->order[i] = i;
		if (i > 0 && c->utc[i] < c->utc[i - 1])
			sorted = false;
	}
	if (sorted)
		return;
	list = mem_alloc(c->n * sizeof *list);
	for (uint32_t i = 0; i < c->n; i++)
		list[i] = (struct by_time){ c->utc[i], i };
	qsort(list, c->n, sizeof *list, compare_time);
	for (uint32_t i = 0; i < c->n; i++)
		c->order[i] = list[i].i;
	free(list);
}

/* Of the fragment, or what an agent's session belongs to. */
static int64_t tx_of(const struct text_piece *p, uint32_t owner)
{
	size_t i = owner / 2;

	if (!owner)
		return 0;
	if (owner % 2 == 0) {
		if (!p->agents)
			return 0;
		i += p->agents - 1;
	}
	return i < p->ntxs ? p->txs[i] : 0;
}

static void fill_txs(struct engine *e, struct chunk *c)
{
	const uint32_t *owner = c->columns->columns.owner;
	const struct text_piece *p = c->piece;
	const struct refused_line *r;
	size_t n;

	c->tx = mem_alloc((c->n + 1) * sizeof *c->tx);
	for (uint32_t i = 0; i < c->n; i++)
		c->tx[i] = tx_of(p, owner[i]);
	r = text_refused(e, c->source, p, &n);
	for (size_t k = 0; k < n; k++) {
		uint32_t i = chunk_find_line(c, r[k].line);

		if (c->line[i] == r[k].line && !c->tx[i])
			c->tx[i] = r[k].tx;
	}
}

/* What stands in another source has its events there. */
static void empty_copies(const struct text_store *t, struct chunk *c)
{
	struct piece_lines *l = &c->columns->columns;

	for (size_t k = 0; k < t->ncopies; k++) {
		const struct copied_lines *m = &t->copies[k];

		if (m->source != c->source->id || m->last < c->line[0] ||
		    m->first > c->line[c->n - 1])
			continue;
		for (uint32_t i = chunk_find_line(c, m->first);
		     i < c->n && c->line[i] <= m->last; i++)
			if (c->line[i] >= m->first)
				l->events[i] = 0;
	}
}

static void fill_chunk(struct engine *e, struct chunk *c)
{
	const struct piece_lines *l = &c->columns->columns;
	struct text_piece *p = c->piece;
	uint64_t offset = p->offset, line = p->first_line;

	c->n = l->n;
	c->offset = mem_alloc((c->n + 1) * sizeof *c->offset);
	c->line = mem_alloc((c->n + 1) * sizeof *c->line);
	c->utc = mem_alloc((c->n + 1) * sizeof *c->utc);
	p->min = INT64_MAX;
	p->max = INT64_MIN;
	p->timeless = false;
	for (uint32_t i = 0; i < c->n; i++) {
		c->offset[i] = offset;
		c->line[i] = line;
		c->utc[i] = clocks_utc(&e->text->clocks, c->source->id, line,
		                       l->time[i], NULL);
		offset += l->length[i];
		line += l->span ? l->span[i] : 1;
		if (c->utc[i] == TIME_NONE) {
			p->timeless = true;
			continue;
		}
		p->min = c->utc[i] < p->min ? c->utc[i] : p->min;
		p->max = c->utc[i] > p->max ? c->utc[i] : p->max;
	}
	p->ranged = true;
	if (c->n > 0) {
		fill_txs(e, c);
		empty_copies(e->text, c);
	}
	sort_chunk(c);
}

static void drop_oldest(struct text_store *t)
{
	struct text_piece *oldest = NULL;

	for (size_t i = 0; i < t->nsources; i++)
		for (size_t k = 0; k < t->sources[i].npieces; k++) {
			struct text_piece *p = &t->sources[i].pieces[k];

			if (p->chunk && p->chunk->refs == 0 &&
			    (!oldest || p->chunk->used < oldest->chunk->used))
				oldest = p;
		}
	if (!oldest)
		return;
	chunk_free(oldest->chunk);
	oldest->chunk = NULL;
	t->nchunks--;
}

struct chunk *text_chunk(struct engine *e, struct text_source *s,
                         struct text_piece *p, struct err *err)
{
	struct text_store *t = e->text;
	struct chunk *c = p->chunk;

	if (!text_owners(e, s, p, err))
		return NULL;
	if (!c) {
		if (t->nchunks >= CHUNKS)
			drop_oldest(t);
		c = mem_alloc(sizeof *c);
		c->source = s;
		c->piece = p;
		c->columns = piece_new();
		if (!read_columns(e, c, err)) {
			chunk_free(c);
			return NULL;
		}
		fill_chunk(e, c);
		p->chunk = c;
		t->nchunks++;
	}
	c->refs++;
	c->used = ++t->clock;
	return c;
}

void text_release(struct engine *e, struct chunk *c)
{
	(void)e;
	if (c)
		c->refs--;
}

uint32_t chunk_find_line(const struct chunk *c, uint64_t line)
{
	uint32_t lo = 0, hi = c->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->line[mid] <= line)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

/* Bytes ------------------------------------------------------------------------ */

static void add_name(const struct text_source *s, struct strbuf *out)
{
	text_sanitise(out, slice_str(s->path));
	if (s->member[0]) {
		strbuf_add_char(out, ' ');
		text_sanitise(out, slice_str(s->member));
	}
}

/* "[evidence not here: mail.log sha256 9f31c0aa]", as ARCHITECTURE.md says. */
static bool say(const struct text_source *s, const char *what, struct err *err)
{
	struct strbuf name = { 0 };

	add_name(s, &name);
	err_set(err, "[%s: %s sha256 %.16s]", what, strbuf_text(&name),
	        s->sha256[0] ? s->sha256 : "unknown");
	strbuf_release(&name);
	return false;
}

static bool open_file(struct text_source *s, struct err *err)
{
	struct err why;

	if (s->file)
		return true;
	if (!s->gone)
		s->file = evidence_file_open(s->path, &why);
	if (s->file)
		return true;
	s->gone = true;
	return say(s, "evidence not here", err);
}

static bool hash_piece(struct text_source *s, const struct text_piece *p,
                       struct hash128 *out, struct err *err)
{
	char *bytes = mem_alloc(p->bytes + 1);
	bool ok = evidence_file_read(s->file, p->offset, bytes, p->bytes, NULL);

	if (ok)
		*out = hash128(slice_of(bytes, p->bytes));
	else
		say(s, "evidence changed", err);
	free(bytes);
	return ok;
}

/* Once a run, before a byte of the piece is shown. */
static bool check_piece(struct text_source *s, struct text_piece *p,
                        struct err *err)
{
	struct hash128 now = { 0 };

	if (p->state == PIECE_GOOD)
		return true;
	if (p->state == PIECE_BAD)
		return say(s, "evidence changed", err);
	if (hash_piece(s, p, &now, err) && now.low == p->hash.low &&
	    now.high == p->hash.high) {
		p->state = PIECE_GOOD;
		return true;
	}
	p->state = PIECE_BAD;
	return say(s, "evidence changed", err);
}

static struct text_piece *piece_at(struct text_source *s, uint64_t offset)
{
	size_t lo = 0, hi = s->npieces;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->pieces[mid].offset <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0 || offset >= s->pieces[lo - 1].offset +
	                                 s->pieces[lo - 1].bytes)
		return NULL;
	return &s->pieces[lo - 1];
}

static bool read_plain(struct text_source *s, uint64_t offset, size_t length,
                       struct strbuf *out, struct err *err)
{
	char *room;

	for (uint64_t at = offset; at < offset + length;) {
		struct text_piece *p = piece_at(s, at);

		if (!p || !check_piece(s, p, err))
			return p ? false : say(s, "evidence not read", err);
		at = p->offset + p->bytes;
	}
	room = strbuf_room(out, length);
	if (!evidence_file_read(s->file, offset, room, length, NULL))
		return say(s, "evidence changed", err);
	out->len += length;
	out->ptr[out->len] = '\0';
	return true;
}

/* The block that holds OFFSET, unpacked into the store's one buffer. */
static bool load_block(struct engine *e, struct text_source *s, uint64_t offset,
                       struct err *err)
{
	struct text_store *t = e->text;
	sqlite3_stmt *q;
	bool ok = false;

	if (t->block.len > 0 && t->block_source == s->id &&
	    offset >= t->block_offset && offset - t->block_offset < t->block.len)
		return true;
	if (!sql_prepare(e->db, e->path,
	                 "SELECT offset,packed FROM block WHERE source=?1 AND"
	                 " offset<=?2 ORDER BY offset DESC LIMIT 1",
	                 &q, err))
		return false;
	sqlite3_bind_int64(q, 1, s->id);
	sqlite3_bind_int64(q, 2, (int64_t)offset);
	strbuf_reset(&t->block);
	if (sqlite3_step(q) == SQLITE_ROW) {
		t->block_source = s->id;
		t->block_offset = (uint64_t)sqlite3_column_int64(q, 0);
		ok = unpack_block(sql_column_slice(q, 1), STORE_UNPACK_MAX,
		                  &t->block, NULL);
	}
	sqlite3_finalize(q);
	if (ok && offset - t->block_offset < t->block.len)
		return true;
	strbuf_reset(&t->block);
	return say(s, "evidence not here", err);
}

static bool read_packed(struct engine *e, struct text_source *s, uint64_t offset,
                        size_t length, struct strbuf *out, struct err *err)
{
	while (length > 0) {
		struct slice rest;

		if (!load_block(e, s, offset, err))
			return false;
		rest = slice_to(slice_from(strbuf_slice(&e->text->block),
		                           offset - e->text->block_offset),
		                length);
		strbuf_add_slice(out, rest);
		offset += rest.len;
		length -= rest.len;
	}
	return true;
}

bool text_read(struct engine *e, struct text_source *s, uint64_t offset,
               size_t length, struct strbuf *out, struct err *err)
{
	if (s->packed)
		return read_packed(e, s, offset, length, out, err);
	return open_file(s, err) && read_plain(s, offset, length, out, err);
}
