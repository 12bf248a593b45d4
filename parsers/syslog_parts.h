/* SPDX-License-Identifier: MIT */
/* Messages that their writer cut into several syslog lines become one record. */
#ifndef PARSERS_SYSLOG_PARTS_H
#define PARSERS_SYSLOG_PARTS_H

#include "parsers/framing.h"

/* R is the line at the start of BYTES: takes into it the lines that go on with
 * its message. CUT_MORE if the next one is not there yet, else CUT_RECORD. */
enum cut syslog_join_parts(const struct layout *l, struct slice bytes, bool last,
                           struct record *r);

/* Peels a record of several such lines: its body is the whole message. If the
 * last part says that it goes on, it is marked RECORD_SPLIT. False: its lines are
 * no parts. */
bool syslog_peel_parts(struct record *r, struct arena *arena);

#endif
