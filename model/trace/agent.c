/* SPDX-License-Identifier: MIT */
/* Delivery agents have no transactions: what one says of a recipient in a
 * session whose key the MTA's answer names is the same answer told again, with
 * the mailbox that took it. Failed logins, too, are told twice: one by one, and
 * summed up when the client leaves. */
#include "base/alloc.h"
#include "model/trace/derive.h"

#define AGENT_NEAR (26 * US_HOUR) /* its zone may be unknown */
#define AGENT_LOOK 256
#define RUN_STAMP (2 * US_SECOND) /* stamps of two programs, in seconds */
#define RUN_NEAR US_MINUTE        /* if the MTA says not how long it took */

static struct slice session_key(const struct derive *d, uint32_t ses)
{
	uint32_t g = d->ses_parts[d->sess[ses].parts];

	return intern_get(&d->pieces[d->part_piece[g]]->texts,
			  derive_part(d, g)->key);
}

/* What an agent can say of a recipient; the higher, the more it tells of one of
 * whom it says several things ("forwarded", and "stored" too). */
static int fate_rank(enum action a)
{
	static const int ranks[ACTION_COUNT] = {
		[ACTION_DELIVER] = 6,  [ACTION_REDIRECT] = 5,
		[ACTION_BOUNCE] = 4,   [ACTION_QUARANTINE] = 3,
		[ACTION_DISCARD] = 2,  [ACTION_DEFER] = 1,
	};

	return ranks[a];
}

static bool is_withheld(enum action a)
{
	return a == ACTION_BOUNCE || a == ACTION_DISCARD ||
	       a == ACTION_QUARANTINE;
}

/* Says that it passed the message on or made another one, nothing of its fate. */
static bool is_fateless(const struct derive *d, uint32_t g)
{
	enum action a = derive_attempt(d, g)->action;

	return a == ACTION_BOUNCE_GENERATED || a == ACTION_INFO;
}

/* What an agent says that is nobody's answer yet. */
static bool is_word(const struct derive *d, uint32_t g)
{
	const struct att *t = &d->atts[g];

	return t->txn == NONE32 && t->ses != NONE32 && !t->copy &&
	       (fate_rank(derive_attempt(d, g)->action) || is_fateless(d, g));
}

/* Answers of agents by the hash of their session's key. */
static struct pair *index_agents(const struct derive *d, size_t *count)
{
	struct pair *p = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t g = 0; g < d->natts; g++) {
		if (!is_word(d, g))
			continue;
		GROW(p, n, cap);
		p[n++] = (struct pair){
			hash64(session_key(d, d->atts[g].ses)), g};
	}
	if (n)
		pairs_sort(p, n);
	*count = n;
	return p;
}

static struct slice recipient_of(const struct derive *d, uint32_t att)
{
	return word_text(d, word_in(d->pieces[d->att_piece[att]],
				    derive_attempt(d, att)->recipient));
}

/* Agents often know the user only, without the domain and "+detail". */
static bool same_recipient(struct slice mta, struct slice agent)
{
	if (!agent.len || slice_eq_nocase(mta, agent))
		return true;
	if (slice_chr(agent, '@') != SLICE_NONE)
		return false;
	mta = slice_to(mta, slice_chr(mta, '@'));
	return slice_eq_nocase(mta, agent) ||
	       slice_eq_nocase(slice_to(mta, slice_chr(mta, '+')), agent);
}

static bool fits(const struct derive *d, uint32_t mta, uint32_t agent)
{
	int64_t gap = d->atts[mta].utc - d->atts[agent].utc;

	return d->atts[agent].txn == NONE32 && gap <= AGENT_NEAR &&
	       gap >= -AGENT_NEAR &&
	       slice_eq(session_key(d, d->atts[agent].ses),
			derive_next_id(d, mta));
}

/* A second word on the answer is no other answer: the most telling stays. */
static void unite(struct derive *d, uint32_t mta, uint32_t agent)
{
	struct att *m = &d->atts[mta], *a = &d->atts[agent];

	a->txn = m->txn;
	d->ses_txn[a->ses] = m->txn;
	a->copy = true;
	if (is_fateless(d, agent))
		return;
	m->copies = (uint16_t)(m->copies + 1 + a->copies);
	if (m->agent == NONE32 ||
	    fate_rank(derive_attempt(d, agent)->action) >
		    fate_rank(derive_attempt(d, m->agent)->action))
		m->agent = agent;
}

/* The agents of the run P that speak of MTA's recipient. */
static void unite_same(struct derive *d, uint32_t mta, const struct pair *p,
		       size_t n)
{
	struct slice to = recipient_of(d, mta);

	for (size_t i = 0; i < n; i++)
		if (fits(d, mta, p[i].value) &&
		    same_recipient(to, recipient_of(d, p[i].value)))
			unite(d, mta, p[i].value);
}

