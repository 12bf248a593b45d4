/* SPDX-License-Identifier: MIT */
/* A predicate as SQL over a unit's rows. Aliases are those of field.c: a small
 * one joins what belongs to the row once, a great one asks for any of several
 * and becomes an IN over its own SELECT.
 *
 * In messages the terms that speak of a recipient must hold of the same one:
 * they go together into one SELECT over recipients (transactions: deliveries).
 * A row that has none is tested with everything of the recipient absent, and
 * with its last answer, which was given to the whole message.
 *
 * Columns that refer to a row have no declared type: compared with an id they
 * can use their index only if the id stands behind a plus, which takes its
 * type away. */
#include "model/store/engine_private.h"

#include "model/store/event_scan.h"

#include "model/store/schema.h"

enum alias {
	USES_J = 1u << 0,
	USES_R = 1u << 1,
	USES_D = 1u << 2,
	USES_A = 1u << 3,
	USES_T = 1u << 4,
	USES_S = 1u << 5,
	USES_V = 1u << 6,
	ANY_T = 1u << 8,
	ANY_TS = 1u << 9,
	ANY_A = 1u << 10,
	ANY_X = 1u << 11,
	ANY_L = 1u << 12,
	ANY_N = 1u << 13,
	ANY_F = 1u << 14,
	ANY = ANY_T | ANY_TS | ANY_A | ANY_X | ANY_L | ANY_N | ANY_F,
};

static const struct {
	const char *name;
	unsigned bit;
} aliases[] = {
	{ "j", USES_J }, { "r", USES_R }, { "d", USES_D }, { "a", USES_A },
	{ "t", USES_T }, { "s", USES_S }, { "v", USES_V }, { "T", ANY_T },
	{ "TS", ANY_TS }, { "A", ANY_A }, { "AT", ANY_A }, { "AD", ANY_A },
	{ "X", ANY_X },  { "L", ANY_L }, { "N", ANY_N }, { "F", ANY_F },
};

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (c >= '0' && c <= '9');
}

unsigned alias_bits(struct slice sql)
{
	unsigned bits = 0;

	for (size_t i = 0, start = 0; i < sql.len; i++) {
		struct slice name;

		if (is_name_char(sql.ptr[i]))
			continue;
		name = slice_of(sql.ptr + start, i - start);
		start = i + 1;
		if (sql.ptr[i] != '.')
			continue;
		for (size_t k = 0; k < sizeof aliases / sizeof *aliases; k++)
			if (slice_eq(name, slice_str(aliases[k].name)))
				bits |= aliases[k].bit;
	}
	return bits;
}

/* Units ------------------------------------------------------------------- */

#define FLAG_HIDDEN "&3<>0"

const struct unit_sql unit_sqls[UNIT_COUNT] = {
	[UNIT_MESSAGES] = { "journey j", "j.id", "j.id", "j.flags" FLAG_HIDDEN,
	                    false },
	[UNIT_RECIPIENTS] = { "recipient r", "r.id", "r.journey",
	                      "r.journey IN(SELECT id FROM journey WHERE"
	                      " flags" FLAG_HIDDEN ")",
	                      false },
	[UNIT_TRANSACTIONS] = { "tx t", "t.id", "t.journey",
	                        "t.flags" FLAG_HIDDEN, false },
	[UNIT_DELIVERIES] = { "delivery d", "d.id", "t.journey",
	                      "d.tx IN(SELECT id FROM tx WHERE flags" FLAG_HIDDEN
	                      ")",
	                      false },
	[UNIT_ATTEMPTS] = { "attempt a", "a.id",
	                    "coalesce(a.journey,t.journey)",
	                    "a.flags" FLAG_HIDDEN, false },
	[UNIT_SESSIONS] = { "session s", "s.id", NULL, "s.flags" FLAG_HIDDEN,
	                    false },
	[UNIT_EVENTS] = { "v_event v", "v.event_id", "v.journey_id", NULL,
	                  true },
	/* the number stands first in the view's SELECT: see unit_add_from */
	[UNIT_LINKS] = { "id", "v.rid", NULL, NULL, true },
	[UNIT_EVIDENCE] = { "l.id*16+c.n", "v.rid", NULL, NULL, true },
	[UNIT_CLOCKS] = { "c.id*4294967296+coalesce(k.id,0)", "v.rid", NULL, NULL, true },
	[UNIT_COVERAGE] = { "id", "v.rid", NULL, NULL, true },
	[UNIT_SOURCES] = { "s.id", "v.rid", NULL, NULL, true },
	[UNIT_FINDINGS] = { "id", "v.rid", NULL, NULL, true },
	[UNIT_NOTES] = { "id", "v.rid", NULL, NULL, true },
	[UNIT_SETTINGS] = { "s.id", "v.rid", NULL, NULL, true },
	[UNIT_AUDIT] = { "id", "v.rid", NULL, NULL, true },
	[UNIT_MISSING] = { "m.id", "v.rid", "v.journey_id", NULL, true },
	[UNIT_WANTED] = { "w.id", "v.rid", NULL, NULL, true },
	[UNIT_TRIALS] = { "id", "v.rid", NULL, NULL, true },
};

