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

bool store_derive_begin(struct store *s, struct row_sink *sink, struct err *err)
{
	if (s->derivation)
		BUG("a derivation within another");
	if (!store_load_words(s, err) || !store_begin(s, s->published, err))
		return false;
	for (int i = STMT_SESSION; i <= STMT_STRETCH; i++)
		if (!store_statement(s, (enum statement)i, err))
			return store_rollback(s);
	if (!empty_tables(s, err))
		return store_rollback(s);
	s->derivation = mem_alloc(sizeof *s->derivation);
	s->derivation->key = hash_key_random();
	*sink = store_row_sink;
	sink->arg = s;
	return true;
}

static void end(struct store *s)
{
	free(s->derivation->txs);
	free(s->derivation->recipients);
	free(s->derivation->targets);
	free(s->derivation);
	s->derivation = NULL;
}

void store_derive_abort(struct store *s)
{
	if (!s->derivation)
		return;
	end(s);
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

static bool finish(struct store *s, const struct stretch *stretches, size_t n,
                   uint32_t *saved, struct err *err)
{
	return store_save_words(s, saved, err) &&
	       add_stretches(s, stretches, n, err) && add_indexes(s, err) &&
	       sql_exec(s->db, store_name(s), source_facts, err) &&
	       store_name_exhibits(s, err);
}

bool store_derive_commit(struct store *s, const struct stretch *stretches,
                         size_t n, struct err *err)
{
	uint32_t saved = 0;
	bool good;

	if (!s->derivation)
		BUG("nothing is being derived");
	good = finish(s, stretches, n, &saved, err);
	end(s);
	if (!good)
		return store_rollback(s);
	if (!store_commit(s, err))
		return false;
	s->words_saved = saved;
	return true;
}
