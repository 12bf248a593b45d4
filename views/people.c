/* SPDX-License-Identifier: MIT */
/* Rows that are somebody: their cells, detail and legend. */
#include "views/people.h"

void people_print_name(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	struct slice name = list_text(r, c->column);

	list_add_or(out, name, "(none)");
	if (slice_eq(name, SLICE("<>")))
		strbuf_add_str(out, " null sender");
}

void people_print_time(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	struct strbuf full = { 0 };

	if (!list_text(r, c->column).ptr)
		return;
	times_add(&r->look->times, list_number(r, c->column), 0, &full);
	if (full.len >= 16 && r->width < 16)
		strbuf_add(out, full.ptr + 5, 11); /* 03-10 09:16 */
	else
		strbuf_add(out, full.ptr, full.len < 16 ? full.len : 16);
	strbuf_release(&full);
}

static void add_times(const struct list_row *r, struct strbuf *out)
{
	if (!list_text(r, "first").ptr)
		return;
	strbuf_add_str(out, "  first ");
	times_add(&r->look->times, list_number(r, "first"), 0, out);
	strbuf_add_str(out, ", last ");
	times_add(&r->look->times, list_number(r, "last"), 0, out);
}

bool people_detail(const struct list_row *r, int n, const char *what,
                   struct strbuf *out)
{
	const struct reply *all = step_reply(r->step, SLOT_COUNT_ROWS);
	const char *unit = units[list_counted(r->step)].name;

	if (n == 0) {
		list_add_or(out, r->result->cells[r->row * r->result->ncolumns]
		                         .text,
		            "(none)");
		add_times(r, out);
	} else if (n == 1) {
		text_add_number(out, list_number(r, "count"));
		if (all && all->ok && r->look->counted) {
			strbuf_add_str(out, " of ");
			text_add_number(out, (int64_t)all->count.n);
		}
		strbuf_addf(out, " %s have this %s", unit, what);
		if (list_number(r, "refused")) {
			strbuf_add_str(out, ", and ");
			text_add_number(out, list_number(r, "refused"));
			strbuf_add_str(out, " refused");
		}
	}
	return n < 2;
}

const struct list_unit people_units[] = {
	{ UNIT_RECIPIENTS, NULL, "Messages", "its recipients" },
	{ UNIT_ATTEMPTS, NULL, "Events", "its answers" },
	{ .unit = UNIT_COUNT },
};

const struct legend people_legend[] = {
	{ ACT_OPEN, "its messages", "its messages" },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_NOT, NULL, NULL },
	{ ACT_DOSSIER, "dossier", "dossier" },
	{ ACT_GROUP, "group", "group by" },
	{ ACT_UNIT, "unit", "unit" },
	{ ACT_SORT, NULL, NULL },
	{ ACT_DROP_TERM, NULL, NULL },
	{ ACT_EXPORT, "export", "export" },
	{ ACT_COPY, NULL, NULL },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct legend people_legend_recipients[] = {
	{ ACT_OPEN, "its recipients", "its recipients" },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_NOT, NULL, NULL },
	{ ACT_DOSSIER, "dossier", "dossier" },
	{ ACT_GROUP, "group", "group by" },
	{ ACT_UNIT, "unit", "unit" },
	{ ACT_SORT, NULL, NULL },
	{ ACT_DROP_TERM, NULL, NULL },
	{ ACT_EXPORT, "export", "export" },
	{ ACT_COPY, NULL, NULL },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};
