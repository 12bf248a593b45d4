/* SPDX-License-Identifier: MIT */
/* Derived rows into their tables, one prepared statement each. The order of
 * the binds is the order of the columns in schema.c. */
#include "model/store/store_rows.h"

#include "base/alloc.h"

/* Takes values one behind the other, for a statement or for bulk_add. */
struct binder {
	sqlite3_stmt *stmt;
	int i;
	struct bulk_row *row; /* NULL: STMT takes them */
	enum statement id;
};

static struct binder binder_of(struct store *s, enum statement id)
{
	struct derivation *d = s->derivation;

	d->row.n = 0;
	return (struct binder){ .stmt = s->statements[id],
		                .row = d->bulk ? &d->row : NULL,
		                .id = id };
}

static inline struct bulk_value *next_value(struct binder *b)
{
	return &b->row->values[b->row->n++];
}

static inline void add(struct binder *b, int64_t value)
{
	if (b->row)
		*next_value(b) = (struct bulk_value){ .kind = BULK_INT,
			                              .number = value };
	else
		sqlite3_bind_int64(b->stmt, ++b->i, value);
}

static inline void add_unless(struct binder *b, int64_t value, int64_t absent)
{
	if (!b->row)
		sql_bind_number(b->stmt, ++b->i, value, absent);
	else if (value == absent)
		next_value(b)->kind = BULK_NULL;
	else
		add(b, value);
}

/* Of tables whose rows are numbered as they come: no bind stands for it. */
static struct binder numbered_binder(struct store *s, enum statement id)
{
	struct binder b = binder_of(s, id);

	if (b.row)
		next_value(&b)->kind = BULK_NULL;
	return b;
}

/* Words and ids: 0 is absent. */
static inline void add_id(struct binder *b, int64_t id)
{
	add_unless(b, id, 0);
}

static inline void add_time(struct binder *b, int64_t us)
{
	add_unless(b, us, TIME_NONE);
}

/* First and last; last is left out where it says nothing new. */
static inline void add_times(struct binder *b, int64_t first, int64_t last)
{
	add_time(b, first);
	add_unless(b, last == first ? TIME_NONE : last, TIME_NONE);
}

static inline void add_text(struct binder *b, struct slice s)
{
	if (!b->row)
		sql_bind_slice(b->stmt, ++b->i, s);
	else if (!s.ptr)
		next_value(b)->kind = BULK_NULL;
	else
		*next_value(b) = (struct bulk_value){
			.kind = sql_is_text(s) ? BULK_TEXT : BULK_BLOB,
			.text = s
		};
}

static void add_blob(struct binder *b, const struct strbuf *s)
{
	if (b->row)
		*next_value(b) = (struct bulk_value){ .kind = BULK_BLOB,
			                              .text = strbuf_slice(s) };
	else
		sqlite3_bind_blob64(b->stmt, ++b->i, s->ptr, s->len,
		                    SQLITE_STATIC);
}

static bool put(const struct store *s, const struct binder *b, struct err *err)
{
	if (b->row)
		return bulk_add(s->derivation->bulk, b->id - STMT_SESSION,
		                b->row, err);
	return sql_step(b->stmt, store_name(s), err);
}

static bool put_session(void *arg, const struct session_row *r, struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_SESSION);

	add(&b, r->id);
	add_id(&b, r->server);
	add_id(&b, r->instance);
	add_id(&b, r->service);
	add_id(&b, r->client_ip);
	add_id(&b, r->client_name);
	add_unless(&b, r->client_port, -1);
	add_id(&b, r->helo);
	add_id(&b, r->user);
	add_id(&b, r->auth_method);
	add_id(&b, r->tls);
	add_id(&b, r->counters);
	add_times(&b, r->first, r->last);
	add(&b, r->transactions);
	add(&b, r->auth_ok);
	add(&b, r->auth_fail);
	add(&b, r->refused);
	add(&b, r->flags);
	return put(s, &b, err);
}