/* What a unit's base joins, in an order that each can rest on those before. */
struct join {
	unsigned bit, needs;
	const char *sql;
};

static const struct join message_joins[] = {
	{ USES_R, 0, " LEFT JOIN recipient r ON r.journey=+j.id" },
	/* without a recipient the last answer was given to the whole message */
	{ USES_A, USES_R,
	  " LEFT JOIN attempt a ON a.id=iif(r.id IS NULL,(SELECT max(+A.id)"
	  " FROM tx T CROSS JOIN attempt A ON A.tx=+T.id WHERE T.journey=+j.id),"
	  "r.last_attempt)" },
	{ USES_T, USES_R | USES_A,
	  " LEFT JOIN tx t ON t.id=iif(r.id IS NULL,a.tx,r.tx)" },
	{ USES_D, USES_R, " LEFT JOIN delivery d ON d.id=r.delivery" },
	{ 0, 0, NULL },
};
static const struct join recipient_joins[] = {
	{ USES_J, 0, " JOIN journey j ON j.id=r.journey" },
	{ USES_T, 0, " LEFT JOIN tx t ON t.id=r.tx" },
	{ USES_A, 0, " LEFT JOIN attempt a ON a.id=r.last_attempt" },
	{ USES_D, 0, " LEFT JOIN delivery d ON d.id=r.delivery" },
	{ 0, 0, NULL },
};
static const struct join tx_joins[] = {
	{ USES_J, 0, " LEFT JOIN journey j ON j.id=t.journey" },
	{ USES_S, 0, " LEFT JOIN session s ON s.id=t.session" },
	{ USES_D, 0, " LEFT JOIN delivery d ON d.tx=+t.id" },
	{ USES_A, USES_D, " LEFT JOIN attempt a ON a.id=d.last_attempt" },
	{ 0, 0, NULL },
};
static const struct join delivery_joins[] = {
	{ USES_T, 0, " LEFT JOIN tx t ON t.id=d.tx" },
	{ USES_J, USES_T, " LEFT JOIN journey j ON j.id=t.journey" },
	{ USES_S, USES_T, " LEFT JOIN session s ON s.id=t.session" },
	{ USES_A, 0, " LEFT JOIN attempt a ON a.id=d.last_attempt" },
	{ 0, 0, NULL },
};
static const struct join attempt_joins[] = {
	{ USES_T, 0, " LEFT JOIN tx t ON t.id=a.tx" },
	{ USES_J, USES_T,
	  " LEFT JOIN journey j ON j.id=coalesce(a.journey,t.journey)" },
	{ USES_S, 0, " LEFT JOIN session s ON s.id=a.session" },
	{ USES_D, 0, " LEFT JOIN delivery d ON d.id=a.delivery" },
	{ 0, 0, NULL },
};
static const struct join no_joins[] = { { 0, 0, NULL } };

static const struct join *joins_of(enum unit u)
{
	switch ((int)u) {
	case UNIT_MESSAGES: return message_joins;
	case UNIT_RECIPIENTS: return recipient_joins;
	case UNIT_TRANSACTIONS: return tx_joins;
	case UNIT_DELIVERIES: return delivery_joins;
	case UNIT_ATTEMPTS: return attempt_joins;
	default: return no_joins;
	}
}

