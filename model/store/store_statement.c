/* SPDX-License-Identifier: MIT */
/* Transactions of the writer, and its prepared statements: one per table. */
#include "model/store/store_private.h"

static const char *const statement_texts[STMT_COUNT] = {
	[STMT_ADD_WORD] = "INSERT INTO word VALUES(?,?)",
	[STMT_ADD_PIECE] = "INSERT INTO piece VALUES(NULL,?,?,?,?,?,?,?,?,?,?,"
	                   "?,?,?,?,?,?)",
	[STMT_ADD_BLOCK] = "INSERT OR REPLACE INTO block VALUES(NULL,?,?,?,?)",
	[STMT_LEDGER] = "UPDATE source SET lines=lines+?2,"
	                "event_lines=event_lines+?3,"
	                "unknown_lines=unknown_lines+?4,"
	                "other_lines=other_lines+?5,events=events+?6,"
	                "pieces=pieces+1,"
	                "content_bytes=max(content_bytes,?7) WHERE id=?1",
	[STMT_SESSION] = "INSERT INTO session VALUES(?,?,?,?,?,?,?,?,?,?,?,?,"
	                 "?,?,?,?,?,?,?)",
	[STMT_TX] = "INSERT INTO tx VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
	            "?,?,?,?,?,?,?,?,?,?)",
	[STMT_DELIVERY] = "INSERT INTO delivery VALUES(?,?,?,?,?,?,?,?,?)",
	[STMT_ATTEMPT] = "INSERT INTO attempt VALUES(?,?,?,?,?,?,?,?,?,?,?,?,"
	                 "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_LINK] = "INSERT INTO link VALUES(?,?,?,?,?,?,?,?,?)",
	[STMT_EVIDENCE] = "INSERT INTO evidence VALUES(NULL,?,?,?,?,?,?,?,?,?)",
	[STMT_JOURNEY] = "INSERT INTO journey VALUES(?,?,?,?,?,?,?,?,?,?,?,?,"
	                 "?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_RECIPIENT] = "INSERT INTO recipient VALUES(?,?,?,?,?,?,?,?,?,?,"
	                   "?,?)",
	[STMT_RELATED] = "INSERT INTO related VALUES(NULL,?,?,?)",
	[STMT_COVERAGE] = "INSERT INTO coverage VALUES(NULL,?,?,?,?,?,?)",
	[STMT_CLOCK] = "INSERT INTO clock VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?)",
	[STMT_MISSING] = "INSERT INTO missing VALUES(NULL,?,?,?,?,?,?,?,?,?,"
	                 "?,?,?)",
	[STMT_FINDING] = "INSERT INTO finding VALUES(?,?,?,?,?,?,?,?,?)",
	[STMT_PLACE] = "INSERT INTO place VALUES(NULL,?,?,?,?,?)",
	[STMT_TRIAL] = "INSERT INTO trial VALUES(NULL,?,?,?,?,?)",
	[STMT_OWNER] = "INSERT INTO owner VALUES(NULL,?,?,?,?)",
	[STMT_COPY] = "INSERT INTO copy VALUES(NULL,?,?,?,?,?,?,?,?,?)",
	[STMT_STRETCH] = "INSERT INTO stretch VALUES(NULL,?,?,?,?,?,?,?)",
};

sqlite3_stmt *store_statement(struct store *s, enum statement id,
                              struct err *err)
{
	if (!s->statements[id] &&
	    !sql_prepare(s->db, store_name(s), statement_texts[id],
	                 &s->statements[id], err))
		return NULL;
	return s->statements[id];
}

void store_finalize(struct store *s)
{
	for (size_t i = 0; i < STMT_COUNT; i++) {
		sqlite3_finalize(s->statements[i]);
		s->statements[i] = NULL;
	}
}

/* At rest a case is in DELETE mode, so that it is one file. */
bool store_enter_wal(struct store *s, struct err *err)
{
	if (s->wal)
		return true;
	if (!sql_exec(s->db, store_name(s),
	              "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=4096",
	              err))
		return false;
	s->wal = true;
	return true;
}

static bool is_wal(sqlite3 *db)
{
	sqlite3_stmt *stmt = NULL;
	bool wal = true;

	if (sqlite3_prepare_v2(db, "PRAGMA journal_mode=DELETE", -1, &stmt,
	                       NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		wal = slice_eq(sql_column_slice(stmt, 0), SLICE("wal"));
	sqlite3_finalize(stmt);
	return wal;
}

bool store_fold(struct store *s)
{
	sqlite3_busy_timeout(s->db, 100);
	s->wal = is_wal(s->db);
	if (s->wal)
		sqlite3_wal_checkpoint_v2(s->db, NULL,
		                          SQLITE_CHECKPOINT_PASSIVE, NULL,
		                          NULL);
	sqlite3_busy_timeout(s->db, 5000);
	return !s->wal;
}

bool store_begin(struct store *s, bool durable, struct err *err)
{
	if (s->derivation)
		return true;
	/* NORMAL never breaks a case, it may lose the last steps */
	return store_enter_wal(s, err) &&
	       sql_exec(s->db, store_name(s),
	                durable ? "PRAGMA synchronous=FULL"
	                        : "PRAGMA synchronous=NORMAL",
	                err) &&
	       sql_exec(s->db, store_name(s), "BEGIN IMMEDIATE", err);
}

bool store_commit(struct store *s, struct err *err)
{
	if (s->derivation)
		return true;
	return sql_exec(s->db, store_name(s), "COMMIT", err) ||
	       store_rollback(s);
}

bool store_rollback(struct store *s)
{
	/* a full disk may have rolled back already */
	if (!s->derivation && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}
