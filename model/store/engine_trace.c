/* SPDX-License-Identifier: MIT */
/* One message whole, and finding it by an id. */
#include "model/store/engine_private.h"
#include "base/hash.h"
#include "base/intern.h"
#include "model/store/store.h"

static size_t count_columns(const char *const *columns)
{
	size_t n = 0;

	while (columns[n])
		n++;
	return n;
}

/* The statement of TEXT, of an earlier trace if there was one: many are written one
 * after the other, and preparing them takes longer than running them. */
static sqlite3_stmt *statement(struct engine *e, const char *text,
                               struct err *err)
{
	uint64_t key = hash64(slice_str(text));
	size_t i;

	for (i = 0; i < KEPT - 1 && e->kept[i].stmt; i++)
		if (e->kept[i].text == key)
			return e->kept[i].stmt;
	sqlite3_finalize(e->kept[i].stmt); /* the last place is for any */
	e->kept[i].stmt = NULL;
	e->kept[i].text = key;
	if (sqlite3_prepare_v3(e->db, text, -1, SQLITE_PREPARE_PERSISTENT,
	                       &e->kept[i].stmt, NULL) != SQLITE_OK)
		engine_failed(e, err);
	return e->kept[i].stmt;
}

/* Rows of FROM, which has COLUMNS and first the id; ?1 is bound to KEY. */
static struct result *read_rows(struct engine *e, enum unit u, const char *from,
                                const char *const *columns, int64_t key,
                                struct err *err)
{
	struct result *r = result_new(e, u);
	sqlite3_stmt *stmt = statement(e, from, err);
	int code = SQLITE_ERROR;
	size_t cap = 0;

	result_set_columns(r, columns, count_columns(columns));
	if (stmt)
		sqlite3_bind_int64(stmt, 1, key);
	while (stmt && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct cell *c =
			result_add_row(r, sqlite3_column_int64(stmt, 0), &cap);

		for (size_t i = 0; i < r->ncolumns; i++)
			cell_read(stmt, (int)i + 1, column_is_time(r->columns[i]),
			          &r->memory, &c[i]);
	}
	if (stmt && code != SQLITE_DONE)
		engine_failed(e, err);
	sqlite3_reset(stmt);
	if (code == SQLITE_DONE)
		return r;
	result_free(r);
	return NULL;
}

/* Rows of a view: SELECT id, * in the contract's columns. */
static struct result *read_view(struct engine *e, enum unit u, const char *where,
                                int64_t key, struct err *err)
{
	const char *const *columns = engine_columns(u);
	struct strbuf text = { 0 };
	struct result *r;

	strbuf_addf(&text, "SELECT v.%s", units[u].id);
	for (size_t i = 0; columns[i]; i++)
		strbuf_addf(&text, ",v.\"%s\"", columns[i]);
	strbuf_addf(&text, " FROM %s v WHERE %s", units[u].view, where);
	r = read_rows(e, u, strbuf_text(&text), columns, key, err);
	strbuf_release(&text);
	return r;
}

/* + : see engine_where.c */
#define TXS "(SELECT +id FROM tx WHERE journey=?1)"
#define LINKS "(SELECT +id FROM link WHERE from_tx IN" TXS " OR to_tx IN" TXS ")"

static struct result *read_related(struct engine *e, int64_t journey,
                                   struct err *err)
{
	static const char *const columns[] = { "journey_id", "how", "first_utc",
		                               "message_id", "sender", NULL };
	struct strbuf text = { 0 };
	struct result *r;

	strbuf_add_str(&text, "SELECT r.other,r.other,CASE r.how");
	for (int i = 0; i < LINK_KIND_COUNT; i++)
		strbuf_addf(&text, " WHEN %d THEN '%s'", i,
		            link_kind_name((enum link_kind)i));
	strbuf_addf(&text, " WHEN %d THEN 'resent'", RELATED_RESENT);
	strbuf_add_str(&text,
	               " END,j.first_utc,j.message_id,j.sender FROM related r"
	               " LEFT JOIN v_journey j ON j.journey_id=r.other"
	               " WHERE r.journey=?1 ORDER BY r.other,r.how");
	r = read_rows(e, UNIT_MESSAGES, strbuf_text(&text), columns, journey,
	              err);
	strbuf_release(&text);
	return r;
}

