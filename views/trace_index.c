/* SPDX-License-Identifier: MIT */
/* What stands below what in a journey, looked up once. */
#include "views/trace_build.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "model/store/rows.h"

#include <stdlib.h>

static size_t row_of(const struct build *b, int64_t id)
{
	for LOOKUP_EACH (p, &b->ids, (uint64_t)id)
		return p->row;
	return TREE_NONE;
}

static bool build_link_is(const struct build *b, size_t link, const char *column,
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

	if (!build_link_is(b, link, "class", link_class_name(CLASS_CONFIRMED)))
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (build_link_is(b, link, "kind", link_kind_name(kinds[i])))
			return true;
	return false;
}

bool build_link_is_filter(const struct build *b, size_t link)
{
	return build_link_is(b, link, "kind", link_kind_name(LINK_FILTER));
}

static size_t link_end(const struct build *b, size_t link, const char *column)
{
	return row_of(b, tree_number(b->from->links, link, column));
}

/* ---- indexes ----------------------------------------------------------- */

static void index_transactions(struct build *b)
{
	const struct result *t = b->from->transactions;

	for (size_t i = 0; i < t->nrows; i++)
		lookup_add(&b->ids, (uint64_t)t->ids[i], 0, i);
	lookup_sort(&b->ids);
}

static void add_shown_link(struct build *b, size_t end, size_t link)
{
	lookup_add(&b->links, end, (int64_t)link, link);
}

/* A try that was refused: its link leads to the one that was accepted later,
 * which it did not hand anything. */
static bool is_refused_try(const struct build *b, size_t link, size_t from)
{
	return build_link_is(b, link, "kind", link_kind_name(LINK_RETRY)) &&
	       slice_eq(tree_text(b->from->transactions, from, "state"),
	                slice_str(transaction_state_name(STATE_REFUSED)));
}

static void join(struct build *b, size_t link, size_t from, size_t to)
{
	if (from == to)
		return;
	if (is_refused_try(b, link, from)) {
		if (b->up[from] == TREE_NONE)
			b->up[from] = link;
	} else if (b->up[to] == TREE_NONE) {
		b->up[to] = link;
		b->above[to] = from;
	}
}

#define TRIES 1000 /* of one message at one door */

/* Tries stand where the accepted one does: below who tried. */
static void place_tries(struct build *b)
{
	for (size_t i = 0; i < b->from->transactions->nrows; i++) {
		size_t at = i;

		if (b->up[i] == TREE_NONE ||
		    !is_refused_try(b, b->up[i], i))
			continue;
		for (int k = 0; k < TRIES && at != TREE_NONE &&
		                b->up[at] != TREE_NONE &&
		                is_refused_try(b, b->up[at], at);
		     k++)
			at = link_end(b, b->up[at], "to_transaction");
		if (at != TREE_NONE && b->above[at] != i)
			b->above[i] = b->above[at];
	}
}

/* One link leads to each transaction: the first that joins it to another. The
 * ones that join nothing are drawn at the end that is here. */
static void index_links(struct build *b)
{
	const struct result *l = b->from->links;
	size_t n = l ? l->nrows : 0, ntx = b->from->transactions->nrows;

	for (size_t i = 0; i < ntx; i++)
		b->up[i] = b->above[i] = TREE_NONE;
	for (size_t i = 0; i < n; i++) {
		size_t to = link_end(b, i, "to_transaction");
		size_t from = link_end(b, i, "from_transaction");

		if (to != TREE_NONE && from != TREE_NONE && link_joins(b, i)) {
			join(b, i, from, to);
		} else if (from != TREE_NONE) {
			add_shown_link(b, from, i);
		} else if (to != TREE_NONE) {
			add_shown_link(b, to, i);
		}
	}
	lookup_sort(&b->links);
	place_tries(b);
}

