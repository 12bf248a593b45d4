/* SPDX-License-Identifier: MIT */
/* Rows counted by the values of fields: panes, top, completion. */
#include "model/store/engine_private.h"

#include "base/hash.h"
#include "model/store/piece.h"
#include "model/store/store.h"

static const char *const outcome_names[] = { "delivered", "relayed", "delayed",
	                                     "blocked", "unknown", "refused" };
#define OUTCOMES 5

/* "refused" stands behind the outcomes only where groups open exactly. */
static size_t outcomes_of(const struct query *q)
{
	return q->exact ? OUTCOMES + 1 : OUTCOMES;
}

/* Aliases by which a unit's rows become several. */
#define MULTIPLIES_MESSAGES "r.a.t.d."
#define MULTIPLIES_TX "d.a."

struct groups {
	struct engine *engine;
	const struct query *query;
	struct field_item items[QUERY_GROUPS];
	struct field_item shown[QUERY_SHOWN];
	struct rows_sql rows;
	struct strbuf keys;  /* "k1,k2" */
	struct strbuf joins; /* of great aliases */
	struct arena memory;
	struct strbuf count; /* what a group counts */
	const char *weight;  /* what a row adds to it; NULL: rows are not alone */
	struct strbuf examples; /* of each field shown: a key, how many */
	unsigned joined;
	bool multiplied;     /* a row of the unit may stand in several rows */
	bool counts_refused; /* refused mail is apart */
};

/* Keys -------------------------------------------------------------------- */

static bool kind_is(const struct field_item *i, const char *kind)
{
	return slice_eq(i->kind, slice_str(kind));
}

static void add_key(enum field_type type, const struct field_item *i,
                    struct strbuf *out)
{
	struct slice sql = i->sql;

	if (type == FIELD_HOUR)
		strbuf_addf(out, "ms_hour(%.*s,NULL)", SLICE_FMT(sql));
	else if (type == FIELD_WEEKDAY)
		strbuf_addf(out, "ms_weekday(%.*s,NULL)", SLICE_FMT(sql));
	else if (type == FIELD_DOMAIN && kind_is(i, "domain"))
		strbuf_addf(out, "ms_domain(%.*s)", SLICE_FMT(sql));
	else if (kind_is(i, "word"))
		strbuf_addf(out, "ms_fold(%.*s)", SLICE_FMT(sql));
	else if (kind_is(i, "reply"))
		strbuf_addf(out, "ms_fold(%.*s.reply)", SLICE_FMT(sql));
	else if (kind_is(i, "vtext") || kind_is(i, "text"))
		strbuf_addf(out, "%.*s COLLATE NOCASE", SLICE_FMT(sql));
	else
		strbuf_add_slice(out, sql);
}

/* Several rows of a great alias are joined, each counted once by its id. */
static const char *great_join(enum unit u, struct slice sql)
{
	bool message = u == UNIT_MESSAGES || u == UNIT_RECIPIENTS;
	const char *j = u == UNIT_MESSAGES ? "j.id" : "r.journey";

	if (u == UNIT_SESSIONS)
		return slice_starts(sql, SLICE("T."))
		               ? " LEFT JOIN tx T ON T.session=+s.id"
		               : NULL;
	if (!message || !slice_starts(sql, SLICE("T.")))
		return NULL;
	return j[0] == 'j' ? " LEFT JOIN tx T ON T.journey=+j.id"
	                   : " LEFT JOIN tx T ON T.journey=r.journey";
}

static bool add_group(struct groups *g, size_t i, struct err *err)
{
	const struct field *f = g->query->groups[i];
	enum unit u = g->query->unit;
	struct slice sql;
	unsigned bits;

	if (!first_item(f, u, &g->items[i]) || kind_is(&g->items[i], "flag") ||
	    kind_is(&g->items[i], "none"))
		return err_set(err, "%s cannot be grouped by %s",
		               units[u].name, f->name);
	sql = g->items[i].sql;
	if (g->query->exact && several_join(f, u, i, &g->joins)) {
		g->multiplied = true;
		sql = g->items[i].sql = arena_printf(&g->memory, "H%zu.w", i);
	}
	if (kind_is(&g->items[i], "reply"))
		sql = arena_printf(&g->memory, "%.*s.reply",
		                   SLICE_FMT(sql));
	bits = alias_bits(sql);
	if (bits >= 1u << 8) {
		const char *join = great_join(u, sql);

		if (!join)
			return err_set(err,
			               "%s cannot be grouped by %s: one has "
			               "several",
			               units[u].name, f->name);
		if (slice_find(strbuf_slice(&g->joins), slice_str(join)) ==
		    SLICE_NONE)
			strbuf_add_str(&g->joins, join);
		g->multiplied = true;
		bits = u == UNIT_RECIPIENTS ? alias_bits(SLICE("r.")) : 0;
	}
	g->joined |= bits;
	if (g->keys.len > 0)
		strbuf_add_char(&g->keys, ',');
	add_key(f->type, &g->items[i], &g->keys);
	return true;
}

