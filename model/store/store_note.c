/* SPDX-License-Identifier: MIT */
/* Notes, tags and marks: written on rows, kept by the lines that the rows stand
 * for, and found again when the rows were made anew. */
#include "base/alloc.h"
#include "model/store/store_private.h"

/* event_id = source << 44 | line << 10 | number (engine.h) */
#define EVENT_SOURCE "(?1>>44)"
#define EVENT_LINE "((?1>>10)&17179869183)"

/* Rows of one line were made one after the other. */
#define BEFORE(x) "o.id<" x ".id AND o.id>" x ".id-64"

/* How a row gets its anchor and an anchor its row. */
static const struct anchoring {
	enum unit unit;
	/* source, line, number among the rows of that line, journey of row ?1 */
	const char *anchor;
	/* SELECT note id, row, journey over the anchors x (note, source, line,
	 * record), which stand in a table of their own */
	const char *attach;
} anchorings[] = {
	{ UNIT_MESSAGES,
	  "SELECT t.source,t.line,(SELECT count(*) FROM tx o WHERE"
	  " o.source=t.source AND o.line=t.line AND " BEFORE("t") "),j.id"
	  " FROM journey j JOIN tx t ON t.id=j.root WHERE j.id=?1",
	  "SELECT x.note,t.journey,t.journey,row_number() OVER"
	  " (PARTITION BY x.note ORDER BY t.id)-1=x.record FROM tx t"
	  " CROSS JOIN temp.anchor x ON x.source=t.source AND x.line=t.line" },
	{ UNIT_TRANSACTIONS,
	  "SELECT t.source,t.line,(SELECT count(*) FROM tx o WHERE"
	  " o.source=t.source AND o.line=t.line AND " BEFORE("t") "),t.journey"
	  " FROM tx t WHERE t.id=?1",
	  "SELECT x.note,t.id,t.journey,row_number() OVER"
	  " (PARTITION BY x.note ORDER BY t.id)-1=x.record FROM tx t"
	  " CROSS JOIN temp.anchor x ON x.source=t.source AND x.line=t.line" },
	{ UNIT_RECIPIENTS,
	  "SELECT a.source,a.line,(SELECT count(*) FROM attempt o WHERE"
	  " o.source=a.source AND o.line=a.line AND " BEFORE("a") "),r.journey"
	  " FROM recipient r JOIN attempt a ON a.id=r.last_attempt"
	  " WHERE r.id=?1",
	  /* the recipient of that delivery, else the one of that address */
	  "SELECT x.note,r.id,t.journey,16*(dense_rank() OVER (PARTITION BY"
	  " x.note ORDER BY a.id)-1=x.record)+8*(r.delivery IS d.id)"
	  "+4*(r.address IS d.recipient)+2*(r.addressed_as IS d.recipient)"
	  " FROM attempt a"
	  " CROSS JOIN temp.anchor x ON x.source=a.source AND x.line=a.line"
	  " JOIN tx t ON t.id=a.tx JOIN recipient r ON r.journey=t.journey"
	  " LEFT JOIN delivery d ON d.id=a.delivery" },
	{ UNIT_DELIVERIES,
	  "SELECT a.source,a.line,(SELECT count(*) FROM attempt o WHERE"
	  " o.source=a.source AND o.line=a.line AND " BEFORE("a") "),t.journey"
	  " FROM delivery d JOIN attempt a ON a.id=d.last_attempt"
	  " LEFT JOIN tx t ON t.id=d.tx WHERE d.id=?1",
	  "SELECT x.note,a.delivery,t.journey,row_number() OVER"
	  " (PARTITION BY x.note ORDER BY a.id)-1=x.record FROM attempt a"
	  " CROSS JOIN temp.anchor x ON x.source=a.source AND x.line=a.line"
	  " LEFT JOIN tx t ON t.id=a.tx" },
	{ UNIT_ATTEMPTS,
	  "SELECT a.source,a.line,(SELECT count(*) FROM attempt o WHERE"
	  " o.source=a.source AND o.line=a.line AND " BEFORE("a") "),"
	  "coalesce(a.journey,t.journey)"
	  " FROM attempt a LEFT JOIN tx t ON t.id=a.tx WHERE a.id=?1",
	  "SELECT x.note,a.id,coalesce(a.journey,t.journey),row_number() OVER"
	  " (PARTITION BY x.note ORDER BY a.id)-1=x.record FROM attempt a"
	  " CROSS JOIN temp.anchor x ON x.source=a.source AND x.line=a.line"
	  " LEFT JOIN tx t ON t.id=a.tx" },
	{ UNIT_SESSIONS,
	  "SELECT source,line,0,NULL FROM(SELECT source,line FROM tx WHERE"
	  " session=?1 UNION ALL SELECT source,line FROM attempt WHERE"
	  " session=?1) ORDER BY source,line LIMIT 1",
	  "SELECT x.note,y.session,NULL,1 FROM(SELECT source,line,session"
	  " FROM tx UNION ALL SELECT source,line,session FROM attempt) y"
	  " CROSS JOIN temp.anchor x ON x.source=y.source AND x.line=y.line"
	  " WHERE y.session IS NOT NULL" },
	{ UNIT_EVENTS,
	  "SELECT " EVENT_SOURCE "," EVENT_LINE ",?1&1023,NULL"
	  " WHERE EXISTS(SELECT 1 FROM source WHERE id=" EVENT_SOURCE ")",
	  /* its message is known by the line that it began with */
	  "SELECT x.note,(x.source<<44)|(x.line<<10)|x.record,(SELECT t.journey"
	  " FROM temp.root y JOIN tx t ON t.id=y.tx WHERE y.note=x.note),1"
	  " FROM temp.anchor x" },
	{ UNIT_SOURCES, "SELECT id,0,0,NULL FROM source WHERE id=?1",
	  "SELECT x.note,x.source,NULL,1 FROM temp.anchor x" },
};

