/* SPDX-License-Identifier: MIT */
/* Arranges a journey's transactions and recipients as a tree. */
#include "views/trace_tree.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "model/store/rows.h"
#include "views/trace_build.h"

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

/* Good until the next one is added; its index is that of the last node. */
static struct tree_node *add_node(struct build *b, enum node_kind kind,
                                  size_t parent, size_t row)
{
	struct tree *t = b->tree;
	struct tree_node *n;

	GROW(t->nodes, t->n, t->cap);
	n = &t->nodes[t->n];
	*n = (struct tree_node){ .kind = kind, .row = row, .parent = parent,
		                 .link = TREE_NONE };
	if (parent != TREE_NONE)
		n->depth = n->level = t->nodes[parent].level + 1;
	if (n->depth > TREE_DEPTH)
		n->depth = TREE_DEPTH;
	t->n++;
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
	struct tree_node *node = add_node(b, NODE_LINKED, parent, TREE_NONE);

	node->link = link;
	node->backwards = backwards;
	node->transaction = tree_number(b->from->links, link,
	                                backwards ? "from_transaction"
	                                          : "to_transaction");
	node->journey = journey_of(b, node->transaction);
}

static bool failed(const struct build *b, size_t row)
{
	struct slice o = tree_text(b->from->recipients, row, "outcome");

	return slice_eq(o, slice_str(outcome_name(OUTCOME_FAILED)));
}

/* Where so many stand side by side, those of which there are many of a sort are
 * folded away below a line that counts them. */
#define CROWD 20
#define SORT_LEAST 8

/* The outcomes of those who end at a transaction, in a hash. */
static uint64_t fate_of(const struct build *b, size_t tx)
{
	uint64_t fate = 0;

	for LOOKUP_EACH (p, &b->ends, tx)
		fate = hash_mix(fate, hash64(tree_text(b->from->recipients, p->row,
		                                       "outcome")));
	return fate;
}

/* A sort of recipients is an outcome and how it is known, one of missing hops a
 * server, one of transactions a server and what became of its recipients. */
static uint64_t sort_of(const struct build *b, enum node_kind kind, size_t row)
{
	const struct result *m = b->from->missing, *r = b->from->recipients;

	if (kind == NODE_TRANSACTION)
		return hash_mix(hash64(tree_text(b->from->transactions, row,
		                                 "server")),
		                fate_of(b, row));
	if (kind == NODE_RECIPIENT)
		return hash_mix(hash64(tree_text(r, row, "outcome")),
		                slice_eq(tree_text(r, row, "via"),
		                         SLICE("merged")));
	return hash_mix(hash64(tree_text(m, row, "wanted")),
	                hash64(tree_text(m, row, "kind")));
}

/* The rows of KEY in X, as places by their sort. */
static struct lookup sorts_of(const struct build *b, const struct lookup *x,
                             uint64_t key, enum node_kind kind)
{
	struct lookup sorts = { 0 };

	for LOOKUP_EACH (p, x, key)
		lookup_add(&sorts, sort_of(b, kind, p->row), p->order, p->row);
	lookup_sort(&sorts);
	return sorts;
}

static void add_end(struct build *b, enum node_kind kind, size_t parent,
                    size_t row, int64_t transaction)
{
	add_node(b, kind, parent, row)->transaction = transaction;
}

/* The line of N rows of a sort; its index. */
static size_t add_many(struct build *b, enum node_kind kind, size_t parent,
                       const struct place *rows, size_t n)
{
	struct tree_node *node = add_node(b, NODE_MANY, parent, rows->row);

	node->of = kind;
	node->many = n;
	node->folded = true;
	return b->tree->n - 1;
}

/* How many places from I on are of its sort. */
static size_t sort_length(const struct lookup *sorts, size_t i)
{
	size_t n = 1;

	while (i + n < sorts->n &&
	       sorts->places[i + n].key == sorts->places[i].key)
		n++;
	return n;
}