/* A field that a row of the unit has several of cannot be shown: absent. */
static void add_shown(struct groups *g, size_t i)
{
	const struct field *f = g->query->shown[i];
	struct field_item *item = &g->shown[i];
	struct strbuf key = { 0 };
	unsigned bits = ~0u;

	if (first_item(f, g->query->unit, item) && !kind_is(item, "flag") &&
	    !kind_is(item, "none"))
		bits = alias_bits(kind_is(item, "reply")
		                          ? arena_printf(&g->memory, "%.*s.",
		                                         SLICE_FMT(item->sql))
		                          : item->sql);
	if (bits >= 1u << 8) {
		strbuf_add_str(&g->examples, ",NULL,NULL");
		return;
	}
	g->joined |= bits;
	add_key(f->type, item, &key);
	strbuf_addf(&g->examples, ",min(%s),count(DISTINCT %s)",
	            strbuf_text(&key), strbuf_text(&key));
	strbuf_release(&key);
}

/* Counts ------------------------------------------------------------------- */

static void add_count(struct groups *g)
{
	const struct query *q = g->query;
	const char *id = unit_sqls[q->unit].id;
	const char *journey = unit_sqls[q->unit].journey;
	bool messages = q->counted == UNIT_MESSAGES && journey;

	if (q->unit == UNIT_MESSAGES) {
		g->counts_refused = true;
		if (g->multiplied)
			strbuf_addf(&g->count, "count(DISTINCT iif("
			                       "j.refused_only,NULL,j.id))");
		else
			strbuf_add_str(&g->count,
			               "count(*)-total(j.refused_only)");
		g->weight = g->multiplied ? NULL : "NOT j.refused_only";
	} else if (messages) {
		strbuf_addf(&g->count, "count(DISTINCT %s)", journey);
		g->joined |= alias_bits(slice_str(journey));
	} else if (g->multiplied) {
		strbuf_addf(&g->count, "count(DISTINCT %s)", id);
	} else {
		strbuf_add_str(&g->count, "count(*)");
		g->weight = "1";
	}
}

static void add_outcomes(const struct groups *g, struct strbuf *out)
{
	bool by_row = g->joined & alias_bits(SLICE("r."));

	if (g->query->exact) {
		if (!tally_add(g->query->unit, g->multiplied, by_row, out))
			strbuf_add_str(out, ",NULL,NULL,NULL,NULL,NULL,NULL");
		return;
	}
	switch ((int)g->query->unit) {
	case UNIT_MESSAGES:
		strbuf_add_str(
			out,
			by_row ? ",total(r.outcome=0),total(r.outcome=1),"
			         "total(r.outcome=5),total(r.outcome IN(2,3,4)),"
			         "total(r.outcome=6)"
			       : ",total(j.delivered),total(j.relayed),"
			         "total(j.delayed),"
			         "total(j.failed+j.refused+j.withheld),"
			         "total(j.unknown)");
		break;
	case UNIT_RECIPIENTS:
		strbuf_add_str(out,
		               ",total(r.outcome=0),total(r.outcome=1),"
		               "total(r.outcome=5),total(r.outcome IN(2,3,4)),"
		               "total(r.outcome=6)");
		break;
	case UNIT_DELIVERIES:
		strbuf_add_str(out,
		               ",total(d.outcome=0),total(d.outcome=1),"
		               "total(d.outcome=5),total(d.outcome IN(2,3,4)),"
		               "total(d.outcome=6)");
		break;
	case UNIT_ATTEMPTS:
		/* answers: deliver, relay, defer, those that say no, others */
		strbuf_add_str(
			out,
			",total(a.action=13),total(a.action=14),"
			"total(a.action=15),"
			"total(a.action IN(8,9,10,11,12,16,17)),"
			"total(a.action NOT IN(8,9,10,11,12,13,14,15,16,17))");
		break;
	default: strbuf_add_str(out, ",NULL,NULL,NULL,NULL,NULL"); break;
	}
}

