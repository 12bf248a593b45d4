/* SPDX-License-Identifier: MIT */
/* Bytes in sequence, from wherever: a file, a decoder, a member of an archive.
 * One layer of packing reads from the feed below it and is a feed itself. */
#ifndef MODEL_EVIDENCE_FEED_H
#define MODEL_EVIDENCE_FEED_H

#include "base/err.h"
#include "base/slice.h"

struct feed {
	/* Up to CAP bytes into BUF; 0 at the end; -1 and ERR where it broke, and
	 * so again on each later call. */
	ptrdiff_t (*read)(void *self, void *buf, size_t cap, struct err *err);
	void *self; /* borrowed */
};

static inline ptrdiff_t feed_read(const struct feed *f, void *buf, size_t cap,
                                  struct err *err)
{
	return f->read(f->self, buf, cap, err);
}

/* What the first bytes say; a file's name never counts. */
enum packing {
	PACKING_NONE,
	PACKING_GZIP,
	PACKING_BZIP2,
	PACKING_XZ,
	PACKING_ZSTD,
	PACKING_OTHER, /* compress, lzip, lz4: by libarchive */
	PACKING_TAR,
	PACKING_ZIP,
	PACKING_REFUSED, /* known, and not read: see packing_name */
};
#define PACKING_HEAD 512 /* bytes that packing_of wants, if there are so many */

enum packing packing_of(struct slice head);
/* "gzip"; of a refused one its own name. */
const char *packing_name(enum packing p, struct slice head);

/* Decompression of one layer, concatenated streams included. All that the bytes
 * before a break say comes out before the break is told. */
struct decoder;
struct decoder *decoder_new(enum packing p, struct feed in);
void decoder_free(struct decoder *d);
struct feed decoder_as_feed(struct decoder *d);

/* Members of one archive. */
struct members;
struct member {
	const char *name; /* valid until the next */
	int64_t mtime;    /* us UTC, TIME_NONE */
};
struct members *members_new(enum packing p, struct feed in);
void members_free(struct members *m);
/* The next regular file: 1; 0 after the last; -1 and ERR where it broke. */
int members_next(struct members *m, struct member *out, struct err *err);
struct feed members_feed(struct members *m); /* of the member just given */

/* All layers of one file: every stream of bytes that is not packed. */
struct unpack;
struct unpack *unpack_new(struct feed in);
void unpack_free(struct unpack *u);
bool unpack_is_packed(const struct unpack *u);
/* The next stream; MEMBER->name is "" if the file is but one. False after the
 * last. What broke is a stream too: its feed tells how. */
bool unpack_next(struct unpack *u, struct member *member);
struct feed unpack_feed(struct unpack *u);

#endif
