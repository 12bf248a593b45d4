/* SPDX-License-Identifier: MIT */
/* A walk over the events of a case: which records, in which order. Looks at
 * columns only; no evidence is read here. */
#ifndef MODEL_STORE_EVENT_SCAN_H
#define MODEL_STORE_EVENT_SCAN_H

#include "model/store/engine_private.h"
#include "model/store/engine_text.h"

/* event_id = source << 44 | line << 10 | number of the event within its record;
 * of records with more than 1,023 the last ones share a number. */
#define EVENT_ORDINALS 1024
static inline int64_t event_id(uint32_t source, uint64_t line, uint32_t ordinal)
{
	if (ordinal >= EVENT_ORDINALS)
		ordinal = EVENT_ORDINALS - 1;
	return (int64_t)((uint64_t)source << 44 | (line & 0x3ffffffff) << 10 |
	                 ordinal);
}
static inline uint32_t event_source(int64_t id)
{
	return (uint32_t)((uint64_t)id >> 44);
}
static inline uint64_t event_line(int64_t id)
{
	return (uint64_t)id >> 10 & 0x3ffffffff;
}

/* A list of numbers that a column must be one of. */
struct wanted {
	bool set;
	int64_t *list; /* ascending */
	size_t n, cap;
};
void wanted_add(struct wanted *w, int64_t value);
void wanted_sort(struct wanted *w);
bool wanted_has(const struct wanted *w, int64_t value);

/* Transactions that may be meant: bit per number. */
struct candidates {
	uint8_t *bits;
	int64_t n; /* numbers below it have a bit */
};

struct scan_want {
	struct wanted events, txs, sessions, sources;
	struct wanted session_txs; /* transactions of SESSIONS */
	uint64_t line_from, line_to;     /* both included */
	uint64_t offset_from, offset_to;
	int64_t from, to;                /* us, both included */
	bool timeless;                   /* only those without a time */
	bool timed;                      /* only those with one */
	uint32_t actions;                /* bit per action; 0: any */
	const struct candidates *candidates; /* NULL: any; records without a
	                                        transaction are always in */
	enum { SCAN_PLACE, SCAN_TIME, SCAN_TIME_DOWN } order;
};

struct scan_stream {
	struct text_source *source;
	struct text_piece *piece;
	struct chunk *chunk; /* NULL: not begun */
	uint32_t at;         /* next place in the order of the chunk */
	bool done;
};

struct scan {
	struct engine *engine;
	struct scan_want want;
	struct scan_stream *streams;
	size_t n, cap, first; /* those before FIRST are done */
	/* the record that stands here */
	struct chunk *chunk;
	uint32_t record, ordinal, events;
	struct scan_stream *current;
	unsigned steps;
};

/* Takes over W's lists. */
bool scan_start(struct scan *s, struct engine *e, struct scan_want *w,
                struct err *err);
/* To the next event; *END after the last. False: ERR. */
bool scan_next(struct scan *s, bool *end, struct err *err);
void scan_release(struct scan *s);
void scan_want_release(struct scan_want *w);

#endif
