/* SPDX-License-Identifier: MIT */
/* The module behind v_event: constraints to a scan, columns to values.
 *
 * An event takes over what its transaction knows: sender, header_from,
 * message_id, client_*, helo, user, tls, size, nrcpt and subject are the
 * transaction's where it has them, else the line's own, so that a column can
 * be had without reading the line. */
#include "model/store/v_event.h"

#include "base/text.h"
#include "model/store/event_scan.h"
#include "model/store/event_server.h"

/* In the order of engine_columns(UNIT_EVENTS). */
enum column {
	COL_EVENT_ID, COL_TIME_UTC, COL_TIME_RAW, COL_TIME_BASIS, COL_SOURCE_ID,
	COL_PATH, COL_SHA256, COL_LINE, COL_OFFSET, COL_LENGTH, COL_SERVER,
	COL_PROGRAM, COL_PID, COL_ACTION, COL_QUEUE_ID, COL_MESSAGE_ID,
	COL_SENDER, COL_RECIPIENT, COL_ORIG_RECIPIENT, COL_CLIENT_IP,
	COL_CLIENT_PORT, COL_CLIENT_NAME, COL_HELO, COL_USER, COL_RELAY_IP,
	COL_RELAY_NAME, COL_RELAY_PORT, COL_CODE, COL_DSN, COL_REPLY, COL_SIZE,
	COL_NRCPT, COL_SUBJECT, COL_HEADER_FROM, COL_ATTACHMENT, COL_VERDICT,
	COL_DELAY, COL_TLS, COL_NEXT_QUEUE_ID, COL_SESSION_ID,
	COL_TRANSACTION_ID, COL_JOURNEY_ID, COL_RAW,
	COL_TIME_US, COL_HIDDEN, COL_CANDIDATES, COL_COUNT
};

/* What a column takes from the line, and from the transaction before it. */
static const struct {
	bool text, number, inherited;
	enum event_field field;
	int tx; /* column of tx_text below */
} sources_of[COL_COUNT] = {
	[COL_QUEUE_ID] = { .text = true, .field = EV_QUEUE_ID },
	[COL_MESSAGE_ID] = { true, false, true, EV_MESSAGE_ID, 2 },
	[COL_SENDER] = { true, false, true, EV_SENDER, 3 },
	[COL_RECIPIENT] = { .text = true, .field = EV_RECIPIENT },
	[COL_ORIG_RECIPIENT] = { .text = true, .field = EV_ORIG_RECIPIENT },
	[COL_CLIENT_IP] = { true, false, true, EV_CLIENT_IP, 5 },
	[COL_CLIENT_PORT] = { false, true, true, EV_CLIENT_PORT, 11 },
	[COL_CLIENT_NAME] = { true, false, true, EV_CLIENT_NAME, 6 },
	[COL_HELO] = { true, false, true, EV_HELO, 7 },
	[COL_USER] = { true, false, true, EV_USER, 8 },
	[COL_RELAY_IP] = { .text = true, .field = EV_RELAY_IP },
	[COL_RELAY_NAME] = { .text = true, .field = EV_RELAY_NAME },
	[COL_RELAY_PORT] = { .number = true, .field = EV_RELAY_PORT },
	[COL_CODE] = { .number = true, .field = EV_CODE },
	[COL_DSN] = { .text = true, .field = EV_DSN },
	[COL_REPLY] = { .text = true, .field = EV_REPLY },
	[COL_SIZE] = { false, true, true, EV_SIZE, 12 },
	[COL_NRCPT] = { false, true, true, EV_NRCPT, 13 },
	[COL_SUBJECT] = { true, false, true, EV_SUBJECT, 10 },
	[COL_HEADER_FROM] = { true, false, true, EV_HEADER_FROM, 4 },
	[COL_ATTACHMENT] = { .text = true, .field = EV_ATTACHMENT },
	[COL_VERDICT] = { .text = true, .field = EV_VERDICT },
	[COL_TLS] = { true, false, true, EV_TLS, 9 },
	[COL_NEXT_QUEUE_ID] = { .text = true, .field = EV_NEXT_QUEUE_ID },
};

