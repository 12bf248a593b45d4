/* SPDX-License-Identifier: MIT */
/* The Messages pane: a row per journey. */
#include "views/list.h"

/* The worst first: a message of mixed fates shows its worst. */
static const char *const classes[] = { "failed",  "refused", "withheld",
	                               "delayed", "unknown", "relayed",
	                               "delivered" };
#define CLASSES (sizeof classes / sizeof *classes)

/* Rows are messages, or with U their recipients, each with its own outcome. */
static bool is_recipient(const struct list_row *r)
{
	return r->result->unit == UNIT_RECIPIENTS;
}

static const char *worst(const struct list_row *r, int64_t *n)
{
	struct slice outcome = list_text(r, "outcome");

	for (size_t i = 0; is_recipient(r) && i < CLASSES; i++)
		if (slice_eq(outcome, slice_str(classes[i]))) {
			*n = 1;
			return classes[i];
		}
	for (size_t i = 0; i < CLASSES; i++) {
		*n = list_number(r, classes[i]);
		if (*n > 0)
			return classes[i];
	}
	*n = 0;
	return "unknown";
}

static void print_sender(const struct list_row *r, const struct list_column *c,
                         struct strbuf *out)
{
	list_add_or(out, list_text(r, c->column), "(not logged)");
}

/* The filter holds of some of its recipients, not of all. */
static bool some_match(const struct list_row *r)
{
	return r->step->filter->nterms && list_text(r, "matching").ptr &&
	       list_number(r, "matching") < list_number(r, "recipients");
}

static void print_recipients(const struct list_row *r,
                             const struct list_column *c, struct strbuf *out)
{
	int64_t n = list_number(r, "recipients");
	struct slice first = list_text(r, "recipient");

	(void)c;
	if (is_recipient(r)) {
		list_add_or(out, list_text(r, "address"), "(not logged)");
		return;
	}
	if (!first.ptr) {
		text_add_number(out, n);
		strbuf_add_str(out, n == 1 ? " recipient" : " recipients");
		return;
	}
	strbuf_add_slice(out, first);
	if (n > 1 && some_match(r)) {
		strbuf_addf(out, " %lld of %lld match",
		            (long long)list_number(r, "matching"),
		            (long long)n);
		return;
	}
	if (n > 1) {
		strbuf_add_str(out, " +");
		text_add_number(out, n - 1);
	}
}

static void value_recipient(const struct list_row *r,
                            const struct list_column *c, struct strbuf *out)
{
	(void)c;
	strbuf_add_slice(out, list_text(r, is_recipient(r) ? "address"
	                                                   : "recipient"));
}

static void print_outcome(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out)
{
	int64_t n, all = list_number(r, "recipients");
	const char *class = worst(r, &n);

	(void)c;
	strbuf_add_str(out, theme_sign(r->theme,
	                               list_outcome_sign(slice_str(class))));
	if (n == all || !n || is_recipient(r))
		strbuf_addf(out, " %s", class);
	else
		strbuf_addf(out, " %lld of %lld", (long long)n, (long long)all);
}

static void value_outcome(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out)
{
	int64_t n;

	(void)c;
	strbuf_add_str(out, worst(r, &n));
}

static enum tone tone_outcome(const struct list_row *r)
{
	int64_t n;

	return list_outcome_tone(slice_str(worst(r, &n)));
}

