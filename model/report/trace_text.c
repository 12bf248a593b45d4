/* SPDX-License-Identifier: MIT */
/* A journey for people: the steps in order, each with its evidence, then what
 * became of each recipient. */
#include "base/alloc.h"
#include "base/text.h"
#include "model/report/trace_address.h"
#include "model/report/trace_latency.h"
#include "model/report/trace_private.h"

#include <stdlib.h>

static void add(struct strbuf *out, struct slice s, const char *absent)
{
	if (s.ptr)
		text_sanitise(out, s);
	else
		strbuf_add_str(out, absent);
}

static void add_column(struct strbuf *out, const char *before,
                       const struct result *r, size_t row, const char *column,
                       const char *after)
{
	struct slice s = trace_text(r, row, column);

	if (!s.ptr)
		return;
	strbuf_add_str(out, before);
	text_sanitise(out, s);
	strbuf_add_str(out, after);
}

static void add_latency(struct strbuf *out, const struct trace *t)
{
	struct latency l = trace_latency(t);
	struct strbuf text = { 0 };

	latency_add(&text, &l);
	strbuf_add_str(&text, " (");
	latency_add_basis(&text, &l);
	strbuf_add_char(&text, ')');
	strbuf_add_str(out, "  latency     ");
	text_sanitise(out, strbuf_slice(&text));
	strbuf_add_char(out, '\n');
	strbuf_release(&text);
}

static void add_title(struct strbuf *out, const struct trace *t)
{
	strbuf_add_str(out, "journey ");
	add(out, trace_text(t->journey, 0, "journey_id"), "?");
	strbuf_add_str(out, "  ");
	add(out, trace_text(t->journey, 0, "message_id"), "(no message-id)");
	strbuf_add_char(out, '\n');
	add_column(out, "  subject     ", t->journey, 0, "subject", "\n");
	strbuf_add_str(out, "  sender      ");
	add(out, trace_text(t->journey, 0, "sender"), "(not logged)");
	strbuf_add_char(out, '\n');
	add_column(out, "  user        ", t->journey, 0, "user", "\n");
	add_column(out, "  client      ", t->journey, 0, "client_name", "");
	add_column(out, " [", t->journey, 0, "client_ip", "]");
	if (trace_text(t->journey, 0, "client_ip").ptr)
		strbuf_add_char(out, '\n');
	add_column(out, "  size        ", t->journey, 0, "size", " bytes\n");
	add_column(out, "  first       ", t->journey, 0, "first_utc", "\n");
	add_column(out, "  last        ", t->journey, 0, "last_utc", "\n");
	add_latency(out, t);
	strbuf_add_char(out, '\n');
}

/* What is found by number for each step: there may be thousands. */
struct steps {
	const struct trace *trace;
	struct lookup links;    /* by the transaction that they lead to */
	struct lookup evidence; /* by link */
	struct lookup onward;   /* links by the transaction that they come from */
	struct lookup ids;      /* transactions by id */
	bool *done;             /* … that are written */
};

/* "        E1  mail1.log:14231  =  edge.log:8821  9EB101A2C7" */
static void add_proof(struct strbuf *out, const struct trace *t, size_t row)
{
	struct strbuf text = { 0 };

	add_column(out, "        ", t->evidence, row, "code", "  ");
	trace_add_cited(&text, t, row, "from", false);
	strbuf_add_str(&text, "  =  ");
	trace_add_cited(&text, t, row, "to", false);
	text_sanitise(out, strbuf_slice(&text));
	add_column(out, "  ", t->evidence, row, "to_text", "");
	strbuf_add_char(out, '\n');
	strbuf_release(&text);
}

static void add_step_link(struct strbuf *out, const struct steps *s, size_t link)
{
	const struct result *l = s->trace->links;

	add_column(out, "      from transaction ", l, link, "from_transaction", "");
	add_column(out, ": ", l, link, "kind", "");
	add_column(out, ", ", l, link, "class", "");
	add_column(out, " by ", l, link, "evidence", "");
	add_column(out, ", ", l, link, "lag_s", " s");
	strbuf_add_char(out, '\n');
	for LOOKUP_EACH (p, &s->evidence, (uint64_t)l->ids[link])
		add_proof(out, s->trace, p->row);
}

static void add_step(struct strbuf *out, const struct steps *s, size_t row)
{
	const struct result *r = s->trace->transactions;

	strbuf_addf(out, "  %lld  ", (long long)r->ids[row]);
	add(out, trace_text(r, row, "opened_utc"), "(opening not logged)      ");
	add_column(out, "  ", r, row, "server", "");
	add_column(out, "/", r, row, "queue_id", "");
	add_column(out, "  ", r, row, "state", "");
	add_column(out, "  from ", r, row, "client_name", "");
	add_column(out, " [", r, row, "client_ip", "]");
	strbuf_add_char(out, '\n');
	for LOOKUP_EACH (p, &s->links, (uint64_t)r->ids[row])
		add_step_link(out, s, p->row);
}

static bool is_handed(const struct steps *s, size_t row)
{
	int64_t id = s->trace->transactions->ids[row];

	for LOOKUP_EACH (p, &s->links, (uint64_t)id) {
		int64_t from = trace_number(s->trace->links, p->row,
		                            "from_transaction");

		for LOOKUP_EACH (q, &s->ids, (uint64_t)from)
			return from != id;
	}
	return false;
}

