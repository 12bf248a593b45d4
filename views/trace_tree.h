/* SPDX-License-Identifier: MIT */
/* A journey as a tree of lines: transactions below the one that handed them the
 * message, recipients below the one where they ended. Pure; drawn by trace.c. */
#ifndef VIEWS_TRACE_TREE_H
#define VIEWS_TRACE_TREE_H

#include "model/store/engine.h"

enum node_kind {
	NODE_TRANSACTION,
	NODE_FILTER,    /* a pass through a filter on the same server */
	NODE_RECIPIENT,
	NODE_LINKED,    /* a transaction of another journey: bounce, possible */
	NODE_RELATED,   /* another journey, without a link to show */
	NODE_MISSING,   /* what a log should hold, or contradicts */
	NODE_MANY,      /* a crowd of recipients or missing hops of one sort */
};

#define TREE_NONE SIZE_MAX
#define TREE_DEPTH 24 /* deeper ones are drawn at this depth */

struct tree_node {
	enum node_kind kind;
	size_t row;    /* of transactions, recipients, missing or related; or
			  TREE_NONE */
	size_t link;   /* row of the link that led here, or TREE_NONE */
	size_t parent; /* index of a node that stands before, or TREE_NONE */
	int64_t transaction; /* whose lines are shown; 0 none */
	int64_t journey;     /* NODE_RELATED; of NODE_LINKED if known, else 0 */
	bool backwards;      /* NODE_LINKED: it may have led here */
	int level;     /* how many nodes stand above it */
	int depth;     /* where it is drawn: TREE_DEPTH at most */
	uint32_t bars; /* bit d: a line of depth d goes on below this node */
	bool last;     /* of its parent's */
	bool folded;   /* what is below it is hidden */
	enum node_kind of; /* NODE_MANY: what stands below it; ROW is the first */
	size_t many;       /* … and how many there are */
};

struct tree {
	struct tree_node *nodes;
	size_t n, cap;
};

/* OTHERS (may be NULL): transactions of the related journeys, with journey_id,
 * so that a journey that a link shows is not listed again. Folded nodes of the
 * former content stay folded if they are still there. A crowd begins folded. */
void tree_build(struct tree *t, const struct trace *from,
                const struct result *others);
void tree_release(struct tree *t);

bool tree_is_hidden(const struct tree *t, size_t node);
bool tree_has_children(const struct tree *t, size_t node);
/* The next node that is not hidden, DELTA +1 or -1; NODE itself at the end. */
size_t tree_step(const struct tree *t, size_t node, int delta);
size_t tree_visible(const struct tree *t); /* how many are not hidden */

/* Row of ID, TREE_NONE. */
size_t tree_row_of(const struct result *r, int64_t id);
int64_t tree_number(const struct result *r, size_t row, const char *column);
struct slice tree_text(const struct result *r, size_t row, const char *column);

#endif