#define WORD(c) "(SELECT text FROM word WHERE id=t." c ")"
static const char tx_text[] =
	"SELECT t.journey," WORD("server") ",t.message_id," WORD("sender") ","
	WORD("header_from") "," WORD("client_ip") "," WORD("client_name") ","
	WORD("helo") "," WORD("user") "," WORD("tls") "," WORD("subject")
	",t.client_port,t.size,t.nrcpt,t.session,t.flags FROM tx t"
	" WHERE t.id=?1";
enum { TX_JOURNEY = 0, TX_SERVER = 1, TX_SESSION = 14, TX_FLAGS = 15 };

struct table {
	sqlite3_vtab base;
	struct engine *engine;
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct engine *engine;
	struct scan scan;
	bool end;
	struct text_record record;
	sqlite3_stmt *tx;
	int64_t tx_id; /* whose row TX stands on, 0 none */
	struct event_server servers;
};

/* Table ------------------------------------------------------------------- */

static int v_connect(sqlite3 *db, void *arg, int argc, const char *const *argv,
                     sqlite3_vtab **out, char **message)
{
	const char *const *c = engine_columns(UNIT_EVENTS);
	struct strbuf text = { 0 };
	struct table *t;
	int code;

	(void)argc, (void)argv, (void)message;
	strbuf_add_str(&text, "CREATE TABLE v_event(");
	for (; *c; c++)
		strbuf_addf(&text, "\"%s\",", *c);
	strbuf_add_str(&text,
	               "time_us HIDDEN,hidden HIDDEN,candidates HIDDEN)");
	code = sqlite3_declare_vtab(db, strbuf_text(&text));
	strbuf_release(&text);
	if (code != SQLITE_OK)
		return code;
	t = mem_alloc(sizeof *t);
	t->engine = arg;
	*out = &t->base;
	return SQLITE_OK;
}

static int v_disconnect(sqlite3_vtab *v)
{
	free(v);
	return SQLITE_OK;
}

/* Constraints that the scan can use; NEEDLE: SQLite need not look again. */
static bool is_usable(int column, int op)
{
	bool range = op == SQLITE_INDEX_CONSTRAINT_GT ||
	             op == SQLITE_INDEX_CONSTRAINT_GE ||
	             op == SQLITE_INDEX_CONSTRAINT_LT ||
	             op == SQLITE_INDEX_CONSTRAINT_LE;
	bool equal = op == SQLITE_INDEX_CONSTRAINT_EQ;

	switch (column) {
	case COL_EVENT_ID:
	case COL_TRANSACTION_ID:
	case COL_JOURNEY_ID:
	case COL_SESSION_ID:
	case COL_SOURCE_ID:
	case COL_ACTION:
	case COL_CANDIDATES: return equal;
	case COL_LINE:
	case COL_OFFSET: return equal || range;
	case COL_TIME_UTC: return equal || range;
	case COL_TIME_US:
		return equal || range || op == SQLITE_INDEX_CONSTRAINT_ISNULL ||
		       op == SQLITE_INDEX_CONSTRAINT_ISNOTNULL;
	default: return false;
	}
}

static double cost_of(int column, int op)
{
	switch (column) {
	case COL_EVENT_ID: return 1e-6;
	case COL_TRANSACTION_ID:
	case COL_JOURNEY_ID:
	case COL_SESSION_ID: return 1e-4;
	case COL_SOURCE_ID: return .2;
	case COL_LINE:
	case COL_OFFSET: return op == SQLITE_INDEX_CONSTRAINT_EQ ? 1e-4 : .3;
	case COL_ACTION: return .3;
	case COL_CANDIDATES: return .01;
	default: return op == SQLITE_INDEX_CONSTRAINT_ISNOTNULL ? 1 : .3;
	}
}

/* 0 none, 1 by time, 2 by time down: ORDER BY time [, event_id]. */
static int order_of(const sqlite3_index_info *x)
{
	bool down;

	if (x->nOrderBy < 1 || x->nOrderBy > 2)
		return 0;
	if (x->aOrderBy[0].iColumn != COL_TIME_US &&
	    x->aOrderBy[0].iColumn != COL_TIME_UTC)
		return 0;
	down = x->aOrderBy[0].desc;
	if (x->nOrderBy == 2 && (x->aOrderBy[1].iColumn != COL_EVENT_ID ||
	                         (bool)x->aOrderBy[1].desc != down))
		return 0;
	return down ? 2 : 1;
}

