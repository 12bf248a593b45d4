/* SPDX-License-Identifier: MIT */
/* What many handoffs say of the difference of two clocks: intervals that it must
 * lie in at given times become stretches of time in which one clock ran evenly.
 * Pure arithmetic. Private to this folder. */
#ifndef MODEL_TRACE_CLOCK_FIT_H
#define MODEL_TRACE_CLOCK_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OFFSET_OPEN (INT64_MAX / 4) /* no bound on that side: -, + */

/* At TIME the difference lies in LO..HI (us, both included). */
struct clock_bound {
	int64_t time, lo, hi;
	uint32_t n; /* handoffs that say so */
	int64_t also; /* TIME by the other clock; fits do not look at it */
};

/* An ordinary clock gains or loses less than this by itself: what was true an
 * hour ago is still true within 0.36 s. */
#define CLOCK_WANDER 100e-6
/* A clock that runs faster or slower than this does not run evenly. */
#define CLOCK_DRIFT 50000e-6

/* Bounds FIRST … FIRST+N-1 hold together if the difference changes by DRIFT. */
struct clock_run {
	size_t first, n;
	int64_t from, to;
	double drift;    /* s per s; 0: none is needed */
	double slow, fast; /* the least and greatest that are allowed for */
	double least, most; /* with which the bounds can hold at all */
	uint32_t handoffs, left_out; /* that hold; that contradict */
};

/* Bounds of a fit once more, as answers need them: numbers side by side, and the
 * extremes of every CLOCK_BLOCK of them. An open bound is infinite. */
#define CLOCK_BLOCK 16
struct clock_columns {
	double *time, *lo, *hi;
	double *most, *least; /* of a block: its greatest lo, its least hi */
	uint32_t *before;     /* handoffs of all bounds before this one */
};

struct clock_fit {
	struct clock_bound *bounds; /* by time */
	size_t n;
	struct clock_run *runs; /* in order; a step lies between two */
	size_t nruns, cruns;
	struct clock_columns columns;
};

/* Takes BOUNDS (any order; malloced). Those of a few seconds become one, those
 * that contradict their neighbours are left out, and where no even clock holds
 * a new run begins. */
void clock_fit_make(struct clock_fit *f, struct clock_bound *bounds, size_t n);
/* The drifts with which the bounds of all runs hold; false if they tell nothing. */
bool clock_fit_drifts(const struct clock_fit *f, double *least, double *most);
/* The drift is known to lie in LEAST..MOST. */
void clock_fit_limit(struct clock_fit *f, double least, double most);
/* All times US later. */
void clock_fit_move(struct clock_fit *f, int64_t us);
void clock_fit_release(struct clock_fit *f);

/* Where the difference is at all times FROM..TO: false if nothing tells. */
bool clock_fit_at(const struct clock_fit *f, int64_t from, int64_t to,
		  int64_t *lo, int64_t *hi);
/* How many handoffs FROM..TO has. */
uint32_t clock_fit_count(const struct clock_fit *f, int64_t from, int64_t to);
/* The run that holds most of FROM..TO, NULL none. */
const struct clock_run *clock_fit_run(const struct clock_fit *f, int64_t from,
				      int64_t to);

#endif
