/* SPDX-License-Identifier: MIT */
/* UTC of stamps under the stretches of their sources. */
#ifndef MODEL_STORE_STRETCH_H
#define MODEL_STORE_STRETCH_H

#include "base/zone.h"
#include "model/store/piece.h"
#include "model/store/rows.h"

/* Stretches made ready for many stamps: zones are read once. */
struct clock {
	uint32_t source;
	uint64_t from, to; /* lines, both included */
	struct zone *zone; /* NULL: FIXED */
	int64_t fixed;     /* us east of UTC */
	int year;          /* 0 none */
	int64_t shift, shift_leap; /* from STAMP_NO_YEAR to it, until and after
	                              29 February */
	bool assumed;
};

struct clocks {
	struct clock *list; /* by source and line */
	size_t n;
};

void clocks_init(struct clocks *c, const struct stretch *s, size_t n);
void clocks_release(struct clocks *c);
/* UTC of a packed stamp of LINE under its stretch; TIME_NONE if it has none.
 * *ASSUMED, if not NULL: year or zone are not in the evidence. */
int64_t clocks_utc(const struct clocks *c, uint32_t source, uint64_t line,
		   int64_t stamp, bool *assumed);

/* A stamp of the leap year STAMP_NO_YEAR put into YEAR. */
int64_t clock_in_year(int64_t us, int year);
/* "+01:00", "-0500", "Z", "UTC"; false for names. */
bool clock_fixed(const char *zone, int64_t *us);

#endif
