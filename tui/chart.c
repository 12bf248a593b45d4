/* SPDX-License-Identifier: MIT */
/* Bars in text. */
#include "tui/chart.h"

static uint64_t highest(const uint64_t *values, size_t n)
{
	uint64_t max = 0;

	for (size_t i = 0; i < n; i++)
		if (values[i] > max)
			max = values[i];
	return max;
}

uint64_t chart_level(uint64_t value, uint64_t max, uint64_t steps)
{
	uint64_t level;

	if (!value || !max)
		return 0;
	if (value >= max)
		return steps;
	level = (uint64_t)((long double)value / (long double)max *
	                           (long double)steps +
	                   0.5L);
	return level ? level : 1;
}

void chart_strip(const struct window *w, int row, int col,
                 const uint64_t *values, size_t n, uint64_t max)
{
	if (!max)
		max = highest(values, n);
	for (size_t i = 0; i < n; i++) {
		int level = (int)chart_level(values[i], max, 8);

		window_put(w, row, col + (int)i, TONE_PROOF,
		           theme_bar(w->theme, level));
	}
}

void chart_strip_text(const struct theme *t, const uint64_t *values, size_t n,
                      struct strbuf *out)
{
	uint64_t max = highest(values, n);

	for (size_t i = 0; i < n; i++)
		strbuf_add_str(out, theme_bar(t, (int)chart_level(values[i], max, 8)));
}

static const char *bar_end(const struct theme *t, unsigned eighths)
{
	static const char *const blocks[] = { "", "▏", "▎", "▍",
		                              "▌", "▋", "▊", "▉" };
	static const char *const ascii[] = { "", ".", ".", ".",
		                             ":", ":", ":", ":" };

	return t->blocks ? blocks[eighths] : ascii[eighths];
}

void chart_bar(const struct window *w, int row, int col, int width,
               enum tone tone, uint64_t value, uint64_t max)
{
	uint64_t eighths;
	int full;

	if (width <= 0)
		return;
	eighths = chart_level(value, max, (uint64_t)width * 8);
	full = (int)(eighths / 8);
	window_fill(w, row, col, width, TONE_NORMAL, " ");
	window_fill(w, row, col, full, tone, w->theme->blocks ? "█" : "#");
	if (eighths % 8)
		window_put(w, row, col + full, tone,
		           bar_end(w->theme, (unsigned)(eighths % 8)));
}
