/* SPDX-License-Identifier: MIT */
/* A piece: a run of whole records of one source, the unit of work, commit,
 * resume and merge. Assembling it needs nothing but the piece; what it holds
 * can be stitched with others in any order. Everything later is derived. */
#ifndef MODEL_STORE_PIECE_H
#define MODEL_STORE_PIECE_H

#include "base/hash.h"
#include "base/intern.h"
#include "base/strbuf.h"
#include "parsers/event.h"

#define PIECE_RECORDS ((uint32_t)1 << 18) /* at most */
#define PIECE_BYTES ((uint64_t)64 << 20)  /* soft: ends with the record */
#define NONE32 UINT32_MAX                 /* "no such index" */

/* Strings: those that repeat (addresses, names, replies) live in PIECE.words,
 * those that hardly ever do (queue ids, message-ids, session keys) in
 * PIECE.texts. Both count from 1; 0 is absent. Field comments say which. */

enum part_edge {
	PART_OPENED = 1u << 0,        /* saw ROLE_OPENS: always its first event */
	PART_OPENED_WEAKLY = 1u << 1, /* first event was ROLE_OPENS_WEAKLY */
	PART_ACTIVATED = 1u << 2,     /* saw ROLE_ACTIVATES */
	PART_ACTIVATED_FIRST = 1u << 3, /* … as its first event */
	PART_CLOSED = 1u << 4,        /* saw ROLE_CLOSES: always its last event */
	PART_PROBE = 1u << 5,
	PART_COPY = 1u << 6,
	PART_ADMIN = 1u << 7,
	PART_ENVELOPE = 1u << 8,      /* sender, size, nrcpt were stated */
	PART_IDLE = 1u << 9,          /* its format logs no closing line */
	PART_IDS_REUSED = 1u << 10,
	PART_SESSION_OPENED = 1u << 11,
	PART_SESSION_CLOSED = 1u << 12,
	PART_OBSERVED = 1u << 13,     /* a sensor saw it */
	PART_TELLS_ID = 1u << 14,     /* its format tells each message-id */
};

/* What the piece says of one transaction between two edges. A new fragment
 * begins at each ROLE_OPENS, after each ROLE_CLOSES and after a silence of
 * FRAGMENT_SILENCE: stitching joins them by the same rules wherever the pieces
 * were cut. */
#define FRAGMENT_SILENCE (12 * US_HOUR)

/* What a fragment says in another line than its first: how many lines on. */
enum fragment_said {
	SAID_MESSAGE_ID,
	SAID_SENDER,
	SAID_SIZE,
	SAID_SUBJECT,
	SAID_HELO,
	SAID_TLS,
	SAID_COUNT
};
#define SAID_FAR INT16_MIN /* too far for the number */
struct fragment {
	unsigned edges;    /* enum part_edge */
	uint32_t host;     /* word: as written in the line, 0 none */
	uint32_t instance; /* word */
	uint32_t queue_id; /* text */
	uint32_t session;  /* index in PIECE.sessions, NONE32 */
	int64_t first, last;   /* packed stamps of its first, last record */
	int64_t opened;        /* packed stamp of the opening record, STAMP_NONE */
	int64_t closed;
	uint32_t first_line, last_line; /* from PIECE.first_line, 0-based */
	uint32_t opened_line;           /* NONE32 if not opened here */
	uint32_t message_id; /* text; the first one logged */
	uint32_t sender, header_from, client_ip, client_name, helo, user, tls,
		subject;     /* words */
	int32_t client_port; /* -1 absent */
	int32_t nrcpt;       /* -1 absent */
	int64_t size;        /* -1 absent */
	int16_t said[SAID_COUNT]; /* from FIRST_LINE; 0 for what is absent */
	int64_t id_time;     /* us UTC that its queue id carries, TIME_NONE */
};

/* What the piece says of one session between two edges. */
struct session_part {
	unsigned edges; /* PART_SESSION_… */
	uint32_t host, instance, service; /* words */
	uint32_t key;                     /* text */
	uint32_t client_ip, client_name, helo, user, auth_method, tls,
		counters; /* words */
	int32_t client_port;
	int64_t first, last; /* packed stamps */
	uint32_t first_line, last_line;
};

