/* SPDX-License-Identifier: MIT */
/* The text of a user-defined format: keys, patterns, and what is wrong. */
#include "parsers/user_parts.h"

#include "base/alloc.h"
#include "base/text.h"

#include <stdarg.h>

struct reader {
	struct user_format *f;
	const char *file;
	struct err *err;
	unsigned at;       /* line of the file */
	struct slice line; /* all of it */
	struct user_line *open;       /* of the last "line:", or NULL */
	struct user_pattern *pattern; /* of the last "line:" or "each:" */
};

bool user_fault(struct err *err, const char *file, unsigned line, size_t column,
                const char *fmt, ...)
{
	struct strbuf said = { 0 }, clean = { 0 };
	va_list args;

	strbuf_addf(&said, "%s:%u:%zu: ", file, line, column);
	va_start(args, fmt);
	strbuf_addv(&said, fmt, args);
	va_end(args);
	text_sanitise(&clean, strbuf_slice(&said));
	err_set(err, "%s", strbuf_text(&clean));
	if (err) {
		err->column = column;
		err->width = 1;
	}
	strbuf_release(&said);
	strbuf_release(&clean);
	return false;
}

/* Characters from the start of the line to the byte AT, counted from 1. */
static size_t column_of(const struct reader *r, const char *at)
{
	size_t column = 1;

	for (const char *p = r->line.ptr; p < at; p++)
		column += ((unsigned char)*p & 0xc0) != 0x80;
	return column;
}

#define FAULT(r, part, ...)                                                  \
	user_fault((r)->err, (r)->file, (r)->at, column_of((r), (part).ptr), \
	           __VA_ARGS__)
#define SHOWN(s) SLICE_FMT(slice_to((s), 60))

/* Names -------------------------------------------------------------------- */

static const char *const extra[] = {
	[USER_TIME - EV_FIELD_COUNT] = "time",
	[USER_HOST - EV_FIELD_COUNT] = "host",
	[USER_PROGRAM - EV_FIELD_COUNT] = "program",
	[USER_PID - EV_FIELD_COUNT] = "pid",
	[USER_BODY - EV_FIELD_COUNT] = "body",
	[USER_PARENT_ID - EV_FIELD_COUNT] = "parent_id",
	[USER_CHILD_ID - EV_FIELD_COUNT] = "child_id",
	[USER_ORIGINAL_ID - EV_FIELD_COUNT] = "original_id",
};

const char *user_target_name(int target)
{
	if (target == EV_ID_TIME) /* what an id says nobody writes: see "ids" */
		return NULL;
	if (target < EV_FIELD_COUNT)
		return event_field_name((enum event_field)target);
	return extra[target - EV_FIELD_COUNT];
}

int user_target_find(struct slice name, bool front)
{
	int from = front ? USER_TIME : 0;
	int to = front ? USER_BODY : USER_ORIGINAL_ID;

	for (int t = from; t <= to; t++) {
		const char *known = user_target_name(t);

		if (!front && t >= USER_TIME && t <= USER_BODY)
			continue;
		if (known && slice_eq(name, slice_str(known)))
			return t;
	}
	return -1;
}

static void add_value(struct user_pattern *p, struct user_value v)
{
	GROW(p->values, p->nvalues, p->cvalues);
	p->values[p->nvalues++] = v;
}

/* Patterns ----------------------------------------------------------------- */

static bool read_pattern(struct reader *r, struct slice value, bool front,
                         struct user_pattern *p)
{
	struct err err = { 0 };
	const char *colon;

	*p = (struct user_pattern){ .action = ACTION_INFO, .at = r->at };
	p->regex = regex_new(value, 0, &err);
	if (!p->regex) {
		/* the column is that of the line, not of the pattern */
		colon = strchr(err.text, ':');
		return user_fault(r->err, r->file, r->at,
		                  column_of(r, value.ptr) +
		                          (err.column ? err.column - 1 : 0),
		                  "the pattern cannot be read%s%s",
		                  colon ? ":" : ": ", colon ? colon + 1 : err.text);
	}
	for (unsigned n = 1; n <= regex_groups(p->regex); n++) {
		const char *name = regex_group_name(p->regex, n);
		struct slice s = slice_str(name);
		size_t where;
		int target;

		if (!name)
			continue;
		target = user_target_find(s, front);
		if (target >= 0) {
			add_value(p, (struct user_value){ .target = target,
			                                  .group = n });
			continue;
		}
		where = slice_find(value, s);
		return FAULT(r, slice_from(value, where), "there is no field %s "
		             "for a group of %s; mailspoor-formats(7) names them",
		             name, front ? "the prefix" : "a line");
	}
	return true;
}

static bool has_target(const struct user_pattern *p, int target)
{
	for (size_t i = 0; i < p->nvalues; i++)
		if (p->values[i].target == target)
			return true;
	return false;
}

static void pattern_release(struct user_pattern *p)
{
	regex_free(p->regex);
	free(p->values);
}

