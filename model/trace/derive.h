/* SPDX-License-Identifier: MIT */
/* The state that the steps of a derivation hand on to each other. Parts are
 * numbered through all pieces, in the order of reading. Private to this folder.
 *
 * Everything is arrays of small structs: at five million lines there are some
 * 600,000 transactions and 900,000 attempts. */
#ifndef MODEL_TRACE_DERIVE_H
#define MODEL_TRACE_DERIVE_H

#include "model/store/stretch.h"
#include "model/trace/clock_offset.h"
#include "model/trace/coverage.h"
#include "model/trace/place.h"
#include "model/trace/map.h"
#include "model/trace/trace.h"

struct txn {
	int64_t opened;      /* us UTC, TIME_NONE */
	int64_t first, last; /* of all its records */
	uint32_t frags, nfrags; /* in derive.txn_frags */
	uint32_t atts, natts;   /* in derive.txn_atts */
	uint32_t dels, ndels;   /* in derive.dels */
	uint32_t server, generation;
	uint32_t session;     /* index, NONE32 */
	uint32_t mid_frag;    /* its message-id is that of this part, NONE32 */
	uint32_t piece, line; /* of its opening record, else its first */
	uint32_t sender, client_ip, client_name, helo, user;
	int32_t nrcpt;
	uint32_t id, journey; /* as emitted, from 1 */
	uint32_t up;          /* link that leads here, NONE32 */
	uint16_t edges;
	uint8_t state, direction, flags;
	bool refused; /* nothing but refusals, whatever its state */
};

/* What a transaction's parts say besides: looked up when it is emitted. */
struct txn_rest {
	int64_t closed; /* TIME_NONE */
	int64_t size;
	uint32_t instance, header_from, tls, subject; /* words */
	int32_t client_port;
};

struct ses {
	uint32_t parts, nparts; /* in derive.ses_parts */
	uint32_t server;
	bool copied; /* all of it stands in another source: has no row */
};

struct ses_span {
	int64_t first, last;
	uint8_t flags;
};

struct att {
	int64_t utc;
	uint32_t txn, ses, del; /* indexes, NONE32 */
	uint32_t id;    /* as emitted; 0: a copy of another */
	uint32_t agent; /* a delivery agent's word on it, NONE32 */
	uint16_t copies;
	bool copy, assumed;
};

struct del {
	uint32_t txn;
	uint32_t recipient, orig; /* words */
	uint32_t attempts;
	uint32_t first, last; /* attempts; LAST decided */
	uint32_t link;        /* over which it goes on, NONE32 */
	uint8_t outcome;
	bool goes_on; /* its fate is told by another delivery */
};

struct link {
	uint32_t from, to;       /* transactions */
	uint32_t evidence;       /* bit n-1: E n */
	uint32_t att;            /* attempt that says it, NONE32 */
	uint32_t key_piece, key; /* or the key that does: NONE32 */
	uint32_t carried;        /* deliveries that go on over it */
	uint8_t kind, class;
};

struct jny {
	uint32_t txns,
		ntxns;    /* in derive.jny_txns, in the order of the trace */
	uint32_t root;    /* transaction */
	uint32_t servers; /* word */
	uint32_t hops, rcps, nrcps; /* in derive.rcps */
	uint8_t direction;
};

/* What a journey's transactions say of it: looked up when it is emitted. */
struct jny_rest {
	int64_t first, last, size;
	uint32_t mid_frag;                     /* NONE32 */
	uint32_t sender, header_from, subject; /* words */
	uint8_t flags;
	bool refused;
};

/* Its fate is inferred: its server names another recipient in its place. */
#define VIA_MERGED (LINK_KIND_COUNT + 1)

struct rcp {
	uint32_t own, del;     /* its delivery, and the one that decided */
	uint32_t address, addressed_as; /* words */
	uint32_t attempts;
	uint32_t journey; /* index */
	int64_t first, last; /* LAST: of the attempt that decided */
	uint8_t outcome;
	uint8_t via; /* link kind + 1, 0 none, VIA_MERGED */
};

struct derive {
	const struct trace_input *in;
	struct row_sink *sink;
	struct cancel *cancel;
	struct err *err;
	struct clocks clocks;
	int64_t lifetime;

	struct piece **pieces; /* by source and number */
	uint32_t npieces;
	const struct trace_source **sources; /* of each piece */
	bool *backwards;                     /* of each piece */
	bool *shuffled; /* of each piece: its lines are not in their order */
	uint32_t *rank; /* of each piece, by the time of its source */
	struct map servers; /* source and host word -> server word */

	/* parts of piece i are base[i] … base[i+1]-1 */
	uint32_t *frag_base, *ses_base, *att_base;
	uint32_t nfrags, nparts, natts;
	uint32_t *frag_piece, *part_piece, *att_piece;
	int64_t *frag_utc; /* of its first record; while stitching */
	uint32_t *frag_txn, *part_ses;

