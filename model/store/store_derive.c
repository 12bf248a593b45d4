/* SPDX-License-Identifier: MIT */
/* A derivation: all derived tables anew, in one transaction that readers see
 * whole or not at all. */
#include "base/alloc.h"
#include "model/store/store_rows.h"

static bool empty_tables(struct store *s, struct err *err)
{
	struct strbuf text = { 0 };
	bool good;

	for (size_t i = 0; schema_indexes[i].name; i++)
		strbuf_addf(&text, "DROP INDEX IF EXISTS %s;",
		            schema_indexes[i].name);
	for (size_t i = 0; schema_derived_names[i]; i++)
		strbuf_addf(&text, "DELETE FROM %s;", schema_derived_names[i]);
	good = sql_exec(s->db, store_name(s), strbuf_text(&text), err);
	strbuf_release(&text);
	return good;
}

static bool begin_rows(struct store *s, struct err *err)
{
	if (!store_begin(s, s->published, err))
		return false;
	for (int i = STMT_SESSION; i <= STMT_STRETCH; i++)
		if (!store_statement(s, (enum statement)i, err))
			return store_rollback(s);
	return empty_tables(s, err) || store_rollback(s);
}

/* A case that was never derived nor published and that nobody looks at is
 * filled page by page, in a copy: a kill leaves what was read. */
static void begin_bulk(struct store *s)
{
	struct strbuf name = { 0 };
	struct derivation *d = s->derivation;

	if (s->published || !store_fold(s) ||
	    sql_number(s->db, "SELECT value FROM meta WHERE name='generation'",
	               1) != 0)
		return;
	strbuf_addf(&name, "%s.copy", s->building);
	d->copy = strbuf_take(&name);
	case_file_remove(d->copy);
	if (case_file_copy(s->building, d->copy, NULL))
		d->bulk = bulk_open(d->copy, store_row_tables, NULL);
	if (!d->bulk)
		case_file_remove(d->copy);
}

static void end(struct store *s)
{
	struct derivation *d = s->derivation;

	bulk_abort(d->bulk);
	if (d->copy)
		case_file_remove(d->copy);
	free(d->copy);
	free(d->txs);
	free(d->recipients);
	free(d->targets);
	free(d->told);
	suggestions_release(&d->suggestions);
	free(d);
	s->derivation = NULL;
}

bool store_derive_begin(struct store *s, struct row_sink *sink, struct err *err)
{
	if (s->derivation)
		BUG("a derivation within another");
	if (!store_load_words(s, err))
		return false;
	s->derivation = mem_alloc(sizeof *s->derivation);
	s->derivation->key = hash_key_random();
	begin_bulk(s);
	if (!s->derivation->bulk) {
		struct derivation *d = s->derivation;
		bool good;

		s->derivation = NULL; /* store_begin is in earnest */
		good = begin_rows(s, err);
		s->derivation = d;
		if (!good) {
			end(s);
			return false;
		}
	}
	*sink = store_row_sink;
	sink->arg = s;
	return true;
}

void store_derive_abort(struct store *s)
{
	bool inserts;

	if (!s->derivation)
		return;
	inserts = !s->derivation->bulk;
	end(s);
	if (inserts)
		store_rollback(s);
}

static bool add_stretch(struct store *s, const struct stretch *st,
                        struct err *err)
{
	sqlite3_stmt *q = s->statements[STMT_STRETCH];
	bool open = st->to_line > (uint64_t)INT64_MAX;

	sqlite3_bind_int64(q, 1, st->source);
	sqlite3_bind_int64(q, 2, (int64_t)st->from_line);
	sql_bind_number(q, 3, open ? -1 : (int64_t)st->to_line, -1);
	sql_bind_slice(q, 4, slice_of(st->zone,
	                              strnlen(st->zone, sizeof st->zone)));
	sqlite3_bind_int64(q, 5, st->zone_basis);
	sql_bind_number(q, 6, st->year, 0);
	sqlite3_bind_int64(q, 7, st->year_basis);
	return sql_step(q, store_name(s), err);
}

