/* SPDX-License-Identifier: MIT */
/* Times as log lines write them. Each function reads one at the start of S and
 * returns the bytes that it takes, 0 if none stands there. */
#ifndef PARSERS_STAMP_H
#define PARSERS_STAMP_H

#include "parsers/record.h"

/* "Feb  3 01:01:12", "Feb 3 2014 01:01:12.123" */
size_t stamp_bsd(struct slice s, struct stamp *t);

/* "2026-03-14T09:15:02.318204+01:00", with T or one blank, '.' or ',' before a
 * fraction of any length, zone Z, +hh:mm, +hhmm or none; also
 * "2020:07:18-16:56:31". */
size_t stamp_iso(struct slice s, struct stamp *t);
/* " +0100" behind the time that T was read from: takes it into T unless that has
 * a zone. */
size_t stamp_zone_behind(struct slice s, struct stamp *t);

/* "Mon Aug 10 09:56:56 2020" */
size_t stamp_asctime(struct slice s, struct stamp *t);

/* "20-Oct-2020 14:56:10 +0100" */
size_t stamp_day_first(struct slice s, struct stamp *t);

/* "3/14/2026 9:15:02 AM", "14.03.2026 09:15:02", "14/03/2026 09:15": as
 * spreadsheets and shells of Windows write. DAY_FIRST settles what the numbers
 * leave open. */
size_t stamp_local(struct slice s, bool day_first, struct stamp *t);
/* 1 if the day must stand first in S, -1 the month, 0 if either could. */
int stamp_local_order(struct slice s);

#endif
