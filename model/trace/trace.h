/* SPDX-License-Identifier: MIT */
/* From pieces to the answer, in pure steps: stretches of zone and year, stitched
 * transactions and sessions, exact links, journeys, recipients. Plain structs
 * in, rows out; no database, no files. */
#ifndef MODEL_TRACE_TRACE_H
#define MODEL_TRACE_TRACE_H

#include "base/cancel.h"
#include "base/err.h"
#include "base/zone.h"
#include "model/store/copies.h"
#include "model/store/piece.h"
#include "model/store/rows.h"
#include "model/store/store.h"
#include "model/store/stretch.h" /* stretch_utc */

/* What is known of a source besides its pieces. */
struct trace_source {
	uint32_t id;
	struct slice path;   /* for server names and dates in file names */
	struct slice server; /* given, or absent */
	struct slice zone;   /* given, or absent */
	int year;            /* given, or 0 */
	int64_t mtime;       /* TIME_NONE unknown */
	bool copy;           /* same content as another: has no pieces */
	bool cut;            /* could not be read to its end */
};

/* Another name, address or instance of a server, as the analyst gave it. */
struct server_name {
	struct slice server, name;
};

struct trace_settings {
	const struct slice *own_domains;
	size_t nown_domains;
	const struct slice *own_networks; /* CIDR or address */
	size_t nown_networks;
	const struct server_name *servers;
	size_t nservers;
	int64_t now; /* no undated line is put later than this; TIME_NONE none */
	int64_t max_lifetime; /* us a message may stay queued; 0: 6 days */
};

/* For pieces that lie in a mapped file: LOOKED is called after so many looks
 * into them and may let their pages go, which come back with the next look. It
 * belongs to who has the pieces. */
#define PIECE_LOOKS 256u
struct piece_pages {
	void (*looked)(struct piece_pages *p);
	unsigned looks;
};

struct trace_input {
	const struct trace_source *sources;
	size_t nsources;
	struct piece **pieces; /* by source and number, word_ids set; not owned */
	size_t npieces;
	struct piece_pages *pages; /* NULL: they are in memory */
	const struct copy_list *copies; /* lines told before; NULL: none known */
	struct trace_settings settings;
};

/* Zone and year of every source that needs them. *OUT is malloced. */
bool trace_stretches(const struct trace_input *in, const struct row_sink *words,
                     struct stretch **out, size_t *n, struct err *err);

/* All rows, in the order sessions, transactions, deliveries, attempts, links,
 * evidence, journeys, recipients, related, coverage, owners. The same input in
 * any order of pieces gives the same rows but for ids. */
bool trace_derive(const struct trace_input *in, const struct stretch *stretches,
                  size_t nstretches, struct row_sink *sink,
                  struct cancel *cancel, struct err *err);

#endif
