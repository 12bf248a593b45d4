/* SPDX-License-Identifier: MIT */
/* One term of a filter as a condition over one of a field's expressions. Text
 * is looked up in the dictionary first; only numbers of words reach the rows. */
#include "model/store/engine_private.h"
#include "model/store/piece.h"
#include "model/store/store.h"

/* Blanks inside parentheses belong to the SQL; a list of flags is alone. */
bool field_item_next(struct slice *expr, struct field_item *item)
{
	size_t i = 0;
	int depth = 0;

	while (expr->len > 0 && *expr->ptr == ' ')
		*expr = slice_from(*expr, 1);
	if (expr->len == 0)
		return false;
	item->kind = slice_cut(expr, ':');
	if (slice_eq(item->kind, SLICE("flag")))
		i = expr->len;
	for (; i < expr->len; i++) {
		depth += (expr->ptr[i] == '(') - (expr->ptr[i] == ')');
		if (depth == 0 && expr->ptr[i] == ' ')
			break;
	}
	item->sql = slice_to(*expr, i);
	*expr = slice_from(*expr, i);
	return true;
}

static struct matcher *new_matcher(struct compiler *c, const struct predicate *t,
                                   const struct field *f)
{
	struct predicate copy = *t;
	struct sql *s = c->sql;

	copy.field = t->op == TERM_WORD ? NULL : f;
	GROW(s->matchers, s->nmatchers, s->cmatchers);
	s->matchers[s->nmatchers] =
		matcher_new(&copy, c->engine->own, c->engine->nown);
	return s->matchers[s->nmatchers++];
}

static struct id_set *new_set(struct compiler *c)
{
	struct sql *s = c->sql;

	GROW(s->sets, s->nsets, s->csets);
	s->sets[s->nsets] = mem_alloc(sizeof **s->sets);
	return s->sets[s->nsets++];
}

/* Words ------------------------------------------------------------------- */

/* The words that match; those with a hole go to HOLES if it is not NULL. */
static bool find_words(struct compiler *c, const struct predicate *t,
                       const struct field *f, struct id_set *set,
                       struct id_set *holes)
{
	struct matcher *m = new_matcher(c, t, f);
	const struct words *w = &c->engine->words;

	for (uint32_t i = 1; i <= w->n; i++) {
		struct slice s = w->text[i];

		if (i % 65536 == 0 && engine_cancelled(c->engine, c->err))
			return false;
		if (holes && memchr(s.ptr ? s.ptr : "", REPLY_CUT, s.len)) {
			if (matcher_may(m, s, REPLY_CUT))
				id_set_add(holes, i);
		} else if (matcher_test(m, s)) {
			id_set_add(set, i);
		}
	}
	return true;
}

static bool word_condition(struct compiler *c, const struct predicate *t,
                           const struct field *f, const struct field_item *item,
                           struct strbuf *out)
{
	struct slice sql = item->sql;
	struct id_set *set;

	if (t->op == TERM_HAS) {
		strbuf_addf(out,
		            slice_eq(item->kind, SLICE("domain"))
		                    ? "ms_domain(%.*s) IS NOT NULL"
		                    : "%.*s IS NOT NULL",
		            SLICE_FMT(sql));
		return engine_need_words(c->engine, c->err);
	}
	if (!engine_need_words(c->engine, c->err) ||
	    !engine_need_own(c->engine, c->err))
		return false;
	set = new_set(c);
	if (!find_words(c, t, f, set, NULL))
		return false;
	sql_add_set(c->sql, out, sql, set);
	return true;
}

/* A reply whose ids were cut out is put together again before it is tested, but
 * only where its template could match. */
static bool reply_condition(struct compiler *c, const struct predicate *t,
                            const struct field *f, struct slice a,
                            struct strbuf *out)
{
	struct id_set *set, *holes;
	struct slice expr = arena_printf(&c->sql->memory, "%.*s.reply",
	                                 SLICE_FMT(a));

