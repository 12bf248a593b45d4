/* SPDX-License-Identifier: MIT */
/* What is open in a piece: fragments of transactions and parts of sessions, and
 * which of them an event belongs to. Splits generously: wherever stitching
 * could begin something new, so that it joins the same wherever pieces were
 * cut. */
#include "base/alloc.h"
#include "model/trace/assembly.h"

#define BIT(f) (UINT64_C(1) << (f))

static uint64_t open_key(uint32_t host_key, uint32_t text)
{
	return (uint64_t)host_key << 32 | text;
}

/* Between a packed stamp and the record's, TIME_NONE if they cannot be told
 * apart: one of another kind, or none. */
static int64_t silence(int64_t packed, struct stamp now)
{
	struct stamp then = stamp_unpack(packed);

	if (then.us == TIME_NONE || now.us == TIME_NONE ||
	    ((then.has ^ now.has) & STAMP_ABSOLUTE))
		return TIME_NONE;
	return now.us > then.us ? now.us - then.us : then.us - now.us;
}

static bool fragment_started(const struct fragment *f)
{
	return f->edges &
	       (PART_OPENED | PART_OPENED_WEAKLY | PART_ACTIVATED_FIRST);
}

static bool fragment_ends(const struct fragment *f, const struct assembling *r,
			  const struct event *e)
{
	bool same = f->last_line == r->line;
	int64_t gap;

	if (e->roles & ROLE_OPENS)
		return !(same && f->opened_line == r->line);
	if (same)
		return false;
	if (f->edges & PART_CLOSED)
		return true;
	if (!fragment_started(f) &&
	    e->roles & (ROLE_OPENS_WEAKLY | ROLE_ACTIVATES))
		return true;
	gap = silence(f->last, r->record->time);
	return gap > FRAGMENT_SILENCE ||
	       (gap > FRAGMENT_LATE && !fragment_started(f));
}

static uint32_t fragment_new(struct assembler *a, const struct assembling *r,
			     uint32_t queue_id, uint32_t older)
{
	struct piece *p = a->piece;
	struct fragment *f;

	GROW(p->fragments, p->nfragments, p->cfragments);
	GROW(a->older, a->nolder, a->colder);
	a->older[a->nolder++] = older;
	f = &p->fragments[p->nfragments++];
	*f = (struct fragment){
		.host = r->host,
		.queue_id = queue_id,
		.session = NONE32,
		.first = STAMP_NONE,
		.last = STAMP_NONE,
		.opened = STAMP_NONE,
		.closed = STAMP_NONE,
		.first_line = r->line,
		.last_line = r->line,
		.opened_line = NONE32,
		.client_port = -1,
		.nrcpt = -1,
		.size = -1,
		.id_time = TIME_NONE,
	};
	if (r->parser && !(r->parser->life & LIFE_CLOSES))
		f->edges |= PART_IDLE;
	if (r->parser && r->parser->life & LIFE_IDS_REUSED)
		f->edges |= PART_IDS_REUSED;
	if (r->parser && r->parser->life & LIFE_TELLS_ID)
		f->edges |= PART_TELLS_ID;
	return (uint32_t)(p->nfragments - 1);
}

static void fragment_edges(struct fragment *f, const struct assembling *r,
			   const struct event *e, bool first)
{
	static const struct {
		unsigned role, edge;
	} same[] = {
		{ROLE_OPENS, PART_OPENED},
		{ROLE_ACTIVATES, PART_ACTIVATED},
		{ROLE_CLOSES, PART_CLOSED},
		{ROLE_PROBE, PART_PROBE},
		{ROLE_COPY, PART_COPY},
		{ROLE_ADMIN, PART_ADMIN},
		{ROLE_ENVELOPE, PART_ENVELOPE},
		{ROLE_OBSERVED, PART_OBSERVED},
	};
	int64_t now = stamp_pack(r->record->time);

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (e->roles & same[i].role)
			f->edges |= same[i].edge;
	if (first && e->roles & ROLE_OPENS_WEAKLY)
		f->edges |= PART_OPENED_WEAKLY;
	if (first && e->roles & ROLE_ACTIVATES)
		f->edges |= PART_ACTIVATED_FIRST;
	if (f->opened_line == NONE32 &&
	    e->roles & (ROLE_OPENS | ROLE_OPENS_WEAKLY)) {
		f->opened = now;
		f->opened_line = r->line;
		f->id_time = event_number(e, EV_ID_TIME, TIME_NONE);
	}
	if (e->roles & ROLE_CLOSES)
		f->closed = now;
}