/* What no other answer of the session wants, if it is of one recipient: an alias
 * or "+detail" made another name of him. */
static void unite_left(struct derive *d, uint32_t mta, const struct pair *p,
		       size_t n)
{
	struct slice one = {NULL, 0};

	if (d->atts[mta].agent != NONE32)
		return;
	for (size_t i = 0; i < n; i++) {
		struct slice of = recipient_of(d, p[i].value);

		if (!fits(d, mta, p[i].value))
			continue;
		if (one.ptr && !slice_eq_nocase(one, of))
			return;
		one = of;
	}
	for (size_t i = 0; i < n; i++)
		if (fits(d, mta, p[i].value))
			unite(d, mta, p[i].value);
}

static void unite_all(struct derive *d, const struct pair *p, size_t n,
		      void (*some)(struct derive *, uint32_t,
				   const struct pair *, size_t))
{
	for (uint32_t g = 0; n && g < d->natts; g++) {
		const struct attempt *a = derive_attempt(d, g);
		size_t i, run;

		if (!a->next_id || d->atts[g].txn == NONE32 || d->atts[g].copy)
			continue;
		i = pairs_find(p, n, hash64(derive_next_id(d, g)));
		run = pairs_run(p, n, i);
		some(d, g, p + i, run < AGENT_LOOK ? run : AGENT_LOOK);
	}
}

/* Message-ids that lines without a transaction name, by piece and line. */
static void find_named(const struct derive *d, struct map *ids)
{
	for (uint32_t piece = 0; piece < d->npieces; piece++) {
		const struct piece *p = d->pieces[piece];

		for (uint32_t i = 0; i < p->nkeys; i++)
			if (p->keys[i].kind == KEY_MESSAGE_ID &&
			    p->keys[i].relation == REL_OWN &&
			    p->keys[i].fragment == NONE32)
				map_add(ids,
					((uint64_t)piece << 32 |
					 p->keys[i].line) +
						1,
					p->keys[i].text);
	}
}

/* Words of agents that no answer names, by the hash of their message-id. */
static struct pair *index_named(const struct derive *d, size_t *count)
{
	struct map ids = {0};
	struct pair *p = NULL;
	size_t n = 0, cap = 0;

	find_named(d, &ids);
	for (uint32_t g = 0; ids.n && g < d->natts; g++) {
		uint32_t piece = d->att_piece[g];
		const uint32_t *text;

		if (!is_word(d, g))
			continue;
		text = map_find(&ids, ((uint64_t)piece << 32 |
				       derive_attempt(d, g)->line) +
					      1);
		if (!text)
			continue;
		GROW(p, n, cap);
		p[n++] = (struct pair){
			hash64(intern_get(&d->pieces[piece]->texts, *text)),
			g};
	}
	if (n)
		pairs_sort(p, n);
	map_release(&ids);
	*count = n;
	return p;
}

/* The agent ran between the start of the delivery and the MTA's line. */
static bool ran_for(const struct derive *d, uint32_t mta, uint32_t agent)
{
	int64_t transfer = derive_attempt(d, mta)->transfer;
	int64_t gap = d->atts[mta].utc - d->atts[agent].utc;

	return d->atts[agent].txn == NONE32 && gap >= -RUN_STAMP &&
	       gap <= RUN_STAMP + (transfer > 0 ? transfer : RUN_NEAR) &&
	       d->sess[d->atts[agent].ses].server ==
		       d->txns[d->atts[mta].txn].server &&
	       same_recipient(recipient_of(d, mta), recipient_of(d, agent));
}

/* An agent that a command ran: the message, the recipient and the time must mean
 * one run of it. */
static void unite_run_of(struct derive *d, uint32_t mta, const struct pair *p,
			 size_t n)
{
	uint32_t ses = NONE32;

	for (size_t i = 0; i < n; i++) {
		if (!ran_for(d, mta, p[i].value))
			continue;
		if (ses != NONE32 && ses != d->atts[p[i].value].ses)
			return;
		ses = d->atts[p[i].value].ses;
	}
	for (size_t i = 0; i < n; i++)
		if (ran_for(d, mta, p[i].value))
			unite(d, mta, p[i].value);
}

/* Delivered by the MTA itself or by a command, as far as it knows; or given to
 * a filter beside it. */
static bool may_have_run(const struct derive *d, uint32_t g)
{
	const struct attempt *a = derive_attempt(d, g);

	if (d->atts[g].txn == NONE32 || d->atts[g].copy ||
	    d->atts[g].agent != NONE32)
		return false;
	if (a->action == ACTION_DELIVER)
		return !a->next_id;
	return (a->action == ACTION_RELAY || is_withheld(a->action)) &&
	       derive_loopback(d, g);
}

