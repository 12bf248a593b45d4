/* SPDX-License-Identifier: MIT */
/* One journey written out: for people, for programs, for Graphviz. */
#ifndef MODEL_REPORT_TRACE_REPORT_H
#define MODEL_REPORT_TRACE_REPORT_H

#include "model/store/engine.h"

/* A result row's column as text; absent: the absent slice. */
struct slice trace_text(const struct result *r, size_t row, const char *column);

/* Ids of the events of each transaction: rows event_id, transaction_id. */
void trace_add_json(struct strbuf *out, const struct trace *t,
                    const struct result *events);
void trace_add_text(struct strbuf *out, const struct trace *t);
/* A digraph of its own, named after the journey. */
void trace_add_dot(struct strbuf *out, const struct trace *t);

#endif
