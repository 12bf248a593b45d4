/* SPDX-License-Identifier: MIT */
/* Rows of any list, grouped by up to three fields (b). */
#include "views/people.h"

static void print_value(const struct list_row *r, const struct list_column *c,
                        struct strbuf *out)
{
	list_add_or(out, list_text(r, list_column_name(r->step, c)), "(none)");
}

static void value(const struct list_row *r, const struct list_column *c,
                  struct strbuf *out)
{
	strbuf_add_slice(out, list_text(r, list_column_name(r->step, c)));
}

#define GROUP(n)                                                              \
	{ .shape = { .title = "group", .min = 12, .want = 36, .drop = n - 1,  \
	             .cut = TEXT_CUT_MIDDLE },                                \
	  .min_narrow = 8, .group = n, .print = print_value, .value = value }

static const struct list_column columns[] = {
	PEOPLE_COLUMN_COUNT,
	PEOPLE_COLUMN_PERCENT,
	GROUP(1),
	GROUP(2),
	GROUP(3),
	PEOPLE_COLUMN_OVER_TIME,
	PEOPLE_COLUMNS_OUTCOMES,
	PEOPLE_COLUMNS_SEEN,
	{ .shape = { .title = NULL } },
};

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	const struct step *s = r->step;

	if (n == 0)
		for (size_t i = 0; i < s->ngroups; i++) {
			strbuf_addf(out, "%s%s  ", i ? "    " : "",
			            s->groups[i]->name);
			list_add_or(out, list_text(r, s->groups[i]->name),
			            "(none)");
		}
	else if (n == 1)
		people_detail(r, n, s->ngroups > 1 ? "combination" : "value",
		              out);
	return n < 2;
}

static const struct list_unit other_units[] = {
	{ UNIT_RECIPIENTS, NULL, "Messages", "its recipients" },
	{ UNIT_ATTEMPTS, NULL, "Events", "its answers" },
	{ UNIT_EVENTS, NULL, "Events", "its events" },
	{ .unit = UNIT_COUNT },
};

static const struct list list = {
	.columns = columns,
	.column = 2,
	.sort = "count",
	.descending = true,
	.counted = UNIT_MESSAGES,
	.units = other_units,
	.bars = 24,
	.opens = "Messages",
	.nothing = "There is nothing to group.",
	.detail = detail,
	.detail_rows = 2,
};

const struct view view_groups = {
	.name = VIEW_NAME_GROUPS,
	.brief = VIEW_NAME_GROUPS,
	.unit = UNIT_MESSAGES,
	.list = &list,
	.legend = people_legend,
	LIST_HOOKS,
};
