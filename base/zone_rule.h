/* SPDX-License-Identifier: MIT */
/* The POSIX TZ string at the end of a TZif file: what holds after its last
 * transition. Only zone.c needs it. */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include "base/slice.h"

enum zone_day {
	ZONE_DAY_JULIAN, /* Jn: 1..365, 29 February is never counted */
	ZONE_DAY_NUMBER, /* n: 0..365 */
	ZONE_DAY_WEEK,   /* Mm.w.d */
};

struct zone_change {
	enum zone_day kind;
	int month, week, day;
	int32_t time; /* seconds of the wall clock; -167 h to 167 h */
};

struct zone_rule {
	int32_t standard, summer; /* seconds east of UTC */
	bool has_summer;
	struct zone_change start, end; /* of summer time */
};

/* "CET-1CEST,M3.5.0,M10.5.0/3" with the extensions of RFC 8536 §3.3.1. */
bool zone_rule_parse(struct slice s, struct zone_rule *rule);
/* Seconds east of UTC at SECONDS since 1970. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t seconds);

#endif
