/* SPDX-License-Identifier: MIT */
/* Going on with a case: what is there already, what must be read or derived
 * again. */
#include "base/alloc.h"
#include "model/store/store_private.h"

bool store_drop_pieces(struct store *s, uint32_t source, uint32_t from,
                       struct err *err)
{
	char text[1024];

	snprintf(text, sizeof text,
	         "DELETE FROM block WHERE source=%u AND offset>=(SELECT offset"
	         " FROM piece WHERE source=%u AND number=%u);"
	         "DELETE FROM piece WHERE source=%u AND number>=%u;"
	         "UPDATE source SET (lines,event_lines,unknown_lines,"
	         "other_lines,events,pieces,content_bytes)=(SELECT"
	         " coalesce(sum(lines),0),coalesce(sum(event_lines),0),"
	         "coalesce(sum(unknown_lines),0),coalesce(sum(other_lines),0),"
	         "coalesce(sum(events),0),count(*),coalesce(sum(bytes),0)"
	         " FROM piece WHERE source=%u) WHERE id=%u",
	         source, source, from, source, from, source, source);
	store_forget_texts(s, source);
	if (!store_begin(s, false, err))
		return false;
	return (sql_exec(s->db, store_name(s), text, err) &&
	        store_commit(s, err)) ||
	       store_rollback(s);
}

bool store_mark_copy(struct store *s, uint32_t source, uint32_t of,
                     uint64_t lines, struct err *err)
{
	char text[1024];

	snprintf(text, sizeof text,
	         "DELETE FROM piece WHERE source=%u;"
	         "DELETE FROM block WHERE source=%u;"
	         "UPDATE source SET copy_of=%u WHERE copy_of=%u;"
	         "UPDATE source SET state=%d,copy_of=%u,lines=%llu,"
	         "copy_lines=%llu,event_lines=0,unknown_lines=0,other_lines=0,"
	         "events=0,pieces=0,(layout,format,format_basis)=(SELECT layout,"
	         "format,format_basis FROM source WHERE id=%u) WHERE id=%u",
	         source, source, of, source, SOURCE_COPY, of, (unsigned long long)lines,
	         (unsigned long long)lines, of, source);
	store_forget_texts(s, source);
	if (!store_begin(s, false, err))
		return false;
	return (sql_exec(s->db, store_name(s), text, err) &&
	        store_commit(s, err)) ||
	       store_rollback(s);
}

bool store_mark_stale(struct store *s, struct err *err)
{
	if (!store_begin(s, false, err))
		return false;
	return (sql_exec(s->db, store_name(s),
	                 "INSERT OR REPLACE INTO meta VALUES('stale',1)",
	                 err) &&
	        store_commit(s, err)) ||
	       store_rollback(s);
}

bool store_is_stale(struct store *s)
{
	return !s->published ||
	       sql_number(s->db, "SELECT value FROM meta WHERE name='stale'",
	                  0) != 0;
}

bool store_each_content(struct store *s, store_content_fn fn, void *arg,
                        struct err *err)
{
	sqlite3_stmt *q = NULL;
	int code;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT id, content_bytes, content_sha256 FROM source"
	                 " WHERE hashed AND copy_of IS NULL UNION"
	                 " SELECT source, length, sha256 FROM source_version"
	                 " ORDER BY 1, 2",
	                 &q, err))
		return false;
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		struct slice sha = sql_column_slice(q, 2);

		if (sha.len == SHA256_BYTES)
			fn(arg, (uint32_t)sqlite3_column_int64(q, 0),
			   (uint64_t)sqlite3_column_int64(q, 1),
			   (const uint8_t *)sha.ptr);
	}
	if (code != SQLITE_DONE)
		sql_err(err, s->db, store_name(s));
	sqlite3_finalize(q);
	return code == SQLITE_DONE;
}
