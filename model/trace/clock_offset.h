/* SPDX-License-Identifier: MIT */
/* How far the clock of each server is off, from confirmed handoffs and from the
 * clocks of others in their answers (TRACE §4). An offset is this server's clock
 * minus the reference: an outside clock that tells the time, else the one with
 * which most others agree. Private to this folder. */
#ifndef MODEL_TRACE_CLOCK_OFFSET_H
#define MODEL_TRACE_CLOCK_OFFSET_H

#include "model/trace/clock_fit.h"
#include "model/trace/map.h"

struct derive;
struct txn;

#define EXTERNAL_LEAST 5 /* answers with a time that make a clock a reference */

/* A server, or a domain without a log whose answers carry times. */
struct offset_node {
	uint32_t name;   /* word */
	bool external;
	bool timed; /* external: tells the time itself, not only by its ids */
	uint32_t handoffs;
	int64_t coarse;  /* us: about its offset, as the middle of all */
	bool reached;    /* a way of handoffs leads to the reference */
	uint32_t astray; /* handoffs in which it and the other are not about at
			    their coarse offsets */
};

/* What handoffs between A and B say of clock(B) - clock(A), at times of the
 * reference. */
struct offset_pair {
	uint32_t a, b; /* nodes */
	uint32_t n;
	struct clock_fit fit;
	struct clock_bound *bounds; /* while they are collected */
	size_t nbounds, cbounds;
};

struct offsets {
	struct offset_node *nodes;
	uint32_t nnodes, cnodes;
	struct offset_pair *pairs;
	uint32_t npairs, cpairs;
	struct map by_name; /* word, with a bit for external ones */
	struct map by_pair;
	struct map odd_ids; /* servers whose ids are not of their lines' clock */
	uint32_t reference; /* node, NONE32 */
	int64_t from, to;   /* of all handoffs, in time of the reference */
};

/* An offset over some time. */
struct offset_range {
	int64_t lo, hi;  /* us; OFFSET_OPEN where nothing bounds it */
	double drift;    /* s per s; 0: none is needed */
	uint32_t n;      /* handoffs within that time */
};

void offsets_make(struct derive *d, struct offsets *o);
void offsets_release(struct offsets *o);

/* Node of a server, NONE32. */
uint32_t offsets_node(const struct offsets *o, uint32_t server);
/* All nodes at all times FROM..TO of the reference; OUT has room for them. */
void offsets_solve(const struct offsets *o, int64_t from, int64_t to,
		   struct offset_range *out);
/* That of SERVER at its own time AT; false: nothing tells. */
bool offsets_at(const struct offsets *o, uint32_t server, int64_t at,
		struct offset_range *out);
static inline bool offset_is_known(const struct offset_range *r)
{
	return r->lo > -OFFSET_OPEN && r->hi < OFFSET_OPEN;
}

/* An instant, known as well as its stamp is. */
struct instant {
	int64_t lo, hi;
};
/* When attempt ATT of FROM was under way, by FROM's clock (lo -OFFSET_OPEN: its start
 * is not known), and when TO was taken, by its own; false: not known. */
bool offsets_handing(const struct derive *d, const struct txn *from,
		     uint32_t att, struct instant *out);
bool offsets_taking(const struct derive *d, const struct txn *to,
		    struct instant *out);
/* What the handoffs of A and B say of clock(B) - clock(A) at A's time AT. */
bool offsets_between(const struct offsets *o, uint32_t a, uint32_t b,
		     int64_t at, int64_t *lo, int64_t *hi);

/* Any clock to begin with; then, with all pairs fitted, the one to measure by. */
void offsets_first_reference(const struct derive *d, struct offsets *o);
void offsets_best_reference(const struct derive *d, struct offsets *o);

/* Drifts of all clocks, of which each pair's handoffs tell only little. */
void offsets_limit_drifts(struct offsets *o);

/* Collecting, in a file of its own. */
void offsets_collect(struct derive *d, struct offsets *o);
uint32_t offsets_add_node(struct offsets *o, uint32_t name, bool external);
/* At AT of B's or A's own time, clock(B) - clock(A) lay in LO..HI. */
void offsets_add(struct offsets *o, uint32_t a, uint32_t b,
		 const int64_t at[2], int64_t lo, int64_t hi);

#endif
