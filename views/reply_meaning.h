/* SPDX-License-Identifier: MIT */
/* What reply codes (RFC 5321, 4954) and enhanced codes (RFC 3463, 5248, 7372,
 * 7505) say. */
#ifndef VIEWS_REPLY_MEANING_H
#define VIEWS_REPLY_MEANING_H

#include "base/slice.h"

/* '2', '3', '4', '5' of an answer; 0: it has none. CODE 0 and an absent DSN are
 * not there. The code's class counts where the two differ. */
char reply_class(int64_t code, struct slice dsn);
bool reply_differs(int64_t code, struct slice dsn);

/* Both in at most 21 cells: "no such mailbox". NULL: there is no answer. */
const char *reply_meaning(int64_t code, struct slice dsn);
/* Of one alone; NULL: not known. */
const char *reply_code_meaning(int64_t code);
const char *reply_dsn_meaning(struct slice dsn, char class);

#endif
