/* SPDX-License-Identifier: MIT */
/* Filters as text: what a predicate means, terms that screens add and drop, and
 * the word under a cursor. */
#include "model/ask/filter_read.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "model/store/match.h"
#include "model/store/piece.h"

/* Values -------------------------------------------------------------- */

/* How much of a text means more than itself. */
enum quote_mode {
	QUOTE_LITERAL, /* wildcards are meant literally */
	QUOTE_PATTERN, /* the text is a pattern with its backslashes */
	QUOTE_REPLY,   /* * and REPLY_CUT stand for what was cut out */
};

static bool needs_quotes(struct slice s, enum quote_mode mode, bool bare)
{
	if (s.len == 0 || slice_eq(s, SLICE("own")))
		return true;
	if (s.len > 2 && *s.ptr == '<' && s.ptr[s.len - 1] == '>')
		return true; /* would lose its brackets */
	for (struct slice rest = s; rest.len > 0;) {
		uint32_t c = text_next(&rest);

		if (c == TEXT_BAD || c <= ' ' || text_char_is_active(c) ||
		    (c < 0x80 && strchr("\"(),\\", (int)c)))
			return true;
		if (mode == QUOTE_LITERAL && (c == '*' || c == '?'))
			return true;
	}
	if (!bare)
		return false;
	return *s.ptr == '-' || slice_chr(s, ':') != SLICE_NONE ||
	       slice_chr(s, '=') != SLICE_NONE ||
	       slice_chr(s, '<') != SLICE_NONE ||
	       slice_chr(s, '>') != SLICE_NONE ||
	       slice_chr(s, '~') != SLICE_NONE ||
	       slice_chr(s, '!') != SLICE_NONE ||
	       slice_eq_nocase(s, SLICE("or")) ||
	       slice_eq_nocase(s, SLICE("and")) ||
	       slice_eq_nocase(s, SLICE("not"));
}

static void add_hex(struct strbuf *out, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		strbuf_addf(out, "\\x%02x", (unsigned char)bytes.ptr[i]);
}

static void add_quoted(struct strbuf *out, struct slice s, enum quote_mode mode)
{
	strbuf_add_char(out, '"');
	while (s.len > 0) {
		const char *start = s.ptr;
		uint32_t c = text_next(&s);
		struct slice taken = slice_of(start, (size_t)(s.ptr - start));

		if (mode == QUOTE_REPLY && c == (uint32_t)REPLY_CUT)
			strbuf_add_char(out, '*');
		else if (c == TEXT_BAD || c < ' ' || text_char_is_active(c))
			add_hex(out, taken);
		else if (c == '"' ||
		         (mode != QUOTE_PATTERN && c == '\\') ||
		         (mode == QUOTE_LITERAL && (c == '*' || c == '?')))
			strbuf_addf(out, "\\%c", (int)c);
		else
			strbuf_add_slice(out, taken);
	}
	strbuf_add_char(out, '"');
}

static void add_value(struct strbuf *out, struct slice s, enum quote_mode mode,
                      bool bare)
{
	if (needs_quotes(s, mode, bare))
		add_quoted(out, s, mode);
	else
		strbuf_add_slice(out, s);
}

static void add_time(struct strbuf *out, int64_t us)
{
	struct strbuf text = { 0 };
	struct slice s;

	civil_add_iso(&text, us);
	s = strbuf_slice(&text);
	if (slice_ends(s, SLICE(".000000Z"))) {
		strbuf_add_slice(out, slice_to(s, s.len - 8));
		strbuf_add_char(out, 'Z');
	} else {
		strbuf_add_slice(out, s);
	}
	strbuf_release(&text);
}

static void add_span_of_time(struct strbuf *out, int64_t from, int64_t to)
{
	if (from != INT64_MIN)
		add_time(out, from);
	strbuf_add_str(out, "..");
	if (to != INT64_MAX)
		add_time(out, to);
}

/* Predicates ---------------------------------------------------------- */

