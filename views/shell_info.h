/* SPDX-License-Identifier: MIT */
/* What panes may ask about the case as a whole: bases of time, citations. */
#ifndef VIEWS_SHELL_INFO_H
#define VIEWS_SHELL_INFO_H

#include "views/view.h"

/* Neither written in the evidence nor given by the analyst. */
bool basis_is_assumed(struct slice basis);
/* So for every source of the case. */
bool look_year_is_assumed(const struct look *look);
bool look_zone_is_assumed(const struct look *look);
/* "+ tag phish, seen   note (ann) called the bank" of a row; false: nothing was
 * said of it. */
bool look_add_notes(const struct look *look, enum unit u, int64_t id,
                    struct strbuf *out);
/* "mail.log:14203". */
void look_add_citation(const struct look *look, uint32_t source, uint64_t line,
                       struct strbuf *out);

#endif