static bool key_prefix(struct reader *r, struct slice value)
{
	if (r->f->prefix.regex)
		return FAULT(r, r->line, "a second prefix; a format has one");
	if (!read_pattern(r, value, true, &r->f->prefix))
		return false;
	return has_target(&r->f->prefix, USER_TIME) ||
	       FAULT(r, value, "the prefix has no group (?<time>...)");
}

static bool key_line(struct reader *r, struct slice value)
{
	struct user_format *f = r->f;

	GROW(f->lines, f->nlines, f->clines);
	r->open = &f->lines[f->nlines++];
	*r->open = (struct user_line){ 0 };
	r->pattern = &r->open->first;
	return read_pattern(r, value, false, r->pattern);
}

static bool key_each(struct reader *r, struct slice value)
{
	struct user_line *l = r->open;

	if (!l)
		return FAULT(r, r->line, "\"each\" stands below no \"line\"");
	GROW(l->each, l->neach, l->ceach);
	r->pattern = &l->each[l->neach++];
	return read_pattern(r, value, false, r->pattern);
}

/* Other keys --------------------------------------------------------------- */

static bool key_action(struct reader *r, struct slice value)
{
	if (!r->pattern)
		return FAULT(r, r->line, "\"action\" stands below no \"line\"");
	return action_find(value, &r->pattern->action) ||
	       FAULT(r, value, "there is no action %.*s", SHOWN(value));
}

/* "opens, attempt" */
static bool key_roles(struct reader *r, struct slice value)
{
	if (!r->pattern)
		return FAULT(r, r->line, "\"roles\" stands below no \"line\"");
	while (value.len) {
		struct slice one = slice_trim(slice_cut(&value, ','));
		enum role role;

		if (!role_find(one, &role))
			return FAULT(r, one, "there is no role %.*s",
			             SHOWN(one));
		r->pattern->roles |= role;
	}
	return true;
}

/* "service=smtpd" */
static bool key_set(struct reader *r, struct slice value)
{
	struct slice name = slice_cut(&value, '=');
	int target = user_target_find(name, false);

	if (!r->pattern)
		return FAULT(r, r->line, "\"set\" stands below no \"line\"");
	if (target < 0)
		return FAULT(r, name, "there is no field %.*s: set takes "
		             "FIELD=TEXT", SHOWN(name));
	if (!value.len)
		return FAULT(r, name, "set takes FIELD=TEXT");
	add_value(r->pattern, (struct user_value){ .target = target,
	                                           .text = value });
	return true;
}

static bool key_time(struct reader *r, struct slice value)
{
	size_t at;
	const char *fault = user_time_fault(value, &at);

	if (fault)
		return FAULT(r, slice_from(value, at), "%s", fault);
	r->f->time = value;
	return true;
}

static bool key_ids(struct reader *r, struct slice value)
{
	struct user_format *f = r->f;

	while (value.len) {
		struct slice one = slice_trim(slice_cut(&value, ','));
		const struct id_family *family = id_family_find(one);

		if (!family)
			return FAULT(r, one, "there is no kind of id %.*s: see "
			             "mailspoor decode", SHOWN(one));
		if (f->nids == sizeof f->ids / sizeof *f->ids)
			return FAULT(r, one, "a format has at most %zu kinds of "
			             "ids", f->nids);
		f->ids[f->nids++] = family;
	}
	return true;
}

static bool key_order(struct reader *r, struct slice value)
{
	if (slice_eq(value, SLICE("newest first")))
		r->f->order = ORDER_NEWEST_FIRST;
	else if (slice_eq(value, SLICE("none")))
		r->f->order = ORDER_NONE;
	else if (!slice_eq(value, SLICE("forward")))
		return FAULT(r, value, "order is forward, newest first or none");
	return true;
}

static bool key_framing(struct reader *r, struct slice value)
{
	return slice_eq(value, SLICE("lines")) ||
	       FAULT(r, value, "framing is lines: one record on each");
}

static bool key_name(struct reader *r, struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-') || value.len > 32)
			return FAULT(r, slice_from(value, i), "a name is at most 32 of "
			             "a-z, 0-9, _ and -");
	}
	if (r->f->name)
		return FAULT(r, r->line, "a second name; a format has one");
	if (framing_find(value) || parser_find(value))
		return FAULT(r, value, "%.*s is a format of mailspoor's own",
		             SHOWN(value));
	r->f->name = mem_alloc(value.len + 1);
	memcpy(r->f->name, value.ptr, value.len);
	return true;
}

static bool key_about(struct reader *r, struct slice value)
{
	(void)value; /* for whoever reads the file */
	(void)r;
	return true;
}

static bool key_program(struct reader *r, struct slice value)
{
	r->f->program = value;
	return true;
}

static bool key_sample(struct reader *r, struct slice value)
{
	struct user_format *f = r->f;

	GROW(f->samples, f->nsamples, f->csamples);
	f->samples[f->nsamples++] = (struct user_sample){ .line = value,
		                                          .at = r->at };
	return true;
}

