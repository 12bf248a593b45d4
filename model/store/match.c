/* SPDX-License-Identifier: MIT */
/* Text against the terms of a filter. */
#include "model/store/match.h"

#include "base/alloc.h"
#include "base/text.h"

#include <arpa/inet.h>

struct own {
	struct slice text;
	bool is_net;
	struct ip_net net;
};

struct value {
	struct slice text;
	bool pattern, own, exact, is_net;
	struct ip_net net;
};

struct matcher {
	enum field_type type;
	enum term_op op;
	bool exact_case;
	const struct regex *regex;
	struct regex_match *match;
	struct value *values;
	size_t nvalues;
	struct own *own;
	size_t nown;
};

static char fold(char c, bool nocase)
{
	return nocase && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* One element of a pattern. */
enum piece_kind { PIECE_END, PIECE_CHAR, PIECE_ONE, PIECE_RUN };

static enum piece_kind pattern_next(struct slice *p, char *c)
{
	if (p->len == 0)
		return PIECE_END;
	*c = *p->ptr;
	*p = slice_from(*p, 1);
	if (*c == '*')
		return PIECE_RUN;
	if (*c == '?')
		return PIECE_ONE;
	if (*c == '\\' && p->len > 0 &&
	    (*p->ptr == '*' || *p->ptr == '?' || *p->ptr == '\\')) {
		*c = *p->ptr;
		*p = slice_from(*p, 1);
	}
	return PIECE_CHAR;
}

bool match_glob(struct slice s, struct slice pattern, bool nocase)
{
	struct slice back = { NULL, 0 }, resume = s; /* after the last * */

	for (;;) {
		struct slice p = pattern;
		char c = 0;
		enum piece_kind k = pattern_next(&p, &c);

		if (k == PIECE_RUN) {
			pattern = back = p;
			resume = s;
			if (p.len == 0)
				return true;
			continue;
		}
		if (k == PIECE_END && s.len == 0)
			return true;
		if (k == PIECE_ONE && s.len > 0) {
			(void)text_next(&s);
			pattern = p;
			continue;
		}
		if (k == PIECE_CHAR && s.len > 0 &&
		    fold(*s.ptr, nocase) == fold(c, nocase)) {
			s = slice_from(s, 1);
			pattern = p;
			continue;
		}
		if (!back.ptr || resume.len == 0)
			return false;
		resume = slice_from(resume, 1);
		s = resume;
		pattern = back;
	}
}

/* The pattern's elements, for the table below. */
struct element {
	enum piece_kind kind;
	char c;
};

/* One step of the table: which elements may be reached after the byte C. */
static void hole_step(const struct element *e, size_t n, const bool *from,
                      bool *to, char c, bool nocase)
{
	memset(to, 0, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (!from[i])
			continue;
		if (e[i].kind == PIECE_RUN)
			to[i] = true;
		else if (e[i].kind == PIECE_ONE ||
		         fold(e[i].c, nocase) == fold(c, nocase))
			to[i + 1] = true;
	}
	for (size_t i = 0; i < n; i++)
		if (to[i] && e[i].kind == PIECE_RUN)
			to[i + 1] = true;
}

/* A hole may eat any elements but blanks, and nothing. */
static void hole_skip(const struct element *e, size_t n, bool *at)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] && !(e[i].kind == PIECE_CHAR && e[i].c == ' '))
			at[i + 1] = true;
}

#define HOLE_ELEMENTS 256

bool match_glob_with_hole(struct slice s, char hole, struct slice pattern,
                          bool nocase)
{
	struct element e[HOLE_ELEMENTS];
	bool at[HOLE_ELEMENTS + 1] = { true }, next[HOLE_ELEMENTS + 1];
	size_t n = 0;

	if (slice_chr(s, hole) == SLICE_NONE)
		return match_glob(s, pattern, nocase);
	for (;;) {
		if (n == HOLE_ELEMENTS)
			return true; /* too long to say no */
		e[n].kind = pattern_next(&pattern, &e[n].c);
		if (e[n].kind == PIECE_END)
			break;
		n++;
	}
	for (size_t i = 0; i < n && at[i] && e[i].kind == PIECE_RUN; i++)
		at[i + 1] = true;
	for (size_t k = 0; k < s.len; k++) {
		if (s.ptr[k] == hole) {
			hole_skip(e, n, at);
			continue;
		}
		hole_step(e, n, at, next, s.ptr[k], nocase);
		memcpy(at, next, n + 1);
	}
	return at[n];
}

