/* SPDX-License-Identifier: MIT */
/* Bars over time: what panes and frame say of a histogram. */
#include "views/bars.h"

#include "base/civil.h"

#define US_MONTH (27 * US_DAY) /* at least */

void bars_add_label(const struct histogram *h, const struct times *times,
                    int64_t us, struct strbuf *out)
{
	struct strbuf text = { 0 };
	int64_t span = h->bucket * (int64_t)h->n;

	times_add(times, us, 0, &text);
	if (text.len < 19)
		strbuf_add_str(out, "     ");
	else if (h->bucket >= US_MONTH)
		strbuf_add(out, text.ptr, 7);           /* 2026-03 */
	else if (span > US_DAY)
		strbuf_add(out, text.ptr + 5, 5);       /* 03-10 */
	else if (h->bucket >= US_MINUTE || span > US_HOUR)
		strbuf_add(out, text.ptr + 11, 5);      /* 09:16 */
	else
		strbuf_add(out, text.ptr + 11, 8);      /* 09:16:20 */
	strbuf_release(&text);
}

void bars_add_tick(int64_t step, const struct times *times, int64_t us,
                   struct strbuf *out)
{
	struct strbuf text = { 0 };

	times_add(times, us, 0, &text);
	if (text.len >= 19 && step >= US_DAY)
		strbuf_add(out, text.ptr + 5, 5);
	else if (text.len >= 19)
		strbuf_add(out, text.ptr + 11, step % US_MINUTE ? 8 : 5);
	strbuf_release(&text);
}

void bars_add_length(int64_t us, struct strbuf *out)
{
	if (us % US_DAY == 0)
		strbuf_addf(out, "%lld d", (long long)(us / US_DAY));
	else if (us % US_HOUR == 0)
		strbuf_addf(out, "%lld h", (long long)(us / US_HOUR));
	else if (us % US_MINUTE == 0)
		strbuf_addf(out, "%lld min", (long long)(us / US_MINUTE));
	else
		strbuf_addf(out, "%lld s", (long long)(us / US_SECOND));
}

uint64_t bars_highest(const uint64_t *values, size_t n)
{
	uint64_t max = 0;

	for (size_t i = 0; i < n; i++)
		max = values[i] > max ? values[i] : max;
	return max;
}

int bars_at(const struct histogram *h, int64_t us)
{
	if (us < h->from || us >= bars_start(h, h->n))
		return -1;
	return (int)((us - h->from) / h->bucket);
}
