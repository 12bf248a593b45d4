/* SPDX-License-Identifier: MIT */
/* Cuts, peels and parses as the index does, and checks what must hold. */
#include "tests/reading.h"

#include "base/alloc.h"

/* Large enough that hardly a record needs a second block: so what lies in the
 * arena can be told from what does not. */
static size_t arena_room(struct slice text)
{
	return 8192 + 8 * (text.len < SAMPLE_BYTES ? text.len : SAMPLE_BYTES);
}

struct sample reading_sample(struct slice text)
{
	struct sample s = { .part = { slice_to(text, SAMPLE_BYTES) } };

	s.name = SLICE("test");
	return s;
}

void reading_init(struct reading *r, const struct framing *f, struct slice text)
{
	struct sample s = reading_sample(text);

	*r = (struct reading){ .text = text, .rest = text };
	r->layout = layout_new(f ? f : framing_detect(&s, NULL), &s);
	r->arena_room = arena_room(text);
	arena_bytes(&r->arena, r->arena_room);
	arena_reset(&r->arena);
	r->arena_start = r->arena.next;
}

void reading_again(struct reading *r, struct slice text)
{
	r->text = r->rest = text;
}

void reading_release(struct reading *r)
{
	layout_free(r->layout);
	arena_release(&r->arena);
	events_release(&r->events);
	*r = (struct reading){ 0 };
}

bool reading_cut(struct reading *r)
{
	const struct layout *l = r->layout;

	r->events.n = 0;
	arena_reset(&r->arena);
	r->arena_start = r->arena.next;
	r->record = (struct record){ 0 };
	if (l->framing->next(l, r->rest, true, &r->record) != CUT_RECORD)
		return false;
	if (r->record.length == 0 || r->record.length > r->rest.len)
		BUG("a record that takes nothing, or more than there is");
	r->rest = slice_from(r->rest, r->record.length);
	l->framing->peel(l, &r->record, &r->arena);
	return true;
}

void reading_parse(struct reading *r)
{
	r->result = record_parse(r->layout, &r->record, &r->arena, &r->events,
	                         &r->parser);
}

void reading_print_record(const struct reading *r, struct strbuf *out)
{
	const struct slice parts[] = { r->record.time_raw, r->record.host,
		                       r->record.program, r->record.pid,
		                       r->record.body };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (i)
			strbuf_add_char(out, '|');
		strbuf_add_slice(out, parts[i]);
	}
}

void reading_print_events(const struct reading *r, struct strbuf *out)
{
	for (size_t i = 0; i < r->events.n; i++) {
		if (i)
			strbuf_add_str(out, " & ");
		event_print(&r->events.list[i], out);
	}
}

void reading_print_all(struct reading *r, struct strbuf *out)
{
	bool first = true;

	while (reading_cut(r)) {
		reading_parse(r);
		if (r->events.n == 0)
			continue;
		if (!first)
			strbuf_add_str(out, " & ");
		first = false;
		reading_print_events(r, out);
	}
}

static bool within(struct slice part, const char *start, const char *end)
{
	uintptr_t p = (uintptr_t)part.ptr, a = (uintptr_t)start,
	          b = (uintptr_t)end;

	return a <= p && p <= b && part.len <= b - p;
}

static bool in_source(const struct reading *r, struct slice s)
{
	const struct slice raw = r->record.raw;

	return raw.ptr && within(s, raw.ptr, raw.ptr + raw.len);
}

static bool is_borrowed(const struct reading *r, struct slice s)
{
	if (!s.ptr)
		return s.len == 0;
	/* the empty slice borrows nothing */
	if (s.len == 0 || in_source(r, s))
		return true;
	if (within(s, r->arena_start, r->arena.next))
		return true;
	/* a second block was needed: nothing can be told */
	return r->arena.used > r->arena_room;
}

const char *reading_fault_record(const struct reading *r)
{
	const struct record *c = &r->record;
	const char *start = r->rest.ptr - c->length;

	if (!within(c->raw, start, r->rest.ptr))
		return "raw is not within the record";
	if (c->lines == 0)
		return "a record of no line";
	if (c->lines > RECORD_LINES)
		return "a record of too many lines";
	if (!is_borrowed(r, c->time_raw) || !is_borrowed(r, c->host) ||
	    !is_borrowed(r, c->program) || !is_borrowed(r, c->pid) ||
	    !is_borrowed(r, c->body))
		return "peeled text is neither in the record nor the arena";
	if (c->time.us != TIME_NONE && !c->time_raw.ptr)
		return "a time that nobody wrote";
	if (c->time.us == TIME_NONE && c->time.has)
		return "no time, but parts of one";
	if (!c->body.ptr && c->raw.len)
		return "no body";
	for (size_t i = 0; i < c->pid.len; i++)
		if (c->pid.ptr[i] < '0' || c->pid.ptr[i] > '9')
			return "a pid that is no number";
	return NULL;
}

