/* SPDX-License-Identifier: MIT */
/* Pages, rows for exports, rank and count.
 *
 * Rows stand in the order (key, id), absent keys first; descending is exactly
 * the reverse. A page is read from its anchor in both directions, never by
 * counting rows from the start. */
#include "model/store/engine_private.h"

struct order {
	struct strbuf key;
	const char *id;
	bool descending;
};

/* A place in the order; nothing set: before the first row. */
struct place {
	bool set;
	sqlite3_value *key; /* NULL or SQL NULL: among the absent ones */
	int64_t id;
};

struct ids {
	int64_t *list;
	size_t n, cap;
};

static bool place_is_null(const struct place *p)
{
	return !p->key || sqlite3_value_type(p->key) == SQLITE_NULL;
}

/* One statement: rows of the part whose key is absent, or of the other, from P
 * on; UP: towards greater keys. Row P itself is taken only if INCLUSIVE. */
static bool read_part(struct engine *e, struct rows_sql *r,
                      const struct order *o, bool null_part,
                      const struct place *p, bool up, bool inclusive,
                      size_t limit, struct ids *out, struct err *err)
{
	const char *key = strbuf_text(&o->key), *way = up ? ">" : "<";
	struct strbuf *text = &r->sql.text;
	size_t np = r->sql.nparams;
	bool from = p && place_is_null(p) == null_part;
	sqlite3_stmt *stmt;
	int code;

	rows_sql_select(r, o->id);
	strbuf_addf(text, " AND %s IS %sNULL", key, null_part ? "" : "NOT ");
	if (from && null_part)
		strbuf_addf(text, " AND %s%s%s?%zu", o->id, way,
		            inclusive ? "=" : "", np + 2);
	else if (from)
		strbuf_addf(text,
		            " AND %s%s=?%zu AND (%s%s?%zu OR %s%s%s?%zu)", key,
		            way, np + 1, key, way, np + 1, o->id, way,
		            inclusive ? "=" : "", np + 2);
	strbuf_addf(text, " ORDER BY ");
	if (!null_part)
		strbuf_addf(text, "%s%s,", key, up ? "" : " DESC");
	strbuf_addf(text, "%s%s LIMIT %zu", o->id, up ? "" : " DESC", limit);
	stmt = sql_make(&r->sql, e, err);
	if (!stmt)
		return false;
	if (from && !null_part)
		sqlite3_bind_value(stmt, (int)np + 1, p->key);
	if (from)
		sqlite3_bind_int64(stmt, (int)np + 2, p->id);
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		GROW(out->list, out->n, out->cap);
		out->list[out->n++] = sqlite3_column_int64(stmt, 0);
	}
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE || engine_failed(e, err);
}

/* Up to LIMIT ids from P on (NULL: from the end that UP starts at). */
static bool read_ids(struct engine *e, struct rows_sql *r,
                     const struct order *o, const struct place *p, bool up,
                     bool inclusive, size_t limit, struct ids *out,
                     struct err *err)
{
	/* going up, absent keys come first; going down, last */
	bool first = up, start = p ? place_is_null(p) : first;

	for (int part = 0; part < 2; part++) {
		bool null_part = part == 0 ? first : !first;

		if (part == 0 && start != first)
			continue;
		if (out->n >= limit)
			break;
		if (!read_part(e, r, o, null_part,
		               p && start == null_part ? p : NULL, up,
		               inclusive, limit - out->n, out, err))
			return false;
	}
	return true;
}

/* The key of row ID; false: no such row. */
static bool find_place(struct engine *e, struct rows_sql *r,
                       const struct order *o, int64_t id, struct place *p)
{
	struct rows_sql bare = { .unit = r->unit, .used = r->used };
	sqlite3_stmt *stmt;

	strbuf_addf(&bare.where, "%s=?1", o->id);
	rows_sql_select(&bare, strbuf_text(&o->key));
	stmt = sql_make(&bare.sql, e, NULL);
	if (stmt) {
		sqlite3_bind_int64(stmt, 1, id);
		if (sqlite3_step(stmt) == SQLITE_ROW) {
			p->set = true;
			p->key = sqlite3_value_dup(
				sqlite3_column_value(stmt, 0));
			p->id = id;
		}
		sqlite3_finalize(stmt);
	}
	rows_sql_release(&bare);
	return p->set;
}

