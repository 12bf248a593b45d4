/* SPDX-License-Identifier: MIT */
/* The grammar of the filter language.
 *
 *	or    = and { "or" and }
 *	and   = not { ["and"] not }
 *	not   = ("-" | "not") not | "(" or ")" | ("none" | "all") "(" or ")"
 *	      | term
 *	term  = name op value { "," value } | name "~" regex | word
 *
 * Lists of AND and OR become balanced trees, so that 400 terms side by side are
 * nine levels deep; parentheses that say nothing leave no trace. */
#include "model/ask/filter.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "model/ask/filter_read.h"
#include "model/store/match.h"

struct list {
	const struct predicate **items;
	size_t n, cap;
};

static const struct predicate *read_or(struct reader *r, bool top);
static const struct predicate *read_not(struct reader *r);

static struct predicate *new_node(struct reader *r, enum predicate_kind kind)
{
	struct predicate *p =
		arena_alloc(&r->filter->memory, sizeof *p);

	p->kind = kind;
	return p;
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->text.len &&
	       strchr(" \t\r\n", r->text.ptr[r->at]) && r->text.ptr[r->at])
		r->at++;
}

static bool at_char(const struct reader *r, char c)
{
	return r->at < r->text.len && r->text.ptr[r->at] == c;
}

/* Takes the word if it stands alone at the reader. */
static bool take_word(struct reader *r, const char *word)
{
	struct slice rest = slice_from(r->text, r->at);
	struct reader behind = *r;
	size_t n = strlen(word);

	if (!slice_eq_nocase(slice_to(rest, n), slice_str(word)))
		return false;
	behind.at += n;
	if (!reader_is_end(&behind))
		return false;
	r->at += n;
	return true;
}

static bool at_word(const struct reader *r, const char *word)
{
	struct reader copy = *r;

	return take_word(&copy, word);
}

/* "none(" and "all(": without a blank, else they are words to look for. */
static bool take_call(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (!slice_eq_nocase(slice_to(slice_from(r->text, r->at), n),
	                     slice_str(word)))
		return false;
	if (r->at + n >= r->text.len || r->text.ptr[r->at + n] != '(')
		return false;
	r->at += n;
	return true;
}

static void list_add(struct list *l, const struct predicate *p,
                     enum predicate_kind kind)
{
	if (p->kind == kind) {
		list_add(l, p->left, kind);
		list_add(l, p->right, kind);
		return;
	}
	GROW(l->items, l->n, l->cap);
	l->items[l->n++] = p;
}

static const struct predicate *balance(struct reader *r,
                                       const struct predicate **items, size_t n,
                                       enum predicate_kind kind)
{
	struct predicate *p;

	if (n == 1)
		return items[0];
	p = new_node(r, kind);
	p->left = balance(r, items, (n + 1) / 2, kind);
	p->right = balance(r, items + (n + 1) / 2, n / 2, kind);
	return p;
}

/* Takes L's items into one tree and frees L. NULL if an item failed. */
static const struct predicate *list_close(struct reader *r, struct list *l,
                                          bool ok, enum predicate_kind kind)
{
	const struct predicate *p = NULL;

	if (ok && l->n > 0)
		p = balance(r, l->items, l->n, kind);
	free(l->items);
	return p;
}

static bool fail_name(struct reader *r, size_t start, size_t end)
{
	struct strbuf name = { 0 };

	text_sanitise(&name, slice_of(r->text.ptr + start, end - start));
	reader_fail(r, start, end,
	            "no field is called %s; to look for the text, quote it",
	            strbuf_text(&name));
	strbuf_release(&name);
	return false;
}

static bool read_has(struct reader *r, struct predicate *t)
{
	struct raw_value v;

	t->op = TERM_HAS;
	if (!read_value(r, &v))
		return false;
	t->field = field_find(v.text);
	if (!t->field || strcmp(t->field->name, "has") == 0)
		return fail_name(r, v.start, v.end);
	return reader_is_end(r) ||
	       reader_fail(r, r->at, r->at + 1, "has: takes one field");
}

static bool read_compared(struct reader *r, struct predicate *t,
                          struct slice op, size_t start)
{
	const struct field *f = t->field;

	if (field_is_text(f) || f->values || f->type == FIELD_HOUR ||
	    f->type == FIELD_WEEKDAY)
		return reader_fail(r, start, start + op.len,
		                   "%s is not compared: %s:value%s", f->name,
		                   f->name,
		                   field_is_text(f) ? " or ~/regex/" : "");
	if (op.len == 2)
		t->op = *op.ptr == '<' ? TERM_LESS_EQUAL : TERM_GREATER_EQUAL;
	else
		t->op = *op.ptr == '<' ? TERM_LESS : TERM_GREATER;
	return read_bound(r, t);
}

