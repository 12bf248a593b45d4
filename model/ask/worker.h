/* SPDX-License-Identifier: MIT */
/* One thread that asks the case, so that no key waits. Requests sit in named
 * slots; a newer one replaces the older of its slot and cancels it. Replies are
 * taken by the main thread when the descriptor becomes readable. */
#ifndef MODEL_ASK_WORKER_H
#define MODEL_ASK_WORKER_H

#include "model/ask/filter.h"
#include "model/store/engine.h"

enum slot {
	SLOT_PAGE,
	SLOT_COUNT_ROWS,
	SLOT_HISTOGRAM,
	SLOT_DETAIL,
	SLOT_PROMPT, /* counts and completion while a filter is typed */
	SLOT_RAW,
	SLOT_RANK, /* position of the row under the cursor */
	SLOT_INFO, /* what the title line tells of the case */
	SLOT_PARTS, /* the first of those of a pane with several parts */
	SLOT_PARTS_END = SLOT_PARTS + 12, /* the last of them */
	SLOT_NUMBER
};

enum request_kind {
	REQUEST_PAGE,
	REQUEST_GROUPS,
	REQUEST_COUNT,
	REQUEST_RANK,
	REQUEST_HISTOGRAM,
	REQUEST_VALUES,
	REQUEST_TRACE,
	REQUEST_FIND,  /* id -> journeys */
	REQUEST_LINES, /* raw lines in context */
	REQUEST_SCAN,
};

struct request {
	enum request_kind kind;
	uint64_t serial;       /* the asker's; comes back in the reply */
	struct filter *filter; /* referenced by the worker, may be NULL */
	struct query query;    /* where is taken from FILTER */
	struct anchor anchor;
	size_t before, after, limit, bars;
	const char *const *columns; /* static, or NULL */
	const struct field *field;
	char text[512];        /* prefix, id, text to scan for */
	int64_t id;            /* journey, row */
	uint32_t source;
	uint64_t line;
};

struct reply {
	enum request_kind kind;
	uint64_t serial, generation;
	bool ok, cancelled;
	struct err err;
	/* what fits the kind; owned, reply_free */
	struct result *result;
	struct count count;
	uint64_t rank;
	struct histogram *histogram;
	struct trace *trace;
	int64_t journeys[64];
	size_t njourneys;
	double seconds;
};

struct worker;
struct worker *worker_new(const char *case_path, struct err *err);
void worker_free(struct worker *w); /* cancels, joins */
/* Closes the case and opens PATH instead, before the next request. */
void worker_reopen(struct worker *w, const char *case_path);
void worker_ask(struct worker *w, enum slot slot, const struct request *r);
void worker_cancel(struct worker *w, enum slot slot);
void worker_cancel_all(struct worker *w);
int worker_fd(const struct worker *w); /* readable: a reply waits */
/* The reply of SLOT, or NULL. The caller frees it. */
struct reply *worker_take(struct worker *w, enum slot slot);
bool worker_is_busy(struct worker *w, enum slot slot);
/* Blocks until nothing is asked any more: for tests. */
void worker_wait(struct worker *w);
void reply_free(struct reply *r);

#endif
