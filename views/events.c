/* SPDX-License-Identifier: MIT */
/* The Events pane: a row per thing that a line says. */
#include "views/list.h"

#include "views/shell_info.h"

static void add_client(const struct list_row *r, struct strbuf *out)
{
	list_add_or(out, list_text(r, "client_name"), "");
	if (list_text(r, "client_ip").ptr)
		strbuf_addf(out, " [%.*s]", SLICE_FMT(list_text(r, "client_ip")));
}

/* The line without what the columns say already: time, host, program, id. */
static struct slice body_of(const struct list_row *r)
{
	struct slice raw = list_text(r, "raw"), qid = list_text(r, "queue_id");
	size_t at = qid.len ? slice_find(raw, qid) : SLICE_NONE;

	if (at == SLICE_NONE) {
		at = slice_find(raw, SLICE("]: "));
		return at == SLICE_NONE ? raw : slice_from(raw, at + 3);
	}
	raw = slice_from(raw, at + qid.len);
	while (raw.len && (raw.ptr[0] == ':' || raw.ptr[0] == ' '))
		raw = slice_from(raw, 1);
	return raw;
}

static void add_answer(const struct list_row *r, struct strbuf *out)
{
	struct slice to = list_text(r, "recipient");
	struct slice via = list_text(r, "relay_name");

	strbuf_add_slice(out, to.ptr ? to : list_text(r, "sender"));
	if (via.len)
		strbuf_addf(out, " via %.*s", SLICE_FMT(via));
	if (list_text(r, "reply").len) {
		strbuf_add_str(out, ": ");
		strbuf_add_slice(out, list_text(r, "reply"));
	}
}

/* What most lines of an action are about; the line itself for the rest. */
static void print_what(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	struct slice action = list_text(r, "action");
	size_t start = out->len;

	(void)c;
	if (slice_eq(action, SLICE("connect")) ||
	    slice_eq(action, SLICE("disconnect"))) {
		add_client(r, out);
	} else if (slice_starts(action, SLICE("auth_"))) {
		list_add_or(out, list_text(r, "user"), "(no user)");
		strbuf_add_str(out, " from ");
		add_client(r, out);
	} else if (slice_eq(action, SLICE("accept")) &&
	           list_text(r, "client_ip").ptr) {
		strbuf_add_str(out, "client ");
		add_client(r, out);
	} else if (list_text(r, "recipient").ptr || list_text(r, "reply").ptr) {
		add_answer(r, out);
	}
	if (out->len == start)
		strbuf_add_slice(out, body_of(r));
}

static void print_source(const struct list_row *r, const struct list_column *c,
                         struct strbuf *out)
{
	(void)c;
	look_add_citation(r->look, (uint32_t)list_number(r, "source_id"),
	                  (uint64_t)list_number(r, "line"), out);
}

static void value_line(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out)
{
	(void)c;
	strbuf_add_slice(out, list_text(r, "raw"));
}

static enum tone tone_action(const struct list_row *r)
{
	static const struct {
		const char *action;
		enum tone tone;
	} tones[] = {
		{ "reject", TONE_BAD },    { "bounce", TONE_BAD },
		{ "expire", TONE_BAD },    { "discard", TONE_BAD },
		{ "quarantine", TONE_BAD }, { "hold", TONE_BAD },
		{ "auth_fail", TONE_BAD }, { "tempfail", TONE_WAIT },
		{ "defer", TONE_WAIT },    { "deliver", TONE_GOOD },
		{ "relay", TONE_GOOD },    { "unknown", TONE_UNSURE },
	};
	struct slice action = list_text(r, "action");

	for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
		if (slice_eq(slice_str(tones[i].action), action))
			return tones[i].tone;
	return TONE_NORMAL;
}

static const struct list_column columns[] = {
	{ .shape = { .title = "time", .min = 15, .want = 15 },
	  .want_wide = 19, .column = "time_utc", .field = "time",
	  .is_time = true },
	{ .shape = { .title = "server", .min = 6, .want = 10, .drop = 3 },
	  .column = "server", .field = "server" },
	{ .shape = { .title = "program", .min = 9, .want = 16, .drop = 5,
	             .cut = TEXT_CUT_LEFT },
	  .column = "program", .field = "program" },
	{ .shape = { .title = "queue id", .min = 15, .want = 17, .drop = 2,
	             .cut = TEXT_CUT_MIDDLE },
	  .column = "queue_id", .field = "qid" },
	{ .shape = { .title = "action", .min = 9, .want = 10 },
	  .column = "action", .field = "action", .tone = tone_action },
	{ .shape = { .title = "code", .min = 4, .want = 4, .drop = 1,
	             .right = true },
	  .column = "code", .field = "code" },
	{ .shape = { .title = "source", .min = 14, .want = 20, .drop = 6,
	             .cut = TEXT_CUT_LEFT },
	  .column = "path", .field = "source", .print = print_source },
	{ .shape = { .title = "what", .min = 22, .want = TABLE_REST },
	  .min_narrow = 10, .print = print_what, .value = value_line },
	{ .shape = { .title = NULL } },
};

