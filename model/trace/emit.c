/* SPDX-License-Identifier: MIT */
/* Sessions, transactions, deliveries, attempts, journeys and recipients as
 * rows, each in the order of its ids. */
#include "model/trace/emit.h"

#include "base/alloc.h"

struct ses_counts {
	uint32_t transactions, auth_ok, auth_fail, refused;
};

/* Of each session; the caller frees. */
static struct ses_counts *count_sessions(const struct derive *d)
{
	struct ses_counts *counts = mem_alloc(d->nsess * sizeof *counts + 1);

	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[i];

		if (t->session != NONE32 && t->state != STATE_REFUSED)
			counts[t->session].transactions++;
	}
	for (uint32_t g = 0; g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		struct ses_counts *s;

		if (d->atts[g].ses == NONE32 || d->atts[g].copy)
			continue;
		s = &counts[d->atts[g].ses];
		if (a->action == ACTION_AUTH_OK)
			s->auth_ok += a->repeat;
		else if (a->action == ACTION_AUTH_FAIL)
			s->auth_fail += a->repeat;
		else if (a->action == ACTION_REJECT ||
			 a->action == ACTION_TEMPFAIL)
			s->refused += a->repeat;
	}
	return counts;
}

static void take(uint32_t *to, const struct piece *p, uint32_t word)
{
	if (!*to)
		*to = word_in(p, word);
}

static void session_words(const struct derive *d, const struct ses *s,
			  struct session_row *r)
{
	for (uint32_t i = 0; i < s->nparts; i++) {
		uint32_t g = d->ses_parts[s->parts + i];
		const struct session_part *x = derive_part(d, g);
		const struct piece *p = d->pieces[d->part_piece[g]];

		take(&r->instance, p, x->instance);
		take(&r->service, p, x->service);
		take(&r->client_ip, p, x->client_ip);
		take(&r->client_name, p, x->client_name);
		take(&r->helo, p, x->helo);
		take(&r->user, p, x->user);
		take(&r->auth_method, p, x->auth_method);
		take(&r->tls, p, x->tls);
		take(&r->counters, p, x->counters);
		if (r->client_port < 0)
			r->client_port = x->client_port;
	}
}

static bool emit_sessions(struct derive *d)
{
	struct ses_counts *counts = count_sessions(d);
	bool ok = true;

	for (uint32_t i = 0; i < d->nsess && ok; i++) {
		const struct ses *s = &d->sess[i];
		const struct ses_counts *n = &counts[i];
		struct ses_span span;
		struct session_row r = {
			.id = i + 1,
			.server = s->server,
			.client_port = -1,
			.transactions = n->transactions,
			.auth_ok = n->auth_ok,
			.auth_fail = n->auth_fail,
			.refused = n->refused,
		};

		if (s->copied)
			continue;
		ses_span(d, s, &span);
		r.first = span.first;
		r.last = span.last;
		r.flags = span.flags;
		session_words(d, s, &r);
		ok = d->sink->session(d->sink->arg, &r, d->err);
	}
	free(counts);
	return ok;
}

static int64_t id_of(uint32_t index)
{
	return index == NONE32 ? 0 : (int64_t)index + 1;
}

static bool emit_transaction(struct derive *d, const struct txn *t)
{
	struct txn_rest rest;
	struct transaction_row r;

	txn_rest(d, t, &rest);
	r = (struct transaction_row){
		.id = t->id,
		.journey = t->journey,
		.session = id_of(t->session),
		.server = t->server,
		.instance = rest.instance,
		.queue_id = derive_queue_id(d, t),
		.message_id = derive_message_id(d, t),
		.generation = t->generation,
		.opened = t->opened,
		.closed = rest.closed,
		.state = t->state,
		.sender = t->sender,
		.header_from = rest.header_from,
		.client_ip = t->client_ip,
		.client_name = t->client_name,
		.helo = t->helo,
		.user = t->user,
		.tls = rest.tls,
		.subject = rest.subject,
		.client_port = rest.client_port,
		.nrcpt = t->nrcpt,
		.size = rest.size,
		.direction = t->direction,
		.source = txn_source(d, t),
		.line = txn_line(d, t),
		.flags = t->flags,
		.said = said_pack(d, t),
	};

	return d->sink->transaction(d->sink->arg, &r, d->err);
}

