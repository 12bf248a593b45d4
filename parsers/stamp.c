/* SPDX-License-Identifier: MIT */
/* Time stamps of log lines, read digit by digit: this runs on every line. */
#include "parsers/stamp.h"

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* N digits at P; -1 if something else stands there. */
static inline int digits(const char *p, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (!is_digit(p[i]))
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

static int month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; m < 12; m++)
		if (memcmp(names + m * 3, p, 3) == 0)
			return m + 1;
	return 0;
}

static bool day_is_valid(int year, int month, int day)
{
	static const char days[] = { 31, 29, 31, 30, 31, 30,
		                     31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return day < 29 || month != 2 || civil_is_leap(year);
}

/* "hh:mm:ss" of at least eight bytes; TIME_NONE if it is none. */
static int64_t clock_us(const char *p)
{
	int h = digits(p, 2), m = digits(p + 3, 2), s = digits(p + 6, 2);

	if (h < 0 || m < 0 || s < 0 || p[2] != ':' || p[5] != ':')
		return TIME_NONE;
	if (h > 23 || m > 59 || s > 60)
		return TIME_NONE;
	return (h * 3600 + m * 60 + s) * US_SECOND;
}

/* The fraction behind a clock: bytes taken with its separator. */
static size_t fraction(struct slice s, int64_t *us)
{
	int64_t unit = US_SECOND / 10;
	size_t n = 1;

	if (s.len < 2 || (s.ptr[0] != '.' && s.ptr[0] != ',') ||
	    !is_digit(s.ptr[1]))
		return 0;
	for (; n < s.len && is_digit(s.ptr[n]); n++, unit /= 10)
		*us += (s.ptr[n] - '0') * unit;
	return n;
}

/* Z, +hh:mm, +hhmm: bytes taken; *OFFSET in us east of UTC. */
static size_t zone(struct slice s, int64_t *offset)
{
	int h, m;
	size_t n = 5;

	*offset = 0;
	if (s.len && s.ptr[0] == 'Z')
		return 1;
	if (s.len < 5 || (s.ptr[0] != '+' && s.ptr[0] != '-'))
		return 0;
	h = digits(s.ptr + 1, 2);
	if (s.ptr[3] == ':') {
		n = 6;
		m = s.len < 6 ? -1 : digits(s.ptr + 4, 2);
	} else {
		m = digits(s.ptr + 3, 2);
	}
	if (h < 0 || m < 0 || h > 23 || m > 59)
		return 0;
	*offset = h * US_HOUR + m * US_MINUTE;
	if (s.ptr[0] == '-')
		*offset = -*offset;
	return n;
}

/* The year in "Feb  3 2014 01:01:12", where a clock must follow. */
static int year_before_clock(struct slice s)
{
	int year;

	if (s.len < 13 || s.ptr[4] != ' ' || s.ptr[7] != ':')
		return 0;
	year = digits(s.ptr, 4);
	return year >= 1970 ? year : 0;
}

/* Bytes of one blank: also the no-break space that copies out of web pages and
 * documents hold. */
static size_t blank(const char *p)
{
	return p[0] == ' ' ? 1 : p[0] == '\xc2' && p[1] == '\xa0' ? 2 : 0;
}

size_t stamp_bsd(struct slice s, struct stamp *t)
{
	const char *p = s.ptr;
	int month, day, year;
	int64_t us, part = 0;
	size_t at = 3, n;

	if (s.len < 14 || !blank(p + at) || (month = month_of(p)) == 0)
		return 0;
	at += blank(p + at);
	at += blank(p + at);
	day = digits(p + at, 1);
	if (day >= 0 && is_digit(p[at + 1]))
		day = day * 10 + (p[++at] - '0');
	if (day < 0 || p[++at] != ' ')
		return 0;
	at++;
	year = year_before_clock(slice_from(s, at));
	if (year)
		at += 5;
	if (s.len < at + 8 || (us = clock_us(p + at)) == TIME_NONE)
		return 0;
	if (!day_is_valid(year ? year : STAMP_NO_YEAR, month, day))
		return 0;
	at += 8;
	n = fraction(slice_from(s, at), &part);
	t->us = civil_days(year ? year : STAMP_NO_YEAR, month, day) * US_DAY +
	        us + part;
	t->has = (year ? STAMP_YEAR : 0u) | (n ? STAMP_FRACTION : 0u);
	return at + n;
}

size_t stamp_iso(struct slice s, struct stamp *t)
{
	const char *p = s.ptr;
	int year, month, day;
	int64_t us, part = 0, offset;
	size_t at = 19, n;
	bool colons;

	if (s.len < 19 || !is_digit(p[0]))
		return 0;
	colons = p[4] == ':';
	if (colons ? p[7] != ':' || p[10] != '-'
	           : p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' '))
		return 0;
	year = digits(p, 4);
	month = digits(p + 5, 2);
	day = digits(p + 8, 2);
	us = clock_us(p + 11);
	if (year < 0 || us == TIME_NONE || !day_is_valid(year, month, day))
		return 0;
	n = fraction(slice_from(s, at), &part);
	at += n;
	t->has = STAMP_YEAR | (n ? STAMP_FRACTION : 0u);
	n = zone(slice_from(s, at), &offset);
	if (n)
		t->has |= STAMP_ZONE;
	t->us = civil_days(year, month, day) * US_DAY + us + part - offset;
	return at + n;
}

