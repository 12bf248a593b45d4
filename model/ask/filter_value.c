/* SPDX-License-Identifier: MIT */
/* Values of a filter by the type of their field. */
#include "model/ask/filter_read.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "model/store/match.h"

static const char *const weekdays[] = { "sun", "mon", "tue", "wed",
	                                "thu", "fri", "sat" };

bool field_is_text(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_LINE ||
	       f->type == FIELD_ADDRESS || f->type == FIELD_DOMAIN ||
	       f->type == FIELD_IP;
}

/* What ought to stand there: the second half of an error. */
static bool fail_type(struct reader *r, const struct field *f,
                      const struct raw_value *v)
{
	static const char *const expected[] = {
		[FIELD_IP] = "an ip is 192.0.2.1, 192.0.2.0/24, 2001:db8::/32 "
		             "or 192.0.2.*",
		[FIELD_NUMBER] = "a number is 12 or 10..20",
		[FIELD_CODE] = "a code is 550, 5xx or 500..599",
		[FIELD_SIZE] = "a size is 500, 20K, 1.5M or 1K..2M",
		[FIELD_TIME] = "a time is 2014-02, 2014-02-03T01:01, -2h or "
		               "A..B",
		[FIELD_DURATION] = "a duration is 90s, 5m, 1.5h or 1h..2d",
		[FIELD_HOUR] = "an hour is 9 or 22..06",
		[FIELD_WEEKDAY] = "a weekday is sat or mon..fri",
	};
	struct strbuf list = { 0 };
	struct slice rest = slice_str(f->values);
	const char *article = strchr("aeiou", f->name[0]) ? "an" : "a";

	if (!f->values)
		return reader_fail(r, v->start, v->end, "%s", expected[f->type]);
	while (rest.len > 0) {
		struct slice word = slice_cut(&rest, ' ');

		strbuf_addf(&list, "%s%.*s",
		            list.len == 0 ? ""
		            : rest.len > 0 ? ", "
		                           : " or ",
		            SLICE_FMT(word));
	}
	if (f->type == FIELD_FLAG)
		reader_fail(r, v->start, v->end, "after is: comes %s",
		            strbuf_text(&list));
	else
		reader_fail(r, v->start, v->end, "%s %s is %s", article, f->name,
		            strbuf_text(&list));
	strbuf_release(&list);
	return false;
}