static void print_values(const struct predicate *p, struct strbuf *out)
{
	bool own = false;

	for (size_t i = 0, n = 0; i < p->nvalues; i++) {
		const struct term_value *v = &p->values[i];

		if (v->own && own)
			continue;
		own |= v->own;
		if (n++ > 0)
			strbuf_add_char(out, ',');
		if (v->own)
			strbuf_add_str(out, "own");
		else if (p->field && p->field->type == FIELD_TIME)
			add_span_of_time(out, v->number, v->number_to);
		else
			add_value(out, v->text,
			          v->pattern ? QUOTE_PATTERN : QUOTE_LITERAL,
			          !p->field);
	}
}

static void print_bound(const struct predicate *p, const char *op,
                        struct strbuf *out)
{
	strbuf_add_str(out, op);
	if (p->field->type == FIELD_TIME)
		add_time(out, p->values[0].number);
	else
		add_value(out, p->values[0].text, QUOTE_LITERAL, false);
}

static void print_range(const struct predicate *p, struct strbuf *out)
{
	strbuf_add_char(out, ':');
	if (p->field->type == FIELD_TIME) {
		add_span_of_time(out, p->values[0].number,
		                 p->values[1].number);
		return;
	}
	strbuf_add_slice(out, p->values[0].text);
	strbuf_add_str(out, "..");
	strbuf_add_slice(out, p->values[1].text);
}

static void print_term(const struct predicate *p, struct strbuf *out)
{
	if (p->op == TERM_HAS)
		strbuf_add_str(out, "has:");
	if (p->field)
		strbuf_add_str(out, p->field->name);
	switch (p->op) {
	case TERM_EQUAL:
		strbuf_add_char(out, p->nvalues > 0 && p->values[0].exact ? '='
		                                                         : ':');
		print_values(p, out);
		break;
	case TERM_LESS: print_bound(p, "<", out); break;
	case TERM_LESS_EQUAL: print_bound(p, "<=", out); break;
	case TERM_GREATER: print_bound(p, ">", out); break;
	case TERM_GREATER_EQUAL: print_bound(p, ">=", out); break;
	case TERM_RANGE: print_range(p, out); break;
	case TERM_REGEX:
		/* a regex may hold NUL bytes */
		strbuf_add_str(out, "~/");
		strbuf_add_slice(out, p->values[0].text);
		strbuf_add_str(out, p->values[0].number ? "/i" : "/");
		break;
	case TERM_HAS: break;
	case TERM_WORD: print_values(p, out); break;
	}
}

static void print_in_parens(const struct predicate *p, struct strbuf *out)
{
	strbuf_add_char(out, '(');
	filter_print(p, out);
	strbuf_add_char(out, ')');
}

static void print_joined(const struct predicate *p, const struct predicate *side,
                         struct strbuf *out)
{
	if (p->kind == PRED_AND && side->kind == PRED_OR)
		print_in_parens(side, out);
	else
		filter_print(side, out);
}

void filter_print(const struct predicate *p, struct strbuf *out)
{
	if (!p)
		return;
	switch (p->kind) {
	case PRED_TRUE: return;
	case PRED_AND:
	case PRED_OR:
		print_joined(p, p->left, out);
		strbuf_add_str(out, p->kind == PRED_AND ? " " : " or ");
		print_joined(p, p->right, out);
		return;
	case PRED_NOT:
		strbuf_add_char(out, '-');
		/* no parentheses for what may be as deep as a filter can be */
		if (p->left->kind == PRED_AND || p->left->kind == PRED_OR)
			print_in_parens(p->left, out);
		else
			filter_print(p->left, out);
		return;
	case PRED_NONE:
	case PRED_ALL:
		strbuf_add_str(out, p->kind == PRED_NONE ? "none" : "all");
		print_in_parens(p->left, out);
		return;
	case PRED_TERM: print_term(p, out); return;
	}
}

/* Terms that screens add ------------------------------------------------ */

/* "field:value" would match more than the value. */
static bool is_looser(const struct field *f, struct slice value)
{
	struct ip_net net;

	switch ((int)f->type) {
	case FIELD_DOMAIN: return true;
	case FIELD_ADDRESS: return slice_chr(value, '@') == SLICE_NONE &&
		                   !slice_eq(value, SLICE("<>"));
	case FIELD_IP: return !ip_parse(value, &net) || net.bits != 128;
	default: return false;
	}
}

void filter_add_term(struct strbuf *out, const struct field *f,
                     struct slice value, bool not)
{
	bool reply = strcmp(f->name, "reply") == 0;

