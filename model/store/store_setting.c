/* SPDX-License-Identifier: MIT */
/* Settings and the audit trail: rows are only ever added, each on disk before
 * the call returns. */
#include "base/strbuf.h"
#include "model/store/store_private.h"

/* Each of its values counts. */
static bool is_many(const char *name)
{
	return slice_starts(slice_str(name), SLICE("own."));
}

/* 1 as stored now, 0 something else, -1 failed. */
static int is_set(struct store *s, const char *name, const char *value,
                  const char *basis, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT 1 FROM v_setting WHERE name=? AND value=?"
	                 " AND (basis=? OR ?)",
	                 &q, err))
		return -1;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sql_bind_slice(q, 2, slice_str(value));
	sqlite3_bind_text(q, 3, basis, -1, SQLITE_STATIC);
	sqlite3_bind_int(q, 4, is_many(name));
	code = sqlite3_step(q);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		sql_err(err, s->db, store_name(s));
	sqlite3_finalize(q);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : -1;
}

struct setting {
	const char *name, *value, *basis, *author;
	int64_t now;
};

static bool add_setting(struct store *s, const struct setting *set,
                        struct err *err)
{
	sqlite3_stmt *q = NULL;
	bool good = sql_prepare(s->db, store_name(s),
	                        "INSERT INTO setting VALUES(NULL,?,?,?,?,?,?)",
	                        &q, err);

	if (good) {
		sql_bind_slice(q, 1, slice_str(set->name));
		sql_bind_slice(q, 2, slice_str(set->value));
		sql_bind_slice(q, 3, slice_str(set->basis));
		sql_bind_slice(q, 4, slice_str(set->author));
		sql_bind_number(q, 5, set->now, TIME_NONE);
		sqlite3_bind_int(q, 6, is_many(set->name));
		good = sql_step(q, store_name(s), err);
	}
	sqlite3_finalize(q);
	return good && (!slice_starts(slice_str(set->name),
	                              SLICE("exhibit.")) ||
	                store_name_exhibits(s, err));
}

bool store_set(struct store *s, const char *name, const char *value,
               const char *basis, const char *author, int64_t now,
               struct err *err)
{
	const struct setting set = { name, value, basis, author, now };
	int same = is_set(s, name, value, basis, err);

	if (same)
		return same > 0;
	if (!store_begin(s, true, err))
		return false;
	return (add_setting(s, &set, err) && store_commit(s, err)) ||
	       store_rollback(s);
}

static const char *text_at(sqlite3_stmt *q, int i)
{
	const char *text = (const char *)sqlite3_column_text(q, i);

	return text ? text : "";
}

bool store_settings(struct store *s, const char *name, store_setting_fn fn,
                    void *arg, struct err *err)
{
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT name, value, basis FROM setting s WHERE"
	                 " (?1 IS NULL OR name=?1) AND (many OR NOT EXISTS("
	                 "SELECT 1 FROM setting n WHERE n.name=s.name AND"
	                 " n.id>s.id)) ORDER BY id",
	                 &q, err))
		return false;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		fn(arg, text_at(q, 0), text_at(q, 1), text_at(q, 2));
	if (code != SQLITE_DONE)
		sql_err(err, s->db, store_name(s));
	sqlite3_finalize(q);
	return code == SQLITE_DONE;
}

/* Each row's hash covers the one before, so that a row changed or taken out
 * later shows. */
static void chain(struct store *s, const char *const texts[], size_t n,
                  uint8_t out[SHA256_BYTES])
{
	struct sha256 *sum = sha256_new();
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(s->db,
	                       "SELECT sha256 FROM audit ORDER BY id DESC"
	                       " LIMIT 1",
	                       -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW) {
		struct slice before = sql_column_slice(q, 0);

		sha256_add(sum, before.ptr, before.len);
	}
	sqlite3_finalize(q);
	for (size_t i = 0; i < n; i++)
		sha256_add(sum, texts[i], strlen(texts[i]) + 1);
	sha256_sum(sum, out);
	sha256_free(sum);
}

static bool add_audit(struct store *s, const char *const texts[4],
                      int64_t now, struct err *err)
{
	sqlite3_stmt *q = NULL;
	uint8_t sha[SHA256_BYTES];
	bool good = sql_prepare(s->db, store_name(s),
	                        "INSERT INTO audit VALUES(NULL,?,?,?,?,?)", &q,
	                        err);

	if (!good)
		return false;
	chain(s, texts, 4, sha);
	sql_bind_number(q, 1, now, TIME_NONE);
	for (int i = 0; i < 3; i++)
		sql_bind_slice(q, i + 2, slice_str(texts[i]));
	sqlite3_bind_blob(q, 5, sha, sizeof sha, SQLITE_STATIC);
	good = sql_step(q, store_name(s), err);
	sqlite3_finalize(q);
	return good;
}

bool store_audit(struct store *s, const char *verb, const char *detail,
                 const char *author, int64_t now, struct err *err)
{
	struct strbuf time = { 0 };
	bool good;

	strbuf_addf(&time, "%lld", (long long)now);
	{
		const char *const texts[] = { author, verb, detail,
			                      strbuf_text(&time) };

		good = store_begin(s, true, err) &&
		       ((add_audit(s, texts, now, err) &&
		         store_commit(s, err)) ||
		        store_rollback(s));
	}
	strbuf_release(&time);
	return good;
}
