/* SPDX-License-Identifier: MIT */
/* How long a message took: an interval, since clocks differ and stamps are
 * coarse. */
#ifndef MODEL_REPORT_TRACE_LATENCY_H
#define MODEL_REPORT_TRACE_LATENCY_H

#include "model/store/engine.h"

enum latency_state {
	LATENCY_KNOWN,
	LATENCY_NO_START,     /* no line shows who accepted it first */
	LATENCY_NO_DELIVERY,  /* nobody was delivered to, nor was it handed on */
	LATENCY_NO_CLOCK,     /* how the clocks differ is not known */
	LATENCY_CONTRADICTED, /* the clocks put the delivery before the start */
};

/* From the first acceptance at the first server to the last delivery, which for a
 * recipient behind a server without a log is the handing over to it. */
struct latency {
	enum latency_state state;
	int64_t lo, hi;         /* us, if known */
	struct slice from, to;  /* servers, of T */
	struct slice reference; /* their clocks' common one; absent: one clock */
};
struct latency trace_latency(const struct trace *t);

/* "2.4 s", "2.3..4.3 s", "133..470 ms", "not known". */
void latency_add(struct strbuf *out, const struct latency *l);
/* Why it is what it is: "clocks against gate". */
void latency_add_basis(struct strbuf *out, const struct latency *l);

#endif
