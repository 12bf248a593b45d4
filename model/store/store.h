/* SPDX-License-Identifier: MIT */
/* The case file as its writer sees it. One writer at a time: a second one is
 * refused with the pid of the first. Readers use engine.h.
 *
 * A new case is built as CASE.building (0600) and renamed when published; an
 * existing one changes in place, WAL, one run becoming visible in one commit.
 * Killed at any instant, the next open goes on or starts clean. */
#ifndef MODEL_STORE_STORE_H
#define MODEL_STORE_STORE_H

#include "base/cancel.h"
#include "base/err.h"
#include "model/evidence/evidence.h"
#include "model/store/field.h"
#include "model/store/piece.h"
#include "model/store/rows.h"

#define CASE_APPLICATION_ID 0x4d535052 /* "MSPR" */
#define CASE_VERSION 4                 /* user_version */

struct store;

/* Opens or creates the case at PATH for writing. Refuses (with one sentence) a
 * case of a newer version, a file that is no case, a broken case, a case that
 * another process is writing to. */
struct store *store_open(const char *path, struct err *err);
/* The file that readers can open right now: PATH or PATH.building. */
const char *store_path(const struct store *s);
/* Closes; a case that was never published stays as CASE.building, to go on. */
void store_close(struct store *s);

/* Sources --------------------------------------------------------------- */

enum source_state { /* stored: append only; names are v_source's */
	SOURCE_OK,
	SOURCE_CUT,
	SOURCE_ERROR,
	SOURCE_COPY,
	SOURCE_CHANGED,
	SOURCE_MISSING,
	SOURCE_READING, /* not yet read to its end */
	SOURCE_STATE_COUNT
};
const char *source_state_name(enum source_state s);

struct source {
	uint32_t id; /* from 1 */
	char *path, *member; /* member "" if none */
	char *layout;        /* layout_print */
	char *format;        /* "rfc3164/postfix"; parser of most lines */
	char *format_basis;  /* "98 of 100 sampled lines" */
	char *server;        /* given with --server, "" if not */
	char *zone_given;    /* given with --zone, "" if not */
	int year_given;      /* 0 if not */
	enum evidence_kept kept;
	enum source_state state;
	char *message;       /* why CUT or ERROR */
	int64_t bytes;       /* on disk */
	uint64_t content_bytes; /* read so far */
	int64_t mtime;
	uint64_t inode;
	bool hashed;
	uint8_t sha256[SHA256_BYTES], content_sha256[SHA256_BYTES];
	uint32_t copy_of;    /* source with the same content, 0 none */
	uint64_t lines, event_lines, unknown_lines, copy_lines, other_lines,
		events;      /* sums over its pieces, kept by store_put_piece */
	uint32_t pieces;
};

struct source_list {
	struct source *list; /* owned; source_list_release */
	size_t n;
};
bool store_sources(struct store *s, struct source_list *out, struct err *err);
void source_list_release(struct source_list *l);

/* Adds SRC (texts are copied) and sets its id. */
bool store_add_source(struct store *s, struct source *src, struct err *err);
/* Writes everything of SRC but what store_put_piece keeps: the ledger, and
 * content_bytes, which only grows (how far the pieces reach). */
bool store_update_source(struct store *s, const struct source *src,
                         struct err *err);
/* Removes the pieces, blocks and versions of a source, to read it anew. */
bool store_reset_source(struct store *s, uint32_t source, struct err *err);
/* Removes its pieces from number FROM on, and their blocks, to go on there: the
 * last record before an append may have been half a line. */
bool store_drop_pieces(struct store *s, uint32_t source, uint32_t from,
                       struct err *err);
/* SOURCE holds what OF holds: it keeps no pieces, its LINES are copy_lines, its
 * layout and format are those of OF. */
bool store_mark_copy(struct store *s, uint32_t source, uint32_t of,
                     uint64_t lines, struct err *err);
/* What is derived does not match the pieces any more, until a derivation is
 * committed: said before the first change, so that a killed run is noticed. A
 * case that was never published is stale. */
bool store_mark_stale(struct store *s, struct err *err);
bool store_is_stale(struct store *s);

/* Every (length, content SHA-256) that a growing source had. */
bool store_add_version(struct store *s, uint32_t source, uint64_t length,
                       const uint8_t sha256[SHA256_BYTES], struct err *err);
/* The source whose content, or a version of it, is that; 0 none. */
uint32_t store_find_content(struct store *s, uint64_t length,
                            const uint8_t sha256[SHA256_BYTES]);
/* All that it looks through. */
typedef void (*store_content_fn)(void *arg, uint32_t source, uint64_t length,
                                 const uint8_t sha256[SHA256_BYTES]);
bool store_each_content(struct store *s, store_content_fn fn, void *arg,
                        struct err *err);

/* Pieces ------------------------------------------------------------------ */

/* Commits P: its words become the case's (P->word_ids is set), its parts and
 * columns are packed, the ledger of its source grows. One transaction. */
bool store_put_piece(struct store *s, struct piece *p, struct err *err);
/* A block of unpacked text of a source that cannot be read again in place.
 * Becomes durable with the next piece of that source, or when the source is
 * updated; until then it waits packed in memory. */
bool store_put_text(struct store *s, uint32_t source, uint64_t offset,
                    struct slice bytes, struct err *err);

/* Every piece of the case by source and number, without columns; the visitor
 * owns what it gets. */
typedef bool (*store_piece_fn)(void *arg, struct piece *p, struct err *err);
bool store_each_piece(struct store *s, store_piece_fn fn, void *arg,
                      struct cancel *cancel, struct err *err);
/* The same, but KNOWN is asked first: a piece of that number which is still in
 * memory (piece_shrink), handed over, or NULL. */