static bool expected(struct reader *r, struct slice value, const char *key,
                     bool front)
{
	struct user_format *f = r->f;
	struct user_sample *s = f->nsamples ? &f->samples[f->nsamples - 1] : NULL;
	struct slice *to = s ? front ? &s->front : &s->expect : NULL;

	if (!s)
		return FAULT(r, r->line, "\"%s\" stands below no \"sample\"", key);
	if (to->ptr)
		return FAULT(r, r->line, "a second \"%s\" for one sample", key);
	*to = value;
	*(front ? &s->front_at : &s->expect_at) = r->at;
	return true;
}

static bool key_front(struct reader *r, struct slice value)
{
	return expected(r, value, "front", true);
}

static bool key_expect(struct reader *r, struct slice value)
{
	return expected(r, value, "expect", false);
}

static const struct key {
	const char *name;
	bool (*read)(struct reader *r, struct slice value);
} keys[] = {
	{ "about", key_about },     { "action", key_action },
	{ "each", key_each },       { "expect", key_expect },
	{ "framing", key_framing }, { "front", key_front },
	{ "ids", key_ids },         { "line", key_line },
	{ "name", key_name },       { "order", key_order },
	{ "prefix", key_prefix },   { "program", key_program },
	{ "roles", key_roles },     { "sample", key_sample },
	{ "set", key_set },         { "time", key_time },
};

/* "key: value"; the value goes to the end of the line without blanks there,
 * save for a sample's, which is taken as it stands behind one blank. */
static bool read_line(struct reader *r)
{
	struct slice value = r->line, key;
	size_t nul = slice_chr(r->line, '\0');

	if (nul != SLICE_NONE)
		return FAULT(r, slice_from(r->line, nul),
		             "a NUL byte; a format is text");
	if (!slice_trim(value).len || value.ptr[0] == '#')
		return true;
	if (slice_chr(value, ':') == SLICE_NONE)
		return FAULT(r, r->line, "a line is \"KEY: VALUE\", a comment "
		             "behind # or empty");
	key = slice_cut(&value, ':');
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (!slice_eq(key, slice_str(keys[i].name)))
			continue;
		if (keys[i].read == key_sample)
			value = slice_from(value, slice_starts(value, SLICE(" ")));
		else
			value = slice_trim(value);
		if (!value.len)
			return FAULT(r, value, "nothing stands behind \"%s:\"",
			             keys[i].name);
		return keys[i].read(r, value);
	}
	return FAULT(r, key, "there is no key \"%.*s\"; mailspoor-formats(7) "
	             "names them", SHOWN(key));
}

/* What no single line can be blamed for stands at the end. */
static bool is_whole(struct reader *r)
{
	const struct user_format *f = r->f;
	const char *what = !f->name ? "name" : !f->prefix.regex ? "prefix"
	                   : !f->nlines ? "line" : NULL;

	if (what)
		return user_fault(r->err, r->file, r->at ? r->at : 1, 1,
		                  "the format has no \"%s\"", what);
	if (!f->nsamples)
		return user_fault(r->err, r->file, r->at, 1,
		                  "the format has no \"sample\", so nothing "
		                  "shows that it is right");
	for (size_t i = 0; i < f->nsamples; i++)
		if (!f->samples[i].expect.ptr)
			return user_fault(r->err, r->file, f->samples[i].at, 1,
			                  "the sample has no \"expect\"");
	return true;
}

static bool read_all(struct reader *r)
{
	struct slice rest = slice_of(r->f->text, r->f->length);

	while (rest.len) {
		r->line = slice_cut(&rest, '\n');
		if (r->line.len && r->line.ptr[r->line.len - 1] == '\r')
			r->line.len--;
		r->at++;
		if (!read_line(r))
			return false;
	}
	return is_whole(r);
}

struct user_format *user_format_new(const char *name, struct slice text,
                                    struct err *err)
{
	struct reader r = { .file = name, .err = err };

	if (text.len > USER_FORMAT_MAX) {
		user_fault(err, name, 1, 1, "the file has %zu bytes, at most %zu "
		           "can be used", text.len, USER_FORMAT_MAX);
		return NULL;
	}
	r.f = mem_alloc(sizeof *r.f);
	r.f->order = ORDER_FORWARD;
	r.f->text = mem_alloc(text.len + 1);
	r.f->length = text.len;
	if (text.len)
		memcpy(r.f->text, text.ptr, text.len);
	if (read_all(&r))
		return r.f;
	user_format_free(r.f);
	return NULL;
}

void user_format_free(struct user_format *f)
{
	if (!f)
		return;
	pattern_release(&f->prefix);
	for (size_t i = 0; i < f->nlines; i++) {
		pattern_release(&f->lines[i].first);
		for (size_t k = 0; k < f->lines[i].neach; k++)
			pattern_release(&f->lines[i].each[k]);
		free(f->lines[i].each);
	}
	for (int i = 0; i < USER_SCRATCH; i++)
		regex_match_free(f->scratch[i]);
	free(f->lines);
	free(f->samples);
	free(f->name);
	free(f->text);
	free(f);
}

const char *user_format_name(const struct user_format *f)
{
	return f->name;
}

struct slice user_format_text(const struct user_format *f)
{
	return slice_of(f->text, f->length);
}
