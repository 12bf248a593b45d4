/* SPDX-License-Identifier: MIT */
/* What every question starts with: the rows of a query as FROM and WHERE, and
 * results in memory. */
#include "model/store/engine_private.h"

/* Rows -------------------------------------------------------------------- */

bool first_item(const struct field *f, enum unit u, struct field_item *item)
{
	const struct field_source *s = field_in(f, u);
	struct slice expr;

	if (!s)
		return false;
	expr = slice_str(s->expr);
	return field_item_next(&expr, item);
}

bool unit_has_hidden(struct engine *e, enum unit u)
{
	bool tx = u == UNIT_TRANSACTIONS || u == UNIT_DELIVERIES;
	int64_t *n = tx ? &e->hidden_txs : &e->hidden_journeys;

	if (!unit_sqls[u].hidden)
		return false;
	if (u == UNIT_ATTEMPTS || u == UNIT_SESSIONS)
		return true;
	if (*n < 0)
		*n = sql_number(e->db,
		                tx ? "SELECT count(*) FROM tx WHERE flags&3<>0"
		                   : "SELECT count(*) FROM journey"
		                     " WHERE flags&3<>0",
		                -1);
	return *n != 0;
}

static bool is_open(int64_t t)
{
	return t == TIME_NONE;
}

static void add_zoom(struct rows_sql *r, const struct query *q)
{
	/* a query of zeros has no zoom either */
	if ((q->from == 0 && q->to == 0) || r->time.len == 0)
		return;
	if (!is_open(q->from)) {
		strbuf_addf(&r->where, " AND %s>=", strbuf_text(&r->time));
		sql_add_number(&r->sql, &r->where, q->from);
	}
	if (!is_open(q->to)) {
		strbuf_addf(&r->where, " AND %s<", strbuf_text(&r->time));
		sql_add_number(&r->sql, &r->where, q->to);
	}
}

/* us of the time of a unit's rows, where it has one as a number. */
static void set_time(struct rows_sql *r)
{
	struct field_item item;

	if (!first_item(field_find(SLICE("time")), r->unit, &item))
		return;
	if (!slice_eq(item.kind, SLICE("time")) &&
	    !slice_eq(item.kind, SLICE("vus")))
		return;
	strbuf_add_slice(&r->time, item.sql);
	r->used |= alias_bits(item.sql);
}

bool rows_sql_make(struct engine *e, const struct query *q, bool hidden,
                   unsigned joined, struct rows_sql *r, struct err *err)
{
	struct compiler c = { .engine = e, .sql = &r->sql, .unit = q->unit,
		              .err = err, .joined = joined != 0 };
	bool ok = true;

	*r = (struct rows_sql){ .unit = q->unit };
	r->used = joined;
	set_time(r);
	strbuf_add_char(&r->where, '1');
	if (q->where) {
		strbuf_add_str(&r->where, " AND ");
		ok = where_add(&c, q->where, &r->where, &r->used);
	}
	add_zoom(r, q);
	if (!hidden && !q->hidden && unit_has_hidden(e, q->unit))
		strbuf_addf(&r->where, " AND (%s) IS NOT TRUE",
		            unit_sqls[q->unit].hidden);
	if (!ok)
		rows_sql_release(r);
	return ok;
}

void rows_sql_release(struct rows_sql *r)
{
	sql_release(&r->sql);
	strbuf_release(&r->from);
	strbuf_release(&r->where);
	strbuf_release(&r->time);
}

void rows_sql_select(struct rows_sql *r, const char *what)
{
	strbuf_reset(&r->from);
	unit_add_from(r->unit, r->used, &r->from);
	strbuf_add_slice(&r->from, r->joins);
	strbuf_reset(&r->sql.text);
	strbuf_addf(&r->sql.text, "SELECT %s FROM %s WHERE %s", what,
	            strbuf_text(&r->from), strbuf_text(&r->where));
}

/* Order ------------------------------------------------------------------- */

static const char *known_column(enum unit u, const char *name)
{
	for (const char *const *c = engine_columns(u); *c; c++)
		if (strcmp(*c, name) == 0)
			return *c;
	return NULL;
}

static const struct field_source *source_of_column(enum unit u,
                                                   const char *column)
{
	for (size_t i = 0; fields[i]; i++) {
		const struct field_source *s = field_in(fields[i], u);

		if (s && s->column && strcmp(s->column, column) == 0)
			return s;
	}
	return NULL;
}

/* Any column can be had from the view, row by row. */
static void add_from_view(enum unit u, const char *column, struct strbuf *out)
{
	strbuf_addf(out, "(SELECT %s FROM %s WHERE %s=%s)", column,
	            units[u].view, units[u].id, unit_sqls[u].id);
}