/* idxStr: per value two letters, column and operator; idxNum: the order. */
static int v_best_index(sqlite3_vtab *v, sqlite3_index_info *x)
{
	double cost = 1e7;
	char *plan = sqlite3_malloc(2 * x->nConstraint + 1);
	int n = 0;

	(void)v;
	if (!plan)
		return SQLITE_NOMEM;
	for (int i = 0; i < x->nConstraint; i++) {
		int column = x->aConstraint[i].iColumn;
		int op = x->aConstraint[i].op;

		if (column == COL_CANDIDATES && !x->aConstraint[i].usable) {
			sqlite3_free(plan);
			return SQLITE_CONSTRAINT;
		}
		if (!x->aConstraint[i].usable || !is_usable(column, op))
			continue;
		/* all values of an IN at once */
		if (sqlite3_vtab_in(x, i, -1))
			sqlite3_vtab_in(x, i, 1);
		plan[2 * n] = (char)('A' + column);
		plan[2 * n + 1] = (char)op;
		x->aConstraintUsage[i].argvIndex = ++n;
		x->aConstraintUsage[i].omit = column == COL_CANDIDATES;
		cost *= cost_of(column, op);
	}
	plan[2 * n] = '\0';
	x->idxStr = plan;
	x->needToFreeIdxStr = 1;
	x->idxNum = order_of(x);
	x->orderByConsumed = x->idxNum != 0;
	x->estimatedCost = cost + 10;
	x->estimatedRows = (sqlite3_int64)(cost / 10) + 1;
	return SQLITE_OK;
}

/* Cursor ------------------------------------------------------------------ */

static int v_open(sqlite3_vtab *v, sqlite3_vtab_cursor **out)
{
	struct cursor *c = mem_alloc(sizeof *c);

	c->engine = ((struct table *)v)->engine;
	c->end = true;
	*out = &c->base;
	return SQLITE_OK;
}

static int v_close(sqlite3_vtab_cursor *b)
{
	struct cursor *c = (struct cursor *)b;

	scan_release(&c->scan);
	text_record_release(&c->record);
	sqlite3_finalize(c->tx);
	event_server_release(&c->servers);
	free(c);
	return SQLITE_OK;
}

static int fail(struct cursor *c, const struct err *err)
{
	sqlite3_free(c->base.pVtab->zErrMsg);
	c->base.pVtab->zErrMsg = sqlite3_mprintf("%s", err->text);
	return cancel_asked(c->engine->cancel) ? SQLITE_INTERRUPT : SQLITE_ERROR;
}

/* All values of the constraint: one, or those of an IN. */
static void each_value(sqlite3_value *v, struct wanted *w,
                       void (*add)(struct wanted *, sqlite3_value *))
{
	sqlite3_value *one = NULL;
	int code = sqlite3_vtab_in_first(v, &one);

	w->set = true;
	if (code == SQLITE_ERROR || code == SQLITE_MISUSE) {
		add(w, v);
		return;
	}
	for (; code == SQLITE_OK && one; code = sqlite3_vtab_in_next(v, &one))
		add(w, one);
}

static void add_number(struct wanted *w, sqlite3_value *v)
{
	if (sqlite3_value_numeric_type(v) == SQLITE_INTEGER)
		wanted_add(w, sqlite3_value_int64(v));
}

static void add_action(struct wanted *w, sqlite3_value *v)
{
	const char *name = (const char *)sqlite3_value_text(v);
	enum action a;

	if (name && action_find(slice_str(name), &a))
		wanted_add(w, (int64_t)a);
}

/* Both lists must hold it. */
static void wanted_and(struct wanted *w, struct wanted *more)
{
	size_t n = 0;

	wanted_sort(more);
	if (!w->set) {
		*w = *more;
		return;
	}
	for (size_t i = 0; i < w->n; i++)
		if (wanted_has(more, w->list[i]))
			w->list[n++] = w->list[i];
	w->n = n;
	free(more->list);
}

/* The transactions that TEXT gives for each of IDS. */
static bool add_txs(struct engine *e, const char *text, const struct wanted *ids,
                    struct wanted *txs, struct err *err)
{
	sqlite3_stmt *q;

