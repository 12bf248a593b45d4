/* SPDX-License-Identifier: MIT */
/* Derivations without evidence: see rows.h. */
#include "tests/rows.h"

#include "base/alloc.h"

static enum cut rows_next(const struct layout *l, struct slice bytes, bool last,
                          struct record *r)
{
	size_t end = slice_chr(bytes, '\n');

	(void)l;
	if (!bytes.len)
		return CUT_END;
	if (end == SLICE_NONE && !last)
		return CUT_MORE;
	if (end == SLICE_NONE)
		end = bytes.len;
	r->raw = slice_to(bytes, end);
	r->length = (uint32_t)(end < bytes.len ? end + 1 : end);
	r->lines = 1;
	r->flags = end ? 0 : RECORD_BLANK;
	return CUT_RECORD;
}

static int two(struct slice s, size_t at)
{
	return (s.ptr[at] - '0') * 10 + (s.ptr[at + 1] - '0');
}

/* "1000.5" in us */
static int64_t rows_seconds(struct slice t)
{
	struct slice whole = slice_cut(&t, '.');
	uint64_t n = 0, f = 0;

	if (!slice_u64(whole, &n) || (t.len && !slice_u64(t, &f)))
		BUG("seconds that no test knows");
	for (size_t i = t.len; t.len && i < 6; i++)
		f *= 10;
	return (int64_t)n * US_SECOND + (int64_t)f;
}

static struct stamp rows_time(struct slice t)
{
	struct stamp s = { TIME_NONE, 0 };
	size_t dot = slice_chr(t, '.');
	uint64_t n, f = 0;

	if (t.len < 2)
		return s;
	if (t.ptr[0] == '@' && slice_u64(slice_of(t.ptr + 1, (dot == SLICE_NONE
	                                          ? t.len : dot) - 1), &n)) {
		s.us = (int64_t)n * US_SECOND;
		s.has = STAMP_ABSOLUTE;
		if (dot != SLICE_NONE && slice_u64(slice_from(t, dot + 1), &f)) {
			for (size_t i = t.len - dot - 1; i < 6; i++)
				f *= 10;
			s.us += (int64_t)f;
			s.has |= STAMP_FRACTION;
		}
	} else if (t.ptr[0] == '~' && t.len == 11) {
		s.us = civil_us(&(struct civil){ STAMP_NO_YEAR, two(t, 1),
		                two(t, 3), two(t, 5), two(t, 7), two(t, 9), 0 });
	} else if (t.ptr[0] == '=' && t.len == 15) {
		s.us = civil_us(&(struct civil){ two(t, 1) * 100 + two(t, 3),
		                two(t, 5), two(t, 7), two(t, 9), two(t, 11),
		                two(t, 13), 0 });
		s.has = STAMP_YEAR;
	}
	return s;
}

static void rows_peel(const struct layout *l, struct record *r,
                      struct arena *arena)
{
	struct slice rest = r->raw;

	(void)l;
	(void)arena;
	r->body = r->raw;
	if (!rest.len || rest.ptr[0] == '!')
		return;
	r->time_raw = slice_cut(&rest, ' ');
	r->time = rows_time(r->time_raw);
	r->host = slice_cut(&rest, ' ');
	r->program = SLICE("mta");
	r->body = rest;
}

static const struct framing rows_framing = {
	.name = "test", .next = rows_next, .peel = rows_peel
};

static unsigned rows_role(struct slice name)
{
	static const struct {
		const char *name;
		unsigned role;
	} roles[] = {
		{ "opens", ROLE_OPENS },       { "weakly", ROLE_OPENS_WEAKLY },
		{ "activates", ROLE_ACTIVATES }, { "closes", ROLE_CLOSES },
		{ "sopens", ROLE_SESSION_OPENS },
		{ "scloses", ROLE_SESSION_CLOSES },
		{ "attempt", ROLE_ATTEMPT },   { "repeats", ROLE_REPEATS },
		{ "probe", ROLE_PROBE },       { "notmail", ROLE_NOT_MAIL },
		{ "envelope", ROLE_ENVELOPE }, { "copy", ROLE_COPY },
		{ "gap", ROLE_GAP },
		{ "observed", ROLE_OBSERVED },
		{ "addressed", ROLE_ADDRESSED },
	};

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (slice_eq(name, slice_str(roles[i].name)))
			return roles[i].role;
	BUG("a role that no test knows");
}

