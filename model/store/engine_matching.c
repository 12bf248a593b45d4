/* SPDX-License-Identifier: MIT */
/* Of the messages on a page: how many of their recipients match. */
#include "model/store/engine_private.h"

/* The messages of the page with their recipients, of which the terms hold. */
static bool select_matching(struct engine *e, const struct query *q,
                            const struct result *page, struct rows_sql *r,
                            struct err *err)
{
	struct query of = { .unit = UNIT_MESSAGES, .where = q->where,
		            .hidden = true, .from = TIME_NONE,
		            .to = TIME_NONE };

	if (!rows_sql_make(e, &of, true, alias_bits(SLICE("r.")), r, err))
		return false;
	strbuf_add_str(&r->where, " AND j.id IN(");
	for (size_t i = 0; i < page->nrows; i++)
		strbuf_addf(&r->where, "%s%lld", i ? "," : "",
		            (long long)page->ids[i]);
	strbuf_add_char(&r->where, ')');
	/* the address is that of the row with the least number */
	rows_sql_select(r, "j.id,count(r.id),min(r.id),r.address");
	strbuf_add_str(&r->sql.text, " GROUP BY j.id");
	return true;
}

static size_t row_of(const struct result *page, int64_t journey)
{
	size_t i = 0;

	while (i < page->nrows && page->ids[i] != journey)
		i++;
	return i;
}

static void fill(struct engine *e, struct result *page, sqlite3_stmt *stmt,
                 int matching, int recipient)
{
	size_t row = row_of(page, sqlite3_column_int64(stmt, 0));
	struct cell *cells = page->cells + row * page->ncolumns;
	struct slice address;

	if (row == page->nrows)
		return;
	cell_number(&page->memory, &cells[matching],
	            sqlite3_column_int64(stmt, 1));
	if (recipient < 0 || sqlite3_column_type(stmt, 3) == SQLITE_NULL)
		return;
	address = engine_word(e, (uint32_t)sqlite3_column_int64(stmt, 3));
	cells[recipient] = (struct cell){
		.text = arena_slice(&page->memory, address)
	};
}

bool engine_matching(struct engine *e, const struct query *q, struct result *r,
                     struct err *err)
{
	int matching = result_column(r, "matching");
	int recipient = result_column(r, "recipient");
	struct rows_sql rows;
	sqlite3_stmt *stmt;
	int code = SQLITE_ERROR;

	if (r->unit != UNIT_MESSAGES || matching < 0 || !q->where || !r->nrows)
		return true;
	if (!engine_need_words(e, err))
		return false;
	if (!select_matching(e, q, r, &rows, err))
		return false;
	stmt = sql_make(&rows.sql, e, err);
	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		fill(e, r, stmt, matching, recipient);
	sqlite3_finalize(stmt);
	rows_sql_release(&rows);
	return code == SQLITE_DONE || (stmt && engine_failed(e, err));
}
