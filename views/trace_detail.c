/* SPDX-License-Identifier: MIT */
/* The detail line of Trace: what the chosen step says in full. */
#include "views/trace.h"

#include "base/civil.h"
#include "model/report/trace_address.h"
#include "model/store/rows.h"

static void add_addresses(struct strbuf *out, const struct trace *t,
                          struct slice server)
{
	struct two_addresses a;

	if (!trace_two_addresses(t, server, &a))
		return;
	strbuf_add_str(out, "; ");
	two_addresses_add(out, &a);
}

static void add_transaction_detail(struct strbuf *out, const struct telling *to,
                                   const struct tree_node *n)
{
	const struct step *s = to->step;
	const struct result *r;
	size_t row;
	int64_t opened, closed, nrcpt;
	bool refused;

	r = trace_transaction(s, n, &row);
	if (!r)
		return;
	refused = slice_eq(tree_text(r, row, "state"),
	                   slice_str(transaction_state_name(STATE_REFUSED)));
	opened = tree_number(r, row, "opened_utc");
	closed = tree_number(r, row, "closed_utc");
	nrcpt = tree_number(r, row, "nrcpt");
	strbuf_add_slice(out, tree_text(r, row, "server"));
	strbuf_add_str(out, refused ? ": refused " : ": accepted ");
	trace_add_time(out, to, n->transaction, opened);
	if (!refused && closed && opened && closed >= opened) {
		strbuf_add_str(out, ", done after ");
		duration_add(out, closed - opened);
	}
	if (!refused)
		node_add_state(out, r, row);
	if (nrcpt)
		strbuf_addf(out, "; %lld recipient%s", (long long)nrcpt,
		            nrcpt == 1 ? "" : "s");
	if (n->link != TREE_NONE) {
		strbuf_add_str(out, "; ");
		strbuf_add_slice(out, tree_text(trace_of(s)->links, n->link,
		                                "class"));
		strbuf_add_str(out, " by ");
		node_add_codes(out, tree_text(trace_of(s)->links, n->link,
		                         "evidence"), true);
	}
	if (n->kind == NODE_TRANSACTION)
		add_addresses(out, trace_of(s), tree_text(r, row, "server"));
}

static void add_recipient_detail(struct strbuf *out, const struct step *s,
                                 const struct tree_node *n)
{
	const struct result *r = trace_of(s)->recipients;
	struct slice address = tree_text(r, n->row, "address");
	struct slice as = tree_text(r, n->row, "addressed_as");

	strbuf_add_slice(out, address);
	if (!slice_eq_nocase(address, as))
		node_add_part(out, ", addressed as ", as);
	node_add_part(out, ": ", tree_text(r, n->row, "outcome"));
	node_add_part(out, " at ", tree_text(r, n->row, "server"));
	node_add_part(out, "; ", tree_text(r, n->row, "reply"));
	node_add_part(out, ", said by ", tree_text(r, n->row, "said_by"));
}

/* "2026-03-10T09:16:21.318204Z" to the second */
static struct slice to_second(struct slice time)
{
	return slice_to(time, time.len < 19 ? time.len : 19);
}

static void add_missing_detail(struct strbuf *out, const struct step *s,
                               const struct tree_node *n)
{
	const struct result *m = trace_of(s)->missing;

	node_add_part(out, "", tree_text(m, n->row, "kind"));
	node_add_part(out, ": ", tree_text(m, n->row, "wanted"));
	node_add_part(out, " ", tree_text(m, n->row, "queue_id"));
	node_add_part(out, ", from ", to_second(tree_text(m, n->row, "from_utc")));
	node_add_part(out, " to ", to_second(tree_text(m, n->row, "to_utc")));
	strbuf_add_str(out, " UTC");
	node_add_part(out, "; searched: ", tree_text(m, n->row, "searched"));
}

void node_add_detail(struct strbuf *out, const struct telling *to)
{
	const struct step *s = to->step;
	const struct tree_node *n = trace_node(s);

	if (!n)
		return;
	switch (n->kind) {
	case NODE_TRANSACTION:
	case NODE_FILTER:
	case NODE_LINKED: add_transaction_detail(out, to, n); break;
	case NODE_RECIPIENT: add_recipient_detail(out, s, n); break;
	case NODE_MISSING: add_missing_detail(out, s, n); break;
	case NODE_MANY:
		strbuf_add_str(out, "Enter or l opens them; / finds one of them");
		break;
	case NODE_RELATED:
		strbuf_add_str(out, "another message that belongs to this one");
		node_add_message(out, to, n->journey, true);
		break;
	}
}
