/* SPDX-License-Identifier: MIT */
/* What the forms of a written journey share (trace_*.c only). */
#ifndef MODEL_REPORT_TRACE_PRIVATE_H
#define MODEL_REPORT_TRACE_PRIVATE_H

#include "base/lookup.h"
#include "model/report/trace_report.h"

/* A result row's column as text; absent: the absent slice. */
struct slice trace_text(const struct result *r, size_t row, const char *column);
int64_t trace_number(const struct result *r, size_t row, const char *column);

/* Rows of R by the number in COLUMN, in their order. */
struct lookup trace_by_number(const struct result *r, const char *column);
/* Recipients by the row of the transaction where they ended: they name its server
 * and queue id; of several generations, the last with a delivery to them. */
struct lookup trace_ends(const struct trace *t);

/* "logs/mx.log:14231", or by the file's hash "9f31c0aa:14231"; nothing if the
 * line is not known. COLUMN "from" or "to" of a row of evidence. */
void trace_add_cited(struct strbuf *out, const struct trace *t, size_t row,
                        const char *column, bool by_hash);

void trace_add_text(struct strbuf *out, const struct trace *t,
                    const struct result *events, bool raw);
/* EVENTS: ids of each transaction's, rows event_id, transaction_id. */
void trace_add_json(struct strbuf *out, const struct trace *t,
                    const struct result *events, bool raw);
/* A digraph of its own, named after the journey. */
void trace_add_dot(struct strbuf *out, const struct trace *t,
                   const struct result *events, bool raw);
/* A row for each transaction, link, evidence, recipient, missing hop and related
 * journey; PART tells which. */
void trace_add_csv(struct strbuf *out, const struct trace *t,
                   const struct result *events, bool raw);
extern const char trace_csv_header[];

#endif