static void groups_release(struct groups *g)
{
	rows_sql_release(&g->rows);
	strbuf_release(&g->keys);
	strbuf_release(&g->joins);
	arena_release(&g->memory);
	strbuf_release(&g->count);
	strbuf_release(&g->examples);
}

static bool groups_make(struct groups *g, struct err *err)
{
	const struct query *q = g->query;
	unsigned many;
	bool ok = true;

	for (size_t i = 0; i < q->ngroups && ok; i++)
		ok = add_group(g, i, err);
	for (size_t i = 0; i < q->nshown && ok; i++)
		add_shown(g, i);
	/* outcomes are those of the recipients that match */
	if (q->exact && q->unit == UNIT_MESSAGES && q->where)
		g->joined |= alias_bits(SLICE("r."));
	many = q->unit == UNIT_MESSAGES
	               ? alias_bits(slice_str(MULTIPLIES_MESSAGES))
	       : q->unit == UNIT_TRANSACTIONS
	               ? alias_bits(slice_str(MULTIPLIES_TX))
	               : 0;
	g->multiplied |= (g->joined & many) != 0;
	/* terms must hold of the row that is grouped */
	if (q->unit == UNIT_MESSAGES && (g->joined & many))
		g->joined |= alias_bits(SLICE("r."));
	add_count(g);
	ok = ok && rows_sql_make(g->engine, q, false, g->joined & many,
	                         &g->rows, err);
	g->rows.used |= g->joined;
	g->rows.joins = strbuf_slice(&g->joins);
	return ok;
}

/* Cells --------------------------------------------------------------------- */

static struct slice with_star(struct slice s, struct arena *a)
{
	char *text = arena_bytes(a, s.len + 1);

	for (size_t i = 0; i < s.len; i++)
		text[i] = s.ptr[i] == REPLY_CUT ? '*' : s.ptr[i];
	return slice_of(text, s.len);
}

static const char *enum_name(const struct field_item *i, int64_t n)
{
	if (kind_is(i, "action") && n < ACTION_COUNT)
		return action_name((enum action)n);
	if (kind_is(i, "outcome") && n < OUTCOME_COUNT)
		return outcome_name((enum outcome)n);
	if (kind_is(i, "state") && n < STATE_COUNT)
		return transaction_state_name((enum transaction_state)n);
	if (kind_is(i, "direction") && n < DIRECTION_COUNT)
		return direction_name((enum direction)n);
	if (kind_is(i, "link") && n < LINK_KIND_COUNT)
		return link_kind_name((enum link_kind)n);
	if (kind_is(i, "class") && n < CLASS_COUNT)
		return link_class_name((enum link_class)n);
	return NULL;
}

static void source_cell(struct engine *e, int64_t id, struct arena *a,
                        struct cell *out)
{
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(e->db, "SELECT path FROM source WHERE id=?1", -1,
	                       &q, NULL) != SQLITE_OK)
		return;
	sqlite3_bind_int64(q, 1, id);
	if (sqlite3_step(q) == SQLITE_ROW)
		out->text = arena_slice(a, sql_column_slice(q, 0));
	sqlite3_finalize(q);
}

/* The value of FIELD, read as ITEM, in column I. */
static void value_cell(struct groups *g, const struct field *field,
                       const struct field_item *item, sqlite3_stmt *stmt,
                       int i, struct arena *a, struct cell *out)
{
	static const char *const days[] = { "sun", "mon", "tue", "wed",
		                            "thu", "fri", "sat" };
	enum field_type type = field->type;
	int64_t n = sqlite3_column_int64(stmt, i);
	const char *name;

	if (sqlite3_column_type(stmt, i) == SQLITE_NULL)
		return;
	name = n >= 0 ? enum_name(item, n) : NULL;
	if (type == FIELD_WEEKDAY && n >= 0 && n < 7)
		out->text = slice_str(days[n]);
	else if (type == FIELD_HOUR)
		cell_number(a, out, n);
	else if (kind_is(item, "word") || kind_is(item, "reply"))
		out->text = with_star(engine_word(g->engine, (uint32_t)n), a);
	else if (kind_is(item, "source") || kind_is(item, "vsource"))
		source_cell(g->engine, n, a, out);
	else if (kind_is(item, "time") || kind_is(item, "vus"))
		cell_time(a, out, n);
	else if (name)
		out->text = slice_str(name);
	else
		cell_read(stmt, i, false, a, out);
	if (kind_is(item, "dur") && out->is_number)
		out->text = arena_printf(a, "%.15g", (double)n / 1e6);
}

