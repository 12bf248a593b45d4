/* SPDX-License-Identifier: MIT */
/* Sources of the case and every version that a growing one had. */
#include "base/alloc.h"
#include "model/store/store_private.h"

static const char *const state_names[SOURCE_STATE_COUNT] = {
	[SOURCE_OK] = "ok",           [SOURCE_CUT] = "cut",
	[SOURCE_ERROR] = "error",     [SOURCE_COPY] = "copy",
	[SOURCE_CHANGED] = "changed", [SOURCE_MISSING] = "missing",
	[SOURCE_READING] = "reading",
};

const char *source_state_name(enum source_state st)
{
	return st < SOURCE_STATE_COUNT ? state_names[st] : "";
}

void source_list_release(struct source_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct source *src = &l->list[i];

		free(src->path);
		free(src->member);
		free(src->layout);
		free(src->format);
		free(src->format_basis);
		free(src->server);
		free(src->zone_given);
		free(src->message);
	}
	free(l->list);
	*l = (struct source_list){ 0 };
}

static char *column_text(sqlite3_stmt *stmt, int i)
{
	struct slice s = sql_column_slice(stmt, i);
	char *text = mem_alloc(s.len + 1);

	if (s.len)
		memcpy(text, s.ptr, s.len);
	return text;
}

static void column_sha(sqlite3_stmt *stmt, int i, uint8_t sha[SHA256_BYTES])
{
	struct slice s = sql_column_slice(stmt, i);

	if (s.len == SHA256_BYTES)
		memcpy(sha, s.ptr, s.len);
}

static uint64_t column_u64(sqlite3_stmt *stmt, int i)
{
	return (uint64_t)sqlite3_column_int64(stmt, i);
}

static void read_source(sqlite3_stmt *q, struct source *src)
{
	*src = (struct source){
		.id = (uint32_t)column_u64(q, 0),
		.path = column_text(q, 1),
		.member = column_text(q, 2),
		.layout = column_text(q, 3),
		.format = column_text(q, 4),
		.format_basis = column_text(q, 5),
		.server = column_text(q, 6),
		.zone_given = column_text(q, 7),
		.year_given = sqlite3_column_int(q, 8),
		.kept = (enum evidence_kept)sqlite3_column_int(q, 9),
		.state = (enum source_state)sqlite3_column_int(q, 10),
		.message = column_text(q, 11),
		.bytes = sql_column_number(q, 12, -1),
		.content_bytes = column_u64(q, 13),
		.mtime = sql_column_number(q, 14, TIME_NONE),
		.inode = column_u64(q, 15),
		.hashed = sqlite3_column_int(q, 16) != 0,
		.copy_of = (uint32_t)column_u64(q, 19),
		.lines = column_u64(q, 20),
		.event_lines = column_u64(q, 21),
		.unknown_lines = column_u64(q, 22),
		.copy_lines = column_u64(q, 23),
		.other_lines = column_u64(q, 24),
		.events = column_u64(q, 25),
		.pieces = (uint32_t)column_u64(q, 26),
	};
	column_sha(q, 17, src->sha256);
	column_sha(q, 18, src->content_sha256);
}

bool store_sources(struct store *s, struct source_list *out, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	size_t cap = 0;
	int code;

	*out = (struct source_list){ 0 };
	/* the columns of the table stand in the order of struct source */
	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT * FROM source ORDER BY id", &stmt, err))
		return false;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		GROW(out->list, out->n, cap);
		read_source(stmt, &out->list[out->n++]);
	}
	if (code != SQLITE_DONE)
		sql_err(err, s->db, store_name(s));
	sqlite3_finalize(stmt);
	if (code != SQLITE_DONE)
		source_list_release(out);
	return code == SQLITE_DONE;
}

static void bind_sha(sqlite3_stmt *stmt, int i, bool known,
                     const uint8_t sha[SHA256_BYTES])
{
	if (known)
		sqlite3_bind_blob(stmt, i, sha, SHA256_BYTES, SQLITE_STATIC);
}

/* ?1..?20: from id to copy_of. */
static void bind_source(sqlite3_stmt *q, const struct source *src)
{
	const char *const texts[] = { src->path,        src->member,
		                      src->layout,      src->format,
		                      src->format_basis, src->server,
		                      src->zone_given };

	sql_bind_number(q, 1, src->id, 0);
	for (int i = 0; i < 7; i++)
		sql_bind_slice(q, i + 2, slice_str(texts[i] ? texts[i] : ""));
	sqlite3_bind_int64(q, 9, src->year_given);
	sqlite3_bind_int64(q, 10, src->kept);
	sqlite3_bind_int64(q, 11, src->state);
	sql_bind_slice(q, 12, slice_str(src->message ? src->message : ""));
	sql_bind_number(q, 13, src->bytes, -1);
	sqlite3_bind_int64(q, 14, (int64_t)src->content_bytes);
	sql_bind_number(q, 15, src->mtime, TIME_NONE);
	sqlite3_bind_int64(q, 16, (int64_t)src->inode);
	sqlite3_bind_int64(q, 17, src->hashed);
	bind_sha(q, 18, src->hashed, src->sha256);
	bind_sha(q, 19, src->hashed, src->content_sha256);
	sql_bind_number(q, 20, src->copy_of, 0);
}

