/* SPDX-License-Identifier: MIT */
/* UTC of stamps under the stretches of their sources. */
#include "model/store/stretch.h"

#include "base/alloc.h"

/* 1 March of STAMP_NO_YEAR, 2000 */
#define MARCH (INT64_C(11017) * US_DAY)

int64_t clock_in_year(int64_t us, int year)
{
	int64_t start = civil_days(STAMP_NO_YEAR, 1, 1) * US_DAY;
	bool after_february = us - start >= 60 * US_DAY;

	us += civil_days(year, 1, 1) * US_DAY - start;
	return after_february && !civil_is_leap(year) ? us - US_DAY : us;
}

static bool two_digits(const char *s, int *n)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return false;
	*n = (s[0] - '0') * 10 + (s[1] - '0');
	return true;
}

bool clock_fixed(const char *zone, int64_t *us)
{
	int hours, minutes;

	*us = 0;
	if (!zone[0] || strcmp(zone, "Z") == 0 || strcmp(zone, "UTC") == 0)
		return true;
	if ((zone[0] != '+' && zone[0] != '-') || !two_digits(zone + 1, &hours))
		return false;
	if (!two_digits(zone + (zone[3] == ':' ? 4 : 3), &minutes))
		return false;
	*us = hours * US_HOUR + minutes * US_MINUTE;
	if (zone[0] == '-')
		*us = -*us;
	return true;
}

static bool basis_is_evidence(enum stretch_basis b)
{
	return b == BASIS_LINE || b == BASIS_HEADER || b == BASIS_ID ||
	       b == BASIS_REPLY || b == BASIS_HANDOFF || b == BASIS_GIVEN ||
	       b == BASIS_COPY;
}

static int clock_order(const void *a, const void *b)
{
	const struct clock *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static void clock_init(struct clock *c, const struct stretch *s)
{
	*c = (struct clock){
		.source = s->source,
		.from = s->from_line,
		.to = s->to_line,
		.year = s->year,
		.assumed = !basis_is_evidence(s->zone_basis) ||
			   (s->year && !basis_is_evidence(s->year_basis)),
	};
	if (c->year) {
		int64_t start = civil_days(STAMP_NO_YEAR, 1, 1) * US_DAY;

		c->shift = clock_in_year(start, c->year) - start;
		start += 100 * US_DAY;
		c->shift_leap = clock_in_year(start, c->year) - start;
	}
	if (!clock_fixed(s->zone, &c->fixed))
		c->zone = zone_new(slice_str(s->zone), NULL);
}

void clocks_init(struct clocks *c, const struct stretch *s, size_t n)
{
	c->list = mem_alloc(n * sizeof *c->list + 1);
	c->n = n;
	for (size_t i = 0; i < n; i++)
		clock_init(&c->list[i], &s[i]);
	if (n)
		qsort(c->list, n, sizeof *c->list, clock_order);
}

void clocks_release(struct clocks *c)
{
	for (size_t i = 0; i < c->n; i++)
		zone_free(c->list[i].zone);
	free(c->list);
	*c = (struct clocks){0};
}

/* The last one that starts at or before the line. */
static const struct clock *clock_find(const struct clocks *c, uint32_t source,
				      uint64_t line)
{
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct clock *k = &c->list[mid];

		if (k->source < source ||
		    (k->source == source && k->from <= line))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && c->list[lo - 1].source == source ? &c->list[lo - 1] : NULL;
}

static int64_t clock_utc(const struct clock *k, struct stamp t, bool *assumed)
{
	if (!(t.has & STAMP_YEAR)) {
		if (!k || !k->year)
			return TIME_NONE;
		t.us += t.us >= MARCH ? k->shift_leap : k->shift;
	}
	if (assumed)
		*assumed = !k || k->assumed;
	if (t.has & STAMP_ZONE || !k)
		return t.us;
	return k->zone ? zone_to_utc(k->zone, t.us, false, NULL)
		       : t.us - k->fixed;
}

int64_t clocks_utc(const struct clocks *c, uint32_t source, uint64_t line,
		   int64_t stamp, bool *assumed)
{
	struct stamp t = stamp_unpack(stamp);

	if (assumed)
		*assumed = false;
	if (t.us == TIME_NONE || (t.has & STAMP_ABSOLUTE) == STAMP_ABSOLUTE)
		return t.us;
	return clock_utc(clock_find(c, source, line), t, assumed);
}

