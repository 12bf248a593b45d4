/* SPDX-License-Identifier: MIT */
/* Settings: rows are only ever added, each with its line in the audit trail and
 * with what follows from it (names of sources, directions of mail) in one
 * commit. A value that was taken back is a row of the basis "removed". */
#include "base/strbuf.h"
#include "model/store/setting.h"
#include "model/store/store_private.h"

#define REMOVED "removed"

/* Each of its values counts. */
static bool is_many(const char *name)
{
	const struct setting_info *info = setting_find(slice_str(name));

	return info && info->many;
}

struct change {
	const char *name, *value, *basis, *author;
	int64_t now;
};

/* 1 as stored now, 0 something else, -1 failed. */
static int is_set(struct store *s, const struct change *c, struct err *err)
{
	bool removed = strcmp(c->basis, REMOVED) == 0;
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT 1 FROM v_setting WHERE name=?1 AND (value=?2 OR"
	                 " ?4 AND NOT ?5) AND (basis=?3 OR ?4)",
	                 &q, err))
		return -1;
	sqlite3_bind_text(q, 1, c->name, -1, SQLITE_STATIC);
	sql_bind_slice(q, 2, slice_str(c->value));
	sqlite3_bind_text(q, 3, c->basis, -1, SQLITE_STATIC);
	sqlite3_bind_int(q, 4, removed);
	sqlite3_bind_int(q, 5, is_many(c->name));
	code = sqlite3_step(q);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		sql_err(err, s->db, store_name(s));
	sqlite3_finalize(q);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return -1;
	return removed ? code != SQLITE_ROW : code == SQLITE_ROW;
}

static bool add_setting(struct store *s, const struct change *c,
                        struct err *err)
{
	sqlite3_stmt *q = NULL;
	bool good = sql_prepare(s->db, store_name(s),
	                        "INSERT INTO setting VALUES(NULL,?,?,?,?,?,?)",
	                        &q, err);

	if (good) {
		sql_bind_slice(q, 1, slice_str(c->name));
		sql_bind_slice(q, 2, slice_str(c->value));
		sql_bind_slice(q, 3, slice_str(c->basis));
		sql_bind_slice(q, 4, slice_str(c->author));
		sql_bind_number(q, 5, c->now, TIME_NONE);
		sqlite3_bind_int(q, 6, is_many(c->name));
		good = sql_step(q, store_name(s), err);
	}
	sqlite3_finalize(q);
	return good;
}

static bool audit(struct store *s, const struct change *c, struct err *err)
{
	bool removed = strcmp(c->basis, REMOVED) == 0;
	struct strbuf detail = { 0 };
	bool good;

	strbuf_addf(&detail, "%s=%s", c->name, c->value);
	if (!removed && strcmp(c->basis, "given") != 0)
		strbuf_addf(&detail, " (%s)", c->basis);
	good = store_add_audit(s, removed ? "unset" : "set", strbuf_text(&detail),
	                       c->author, c->now, err);
	strbuf_release(&detail);
	return good;
}

/* What other rows of the case say because of it. */
static bool follow(struct store *s, const struct change *c, struct err *err)
{
	struct slice name = slice_str(c->name);

	if (slice_starts(name, SLICE("exhibit.")) &&
	    !store_name_exhibits(s, err))
		return false;
	return !setting_is_own(name) || store_direct(s, err);
}

static bool change(struct store *s, const struct change *c, struct err *err)
{
	int same = is_set(s, c, err);

	if (same)
		return same > 0;
	if (!store_begin(s, true, err))
		return false;
	return (add_setting(s, c, err) && audit(s, c, err) && follow(s, c, err) &&
	        store_touch(s, err) && store_commit(s, err)) ||
	       store_rollback(s);
}

bool store_set(struct store *s, const char *name, const char *value,
               const char *basis, const char *author, int64_t now,
               struct err *err)
{
	const struct change c = { name, value, basis, author, now };

	return change(s, &c, err);
}

bool store_unset(struct store *s, const char *name, const char *value,
                 const char *author, int64_t now, struct err *err)
{
	const struct change c = { name, value, REMOVED, author, now };

	return change(s, &c, err);
}

/* Readers forget what they know of the case. One that was never derived has no
 * rows that could change, and stays known as such. */
bool store_touch(struct store *s, struct err *err)
{
	return sql_exec(s->db, store_name(s),
	                "UPDATE meta SET value=value+1 WHERE name='generation'"
	                " AND value>0",
	                err);
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
	                 "SELECT name, value, basis FROM v_setting WHERE"
	                 " ?1 IS NULL OR name=?1",
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