static void add_joins(enum unit u, unsigned used, struct strbuf *out)
{
	const struct join *list = joins_of(u);
	size_t n = 0;

	while (list[n].sql)
		n++;
	for (size_t i = n; i-- > 0;)
		if (used & list[i].bit)
			used |= list[i].needs;
	for (size_t i = 0; i < n; i++)
		if (used & list[i].bit)
			strbuf_add_str(out, list[i].sql);
}

/* The view's SELECT with the number of its row in front. */
static void add_view(enum unit u, struct strbuf *out)
{
	const struct schema_view *v = schema_views;
	struct strbuf text = { 0 };
	size_t select;

	while (strcmp(v->name, units[u].view) != 0)
		v++;
	schema_view_sql(v, &text);
	select = slice_find(strbuf_slice(&text), SLICE("SELECT "));
	strbuf_addf(out, "(SELECT %s AS rid,%s) v", unit_sqls[u].base,
	            strbuf_text(&text) + select + 7);
	strbuf_release(&text);
}

void unit_add_from(enum unit u, unsigned used, struct strbuf *out)
{
	if (unit_sqls[u].view && u != UNIT_EVENTS) {
		add_view(u, out);
		return;
	}
	strbuf_add_str(out, unit_sqls[u].base);
	add_joins(u, used, out);
}

/* Great aliases -------------------------------------------------------------- */

#define A_FROM " FROM attempt A LEFT JOIN tx AT ON AT.id=A.tx" \
	" LEFT JOIN delivery AD ON AD.id=A.delivery WHERE @)"
#define X_FROM " FROM attempt X JOIN tx XT ON XT.id=X.tx" \
	" LEFT JOIN delivery XD ON XD.id=X.delivery WHERE @"
#define X_TO "coalesce(X.recipient,XD.recipient)"
#define X_MESSAGE(j) \
	"((" j ",r.address) IN(SELECT XT.journey," X_TO X_FROM ")" \
	" OR (" j ",r.addressed_as) IN(SELECT XT.journey," X_TO X_FROM ")" \
	" OR " j " IN(SELECT XT.journey" X_FROM " AND " X_TO " IS NULL))"
#define L_FROM " FROM link L JOIN tx LT ON LT.id IN(L.from_tx,L.to_tx)" \
	" WHERE @)"

#define N_FROM " FROM note N WHERE N.text IS NOT NULL AND N.id NOT IN(SELECT" \
	" replaces FROM note WHERE replaces IS NOT NULL) AND (@)"
#define N_ON(unit, id) id " IN(SELECT N.row" N_FROM " AND N.unit='" unit "')"
#define N_OF(unit, id, journey) \
	"(" N_ON(unit, id) " OR " N_ON("messages", journey) ")"

/* What a rule fired on: FP is a line or message that made it fire. */
#define F_OF(what) \
	"(SELECT " what " FROM place FP JOIN finding F ON F.id=FP.finding" \
	" WHERE @)"