static bool time_place(struct engine *e, int64_t time, struct place *p)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(e->db, "SELECT ?1", -1, &stmt, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(stmt, 1, time);
	if (sqlite3_step(stmt) == SQLITE_ROW) {
		p->key = sqlite3_value_dup(sqlite3_column_value(stmt, 0));
		p->set = true;
	}
	sqlite3_finalize(stmt);
	return p->set;
}

/* The row before which N others stand. */
static bool find_number(struct engine *e, struct rows_sql *r,
                        const struct order *o, int64_t n, int64_t *id,
                        struct err *err)
{
	const char *way = o->descending ? " DESC" : "";
	sqlite3_stmt *stmt;
	bool ok;

	*id = 0;
	rows_sql_select(r, o->id);
	strbuf_addf(&r->sql.text, " ORDER BY %s%s,%s%s LIMIT 1 OFFSET %lld",
	            strbuf_text(&o->key), way, o->id, way, (long long)n);
	stmt = sql_make(&r->sql, e, err);
	if (!stmt)
		return false;
	switch (sqlite3_step(stmt)) {
	case SQLITE_ROW:
		*id = sqlite3_column_int64(stmt, 0);
		ok = true;
		break;
	case SQLITE_DONE: ok = true; break;
	default: ok = engine_failed(e, err);
	}
	sqlite3_finalize(stmt);
	return ok;
}

static bool order_make(struct engine *e, const struct query *q,
                       struct rows_sql *r, struct order *o, struct err *err)
{
	o->id = unit_sqls[q->unit].id;
	o->descending = q->descending;
	r->used |= alias_bits(slice_str(o->id));
	return sort_sql(e, q->unit, q->sort, &o->key, &r->used, err);
}

static void reverse(struct ids *l)
{
	for (size_t i = 0; i < l->n / 2; i++) {
		int64_t t = l->list[i];

		l->list[i] = l->list[l->n - 1 - i];
		l->list[l->n - 1 - i] = t;
	}
}

static size_t one_more(size_t n)
{
	return n > SIZE_MAX / 4 ? SIZE_MAX / 4 : n + 1;
}

struct page {
	struct ids before, after;
	bool more_before, more_after;
};

static void cut_page(struct page *p, size_t before, size_t after)
{
	p->more_before = p->before.n > before;
	if (p->more_before)
		p->before.n = before;
	p->more_after = p->after.n > after;
	if (p->more_after)
		p->after.n = after;
	reverse(&p->before);
}

static bool read_page(struct engine *e, const struct query *q,
                      const struct anchor *a, size_t before, size_t after,
                      struct page *page, struct err *err)
{
	struct rows_sql r;
	struct order o = { 0 };
	struct place p = { 0 };
	int64_t id = a->id;
	bool up = !q->descending, ok;

	if (!rows_sql_make(e, q, false, 0, &r, err))
		return false;
	ok = order_make(e, q, &r, &o, err);
	if (ok && a->kind == ANCHOR_NUMBER)
		ok = find_number(e, &r, &o, a->id, &id, err);
	if (ok && (a->kind == ANCHOR_ROW || (a->kind == ANCHOR_NUMBER && id)))
		find_place(e, &r, &o, id, &p);
	if (ok && a->kind == ANCHOR_TIME && r.time.len > 0 &&
	    strcmp(strbuf_text(&o.key), strbuf_text(&r.time)) == 0) {
		time_place(e, a->time, &p);
		p.id = up ? INT64_MIN : INT64_MAX;
	}
	if (ok && a->kind == ANCHOR_LAST) {
		before = one_more(before);
		after = 0;
		ok = read_ids(e, &r, &o, NULL, !up, false, one_more(before),
		              &page->before, err);
	} else if (ok) {
		after = one_more(after);
		ok = read_ids(e, &r, &o, p.set ? &p : NULL, up, true,
		              one_more(after), &page->after, err);
		if (ok && p.set)
			ok = read_ids(e, &r, &o, &p, !up, false,
			              one_more(before), &page->before, err);
	}
	cut_page(page, before, after);
	sqlite3_value_free(p.key);
	strbuf_release(&o.key);
	rows_sql_release(&r);
	return ok;
}