static const struct anchoring *anchoring_of(enum unit u)
{
	for (size_t i = 0; i < sizeof anchorings / sizeof *anchorings; i++)
		if (anchorings[i].unit == u)
			return &anchorings[i];
	return NULL;
}

bool note_takes(enum unit u)
{
	return anchoring_of(u) != NULL;
}

static const char *kind_name(enum note_kind k)
{
	static const char *const names[] = { [NOTE_NOTE] = "note",
		                             [NOTE_TAG] = "tag",
		                             [NOTE_MARK] = "mark" };

	return names[k];
}

/* Writing ------------------------------------------------------------------ */

struct place {
	int64_t source, line, record, journey; /* journey 0 none */
	struct strbuf citation;
};

static bool no_row(struct store *s, const struct note *n, struct err *err)
{
	return err_set(err, "%s: row %lld of %s is not there any more, or no line "
	               "stands for it; open the case again",
	               store_name(s), (long long)n->row, units[n->unit].name);
}

static bool find_place(struct store *s, const struct note *n, struct place *p,
                       struct err *err)
{
	const struct anchoring *a = anchoring_of(n->unit);
	sqlite3_stmt *q = NULL;
	int code;

	if (!a)
		return err_set(err, "%s take no notes; open one of their rows",
		               units[n->unit].name);
	if (!sql_prepare(s->db, store_name(s), a->anchor, &q, err))
		return false;
	sqlite3_bind_int64(q, 1, n->row);
	code = sqlite3_step(q);
	if (code == SQLITE_ROW) {
		p->source = sqlite3_column_int64(q, 0);
		p->line = sqlite3_column_int64(q, 1);
		p->record = sqlite3_column_int64(q, 2);
		p->journey = sql_column_number(q, 3, 0);
	} else if (code != SQLITE_DONE) {
		sql_err(err, s->db, store_name(s));
	}
	sqlite3_finalize(q);
	if (n->unit == UNIT_EVENTS)
		p->journey = n->journey;
	return code == SQLITE_ROW || (code == SQLITE_DONE && no_row(s, n, err));
}

