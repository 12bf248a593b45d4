/* SPDX-License-Identifier: MIT */
/* The Recipients pane: a row per address that mail was for. */
#include "views/people.h"

static const struct list_column columns[] = {
	PEOPLE_COLUMN_COUNT,
	PEOPLE_COLUMN_PERCENT,
	{ .shape = { .title = "recipient", .min = 18, .want = 40,
	             .cut = TEXT_CUT_ADDRESS },
	  .min_narrow = 18, .column = "to", .field = "to",
	  .print = people_print_name },
	PEOPLE_COLUMN_OVER_TIME,
	PEOPLE_COLUMNS_OUTCOMES,
	PEOPLE_COLUMNS_SEEN,
	{ .shape = { .title = NULL } },
};

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	return people_detail(r, n, "recipient", out);
}

static const struct list_unit other_units[] = {
	{ UNIT_MESSAGES, NULL, "Messages", "its messages" },
	{ UNIT_ATTEMPTS, NULL, "Events", "its answers" },
	{ .unit = UNIT_COUNT },
};

static const struct list list = {
	.columns = columns,
	.column = 2,
	.sort = "count",
	.descending = true,
	.groups = { "to" },
	.counted = UNIT_RECIPIENTS,
	.units = other_units,
	.bars = 24,
	.opens = "Messages",
	.nothing = "No recipient is in this case.",
	.detail = detail,
	.detail_rows = 3,
};

const struct view view_recipients = {
	.name = "Recipients",
	.brief = "Rcpt",
	.digit = '5',
	.unit = UNIT_RECIPIENTS,
	.list = &list,
	.legend = people_legend_recipients,
	LIST_HOOKS,
};
