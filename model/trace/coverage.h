/* SPDX-License-Identifier: MIT */
/* Which times the logs of a server cover, and where they are silent for longer
 * than is usual for it. All its files count together: what one of them covers is
 * no gap. Private to this folder. */
#ifndef MODEL_TRACE_COVERAGE_H
#define MODEL_TRACE_COVERAGE_H

#include "model/store/rows.h"

struct derive;

/* A silence is a gap if it is longer than 5 minutes, than GAP_LINES times the
 * median time between lines of that hour of the day, and, since lines of one
 * message come together, than GAP_PAUSES times the median of its pauses of 10 s
 * and more. An hour with few lines is judged by the whole day. */
#define GAP_LINES 20
#define GAP_PAUSES 10

/* By server, then by time. Covered ones of a source end where a gap of the
 * server stands; a gap or a note belongs to the source that goes on after it. */
struct coverage {
	struct coverage_row *list;
	size_t n, cap;
	int64_t first, last; /* of all logs; TIME_NONE none */
};

void coverage_make(struct derive *d, struct coverage *c);
void coverage_release(struct coverage *c);

/* Whether SERVER's logs cover all of FROM..TO (us UTC, both included). */
bool coverage_holds(const struct coverage *c, uint32_t server, int64_t from,
		    int64_t to);

#endif
