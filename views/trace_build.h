/* SPDX-License-Identifier: MIT */
/* The indexes by which a journey becomes a tree (trace_index.c, trace_tree.c). */
#ifndef VIEWS_TRACE_BUILD_H
#define VIEWS_TRACE_BUILD_H

#include "base/lookup.h"
#include "views/trace_tree.h"

/* What the links and ends of a journey are found by: it may have thousands of
 * transactions and recipients, so nothing is looked for one by one. */
struct build {
	struct tree *tree;
	const struct trace *from;
	const struct result *others;
	struct lookup ids;      /* transactions by id */
	struct lookup children; /* transactions by the one before, by time */
	struct lookup links;    /* links to draw, by the transaction at this end */
	struct lookup missing;  /* what is missing, by the transaction's id */
	struct lookup missing_of; /* … and by the recipient too */
	struct lookup ends;     /* recipients by the transaction of their end */
	bool *placed;          /* transactions that have a node */
	bool *done;            /* … and all below it */
	bool *missing_done;    /* rows of what is missing that have a node */
	size_t *up;            /* row of the link that leads to each of them */
	size_t *above;         /* row of the transaction that they stand below */
};

void build_index(struct build *b); /* from TREE, FROM and OTHERS */
void build_release(struct build *b);

bool build_link_is_filter(const struct build *b, size_t link);
uint64_t build_hash_recipient(int64_t transaction, struct slice address);

#endif
