/* SPDX-License-Identifier: MIT */
/* A journey for people: the steps in order, each with its evidence, then what
 * became of each recipient. And the same as a Graphviz graph. */
#include "base/text.h"
#include "model/report/trace_report.h"

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
	add_column(out, "  last        ", t->journey, 0, "last_utc", "\n\n");
}

static int64_t number(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = result_cell(r, row, column);

	return c ? c->number : 0;
}

static void add_step_link(struct strbuf *out, const struct trace *t,
                          int64_t transaction)
{
	for (size_t i = 0; i < t->links->nrows; i++) {
		if (number(t->links, i, "to_transaction") != transaction)
			continue;
		add_column(out, "      from transaction ", t->links, i,
		           "from_transaction", "");
		add_column(out, ": ", t->links, i, "kind", "");
		add_column(out, ", ", t->links, i, "class", "");
		add_column(out, " by ", t->links, i, "evidence", "");
		add_column(out, ", ", t->links, i, "lag_s", " s");
		strbuf_add_char(out, '\n');
	}
}

static void add_proofs(struct strbuf *out, const struct trace *t,
                       int64_t transaction)
{
	for (size_t i = 0; i < t->evidence->nrows; i++) {
		for (size_t j = 0; j < t->links->nrows; j++) {
			if (t->links->ids[j] != number(t->evidence, i, "link_id") ||
			    number(t->links, j, "to_transaction") != transaction)
				continue;
			add_column(out, "        ", t->evidence, i, "code", "");
			add_column(out, "  ", t->evidence, i, "from_source", "");
			add_column(out, ":", t->evidence, i, "from_line", "");
			add_column(out, "  =  ", t->evidence, i, "to_source", "");
			add_column(out, ":", t->evidence, i, "to_line", "");
			add_column(out, "  ", t->evidence, i, "to_text", "");
			strbuf_add_char(out, '\n');
		}
	}
}

static void add_step(struct strbuf *out, const struct trace *t, size_t row)
{
	const struct result *r = t->transactions;

	strbuf_addf(out, "  %lld  ", (long long)r->ids[row]);
	add(out, trace_text(r, row, "opened_utc"), "(opening not logged)      ");
	add_column(out, "  ", r, row, "server", "");
	add_column(out, "/", r, row, "queue_id", "");
	add_column(out, "  ", r, row, "state", "");
	add_column(out, "  from ", r, row, "client_name", "");
	add_column(out, " [", r, row, "client_ip", "]");
	strbuf_add_char(out, '\n');
	add_step_link(out, t, r->ids[row]);
	add_proofs(out, t, r->ids[row]);
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

void trace_add_text(struct strbuf *out, const struct trace *t)
{
	add_title(out, t);
	strbuf_addf(out, "%zu transaction%s\n", t->transactions->nrows,
	            t->transactions->nrows == 1 ? "" : "s");
	for (size_t i = 0; i < t->transactions->nrows; i++)
		add_step(out, t, i);
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
	for (size_t i = 0; i < t->related->nrows; i++) {
		add_column(out, "related: journey ", t->related, i, "journey_id", "");
		add_column(out, ", ", t->related, i, "how", "\n");
	}
	strbuf_add_char(out, '\n');
}

/* Graphviz: quotes and backslashes are what ends a string there. */
static void add_label(struct strbuf *out, struct slice s)
{
	struct strbuf clean = { 0 };

	text_sanitise(&clean, s);
	for (size_t i = 0; i < clean.len; i++) {
		if (strchr("\"\\", clean.ptr[i]))
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, clean.ptr[i]);
	}
	strbuf_release(&clean);
}

void trace_add_dot(struct strbuf *out, const struct trace *t)
{
	strbuf_addf(out, "digraph journey_%lld {\n\trankdir=LR;\n\tnode [shape=box];\n",
	            (long long)t->journey->ids[0]);
	for (size_t i = 0; i < t->transactions->nrows; i++) {
		strbuf_addf(out, "\tt%lld [label=\"",
		            (long long)t->transactions->ids[i]);
		add_label(out, trace_text(t->transactions, i, "server"));
		strbuf_add_str(out, "\\n");
		add_label(out, trace_text(t->transactions, i, "queue_id"));
		strbuf_add_str(out, "\"];\n");
	}
	for (size_t i = 0; i < t->links->nrows; i++) {
		bool sure = slice_eq(trace_text(t->links, i, "class"),
		                     SLICE("confirmed"));

		strbuf_addf(out, "\tt%lld -> t%lld [label=\"",
		            (long long)number(t->links, i, "from_transaction"),
		            (long long)number(t->links, i, "to_transaction"));
		add_label(out, trace_text(t->links, i, "kind"));
		strbuf_add_char(out, ' ');
		add_label(out, trace_text(t->links, i, "evidence"));
		strbuf_addf(out, "\"%s];\n", sure ? "" : ", style=dotted");
	}
	for (size_t i = 0; i < t->recipients->nrows; i++) {
		strbuf_addf(out, "\tr%lld [shape=plaintext, label=\"",
		            (long long)t->recipients->ids[i]);
		add_label(out, trace_text(t->recipients, i, "address"));
		strbuf_add_str(out, "\\n");
		add_label(out, trace_text(t->recipients, i, "outcome"));
		strbuf_add_str(out, "\"];\n");
	}
	strbuf_add_str(out, "}\n");
}
