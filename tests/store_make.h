/* SPDX-License-Identifier: MIT */
/* Cases for tests: a folder of their own, pieces and rows made by hand. */
#ifndef TESTS_STORE_MAKE_H
#define TESTS_STORE_MAKE_H

#include "model/store/store.h"

/* A new folder below TMPDIR, and away with it. */
char *make_folder(void);
void remove_folder(char *folder); /* frees it too */
char *make_path(const char *folder, const char *name);
void write_file(const char *path, const void *bytes, size_t n);
char *read_whole(const char *path, size_t *n); /* NULL: not there */

/* Piece NUMBER of SOURCE: eight lines, two fragments, one session, three
 * attempts; words and texts that SEED makes differ. */
struct piece *make_piece(uint32_t source, uint32_t number, unsigned seed);
/* A source named PATH; its id. */
uint32_t make_source(struct store *s, const char *path);
/* A whole derivation of N transactions, each with a delivery, an attempt, a
 * journey, a recipient and, two by two, a link; committed. */
bool make_rows(struct store *s, int n, struct err *err);

/* First column of the first row of QUERY on PATH; "NULL" or
 * "ERROR …". Malloced. */
char *ask(const char *path, const char *query);

#endif
