/* SPDX-License-Identifier: MIT */
/* The Senders pane: a row per envelope sender. */
#include "views/people.h"

static const struct list_column columns[] = {
	PEOPLE_COLUMN_COUNT,
	PEOPLE_COLUMN_PERCENT,
	{ .shape = { .title = "sender", .min = 18, .want = 40,
	             .cut = TEXT_CUT_ADDRESS },
	  .min_narrow = 18, .column = "from", .field = "from",
	  .print = people_print_name },
	PEOPLE_COLUMN_OVER_TIME,
	PEOPLE_COLUMNS_OUTCOMES,
	PEOPLE_COLUMNS_SEEN,
	{ .shape = { .title = NULL } },
};

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	return people_detail(r, n, "envelope sender", out);
}

static const struct list_unit other_units[] = {
	{ UNIT_RECIPIENTS, NULL, "Messages", "its recipients" },
	{ UNIT_ATTEMPTS, NULL, "Events", "its answers" },
	{ .unit = UNIT_COUNT },
};

static const struct list list = {
	.columns = columns,
	.column = 2,
	.sort = "count",
	.descending = true,
	.groups = { "from" },
	.counted = UNIT_MESSAGES,
	.units = other_units,
	.bars = 24,
	.opens = "Messages",
	.nothing = "No message is in this case.",
	.detail = detail,
	.detail_rows = 3,
};

const struct view view_senders = {
	.name = "Senders",
	.brief = "Send",
	.digit = '4',
	.unit = UNIT_MESSAGES,
	.list = &list,
	.legend = people_legend,
	LIST_HOOKS,
};