	if (!value.ptr) {
		strbuf_addf(out, "%shas:%s", not ? "" : "-", f->name);
		return;
	}
	if (not)
		strbuf_add_char(out, '-');
	strbuf_addf(out, "%s%c", f->name, is_looser(f, value) ? '=' : ':');
	if (field_is_text(f))
		add_value(out, value, reply ? QUOTE_REPLY : QUOTE_LITERAL,
		          false);
	else
		add_value(out, value, QUOTE_PATTERN, false);
}

/* Several servers, hosts and ids may be true of one message. */
static bool is_many(const struct field *f)
{
	const struct field_source *s = field_in(f, UNIT_MESSAGES);
	const char *colon = s ? strchr(s->expr, ':') : NULL;

	return f->type == FIELD_FLAG ||
	       (colon && colon[1] >= 'A' && colon[1] <= 'Z');
}

static bool numbers_meet(const struct term_value *a, const struct term_value *b)
{
	if (a->number > a->number_to || b->number > b->number_to)
		return true; /* hours over midnight */
	return a->number <= b->number_to && b->number <= a->number_to;
}

static bool words_meet(const struct term_value *a, const struct term_value *b)
{
	/* roll-ups hold others */
	return slice_eq(a->text, b->text) ||
	       slice_eq(a->text, SLICE("accepted")) ||
	       slice_eq(a->text, SLICE("blocked")) ||
	       slice_eq(b->text, SLICE("accepted")) ||
	       slice_eq(b->text, SLICE("blocked"));
}

static bool any_meet(const struct predicate *a, const struct predicate *b)
{
	for (size_t i = 0; i < a->nvalues; i++)
		for (size_t k = 0; k < b->nvalues; k++)
			if (a->field->values
			            ? words_meet(&a->values[i], &b->values[k])
			            : numbers_meet(&a->values[i], &b->values[k]))
				return true;
	return false;
}

/* Whether both can never hold of one row: the same property said twice. */
static bool excludes(const struct predicate *old, const struct predicate *new)
{
	struct matcher *m;
	bool all = true;

	if (old->op != TERM_EQUAL || new->op != TERM_EQUAL ||
	    is_many(old->field))
		return false;
	if (!field_is_text(old->field))
		return !any_meet(old, new);
	m = matcher_new(old, NULL, 0);
	for (size_t i = 0; i < new->nvalues && all; i++)
		all = !new->values[i].pattern && !new->values[i].own &&
		      !matcher_test(m, new->values[i].text);
	matcher_free(m);
	return all;
}

static const struct predicate *bare_term(const struct predicate *p, bool *not)
{
	*not = p && p->kind == PRED_NOT;
	if (*not)
		p = p->left;
	return p && p->kind == PRED_TERM ? p : NULL;
}

static bool same_text(const struct predicate *a, const struct predicate *b)
{
	struct strbuf x = { 0 }, y = { 0 };
	bool same;

	filter_print(a, &x);
	filter_print(b, &y);
	same = slice_eq(strbuf_slice(&x), strbuf_slice(&y));
	strbuf_release(&x);
	strbuf_release(&y);
	return same;
}

/* Disjoint, or one within the other: the new one is what is meant. */
static bool replaces_time(const struct predicate *old,
                          const struct predicate *new)
{
	int64_t a, b, c, d;

	if (old->op != TERM_RANGE || new->op != TERM_RANGE ||
	    old->field->type != FIELD_TIME)
		return false;
	a = old->values[0].number;
	b = old->values[1].number;
	c = new->values[0].number;
	d = new->values[1].number;
	return b <= c || d <= a || (a <= c && d <= b) || (c <= a && b <= d);
}

static bool contradicts(const struct predicate *old, const struct predicate *new)
{
	bool old_not, new_not;
	const struct predicate *a = bare_term(old, &old_not);
	const struct predicate *b = bare_term(new, &new_not);

	if (!a || !b || a->field != b->field || !a->field)
		return false;
	if (old_not != new_not)
		return same_text(a, b);
	if (old_not)
		return false;
	return replaces_time(a, b) || excludes(a, b);
}

static struct slice span_text(const struct filter *f, size_t i)
{
	return slice_of(f->text.ptr + f->terms[i].start, f->terms[i].len);
}

