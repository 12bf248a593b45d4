/* SPDX-License-Identifier: MIT */
/* The way of pieces: one thread reads and cuts, some assemble, one commits in
 * the order of reading. A ring of few places, so that memory stays small. */
#ifndef MODEL_INDEX_PIPE_H
#define MODEL_INDEX_PIPE_H

#include "base/cancel.h"
#include "model/store/store.h"
#include "parsers/framing.h"

#include <pthread.h>

/* One stream being read. Made by the reader, freed with its file. */
struct reading {
	struct source src;     /* owned texts; id 0 until it has a row */
	struct layout *layout; /* owned */
	uint64_t skip;         /* bytes that the case has already */
	uint32_t number;       /* of its next piece */
	uint64_t lines;        /* before its next piece */
	struct evidence_sum sum;
	bool copy;       /* its bytes are known: none were handed on */
	uint64_t of_length; /* what they are, if copy */
	uint8_t of_sha256[SHA256_BYTES];
};

/* One file with the streams in it. */
struct file_reading {
	char *path;
	struct reading **list;
	size_t n, cap;
	struct evidence_sum sum; /* of the file */
	bool failed;             /* it could not be opened: sum tells */
	int64_t bytes, mtime;
	uint64_t inode;
};
void file_reading_free(struct file_reading *f);
struct reading *file_reading_add(struct file_reading *f, const char *member);

/* Text shared by the pieces that were cut out of it. */
struct buffer {
	char *bytes;
	size_t cap;
	unsigned users;
	struct buffer *next; /* while it is free */
};

enum job_kind {
	JOB_BEGIN, /* a stream: its row is needed */
	JOB_PIECE,
	JOB_FILE,  /* all of a file was read */
	JOB_LAST,
};

struct job {
	enum job_kind kind;
	bool done;
	struct file_reading *file;
	struct reading *reading;
	struct buffer *buffer; /* of JOB_PIECE: one use */
	struct slice bytes;
	bool last;
	uint64_t offset;
	struct piece *piece; /* NULL: cancelled */
};

struct pipe {
	pthread_mutex_t lock;
	pthread_cond_t moved; /* anything */
	struct job *ring;
	uint64_t size, put, taken, committed;
	bool stopped;
	struct buffer *spare;
	struct cancel *cancel; /* of the run; may be NULL */
};

void pipe_init(struct pipe *p, unsigned places, struct cancel *cancel);
void pipe_release(struct pipe *p);
/* Everybody returns soon. */
void pipe_stop(struct pipe *p);
bool pipe_stopped(struct pipe *p);

/* Reader. False: stopped, and what JOB holds is still the caller's. */
bool pipe_put(struct pipe *p, const struct job *job);
struct buffer *pipe_buffer(struct pipe *p, size_t cap); /* one use */
void pipe_buffer_use(struct pipe *p, struct buffer *b);
void pipe_buffer_done(struct pipe *p, struct buffer *b);

/* Worker: the next piece to assemble; NULL: stopped or none will come. */
struct job *pipe_take(struct pipe *p);
void pipe_done(struct pipe *p, struct job *job);

/* Writer: the oldest job, once it is done; NULL: stopped. */
struct job *pipe_oldest(struct pipe *p);
void pipe_committed(struct pipe *p);

#endif
