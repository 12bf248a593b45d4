/* SPDX-License-Identifier: MIT */
/* A user-defined format against its own samples, and lists of formats. */
#include "parsers/user_parts.h"

#include "base/alloc.h"

static void print_part(struct strbuf *out, const char *name, struct slice s)
{
	if (s.ptr)
		strbuf_addf(out, "%s%s=%.*s", out->len ? " " : "", name,
		            SLICE_FMT(s));
}

/* "time=2026-03-14T09:15:02Z host=mx1 program=x pid=12": what there is. */
static void print_front(const struct record *r, struct strbuf *out)
{
	struct strbuf time = { 0 };

	civil_add_iso(&time, r->time.us);
	/* no more than the line says: "2026-03-14T09:15:02.000000Z" */
	if (time.len > 20 && !(r->time.has & STAMP_FRACTION)) {
		time.len = 19;
		strbuf_add_char(&time, 'Z');
	}
	if (time.len && !(r->time.has & STAMP_ZONE))
		time.len--;
	if (time.len)
		print_part(out, "time", strbuf_slice(&time));
	print_part(out, "host", r->host);
	print_part(out, "program", r->program);
	print_part(out, "pid", r->pid);
	strbuf_release(&time);
}

static void print_events(const struct events *events, struct strbuf *out)
{
	for (size_t i = 0; i < events->n; i++) {
		if (i)
			strbuf_add_str(out, " & ");
		event_print(&events->list[i], out);
	}
}

/* The first line pattern or the prefix that gives up on R. */
static bool gives_up(struct user_format *f, struct slice raw, struct slice body,
                     unsigned *at)
{
	struct regex_match *m = user_scratch_take(f);
	bool up = regex_match(f->prefix.regex, m, raw) == REGEX_LIMIT;

	*at = f->prefix.at;
	for (size_t i = 0; !up && i < f->nlines; i++) {
		enum regex_result said =
			regex_match(f->lines[i].first.regex, m, body);

		*at = f->lines[i].first.at;
		if (said == REGEX_YES)
			break;
		up = said == REGEX_LIMIT;
	}
	user_scratch_give(f, m);
	return up;
}

struct trial {
	const struct layout *l;
	const struct user_sample *s;
	const char *file;
	struct err *err;
	struct record r;
	struct arena arena;
	struct events events;
	struct strbuf front, events_text;
};

static bool trial_run(struct trial *t)
{
	const struct user_sample *s = t->s;
	unsigned at;

	framing_next_line(t->l, s->line, true, &t->r);
	t->l->framing->peel(t->l, &t->r, &t->arena);
	if (gives_up(t->l->user, t->r.raw, t->r.body, &at))
		return user_fault(t->err, t->file, at, 1, "the pattern gives up "
		                  "on the sample of line %u: it has too many "
		                  "ways to match", s->at);
	if (t->r.time.us == TIME_NONE)
		return user_fault(t->err, t->file, s->at, 9, "%s",
		                  t->r.body.len == t->r.raw.len
		                  ? "the prefix does not fit the sample"
		                  : "the time of the sample cannot be read");
	record_parse(t->l, &t->r, &t->arena, &t->events, NULL);
	print_front(&t->r, &t->front);
	print_events(&t->events, &t->events_text);
	if (s->front.ptr && !slice_eq(s->front, strbuf_slice(&t->front)))
		return user_fault(t->err, t->file, s->front_at, 8,
		                  "the sample of line %u has in front: %s", s->at,
		                  strbuf_text(&t->front));
	return slice_eq(s->expect, strbuf_slice(&t->events_text)) ||
	       user_fault(t->err, t->file, s->expect_at, 9,
	                  "the sample of line %u gives: %s", s->at,
	                  strbuf_text(&t->events_text));
}

bool user_format_check(const struct user_format *f, const char *name,
                       struct err *err)
{
	struct layout *l = user_format_layout(f);
	bool ok = true;

	for (size_t i = 0; ok && i < f->nsamples; i++) {
		struct trial t = { .l = l, .s = &f->samples[i], .file = name,
			           .err = err };

		ok = trial_run(&t);
		arena_release(&t.arena);
		events_release(&t.events);
		strbuf_release(&t.front);
		strbuf_release(&t.events_text);
	}
	layout_free(l);
	return ok;
}

/* Lists -------------------------------------------------------------------- */

bool user_formats_add(struct user_formats *l, struct user_format *f)
{
	if (user_formats_find(l, slice_str(f->name))) {
		user_format_free(f);
		return false;
	}
	GROW(l->list, l->n, l->cap);
	l->list[l->n++] = f;
	return true;
}

void user_formats_release(struct user_formats *l)
{
	for (size_t i = 0; i < l->n; i++)
		user_format_free(l->list[i]);
	free(l->list);
	*l = (struct user_formats){ 0 };
}

const struct user_format *user_formats_find(const struct user_formats *l,
                                            struct slice name)
{
	for (size_t i = 0; l && i < l->n; i++)
		if (slice_eq(name, slice_str(l->list[i]->name)))
			return l->list[i];
	return NULL;
}
