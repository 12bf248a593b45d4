/* SPDX-License-Identifier: MIT */
/* A piece in memory: made, released, and written as bytes and back. Numbers are
 * varints; a stamp or line is written as its distance from the one before it,
 * so that what stands close together packs well. */
#include "model/store/piece.h"

#include "base/alloc.h"

struct piece *piece_new(void)
{
	struct piece *p = mem_alloc(sizeof *p);

	p->first = p->last = STAMP_NONE;
	return p;
}

static void free_columns(struct piece *p)
{
	free(p->columns.length);
	free(p->columns.span);
	free(p->columns.class);
	free(p->columns.action);
	free(p->columns.events);
	free(p->columns.owner);
	free(p->columns.time);
	p->columns = (struct piece_lines){ 0 };
	p->ccolumns = 0;
}

void piece_free(struct piece *p)
{
	if (!p)
		return;
	if (p->borrowed) {
		free(p);
		return;
	}
	intern_release(&p->words);
	intern_release(&p->texts);
	free(p->word_ids);
	free(p->fragments);
	free(p->sessions);
	free(p->attempts);
	free(p->keys);
	free(p->hints);
	free(p->jumps);
	free(p->repeats);
	free(p->runs);
	free(p->pauses);
	free(p->notes);
	free(p->signs);
	free_columns(p);
	free(p);
}

#define SHRINK(list, n, cap)                                                   \
	((list) = mem_resize((list), ((cap) = (n)) * sizeof *(list) + 1))

void piece_shrink(struct piece *p)
{
	free_columns(p);
	p->nword_ids = p->words.count + (size_t)1;
	intern_release(&p->words);
	SHRINK(p->fragments, p->nfragments, p->cfragments);
	SHRINK(p->sessions, p->nsessions, p->csessions);
	SHRINK(p->attempts, p->nattempts, p->cattempts);
	SHRINK(p->keys, p->nkeys, p->ckeys);
	SHRINK(p->hints, p->nhints, p->chints);
	SHRINK(p->runs, p->nruns, p->cruns);
	SHRINK(p->signs, p->nsigns, p->csigns);
}

/* One list of fields serves both ways: a coder either writes what the fields
 * hold or reads them, and turns bad at the first damaged byte. */
struct coder {
	struct strbuf *out; /* NULL: reading */
	const unsigned char *next, *end;
	bool bad;
	int64_t stamp; /* the last one */
	uint32_t line; /* the last one */
	uint32_t words, texts;
};

static inline void code_u64(struct coder *c, uint64_t *v)
{
	unsigned shift = 0;

	if (c->out) {
		char *to = strbuf_room(c->out, 10);
		uint64_t x = *v;

		for (; x >= 0x80; x >>= 7)
			*to++ = (char)(unsigned char)(x | 0x80);
		*to++ = (char)(unsigned char)x;
		*to = '\0';
		c->out->len = (size_t)(to - c->out->ptr);
		return;
	}
	*v = 0;
	for (; c->next < c->end && shift < 64; shift += 7) {
		unsigned char b = *c->next++;

		*v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return;
	}
	c->bad = true;
	*v = 0;
}

static inline void code_u32(struct coder *c, uint32_t *v)
{
	uint64_t x = *v;

	code_u64(c, &x);
	if (x > UINT32_MAX)
		c->bad = true;
	*v = (uint32_t)x;
}

/* Small negative numbers stay short. */
static inline void code_i64(struct coder *c, int64_t *v)
{
	uint64_t x = ((uint64_t)*v << 1) ^ (*v < 0 ? UINT64_MAX : 0);

	code_u64(c, &x);
	*v = (int64_t)((x >> 1) ^ (x & 1 ? UINT64_MAX : 0));
}

static void code_i32(struct coder *c, int32_t *v)
{
	int64_t x = *v;

	code_i64(c, &x);
	if (x < INT32_MIN || x > INT32_MAX)
		c->bad = true;
	*v = (int32_t)x;
}

/* NONE32 is common and must not take five bytes. */
static void code_index(struct coder *c, uint32_t *v, size_t n)
{
	uint32_t x = *v == NONE32 ? 0 : *v + 1;

	code_u32(c, &x);
	if (x > n)
		c->bad = true;
	*v = x ? x - 1 : NONE32;
}

