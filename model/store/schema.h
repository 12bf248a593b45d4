/* SPDX-License-Identifier: MIT */
/* Tables, indexes and public views of a case. What the columns mean stands with
 * each table in schema.c; rules that hold for all of them:
 *
 * - times are us UTC, NULL unknown; words are word.id; absent is NULL, never 0
 *   (a session, transaction, delivery or word 0 of rows.h is stored as NULL,
 *   ports, codes, sizes, delays of -1 too); enums are their numbers.
 * - LAST of delivery, recipient, journey, session, coverage is NULL where it
 *   equals FIRST: read coalesce(last, first).
 * - attempt: sender, client_ip, client_name, helo, user and server are NULL
 *   where its transaction says the same (or, except server, nothing is said),
 *   recipient where its delivery says it, journey where it has a transaction:
 *   read coalesce(a.sender, t.sender).
 * - journey.message_id is NULL where it is that of the root transaction.
 * - text is TEXT if it is UTF-8 without NUL, else BLOB, so that other programs
 *   can read every row: always bind with sql_bind_slice (store_sql.h). */
#ifndef MODEL_STORE_SCHEMA_H
#define MODEL_STORE_SCHEMA_H

#include "base/err.h"
#include "base/strbuf.h"

/* In attempt.flags beside enum row_flags: next_id was cut out of its reply,
 * REPLY_CUT stands in its place in the word. */
#define ATTEMPT_ROW_CUT 64

/* Unpacked, no packed blob of a case is longer than this. */
#define STORE_UNPACK_MAX ((size_t)1 << 30)

/* SQL texts, each ends with NULL. */
extern const char *const schema_tables[];  /* those that are always there */
extern const char *const schema_derived[]; /* CREATE of the derived ones */
/* Dropped while derived tables are filled. */
struct schema_index {
	const char *name, *on; /* "attempt_tx", "attempt(tx) WHERE …" */
};
extern const struct schema_index schema_indexes[]; /* ends with NULL */
/* Names of the derived tables, emptied by each derivation. */
extern const char *const schema_derived_names[];

/* A public view and its text, in which {enum column} stands for the name that
 * goes with the number: see schema_view_sql. */
struct schema_view {
	const char *name, *select;
};
extern const struct schema_view schema_views[]; /* ends with NULL */
/* CREATE VIEW with names of enums written out. */
void schema_view_sql(const struct schema_view *v, struct strbuf *out);

/* In owner.transactions: what follows are the transactions of the piece's
 * sessions, whose lines are an agent's. */
#define OWNER_AGENTS (-1)

/* owner.transactions and owner.sessions: what part i of the piece became, 0
 * none. Packed with pack_block; *IDS is malloced. */
void owner_encode(const int64_t *ids, size_t n, struct strbuf *out);
bool owner_decode(struct slice packed, int64_t **ids, size_t *n,
                  struct err *err);

#endif
