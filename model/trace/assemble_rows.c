/* SPDX-License-Identifier: MIT */
/* What one event leaves in its piece besides fragments and sessions: attempts,
 * keys, hints of time, jumps and repetitions. */
#include "base/alloc.h"
#include "model/trace/assembly.h"

static bool reply_next(struct slice reply, struct slice next, size_t *at)
{
	if (!next.len || !reply.len || memchr(reply.ptr, REPLY_CUT, reply.len))
		return false;
	if (next.ptr >= reply.ptr &&
	    next.ptr + next.len <= reply.ptr + reply.len)
		*at = (size_t)(next.ptr - reply.ptr);
	else
		*at = slice_rfind(reply, next);
	return *at != SLICE_NONE;
}

/* Replies differ in little but the id that they name: without it they repeat,
 * and the dictionary stays small. */
static void attempt_reply(struct assembler *a, struct attempt *t,
			  const struct event *e)
{
	struct slice reply = event_text(e, EV_REPLY);
	struct slice next = event_text(e, EV_NEXT_QUEUE_ID);
	size_t at;

	t->next_id = next.len ? assemble_text(a, next) : 0;
	if (!reply_next(reply, next, &at)) {
		t->reply = assemble_word(a, reply);
		return;
	}
	strbuf_reset(&a->cut);
	strbuf_add_slice(&a->cut, slice_to(reply, at));
	strbuf_add_char(&a->cut, REPLY_CUT);
	strbuf_add_slice(&a->cut, slice_from(reply, at + next.len));
	t->reply = assemble_word(a, strbuf_slice(&a->cut));
	t->flags |= ATTEMPT_REPLY_CUT;
}

static uint32_t word_of(struct assembler *a, const struct event *e,
			enum event_field f)
{
	return event_has(e, f) ? assemble_word(a, e->text[f]) : 0;
}

#define REPEATS_MAX 100000 /* a count in a log is a claim, not a fact */

/* One line may tell of several equal answers. */
static void attempt_repeat(struct attempt *t, const struct event *e)
{
	int64_t n = event_number(e, EV_REPEAT, 0);

	if (n <= 0 || e->roles & ROLE_REPEATS)
		return;
	t->repeat = (uint32_t)(n < REPEATS_MAX ? n : REPEATS_MAX);
	t->flags |= ATTEMPT_SUM;
}

void assemble_attempt(struct assembler *a, const struct assembling *r,
		      const struct event *e, uint32_t ordinal,
		      uint32_t fragment, uint32_t session)
{
	struct piece *p = a->piece;
	struct attempt t = {
		.action = e->action,
		.fragment = fragment,
		.session = session,
		.time = stamp_pack(r->record->time),
		.line = r->line,
		.length = r->record->length,
		.offset = r->record->offset,
		.ordinal = ordinal,
		.repeat = 1,
	};

	if (e->roles & ROLE_PROBE)
		t.flags |= ATTEMPT_PROBE;
	if (e->roles & ROLE_COPY)
		t.flags |= ATTEMPT_COPY;
	if (e->roles & ROLE_ADDRESSED && !(e->roles & ROLE_ATTEMPT))
		t.flags |= ATTEMPT_ADDRESSED;
	if (!event_has(e, EV_RELAY_IP) && !event_has(e, EV_RELAY_NAME) &&
	    !event_has(e, EV_SAID_BY))
		t.flags |= ATTEMPT_FINAL;
	t.sender = word_of(a, e, EV_SENDER);
	t.recipient = word_of(a, e, EV_RECIPIENT);
	t.orig_recipient = word_of(a, e, EV_ORIG_RECIPIENT);
	t.client_ip = word_of(a, e, EV_CLIENT_IP);
	t.client_name = word_of(a, e, EV_CLIENT_NAME);
	t.helo = word_of(a, e, EV_HELO);
	t.user = word_of(a, e, EV_USER);
	t.relay_ip = word_of(a, e, EV_RELAY_IP);
	t.relay_name = word_of(a, e, EV_RELAY_NAME);
	t.dsn = word_of(a, e, EV_DSN);
	t.said_by = word_of(a, e, EV_SAID_BY);
	t.stage = word_of(a, e, EV_STAGE);
	t.place = word_of(a, e, EV_PLACE);
	if (t.relay_ip || t.relay_name)
		t.tls = word_of(a, e, EV_TLS);
	t.relay_port = (int32_t)event_number(e, EV_RELAY_PORT, -1);
	t.code = (int32_t)event_number(e, EV_CODE, -1);
	t.delay = event_number(e, EV_DELAY, -1);
	t.transfer = event_number(e, EV_TRANSFER, -1);
	attempt_reply(a, &t, e);
	attempt_repeat(&t, e);
	GROW(p->attempts, p->nattempts, p->cattempts);
	p->attempts[p->nattempts++] = t;
}

/* Whether the rest of the piece says it already: the owner's id, the session,
 * the fragment's message-id, an attempt's next_id. */
static bool key_is_said(const struct event_key *k, const struct event *e)
{
	if (k->relation == REL_OWN)
		return k->kind == KEY_QUEUE || k->kind == KEY_SESSION ||
		       k->kind == KEY_MESSAGE_ID;
	return k->relation == REL_NEXT_HOP && k->kind == KEY_QUEUE &&
	       k->link == LINK_HANDOFF && e->roles & ROLE_ATTEMPT &&
	       slice_eq(k->text, event_text(e, EV_NEXT_QUEUE_ID));
}

