/* SPDX-License-Identifier: MIT */
/* Times, files and delays that ids and deliveries carry, against the lines that
 * hold them (TRACE §6, §7: T5, T7), and delivery agents that tell another
 * session than the answer to the server. */
#include "base/alloc.h"
#include "model/trace/finding.h"
#include "model/trace/link.h"
#include "parsers/ids/id.h"

#define ID_EARLIEST (-3 * US_SECOND / 2)
#define ID_LATEST (15 * US_MINUTE) /* an id may be as old as its session */
#define SLACK (2 * US_SECOND)
#define AT_THE_DOOR (2 * US_MINUTE) /* a delay counts from MAIL, before RCPT */
#define AGENT_NEAR (5 * US_SECOND)

/* Ids with a time ----------------------------------------------------------------- */

static void fire_id_time(struct finding_list *l, uint32_t g, int64_t at,
			 int64_t id)
{
	struct derive *d = l->d;
	uint32_t piece = d->frag_piece[g];
	const struct piece *p = d->pieces[piece];
	const struct fragment *x = derive_fragment(d, g);
	const struct txn *t = &d->txns[d->frag_txn[g]];
	struct firing f = {
		.rule = RULE_ID_TIME,
		.server = t->server,
		.from = at,
		.to = at,
		.name = derive_queue_id(d, t),
	};

	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "the id %.*s was made at ", SLICE_FMT(f.name));
	civil_add_iso(&l->text, id);
	strbuf_addf(&l->text, ", the line that opens it is %.1f s %s: "
			      "consistent with a time or id that was changed",
		    (double)(at > id ? at - id : id - at) / US_SECOND,
		    at > id ? "later" : "earlier");
	finding_add_line(finding_fire(l, &f), p->source,
			 p->first_line + x->opened_line, t);
}

static void check_id_times(struct finding_list *l)
{
	struct derive *d = l->d;

	for (uint32_t g = 0; g < d->nfrags; g++) {
		const struct fragment *x = derive_fragment(d, g);
		uint32_t piece = d->frag_piece[g];
		int64_t at;

		if (x->id_time == TIME_NONE || !(x->edges & PART_OPENED) ||
		    x->opened_line == NONE32 ||
		    derive_is_copied(d, piece, x->opened_line))
			continue;
		at = derive_utc(d, piece, x->opened_line, x->opened, NULL);
		if (at == TIME_NONE)
			continue;
		finding_tried(l, RULE_ID_TIME,
			      d->txns[d->frag_txn[g]].server, 1);
		if (at - x->id_time < ID_EARLIEST ||
		    at - x->id_time > ID_LATEST)
			fire_id_time(l, g, at, x->id_time);
	}
}

/* Ids with a file ------------------------------------------------------------------ */

static int64_t closed_at(const struct derive *d, const struct txn *t)
{
	struct txn_rest r;

	txn_rest(d, t, &r);
	return r.closed != TIME_NONE ? r.closed : t->last;
}

static void fire_inode(struct finding_list *l, const struct txn *a,
		       const struct txn *b)
{
	struct derive *d = l->d;
	struct slice old = derive_queue_id(d, a);
	struct firing f = {
		.rule = RULE_INODE,
		.server = b->server,
		.from = b->opened,
		.to = b->last,
		.name = derive_queue_id(d, b),
	};
	struct finding *x;

	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "%.*s and %.*s are named after the same file at "
			      "the same time: consistent with a message that "
			      "was made up",
		    SLICE_FMT(f.name), SLICE_FMT(old));
	x = finding_fire(l, &f);
	finding_add_txn(l, x, a);
	finding_add_txn(l, x, b);
}

static uint64_t file_key(const struct derive *d, const struct txn *t,
			 int64_t inode)
{
	uint32_t g = d->txn_frags[t->frags];
	uint32_t instance = word_in(d->pieces[d->frag_piece[g]],
				    derive_fragment(d, g)->instance);

	return key_of(hash_mix((uint64_t)inode,
			       (uint64_t)t->server << 32 | instance));
}

static void check_file(struct finding_list *l, struct map *files, uint32_t i)
{
	struct derive *d = l->d;
	const struct txn *t = &d->txns[i], *o;
	struct slice id = derive_queue_id(d, t);
	struct firing f = {
		.rule = RULE_ID_SHAPE,
		.server = t->server,
		.from = t->first,
		.to = t->last,
		.name = id,
	};
	int64_t inode;
	uint32_t *at;

	if (!id_inode(id, &inode)) {
		if (!id_is_impossible(id))
			return;
		strbuf_reset(&l->text);
		strbuf_addf(&l->text, "%.*s is no id that a clock can have "
				      "made: consistent with a line that was "
				      "made up", SLICE_FMT(id));
		finding_add_txn(l, finding_fire(l, &f), t);
		return;
	}
	finding_tried(l, RULE_ID_SHAPE, t->server, 1);
	if (t->opened == TIME_NONE)
		return;
	finding_tried(l, RULE_INODE, t->server, 1);
	at = map_add(files, file_key(d, t, inode), i);
	o = &d->txns[*at];
	if (*at != i && !slice_eq(derive_queue_id(d, o), id) &&
	    t->opened + SLACK < o->last && o->opened + SLACK < t->last &&
	    t->opened + SLACK < closed_at(d, o) &&
	    o->opened + SLACK < closed_at(d, t))
		fire_inode(l, o, t);
	*at = i;
}

