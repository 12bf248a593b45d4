/* SPDX-License-Identifier: MIT */
/* The audit trail: who did what and when. Rows are only ever added. */
#include "base/strbuf.h"
#include "model/store/store_private.h"

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

static bool add_row(struct store *s, const char *const texts[4], int64_t now,
                    struct err *err)
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

bool store_add_audit(struct store *s, const char *verb, const char *detail,
                     const char *author, int64_t now, struct err *err)
{
	struct strbuf time = { 0 };
	bool good;

	strbuf_addf(&time, "%lld", (long long)now);
	{
		const char *const texts[] = { author, verb, detail,
			                      strbuf_text(&time) };

		good = add_row(s, texts, now, err);
	}
	strbuf_release(&time);
	return good;
}

bool store_audit(struct store *s, const char *verb, const char *detail,
                 const char *author, int64_t now, struct err *err)
{
	return store_begin(s, true, err) &&
	       ((store_add_audit(s, verb, detail, author, now, err) &&
	         store_commit(s, err)) ||
	        store_rollback(s));
}
