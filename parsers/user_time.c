/* SPDX-License-Identifier: MIT */
/* Times of user-defined formats: by a declaration, or any common form. */
#include "parsers/stamp.h"
#include "parsers/user_parts.h"

struct reading {
	struct slice s; /* what is left */
	struct civil c;
	int64_t epoch, offset, fraction;
	bool has_epoch, has_year, has_zone, has_fraction;
};

static bool is_digit(struct slice s, size_t at)
{
	return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

/* LEAST to MOST digits. */
static bool number(struct slice *s, int least, int most, int *value)
{
	int n = 0;

	for (*value = 0; n < most && is_digit(*s, (size_t)n); n++)
		*value = *value * 10 + (s->ptr[n] - '0');
	*s = slice_from(*s, (size_t)n);
	return n >= least;
}

static bool month(struct slice *s, int *value)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; s->len >= 3 && m < 12; m++) {
		if (!slice_eq_nocase(slice_to(*s, 3),
		                     slice_of(names + m * 3, 3)))
			continue;
		*value = m + 1;
		*s = slice_from(*s, 3);
		return true;
	}
	return false;
}

static bool fraction(struct reading *r)
{
	int64_t unit = US_SECOND / 10;
	size_t n = 0;

	for (; is_digit(r->s, n); n++, unit /= 10)
		r->fraction += (r->s.ptr[n] - '0') * unit;
	r->s = slice_from(r->s, n);
	r->has_fraction = true;
	return n > 0;
}

static bool epoch(struct reading *r)
{
	size_t n = 0;
	uint64_t value;

	while (is_digit(r->s, n))
		n++;
	/* what a signed count of microseconds can hold */
	if (n > 12 || !slice_u64(slice_to(r->s, n), &value))
		return false;
	r->s = slice_from(r->s, n);
	r->epoch = (int64_t)value * US_SECOND;
	return r->has_epoch = true;
}

static bool zone(struct reading *r)
{
	bool west = r->s.len && r->s.ptr[0] == '-';
	int h, m;

	r->has_zone = true;
	if (r->s.len && r->s.ptr[0] == 'Z') {
		r->s = slice_from(r->s, 1);
		return true;
	}
	if (!r->s.len || (r->s.ptr[0] != '+' && !west))
		return false;
	r->s = slice_from(r->s, 1);
	if (!number(&r->s, 2, 2, &h))
		return false;
	if (r->s.len && r->s.ptr[0] == ':')
		r->s = slice_from(r->s, 1);
	if (!number(&r->s, 2, 2, &m) || h > 23 || m > 59)
		return false;
	r->offset = (west ? -1 : 1) * (h * US_HOUR + m * US_MINUTE);
	return true;
}

#define CONVERSIONS "YmdeHMSbfzs%"

static bool convert(struct reading *r, char how)
{
	switch (how) {
	case 'Y':
		return r->has_year = number(&r->s, 4, 4, &r->c.year);
	case 'm':
		return number(&r->s, 1, 2, &r->c.month);
	case 'b':
		return month(&r->s, &r->c.month);
	case 'e':
		if (r->s.len && r->s.ptr[0] == ' ')
			r->s = slice_from(r->s, 1);
		return number(&r->s, 1, 2, &r->c.day);
	case 'd':
		return number(&r->s, 1, 2, &r->c.day);
	case 'H':
		return number(&r->s, 1, 2, &r->c.hour);
	case 'M':
		return number(&r->s, 2, 2, &r->c.minute);
	case 'S':
		return number(&r->s, 2, 2, &r->c.second);
	case 'f':
		return fraction(r);
	case 'z':
		return zone(r);
	case 's':
		return epoch(r);
	default:
		break;
	}
	if (!r->s.len || r->s.ptr[0] != '%')
		return false;
	r->s = slice_from(r->s, 1);
	return true;
}

const char *user_time_fault(struct slice pattern, size_t *at)
{
	bool day = false, month_too = false, hour = false, whole = false;

	for (*at = 0; *at < pattern.len; ++*at) {
		char c;

		if (pattern.ptr[*at] != '%')
			continue;
		c = *at + 1 < pattern.len ? pattern.ptr[*at + 1] : 0;
		if (!c || !strchr(CONVERSIONS, c))
			return "times know %Y %m %b %d %e %H %M %S %f %z %s "
			       "and %%";
		day |= c == 'd' || c == 'e';
		month_too |= c == 'm' || c == 'b';
		hour |= c == 'H';
		whole |= c == 's';
		++*at;
	}
	*at = 0;
	if (whole || (day && month_too && hour))
		return NULL;
	return "a time needs %s, or a month, a day and %H";
}

static bool is_date(const struct civil *c)
{
	struct civil again;

	if (c->month < 1 || c->month > 12 || c->day < 1 || c->hour > 23 ||
	    c->minute > 59 || c->second > 60)
		return false;
	civil_of(civil_days(c->year, c->month, c->day) * US_DAY, &again);
	return again.month == c->month && again.day == c->day;
}

static bool by_pattern(struct slice pattern, struct slice s, struct stamp *t)
{
	struct reading r = { .s = s, .c = { .year = STAMP_NO_YEAR } };

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.ptr[i];

		if (c == '%' && i + 1 < pattern.len) {
			if (!convert(&r, pattern.ptr[++i]))
				return false;
			continue;
		}
		if (!r.s.len || r.s.ptr[0] != c)
			return false;
		r.s = slice_from(r.s, 1);
	}
	if (r.s.len || (!r.has_epoch && !is_date(&r.c)))
		return false;
	t->us = (r.has_epoch ? r.epoch : civil_us(&r.c) - r.offset) + r.fraction;
	t->has = (r.has_epoch ? (unsigned)STAMP_ABSOLUTE : 0u) |
	         (r.has_year ? (unsigned)STAMP_YEAR : 0u) |
	         (r.has_zone ? (unsigned)STAMP_ZONE : 0u) |
	         (r.has_fraction ? (unsigned)STAMP_FRACTION : 0u);
	return true;
}

bool user_time_read(struct slice pattern, struct slice s, struct stamp *t)
{
	size_t (*const forms[])(struct slice, struct stamp *) = {
		stamp_iso, stamp_bsd, stamp_asctime, stamp_day_first,
	};

	*t = (struct stamp){ TIME_NONE, 0 };
	if (pattern.len) {
		if (by_pattern(pattern, s, t))
			return true;
	} else {
		for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
			if (s.len && forms[i](s, t) == s.len)
				return true;
	}
	*t = (struct stamp){ TIME_NONE, 0 };
	return false;
}
