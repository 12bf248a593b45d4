/* SPDX-License-Identifier: MIT */
/* A journey as one JSON object on one line (DESIGN.md §7, `trace --json`). */
#include "model/report/trace_address.h"
#include "model/report/trace_latency.h"
#include "model/report/trace_private.h"
#include "model/report/writer.h"

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
                       const struct lookup *by, int64_t transaction)
{
	size_t n = 0;

	strbuf_add_str(out, ",\"events\":[");
	for LOOKUP_EACH (p, by, (uint64_t)transaction)
		strbuf_addf(out, "%s%lld", n++ ? "," : "",
		            (long long)events->ids[p->row]);
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
	struct lookup by = trace_by_number(events, "transaction_id");

	strbuf_add_str(out, ",\"transactions\":[");
	for (size_t i = 0; i < t->transactions->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->transactions, i, m);
		add_events(out, events, &by, t->transactions->ids[i]);
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
	lookup_release(&by);
}

/* "9f31c0aa:14231"; null if the line is not known. */
static void add_line(struct strbuf *out, const struct trace *t, size_t row,
                     const char *column)
{
	struct strbuf text = { 0 };

	trace_add_cited(&text, t, row, column, true);
	json_add_string(out, text.len ? strbuf_slice(&text)
	                              : slice_of(NULL, 0));
	strbuf_release(&text);
}

static void add_link_evidence(struct strbuf *out, const struct trace *t,
                              const struct lookup *by, int64_t link)
{
	size_t n = 0;

	strbuf_add_str(out, ",\"evidence\":[");
	for LOOKUP_EACH (p, by, (uint64_t)link) {
		strbuf_addf(out, "%s{\"code\":", n++ ? "," : "");
		json_add_string(out, trace_text(t->evidence, p->row, "code"));
		strbuf_add_str(out, ",\"from\":");
		add_line(out, t, p->row, "from");
		strbuf_add_str(out, ",\"to\":");
		add_line(out, t, p->row, "to");
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

static void add_links(struct strbuf *out, const struct trace *t)
{
	static const struct member m[] = {
		{ "from", "from_transaction" }, { "to", "to_transaction" },
		{ "kind", "kind" }, { "class", "class" },
	};
	static const struct member lag[] = { { "lag_s", "lag_s" } };
	struct lookup by = trace_by_number(t->evidence, "link_id");

	strbuf_add_str(out, ",\"links\":[");
	for (size_t i = 0; i < t->links->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->links, i, m);
		add_link_evidence(out, t, &by, t->links->ids[i]);
		strbuf_add_char(out, ',');
		ADD_MEMBERS(out, t->links, i, lag);
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
	lookup_release(&by);
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

/* Why, and what was searched if a log was: the negative statement. */
static void add_why(struct strbuf *out, const struct result *m, size_t row)
{
	struct slice why = trace_text(m, row, "why");
	struct slice searched = trace_text(m, row, "searched");
	struct strbuf text = { 0 };

	strbuf_addf(&text, "%.*s", SLICE_FMT(why));
	if (searched.len)
		strbuf_addf(&text, "; searched: %.*s", SLICE_FMT(searched));
	strbuf_add_str(out, ",\"why\":");
	json_add_string(out, strbuf_slice(&text));
	strbuf_release(&text);
}

static void add_missing(struct strbuf *out, const struct trace *t)
{
	static const struct member m[] = {
		{ "server", "wanted" }, { "ip", "ip" }, { "queue_id", "queue_id" },
		{ "from", "from_utc" }, { "to", "to_utc" },
	};

	strbuf_add_str(out, ",\"missing\":[");
	for (size_t i = 0; t->missing && i < t->missing->nrows; i++) {
		strbuf_add_str(out, i ? ",{" : "{");
		ADD_MEMBERS(out, t->missing, i, m);
		add_why(out, t->missing, i);
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
	static const struct member name[] = { { "server", "server" } };
	static const struct member rest[] = { { "lo_s", "offset_lo_s" },
		{ "hi_s", "offset_hi_s" }, { "n", "n" } };
	double mid = (seconds(t->clocks, row, "offset_lo_s") +
	              seconds(t->clocks, row, "offset_hi_s")) / 2;
	struct slice reference = trace_text(t->clocks, row, "reference");
	struct strbuf basis = { 0 };

	if (slice_eq(trace_text(t->clocks, row, "server"), reference))
		strbuf_add_str(&basis, "the reference: most confirmed handoffs");
	else
		strbuf_addf(&basis, "confirmed handoffs, against %.*s",
		            SLICE_FMT(reference));
	strbuf_add_char(out, '{');
	ADD_MEMBERS(out, t->clocks, row, name);
	strbuf_addf(out, ",\"offset_s\":%.6g,", mid);
	ADD_MEMBERS(out, t->clocks, row, rest);
	strbuf_add_str(out, ",\"basis\":");
	json_add_string(out, strbuf_slice(&basis));
	strbuf_add_char(out, '}');
	strbuf_release(&basis);
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

/* null where it is not known; the basis says why. */
static void add_latency(struct strbuf *out, const struct trace *t)
{
	struct latency l = trace_latency(t);
	struct strbuf basis = { 0 };

	if (l.state == LATENCY_KNOWN)
		strbuf_addf(out, ",\"latency_lo_s\":%.6f,\"latency_hi_s\":%.6f",
		            (double)l.lo / 1e6, (double)l.hi / 1e6);
	else
		strbuf_add_str(out, ",\"latency_lo_s\":null,"
		                    "\"latency_hi_s\":null");
	latency_add_basis(&basis, &l);
	strbuf_add_str(out, ",\"latency_basis\":");
	json_add_string(out, strbuf_slice(&basis));
	strbuf_release(&basis);
}

static void add_addresses(struct strbuf *out, const struct trace *t)
{
	struct two_addresses a;
	size_t at = 0, n = 0;

	strbuf_add_str(out, ",\"addresses\":[");
	while (trace_next_addresses(t, &at, &a)) {
		const struct {
			const char *name;
			struct slice value;
		} m[] = { { "server", a.server }, { "relay_ip", a.relay_ip },
			  { "relay_of", a.relay_of }, { "client_ip", a.client_ip },
			  { "client_of", a.client_of } };

		strbuf_add_str(out, n++ ? ",{" : "{");
		for (size_t i = 0; i < sizeof m / sizeof *m; i++) {
			strbuf_addf(out, "%s\"%s\":", i ? "," : "", m[i].name);
			json_add_string(out, m[i].value);
		}
		strbuf_add_char(out, '}');
	}
	strbuf_add_char(out, ']');
}

void trace_add_json(struct strbuf *out, const struct trace *t,
                    const struct result *events, bool raw)
{
	(void)raw;
	strbuf_add_char(out, '{');
	add_head(out, t);
	add_transactions(out, t, events);
	add_links(out, t);
	add_recipients(out, t);
	add_missing(out, t);
	add_related(out, t);
	add_clocks(out, t);
	add_latency(out, t);
	add_addresses(out, t);
	strbuf_add_str(out, "}\n");
}
