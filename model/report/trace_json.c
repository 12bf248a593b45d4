/* SPDX-License-Identifier: MIT */
/* A journey as one JSON object on one line (DESIGN.md §7, `trace --json`). */
#include "model/report/trace_report.h"
#include "model/report/writer.h"

struct slice trace_text(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = result_cell(r, row, column);

	return c ? c->text : slice_of(NULL, 0);
}

/* One member: NAME in the object is COLUMN of the row. */
struct member {
	const char *name, *column;
};

static void add_members(struct strbuf *out, const struct result *r, size_t row,
                        const struct member *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct cell *c = result_cell(r, row, m[i].column);

		strbuf_addf(out, "%s\"%s\":", i ? "," : "", m[i].name);
		if (c)
			json_add_cell(out, c);
		else
			strbuf_add_str(out, "null");
	}
}

#define ADD_MEMBERS(out, r, row, m) \
	add_members(out, r, row, m, sizeof(m) / sizeof *(m))

static void add_head(struct strbuf *out, const struct trace *t)
{
	static const struct member before[] = {
		{ "journey", "journey_id" },
	};
	static const struct member after[] = {
		{ "subject", "subject" }, { "sender", "sender" },
		{ "user", "user" }, { "client_ip", "client_ip" },
		{ "first", "first_utc" }, { "last", "last_utc" },
	};
	size_t n = 0;

	ADD_MEMBERS(out, t->journey, 0, before);
	strbuf_add_str(out, ",\"message_ids\":[");
	for (size_t i = 0; i < t->transactions->nrows; i++) {
		struct slice id = trace_text(t->transactions, i, "message_id");
		bool seen = !id.ptr || slice_eq(id, SLICE("<>"));

		for (size_t j = 0; j < i && !seen; j++)
			seen = slice_eq(id, trace_text(t->transactions, j,
			                               "message_id"));
		if (seen)
			continue;
		strbuf_add_str(out, n++ ? "," : "");
		json_add_string(out, id);
	}
	strbuf_add_str(out, "],");
	ADD_MEMBERS(out, t->journey, 0, after);
}

static void add_events(struct strbuf *out, const struct result *events,
                       int64_t transaction)
{
	size_t n = 0;

	strbuf_add_str(out, ",\"events\":[");
	for (size_t i = 0; events && i < events->nrows; i++) {
		const struct cell *c = result_cell(events, i, "transaction_id");

		if (c && c->text.ptr && c->number == transaction)
			strbuf_addf(out, "%s%lld", n++ ? "," : "",
			            (long long)events->ids[i]);
	}
	strbuf_add_char(out, ']');
}