	if (t->op == TERM_HAS) {
		strbuf_addf(out, "%.*s IS NOT NULL", SLICE_FMT(expr));
		return true;
	}
	if (!engine_need_words(c->engine, c->err))
		return false;
	set = new_set(c);
	holes = new_set(c);
	if (!find_words(c, t, f, set, holes))
		return false;
	strbuf_add_char(out, '(');
	sql_add_set(c->sql, out, expr, set);
	if (holes->n > 0) {
		strbuf_add_str(out, " OR ");
		sql_add_set(c->sql, out, expr, holes);
		strbuf_addf(out, " AND ms_reply(%.*s,%.*s.next_id,",
		            SLICE_FMT(expr), SLICE_FMT(a));
		sql_add_pointer(c->sql, out, new_matcher(c, t, f));
		strbuf_add_char(out, ')');
	}
	strbuf_add_char(out, ')');
	return true;
}

/* Text that stands in the row ------------------------------------------------ */

static bool is_exact(const struct predicate *t)
{
	if (t->op != TERM_EQUAL)
		return false;
	for (size_t i = 0; i < t->nvalues; i++)
		if (t->values[i].pattern || t->values[i].own)
			return false;
	return true;
}

static bool text_condition(struct compiler *c, const struct predicate *t,
                           const struct field *f, struct slice sql, bool id,
                           struct strbuf *out)
{
	struct matcher *m;

	if (t->op == TERM_HAS) {
		strbuf_addf(out, "%.*s IS NOT NULL", SLICE_FMT(sql));
		return true;
	}
	if (id && is_exact(t)) {
		strbuf_addf(out, "%.*s IN(", SLICE_FMT(sql));
		for (size_t i = 0; i < t->nvalues; i++) {
			if (i > 0)
				strbuf_add_char(out, ',');
			sql_add_text(c->sql, out, t->values[i].text);
		}
		strbuf_add_char(out, ')');
		return true;
	}
	if (!engine_need_own(c->engine, c->err))
		return false;
	m = new_matcher(c, t, f);
	matcher_set_case(m, id && t->op == TERM_EQUAL);
	strbuf_addf(out, "ms_match(%.*s,", SLICE_FMT(sql));
	sql_add_pointer(c->sql, out, m);
	strbuf_add_char(out, ')');
	return true;
}

/* Numbers ------------------------------------------------------------------- */

static void add_between(struct compiler *c, struct slice sql, int64_t from,
                        int64_t to, bool half_open, struct strbuf *out)
{
	strbuf_addf(out, "(%.*s>=", SLICE_FMT(sql));
	sql_add_number(c->sql, out, from);
	strbuf_addf(out, " AND %.*s%s", SLICE_FMT(sql),
	            half_open && to != INT64_MAX ? "<" : "<=");
	sql_add_number(c->sql, out, to);
	strbuf_add_char(out, ')');
}

/* Hours and days may go over their end: 22..06. */
static void add_cycle(struct compiler *c, struct slice sql,
                      const struct term_value *v, struct strbuf *out)
{
	if (v->number <= v->number_to) {
		add_between(c, sql, v->number, v->number_to, false, out);
		return;
	}
	strbuf_addf(out, "(%.*s>=", SLICE_FMT(sql));
	sql_add_number(c->sql, out, v->number);
	strbuf_addf(out, " OR %.*s<=", SLICE_FMT(sql));
	sql_add_number(c->sql, out, v->number_to);
	strbuf_add_char(out, ')');
}

static bool any_of_numbers(struct compiler *c, const struct predicate *t,
                           struct slice sql, bool half_open, struct strbuf *out)
{
	bool cycle = t->field->type == FIELD_HOUR ||
	             t->field->type == FIELD_WEEKDAY;

	strbuf_add_char(out, '(');
	for (size_t i = 0; i < t->nvalues; i++) {
		if (i > 0)
			strbuf_add_str(out, " OR ");
		if (cycle)
			add_cycle(c, sql, &t->values[i], out);
		else
			add_between(c, sql, t->values[i].number,
			            t->values[i].number_to, half_open, out);
	}
	strbuf_add_char(out, ')');
	return true;
}

static bool number_condition(struct compiler *c, const struct predicate *t,
                             struct slice sql, struct strbuf *out)
{
	static const char *const ops[] = { [TERM_LESS] = "<",
		                           [TERM_LESS_EQUAL] = "<=",
		                           [TERM_GREATER] = ">",
		                           [TERM_GREATER_EQUAL] = ">=" };
	bool half_open = t->field && t->field->type == FIELD_TIME;
	bool upper = t->op == TERM_GREATER || t->op == TERM_LESS_EQUAL;

