/* SPDX-License-Identifier: MIT */
/* The way from an outer framing to the inner one and back. */
#include "parsers/wrap.h"

#define RECORDS_LOOKED_AT 400 /* of each part */

struct look {
	const struct wrapping *x;
	const struct layout *l;
	struct strbuf text; /* what was inside, a line each */
	struct arena arena;
	int records, wrapped;
};

static void look_at(struct look *k, struct slice part)
{
	struct record r;

	for (int n = 0; part.len && n < RECORDS_LOOKED_AT; n++) {
		struct wrapped w = { .time = { TIME_NONE, 0 } };

		r = (struct record){ 0 };
		if (k->x->framing->next(k->l, part, true, &r) != CUT_RECORD ||
		    !r.length)
			return;
		part = slice_from(part, r.length);
		if (r.flags & (RECORD_BLANK | RECORD_HEADER))
			continue;
		arena_reset(&k->arena);
		k->records++;
		k->wrapped += k->x->unwrap(k->l, r.raw, &k->arena, &w);
		if (!w.line.ptr)
			continue;
		strbuf_add_slice(&k->text, w.line);
		strbuf_add_char(&k->text, '\n');
	}
}

static void look_release(struct look *k)
{
	strbuf_release(&k->text);
	arena_release(&k->arena);
}

/* The parts' texts follow each other in TEXT: where each ends. */
static struct sample look_inside(struct look *k, const struct sample *s)
{
	struct sample inside = { .name = s->name, .formats = s->formats };
	size_t end[3];

	for (int i = 0; i < 3; i++) {
		look_at(k, s->part[i]);
		end[i] = k->text.len;
	}
	for (int i = 0; i < 3; i++) {
		size_t start = i ? end[i - 1] : 0;

		inside.part[i] = slice_from(
			slice_to(strbuf_slice(&k->text), end[i]), start);
	}
	return inside;
}

static const struct framing *inner_of(const struct wrapping *x,
                                      const struct sample *s, int *confidence)
{
	return framing_detect_within(s, x->framing->wraps, confidence);
}

int wrap_confidence(const struct wrapping *x, const struct sample *s,
                    const struct layout *l, int *share)
{
	struct look k = { .x = x, .l = l };
	struct sample inside = look_inside(&k, s);
	int confidence = 0;

	*share = k.records ? 100 * k.wrapped / k.records : 0;
	if (k.wrapped)
		(void)inner_of(x, &inside, &confidence);
	look_release(&k);
	return confidence;
}

void wrap_learn(const struct wrapping *x, const struct sample *s,
                struct layout *l)
{
	struct look k = { .x = x, .l = l };
	struct sample inside = look_inside(&k, s);
	struct layout *inner = layout_new(inner_of(x, &inside, NULL), &inside);

	l->inner = inner;
	l->order = inner->order;
	look_release(&k);
}

static void peel_nothing(struct record *r)
{
	r->time = (struct stamp){ TIME_NONE, 0 };
	r->time_raw = r->host = r->program = r->pid = slice_of(NULL, 0);
	r->body = r->raw;
}

/* A header or blank line inside is none of mail either. */
static unsigned inner_flags(const struct layout *inner, struct slice line)
{
	struct record in = { 0 };

	if (!line.len)
		return RECORD_BLANK;
	if (inner->framing->next(inner, line, true, &in) != CUT_RECORD)
		return 0;
	/* of several lines the first says nothing of the others */
	if (in.length < line.len)
		return 0;
	return in.flags & (RECORD_BLANK | RECORD_HEADER);
}

static void take_outer(struct record *r, const struct wrapped *w)
{
	bool absolute = (w->time.has & STAMP_ABSOLUTE) == STAMP_ABSOLUTE;

	if (w->time.us != TIME_NONE &&
	    (r->time.us == TIME_NONE ||
	     (w->prompt && absolute &&
	      (r->time.has & STAMP_ABSOLUTE) != STAMP_ABSOLUTE))) {
		r->time = w->time;
		r->time_raw = w->time_raw;
	}
	if (w->host.len && (w->host_wins || !r->host.len))
		r->host = w->host;
	if (w->program.len && !r->program.len) {
		r->program = w->program;
		r->pid = w->pid;
	}
}

void wrap_peel(const struct wrapping *x, const struct layout *l,
               struct record *r, struct arena *arena)
{
	struct wrapped w = { .time = { TIME_NONE, 0 } };
	struct slice raw = r->raw;

	peel_nothing(r);
	if (!x->unwrap(l, raw, arena, &w) && !w.line.ptr)
		return;
	if (w.line.len && w.line.ptr[w.line.len - 1] == '\r')
		w.line.len--;
	if (x->framing->wraps == 2)
		r->text = w.line;
	if (l->inner && w.line.ptr) {
		r->flags |= inner_flags(l->inner, w.line);
		r->raw = w.line;
		l->inner->framing->peel(l->inner, r, arena);
		r->raw = raw;
	} else {
		r->body = w.line;
	}
	take_outer(r, &w);
}