/* @ stands for the condition. */
static const struct any {
	enum unit unit;
	unsigned bit;
	const char *sql;
} anys[] = {
	{ UNIT_MESSAGES, ANY_T, "j.id IN(SELECT T.journey FROM tx T WHERE @)" },
	{ UNIT_MESSAGES, ANY_TS, "j.id IN(SELECT T.journey FROM tx T"
	                         " JOIN session TS ON TS.id=T.session WHERE @)" },
	{ UNIT_MESSAGES, ANY_A,
	  "j.id IN(SELECT coalesce(A.journey,AT.journey)" A_FROM },
	{ UNIT_MESSAGES, ANY_X, X_MESSAGE("j.id") },
	{ UNIT_MESSAGES, ANY_L, "j.id IN(SELECT LT.journey" L_FROM },
	{ UNIT_MESSAGES, ANY_N, "j.id IN(SELECT N.journey" N_FROM ")" },
	{ UNIT_RECIPIENTS, ANY_N, N_OF("recipients", "r.id", "r.journey") },
	{ UNIT_TRANSACTIONS, ANY_N, N_OF("transactions", "t.id", "t.journey") },
	{ UNIT_DELIVERIES, ANY_N, N_OF("deliveries", "d.id", "t.journey") },
	{ UNIT_ATTEMPTS, ANY_N,
	  N_OF("attempts", "a.id", "coalesce(a.journey,t.journey)") },
	{ UNIT_SESSIONS, ANY_N, N_ON("sessions", "s.id") },
	{ UNIT_EVENTS, ANY_N, N_OF("events", "v.event_id", "v.journey_id") },
	{ UNIT_MESSAGES, ANY_F, "j.id IN" F_OF("FP.journey") },
	{ UNIT_RECIPIENTS, ANY_F, "r.journey IN" F_OF("FP.journey") },
	{ UNIT_TRANSACTIONS, ANY_F, "t.id IN" F_OF("FP.tx") },
	{ UNIT_DELIVERIES, ANY_F, "d.tx IN" F_OF("FP.tx") },
	{ UNIT_ATTEMPTS, ANY_F,
	  "(a.tx IN" F_OF("FP.tx")
	  " OR (a.source,a.line) IN" F_OF("FP.source,FP.line") ")" },
	{ UNIT_SESSIONS, ANY_F,
	  "s.id IN(SELECT T.session FROM tx T WHERE T.id IN" F_OF("FP.tx") ")" },
	{ UNIT_EVENTS, ANY_F,
	  "(v.transaction_id IN" F_OF("FP.tx")
	  " OR (v.source_id,v.line) IN" F_OF("FP.source,FP.line") ")" },
	{ UNIT_RECIPIENTS, ANY_T,
	  "r.journey IN(SELECT T.journey FROM tx T WHERE @)" },
	{ UNIT_RECIPIENTS, ANY_TS,
	  "r.journey IN(SELECT T.journey FROM tx T"
	  " JOIN session TS ON TS.id=T.session WHERE @)" },
	{ UNIT_RECIPIENTS, ANY_A,
	  "r.journey IN(SELECT coalesce(A.journey,AT.journey)" A_FROM },
	{ UNIT_RECIPIENTS, ANY_X, X_MESSAGE("r.journey") },
	{ UNIT_RECIPIENTS, ANY_L, "r.journey IN(SELECT LT.journey" L_FROM },
	{ UNIT_TRANSACTIONS, ANY_A, "t.id IN(SELECT A.tx" A_FROM },
	{ UNIT_TRANSACTIONS, ANY_X,
	  "(d.id IN(SELECT X.delivery FROM attempt X WHERE @)"
	  " OR t.id IN(SELECT X.tx FROM attempt X"
	  " WHERE X.delivery IS NULL AND @))" },
	{ UNIT_TRANSACTIONS, ANY_L,
	  "(t.id IN(SELECT L.from_tx FROM link L WHERE @)"
	  " OR t.id IN(SELECT L.to_tx FROM link L WHERE @))" },
	{ UNIT_DELIVERIES, ANY_A, "d.tx IN(SELECT A.tx" A_FROM },
	{ UNIT_DELIVERIES, ANY_X,
	  "d.id IN(SELECT X.delivery FROM attempt X WHERE @)" },
	{ UNIT_SESSIONS, ANY_T, "s.id IN(SELECT T.session FROM tx T WHERE @)" },
	{ UNIT_SESSIONS, ANY_A,
	  "s.id IN(SELECT coalesce(A.session,AT.session)" A_FROM },
};

static void add_any(enum unit u, unsigned bits, struct slice condition,
                    struct strbuf *out, unsigned *used)
{
	const struct any *any = anys;

	while (any->unit != u || !(any->bit & bits))
		if (++any == anys + sizeof anys / sizeof *anys)
			BUG("a field of a unit that has no such rows");
	for (const char *p = any->sql; *p; p++) {
		if (*p == '@')
			strbuf_add_slice(out, condition);
		else
			strbuf_add_char(out, *p);
	}
	*used |= alias_bits(slice_str(any->sql)) & ~(unsigned)ANY;
}

/* Terms ------------------------------------------------------------------------ */

static bool item_condition(struct compiler *c, const struct predicate *t,
                           const struct field *f, const struct field_item *item,
                           struct strbuf *out, unsigned *used)
{
	struct slice sql = item->sql;
	struct strbuf text = { 0 };
	unsigned bits;
	bool ok;