/* Room for index ID in an array that counts from 1. */
static size_t room_for(size_t have, int64_t id)
{
	size_t need = (size_t)id + 1;

	return need <= have ? have : need + need / 2;
}

static struct tx_known *know_tx(struct derivation *d, int64_t id)
{
	size_t n = room_for(d->ntxs, id);

	if (n > d->ntxs) {
		d->txs = mem_resize(d->txs, n * sizeof *d->txs);
		memset(d->txs + d->ntxs, 0, (n - d->ntxs) * sizeof *d->txs);
		d->ntxs = n;
	}
	return &d->txs[id];
}

static bool check_id(const struct store *s, int64_t id, struct err *err)
{
	return (id > 0 && id <= INT32_MAX) ||
	       err_set(err, "%s: a row was derived with the number %lld",
	               store_name(s), (long long)id);
}

/* 0: absent. */
static uint64_t hash_id(const struct derivation *d, struct slice id)
{
	return id.ptr ? keyed_hash(&d->key, id) | 1 : 0;
}

static const struct tx_known *known_tx(const struct derivation *d, int64_t id)
{
	static const struct tx_known nothing;

	return id > 0 && (size_t)id < d->ntxs ? &d->txs[id] : &nothing;
}

static bool put_transaction(void *arg, const struct transaction_row *r,
                            struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_TX);

	if (!check_id(s, r->id, err))
		return false;
	*know_tx(s->derivation, r->id) = (struct tx_known){
		r->server, r->sender, r->client_ip,
		r->client_name, r->helo, r->user,
		hash_id(s->derivation, r->queue_id),
		hash_id(s->derivation, r->message_id)
	};
	add(&b, r->id);
	add_id(&b, r->journey);
	add_id(&b, r->session);
	add_id(&b, r->server);
	add_id(&b, r->instance);
	add_text(&b, r->queue_id);
	add(&b, r->generation);
	add_time(&b, r->opened);
	add_time(&b, r->closed);
	add(&b, r->state);
	add_text(&b, r->message_id);
	add_id(&b, r->sender);
	add_id(&b, r->header_from);
	add_id(&b, r->client_ip);
	add_id(&b, r->client_name);
	add_unless(&b, r->client_port, -1);
	add_id(&b, r->helo);
	add_id(&b, r->user);
	add_id(&b, r->tls);
	add_unless(&b, r->size, -1);
	add_unless(&b, r->nrcpt, -1);
	add_id(&b, r->subject);
	add(&b, r->direction);
	add_id(&b, r->source);
	add(&b, (int64_t)r->line);
	add(&b, r->flags);
	add_unless(&b, (int64_t)r->said, 0);
	return put(s, &b, err);
}

/* LIST, which counts from 1 and has room for *N, gets VALUE at ID. */
static void know(uint32_t **list, size_t *n, int64_t id, uint32_t value)
{
	size_t need = room_for(*n, id);

	if (need > *n) {
		*list = mem_resize(*list, need * sizeof **list);
		memset(*list + *n, 0, (need - *n) * sizeof **list);
		*n = need;
	}
	(*list)[id] = value;
}

static bool put_delivery(void *arg, const struct delivery_row *r,
                         struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_DELIVERY);

	if (!check_id(s, r->id, err))
		return false;
	know(&s->derivation->recipients, &s->derivation->nrecipients, r->id,
	     r->recipient);
	add(&b, r->id);
	add_id(&b, r->transaction);
	add_id(&b, r->recipient);
	add_id(&b, r->orig_recipient);
	add(&b, r->attempts);
	add_times(&b, r->first, r->last);
	add(&b, r->outcome);
	add_id(&b, r->last_attempt);
	return put(s, &b, err);
}

/* What the attempt says itself, unless its transaction says it too. */
static inline void add_own(struct binder *b, uint32_t own, uint32_t known)
{
	add_id(b, own == known ? 0 : own);
}