static bool write_source(struct store *s, const struct source *src,
                         const char *text, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool good;

	if (!store_begin(s, false, err))
		return false;
	good = sql_prepare(s->db, store_name(s), text, &stmt, err);
	if (good) {
		bind_source(stmt, src);
		good = sql_step(stmt, store_name(s), err);
	}
	sqlite3_finalize(stmt);
	return good || store_rollback(s);
}

bool store_add_source(struct store *s, struct source *src, struct err *err)
{
	int64_t id;

	src->id = 0;
	if (!write_source(s, src,
	                  "INSERT INTO source VALUES(?1,?2,?3,?4,?5,?6,?7,?8,"
	                  "?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,"
	                  "0,0,0,0,0,0,0,NULL,NULL,NULL,NULL)",
	                  err))
		return false;
	id = sqlite3_last_insert_rowid(s->db);
	if (!store_name_exhibits(s, err))
		return store_rollback(s);
	if (!store_commit(s, err))
		return false;
	src->id = (uint32_t)id;
	return true;
}

/* content_bytes only grows here: a piece may have been put since SRC was read. */
bool store_update_source(struct store *s, const struct source *src,
                         struct err *err)
{
	if (!write_source(s, src,
	                  "UPDATE source SET path=?2,member=?3,layout=?4,"
	                  "format=?5,format_basis=?6,server=?7,zone_given=?8,"
	                  "year_given=?9,kept=?10,state=?11,message=?12,"
	                  "bytes=?13,content_bytes=max(content_bytes,?14),"
	                  "mtime=?15,inode=?16,hashed=?17,sha256=?18,"
	                  "content_sha256=?19,copy_of=?20 WHERE id=?1",
	                  err))
		return false;
	if (!store_flush_texts(s, src->id, err) || !store_commit(s, err))
		return store_rollback(s);
	store_forget_texts(s, src->id);
	return true;
}

bool store_reset_source(struct store *s, uint32_t source, struct err *err)
{
	char text[512];

	snprintf(text, sizeof text,
	         "DELETE FROM piece WHERE source=%u;"
	         "DELETE FROM block WHERE source=%u;"
	         "DELETE FROM source_version WHERE source=%u;"
	         "UPDATE source SET lines=0,event_lines=0,unknown_lines=0,"
	         "copy_lines=0,other_lines=0,events=0,pieces=0,"
	         "content_bytes=0,hashed=0,sha256=NULL,content_sha256=NULL,"
	         "copy_of=NULL WHERE id=%u",
	         source, source, source, source);
	store_forget_texts(s, source);
	if (!store_begin(s, false, err))
		return false;
	return (sql_exec(s->db, store_name(s), text, err) &&
	        store_commit(s, err)) ||
	       store_rollback(s);
}

bool store_add_version(struct store *s, uint32_t source, uint64_t length,
                       const uint8_t sha256[SHA256_BYTES], struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	bool good;

	if (!store_begin(s, false, err))
		return false;
	good = sql_prepare(s->db, store_name(s),
	                   "INSERT OR REPLACE INTO source_version VALUES(?,?,?)",
	                   &stmt, err);
	if (good) {
		sqlite3_bind_int64(stmt, 1, source);
		sqlite3_bind_int64(stmt, 2, (int64_t)length);
		sqlite3_bind_blob(stmt, 3, sha256, SHA256_BYTES,
		                  SQLITE_STATIC);
		good = sql_step(stmt, store_name(s), err);
	}
	sqlite3_finalize(stmt);
	return (good && store_commit(s, err)) || store_rollback(s);
}

/* Copies point at their original, so they are no answer themselves. */
uint32_t store_find_content(struct store *s, uint64_t length,
                            const uint8_t sha256[SHA256_BYTES])
{
	sqlite3_stmt *stmt = NULL;
	int64_t id = 0;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT min(id) FROM (SELECT id FROM source WHERE"
	                 " content_sha256=?2 AND content_bytes=?1 AND"
	                 " copy_of IS NULL UNION ALL SELECT source FROM"
	                 " source_version WHERE length=?1 AND sha256=?2)",
	                 &stmt, NULL))
		return 0;
	sqlite3_bind_int64(stmt, 1, (int64_t)length);
	sqlite3_bind_blob(stmt, 2, sha256, SHA256_BYTES, SQLITE_STATIC);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		id = sql_column_number(stmt, 0, 0);
	sqlite3_finalize(stmt);
	return (uint32_t)id;
}