	if (slice_eq(item->kind, SLICE("reply")))
		sql = arena_printf(&c->sql->memory, "%.*s.reply", SLICE_FMT(sql));
	bits = alias_bits(sql);
	if (!(bits & (ANY_N | ANY_F)) &&
	    (c->unit == UNIT_EVENTS || unit_sqls[c->unit].view))
		bits = USES_V;
	ok = term_condition(c, t, f, item, &text);
	/* what a transaction does not know, its lines may */
	if (c->inherited)
		strbuf_addf(&text, " OR %.*s IS NULL", SLICE_FMT(sql));
	if (bits & ANY)
		add_any(c->unit, bits, strbuf_slice(&text), out, used);
	else
		strbuf_add_slice(out, strbuf_slice(&text));
	*used |= bits & ~(unsigned)ANY;
	strbuf_release(&text);
	return ok;
}

static bool field_condition(struct compiler *c, const struct predicate *t,
                            const struct field *f,
                            const struct field_source *s, struct strbuf *out,
                            unsigned *used)
{
	struct slice expr = slice_str(s->expr);
	struct field_item item;
	size_t n = 0;

	strbuf_add_char(out, '(');
	while (field_item_next(&expr, &item)) {
		if (n++ > 0)
			strbuf_add_str(out, " OR ");
		if (!item_condition(c, t, f, &item, out, used))
			return false;
	}
	strbuf_add_char(out, ')');
	return true;
}

/* Condition of T in another unit, as SELECT expr FROM … WHERE …. */
static bool add_select(struct compiler *c, enum unit u, const char *expr,
                       const struct predicate *p, bool negate,
                       struct strbuf *out)
{
	struct strbuf where = { 0 };
	enum unit own = c->unit;
	unsigned used = alias_bits(slice_str(expr));
	bool joined = c->joined, ok;

	c->unit = u;
	c->joined = false;
	ok = where_add(c, p, &where, &used);
	c->unit = own;
	c->joined = joined;
	strbuf_addf(out, "SELECT %s FROM ", expr);
	unit_add_from(u, used, out);
	strbuf_addf(out, " WHERE (%s)%s", strbuf_text(&where),
	            negate ? " IS NOT TRUE" : "");
	strbuf_release(&where);
	return ok;
}

/* What only lines say (program, raw, verdict): rows that own such a line. */
static bool by_events(struct compiler *c, const struct predicate *t,
                      struct strbuf *out, unsigned *used)
{
	static const struct {
		enum unit unit;
		const char *left, *right;
	} ways[] = {
		{ UNIT_MESSAGES, "j.id", "v.journey_id" },
		{ UNIT_RECIPIENTS, "r.journey", "v.journey_id" },
		{ UNIT_TRANSACTIONS, "t.id", "v.transaction_id" },
		{ UNIT_DELIVERIES, "d.tx", "v.transaction_id" },
		{ UNIT_ATTEMPTS, "(a.source,a.line)", "v.source_id,v.line" },
		{ UNIT_SESSIONS, "s.id", "v.session_id" },
	};
	bool ok;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (ways[i].unit != c->unit)
			continue;
		strbuf_addf(out, "%s IN(", ways[i].left);
		ok = add_select(c, UNIT_EVENTS, ways[i].right, t, false, out);
		strbuf_add_char(out, ')');
		*used |= alias_bits(slice_str(ways[i].left));
		return ok;
	}
	return false;
}

/* What only messages say, of an event or session: that of its message. */
static bool by_messages(struct compiler *c, const struct predicate *t,
                        struct strbuf *out, unsigned *used)
{
	bool ok;

	if (c->unit == UNIT_SESSIONS)
		strbuf_add_str(out, "s.id IN(SELECT T.session FROM tx T"
		                    " WHERE T.journey IN(");
	else
		strbuf_addf(out, "%s IN(", unit_sqls[c->unit].journey);
	*used |= alias_bits(slice_str(unit_sqls[c->unit].journey
	                                      ? unit_sqls[c->unit].journey
	                                      : "s.id"));
	ok = add_select(c, UNIT_MESSAGES, "+j.id", t, false, out);
	strbuf_add_str(out, c->unit == UNIT_SESSIONS ? "))" : ")");
	return ok;
}

