/* SPDX-License-Identifier: MIT */
/* The server of a line that belongs to no message: named as the derivation
 * names that of those that do. */
#ifndef MODEL_STORE_EVENT_SERVER_H
#define MODEL_STORE_EVENT_SERVER_H

#include "base/slice.h"
#include "base/strbuf.h"
#include <sqlite3.h>

struct text_source;

/* The last hosts that were asked for. */
#define EVENT_SERVERS 8
struct event_server {
	sqlite3_stmt *find;
	struct event_server_known {
		uint32_t source; /* 0: none yet */
		struct strbuf host, server;
	} known[EVENT_SERVERS];
	unsigned next;
};
void event_server_release(struct event_server *v);

/* Of a line of S that names HOST, which may be empty. Valid until the next. */
struct slice event_server(struct event_server *v, sqlite3 *db,
                          const struct text_source *s, struct slice host);

#endif
