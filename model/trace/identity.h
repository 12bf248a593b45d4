/* SPDX-License-Identifier: MIT */
/* By which names and addresses the servers of the case are known: as the analyst
 * gave them (server.NAME), and as confirmed handoffs show them. Private to this
 * folder. */
#ifndef MODEL_TRACE_IDENTITY_H
#define MODEL_TRACE_IDENTITY_H

#include "base/slice.h"
#include "model/trace/map.h"

struct derive;

struct identities {
	struct map spelled; /* name without case -> word of its server */
	struct map given; /* name or address -> server: what settings say */
	struct map pairs; /* server and word -> handoffs that show it */
	struct map words; /* word -> the one server that it is known of, or
	                     IDENTITY_SHARED */
};
#define IDENTITY_SHARED UINT32_MAX

/* From the settings alone. */
void identities_given(struct derive *d);
/* From confirmed links in which an answer names the next id. */
void identities_learn(struct derive *d);
void identities_release(struct identities *n);

/* The server that the analyst says NAME is; a word, 0 none. */
uint32_t identity_given(const struct derive *d, struct slice name);

/* Whether WORD (a name or an address, as a log has it) means SERVER: given, or its
 * host name, or shown by at least LEAST handoffs. */
bool identity_is(const struct derive *d, uint32_t server, uint32_t word,
		 uint32_t least);

/* Whether HOST, up to its first dot, is what SERVER is called, or given as its. */
bool identity_is_name(const struct derive *d, uint32_t server,
		      struct slice host);

#endif
