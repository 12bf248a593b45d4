/* SPDX-License-Identifier: MIT */
/* "550 5.1.1 User unknown": an answer of SMTP, as several formats quote it. */
#ifndef PARSERS_ANSWER_H
#define PARSERS_ANSWER_H

#include "parsers/event.h"

/* Sets code and dsn from the front of S, each if it is there. The class, 2, 4
 * or 5 (3: go on), of the code, else of the dsn; 0 if neither is there. */
int event_set_answer(struct event *e, struct slice s);

#endif
