/* SPDX-License-Identifier: MIT */
/* Wanted logs (w): which servers' logs to ask for, for which time and ids; and what
 * is missing or contradictory of a message or of such a server. */
#include "views/list.h"

static void add_time(const struct list_row *r, const char *column,
                     struct strbuf *out)
{
	struct times times = r->look->times;

	if (times.mode == TIMES_LOGGED || times.mode == TIMES_CORRECTED)
		times.mode = TIMES_UTC;
	if (!list_text(r, column).ptr)
		strbuf_add_str(out, "?");
	else
		times_add(&times, list_number(r, column), 0, out);
}

static void print_name(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	struct slice name = list_text(r, "wanted"), ip = list_text(r, "ip");

	(void)c;
	list_add_or(out, name, "(no name)");
	if (ip.len)
		strbuf_addf(out, " [%.*s]", SLICE_FMT(ip));
}

#define DATE 11 /* with the blank behind it */

static void print_interval(const struct list_row *r, const struct list_column *c,
                           struct strbuf *out)
{
	(void)c;
	size_t start = out->len;
	struct strbuf to = { 0 };
	struct slice end, from;

	add_time(r, "from_utc", out);
	from = slice_from(strbuf_slice(out), start);
	add_time(r, "to_utc", &to);
	end = strbuf_slice(&to);
	/* the date once: "2026-03-10 09:16:21 … 09:22:21" */
	if (end.len > DATE && slice_eq(slice_to(from, DATE), slice_to(end, DATE)))
		end = slice_from(end, DATE);
	strbuf_add_str(out, " … ");
	strbuf_add_slice(out, end);
	strbuf_release(&to);
}

#define WANTED_NAME                                                          \
	{ .shape = { .title = "server", .min = 16, .want = 44,               \
	             .cut = TEXT_CUT_END }, .column = "wanted",              \
	  .field = "wanted", .print = print_name }
#define WANTED_INTERVAL                                                      \
	{ .shape = { .title = "from … to", .min = 41, .want = 41, .drop = 3 }, \
	  .column = "from_utc", .print = print_interval }

static const struct list_column wanted_columns[] = {
	WANTED_NAME,
	WANTED_INTERVAL,
	{ .shape = { .title = "messages", .min = 8, .want = 8, .right = true },
	  .column = "messages", .print = list_print_number },
	{ .shape = { .title = "why", .min = 10, .want = 40, .drop = 2 },
	  .column = "why" },
	{ .shape = { .title = NULL } },
};

/* "ask mx.third.example [192.0.2.7] for 2026-03-10 09:15:26 … 09:21:26 UTC" fits
 * into 80 columns with the row's number. */
static void add_request(const struct list_row *r, struct strbuf *out)
{
	strbuf_add_str(out, "ask ");
	print_name(r, NULL, out);
	strbuf_add_str(out, " for ");
	print_interval(r, NULL, out);
	strbuf_addf(out, " %s", r->look->times.mode == TIMES_OWN
	                                ? times_name(&r->look->times)
	                                : "UTC");
}

static bool wanted_detail(const struct list_row *r, int n, struct strbuf *out)
{
	switch (n) {
	case 0: add_request(r, out); return true;
	case 1:
		strbuf_add_str(out, "ids there: ");
		list_add_or(out, list_text(r, "queue_ids"), "(none are known)");
		return true;
	case 2:
		list_add_or(out, list_text(r, "why"), "");
		strbuf_add_str(out, "; clocks and their uncertainty are in the "
		                    "interval");
		return true;
	default: return false;
	}
}

static const struct list wanted_list = {
	.columns = wanted_columns,
	.sort = "messages",
	.descending = true,
	.opens = VIEW_NAME_MISSING,
	.opens_field = "wanted",
	.opens_column = "wanted",
	.nothing = "Nothing is wanted: every handoff leads to a log of this case.",
	.detail = wanted_detail,
	.detail_rows = 3,
	.strip_of_events = true,
};

/* Both panes have the same keys but for what Enter opens. */
#define LEGEND(opens, opens_wide)                                            \
	{                                                                    \
		{ ACT_OPEN, opens, opens_wide },                             \
		{ ACT_COPY, NULL, NULL },                                    \
		{ ACT_SORT, NULL, NULL },                                    \
		{ ACT_FIELDS, "all fields", "all fields" },                  \
		{ ACT_EXPORT, NULL, NULL },                                  \
		{ ACT_BACK, "back", "back" },                                \
		{ ACT_HELP, NULL, NULL },                                    \
		{ ACT_NONE, NULL, NULL },                                    \
	}

static const struct legend wanted_legend[] =
	LEGEND("what is missing", "what is missing there");

const struct view view_wanted = {
	.name = VIEW_NAME_WANTED,
	.brief = "Want",
	.unit = UNIT_WANTED,
	.list = &wanted_list,
	.legend = wanted_legend,
	LIST_HOOKS,
};

static const struct list_column missing_columns[] = {
	{ .shape = { .title = "kind", .min = 8, .want = 17 },
	  .column = "kind", .field = "kind" },
	WANTED_NAME,
	{ .shape = { .title = "queue id", .min = 11, .want = 17,
	             .cut = TEXT_CUT_MIDDLE }, .column = "queue_id",
	  .field = "qid" },
	WANTED_INTERVAL,
	{ .shape = { .title = "said by", .min = 7, .want = 12, .drop = 2 },
	  .column = "server", .field = "server" },
	{ .shape = { .title = "why", .min = 10, .want = 50, .drop = 4 },
	  .column = "why" },
	{ .shape = { .title = NULL } },
};

static bool missing_detail(const struct list_row *r, int n, struct strbuf *out)
{
	switch (n) {
	case 0: add_request(r, out); return true;
	case 1:
		list_add_or(out, list_text(r, "kind"), "?");
		if (list_text(r, "queue_id").len)
			strbuf_addf(out, ", id there %.*s",
			            SLICE_FMT(list_text(r, "queue_id")));
		strbuf_add_str(out, ": ");
		list_add_or(out, list_text(r, "why"), "?");
		strbuf_add_str(out, ", says the log of ");
		list_add_or(out, list_text(r, "server"), "?");
		return true;
	case 2:
		strbuf_add_str(out, "searched: ");
		list_add_or(out, list_text(r, "searched"), "(no log to search)");
		return true;
	default: return false;
	}
}

static const struct list missing_list = {
	.columns = missing_columns,
	.sort = "from_utc",
	.opens = VIEW_NAME_TRACE,
	.nothing = "Nothing is missing, and no two logs contradict each other.",
	.detail = missing_detail,
	.detail_rows = 3,
	.strip_of_events = true,
};

static const struct legend missing_legend[] = LEGEND("trace", "trace");

const struct view view_missing = {
	.name = VIEW_NAME_MISSING,
	.brief = "Miss",
	.unit = UNIT_MISSING,
	.list = &missing_list,
	.legend = missing_legend,
	LIST_HOOKS,
};
