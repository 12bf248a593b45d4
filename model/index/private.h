/* SPDX-License-Identifier: MIT */
/* What the files of the indexer share. */
#ifndef MODEL_INDEX_PRIVATE_H
#define MODEL_INDEX_PRIVATE_H

#include "model/index/index.h"
#include "model/index/pipe.h"
#include "model/store/store.h"

#include <stdatomic.h>

/* One file and whether it must be read. */
struct plan_file {
	char *path;
	bool read;
	int64_t bytes; /* 0 unknown */
};

/* Bytes that the case has, to know copies before they are parsed. */
struct content {
	uint64_t length;
	uint8_t sha256[SHA256_BYTES];
	char *path; /* of a plain file, else NULL */
	struct slice head; /* its first bytes, read when first asked for */
	bool head_read;
};
struct contents {
	struct content *list;
	size_t n, cap;
};
#define CONTENT_HEAD 256

/* Pieces that were stored in this run: deriving needs them again. */
struct kept {
	struct piece **list; /* NULL: handed on */
	size_t n, cap, next;
};

struct indexer {
	struct index_options options;
	struct store *store;
	struct evidence_list found;
	struct strbuf warnings;
	bool missing; /* a path that was given is not there */
	int64_t now;
	double started;

	struct plan_file *plan;
	size_t nplan, cplan;
	struct source_list known; /* the case's sources before reading */
	struct contents contents; /* the reader's, once it runs */
	struct kept kept;
	struct spill *spill; /* where they are, NULL: none yet */

	pthread_mutex_t lock; /* of progress */
	struct index_progress progress;
	atomic_uint_least64_t file_base, file_done; /* bytes */
	uint64_t new_lines, new_bytes;
	uint32_t new_sources;
	bool changed; /* pieces or decisions: derive anew */
};

double index_clock(void);
/* A path that means the same from any folder; "-" stays. */
char *index_path(const char *path);
void index_warn(struct indexer *x, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void index_phase(struct indexer *x, enum index_phase phase);

/* plan.c: what is known, unchanged, grown, changed. Resets what must be read
 * anew, and loads KNOWN and CONTENTS. */
bool index_plan(struct indexer *x, struct cancel *cancel, struct err *err);

/* rules.c: what was given for SRC, into the audit trail. */
bool index_audit_rules(struct indexer *x, const struct source *src,
                       struct err *err);

/* contents.c */
bool contents_load(struct indexer *x, struct err *err);
void contents_add(struct contents *c, uint64_t length,
                  const uint8_t sha256[SHA256_BYTES], const char *path);
void contents_release(struct contents *c);
/* Whether the plain file PATH of LENGTH bytes holds what is known, or the first
 * bytes of it: reads it only if that may be. Fills SUM, LINES and *OF. */
bool contents_find(struct contents *c, const char *path, uint64_t length,
                   struct evidence_sum *sum, uint64_t *lines,
                   const struct content **of, struct cancel *cancel);

/* reader.c: the reader's thread. */
struct reader {
	struct indexer *indexer;
	struct pipe *pipe;
	struct file_reading *file; /* not yet handed on: freed after all ended */
	struct err err;
	struct evidence *evidence;
};
void *reader_run(void *arg);

/* writer.c: commits what the pipe gives until the last job. */
bool writer_run(struct indexer *x, struct pipe *pipe, struct err *err);

/* derive.c: from pieces to rows. */
void index_keep_piece(struct indexer *x, struct piece *p); /* takes P */
void index_forget_pieces(struct indexer *x);
bool index_derive(struct indexer *x, struct cancel *cancel, struct err *err);
/* Lines that stand in two sources. */
bool index_copies(struct indexer *x, struct cancel *cancel, struct err *err);

#endif
