/* SPDX-License-Identifier: MIT */
/* What stitching of transactions and of sessions share. Private to this
 * folder. */
#ifndef MODEL_TRACE_STITCH_H
#define MODEL_TRACE_STITCH_H

#include "model/trace/derive.h"

/* One part of a group of equal names, on its way to a whole. */
struct stitch_part {
	int64_t time; /* us UTC; never goes back within a source */
	int64_t own;  /* as it stands in the log */
	uint32_t part, piece, rank;
};

/* Parts in the order in which they are joined: each source in its own order,
 * sources merged by time. */
void stitch_order(const struct derive *d, struct stitch_part *p, size_t n);

/* Sorts KEYS, whose values are the parts below N. Groups of equal keys are then
 * to be visited in the order of their first parts, which stand close together
 * in the pieces: entry i is where the group of part i begins in KEYS, or NONE32
 * if another part is its first. */
uint32_t *stitch_groups(struct pair *keys, uint32_t n);

/* OF[i] is the temporary whole of part i (all below WHOLES, *ORDER lists the
 * parts group by group). Renumbers them by the first part of each, so that an
 * append renumbers nothing; *LIST and *START (n + 1 entries) then hold the
 * parts of each whole in their order. */
void stitch_number(uint32_t *of, uint32_t n, uint32_t wholes,
		   const uint32_t *order, uint32_t **start, uint32_t **list);

#endif