static void add_attempt_peer(struct binder *b, const struct derivation *d,
                             const struct attempt_row *r)
{
	const struct tx_known *t = known_tx(d, r->transaction);

	add_id(b, r->transaction ? 0 : r->journey);
	add_own(b, r->server, t->server);
	add_own(b, r->sender, t->sender);
	add_own(b, r->client_ip, t->client_ip);
	add_own(b, r->client_name, t->client_name);
	add_own(b, r->helo, t->helo);
	add_own(b, r->user, t->user);
}

static uint32_t own_recipient(const struct derivation *d,
                              const struct attempt_row *r)
{
	bool known = r->delivery > 0 && (size_t)r->delivery < d->nrecipients &&
	             d->recipients[r->delivery] == r->recipient;

	return known ? 0 : r->recipient;
}

static bool put_attempt(void *arg, const struct attempt_row *r, struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_ATTEMPT);

	add(&b, r->id);
	add_time(&b, r->time);
	add_id(&b, r->source);
	add(&b, (int64_t)r->line);
	add(&b, (int64_t)r->offset);
	add(&b, r->length);
	add_id(&b, r->session);
	add_id(&b, r->transaction);
	add_id(&b, r->delivery);
	add(&b, r->action);
	add_unless(&b, r->code, -1);
	add_id(&b, r->dsn);
	add_id(&b, r->reply);
	add_text(&b, r->next_id);
	add_id(&b, r->said_by);
	add_id(&b, r->stage);
	add_id(&b, r->place);
	add_id(&b, own_recipient(s->derivation, r));
	add_id(&b, r->relay_ip);
	add_id(&b, r->relay_name);
	add_unless(&b, r->relay_port, -1);
	add_unless(&b, r->delay, -1);
	add(&b, r->copies);
	add(&b, r->flags | (r->reply_cut ? ATTEMPT_ROW_CUT : 0u));
	add_attempt_peer(&b, s->derivation, r);
	return put(s, &b, err);
}

static bool put_link(void *arg, const struct link_row *r, struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_LINK);

	if (!check_id(s, r->id, err))
		return false;
	know(&s->derivation->targets, &s->derivation->ntargets, r->id,
	     (uint32_t)r->to);
	know(&s->derivation->told, &s->derivation->ntold, r->id, r->told);
	suggest_link(&s->derivation->suggestions, r,
	             known_tx(s->derivation, r->from),
	             known_tx(s->derivation, r->to));
	add(&b, r->id);
	add_id(&b, r->from);
	add_id(&b, r->to);
	add(&b, r->kind);
	add(&b, r->class);
	add(&b, r->evidence);
	add(&b, r->told);
	add_id(&b, r->attempt);
	add_time(&b, r->lag);
	return put(s, &b, err);
}

/* 1: TEXT is the queue id of what the link leads to, 2: its message-id. */
static int which_id(const struct derivation *d, int64_t link, struct slice text)
{
	uint64_t hash = hash_id(d, text);
	const struct tx_known *t;

	if (!hash || link <= 0 || (size_t)link >= d->ntargets)
		return 0;
	t = known_tx(d, d->targets[link]);
	return hash == t->queue_id ? 1 : hash == t->message_id ? 2 : 0;
}

static bool is_told(const struct derivation *d, const struct evidence_row *r)
{
	return r->link > 0 && (size_t)r->link < d->ntold && r->code <= 12 &&
	       d->told[r->link] & 1u << (r->code - 1);
}

static bool put_evidence(void *arg, const struct evidence_row *r,
                         struct err *err)
{
	struct store *s = arg;
	struct binder b;
	const struct slice absent = { NULL, 0 };
	bool same = r->from_text.ptr && slice_eq(r->from_text, r->to_text);
	int id;