static void code_word(struct coder *c, uint32_t *v)
{
	code_u32(c, v);
	if (*v > c->words) {
		c->bad = true;
		*v = 0;
	}
}

static void code_text(struct coder *c, uint32_t *v)
{
	code_u32(c, v);
	if (*v > c->texts) {
		c->bad = true;
		*v = 0;
	}
}

/* Absent as one byte; else the distance, always away from absent's zero. */
static void code_stamp(struct coder *c, int64_t *v)
{
	uint64_t d = 0;

	if (c->out && *v != STAMP_NONE) {
		d = (uint64_t)*v - (uint64_t)c->stamp;
		d = ((d << 1) ^ (d >> 63 ? UINT64_MAX : 0)) + 1;
	}
	code_u64(c, &d);
	if (!c->out) {
		uint64_t x = d - 1;

		x = (x >> 1) ^ (x & 1 ? UINT64_MAX : 0);
		*v = d ? (int64_t)((uint64_t)c->stamp + x) : STAMP_NONE;
	}
	if (d)
		c->stamp = *v;
}

static void code_line(struct coder *c, uint32_t *v)
{
	int64_t d = (int64_t)*v - c->line;

	code_i64(c, &d);
	d += c->line;
	if (d < 0 || d > UINT32_MAX)
		c->bad = true;
	*v = (uint32_t)d;
	c->line = *v;
}

static void code_flags(struct coder *c, unsigned *v)
{
	uint32_t x = *v;

	code_u32(c, &x);
	*v = x;
}

/* An enum of N values. */
static unsigned code_enum(struct coder *c, unsigned v, unsigned n)
{
	code_flags(c, &v);
	if (v >= n) {
		c->bad = true;
		v = 0;
	}
	return v;
}

/* Only what is there has a line. */
static void code_said(struct coder *c, struct fragment *f)
{
	const bool there[SAID_COUNT] = {
		[SAID_MESSAGE_ID] = f->message_id, [SAID_SENDER] = f->sender,
		[SAID_SIZE] = f->size >= 0,        [SAID_SUBJECT] = f->subject,
		[SAID_HELO] = f->helo,             [SAID_TLS] = f->tls,
	};

	for (size_t i = 0; i < SAID_COUNT; i++) {
		int32_t v = f->said[i];

		if (!there[i])
			continue;
		code_i32(c, &v);
		if (v < INT16_MIN || v > INT16_MAX)
			c->bad = true;
		f->said[i] = (int16_t)v;
	}
}

static void code_fragment(struct coder *c, const struct piece *p,
			  struct fragment *f)
{
	uint32_t *const words[] = {
		&f->host,      &f->instance,    &f->sender, &f->header_from,
		&f->client_ip, &f->client_name, &f->helo,   &f->user,
		&f->tls,       &f->subject};

	code_flags(c, &f->edges);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		code_word(c, words[i]);
	code_text(c, &f->queue_id);
	code_text(c, &f->message_id);
	code_index(c, &f->session, p->nsessions);
	code_stamp(c, &f->first);
	code_stamp(c, &f->opened);
	code_stamp(c, &f->last);
	code_stamp(c, &f->closed);
	code_line(c, &f->first_line);
	code_index(c, &f->opened_line, NONE32 - 1);
	code_line(c, &f->last_line);
	code_i32(c, &f->client_port);
	code_i32(c, &f->nrcpt);
	code_i64(c, &f->size);
	code_said(c, f);
	code_stamp(c, &f->id_time);
}

static void code_session(struct coder *c, struct session_part *s)
{
	uint32_t *const words[] = {&s->host,      &s->instance,    &s->service,
				   &s->client_ip, &s->client_name, &s->helo,
				   &s->user,      &s->auth_method, &s->tls,
				   &s->counters};

	code_flags(c, &s->edges);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		code_word(c, words[i]);
	code_text(c, &s->key);
	code_i32(c, &s->client_port);
	code_stamp(c, &s->first);
	code_stamp(c, &s->last);
	code_line(c, &s->first_line);
	code_line(c, &s->last_line);
}