#define WORD(id) "(SELECT text FROM word WHERE id=" id ")"
#define TIME(us)                                                            \
	"strftime('%Y-%m-%dT%H:%M:%S'," us "/1000000-(" us                  \
	"%1000000<0),'unixepoch')||'.'||substr(1000000+(" us                \
	"%1000000+1000000)%1000000,2)||'Z'"
/* A clock that is off shows the message at another time. */
#define AROUND "900000000"

/* Not through v_clock, which would print all of its rows for each journey. */
static struct result *read_clocks(struct engine *e, int64_t journey,
                                  struct err *err)
{
	static const char *const columns[] = {
		"server", "source_id", "from_line", "to_line", "from_utc",
		"to_utc", "offset_lo_s", "offset_hi_s", "drift_ppm", "n",
		"reference", NULL
	};

	return read_rows(
		e, UNIT_CLOCKS,
		"SELECT k.id," WORD("k.server") ",k.source,k.from_line,"
		"k.to_line," TIME("k.first") "," TIME("k.last") ",k.lo/1e6,"
		"k.hi/1e6,k.drift/1e3,k.n," WORD("k.reference")
		" FROM journey j CROSS JOIN clock k WHERE j.id=?1"
		" AND k.server IN(SELECT server FROM tx WHERE journey=?1)"
		" AND k.first<=coalesce(j.last,j.first)+" AROUND
		" AND k.last>=j.first-" AROUND " ORDER BY k.server,k.first,k.id",
		columns, journey, err);
}

static int64_t number_in(const struct result *r, size_t row,
                           const char *column)
{
	const struct cell *c = result_cell(r, row, column);

	return c && c->text.ptr ? c->number : 0;
}

ptrdiff_t trace_clock(const struct trace *t, struct slice server, int64_t us)
{
	int64_t nearest = INT64_MAX;
	ptrdiff_t best = -1;

	for (size_t i = 0; t->clocks && i < t->clocks->nrows; i++) {
		const struct cell *name = result_cell(t->clocks, i, "server");
		const struct cell *lo =
			result_cell(t->clocks, i, "offset_lo_s");
		const struct cell *hi =
			result_cell(t->clocks, i, "offset_hi_s");
		int64_t from = number_in(t->clocks, i, "from_utc");
		int64_t to = number_in(t->clocks, i, "to_utc"), gap = 0;

		if (!slice_eq(name->text, server) || !lo->text.ptr ||
		    !hi->text.ptr)
			continue;
		if (us < from)
			gap = from - us;
		else if (us > to)
			gap = us - to;
		if (gap >= nearest)
			continue;
		nearest = gap;
		best = (ptrdiff_t)i;
	}
	return best;
}

static bool has_number(const int64_t *list, size_t n, int64_t number)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return true;
	return false;
}

#define CITED 256 /* sources; a message has lines in a few */

/* The sources that the evidence cites. */
static struct result *read_sources(struct engine *e, const struct result *cited,
                                   struct err *err)
{
	static const char *const columns[] = { "from_source", "to_source" };
	struct strbuf where = { 0 };
	int64_t ids[CITED];
	struct result *r;
	size_t n = 0;

	strbuf_add_str(&where, "?1 IS NOT NULL AND v.source_id IN(0");
	for (size_t i = 0; cited && i < cited->nrows; i++)
		for (size_t k = 0; k < 2; k++) {
			int64_t id = number_in(cited, i, columns[k]);

			if (n == CITED || has_number(ids, n, id))
				continue;
			ids[n++] = id;
			strbuf_addf(&where, ",%lld", (long long)id);
		}
	strbuf_add_char(&where, ')');
	r = read_view(e, UNIT_SOURCES, strbuf_text(&where), 0, err);
	strbuf_release(&where);
	return r;
}