static const char *fault_numbers(const struct event *e)
{
	int64_t code = event_number(e, EV_CODE, 200);

	if (code < 200 || code > 599)
		return "a code that is none";
	if (event_number(e, EV_CLIENT_PORT, 0) < 0 ||
	    event_number(e, EV_CLIENT_PORT, 0) > 65535 ||
	    event_number(e, EV_RELAY_PORT, 0) < 0 ||
	    event_number(e, EV_RELAY_PORT, 0) > 65535)
		return "a port that is none";
	if (event_number(e, EV_SIZE, 0) < 0 || event_number(e, EV_NRCPT, 0) < 0 ||
	    event_number(e, EV_DELAY, 0) < 0 ||
	    event_number(e, EV_TRANSFER, 0) < 0 ||
	    event_number(e, EV_REPEAT, 0) < 0)
		return "a number below zero";
	return NULL;
}

static const char *fault_texts(const struct reading *r, const struct event *e)
{
	for (unsigned f = 0; f < EV_TEXT_COUNT; f++) {
		if (!event_has(e, (enum event_field)f))
			continue;
		if (!e->text[f].ptr)
			return "a present field without text";
		if (!is_borrowed(r, e->text[f]))
			return "text is neither in the record nor the arena";
	}
	if (event_has(e, EV_NEXT_QUEUE_ID) && event_has(e, EV_REPLY) &&
	    !within(e->text[EV_NEXT_QUEUE_ID], e->text[EV_REPLY].ptr,
	            e->text[EV_REPLY].ptr + e->text[EV_REPLY].len))
		return "next_queue_id is not within reply";
	return NULL;
}

static const char *fault_event(const struct reading *r, const struct event *e)
{
	const char *fault = fault_texts(r, e);

	if ((unsigned)e->action >= ACTION_COUNT)
		return "an action that is none";
	if (e->fields >> EV_FIELD_COUNT)
		return "a field that is none";
	if (e->keys > EVENT_KEYS)
		return "too many keys";
	for (unsigned i = 0; i < e->keys; i++)
		if (e->key[i].text.len == 0 || !is_borrowed(r, e->key[i].text))
			return "a key is neither in the record nor the arena";
	return fault ? fault : fault_numbers(e);
}

const char *reading_fault_events(const struct reading *r)
{
	bool quiet = r->record.flags & (RECORD_BLANK | RECORD_HEADER);

	if (quiet)
		return r->events.n ? "events of a blank or header record" : NULL;
	if (r->events.n == 0)
		return "a record without any event";
	if (r->result == PARSE_NO &&
	    (r->events.n != 1 || r->events.list[0].action != ACTION_UNKNOWN))
		return "not its line, yet it is not unknown";
	for (size_t i = 0; i < r->events.n; i++) {
		const char *fault = fault_event(r, &r->events.list[i]);

		if (fault)
			return fault;
	}
	return NULL;
}

static bool same_event(const struct event *a, const struct event *b)
{
	if (a->action != b->action || a->roles != b->roles ||
	    a->fields != b->fields || a->keys != b->keys)
		return false;
	for (unsigned f = 0; f < EV_FIELD_COUNT; f++) {
		if (!event_has(a, (enum event_field)f))
			continue;
		if (f < EV_TEXT_COUNT
		            ? !slice_eq(a->text[f], b->text[f])
		            : a->number[f - EV_TEXT_COUNT] !=
		                      b->number[f - EV_TEXT_COUNT])
			return false;
	}
	for (unsigned i = 0; i < a->keys; i++)
		if (a->key[i].kind != b->key[i].kind ||
		    a->key[i].relation != b->key[i].relation ||
		    a->key[i].link != b->key[i].link ||
		    !slice_eq(a->key[i].text, b->key[i].text))
			return false;
	return true;
}

bool reading_same_events(const struct events *a, const struct events *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_event(&a->list[i], &b->list[i]))
			return false;
	return true;
}
