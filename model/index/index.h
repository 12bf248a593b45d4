/* SPDX-License-Identifier: MIT */
/* Reads evidence into a case: finds, hashes, cuts, parses on several threads,
 * commits piece by piece, derives, publishes. Can be cancelled and gone on
 * with. Used by `index` and by the browser alike. */
#ifndef MODEL_INDEX_INDEX_H
#define MODEL_INDEX_INDEX_H

#include "base/cancel.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <pthread.h>

/* SOURCE=VALUE as given on the command line; SOURCE a glob over paths. */
struct index_rule {
	const char *source, *value;
};

struct user_formats; /* parsers/user_format.h */

struct index_options {
	const char *case_path;
	const char *const *logs; /* files, folders, "-"; none: derive anew */
	size_t nlogs;
	const struct index_rule *zones, *years, *servers, *formats;
	size_t nzones, nyears, nservers, nformats;
	const char *const *own; /* domains and networks */
	size_t nown;
	struct user_formats *described; /* by the analyst; NULL none */
	bool keep_text;
	int64_t now;      /* us UTC; TIME_NONE: the clock */
	unsigned threads; /* 0: as many as there are processors */
	unsigned piece_records; /* 0: PIECE_RECORDS; tests use small ones */
	bool random_order;      /* tests: pieces in another order */
};

enum index_phase {
	INDEX_FINDING,
	INDEX_READING,
	INDEX_LINKING, /* stitching, links, journeys */
	INDEX_STORING,
	INDEX_DONE,
};

/* A snapshot; taken by index_progress from any thread. */
struct index_progress {
	enum index_phase phase;
	uint64_t bytes_done, bytes_total; /* on disk */
	uint64_t lines, unknown;
	uint32_t sources_done, sources_total, damaged;
	double seconds; /* since the start */
	char current[256]; /* source being read, sanitised */
};

struct index_result {
	uint32_t sources, new_sources, copies, damaged;
	uint64_t lines, bytes;
	double seconds;
	struct strbuf warnings; /* one line each; strbuf_release */
};

struct indexer;
/* Opens or makes the case, so that errors of usage show at once. */
struct indexer *indexer_new(const struct index_options *o, struct err *err);
/* Runs to the end on this thread and those that it starts. False: ERR; what was
 * committed stays. A source that cannot be read is no failure here: see
 * RESULT->damaged. */
bool indexer_run(struct indexer *x, struct cancel *cancel,
                 struct index_result *result, struct err *err);
void indexer_progress(struct indexer *x, struct index_progress *out);
/* The file that an engine can open while it runs. */
const char *indexer_path(const struct indexer *x);
void indexer_free(struct indexer *x);

#endif