size_t stamp_zone_behind(struct slice s, struct stamp *t)
{
	int64_t offset;
	size_t n;

	if (t->has & STAMP_ZONE || s.len < 6 || s.ptr[0] != ' ' ||
	    (s.ptr[1] != '+' && s.ptr[1] != '-'))
		return 0;
	n = zone(slice_from(s, 1), &offset);
	if (n == 0)
		return 0;
	t->us -= offset;
	t->has |= STAMP_ZONE;
	return n + 1;
}

static bool is_weekday(const char *p)
{
	static const char names[] = "MonTueWedThuFriSatSun";

	for (int d = 0; d < 7; d++)
		if (memcmp(names + d * 3, p, 3) == 0)
			return true;
	return false;
}

size_t stamp_asctime(struct slice s, struct stamp *t)
{
	struct slice year;
	size_t n;
	int y;
	struct civil c;

	if (s.len < 24 || s.ptr[3] != ' ' || !is_weekday(s.ptr))
		return 0;
	n = stamp_bsd(slice_from(s, 4), t);
	if (n == 0 || t->has & STAMP_YEAR)
		return 0;
	year = slice_from(s, 4 + n);
	if (year.len < 5 || year.ptr[0] != ' ' ||
	    (y = digits(year.ptr + 1, 4)) < 0)
		return 0;
	civil_of(t->us, &c);
	if (!day_is_valid(y, c.month, c.day))
		return 0;
	c.year = y;
	t->us = civil_us(&c);
	t->has |= STAMP_YEAR;
	return 4 + n + 5;
}

size_t stamp_day_first(struct slice s, struct stamp *t)
{
	const char *p = s.ptr;
	int day, month, year;
	int64_t us, offset;
	size_t n = 0;

	if (s.len < 20 || p[2] != '-' || p[6] != '-' || p[11] != ' ')
		return 0;
	day = digits(p, 2);
	month = month_of(p + 3);
	year = digits(p + 7, 4);
	us = clock_us(p + 12);
	if (year < 0 || us == TIME_NONE || !day_is_valid(year, month, day))
		return 0;
	t->has = STAMP_YEAR;
	if (s.len > 21 && p[20] == ' ')
		n = zone(slice_from(s, 21), &offset);
	if (n) {
		us -= offset;
		t->has |= STAMP_ZONE;
	}
	t->us = civil_days(year, month, day) * US_DAY + us;
	return 20 + (n ? n + 1 : 0);
}

/* One or two digits at *AT, which goes behind them; -1 if there are none. */
static int short_number(struct slice s, size_t *at)
{
	int n = -1;

	for (int i = 0; i < 2 && *at < s.len && is_digit(s.ptr[*at]); i++)
		n = (n < 0 ? 0 : n * 10) + (s.ptr[(*at)++] - '0');
	return n;
}

struct local_date {
	int first, second, year;
	size_t length;
};

static bool local_date(struct slice s, struct local_date *d)
{
	size_t at = 0;
	char mark;

	d->first = short_number(s, &at);
	if (d->first < 0 || at >= s.len)
		return false;
	mark = s.ptr[at++];
	if (mark != '/' && mark != '.' && mark != '-')
		return false;
	d->second = short_number(s, &at);
	if (d->second < 0 || at + 5 > s.len || s.ptr[at] != mark)
		return false;
	d->year = digits(s.ptr + at + 1, 4);
	d->length = at + 5;
	return d->year >= 1970;
}

int stamp_local_order(struct slice s)
{
	struct local_date d;

	if (!local_date(s, &d))
		return 0;
	return d.first > 12 ? 1 : d.second > 12 ? -1 : 0;
}

/* "9:15:02 AM", "09:15": bytes taken. */
static size_t local_clock(struct slice s, int64_t *us)
{
	size_t at = 0;
	int h = short_number(s, &at), m, sec = 0;
	struct slice half;

	if (h < 0 || at >= s.len || s.ptr[at++] != ':')
		return 0;
	m = short_number(s, &at);
	if (m < 0 || m > 59)
		return 0;
	if (at < s.len && s.ptr[at] == ':') {
		at++;
		sec = short_number(s, &at);
	}
	if (sec < 0 || sec > 60)
		return 0;
	half = slice_to(slice_from(s, at), 3);
	if (slice_eq_nocase(half, SLICE(" AM")) ||
	    slice_eq_nocase(half, SLICE(" PM"))) {
		if (h < 1 || h > 12)
			return 0;
		h = h % 12 + (half.ptr[1] == 'P' || half.ptr[1] == 'p' ? 12 : 0);
		at += 3;
	}
	if (h > 23)
		return 0;
	*us = (h * 3600 + m * 60 + sec) * US_SECOND;
	return at;
}

size_t stamp_local(struct slice s, bool day_first, struct stamp *t)
{
	int order = stamp_local_order(s), month, day;
	struct local_date d;
	int64_t clock;
	size_t n;

	if (!local_date(s, &d) || d.length >= s.len || s.ptr[d.length] != ' ')
		return 0;
	if (order)
		day_first = order > 0;
	day = day_first ? d.first : d.second;
	month = day_first ? d.second : d.first;
	n = local_clock(slice_from(s, d.length + 1), &clock);
	if (n == 0 || !day_is_valid(d.year, month, day))
		return 0;
	t->us = civil_days(d.year, month, day) * US_DAY + clock;
	t->has = STAMP_YEAR;
	return d.length + 1 + n;
}
