/* SPDX-License-Identifier: MIT */
/* Whose lines each source of a case holds, and of which time: which of them may
 * share any. Private to this folder. */
#ifndef MODEL_STORE_COPIES_HOLDER_H
#define MODEL_STORE_COPIES_HOLDER_H

#include "model/store/engine.h"

/* One source that has lines, and their servers and time. */
struct holder {
	uint32_t id;
	const uint64_t *servers; /* server_hash of their names, sorted */
	size_t nservers;
	int64_t first, last;
	uint64_t lines;
};

struct holders {
	struct holder *list; /* by id */
	size_t n, cap;
	uint64_t *servers; /* of all of them */
	struct holder_name *names; /* as the analyst gave them */
	size_t nnames, cnames;
};

/* Another name of a server, by the server_hash of both. */
struct holder_name {
	uint64_t name, server;
};

/* Release it in any case. */
bool holders_load(struct holders *h, struct engine *e, struct err *err);
void holders_release(struct holders *h);

/* That of a source, which must be one of them. */
const struct holder *holder_of(const struct holders *h, uint32_t id);
/* The server that wrote HOST's lines in H, which has those of several: its hash. */
uint64_t holder_server(const struct holders *h, struct slice host);
/* Whether both have lines of one server, and A some of FIRST..LAST. */
bool holders_share(const struct holder *a, const struct holder *b,
                   int64_t first, int64_t last);

#endif