	if (!sql_prepare(e->db, e->path, text, &q, err))
		return false;
	txs->set = true;
	for (size_t i = 0; i < ids->n; i++) {
		sqlite3_bind_int64(q, 1, ids->list[i]);
		while (sqlite3_step(q) == SQLITE_ROW)
			wanted_add(txs, sqlite3_column_int64(q, 0));
		sqlite3_reset(q);
	}
	sqlite3_finalize(q);
	return true;
}

/* Narrows *FROM..*TO, both included. Texts are ISO times. */
static void bound(sqlite3_value *v, int op, int64_t *from, int64_t *to)
{
	int64_t x = sqlite3_value_int64(v), span;
	bool has_zone;
	int32_t offset;

	if (sqlite3_value_type(v) == SQLITE_TEXT) {
		/* other text compares as text: SQLite looks at each row */
		if (!civil_parse(slice_str((const char *)sqlite3_value_text(v)),
		                 &x, &span, &has_zone, &offset) ||
		    span != 1)
			return;
	} else if (sqlite3_value_type(v) != SQLITE_INTEGER) {
		return;
	}
	if (op == SQLITE_INDEX_CONSTRAINT_GT && x < INT64_MAX)
		x++;
	if (op == SQLITE_INDEX_CONSTRAINT_LT && x > INT64_MIN)
		x--;
	if ((op == SQLITE_INDEX_CONSTRAINT_EQ ||
	     op == SQLITE_INDEX_CONSTRAINT_GT ||
	     op == SQLITE_INDEX_CONSTRAINT_GE) &&
	    x > *from)
		*from = x;
	if ((op == SQLITE_INDEX_CONSTRAINT_EQ ||
	     op == SQLITE_INDEX_CONSTRAINT_LT ||
	     op == SQLITE_INDEX_CONSTRAINT_LE) &&
	    x < *to)
		*to = x;
}

static void bound_unsigned(sqlite3_value *v, int op, uint64_t *from, uint64_t *to)
{
	int64_t a = *from > INT64_MAX ? INT64_MAX : (int64_t)*from;
	int64_t b = *to > INT64_MAX ? INT64_MAX : (int64_t)*to;

	if (sqlite3_value_type(v) != SQLITE_INTEGER)
		return;
	bound(v, op, &a, &b);
	*from = (uint64_t)(a < 0 ? 0 : a);
	/* nothing is below 0 */
	if (b < 0) {
		*from = 1;
		*to = 0;
	} else {
		*to = (uint64_t)b;
	}
}

static void want_time(struct scan_want *w, sqlite3_value *v, int op)
{
	if (op == SQLITE_INDEX_CONSTRAINT_ISNULL) {
		w->timeless = true;
	} else {
		w->timed = true;
		if (op != SQLITE_INDEX_CONSTRAINT_ISNOTNULL)
			bound(v, op, &w->from, &w->to);
	}
}

static bool add_constraint(struct cursor *c, struct scan_want *w, int column,
                           int op, sqlite3_value *v, struct err *err)
{
	struct wanted list = { 0 }, txs = { 0 };
	bool ok = true;

	switch (column) {
	case COL_EVENT_ID:
		each_value(v, &list, add_number);
		wanted_and(&w->events, &list);
		break;
	case COL_TRANSACTION_ID:
		each_value(v, &list, add_number);
		wanted_and(&w->txs, &list);
		break;
	case COL_SESSION_ID:
		each_value(v, &list, add_number);
		ok = add_txs(c->engine, "SELECT id FROM tx WHERE session=?1",
		             &list, &txs, err);
		wanted_and(&w->sessions, &list);
		wanted_and(&w->session_txs, &txs);
		break;
	case COL_SOURCE_ID:
		each_value(v, &list, add_number);
		wanted_and(&w->sources, &list);
		break;
	case COL_JOURNEY_ID:
		each_value(v, &list, add_number);
		ok = add_txs(c->engine, "SELECT id FROM tx WHERE journey=?1",
		             &list, &txs, err);
		wanted_and(&w->txs, &txs);
		free(list.list);
		break;
	case COL_ACTION:
		each_value(v, &list, add_action);
		w->actions = w->actions ? w->actions : UINT32_MAX;
		{
			uint32_t bits = 0;

			for (size_t i = 0; i < list.n; i++)
				bits |= 1u << list.list[i];
			/* bit 31 is no action: nothing matches */
			w->actions &= bits ? bits : 1u << 31;
		}
		w->actions = w->actions ? w->actions : 1u << 31;
		free(list.list);
		break;
	case COL_LINE:
		bound_unsigned(v, op, &w->line_from, &w->line_to);
		break;
	case COL_OFFSET:
		bound_unsigned(v, op, &w->offset_from, &w->offset_to);
		break;
	case COL_CANDIDATES:
		w->candidates = sqlite3_value_pointer(v, "ms");
		break;
	default: want_time(w, v, op); break;
	}
	return ok;
}