static bool ip_bytes(const char *text, uint8_t out[16], unsigned *width)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(out, mapped, sizeof mapped);
	*width = 32;
	if (inet_pton(AF_INET, text, out + 12) == 1)
		return true;
	*width = 128;
	return inet_pton(AF_INET6, text, out) == 1;
}

static bool bits_behind(const struct ip_net *n)
{
	for (unsigned i = n->bits; i < 128; i++)
		if (n->bytes[i / 8] >> (7 - i % 8) & 1)
			return true;
	return false;
}

bool ip_parse(struct slice s, struct ip_net *net)
{
	struct slice head;
	uint64_t bits;
	unsigned width;
	char text[64];
	bool has_bits = slice_chr(s, '/') != SLICE_NONE;

	head = slice_cut(&s, '/');
	if (head.len > 1 && head.ptr[0] == '[' && slice_ends(head, SLICE("]")))
		head = slice_of(head.ptr + 1, head.len - 2);
	if (slice_eq_nocase(slice_to(head, 5), SLICE("ipv6:")))
		head = slice_from(head, 5);
	if (head.len == 0 || head.len >= sizeof text ||
	    slice_chr(head, '\0') != SLICE_NONE)
		return false;
	memcpy(text, head.ptr, head.len);
	text[head.len] = '\0';
	if (!ip_bytes(text, net->bytes, &width))
		return false;
	net->bits = 128;
	if (!has_bits)
		return true;
	if (!slice_u64(s, &bits) || bits > width)
		return false;
	net->bits = 128 - width + (unsigned)bits;
	return !bits_behind(net);
}

