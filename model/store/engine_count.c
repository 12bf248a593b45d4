/* SPDX-License-Identifier: MIT */
/* Counts, and counts over time. */
#include "model/store/engine_private.h"
#include "model/store/engine_text.h"

/* Actions that say no. */
#define BLOCKED_ACTIONS \
	(1u << ACTION_REJECT | 1u << ACTION_TEMPFAIL | 1u << ACTION_DISCARD | \
	 1u << ACTION_QUARANTINE | 1u << ACTION_HOLD | 1u << ACTION_BOUNCE | \
	 1u << ACTION_EXPIRE)

/* Rows, hidden ones, refused ones that are not hidden. A bare count(*) reads
 * the smallest index, so that nothing is added up that cannot be there. */
static void add_sums(struct engine *e, struct strbuf *out, const struct query *q)
{
	const char *hidden = q->hidden || !unit_has_hidden(e, q->unit)
	                             ? NULL
	                             : unit_sqls[q->unit].hidden;

	strbuf_add_str(out, "count(*)");
	if (hidden)
		strbuf_addf(out, ",total((%s) IS TRUE)", hidden);
	else
		strbuf_add_str(out, ",0");
	if (q->unit != UNIT_MESSAGES)
		strbuf_add_str(out, ",0");
	else if (hidden)
		strbuf_addf(out, ",total(j.refused_only AND (%s) IS NOT TRUE)",
		            hidden);
	else
		strbuf_add_str(out, ",total(j.refused_only)");
}

static bool sum_rows(struct engine *e, const struct query *q,
                     struct totals *out, struct err *err)
{
	struct strbuf what = { 0 };
	struct rows_sql r;
	sqlite3_stmt *stmt;
	bool ok = false;

	if (!rows_sql_make(e, q, true, 0, &r, err))
		return false;
	add_sums(e, &what, q);
	rows_sql_select(&r, strbuf_text(&what));
	stmt = sql_make(&r.sql, e, err);
	if (stmt) {
		ok = sqlite3_step(stmt) == SQLITE_ROW || engine_failed(e, err);
		out->all = sqlite3_column_int64(stmt, 0);
		out->hidden = sqlite3_column_int64(stmt, 1);
		out->refused = sqlite3_column_int64(stmt, 2);
	}
	sqlite3_finalize(stmt);
	strbuf_release(&what);
	rows_sql_release(&r);
	return ok;
}

/* All rows of a unit: counted once a generation; events are in the ledger. */
static bool unit_totals(struct engine *e, enum unit u, struct totals *out,
                        struct err *err)
{
	struct query q = { .unit = u, .from = TIME_NONE, .to = TIME_NONE };

	if (e->totals[u].all >= 0 && u <= UNIT_EVENTS) {
		*out = e->totals[u];
		return true;
	}
	*out = (struct totals){ 0 };
	if (u == UNIT_EVENTS)
		out->all = sql_number(e->db,
		                      "SELECT (SELECT total(events) FROM piece)"
		                      "-(SELECT total(events) FROM copy)",
		                      0);
	else if (!sum_rows(e, &q, out, err))
		return false;
	e->totals[u] = *out;
	return true;
}

static bool has_zoom(const struct query *q)
{
	return !(q->from == 0 && q->to == 0) &&
	       (q->from != TIME_NONE || q->to != TIME_NONE);
}

static bool count(struct engine *e, const struct query *q, struct count *out,
                  struct err *err)
{
	struct totals all, match;

	if (!unit_totals(e, q->unit, &all, err))
		return false;
	match = all;
	if ((q->where || has_zoom(q)) && !sum_rows(e, q, &match, err))
		return false;
	if (q->hidden)
		all.hidden = match.hidden = 0;
	out->n = (uint64_t)(match.all - match.hidden - match.refused);
	out->hidden = (uint64_t)match.hidden;
	out->refused = (uint64_t)match.refused;
	out->total = (uint64_t)(all.all - all.hidden - all.refused);
	out->exact = true;
	return true;
}

bool engine_count(struct engine *e, const struct query *q, struct count *out,
                  struct cancel *cancel, struct err *err)
{
	bool ok;

	*out = (struct count){ 0 };
	if (!engine_begin(e, cancel, err))
		return false;
	ok = count(e, q, out, err);
	engine_end(e);
	return ok;
}

/* Histogram ---------------------------------------------------------------- */

static const int64_t lengths[] = {
	US_SECOND,       2 * US_SECOND,   5 * US_SECOND,  10 * US_SECOND,
	15 * US_SECOND,  30 * US_SECOND,  US_MINUTE,      2 * US_MINUTE,
	5 * US_MINUTE,   10 * US_MINUTE,  15 * US_MINUTE, 30 * US_MINUTE,
	US_HOUR,         2 * US_HOUR,     3 * US_HOUR,    6 * US_HOUR,
	8 * US_HOUR,     12 * US_HOUR,    US_DAY,         2 * US_DAY,
	7 * US_DAY,      30 * US_DAY,
};

