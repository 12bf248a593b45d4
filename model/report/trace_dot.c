/* SPDX-License-Identifier: MIT */
/* A journey as a Graphviz graph: transactions, what became of each recipient,
 * hops without a log. What is not confirmed is dotted. */
#include "base/text.h"
#include "model/report/trace_private.h"

/* Quotes and backslashes end a string there or begin an escape. */
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

/* A further line of a label, if there is anything to say. */
static void add_line(struct strbuf *out, struct slice s)
{
	if (!s.len)
		return;
	strbuf_add_str(out, "\\n");
	add_label(out, s);
}

static void add_transactions(struct strbuf *out, const struct trace *t)
{
	const struct result *r = t->transactions;

	for (size_t i = 0; i < r->nrows; i++) {
		strbuf_addf(out, "\tt%lld [label=\"", (long long)r->ids[i]);
		add_label(out, trace_text(r, i, "server"));
		add_line(out, trace_text(r, i, "queue_id"));
		add_line(out, trace_text(r, i, "opened_utc"));
		strbuf_add_str(out, "\"];\n");
	}
}

/* An end of a link that is no transaction of this message. */
static void add_stranger(struct strbuf *out, const struct lookup *own,
                         int64_t transaction)
{
	for LOOKUP_EACH (p, own, (uint64_t)transaction)
		return;
	strbuf_addf(out, "\tt%lld [style=dashed, label=\"another message\"];\n",
	            (long long)transaction);
}

static void add_links(struct strbuf *out, const struct trace *t)
{
	struct lookup own = trace_by_number(t->transactions, "transaction_id");
	const struct result *l = t->links;

	for (size_t i = 0; i < l->nrows; i++) {
		int64_t from = trace_number(l, i, "from_transaction");
		int64_t to = trace_number(l, i, "to_transaction");
		struct slice class = trace_text(l, i, "class");
		bool sure = slice_eq(class, SLICE("confirmed"));

		add_stranger(out, &own, from);
		add_stranger(out, &own, to);
		strbuf_addf(out, "\tt%lld -> t%lld [label=\"", (long long)from,
		            (long long)to);
		add_label(out, trace_text(l, i, "kind"));
		strbuf_add_char(out, ' ');
		add_label(out, trace_text(l, i, "evidence"));
		if (!sure)
			add_line(out, class);
		strbuf_addf(out, "\"%s];\n", sure ? "" : ", style=dotted");
	}
	lookup_release(&own);
}

static void add_recipients(struct strbuf *out, const struct trace *t)
{
	struct lookup ends = trace_ends(t);
	const struct result *r = t->recipients;

	for (size_t i = 0; i < ends.n; i++) {
		size_t row = ends.places[i].row;

		strbuf_addf(out, "\tr%lld [shape=plaintext, label=\"",
		            (long long)r->ids[row]);
		add_label(out, trace_text(r, row, "address"));
		add_line(out, trace_text(r, row, "outcome"));
		strbuf_add_str(out, "\"];\n");
		if (ends.places[i].key < t->transactions->nrows)
			strbuf_addf(out, "\tt%lld -> r%lld;\n",
			            (long long)t->transactions
			                    ->ids[ends.places[i].key],
			            (long long)r->ids[row]);
	}
	lookup_release(&ends);
}

static void add_missing(struct strbuf *out, const struct trace *t)
{
	const struct result *m = t->missing;

	for (size_t i = 0; m && i < m->nrows; i++) {
		int64_t from = trace_number(m, i, "transaction_id");

		strbuf_addf(out, "\tm%lld [style=dashed, label=\"",
		            (long long)m->ids[i]);
		add_label(out, trace_text(m, i, "wanted"));
		add_line(out, trace_text(m, i, "queue_id"));
		add_line(out, trace_text(m, i, "why"));
		strbuf_add_str(out, "\"];\n");
		if (from)
			strbuf_addf(out, "\tt%lld -> m%lld [style=dotted];\n",
			            (long long)from, (long long)m->ids[i]);
	}
}

void trace_add_dot(struct strbuf *out, const struct trace *t,
                   const struct result *events, bool raw)
{
	(void)events;
	(void)raw;
	strbuf_addf(out, "digraph journey_%lld {\n\trankdir=LR;\n"
	                 "\tnode [shape=box];\n",
	            (long long)t->journey->ids[0]);
	add_transactions(out, t);
	add_links(out, t);
	add_recipients(out, t);
	add_missing(out, t);
	strbuf_add_str(out, "}\n");
}