/* An answer that belongs to no transaction yet finds it by its message. */
static bool key_finds(const struct event_key *k, const struct event *e)
{
	return k->kind == KEY_MESSAGE_ID && e->roles & ROLE_ATTEMPT;
}

void assemble_keys(struct assembler *a, const struct assembling *r,
		   const struct event *e, uint32_t fragment)
{
	struct piece *p = a->piece;

	for (unsigned i = 0; i < e->keys; i++) {
		const struct event_key *k = &e->key[i];

		if (fragment == NONE32 ? !key_finds(k, e) : key_is_said(k, e))
			continue;
		GROW(p->keys, p->nkeys, p->ckeys);
		p->keys[p->nkeys++] = (struct piece_key){
			.fragment = fragment,
			.line = r->line,
			.time = stamp_pack(r->record->time),
			.kind = k->kind,
			.relation = k->relation,
			.link = k->link,
			.text = assemble_text(a, k->text),
		};
	}
}

/* Every other hint goes when there are too many, and from then on only every
 * other one is kept: what stays is spread over the whole piece. */
static void hints_thin(struct assembler *a)
{
	struct piece *p = a->piece;
	size_t n = 0;

	for (size_t i = 0; i < p->nhints; i += 2)
		p->hints[n++] = p->hints[i];
	p->nhints = n;
	a->hint_step *= 2;
}

void assemble_hint(struct assembler *a, const struct assembling *r,
		   const struct event *e)
{
	struct piece *p = a->piece;
	bool own = e->roles & (ROLE_OPENS | ROLE_OPENS_WEAKLY) &&
		   !event_has(e, EV_REPLY);
	int64_t utc = event_number(e, EV_ID_TIME, TIME_NONE);

	if (utc == TIME_NONE || r->record->time.us == TIME_NONE)
		return;
	if (++a->hint_skip < a->hint_step)
		return;
	a->hint_skip = 0;
	if (p->nhints == PIECE_HINTS)
		hints_thin(a);
	GROW(p->hints, p->nhints, p->chints);
	p->hints[p->nhints++] = (struct time_hint){
		.kind = own ? HINT_OWN : HINT_OTHER,
		.line = r->line,
		.written = stamp_pack(r->record->time),
		.utc = utc,
	};
}

void assemble_jump(struct assembler *a, const struct assembling *r)
{
	struct piece *p = a->piece;
	struct stamp now = r->record->time;

	if (now.us == TIME_NONE || now.has & STAMP_YEAR)
		return;
	if (a->dated.us != TIME_NONE && now.us < a->dated.us - 2 * US_DAY) {
		GROW(p->jumps, p->njumps, p->cjumps);
		p->jumps[p->njumps++] = (struct time_jump){
			.line = r->line,
			.before = stamp_pack(a->dated),
			.after = stamp_pack(now),
		};
	}
	a->dated = now;
}

static bool is_repeat_line(const struct piece *p, uint32_t line)
{
	for (size_t i = p->nrepeats; i--;)
		if (p->repeats[i].line == line)
			return true;
	return false;
}

/* The attempts of a line are among the last ones made. */
static uint32_t attempt_of_line(const struct piece *p, uint32_t line)
{
	size_t n = p->nattempts, low = n > 4096 ? n - 4096 : 0;

	for (size_t i = n; i-- > low;)
		if (p->attempts[i].line == line)
			return (uint32_t)i;
	return NONE32;
}

/* FORMATS §1.3: the record that was repeated is the last one of the same host
 * and program; the oldest syslogds write no program. Peeled again, since this is
 * rare and remembering is not free. */
static uint32_t attempt_before(struct assembler *a, const struct assembling *r)
{
	struct piece *p = a->piece;
	uint32_t back = r->index < 256 ? r->index : 256, line = r->line;

	for (uint32_t k = 1; k <= back; k++) {
		uint32_t i = r->index - k;
		struct record was;

		line -= p->columns.span ? p->columns.span[i] : 1;
		assemble_peel(a, i, &was);
		if (!slice_eq(was.host, r->record->host) ||
		    (r->record->program.len &&
		     !slice_eq(was.program, r->record->program)))
			continue;
		if (!is_repeat_line(p, line))
			return attempt_of_line(p, line);
	}
	return NONE32;
}

void assemble_repeat(struct assembler *a, const struct assembling *r,
		     const struct event *e)
{
	struct piece *p = a->piece;
	int64_t n = event_number(e, EV_REPEAT, 0);
	uint32_t i = a->backwards ? NONE32 : attempt_before(a, r);

	if (n <= 0)
		return;
	GROW(p->repeats, p->nrepeats, p->crepeats);
	p->repeats[p->nrepeats++] = (struct repeat){
		.host = r->host,
		.program = assemble_word(a, r->record->program),
		.line = r->line,
		.attempt = i,
		.n = n,
	};
	if (i == NONE32)
		return;
	/* a record with several answers repeats all of them */
	for (uint32_t line = p->attempts[i].line;
	     i < p->nattempts && p->attempts[i].line == line; i--) {
		p->attempts[i].repeat +=
			(uint32_t)(n < REPEATS_MAX ? n : REPEATS_MAX);
		if (!i)
			break;
	}
}