static void key_cell(struct groups *g, size_t i, sqlite3_stmt *stmt,
                     struct arena *a, struct cell *out)
{
	value_cell(g, g->query->groups[i], &g->items[i], stmt, (int)i, a, out);
}

/* "blocked" of messages etc.: doubles from total(), NULL if the unit has none. */
static void sum_cell(sqlite3_stmt *stmt, int i, struct arena *a,
                     struct cell *out)
{
	if (sqlite3_column_type(stmt, i) != SQLITE_NULL)
		cell_number(a, out, sqlite3_column_int64(stmt, i));
}

static void add_percent(struct result *r, size_t at, double n)
{
	for (size_t i = 0; i < r->nrows; i++) {
		struct cell *c = &r->cells[i * r->ncolumns + at];
		double share = n > 0 ? 100.0 * (double)c[-1].number / n : 0;

		c->text = arena_printf(&r->memory, "%.1f", share);
		c->number = (int64_t)(share * 10 + .5);
		c->is_number = true;
	}
}

/* Over time ------------------------------------------------------------------ */

#define BUCKETS 512

/* The rows of a result by their keys: open addressing, 0 is empty. */
struct row_map {
	uint32_t *slots;
	size_t mask;
};

static uint64_t hash_keys(const struct cell *keys, size_t n)
{
	struct strbuf lower = { 0 };
	uint64_t h;

	for (size_t i = 0; i < n; i++) {
		strbuf_add_char(&lower, keys[i].text.ptr ? '+' : '-');
		for (size_t k = 0; k < keys[i].text.len; k++) {
			char c = keys[i].text.ptr[k];

			strbuf_add_char(&lower, c >= 'A' && c <= 'Z'
			                                ? (char)(c + 32) : c);
		}
	}
	h = hash64(strbuf_slice(&lower));
	strbuf_release(&lower);
	return h;
}

static bool same_keys(const struct cell *a, const struct cell *b, size_t n)
{
	size_t i = 0;

	while (i < n && !a[i].text.ptr == !b[i].text.ptr &&
	       slice_eq_nocase(a[i].text, b[i].text))
		i++;
	return i == n;
}

/* Where KEYS are, or the empty slot in which they would be. */
static uint32_t *map_slot(const struct row_map *m, const struct result *r,
                          const struct cell *keys, size_t n)
{
	size_t at = hash_keys(keys, n) & m->mask;

	while (m->slots[at] &&
	       !same_keys(&r->cells[(m->slots[at] - 1) * r->ncolumns], keys, n))
		at = (at + 1) & m->mask;
	return &m->slots[at];
}

static void map_rows(struct row_map *m, const struct result *r, size_t n)
{
	m->mask = 15;
	while (m->mask < r->nrows * 2)
		m->mask = m->mask * 2 + 1;
	m->slots = mem_alloc((m->mask + 1) * sizeof *m->slots);
	for (size_t i = 0; i < r->nrows; i++)
		*map_slot(m, r, &r->cells[i * r->ncolumns], n) =
			(uint32_t)i + 1;
}

/* Row of R whose keys are those in STMT's first columns. Keys were read the same
 * way, so that their cells are equal. */
static size_t find_row(struct groups *g, const struct row_map *m,
                       const struct result *r, sqlite3_stmt *stmt,
                       struct arena *a)
{
	size_t n = g->query->ngroups;
	struct cell keys[QUERY_GROUPS] = { 0 };
	uint32_t row;

	for (size_t i = 0; i < n; i++)
		key_cell(g, i, stmt, a, &keys[i]);
	row = *map_slot(m, r, keys, n);
	return row ? row - 1 : SIZE_MAX;
}