enum attempt_flags {
	ATTEMPT_REPLY_CUT = 1u << 0, /* next_id was cut out of the reply: REPLY_CUT
	                                stands in its place in the word */
	ATTEMPT_PROBE = 1u << 1,
	ATTEMPT_COPY = 1u << 2,
	ATTEMPT_FINAL = 1u << 3,     /* an own answer: nobody else was asked */
	ATTEMPT_SUM = 1u << 4,       /* sums up REPEAT answers of its session */
	ATTEMPT_ADDRESSED = 1u << 5, /* no answer: names a recipient, no row */
};
#define REPLY_CUT '\x1a'

/* An answer given or got. */
struct attempt {
	enum action action;
	unsigned flags;    /* enum attempt_flags */
	uint32_t fragment; /* index, NONE32 */
	uint32_t session;  /* index, NONE32 */
	int64_t time;      /* packed stamp */
	uint32_t line;     /* from PIECE.first_line */
	uint32_t length;   /* bytes of the record */
	uint64_t offset;   /* from the start of the source */
	uint32_t ordinal;  /* number of the event within its record */
	uint32_t repeat;   /* how often it was said, usually 1 */
	uint32_t sender, recipient, orig_recipient, client_ip, client_name, helo,
		user, relay_ip, relay_name, dsn, reply, said_by, stage,
		place,
		tls;       /* words; TLS: of the connection to the relay */
	uint32_t next_id;  /* text: EV_NEXT_QUEUE_ID */
	int32_t relay_port, code; /* -1 absent */
	int64_t delay, transfer;  /* us, -1 absent */
};

/* A key that is neither the owner's queue id nor an attempt's next_id. */
struct piece_key {
	uint32_t fragment; /* who says it */
	uint32_t line;
	int64_t time; /* packed stamp */
	enum key_kind kind;
	enum key_relation relation;
	enum link_kind link;
	uint32_t text; /* text */
};

/* An id or reply that carries UTC, next to the stamp of its line. */
enum hint_kind {
	HINT_OWN,   /* the writing host's own clock: made at this line */
	HINT_OTHER, /* another host's clock: right but for its skew */
};
struct time_hint {
	enum hint_kind kind;
	uint32_t line;
	int64_t written; /* packed stamp */
	int64_t utc;     /* us */
};
#define PIECE_HINTS 4096 /* at most; evenly thinned */

/* Where stamps without a year go back by more than two days. */
struct time_jump {
	uint32_t line;         /* the first line after it */
	int64_t before, after; /* packed stamps */
};

/* Records of one host that follow each other without a silence: not over RUN_SILENCE
 * and not back by more than RUN_BACK, so that a clock put back an hour begins
 * another run. */
#define RUN_SILENCE (5 * US_MINUTE)
#define RUN_BACK (15 * US_MINUTE)
struct time_run {
	uint32_t host;        /* word */
	int64_t first, last;  /* packed stamps: least and greatest */
	uint32_t first_line, last_line; /* of these two */
	uint32_t lines;       /* physical lines of its records */
	uint32_t events;      /* how many of the records a parser knew as mail */
};

/* How often records followed each other after so long a time, in an hour of the
 * day as written: what a usual silence is. */
struct pause_count {
	uint32_t slot; /* hour * PAUSE_STEPS + pause_step */
	uint32_t n;
};
#define PAUSE_STEPS 137
static inline unsigned pause_step(int64_t us)
{
	uint64_t s = us < 0 ? 0 : (uint64_t)us / US_SECOND;
	unsigned n = 0;

	if (s >> 17)
		s = (1u << 17) - 1;
	while (s >> (n + 1))
		n++;
	return s ? 1 + 8 * n + (unsigned)((s * 8 >> n) & 7) : 0;
}
static inline int64_t pause_least(unsigned step) /* of that step, us */
{
	unsigned n = step ? (step - 1) / 8 : 0, m = step ? (step - 1) % 8 : 0;

	return step ? (INT64_C(8) + m) * US_SECOND * (1 << n) / 8 : 0;
}

