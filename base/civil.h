/* SPDX-License-Identifier: MIT */
/* Calendar arithmetic without time zones, locale or the C library's clock.
 * Instants are microseconds since 1970-01-01 00:00:00 UTC. */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include "base/strbuf.h"

#define US_SECOND INT64_C(1000000)
#define US_MINUTE (60 * US_SECOND)
#define US_HOUR (60 * US_MINUTE)
#define US_DAY (24 * US_HOUR)
#define TIME_NONE INT64_MIN /* "not known" */

struct civil {
	int year;         /* e.g. 2026 */
	int month, day;   /* 1..12, 1..31 */
	int hour, minute, second; /* second may be 60 as written */
	int us;           /* 0..999999 */
};

int64_t civil_days(int year, int month, int day); /* since 1970-01-01 */
int64_t civil_us(const struct civil *c);
void civil_of(int64_t us, struct civil *c);
bool civil_is_leap(int year);
int civil_weekday(int64_t us); /* 0 = Sunday */

/* "2026-03-14T09:15:02.318204Z": the one form of the public views. Nothing is
 * added for TIME_NONE, here and below. */
void civil_add_iso(struct strbuf *out, int64_t us);
/* With OFFSET seconds east of UTC instead: "2026-03-14 10:15:02+01:00";
 * DIGITS of the fraction, 0, 3 or 6. */
void civil_add_local(struct strbuf *out, int64_t us, int32_t offset, int digits);
/* "+01:00", "-05:00". */
void civil_add_offset(struct strbuf *out, int32_t seconds);

/* Reads ISO 8601: date, or date T or blank time, with hours alone, minutes,
 * seconds, fraction (digits behind the sixth are dropped), and a zone Z,
 * +hh:mm, +hhmm or +hh. All of S must be used. *OFFSET is in seconds; HAS_ZONE
 * tells whether one stood there. *US is the civil time as if it were UTC, less
 * the offset if there was one. *SPAN, if not NULL, becomes the length in us of
 * what S names ("2014-02" a month, "2014-02-03T01:01" a minute). A year alone
 * or a month alone is a date too. */
bool civil_parse(struct slice s, int64_t *us, int64_t *span, bool *has_zone,
                 int32_t *offset);

/* "1h", "90s", "5m", "2d", "1.5h", "250ms"; a bare number is seconds. */
bool duration_parse(struct slice s, int64_t *us);
void duration_add(struct strbuf *out, int64_t us); /* "1.4 s", "2 h 41 min" */

#endif
