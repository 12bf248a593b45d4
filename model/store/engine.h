/* SPDX-License-Identifier: MIT */
/* Runs queries on a case, read-only. One engine per thread: it owns its
 * connection. Each call can be cancelled and then returns false with
 * *cancelled. Results are immutable and own their memory. */
#ifndef MODEL_STORE_ENGINE_H
#define MODEL_STORE_ENGINE_H

#include "base/cancel.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "model/store/query.h"

struct engine;

/* PATH is a case, or what store_path gave. Registers v_event. */
struct engine *engine_open(const char *path, struct err *err);
void engine_close(struct engine *e);
uint64_t engine_generation(struct engine *e); /* as stored now */

struct cell {
	struct slice text; /* as the view prints it; absent: NULL */
	int64_t number;    /* of numbers; us of times and of seconds with a
	                      fraction; else 0 */
	bool is_number;
};

/* Rows of a unit's view. Times are ISO text and us. Of evidence, clocks,
 * coverage and settings, whose views name no row, ids are the tables' own.
 * event_id = source << 44 | line << 10 | number of the event in its record. */
struct result {
	struct arena memory;
	enum unit unit;
	uint64_t generation;
	const char *const *columns; /* ncolumns names, in order of the cells */
	size_t ncolumns;
	struct cell *cells;         /* nrows * ncolumns */
	int64_t *ids;               /* one a row: the unit's id */
	size_t nrows;
	bool before, after; /* more rows stand before the first, after the last */
};
void result_free(struct result *r);
/* -1: no such column. */
int result_column(const struct result *r, const char *name);
const struct cell *result_cell(const struct result *r, size_t row,
                               const char *column);

/* Where a page lies in the order of the query. */
struct anchor {
	enum { ANCHOR_FIRST, ANCHOR_LAST, ANCHOR_ROW, ANCHOR_TIME,
	       ANCHOR_NUMBER } kind;
	int64_t id;   /* ANCHOR_ROW: this row, or where it would stand;
	                 ANCHOR_NUMBER: so many rows stand before it */
	int64_t time; /* ANCHOR_TIME, us */
};

/* Up to BEFORE rows before the anchor, then the anchor's row and AFTER more.
 * COLUMNS (of the unit's view; NULL: all) limits what is fetched. Pages know
 * names more, if COLUMNS asks for them. UNIT_MESSAGES: `recipient`, the address
 * of the message's first recipient; of its worst one (failed, refused, withheld,
 * delayed, unknown, relayed, delivered) the final answer's `code`, and the
 * `source_id` and `line` where that answer stands; `matching`, how many
 * recipients the query's terms hold of (`recipient` is then the first of those).
 * UNIT_RECIPIENTS: `sender`, `subject`, `size`, `message_id` of their message,
 * and the `source_id` and `line` of the final answer. */
struct result *engine_page(struct engine *e, const struct query *q,
                           const struct anchor *a, size_t before, size_t after,
                           const char *const *columns, struct cancel *cancel,
                           struct err *err);

/* Refused mail is listed among messages but is none: a page of UNIT_MESSAGES
 * has n + refused rows in all, "outcome:refused" may give n 0 and refused k. A
 * term that a unit lacks but messages or lines know is asked through them
 * (outcome: of an event is that of its message; raw: of a message that of its
 * lines); one that nothing of the unit can know is an error with its column. */
struct count {
	uint64_t n, total; /* rows that match; rows of the unit in the case */
	uint64_t hidden;   /* probes and copies left out of n */
	uint64_t refused;  /* of UNIT_MESSAGES: refused mail that matches, not in n */
	bool exact;        /* false: at least */
};
bool engine_count(struct engine *e, const struct query *q, struct count *out,
                  struct cancel *cancel, struct err *err);

/* How many rows stand before row ID in the order of the query. */
bool engine_rank(struct engine *e, const struct query *q, int64_t id,
                 uint64_t *rank, struct cancel *cancel, struct err *err);

/* Counts per bucket of the query's time: all rows; those that are blocked; of
 * UNIT_MESSAGES those that are refused mail, no messages. */