static bool emit_transactions(struct derive *d)
{
	for (uint32_t i = 0; i < d->ntxns; i++)
		if (!emit_transaction(d, &d->txns[d->txn_order[i]]))
			return false;
	return true;
}

/* Attempts are numbered before deliveries name them; what a line repeats takes
 * as many numbers. */
static void number_attempts(struct derive *d)
{
	uint32_t id = 0;

	for (uint32_t g = 0; g < d->natts; g++) {
		if (d->atts[g].copy)
			continue;
		d->atts[g].id = id + 1;
		id += derive_attempt(d, g)->repeat;
	}
}

static int64_t attempt_id(const struct derive *d, uint32_t g)
{
	return g == NONE32 ? 0 : d->atts[g].id;
}

static int64_t attempt_time(const struct derive *d, uint32_t g)
{
	return g == NONE32 ? TIME_NONE : d->atts[g].utc;
}

static bool emit_delivery(struct derive *d, uint32_t i)
{
	const struct del *v = &d->dels[i];
	const struct txn *t = &d->txns[v->txn];
	struct delivery_row r = {
		.id = d->del_ids[i],
		.transaction = t->id,
		.journey = t->journey,
		.recipient = v->recipient,
		.orig_recipient = v->orig,
		.attempts = v->attempts,
		.first = attempt_time(d, v->first),
		.last = attempt_time(d, v->last),
		.outcome = v->outcome,
		.last_attempt = attempt_id(d, v->last),
	};

	return d->sink->delivery(d->sink->arg, &r, d->err);
}

static bool emit_deliveries(struct derive *d)
{
	uint32_t id = 0;

	d->del_ids = mem_alloc(d->ndels * sizeof *d->del_ids + 1);
	for (uint32_t i = 0; i < d->ntxns; i++) {
		const struct txn *t = &d->txns[d->txn_order[i]];

		for (uint32_t k = t->dels; k < t->dels + t->ndels; k++) {
			d->del_ids[k] = ++id;
			if (!emit_delivery(d, k))
				return false;
		}
	}
	return true;
}

static void attempt_owner(const struct derive *d, const struct att *t,
			  struct attempt_row *r)
{
	uint32_t session = t->ses;

	if (t->txn != NONE32) {
		const struct txn *x = &d->txns[t->txn];

		r->transaction = x->id;
		r->journey = x->journey;
		if (session == NONE32 && (r->action == ACTION_REJECT ||
					  r->action == ACTION_TEMPFAIL))
			session = x->session;
	}
	r->session = id_of(session);
	r->delivery = t->del == NONE32 ? 0 : d->del_ids[t->del];
}

static void attempt_words(const struct piece *p, const struct attempt *a,
			  struct attempt_row *r)
{
	r->stage = word_in(p, a->stage);
	r->sender = word_in(p, a->sender);
	r->recipient = word_in(p, a->recipient);
	r->client_ip = word_in(p, a->client_ip);
	r->client_name = word_in(p, a->client_name);
	r->helo = word_in(p, a->helo);
	r->user = word_in(p, a->user);
	r->relay_ip = word_in(p, a->relay_ip);
	r->relay_name = word_in(p, a->relay_name);
	r->dsn = word_in(p, a->dsn);
	r->reply = word_in(p, a->reply);
	r->said_by = word_in(p, a->said_by);
	r->place = word_in(p, a->place);
}

/* Where a delivery agent put the message. */
static uint32_t agent_place(const struct derive *d, uint32_t agent)
{
	return word_in(d->pieces[d->att_piece[agent]],
		       derive_attempt(d, agent)->place);
}