static enum link_kind rows_kind(struct slice name)
{
	for (unsigned k = 0; k < LINK_KIND_COUNT; k++)
		if (slice_eq(name, slice_str(link_kind_name(k))))
			return k;
	BUG("a kind that no test knows");
}

static bool rows_key(struct event *e, struct slice name, struct slice value)
{
	static const struct {
		const char *name;
		enum key_relation relation;
	} keys[] = {
		{ "child", REL_CHILD },       { "parent", REL_PARENT },
		{ "original", REL_ORIGINAL }, { "hop", REL_NEXT_HOP },
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (slice_eq(name, slice_str(keys[i].name))) {
			enum link_kind kind = rows_kind(slice_cut(&value, ':'));

			event_add_key(e, KEY_QUEUE, keys[i].relation, kind,
			              value);
			return true;
		}
	if (slice_eq(name, SLICE("q")))
		event_add_key(e, KEY_QUEUE, REL_OWN, 0, value);
	else if (slice_eq(name, SLICE("s")))
		event_add_key(e, KEY_SESSION, REL_OWN, 0, value);
	else if (slice_eq(name, SLICE("named")))
		event_add_key(e, KEY_MESSAGE_ID, REL_OWN, 0, value);
	else if (slice_eq(name, SLICE("made"))) /* MID of the child */
		event_add_key(e, KEY_MESSAGE_ID, REL_CHILD, LINK_BOUNCE, value);
	else if (slice_eq(name, SLICE("from"))) /* MID of the parent */
		event_add_key(e, KEY_MESSAGE_ID, REL_PARENT, LINK_BOUNCE,
			      value);
	else if (slice_eq(name, SLICE("network")))
		event_add_key(e, KEY_NETWORK_ID, REL_OWN, 0, value);
	else
		return false;
	return true;
}

static void rows_field(struct event *e, struct slice name, struct slice value,
                       struct arena *arena)
{
	uint64_t n;

	for (unsigned f = 0; f < EV_FIELD_COUNT; f++) {
		if (!event_field_name(f) ||
		    !slice_eq(name, slice_str(event_field_name(f))))
			continue;
		if (f == EV_DELAY || f == EV_TRANSFER || f == EV_ID_TIME) {
			event_set_number(e, f, rows_seconds(value));
			return;
		}
		if (f >= EV_TEXT_COUNT && slice_u64(value, &n)) {
			event_set_number(e, f, (int64_t)n);
			return;
		}
		value = arena_slice(arena, value);
		for (size_t i = 0; i < value.len && f == EV_REPLY; i++)
			if (value.ptr[i] == '_')
				((char *)value.ptr)[i] = ' ';
		event_set(e, f, value);
		return;
	}
	BUG("a field that no test knows");
}

static enum parse rows_parse(const struct layout *l, const struct record *r,
                             struct arena *arena, struct events *out)
{
	struct slice rest = r->body;
	struct event *e;

	(void)l;
	if (rest.len && rest.ptr[0] == '!')
		return PARSE_NO;
	e = events_add(out);
	e->action = ACTION_INFO;
	while (rest.len) {
		struct slice value = slice_cut(&rest, ' ');
		struct slice name = slice_cut(&value, '=');

		if (!name.len || rows_key(e, name, value))
			continue;
		if (slice_eq(name, SLICE("do"))) {
			if (!action_find(value, &e->action))
				BUG("an action that no test knows");
		} else if (slice_eq(name, SLICE("roles"))) {
			while (value.len)
				e->roles |= rows_role(slice_cut(&value, ','));
		} else {
			rows_field(e, name, value, arena);
		}
	}
	return PARSE_OK;
}

static bool rows_claims(struct slice program)
{
	(void)program;
	return false;
}

static const struct parser rows_closing = {
	.name = "test", .life = LIFE_CLOSES | LIFE_IDS_REUSED,
	.claims = rows_claims, .parse = rows_parse
};
static const struct parser rows_idle = {
	.name = "test", .claims = rows_claims, .parse = rows_parse
};

void rows_init(struct rows *r)
{
	*r = (struct rows){ .settings.now = TIME_NONE };
}

static void rows_forget(struct rows *r)
{
	r->nsessions = r->ntransactions = r->ndeliveries = r->nattempts = 0;
	r->nlinks = r->nevidence = r->njourneys = r->nrecipients = 0;
	for (size_t i = 0; i < r->nfindings; i++) {
		free((char *)(uintptr_t)r->findings[i].entity.ptr);
		free((char *)(uintptr_t)r->findings[i].explanation.ptr);
	}
	for (size_t i = 0; i < r->nmissing; i++)
		free((char *)(uintptr_t)r->missing[i].searched.ptr);
	r->nfindings = r->nplaces = r->ntrials = 0;
	r->nrelated = r->nclocks = r->nmissing = r->ncoverage = r->owned = r->unowned = 0;
}

void rows_release(struct rows *r)
{
	for (size_t i = 0; i < r->npieces; i++)
		piece_free(r->pieces[i]);
	free(r->pieces);
	free(r->sources);
	free(r->stretches);
	free(r->sessions);
	free(r->transactions);
	free(r->deliveries);
	free(r->attempts);
	free(r->links);
	free(r->evidence);
	free(r->journeys);
	free(r->recipients);
	free(r->related);
	free(r->coverage);
	free(r->clocks);
	rows_forget(r);
	free(r->missing);
	free(r->findings);
	free(r->places);
	free(r->trials);
	intern_release(&r->words);
}

static void rows_intern(struct rows *r, struct piece *p)
{
	p->word_ids = mem_alloc((p->words.count + 1u) * sizeof *p->word_ids);
	for (uint32_t w = 1; w <= p->words.count; w++)
		p->word_ids[w] =
			intern_add(&r->words, intern_get(&p->words, w));
}

struct trace_source *rows_add(struct rows *r, const char *lines,
                              unsigned per_piece)
{
	struct layout l = { .framing = &rows_framing,
		            .parser = r->idle ? &rows_idle : &rows_closing };
	struct assembler *a = assembler_new();
	struct slice rest = slice_str(lines);
	uint64_t line = 1, offset = 0;
	uint32_t number = 0, id = (uint32_t)r->nsources + 1;

	GROW(r->sources, r->nsources, r->csources);
	r->sources[r->nsources++] = (struct trace_source){
		.id = id, .path = SLICE("logs/mail.log"), .mtime = TIME_NONE
	};
	while (rest.len) {
		size_t n = assemble_cut(&l, rest, true, per_piece);
		struct piece *p = assemble_piece(a, &l, slice_to(rest, n), true,
		                                 line, offset, NULL);

		p->source = id;
		p->number = number++;
		rows_intern(r, p);
		line += p->lines;
		offset += n;
		rest = slice_from(rest, n);
		GROW(r->pieces, r->npieces, r->cpieces);
		r->pieces[r->npieces++] = p;
	}
	assembler_free(a);
	return &r->sources[r->nsources - 1];
}

void rows_shuffle(struct rows *r, unsigned seed)
{
	for (size_t i = r->npieces; i > 1; i--) {
		size_t k = (seed = seed * 1103515245u + 12345u) / 65536u % i;
		struct piece *p = r->pieces[i - 1];

		r->pieces[i - 1] = r->pieces[k];
		r->pieces[k] = p;
	}
}

void rows_recode(struct rows *r)
{
	for (size_t i = 0; i < r->npieces; i++) {
		struct strbuf b = { 0 };
		struct piece *p = piece_new();

		piece_encode(r->pieces[i], &b);
		if (!piece_decode(p, strbuf_slice(&b)))
			BUG("a piece that cannot be read back");
		strbuf_release(&b);
		piece_free(r->pieces[i]);
		r->pieces[i] = p;
	}
}

/* Keeps a copy of the row; texts of pieces live as long as these do. */
#define ROWS_KEEP(kind, list, n, cap)                                        \
	static bool keep_##kind(void *arg, const struct kind##_row *row,     \
	                        struct err *err)                             \
	{                                                                    \
		struct rows *r = arg;                                        \
                                                                             \
		(void)err;                                                   \
		GROW(r->list, r->n, r->cap);                                 \
		r->list[r->n++] = *row;                                      \
		return true;                                                 \
	}
