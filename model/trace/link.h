/* SPDX-License-Identifier: MIT */
/* What the files that make links share. Private to this folder. */
#ifndef MODEL_TRACE_LINK_H
#define MODEL_TRACE_LINK_H

#include "model/trace/derive.h"

/* A claim that FROM went on as TO. */
struct claim {
	uint32_t from, to; /* transactions */
	enum link_kind kind;
	enum link_class class;
	unsigned evidence;   /* bit n-1: E n */
	uint32_t att;        /* attempt that says it, NONE32 */
	uint32_t piece, key; /* or the key of a piece, NONE32 */
	int64_t good;        /* the larger, the better it fits */
};

struct linker {
	struct derive *d;
	struct pair *ids; /* hash of queue id -> transaction, runs by time */
	size_t nids;
	struct map pairs; /* from and to -> link */
	struct map said;  /* transaction and id that it names -> link */
	struct map lines; /* piece and line of a key -> link */
	int64_t *good;    /* of the link that leads to each transaction */
	bool *leads;      /* a confirmed link has led on from it */
	bool *contested;  /* two links to it fit equally well */
};

#define GOOD_STEP INT64_C(1000000000000000) /* a score outweighs any distance  \
					     */

#define E(n) (1u << ((n)-1))

/* Adds the claim, or its evidence to the link that is there. Only one confirmed
 * link leads to a transaction, never in a circle; of two the better one stays
 * confirmed, of two equal ones none. */
uint32_t link_claim(struct linker *l, const struct claim *c);

/* The transactions that are called ID, first of them in *FROM; their number. */
size_t link_named(const struct linker *l, struct slice id, size_t *from);

void link_keys(struct linker *l);
void link_networks(struct linker *l);
void link_messages(struct linker *l); /* notices and causes by message-id */
void link_observed(struct linker *l); /* after all others */
void link_locals(struct linker *l); /* deliveries are marked by then */

/* What delivery agents made of a message, among TXNS that were submitted on
 * their own server. */
void link_made(struct linker *l, const struct pair *txns, size_t n);

void link_late(struct linker *l); /* deliveries are marked by then */

/* The first transaction of the message that TXN is part of, as far as links are
 * known. */
uint32_t link_root(const struct derive *d, uint32_t txn);

/* Links by an answer's id alone that the other log denies join nothing. */
void contradict_stated(struct linker *l);
/* Nor do those where all but a Message-ID is of another message, and no other
 * handoff shows where either side is; once places_learn ran. */
void contradict_strangers(struct linker *l);

/* Whether a link of that kind makes both ends one message. */
bool link_joins(enum link_kind k);

static inline int64_t txn_time(const struct txn *t)
{
	return t->opened != TIME_NONE ? t->opened : t->first;
}

static inline uint64_t said_key(uint32_t txn, struct slice id)
{
	return key_of(hash_mix(hash64(id), txn + UINT64_C(1)));
}

static inline uint64_t line_key(uint32_t piece, uint32_t line)
{
	return ((uint64_t)piece << 32 | line) + 1;
}

#endif
