/* SPDX-License-Identifier: MIT */
/* The dictionary of the case: in memory, written before what refers to it. */
#include "model/store/store_private.h"

/* Numbers have no holes, or nothing that refers to them can be trusted. */
static bool load(struct store *s, sqlite3_stmt *stmt, struct err *err)
{
	int code;

	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (intern_add(&s->words, sql_column_slice(stmt, 1)) !=
		    (uint32_t)sqlite3_column_int64(stmt, 0))
			return err_set(err,
			               "%s: this case is broken (word %lld) "
			               "and was left as it is; use a copy of "
			               "it or index into a new case",
			               store_name(s),
			               (long long)sqlite3_column_int64(stmt,
			                                               0));
	return code == SQLITE_DONE || sql_err(err, s->db, store_name(s));
}

bool store_load_words(struct store *s, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool good;

	if (s->words_loaded)
		return true;
	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT id, text FROM word ORDER BY id", &stmt, err))
		return false;
	intern_reset(&s->words);
	good = load(s, stmt, err);
	sqlite3_finalize(stmt);
	s->words_saved = s->words.count;
	s->words_loaded = good;
	return good;
}

bool store_save_words(struct store *s, uint32_t *saved, struct err *err)
{
	sqlite3_stmt *stmt = store_statement(s, STMT_ADD_WORD, err);

	if (!stmt)
		return false;
	for (uint32_t i = s->words_saved + 1; i <= s->words.count; i++) {
		sqlite3_bind_int64(stmt, 1, i);
		sql_bind_slice(stmt, 2, intern_get(&s->words, i));
		if (!sql_step(stmt, store_name(s), err))
			return false;
	}
	*saved = s->words.count;
	return true;
}

uint32_t store_word(struct store *s, struct slice text)
{
	if (!text.ptr || !store_load_words(s, NULL))
		return 0;
	return intern_add(&s->words, text);
}

struct slice store_word_text(struct store *s, uint32_t id)
{
	if (!store_load_words(s, NULL) || id > s->words.count)
		return slice_of(NULL, 0);
	return intern_get(&s->words, id);
}

uint32_t store_words(struct store *s)
{
	return store_load_words(s, NULL) ? s->words.count : 0;
}