static const struct list_column columns[] = {
	{ .shape = { .title = "time", .min = 14, .want = 14 },
	  .column = "first_utc", .field = "time", .is_time = true },
	{ .shape = { .title = "sender", .min = 21, .want = 34,
	             .cut = TEXT_CUT_ADDRESS },
	  .min_narrow = 10, .column = "sender", .field = "from",
	  .print = print_sender },
	{ .shape = { .title = "recipients", .min = 22, .want = 36,
	             .cut = TEXT_CUT_ADDRESS },
	  .min_narrow = 11, .field = "to", .print = print_recipients,
	  .value = value_recipient },
	{ .shape = { .title = "outcome", .min = 11, .want = 13, .drop = 1 },
	  .field = "outcome", .print = print_outcome, .value = value_outcome,
	  .tone = tone_outcome },
	{ .shape = { .title = "code", .min = 4, .want = 4, .drop = 2,
	             .right = true },
	  .column = "code", .field = "code" },
	{ .shape = { .title = "size", .min = 7, .want = 7, .drop = 4,
	             .right = true },
	  .column = "size", .field = "size", .print = list_print_size },
	{ .shape = { .title = "hops", .min = 4, .want = 4, .drop = 5,
	             .right = true },
	  .column = "hops" },
	{ .shape = { .title = "servers", .min = 14, .want = 16, .drop = 6 },
	  .column = "servers", .field = "server" },
	{ .shape = { .title = "subject", .min = 20, .want = TABLE_REST,
	             .drop = 3 },
	  .column = "subject", .field = "subject", .print = print_sender },
	{ .shape = { .title = NULL } },
};

static const char *const needs[] = {
	"first_utc", "last_utc",  "sender",    "recipient",  "recipients",
	"code",      "size",      "hops",      "servers",    "subject",
	"delivered", "relayed",   "failed",    "refused",    "withheld",
	"delayed",   "unknown",   "message_id", "client_ip", "client_name",
	"user",      "source_id", "line",      "matching",  NULL,
};

static const char *const needs_of_recipients[] = {
	"first_utc", "last_utc", "sender",     "address",    "outcome",
	"code",      "dsn",      "reply",      "size",       "subject",
	"server",    "place",    "message_id", "journey_id", "addressed_as",
	"source_id", "line",     "said_by",    NULL,
};
static const struct list_unit other_units[] = {
	{ UNIT_RECIPIENTS, needs_of_recipients, VIEW_NAME_TRACE, "trace" },
	{ .unit = UNIT_COUNT },
};

/* Detail ------------------------------------------------------------------- */

static void message_wants(const struct list_row *r, struct wants *w)
{
	int64_t id = list_row_id(r->step, r->result, r->row);
	struct want *to;

	list_want_line(r, w);
	if (is_recipient(r))
		return;
	to = want_add(w, SLOT_DETAIL, REQUEST_PAGE);

	to->request.query.unit = UNIT_RECIPIENTS;
	to->request.after = 7;
	to->request.id = id;
	snprintf(to->filter, sizeof to->filter, "journey:%lld", (long long)id);
}

static void add_recipients(const struct list_row *r, struct strbuf *out)
{
	struct list_row to = { .result = list_answer(r, SLOT_DETAIL) };

	strbuf_add_str(out, "to: ");
	if (!to.result) {
		print_recipients(r, NULL, out);
		return;
	}
	for (; to.row < to.result->nrows; to.row++) {
		strbuf_add_str(out, to.row ? ", " : "");
		strbuf_add_slice(out, list_text(&to, "address"));
	}
	if (to.result->after)
		strbuf_add_str(out, ", more");
}

static void add_pair(struct strbuf *out, const char *name, struct slice value)
{
	if (!value.ptr)
		return;
	strbuf_addf(out, "%s  ", name);
	strbuf_add_slice(out, value);
	strbuf_add_str(out, "    ");
}

static void add_message(const struct list_row *r, struct strbuf *out)
{
	add_pair(out, "message", list_text(r, "message_id"));
	add_pair(out, "subject", list_text(r, "subject"));
	if (list_text(r, "size").ptr) {
		strbuf_add_str(out, "size  ");
		text_add_number(out, list_number(r, "size"));
		strbuf_add_str(out, " bytes    ");
	}
	add_pair(out, "user", list_text(r, "user"));
	if (list_text(r, "client_ip").ptr) {
		strbuf_add_str(out, "client  ");
		strbuf_add_slice(out, list_text(r, "client_name"));
		strbuf_add_str(out, " [");
		strbuf_add_slice(out, list_text(r, "client_ip"));
		strbuf_add_str(out, "]");
	}
}