static int64_t floor_to(int64_t us, int64_t bucket)
{
	/* weeks begin on a Monday; 1970-01-01 was a Thursday */
	int64_t shift = bucket == 7 * US_DAY ? 3 * US_DAY : 0;
	int64_t rest = (us + shift) % bucket;

	return us - rest - (rest < 0 ? bucket : 0);
}

static int64_t bars_of(int64_t from, int64_t to, int64_t bucket)
{
	return (floor_to(to, bucket) - floor_to(from, bucket)) / bucket + 1;
}

/* The shortest round length by which FROM..TO takes at most BARS. Beyond months
 * several of them. */
static int64_t choose_bucket(int64_t from, int64_t to, size_t bars)
{
	size_t n = sizeof lengths / sizeof *lengths;
	int64_t bucket;

	for (size_t i = 0; i < n; i++)
		if (bars_of(from, to, lengths[i]) <= (int64_t)bars)
			return lengths[i];
	for (bucket = lengths[n - 1]; bars_of(from, to, bucket) > (int64_t)bars;)
		bucket *= 2;
	return bucket;
}

/* Narrows FROM..TO by the terms of time that must hold. */
static void narrow(const struct predicate *p, int64_t *from, int64_t *to)
{
	int64_t a = INT64_MIN, b = INT64_MAX;

	if (p && p->kind == PRED_AND) {
		narrow(p->left, from, to);
		narrow(p->right, from, to);
		return;
	}
	if (!p || p->kind != PRED_TERM || !p->field ||
	    strcmp(p->field->name, "time") != 0)
		return;
	if (p->op == TERM_RANGE) {
		a = p->values[0].number;
		b = p->values[1].number;
	} else if (p->op == TERM_GREATER_EQUAL) {
		a = p->values[0].number;
	} else if (p->op == TERM_LESS) {
		b = p->values[0].number;
	}
	if (a > *from)
		*from = a;
	if (b != INT64_MAX && b - 1 < *to)
		*to = b - 1;
}

/* First and last time of the unit's rows in the case. */
static bool unit_range(struct engine *e, enum unit u, int64_t *from,
                       int64_t *to, struct err *err)
{
	struct query q = { .unit = u, .from = TIME_NONE, .to = TIME_NONE };
	struct rows_sql r;
	struct strbuf what = { 0 };
	sqlite3_stmt *stmt;
	bool ok;

	*from = *to = TIME_NONE;
	if (u == UNIT_EVENTS) {
		*from = sql_number(e->db, "SELECT min(first) FROM source",
		                   TIME_NONE);
		*to = sql_number(e->db,
		                 "SELECT max(coalesce(last,first)) FROM source",
		                 TIME_NONE);
		return true;
	}
	if (!rows_sql_make(e, &q, true, 0, &r, err))
		return false;
	if (r.time.len > 0)
		strbuf_addf(&what, "min(%s),(SELECT max(%s) FROM %s)",
		            strbuf_text(&r.time), strbuf_text(&r.time),
		            unit_sqls[u].base);
	else
		strbuf_add_str(&what, "NULL,NULL");
	rows_sql_select(&r, strbuf_text(&what));
	stmt = sql_make(&r.sql, e, err);
	ok = stmt && (sqlite3_step(stmt) == SQLITE_ROW || engine_failed(e, err));
	if (ok) {
		*from = sql_column_number(stmt, 0, TIME_NONE);
		*to = sql_column_number(stmt, 1, TIME_NONE);
	}
	sqlite3_finalize(stmt);
	strbuf_release(&what);
	rows_sql_release(&r);
	return ok;
}

/* A row of which nothing was accepted, or an answer that says no. */
static const char *blocked_sql(enum unit u)
{
	switch ((int)u) {
	case UNIT_MESSAGES: return "j.failed+j.refused+j.withheld>0";
	case UNIT_RECIPIENTS: return "r.outcome IN(2,3,4)";
	case UNIT_DELIVERIES: return "d.outcome IN(2,3,4)";
	case UNIT_TRANSACTIONS: return "t.state=4";
	/* reject, tempfail, discard, quarantine, hold, bounce, expire */
	case UNIT_ATTEMPTS: return "a.action IN(8,9,10,11,12,16,17)";
	case UNIT_SESSIONS: return "s.refused>0";
	case UNIT_EVENTS:
		return "v.action IN('reject','tempfail','discard','quarantine',"
		       "'hold','bounce','expire')";
	default: return "0";
	}
}

static void add_bar(struct histogram *h, int64_t us, bool blocked, bool refused)
{
	size_t i;

	if (us < h->from || us >= h->from + (int64_t)h->n * h->bucket)
		return;
	i = (size_t)((us - h->from) / h->bucket);
	h->blocked[i] += blocked;
	h->refused[i] += refused;
	if (++h->all[i] > h->max)
		h->max = h->all[i];
}

