/* SPDX-License-Identifier: MIT */
/* Times in the zone that is shown. */
#include "views/view.h"

#include "base/civil.h"

static int32_t offset_of(const struct times *t, int64_t us)
{
	return t->mode == TIMES_OWN && t->zone ? zone_offset_at(t->zone, us)
	                                       : 0;
}

void times_add(const struct times *t, int64_t us, int digits,
               struct strbuf *out)
{
	struct civil c;

	if (us == TIME_NONE)
		return;
	civil_of(us + (int64_t)offset_of(t, us) * US_SECOND, &c);
	strbuf_addf(out, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month,
	            c.day, c.hour, c.minute, c.second);
	if (digits == 3)
		strbuf_addf(out, ".%03d", c.us / 1000);
	else if (digits == 1)
		strbuf_addf(out, ".%d", c.us / 100000);
	else if (digits == 6)
		strbuf_addf(out, ".%06d", c.us);
}

const char *times_name(const struct times *t)
{
	switch (t->mode) {
	case TIMES_UTC: return "UTC";
	case TIMES_OWN: return t->zone ? zone_name(t->zone) : "UTC";
	case TIMES_LOGGED: return "as logged";
	case TIMES_CORRECTED: return "UTC, corrected";
	}
	return "UTC";
}
