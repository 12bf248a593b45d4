/* SPDX-License-Identifier: MIT */
/* Which names and addresses the servers of the case have: as the analyst gave them
 * (server.NAME), as answers that name the next id show them, and as host names
 * say. Private to this folder.
 *
 * Anyone may call an own machine like one of ours: what names say counts for the
 * addresses that a name usually has, and of a client only if its domain is the
 * server's own or the address a private one. */
#ifndef MODEL_TRACE_PLACE_H
#define MODEL_TRACE_PLACE_H

#include "base/slice.h"
#include "model/trace/map.h"

struct derive;
struct txn;

/* A server of the case. */
struct machine {
	uint32_t server;                    /* word */
	uint32_t relay_shown, client_shown; /* handoffs that show where it is */
	uint32_t relay_most, client_most;   /* of all seats by its name */
};

/* A server at an address: handoffs that show it, and names that say so. */
struct seat {
	uint32_t server, next; /* of the same address, NONE32 */
	uint32_t relay, client;
	uint32_t relay_named, client_named;
};

struct places {
	struct map given;   /* name or address -> server: what settings say */
	struct map spelled; /* name without case -> word of its server */
	struct machine *machines;
	uint32_t n, cap;
	struct map by_server; /* word -> machine */
	struct map by_name;   /* hash of a short name -> machine */
	struct map labels;    /* word of a name -> machine + 1, 0 none */
	struct map by_ip;     /* word -> seat */
	struct map answers;   /* server word -> 1: its ids are in answers */
	struct map domains;   /* server and domain that is its own -> times */
	struct seat *seats;
	uint32_t nseats, cseats;
};

/* How sure an address is a server's. */
enum place_level {
	PLACE_OTHER = -1, /* it is another server's */
	PLACE_UNKNOWN,
	PLACE_NAMED, /* its name says so, as usually */
	PLACE_KNOWN, /* it is given, or handoffs show it */
};

/* Of both ends of a step. */
enum network { NETWORK_NONE, NETWORK_HALF, NETWORK_FULL };

/* From the settings alone. */
void places_given(struct derive *d);
/* Once, when links are made of which an answer names the next id. */
void places_learn(struct derive *d);
void places_release(struct places *p);

/* The server that the analyst says NAME is; a word, 0 none. */
uint32_t place_given(const struct derive *d, struct slice name);
/* Whether HOST, up to its first dot, is what SERVER is called, or given as its:
 * what anyone may claim. */
bool place_is_name(const struct derive *d, uint32_t server, struct slice host);
/* Whether answers name the ids that SERVER logs. */
bool place_answers(const struct derive *d, uint32_t server);

/* Whether the relay of ATT is SERVER. At least LEAST handoffs must show an address:
 * 2 where one of them is what is asked about. */
enum place_level place_relay(const struct derive *d, uint32_t att,
			     uint32_t server, uint32_t least);
/* Whether T's client is SERVER; ATT may be the attempt that led to it, NONE32. */
enum place_level place_client(const struct derive *d, const struct txn *t,
			      uint32_t server, uint32_t att, uint32_t least);
/* Both: whether ATT went from its server to that of TO. */
enum network place_between(const struct derive *d, uint32_t att,
			   const struct txn *to, uint32_t least);

/* The servers that attempt ATT may have gone to, up to MAX; their number. */
#define PLACES_MAX 8
unsigned places_of_relay(const struct derive *d, uint32_t att,
			 uint32_t list[PLACES_MAX]);
/* … and that the transaction may have come from. */
unsigned places_of_client(const struct derive *d, const struct txn *t,
			  uint32_t list[PLACES_MAX]);

/* The server at LEVEL or above, 0 none; of several the one that most handoffs show,
 * or 0 if it must be the SOLE one. */
uint32_t place_at_relay(const struct derive *d, uint32_t att,
			enum place_level level, bool sole);
uint32_t place_at_client(const struct derive *d, const struct txn *t,
			 enum place_level level);

/* Shared by the files of this part. */
bool place_is_loopback(struct slice ip);
uint64_t place_name_key(struct slice name);
uint64_t place_domain_key(uint32_t server, struct slice domain);
/* "corp.example" of "mx1.corp.example."; absent if that is no domain. */
struct slice place_domain(struct slice name);
/* The server that is called like the first label of a host's name. */
const struct machine *place_machine_named(const struct derive *d,
					  uint32_t word);
const struct machine *place_machine(const struct derive *d, uint32_t server);
uint32_t place_relay_ip(const struct derive *d, uint32_t att);
uint32_t place_relay_name(const struct derive *d, uint32_t att);

#endif