/* Hours and days are those of the zone shown when the filter was read. */
static void keep_zone(struct reader *r, struct predicate *t)
{
	struct filter_owned *owned;
	struct err err;

	if ((t->field->type != FIELD_HOUR && t->field->type != FIELD_WEEKDAY) ||
	    !r->context->zone)
		return;
	owned = arena_alloc(&r->filter->memory, sizeof *owned);
	owned->next = r->filter->owned;
	r->filter->owned = owned;
	owned->zone = zone_new(slice_str(zone_name(r->context->zone)), &err);
	if (!owned->zone)
		owned->zone = zone_fixed(zone_offset_at(r->context->zone,
		                                        r->context->last));
	t->zone = owned->zone;
}

/* after: and before: are bounds of time. */
static bool read_bounded(struct reader *r, struct predicate *t, bool after)
{
	t->field = field_find(SLICE("time"));
	t->op = after ? TERM_GREATER_EQUAL : TERM_LESS;
	return read_bound(r, t);
}

static bool read_by_operator(struct reader *r, struct predicate *t,
                             struct slice op, size_t start)
{
	const char *name = t->field->name;
	char last = op.ptr[op.len - 1];

	if (last == '~')
		return field_is_text(t->field)
		               ? read_regex(r, t)
		               : reader_fail(r, start, start + op.len,
		                             "%s takes no regex", name);
	if (*op.ptr == '<' || *op.ptr == '>')
		return read_compared(r, t, op, start);
	if (strcmp(name, "has") == 0)
		return read_has(r, t);
	if (strcmp(name, "after") == 0 || strcmp(name, "before") == 0)
		return read_bounded(r, t, *name == 'a');
	/* size:>1M */
	if (*op.ptr == ':' && (at_char(r, '<') || at_char(r, '>')) &&
	    !field_is_text(t->field)) {
		struct slice more = slice_from(r->text, r->at);
		size_t n = more.len > 1 && more.ptr[1] == '=' ? 2 : 1;

		r->at += n;
		return read_compared(r, t, slice_to(more, n), r->at - n);
	}
	return read_values(r, t, last == '=');
}

static const struct predicate *read_field(struct reader *r, size_t n, size_t nop)
{
	struct predicate *t = new_node(r, PRED_TERM), *not;
	struct slice op = slice_of(r->text.ptr + r->at + n, nop);
	size_t start = r->at;

	t->column = reader_column(r, start);
	t->field = field_find(slice_of(r->text.ptr + start, n));
	if (!t->field) {
		fail_name(r, start, start + n);
		return NULL;
	}
	r->at += n + nop;
	t->any_attempt = strcmp(t->field->name, "anycode") == 0;
	if (!read_by_operator(r, t, op, start + n))
		return NULL;
	keep_zone(r, t);
	t->width = reader_column(r, r->at) - t->column;
	if (*op.ptr != '!')
		return t;
	not = new_node(r, PRED_NOT);
	not->left = t;
	return not;
}

/* A word without a field; an address in <> loses them. */
static const struct predicate *read_bare(struct reader *r)
{
	struct predicate *t = new_node(r, PRED_TERM);
	struct term_value *v = arena_alloc(&r->filter->memory, sizeof *v);
	struct raw_value raw;
	bool ok;

	t->op = TERM_WORD;
	t->values = v;
	t->nvalues = 1;
	t->column = reader_column(r, r->at);
	r->bare = true;
	ok = read_value(r, &raw);
	r->bare = false;
	if (!ok)
		return NULL;
	v->text = raw.text;
	v->pattern = raw.pattern;
	if (!raw.quoted && v->text.len > 2 && *v->text.ptr == '<' &&
	    v->text.ptr[v->text.len - 1] == '>')
		v->text = slice_of(v->text.ptr + 1, v->text.len - 2);
	t->width = reader_column(r, r->at) - t->column;
	if (reader_is_end(r))
		return t;
	reader_fail(r, r->at, r->at + 1, "after a quoted text comes a blank");
	return NULL;
}

/* 2001:db8::1 pasted is an address and no field. */
static bool is_address(const struct reader *r)
{
	struct reader end = *r;
	struct ip_net net;

	while (!reader_is_end(&end))
		end.at++;
	return ip_parse(slice_of(r->text.ptr + r->at, end.at - r->at), &net);
}

static const struct predicate *read_term(struct reader *r)
{
	size_t op = 0, n;

	if (++r->terms > FILTER_TERMS) {
		reader_fail(r, r->at, r->at + 1,
		            "a filter has at most %d terms", FILTER_TERMS);
		return NULL;
	}
	n = filter_name_length(slice_from(r->text, r->at), &op);
	return n > 0 && !is_address(r) ? read_field(r, n, op) : read_bare(r);
}

/* "(" or ")"; OPEN is where it began, for the error. */
static const struct predicate *read_parens(struct reader *r)
{
	size_t open = r->at++;
	const struct predicate *p;

	skip_blanks(r);
	if (at_char(r, ')')) {
		reader_fail(r, open, r->at + 1, "the parentheses are empty");
		return NULL;
	}
	p = read_or(r, false);
	if (!p)
		return NULL;
	if (!at_char(r, ')')) {
		reader_fail(r, open, open + 1,
		            "this parenthesis is not closed");
		return NULL;
	}
	r->at++;
	return p;
}

static const struct predicate *wrap(struct reader *r, enum predicate_kind kind,
                                    const struct predicate *inner)
{
	struct predicate *p;

	if (!inner)
		return NULL;
	p = new_node(r, kind);
	p->left = inner;
	return p;
}

