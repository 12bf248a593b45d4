/* SPDX-License-Identifier: MIT */
/* What the panes have in common whose rows are somebody: senders, recipients,
 * hosts. */
#ifndef VIEWS_PEOPLE_H
#define VIEWS_PEOPLE_H

#include "views/list.h"

#define PEOPLE_COLUMN_COUNT                                                  \
	{ .shape = { .title = "count", .min = 8, .want = 9, .right = true }, \
	  .min_narrow = 7, .column = "count", .print = list_print_number,    \
	  .counts = "" }
#define PEOPLE_COLUMN_PERCENT                                        \
	{ .shape = { .title = "%", .min = 5, .want = 5, .drop = 2,   \
	             .right = true },                                \
	  .column = "percent", .print = list_print_percent }
#define PEOPLE_OUTCOME(heading, name, filter, rank)                        \
	{ .shape = { .title = heading, .min = 6, .want = 7, .drop = rank,  \
	             .right = true },                                      \
	  .column = name, .print = list_print_number, .counts = filter }
#define PEOPLE_COLUMNS_REST                                                 \
	{ .shape = { .title = "over time", .min = 12, .want = 12,           \
	             .drop = 6 },                                           \
	  .want_wide = 24, .print = list_print_over_time },                 \
	PEOPLE_OUTCOME("deliv.", "delivered", "outcome:delivered", 4),      \
	PEOPLE_OUTCOME("relay", "relayed", "outcome:relayed", 5),           \
	PEOPLE_OUTCOME("delay", "delayed", "outcome:delayed", 3),           \
	PEOPLE_OUTCOME("block", "blocked", "outcome:blocked", 1)

/* The value of the row, "(none)" where it is not logged. */
void people_print_name(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out);
/* Line N of the detail; WHAT is what the row is: "envelope sender". */
bool people_detail(const struct list_row *r, int n, const char *what,
                   struct strbuf *out);

extern const struct legend people_legend[];

#endif