bool ip_in(const struct ip_net *a, const struct ip_net *net)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (memcmp(a->bytes, net->bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       (a->bytes[whole] ^ net->bytes[whole]) >> (8 - rest) == 0;
}

struct slice address_domain(struct slice s)
{
	size_t at = slice_rchr(s, '@');

	return at == SLICE_NONE ? s : slice_from(s, at + 1);
}

static struct slice without_dot(struct slice s)
{
	return s.len > 0 && s.ptr[s.len - 1] == '.' ? slice_to(s, s.len - 1) : s;
}

bool domain_within(struct slice s, struct slice domain)
{
	s = without_dot(s);
	domain = without_dot(domain);
	if (domain.len == 0 || s.len < domain.len)
		return false;
	if (!slice_eq_nocase(slice_from(s, s.len - domain.len), domain))
		return false;
	return s.len == domain.len || s.ptr[s.len - domain.len - 1] == '.';
}

struct matcher *matcher_new(const struct predicate *t, const struct slice *own,
                            size_t nown)
{
	struct matcher *m = mem_alloc(sizeof *m);

	m->type = t->field ? t->field->type : FIELD_TEXT;
	m->op = t->op;
	m->regex = t->regex;
	if (t->regex)
		m->match = regex_match_new(t->regex);
	m->nvalues = t->nvalues;
	m->values = mem_alloc((t->nvalues + 1) * sizeof *m->values);
	for (size_t i = 0; i < t->nvalues; i++) {
		const struct term_value *v = &t->values[i];

		m->values[i] = (struct value){ .text = v->text,
			                       .pattern = v->pattern,
			                       .own = v->own,
			                       .exact = v->exact };
		m->values[i].is_net = ip_parse(v->text, &m->values[i].net);
	}
	m->nown = nown;
	m->own = mem_alloc((nown + 1) * sizeof *m->own);
	for (size_t i = 0; i < nown; i++) {
		m->own[i].text = own[i];
		m->own[i].is_net = ip_parse(own[i], &m->own[i].net);
	}
	return m;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	if (m->match)
		regex_match_free(m->match);
	free(m->values);
	free(m->own);
	free(m);
}

void matcher_set_case(struct matcher *m, bool exact_case)
{
	m->exact_case = exact_case;
}

static bool is_own(const struct own *o, enum field_type type, struct slice text)
{
	struct ip_net ip;

	if (o->is_net)
		return ip_parse(text, &ip) && ip_in(&ip, &o->net);
	if (slice_chr(o->text, '@') != SLICE_NONE)
		return slice_eq_nocase(o->text, text);
	if (type == FIELD_ADDRESS && slice_chr(text, '@') == SLICE_NONE)
		return false;
	return domain_within(address_domain(text), o->text);
}

static bool test_own(const struct matcher *m, const struct value *v,
                     struct slice text)
{
	struct own given = { v->text, v->is_net, v->net };

	if (v->text.len > 0)
		return is_own(&given, m->type, text);
	for (size_t i = 0; i < m->nown; i++)
		if (is_own(&m->own[i], m->type, text))
			return true;
	return false;
}

static bool text_is(const struct matcher *m, const struct value *v,
                    struct slice text)
{
	if (v->pattern)
		return match_glob(text, v->text, !m->exact_case);
	return m->exact_case ? slice_eq(text, v->text)
	                     : slice_eq_nocase(text, v->text);
}

/* "bob" is bob@anywhere, "example.com" anybody@example.com or below it. */
static bool test_address(const struct matcher *m, const struct value *v,
                         struct slice text)
{
	size_t at = slice_rchr(text, '@');

	if (text_is(m, v, text))
		return true;
	if (v->exact || at == SLICE_NONE ||
	    slice_chr(v->text, '@') != SLICE_NONE)
		return false;
	if (text_is(m, v, slice_to(text, at)))
		return true;
	if (slice_chr(v->text, '.') == SLICE_NONE)
		return false;
	text = slice_from(text, at + 1);
	return v->pattern ? text_is(m, v, text) : domain_within(text, v->text);
}

static bool test_domain(const struct matcher *m, const struct value *v,
                        struct slice text)
{
	if (slice_chr(text, '@') == SLICE_NONE && slice_chr(text, '.') == SLICE_NONE)
		return text_is(m, v, text);
	if (v->exact && text_is(m, v, text))
		return true;
	text = address_domain(text);
	if (v->exact || v->pattern)
		return text_is(m, v, text);
	return domain_within(text, v->text);
}

static bool test_ip(const struct matcher *m, const struct value *v,
                    struct slice text)
{
	struct ip_net ip;

	if (v->is_net && !v->exact && ip_parse(text, &ip) && ip.bits == 128)
		return ip_in(&ip, &v->net);
	return text_is(m, v, text);
}

/* A bare word stands anywhere in the text. */
static bool test_word(const struct value *v, struct slice text)
{
	struct slice p = v->text;
	struct strbuf b = { 0 };
	bool yes;

	if (!v->pattern)
		return slice_find_nocase(text, p) != SLICE_NONE;
	strbuf_add_char(&b, '*');
	strbuf_add_slice(&b, p);
	strbuf_add_char(&b, '*');
	yes = match_glob(text, strbuf_slice(&b), true);
	strbuf_release(&b);
	return yes;
}

static bool test_value(const struct matcher *m, const struct value *v,
                       struct slice text)
{
	if (v->own)
		return test_own(m, v, text);
	if (m->type == FIELD_ADDRESS)
		return test_address(m, v, text);
	if (m->type == FIELD_DOMAIN)
		return test_domain(m, v, text);
	if (m->type == FIELD_IP)
		return test_ip(m, v, text);
	if (m->type == FIELD_LINE && !v->exact && !v->pattern)
		return test_word(v, text);
	return text_is(m, v, text);
}

bool matcher_test(struct matcher *m, struct slice text)
{
	if (!text.ptr)
		return false;
	if (m->op == TERM_HAS)
		return true;
	if (m->op == TERM_REGEX)
		return m->regex &&
		       regex_match(m->regex, m->match, text) == REGEX_YES;
	for (size_t i = 0; i < m->nvalues; i++)
		if (m->op == TERM_WORD ? test_word(&m->values[i], text)
		                       : test_value(m, &m->values[i], text))
			return true;
	return false;
}

/* V's text as a pattern; stars around it if ANYWHERE. */
static void add_pattern(struct strbuf *out, const struct value *v, bool anywhere)
{
	if (anywhere)
		strbuf_add_char(out, '*');
	for (size_t i = 0; i < v->text.len; i++) {
		char c = v->text.ptr[i];

		if (!v->pattern && (c == '*' || c == '?' || c == '\\'))
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, c);
	}
	if (anywhere)
		strbuf_add_char(out, '*');
}

bool matcher_may(struct matcher *m, struct slice text, char hole)
{
	struct strbuf p = { 0 };
	bool may = false;

	if (!text.ptr)
		return false;
	if (m->op == TERM_HAS || m->op == TERM_REGEX)
		return true;
	for (size_t i = 0; i < m->nvalues && !may; i++) {
		strbuf_reset(&p);
		add_pattern(&p, &m->values[i], m->op == TERM_WORD);
		may = m->values[i].own ||
		      match_glob_with_hole(text, hole, strbuf_slice(&p), true);
	}
	strbuf_release(&p);
	return may;
}
