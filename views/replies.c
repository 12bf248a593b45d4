/* SPDX-License-Identifier: MIT */
/* The Replies pane: a row per code, enhanced code and who said it. */
#include "views/list.h"

#include "views/reply_meaning.h"

static bool is_answer(const struct list_row *r)
{
	return list_text(r, "code").ptr || list_text(r, "dsn").ptr;
}

static void print_code(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	list_add_or(out, list_text(r, c->column),
	            theme_sign(r->theme, SIGN_DASH));
}

/* "edge +2": one of the values of a field, and how many there are beside it. */
static void add_example(const struct list_row *r, const char *name,
                        const char *values, struct strbuf *out)
{
	int64_t n = list_number(r, values);

	strbuf_add_slice(out, list_text(r, name));
	if (n > 1) {
		strbuf_add_str(out, " +");
		text_add_number(out, n - 1);
	}
}

/* Why there is no answer is what the line reports, if it is one thing. */
static void add_none(const struct list_row *r, struct strbuf *out)
{
	struct slice action = list_text(r, "action");

	if (list_number(r, "action_values") == 1)
		strbuf_addf(out, "(none: %.*s)", SLICE_FMT(action));
	else
		strbuf_add_str(out, "(none)");
}

static const char *meaning(const struct list_row *r)
{
	return reply_meaning(list_number(r, "code"), list_text(r, "dsn"));
}

static void print_meaning(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out)
{
	(void)c;
	if (!is_answer(r))
		add_none(r, out);
	else
		strbuf_add_str(out, meaning(r) ? meaning(r) : "not known");
}

/* Without a name it was the server that wrote the line. */
static void print_said_by(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out)
{
	if (list_text(r, c->column).ptr || !is_answer(r) ||
	    !list_text(r, "server").ptr)
		list_add_or(out, list_text(r, c->column),
		            theme_sign(r->theme, SIGN_DASH));
	else
		add_example(r, "server", "server_values", out);
}

static enum tone tone_class(const struct list_row *r)
{
	switch (reply_class(list_number(r, "code"), list_text(r, "dsn"))) {
	case '2': return TONE_GOOD;
	case '4': return TONE_WAIT;
	case '5': return TONE_BAD;
	case 0: return TONE_UNSURE;
	default: return TONE_NORMAL;
	}
}

static const struct list_column columns[] = {
	{ .shape = { .title = "count", .min = 9, .want = 9, .right = true },
	  .min_narrow = 9, .column = "count", .print = list_print_number,
	  .counts = "", .is_count = true },
	{ .shape = { .title = "%", .min = 5, .want = 5, .drop = 2,
	             .right = true },
	  .column = "percent", .print = list_print_percent },
	{ .shape = { .title = "code", .min = 4, .want = 4, .right = true },
	  .column = "code", .field = "code", .print = print_code,
	  .tone = tone_class },
	{ .shape = { .title = "dsn", .min = 6, .want = 6, .drop = 1 },
	  .column = "dsn", .field = "dsn", .print = print_code,
	  .tone = tone_class },
	{ .shape = { .title = "meaning", .min = 21, .want = 26, .drop = 4 },
	  .print = print_meaning },
	{ .shape = { .title = "said by", .min = 15, .want = 20, .drop = 3,
	             .cut = TEXT_CUT_MIDDLE },
	  .min_narrow = 10, .column = "said_by", .field = "said_by",
	  .print = print_said_by },
	{ .shape = { .title = "over time", .min = 12, .want = 12, .drop = 5 },
	  .want_wide = 24, .print = list_print_over_time },
	{ .shape = { .title = "reply", .min = 20, .want = TABLE_REST,
	             .drop = 6 },
	  .column = "reply", .field = "reply" },
	{ .shape = { .title = NULL } },
};

/* Detail ------------------------------------------------------------------- */

/* "550 5.1.1 * user unknown (* varies; one of 7 texts)" */
static void add_text(const struct list_row *r, struct strbuf *out)
{
	struct slice reply = list_text(r, "reply");
	int64_t n = list_number(r, "reply_values");

	if (!reply.ptr) {
		strbuf_add_str(out, "no text is logged");
		return;
	}
	if (n > 1) {
		text_add_number(out, n);
		strbuf_add_str(out, " texts, one is: ");
	}
	strbuf_add_slice(out, reply);
	if (slice_chr(reply, '*') != SLICE_NONE)
		strbuf_add_str(out, " (* varies)");
}