static void code_attempt(struct coder *c, const struct piece *p,
			 struct attempt *a, uint64_t *offset)
{
	uint32_t *const words[] = {
		&a->sender,    &a->recipient,   &a->orig_recipient,
		&a->client_ip, &a->client_name, &a->helo,
		&a->user,      &a->relay_ip,    &a->relay_name,
		&a->dsn,       &a->reply,       &a->said_by,
		&a->stage,     &a->place,       &a->tls};
	int64_t step = (int64_t)(a->offset - *offset);

	a->action = code_enum(c, a->action, ACTION_COUNT);
	code_flags(c, &a->flags);
	code_index(c, &a->fragment, p->nfragments);
	code_index(c, &a->session, p->nsessions);
	code_stamp(c, &a->time);
	code_line(c, &a->line);
	code_u32(c, &a->length);
	code_i64(c, &step);
	a->offset = *offset += (uint64_t)step;
	code_u32(c, &a->ordinal);
	code_u32(c, &a->repeat);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		code_word(c, words[i]);
	code_text(c, &a->next_id);
	code_i32(c, &a->relay_port);
	code_i32(c, &a->code);
	code_i64(c, &a->delay);
	code_i64(c, &a->transfer);
}

static void code_key(struct coder *c, const struct piece *p,
		     struct piece_key *k)
{
	code_index(c, &k->fragment, p->nfragments);
	code_line(c, &k->line);
	code_stamp(c, &k->time);
	k->kind = code_enum(c, k->kind, KEY_COUNTER + 1);
	k->relation = code_enum(c, k->relation, REL_ALTERNATE + 1);
	k->link = code_enum(c, k->link, LINK_KIND_COUNT);
	code_text(c, &k->text);
}

static void code_hint(struct coder *c, struct time_hint *h)
{
	h->kind = code_enum(c, h->kind, HINT_OTHER + 1);
	code_line(c, &h->line);
	code_stamp(c, &h->written);
	code_i64(c, &h->utc);
}

static void code_repeat(struct coder *c, const struct piece *p,
			struct repeat *r)
{
	code_word(c, &r->host);
	code_word(c, &r->program);
	code_line(c, &r->line);
	code_index(c, &r->attempt, p->nattempts);
	code_i64(c, &r->n);
}

static void code_run(struct coder *c, struct time_run *r)
{
	code_word(c, &r->host);
	code_stamp(c, &r->first);
	code_stamp(c, &r->last);
	code_line(c, &r->first_line);
	code_line(c, &r->last_line);
	code_u32(c, &r->lines);
	code_u32(c, &r->events);
}

static void code_note(struct coder *c, struct gap_note *n)
{
	code_word(c, &n->host);
	code_line(c, &n->line);
	code_stamp(c, &n->time);
	code_i64(c, &n->lost);
}

static void code_sign(struct coder *c, const struct piece *p,
		      struct piece_sign *s)
{
	s->kind = code_enum(c, s->kind, SIGN_COUNT);
	code_word(c, &s->host);
	code_index(c, &s->fragment, p->nfragments);
	code_line(c, &s->line);
	code_stamp(c, &s->time);
	code_stamp(c, &s->before);
}

static void code_pause(struct coder *c, struct pause_count *n)
{
	n->slot = code_enum(c, n->slot, 24 * PAUSE_STEPS);
	code_u32(c, &n->n);
}

/* Makes room for a list when reading; each entry takes at least LEAST bytes, so
 * that a damaged count cannot ask for more than the bytes could hold. */
#define CODE_LIST(c, list, n, cap, least)                                      \
	do {                                                                   \
		uint64_t count_ = (n);                                         \
		code_u64((c), &count_);                                        \
		if (!(c)->out) {                                               \
			if (count_ >                                           \
			    (size_t)((c)->end - (c)->next) / (least)) {        \
				(c)->bad = true;                               \
				count_ = 0;                                    \
			}                                                      \
			(n) = (cap) = (size_t)count_;                          \
			(list) = mem_alloc((n) * sizeof *(list) + 1);          \
		}                                                              \
	} while (0)

/* Those that are read are only ever asked for by number: without a table to
 * find them by, which would be larger than they are. */
