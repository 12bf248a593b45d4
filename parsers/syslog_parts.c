/* SPDX-License-Identifier: MIT */
/* Messages that their writer cut into several syslog lines (FORMATS.md §1.3):
 * Exim "[1/3] …", "[2/3] …" at 870 bytes, Sendmail "ID[1]: … ...", "ID[2]: …".
 * Lines that follow each other become one record again. */
#include "parsers/syslog_parts.h"

#include "parsers/syslog.h"

#define EXIM_CUT 870  /* MAX_SYSLOG_LEN */
#define PARTS_MAX 999 /* more are "log terminated" */

/* Which part of what a line is. */
struct part {
	struct record r;   /* peeled */
	struct slice name; /* Sendmail's id, absent for Exim */
	struct slice text;
	uint64_t n, of;    /* OF 0: not said */
	bool more;         /* says that it goes on */
};

static bool take_number(struct slice *s, uint64_t *n)
{
	size_t i = 0;

	while (i < s->len && i < 4 && s->ptr[i] >= '0' && s->ptr[i] <= '9')
		i++;
	if (!slice_u64(slice_to(*s, i), n) || *n == 0)
		return false;
	*s = slice_from(*s, i);
	return true;
}

/* "[2/3] text" */
static bool read_numbered(struct slice s, struct part *p)
{
	s = slice_from(s, 1);
	if (!take_number(&s, &p->n) || !slice_starts(s, SLICE("/")))
		return false;
	s = slice_from(s, 1);
	if (!take_number(&s, &p->of) || p->of < p->n ||
	    !slice_starts(s, SLICE("] ")))
		return false;
	p->text = slice_from(s, 2);
	p->more = p->n < p->of;
	return true;
}

/* "ID[2]: text", "ID[2]: text ..." if it goes on */
static bool read_named(struct slice s, struct part *p)
{
	const struct slice dots = SLICE(" ...");
	size_t n = slice_chr(slice_to(s, 20), '[');

	if (n == SLICE_NONE || n < 8)
		return false;
	p->name = slice_to(s, n);
	for (size_t i = 0; i < n; i++)
		if (p->name.ptr[i] == ' ' || p->name.ptr[i] == ':')
			return false;
	s = slice_from(s, n + 1);
	if (!take_number(&s, &p->n) || !slice_starts(s, SLICE("]: ")))
		return false;
	p->text = slice_from(s, 3);
	p->more = slice_ends(p->text, dots);
	if (p->more)
		p->text.len -= dots.len;
	return true;
}

static bool read_part(struct slice line, struct part *p)
{
	*p = (struct part){ 0 };
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	if (syslog_peel(line, &p->r) == SYSLOG_NONE || !p->r.body.len)
		return false;
	return p->r.body.ptr[0] == '[' ? read_numbered(p->r.body, p)
	                               : read_named(p->r.body, p);
}

/* Whether LINE may be a first part: what is looked at on every line. */
static bool may_begin(struct slice line)
{
	return slice_ends(line, SLICE(" ...")) ||
	       (line.len > EXIM_CUT &&
	        slice_find(slice_to(line, 200), SLICE(" [1/")) != SLICE_NONE);
}

static bool goes_on(const struct part *a, const struct part *b)
{
	return a->more && b->n == a->n + 1 && b->of == a->of &&
	       slice_eq(a->name, b->name) && slice_eq(a->r.host, b->r.host) &&
	       slice_eq(a->r.program, b->r.program) &&
	       slice_eq(a->r.pid, b->r.pid);
}

enum cut syslog_join_parts(const struct layout *l, struct slice bytes, bool last,
                           struct record *r)
{
	struct part was, now;

	if (!may_begin(r->raw) || !read_part(r->raw, &was) || was.n != 1)
		return CUT_RECORD;
	while (was.more && r->lines < PARTS_MAX) {
		struct record next = { 0 };
		enum cut cut = framing_next_line(
			l, slice_from(bytes, r->length), last, &next);

		if (cut == CUT_MORE)
			return CUT_MORE;
		if (cut == CUT_END || r->length + next.length > RECORD_MAX ||
		    !read_part(next.raw, &now) || !goes_on(&was, &now))
			break;
		r->raw = slice_of(r->raw.ptr,
		                  (size_t)(next.raw.ptr + next.raw.len -
		                           r->raw.ptr));
		r->length += next.length;
		r->flags |= next.flags;
		r->lines++;
		was = now;
	}
	return CUT_RECORD;
}

static void append(char *to, size_t *n, struct slice s)
{
	if (s.len) /* memcpy wants a place even for nothing */
		memcpy(to + *n, s.ptr, s.len);
	*n += s.len;
}

/* Sendmail breaks at a blank, which may stand on either side of the cut. */
static bool lacks_blank(const struct part *p, const char *to, size_t n)
{
	return p->name.len && n && to[n - 1] != ' ' && p->text.len &&
	       p->text.ptr[0] != ' ';
}

/* What wraps syslog lines counts its own: these are no parts. */
static bool are_parts(struct slice rest)
{
	struct part p;

	if (slice_chr(rest, '\n') == SLICE_NONE)
		return false;
	while (rest.len)
		if (!read_part(slice_cut(&rest, '\n'), &p))
			return false;
	return true;
}

bool syslog_peel_parts(struct record *r, struct arena *arena)
{
	struct slice rest = r->raw;
	struct part p = { 0 };
	size_t n = 0;
	char *to;

	if (!are_parts(rest))
		return false;
	to = arena_bytes(arena, r->raw.len + r->lines);
	while (rest.len) {
		read_part(slice_cut(&rest, '\n'), &p);
		if (n == 0) {
			r->time = p.r.time;
			r->time_raw = p.r.time_raw;
			r->host = p.r.host;
			r->program = p.r.program;
			r->pid = p.r.pid;
			append(to, &n, p.name);
			if (p.name.len)
				append(to, &n, SLICE(": "));
		} else if (lacks_blank(&p, to, n)) {
			append(to, &n, SLICE(" "));
		}
		append(to, &n, p.text);
	}
	/* a part is missing: the line is cut here */
	if (p.more)
		append(to, &n, SLICE("..."));
	r->body = slice_of(to, n);
	if (p.more)
		r->flags |= RECORD_SPLIT;
	return true;
}