static const struct predicate *read_primary(struct reader *r)
{
	if (at_char(r, '-')) {
		r->at++;
		if (!reader_is_end(r) || at_char(r, '('))
			return wrap(r, PRED_NOT, read_not(r));
		reader_fail(r, r->at - 1, r->at, "after - comes a term");
		return NULL;
	}
	if (at_char(r, '('))
		return read_parens(r);
	if (take_call(r, "none"))
		return wrap(r, PRED_NONE, read_parens(r));
	if (take_call(r, "all"))
		return wrap(r, PRED_ALL, read_parens(r));
	return read_term(r);
}

static const struct predicate *read_not(struct reader *r)
{
	const struct predicate *p = NULL;
	size_t start = r->at;

	if (++r->depth > FILTER_DEPTH) {
		reader_fail(r, start, start + 1,
		            "the filter is nested too deep here");
	} else if (take_word(r, "not")) {
		skip_blanks(r);
		if (r->at < r->text.len && !at_char(r, ')'))
			p = wrap(r, PRED_NOT, read_not(r));
		else
			reader_fail(r, start, start + 3,
			            "after not comes a term");
	} else if (take_word(r, "or") || take_word(r, "and")) {
		reader_fail(r, start, r->at,
		            "a term stands on either side of or and and");
	} else {
		p = read_primary(r);
	}
	r->depth--;
	return p;
}

static void add_span(struct reader *r, size_t start, size_t end)
{
	struct filter *f = r->filter;

	f->terms[f->nterms++] = (struct filter_span){ start, end - start };
}

static const struct predicate *read_and(struct reader *r, bool top)
{
	struct list l = { 0 };
	bool ok = true;

	for (;;) {
		const struct predicate *p;
		size_t start;

		skip_blanks(r);
		start = r->at;
		if (start >= r->text.len || at_char(r, ')') || at_word(r, "or"))
			break;
		if (l.n > 0 && take_word(r, "and"))
			skip_blanks(r);
		p = read_not(r);
		if (!p) {
			ok = false;
			break;
		}
		if (top)
			add_span(r, start, r->at);
		list_add(&l, p, PRED_AND);
	}
	if (ok && l.n == 0)
		ok = reader_fail(r, r->at, r->at + 1, "a term is missing here");
	return list_close(r, &l, ok, PRED_AND);
}

static const struct predicate *read_or(struct reader *r, bool top)
{
	struct list l = { 0 };
	size_t start = r->at;
	bool ok = false;

	for (;;) {
		const struct predicate *p = read_and(r, top);

		ok = p;
		if (!ok)
			break;
		list_add(&l, p, PRED_OR);
		skip_blanks(r);
		if (!take_word(r, "or"))
			break;
	}
	/* terms that or joins are dropped and kept together */
	if (top && l.n > 1) {
		r->filter->nterms = 0;
		add_span(r, start, r->at);
	}
	return list_close(r, &l, ok, PRED_OR);
}

static bool read_filter(struct reader *r)
{
	if (r->text.len > FILTER_BYTES)
		return err_set(r->err, "a filter is at most %zu bytes long",
		               FILTER_BYTES);
	if (r->text.len == 0)
		return true;
	r->filter->where = read_or(r, true);
	if (!r->filter->where)
		return false;
	return r->at >= r->text.len ||
	       reader_fail(r, r->at, r->at + 1,
	                   "this parenthesis was never opened");
}

static struct slice trim(struct slice s, size_t *before)
{
	struct reader r = { .text = s };

	skip_blanks(&r);
	*before = r.at;
	s = slice_from(s, r.at);
	while (s.len > 0 && s.ptr[s.len - 1] &&
	       strchr(" \t\r\n", s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct filter *filter_parse(struct slice text, const struct filter_context *c,
                            struct err *err)
{
	static const struct filter_context none = { .last = TIME_NONE };
	struct filter *f = mem_alloc(sizeof *f);
	struct reader r = { .context = c ? c : &none, .filter = f, .err = err };
	size_t before;

	if (err)
		err->column = err->width = 0;
	f->refs = 1;
	text = trim(text, &before);
	f->text = arena_slice(&f->memory, slice_to(text, FILTER_BYTES + 1));
	if (!f->text.ptr)
		f->text = slice_of("", 0);
	f->terms = arena_alloc(&f->memory,
	                       (FILTER_TERMS + 1) * sizeof *f->terms);
	r.text = f->text;
	if (read_filter(&r))
		return f;
	if (err && err->column > 0)
		err->column += before; /* blanks: a character each */
	filter_unref(f);
	return NULL;
}

struct filter *filter_ref(struct filter *f)
{
	if (f)
		f->refs++;
	return f;
}

void filter_unref(struct filter *f)
{
	if (!f || --f->refs > 0)
		return;
	for (struct filter_owned *o = f->owned; o; o = o->next) {
		if (o->regex)
			regex_free(o->regex);
		if (o->zone)
			zone_free(o->zone);
	}
	arena_release(&f->memory);
	free(f);
}
