/* SPDX-License-Identifier: MIT */
/* Evidence files: found, opened read-only, unpacked and hashed. Nothing here
 * writes, locks or changes a time stamp (O_NOATIME where the system allows). */
#ifndef MODEL_EVIDENCE_EVIDENCE_H
#define MODEL_EVIDENCE_EVIDENCE_H

#include "base/cancel.h"
#include "base/err.h"
#include "base/strbuf.h"

#define SHA256_BYTES 32

/* The files below PATHS (files, folders, "-"), sorted by path, folders walked
 * whole, symbolic links to folders not followed, special files left out and
 * named in WARNINGS (one line each). The list and its texts belong to the
 * caller: evidence_list_release. False if a path cannot be read at all. */
struct evidence_list {
	char **paths;
	size_t n, cap;
};
bool evidence_find(const char *const *paths, size_t n,
                   struct evidence_list *list, struct strbuf *warnings,
                   struct err *err);
void evidence_list_release(struct evidence_list *list);

/* How the bytes of an item were kept, so that they can be read again. */
enum evidence_kept {
	EVIDENCE_PLAIN,    /* the file itself: pread serves it */
	EVIDENCE_UNPACKED, /* compressed, archive member or stdin: the case keeps
	                      a copy in packed blocks */
};

enum evidence_state {
	EVIDENCE_OK,
	EVIDENCE_CUT,   /* ended early: what came before is good */
	EVIDENCE_ERROR, /* could not be read at all */
};

/* One stream of log bytes: a file, or one member of an archive. */
struct evidence_item {
	const char *path;   /* as given */
	const char *member; /* inside an archive, "" if none */
	enum evidence_kept kept;
	int64_t mtime;      /* us UTC; the member's own, TIME_NONE unknown */
	int64_t bytes;      /* of the file on disk; -1 unknown */
	uint64_t inode;
};

/* Known once the item was read to its end (or where it broke). */
struct evidence_sum {
	enum evidence_state state;
	struct err error;                 /* if not OK */
	uint8_t file_sha256[SHA256_BYTES]; /* of the bytes on disk; of an archive:
	                                      the whole archive, for each member */
	bool file_sha256_known;
	uint8_t content_sha256[SHA256_BYTES]; /* of the unpacked stream */
	uint64_t content_bytes;
	uint64_t file_bytes;
};

/* Limits against archives made to hurt. */
struct evidence_limits {
	uint64_t ratio;     /* unpacked : packed, default 1,000 */
	uint64_t max_bytes; /* unpacked per item, default 1 TiB */
};

struct evidence; /* one file being read; evidence_close */

/* NULL and ERR if it cannot be opened. "-" is standard input. */
struct evidence *evidence_open(const char *path,
                               const struct evidence_limits *limits,
                               struct err *err);
/* The next item of the file; false after the last. ITEM is valid until the next
 * call. Rest of an item that was not read is skipped. */
bool evidence_next(struct evidence *e, struct evidence_item *item);
/* Up to CAP bytes; 0 at the item's end or where it broke: see evidence_sum.
 * NULs are data. UTF-16 with a byte order mark is handed on as it is. */
size_t evidence_read(struct evidence *e, void *buf, size_t cap);
/* The sum of the item just read to its end. file_sha256 of an archive or
 * compressed file is known only after evidence_finish. */
void evidence_sum(struct evidence *e, struct evidence_sum *sum);
/* Reads the rest of the file for its hash. */
void evidence_finish(struct evidence *e, struct evidence_sum *sum);
/* Bytes of the file on disk consumed so far, for progress. */
uint64_t evidence_position(const struct evidence *e);
void evidence_close(struct evidence *e);

/* SHA-256 of a whole file as it is now (for `check`); CANCEL may be NULL. */
bool evidence_hash_file(const char *path, uint8_t sha256[SHA256_BYTES],
                        uint64_t *bytes, struct cancel *cancel,
                        struct err *err);
/* The same of its first LENGTH bytes; *BYTES is less if it is shorter. */
bool evidence_hash_head(const char *path, uint64_t length,
                        uint8_t sha256[SHA256_BYTES], uint64_t *bytes,
                        struct cancel *cancel, struct err *err);

/* A plain file opened for reading again; never mapped. */
struct evidence_file;
struct evidence_file *evidence_file_open(const char *path, struct err *err);
/* Exactly LENGTH bytes into BUF, else false: the file is shorter now. */
bool evidence_file_read(struct evidence_file *f, uint64_t offset, void *buf,
                        size_t length, struct err *err);
void evidence_file_close(struct evidence_file *f);

/* SHA-256 in steps. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *s, const void *ptr, size_t len);
/* The sum so far; more may be added afterwards. */
void sha256_sum(const struct sha256 *s, uint8_t out[SHA256_BYTES]);
void sha256_free(struct sha256 *s);
void sha256_print(const uint8_t sha[SHA256_BYTES], struct strbuf *out);

/* Packed blocks (zstd) for text and tables inside the case. */
void pack_block(struct slice bytes, int level, struct strbuf *out);
/* Appends the unpacked bytes; false if they are damaged or over MAX. */
bool unpack_block(struct slice packed, size_t max, struct strbuf *out,
                  struct err *err);

#endif