/* An answer to a client; what a server says of its own delivery is not. */
static bool is_at_the_door(const struct list_row *r)
{
	static const char *const actions[] = { "reject", "tempfail",
		                               "auth_fail", "auth_ok",
		                               "accept" };
	struct slice action = list_text(r, "action");

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (slice_eq(action, slice_str(actions[i])))
			return true;
	return false;
}

static void add_who(const struct list_row *r, struct strbuf *out)
{
	struct slice said_by = list_text(r, "said_by");
	bool known = list_text(r, "server").ptr;

	if (said_by.ptr) {
		strbuf_addf(out, "said by %.*s", SLICE_FMT(said_by));
		strbuf_add_str(out, known ? " to " : "");
	} else if (known) {
		strbuf_add_str(out, is_answer(r) ? "said by " : "logged by ");
	} else {
		strbuf_add_str(out, "said by the server that logged it");
	}
	if (known)
		add_example(r, "server", "server_values", out);
	if (said_by.ptr || !is_answer(r))
		return;
	if (list_number(r, "action_values") == 1 && known)
		strbuf_add_str(out, is_at_the_door(r) ? " itself, to its client"
		                                      : " itself");
}

static void add_unit(const struct list_row *r, struct strbuf *out)
{
	switch ((int)list_counted(r->step)) {
	case UNIT_ATTEMPTS:
		strbuf_add_str(out, "Every answer counts, also of retries; "
		                    "U counts recipients");
		break;
	case UNIT_RECIPIENTS:
		strbuf_add_str(out, "The final answer of each recipient; "
		                    "U counts messages");
		break;
	default:
		strbuf_add_str(out, "Messages, by their recipients' final "
		                    "answers; U counts attempts");
	}
}

static void add_codes(const struct list_row *r, struct strbuf *out)
{
	int64_t code = list_number(r, "code");
	struct slice dsn = list_text(r, "dsn");
	char class = reply_class(code, dsn);
	const char *by_code = reply_code_meaning(code);
	const char *by_dsn = reply_dsn_meaning(dsn, class);

	if (code)
		strbuf_addf(out, "%lld  %s    ", (long long)code,
		            by_code ? by_code : "not in the standards");
	if (dsn.ptr)
		strbuf_addf(out, "%.*s  %s    ", SLICE_FMT(dsn),
		            by_dsn ? by_dsn : "no more than its class");
	if (class == '4' || class == '5')
		strbuf_add_str(out, class == '4' ? "for now" : "for good");
	if (reply_differs(code, dsn))
		strbuf_add_str(out, "    the two differ: the code counts");
}

static bool tall_detail(const struct list_row *r, int n, struct strbuf *out)
{
	switch (n) {
	case 0: add_text(r, out); return true;
	case 1: add_who(r, out); return true;
	case 2:
		if (is_answer(r)) {
			add_codes(r, out);
			return true;
		}
		/* fall through */
	case 3:
		if (n == 3 && !is_answer(r))
			return false;
		add_unit(r, out);
		return true;
	default: return false;
	}
}

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	if (r->look->tall)
		return tall_detail(r, n, out);
	if (n == 0)
		add_text(r, out);
	else if (n == 1) {
		add_who(r, out);
		strbuf_add_str(out, ". ");
		add_unit(r, out);
	}
	return n < 2;
}

static const struct list_unit other_units[] = {
	{ UNIT_RECIPIENTS, NULL, "Messages", "its recipients" },
	{ UNIT_MESSAGES, NULL, "Messages", "its messages" },
	{ .unit = UNIT_COUNT },
};

static const struct list list = {
	.columns = columns,
	.column = 2,
	.sort = "count",
	.descending = true,
	.groups = { "code", "dsn", "said_by" },
	.counted = UNIT_ATTEMPTS,
	.shown = { "reply", "server", "action" },
	.units = other_units,
	.bars = 24,
	.opens = "Events",
	.nothing = "No answer is in this case.",
	.detail = detail,
	.detail_rows = 4,
};

static const struct legend legend[] = {
	{ ACT_OPEN, "its events", "its events" },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_NOT, NULL, NULL },
	{ ACT_DROP_TERM, NULL, NULL },
	{ ACT_GROUP, "group", "group by" },
	{ ACT_UNIT, "unit", "unit" },
	{ ACT_CHART, "chart", "chart" },
	{ ACT_SORT, NULL, NULL },
	{ ACT_EXPORT, "export", "export" },
	{ ACT_COPY, NULL, NULL },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_replies = {
	.name = "Replies",
	.brief = "Repl",
	.digit = '7',
	.unit = UNIT_ATTEMPTS,
	.list = &list,
	.legend = legend,
	LIST_HOOKS,
};
