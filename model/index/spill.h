/* SPDX-License-Identifier: MIT */
/* Pieces out of memory: their lists go to a file without a name beside the
 * case, where a look brings back the pages around it and no more. */
#ifndef MODEL_INDEX_SPILL_H
#define MODEL_INDEX_SPILL_H

#include "model/trace/trace.h"

struct spill;

/* Never fails: without a file, or once the disk is full, pieces stay in
 * memory. Frees nothing of a piece that is still used: piece_free first. */
struct spill *spill_new(const char *case_path);
void spill_free(struct spill *s);
/* P can be read and freed as before, but not written to. */
void spill_piece(struct spill *s, struct piece *p);
/* For trace_input. */
struct piece_pages *spill_pages(struct spill *s);

#endif