static void add_joined(struct strbuf *out, struct slice term)
{
	if (out->len > 0)
		strbuf_add_char(out, ' ');
	strbuf_add_slice(out, term);
}

static void combine_terms(const struct filter *old, const struct filter *new,
                          struct strbuf *out, struct strbuf *replaced)
{
	bool there = false;

	for (size_t i = 0; i < old->nterms; i++) {
		struct filter *term = filter_parse(span_text(old, i), NULL,
		                                   NULL);
		bool drop = term && contradicts(term->where, new->where);

		there |= term && same_text(term->where, new->where);
		if (drop && replaced)
			add_joined(replaced, span_text(old, i));
		if (!drop && old->where->kind == PRED_OR) {
			strbuf_add_char(out, '(');
			strbuf_add_slice(out, span_text(old, i));
			strbuf_add_char(out, ')');
		} else if (!drop) {
			add_joined(out, span_text(old, i));
		}
		filter_unref(term);
	}
	if (!there)
		add_joined(out, new->text);
}

void filter_combine(struct slice text, struct slice term, struct strbuf *out,
                    struct strbuf *replaced)
{
	struct filter *old = filter_parse(text, NULL, NULL);
	struct filter *new = filter_parse(term, NULL, NULL);

	if (old && new && old->where && new->where) {
		combine_terms(old, new, out, replaced);
	} else {
		add_joined(out, slice_trim(text));
		add_joined(out, slice_trim(term));
	}
	filter_unref(old);
	filter_unref(new);
}

void filter_without(const struct filter *f, size_t term, struct strbuf *out)
{
	for (size_t i = 0; i < f->nterms; i++)
		if (i != term)
			add_joined(out, span_text(f, i));
}

/* The word under the cursor ------------------------------------------------ */

/* Behind the quoted text or regex at I, or the end. */
static size_t skip_delimited(struct slice s, size_t i)
{
	char end = s.ptr[i++];

	while (i < s.len && s.ptr[i] != end)
		i += s.ptr[i] == '\\' ? 2 : 1;
	return i < s.len ? i + 1 : s.len;
}

static bool is_delimiter(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '(' ||
	       c == ')';
}

/* Behind the term that starts at I. */
static size_t skip_term(struct slice s, size_t i)
{
	bool value = true; /* a quote opens here */

	while (i < s.len && !is_delimiter(s.ptr[i])) {
		char c = s.ptr[i];

		if ((value && c == '"') ||
		    (c == '/' && i > 0 && s.ptr[i - 1] == '~')) {
			i = skip_delimited(s, i);
			value = false;
			continue;
		}
		value = c && strchr(":=<>~,-", c);
		i++;
	}
	return i;
}

static void word_in_term(struct slice text, size_t start, size_t end,
                         size_t cursor, struct filter_word *out)
{
	size_t op = 0, n, at;

	while (start < end && text.ptr[start] == '-' && start < cursor)
		start++;
	n = filter_name_length(slice_of(text.ptr + start, end - start), &op);
	if (n == 0 || cursor <= start + n) {
		out->start = start;
		out->len = (n > 0 ? start + n : end) - start;
		return;
	}
	out->field = field_find(slice_of(text.ptr + start, n));
	out->in_value = true;
	out->start = start + n + op;
	for (at = out->start; at < end; at++) {
		if (text.ptr[at] == '"') {
			at = skip_delimited(text, at) - 1;
		} else if (text.ptr[at] == ',') {
			if (at >= cursor)
				break;
			out->start = at + 1;
		}
	}
	if (at > end)
		at = end;
	out->len = at > out->start ? at - out->start : 0;
}

void filter_word_at(struct slice text, size_t cursor, struct filter_word *out)
{
	size_t i = 0;

	*out = (struct filter_word){ .start = cursor };
	while (i < text.len) {
		size_t start = i, end;

		if (is_delimiter(text.ptr[i])) {
			i++;
			continue;
		}
		end = skip_term(text, i);
		if (end > text.len)
			end = text.len;
		if (cursor >= start && cursor <= end) {
			word_in_term(text, start, end, cursor, out);
			return;
		}
		i = end > i ? end : i + 1;
	}
}
