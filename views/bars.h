/* SPDX-License-Identifier: MIT */
/* Bars over time: what panes and frame say of a histogram. */
#ifndef VIEWS_BARS_H
#define VIEWS_BARS_H

#include "views/view.h"

/* "8 h", "5 min", "30 d": lengths of bars are round. */
void bars_add_length(int64_t us, struct strbuf *out);
/* A time as short as bars of H allow: "2026-03", "03-10", "09:16",
 * "09:16:20". */
void bars_add_label(const struct histogram *h, const struct times *times,
                    int64_t us, struct strbuf *out);
/* … below a chart with a label each STEP. */
void bars_add_tick(int64_t step, const struct times *times, int64_t us,
                   struct strbuf *out);
uint64_t bars_highest(const uint64_t *values, size_t n);
/* The bar in which US lies; -1: in none. */
int bars_at(const struct histogram *h, int64_t us);
static inline int64_t bars_start(const struct histogram *h, size_t bar)
{
	return h->from + (int64_t)bar * h->bucket;
}

#endif
