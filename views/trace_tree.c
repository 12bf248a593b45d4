/* SPDX-License-Identifier: MIT */
/* Arranges a journey's transactions and recipients as a tree. */
#include "views/trace_tree.h"

#include "base/alloc.h"
#include "model/store/rows.h"
#include "parsers/event.h"

#include <stdlib.h>

size_t tree_row_of(const struct result *r, int64_t id)
{
	for (size_t i = 0; r && i < r->nrows; i++)
		if (r->ids[i] == id)
			return i;
	return TREE_NONE;
}

struct slice tree_text(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = r && row < r->nrows ? result_cell(r, row, column)
	                                           : NULL;

	return c ? c->text : slice_of(NULL, 0);
}

int64_t tree_number(const struct result *r, size_t row, const char *column)
{
	const struct cell *c = r && row < r->nrows ? result_cell(r, row, column)
	                                           : NULL;

	return c && c->text.ptr ? c->number : 0;
}

struct build {
	struct tree *tree;
	const struct trace *from;
	const struct result *others;
	bool *placed;    /* transactions */
	bool *ended;     /* recipients that stand somewhere */
	size_t *up;      /* row of the link that leads to each transaction */
};

static bool link_is(const struct build *b, size_t link, const char *column,
                    const char *value)
{
	return slice_eq(tree_text(b->from->links, link, column),
	                slice_str(value));
}

/* Kinds that join transactions of one message (DESIGN.md §2, journey). */
static bool link_joins(const struct build *b, size_t link)
{
	static const enum link_kind kinds[] = { LINK_HANDOFF, LINK_FILTER,
		LINK_RETRY, LINK_EXPANSION, LINK_ALIAS, LINK_REQUEUE,
		LINK_OBSERVED };

	if (!link_is(b, link, "class", link_class_name(CLASS_CONFIRMED)))
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (link_is(b, link, "kind", link_kind_name(kinds[i])))
			return true;
	return false;
}

static size_t link_end(const struct build *b, size_t link, const char *column)
{
	return tree_row_of(b->from->transactions,
	                   tree_number(b->from->links, link, column));
}

static size_t add_node(struct build *b, enum node_kind kind, size_t parent,
                       size_t row)
{
	struct tree *t = b->tree;
	struct tree_node *n;

	GROW(t->nodes, t->n, t->cap);
	n = &t->nodes[t->n];
	*n = (struct tree_node){ .kind = kind, .row = row, .parent = parent,
		                 .link = TREE_NONE };
	if (parent != TREE_NONE)
		n->depth = t->nodes[parent].depth + 1;
	if (n->depth > TREE_DEPTH)
		n->depth = TREE_DEPTH;
	return t->n++;
}

/* A recipient's row names server and queue id of where it ended, not the
 * transaction; with several generations the one that has the delivery. */
static bool recipient_ends_at(const struct build *b, size_t row, size_t tx)
{
	const struct trace *f = b->from;
	const struct result *r = f->recipients, *d = f->deliveries;
	struct slice address = tree_text(r, row, "address");

	if (!slice_eq(tree_text(r, row, "server"),
	              tree_text(f->transactions, tx, "server")) ||
	    !slice_eq(tree_text(r, row, "queue_id"),
	              tree_text(f->transactions, tx, "queue_id")))
		return false;
	for (size_t i = 0; d && i < d->nrows; i++)
		if (tree_number(d, i, "transaction_id") ==
		            f->transactions->ids[tx] &&
		    slice_eq_nocase(tree_text(d, i, "recipient"), address))
			return true;
	return false;
}

static size_t add_recipient(struct build *b, size_t parent, size_t row,
                            int64_t transaction)
{
	size_t n = add_node(b, NODE_RECIPIENT, parent, row);

	b->tree->nodes[n].transaction = transaction;
	b->ended[row] = true;
	return n;
}

static int64_t journey_of(const struct build *b, int64_t transaction)
{
	return tree_number(b->others, tree_row_of(b->others, transaction),
	                   "journey_id");
}

static void add_linked(struct build *b, size_t parent, size_t link,
                       bool backwards)
{
	size_t n = add_node(b, NODE_LINKED, parent, TREE_NONE);
	struct tree_node *node = &b->tree->nodes[n];

	node->link = link;
	node->backwards = backwards;
	node->transaction = tree_number(b->from->links, link,
	                                backwards ? "from_transaction"
	                                          : "to_transaction");
	node->journey = journey_of(b, node->transaction);
}

