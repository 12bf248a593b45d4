/* SPDX-License-Identifier: MIT */
/* Running, preparing and binding, with every return checked in one place. */
#include "model/store/store_sql.h"

#include "base/text.h"

bool sql_err(struct err *err, sqlite3 *db, const char *path)
{
	int code = sqlite3_errcode(db);

	switch (code & 0xff) {
	case SQLITE_FULL:
		return err_set(err,
		               "%s: the disk is full; what was stored before is "
		               "safe, make room and run the same command again",
		               path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err,
		               "%s: this case is broken (%s) and was left as it "
		               "is; use a copy of it or index into a new case",
		               path, sqlite3_errmsg(db));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err,
		               "%s: another program holds this case; close it "
		               "and try again",
		               path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(err,
		               "%s: this case cannot be written (%s); copy it to "
		               "a folder that can",
		               path, sqlite3_errmsg(db));
	default:
		return err_set(err, "%s: %s", path, sqlite3_errmsg(db));
	}
}

bool sql_exec(sqlite3 *db, const char *path, const char *text, struct err *err)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		return sql_err(err, db, path);
	return true;
}

bool sql_prepare(sqlite3 *db, const char *path, const char *text,
                 sqlite3_stmt **out, struct err *err)
{
	if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, out,
	                       NULL) != SQLITE_OK)
		return sql_err(err, db, path);
	return true;
}

bool sql_step(sqlite3_stmt *stmt, const char *path, struct err *err)
{
	int code;

	do {
		code = sqlite3_step(stmt);
	} while (code == SQLITE_ROW);
	if (code != SQLITE_DONE)
		sql_err(err, sqlite3_db_handle(stmt), path);
	sqlite3_reset(stmt);
	return code == SQLITE_DONE;
}

int64_t sql_number(sqlite3 *db, const char *text, int64_t absent)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = absent;

	if (sqlite3_prepare_v2(db, text, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		n = sql_column_number(stmt, 0, absent);
	sqlite3_finalize(stmt);
	return n;
}

static bool is_plain_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] - 1u >= 0x7f)
			return false;
	return true;
}

bool sql_is_text(struct slice s)
{
	if (is_plain_ascii(s))
		return true;
	return !memchr(s.ptr, 0, s.len) && text_is_utf8(s);
}

void sql_bind_slice(sqlite3_stmt *stmt, int i, struct slice s)
{
	if (!s.ptr)
		sqlite3_bind_null(stmt, i);
	else if (sql_is_text(s))
		sqlite3_bind_text64(stmt, i, s.ptr, s.len, SQLITE_STATIC,
		                    SQLITE_UTF8);
	else
		sqlite3_bind_blob64(stmt, i, s.ptr, s.len, SQLITE_STATIC);
}

void sql_bind_number(sqlite3_stmt *stmt, int i, int64_t value, int64_t absent)
{
	if (value == absent)
		sqlite3_bind_null(stmt, i);
	else
		sqlite3_bind_int64(stmt, i, value);
}

struct slice sql_column_slice(sqlite3_stmt *stmt, int i)
{
	const char *ptr;

	if (sqlite3_column_type(stmt, i) == SQLITE_NULL)
		return slice_of(NULL, 0);
	ptr = sqlite3_column_blob(stmt, i);
	/* an empty value has no pointer */
	return slice_of(ptr ? ptr : "", (size_t)sqlite3_column_bytes(stmt, i));
}

int64_t sql_column_number(sqlite3_stmt *stmt, int i, int64_t absent)
{
	return sqlite3_column_type(stmt, i) == SQLITE_NULL
	               ? absent
	               : sqlite3_column_int64(stmt, i);
}
