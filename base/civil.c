/* SPDX-License-Identifier: MIT */
/* The proleptic Gregorian calendar in integers. */
#include "base/civil.h"

bool civil_is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Eras of 400 years, years that begin in March: the leap day comes last. */
int64_t civil_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

int64_t civil_us(const struct civil *c)
{
	int64_t s = c->hour * 3600 + c->minute * 60 + c->second;

	return civil_days(c->year, c->month, c->day) * US_DAY + s * US_SECOND +
	       c->us;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void civil_of(int64_t us, struct civil *c)
{
	int64_t days = floor_div(us, US_DAY);
	int64_t rest = us - days * US_DAY;
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	uint32_t of_era = (uint32_t)(z - era * 146097);
	uint32_t year = (of_era - of_era / 1460 + of_era / 36524 -
	                 of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint32_t m = (5 * of_year + 2) / 153;
	uint32_t s = (uint32_t)(rest / US_SECOND);

	c->day = (int)(of_year - (153 * m + 2) / 5 + 1);
	c->month = (int)(m < 10 ? m + 3 : m - 9);
	c->year = (int)(year + era * 400) + (c->month <= 2);
	c->hour = (int)(s / 3600);
	c->minute = (int)(s / 60 % 60);
	c->second = (int)(s % 60);
	c->us = (int)(rest % US_SECOND);
}

int civil_weekday(int64_t us)
{
	int64_t d = (floor_div(us, US_DAY) + 4) % 7; /* 1970-01-01: Thursday */

	return (int)(d < 0 ? d + 7 : d);
}

static char *put(char *to, unsigned value, int digits)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		to[i] = (char)('0' + value % 10);
	return to + digits;
}

/* "2026-03-14T09:15:02"; years outside 0..9999 get what they need. */
static void add_stamp(struct strbuf *out, const struct civil *c, char between)
{
	char text[20], *p = text;

	if (c->year < 0 || c->year > 9999)
		strbuf_addf(out, "%d", c->year);
	else
		p = put(p, (unsigned)c->year, 4);
	*p++ = '-';
	p = put(p, (unsigned)c->month, 2);
	*p++ = '-';
	p = put(p, (unsigned)c->day, 2);
	*p++ = between;
	p = put(p, (unsigned)c->hour, 2);
	*p++ = ':';
	p = put(p, (unsigned)c->minute, 2);
	*p++ = ':';
	p = put(p, (unsigned)c->second, 2);
	strbuf_add(out, text, (size_t)(p - text));
}

void civil_add_iso(struct strbuf *out, int64_t us)
{
	struct civil c;
	char text[8];

	if (us == TIME_NONE)
		return;
	civil_of(us, &c);
	add_stamp(out, &c, 'T');
	text[0] = '.';
	put(text + 1, (unsigned)c.us, 6);
	text[7] = 'Z';
	strbuf_add(out, text, 8);
}

void civil_add_local(struct strbuf *out, int64_t us, int32_t offset, int digits)
{
	struct civil c;
	char text[7];

	if (us == TIME_NONE)
		return;
	civil_of(us + offset * US_SECOND, &c);
	add_stamp(out, &c, ' ');
	text[0] = '.';
	put(text + 1, (unsigned)c.us, 6);
	if (digits > 0)
		strbuf_add(out, text, 1 + (size_t)(digits < 6 ? digits : 6));
	civil_add_offset(out, offset);
}

void civil_add_offset(struct strbuf *out, int32_t seconds)
{
	uint32_t s = seconds < 0 ? 0u - (uint32_t)seconds : (uint32_t)seconds;

	strbuf_addf(out, "%c%02u:%02u", seconds < 0 ? '-' : '+', s / 3600,
	            s / 60 % 60);
	if (s % 60) /* local mean time of old zone data */
		strbuf_addf(out, ":%02u", s % 60);
}