ROWS_KEEP(session, sessions, nsessions, csessions)
ROWS_KEEP(transaction, transactions, ntransactions, ctransactions)
ROWS_KEEP(delivery, deliveries, ndeliveries, cdeliveries)
ROWS_KEEP(attempt, attempts, nattempts, cattempts)
ROWS_KEEP(link, links, nlinks, clinks)
ROWS_KEEP(evidence, evidence, nevidence, cevidence)
ROWS_KEEP(journey, journeys, njourneys, cjourneys)
ROWS_KEEP(recipient, recipients, nrecipients, crecipients)
ROWS_KEEP(related, related, nrelated, crelated)
ROWS_KEEP(coverage, coverage, ncoverage, ccoverage)
ROWS_KEEP(clock, clocks, nclocks, cclocks)
ROWS_KEEP(trial, trials, ntrials, ctrials)

static bool keep_place(void *arg, const struct finding_place *row,
                       struct err *err)
{
	struct rows *r = arg;

	(void)err;
	GROW(r->places, r->nplaces, r->cplaces);
	r->places[r->nplaces++] = *row;
	return true;
}

static struct slice keep_text(struct slice s)
{
	struct strbuf b = { 0 };

	strbuf_add_slice(&b, s);
	return slice_of(strbuf_take(&b), s.len);
}

