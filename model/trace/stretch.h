/* SPDX-License-Identifier: MIT */
/* What a source by itself says of its zone and year. Private to this folder. */
#ifndef MODEL_TRACE_STRETCH_H
#define MODEL_TRACE_STRETCH_H

#include "model/trace/trace.h"

enum vote_kind {
	VOTE_OWN = HINT_OWN,
	VOTE_OTHER = HINT_OTHER,
	VOTE_HANDOFF, /* another log's time of the same handoff */
	VOTE_COPY,    /* the same lines in another source, with their zone */
};

/* One hint read as offset and year. */
struct vote {
	uint64_t line;
	int64_t offset; /* us, a multiple of 15 minutes */
	int year;       /* of a stamp without one, else 0 */
	bool zone;      /* the stamp lacks a zone: OFFSET counts */
	bool heard;     /* taken as true; those of its own clock always are */
	enum vote_kind kind;
	uint32_t who;   /* whose clock: a word, or a source; 0 not known */
};

/* No zone lies further from UTC. */
#define ZONE_OFFSET_MAX (14 * US_HOUR)
/* The zone in use that is nearest to US east of UTC. */
int64_t zone_near(int64_t us);

/* Where the wall clock of a host jumps: put forward, put back, or a silence. */
struct turn {
	uint64_t line;         /* the first behind it */
	int64_t before, after; /* us, as written */
	bool busy;             /* many lines just before it */
};

/* A zone that holds from a line on. */
struct zone_from {
	uint64_t line;
	char zone[64];
};

struct dated {
	const struct trace_source *source;
	const struct piece *const *pieces;
	size_t npieces;
	struct slice server;
	bool lacks_year, lacks_zone, stamped;
	int64_t first, last; /* us of its undated stamps, as if in the year
				STAMP_NO_YEAR; TIME_NONE */
	int64_t from, to;    /* us of stamps with a year */
	uint64_t *rolls;     /* lines at which a year begins */
	size_t nrolls, crolls;
	size_t leap_roll;   /* years after the first in which 29 February
			       occurs, SIZE_MAX never */
	struct vote *votes; /* by line */
	size_t nvotes, cvotes;
	struct turn *turns; /* by line, of the host with most lines */
	size_t nturns, cturns;
	uint8_t *told;      /* by number of turns before: votes tell the zone */
	size_t untold;
	int year_told;      /* by votes, of its first line; 0 not known */

	struct zone_from *zones;
	size_t nzones, czones;
	enum stretch_basis zone_basis, year_basis;
	int year; /* of its first line; 0 not known yet or not needed */
	bool zone_known;
};

void dated_read(struct dated *x, const struct row_sink *words,
		struct piece_pages *pages);
void dated_release(struct dated *x);
/* Zone and year from the votes, unless they are given. */
void dated_vote(struct dated *x);
void dated_add_zone(struct dated *x, uint64_t line, const char *zone);
void dated_add_offset(struct dated *x, uint64_t line, int64_t offset);

/* Zones from votes and turns, in a file of its own. */
void dated_vote_zone(struct dated *x);
/* Whether votes tell the zone at LINE: none between it and a jump at which it may
 * have changed leave that open. */
void dated_mark_told(struct dated *x);
bool dated_is_told(const struct dated *x, uint64_t line);

/* Whether V tells the clock that wrote the line, not another one. */
static inline bool vote_is_own(const struct vote *v)
{
	return v->kind == VOTE_OWN || v->kind == VOTE_COPY;
}

/* Votes for those of N sources that lack zone or year from others that hold the
 * same lines with both. */
void dated_copies(struct dated *list, size_t n, const struct trace_input *in,
		  const struct row_sink *words);

/* Zone and year of those of N sources that lack them, from handoffs with those
 * that have them; these may then tell others. */
void dated_handoffs(struct dated *list, size_t n);

struct stretch_list {
	struct stretch *list;
	size_t n, cap;
};
/* Adds the stretches of X as far as they are known. */
void dated_stretches(const struct dated *x, struct stretch_list *out);

#endif
