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

void missing_make(struct derive *d, struct missing_list *out);
void missing_release(struct missing_list *m);

/* Steps of it. */
void missing_handoffs(struct derive *d, struct missing_list *out);
void missing_conflicts(struct derive *d, struct missing_list *out);
struct missing_row *missing_add(struct derive *d, struct missing_list *out,
				enum missing_kind kind, const struct txn *t);
/* True times for times A … B of SERVER's clock, as far as it is known, and so much
 * more that a wrong clock elsewhere does no harm. */
void missing_times(const struct derive *d, uint32_t server, int64_t a,
		   int64_t b, struct missing_row *r);

#endif