static void read_texts(struct coder *c, struct intern *t, uint32_t n)
{
	if (n > (size_t)(c->end - c->next)) {
		c->bad = true;
		return;
	}
	t->cap = n + 1;
	t->strings = mem_resize(t->strings, t->cap * sizeof *t->strings);
	t->strings[0] = slice_of(NULL, 0);
	for (t->count = 0; t->count < n; t->count++) {
		uint64_t len = 0;
		struct slice s;

		code_u64(c, &len);
		if (c->bad || len > (size_t)(c->end - c->next)) {
			c->bad = true;
			return;
		}
		s = slice_of((const char *)c->next, (size_t)len);
		t->strings[t->count + 1] = arena_slice(&t->text, s);
		c->next += len;
	}
}

static void code_texts(struct coder *c, struct intern *t)
{
	uint32_t n = t->count;

	code_u32(c, &n);
	if (!c->out)
		read_texts(c, t, n);
	for (uint32_t i = 1; c->out && i <= n; i++) {
		struct slice s = intern_get(t, i);
		uint64_t len = s.len;

		code_u64(c, &len);
		strbuf_add_slice(c->out, s);
	}
	c->texts = c->bad ? 0 : n;
}

static void code_words(struct coder *c, struct piece *p)
{
	uint64_t n = p->words.count;

	code_u64(c, &n);
	if (!c->out) {
		if (n > (size_t)(c->end - c->next)) {
			c->bad = true;
			n = 0;
		}
		free(p->word_ids);
		p->word_ids = mem_alloc((n + 1) * sizeof *p->word_ids);
	}
	for (uint64_t i = 1; i <= n && !c->bad; i++)
		code_u32(c, &p->word_ids[i]);
	c->words = (uint32_t)n;
	if (!c->out)
		p->nword_ids = (size_t)n + 1;
}

static void code_ledger(struct coder *c, struct piece *p)
{
	uint64_t *const numbers[] = {&p->first_line,  &p->lines,
				     &p->offset,      &p->bytes,
				     &p->hash.low,    &p->hash.high,
				     &p->event_lines, &p->unknown_lines,
				     &p->other_lines, &p->events};

	code_u32(c, &p->source);
	code_u32(c, &p->number);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		code_u64(c, numbers[i]);
	code_stamp(c, &p->first);
	code_stamp(c, &p->last);
}

/* The counts come first, since indexes are checked against them. */
static void code_lists(struct coder *c, struct piece *p)
{
	CODE_LIST(c, p->fragments, p->nfragments, p->cfragments, 22);
	CODE_LIST(c, p->sessions, p->nsessions, p->csessions, 18);
	CODE_LIST(c, p->attempts, p->nattempts, p->cattempts, 27);
	CODE_LIST(c, p->keys, p->nkeys, p->ckeys, 7);
	CODE_LIST(c, p->hints, p->nhints, p->chints, 4);
	CODE_LIST(c, p->jumps, p->njumps, p->cjumps, 3);
	CODE_LIST(c, p->repeats, p->nrepeats, p->crepeats, 5);
	CODE_LIST(c, p->runs, p->nruns, p->cruns, 7);
	CODE_LIST(c, p->pauses, p->npauses, p->cpauses, 2);
	CODE_LIST(c, p->notes, p->nnotes, p->cnotes, 4);
	CODE_LIST(c, p->signs, p->nsigns, p->csigns, 6);
}

