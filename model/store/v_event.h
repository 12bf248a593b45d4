/* SPDX-License-Identifier: MIT */
/* v_event: lines as rows, a virtual table that parses only what is asked for.
 * Columns are those of DESIGN.md §4, and hidden ones for the engine: time_us
 * (the time as a number), hidden (1: probe or copy) and candidates (equal to a
 * pointer to struct candidates: which transactions may be meant). */
#ifndef MODEL_STORE_V_EVENT_H
#define MODEL_STORE_V_EVENT_H

#include "model/store/engine.h"

struct sqlite3;

/* Makes it known to DB, which may be another program's connection to the case of
 * E. DONE, if not NULL, gets E when DB is closed. The result is SQLite's. */
int v_event_register(struct engine *e, struct sqlite3 *db,
                     void (*done)(void *engine));

#endif