static bool keep_missing(void *arg, const struct missing_row *row,
                         struct err *err)
{
	struct rows *r = arg;
	struct missing_row *m;

	(void)err;
	GROW(r->missing, r->nmissing, r->cmissing);
	m = &r->missing[r->nmissing++];
	*m = *row;
	if (row->searched.ptr)
		m->searched = keep_text(row->searched);
	return true;
}

static bool keep_finding(void *arg, const struct finding_row *row,
                         struct err *err)
{
	struct rows *r = arg;
	struct finding_row *f;

	(void)err;
	GROW(r->findings, r->nfindings, r->cfindings);
	f = &r->findings[r->nfindings++];
	*f = *row;
	f->entity = keep_text(row->entity);
	f->explanation = keep_text(row->explanation);
	return true;
}

static bool keep_owners(void *arg, uint32_t source, uint32_t piece,
                        const int64_t *transactions, size_t nfragments,
                        const int64_t *sessions, const int64_t *agents,
                        size_t nsessions,
                        struct err *err)
{
	struct rows *r = arg;

	(void)source;
	(void)piece;
	(void)err;
	for (size_t i = 0; agents && i < nsessions; i++)
		r->agents += agents[i] != 0;
	for (size_t i = 0; i < nfragments; i++)
		transactions[i] ? r->owned++ : r->unowned++;
	for (size_t i = 0; i < nsessions; i++)
		sessions[i] ? r->owned++ : r->unowned++;
	return true;
}

static uint32_t rows_make_word(void *arg, struct slice text)
{
	return intern_add(&((struct rows *)arg)->words, text);
}

static struct slice rows_word_text(void *arg, uint32_t id)
{
	return intern_get(&((struct rows *)arg)->words, id);
}