static void index_children(struct build *b)
{
	const struct result *t = b->from->transactions;

	for (size_t i = 0; i < t->nrows; i++)
		if (b->above[i] != TREE_NONE)
			lookup_add(&b->children, b->above[i],
			           tree_number(t, i, "opened_utc"), i);
	lookup_sort(&b->children);
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

uint64_t build_hash_recipient(int64_t transaction, struct slice address)
{
	return hash_mix((uint64_t)transaction, hash_nocase(address));
}

static uint64_t hash_queue(const struct result *r, size_t row)
{
	return hash_mix(hash64(tree_text(r, row, "server")),
	                hash64(tree_text(r, row, "queue_id")));
}

/* Deliveries by transaction and recipient: which of several generations of a
 * queue id has the recipient. */
static struct lookup index_deliveries(const struct build *b)
{
	const struct result *d = b->from->deliveries;
	size_t n = d ? d->nrows : 0;
	struct lookup x = { 0 };

	for (size_t i = 0; i < n; i++)
		lookup_add(&x,
		           build_hash_recipient(
				   tree_number(d, i, "transaction_id"),
				   tree_text(d, i, "recipient")),
		           0, i);
	lookup_sort(&x);
	return x;
}

static struct lookup index_queues(const struct build *b)
{
	const struct result *t = b->from->transactions;
	struct lookup x = { 0 };

	for (size_t i = 0; i < t->nrows; i++)
		lookup_add(&x, hash_queue(t, i), 0, i);
	lookup_sort(&x);
	return x;
}

static bool has_delivery(const struct build *b, const struct lookup *deliveries,
                         size_t tx, struct slice address)
{
	uint64_t key = build_hash_recipient(b->from->transactions->ids[tx], address);

	for LOOKUP_EACH (p, deliveries, key)
		return true;
	return false;
}

/* A recipient's row names server and queue id of where it ended. */
static void index_ends(struct build *b)
{
	const struct result *r = b->from->recipients;
	struct lookup queues = index_queues(b);
	struct lookup deliveries = index_deliveries(b);
	size_t n = r ? r->nrows : 0;

	for (size_t i = 0; i < n; i++) {
		struct slice address = tree_text(r, i, "address");
		uint64_t queue = hash_queue(r, i), tx = TREE_NONE;

		for LOOKUP_EACH (p, &queues, queue)
			if (tx == TREE_NONE ||
			    has_delivery(b, &deliveries, p->row, address))
				tx = p->row;
		lookup_add(&b->ends, tx, (int64_t)i, i);
	}
	lookup_sort(&b->ends);
	lookup_release(&queues);
	lookup_release(&deliveries);
}

static void index_missing(struct build *b)
{
	const struct result *m = b->from->missing;
	size_t n = m ? m->nrows : 0;

	for (size_t i = 0; i < n; i++) {
		int64_t tx = tree_number(m, i, "transaction_id");
		struct slice recipient = tree_text(m, i, "recipient");

		lookup_add(&b->missing, (uint64_t)tx, (int64_t)i, i);
		if (recipient.len)
			lookup_add(&b->missing_of,
			           build_hash_recipient(tx, recipient),
			           (int64_t)i, i);
	}
	lookup_sort(&b->missing);
	lookup_sort(&b->missing_of);
}

void build_index(struct build *b)
{
	size_t ntx = b->from->transactions->nrows;
	size_t nmissing = b->from->missing ? b->from->missing->nrows : 0;

	b->placed = mem_alloc(ntx * sizeof *b->placed);
	b->done = mem_alloc(ntx * sizeof *b->done);
	b->missing_done = mem_alloc(nmissing * sizeof *b->missing_done);
	b->up = mem_alloc(ntx * sizeof *b->up);
	b->above = mem_alloc(ntx * sizeof *b->above);
	index_transactions(b);
	index_links(b);
	index_children(b);
	index_ends(b);
	index_missing(b);
}

void build_release(struct build *b)
{
	lookup_release(&b->ids);
	lookup_release(&b->children);
	lookup_release(&b->links);
	lookup_release(&b->ends);
	lookup_release(&b->missing);
	lookup_release(&b->missing_of);
	free(b->placed);
	free(b->done);
	free(b->missing_done);
	free(b->up);
	free(b->above);
}
