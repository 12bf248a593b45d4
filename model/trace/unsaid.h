/* SPDX-License-Identifier: MIT */
/* Handoffs whose answer names no id (TRACE §3): both sides, and how well what
 * they logged agrees. Private to this folder. */
#ifndef MODEL_TRACE_UNSAID_H
#define MODEL_TRACE_UNSAID_H

#include "model/trace/link.h"

/* Comparing, in a file of its own. --------------------------------------------- */

/* What stands in the brackets of a message-id; absent if there is none. */
struct slice unsaid_mid(const struct derive *d, const struct txn *t);
/* 1 the same, 0 not known, -1 another one. */
int unsaid_same_mid(const struct derive *d, const struct txn *a,
		    const struct txn *b);
int unsaid_same_sender(const struct derive *d, const struct txn *a,
		       const struct txn *b);
/* A hash that is the same for all ways in which servers write an address. */
uint64_t unsaid_address_key(struct slice address);
/* Whether the second can be the first with one hop's headers more. */
bool unsaid_size_fits(const struct derive *d, const struct txn *a,
		      const struct txn *b);
/* No answer came to the end of the message: the next server may have taken it. */
bool unsaid_is_lost(const struct derive *d, const struct attempt *a,
		    uint32_t reply, struct map *seen);

/* Both sides, and what may join them --------------------------------------------- */

#define LOOK_MAX 32 /* candidates that are looked at: more is a crowd */

/* An answer that says that the message was taken, or nothing of its end. */
struct left {
	uint32_t att, txn;
	uint32_t first, n; /* in unsaid.edges, of this round */
	bool known, lost, taken, crowded;
};

/* A message that has no upstream. */
struct right {
	uint32_t txn;
	uint32_t from; /* transaction that may be its upstream, NONE32 */
	bool many;     /* … and another one */
	bool taken, crowded, fits;
};

struct edge {
	uint32_t left, right;
	bool fits, gone;
};

enum key {
	KEY_ID_ADDRESS, /* message-id and recipient */
	KEY_ID,
	KEY_ADDRESS, /* recipient, where one side has no message-id */
	KEY_PLACE,   /* both servers */
	KEY_OTHER_ID, /* recipient, where both have one that differs */
	KEY_COUNT,
};

struct round {
	enum key key;
	enum network network;
};

/* By key, then by time. */
struct index {
	struct pair *p;
	size_t n, cap;
	int32_t *crowds; /* of each entry: crowds begun less those ended */
	bool made;
};

/* All clocks at about one time. */
#define BUCKETS 64
struct solved {
	int64_t bucket;
	struct offset_range *all;
};

struct unsaid {
	struct derive *d;
	struct left *lefts;
	uint32_t nlefts, clefts;
	struct right *rights;
	uint32_t nrights, crights;
	struct edge *edges;
	size_t nedges, cedges;
	struct index index[KEY_COUNT];
	struct map servers; /* of RIGHTS -> 1, 2 its time is assumed */
	struct map made;    /* from and to -> link */
	struct map lost;    /* word of an answer -> 1 no, 2 yes */
	struct solved solved[BUCKETS];
	const struct round *round;
	bool crowded;
};

/* The sides of which an address says that there may be a pair; rights by time. */
void unsaid_sides(struct unsaid *u);
/* When the message was opened at SERVER, by its clock, if L went there; false:
 * not known. */
bool unsaid_window(struct unsaid *u, const struct left *l, uint32_t server,
		   int64_t *from, int64_t *to);
/* The index of all rights by that key, made when it is first asked for. */
void unsaid_index_make(struct unsaid *u, enum key k);
/* The keys under which L's next transaction is found at SERVER: up to two. */
unsigned unsaid_keys(const struct unsaid *u, const struct left *l,
		     uint32_t server, uint64_t key[2]);
/* The first entry with KEY, opened at TIME or later. */
size_t unsaid_index_first(const struct unsaid *u, const struct index *x,
			  uint64_t key, int64_t time);

#endif
