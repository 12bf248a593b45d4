/* SPDX-License-Identifier: MIT */
/* v_event: lines as rows, a virtual table that parses only what is asked for.
 * Columns are those of DESIGN.md §4, and hidden ones for the engine: time_us
 * (the time as a number), hidden (1: probe or copy) and candidates (equal to a
 * pointer to struct candidates: which transactions may be meant). */
#ifndef MODEL_STORE_V_EVENT_H
#define MODEL_STORE_V_EVENT_H

#include "model/store/engine.h"

void v_event_register(struct engine *e);

#endif
