/* SPDX-License-Identifier: MIT */
/* What the panes have in common whose rows are somebody: senders, recipients,
 * hosts. */
#ifndef VIEWS_PEOPLE_H
#define VIEWS_PEOPLE_H

#include "views/list.h"

#define PEOPLE_COLUMN_COUNT                                                  \
	{ .shape = { .title = "count", .min = 9, .want = 9, .right = true }, \
	  .min_narrow = 9, .column = "count", .print = list_print_number,    \
	  .counts = "", .is_count = true }
#define PEOPLE_COLUMN_PERCENT                                        \
	{ .shape = { .title = "%", .min = 5, .want = 5, .drop = 2,   \
	             .right = true },                                \
	  .column = "percent", .print = list_print_percent }
/* An outcome; of attempts the actions that mean it. */
#define PEOPLE_OUTCOME(heading, name, actions, rank)                      \
	{ .shape = { .title = heading, .min = 6, .want = 7, .drop = rank, \
	             .right = true },                                     \
	  .column = name, .print = list_print_number,                     \
	  .counts = "outcome:" name, .counts_attempts = "action:" actions }
#define PEOPLE_COLUMNS_OUTCOMES                                             \
	PEOPLE_OUTCOME("deliv.", "delivered", "deliver", 4),                \
	PEOPLE_OUTCOME("relay", "relayed", "relay", 6),                     \
	PEOPLE_OUTCOME("delay", "delayed", "defer", 3),                     \
	PEOPLE_OUTCOME("block", "blocked",                                  \
	               "reject,tempfail,discard,quarantine,hold,bounce,"    \
	               "expire", 1),                                        \
	{ .shape = { .title = "refus.", .min = 6, .want = 7, .drop = 8,     \
	             .right = true },                                       \
	  .column = "refused", .print = list_print_number,                  \
	  .counts = "is:refused", .units = UNIT_BIT(UNIT_MESSAGES) }
#define PEOPLE_COLUMN_OVER_TIME                                   \
	{ .shape = { .title = "over time", .min = 12, .want = 12, \
	             .drop = 7 },                                 \
	  .want_wide = 24, .print = list_print_over_time }
#define PEOPLE_COLUMNS_SEEN                                                  \
	{ .shape = { .title = "last seen", .min = 11, .want = 16, .drop = 9 }, \
	  .column = "last", .print = people_print_time },                    \
	{ .shape = { .title = "first seen", .min = 11, .want = 16,           \
	             .drop = 10 },                                           \
	  .column = "first", .print = people_print_time }

/* All columns of a pane whose rows are addresses of one field. */
#define PEOPLE_COLUMNS_OF(heading, name)                                    \
	PEOPLE_COLUMN_COUNT, PEOPLE_COLUMN_PERCENT,                         \
	{ .shape = { .title = heading, .min = 18, .want = 40,               \
	             .cut = TEXT_CUT_ADDRESS },                             \
	  .min_narrow = 18, .column = name, .field = name,                  \
	  .print = people_print_name },                                     \
	PEOPLE_COLUMN_OVER_TIME, PEOPLE_COLUMNS_OUTCOMES,                   \
	PEOPLE_COLUMNS_SEEN, { .shape = { .title = NULL } }
/* What the lists have in common. */
#define PEOPLE_LIST                                                         \
	.sort = "count", .descending = true, .bars = 24,                    \
	.opens = "Messages", .detail_rows = 3

/* The value of the row, "(none)" where it is not logged. */
void people_print_name(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out);
/* Month, day and minute; with the year where there is room. */
void people_print_time(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out);
/* Line N of the detail; WHAT is what the row is: "envelope sender". */
bool people_detail(const struct list_row *r, int n, const char *what,
                   struct strbuf *out);

/* What U goes on to where rows count messages. */
extern const struct list_unit people_units[];
extern const struct legend people_legend[], people_legend_recipients[];

#endif