static void add_span(const struct list_row *r, struct strbuf *out)
{
	strbuf_add_str(out, "first  ");
	times_add(&r->look->times, list_number(r, "first_utc"), 3, out);
	strbuf_add_str(out, "    last  ");
	times_add(&r->look->times, list_number(r, "last_utc"), 3, out);
	strbuf_add_str(out, "    ");
	add_pair(out, "servers", list_text(r, "servers"));
}

/* "bob@example.com   ✗ failed     550 5.1.1 user unknown" */
static void add_recipient(const struct list_row *r, size_t row,
                          struct strbuf *out)
{
	struct list_row to = { .result = list_answer(r, SLOT_DETAIL),
		               .row = row };
	struct slice outcome = list_text(&to, "outcome");
	struct slice code = list_text(&to, "code");
	struct slice reply = list_text(&to, "reply");
	struct strbuf address = { 0 };

	text_sanitise(&address, list_text(&to, "address"));
	strbuf_addf(out, "%-32s %s %-10.*s ", strbuf_text(&address),
	            theme_sign(r->theme, list_outcome_sign(outcome)),
	            SLICE_FMT(outcome));
	/* most replies begin with their code */
	if (!reply.len || !code.len || !slice_starts(reply, code))
		strbuf_addf(out, "%.*s %.*s  ", SLICE_FMT(code),
		            SLICE_FMT(list_text(&to, "dsn")));
	strbuf_add_slice(out, reply);
	strbuf_release(&address);
}

static bool tall_detail(const struct list_row *r, int n, struct strbuf *out)
{
	const struct result *to = list_answer(r, SLOT_DETAIL);
	int most = r->look->detail_rows - 3;
	int lines = to ? (int)to->nrows : 0;

	if (lines > most)
		lines = most;
	if (n == 0)
		add_message(r, out);
	else if (n == 1)
		add_span(r, out);
	else if (n - 2 < lines)
		add_recipient(r, (size_t)(n - 2), out);
	else if (n - 2 == lines)
		return list_raw_line(r, out);
	else
		return false;
	return true;
}

/* One recipient: what became of it, and the line that says so. */
static bool recipient_detail(const struct list_row *r, int n,
                             struct strbuf *out)
{
	if (n == 0) {
		add_pair(out, "to", list_text(r, "address"));
		add_pair(out, "place", list_text(r, "place"));
		add_pair(out, "answer", list_text(r, "reply"));
		add_pair(out, "said by", list_text(r, "said_by"));
	} else if (r->look->tall && n == 1) {
		add_message(r, out);
		add_pair(out, "addressed as", list_text(r, "addressed_as"));
	} else if (n == (r->look->tall ? 2 : 1)) {
		return list_raw_line(r, out);
	} else {
		return false;
	}
	return true;
}

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	const char *column = list_column_now(r->step)->shape.title;

	if (is_recipient(r))
		return recipient_detail(r, n, out);
	if (r->look->tall)
		return tall_detail(r, n, out);
	if (n == 1)
		return list_raw_line(r, out);
	if (n || strcmp(column, "recipients") != 0)
		return false;
	add_recipients(r, out);
	return true;
}

static const struct list list = {
	.columns = columns,
	.column = 2,
	.needs = needs,
	.units = other_units,
	.opens = VIEW_NAME_TRACE,
	.nothing = "No message is in this case.",
	.detail = detail,
	.detail_rows = 6,
	.wants = message_wants,
};

static const struct legend legend[] = {
	{ ACT_OPEN, "trace", "trace" },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_NOT, NULL, NULL },
	{ ACT_DROP_TERM, NULL, NULL },
	{ ACT_EDIT_FILTER, NULL, NULL },
	{ ACT_SORT, NULL, NULL },
	{ ACT_MARK, NULL, NULL },
	{ ACT_FIND, NULL, NULL },
	{ ACT_RAW, "raw", "raw line" },
	{ ACT_COPY, NULL, NULL },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_messages = {
	.name = "Messages",
	.brief = "Msgs",
	.digit = '3',
	.unit = UNIT_MESSAGES,
	.list = &list,
	.legend = legend,
	LIST_HOOKS,
};
