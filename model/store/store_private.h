/* SPDX-License-Identifier: MIT */
/* What the files of the writer share. Used by one thread at a time. */
#ifndef MODEL_STORE_STORE_PRIVATE_H
#define MODEL_STORE_STORE_PRIVATE_H

#include "model/store/bulk.h"
#include "model/store/case_file.h"
#include "model/store/keyed_hash.h"
#include "model/store/schema.h"
#include "model/store/store.h"
#include "model/store/store_sql.h"

enum statement {
	STMT_ADD_WORD,
	STMT_ADD_PIECE,
	STMT_ADD_BLOCK,
	STMT_LEDGER,
	STMT_SESSION, /* derived rows, in the order of the sink and of
	                 store_row_tables */
	STMT_TX,
	STMT_DELIVERY,
	STMT_ATTEMPT,
	STMT_LINK,
	STMT_EVIDENCE,
	STMT_JOURNEY,
	STMT_RECIPIENT,
	STMT_RELATED,
	STMT_COVERAGE,
	STMT_CLOCK,
	STMT_MISSING,
	STMT_FINDING,
	STMT_PLACE,
	STMT_TRIAL,
	STMT_OWNER,
	STMT_COPY,
	STMT_STRETCH,
	STMT_COUNT
};

/* Text packed but not yet stored: goes with the next piece of its source. */
struct pending_text {
	uint32_t source;
	uint64_t offset;
	size_t bytes;
	struct strbuf packed;
};

/* What other rows need not repeat of a transaction: words, and its ids by hash
 * (0: absent). */
struct tx_known {
	uint32_t server, sender, client_ip, client_name, helo, user;
	uint64_t queue_id, message_id;
};

/* What rows say of names of servers and of domains, for store_suggest. */
struct suggestions {
	struct intern names; /* pairs of words: server, what it is called */
	uint32_t *counts;    /* of each */
	size_t counted, ccounts;
	uint32_t *addresses; /* recipients delivered to, by word */
	size_t naddresses;
};

struct derivation {
	struct tx_known *txs; /* by id */
	size_t ntxs;
	uint32_t *recipients; /* of deliveries, by id */
	size_t nrecipients;
	uint32_t *targets; /* transactions that links lead to, by id */
	size_t ntargets;
	uint32_t *told; /* of links, by id */
	size_t ntold;
	struct hash_key key;
	struct suggestions suggestions;

	struct bulk *bulk;   /* NULL: rows are inserted */
	struct bulk_row row; /* being filled for it */
	char *copy;          /* what BULK fills: becomes the case */
};

struct store {
	char *path, *building; /* CASE and CASE.building */
	bool published;        /* DB is open on PATH, not on BUILDING */
	struct case_lock lock;
	sqlite3 *db;
	sqlite3_stmt *statements[STMT_COUNT];
	bool wal; /* journal mode as far as this connection set it */

	struct intern words;
	bool words_loaded;
	uint32_t words_saved; /* the first so many are in the file */

	struct pending_text *texts;
	size_t ntexts, ctexts;

	struct derivation *derivation; /* NULL: none going on */
};

static inline const char *store_name(const struct store *s)
{
	return s->published ? s->path : s->building;
}

/* A transaction; inside a derivation these do nothing, its own goes on. DURABLE:
 * after commit it survives a power failure (else only a kill). */
bool store_begin(struct store *s, bool durable, struct err *err);
bool store_commit(struct store *s, struct err *err);
bool store_rollback(struct store *s); /* false, for `return` */

/* Opens DB on PATH. */
bool store_open_file(struct store *s, const char *path, struct err *err);

sqlite3_stmt *store_statement(struct store *s, enum statement id,
                              struct err *err); /* NULL: failed */
void store_finalize(struct store *s);

bool store_enter_wal(struct store *s, struct err *err);
/* Ends WAL mode: true if the case is one file now. */
bool store_fold(struct store *s);

bool store_load_words(struct store *s, struct err *err);
/* Inserts words that are not in the file; *SAVED is for words_saved once the
 * transaction is committed. */
bool store_save_words(struct store *s, uint32_t *saved, struct err *err);

bool store_flush_texts(struct store *s, uint32_t source, struct err *err);
void store_forget_texts(struct store *s, uint32_t source);

/* Gives each source the shortest end of its path that no other has, or the
 * name that a setting gives. */
bool store_name_exhibits(struct store *s, struct err *err);

/* What else a change of the analyst does, inside its transaction: */
bool store_add_audit(struct store *s, const char *verb, const char *detail,
                     const char *author, int64_t now, struct err *err);
/* Directions of transactions and journeys as own domains and networks say. */
bool store_direct(struct store *s, struct err *err);
bool store_touch(struct store *s, struct err *err); /* generation + 1 */

/* What follows from rows that are derived: */
bool store_suggest(struct store *s, struct err *err);  /* settings */
bool store_attach_notes(struct store *s, struct err *err);

#endif
