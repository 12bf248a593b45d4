/* SPDX-License-Identifier: MIT */
/* What a source by itself says of its zone and year. Private to this folder. */
#ifndef MODEL_TRACE_STRETCH_H
#define MODEL_TRACE_STRETCH_H

#include "model/trace/trace.h"

enum vote_kind {
	VOTE_OWN = HINT_OWN,
	VOTE_OTHER = HINT_OTHER,
	VOTE_HANDOFF, /* another log's time of the same handoff */
};

/* One hint read as offset and year. */
struct vote {
	uint64_t line;
	int64_t offset; /* us, a multiple of 15 minutes */
	int year;       /* of a stamp without one, else 0 */
	bool zone;      /* the stamp lacks a zone: OFFSET counts */
	enum vote_kind kind;
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

	struct zone_from *zones;
	size_t nzones, czones;
	enum stretch_basis zone_basis, year_basis;
	int year; /* of its first line; 0 not known yet or not needed */
	bool zone_known;
};

void dated_read(struct dated *x, const struct row_sink *words,
		struct piece_pages *pages);
void dated_release(struct dated *x);
/* Zone and year from the votes of KIND, where they are not known yet. */
void dated_vote(struct dated *x, enum vote_kind kind);
void dated_add_zone(struct dated *x, uint64_t line, const char *zone);

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