/* A record of several events says in its column what the first one is. */
static void add_record(struct engine *e, struct histogram *h,
                       const struct chunk *c, uint32_t i,
                       struct text_record *record)
{
	const struct piece_lines *l = &c->columns->columns;
	unsigned action = l->action[i];

	if (c->utc[i] == TIME_NONE)
		return;
	if (l->events[i] > 1)
		text_record_read(e, c, i, record);
	for (unsigned k = 0; k < l->events[i]; k++) {
		if (k > 0 && record->here && k < record->events.n)
			action = record->events.list[k].action;
		add_bar(h, c->utc[i], BLOCKED_ACTIONS >> action & 1, false);
	}
}

static bool add_piece(struct engine *e, struct histogram *h,
                      struct text_source *s, struct text_piece *p,
                      struct err *err)
{
	struct text_record record = { 0 };
	struct chunk *c = text_chunk(e, s, p, err);

	for (uint32_t i = 0; c && i < c->n; i++)
		add_record(e, h, c, i, &record);
	text_release(e, c);
	text_record_release(&record);
	return c && !engine_cancelled(e, err);
}

/* All events: their columns hold all that is asked for. */
static bool fill_from_columns(struct engine *e, struct histogram *h,
                              struct err *err)
{
	struct text_source *list;
	size_t n;

	if (!text_sources(e, &list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].npieces; k++)
			if (!add_piece(e, h, &list[i], &list[i].pieces[k], err))
				return false;
	return true;
}

/* Added up here: quicker than groups, which would be sorted first. */
static bool fill(struct engine *e, const struct query *q, struct histogram *h,
                 struct err *err)
{
	struct rows_sql r;
	struct strbuf what = { 0 };
	sqlite3_stmt *stmt;
	int code = SQLITE_ERROR;

	if (q->unit == UNIT_EVENTS && !q->where)
		return fill_from_columns(e, h, err);
	if (!rows_sql_make(e, q, false, 0, &r, err))
		return false;
	strbuf_addf(&what, "%s,%s,%s", strbuf_text(&r.time),
	            blocked_sql(q->unit),
	            q->unit == UNIT_MESSAGES ? "j.refused_only" : "0");
	strbuf_addf(&r.where, " AND %s>=%lld AND %s<%lld",
	            strbuf_text(&r.time), (long long)h->from,
	            strbuf_text(&r.time),
	            (long long)(h->from + (int64_t)h->n * h->bucket));
	rows_sql_select(&r, strbuf_text(&what));
	stmt = sql_make(&r.sql, e, err);
	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW)
		add_bar(h, sqlite3_column_int64(stmt, 0),
		        sqlite3_column_int(stmt, 1),
		        sqlite3_column_int(stmt, 2));
	sqlite3_finalize(stmt);
	strbuf_release(&what);
	rows_sql_release(&r);
	return code == SQLITE_DONE || (stmt && engine_failed(e, err));
}

static bool histogram(struct engine *e, const struct query *q, size_t bars,
                      struct histogram *h, struct err *err)
{
	int64_t from, to;

	if (!unit_range(e, q->unit, &from, &to, err))
		return false;
	narrow(q->where, &from, &to);
	if (has_zoom(q)) {
		from = q->from != TIME_NONE && q->from > from ? q->from : from;
		to = q->to != TIME_NONE && q->to - 1 < to ? q->to - 1 : to;
	}
	h->bucket = US_SECOND;
	if (from == TIME_NONE || to == TIME_NONE || to < from)
		return true;
	h->bucket = q->bucket > 0 ? q->bucket : choose_bucket(from, to, bars);
	if (bars_of(from, to, h->bucket) > (int64_t)bars)
		h->bucket = choose_bucket(from, to, bars);
	h->from = floor_to(from, h->bucket);
	h->n = (size_t)bars_of(from, to, h->bucket);
	h->all = mem_alloc((h->n + 1) * sizeof *h->all);
	h->blocked = mem_alloc((h->n + 1) * sizeof *h->blocked);
	h->refused = mem_alloc((h->n + 1) * sizeof *h->refused);
	return fill(e, q, h, err);
}

struct histogram *engine_histogram(struct engine *e, const struct query *q,
                                   size_t bars, struct cancel *cancel,
                                   struct err *err)
{
	struct histogram *h = mem_alloc(sizeof *h);
	bool ok;

	if (!engine_begin(e, cancel, err)) {
		free(h);
		return NULL;
	}
	ok = histogram(e, q, bars > 0 ? bars : 1, h, err);
	engine_end(e);
	if (ok)
		return h;
	histogram_free(h);
	return NULL;
}

void histogram_free(struct histogram *h)
{
	if (!h)
		return;
	free(h->all);
	free(h->blocked);
	free(h->refused);
	free(h);
}
