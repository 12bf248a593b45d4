/* SPDX-License-Identifier: MIT */
/* Arranges a journey's transactions and recipients as a tree. */
#include "views/trace_tree.h"

#include "base/alloc.h"
#include "base/hash.h"
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

/* A number of rows of something, found by what they belong to. */
struct place {
	uint64_t key; /* row of a transaction, hash of a name */
	int64_t order;
	size_t row;
};

struct index {
	struct place *places; /* sorted by key, order, row */
	size_t n;
};

/* What the links and ends of a journey are found by: it may have thousands of
 * transactions and recipients, so nothing is looked for one by one. */
struct build {
	struct tree *tree;
	const struct trace *from;
	const struct result *others;
	struct index ids;      /* transactions by id */
	struct index children; /* transactions by the one before, by time */
	struct index links;    /* links to draw, by the transaction at this end */
	struct index missing;  /* what is missing, by the transaction's id */
	struct index ends;     /* recipients by the transaction of their end */
	bool *placed;          /* transactions that have a node */
	bool *done;            /* … and all below it */
	size_t *up;            /* row of the link that leads to each of them */
};

static int cmp_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_place(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;

	if (a->key != b->key)
		return cmp_u64(a->key, b->key);
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return cmp_u64(a->row, b->row);
}

static void index_sort(struct index *i)
{
	if (i->n)
		qsort(i->places, i->n, sizeof *i->places, cmp_place);
}

