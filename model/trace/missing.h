/* SPDX-License-Identifier: MIT */
/* What the logs should hold and do not, and where two of them contradict each
 * other (TRACE §5). Private to this folder. */
#ifndef MODEL_TRACE_MISSING_H
#define MODEL_TRACE_MISSING_H

#include "model/trace/derive.h"

struct missing_list {
	struct missing_row *list; /* texts are those of D and of MEMORY */
	size_t n, cap;
	struct arena memory;
};

/* Which names and addresses a server of the case has, as handoffs showed. */
struct peers {
	struct map by_ip, by_name; /* case's word -> server's word */
	struct map shown;          /* server -> 1: has an address in BY_IP */
	struct map servers;        /* hash of the server's name -> word */
};

void peers_make(struct derive *d, struct peers *p);
void peers_release(struct peers *p);
/* The server of the case that attempt ATT went to, 0 none. */
uint32_t peers_relay(const struct derive *d, const struct peers *p,
		     uint32_t att);
/* The one that the transaction came from, 0 none. */
uint32_t peers_client(const struct derive *d, const struct peers *p,
		      const struct txn *t);

void missing_make(struct derive *d, struct missing_list *out);
void missing_release(struct missing_list *m);

/* Steps of it. */
void missing_handoffs(struct derive *d, const struct peers *p,
		      struct missing_list *out);
void missing_conflicts(struct derive *d, struct missing_list *out);
struct missing_row *missing_add(struct derive *d, struct missing_list *out,
				enum missing_kind kind, const struct txn *t);
/* True times for times A … B of SERVER's clock, as far as it is known, and so much
 * more that a wrong clock elsewhere does no harm. */
void missing_times(const struct derive *d, uint32_t server, int64_t a,
		   int64_t b, struct missing_row *r);

#endif
