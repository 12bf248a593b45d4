/* SPDX-License-Identifier: MIT */
/* What panes share that are no list: what they count, and what Enter opens.
 *
 * Such a pane draws what the frame leaves it, wants its parts in SLOT_PARTS + i,
 * and keeps its cursor in step->place, so that it is remembered. Filter bar,
 * strip, count, steps and the keys of the filter are the shell's. */
#ifndef VIEWS_PANE_H
#define VIEWS_PANE_H

#include "views/view.h"

/* The count of the step's rows and the strip. */
void pane_want_numbers(const struct step *s, struct wants *w);
/* A want in SLOT_PARTS + PART for rows of UNIT that are under the step's filter
 * and TERM ("" none). NULL: the filter gets too long. */
struct want *pane_want(const struct step *s, struct wants *w, int part,
                       enum request_kind kind, enum unit unit,
                       struct slice term);
/* The answer of a part, NULL: not yet, or it failed. */
const struct reply *pane_reply(const struct step *s, int part);
const struct result *pane_rows(const struct step *s, int part);
/* FILTER and TERM: rows of which both hold, also where they contradict. */
void pane_and(struct slice filter, struct slice term, struct strbuf *out);
/* The time that F leaves, half open; TIME_NONE: open. */
void pane_time_range(const struct filter *f, int64_t *from, int64_t *to);
/* "time:2026-03-10T06:00Z..2026-03-10T12:00Z", "time:2026-03-10T06Z" */
void pane_add_time(int64_t from, int64_t to, struct strbuf *out);
/* Opens it under FILTER. */
void pane_open(struct shell *sh, enum unit unit, struct slice filter,
               struct slice label);

#endif
