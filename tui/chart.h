/* SPDX-License-Identifier: MIT */
/* Bars in text: the strip of one row, sparklines, the tall chart. */
#ifndef TUI_CHART_H
#define TUI_CHART_H

#include "tui/window.h"

#include <stdint.h>

/* VALUE as 0..STEPS of MAX, rounded; never 0 for what is not 0. */
uint64_t chart_level(uint64_t value, uint64_t max, uint64_t steps);
/* N values into N cells of one row, scaled to MAX (0: their own). A value that
 * is not zero shows at least the lowest bar. */
void chart_strip(const struct window *w, int row, int col,
                 const uint64_t *values, size_t n, uint64_t max);
void chart_strip_text(const struct theme *t, const uint64_t *values, size_t n,
                      struct strbuf *out);
/* A horizontal bar of VALUE of MAX in WIDTH cells, eighths at the end. */
void chart_bar(const struct window *w, int row, int col, int width,
               enum tone tone, uint64_t value, uint64_t max);

#endif