/* A line for each large sort of a crowd; its rows below it. */
static void add_sorts(struct build *b, const struct lookup *sorts,
                      enum node_kind kind, size_t parent, int64_t tx)
{
	for (size_t i = 0, n; i < sorts->n; i += n) {
		size_t at;

		n = sort_length(sorts, i);
		if (n < SORT_LEAST)
			continue;
		at = add_many(b, kind, parent, &sorts->places[i], n);
		b->tree->nodes[at].transaction = tx;
		for (size_t k = i; k < i + n; k++)
			add_end(b, kind, at, sorts->places[k].row, tx);
	}
}

static bool is_in_crowd(const struct lookup *sorts, uint64_t sort)
{
	size_t least;

	if (sorts->n <= CROWD)
		return false;
	least = (size_t)(lookup_find(sorts, sort) - sorts->places) +
	        SORT_LEAST - 1;
	return least < sorts->n && sorts->places[least].key == sort;
}

/* Crowds below one transaction. */
struct crowds {
	int64_t transaction;
	size_t parent;
	struct lookup recipients, missing;
};

static void add_missing(struct build *b, const struct crowds *c,
                        const struct lookup *x, uint64_t key, size_t parent)
{
	for LOOKUP_EACH (p, x, key) {
		if (b->missing_done[p->row] ||
		    is_in_crowd(&c->missing, sort_of(b, NODE_MISSING, p->row)))
			continue;
		b->missing_done[p->row] = true;
		add_end(b, NODE_MISSING, parent, p->row, c->transaction);
	}
}

/* Recipients one by one, and what is missing behind each; those that failed
 * last, so that what came of it can stand below. Returns the only one that
 * failed, else TREE_NONE. */
static size_t add_single_ends(struct build *b, const struct crowds *c, size_t tx)
{
	size_t last = TREE_NONE, nfailed = 0;

	for (int pass = 0; pass < 2; pass++)
		for LOOKUP_EACH (p, &b->ends, tx) {
			if (failed(b, p->row) != (pass == 1) ||
			    is_in_crowd(&c->recipients,
			                sort_of(b, NODE_RECIPIENT, p->row)))
				continue;
			add_end(b, NODE_RECIPIENT, c->parent, p->row,
			        c->transaction);
			nfailed += (size_t)pass;
			last = b->tree->n - 1;
			add_missing(b, c, &b->missing_of,
			            build_hash_recipient(c->transaction,
			                           tree_text(b->from->recipients,
			                                     p->row, "address")),
			            last);
		}
	return nfailed == 1 ? last : TREE_NONE;
}

static void add_ends(struct build *b, size_t tx, size_t parent)
{
	int64_t id = b->from->transactions->ids[tx];
	struct crowds c = {
		.transaction = id, .parent = parent,
		.recipients = sorts_of(b, &b->ends, tx, NODE_RECIPIENT),
		.missing = sorts_of(b, &b->missing, (uint64_t)id, NODE_MISSING),
	};
	size_t below;

	if (c.recipients.n > CROWD)
		add_sorts(b, &c.recipients, NODE_RECIPIENT, parent, id);
	below = add_single_ends(b, &c, tx);
	for LOOKUP_EACH (p, &b->links, tx)
		add_linked(b, below == TREE_NONE ? parent : below, p->row,
		           tree_number(b->from->links, p->row,
		                       "from_transaction") != id);
	if (c.missing.n > CROWD)
		add_sorts(b, &c.missing, NODE_MISSING, parent, id);
	add_missing(b, &c, &b->missing, (uint64_t)id, parent);
	lookup_release(&c.recipients);
	lookup_release(&c.missing);
}

static size_t place(struct build *b, size_t tx, size_t parent,
                    enum node_kind kind)
{
	struct tree_node *node = add_node(b, kind, parent, tx);

	b->placed[tx] = true;
	node->link = b->up[tx];
	node->transaction = b->from->transactions->ids[tx];
	return b->tree->n - 1;
}

#define LEVELS 500 /* deeper ones begin at the margin again */

