/* SPDX-License-Identifier: MIT */
/* Opening a case for reading, one snapshot per call, and cancelling. */
#include "model/store/engine_private.h"

#include "model/store/case_file.h"
#include "model/store/engine_text.h"
#include "model/store/v_event.h"

#include <errno.h>
#include <unistd.h>

/* SQLite looks at the token this often; a few microseconds of work. */
#define PROGRESS_STEPS 1000
#define MMAP_BYTES "2147418112"

static int look_at_cancel(void *arg)
{
	const struct engine *e = arg;

	return cancel_asked(e->cancel);
}

static bool works(sqlite3 *db)
{
	return sql_number(db, "SELECT count(*) FROM sqlite_schema", -1) >= 0;
}

/* "file:…?mode=ro" with what URIs reserve escaped. */
static void add_uri(struct strbuf *out, const char *path, bool immutable)
{
	strbuf_add_str(out, "file:");
	for (const char *p = path; *p; p++) {
		if (strchr("%?#", *p))
			strbuf_addf(out, "%%%02x", (unsigned char)*p);
		else
			strbuf_add_char(out, *p);
	}
	strbuf_add_str(out, immutable ? "?mode=ro&immutable=1" : "?mode=ro");
}

static sqlite3 *open_as(const char *path, bool immutable)
{
	struct strbuf uri = { 0 };
	sqlite3 *db = NULL;

	add_uri(&uri, path, immutable);
	if (sqlite3_open_v2(strbuf_text(&uri), &db,
	                    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
	                            SQLITE_OPEN_NOMUTEX,
	                    NULL) != SQLITE_OK ||
	    !works(db)) {
		sqlite3_close(db);
		db = NULL;
	}
	strbuf_release(&uri);
	return db;
}

/* A folder that cannot be written has no room for a WAL's shared memory; then
 * nobody else writes to the case either. */
static sqlite3 *open_database(const char *path)
{
	sqlite3 *db = open_as(path, false);
	struct strbuf wal = { 0 };

	if (db)
		return db;
	strbuf_addf(&wal, "%s-wal", path);
	if (access(strbuf_text(&wal), F_OK) != 0)
		db = open_as(path, true);
	strbuf_release(&wal);
	return db;
}

static void forget(struct engine *e)
{
	for (int i = 0; i < UNIT_COUNT; i++)
		e->totals[i].all = -1;
	e->hidden_journeys = e->hidden_txs = -1;
	e->own_known = false;
}

struct engine *engine_open(const char *path, struct err *err)
{
	struct engine *e;
	sqlite3 *db;

	if (!case_file_check(path, err))
		return NULL;
	db = open_database(path);
	if (!db) {
		err_set(err,
		        "%s: this case cannot be opened for reading; it is "
		        "broken or may not be read",
		        path);
		return NULL;
	}
	e = mem_alloc(sizeof *e);
	e->db = db;
	e->path = mem_text(path);
	e->generation = UINT64_MAX;
	forget(e);
	sqlite3_busy_timeout(db, 2000);
	sqlite3_progress_handler(db, PROGRESS_STEPS, look_at_cancel, e);
	sqlite3_exec(db, "PRAGMA mmap_size=" MMAP_BYTES
	                 ";PRAGMA temp_store=2;PRAGMA query_only=1;"
	                 "PRAGMA cache_size=-65536",
	             NULL, NULL, NULL);
	engine_add_functions(e);
	e->text = text_store_new(e);
	v_event_register(e, db, NULL);
	return e;
}

void engine_close(struct engine *e)
{
	if (!e)
		return;
	text_store_free(e->text);
	for (size_t i = 0; i < KEPT; i++)
		sqlite3_finalize(e->kept[i].stmt);
	sqlite3_close(e->db);
	words_release(&e->words);
	free(e->own);
	arena_release(&e->own_memory);
	free(e->path);
	free(e);
}

static uint64_t stored_generation(struct engine *e)
{
	return (uint64_t)sql_number(
		e->db, "SELECT value FROM meta WHERE name='generation'", 0);
}

uint64_t engine_generation(struct engine *e)
{
	e->cancel = NULL;
	return stored_generation(e);
}

bool engine_begin(struct engine *e, struct cancel *cancel, struct err *err)
{
	uint64_t generation;
	int64_t piece;

	e->cancel = NULL;
	if (!sql_exec(e->db, e->path, "BEGIN", err))
		return false;
	generation = stored_generation(e);
	/* while a case is built, pieces come without a new generation */
	piece = sql_number(e->db, "SELECT max(id) FROM piece", 0);
	if (generation != e->generation || piece != e->last_piece) {
		forget(e);
		text_store_forget(e->text);
	}
	e->generation = generation;
	e->last_piece = piece;
	e->cancel = cancel;
	if (!engine_cancelled(e, err))
		return true;
	engine_end(e);
	return false;
}

void engine_end(struct engine *e)
{
	e->cancel = NULL;
	sqlite3_exec(e->db, "COMMIT", NULL, NULL, NULL);
}

bool engine_cancelled(struct engine *e, struct err *err)
{
	return cancel_asked(e->cancel) && !err_set(err, "cancelled");
}

bool engine_failed(struct engine *e, struct err *err)
{
	if (engine_cancelled(e, err))
		return false;
	return sql_err(err, e->db, e->path);
}

/* What `own` stands for. */
bool engine_need_own(struct engine *e, struct err *err)
{
	sqlite3_stmt *q;
	size_t cap = 0;

	if (e->own_known)
		return true;
	if (!sql_prepare(e->db, e->path,
	                 "SELECT value FROM v_setting WHERE name IN"
	                 "('own.domain','own.network') AND basis='given'",
	                 &q, err))
		return false;
	arena_reset(&e->own_memory);
	free(e->own);
	e->own = NULL;
	e->nown = 0;
	while (sqlite3_step(q) == SQLITE_ROW) {
		struct slice s = sql_column_slice(q, 0);

		if (!s.ptr)
			continue;
		GROW(e->own, e->nown, cap);
		e->own[e->nown++] = arena_slice(&e->own_memory, s);
	}
	sqlite3_finalize(q);
	e->own_known = true;
	return true;
}