static int next_row(struct cursor *c)
{
	struct err err;

	return scan_next(&c->scan, &c->end, &err) ? SQLITE_OK : fail(c, &err);
}

static int v_filter(sqlite3_vtab_cursor *b, int order, const char *plan,
                    int argc, sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)b;
	struct scan_want w = { .from = INT64_MIN, .to = INT64_MAX,
		               .line_to = UINT64_MAX, .offset_to = UINT64_MAX };
	struct err err;

	scan_release(&c->scan);
	c->tx_id = 0;
	w.order = order == 1   ? SCAN_TIME
	          : order == 2 ? SCAN_TIME_DOWN
	                       : SCAN_PLACE;
	for (int i = 0; i < argc; i++)
		if (!add_constraint(c, &w, plan[2 * i] - 'A',
		                    (unsigned char)plan[2 * i + 1], argv[i],
		                    &err)) {
			scan_want_release(&w);
			return fail(c, &err);
		}
	if (!scan_start(&c->scan, c->engine, &w, &err))
		return fail(c, &err);
	return next_row(c);
}

static int v_next(sqlite3_vtab_cursor *b)
{
	return next_row((struct cursor *)b);
}

static int v_eof(sqlite3_vtab_cursor *b)
{
	return ((struct cursor *)b)->end;
}

/* Columns ------------------------------------------------------------------- */

