/* SPDX-License-Identifier: MIT */
/* Pieces and kept text: committed together, so that a killed run goes on where
 * the last piece ended. */
#include "base/alloc.h"
#include "model/store/store_private.h"

#define PACK_LEVEL 3

bool store_put_text(struct store *s, uint32_t source, uint64_t offset,
                    struct slice bytes, struct err *err)
{
	struct pending_text *t;

	(void)err;
	GROW(s->texts, s->ntexts, s->ctexts);
	t = &s->texts[s->ntexts++];
	*t = (struct pending_text){ .source = source, .offset = offset,
		                    .bytes = bytes.len };
	pack_block(bytes, PACK_LEVEL, &t->packed);
	return true;
}

/* SOURCE 0: all. */
void store_forget_texts(struct store *s, uint32_t source)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->ntexts; i++) {
		if (source && s->texts[i].source != source)
			s->texts[kept++] = s->texts[i];
		else
			strbuf_release(&s->texts[i].packed);
	}
	s->ntexts = kept;
}

/* They stay in memory until the transaction is committed. */
bool store_flush_texts(struct store *s, uint32_t source, struct err *err)
{
	sqlite3_stmt *stmt = store_statement(s, STMT_ADD_BLOCK, err);

	if (!stmt)
		return false;
	for (size_t i = 0; i < s->ntexts; i++) {
		const struct pending_text *t = &s->texts[i];

		if (t->source != source)
			continue;
		sqlite3_bind_int64(stmt, 1, source);
		sqlite3_bind_int64(stmt, 2, (int64_t)t->offset);
		sqlite3_bind_int64(stmt, 3, (int64_t)t->bytes);
		sqlite3_bind_blob64(stmt, 4, t->packed.ptr, t->packed.len,
		                    SQLITE_STATIC);
		if (!sql_step(stmt, store_name(s), err))
			return false;
	}
	return true;
}

static void set_word_ids(struct store *s, struct piece *p)
{
	free(p->word_ids);
	p->word_ids = mem_alloc(((size_t)p->words.count + 1) *
	                        sizeof *p->word_ids);
	for (uint32_t i = 1; i <= p->words.count; i++)
		p->word_ids[i] = intern_add(&s->words,
		                            intern_get(&p->words, i));
}

static void put_hash(const struct hash128 *h, unsigned char out[16])
{
	for (unsigned i = 0; i < 8; i++) {
		out[i] = (unsigned char)(h->low >> (8 * i));
		out[8 + i] = (unsigned char)(h->high >> (8 * i));
	}
}

static struct hash128 get_hash(struct slice s)
{
	struct hash128 h = { 0 };

	for (unsigned i = 0; s.len == 16 && i < 8; i++) {
		h.low |= (uint64_t)(unsigned char)s.ptr[i] << (8 * i);
		h.high |= (uint64_t)(unsigned char)s.ptr[8 + i] << (8 * i);
	}
	return h;
}

static bool insert_piece(struct store *s, const struct piece *p,
                         struct slice columns, struct slice parts,
                         struct err *err)
{
	sqlite3_stmt *stmt = store_statement(s, STMT_ADD_PIECE, err);
	unsigned char hash[16];
	const uint64_t numbers[] = { p->source, p->number, p->first_line,
		                     p->lines, p->columns.n, p->offset,
		                     p->bytes };
	const uint64_t ledger[] = { p->event_lines, p->unknown_lines,
		                    p->other_lines, p->events };

	if (!stmt)
		return false;
	for (int i = 0; i < 7; i++)
		sqlite3_bind_int64(stmt, i + 1, (int64_t)numbers[i]);
	put_hash(&p->hash, hash);
	sqlite3_bind_blob(stmt, 8, hash, sizeof hash, SQLITE_STATIC);
	for (int i = 0; i < 4; i++)
		sqlite3_bind_int64(stmt, i + 9, (int64_t)ledger[i]);
	sql_bind_number(stmt, 13, p->first, STAMP_NONE);
	sql_bind_number(stmt, 14, p->last, STAMP_NONE);
	sqlite3_bind_blob64(stmt, 15, columns.ptr, columns.len, SQLITE_STATIC);
	sqlite3_bind_blob64(stmt, 16, parts.ptr, parts.len, SQLITE_STATIC);
	return sql_step(stmt, store_name(s), err);
}

static bool add_to_ledger(struct store *s, const struct piece *p,
                          struct err *err)
{
	sqlite3_stmt *stmt = store_statement(s, STMT_LEDGER, err);
	const uint64_t numbers[] = { p->source, p->lines, p->event_lines,
		                     p->unknown_lines, p->other_lines,
		                     p->events, p->offset + p->bytes };

	if (!stmt)
		return false;
	for (int i = 0; i < 7; i++)
		sqlite3_bind_int64(stmt, i + 1, (int64_t)numbers[i]);
	if (!sql_step(stmt, store_name(s), err))
		return false;
	return sqlite3_changes(s->db) == 1 ||
	       err_set(err, "%s: a piece of source %u, which is not in it",
	               store_name(s), p->source);
}

static bool put_packed(struct store *s, const struct piece *p,
                       struct slice columns, struct slice parts,
                       struct err *err)
{
	uint32_t saved = 0;