static void add_transactions(struct strbuf *out, const struct trace *t,
                             const struct result *events)
{
	static const struct member m[] = {
		{ "id", "transaction_id" }, { "server", "server" },
		{ "instance", "instance" }, { "queue_id", "queue_id" },
		{ "generation", "generation" }, { "opened", "opened_utc" },
		{ "closed", "closed_utc" }, { "state", "state" },
	};

	strbuf_add_str(out, ",\"transactions\":[");
	for (size_t i = 0; i < t->transactions->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->transactions, i, m);
		add_events(out, events, t->transactions->ids[i]);
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

/* "9f31c0aa:14231": source and line as in citations. */
static void add_citation(struct strbuf *out, const struct result *r, size_t row,
                         const char *source, const char *line)
{
	struct strbuf text = { 0 };

	strbuf_add_slice(&text, trace_text(r, row, source));
	strbuf_add_char(&text, ':');
	strbuf_add_slice(&text, trace_text(r, row, line));
	json_add_string(out, strbuf_slice(&text));
	strbuf_release(&text);
}

static void add_link_evidence(struct strbuf *out, const struct trace *t,
                              int64_t link)
{
	size_t n = 0;

	strbuf_add_str(out, ",\"evidence\":[");
	for (size_t i = 0; i < t->evidence->nrows; i++) {
		const struct cell *of = result_cell(t->evidence, i, "link_id");

		if (!of || of->number != link)
			continue;
		strbuf_addf(out, "%s{\"code\":", n++ ? "," : "");
		json_add_string(out, trace_text(t->evidence, i, "code"));
		strbuf_add_str(out, ",\"from\":");
		add_citation(out, t->evidence, i, "from_source", "from_line");
		strbuf_add_str(out, ",\"to\":");
		add_citation(out, t->evidence, i, "to_source", "to_line");
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

static void add_links(struct strbuf *out, const struct trace *t)
{
	static const struct member m[] = {
		{ "from", "from_transaction" }, { "to", "to_transaction" },
		{ "kind", "kind" }, { "class", "class" }, { "lag_s", "lag_s" },
	};

	strbuf_add_str(out, ",\"links\":[");
	for (size_t i = 0; i < t->links->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->links, i, m);
		add_link_evidence(out, t, t->links->ids[i]);
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

static void add_recipients(struct strbuf *out, const struct trace *t)
{
	static const struct member m[] = {
		{ "address", "address" }, { "outcome", "outcome" },
		{ "place", "place" }, { "server", "server" },
		{ "queue_id", "queue_id" }, { "code", "code" }, { "dsn", "dsn" },
		{ "reply", "reply" }, { "said_by", "said_by" },
		{ "time", "last_utc" },
	};

	strbuf_add_str(out, ",\"recipients\":[");
	for (size_t i = 0; i < t->recipients->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->recipients, i, m);
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

static void add_related(struct strbuf *out, const struct trace *t)
{
	static const struct member m[] = { { "journey", "journey_id" },
		{ "how", "how" } };

	strbuf_add_str(out, ",\"related\":[");
	for (size_t i = 0; i < t->related->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->related, i, m);
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

static void add_missing(struct strbuf *out, const struct trace *t)
{
	static const struct member m[] = {
		{ "kind", "kind" }, { "server", "wanted" }, { "ip", "ip" },
		{ "queue_id", "queue_id" }, { "recipient", "recipient" },
		{ "from", "from_utc" }, { "to", "to_utc" }, { "why", "why" },
		{ "said_by", "server" }, { "searched", "searched" },
		{ "transaction", "transaction_id" },
	};

	strbuf_add_str(out, ",\"missing\":[");
	for (size_t i = 0; t->missing && i < t->missing->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->missing, i, m);
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

static double seconds(const struct result *r, size_t row, const char *column)
{
	struct slice s = trace_text(r, row, column);
	char text[64] = "";

	if (s.len < sizeof text && s.len)
		memcpy(text, s.ptr, s.len);
	return strtod(text, NULL);
}

static void add_clock(struct strbuf *out, const struct trace *t, size_t row)
{
	static const struct member m[] = {
		{ "server", "server" }, { "lo_s", "offset_lo_s" },
		{ "hi_s", "offset_hi_s" }, { "drift_ppm", "drift_ppm" },
		{ "n", "n" }, { "reference", "reference" },
	};
	double mid = (seconds(t->clocks, row, "offset_lo_s") +
	              seconds(t->clocks, row, "offset_hi_s")) / 2;
	bool own = slice_eq(trace_text(t->clocks, row, "server"),
	                    trace_text(t->clocks, row, "reference"));

	strbuf_add_char(out, '{');
	ADD_MEMBERS(out, t->clocks, row, m);
	strbuf_addf(out, ",\"offset_s\":%.6g,\"basis\":\"%s\"}", mid,
	            own ? "the reference: most confirmed handoffs"
	                : "confirmed handoffs");
}

/* One clock a server, at the time when it first had the message. */
static void add_clocks(struct strbuf *out, const struct trace *t)
{
	const struct result *x = t->transactions;
	size_t n = 0;

	strbuf_add_str(out, ",\"clocks\":[");
	for (size_t i = 0; i < x->nrows; i++) {
		struct slice server = trace_text(x, i, "server");
		const struct cell *opened = result_cell(x, i, "opened_utc");
		bool seen = !opened || !opened->text.ptr;
		ptrdiff_t row;

		for (size_t k = 0; k < i && !seen; k++)
			seen = slice_eq(server, trace_text(x, k, "server"));
		row = seen ? -1 : trace_clock(t, server, opened->number);
		if (row < 0)
			continue;
		strbuf_add_str(out, n++ ? "," : "");
		add_clock(out, t, (size_t)row);
	}
	strbuf_add_char(out, ']');
}

void trace_add_json(struct strbuf *out, const struct trace *t,
                    const struct result *events)
{
	strbuf_add_char(out, '{');
	add_head(out, t);
	add_transactions(out, t, events);
	add_links(out, t);
	add_recipients(out, t);
	add_missing(out, t);
	add_related(out, t);
	add_clocks(out, t);
	strbuf_add_str(out, "}\n");
}