static bool add_stretches(struct store *s, const struct stretch *list, size_t n,
                          struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!add_stretch(s, &list[i], err))
			return false;
	return true;
}

static bool add_indexes(struct store *s, struct err *err)
{
	struct strbuf text = { 0 };
	bool good = true;

	for (size_t i = 0; good && schema_indexes[i].name; i++) {
		strbuf_reset(&text);
		strbuf_addf(&text, "CREATE INDEX %s ON %s",
		            schema_indexes[i].name, schema_indexes[i].on);
		good = sql_exec(s->db, store_name(s), strbuf_text(&text), err);
	}
	strbuf_release(&text);
	return good;
}

/* Whose lines a source holds and from when to when, as its coverage tells. */
static const char source_facts[] =
	"UPDATE source SET"
	" host=(SELECT server FROM coverage c WHERE c.source=source.id"
	" AND server IS NOT NULL GROUP BY server"
	" ORDER BY sum(lines) DESC, server LIMIT 1),"
	" first=(SELECT min(first) FROM coverage c WHERE c.source=source.id),"
	" last=(SELECT max(coalesce(c.last,c.first)) FROM coverage c"
	" WHERE c.source=source.id);"
	"UPDATE source SET host=(SELECT host FROM source o"
	" WHERE o.id=source.copy_of), first=(SELECT first FROM source o"
	" WHERE o.id=source.copy_of), last=(SELECT last FROM source o"
	" WHERE o.id=source.copy_of) WHERE copy_of IS NOT NULL;"
	"DELETE FROM meta WHERE name='stale';"
	"UPDATE meta SET value=value+1 WHERE name='generation'";

/* COPY: the indexes are there. */
static bool finish(struct store *s, const struct stretch *stretches, size_t n,
                   uint32_t *saved, bool copy, struct err *err)
{
	return store_save_words(s, saved, err) &&
	       add_stretches(s, stretches, n, err) &&
	       (copy || add_indexes(s, err)) &&
	       sql_exec(s->db, store_name(s), source_facts, err) &&
	       store_name_exhibits(s, err) && store_suggest(s, err) &&
	       store_attach_notes(s, err);
}

/* Nobody else has the copy, and a half-made one is thrown away: no journal. */
static bool finish_copy(struct store *s, const struct stretch *stretches,
                        size_t n, uint32_t *saved, struct err *err)
{
	struct derivation *d = s->derivation;
	struct bulk *bulk = d->bulk;

	d->bulk = NULL;
	return bulk_close(bulk, err) && store_open_file(s, d->copy, err) &&
	       sql_exec(s->db, d->copy,
	                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
	                "BEGIN",
	                err) &&
	       store_statement(s, STMT_STRETCH, err) &&
	       finish(s, stretches, n, saved, true, err) &&
	       sql_exec(s->db, d->copy, "COMMIT", err);
}

static void close_file(struct store *s)
{
	store_finalize(s);
	sqlite3_close(s->db);
	s->db = NULL;
}

/* The copy takes the place of what it was made from. */
static bool commit_copy(struct store *s, const struct stretch *stretches,
                        size_t n, struct err *err)
{
	uint32_t saved = 0;
	bool good;

	close_file(s);
	good = finish_copy(s, stretches, n, &saved, err);
	close_file(s);
	good = good &&
	       case_file_replace(s->derivation->copy, s->building, err);
	end(s);
	if (good)
		s->words_saved = saved;
	if (!store_open_file(s, s->building, good ? err : NULL))
		return false;
	s->wal = false;
	/* tells store_publish of readers; without it nothing is lost */
	store_enter_wal(s, NULL);
	return good;
}

bool store_derive_commit(struct store *s, const struct stretch *stretches,
                         size_t n, struct err *err)
{
	uint32_t saved = 0;
	bool good;

	if (!s->derivation)
		BUG("nothing is being derived");
	if (s->derivation->bulk)
		return commit_copy(s, stretches, n, err);
	good = finish(s, stretches, n, &saved, false, err);
	end(s);
	if (!good)
		return store_rollback(s);
	if (!store_commit(s, err))
		return false;
	s->words_saved = saved;
	return true;
}