static bool cite(struct store *s, struct place *p, struct err *err)
{
	sqlite3_stmt *q = NULL;
	struct slice exhibit;

	if (!sql_prepare(s->db, store_name(s),
	                 "SELECT exhibit FROM source WHERE id=?", &q, err))
		return false;
	sqlite3_bind_int64(q, 1, p->source);
	strbuf_reset(&p->citation);
	if (sqlite3_step(q) == SQLITE_ROW) {
		exhibit = sql_column_slice(q, 0);
		strbuf_add_slice(&p->citation, exhibit);
	}
	sqlite3_finalize(q);
	if (p->line)
		strbuf_addf(&p->citation, ":%lld", (long long)p->line);
	return true;
}

/* The same tag or mark stands there already. */
static bool is_there(struct store *s, const struct note *n)
{
	sqlite3_stmt *q = NULL;
	bool there;

	if (n->kind == NOTE_NOTE || !n->text ||
	    !sql_prepare(s->db, store_name(s),
	                 "SELECT 1 FROM v_note WHERE kind=? AND unit=? AND"
	                 " row_id=? AND text=?",
	                 &q, NULL))
		return false;
	sqlite3_bind_text(q, 1, kind_name(n->kind), -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, units[n->unit].name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, n->row);
	sql_bind_slice(q, 4, slice_str(n->text));
	there = sqlite3_step(q) == SQLITE_ROW;
	sqlite3_finalize(q);
	return there;
}

static bool insert(struct store *s, const struct note *n, const struct place *p,
                   struct err *err)
{
	sqlite3_stmt *q = NULL;
	bool good = sql_prepare(
		s->db, store_name(s),
		"INSERT INTO note(time,author,kind,unit,row,journey,source,line,"
		"record,citation,text,replaces,sha256,root_source,root_line)"
		" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,(SELECT sha256 FROM source"
		" WHERE id=?7),(SELECT t.source FROM journey j JOIN tx t ON"
		" t.id=j.root WHERE j.id=?6),(SELECT t.line FROM journey j"
		" JOIN tx t ON t.id=j.root WHERE j.id=?6))",
		&q, err);

	if (!good)
		return false;
	sql_bind_number(q, 1, n->now, TIME_NONE);
	sql_bind_slice(q, 2, slice_str(n->author));
	sqlite3_bind_text(q, 3, kind_name(n->kind), -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 4, units[n->unit].name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 5, n->row);
	sql_bind_number(q, 6, p->journey, 0);
	sqlite3_bind_int64(q, 7, p->source);
	sqlite3_bind_int64(q, 8, p->line);
	sqlite3_bind_int64(q, 9, p->record);
	sql_bind_slice(q, 10, strbuf_slice(&p->citation));
	sql_bind_slice(q, 11, n->text ? slice_str(n->text)
	                              : slice_of(NULL, 0));
	sql_bind_number(q, 12, n->replaces, 0);
	good = sql_step(q, store_name(s), err);
	sqlite3_finalize(q);
	return good;
}

static bool audit(struct store *s, const struct note *n, const struct place *p,
                  struct err *err)
{
	struct strbuf detail = { 0 }, verb = { 0 };
	bool good;

	if (n->kind == NOTE_MARK)
		return true; /* comes and goes with a key */
	strbuf_addf(&verb, "%s%s", n->text ? "" : "un", kind_name(n->kind));
	strbuf_addf(&detail, "%s %s", units[n->unit].name,
	            strbuf_text(&p->citation));
	if (n->text)
		strbuf_addf(&detail, ": %s", n->text);
	if (n->replaces)
		strbuf_addf(&detail, " (in place of %lld)",
		            (long long)n->replaces);
	good = store_add_audit(s, strbuf_text(&verb), strbuf_text(&detail),
	                       n->author, n->now, err);
	strbuf_release(&detail);
	strbuf_release(&verb);
	return good;
}

static bool add_notes(struct store *s, const struct note *list, size_t n,
                      struct err *err)
{
	struct place p = { 0 };
	bool good = true;

	for (size_t i = 0; good && i < n; i++) {
		if (is_there(s, &list[i]))
			continue;
		good = find_place(s, &list[i], &p, err) && cite(s, &p, err) &&
		       insert(s, &list[i], &p, err) &&
		       audit(s, &list[i], &p, err);
	}
	strbuf_release(&p.citation);
	return good;
}

