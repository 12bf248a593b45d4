/* SPDX-License-Identifier: MIT */
/* The walk over the records of a piece: cut, peel, parse, and the columns that
 * each of them gets. */
#include "model/trace/assemble.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "model/trace/assembly.h"

struct assembler *assembler_new(void)
{
	return mem_alloc(sizeof(struct assembler));
}

void assembler_free(struct assembler *a)
{
	if (!a)
		return;
	arena_release(&a->scratch);
	events_release(&a->events);
	strbuf_release(&a->cut);
	map_release(&a->fragments);
	map_release(&a->sessions);
	map_release(&a->runs);
	map_release(&a->walks);
	free(a->walk);
	free(a->pauses);
	free(a->older);
	free(a->starts);
	free(a);
}

/* The record at START of BYTES. What is left over must be a whole record, even
 * if its framing would rather see what follows it. */
static bool cut_record(const struct layout *l, struct slice rest, bool last,
		       struct record *r)
{
	enum cut cut;

	if (!rest.len)
		return false;
	*r = (struct record){0};
	cut = l->framing->next(l, rest, last, r);
	if (cut == CUT_MORE && !last)
		cut = l->framing->next(l, rest, true, r);
	return cut == CUT_RECORD && r->length > 0;
}

size_t assemble_cut(const struct layout *l, struct slice bytes, bool last,
		    uint32_t records)
{
	size_t used = 0;

	for (uint32_t n = 0; n < records && used < PIECE_BYTES; n++) {
		struct record r = {0};

		if (used >= bytes.len ||
		    l->framing->next(l, slice_from(bytes, used), last, &r) !=
			    CUT_RECORD ||
		    r.length == 0)
			break;
		used += r.length;
	}
	return used;
}

static void record_at(struct assembler *a, size_t index, struct record *out)
{
	struct slice rest = slice_from(a->bytes, (size_t)a->starts[index]);

	*out = (struct record){ 0 };
	if (a->layout->framing->next(a->layout, rest, true, out) != CUT_RECORD)
		BUG("a record that cannot be cut twice");
}

void assemble_peel(struct assembler *a, size_t index, struct record *out)
{
	record_at(a, index, out);
	out->time.us = TIME_NONE;
	a->layout->framing->peel(a->layout, out, &a->scratch);
}

static void columns_grow(struct piece *p)
{
	struct piece_lines *l = &p->columns;
	size_t cap;

	if (l->n < p->ccolumns)
		return;
	cap = p->ccolumns ? p->ccolumns * 2 : 1024;
	l->length = mem_resize(l->length, cap * sizeof *l->length);
	if (l->span)
		l->span = mem_resize(l->span, cap * sizeof *l->span);
	l->class = mem_resize(l->class, cap * sizeof *l->class);
	l->action = mem_resize(l->action, cap * sizeof *l->action);
	l->events = mem_resize(l->events, cap * sizeof *l->events);
	l->owner = mem_resize(l->owner, cap * sizeof *l->owner);
	l->time = mem_resize(l->time, cap * sizeof *l->time);
	p->ccolumns = cap;
}

static void columns_span(struct piece *p, uint32_t index, uint32_t lines)
{
	struct piece_lines *l = &p->columns;

	if (!l->span) {
		l->span = mem_resize(NULL, p->ccolumns * sizeof *l->span);
		for (uint32_t i = 0; i < index; i++)
			l->span[i] = 1;
	}
	l->span[index] = (uint16_t)(lines > UINT16_MAX ? UINT16_MAX : lines);
}

/* What is known of a record once it is cut; its index. */
static uint32_t columns_add(struct assembler *a, const struct record *r,
                            size_t start)
{
	struct piece *p = a->piece;
	uint32_t i = p->columns.n, lines = r->lines ? r->lines : 1;

	columns_grow(p);
	GROW(a->starts, a->nstarts, a->cstarts);
	a->starts[a->nstarts++] = start;
	p->columns.length[i] = r->length;
	if (lines != 1 || p->columns.span)
		columns_span(p, i, lines);
	p->columns.n = i + 1;
	p->lines += lines;
	p->bytes += r->length;
	return i;
}

/* Host names have no case. */
static uint32_t host_key(struct slice host)
{
	uint64_t h = host.len;

	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = (unsigned char)host.ptr[i];

		h = hash_mix(h, c >= 'A' && c <= 'Z' ? c | 0x20u : c);
	}
	return (uint32_t)(h ^ h >> 32);
}

static uint32_t host_word(struct assembler *a, struct slice host)
{
	if (!host.ptr)
		return 0;
	if (!a->host || !slice_eq(host, a->host_text)) {
		a->host = assemble_word(a, host);
		a->host_text = intern_get(&a->piece->words, a->host);
		a->host_key = host_key(host);
	}
	return a->host;
}