	if (!store_begin(s, false, err))
		return false;
	if (!store_save_words(s, &saved, err) ||
	    !store_flush_texts(s, p->source, err) ||
	    !insert_piece(s, p, columns, parts, err) ||
	    !add_to_ledger(s, p, err) || !store_commit(s, err))
		return store_rollback(s);
	s->words_saved = saved;
	store_forget_texts(s, p->source);
	return true;
}

static void pack(struct strbuf *raw, struct strbuf *out)
{
	pack_block(strbuf_slice(raw), PACK_LEVEL, out);
	strbuf_release(raw);
}

bool store_put_piece(struct store *s, struct piece *p, struct err *err)
{
	struct strbuf raw = { 0 }, columns = { 0 }, parts = { 0 };
	bool good;

	if (s->derivation)
		BUG("a piece while its case is derived");
	if (!store_load_words(s, err))
		return false;
	set_word_ids(s, p);
	piece_encode_columns(p, &raw);
	pack(&raw, &columns);
	piece_encode(p, &raw);
	pack(&raw, &parts);
	good = put_packed(s, p, strbuf_slice(&columns), strbuf_slice(&parts),
	                  err);
	strbuf_release(&columns);
	strbuf_release(&parts);
	return good;
}

static void read_numbers(sqlite3_stmt *stmt, struct piece *p)
{
	p->source = (uint32_t)sqlite3_column_int64(stmt, 0);
	p->number = (uint32_t)sqlite3_column_int64(stmt, 1);
	p->first_line = (uint64_t)sqlite3_column_int64(stmt, 2);
	p->lines = (uint64_t)sqlite3_column_int64(stmt, 3);
	p->offset = (uint64_t)sqlite3_column_int64(stmt, 4);
	p->bytes = (uint64_t)sqlite3_column_int64(stmt, 5);
	p->hash = get_hash(sql_column_slice(stmt, 6));
	p->event_lines = (uint64_t)sqlite3_column_int64(stmt, 7);
	p->unknown_lines = (uint64_t)sqlite3_column_int64(stmt, 8);
	p->other_lines = (uint64_t)sqlite3_column_int64(stmt, 9);
	p->events = (uint64_t)sqlite3_column_int64(stmt, 10);
	p->first = sql_column_number(stmt, 11, STAMP_NONE);
	p->last = sql_column_number(stmt, 12, STAMP_NONE);
}

struct visit {
	struct store *store;
	sqlite3_stmt *rows, *parts;
	store_known_fn known;
	store_piece_fn fn;
	void *arg;
	struct cancel *cancel;
};

/* NULL: damaged. */
static struct piece *read_piece(const struct visit *v, struct err *err)
{
	struct piece *p = piece_new();
	struct strbuf raw = { 0 };
	bool good;

	sqlite3_bind_int64(v->parts, 1, sqlite3_column_int64(v->rows, 13));
	good = sqlite3_step(v->parts) == SQLITE_ROW &&
	       unpack_block(sql_column_slice(v->parts, 0), STORE_UNPACK_MAX,
	                    &raw, NULL) &&
	       piece_decode(p, strbuf_slice(&raw));
	sqlite3_reset(v->parts);
	strbuf_release(&raw);
	/* after: decoding may start from an empty piece */
	read_numbers(v->rows, p);
	if (good)
		return p;
	err_set(err,
	        "%s: this case is broken (piece %u of source %u) and was left "
	        "as it is; use a copy of it or index into a new case",
	        store_name(v->store), p->number, p->source);
	piece_free(p);
	return NULL;
}

static struct piece *known_piece(const struct visit *v)
{
	if (!v->known)
		return NULL;
	return v->known(v->arg, (uint32_t)sqlite3_column_int64(v->rows, 0),
	                (uint32_t)sqlite3_column_int64(v->rows, 1));
}

static bool visit(const struct visit *v, struct err *err)
{
	int code;

	while ((code = sqlite3_step(v->rows)) == SQLITE_ROW) {
		struct piece *p;

		if (cancel_asked(v->cancel))
			return err_set(err, "cancelled");
		p = known_piece(v);
		if (!p)
			p = read_piece(v, err);
		if (!p || !v->fn(v->arg, p, err))
			return false;
	}
	return code == SQLITE_DONE ||
	       sql_err(err, v->store->db, store_name(v->store));
}

/* The parts are asked for one by one: most may be known. */
bool store_each_known_piece(struct store *s, store_known_fn known,
                            store_piece_fn fn, void *arg,
                            struct cancel *cancel, struct err *err)
{
	struct visit v = { .store = s, .known = known, .fn = fn, .arg = arg,
		           .cancel = cancel };
	bool good = sql_prepare(s->db, store_name(s),
	                        "SELECT source, number, first_line, lines,"
	                        " offset, bytes, hash, event_lines,"
	                        " unknown_lines, other_lines, events, first,"
	                        " last, id FROM piece ORDER BY source, number",
	                        &v.rows, err) &&
	            sql_prepare(s->db, store_name(s),
	                        "SELECT parts FROM piece WHERE id=?", &v.parts,
	                        err) &&
	            visit(&v, err);

	sqlite3_finalize(v.rows);
	sqlite3_finalize(v.parts);
	return good;
}

bool store_each_piece(struct store *s, store_piece_fn fn, void *arg,
                      struct cancel *cancel, struct err *err)
{
	return store_each_known_piece(s, NULL, fn, arg, cancel, err);
}