static void add_item_key(enum unit u, const char *column,
                         const struct field_item *item, struct strbuf *out)
{
	struct slice kind = item->kind, sql = item->sql;
	unsigned bits = alias_bits(sql);

	if (bits >= 1u << 8)
		add_from_view(u, column, out);
	else if (slice_eq(kind, SLICE("word")))
		strbuf_addf(out, "ms_rank(%.*s)", SLICE_FMT(sql));
	else if (slice_eq(kind, SLICE("reply")))
		strbuf_addf(out, "ms_rank(%.*s.reply)", SLICE_FMT(sql));
	else if (slice_eq(kind, SLICE("id")) || slice_eq(kind, SLICE("text")))
		strbuf_addf(out, "%.*s COLLATE NOCASE", SLICE_FMT(sql));
	else
		strbuf_add_slice(out, sql);
}

bool sort_sql(struct engine *e, enum unit u, const char *column,
              struct strbuf *out, unsigned *used, struct err *err)
{
	const struct field_source *s;
	struct field_item item = { 0 };
	struct slice expr;

	if (!column)
		column = units[u].time;
	if (!column) {
		/* by id alone; a number would be the place of a column */
		strbuf_add_str(out, "NULL");
		return true;
	}
	column = known_column(u, column);
	if (!column)
		return err_set(err, "%s have no such column to sort by",
		               units[u].name);
	if (unit_sqls[u].view) {
		bool time = u == UNIT_EVENTS && strcmp(column, "time_utc") == 0;

		strbuf_addf(out, "v.\"%s\"", time ? "time_us" : column);
		*used |= alias_bits(SLICE("v."));
		return true;
	}
	s = source_of_column(u, column);
	expr = slice_str(s ? s->expr : "");
	if (!s || !field_item_next(&expr, &item)) {
		add_from_view(u, column, out);
		return true;
	}
	add_item_key(u, column, &item, out);
	if (slice_eq(item.kind, SLICE("reply")))
		*used |= alias_bits(SLICE("a."));
	else if (alias_bits(item.sql) < 1u << 8)
		*used |= alias_bits(item.sql);
	return slice_find(strbuf_slice(out), SLICE("ms_rank")) == SLICE_NONE ||
	       engine_need_words(e, err);
}

/* Results ------------------------------------------------------------------- */

struct result *result_new(struct engine *e, enum unit u)
{
	struct result *r = mem_alloc(sizeof *r);

	r->unit = u;
	r->generation = e->generation;
	return r;
}

void result_free(struct result *r)
{
	if (!r)
		return;
	arena_release(&r->memory);
	free(r->cells);
	free(r->ids);
	free(r);
}

void result_set_columns(struct result *r, const char *const *names, size_t n)
{
	const char **copy = arena_alloc(&r->memory, (n + 1) * sizeof *copy);

	for (size_t i = 0; i < n; i++)
		copy[i] = arena_text(&r->memory, slice_str(names[i]));
	r->columns = copy;
	r->ncolumns = n;
}

int result_column(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->ncolumns; i++)
		if (strcmp(r->columns[i], name) == 0)
			return (int)i;
	return -1;
}

const struct cell *result_cell(const struct result *r, size_t row,
                               const char *column)
{
	int i = result_column(r, column);

	if (i < 0 || row >= r->nrows)
		return NULL;
	return &r->cells[row * r->ncolumns + (size_t)i];
}

struct cell *result_add_row(struct result *r, int64_t id, size_t *cap)
{
	struct cell *cells;

	if (r->nrows == *cap) {
		*cap = *cap ? *cap * 2 : 16;
		r->cells = mem_resize(r->cells,
		                      *cap * (r->ncolumns + 1) * sizeof *cells);
		r->ids = mem_resize(r->ids, *cap * sizeof *r->ids);
	}
	cells = r->cells + r->nrows * r->ncolumns;
	memset(cells, 0, r->ncolumns * sizeof *cells);
	r->ids[r->nrows++] = id;
	return cells;
}

bool column_is_time(const char *name)
{
	return slice_ends(slice_str(name), SLICE("_utc"));
}

static void read_time(struct cell *out)
{
	bool has_zone;
	int32_t offset;

	if (!civil_parse(out->text, &out->number, NULL, &has_zone, &offset))
		out->number = 0;
}

void cell_read(sqlite3_stmt *stmt, int i, bool is_time, struct arena *memory,
               struct cell *out)
{
	int type = sqlite3_column_type(stmt, i);
	double real;

