/* SPDX-License-Identifier: MIT */
/* POSIX TZ strings. */
#include "base/zone_rule.h"

#include "base/civil.h"

static bool take(struct slice *s, char c)
{
	if (s->len == 0 || s->ptr[0] != c)
		return false;
	*s = slice_from(*s, 1);
	return true;
}

static bool read_number(struct slice *s, int lo, int hi, int *value)
{
	size_t n = 0;
	int v = 0;

	while (n < s->len && n < 4 && s->ptr[n] >= '0' && s->ptr[n] <= '9')
		v = v * 10 + (s->ptr[n++] - '0');
	if (n == 0 || v < lo || v > hi)
		return false;
	*s = slice_from(*s, n);
	*value = v;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "CET" or "<+03>". */
static bool skip_name(struct slice *s)
{
	size_t n = 0;

	if (take(s, '<')) {
		n = slice_chr(*s, '>');
		if (n == SLICE_NONE || n == 0)
			return false;
		*s = slice_from(*s, n + 1);
		return true;
	}
	while (n < s->len && is_letter(s->ptr[n]))
		n++;
	*s = slice_from(*s, n);
	return n >= 3;
}

/* "[+-]hh[:mm[:ss]]" */
static bool read_time(struct slice *s, int hours_max, int32_t *seconds)
{
	int hours, minutes = 0, rest = 0;
	bool negative = take(s, '-');

	if (!negative)
		take(s, '+');
	if (!read_number(s, 0, hours_max, &hours))
		return false;
	if (take(s, ':') && !read_number(s, 0, 59, &minutes))
		return false;
	if (take(s, ':') && !read_number(s, 0, 59, &rest))
		return false;
	*seconds = hours * 3600 + minutes * 60 + rest;
	if (negative)
		*seconds = -*seconds;
	return true;
}

static bool read_day(struct slice *s, struct zone_change *c)
{
	if (take(s, 'J')) {
		c->kind = ZONE_DAY_JULIAN;
		return read_number(s, 1, 365, &c->day);
	}
	if (take(s, 'M')) {
		c->kind = ZONE_DAY_WEEK;
		return read_number(s, 1, 12, &c->month) && take(s, '.') &&
		       read_number(s, 1, 5, &c->week) && take(s, '.') &&
		       read_number(s, 0, 6, &c->day);
	}
	c->kind = ZONE_DAY_NUMBER;
	return read_number(s, 0, 365, &c->day);
}

static bool read_change(struct slice *s, struct zone_change *c)
{
	c->time = 2 * 3600;
	return take(s, ',') && read_day(s, c) &&
	       (!take(s, '/') || read_time(s, 167, &c->time));
}

bool zone_rule_parse(struct slice s, struct zone_rule *rule)
{
	int32_t west;

	*rule = (struct zone_rule){ 0 };
	if (!skip_name(&s) || !read_time(&s, 24, &west))
		return false;
	rule->standard = rule->summer = -west;
	if (s.len == 0)
		return true;
	rule->has_summer = true;
	rule->summer = rule->standard + 3600;
	if (!skip_name(&s))
		return false;
	if (s.len && s.ptr[0] != ',') {
		if (!read_time(&s, 24, &west))
			return false;
		rule->summer = -west;
	}
	return read_change(&s, &rule->start) && read_change(&s, &rule->end) &&
	       s.len == 0;
}

static int64_t week_day(int year, const struct zone_change *c)
{
	int64_t first = civil_days(year, c->month, 1);
	int weekday = civil_weekday(first * US_DAY);
	int64_t day = first + (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
	int64_t next = c->month == 12 ? civil_days(year + 1, 1, 1)
	                              : civil_days(year, c->month + 1, 1);

	return day < next ? day : day - 7; /* week 5 is the last one */
}

/* Seconds since 1970 on the wall clock when C happens in YEAR. */
static int64_t change_at(int year, const struct zone_change *c)
{
	int64_t days = 0;

	switch (c->kind) {
	case ZONE_DAY_JULIAN:
		days = civil_days(year, 1, 1) + c->day - 1 +
		       (civil_is_leap(year) && c->day > 59);
		break;
	case ZONE_DAY_NUMBER:
		days = civil_days(year, 1, 1) + c->day;
		break;
	case ZONE_DAY_WEEK:
		days = week_day(year, c);
		break;
	}
	return days * 86400 + c->time;
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t seconds)
{
	struct civil c;
	int64_t start, end;
	bool summer;

	if (!rule->has_summer)
		return rule->standard;
	civil_of((seconds + rule->standard) * US_SECOND, &c);
	start = change_at(c.year, &rule->start) - rule->standard;
	end = change_at(c.year, &rule->end) - rule->summer;
	summer = start < end ? seconds >= start && seconds < end
	                     : seconds >= start || seconds < end;
	return summer ? rule->summer : rule->standard;
}