void rows_derive(struct rows *r)
{
	struct row_sink sink = {
		.arg = r,
		.session = keep_session,
		.transaction = keep_transaction,
		.delivery = keep_delivery,
		.attempt = keep_attempt,
		.link = keep_link,
		.evidence = keep_evidence,
		.journey = keep_journey,
		.recipient = keep_recipient,
		.related = keep_related,
		.coverage = keep_coverage,
		.clock = keep_clock,
		.missing = keep_missing,
		.finding = keep_finding,
		.place = keep_place,
		.trial = keep_trial,
		.owners = keep_owners,
		.word = rows_make_word,
		.word_text = rows_word_text,
	};
	struct trace_input in = {
		.sources = r->sources,
		.nsources = r->nsources,
		.pieces = r->pieces,
		.npieces = r->npieces,
		.settings = r->settings,
	};
	struct err err;

	rows_forget(r);
	if (!r->stretches &&
	    !trace_stretches(&in, &sink, &r->stretches, &r->nstretches, &err))
		BUG("no stretches");
	if (!trace_derive(&in, r->stretches, r->nstretches, &sink, NULL, &err))
		BUG("no derivation");
}

const char *rows_word(const struct rows *r, uint32_t word)
{
	struct slice s = intern_get(&r->words, word);
	/* an arena keeps no NULs: one static buffer would not be reentrant */
	return s.ptr ? arena_text((struct arena *)&r->words.text, s) : "";
}

const struct transaction_row *rows_txn(const struct rows *r, const char *server,
                                       const char *queue_id,
                                       uint32_t generation)
{
	for (size_t i = 0; i < r->ntransactions; i++) {
		const struct transaction_row *t = &r->transactions[i];

		if (slice_eq(t->queue_id, slice_str(queue_id)) &&
		    t->generation == generation &&
		    strcmp(rows_word(r, t->server), server) == 0)
			return t;
	}
	return NULL;
}

const struct recipient_row *rows_rcpt(const struct rows *r, const char *address)
{
	for (size_t i = 0; i < r->nrecipients; i++)
		if (strcmp(rows_word(r, r->recipients[i].address), address) == 0)
			return &r->recipients[i];
	return NULL;
}

static const char *W(const struct rows *r, uint32_t w)
{
	return rows_word(r, w);
}

/* A transaction's natural name: where its opening stands. */
static void add_txn(const struct rows *r, struct strbuf *b, int64_t id)
{
	const struct transaction_row *t;

	if (!id) {
		strbuf_add_str(b, "-");
		return;
	}
	t = &r->transactions[id - 1];
	strbuf_addf(b, "%s/%.*s/%u@%u:%llu", W(r, t->server),
	            SLICE_FMT(t->queue_id), t->generation, t->source,
	            (unsigned long long)t->line);
}

static void print_transactions(const struct rows *r, struct strbuf *b)
{
	for (size_t i = 0; i < r->ntransactions; i++) {
		const struct transaction_row *t = &r->transactions[i];

		strbuf_add_str(b, "T ");
		add_txn(r, b, t->id);
		strbuf_addf(b, " %s %lld %lld mid=%.*s from=%s ip=%s user=%s "
		               "size=%lld nrcpt=%d i=%s flags=%u s=%s journey=",
		            transaction_state_name(t->state),
		            (long long)t->opened, (long long)t->closed,
		            SLICE_FMT(t->message_id), W(r, t->sender),
		            W(r, t->client_ip), W(r, t->user),
		            (long long)t->size, t->nrcpt, W(r, t->instance),
		            t->flags, t->session ? "y" : "n");
		add_txn(r, b, r->journeys[t->journey - 1].root);
		strbuf_add_char(b, '\n');
	}
}

static void print_deliveries(const struct rows *r, struct strbuf *b)
{
	for (size_t i = 0; i < r->ndeliveries; i++) {
		const struct delivery_row *d = &r->deliveries[i];

		strbuf_add_str(b, "D ");
		add_txn(r, b, d->transaction);
		strbuf_addf(b, " %s<%s> %s n=%u %lld %lld\n", W(r, d->recipient),
		            W(r, d->orig_recipient), outcome_name(d->outcome),
		            d->attempts, (long long)d->first,
		            (long long)d->last);
	}
}

