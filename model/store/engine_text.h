/* SPDX-License-Identifier: MIT */
/* Evidence again, for the engine: sources with their layouts, zones and pieces,
 * the columns of a piece, the bytes of a record, checked before they are
 * shown. */
#ifndef MODEL_STORE_ENGINE_TEXT_H
#define MODEL_STORE_ENGINE_TEXT_H

#include "base/hash.h"
#include "model/evidence/evidence.h"
#include "model/store/engine.h"
#include "model/store/piece.h"
#include "model/store/stretch.h"
#include "parsers/parser.h"

/* A record that belongs to a transaction. */
struct chunk_owned {
	int64_t tx;
	uint32_t record;
};

/* The columns of a piece, ready to be walked over: per record its offset, line,
 * UTC and owners. Records that another source holds too have no events here. */
struct chunk {
	struct text_source *source;
	struct text_piece *piece;
	struct piece *columns; /* only its columns are filled */
	uint32_t n;
	uint64_t *offset;      /* from the start of the source */
	uint64_t *line;        /* 1-based */
	int64_t *utc;          /* TIME_NONE unknown */
	int64_t *tx;           /* transaction, 0 none */
	uint32_t *order;       /* records by time, then place */
	struct chunk_owned *owned; /* by transaction, if anybody asked */
	size_t nowned;
	unsigned refs;
	uint64_t used;         /* for the one used longest ago */
};

struct text_piece {
	int64_t row;
	uint32_t number;
	uint64_t first_line, lines, records, offset, bytes;
	struct hash128 hash;
	enum { PIECE_UNSEEN, PIECE_GOOD, PIECE_BAD } state;
	char *bad;             /* why, if BAD */
	bool ranged;           /* min and max are known */
	int64_t min, max;      /* UTC of its records; min > max: none has one */
	bool timeless;         /* some record has no time */
	bool owned;            /* txs and sessions are read */
	int64_t *txs, *sessions; /* what its parts became */
	size_t ntxs, nsessions;
	size_t agents; /* in txs: from where on those of its sessions stand, 0 none */
	bool tx_ranged;        /* tx_first and tx_last are known; 0 none */
	int64_t tx_first, tx_last;
	struct chunk *chunk;   /* in memory, or NULL */
};

struct text_source {
	uint32_t id;
	char *path, *member, *exhibit, *server, *sha256;
	struct layout *layout; /* NULL: cannot be read */
	bool packed;           /* its text lies in the case */
	bool gone;             /* could not be opened: GONE_WHY */
	char *gone_why;
	struct evidence_file *file;
	struct text_piece *pieces;
	size_t npieces, cpieces;
};

struct text_store;
struct text_store *text_store_new(struct engine *e);
void text_store_free(struct text_store *t);
/* The case has changed: sources and pieces are read anew. */
void text_store_forget(struct text_store *t);

/* Sources with their pieces; read on first need. */
bool text_sources(struct engine *e, struct text_source **list, size_t *n,
                  struct err *err);
struct text_source *text_source(struct engine *e, uint32_t id, struct err *err);
const struct stretch *text_stretch(struct engine *e, uint32_t source,
                                   uint64_t line);

/* What each part of the piece became. */
bool text_owners(struct engine *e, struct text_source *s, struct text_piece *p,
                 struct err *err);
/* The columns of P; text_release when done. NULL: ERR. */
struct chunk *text_chunk(struct engine *e, struct text_source *s,
                         struct text_piece *p, struct err *err);
void text_release(struct engine *e, struct chunk *c);
/* Mail refused before it had a queue id: its lines belong to a session, its
 * attempts know the transaction. Those of P, in the order of lines. */
struct refused_line {
	uint32_t source;
	uint64_t line;
	int64_t tx;
};
const struct refused_line *text_refused(struct engine *e,
                                        const struct text_source *s,
                                        const struct text_piece *p, size_t *n);
int64_t chunk_session(const struct chunk *c, uint32_t i); /* 0 none */
/* The record that holds LINE, or the last before it; n must not be 0. */
uint32_t chunk_find_line(const struct chunk *c, uint64_t line);

/* Appends LENGTH bytes at OFFSET of S. False: ERR says what is not here or has
 * changed, as it is shown in place of the text. */
bool text_read(struct engine *e, struct text_source *s, uint64_t offset,
               size_t length, struct strbuf *out, struct err *err);

/* A record read again: cut, peeled and parsed as when it was indexed. */
struct text_record {
	struct strbuf bytes;
	struct record record;
	struct arena arena;
	struct events events;
	bool here;         /* the bytes are */
	struct err why;    /* if not */
	uint32_t source;   /* of what is in it; 0: nothing */
	uint64_t offset;
};
void text_record_release(struct text_record *r);
void text_record_read(struct engine *e, const struct chunk *c, uint32_t i,
                      struct text_record *r);
/* The same without its events. */
void text_record_peel(struct engine *e, const struct chunk *c, uint32_t i,
                      struct text_record *r);

#endif
