/* SPDX-License-Identifier: MIT */
/* Results as the case gives them, made by hand: for tests of pages. */
#ifndef TESTS_RESULTS_H
#define TESTS_RESULTS_H

#include "base/alloc.h"
#include "base/civil.h"
#include "model/store/engine.h"

#include <stdlib.h>

/* ROWS: "7|mx1|-|…" separated by newlines, a cell per column, "-" is NULL. The
 * first column is the id. Numbers and times are read from their text. */
static inline struct result *make_result(const char *const *columns,
                                         const char *rows)
{
	struct result *r = mem_alloc(sizeof *r);
	struct slice text = slice_str(rows);
	size_t cap = 0, ncells = 0, ccells = 0;

	r->columns = columns;
	while (columns[r->ncolumns])
		r->ncolumns++;
	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		for (size_t i = 0; i < r->ncolumns; i++) {
			struct slice s = slice_cut(&line, '|');
			struct cell c = { .text = arena_slice(&r->memory, s) };
			bool zone;
			int32_t offset;
			uint64_t n;

			if (slice_eq(s, SLICE("-")))
				c.text = slice_of(NULL, 0);
			if (slice_u64(s, &n)) {
				c.number = (int64_t)n;
				c.is_number = true;
			} else if (s.len > 10 && slice_ends(s, SLICE("Z"))) {
				civil_parse(s, &c.number, NULL, &zone, &offset);
			}
			GROW(r->cells, ncells, ccells);
			r->cells[ncells++] = c;
		}
		GROW(r->ids, r->nrows, cap);
		r->ids[r->nrows] = r->cells[r->nrows * r->ncolumns].number;
		r->nrows++;
	}
	return r;
}

static inline void drop_result(struct result *r)
{
	if (!r)
		return;
	arena_release(&r->memory);
	free(r->cells);
	free(r->ids);
	free(r);
}

#endif