static size_t count_columns(const char *const *columns)
{
	size_t n = 0;

	while (columns[n])
		n++;
	return n;
}

/* The cells of ids, each by its own look-up in the view. */
static bool add_rows(struct engine *e, struct result *r,
                     const char *const *columns, const struct ids *ids,
                     size_t *cap, struct err *err)
{
	sqlite3_stmt *stmt = row_statement(e, r->unit, columns, err);
	bool ok = stmt != NULL;

	for (size_t i = 0; ok && i < ids->n; i++) {
		struct cell *cells = result_add_row(r, ids->list[i], cap);
		int code;

		sqlite3_bind_int64(stmt, 1, ids->list[i]);
		code = sqlite3_step(stmt);
		for (size_t k = 0; code == SQLITE_ROW && k < r->ncolumns; k++)
			cell_read(stmt, (int)k, column_is_time(r->columns[k]),
			          &r->memory, &cells[k]);
		ok = code == SQLITE_ROW || code == SQLITE_DONE ||
		     engine_failed(e, err);
		sqlite3_reset(stmt);
		ok = ok && !engine_cancelled(e, err);
	}
	sqlite3_finalize(stmt);
	return ok;
}

struct result *engine_page(struct engine *e, const struct query *q,
                           const struct anchor *a, size_t before, size_t after,
                           const char *const *columns, struct cancel *cancel,
                           struct err *err)
{
	struct page page = { 0 };
	struct result *r = NULL;
	size_t cap = 0;
	bool ok;

	if (!engine_begin(e, cancel, err))
		return NULL;
	if (!columns)
		columns = engine_columns(q->unit);
	ok = read_page(e, q, a, before, after, &page, err);
	if (ok) {
		r = result_new(e, q->unit);
		result_set_columns(r, columns, count_columns(columns));
		r->before = page.more_before;
		r->after = page.more_after;
		ok = add_rows(e, r, columns, &page.before, &cap, err) &&
		     add_rows(e, r, columns, &page.after, &cap, err) &&
		     engine_matching(e, q, r, err);
	}
	free(page.before.list);
	free(page.after.list);
	engine_end(e);
	if (ok)
		return r;
	result_free(r);
	return NULL;
}

/* Exports ----------------------------------------------------------------- */

static bool each_row(struct engine *e, sqlite3_stmt *ids, sqlite3_stmt *row,
                     const char *const *columns, engine_row_fn fn, void *arg,
                     struct err *err)
{
	size_t n = count_columns(columns);
	struct cell *cells = mem_alloc((n + 1) * sizeof *cells);
	bool ok = true, more = true;
	int code = SQLITE_DONE;

	while (more && ok && (code = sqlite3_step(ids)) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(ids, 0);
		int found;

		sqlite3_bind_int64(row, 1, id);
		found = sqlite3_step(row);
		for (size_t k = 0; k < n && found == SQLITE_ROW; k++)
			cell_read(row, (int)k, column_is_time(columns[k]), NULL,
			          &cells[k]);
		if (found == SQLITE_ROW)
			more = fn(arg, cells, n, id);
		else
			ok = found == SQLITE_DONE || engine_failed(e, err);
		sqlite3_reset(row);
		ok = ok && !engine_cancelled(e, err);
	}
	free(cells);
	if (ok && more && code != SQLITE_DONE && code != SQLITE_ROW)
		return engine_failed(e, err);
	return ok;
}