static bool over_time_range(struct groups *g, int64_t *from, size_t *n,
                            struct err *err)
{
	const struct query *q = g->query;
	struct strbuf what = { 0 };
	sqlite3_stmt *stmt;
	int64_t to = q->to;
	bool ok = false;

	*from = q->from;
	*n = 0;
	if (g->rows.time.len == 0)
		return true;
	if ((q->from == 0 && q->to == 0) || *from == TIME_NONE ||
	    to == TIME_NONE) {
		strbuf_addf(&what, "min(%s),max(%s)",
		            strbuf_text(&g->rows.time),
		            strbuf_text(&g->rows.time));
		rows_sql_select(&g->rows, strbuf_text(&what));
		stmt = sql_make(&g->rows.sql, g->engine, err);
		ok = stmt && (sqlite3_step(stmt) == SQLITE_ROW ||
		              engine_failed(g->engine, err));
		*from = ok ? sql_column_number(stmt, 0, TIME_NONE) : TIME_NONE;
		to = ok ? sql_column_number(stmt, 1, TIME_NONE) : TIME_NONE;
		sqlite3_finalize(stmt);
		strbuf_release(&what);
		if (!ok || *from == TIME_NONE || to == TIME_NONE)
			return ok;
		to++;
	}
	*from -= ((*from % q->bucket) + q->bucket) % q->bucket;
	*n = (size_t)((to - *from + q->bucket - 1) / q->bucket);
	if (*n > BUCKETS)
		*n = BUCKETS;
	return true;
}

static void write_over_time(struct result *r, size_t at, const uint64_t *counts,
                            size_t n)
{
	struct strbuf b = { 0 };

	for (size_t row = 0; row < r->nrows; row++) {
		strbuf_reset(&b);
		for (size_t i = 0; i < n; i++)
			strbuf_addf(&b, "%s%llu", i ? " " : "",
			            (unsigned long long)counts[row * n + i]);
		r->cells[row * r->ncolumns + at].text =
			arena_slice(&r->memory, strbuf_slice(&b));
	}
	strbuf_release(&b);
}

static bool add_over_time(struct groups *g, struct result *r, size_t at,
                          struct err *err)
{
	struct strbuf what = { 0 };
	struct arena scratch = { 0 };
	struct row_map map;
	uint64_t *counts;
	sqlite3_stmt *stmt;
	int64_t from;
	size_t n;
	int code = SQLITE_ERROR;

	if (!over_time_range(g, &from, &n, err))
		return false;
	if (n == 0 || r->nrows == 0)
		return true;
	map_rows(&map, r, g->query->ngroups);
	counts = mem_alloc(r->nrows * n * sizeof *counts);
	strbuf_addf(&what, "%s%s(%s-%lld)/%lld AS ms_bucket,%s",
	            strbuf_text(&g->keys), g->keys.len ? "," : "",
	            strbuf_text(&g->rows.time), (long long)from,
	            (long long)g->query->bucket,
	            g->weight ? g->weight : strbuf_text(&g->count));
	rows_sql_select(&g->rows, strbuf_text(&what));
	strbuf_addf(&g->rows.sql.text, " AND %s IS NOT NULL",
	            strbuf_text(&g->rows.time));
	/* added up here, if it can be: nothing need be sorted then */
	for (size_t i = 0; i <= g->query->ngroups && !g->weight; i++)
		strbuf_addf(&g->rows.sql.text, "%s%zu", i ? "," : " GROUP BY ",
		            i + 1);
	stmt = sql_make(&g->rows.sql, g->engine, err);
	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		int k = (int)g->query->ngroups;
		int64_t b = sqlite3_column_int64(stmt, k);
		size_t row = find_row(g, &map, r, stmt, &scratch);

		if (row != SIZE_MAX && b >= 0 && b < (int64_t)n)
			counts[row * n + (size_t)b] +=
				(uint64_t)sqlite3_column_int64(stmt, k + 1);
		arena_reset(&scratch);
	}
	sqlite3_finalize(stmt);
	if (code == SQLITE_DONE)
		write_over_time(r, at, counts, n);
	free(counts);
	free(map.slots);
	arena_release(&scratch);
	strbuf_release(&what);
	return code == SQLITE_DONE || (stmt && engine_failed(g->engine, err));
}

/* Groups ----------------------------------------------------------------------- */