	*out = (struct cell){ 0 };
	if (type == SQLITE_NULL)
		return;
	/* numbers first: reading text changes the value's type */
	if (type == SQLITE_INTEGER) {
		out->number = sqlite3_column_int64(stmt, i);
	} else if (type == SQLITE_FLOAT) {
		real = sqlite3_column_double(stmt, i) * 1e6;
		out->number = real > -9e18 && real < 9e18
		                      ? (int64_t)(real + (real < 0 ? -.5 : .5))
		                      : 0;
	}
	out->is_number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
	if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
		sqlite3_column_text(stmt, i);
	out->text = sql_column_slice(stmt, i);
	if (memory)
		out->text = arena_slice(memory, out->text);
	if (!out->text.ptr)
		out->text = slice_of("", 0);
	if (is_time && type == SQLITE_TEXT)
		read_time(out);
}

void cell_number(struct arena *memory, struct cell *out, int64_t n)
{
	out->text = arena_printf(memory, "%lld", (long long)n);
	out->number = n;
	out->is_number = true;
}

void cell_time(struct arena *memory, struct cell *out, int64_t us)
{
	struct strbuf b = { 0 };

	if (us == TIME_NONE)
		return;
	civil_add_iso(&b, us);
	out->text = arena_slice(memory, strbuf_slice(&b));
	out->number = us;
	strbuf_release(&b);
}

/* The worst recipient of a message and the answer that it got last. The + takes
 * the type off the number: with it SQLite would not use the index of a column
 * that has none. */
#define WORST(column)                                                          \
	"(SELECT " column " FROM v_recipient r"                                \
	" JOIN recipient q ON q.id=r.recipient_id"                             \
	" LEFT JOIN attempt a ON a.id=q.last_attempt"                          \
	" WHERE r.journey_id=+v.journey_id"                                    \
	" ORDER BY instr('failed refused withheld delayed unknown relayed"    \
	" delivered', r.outcome), r.recipient_id LIMIT 1)"

#define OF_MESSAGE(column)                                                     \
	"(SELECT " column " FROM v_journey j WHERE j.journey_id=+v.journey_id)"
#define OF_ANSWER(column)                                                      \
	"(SELECT a." column " FROM recipient q JOIN attempt a"                 \
	" ON a.id=q.last_attempt WHERE q.id=+v.recipient_id)"

/* What pages know beside their view's columns (engine.h). */
static const struct extra {
	enum unit unit;
	const char *name, *sql;
} extras[] = {
	{ UNIT_MESSAGES, "recipient", "(SELECT address FROM v_recipient r"
	                              " WHERE r.journey_id=+v.journey_id"
	                              " ORDER BY r.recipient_id LIMIT 1)" },
	{ UNIT_MESSAGES, "matching", "NULL" }, /* engine_matching */
	{ UNIT_MESSAGES, "code", WORST("r.code") },
	{ UNIT_MESSAGES, "source_id", WORST("a.source") },
	{ UNIT_MESSAGES, "line", WORST("a.line") },
	{ UNIT_RECIPIENTS, "sender", OF_MESSAGE("sender") },
	{ UNIT_RECIPIENTS, "subject", OF_MESSAGE("subject") },
	{ UNIT_RECIPIENTS, "size", OF_MESSAGE("size") },
	{ UNIT_RECIPIENTS, "message_id", OF_MESSAGE("message_id") },
	{ UNIT_RECIPIENTS, "source_id", OF_ANSWER("source") },
	{ UNIT_RECIPIENTS, "line", OF_ANSWER("line") },
};

static const char *extra_column(enum unit u, const char *name)
{
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		if (extras[i].unit == u && strcmp(extras[i].name, name) == 0)
			return extras[i].sql;
	return NULL;
}

sqlite3_stmt *row_statement(struct engine *e, enum unit u,
                            const char *const *columns, struct err *err)
{
	struct sql sql = { 0 };
	sqlite3_stmt *stmt = NULL;
	bool own = unit_sqls[u].view && u != UNIT_EVENTS;

	if (!columns)
		columns = engine_columns(u);
	strbuf_add_str(&sql.text, "SELECT ");
	for (size_t i = 0; columns[i]; i++) {
		const char *name = known_column(u, columns[i]);
		const char *extra = name ? NULL : extra_column(u, columns[i]);

		if (extra) {
			strbuf_addf(&sql.text, "%s%s", i ? "," : "", extra);
			continue;
		}
		if (!name) {
			err_set(err, "%s have no column %s", units[u].name,
			        columns[i]);
			goto out;
		}
		strbuf_addf(&sql.text, "%sv.\"%s\"", i ? "," : "", name);
	}
	strbuf_add_str(&sql.text, " FROM ");
	if (own)
		unit_add_from(u, 0, &sql.text);
	else
		strbuf_addf(&sql.text, "%s v", units[u].view);
	strbuf_addf(&sql.text, " WHERE v.%s=?1", own ? "rid" : units[u].id);
	if (u == UNIT_EVIDENCE) /* its number is made of the link's: finds it */
		strbuf_add_str(&sql.text, " AND v.link_id=?1/16");
	stmt = sql_make(&sql, e, err);
out:
	sql_release(&sql);
	return stmt;
}