void findings_ids(struct finding_list *l)
{
	struct derive *d = l->d;
	struct map files = {0};

	check_id_times(l);
	for (uint32_t i = 0; i < d->ntxns; i++)
		if (finding_is_mail(&d->txns[i]) &&
		    d->txns[i].edges & PART_IDS_REUSED)
			check_file(l, &files, i);
	map_release(&files);
}

/* Delays ---------------------------------------------------------------------------- */

/* Put into the queue again: its delay counts from the first time. */
static bool is_requeued(const struct derive *d, const struct txn *t)
{
	return t->up != NONE32 && (d->links[t->up].kind == LINK_REQUEUE ||
				   d->links[t->up].kind == LINK_EXPANSION);
}

static void check_delay(struct finding_list *l, uint32_t g, const struct txn *t)
{
	struct derive *d = l->d;
	const struct attempt *a = derive_attempt(d, g);
	int64_t begun = d->atts[g].utc - a->delay;
	int64_t gap = begun - t->opened, slack = SLACK + a->delay / 20;
	struct firing f = {
		.rule = RULE_DELAY,
		.server = t->server,
		.from = d->atts[g].utc,
		.to = d->atts[g].utc,
		.name = derive_queue_id(d, t),
	};
	struct finding *x;

	finding_tried(l, RULE_DELAY, t->server, 1);
	if (a->transfer >= 0)
		finding_tried(l, RULE_SUM, t->server, 1);
	if (gap < 0 ? -gap <= slack + AT_THE_DOOR : gap <= slack)
		return;
	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "%.*s was taken at ", SLICE_FMT(f.name));
	civil_add_iso(&l->text, t->opened);
	strbuf_addf(&l->text, "; by the delay of this line it was %.1f s %s: "
			      "consistent with a time that was changed",
		    (double)(gap < 0 ? -gap : gap) / US_SECOND,
		    gap < 0 ? "earlier" : "later");
	x = finding_fire(l, &f);
	finding_add_txn(l, x, t);
	finding_add_attempt(l, x, g);
}

void findings_delays(struct finding_list *l)
{
	struct derive *d = l->d;

	for (uint32_t g = 0; g < d->natts; g++) {
		const struct att *x = &d->atts[g];
		const struct txn *t;

		if (x->txn == NONE32 || x->copy || x->utc == TIME_NONE ||
		    derive_attempt(d, g)->delay < 0)
			continue;
		t = &d->txns[x->txn];
		if (finding_is_mail(t) && t->opened != TIME_NONE &&
		    t->edges & PART_OPENED && !is_requeued(d, t))
			check_delay(l, g, t);
	}
}

/* Agents ---------------------------------------------------------------------------- */

static struct slice user_of(const struct derive *d, uint32_t g)
{
	struct slice s = word_text(d, word_in(d->pieces[d->att_piece[g]],
					      derive_attempt(d, g)->recipient));

	return slice_to(s, slice_chr(s, '@'));
}

/* An agent's word that no server's answer names. */
static bool is_alone(const struct derive *d, uint32_t g)
{
	const struct att *x = &d->atts[g];

	return x->txn == NONE32 && x->ses != NONE32 && !x->copy &&
	       x->utc != TIME_NONE &&
	       derive_attempt(d, g)->action == ACTION_DELIVER;
}

/* A server's word on a session that no agent's line is of. */
static bool is_unanswered(const struct derive *d, uint32_t g)
{
	const struct att *x = &d->atts[g];
	const struct attempt *a = derive_attempt(d, g);

	return x->txn != NONE32 && !x->copy && x->agent == NONE32 &&
	       a->action == ACTION_DELIVER && a->next_id &&
	       x->utc != TIME_NONE;
}

static uint64_t agent_key(struct derive *d, uint32_t g)
{
	struct slice user = user_of(d, g);

	return user.len ? key_of(hash_mix(hash64(user),
					  attempt_server(d, g)))
			: 0;
}

static void fire_agent(struct finding_list *l, uint32_t mta, uint32_t agent)
{
	struct derive *d = l->d;
	struct firing f = {
		.rule = RULE_AGENT,
		.server = attempt_server(d, agent),
		.from = d->atts[agent].utc,
		.to = d->atts[agent].utc,
		.name = user_of(d, agent),
	};
	struct slice id = derive_next_id(d, mta);
	struct finding *x;

	strbuf_reset(&l->text);
	strbuf_addf(&l->text, "the server gave mail for %.*s to the session "
			      "%.*s, which no line of the agent is of; the "
			      "agent stored mail for him at that time in a "
			      "session that no server names: consistent with a "
			      "session id that was changed",
		    SLICE_FMT(f.name), SLICE_FMT(id));
	x = finding_fire(l, &f);
	finding_add_attempt(l, x, mta);
	finding_add_attempt(l, x, agent);
}

void findings_agents(struct finding_list *l)
{
	struct derive *d = l->d;
	struct map alone = {0};

	for (uint32_t g = 0; g < d->natts; g++) {
		if (d->atts[g].agent != NONE32)
			finding_tried(l, RULE_AGENT, attempt_server(d, g), 1);
		if (is_alone(d, g) && agent_key(d, g))
			*map_add(&alone, agent_key(d, g), g) = g;
	}
	for (uint32_t g = 0; alone.n && g < d->natts; g++) {
		uint32_t *at;

		if (!is_unanswered(d, g) || !agent_key(d, g))
			continue;
		at = map_find(&alone, agent_key(d, g));
		if (at && llabs(d->atts[g].utc - d->atts[*at].utc) <= AGENT_NEAR)
			fire_agent(l, g, *at);
	}
	map_release(&alone);
}