static void set_columns(struct groups *g, struct result *r)
{
	const char *names[QUERY_GROUPS + 2 * QUERY_SHOWN + 11];
	size_t n = 0;

	for (; n < g->query->ngroups; n++)
		names[n] = g->query->groups[n]->name;
	names[n++] = "count";
	names[n++] = "percent";
	for (size_t i = 0; i < outcomes_of(g->query); i++)
		names[n++] = outcome_names[i];
	names[n++] = "first";
	names[n++] = "last";
	for (size_t i = 0; i < g->query->nshown; i++) {
		const char *name = g->query->shown[i]->name;

		names[n++] = name;
		names[n++] = arena_printf(&r->memory, "%s_values", name).ptr;
	}
	if (g->query->bucket > 0)
		names[n++] = "over_time";
	result_set_columns(r, names, n);
}

static void select_groups(struct groups *g, size_t limit)
{
	const char *time = g->rows.time.len ? strbuf_text(&g->rows.time)
	                                    : "NULL";
	struct strbuf what = { 0 };
	struct strbuf *text = &g->rows.sql.text;
	size_t n = g->query->ngroups;

	strbuf_addf(&what, "%s%s%s AS ms_n", strbuf_text(&g->keys),
	            n ? "," : "", strbuf_text(&g->count));
	add_outcomes(g, &what);
	strbuf_addf(&what, ",min(%s),max(%s)%s", time, time,
	            strbuf_text(&g->examples));
	rows_sql_select(&g->rows, strbuf_text(&what));
	strbuf_release(&what);
	for (size_t i = 0; i < n; i++)
		strbuf_addf(text, "%s%zu", i ? "," : " GROUP BY ", i + 1);
	strbuf_add_str(text, " ORDER BY ms_n DESC,count(*) DESC");
	for (size_t i = 0; i < n; i++)
		strbuf_addf(text, ",%zu", i + 1);
	if (limit > 0)
		strbuf_addf(text, " LIMIT %zu", limit);
}

static void read_shown(struct groups *g, sqlite3_stmt *stmt, int at,
                       struct arena *a, struct cell *cells)
{
	for (size_t i = 0; i < g->query->nshown; i++, at += 2, cells += 2) {
		value_cell(g, g->query->shown[i], &g->shown[i], stmt, at, a,
		           cells);
		sum_cell(stmt, at + 1, a, cells + 1);
	}
}

static bool read_groups(struct groups *g, struct result *r, size_t limit,
                        struct err *err)
{
	int n = (int)g->query->ngroups, code = SQLITE_ERROR;
	int outcomes = (int)outcomes_of(g->query);
	sqlite3_stmt *stmt;
	size_t cap = 0;

	select_groups(g, limit);
	stmt = sql_make(&g->rows.sql, g->engine, err);
	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct cell *c =
			result_add_row(r, (int64_t)r->nrows + 1, &cap);

		for (int i = 0; i < n; i++)
			key_cell(g, (size_t)i, stmt, &r->memory, &c[i]);
		cell_number(&r->memory, &c[n], sqlite3_column_int64(stmt, n));
		for (int i = 0; i < outcomes; i++)
			sum_cell(stmt, n + 1 + i, &r->memory, &c[n + 2 + i]);
		for (int i = 0; i < 2; i++)
			cell_time(&r->memory, &c[n + 2 + outcomes + i],
			          sql_column_number(stmt, n + 1 + outcomes + i,
			                            TIME_NONE));
		read_shown(g, stmt, n + 3 + outcomes, &r->memory,
		           &c[n + 4 + outcomes]);
	}
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE || (stmt && engine_failed(g->engine, err));
}