/* Rows of one event; gives the line's owner, 0 none. */
static uint32_t assemble_event(struct assembler *a, const struct assembling *r,
			       const struct event *e, uint32_t ordinal)
{
	uint32_t session = assemble_session(a, r, e);
	uint32_t fragment = assemble_fragment(a, r, e);
	struct fragment *f;

	if (fragment != NONE32 && session != NONE32) {
		f = &a->piece->fragments[fragment];
		/* only who took it in from the client: a delivery's session is
		 * one with the next server */
		if (f->session == NONE32 &&
		    (e->roles & (ROLE_OPENS | ROLE_OPENS_WEAKLY) ||
		     e->action == ACTION_ACCEPT || e->action == ACTION_REJECT ||
		     e->action == ACTION_TEMPFAIL))
			f->session = session;
	}
	/* giving up is an answer too, though nobody was asked */
	if (e->roles & ROLE_ATTEMPT || e->action == ACTION_EXPIRE ||
	    (e->roles & ROLE_ADDRESSED && fragment != NONE32))
		assemble_attempt(a, r, e, ordinal, fragment, session);
	if (e->keys)
		assemble_keys(a, r, e, fragment);
	if (event_has(e, EV_ID_TIME))
		assemble_hint(a, r, e);
	if (e->roles & (ROLE_SUM_WRONG | ROLE_PID_WRONG | ROLE_ADDRESS_WRONG))
		assemble_sign(a, r, e, fragment);
	if (e->roles & ROLE_REPEATS)
		assemble_repeat(a, r, e);
	if (e->roles & ROLE_GAP)
		assemble_note(a, r);
	if (fragment != NONE32)
		return 2 * fragment + 1;
	return session != NONE32 ? 2 * session + 2 : 0;
}

static enum line_class class_of(const struct record *r, const struct events *e)
{
	enum line_class c = LINE_OTHER;

	if (r->flags & (RECORD_BLANK | RECORD_HEADER))
		return LINE_OTHER;
	for (size_t i = 0; i < e->n; i++) {
		if (e->list[i].roles & ROLE_NOT_MAIL)
			continue;
		if (e->list[i].action != ACTION_UNKNOWN)
			return LINE_EVENT;
		c = LINE_UNKNOWN;
	}
	return e->n ? c : LINE_UNKNOWN;
}

static void ledger_add(struct piece *p, enum line_class c, uint32_t lines,
		       size_t events)
{
	switch (c) {
	case LINE_EVENT:
		p->event_lines += lines;
		break;
	case LINE_UNKNOWN:
		p->unknown_lines += lines;
		break;
	case LINE_OTHER:
		p->other_lines += lines;
		break;
	}
	p->events += events;
}

static void walk(struct assembler *a, const struct assembling *r)
{
	uint32_t owner = a->piece->columns.owner[r->index];

	assemble_walk(a, r, owner & 1 ? (owner - 1) / 2 : NONE32);
}

/* R is cut but not peeled. */
static void assemble_record(struct assembler *a, struct record *r,
                            uint32_t index, uint64_t line)
{
	struct piece *p = a->piece;
	struct piece_lines *l = &p->columns;
	struct assembling now = { .record = r, .index = index };
	uint32_t owner = 0;

	arena_reset(&a->scratch);
	r->time.us = TIME_NONE;
	a->layout->framing->peel(a->layout, r, &a->scratch);
	r->line = line;
	r->offset = p->offset + a->starts[index];
	a->events.n = 0;
	if (!(r->flags & (RECORD_BLANK | RECORD_HEADER)))
		record_parse(a->layout, r, &a->scratch, &a->events,
		             &now.parser);
	now.line = (uint32_t)(line - p->first_line);
	now.host = host_word(a, r->host);
	now.host_key = now.host ? a->host_key : 0;
	l->time[index] = stamp_pack(r->time);
	assemble_jump(a, &now);
	for (size_t i = 0; i < a->events.n; i++) {
		uint32_t o = assemble_event(a, &now, &a->events.list[i],
					    (uint32_t)i);

		if (!owner)
			owner = o;
	}
	l->owner[index] = owner;
	l->action[index] = a->events.n ? (uint8_t)a->events.list[0].action
				       : ACTION_UNKNOWN;
	l->events[index] =
		(uint16_t)(a->events.n > UINT16_MAX ? UINT16_MAX : a->events.n);
	l->class[index] = (uint8_t)class_of(r, &a->events);
	assemble_time(a, &now, l->class[index] == LINE_EVENT);
	if (!a->order)
		walk(a, &now);
	ledger_add(p, l->class[index], l -> span ? l -> span[index] : 1,
		   a -> events.n);
}

static void assembler_begin(struct assembler *a, const struct layout *l,
			    struct slice bytes)
{
	a->piece = piece_new();
	a->layout = l;
	a->bytes = bytes;
	a->backwards = l->order == ORDER_NEWEST_FIRST;
	a->back = false;
	a->host = 0;
	a->hint_step = 1;
	a->hint_skip = 0;
	a->dated = a->stamped = (struct stamp){TIME_NONE, 0};
	a->nolder = 0;
	a->nstarts = 0;
	a->instance = 0;
	map_reset(&a->fragments);
	map_reset(&a->sessions);
	map_reset(&a->runs);
	map_reset(&a->walks);
	a->nwalks = 0;
}