static void code_piece(struct coder *c, struct piece *p)
{
	uint64_t offset = 0;

	code_ledger(c, p);
	code_words(c, p);
	code_texts(c, &p->texts);
	code_lists(c, p);
	for (size_t i = 0; i < p->nfragments && !c->bad; i++)
		code_fragment(c, p, &p->fragments[i]);
	for (size_t i = 0; i < p->nsessions && !c->bad; i++)
		code_session(c, &p->sessions[i]);
	for (size_t i = 0; i < p->nattempts && !c->bad; i++)
		code_attempt(c, p, &p->attempts[i], &offset);
	for (size_t i = 0; i < p->nkeys && !c->bad; i++)
		code_key(c, p, &p->keys[i]);
	for (size_t i = 0; i < p->nhints && !c->bad; i++)
		code_hint(c, &p->hints[i]);
	for (size_t i = 0; i < p->njumps && !c->bad; i++) {
		code_line(c, &p->jumps[i].line);
		code_stamp(c, &p->jumps[i].before);
		code_stamp(c, &p->jumps[i].after);
	}
	for (size_t i = 0; i < p->nrepeats && !c->bad; i++)
		code_repeat(c, p, &p->repeats[i]);
	for (size_t i = 0; i < p->nruns && !c->bad; i++)
		code_run(c, &p->runs[i]);
	for (size_t i = 0; i < p->npauses && !c->bad; i++)
		code_pause(c, &p->pauses[i]);
	for (size_t i = 0; i < p->nnotes && !c->bad; i++)
		code_note(c, &p->notes[i]);
	for (size_t i = 0; i < p->nsigns && !c->bad; i++)
		code_sign(c, p, &p->signs[i]);
}

/* Writing changes nothing: a coder with OUT only reads what it is shown. */
void piece_encode(const struct piece *p, struct strbuf *out)
{
	struct coder c = {.out = out};

	code_piece(&c, (struct piece *)p);
}

bool piece_decode(struct piece *p, struct slice bytes)
{
	struct coder c = {.next = (const unsigned char *)bytes.ptr};

	c.end = c.next + bytes.len;
	code_piece(&c, p);
	return !c.bad && c.next == c.end;
}

static void columns_room(struct piece_lines *l, uint32_t n, bool span)
{
	l->n = n;
	l->length = mem_alloc(n * sizeof *l->length + 1);
	l->span = span ? mem_alloc(n * sizeof *l->span + 1) : NULL;
	l->class = mem_alloc(n * sizeof *l->class + 1);
	l->action = mem_alloc(n * sizeof *l->action + 1);
	l->events = mem_alloc(n * sizeof *l->events + 1);
	l->owner = mem_alloc(n * sizeof *l->owner + 1);
	l->time = mem_alloc(n * sizeof *l->time + 1);
}

/* Column after column: equal bytes stand side by side. */
static void code_columns(struct coder *c, struct piece_lines *l)
{
	uint32_t x;

	for (uint32_t i = 0; i < l->n && !c->bad; i++)
		code_u32(c, &l->length[i]);
	for (uint32_t i = 0; l->span && i < l->n && !c->bad; i++) {
		x = l->span[i];
		code_u32(c, &x);
		l->span[i] = (uint16_t)x;
	}
	for (uint32_t i = 0; i < l->n && !c->bad; i++)
		l->class[i] =
			(uint8_t)code_enum(c, l->class[i], LINE_OTHER + 1);
	for (uint32_t i = 0; i < l->n && !c->bad; i++)
		l->action[i] =
			(uint8_t)code_enum(c, l->action[i], ACTION_COUNT);
	for (uint32_t i = 0; i < l->n && !c->bad; i++) {
		x = l->events[i];
		code_u32(c, &x);
		l->events[i] = (uint16_t)x;
	}
	for (uint32_t i = 0; i < l->n && !c->bad; i++)
		code_u32(c, &l->owner[i]);
	for (uint32_t i = 0; i < l->n && !c->bad; i++)
		code_stamp(c, &l->time[i]);
}

void piece_encode_columns(const struct piece *p, struct strbuf *out)
{
	struct coder c = {.out = out};
	uint32_t n = p->columns.n, span = p->columns.span != NULL;

	code_u32(&c, &n);
	code_u32(&c, &span);
	code_columns(&c, (struct piece_lines *)&p->columns);
}

bool piece_decode_columns(struct piece *p, struct slice bytes)
{
	struct coder c = {.next = (const unsigned char *)bytes.ptr};
	uint32_t n = 0, span = 0;

	c.end = c.next + bytes.len;
	code_u32(&c, &n);
	code_u32(&c, &span);
	/* a record takes at least a byte in each of six columns */
	if (c.bad || span > 1 || n > (size_t)(c.end - c.next) / 6)
		return false;
	columns_room(&p->columns, n, span);
	p->ccolumns = n;
	code_columns(&c, &p->columns);
	return !c.bad && c.next == c.end;
}
