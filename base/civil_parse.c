/* SPDX-License-Identifier: MIT */
/* Reading ISO 8601 times and lengths of time. */
#include "base/civil.h"

struct reader {
	const char *at, *end;
};

/* N digits whose value lies in LO..HI. */
static bool read_digits(struct reader *r, int n, int lo, int hi, int *value)
{
	int v = 0;

	if (r->end - r->at < n)
		return false;
	for (int i = 0; i < n; i++) {
		unsigned digit = (unsigned)(unsigned char)r->at[i] - '0';

		if (digit > 9)
			return false;
		v = v * 10 + (int)digit;
	}
	if (v < lo || v > hi)
		return false;
	r->at += n;
	*value = v;
	return true;
}

static bool next_is(const struct reader *r, char c)
{
	return r->at < r->end && *r->at == c;
}

static bool take(struct reader *r, char c)
{
	if (!next_is(r, c))
		return false;
	r->at++;
	return true;
}

static int month_days(int year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30,
		                              31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && civil_is_leap(year));
}

/* *FULL: a day was named, so that a time may follow. */
static bool read_date(struct reader *r, struct civil *c, int64_t *span,
                      bool *full)
{
	if (!read_digits(r, 4, 0, 9999, &c->year))
		return false;
	c->month = c->day = 1;
	*full = false;
	*span = (365 + civil_is_leap(c->year)) * US_DAY;
	if (!take(r, '-'))
		return true;
	if (!read_digits(r, 2, 1, 12, &c->month))
		return false;
	*span = month_days(c->year, c->month) * US_DAY;
	if (!take(r, '-'))
		return true;
	*full = true;
	*span = US_DAY;
	return read_digits(r, 2, 1, month_days(c->year, c->month), &c->day);
}

static bool read_fraction(struct reader *r, struct civil *c, int64_t *span)
{
	int64_t unit = US_SECOND;
	int n = 0;

	for (; r->at < r->end; r->at++, n++) {
		unsigned digit = (unsigned)(unsigned char)*r->at - '0';

		if (digit > 9)
			break;
		if (unit == 1)
			continue;
		unit /= 10;
		c->us += (int)((int64_t)digit * unit);
	}
	*span = unit;
	return n > 0;
}

static bool read_time(struct reader *r, struct civil *c, int64_t *span)
{
	if (!read_digits(r, 2, 0, 23, &c->hour))
		return false;
	*span = US_HOUR;
	if (!take(r, ':'))
		return true;
	if (!read_digits(r, 2, 0, 59, &c->minute))
		return false;
	*span = US_MINUTE;
	if (!take(r, ':'))
		return true;
	if (!read_digits(r, 2, 0, 60, &c->second))
		return false;
	*span = US_SECOND;
	if (take(r, '.') || take(r, ','))
		return read_fraction(r, c, span);
	return true;
}

static bool read_zone(struct reader *r, bool *has_zone, int32_t *offset)
{
	int sign, hours, minutes = 0;

	*has_zone = false;
	*offset = 0;
	if (r->at == r->end)
		return true;
	*has_zone = true;
	if (take(r, 'Z') || take(r, 'z'))
		return true;
	if (r->end - r->at > 1 && *r->at == ' ')
		r->at++;
	sign = next_is(r, '-') ? -1 : 1;
	if (!take(r, '-') && !take(r, '+'))
		return false;
	if (!read_digits(r, 2, 0, 23, &hours))
		return false;
	if (r->at < r->end) {
		take(r, ':');
		if (!read_digits(r, 2, 0, 59, &minutes))
			return false;
	}
	*offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool civil_parse(struct slice s, int64_t *us, int64_t *span, bool *has_zone,
                 int32_t *offset)
{
	struct reader r = { s.ptr, s.ptr + s.len };
	struct civil c = { 0 };
	int64_t length;
	bool full;

	if (!read_date(&r, &c, &length, &full))
		return false;
	/* "2014-02-03 +01:00" is a day with a zone, not a time */
	if (full && r.end - r.at > 1 && (unsigned)(r.at[1] - '0') < 10 &&
	    (take(&r, 'T') || take(&r, 't') || take(&r, ' ')) &&
	    !read_time(&r, &c, &length))
		return false;
	if (!read_zone(&r, has_zone, offset) || r.at != r.end)
		return false;
	*us = civil_us(&c) - *offset * US_SECOND;
	if (span)
		*span = length;
	return true;
}

static const struct unit {
	const char *name;
	int64_t us;
} units[] = {
	{ "", US_SECOND },   { "s", US_SECOND }, { "m", US_MINUTE },
	{ "min", US_MINUTE }, { "h", US_HOUR },   { "d", US_DAY },
	{ "w", 7 * US_DAY }, { "ms", 1000 },     { "us", 1 },
};

static int64_t unit_us(struct slice name)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (slice_eq(name, slice_str(units[i].name)))
			return units[i].us;
	return 0;
}

static struct slice take_digits(struct slice *s)
{
	struct slice digits;
	size_t n = 0;

	while (n < s->len && (unsigned)(s->ptr[n] - '0') < 10)
		n++;
	digits = slice_to(*s, n);
	*s = slice_from(*s, n);
	return digits;
}

bool duration_parse(struct slice s, int64_t *us)
{
	struct slice whole = take_digits(&s), fraction = slice_of("", 0);
	int64_t unit, part = 0;
	uint64_t n;

	if (s.len && s.ptr[0] == '.') {
		s = slice_from(s, 1);
		fraction = take_digits(&s);
		if (fraction.len == 0)
			return false;
	}
	unit = unit_us(s);
	if (unit == 0 || !slice_u64(whole, &n) ||
	    n >= (uint64_t)(INT64_MAX / unit))
		return false;
	for (size_t i = fraction.len < 7 ? fraction.len : 7; i > 0; i--)
		part = (part + (fraction.ptr[i - 1] - '0') * unit) / 10;
	*us = (int64_t)n * unit + part;
	return true;
}

static void add_two(struct strbuf *out, uint64_t a, const char *big, uint64_t b,
                    const char *small)
{
	strbuf_addf(out, "%llu %s", (unsigned long long)a, big);
	if (b)
		strbuf_addf(out, " %llu %s", (unsigned long long)b, small);
}

static void add_tenths(struct strbuf *out, unsigned tenths)
{
	strbuf_addf(out, "%u", tenths / 10);
	if (tenths % 10)
		strbuf_addf(out, ".%u", tenths % 10);
	strbuf_add_str(out, " s");
}

void duration_add(struct strbuf *out, int64_t us)
{
	uint64_t n = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
	uint64_t tenths = (n + 50000) / 100000, s = (n + 500000) / 1000000;

	if (us < 0)
		strbuf_add_char(out, '-');
	if (n == 0)
		strbuf_add_str(out, "0 s");
	else if (n < 1000)
		strbuf_addf(out, "%llu us", (unsigned long long)n);
	else if (n < 999500)
		strbuf_addf(out, "%llu ms", (unsigned long long)(n + 500) / 1000);
	else if (tenths < 600)
		add_tenths(out, (unsigned)tenths);
	else if (s < 3600)
		add_two(out, s / 60, "min", s % 60, "s");
	else if (s < 86400)
		add_two(out, s / 3600, "h", s / 60 % 60, "min");
	else
		add_two(out, s / 86400, "d", s / 3600 % 24, "h");
}
