/* SPDX-License-Identifier: MIT */
/* Turns the records of one piece into what the piece says: fragments, sessions,
 * attempts, keys and columns. Needs nothing but the piece and its layout. */
#ifndef MODEL_TRACE_ASSEMBLE_H
#define MODEL_TRACE_ASSEMBLE_H

#include "base/cancel.h"
#include "model/store/piece.h"
#include "parsers/parser.h"

struct assembler; /* reused from piece to piece by one thread */
struct assembler *assembler_new(void);
void assembler_free(struct assembler *a);

/* Cuts, peels, parses and assembles all of BYTES, which hold whole records that
 * start at line FIRST_LINE and OFFSET of their source. LAST: the source ends
 * here. The piece is the caller's; NULL only if CANCEL was asked. */
struct piece *assemble_piece(struct assembler *a, const struct layout *l,
                             struct slice bytes, bool last,
                             uint64_t first_line, uint64_t offset,
                             struct cancel *cancel);

/* Where a piece that starts with BYTES must end: bytes of the largest run of
 * whole records within PIECE_BYTES and RECORDS. 0: no whole record is in BYTES
 * and LAST is false. */
size_t assemble_cut(const struct layout *l, struct slice bytes, bool last,
                    uint32_t records);

#endif
