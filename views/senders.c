/* SPDX-License-Identifier: MIT */
/* The Senders pane: a row per envelope sender. */
#include "views/people.h"

static const struct list_column columns[] = {
	PEOPLE_COLUMNS_OF("sender", "from"),
};

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	return people_detail(r, n, "envelope sender", out);
}

static const struct list list = {
	.columns = columns,
	.column = 2,
	.groups = { "from" },
	.counted = UNIT_MESSAGES,
	.units = people_units,
	.nothing = "No message is in this case.",
	.detail = detail,
	PEOPLE_LIST,
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