	switch ((int)t->op) {
	case TERM_HAS:
		strbuf_addf(out, "%.*s IS NOT NULL", SLICE_FMT(sql));
		return true;
	case TERM_EQUAL: return any_of_numbers(c, t, sql, half_open, out);
	case TERM_RANGE:
		add_between(c, sql, t->values[0].number, t->values[1].number,
		            half_open, out);
		return true;
	case TERM_LESS:
	case TERM_LESS_EQUAL:
	case TERM_GREATER:
	case TERM_GREATER_EQUAL:
		strbuf_addf(out, "%.*s%s", SLICE_FMT(sql), ops[t->op]);
		sql_add_number(c->sql, out,
		               upper && !half_open ? t->values[0].number_to
		                                   : t->values[0].number);
		return true;
	default:
		strbuf_add_char(out, '0'); /* words and regex: not of numbers */
		return true;
	}
}

/* Times as us, also for hour and weekday, which look at them in their zone. */
static bool time_condition(struct compiler *c, const struct predicate *t,
                           const struct field *f, struct slice sql,
                           struct strbuf *out)
{
	struct strbuf expr = { 0 };
	bool ok;

	if (t->op == TERM_HAS ||
	    (f->type != FIELD_HOUR && f->type != FIELD_WEEKDAY))
		return number_condition(c, t, sql, out);
	strbuf_addf(&expr, "%s(%.*s,",
	            f->type == FIELD_HOUR ? "ms_hour" : "ms_weekday",
	            SLICE_FMT(sql));
	sql_add_pointer(c->sql, &expr, (void *)(uintptr_t)t->zone);
	strbuf_add_char(&expr, ')');
	ok = number_condition(c, t, strbuf_slice(&expr), out);
	strbuf_release(&expr);
	return ok;
}

/* ISO text of one length is in the order of its times. */
static void add_iso(struct compiler *c, struct slice sql, const char *op,
                    int64_t us, struct strbuf *out)
{
	struct strbuf iso = { 0 };

	strbuf_addf(out, "%.*s%s", SLICE_FMT(sql), op);
	civil_add_iso(&iso, us);
	sql_add_text(c->sql, out,
	             arena_slice(&c->sql->memory, strbuf_slice(&iso)));
	strbuf_release(&iso);
}

static void add_iso_range(struct compiler *c, struct slice sql, int64_t from,
                          int64_t to, struct strbuf *out)
{
	strbuf_addf(out, "(%.*s IS NOT NULL", SLICE_FMT(sql));
	if (from != INT64_MIN) {
		strbuf_add_str(out, " AND ");
		add_iso(c, sql, ">=", from, out);
	}
	if (to != INT64_MAX) {
		strbuf_add_str(out, " AND ");
		add_iso(c, sql, "<", to, out);
	}
	strbuf_add_char(out, ')');
}

static bool iso_condition(struct compiler *c, const struct predicate *t,
                          struct slice sql, struct strbuf *out)
{
	strbuf_add_char(out, '(');
	if (t->op == TERM_LESS) {
		add_iso(c, sql, "<", t->values[0].number, out);
	} else if (t->op == TERM_GREATER_EQUAL) {
		add_iso(c, sql, ">=", t->values[0].number, out);
	} else if (t->op == TERM_RANGE) {
		add_iso_range(c, sql, t->values[0].number, t->values[1].number,
		              out);
	} else if (t->op == TERM_EQUAL) {
		for (size_t i = 0; i < t->nvalues; i++) {
			strbuf_add_str(out, i ? " OR " : "");
			add_iso_range(c, sql, t->values[i].number,
			              t->values[i].number_to, out);
		}
	} else {
		strbuf_addf(out, "%.*s IS NOT NULL", SLICE_FMT(sql));
	}
	strbuf_add_char(out, ')');
	return true;
}

/* Closed lists ----------------------------------------------------------------- */