static const char *const needs[] = {
	"time_utc",    "time_raw",   "time_basis", "source_id", "path",
	"line",        "offset",     "server",     "program",   "action",
	"queue_id",    "sender",     "recipient",  "client_ip", "client_name",
	"user",        "relay_name", "code",       "dsn",       "reply",
	"message_id",  "journey_id", "raw",        NULL,
};

static void add_pair(struct strbuf *out, const char *name, struct slice value)
{
	if (!value.ptr)
		return;
	strbuf_addf(out, "%s  ", name);
	strbuf_add_slice(out, value);
	strbuf_add_str(out, "    ");
}

static void add_facts(const struct list_row *r, struct strbuf *out)
{
	add_pair(out, "action", list_text(r, "action"));
	add_pair(out, "reply", list_text(r, "reply"));
	add_pair(out, "to", list_text(r, "recipient"));
	add_pair(out, "sender", list_text(r, "sender"));
	add_pair(out, "user", list_text(r, "user"));
}

static void add_time(const struct list_row *r, struct strbuf *out)
{
	strbuf_add_str(out, "time  ");
	times_add(&r->look->times, list_number(r, "time_utc"), 3, out);
	strbuf_addf(out, " (%s)    ", times_name(&r->look->times));
	add_pair(out, "in the log", list_text(r, "time_raw"));
	add_pair(out, "year and zone from", list_text(r, "time_basis"));
}

static bool detail(const struct list_row *r, int n, struct strbuf *out)
{
	if (r->look->tall && n == 0)
		add_facts(r, out);
	else if (r->look->tall && n == 1)
		add_time(r, out);
	else if (n == (r->look->tall ? 2 : 1))
		return list_raw_line(r, out);
	else
		return false;
	return true;
}

/* Attempts: the answers among the events, a row each. */
static const char *const needs_of_attempts[] = {
	"time_utc",  "source_id",   "line",       "server",  "action",
	"sender",    "recipient",   "client_ip",  "client_name", "user",
	"relay_name", "code",       "dsn",        "reply",   "said_by",
	"journey_id", NULL,
};
static const struct list_unit other_units[] = {
	{ UNIT_ATTEMPTS, needs_of_attempts, VIEW_NAME_TRACE, NULL },
	{ .unit = UNIT_COUNT },
};

static void attempt_wants(const struct list_row *r, struct wants *w)
{
	struct request *line;

	if (r->step->unit != UNIT_ATTEMPTS)
		return;
	line = &want_add(w, SLOT_RAW, REQUEST_LINES)->request;
	line->source = (uint32_t)list_number(r, "source_id");
	line->line = (uint64_t)list_number(r, "line");
	line->id = list_row_id(r->step, r->result, r->row);
}

static const struct list list = {
	.columns = columns,
	.column = 7,
	.needs = needs,
	.units = other_units,
	.wants = attempt_wants,
	.opens = VIEW_NAME_TRACE,
	.nothing = "No event is in this case.",
	.detail = detail,
	.detail_rows = 3,
};

static const struct legend legend[] = {
	{ ACT_OPEN, "trace", "trace" },
	{ ACT_RAW, "raw line", "raw line in context" },
	{ ACT_ONLY, NULL, NULL },
	{ ACT_NOT, NULL, NULL },
	{ ACT_DROP_TERM, NULL, NULL },
	{ ACT_MARK, NULL, NULL },
	{ ACT_FIND, NULL, NULL },
	{ ACT_EDIT_FILTER, NULL, NULL },
	{ ACT_SORT, NULL, NULL },
	{ ACT_COPY, NULL, NULL },
	{ ACT_COPY_LINE, NULL, NULL },
	{ ACT_HELP, NULL, NULL },
	{ ACT_NONE, NULL, NULL },
};

const struct view view_events = {
	.name = "Events",
	.brief = "Evts",
	.digit = '8',
	.unit = UNIT_EVENTS,
	.list = &list,
	.legend = legend,
	LIST_HOOKS,
};
