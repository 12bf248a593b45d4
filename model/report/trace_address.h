/* SPDX-License-Identifier: MIT */
/* A server that is known by one address to those who send to it, and by another
 * to those whom it sends to. */
#ifndef MODEL_REPORT_TRACE_ADDRESS_H
#define MODEL_REPORT_TRACE_ADDRESS_H

#include "model/store/engine.h"

/* Texts are T's. */
struct two_addresses {
	struct slice server;
	struct slice relay_ip, relay_of;   /* as SERVER's, says who sent to it */
	struct slice client_ip, client_of; /* as SERVER's, says who took from it */
};
/* Both told by confirmed handoffs of this message to and from transactions of
 * SERVER, of one family, and none of its addresses the same on both sides. */
bool trace_two_addresses(const struct trace *t, struct slice server,
                         struct two_addresses *out);

/* Of each server of the message in turn: *AT begins with 0. */
bool trace_next_addresses(const struct trace *t, size_t *at,
                          struct two_addresses *out);

/* "addresses of gate: 10.0.0.25 as relay of post1, 198.51.100.25 as client of box:
 * address translation or two interfaces" */
void two_addresses_add(struct strbuf *out, const struct two_addresses *a);

#endif
