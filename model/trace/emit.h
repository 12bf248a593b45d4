/* SPDX-License-Identifier: MIT */
/* Rows out of what was derived. Private to this folder. */
#ifndef MODEL_TRACE_EMIT_H
#define MODEL_TRACE_EMIT_H

#include "model/trace/derive.h"

bool emit_links(struct derive *d);
bool emit_evidence(struct derive *d);
bool emit_related(struct derive *d);
bool emit_coverage(struct derive *d);
bool emit_clocks(struct derive *d);
bool emit_missing(struct derive *d);
bool emit_owners(struct derive *d);

#endif
