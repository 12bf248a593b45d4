/* SPDX-License-Identifier: MIT */
/* Lines that stand in two sources: halves that overlap, a second syslog file, a
 * copy in another framing. They are counted once, where they were read first. */
#ifndef MODEL_STORE_COPIES_H
#define MODEL_STORE_COPIES_H

#include "model/store/engine.h"
#include "model/store/store.h"

/* A run of lines of SOURCE whose text stands in the source OF from OF_LINE on. */
struct copy_run {
	uint32_t source, of;
	uint64_t first_line, last_line, of_line;
	uint64_t event_lines, unknown_lines, other_lines, events;
};
struct copy_list {
	struct copy_run *list; /* by source and line; free it */
	size_t n, cap;
};

/* Reads what sources hold of one server for the same time, and compares: server,
 * second in UTC, program, pid and text, whatever stands around them. A line that
 * stands N times in both is N copies. The case must be derived. */
bool copies_find(struct engine *e, struct copy_list *out, struct cancel *cancel,
                 struct err *err);

/* Whether they were looked for since the last derivation. */
bool store_knows_copies(struct store *s);
bool store_put_copies(struct store *s, const struct copy_list *l,
                      struct err *err);

#endif
