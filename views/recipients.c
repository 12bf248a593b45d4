/* SPDX-License-Identifier: MIT */
/* The Recipients pane: a row per address that mail was for. */
#include "views/people.h"

static const struct list_column columns[] = {
	PEOPLE_COLUMNS_OF("recipient", "to"),
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
	.groups = { "to" },
	.counted = UNIT_RECIPIENTS,
	.units = other_units,
	.nothing = "No recipient is in this case.",
	.detail = detail,
	PEOPLE_LIST,
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