/* What all groups together count: the denominator of percent. */
static bool total_count(struct groups *g, double *n, struct err *err)
{
	sqlite3_stmt *stmt;
	bool ok;

	rows_sql_select(&g->rows, strbuf_text(&g->count));
	stmt = sql_make(&g->rows.sql, g->engine, err);
	ok = stmt && (sqlite3_step(stmt) == SQLITE_ROW ||
	              engine_failed(g->engine, err));
	*n = ok ? sqlite3_column_double(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return ok;
}

/* Order --------------------------------------------------------------------- */

struct order {
	const struct result *result;
	int column;
	bool descending;
};

/* What is not there stands last either way. */
static int compare_cells(const struct cell *a, const struct cell *b, bool down)
{
	int by;

	if (!a->text.ptr || !b->text.ptr)
		return (b->text.ptr != NULL) - (a->text.ptr != NULL);
	if (a->is_number && b->is_number)
		by = (a->number > b->number) - (a->number < b->number);
	else
		by = slice_cmp(a->text, b->text);
	return down ? -by : by;
}

/* Equals keep the order in which they came: most frequent first. */
static int compare_rows(const void *x, const void *y, void *arg)
{
	const struct order *o = arg;
	const struct result *r = o->result;
	size_t a = *(const size_t *)x, b = *(const size_t *)y;
	int by = compare_cells(&r->cells[a * r->ncolumns + (size_t)o->column],
	                       &r->cells[b * r->ncolumns + (size_t)o->column],
	                       o->descending);

	return by ? by : (a > b) - (a < b);
}

static void sort_rows(const struct query *q, struct result *r)
{
	struct order o = { r, q->sort ? result_column(r, q->sort) : -1,
		           q->descending };
	size_t row = r->ncolumns * sizeof *r->cells, *rows;
	struct cell *cells;

	if (o.column < 0 || r->nrows < 2)
		return;
	rows = mem_alloc(r->nrows * sizeof *rows);
	cells = mem_alloc(r->nrows * row);
	for (size_t i = 0; i < r->nrows; i++)
		rows[i] = i;
	qsort_r(rows, r->nrows, sizeof *rows, compare_rows, &o);
	for (size_t i = 0; i < r->nrows; i++)
		memcpy(cells + i * r->ncolumns,
		       r->cells + rows[i] * r->ncolumns, row);
	free(r->cells);
	r->cells = cells;
	free(rows);
}

static struct result *groups(struct engine *e, const struct query *q,
                             size_t limit, struct err *err)
{
	struct groups g = { .engine = e, .query = q };
	struct result *r = result_new(e, q->unit);
	double n = 0;
	bool ok;

	ok = engine_need_words(e, err) && groups_make(&g, err);
	if (ok) {
		set_columns(&g, r);
		ok = read_groups(&g, r, limit, err) &&
		     total_count(&g, &n, err);
	}
	if (ok) {
		add_percent(r, q->ngroups + 1, n);
		if (q->bucket > 0)
			ok = add_over_time(&g, r, r->ncolumns - 1, err);
		sort_rows(q, r);
	}
	groups_release(&g);
	if (ok)
		return r;
	result_free(r);
	return NULL;
}

struct result *engine_groups(struct engine *e, const struct query *q,
                             size_t limit, struct cancel *cancel,
                             struct err *err)
{
	struct result *r;

	if (!engine_begin(e, cancel, err))
		return NULL;
	r = groups(e, q, limit, err);
	engine_end(e);
	return r;
}

/* Completion ---------------------------------------------------------------------- */

struct result *engine_values(struct engine *e, const struct query *q,
                             const struct field *f, struct slice prefix,
                             size_t limit, struct cancel *cancel,
                             struct err *err)
{
	struct query values = *q;
	struct predicate starts = { .kind = PRED_TERM, .field = f,
		                    .op = TERM_EQUAL, .nvalues = 1 };
	struct predicate both = { .kind = PRED_AND, .left = q->where,
		                  .right = &starts };
	struct term_value value = { .pattern = true, .exact = true };
	struct strbuf glob = { 0 };
	struct result *r;

	values.ngroups = 1;
	values.groups[0] = f;
	values.counted = q->unit;
	values.bucket = 0;
	for (size_t i = 0; i < prefix.len; i++) {
		if (strchr("*?\\", prefix.ptr[i]) && prefix.ptr[i])
			strbuf_add_char(&glob, '\\');
		strbuf_add_char(&glob, prefix.ptr[i]);
	}
	strbuf_add_char(&glob, '*');
	value.text = strbuf_slice(&glob);
	starts.values = &value;
	if (prefix.len > 0 && (f->type == FIELD_TEXT || f->type == FIELD_ADDRESS ||
	                       f->type == FIELD_IP || f->type == FIELD_DOMAIN))
		values.where = q->where ? &both : &starts;
	r = engine_groups(e, &values, limit, cancel, err);
	strbuf_release(&glob);
	return r;
}