static bool each(struct engine *e, const struct query *q,
                 const char *const *columns, uint64_t limit, engine_row_fn fn,
                 void *arg, struct err *err)
{
	const char *way = q->descending ? " DESC" : "";
	sqlite3_stmt *ids = NULL, *row = NULL;
	struct rows_sql r;
	struct order o = { 0 };
	bool ok;

	if (!rows_sql_make(e, q, false, 0, &r, err))
		return false;
	ok = order_make(e, q, &r, &o, err);
	if (ok) {
		rows_sql_select(&r, o.id);
		strbuf_addf(&r.sql.text, " ORDER BY %s%s,%s%s",
		            strbuf_text(&o.key), way, o.id, way);
		if (limit > 0)
			strbuf_addf(&r.sql.text, " LIMIT %llu",
			            (unsigned long long)limit);
		ids = sql_make(&r.sql, e, err);
		row = ids ? row_statement(e, q->unit, columns, err) : NULL;
		ok = row && each_row(e, ids, row, columns, fn, arg, err);
	}
	sqlite3_finalize(ids);
	sqlite3_finalize(row);
	strbuf_release(&o.key);
	rows_sql_release(&r);
	return ok;
}

bool engine_each(struct engine *e, const struct query *q,
                 const char *const *columns, uint64_t limit, engine_row_fn fn,
                 void *arg, struct cancel *cancel, struct err *err)
{
	bool ok;

	if (!engine_begin(e, cancel, err))
		return false;
	ok = each(e, q, columns ? columns : engine_columns(q->unit), limit, fn,
	          arg, err);
	engine_end(e);
	return ok;
}

/* Rank -------------------------------------------------------------------- */

/* Rows before (?N+1, ?N+2). */
static void add_before(struct strbuf *out, const struct order *o, bool null,
                       size_t np)
{
	const char *way = o->descending ? ">" : "<";
	const char *key = strbuf_text(&o->key);

	if (null)
		strbuf_addf(out, " AND ((%s IS NULL AND %s%s?%zu)", key, o->id,
		            way, np + 2);
	else
		strbuf_addf(out, " AND (%s%s?%zu OR (%s=?%zu AND %s%s?%zu)",
		            key, way, np + 1, key, np + 1, o->id, way, np + 2);
	/* absent keys stand first, descending last */
	if (null == o->descending)
		strbuf_addf(out, " OR %s IS %sNULL", key, null ? "NOT " : "");
	strbuf_add_char(out, ')');
}

static bool rank(struct engine *e, const struct query *q, int64_t id,
                 uint64_t *out, struct err *err)
{
	struct rows_sql r;
	struct order o = { 0 };
	struct place p = { 0 };
	sqlite3_stmt *stmt = NULL;
	size_t np = 0;
	bool ok;

	if (!rows_sql_make(e, q, false, 0, &r, err))
		return false;
	ok = order_make(e, q, &r, &o, err);
	*out = 0;
	if (ok && find_place(e, &r, &o, id, &p)) {
		np = r.sql.nparams;
		rows_sql_select(&r, "count(*)");
		add_before(&r.sql.text, &o, place_is_null(&p), np);
		stmt = sql_make(&r.sql, e, err);
		ok = stmt != NULL;
	}
	if (stmt) {
		sqlite3_bind_value(stmt, (int)np + 1, p.key);
		sqlite3_bind_int64(stmt, (int)np + 2, p.id);
		ok = sqlite3_step(stmt) == SQLITE_ROW || engine_failed(e, err);
		if (ok)
			*out = (uint64_t)sqlite3_column_int64(stmt, 0);
		sqlite3_finalize(stmt);
	}
	sqlite3_value_free(p.key);
	strbuf_release(&o.key);
	rows_sql_release(&r);
	return ok;
}

bool engine_rank(struct engine *e, const struct query *q, int64_t id,
                 uint64_t *out, struct cancel *cancel, struct err *err)
{
	bool ok;

	if (!engine_begin(e, cancel, err))
		return false;
	ok = rank(e, q, id, out, err);
	engine_end(e);
	return ok;
}