	struct txn *txns;
	uint32_t ntxns, ctxns;
	uint32_t *txn_frags, *txn_atts;
	struct ses *sess;
	uint32_t nsess;
	uint32_t *ses_parts;
	struct att *atts;
	struct del *dels;
	uint32_t ndels, cdels;
	struct link *links;
	uint32_t nlinks, clinks;
	bool *continues; /* of each transaction: a joining link leads on */
	struct jny *jnys;
	uint32_t njnys;
	uint32_t *jny_txns;
	uint32_t *ses_txn; /* of an agent's session: whose answer it tells */
	struct rcp *rcps;
	uint32_t nrcps, crcps;
	uint32_t *txn_order; /* by id */
	uint32_t *del_ids;
	struct coverage coverage;
	struct offsets offsets;
	struct places places;
};

/* The steps, in their order. Each is a pure function of what stands before. */
void coverage_step(struct derive *d);
void stitch_transactions(struct derive *d);
void stitch_sessions(struct derive *d);
void attempts_init(struct derive *d);
void attempts_copied(struct derive *d); /* on lines told before */
void attempts_unite(struct derive *d); /* the same answer in several sources */
void attempts_logins(struct derive *d); /* one per session and user */
uint32_t attempt_server(struct derive *d, uint32_t g);
void attempts_agents(struct derive *d);  /* delivery agents' words on them */
void refuse_transactions(struct derive *d);
void deliver_attempts(struct derive *d); /* lists, deliveries, states */
void link_transactions(struct derive *d);
void offsets_step(struct derive *d); /* from exact links only */
/* Handoffs of which no id is said: within windows that the offsets give, so that
 * no offset rests on them. */
void link_unsaid(struct derive *d);
void corroborate_links(struct derive *d); /* what both logs say besides */
void retry_transactions(struct derive *d);
void contradict_links(struct derive *d); /* what the other log denies */
void journeys_make(struct derive *d);
void journey_recipients(struct derive *d, uint32_t j); /* one journey's */
void journeys_direct(struct derive *d);
void txn_rest(const struct derive *d, const struct txn *t, struct txn_rest *r);
void ses_span(const struct derive *d, const struct ses *s, struct ses_span *r);
/* Fills what T does not know of its client from its session. */
void ses_client(const struct derive *d, struct txn *t);
void jny_rest(const struct derive *d, const struct jny *j, struct jny_rest *r);
bool derive_emit(struct derive *d);

/* Looking things up. */
const struct fragment *derive_fragment(const struct derive *d, uint32_t g);
const struct session_part *derive_part(const struct derive *d, uint32_t g);
const struct attempt *derive_attempt(const struct derive *d, uint32_t g);
int64_t derive_utc(const struct derive *d, uint32_t piece, uint32_t line,
		   int64_t stamp, bool *assumed);
/* The server that wrote HOST's lines in a piece: given, host, or file name. */
uint32_t derive_server(struct derive *d, uint32_t piece, uint32_t host);
/* How a server is spelled that lines name in upper and lower case: small letters
 * where any line has them. */
void servers_learn(struct derive *d);
uint32_t server_spelled(const struct derive *d, struct slice name);
/* The folder that tells a source, whose lines name no host, from those whose
 * files are called STEM too; absent if there is none. */
struct slice server_folder(const struct derive *d, const struct trace_source *s,
			   struct slice stem);
/* The one server that the other logs in the folder of S are of, a word; 0 if STEM,
 * its file's, is not what a daemon calls its log everywhere, or if there are two. */
uint32_t server_beside(struct derive *d, const struct trace_source *s,
		       struct slice stem);
struct slice derive_queue_id(const struct derive *d, const struct txn *t);
struct slice derive_message_id(const struct derive *d, const struct txn *t);
struct slice derive_next_id(const struct derive *d, uint32_t att);
/* Whether LINE of the piece stands in an earlier source, too. */
bool derive_is_copied(const struct derive *d, uint32_t piece, uint32_t line);
/* Whether attempt ATT went to this same machine: to a filter. */
bool derive_loopback(const struct derive *d, uint32_t att);
struct txn *
derive_add_txn(struct derive *d); /* zeroed but for what is absent */

/* The case's number of a word of a piece. */
static inline uint32_t word_in(const struct piece *p, uint32_t w)
{
	return w ? p->word_ids[w] : 0;
}

static inline struct slice word_text(const struct derive *d, uint32_t w)
{
	return w ? d->sink->word_text(d->sink->arg, w) : slice_of(NULL, 0);
}

/* Whether two words are one address: servers pass it on in upper, lower and mixed
 * case. */
static inline bool same_address(const struct derive *d, uint32_t a, uint32_t b)
{
	return a == b ||
	       (a && b && slice_eq_nocase(word_text(d, a), word_text(d, b)));
}
/* Equal for words that are one address. */
uint64_t derive_address_hash(const struct derive *d, uint32_t word);

static inline uint32_t txn_source(const struct derive *d, const struct txn *t)
{
	return d->pieces[t->piece]->source;
}

static inline uint64_t txn_line(const struct derive *d, const struct txn *t)
{
	return d->pieces[t->piece]->first_line + t->line;
}

/* Instants as near as two logs can tell: one may lack the fraction. */
static inline bool times_agree(int64_t a, int64_t b)
{
	return a == b || ((a % US_SECOND == 0 || b % US_SECOND == 0) &&
			  a / US_SECOND == b / US_SECOND);
}

/* Hashes are keys of maps: never 0. */
static inline uint64_t key_of(uint64_t hash)
{
	return hash ? hash : 1;
}

#endif