static void take(struct assembler *a, uint32_t *word, const struct event *e,
		 enum event_field field)
{
	if (!*word && event_has(e, field))
		*word = assemble_word(a, e->text[field]);
}

/* LINE is the first to say it: WAS tells whether one before it did. */
static void said(struct fragment *f, enum fragment_said what, bool was,
		 bool is, uint32_t line)
{
	int64_t on = (int64_t)line - f->first_line;

	if (was || !is)
		return;
	if (on > INT16_MAX || on < SAID_FAR)
		on = SAID_FAR;
	f->said[what] = (int16_t)on;
}

/* Which lines said what E has brought; OLD: as F was before. */
static void fragment_lines(struct fragment *f, const struct fragment *old,
			   uint32_t line)
{
	said(f, SAID_MESSAGE_ID, old->message_id, f->message_id, line);
	said(f, SAID_SENDER, old->sender, f->sender, line);
	said(f, SAID_SIZE, old->size >= 0, f->size >= 0, line);
	said(f, SAID_SUBJECT, old->subject, f->subject, line);
	said(f, SAID_HELO, old->helo, f->helo, line);
	said(f, SAID_TLS, old->tls, f->tls, line);
}

static void fragment_fields(struct assembler *a, struct fragment *f,
			    const struct event *e, uint32_t line)
{
	const uint64_t mine =
		BIT(EV_SENDER) | BIT(EV_HEADER_FROM) | BIT(EV_CLIENT_IP) |
		BIT(EV_CLIENT_NAME) | BIT(EV_HELO) | BIT(EV_USER) |
		BIT(EV_TLS) | BIT(EV_SUBJECT) | BIT(EV_MESSAGE_ID) |
		BIT(EV_CLIENT_PORT) | BIT(EV_NRCPT) | BIT(EV_SIZE);

	struct fragment old;

	if (!(e->fields & mine))
		return;
	old = *f;
	take(a, &f->sender, e, EV_SENDER);
	take(a, &f->header_from, e, EV_HEADER_FROM);
	take(a, &f->client_ip, e, EV_CLIENT_IP);
	take(a, &f->client_name, e, EV_CLIENT_NAME);
	take(a, &f->helo, e, EV_HELO);
	if (e->action != ACTION_AUTH_FAIL)
		take(a, &f->user, e, EV_USER);
	/* of a delivery line it is the next server's TLS; a sensor sees one */
	if (e->roles & ROLE_OBSERVED ||
	    (!event_has(e, EV_RELAY_NAME) && !event_has(e, EV_RELAY_IP)))
		take(a, &f->tls, e, EV_TLS);
	take(a, &f->subject, e, EV_SUBJECT);
	if (!f->message_id && event_has(e, EV_MESSAGE_ID))
		f->message_id = assemble_text(a, e->text[EV_MESSAGE_ID]);
	if (f->client_port < 0)
		f->client_port = (int32_t)event_number(e, EV_CLIENT_PORT, -1);
	if (f->nrcpt < 0)
		f->nrcpt = (int32_t)event_number(e, EV_NRCPT, -1);
	if (f->size < 0)
		f->size = event_number(e, EV_SIZE, -1);
	fragment_lines(f, &old, line);
}

/* The newest fragment of the id that INSTANCE may speak of: lines of filters
 * name no instance and belong to any. */
static uint32_t fragment_open(const struct assembler *a, uint32_t i,
			      uint32_t instance)
{
	const struct fragment *f;

	for (; i != NONE32; i = a->older[i]) {
		f = &a->piece->fragments[i];
		if (!instance || !f->instance || f->instance == instance)
			return i;
	}
	return NONE32;
}

static uint32_t instance_word(struct assembler *a, const struct event *e)
{
	struct slice s = event_text(e, EV_INSTANCE);

	if (!s.ptr)
		return 0;
	if (!a->instance || !slice_eq(s, a->instance_text)) {
		a->instance = assemble_word(a, s);
		a->instance_text = intern_get(&a->piece->words, a->instance);
	}
	return a->instance;
}