static bool fail_field(struct compiler *c, const struct predicate *t)
{
	err_set(c->err, "%s have no %s", units[c->unit].name, t->field->name);
	if (c->err) {
		c->err->column = t->column;
		c->err->width = t->width;
	}
	return false;
}

static bool belongs_to_mail(enum unit u)
{
	return u <= UNIT_EVENTS;
}

/* Where a bare word is looked for: addresses, ids, subjects, names, replies. */
static const char *const word_fields[] = {
	"from",  "to",       "addressed_as", "header", "user",  "server",
	"client", "client_ip", "relay",      "relay_ip", "helo", "mid",
	"qid",   "next_qid", "subject",      "reply",  "place",
};

static bool word_term(struct compiler *c, const struct predicate *t,
                      struct strbuf *out, unsigned *used)
{
	size_t n = 0;

	strbuf_add_char(out, '(');
	if (belongs_to_mail(c->unit)) {
		for (size_t i = 0; i < sizeof word_fields / sizeof *word_fields;
		     i++) {
			const struct field *f =
				field_find(slice_str(word_fields[i]));
			const struct field_source *s = field_in(f, c->unit);

			if (!s)
				continue;
			strbuf_add_str(out, n++ ? " OR " : "");
			if (!field_condition(c, t, f, s, out, used))
				return false;
		}
	} else {
		for (size_t i = 0; fields[i]; i++) {
			const struct field_source *s =
				field_in(fields[i], c->unit);

			if (!s || !s->column ||
			    strncmp(s->expr, "vtext:", 6) != 0)
				continue;
			strbuf_add_str(out, n++ ? " OR " : "");
			if (!field_condition(c, t, fields[i], s, out, used))
				return false;
		}
	}
	strbuf_add_str(out, n ? ")" : "0)");
	return true;
}

static bool speaks_of_own(const struct predicate *t)
{
	static const char *const directions[] = { "inbound", "outbound",
		                                  "internal" };

	for (size_t i = 0; i < t->nvalues; i++) {
		if (t->values[i].own && !t->values[i].text.len)
			return true;
		for (size_t k = 0; t->field->type == FIELD_FLAG && k < 3; k++)
			if (slice_eq(t->values[i].text,
			             slice_str(directions[k])))
				return true;
	}
	return false;
}

/* Where nothing is own "-to:own" would be everything, silently. */
static bool own_is_known(struct compiler *c, const struct predicate *t)
{
	if (!t->field || t->op != TERM_EQUAL || !speaks_of_own(t))
		return true;
	if (!engine_need_own(c->engine, c->err))
		return false;
	if (c->engine->nown)
		return true;
	err_set(c->err, "no own domain or network is set; set own.domain "
	        "corp.example names one");
	if (c->err) {
		c->err->column = t->column;
		c->err->width = t->width;
	}
	return false;
}

static bool add_term(struct compiler *c, const struct predicate *t,
                     struct strbuf *out, unsigned *used)
{
	const struct field_source *s;

	if (!own_is_known(c, t))
		return false;
	if (t->op == TERM_WORD)
		return word_term(c, t, out, used);
	s = field_in(t->field, c->unit);
	if (s)
		return field_condition(c, t, t->field, s, out, used);
	if (!belongs_to_mail(c->unit))
		return fail_field(c, t);
	if (c->unit != UNIT_EVENTS && field_in(t->field, UNIT_EVENTS))
		return by_events(c, t, out, used);
	if (c->unit != UNIT_MESSAGES && unit_sqls[c->unit].id &&
	    field_in(t->field, UNIT_MESSAGES))
		return by_messages(c, t, out, used);
	return fail_field(c, t);
}

/* none(), all() ------------------------------------------------------------------ */

static bool add_quantified(struct compiler *c, const struct predicate *p,
                           struct strbuf *out, unsigned *used)
{
	const char *journey = unit_sqls[c->unit].journey;
	bool all = p->kind == PRED_ALL, ok;

