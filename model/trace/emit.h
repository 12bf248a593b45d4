/* SPDX-License-Identifier: MIT */
/* Rows out of what was derived. Private to this folder. */
#ifndef MODEL_TRACE_EMIT_H
#define MODEL_TRACE_EMIT_H

#include "model/trace/derive.h"

bool emit_links(struct derive *d);
bool emit_evidence(struct derive *d);
/* The evidence that v_evidence tells from the rows of transactions and attempt: its
 * lines and texts stand there. */
unsigned evidence_told(const struct derive *d, const struct link *k);
/* transaction_row.said */
uint64_t said_pack(const struct derive *d, const struct txn *t);
bool emit_related(struct derive *d);
bool emit_coverage(struct derive *d);
bool emit_clocks(struct derive *d);
bool emit_missing(struct derive *d); /* and findings */
bool emit_owners(struct derive *d);

#endif