static const char *name_of(struct slice kind, unsigned i)
{
	if (slice_eq(kind, SLICE("action")))
		return i < ACTION_COUNT ? action_name((enum action)i) : NULL;
	if (slice_eq(kind, SLICE("outcome")))
		return i < OUTCOME_COUNT ? outcome_name((enum outcome)i) : NULL;
	if (slice_eq(kind, SLICE("state")))
		return i < STATE_COUNT
		               ? transaction_state_name(
					 (enum transaction_state)i)
		               : NULL;
	if (slice_eq(kind, SLICE("link")))
		return i < LINK_KIND_COUNT ? link_kind_name((enum link_kind)i)
		                           : NULL;
	if (slice_eq(kind, SLICE("class")))
		return i < CLASS_COUNT ? link_class_name((enum link_class)i)
		                       : NULL;
	if (slice_eq(kind, SLICE("direction")))
		return i < DIRECTION_COUNT ? direction_name((enum direction)i)
		                           : NULL;
	return NULL;
}

static bool in_rollup(struct slice word, unsigned outcome)
{
	if (slice_eq(word, SLICE("accepted")))
		return outcome == OUTCOME_DELIVERED ||
		       outcome == OUTCOME_RELAYED;
	return slice_eq(word, SLICE("blocked")) &&
	       (outcome == OUTCOME_FAILED || outcome == OUTCOME_REFUSED ||
	        outcome == OUTCOME_WITHHELD);
}

static bool list_condition(struct compiler *c, const struct predicate *t,
                           const struct field *f, const struct field_item *item,
                           struct strbuf *out)
{
	struct matcher *m;
	const char *name;
	unsigned n = 0;

	if (t->op == TERM_HAS) {
		strbuf_addf(out, "%.*s IS NOT NULL", SLICE_FMT(item->sql));
		return true;
	}
	m = new_matcher(c, t, f);
	strbuf_addf(out, "%.*s IN(", SLICE_FMT(item->sql));
	for (unsigned i = 0; (name = name_of(item->kind, i)); i++) {
		bool in = matcher_test(m, slice_str(name));

		if (slice_eq(item->kind, SLICE("outcome")))
			for (size_t k = 0; k < t->nvalues; k++)
				in |= in_rollup(t->values[k].text, i);
		if (in)
			strbuf_addf(out, "%s%u", n++ ? "," : "", i);
	}
	strbuf_add_char(out, ')');
	return true;
}

/* v_event says the action as text; written so that the scan can use it. */
static bool action_condition(struct compiler *c, const struct predicate *t,
                             struct slice sql, struct strbuf *out)
{
	if (t->op != TERM_EQUAL)
		return text_condition(c, t, t->field, sql, false, out);
	strbuf_addf(out, "%.*s IN(", SLICE_FMT(sql));
	for (size_t i = 0; i < t->nvalues; i++) {
		if (i > 0)
			strbuf_add_char(out, ',');
		sql_add_text(c->sql, out, t->values[i].text);
	}
	strbuf_add_char(out, ')');
	return true;
}

static uint32_t null_sender(const struct engine *e)
{
	for (uint32_t i = 1; i <= e->words.n; i++)
		if (slice_eq(e->words.text[i], SLICE("<>")))
			return i;
	return 0;
}

/* "inbound=j.direction=1;…": the flags that the term names. */
static bool flag_condition(struct compiler *c, const struct predicate *t,
                           struct slice list, struct strbuf *out)
{
	bool any = false;

	if (!engine_need_words(c->engine, c->err))
		return false;
	strbuf_add_char(out, '(');
	while (list.len > 0) {
		struct slice sql = slice_cut(&list, ';');
		struct slice name = slice_cut(&sql, '=');
		size_t null = slice_find(sql, SLICE("{null}"));
		bool named = t->op == TERM_HAS;

		for (size_t i = 0; i < t->nvalues && !named; i++)
			named = slice_eq(t->values[i].text, name);
		if (!named)
			continue;
		strbuf_addf(out, "%s(", any ? " OR " : "");
		any = true;
		strbuf_add_slice(out, slice_to(sql, null));
		if (null != SLICE_NONE) {
			strbuf_addf(out, "%u", null_sender(c->engine));
			strbuf_add_slice(out, slice_from(sql, null + 6));
		}
		strbuf_add_char(out, ')');
	}
	strbuf_add_str(out, any ? ")" : "0)");
	return true;
}