uint32_t assemble_fragment(struct assembler *a, const struct assembling *r,
			   const struct event *e)
{
	const struct event_key *k = event_key(e, KEY_QUEUE, REL_OWN);
	uint32_t text, instance, i, *newest;
	struct fragment *f;
	bool first = false;

	if (!k)
		return NONE32;
	text = assemble_text(a, k->text);
	instance = instance_word(a, e);
	newest = map_add(&a->fragments, open_key(r->host_key, text), NONE32);
	i = fragment_open(a, *newest, instance);
	if (i == NONE32) {
		i = *newest = fragment_new(a, r, text, *newest);
		first = true;
	} else if (fragment_ends(&a->piece->fragments[i], r, e)) {
		i = *newest = fragment_new(
			a, r, text, i == *newest ? a->older[i] : *newest);
		first = true;
	}
	f = &a->piece->fragments[i];
	if (!f->instance)
		f->instance = instance;
	fragment_edges(f, r, e, first);
	if (f->first == STAMP_NONE)
		f->first = stamp_pack(r->record->time);
	if (r->record->time.us != TIME_NONE)
		f->last = stamp_pack(r->record->time);
	f->last_line = r->line;
	fragment_fields(a, f, e, r->line);
	return i;
}

static bool session_ends(const struct session_part *s,
			 const struct assembling *r, const struct event *e)
{
	if (s->last_line == r->line)
		return false;
	return e->roles & ROLE_SESSION_OPENS ||
	       s->edges & PART_SESSION_CLOSED ||
	       silence(s->last, r->record->time) > FRAGMENT_SILENCE;
}

static uint32_t session_new(struct assembler *a, const struct assembling *r,
			    uint32_t key)
{
	struct piece *p = a->piece;

	GROW(p->sessions, p->nsessions, p->csessions);
	p->sessions[p->nsessions] = (struct session_part){
		.host = r->host,
		.key = key,
		.client_port = -1,
		.first = STAMP_NONE,
		.last = STAMP_NONE,
		.first_line = r->line,
		.last_line = r->line,
	};
	return (uint32_t)p->nsessions++;
}

static void session_fields(struct assembler *a, struct session_part *s,
			   const struct event *e)
{
	const uint64_t mine = BIT(EV_INSTANCE) | BIT(EV_SERVICE) |
			      BIT(EV_CLIENT_IP) | BIT(EV_CLIENT_NAME) |
			      BIT(EV_HELO) | BIT(EV_USER) |
			      BIT(EV_AUTH_METHOD) | BIT(EV_TLS) |
			      BIT(EV_COUNTERS) | BIT(EV_CLIENT_PORT);

	if (!(e->fields & mine))
		return;
	take(a, &s->instance, e, EV_INSTANCE);
	take(a, &s->service, e, EV_SERVICE);
	take(a, &s->client_ip, e, EV_CLIENT_IP);
	take(a, &s->client_name, e, EV_CLIENT_NAME);
	take(a, &s->helo, e, EV_HELO);
	if (e->action != ACTION_AUTH_FAIL)
		take(a, &s->user, e, EV_USER);
	take(a, &s->auth_method, e, EV_AUTH_METHOD);
	take(a, &s->tls, e, EV_TLS);
	take(a, &s->counters, e, EV_COUNTERS);
	if (s->client_port < 0)
		s->client_port = (int32_t)event_number(e, EV_CLIENT_PORT, -1);
}

uint32_t assemble_session(struct assembler *a, const struct assembling *r,
			  const struct event *e)
{
	const struct event_key *k = event_key(e, KEY_SESSION, REL_OWN);
	struct session_part *s;
	uint32_t *newest, text;

	if (!k)
		return NONE32;
	text = assemble_text(a, k->text);
	newest = map_add(&a->sessions, open_key(r->host_key, text), NONE32);
	if (*newest == NONE32 ||
	    session_ends(&a->piece->sessions[*newest], r, e))
		*newest = session_new(a, r, text);
	s = &a->piece->sessions[*newest];
	if (e->roles & ROLE_SESSION_OPENS)
		s->edges |= PART_SESSION_OPENED;
	if (e->roles & ROLE_SESSION_CLOSES)
		s->edges |= PART_SESSION_CLOSED;
	if (s->first == STAMP_NONE)
		s->first = stamp_pack(r->record->time);
	if (r->record->time.us != TIME_NONE)
		s->last = stamp_pack(r->record->time);
	s->last_line = r->line;
	session_fields(a, s, e);
	return *newest;
}
