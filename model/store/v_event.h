/* SPDX-License-Identifier: MIT */
/* v_event: lines as rows, a virtual table that parses only what is asked for.
 * Columns are those of DESIGN.md §4; event_id = source << 44 | line << 10 |
 * number of the event within its record. */
#ifndef MODEL_STORE_V_EVENT_H
#define MODEL_STORE_V_EVENT_H

#include "model/store/engine.h"

void v_event_register(struct engine *e);

#endif