	if (is_told(s->derivation, r))
		return true;
	id = same ? which_id(s->derivation, r->link, r->from_text) : 0;
	b = numbered_binder(s, STMT_EVIDENCE);
	add_id(&b, r->link);
	add(&b, r->code);
	add_id(&b, r->from_source);
	add_unless(&b, (int64_t)r->from_line, 0);
	add_id(&b, r->to_source);
	add_unless(&b, (int64_t)r->to_line, 0);
	add_id(&b, id);
	add_text(&b, id ? absent : r->from_text);
	add_text(&b, same ? absent : r->to_text);
	return put(s, &b, err);
}

static bool put_journey(void *arg, const struct journey_row *r, struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_JOURNEY);
	uint64_t hash = hash_id(s->derivation, r->message_id);
	bool is_roots = hash == known_tx(s->derivation, r->root)->message_id;

	add(&b, r->id);
	add_times(&b, r->first, r->last);
	add_id(&b, r->root);
	add_text(&b, is_roots ? slice_of(NULL, 0) : r->message_id);
	add_id(&b, r->sender);
	add_id(&b, r->header_from);
	add_id(&b, r->subject);
	add_unless(&b, r->size, -1);
	add_id(&b, r->client_ip);
	add_id(&b, r->client_name);
	add_id(&b, r->user);
	add(&b, r->direction);
	add_id(&b, r->servers);
	add(&b, r->hops);
	add(&b, r->recipients);
	for (int i = 0; i < OUTCOME_COUNT; i++)
		add(&b, r->outcomes[i]);
	add(&b, r->refused);
	add(&b, r->flags);
	return put(s, &b, err);
}

static bool put_recipient(void *arg, const struct recipient_row *r,
                          struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_RECIPIENT);

	suggest_recipient(&s->derivation->suggestions, r);
	add(&b, r->id);
	add_id(&b, r->journey);
	add_id(&b, r->address);
	add_own(&b, r->addressed_as, r->address);
	add_id(&b, r->via);
	add(&b, r->outcome);
	add_id(&b, r->delivery);
	add_id(&b, r->transaction);
	add_id(&b, r->last_attempt);
	add(&b, r->attempts);
	add_times(&b, r->first, r->last);
	return put(s, &b, err);
}

static bool put_related(void *arg, const struct related_row *r, struct err *err)
{
	struct store *s = arg;
	struct binder b = numbered_binder(s, STMT_RELATED);

	add_id(&b, r->journey);
	add_id(&b, r->other);
	add(&b, r->how);
	return put(s, &b, err);
}

static bool put_coverage(void *arg, const struct coverage_row *r,
                         struct err *err)
{
	struct store *s = arg;
	struct binder b = numbered_binder(s, STMT_COVERAGE);

	add_id(&b, r->server);
	add_id(&b, r->source);
	add_times(&b, r->from, r->to);
	add(&b, r->kind);
	add(&b, (int64_t)r->lines);
	return put(s, &b, err);
}

/* Behind the fragments' own, if any session's lines have one: see OWNER_AGENTS. */
static void encode_owned(const int64_t *transactions, size_t nfragments,
                         const int64_t *agents, size_t nsessions,
                         struct strbuf *out)
{
	size_t n = 0;
	int64_t *all;

	for (size_t i = 0; agents && i < nsessions; i++)
		n += agents[i] != 0;
	if (!n) {
		owner_encode(transactions, nfragments, out);
		return;
	}
	all = mem_alloc((nfragments + 1 + nsessions) * sizeof *all);
	memcpy(all, transactions, nfragments * sizeof *all);
	all[nfragments] = OWNER_AGENTS;
	memcpy(all + nfragments + 1, agents, nsessions * sizeof *all);
	owner_encode(all, nfragments + 1 + nsessions, out);
	free(all);
}

static bool put_clock(void *arg, const struct clock_row *r, struct err *err)
{
	struct store *s = arg;
	struct binder b = numbered_binder(s, STMT_CLOCK);

	add_id(&b, r->server);
	add_id(&b, r->source);
	add(&b, (int64_t)r->from_line);
	add(&b, (int64_t)r->to_line);
	add_time(&b, r->from);
	add_time(&b, r->to);
	add_time(&b, r->lo);
	add_time(&b, r->hi);
	add_time(&b, r->drift);
	add_id(&b, r->n);
	add_id(&b, r->reference);
	return put(s, &b, err);
}

