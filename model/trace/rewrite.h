/* SPDX-License-Identifier: MIT */
/* What forwarders, lists and signing make of an address (TRACE §3), undone for a
 * comparison. The address as it was logged stays what is shown. */
#ifndef MODEL_TRACE_REWRITE_H
#define MODEL_TRACE_REWRITE_H

#include "base/slice.h"

#define REWRITE_BYTES 400 /* RFC 5321 allows 320 */
#define REWRITE_FORMS 8

/* An address and what it was before each rewriting, in lower case; N 0: it is no
 * address or too long. The first is the address itself. */
struct rewrite {
	struct slice form[REWRITE_FORMS]; /* point into TEXT */
	unsigned n;
	bool stamped; /* a form bears a day: SRS, BATV */
	bool tagged;  /* "+tag", a list's or bounces' form was undone */
	char text[REWRITE_FORMS * REWRITE_BYTES];
	size_t used;
};

/* AT: us UTC when it was used, TIME_NONE not known. A form whose day stamp lies
 * elsewhere is not undone: it was kept, or made up. */
void rewrite_undo(struct rewrite *r, struct slice address, int64_t at);

/* Whether both can be one address: equal but for case, or once rewritings are
 * undone. "<>" is equal to itself alone. */
bool rewrite_same(struct slice a, struct slice b, int64_t at);

#endif