/* Sources ------------------------------------------------------------------------ */

/* The whole path, its end behind a slash, the exhibit, or the hash's start. */
static bool is_source(struct matcher *m, sqlite3_stmt *q,
                      const struct predicate *t)
{
	struct slice path = sql_column_slice(q, 1);
	struct slice hash = sql_column_slice(q, 4);

	if (matcher_test(m, path) || matcher_test(m, sql_column_slice(q, 2)) ||
	    matcher_test(m, sql_column_slice(q, 3)) || matcher_test(m, hash))
		return true;
	for (size_t at = 0; at < path.len; at++)
		if (path.ptr[at] == '/' &&
		    matcher_test(m, slice_from(path, at + 1)))
			return true;
	if (t->op == TERM_EQUAL)
		for (size_t i = 0; i < t->nvalues; i++)
			if (t->values[i].text.len >= 8 &&
			    slice_eq_nocase(slice_to(hash,
			                             t->values[i].text.len),
			                    t->values[i].text))
				return true;
	return false;
}

static bool source_condition(struct compiler *c, const struct predicate *t,
                             const struct field *f, struct slice sql,
                             struct strbuf *out)
{
	struct id_set *set = new_set(c);
	struct matcher *m = new_matcher(c, t, f);
	sqlite3_stmt *q;

	if (!sql_prepare(c->engine->db, c->engine->path,
	                 "SELECT id,path,member,exhibit,lower(hex(sha256))"
	                 " FROM source ORDER BY id",
	                 &q, c->err))
		return false;
	while (sqlite3_step(q) == SQLITE_ROW)
		if (is_source(m, q, t))
			id_set_add(set, (uint32_t)sqlite3_column_int64(q, 0));
	sqlite3_finalize(q);
	sql_add_set(c->sql, out, sql, set);
	return true;
}

/* Seconds as a decimal number, in the unit of the term. */
static bool seconds_condition(struct compiler *c, const struct predicate *t,
                              struct slice sql, struct strbuf *out)
{
	struct slice us = arena_printf(&c->sql->memory,
	                               "CAST(round(%.*s*1e6) AS INTEGER)",
	                               SLICE_FMT(sql));

	if (t->op == TERM_HAS)
		us = sql;
	return number_condition(c, t, us, out);
}

bool term_condition(struct compiler *c, const struct predicate *t,
                    const struct field *f, const struct field_item *item,
                    struct strbuf *out)
{
	struct slice kind = item->kind, sql = item->sql;

	if (slice_eq(kind, SLICE("word")) || slice_eq(kind, SLICE("domain")))
		return word_condition(c, t, f, item, out);
	if (slice_eq(kind, SLICE("reply")))
		return reply_condition(c, t, f, sql, out);
	if (slice_eq(kind, SLICE("text")) || slice_eq(kind, SLICE("vtext")))
		return text_condition(c, t, f, sql, false, out);
	if (slice_eq(kind, SLICE("id")) || slice_eq(kind, SLICE("vid")))
		return text_condition(c, t, f, sql, true, out);
	if (slice_eq(kind, SLICE("time")) || slice_eq(kind, SLICE("vus")))
		return time_condition(c, t, f, sql, out);
	if (slice_eq(kind, SLICE("int")) || slice_eq(kind, SLICE("dur")) ||
	    slice_eq(kind, SLICE("vint")))
		return number_condition(c, t, sql, out);
	if (slice_eq(kind, SLICE("vtime")))
		return iso_condition(c, t, sql, out);
	if (slice_eq(kind, SLICE("vsec")))
		return seconds_condition(c, t, sql, out);
	if (slice_eq(kind, SLICE("vaction")))
		return action_condition(c, t, sql, out);
	if (slice_eq(kind, SLICE("flag")))
		return flag_condition(c, t, sql, out);
	if (slice_eq(kind, SLICE("source")) || slice_eq(kind, SLICE("vsource")))
		return source_condition(c, t, f, sql, out);
	if (slice_eq(kind, SLICE("none"))) {
		strbuf_add_char(out, '0');
		return true;
	}
	return list_condition(c, t, f, item, out);
}