static bool put_missing(void *arg, const struct missing_row *r,
                        struct err *err)
{
	struct store *s = arg;
	struct binder b = numbered_binder(s, STMT_MISSING);

	add_id(&b, r->journey);
	add_id(&b, r->transaction);
	add(&b, r->kind);
	add_id(&b, r->at);
	add_id(&b, r->server);
	add_id(&b, r->name);
	add_id(&b, r->ip);
	add_id(&b, r->recipient);
	add_text(&b, r->queue_id);
	add_times(&b, r->from, r->to);
	add_text(&b, r->searched);
	return put(s, &b, err);
}

static bool put_finding(void *arg, const struct finding_row *r,
                        struct err *err)
{
	struct store *s = arg;
	struct binder b = binder_of(s, STMT_FINDING);

	add(&b, r->id);
	add_text(&b, slice_str(r->rule));
	add_text(&b, slice_str(finding_severity_name(r->severity)));
	add_times(&b, r->first, r->last);
	add_text(&b, r->entity);
	add_text(&b, r->explanation);
	add_text(&b, slice_str(r->innocent));
	add(&b, (int64_t)r->rows);
	return put(s, &b, err);
}

static bool put_place(void *arg, const struct finding_place *r,
                      struct err *err)
{
	struct store *s = arg;
	struct binder b = numbered_binder(s, STMT_PLACE);

	add(&b, r->finding);
	add_id(&b, r->source);
	add_unless(&b, (int64_t)r->line, 0);
	add_id(&b, r->journey);
	add_id(&b, r->transaction);
	return put(s, &b, err);
}

static bool put_trial(void *arg, const struct trial_row *r, struct err *err)
{
	struct store *s = arg;
	struct binder b = numbered_binder(s, STMT_TRIAL);

	add_text(&b, slice_str(r->rule));
	add_id(&b, r->server);
	add(&b, (int64_t)r->tried);
	add(&b, (int64_t)r->fired);
	add_text(&b, slice_str(r->needs));
	return put(s, &b, err);
}

static bool put_owners(void *arg, uint32_t source, uint32_t piece,
                       const int64_t *transactions, size_t nfragments,
                       const int64_t *sessions, const int64_t *agents,
                       size_t nsessions,
                       struct err *err)
{
	struct store *s = arg;
	struct binder b = numbered_binder(s, STMT_OWNER);
	struct strbuf txs = { 0 }, conversations = { 0 };
	bool good;

	encode_owned(transactions, nfragments, agents, nsessions, &txs);
	owner_encode(sessions, nsessions, &conversations);
	add(&b, source);
	add(&b, piece);
	add_blob(&b, &txs);
	add_blob(&b, &conversations);
	good = put(s, &b, err);
	strbuf_release(&txs);
	strbuf_release(&conversations);
	return good;
}

static uint32_t add_word(void *arg, struct slice text)
{
	return store_word(arg, text);
}

static struct slice word_text(void *arg, uint32_t id)
{
	return store_word_text(arg, id);
}

const char *const store_row_tables[] = {
	"session", "tx",        "delivery", "attempt",  "link",  "evidence",
	"journey", "recipient", "related",  "coverage", "clock", "missing",
	"finding", "place",     "trial",    "owner",    NULL,
};

const struct row_sink store_row_sink = {
	.session = put_session,
	.transaction = put_transaction,
	.delivery = put_delivery,
	.attempt = put_attempt,
	.link = put_link,
	.evidence = put_evidence,
	.journey = put_journey,
	.recipient = put_recipient,
	.related = put_related,
	.coverage = put_coverage,
	.clock = put_clock,
	.missing = put_missing,
	.finding = put_finding,
	.place = put_place,
	.trial = put_trial,
	.owners = put_owners,
	.word = add_word,
	.word_text = word_text,
};
