/* SPDX-License-Identifier: MIT */
/* Evidence files packed for tests in a scratch folder, and read again. */
#ifndef TESTS_PACKING_H
#define TESTS_PACKING_H

#include "model/evidence/evidence.h"

#include <archive.h>

/* One stream as it was read. */
struct stream {
	char member[128];
	struct strbuf text;
	struct evidence_sum sum, whole;
	struct evidence_item item;
};
struct streams {
	struct stream list[16];
	size_t n;
};

/* Fixtures of a group: the folder, "" among paths. */
int packing_make_dir(void **state);
int packing_remove_dir(void **state);
const char *packing_at(const char *name); /* good for three calls more */

void packing_put(const char *name, const void *bytes, size_t len);
struct strbuf packing_get(const char *name);
/* LINES log lines that do not pack away to nothing. */
struct strbuf packing_some_log(unsigned lines);

/* Writes NAME by libarchive; a NULL name ends the members. */
struct packing_text {
	const char *name;
	struct slice bytes;
};
void packing_pack(const char *name, int format, int filter,
                  const struct packing_text *texts);
void packing_pack_one(const char *name, int filter, struct slice bytes);

void packing_read_limited(const char *path,
                          const struct evidence_limits *limits,
                          struct streams *g);
void packing_read_all(const char *name, struct streams *g);
void packing_release(struct streams *g);

void packing_sha_is(const uint8_t *sha, struct slice bytes);
/* Stream I is whole, is TEXT, and its hashes are right. */
void packing_whole(const char *file, const struct streams *g, size_t i,
                   const char *member, struct slice text);
/* At least LEAST bytes of FULL came out, and the error says WHY. */
void packing_cut(const struct stream *got, struct slice full, size_t least,
                 const char *why);

#endif
