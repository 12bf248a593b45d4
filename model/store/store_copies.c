/* SPDX-License-Identifier: MIT */
/* Lines that stand in two sources, as rows. */
#include "model/store/copies.h"
#include "model/store/store_private.h"

bool store_knows_copies(struct store *s)
{
	return sql_number(s->db,
	                  "SELECT (SELECT value FROM meta WHERE name='copies')="
	                  "(SELECT value FROM meta WHERE name='generation')",
	                  0) == 1;
}

static bool put_run(struct store *s, const struct copy_run *r, struct err *err)
{
	sqlite3_stmt *q = store_statement(s, STMT_COPY, err);
	const uint64_t numbers[] = { r->source, r->first_line, r->last_line,
		                     r->of, r->of_line, r->event_lines,
		                     r->unknown_lines, r->other_lines,
		                     r->events };

	if (!q)
		return false;
	for (int i = 0; i < 9; i++)
		sqlite3_bind_int64(q, i + 1, (int64_t)numbers[i]);
	return sql_step(q, store_name(s), err);
}

/* A new generation only if there is anything new to see. */
bool store_put_copies(struct store *s, const struct copy_list *l,
                      struct err *err)
{
	bool ok;

	if (!store_begin(s, false, err))
		return false;
	ok = sql_exec(s->db, store_name(s), "DELETE FROM copy", err);
	for (size_t i = 0; ok && i < l->n; i++)
		ok = put_run(s, &l->list[i], err);
	if (ok && l->n)
		ok = sql_exec(s->db, store_name(s),
		              "UPDATE meta SET value=value+1"
		              " WHERE name='generation'",
		              err);
	ok = ok && sql_exec(s->db, store_name(s),
	                    "INSERT OR REPLACE INTO meta SELECT 'copies',value"
	                    " FROM meta WHERE name='generation'",
	                    err);
	return (ok && store_commit(s, err)) || store_rollback(s);
}
