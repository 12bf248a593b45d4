/* SPDX-License-Identifier: MIT */
/* What the files of assembly share: the piece in the making, and what is open
 * in it. Private to this folder. */
#ifndef MODEL_TRACE_ASSEMBLY_H
#define MODEL_TRACE_ASSEMBLY_H

#include "model/store/piece.h"
#include "model/trace/map.h"
#include "parsers/parser.h"

/* A fragment may only be joined by what stitching would have joined had the
 * piece been cut between the two; so one that began without a start (opening,
 * weak opening, activation) ends after this silence, as the late lines of a
 * closed transaction do. */
#define FRAGMENT_LATE (60 * US_SECOND)

struct assembler {
	struct arena scratch;
	struct events events;
	struct strbuf cut;    /* a reply with the id taken out */
	struct map fragments; /* host and queue id -> newest fragment */
	struct map sessions;  /* host and session key -> newest part */
	uint32_t *older; /* per fragment: one of another instance, same id */
	size_t nolder, colder;

	struct piece *piece;
	const struct layout *layout;
	struct slice bytes;
	uint64_t *starts; /* of each record in BYTES */
	size_t nstarts, cstarts;
	bool backwards; /* the layout puts the newest first */
	bool back;      /* a host's time went back within the piece */
	const uint32_t *order; /* of reading, NULL: as they stand */

	/* the last host and instance, and their words */
	struct slice host_text, instance_text;
	uint32_t host, host_key, instance;

	uint32_t hint_step, hint_skip; /* every so many hints is kept */
	struct stamp dated;            /* the last stamp without a year */

	struct map walks;     /* host and kind of stamp -> walk */
	struct walk *walk;    /* those of all hosts; see assemble_sign.c */
	size_t nwalks, cwalks;
	struct map runs;      /* host and kind of stamp -> its newest run */
	struct stamp stamped; /* the last stamp */
	uint32_t *pauses;     /* by slot; NULL: none yet */
};

/* The record being assembled. */
struct assembling {
	const struct record *record;
	const struct parser *parser;
	uint32_t index; /* of the record in the piece */
	uint32_t line;  /* its first line, from that of the piece */
	uint32_t host;  /* word */
	uint32_t host_key; /* the same for a name in any case */
};

/* The fragment, session that E belongs to: NONE32 if it has no key of that
 * kind. Made if none is open; what E says of it is taken over. */
uint32_t assemble_fragment(struct assembler *a, const struct assembling *r,
			   const struct event *e);
uint32_t assemble_session(struct assembler *a, const struct assembling *r,
			  const struct event *e);

/* Rows of one event. */
void assemble_attempt(struct assembler *a, const struct assembling *r,
		      const struct event *e, uint32_t ordinal,
		      uint32_t fragment, uint32_t session);
void assemble_keys(struct assembler *a, const struct assembling *r,
		   const struct event *e, uint32_t fragment);
void assemble_hint(struct assembler *a, const struct assembling *r,
		   const struct event *e);
void assemble_repeat(struct assembler *a, const struct assembling *r,
		     const struct event *e);
/* Stamps without a year that go back by more than two days. */
void assemble_jump(struct assembler *a, const struct assembling *r);

/* When the log has records; MAIL: a parser knew it. */
void assemble_time(struct assembler *a, const struct assembling *r, bool mail);
void assemble_note(struct assembler *a, const struct assembling *r);
void assemble_pauses(struct assembler *a); /* the piece ends */

/* Lines whose time does not follow; lines that contradict themselves. */
void assemble_walk(struct assembler *a, const struct assembling *r,
		   uint32_t fragment);
void assemble_sign(struct assembler *a, const struct assembling *r,
		   const struct event *e, uint32_t fragment);

/* Writers of one file race for it: by so much lines may come out of order. */
#define RACE_WHOLE (2 * US_SECOND) /* stamps of whole seconds */
#define RACE_FINE (US_SECOND)      /* stamps with a fraction */
static inline int64_t assemble_race(int64_t now, int64_t was)
{
	return now % US_SECOND || was % US_SECOND ? RACE_FINE : RACE_WHOLE;
}

/* The order in which the records of a piece that was read may have happened if
 * stretches of it were moved: record by record. NULL: as they stand. The
 * caller's. */
uint32_t *assemble_order(struct assembler *a);

/* Record INDEX of the piece, cut and peeled again. */
void assemble_peel(struct assembler *a, size_t index, struct record *out);

static inline uint32_t assemble_word(struct assembler *a, struct slice s)
{
	return s.ptr ? intern_add(&a->piece->words, s) : 0;
}

static inline uint32_t assemble_text(struct assembler *a, struct slice s)
{
	return s.ptr ? intern_add(&a->piece->texts, s) : 0;
}

#endif