/* Links of TX that do not join: bounces, forwards, what is only possible. */
static void add_other_links(struct build *b, size_t tx, size_t parent)
{
	const struct result *links = b->from->links;
	int64_t id = b->from->transactions->ids[tx];

	for (size_t i = 0; links && i < links->nrows; i++) {
		if (link_joins(b, i) &&
		    link_end(b, i, "from_transaction") != TREE_NONE &&
		    link_end(b, i, "to_transaction") != TREE_NONE)
			continue;
		if (tree_number(links, i, "from_transaction") == id)
			add_linked(b, parent, i, false);
		else if (tree_number(links, i, "to_transaction") == id &&
		         link_end(b, i, "from_transaction") == TREE_NONE)
			add_linked(b, parent, i, true);
	}
}

static bool failed(const struct build *b, size_t row)
{
	struct slice o = tree_text(b->from->recipients, row, "outcome");

	return slice_eq(o, slice_str(outcome_name(OUTCOME_FAILED)));
}

/* A bounce stands below the recipient that failed, if it was only one. */
static void add_ends(struct build *b, size_t tx, size_t parent)
{
	const struct result *r = b->from->recipients;
	size_t only = TREE_NONE, nfailed = 0;

	for (size_t i = 0; r && i < r->nrows; i++) {
		size_t n;

		if (b->ended[i] || !recipient_ends_at(b, i, tx))
			continue;
		n = add_recipient(b, parent, i, b->from->transactions->ids[tx]);
		if (failed(b, i)) {
			only = n;
			nfailed++;
		}
	}
	/* nodes stand in the order of the tree: below the last one only */
	if (nfailed != 1 || only != b->tree->n - 1)
		only = parent;
	add_other_links(b, tx, only);
}

/* The earliest transaction not yet placed that LINK of TX leads to. */
static size_t next_child(const struct build *b, size_t tx, bool filter)
{
	const struct result *t = b->from->transactions;
	size_t found = TREE_NONE;
	int64_t best = 0;

	for (size_t i = 0; i < t->nrows; i++) {
		int64_t opened = tree_number(t, i, "opened_utc");

		if (b->placed[i] || b->up[i] == TREE_NONE ||
		    link_end(b, b->up[i], "from_transaction") != tx ||
		    link_is(b, b->up[i], "kind",
		            link_kind_name(LINK_FILTER)) != filter)
			continue;
		if (found == TREE_NONE || opened < best) {
			found = i;
			best = opened;
		}
	}
	return found;
}

static size_t place(struct build *b, size_t tx, size_t parent,
                    enum node_kind kind)
{
	size_t n = add_node(b, kind, parent, tx);

	b->placed[tx] = true;
	b->tree->nodes[n].link = b->up[tx];
	b->tree->nodes[n].transaction = b->from->transactions->ids[tx];
	return n;
}

/* What TX handed on, below node PARENT. Filter passes come first, and what came
 * out of the filter went on from here. */
static void add_below(struct build *b, size_t tx, size_t parent, int level)
{
	size_t passes[16], npasses = 0, child;

	while ((child = next_child(b, tx, true)) != TREE_NONE) {
		place(b, child, parent, NODE_FILTER);
		if (npasses < sizeof passes / sizeof *passes)
			passes[npasses++] = child;
	}
	while (level < 1000 && (child = next_child(b, tx, false)) != TREE_NONE)
		add_below(b, child, place(b, child, parent, NODE_TRANSACTION),
		          level + 1);
	for (size_t i = 0; i < npasses && level < 1000; i++)
		add_below(b, passes[i], parent, level + 1);
	add_ends(b, tx, parent);
}

static size_t next_root(const struct build *b, bool any)
{
	const struct result *t = b->from->transactions;
	size_t found = TREE_NONE;
	int64_t best = 0;

	for (size_t i = 0; i < t->nrows; i++) {
		int64_t opened = tree_number(t, i, "opened_utc");

		if (b->placed[i] || (!any && b->up[i] != TREE_NONE))
			continue;
		if (found == TREE_NONE || opened < best) {
			found = i;
			best = opened;
		}
	}
	return found;
}