/* The first place of KEY; those that follow it have the same key or end. */
static const struct place *index_find(const struct index *x, uint64_t key)
{
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (x->places[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return x->places + low;
}

#define EACH_OF(p, x, k)                                                     \
	(const struct place *p = index_find((x), (k));                       \
	 p < (x)->places + (x)->n && p->key == (k); p++)

static size_t row_of(const struct build *b, int64_t id)
{
	for EACH_OF (p, &b->ids, (uint64_t)id)
		return p->row;
	return TREE_NONE;
}

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

static bool link_is_filter(const struct build *b, size_t link)
{
	return link_is(b, link, "kind", link_kind_name(LINK_FILTER));
}

static size_t link_end(const struct build *b, size_t link, const char *column)
{
	return row_of(b, tree_number(b->from->links, link, column));
}

/* ---- indexes ----------------------------------------------------------- */

static struct place *room(size_t n)
{
	return mem_alloc((n + 1) * sizeof(struct place));
}

static void index_transactions(struct build *b)
{
	const struct result *t = b->from->transactions;

	b->ids.places = room(t->nrows);
	for (size_t i = 0; i < t->nrows; i++)
		b->ids.places[b->ids.n++] =
		        (struct place){ (uint64_t)t->ids[i], 0, i };
	index_sort(&b->ids);
}

static void add_shown_link(struct build *b, size_t end, size_t link)
{
	b->links.places[b->links.n++] =
	        (struct place){ end, (int64_t)link, link };
}

/* One link leads to each transaction: the first that joins it to another. The
 * ones that join nothing are drawn at the end that is here. */
static void index_links(struct build *b)
{
	const struct result *l = b->from->links;
	size_t n = l ? l->nrows : 0, ntx = b->from->transactions->nrows;

	b->links.places = room(n);
	for (size_t i = 0; i < ntx; i++)
		b->up[i] = TREE_NONE;
	for (size_t i = 0; i < n; i++) {
		size_t to = link_end(b, i, "to_transaction");
		size_t from = link_end(b, i, "from_transaction");
		bool joins = link_joins(b, i);

		if (to != TREE_NONE && from != TREE_NONE && joins) {
			if (to != from && b->up[to] == TREE_NONE)
				b->up[to] = i;
		} else if (from != TREE_NONE) {
			add_shown_link(b, from, i);
		} else if (to != TREE_NONE) {
			add_shown_link(b, to, i);
		}
	}
	index_sort(&b->links);
}

static void index_children(struct build *b)
{
	const struct result *t = b->from->transactions;

	b->children.places = room(t->nrows);
	for (size_t i = 0; i < t->nrows; i++)
		if (b->up[i] != TREE_NONE)
			b->children.places[b->children.n++] = (struct place){
				link_end(b, b->up[i], "from_transaction"),
				tree_number(t, i, "opened_utc"), i };
	index_sort(&b->children);
}

static uint64_t hash_nocase(struct slice s)
{
	struct strbuf lower = { 0 };
	uint64_t hash;

	for (size_t i = 0; i < s.len; i++)
		strbuf_add_char(&lower, s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'
		                                ? (char)(s.ptr[i] + 32)
		                                : s.ptr[i]);
	hash = hash64(strbuf_slice(&lower));
	strbuf_release(&lower);
	return hash;
}

static uint64_t hash_queue(const struct result *r, size_t row)
{
	return hash_mix(hash64(tree_text(r, row, "server")),
	                hash64(tree_text(r, row, "queue_id")));
}

/* Deliveries by transaction and recipient: which of several generations of a
 * queue id has the recipient. */
static struct index index_deliveries(const struct build *b)
{
	const struct result *d = b->from->deliveries;
	size_t n = d ? d->nrows : 0;
	struct index x = { .places = room(n) };

	for (size_t i = 0; i < n; i++)
		x.places[x.n++] = (struct place){
			hash_mix((uint64_t)tree_number(d, i, "transaction_id"),
			         hash_nocase(tree_text(d, i, "recipient"))), 0, i };
	index_sort(&x);
	return x;
}

static struct index index_queues(const struct build *b)
{
	const struct result *t = b->from->transactions;
	struct index x = { .places = room(t->nrows) };

	for (size_t i = 0; i < t->nrows; i++)
		x.places[x.n++] = (struct place){ hash_queue(t, i), 0, i };
	index_sort(&x);
	return x;
}

static bool has_delivery(const struct build *b, const struct index *deliveries,
                         size_t tx, uint64_t address)
{
	uint64_t key = hash_mix((uint64_t)b->from->transactions->ids[tx],
	                        address);

	for EACH_OF (p, deliveries, key)
		return true;
	return false;
}

/* A recipient's row names server and queue id of where it ended. */
static void index_ends(struct build *b)
{
	const struct result *r = b->from->recipients;
	struct index queues = index_queues(b);
	struct index deliveries = index_deliveries(b);
	size_t n = r ? r->nrows : 0;

	b->ends.places = room(n);
	for (size_t i = 0; i < n; i++) {
		uint64_t address = hash_nocase(tree_text(r, i, "address"));
		uint64_t queue = hash_queue(r, i), tx = TREE_NONE;

		for EACH_OF (p, &queues, queue)
			if (tx == TREE_NONE ||
			    has_delivery(b, &deliveries, p->row, address))
				tx = p->row;
		b->ends.places[b->ends.n++] =
		        (struct place){ tx, (int64_t)i, i };
	}
	index_sort(&b->ends);
	free(queues.places);
	free(deliveries.places);
}

static void index_missing(struct build *b)
{
	const struct result *m = b->from->missing;
	size_t n = m ? m->nrows : 0;

	b->missing.places = room(n);
	for (size_t i = 0; i < n; i++)
		b->missing.places[b->missing.n++] = (struct place){
			(uint64_t)tree_number(m, i, "transaction_id"),
			(int64_t)i, i };
	index_sort(&b->missing);
}

/* ---- nodes ------------------------------------------------------------- */

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

static bool failed(const struct build *b, size_t row)
{
	struct slice o = tree_text(b->from->recipients, row, "outcome");

	return slice_eq(o, slice_str(outcome_name(OUTCOME_FAILED)));
}

/* A bounce stands below the recipient that failed, if that is the last one and
 * the only one: nodes stand in the order of the tree. */
static void add_ends(struct build *b, size_t tx, size_t parent)
{
	int64_t id = b->from->transactions->ids[tx];
	size_t below = parent, nfailed = 0;

	for EACH_OF (p, &b->ends, tx) {
		size_t n = add_node(b, NODE_RECIPIENT, parent, p->row);

		b->tree->nodes[n].transaction = id;
		below = failed(b, p->row) ? n : parent;
		nfailed += below == n;
	}
	if (nfailed != 1)
		below = parent;
	for EACH_OF (p, &b->links, tx)
		add_linked(b, below, p->row,
		           tree_number(b->from->links, p->row,
		                       "from_transaction") != id);
	for EACH_OF (p, &b->missing, (uint64_t)id)
		b->tree->nodes[add_node(b, NODE_MISSING, parent, p->row)]
			.transaction = id;
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

#define LEVELS 500 /* deeper ones begin at the margin again */

/* What TX handed on, below node PARENT. Filter passes come first, and what came
 * out of a filter went on from here. */
static void add_below(struct build *b, size_t tx, size_t parent, int level)
{
	if (level >= LEVELS || b->done[tx])
		return;
	b->done[tx] = true;
	for EACH_OF (p, &b->children, tx)
		if (!b->placed[p->row] && link_is_filter(b, b->up[p->row]))
			place(b, p->row, parent, NODE_FILTER);
	for EACH_OF (p, &b->children, tx) {
		size_t below = parent;

		if (!link_is_filter(b, b->up[p->row])) {
			if (b->placed[p->row])
				continue;
			below = place(b, p->row, parent, NODE_TRANSACTION);
		}
		add_below(b, p->row, below, level + 1);
	}
	add_ends(b, tx, parent);
}

/* Roots by time: first what nothing leads to, then what stands in circles. */
static void add_roots(struct build *b)
{
	const struct result *t = b->from->transactions;
	struct index x = { .places = room(t->nrows) };

	for (size_t i = 0; i < t->nrows; i++)
		x.places[x.n++] = (struct place){ b->up[i] != TREE_NONE,
			tree_number(t, i, "opened_utc"), i };
	index_sort(&x);
	for (size_t i = 0; i < x.n; i++) {
		size_t tx = x.places[i].row;

		if (!b->placed[tx])
			add_below(b, tx, place(b, tx, TREE_NONE,
			                       NODE_TRANSACTION), 0);
	}
	free(x.places);
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
	struct build b = {
		.tree = t, .from = from, .others = others,
		.placed = mem_alloc(ntx * sizeof *b.placed),
		.done = mem_alloc(ntx * sizeof *b.done),
		.up = mem_alloc(ntx * sizeof *b.up),
	};

	*t = (struct tree){ 0 };
	index_transactions(&b);
	index_links(&b);
	index_children(&b);
	index_ends(&b);
	index_missing(&b);
	add_roots(&b);
	for EACH_OF (p, &b.ends, TREE_NONE)
		add_node(&b, NODE_RECIPIENT, TREE_NONE, p->row);
	add_related(&b);
	draw_lines(t);
	keep_folds(t, &old);
	tree_release(&old);
	free(b.ids.places);
	free(b.children.places);
	free(b.links.places);
	free(b.ends.places);
	free(b.missing.places);
	free(b.placed);
	free(b.done);
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