static void add_below(struct build *b, size_t tx, size_t parent, int level);

static void add_child(struct build *b, size_t tx, size_t parent, int level)
{
	if (!b->placed[tx])
		add_below(b, tx, place(b, tx, parent, NODE_TRANSACTION), level);
}

/* A list may hand a message on once for each member. */
static void add_crowd(struct build *b, size_t tx, size_t parent, int level)
{
	struct lookup sorts = { 0 };

	for LOOKUP_EACH (p, &b->children, tx)
		if (!b->placed[p->row] && !build_link_is_filter(b, b->up[p->row]))
			lookup_add(&sorts, sort_of(b, NODE_TRANSACTION, p->row),
			           p->order, p->row);
	lookup_sort(&sorts);
	for (size_t i = 0, n; i < sorts.n && sorts.n > CROWD; i += n) {
		size_t at;

		n = sort_length(&sorts, i);
		if (n < SORT_LEAST)
			continue;
		at = add_many(b, NODE_TRANSACTION, parent, &sorts.places[i], n);
		b->tree->nodes[at].transaction = b->from->transactions->ids[tx];
		b->tree->nodes[at].link = b->up[sorts.places[i].row];
		for (size_t k = i; k < i + n; k++)
			add_child(b, sorts.places[k].row, at, level + 1);
	}
	lookup_release(&sorts);
}

/* What TX handed on, below node PARENT. Filter passes come first, and what came
 * out of a filter went on from here. */
static void add_below(struct build *b, size_t tx, size_t parent, int level)
{
	if (level >= LEVELS || b->done[tx])
		return;
	b->done[tx] = true;
	for LOOKUP_EACH (p, &b->children, tx)
		if (!b->placed[p->row] && build_link_is_filter(b, b->up[p->row]))
			place(b, p->row, parent, NODE_FILTER);
	add_crowd(b, tx, parent, level);
	for LOOKUP_EACH (p, &b->children, tx) {
		if (build_link_is_filter(b, b->up[p->row]))
			add_below(b, p->row, parent, level + 1);
		else
			add_child(b, p->row, parent, level + 1);
	}
	add_ends(b, tx, parent);
}

/* Roots by time: first what nothing leads to, then what stands in circles. */
static void add_roots(struct build *b)
{
	const struct result *t = b->from->transactions;
	struct lookup x = { 0 };

	for (size_t i = 0; i < t->nrows; i++)
		lookup_add(&x, b->above[i] != TREE_NONE,
		           tree_number(t, i, "opened_utc"), i);
	lookup_sort(&x);
	for (size_t i = 0; i < x.n; i++) {
		size_t tx = x.places[i].row;

		if (!b->placed[tx])
			add_below(b, tx, place(b, tx, TREE_NONE,
			                       NODE_TRANSACTION), 0);
	}
	lookup_release(&x);
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
		add_node(b, NODE_RELATED, TREE_NONE, i)->journey = journey;
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
	       a->journey == b->journey && a->row == b->row && a->of == b->of;
}

static void keep_folds(struct tree *t, const struct tree *old)
{
	for (size_t i = 0; i < old->n; i++) {
		const struct tree_node *n = &old->nodes[i];

		if (!n->folded && n->kind != NODE_MANY)
			continue;
		for (size_t j = 0; j < t->n; j++)
			if (same_node(n, &t->nodes[j]))
				t->nodes[j].folded = n->folded;
	}
}

void tree_build(struct tree *t, const struct trace *from,
                const struct result *others)
{
	struct tree old = *t;
	struct build b = { .tree = t, .from = from, .others = others };

	*t = (struct tree){ 0 };
	build_index(&b);
	add_roots(&b);
	for LOOKUP_EACH (p, &b.ends, TREE_NONE)
		add_node(&b, NODE_RECIPIENT, TREE_NONE, p->row);
	add_related(&b);
	draw_lines(t);
	keep_folds(t, &old);
	tree_release(&old);
	build_release(&b);
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