static void print_attempts(const struct rows *r, struct strbuf *b)
{
	for (size_t i = 0; i < r->nattempts; i++) {
		const struct attempt_row *a = &r->attempts[i];

		strbuf_addf(b, "A %u:%llu+%llu %lld %s %s<%s> code=%d copies=%u "
		               "d=%s s=%s ",
		            a->source, (unsigned long long)a->line,
		            (unsigned long long)a->offset, (long long)a->time,
		            action_name(a->action), W(r, a->recipient),
		            W(r, a->reply), a->code, a->copies,
		            a->delivery ? "y" : "n", a->session ? "y" : "n");
		add_txn(r, b, a->transaction);
		strbuf_add_char(b, '\n');
	}
}

static void print_links(const struct rows *r, struct strbuf *b)
{
	for (size_t i = 0; i < r->nlinks; i++) {
		const struct link_row *l = &r->links[i];

		strbuf_add_str(b, "L ");
		add_txn(r, b, l->from);
		strbuf_add_str(b, " -> ");
		add_txn(r, b, l->to);
		strbuf_addf(b, " %s %s E%x %lld\n", link_kind_name(l->kind),
		            link_class_name(l->class), l->evidence,
		            (long long)l->lag);
	}
}

static void print_journeys(const struct rows *r, struct strbuf *b)
{
	for (size_t i = 0; i < r->njourneys; i++) {
		const struct journey_row *j = &r->journeys[i];

		strbuf_add_str(b, "J ");
		add_txn(r, b, j->root);
		strbuf_addf(b, " [%s] hops=%u rcpts=%u refused=%d %.*s %lld %lld",
		            W(r, j->servers), j->hops, j->recipients, j->refused,
		            SLICE_FMT(j->message_id), (long long)j->first,
		            (long long)j->last);
		for (unsigned o = 0; o < OUTCOME_COUNT; o++)
			strbuf_addf(b, " %u", j->outcomes[o]);
		strbuf_add_char(b, '\n');
	}
	for (size_t i = 0; i < r->nrecipients; i++) {
		const struct recipient_row *x = &r->recipients[i];

		strbuf_add_str(b, "R ");
		add_txn(r, b, r->journeys[x->journey - 1].root);
		strbuf_addf(b, " %s<%s> via=%s %s n=%u at ", W(r, x->address),
		            W(r, x->addressed_as), W(r, x->via),
		            outcome_name(x->outcome), x->attempts);
		add_txn(r, b, x->transaction);
		strbuf_add_char(b, '\n');
	}
}

static void print_sessions(const struct rows *r, struct strbuf *b)
{
	for (size_t i = 0; i < r->nsessions; i++) {
		const struct session_row *s = &r->sessions[i];

		strbuf_addf(b, "S %s %s %lld %lld ip=%s t=%u ok=%u fail=%u "
		               "refused=%u\n",
		            W(r, s->server), W(r, s->service),
		            (long long)s->first, (long long)s->last,
		            W(r, s->client_ip), s->transactions, s->auth_ok,
		            s->auth_fail, s->refused);
	}
}

static int line_order(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

char *rows_print(const struct rows *r)
{
	struct strbuf b = { 0 }, out = { 0 };
	struct slice *lines = NULL, rest;
	size_t n = 0, cap = 0;

	print_sessions(r, &b);
	print_transactions(r, &b);
	print_deliveries(r, &b);
	print_attempts(r, &b);
	print_links(r, &b);
	print_journeys(r, &b);
	rest = strbuf_slice(&b);
	while (rest.len) {
		GROW(lines, n, cap);
		lines[n++] = slice_cut(&rest, '\n');
	}
	if (n)
		qsort(lines, n, sizeof *lines, line_order);
	for (size_t i = 0; i < n; i++) {
		strbuf_add_slice(&out, lines[i]);
		strbuf_add_char(&out, '\n');
	}
	free(lines);
	strbuf_release(&b);
	return strbuf_take(&out);
}
