/* SPDX-License-Identifier: MIT */
/* The lower half of Trace: the records of the chosen step, those that prove it
 * marked, the ones of the other server first. */
#include "views/trace.h"

#include "base/alloc.h"
#include "model/store/rows.h"

#include <stdlib.h>

/* One end of an item of evidence. */
struct proof_line {
	int64_t source, line;
	bool from;
};
#define PROOFS 64 /* a link has twelve kinds of evidence, two ends each */

struct gather {
	const struct trace *trace;
	const struct tree_node *node;
	struct proof_line proofs[PROOFS];
	size_t nproofs;
	struct trace_line *lines;
	size_t n, cap;
	size_t nother; /* lines of the other side, which come first */
};

static bool is_on(const struct result *r, size_t row, int64_t source,
                  int64_t line)
{
	return line > 0 && tree_number(r, row, "line") == line &&
	       tree_number(r, row, "source_id") == source;
}

static bool is_line(const struct gather *g, size_t i, int64_t source,
                    int64_t line)
{
	return is_on(g->lines[i].from, g->lines[i].row, source, line);
}

/* One record may hold several events, which follow each other: it is one line;
 * and it is not shown again if it stands among those of the other side. */
static bool is_there(struct gather *g, const struct result *r, size_t row,
                     bool proof)
{
	int64_t source = tree_number(r, row, "source_id");
	int64_t line = tree_number(r, row, "line");

	for (size_t i = 0; i < g->nother; i++)
		if (is_line(g, i, source, line))
			return true;
	if (!g->n || !is_line(g, g->n - 1, source, line))
		return false;
	g->lines[g->n - 1].proof |= proof;
	return true;
}

static void add_line(struct gather *g, const struct result *r, size_t row,
                     bool proof)
{
	if (is_there(g, r, row, proof))
		return;
	GROW(g->lines, g->n, g->cap);
	g->lines[g->n++] = (struct trace_line){ .from = r, .row = row,
		                             .proof = proof };
}

static void add_proof(struct gather *g, size_t row, bool from)
{
	const struct result *e = g->trace->evidence;

	if (g->nproofs < PROOFS)
		g->proofs[g->nproofs++] = (struct proof_line){
			tree_number(e, row, from ? "from_source" : "to_source"),
			tree_number(e, row, from ? "from_line" : "to_line"),
			from };
}

static void find_proofs(struct gather *g)
{
	const struct result *e = g->trace->evidence;
	int64_t link;

	if (g->node->link == TREE_NONE || !e)
		return;
	link = g->trace->links->ids[g->node->link];
	for (size_t i = 0; i < e->nrows; i++)
		if (tree_number(e, i, "link_id") == link) {
			add_proof(g, i, true);
			add_proof(g, i, false);
		}
}

/* Whether the row is an end of the evidence of the node's link. */
static bool evidence_names(const struct gather *g, const struct result *r,
                           size_t row, bool from)
{
	for (size_t i = 0; i < g->nproofs; i++)
		if (g->proofs[i].from == from &&
		    is_on(r, row, g->proofs[i].source, g->proofs[i].line))
			return true;
	return false;
}

static bool action_is_answer(struct slice action)
{
	static const enum action answers[] = { ACTION_REJECT, ACTION_TEMPFAIL,
		ACTION_DISCARD, ACTION_QUARANTINE, ACTION_HOLD, ACTION_DELIVER,
		ACTION_RELAY, ACTION_DEFER, ACTION_BOUNCE, ACTION_EXPIRE };

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (slice_eq(action, slice_str(action_name(answers[i]))))
			return true;
	return false;
}

/* What a recipient got is proved by the answers that name it. */
static bool answers_recipient(const struct gather *g, const struct result *r,
                              size_t row)
{
	struct slice address = tree_text(g->trace->recipients, g->node->row,
	                                 "address");

	return action_is_answer(tree_text(r, row, "action")) &&
	       slice_eq_nocase(tree_text(r, row, "recipient"), address);
}

static bool proves(const struct gather *g, const struct result *r, size_t row)
{
	if (g->node->kind == NODE_RECIPIENT)
		return answers_recipient(g, r, row);
	if (evidence_names(g, r, row, true) || evidence_names(g, r, row, false))
		return true;
	/* what nobody handed over is proved by its own acceptance */
	return g->node->link == TREE_NONE &&
	       slice_eq(tree_text(r, row, "action"),
	                slice_str(action_name(ACTION_ACCEPT)));
}

static void add_other_side(struct gather *g, const struct result *r)
{
	for (size_t i = 0; r && i < r->nrows; i++)
		if (evidence_names(g, r, i, true)) {
			add_line(g, r, i, true);
			g->nother = g->n;
		}
}

static void add_own(struct gather *g, const struct result *r)
{
	for (size_t i = 0; r && i < r->nrows; i++)
		if (tree_number(r, i, "transaction_id") ==
		    g->node->transaction)
			add_line(g, r, i, proves(g, r, i));
}

size_t trace_lines(const struct step *s, struct trace_line **lines)
{
	const struct trace_state *st = s->state;

	return st->pairs ? trace_pairs(s, lines)
	                 : trace_lines_of(s, st->node, lines);
}

size_t trace_lines_of(const struct step *s, size_t node,
                      struct trace_line **lines)
{
	const struct trace_state *st = s->state;
	struct gather g = { .trace = trace_of(s) };

	*lines = NULL;
	if (node < st->tree.n)
		g.node = &st->tree.nodes[node];
	if (!g.trace || !g.node || !g.node->transaction)
		return 0;
	find_proofs(&g);
	add_other_side(&g, step_result(s, TRACE_EVENTS));
	add_own(&g, step_result(s, TRACE_EVENTS));
	add_own(&g, step_result(s, TRACE_LINES));
	*lines = g.lines;
	return g.n;
}

bool trace_lines_complete(const struct step *s)
{
	const struct tree_node *node = trace_node(s);
	const struct result *all = step_result(s, TRACE_EVENTS);
	const struct result *own = step_result(s, TRACE_LINES);

	if (!node || !node->transaction)
		return true;
	if (all && !all->after && node->kind != NODE_LINKED)
		return true;
	return own && !own->after && own->nrows &&
	       tree_number(own, 0, "transaction_id") == node->transaction;
}

/* The end of PATH behind the Nth slash from the right. */
static struct slice path_end(struct slice path, int parts)
{
	size_t at = path.len;

	while (parts-- > 0) {
		size_t slash = slice_rchr(slice_to(path, at), '/');

		if (slash == SLICE_NONE)
			return path;
		at = slash;
	}
	return slice_from(path, at + 1);
}

/* How many parts of PATH it takes to tell it from the others in R. */
static int parts_needed(const struct result *r, struct slice path)
{
	int parts = 1;

	for (size_t i = 0; i < r->nrows; i++) {
		struct slice other = tree_text(r, i, "path");

		while (parts < 8 && !slice_eq(other, path) &&
		       slice_eq(path_end(other, parts), path_end(path, parts)))
			parts++;
	}
	return parts;
}

void trace_add_citation(const struct step *s, const struct trace_line *l,
                        struct strbuf *out)
{
	const struct result *all = step_result(s, TRACE_EVENTS);
	struct slice path = tree_text(l->from, l->row, "path");
	int parts = parts_needed(all ? all : l->from, path);

	strbuf_add_slice(out, path_end(path, parts));
	strbuf_addf(out, ":%lld",
	            (long long)tree_number(l->from, l->row, "line"));
}
