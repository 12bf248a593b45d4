/* SPDX-License-Identifier: MIT */
/* What a server is called if the analyst has not named it: by the host in its
 * lines, else by the file. */
#ifndef MODEL_STORE_SERVER_NAME_H
#define MODEL_STORE_SERVER_NAME_H

#include "base/slice.h"
#include "base/strbuf.h"

/* HOST up to its first dot, or a whole address; empty if it names no machine
 * ("localhost"). Points into HOST. */
struct slice server_of_host(struct slice host);

/* Of NAME however it is written, in upper or lower case. */
uint64_t server_hash(struct slice name);

/* The name of the file at PATH up to its first dot, without the date or the
 * number that rotation put at its end ("mainlog-20260314"). Points into PATH. */
struct slice server_stem(struct slice path);

/* Adds the stem of PATH. What a daemon rejects, and why it panics, it writes
 * beside its main log, or informs and warns in two files: they are of one
 * server. */
void server_of_file(struct slice path, struct strbuf *out);

#endif