static void unite_named(struct derive *d)
{
	size_t n;
	struct pair *p = index_named(d, &n);

	for (uint32_t g = 0; n && g < d->natts; g++) {
		struct slice id;
		size_t i, run;

		if (!may_have_run(d, g))
			continue;
		id = derive_message_id(d, &d->txns[d->atts[g].txn]);
		if (!id.len)
			continue;
		i = pairs_find(p, n, hash64(id));
		run = pairs_run(p, n, i);
		unite_run_of(d, g, p + i, run < AGENT_LOOK ? run : AGENT_LOOK);
	}
	free(p);
}

/* What tells no fate is no answer, whoever it belongs to. */
static void hide_fateless(struct derive *d)
{
	for (uint32_t g = 0; g < d->natts; g++)
		if (is_word(d, g) && is_fateless(d, g))
			d->atts[g].copy = true;
}

static uint64_t filtered_key(const struct derive *d, uint32_t g)
{
	uint32_t recipient = word_in(d->pieces[d->att_piece[g]],
				     derive_attempt(d, g)->recipient);

	return key_of(hash_mix(d->atts[g].txn,
			       derive_address_hash(d, recipient)));
}

/* A filter's word in the transaction: nobody else was asked. */
static bool is_filter(const struct derive *d, uint32_t g)
{
	const struct attempt *a = derive_attempt(d, g);

	return d->atts[g].txn != NONE32 && !d->atts[g].copy && a->recipient &&
	       a->flags & ATTEMPT_FINAL && is_withheld(a->action);
}

/* What the MTA got from the filter behind 127.0.0.1: taken, but not queued. */
static bool is_answer(const struct derive *d, uint32_t g)
{
	const struct attempt *a = derive_attempt(d, g);

	return d->atts[g].txn != NONE32 && !d->atts[g].copy && !a->next_id &&
	       !(a->flags & ATTEMPT_FINAL) && d->atts[g].agent == NONE32 &&
	       (a->action == ACTION_RELAY || is_withheld(a->action)) &&
	       derive_loopback(d, g);
}

/* A filter that keeps a message answers its client: one answer told twice. */
static void unite_filters(struct derive *d)
{
	struct map words = {0};

	for (uint32_t g = 0; g < d->natts; g++)
		if (is_filter(d, g))
			map_add(&words, filtered_key(d, g), g);
	for (uint32_t g = 0; words.n && g < d->natts; g++) {
		const uint32_t *word;

		if (!is_answer(d, g))
			continue;
		word = map_find(&words, filtered_key(d, g));
		if (!word || d->atts[*word].copy)
			continue;
		d->atts[g].agent = *word;
		d->atts[g].copies = (uint16_t)(d->atts[g].copies + 1 +
					       d->atts[*word].copies);
		d->atts[*word].copy = true;
	}
	map_release(&words);
}

static bool is_failure(const struct derive *d, uint32_t g)
{
	return derive_attempt(d, g)->action == ACTION_AUTH_FAIL &&
	       d->atts[g].ses != NONE32 && !d->atts[g].copy;
}

/* Where a line sums up the failures of a session, those told one by one are
 * copies of it: several databases may each have said no to the same try. */
static void unite_failures(struct derive *d)
{
	struct map sums = {0};

	for (uint32_t g = 0; g < d->natts; g++)
		if (is_failure(d, g) &&
		    derive_attempt(d, g)->flags & ATTEMPT_SUM)
			map_add(&sums, d->atts[g].ses + UINT64_C(1), g);
	for (uint32_t g = 0; sums.n && g < d->natts; g++) {
		const uint32_t *sum;

		if (!is_failure(d, g) ||
		    derive_attempt(d, g)->flags & ATTEMPT_SUM)
			continue;
		sum = map_find(&sums, d->atts[g].ses + UINT64_C(1));
		if (!sum)
			continue;
		d->atts[g].copy = true;
		d->atts[*sum].copies++;
	}
	map_release(&sums);
}

void attempts_agents(struct derive *d)
{
	size_t n;
	struct pair *p = index_agents(d, &n);

	d->ses_txn = mem_alloc(d->nsess * sizeof *d->ses_txn + 1);
	memset(d->ses_txn, 0xff, d->nsess * sizeof *d->ses_txn); /* NONE32 */
	unite_all(d, p, n, unite_same);
	unite_all(d, p, n, unite_left);
	free(p);
	unite_named(d);
	hide_fateless(d);
	unite_filters(d);
	unite_failures(d);
}
