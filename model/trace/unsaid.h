/* SPDX-License-Identifier: MIT */
/* Handoffs whose answer names no id (TRACE §3): which addresses the servers of
 * the case have, and how well what both sides logged agrees. Private to this
 * folder. */
#ifndef MODEL_TRACE_UNSAID_H
#define MODEL_TRACE_UNSAID_H

#include "model/trace/link.h"

/* A server of the case. */
struct machine {
	uint32_t server; /* word */
	bool relay_shown, client_shown; /* exact links showed its address */
	uint32_t relay_most, client_most; /* of all seats that its name gives */
};

/* A server at an address: by exact links, or by name only and how often. */
struct seat {
	uint32_t server, next; /* of the same address, NONE32 */
	bool relay, client;
	uint32_t relay_named, client_named;
};

struct places {
	struct machine *machines;
	uint32_t n, cap;
	struct map by_server; /* word -> machine */
	struct map by_name;   /* hash of a short name -> machine */
	struct map labels;    /* word of a name -> machine + 1, 0 none */
	struct map by_ip;     /* word -> seat */
	struct map answers;   /* server word -> 1: its ids are in answers */
	struct map domains;   /* server and domain that is its own */
	struct seat *seats;
	uint32_t nseats, cseats;
};

/* How sure an address is a server's. */
enum place_level {
	PLACE_OTHER = -1, /* it is another server's */
	PLACE_UNKNOWN,
	PLACE_NAMED, /* its name says so, as usually */
	PLACE_KNOWN, /* exact links say so */
};

void places_make(const struct derive *d, struct places *p);
void places_release(struct places *p);
/* Names count only once all that are looked at were added. */
void places_add_relay(struct places *p, const struct derive *d, uint32_t att);
void places_add_client(struct places *p, const struct derive *d,
		       const struct txn *t);
enum place_level place_relay(struct places *p, const struct derive *d,
			     uint32_t att, uint32_t server);
enum place_level place_client(struct places *p, const struct derive *d,
			      const struct txn *t, uint32_t server,
			      uint32_t att);
/* The servers that attempt ATT may have gone to, up to MAX; their number. */
#define PLACES_MAX 8
unsigned places_of_relay(struct places *p, const struct derive *d,
			 uint32_t att, uint32_t list[PLACES_MAX]);
/* … and that the transaction may have come from. */
unsigned places_of_client(struct places *p, const struct derive *d,
			  const struct txn *t, uint32_t list[PLACES_MAX]);

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

enum network { NETWORK_NONE, NETWORK_HALF, NETWORK_FULL };

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
	struct places places;
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