struct histogram {
	int64_t from, bucket; /* us; bars are [from + i * bucket, …) */
	uint64_t *all, *blocked, *refused;
	size_t n;
	uint64_t max;
};
/* BARS at most; bucket is a round length (1 s … 1 month). */
struct histogram *engine_histogram(struct engine *e, const struct query *q,
                                   size_t bars, struct cancel *cancel,
                                   struct err *err);
void histogram_free(struct histogram *h);

/* One row per combination of the query's groups, in the order of the query's
 * sort (LIMIT takes the most frequent). Columns: the groups' names, count,
 * percent (of n), then the outcomes as counts of recipients: delivered, relayed,
 * delayed, blocked, unknown (exact: of what is counted, and then refused); first,
 * last; for each field shown its name and
 * "NAME_values"; with a bucket also "over_time": counts separated by blanks.
 * LIMIT 0: all. */
struct result *engine_groups(struct engine *e, const struct query *q,
                             size_t limit, struct cancel *cancel,
                             struct err *err);

/* Calls FN for every row in the query's order; FN false stops. For exports. */
typedef bool (*engine_row_fn)(void *arg, const struct cell *cells,
                              size_t ncells, int64_t id);
bool engine_each(struct engine *e, const struct query *q,
                 const char *const *columns, uint64_t limit, engine_row_fn fn,
                 void *arg, struct cancel *cancel, struct err *err);
/* Columns of the unit's view, in order; NULL-terminated, static. */
const char *const *engine_columns(enum unit u);

/* The values of F within Q, most frequent first: completion. */
struct result *engine_values(struct engine *e, const struct query *q,
                             const struct field *f, struct slice prefix,
                             size_t limit, struct cancel *cancel,
                             struct err *err);

/* Everything that `trace` shows of a journey; rows of the views. */
struct trace {
	struct result *journey, *transactions, *deliveries, *attempts, *links,
		*evidence, *recipients, *related;
	/* Rows of v_missing; of v_clock, those of its servers around its time. May
	 * be NULL in traces that tests make. */
	struct result *missing, *clocks;
	struct result *sources; /* those that its evidence cites; may be NULL */
};
struct trace *engine_trace(struct engine *e, int64_t journey,
                           struct cancel *cancel, struct err *err);
/* event_id and transaction_id of all its lines, by time. */
struct result *engine_journey_events(struct engine *e, int64_t journey,
                                     struct cancel *cancel, struct err *err);
/* Row of T->clocks that holds SERVER at US, the nearest in time; -1 none that knows
 * an offset. */
ptrdiff_t trace_clock(const struct trace *t, struct slice server, int64_t us);
void trace_free(struct trace *t);
/* The journeys that ID names: a message-id with or without <>, a queue id,
 * SERVER/QUEUEID, a citation EXHIBIT:LINE or SHA8:LINE, "#" and an event id.
 * At most LIMIT of them; *N is how many there are, which may be more. */
bool engine_find_journeys(struct engine *e, struct slice id, int64_t *journeys,
                          size_t limit, size_t *n, struct cancel *cancel,
                          struct err *err);

/* Evidence again: LENGTH bytes of a source, the piece's hash checked once a run
 * before a byte is shown. False: ERR says what is not here or has changed. */
bool engine_read(struct engine *e, uint32_t source, uint64_t offset,
                 size_t length, struct strbuf *out, struct err *err);
/* Up to BEFORE records before record line LINE of a source, it, and AFTER more:
 * columns line, offset, length, time_raw, action, transaction_id, journey_id,
 * raw, and bytes where these are in another encoding than raw. Rows' ids are
 * line numbers. */
struct result *engine_lines(struct engine *e, uint32_t source, uint64_t line,
                            size_t before, size_t after, struct cancel *cancel,
                            struct err *err);
/* Searches the evidence of SOURCE (0: all) for TEXT, streaming. */
bool engine_scan(struct engine *e, uint32_t source, struct slice text,
                 bool nocase, engine_row_fn fn, void *arg, uint64_t *scanned,
                 struct cancel *cancel, struct err *err);

#endif