static void give(sqlite3_context *x, struct slice s)
{
	struct slice rest = s;

	if (!s.ptr)
		return;
	/* bytes that are no text stay bytes: as sql_bind_slice */
	while (rest.len > 0) {
		uint32_t ch = (unsigned char)*rest.ptr < 0x80
		                      ? (unsigned char)*rest.ptr
		                      : text_next(&rest);

		if (ch == 0 || ch == TEXT_BAD) {
			sqlite3_result_blob64(x, s.ptr, s.len,
			                      SQLITE_TRANSIENT);
			return;
		}
		if (ch < 0x80)
			rest = slice_from(rest, 1);
	}
	sqlite3_result_text64(x, s.ptr, s.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void give_str(sqlite3_context *x, const char *s)
{
	if (s && *s)
		give(x, slice_str(s));
}

static void give_id(sqlite3_context *x, int64_t id)
{
	if (id)
		sqlite3_result_int64(x, id);
}

/* The transaction's row, or NULL. */
static sqlite3_stmt *tx_row(struct cursor *c)
{
	int64_t id = c->scan.chunk->tx[c->scan.record];

	if (!id)
		return NULL;
	if (id == c->tx_id)
		return c->tx;
	c->tx_id = 0;
	if (!c->tx && sqlite3_prepare_v2(c->engine->db, tx_text, -1, &c->tx,
	                                 NULL) != SQLITE_OK)
		return NULL;
	sqlite3_reset(c->tx);
	sqlite3_bind_int64(c->tx, 1, id);
	if (sqlite3_step(c->tx) != SQLITE_ROW)
		return NULL;
	c->tx_id = id;
	return c->tx;
}

/* The event as its line says it; NULL if the line cannot be read. */
static const struct event *parsed(struct cursor *c)
{
	text_record_read(c->engine, c->scan.chunk, c->scan.record, &c->record);
	if (!c->record.here || c->scan.ordinal >= c->record.events.n)
		return NULL;
	return &c->record.events.list[c->scan.ordinal];
}

static void give_field(sqlite3_context *x, struct cursor *c, int column)
{
	enum event_field f = sources_of[column].field;
	const struct event *e;

	if (sources_of[column].inherited) {
		sqlite3_stmt *tx = tx_row(c);
		int i = sources_of[column].tx;

		if (tx && sqlite3_column_type(tx, i) != SQLITE_NULL) {
			sqlite3_result_value(x, sqlite3_column_value(tx, i));
			return;
		}
	}
	e = parsed(c);
	if (!e || !event_has(e, f))
		return;
	if (sources_of[column].text)
		give(x, event_text(e, f));
	else
		sqlite3_result_int64(x, event_number(e, f, 0));
}

/* Given, else that of the host in the line or of the file; a transaction
 * knows. */
static void give_server(sqlite3_context *x, struct cursor *c)
{
	const struct text_source *s = c->scan.chunk->source;
	sqlite3_stmt *tx = tx_row(c);
	struct slice host;

	if (tx && sqlite3_column_type(tx, TX_SERVER) != SQLITE_NULL) {
		sqlite3_result_value(x, sqlite3_column_value(tx, TX_SERVER));
		return;
	}
	if (s->server[0]) {
		give_str(x, s->server);
		return;
	}
	text_record_read(c->engine, c->scan.chunk, c->scan.record, &c->record);
	host = c->record.here ? c->record.record.host : slice_of(NULL, 0);
	give(x, event_server(&c->servers, c->engine->db, s, host));
}

static void give_time(sqlite3_context *x, int64_t us)
{
	struct strbuf b = { 0 };

	if (us == TIME_NONE)
		return;
	civil_add_iso(&b, us);
	give(x, strbuf_slice(&b));
	strbuf_release(&b);
}

static void give_basis(sqlite3_context *x, struct cursor *c)
{
	const struct chunk *k = c->scan.chunk;
	uint32_t i = c->scan.record;
	struct stamp t = stamp_unpack(k->columns->columns.time[i]);
	const struct stretch *s;

	if (t.us == TIME_NONE)
		return;
	s = text_stretch(c->engine, k->source->id, k->line[i]);
	if ((t.has & STAMP_ABSOLUTE) == STAMP_ABSOLUTE)
		give_str(x, stretch_basis_name(BASIS_LINE));
	else if (s && !(t.has & STAMP_YEAR) &&
		 (s->zone_basis == BASIS_COPY ||
		  (s->year_basis != BASIS_COPY &&
		   s->year_basis >= s->zone_basis)))
		give_str(x, stretch_basis_name(s->year_basis));
	else if (s)
		give_str(x, stretch_basis_name(s->zone_basis));
}

static void give_action(sqlite3_context *x, struct cursor *c)
{
	const struct piece_lines *l = &c->scan.chunk->columns->columns;
	enum action a = (enum action)l->action[c->scan.record];
	const struct event *e;

	if (c->scan.ordinal > 0) {
		e = parsed(c);
		if (!e)
			return;
		a = e->action;
	}
	if (a < ACTION_COUNT)
		give_str(x, action_name(a));
}

static void give_raw(sqlite3_context *x, struct cursor *c)
{
	text_record_read(c->engine, c->scan.chunk, c->scan.record, &c->record);
	if (c->record.here && c->record.record.raw.ptr)
		give(x, record_text(&c->record.record));
	else if (c->record.here)
		give(x, strbuf_slice(&c->record.bytes));
	else
		give_str(x, c->record.why.text);
}

static void give_from_record(sqlite3_context *x, struct cursor *c, int column)
{
	const struct record *r = &c->record.record;
	uint64_t pid;

	text_record_read(c->engine, c->scan.chunk, c->scan.record, &c->record);
	if (!c->record.here)
		return;
	if (column == COL_TIME_RAW)
		give(x, r->time_raw);
	else if (column == COL_PROGRAM)
		give(x, r->program);
	else if (slice_u64(r->pid, &pid) && pid < INT64_MAX)
		sqlite3_result_int64(x, (int64_t)pid);
	else
		give(x, r->pid);
}

static void give_delay(sqlite3_context *x, struct cursor *c)
{
	const struct event *e = parsed(c);

	if (e && event_has(e, EV_DELAY))
		sqlite3_result_double(
			x, (double)event_number(e, EV_DELAY, 0) / 1e6);
}

static void give_session(sqlite3_context *x, struct cursor *c)
{
	int64_t own = chunk_session(c->scan.chunk, c->scan.record);
	sqlite3_stmt *tx = own ? NULL : tx_row(c);

	if (tx)
		sqlite3_result_value(x, sqlite3_column_value(tx, TX_SESSION));
	else
		give_id(x, own);
}

static void give_hidden(sqlite3_context *x, struct cursor *c)
{
	sqlite3_stmt *tx = tx_row(c);

	sqlite3_result_int(
		x, tx && (sqlite3_column_int64(tx, TX_FLAGS) &
	                  (ROW_PROBE | ROW_COPY)) != 0);
}

static int v_column(sqlite3_vtab_cursor *b, sqlite3_context *x, int column)
{
	struct cursor *c = (struct cursor *)b;
	const struct chunk *k = c->scan.chunk;
	uint32_t i = c->scan.record;
	sqlite3_stmt *tx;

	switch ((enum column)column) {
	case COL_EVENT_ID:
		sqlite3_result_int64(x, event_id(k->source->id, k->line[i],
		                                 c->scan.ordinal));
		break;
	case COL_TIME_UTC: give_time(x, k->utc[i]); break;
	case COL_TIME_US:
		if (k->utc[i] != TIME_NONE)
			sqlite3_result_int64(x, k->utc[i]);
		break;
	case COL_TIME_BASIS: give_basis(x, c); break;
	case COL_SOURCE_ID: sqlite3_result_int64(x, k->source->id); break;
	case COL_PATH: give_str(x, k->source->path); break;
	case COL_SHA256: give_str(x, k->source->sha256); break;
	case COL_LINE: sqlite3_result_int64(x, (int64_t)k->line[i]); break;
	case COL_OFFSET: sqlite3_result_int64(x, (int64_t)k->offset[i]); break;
	case COL_LENGTH:
		sqlite3_result_int64(x, k->columns->columns.length[i]);
		break;
	case COL_SERVER: give_server(x, c); break;
	case COL_TIME_RAW:
	case COL_PROGRAM:
	case COL_PID: give_from_record(x, c, column); break;
	case COL_ACTION: give_action(x, c); break;
	case COL_DELAY: give_delay(x, c); break;
	case COL_SESSION_ID: give_session(x, c); break;
	case COL_TRANSACTION_ID: give_id(x, k->tx[i]); break;
	case COL_JOURNEY_ID:
		tx = tx_row(c);
		if (tx)
			sqlite3_result_value(
				x, sqlite3_column_value(tx, TX_JOURNEY));
		break;
	case COL_RAW: give_raw(x, c); break;
	case COL_HIDDEN: give_hidden(x, c); break;
	case COL_QUEUE_ID:
	case COL_MESSAGE_ID:
	case COL_SENDER:
	case COL_RECIPIENT:
	case COL_ORIG_RECIPIENT:
	case COL_CLIENT_IP:
	case COL_CLIENT_PORT:
	case COL_CLIENT_NAME:
	case COL_HELO:
	case COL_USER:
	case COL_RELAY_IP:
	case COL_RELAY_NAME:
	case COL_RELAY_PORT:
	case COL_CODE:
	case COL_DSN:
	case COL_REPLY:
	case COL_SIZE:
	case COL_NRCPT:
	case COL_SUBJECT:
	case COL_HEADER_FROM:
	case COL_ATTACHMENT:
	case COL_VERDICT:
	case COL_TLS:
	case COL_NEXT_QUEUE_ID: give_field(x, c, column); break;
	case COL_CANDIDATES:
	case COL_COUNT: break;
	}
	return SQLITE_OK;
}

static int v_rowid(sqlite3_vtab_cursor *b, sqlite3_int64 *id)
{
	const struct cursor *c = (const struct cursor *)b;

	*id = event_id(c->scan.chunk->source->id,
	               c->scan.chunk->line[c->scan.record], c->scan.ordinal);
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.iVersion = 2,
	.xConnect = v_connect, /* no xCreate: eponymous only */
	.xBestIndex = v_best_index,
	.xDisconnect = v_disconnect,
	.xOpen = v_open,
	.xClose = v_close,
	.xFilter = v_filter,
	.xNext = v_next,
	.xEof = v_eof,
	.xColumn = v_column,
	.xRowid = v_rowid,
};

int v_event_register(struct engine *e, struct sqlite3 *db,
                     void (*done)(void *engine))
{
	return sqlite3_create_module_v2(db, "v_event", &module, e, done);
}