#define LEVELS 500 /* hops that are followed; what is behind them comes last */

static void add_onward(struct strbuf *out, const struct steps *s, size_t row,
                       int level)
{
	int64_t id = s->trace->transactions->ids[row];

	if (s->done[row] || level > LEVELS)
		return;
	s->done[row] = true;
	add_step(out, s, row);
	for LOOKUP_EACH (p, &s->onward, (uint64_t)id) {
		int64_t to = trace_number(s->trace->links, p->row,
		                          "to_transaction");

		for LOOKUP_EACH (q, &s->ids, (uint64_t)to)
			add_onward(out, s, q->row, level + 1);
	}
}

/* A step after the one that handed it over, whatever their clocks say. */
static void add_in_order(struct strbuf *out, const struct steps *s)
{
	size_t n = s->trace->transactions->nrows;

	for (size_t i = 0; i < n; i++)
		if (!is_handed(s, i))
			add_onward(out, s, i, 0);
	for (size_t i = 0; i < n; i++)
		add_onward(out, s, i, 0);
}

static void add_steps(struct strbuf *out, const struct trace *t)
{
	struct steps s = {
		.trace = t,
		.links = trace_by_number(t->links, "to_transaction"),
		.evidence = trace_by_number(t->evidence, "link_id"),
		.onward = trace_by_number(t->links, "from_transaction"),
		.ids = trace_by_number(t->transactions, "transaction_id"),
		.done = mem_alloc(t->transactions->nrows * sizeof *s.done),
	};

	add_in_order(out, &s);
	lookup_release(&s.links);
	lookup_release(&s.evidence);
	lookup_release(&s.onward);
	lookup_release(&s.ids);
	free(s.done);
}

static void add_recipient(struct strbuf *out, const struct result *r, size_t row)
{
	strbuf_add_str(out, "  ");
	add(out, trace_text(r, row, "address"), "?");
	add_column(out, "  ", r, row, "outcome", "");
	add_column(out, ", ", r, row, "place", "");
	add_column(out, "  at ", r, row, "server", "");
	add_column(out, "  ", r, row, "last_utc", "");
	add_column(out, "  ", r, row, "reply", "");
	add_column(out, ", said by ", r, row, "said_by", "");
	strbuf_add_char(out, '\n');
}

static void add_missing(struct strbuf *out, const struct result *r, size_t row)
{
	strbuf_add_str(out, "  ");
	add(out, trace_text(r, row, "kind"), "?");
	add_column(out, ": ", r, row, "wanted", "");
	add_column(out, " [", r, row, "ip", "]");
	add_column(out, "  ", r, row, "queue_id", "");
	add_column(out, ", ", r, row, "recipient", "");
	add_column(out, "\n      look from ", r, row, "from_utc", "");
	add_column(out, " to ", r, row, "to_utc", "");
	add_column(out, "\n      ", r, row, "why", "");
	add_column(out, "\n      searched: ", r, row, "searched", "");
	strbuf_add_char(out, '\n');
}

/* Clocks that are not known to be right. */
static void add_clock(struct strbuf *out, const struct result *r, size_t row)
{
	if (!trace_text(r, row, "offset_lo_s").ptr &&
	    !trace_text(r, row, "offset_hi_s").ptr)
		return;
	add_column(out, "clock: ", r, row, "server", "");
	add_column(out, " is off by ", r, row, "offset_lo_s", "");
	add_column(out, " to ", r, row, "offset_hi_s", " s");
	add_column(out, " against ", r, row, "reference", "");
	add_column(out, ", ", r, row, "n", " handoffs");
	add_column(out, ", drift ", r, row, "drift_ppm", " ppm");
	add_column(out, ", from ", r, row, "from_utc", "");
	add_column(out, " to ", r, row, "to_utc", "\n");
}

static void add_addresses(struct strbuf *out, const struct trace *t)
{
	struct two_addresses a;
	size_t at = 0;

	while (trace_next_addresses(t, &at, &a)) {
		struct strbuf text = { 0 };

		two_addresses_add(&text, &a);
		text_sanitise(out, strbuf_slice(&text));
		strbuf_add_char(out, '\n');
		strbuf_release(&text);
	}
}

void trace_add_text(struct strbuf *out, const struct trace *t,
                    const struct result *events, bool raw)
{
	(void)events;
	(void)raw;
	add_title(out, t);
	strbuf_addf(out, "%zu transaction%s\n", t->transactions->nrows,
	            t->transactions->nrows == 1 ? "" : "s");
	add_steps(out, t);
	strbuf_addf(out, "\n%zu recipient%s\n", t->recipients->nrows,
	            t->recipients->nrows == 1 ? "" : "s");
	for (size_t i = 0; i < t->recipients->nrows; i++)
		add_recipient(out, t->recipients, i);
	for (size_t i = 0; t->missing && i < t->missing->nrows; i++) {
		if (i == 0)
			strbuf_addf(out, "\n%zu missing or contradictory\n",
			            t->missing->nrows);
		add_missing(out, t->missing, i);
	}
	for (size_t i = 0; t->clocks && i < t->clocks->nrows; i++)
		add_clock(out, t->clocks, i);
	add_addresses(out, t);
	for (size_t i = 0; i < t->related->nrows; i++) {
		add_column(out, "related: journey ", t->related, i, "journey_id", "");
		add_column(out, ", ", t->related, i, "how", "\n");
	}
	strbuf_add_char(out, '\n');
}
