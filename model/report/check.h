/* SPDX-License-Identifier: MIT */
/* The evidence hashed again and compared with what the case was made from. */
#ifndef MODEL_REPORT_CHECK_H
#define MODEL_REPORT_CHECK_H

#include "model/store/engine.h"
#include "model/store/store.h"

struct check_source {
	uint32_t id;
	char *path, *member;      /* owned */
	enum source_state before; /* as the case has it */
	enum source_state now;    /* OK, CHANGED, MISSING; ERROR: not compared,
	                             it was never hashed or is no file */
};
struct check {
	struct check_source *list; /* check_release */
	size_t n, cap, same, changed, missing, other;
};

/* Reads every source to its end. False: ERR; also if it was cancelled. */
bool check_run(struct engine *e, struct check *out, struct cancel *cancel,
               struct err *err);
void check_release(struct check *c);
/* What the logs cover, which rules could be tried on them with what result, and
 * what fired; as lines for a terminal. */
bool check_print_tests(struct engine *e, struct strbuf *out, struct err *err);
/* The states of the sources as found, with a line in the audit trail. */
bool check_write(struct store *s, const struct check *c, const char *author,
                 int64_t now, struct err *err);
/* "4 sources unchanged, 1 changed: mx1.log" */
void check_print(const struct check *c, struct strbuf *out);

#endif