bool store_add_notes(struct store *s, const struct note *list, size_t n,
                     struct err *err)
{
	return store_begin(s, true, err) &&
	       ((add_notes(s, list, n, err) && store_touch(s, err) &&
	         store_commit(s, err)) ||
	        store_rollback(s));
}

static bool unmark(struct store *s, const struct note *n, struct err *err)
{
	sqlite3_stmt *q = NULL;
	bool good = sql_prepare(s->db, store_name(s),
	                        "DELETE FROM note WHERE kind='mark' AND unit=?"
	                        " AND row=?",
	                        &q, err);

	if (!good)
		return false;
	sqlite3_bind_text(q, 1, units[n->unit].name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, n->row);
	good = sql_step(q, store_name(s), err);
	sqlite3_finalize(q);
	return good;
}

static bool unmark_all(struct store *s, const struct note *list, size_t n,
                       struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!unmark(s, &list[i], err))
			return false;
	return true;
}

bool store_unmark(struct store *s, const struct note *list, size_t n,
                  struct err *err)
{
	return store_begin(s, true, err) &&
	       ((unmark_all(s, list, n, err) && store_touch(s, err) &&
	         store_commit(s, err)) ||
	        store_rollback(s));
}

/* Finding rows again -------------------------------------------------------- */

static const char make_anchors[] =
	"CREATE TEMP TABLE IF NOT EXISTS anchor(note INTEGER PRIMARY KEY,"
	" source, line, record);"
	"CREATE INDEX IF NOT EXISTS temp.anchor_line ON anchor(source,line);"
	"CREATE TEMP TABLE IF NOT EXISTS root(note INTEGER PRIMARY KEY, tx);"
	"DELETE FROM temp.root; DELETE FROM temp.anchor;"
	"INSERT INTO temp.anchor SELECT id,root_source,root_line,0 FROM note"
	" WHERE root_line IS NOT NULL AND unit='events';"
	"INSERT OR IGNORE INTO temp.root SELECT x.note,t.id FROM tx t"
	" CROSS JOIN temp.anchor x ON x.source=t.source AND x.line=t.line;";

static bool attach_unit(struct store *s, const struct anchoring *a,
                        struct err *err)
{
	struct strbuf text = { 0 };
	bool good;

	strbuf_addf(&text,
	            "DELETE FROM temp.anchor;"
	            "INSERT INTO temp.anchor(note,source,line,record) SELECT id,"
	            "source,line,record FROM note WHERE unit='%s' AND source IN"
	            "(SELECT id FROM source);"
	            "UPDATE note SET row=NULL,journey=NULL WHERE unit='%s';"
	            "UPDATE note SET row=f.a,journey=f.b FROM(SELECT n,a,b FROM("
	            "SELECT n,a,b,row_number() OVER (PARTITION BY n ORDER BY"
	            " sure DESC,a) AS k FROM(SELECT NULL AS n,NULL AS a,NULL AS b,"
	            "NULL AS sure WHERE 0 UNION ALL %s)) WHERE k=1) f"
	            " WHERE note.id=f.n",
	            units[a->unit].name, units[a->unit].name, a->attach);
	good = sql_exec(s->db, store_name(s), strbuf_text(&text), err);
	strbuf_release(&text);
	return good;
}

static bool has_notes_of(struct store *s, enum unit u)
{
	struct strbuf text = { 0 };
	bool has;

	strbuf_addf(&text, "SELECT 1 FROM note WHERE unit='%s' LIMIT 1",
	            units[u].name);
	has = sql_number(s->db, strbuf_text(&text), 0) == 1;
	strbuf_release(&text);
	return has;
}

bool store_attach_notes(struct store *s, struct err *err)
{
	bool made = false;

	for (size_t i = 0; i < sizeof anchorings / sizeof *anchorings; i++) {
		if (!has_notes_of(s, anchorings[i].unit))
			continue;
		if (!made && !sql_exec(s->db, store_name(s), make_anchors, err))
			return false;
		made = true;
		if (!attach_unit(s, &anchorings[i], err))
			return false;
	}
	return true;
}