static uint32_t span_of(const struct piece *p, uint32_t index)
{
	return p->columns.span ? p->columns.span[index] : 1;
}

/* Those of a source that has the newest first, all cut already. */
static bool read_backwards(struct assembler *a, struct cancel *cancel)
{
	struct piece *p = a->piece;
	uint32_t lines = (uint32_t)p->lines;
	struct record r;

	for (uint32_t i = p->columns.n; i--;) {
		lines -= span_of(p, i);
		if (i % 2048 == 0 && cancel_asked(cancel))
			return false;
		record_at(a, i, &r);
		assemble_record(a, &r, i, p->first_line + lines);
	}
	return true;
}

/* What their times say of the order in which they stand. */
static void walk_all(struct assembler *a, const uint32_t *line)
{
	for (uint32_t i = 0; i < a->piece->columns.n; i++) {
		struct record r;
		struct assembling now = {
			.record = &r,
			.index = i,
			.line = line[i],
		};

		arena_reset(&a->scratch);
		assemble_peel(a, i, &r);
		now.host = host_word(a, r.host);
		walk(a, &now);
	}
}

/* Those that stand in another order, all cut already. */
static bool read_ordered(struct assembler *a, struct cancel *cancel)
{
	struct piece *p = a->piece;
	uint32_t *line = mem_alloc(p->columns.n * sizeof *line + 1);
	bool ok = true;

	for (uint32_t i = 1; i < p->columns.n; i++)
		line[i] = line[i - 1] + span_of(p, i - 1);
	for (uint32_t k = 0; ok && k < p->columns.n; k++) {
		uint32_t i = a->order[k];
		struct record r;

		record_at(a, i, &r);
		assemble_record(a, &r, i, p->first_line + line[i]);
		ok = k % 2048 || !cancel_asked(cancel);
	}
	if (ok)
		walk_all(a, line);
	free(line);
	return ok;
}

/* Records in the order of time: where it is not that of the lines, all must be
 * cut before the first of them can be read. */
static bool assemble_all(struct assembler *a, bool last, struct cancel *cancel)
{
	struct piece *p = a->piece;
	struct record r;

	while (cut_record(a->layout, slice_from(a->bytes, (size_t)p->bytes),
			  last, &r)) {
		uint64_t line = p->first_line + p->lines;
		uint32_t i = columns_add(a, &r, (size_t)p->bytes);

		if (i % 2048 == 0 && cancel_asked(cancel))
			return false;
		if (!a->backwards && !a->order)
			assemble_record(a, &r, i, line);
	}
	if (a->order)
		return read_ordered(a, cancel);
	return !a->backwards || read_backwards(a, cancel);
}

static void piece_ends(struct piece *p)
{
	for (uint32_t i = 0; i < p->columns.n; i++) {
		int64_t t = p->columns.time[i];

		if (t == STAMP_NONE)
			continue;
		if (p->first == STAMP_NONE)
			p->first = t;
		p->last = t;
	}
}

/* What is to be assembled. */
struct task {
	const struct layout *layout;
	struct slice bytes;
	bool last;
	uint64_t first_line, offset;
	struct cancel *cancel;
};

/* The piece stays A's; false if it was cancelled. */
static bool assemble_once(struct assembler *a, const struct task *t,
			  const uint32_t *order)
{
	struct piece *p;

	assembler_begin(a, t->layout, t->bytes);
	a->order = order;
	p = a->piece;
	p->first_line = t->first_line;
	p->offset = t->offset;
	if (assemble_all(a, t->last, t->cancel)) {
		assemble_pauses(a);
		return true;
	}
	free(a->pauses);
	a->pauses = NULL;
	piece_free(p);
	a->piece = NULL;
	return false;
}

static size_t torn(const struct piece *p)
{
	return p->nfragments + p->nsessions;
}

/* Where stretches seem to have been moved, the order that tears fewer
 * transactions and sessions is that in which things happened. */
static bool assemble_again(struct assembler *a, const struct task *t)
{
	struct piece *as_stands = a->piece;
	uint32_t *order = assemble_order(a);
	bool ok;

	if (!order)
		return true;
	ok = assemble_once(a, t, order);
	a->order = NULL;
	free(order);
	if (ok && torn(a->piece) >= torn(as_stands)) {
		piece_free(a->piece);
		a->piece = as_stands;
	} else {
		piece_free(as_stands);
	}
	return ok;
}

struct piece *assemble_piece(struct assembler *a, const struct layout *l,
			     struct slice bytes, bool last, uint64_t first_line,
			     uint64_t offset, struct cancel *cancel)
{
	const struct task t = {l, bytes, last, first_line, offset, cancel};
	struct piece *p;

	if (!assemble_once(a, &t, NULL) ||
	    (a->back && !a->backwards && !assemble_again(a, &t)))
		return NULL;
	p = a->piece;
	p->hash = hash128(slice_to(bytes, (size_t)p->bytes));
	piece_ends(p);
	a->piece = NULL;
	return p;
}