static bool read_trace(struct engine *e, struct trace *t, int64_t journey,
                       struct err *err)
{
	t->journey = read_view(e, UNIT_MESSAGES, "v.journey_id=?1", journey, err);
	if (!t->journey)
		return false;
	if (t->journey->nrows == 0)
		return err_set(err, "no message has the number %lld",
		               (long long)journey);
	t->transactions =
		read_view(e, UNIT_TRANSACTIONS,
	                  "v.transaction_id IN" TXS
	                  " ORDER BY v.opened_utc,v.transaction_id",
	                  journey, err);
	t->deliveries = read_view(e, UNIT_DELIVERIES,
	                          "v.delivery_id IN(SELECT id FROM delivery"
	                          " WHERE tx IN" TXS
	                          ") ORDER BY v.first_utc,v.delivery_id",
	                          journey, err);
	t->attempts = read_view(e, UNIT_ATTEMPTS,
	                        "v.attempt_id IN(SELECT id FROM attempt"
	                        " WHERE tx IN" TXS
	                        ") ORDER BY v.time_utc,v.attempt_id",
	                        journey, err);
	t->links = read_view(e, UNIT_LINKS,
	                     "v.link_id IN" LINKS " ORDER BY v.link_id",
	                     journey, err);
	t->evidence = read_view(e, UNIT_EVIDENCE,
	                        "v.link_id IN" LINKS
	                        " ORDER BY v.link_id,v.from_line,v.to_line",
	                        journey, err);
	t->recipients = read_view(e, UNIT_RECIPIENTS,
	                          "v.journey_id=?1 ORDER BY v.recipient_id",
	                          journey, err);
	t->related = read_related(e, journey, err);
	t->missing = read_view(e, UNIT_MISSING,
	                       "v.missing_id IN(SELECT id FROM missing WHERE"
	                       " journey=?1) ORDER BY v.missing_id",
	                       journey, err);
	t->clocks = read_clocks(e, journey, err);
	t->sources = read_sources(e, t->evidence, err);
	return t->transactions && t->deliveries && t->attempts && t->links &&
	       t->evidence && t->recipients && t->related && t->missing &&
	       t->clocks && t->sources;
}

struct trace *engine_trace(struct engine *e, int64_t journey,
                           struct cancel *cancel, struct err *err)
{
	struct trace *t;
	bool ok;

	if (!engine_begin(e, cancel, err))
		return NULL;
	t = mem_alloc(sizeof *t);
	ok = read_trace(e, t, journey, err);
	engine_end(e);
	if (ok)
		return t;
	trace_free(t);
	return NULL;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	result_free(t->journey);
	result_free(t->transactions);
	result_free(t->deliveries);
	result_free(t->attempts);
	result_free(t->links);
	result_free(t->evidence);
	result_free(t->recipients);
	result_free(t->related);
	result_free(t->missing);
	result_free(t->clocks);
	result_free(t->sources);
	free(t);
}

/* Finding ------------------------------------------------------------------- */

struct found {
	struct engine *engine;
	struct intern seen;
	int64_t *list;
	size_t limit, n; /* n counts on beyond the limit */
	struct err *err;
};

static void found_add(struct found *f, int64_t journey)
{
	struct slice key = slice_of((const char *)&journey, sizeof journey);

	if (intern_add(&f->seen, key) <= f->n)
		return;
	if (f->n < f->limit)
		f->list[f->n] = journey;
	f->n++;
}

/* Adds the journeys that TEXT gives; ?1 is ID, ?2 is NUMBER. */
static bool find_by(struct found *f, const char *text, struct slice id,
                    int64_t number)
{
	sqlite3_stmt *stmt = NULL;
	int code;

	if (sqlite3_prepare_v2(f->engine->db, text, -1, &stmt, NULL) !=
	    SQLITE_OK)
		return engine_failed(f->engine, f->err);
	if (sqlite3_bind_parameter_count(stmt) >= 1)
		sql_bind_slice(stmt, 1, id);
	if (sqlite3_bind_parameter_count(stmt) >= 2)
		sqlite3_bind_int64(stmt, 2, number);
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
			found_add(f, sqlite3_column_int64(stmt, 0));
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE || engine_failed(f->engine, f->err);
}

