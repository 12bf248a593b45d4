/* SPDX-License-Identifier: MIT */
/* Time zones read from TZif files (RFC 8536), never through TZ and libc.
 * Immutable once made, so that threads may share one. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/err.h"
#include "base/strbuf.h"

struct zone; /* opaque; zone_free */

/* NAME: an IANA name ("Europe/Berlin", looked up in the system's zoneinfo),
 * "UTC", "Z", or a fixed offset "+01:00", "-0500". NULL and ERR filled if it is
 * none of them. */
struct zone *zone_new(struct slice name, struct err *err);
struct zone *zone_fixed(int32_t offset_seconds);
void zone_free(struct zone *z);
const char *zone_name(const struct zone *z); /* as given; "UTC"; "+01:00" */
bool zone_is_fixed(const struct zone *z);

/* Seconds east of UTC at the instant US. */
int32_t zone_offset_at(const struct zone *z, int64_t us);
/* UTC of the wall time LOCAL (us as if UTC). In the repeated hour of autumn the
 * earlier instant unless LATER; in the hole of spring as if the old offset went
 * on. *AMBIGUOUS, if not NULL, tells of either. */
int64_t zone_to_utc(const struct zone *z, int64_t local, bool later,
                    bool *ambiguous);

#endif
