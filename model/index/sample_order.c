/* SPDX-License-Identifier: MIT */
/* Which way the times of a source run, by the steps between its records. */
#include "model/index/sample_order.h"

struct steps {
	unsigned back, forth;
};

static void steps_of(struct steps *n, const struct layout *l, struct slice part)
{
	struct arena arena = { 0 };
	struct stamp was = { TIME_NONE, 0 };

	while (part.len) {
		struct record r = { 0 };

		if (l->framing->next(l, part, true, &r) != CUT_RECORD ||
		    !r.length)
			break;
		part = slice_from(part, r.length);
		r.time.us = TIME_NONE;
		arena_reset(&arena);
		if (!(r.flags & (RECORD_BLANK | RECORD_HEADER)))
			l->framing->peel(l, &r, &arena);
		if (r.time.us == TIME_NONE)
			continue;
		if (was.us != TIME_NONE && was.has == r.time.has) {
			n->back += r.time.us < was.us;
			n->forth += r.time.us > was.us;
		}
		was = r.time;
	}
	arena_release(&arena);
}

/* Few steps may be those of a clock. */
bool sample_is_newest_first(const struct layout *l, const struct sample *s)
{
	struct steps n = { 0 };

	for (int i = 0; i < 3; i++)
		steps_of(&n, l, s->part[i]);
	return n.back > 2 && n.back > 3 * n.forth;
}