static bool emit_attempt(struct derive *d, uint32_t g)
{
	const struct attempt *a = derive_attempt(d, g);
	const struct piece *p = d->pieces[d->att_piece[g]];
	const struct att *t = &d->atts[g];
	struct attempt_row r = {
		.id = t->id,
		.time = t->utc,
		.source = p->source,
		.line = p->first_line + a->line,
		.offset = a->offset,
		.length = a->length,
		.action = a->action,
		.server = attempt_server(d, g),
		.relay_port = a->relay_port,
		.code = a->code,
		.next_id = intern_get(&p->texts, a->next_id),
		.reply_cut = a->flags & ATTEMPT_REPLY_CUT,
		.delay = a->delay,
		.copies = t->copies,
	};

	attempt_words(p, a, &r);
	attempt_owner(d, t, &r);
	if (t->agent != NONE32 && agent_place(d, t->agent))
		r.place = agent_place(d, t->agent);
	if (t->txn != NONE32 && d->txns[t->txn].state == STATE_OBSERVED)
		r.flags = d->txns[t->txn].flags & ROW_COPY;
	r.flags |= (a->flags & ATTEMPT_PROBE ? ROW_PROBE : 0u) |
		  (a->flags & ATTEMPT_COPY ? ROW_COPY : 0u) |
		  (t->assumed ? ROW_TIME_ASSUMED : 0u);
	for (uint32_t n = 0; n < a->repeat; n++, r.id++)
		if (!d->sink->attempt(d->sink->arg, &r, d->err))
			return false;
	return true;
}

static bool emit_attempts(struct derive *d)
{
	for (uint32_t g = 0; g < d->natts; g++)
		if (!d->atts[g].copy && !emit_attempt(d, g))
			return false;
	return true;
}

static bool emit_journey(struct derive *d, uint32_t i)
{
	const struct jny *j = &d->jnys[i];
	const struct txn *root = &d->txns[j->root];
	struct jny_rest rest;
	struct journey_row r;

	jny_rest(d, j, &rest);
	r = (struct journey_row){
		.id = i + 1,
		.first = rest.first,
		.last = rest.last,
		.root = root->id,
		.sender = rest.sender,
		.header_from = rest.header_from,
		.subject = rest.subject,
		.client_ip = root->client_ip,
		.client_name = root->client_name,
		.user = root->user,
		.size = rest.size,
		.direction = j->direction,
		.servers = j->servers,
		.hops = j->hops,
		.recipients = j->nrcps,
		.refused = rest.refused,
		.flags = rest.flags,
	};

	if (rest.mid_frag != NONE32)
		r.message_id = derive_message_id(
			d, &d->txns[d->frag_txn[rest.mid_frag]]);
	for (uint32_t k = j->rcps; k < j->rcps + j->nrcps; k++)
		r.outcomes[d->rcps[k].outcome]++;
	return d->sink->journey(d->sink->arg, &r, d->err);
}

static bool emit_journeys(struct derive *d)
{
	for (uint32_t i = 0; i < d->njnys; i++)
		if (!emit_journey(d, i))
			return false;
	return true;
}

static bool emit_recipients(struct derive *d)
{
	uint32_t via[VIA_MERGED + 1] = {0};

	for (unsigned k = 0; k < LINK_KIND_COUNT; k++)
		via[k + 1] = d->sink->word(d->sink->arg,
					   slice_str(link_kind_name(k)));
	via[VIA_MERGED] = d->sink->word(d->sink->arg, SLICE("merged"));
	for (uint32_t i = 0; i < d->nrcps; i++) {
		const struct rcp *x = &d->rcps[i];
		const struct del *v = &d->dels[x->del];
		struct recipient_row r = {
			.id = i + 1,
			.journey = (int64_t)x->journey + 1,
			.address = x->address,
			.addressed_as = x->addressed_as,
			.via = via[x->via],
			.outcome = x->outcome,
			.delivery = d->del_ids[x->del],
			.transaction = d->txns[v->txn].id,
			.last_attempt = attempt_id(d, v->last),
			.attempts = x->attempts,
			.first = x->first,
			.last = x->last,
		};

		if (!d->sink->recipient(d->sink->arg, &r, d->err))
			return false;
	}
	return true;
}

bool derive_emit(struct derive *d)
{
	static bool (*const steps[])(struct derive *) = {
		emit_sessions, emit_transactions, emit_deliveries,
		emit_attempts, emit_links,        emit_evidence,
		emit_journeys, emit_recipients,   emit_related,
		emit_coverage, emit_clocks,       emit_missing,
		emit_owners,
	};

	number_attempts(d);
	free(d->txn_atts); /* only linking needs them */
	d->txn_atts = NULL;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (!steps[i](d))
			return false;
		if (cancel_asked(d->cancel))
			return err_set(d->err, "cancelled while linking; "
					       "what was read is in the case");
	}
	return true;
}