	if (c->unit == UNIT_SESSIONS)
		return by_messages(c, p, out, used);
	if (!journey)
		return err_set(c->err, "%s have no recipients",
		               units[c->unit].name);
	*used |= alias_bits(slice_str(journey));
	strbuf_addf(out, "(%s", all ? journey : "");
	if (all)
		strbuf_addf(out,
		            " IN(SELECT journey FROM recipient) AND ");
	strbuf_addf(out, "(%s IN(", journey);
	ok = add_select(c, UNIT_RECIPIENTS, "r.journey", p->left, all, out);
	strbuf_add_str(out, ")) IS NOT TRUE)");
	return ok;
}

/* Trees -------------------------------------------------------------------------- */

static bool add_node(struct compiler *c, const struct predicate *p,
                     struct strbuf *out, unsigned *used)
{
	bool ok;

	switch (p->kind) {
	case PRED_TRUE: strbuf_add_char(out, '1'); return true;
	case PRED_TERM: return add_term(c, p, out, used);
	case PRED_NONE:
	case PRED_ALL: return add_quantified(c, p, out, used);
	case PRED_NOT:
		strbuf_add_char(out, '(');
		ok = add_node(c, p->left, out, used);
		strbuf_add_str(out, " IS NOT TRUE)");
		return ok;
	case PRED_AND:
	case PRED_OR:
		strbuf_add_char(out, '(');
		ok = add_node(c, p->left, out, used);
		strbuf_add_str(out, p->kind == PRED_AND ? " AND " : " OR ");
		ok = ok && add_node(c, p->right, out, used);
		strbuf_add_char(out, ')');
		return ok;
	}
	return true;
}

/* The side of several rows that belong to one: of which the terms must hold
 * together. */
struct many {
	enum unit unit, rows;
	unsigned bits;      /* aliases that speak of such a row */
	const char *link;   /* "j.id", "r.journey" */
	const char *of;
	const char *bare;   /* row without any, with its last answer */
};

static const struct many manies[] = {
	{ UNIT_MESSAGES, UNIT_RECIPIENTS, USES_R | USES_A | USES_T | USES_D,
	  "j.id", "r.journey",
	  "SELECT j.id FROM journey j LEFT JOIN recipient r ON r.id=-1"
	  " LEFT JOIN attempt a ON a.id=(SELECT max(+A.id) FROM tx T"
	  " CROSS JOIN attempt A ON A.tx=+T.id WHERE T.journey=+j.id)"
	  " LEFT JOIN tx t ON t.id=a.tx LEFT JOIN delivery d ON d.id=-1"
	  " WHERE j.recipients=0 AND " },
	{ UNIT_TRANSACTIONS, UNIT_DELIVERIES, USES_D | USES_A, "t.id", "d.tx",
	  "SELECT t.id FROM tx t LEFT JOIN delivery d ON d.id=-1"
	  " LEFT JOIN attempt a ON a.id=(SELECT max(+A.id) FROM attempt A"
	  " WHERE A.tx=+t.id) LEFT JOIN journey j ON j.id=t.journey"
	  " LEFT JOIN session s ON s.id=t.session"
	  " WHERE NOT EXISTS(SELECT 1 FROM delivery WHERE tx=+t.id) AND " },
};

static const struct many *many_of(enum unit u)
{
	for (size_t i = 0; i < sizeof manies / sizeof *manies; i++)
		if (manies[i].unit == u)
			return &manies[i];
	return NULL;
}

struct split {
	struct strbuf own, joint;
	unsigned used, joint_used;
	bool positive; /* a row without any cannot match */
};

static bool split_and(struct compiler *c, const struct many *m,
                      const struct predicate *p, struct split *s)
{
	struct strbuf text = { 0 };
	unsigned used = 0;
	bool ok, joint;

	if (p->kind == PRED_AND)
		return split_and(c, m, p->left, s) &&
		       split_and(c, m, p->right, s);
	ok = add_node(c, p, &text, &used);
	joint = used & m->bits;
	strbuf_addf(joint ? &s->joint : &s->own, " AND %s", strbuf_text(&text));
	strbuf_release(&text);
	if (joint)
		s->joint_used |= used;
	else
		s->used |= used;
	if (joint && p->kind == PRED_TERM &&
	    !(used & ~(unsigned)(USES_R | USES_D)))
		s->positive = true;
	return ok;
}