static bool parse_number(struct slice s, int64_t *n)
{
	bool negative = s.len > 1 && *s.ptr == '-';
	uint64_t value;

	if (negative)
		s = slice_from(s, 1);
	if (!slice_u64(s, &value) || value > INT64_MAX)
		return false;
	*n = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

/* 500, 20K, 1.5M, 2GiB: units are powers of 1,024. */
static bool parse_size(struct slice s, int64_t *n)
{
	static const char letters[] = "KMGT";
	struct slice whole;
	uint64_t value, part = 0, scale = 1, unit = 1;
	const char *letter;

	if (s.len > 0 && (s.ptr[s.len - 1] | 32) == 'b')
		s = slice_to(s, s.len - 1);
	if (s.len > 1 && s.ptr[s.len - 1] == 'i')
		s = slice_to(s, s.len - 1);
	if (s.len == 0)
		return false;
	letter = strchr(letters, s.ptr[s.len - 1] & ~32);
	if (letter && *letter) {
		unit <<= 10 * (letter - letters + 1);
		s = slice_to(s, s.len - 1);
	}
	whole = slice_cut(&s, '.');
	if (!slice_u64(whole, &value) || value > (uint64_t)INT64_MAX / unit / 2)
		return false;
	if (s.len > 6 || (s.len > 0 && !slice_u64(s, &part)))
		return false;
	for (size_t i = 0; i < s.len; i++)
		scale *= 10;
	*n = (int64_t)(value * unit + part * unit / scale);
	return true;
}

static bool parse_code(struct slice s, int64_t *from, int64_t *to)
{
	if (s.len != 3 || s.ptr[0] < '1' || s.ptr[0] > '9')
		return false;
	if ((s.ptr[1] | 32) == 'x' && (s.ptr[2] | 32) == 'x') {
		*from = (s.ptr[0] - '0') * 100;
		*to = *from + 99;
		return true;
	}
	if (!parse_number(s, from))
		return false;
	*to = *from;
	return true;
}

static bool parse_hour(struct slice s, int64_t *n)
{
	if (s.len > 3 && slice_ends(s, SLICE(":00")))
		s = slice_to(s, s.len - 3);
	return s.len <= 2 && parse_number(s, n) && *n >= 0 && *n < 24;
}

static bool parse_weekday(struct slice s, int64_t *n)
{
	static const char *const names[] = { "sunday",   "monday", "tuesday",
		                             "wednesday", "thursday", "friday",
		                             "saturday" };

	for (int i = 0; i < 7; i++) {
		if (!slice_eq_nocase(s, slice_str(weekdays[i])) &&
		    !slice_eq_nocase(s, slice_str(names[i])))
			continue;
		*n = i;
		return true;
	}
	return false;
}

/* *TO is behind what the literal names; INT64_MAX for a relative one. */
static bool parse_time(const struct reader *r, struct slice s, int64_t *from,
                       int64_t *to)
{
	const struct filter_context *c = r->context;
	int64_t span, back;
	bool has_zone;
	int32_t offset;

	if (s.len > 1 && *s.ptr == '-') {
		if (!duration_parse(slice_from(s, 1), &back) || back < 0)
			return false;
		*from = c->last == TIME_NONE ? 0 : c->last;
		*from = *from < INT64_MIN / 2 + back ? INT64_MIN / 2
		                                     : *from - back;
		*to = INT64_MAX;
		return true;
	}
	if (!civil_parse(s, from, &span, &has_zone, &offset))
		return false;
	*to = *from + span;
	if (!has_zone && c->zone) {
		*from = zone_to_utc(c->zone, *from, false, NULL);
		*to = zone_to_utc(c->zone, *to, false, NULL);
	}
	return true;
}

/* One literal without "..". */
static bool parse_literal(const struct reader *r, enum field_type type,
                          struct slice s, int64_t *from, int64_t *to)
{
	bool ok;

	if (type == FIELD_CODE)
		return parse_code(s, from, to);
	if (type == FIELD_TIME)
		return parse_time(r, s, from, to);
	ok = type == FIELD_SIZE       ? parse_size(s, from)
	     : type == FIELD_DURATION ? duration_parse(s, from)
	     : type == FIELD_HOUR     ? parse_hour(s, from)
	     : type == FIELD_WEEKDAY  ? parse_weekday(s, from)
	                              : parse_number(s, from);
	*to = *from;
	return ok;
}

static bool wraps(enum field_type t)
{
	return t == FIELD_HOUR || t == FIELD_WEEKDAY;
}

/* LITERAL or A..B, A.., ..B. *RANGE tells which. */
static bool parse_range(const struct reader *r, enum field_type type,
                        struct slice s, struct term_value *v, bool *range)
{
	size_t dots = slice_find(s, SLICE(".."));
	struct slice a = slice_to(s, dots), b;
	int64_t unused;

	*range = dots != SLICE_NONE;
	if (!*range)
		return parse_literal(r, type, s, &v->number, &v->number_to);
	b = slice_from(s, dots + 2);
	v->number = INT64_MIN;
	v->number_to = INT64_MAX;
	if (a.len + b.len == 0 || (wraps(type) && (a.len == 0 || b.len == 0)))
		return false;
	if (a.len > 0 && !parse_literal(r, type, a, &v->number, &unused))
		return false;
	if (b.len == 0)
		return true;
	if (type == FIELD_TIME)
		return parse_literal(r, type, b, &v->number_to, &unused);
	return parse_literal(r, type, b, &unused, &v->number_to);
}

static bool in_list(const char *values, struct slice word)
{
	struct slice rest = slice_str(values);

	while (rest.len > 0)
		if (slice_eq(slice_cut(&rest, ' '), word))
			return true;
	return false;
}

static bool is_bracketed(struct slice s)
{
	return s.len > 2 && *s.ptr == '<' && s.ptr[s.len - 1] == '>';
}

static bool fail_own(struct reader *r, const struct raw_value *raw,
                     bool network)
{
	return reader_fail(r, raw->start, raw->end, network
	                   ? "no own network is set; set own.network "
	                     "198.51.100.0/24 names one"
	                   : "no own domain is set; set own.domain "
	                     "corp.example names one");
}

/* A direction is seen from the own side; without one nothing would match, which
 * would read as an answer. */
static bool is_seen_from_own(const struct field *f, struct slice value)
{
	if (strcmp(f->name, "direction") == 0)
		return true;
	return strcmp(f->name, "is") == 0 &&
	       (slice_eq(value, SLICE("inbound")) ||
	        slice_eq(value, SLICE("outbound")) ||
	        slice_eq(value, SLICE("internal")));
}

static bool lacks_own(const struct filter_context *c, const struct field *f)
{
	if (!c->own_known)
		return false;
	if (f->type == FIELD_IP)
		return c->own_networks == 0;
	/* directions too: networks alone say nothing of recipients */
	return c->own_domains == 0;
}

static bool take_text(struct reader *r, const struct field *f,
                      const struct raw_value *raw, bool exact,
                      struct term_value *v)
{
	struct ip_net net;

	v->text = raw->text;
	v->pattern = raw->pattern;
	v->exact = exact;
	if (raw->quoted || exact)
		return true;
	v->own = f->type != FIELD_TEXT && f->type != FIELD_LINE &&
	         slice_eq(raw->text, SLICE("own"));
	if (v->own && lacks_own(r->context, f))
		return fail_own(r, raw, f->type == FIELD_IP);
	if (v->own)
		v->text = slice_of("", 0);
	/* as logs write them: from=<bob@example.com> */
	if ((f->type == FIELD_ADDRESS || strcmp(f->name, "mid") == 0) &&
	    is_bracketed(v->text))
		v->text = slice_of(v->text.ptr + 1, v->text.len - 2);
	if (f->type == FIELD_IP && !v->own && !v->pattern &&
	    !ip_parse(v->text, &net))
		return fail_type(r, f, raw);
	return true;
}

static bool take_word(struct reader *r, const struct field *f,
                      const struct raw_value *raw, struct term_value *v)
{
	char *text = arena_bytes(&r->filter->memory, raw->text.len + 1);

	for (size_t i = 0; i < raw->text.len; i++) {
		char c = raw->text.ptr[i];

		text[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	v->text = slice_of(text, raw->text.len);
	if (!raw->text.len || !in_list(f->values, v->text))
		return fail_type(r, f, raw);
	return !is_seen_from_own(f, v->text) || !lacks_own(r->context, f) ||
	       fail_own(r, raw, false);
}

/* RAW as a value of F. */
static bool take_value(struct reader *r, const struct field *f,
                       const struct raw_value *raw, bool exact,
                       struct term_value *v)
{
	bool range;

	*v = (struct term_value){ .text = raw->text };
	if (field_is_text(f))
		return take_text(r, f, raw, exact, v);
	if (f->type == FIELD_WORD || f->type == FIELD_FLAG)
		return take_word(r, f, raw, v);
	return parse_range(r, f->type, raw->text, v, &range) ||
	       fail_type(r, f, raw);
}

/* `own` with the domains and networks that the context knows. */
static void add_own(struct reader *r, struct term_value **list, size_t *n,
                    size_t *cap)
{
	for (size_t i = 0; i < r->context->nown; i++) {
		GROW(*list, *n, *cap);
		(*list)[(*n)++] = (struct term_value){
			.text = arena_slice(&r->filter->memory,
			                    r->context->own[i]),
			.own = true,
		};
	}
}

/* A single A..B of numbers, and every single time, is a range. */
static void make_range(struct reader *r, struct predicate *t)
{
	struct term_value *v;
	struct slice text = t->values[0].text;
	size_t dots = slice_find(text, SLICE(".."));

	if (t->nvalues != 1 || field_is_text(t->field) || t->field->values ||
	    wraps(t->field->type))
		return;
	if (dots == SLICE_NONE && t->field->type != FIELD_TIME)
		return;
	v = arena_alloc(&r->filter->memory, 2 * sizeof *v);
	v[0] = v[1] = t->values[0];
	v[1].number = v[1].number_to;
	v[0].number_to = v[0].number;
	v[0].text = slice_to(text, dots);
	v[1].text = dots == SLICE_NONE ? text : slice_from(text, dots + 2);
	t->op = TERM_RANGE;
	t->values = v;
	t->nvalues = 2;
}

bool read_values(struct reader *r, struct predicate *t, bool exact)
{
	struct term_value *list = NULL, *kept;
	size_t n = 0, cap = 0;
	struct raw_value raw;
	bool ok = true;

	do {
		GROW(list, n, cap);
		ok = read_value(r, &raw) &&
		     take_value(r, t->field, &raw, exact, &list[n]);
		if (ok && n == FILTER_VALUES)
			ok = reader_fail(r, raw.start, raw.end,
			                 "a term takes at most %d values",
			                 FILTER_VALUES);
		if (!ok)
			break;
		n++;
		if (list[n - 1].own && r->context->nown > 0) {
			n--;
			add_own(r, &list, &n, &cap);
		}
	} while (r->at < r->text.len && r->text.ptr[r->at] == ',' && ++r->at);
	if (ok && !reader_is_end(r))
		ok = reader_fail(r, r->at, r->at + 1,
		                 "after a quoted value comes a blank or a comma");
	if (ok) {
		kept = arena_alloc(&r->filter->memory, n * sizeof *kept);
		memcpy(kept, list, n * sizeof *kept);
		t->op = TERM_EQUAL;
		t->values = kept;
		t->nvalues = n;
		make_range(r, t);
	}
	free(list);
	return ok;
}

bool read_bound(struct reader *r, struct predicate *t)
{
	struct term_value *v = arena_alloc(&r->filter->memory, sizeof *v);
	struct raw_value raw;
	enum field_type type = t->field->type;

	t->values = v;
	t->nvalues = 1;
	if (!read_value(r, &raw))
		return false;
	v->text = raw.text;
	if (!parse_literal(r, type, raw.text, &v->number, &v->number_to))
		return fail_type(r, t->field, &raw);
	if (!reader_is_end(r))
		return reader_fail(r, r->at, r->at + 1,
		                   "a comparison takes one value");
	if (type != FIELD_TIME)
		return true;
	/* behind what a literal names is from its end on */
	if (v->number_to == INT64_MAX)
		v->number_to = v->number;
	if (t->op == TERM_GREATER || t->op == TERM_LESS_EQUAL) {
		v->number = v->number_to;
		t->op = t->op == TERM_GREATER ? TERM_GREATER_EQUAL : TERM_LESS;
	}
	v->number_to = v->number;
	return true;
}

bool read_regex(struct reader *r, struct predicate *t)
{
	struct term_value *v = arena_alloc(&r->filter->memory, sizeof *v);
	struct filter_owned *owned;
	size_t start = r->at, end;
	struct err err;

	if (r->at >= r->text.len || r->text.ptr[r->at] != '/')
		return reader_fail(r, r->at, r->at + 1,
		                   "after ~ comes /regex/ or /regex/i");
	for (end = start + 1; end < r->text.len && r->text.ptr[end] != '/'; end++)
		if (r->text.ptr[end] == '\\')
			end++;
	if (end >= r->text.len)
		return reader_fail(r, start, r->text.len,
		                   "a regex ends with / or /i");
	v->text = arena_slice(&r->filter->memory,
	                      slice_of(r->text.ptr + start + 1, end - start - 1));
	r->at = end + 1;
	if (r->at < r->text.len && r->text.ptr[r->at] == 'i') {
		v->number = 1;
		r->at++;
	}
	if (!reader_is_end(r))
		return reader_fail(r, r->at, r->at + 1,
		                   "after a regex comes i or a blank");
	owned = arena_alloc(&r->filter->memory, sizeof *owned);
	owned->next = r->filter->owned;
	r->filter->owned = owned;
	owned->regex = regex_new(v->text, v->number ? REGEX_NOCASE : 0, &err);
	if (!owned->regex)
		return reader_fail(r, start, end + 1, "%s", err.text);
	t->regex = owned->regex;
	t->op = TERM_REGEX;
	t->values = v;
	t->nvalues = 1;
	return true;
}
