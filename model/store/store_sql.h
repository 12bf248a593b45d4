/* SPDX-License-Identifier: MIT */
/* The few things that all of store does with SQLite: run, prepare, bind, and
 * one sentence for what went wrong. Internal to this folder. */
#ifndef MODEL_STORE_STORE_SQL_H
#define MODEL_STORE_STORE_SQL_H

#include "base/err.h"
#include "base/slice.h"

#include <sqlite3.h>

/* The sentence for the last failure of DB on the case at PATH: a full disk, a
 * broken file, a file that cannot be written. Always false. */
bool sql_err(struct err *err, sqlite3 *db, const char *path);

/* All statements of TEXT, results thrown away. */
bool sql_exec(sqlite3 *db, const char *path, const char *text,
              struct err *err);
bool sql_prepare(sqlite3 *db, const char *path, const char *text,
                 sqlite3_stmt **out, struct err *err);
/* Steps a statement that gives no rows, resets it, clears no bindings. */
bool sql_step(sqlite3_stmt *stmt, const char *path, struct err *err);
/* First column of the first row; ABSENT without a row or if NULL or on error. */
int64_t sql_number(sqlite3 *db, const char *text, int64_t absent);

/* UTF-8 without NUL. */
bool sql_is_text(struct slice s);
/* TEXT if S is UTF-8 without NUL, else BLOB; absent: NULL. S must live until
 * the statement is reset. */
void sql_bind_slice(sqlite3_stmt *stmt, int i, struct slice s);
/* NULL if VALUE is ABSENT. */
void sql_bind_number(sqlite3_stmt *stmt, int i, int64_t value, int64_t absent);
/* Bytes of TEXT or BLOB, valid until the next step; NULL: absent. */
struct slice sql_column_slice(sqlite3_stmt *stmt, int i);
int64_t sql_column_number(sqlite3_stmt *stmt, int i, int64_t absent);

#endif