static bool add_many(struct compiler *c, const struct many *m,
                     const struct predicate *p, struct strbuf *out,
                     unsigned *used)
{
	struct split s = { 0 };
	bool ok = split_and(c, m, p, &s);

	strbuf_addf(out, "(1%s", strbuf_text(&s.own));
	if (s.joint.len > 0) {
		strbuf_addf(out, " AND (%s IN(SELECT %s FROM ", m->link, m->of);
		unit_add_from(m->rows, s.joint_used, out);
		strbuf_addf(out, " WHERE 1%s)", strbuf_text(&s.joint));
		if (!s.positive)
			strbuf_addf(out, " OR %s IN(%s1%s)", m->link, m->bare,
			            strbuf_text(&s.joint));
		strbuf_add_char(out, ')');
	}
	strbuf_add_char(out, ')');
	*used |= s.used;
	strbuf_release(&s.own);
	strbuf_release(&s.joint);
	return ok;
}

/* Events ------------------------------------------------------------------------ */

/* The terms that must hold and that transactions know as well. */
static bool add_inherited(struct compiler *c, const struct predicate *p,
                          struct strbuf *out, unsigned *used, size_t *n)
{
	if (p->kind == PRED_AND)
		return add_inherited(c, p->left, out, used, n) &&
		       add_inherited(c, p->right, out, used, n);
	if (p->kind != PRED_TERM || !p->field || !p->field->inherited ||
	    !field_in(p->field, UNIT_TRANSACTIONS))
		return true;
	strbuf_add_str(out, " AND (");
	++*n;
	if (!add_term(c, p, out, used))
		return false;
	strbuf_add_char(out, ')');
	return true;
}

static bool read_candidates(struct compiler *c, sqlite3_stmt *q,
                            struct candidates *to)
{
	int code;

	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(q, 0);

		if (id >= 0 && id < to->n)
			to->bits[id / 8] |= (uint8_t)(1u << id % 8);
	}
	return code == SQLITE_DONE || engine_failed(c->engine, c->err);
}

/* Lines of other transactions need not be read: v.candidates=?. An inherited
 * value is the transaction's where it has one; where it has none the line's
 * own counts, so that such transactions stay in. */
static bool add_candidates(struct compiler *c, const struct predicate *p,
                           struct strbuf *out)
{
	struct compiler of_tx = *c;
	struct sql sql = { 0 };
	struct strbuf where = { 0 };
	struct candidates *set;
	sqlite3_stmt *q = NULL;
	unsigned used = 0;
	size_t n = 0;
	bool ok;

	of_tx.sql = &sql;
	of_tx.unit = UNIT_TRANSACTIONS;
	of_tx.inherited = true;
	strbuf_add_char(&where, '1');
	ok = add_inherited(&of_tx, p, &where, &used, &n);
	if (ok && n > 0) {
		set = arena_alloc(&c->sql->memory, sizeof *set);
		set->n = sql_number(c->engine->db, "SELECT max(id) FROM tx", 0) +
		         1;
		set->bits = arena_alloc(&c->sql->memory,
		                        (size_t)set->n / 8 + 1);
		strbuf_add_str(&sql.text, "SELECT t.id FROM ");
		unit_add_from(UNIT_TRANSACTIONS, used, &sql.text);
		strbuf_addf(&sql.text, " WHERE %s", strbuf_text(&where));
		q = sql_make(&sql, c->engine, c->err);
		ok = q && read_candidates(c, q, set);
		strbuf_add_str(out, " AND v.candidates=");
		sql_add_pointer(c->sql, out, set);
	}
	sqlite3_finalize(q);
	strbuf_release(&where);
	sql_release(&sql);
	return ok;
}

static bool add_events(struct compiler *c, const struct predicate *p,
                       struct strbuf *out, unsigned *used)
{
	return add_node(c, p, out, used) && add_candidates(c, p, out);
}

bool where_add(struct compiler *c, const struct predicate *p,
               struct strbuf *out, unsigned *used)
{
	const struct many *m = many_of(c->unit);

	if (c->unit == UNIT_EVENTS)
		return add_events(c, p, out, used);

	return m && !c->joined ? add_many(c, m, p, out, used)
	                       : add_node(c, p, out, used);
}