/* The log's own word that lines are missing before this one. */
struct gap_note {
	uint32_t host; /* word */
	uint32_t line;
	int64_t time;  /* packed stamp */
	int64_t lost;  /* how many, 0 not said */
};

/* What only the lines themselves show: one that contradicts itself or those
 * around it. */
enum sign_kind { /* stored: append only */
	SIGN_BACK,       /* older than the line before, as are those behind it */
	SIGN_OUT,        /* this line alone does not fit between its neighbours */
	SIGN_SUM,        /* ROLE_SUM_WRONG */
	SIGN_PID,
	SIGN_ADDRESS,
	SIGN_COUNT
};
struct piece_sign {
	enum sign_kind kind;
	uint32_t host;     /* word */
	uint32_t fragment; /* index, NONE32 */
	uint32_t line;
	int64_t time;      /* packed stamp */
	int64_t before;    /* of the line that it contradicts, else as TIME */
};
#define PIECE_SIGNS 1024 /* at most */

/* "message repeated N times", not yet resolved. */
struct repeat {
	uint32_t host, program; /* words */
	uint32_t line;
	uint32_t attempt; /* index of the one repeated, NONE32: in no piece yet, or
	                     the repeated record made no attempt */
	int64_t n;
};

/* Columns, one entry a record. */
enum line_class {
	LINE_EVENT,
	LINE_UNKNOWN, /* no parser knew it */
	LINE_OTHER,   /* header, blank, a program that is not mail */
};
struct piece_lines {
	uint32_t n;
	uint32_t *length; /* bytes with the line end */
	uint16_t *span;   /* physical lines; NULL: 1 each */
	uint8_t *class;   /* enum line_class */
	uint8_t *action;  /* of its first event */
	uint16_t *events; /* how many */
	uint32_t *owner;  /* 0 none, 2i+1 fragment i, 2i+2 session i */
	int64_t *time;    /* packed stamp */
};

struct piece {
	uint32_t source;     /* set by the store */
	uint32_t number;     /* within its source, from 0 */
	uint64_t first_line; /* 1-based */
	uint64_t lines;      /* physical */
	uint64_t offset, bytes;
	struct hash128 hash; /* of its bytes */
	uint64_t event_lines, unknown_lines, other_lines, events;
	int64_t first, last; /* packed stamps of first and last stamped record */

	struct intern words, texts;
	/* Set by the store when it is committed or read: the case's number of
	 * words[i]. */
	uint32_t *word_ids;
	size_t nword_ids; /* once it was read or shrunk: entries, the unused
	                     first one too */

	bool borrowed; /* lists and texts are not its own to free or change */
	struct fragment *fragments;
	size_t nfragments, cfragments;
	struct session_part *sessions;
	size_t nsessions, csessions;
	struct attempt *attempts;
	size_t nattempts, cattempts;
	struct piece_key *keys;
	size_t nkeys, ckeys;
	struct time_hint *hints;
	size_t nhints, chints;
	struct time_jump *jumps;
	size_t njumps, cjumps;
	struct repeat *repeats;
	size_t nrepeats, crepeats;
	struct time_run *runs;
	size_t nruns, cruns;
	struct pause_count *pauses;
	size_t npauses, cpauses;
	struct gap_note *notes;
	size_t nnotes, cnotes;
	struct piece_sign *signs;
	size_t nsigns, csigns;
	struct piece_lines columns;
	size_t ccolumns;
};

struct piece *piece_new(void);
void piece_free(struct piece *p);
/* Leaves what piece_decode would make of it, once it has its word_ids: no
 * columns, no texts of words, no room to grow. */
void piece_shrink(struct piece *p);

/* Everything of P but columns as bytes (varints, packed by the caller), with
 * words as the case's numbers; and back. False if BYTES are damaged. What is
 * read has no words, and texts that are asked for by number only. */
void piece_encode(const struct piece *p, struct strbuf *out);
bool piece_decode(struct piece *p, struct slice bytes);
void piece_encode_columns(const struct piece *p, struct strbuf *out);
bool piece_decode_columns(struct piece *p, struct slice bytes);

#endif