typedef struct piece *(*store_known_fn)(void *arg, uint32_t source,
                                        uint32_t number);
bool store_each_known_piece(struct store *s, store_known_fn known,
                            store_piece_fn fn, void *arg,
                            struct cancel *cancel, struct err *err);

/* Words ------------------------------------------------------------------- */

uint32_t store_word(struct store *s, struct slice text); /* adds if new */
struct slice store_word_text(struct store *s, uint32_t id);
uint32_t store_words(struct store *s); /* how many there are */

/* Derived rows ------------------------------------------------------------- */

/* Where a derivation puts its rows. Each false stops it. The store's own fills
 * the tables; tests have one that fills arrays. */
struct row_sink {
	void *arg;
	bool (*session)(void *arg, const struct session_row *r, struct err *err);
	bool (*transaction)(void *arg, const struct transaction_row *r,
	                    struct err *err);
	bool (*delivery)(void *arg, const struct delivery_row *r,
	                 struct err *err);
	bool (*attempt)(void *arg, const struct attempt_row *r, struct err *err);
	bool (*link)(void *arg, const struct link_row *r, struct err *err);
	bool (*evidence)(void *arg, const struct evidence_row *r,
	                 struct err *err);
	bool (*journey)(void *arg, const struct journey_row *r, struct err *err);
	bool (*recipient)(void *arg, const struct recipient_row *r,
	                  struct err *err);
	bool (*related)(void *arg, const struct related_row *r, struct err *err);
	bool (*coverage)(void *arg, const struct coverage_row *r,
	                 struct err *err);
	bool (*missing)(void *arg, const struct missing_row *r,
	                struct err *err);
	bool (*finding)(void *arg, const struct finding_row *r,
	                struct err *err);
	bool (*place)(void *arg, const struct finding_place *r,
	              struct err *err); /* after all findings */
	bool (*trial)(void *arg, const struct trial_row *r, struct err *err);
	bool (*clock)(void *arg, const struct clock_row *r, struct err *err);
	/* Which transaction, session a part of a piece became: for lines. Indexes
	 * are those of the piece; ids 0 none. */
	/* AGENTS (or NULL): for each session the transaction that its lines
	 * belong to, 0 none. */
	bool (*owners)(void *arg, uint32_t source, uint32_t piece,
	               const int64_t *transactions, size_t nfragments,
	               const int64_t *sessions, const int64_t *agents,
	               size_t nsessions,
	               struct err *err);
	/* Words made by the derivation itself ("mx1 hub store"). */
	uint32_t (*word)(void *arg, struct slice text);
	struct slice (*word_text)(void *arg, uint32_t id);
};

/* Empties the derived tables and lets SINK fill them anew; nothing is visible
 * to readers before store_derive_commit, which also writes STRETCHES, makes the
 * indexes and the roll-ups and adds one to the generation. Of a case that was
 * never published, CASE.building may be another file after that: readers keep
 * what they have until they open it anew. Rows of a table come in the order of
 * their ids. */
bool store_derive_begin(struct store *s, struct row_sink *sink, struct err *err);
bool store_derive_commit(struct store *s, const struct stretch *stretches,
                         size_t n, struct err *err);
void store_derive_abort(struct store *s);

/* A new case becomes visible under its name, fsynced; of an old one the WAL is
 * folded back (DELETE mode at rest). Readers of CASE.building keep what they
 * have and must open store_path anew: the case may now be a copy. */
bool store_publish(struct store *s, struct err *err);

/* A copy of a published case under another name, which must be free. */
bool store_copy(struct store *s, const char *to, struct err *err);

/* Settings and audit -------------------------------------------------------- */

/* BASIS "given", "suggested", "default". The names are those of setting.h, VALUE
 * as setting_check gives it. Writes the audit trail; own domains and networks
 * change the directions of mail in the same commit. What is set already is set
 * only once. */
bool store_set(struct store *s, const char *name, const char *value,
               const char *basis, const char *author, int64_t now,
               struct err *err);
/* Takes VALUE back, of a name with one value whatever it is; a suggestion is not
 * made again. Nothing to take back: true. */
bool store_unset(struct store *s, const char *name, const char *value,
                 const char *author, int64_t now, struct err *err);
/* Calls FN for each value of NAME (NULL: of all), oldest first. */
typedef void (*store_setting_fn)(void *arg, const char *name, const char *value,
                                 const char *basis);
bool store_settings(struct store *s, const char *name, store_setting_fn fn,
                    void *arg, struct err *err);

/* What the analyst says of a row. It is anchored to the line that the row stands
 * for, so that it finds the row again when rows are made anew. */
enum note_kind { NOTE_NOTE, NOTE_TAG, NOTE_MARK };
struct note {
	enum note_kind kind;
	enum unit unit;      /* messages, …, events, or sources */
	int64_t row;
	int64_t journey;     /* of an event, 0 none; rows know their own */
	const char *text;    /* NULL: what it replaces is gone; "" of a mark */
	int64_t replaces;    /* v_note.note_id of the text before, 0 none */
	const char *author;
	int64_t now;
};
/* Whether rows of the unit can carry notes. */
bool note_takes(enum unit u);
/* Notes and tags with their lines in the audit trail, in one commit. The same
 * tag on the same row is kept once. A row that is not there: ERR. */
bool store_add_notes(struct store *s, const struct note *list, size_t n,
                     struct err *err);
/* Takes marks off; of notes give one without text. */
bool store_unmark(struct store *s, const struct note *list, size_t n,
                  struct err *err);
bool store_audit(struct store *s, const char *verb, const char *detail,
                 const char *author, int64_t now, struct err *err);

#endif