static bool find_event(struct found *f, int64_t event)
{
	return find_by(f, "SELECT journey_id FROM v_event"
	                  " WHERE event_id=?2 AND ?1 IS NULL",
	               slice_of(NULL, 0), event);
}

/* SERVER/QUEUEID */
static bool find_on_server(struct found *f, struct slice id)
{
	struct slice server = slice_cut(&id, '/');

	if (id.len == 0 || !engine_need_words(f->engine, f->err))
		return f->engine != NULL;
	for (uint32_t i = 1; i <= f->engine->words.n; i++)
		if (slice_eq_nocase(f->engine->words.text[i], server) &&
		    !find_by(f, "SELECT DISTINCT journey FROM tx"
		                " WHERE queue_id=?1 AND server=?2",
		             id, i))
			return false;
	return true;
}

/* EXHIBIT:LINE, PATH:LINE or the start of a hash and a line. */
static bool find_citation(struct found *f, struct slice id)
{
	static const char text[] =
		"SELECT id FROM source WHERE exhibit=?1 OR path=?1 OR"
		" (length(?1)>=8 AND (substr(lower(hex(sha256)),1,length(?1))"
		"=lower(?1)))";
	size_t colon = slice_rchr(id, ':');
	uint64_t line;
	sqlite3_stmt *stmt = NULL;
	bool ok = true;

	if (colon == SLICE_NONE || !slice_u64(slice_from(id, colon + 1), &line))
		return true;
	if (sqlite3_prepare_v2(f->engine->db, text, -1, &stmt, NULL) !=
	    SQLITE_OK)
		return engine_failed(f->engine, f->err);
	sql_bind_slice(stmt, 1, slice_to(id, colon));
	while (ok && sqlite3_step(stmt) == SQLITE_ROW) {
		struct strbuf by = { 0 };

		strbuf_addf(&by,
		            "SELECT journey_id FROM v_event WHERE source_id=%lld"
		            " AND line=?2 AND ?1 IS NULL",
		            (long long)sqlite3_column_int64(stmt, 0));
		ok = find_by(f, strbuf_text(&by), slice_of(NULL, 0),
		             (int64_t)line);
		strbuf_release(&by);
	}
	sqlite3_finalize(stmt);
	return ok;
}

static struct slice unbracketed(struct slice id)
{
	if (id.len > 2 && *id.ptr == '<' && id.ptr[id.len - 1] == '>')
		return slice_of(id.ptr + 1, id.len - 2);
	return id;
}

static bool find(struct found *f, struct slice id)
{
	uint64_t event;

	if (id.len > 1 && *id.ptr == '#' &&
	    slice_u64(slice_from(id, 1), &event) && event < INT64_MAX)
		return find_event(f, (int64_t)event);
	id = unbracketed(id);
	if (id.len == 0)
		return true;
	if (!find_by(f, "SELECT DISTINCT journey FROM tx WHERE message_id=?1"
	                " ORDER BY journey",
	             id, 0) ||
	    !find_by(f, "SELECT DISTINCT journey FROM tx WHERE queue_id=?1"
	                " ORDER BY journey",
	             id, 0))
		return false;
	if (f->n == 0 && slice_chr(id, '/') != SLICE_NONE &&
	    !find_on_server(f, id))
		return false;
	if (f->n == 0 && !find_citation(f, id))
		return false;
	/* the name that a server without a log gave it */
	return f->n > 0 ||
	       find_by(f, "SELECT DISTINCT coalesce(a.journey,t.journey) FROM"
	                  " attempt a LEFT JOIN tx t ON t.id=a.tx"
	                  " WHERE a.next_id=?1",
	               id, 0);
}

bool engine_find_journeys(struct engine *e, struct slice id, int64_t *journeys,
                          size_t limit, size_t *n, struct cancel *cancel,
                          struct err *err)
{
	struct found f = { .engine = e, .list = journeys, .limit = limit,
		           .err = err };
	bool ok;

	*n = 0;
	if (!engine_begin(e, cancel, err))
		return false;
	ok = find(&f, slice_trim(id));
	engine_end(e);
	intern_release(&f.seen);
	*n = f.n;
	return ok;
}