/* One link leads to each transaction: the first that joins it to another. */
static void find_links(struct build *b)
{
	const struct result *links = b->from->links;

	for (size_t i = 0; i < b->from->transactions->nrows; i++)
		b->up[i] = TREE_NONE;
	for (size_t i = 0; links && i < links->nrows; i++) {
		size_t to = link_end(b, i, "to_transaction");
		size_t from = link_end(b, i, "from_transaction");

		if (to != TREE_NONE && from != TREE_NONE && to != from &&
		    b->up[to] == TREE_NONE && link_joins(b, i))
			b->up[to] = i;
	}
}

static bool is_shown(const struct tree *t, int64_t journey)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->nodes[i].journey == journey)
			return true;
	return false;
}

static void add_related(struct build *b)
{
	const struct result *r = b->from->related;

	for (size_t i = 0; r && i < r->nrows; i++) {
		int64_t journey = tree_number(r, i, "journey_id");

		if (is_shown(b->tree, journey))
			continue;
		b->tree->nodes[add_node(b, NODE_RELATED, TREE_NONE, i)].journey =
			journey;
	}
}

static void draw_lines(struct tree *t)
{
	uint32_t open = 0; /* depths at which a later sibling waits */

	for (size_t i = t->n; i-- > 0;) {
		struct tree_node *n = &t->nodes[i];
		uint32_t own = (uint32_t)1 << n->depth;

		/* deeper ones belong to a node further up */
		open &= (own << 1) - 1;
		n->last = !(open & own);
		n->bars = open;
		open |= own;
		if (n->depth == 0)
			open = 0;
	}
}

static bool same_node(const struct tree_node *a, const struct tree_node *b)
{
	return a->kind == b->kind && a->transaction == b->transaction &&
	       a->journey == b->journey && a->row == b->row;
}

static void keep_folds(struct tree *t, const struct tree *old)
{
	for (size_t i = 0; i < old->n; i++)
		for (size_t j = 0; old->nodes[i].folded && j < t->n; j++)
			if (same_node(&old->nodes[i], &t->nodes[j]))
				t->nodes[j].folded = true;
}

void tree_build(struct tree *t, const struct trace *from,
                const struct result *others)
{
	struct tree old = *t;
	size_t ntx = from->transactions->nrows;
	size_t nends = from->recipients ? from->recipients->nrows : 0, tx;
	struct build b = {
		.tree = t, .from = from, .others = others,
		.placed = mem_alloc(ntx * sizeof *b.placed),
		.ended = mem_alloc(nends * sizeof *b.ended),
		.up = mem_alloc(ntx * sizeof *b.up),
	};

	*t = (struct tree){ 0 };
	find_links(&b);
	/* a circle has no root: begin it anywhere */
	while ((tx = next_root(&b, false)) != TREE_NONE ||
	       (tx = next_root(&b, true)) != TREE_NONE)
		add_below(&b, tx, place(&b, tx, TREE_NONE, NODE_TRANSACTION), 0);
	for (size_t i = 0; i < nends; i++)
		if (!b.ended[i])
			add_recipient(&b, TREE_NONE, i, 0);
	add_related(&b);
	draw_lines(t);
	keep_folds(t, &old);
	tree_release(&old);
	free(b.placed);
	free(b.ended);
	free(b.up);
}

void tree_release(struct tree *t)
{
	free(t->nodes);
	*t = (struct tree){ 0 };
}

bool tree_is_hidden(const struct tree *t, size_t node)
{
	for (size_t p = t->nodes[node].parent; p != TREE_NONE;
	     p = t->nodes[p].parent)
		if (t->nodes[p].folded)
			return true;
	return false;
}

bool tree_has_children(const struct tree *t, size_t node)
{
	return node + 1 < t->n && t->nodes[node + 1].parent == node;
}

size_t tree_step(const struct tree *t, size_t node, int delta)
{
	for (size_t i = node; delta > 0 ? i + 1 < t->n : i > 0;) {
		i = delta > 0 ? i + 1 : i - 1;
		if (!tree_is_hidden(t, i))
			return i;
	}
	return node;
}

size_t tree_visible(const struct tree *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += !tree_is_hidden(t, i);
	return n;
}
