/* SPDX-License-Identifier: MIT */
/* What is derived from pieces: the rows behind the public views. Times are us
 * UTC, TIME_NONE unknown; words are numbers of the case's dictionary, 0 absent;
 * ids count from 1 in the order of reading, so an append renumbers nothing. */
#ifndef MODEL_STORE_ROWS_H
#define MODEL_STORE_ROWS_H

#include "parsers/event.h"

enum transaction_state { /* stored: append only */
	STATE_COMPLETE,
	STATE_OPEN,
	STATE_TRUNCATED,
	STATE_LOST,
	STATE_REFUSED,
	STATE_OBSERVED,
	STATE_COUNT
};
const char *transaction_state_name(enum transaction_state s);

enum outcome { /* stored: append only */
	OUTCOME_DELIVERED,
	OUTCOME_RELAYED,
	OUTCOME_FAILED,
	OUTCOME_REFUSED,
	OUTCOME_WITHHELD,
	OUTCOME_DELAYED,
	OUTCOME_UNKNOWN,
	OUTCOME_COUNT
};
const char *outcome_name(enum outcome o);

enum link_class { /* stored: append only */
	CLASS_CONFIRMED,
	CLASS_PROBABLE,
	CLASS_POSSIBLE,
	CLASS_CONTRADICTED,
	CLASS_COUNT
};
const char *link_class_name(enum link_class c);

enum direction { DIRECTION_UNKNOWN, DIRECTION_INBOUND, DIRECTION_OUTBOUND,
	DIRECTION_INTERNAL, DIRECTION_COUNT };
const char *direction_name(enum direction d);

enum row_flags {
	ROW_PROBE = 1u << 0, /* left out of counts by default */
	ROW_COPY = 1u << 1,
	ROW_TIME_ASSUMED = 1u << 2, /* its year or zone is not in the evidence: ~ */
};

struct session_row {
	int64_t id;
	uint32_t server, instance, service, client_ip, client_name, helo, user,
		auth_method, tls, counters;
	int32_t client_port; /* -1 absent */
	int64_t first, last;
	uint32_t transactions, auth_ok, auth_fail, refused;
	unsigned flags; /* enum row_flags */
};

struct transaction_row {
	int64_t id, journey, session; /* session 0: none */
	uint32_t server, instance;
	struct slice queue_id, message_id; /* absent: NULL */
	uint32_t generation;               /* from 1 */
	int64_t opened, closed;
	enum transaction_state state;
	uint32_t sender, header_from, client_ip, client_name, helo, user, tls,
		subject;
	int32_t client_port, nrcpt;
	int64_t size;
	enum direction direction;
	uint32_t source;   /* of its opening record, else its first */
	uint64_t line;
	unsigned flags; /* enum row_flags */
	uint64_t said;  /* see row_said */
};

/* Which lines say more of a transaction than its own line: their distances from
 * it, ROW_SAID_BITS each, lowest first: Message-ID, envelope sender, size, subject,
 * HELO. ROW_SAID_FAR: none that the number could hold. That of the size is one
 * more than its distance, or 0 for the line that says the sender. */
#define ROW_SAID_BITS 12
#define ROW_SAID_FAR 4095
enum row_said {
	ROW_SAID_MESSAGE_ID,
	ROW_SAID_SENDER,
	ROW_SAID_SIZE,
	ROW_SAID_SUBJECT,
	ROW_SAID_HELO,
	ROW_SAID_COUNT
};
static inline unsigned row_said(uint64_t said, enum row_said what)
{
	return (unsigned)(said >> what * ROW_SAID_BITS) & ROW_SAID_FAR;
}

struct delivery_row {
	int64_t id, transaction, journey;
	uint32_t recipient, orig_recipient;
	uint32_t attempts;
	int64_t first, last;
	enum outcome outcome;
	int64_t last_attempt; /* attempt id that decided */
};

struct attempt_row {
	int64_t id, time;
	uint32_t source;
	uint64_t line, offset;
	uint32_t length;
	int64_t session, transaction, delivery, journey; /* 0 none */
	enum action action;
	uint32_t server, stage, sender, recipient, client_ip, client_name, helo,
		user, relay_ip, relay_name, dsn, reply, said_by, place;
	int32_t relay_port, code;
	struct slice next_id;
	bool reply_cut; /* see ATTEMPT_REPLY_CUT */
	int64_t delay;
	uint32_t copies; /* how many more records said the same */
	unsigned flags;
};

struct link_row {
	int64_t id, from, to; /* transactions */
	enum link_kind kind;
	enum link_class class;
	unsigned evidence; /* bit n-1: E n */
	int64_t lag;       /* us, TIME_NONE */
	int64_t attempt;   /* that says it, 0 none */
	uint32_t relay_ip, relay_name; /* words: of that attempt */
	/* Bits of EVIDENCE whose rows say no more than the link's transactions
	 * and its attempt do: v_evidence tells them, they are not stored. */
	unsigned told;
};

struct evidence_row {
	int64_t link;
	unsigned code; /* n of E n */
	uint32_t from_source, to_source;
	uint64_t from_line, to_line;
	struct slice from_text, to_text; /* what was compared */
};

struct journey_row {
	int64_t id, first, last;
	int64_t root; /* transaction that its sender, client, subject come from */
	struct slice message_id;
	uint32_t sender, header_from, subject, client_ip, client_name, user;
	int64_t size;
	enum direction direction;
	uint32_t servers;      /* word: "mx1 hub store", in the order of the trace */
	uint32_t hops, recipients;
	uint32_t outcomes[OUTCOME_COUNT];
	bool refused; /* never accepted: not counted in messages */
	unsigned flags;
};

struct recipient_row {
	int64_t id, journey;
	uint32_t address, addressed_as;
	uint32_t via;          /* word: "alias", "expansion", 0 */
	enum outcome outcome;
	int64_t delivery;      /* that decided, 0 none */
	int64_t transaction;
	int64_t last_attempt;  /* 0 none */
	uint32_t attempts;
	int64_t first, last;
};

/* A journey that belongs to another without being the same message. */
/* The same Message-ID, and no link: sent again, forged, or an id that its maker
 * gives to all. */
#define RELATED_RESENT LINK_KIND_COUNT
struct related_row {
	int64_t journey, other;
	unsigned how; /* enum link_kind, or RELATED_RESENT */
};

struct coverage_row {
	uint32_t server, source;
	int64_t from, to;
	enum coverage_kind { COVERAGE_COVERED, COVERAGE_GAP, COVERAGE_SUPPRESSED,
		COVERAGE_TRUNCATED } kind;
	uint64_t lines;
};

/* What should be in the logs and is not, or contradicts itself. The first three
 * are evidence to ask for. */
enum missing_kind { /* stored: append only */
	MISSING_NO_LOG,      /* the next server has no log in the case */
	MISSING_NOT_COVERED, /* its log does not cover the time */
	MISSING_ABSENT,      /* its log covers the time and does not have it */
	MISSING_UNSENT,      /* taken from a server whose log knows nothing of it */
	MISSING_STATUS,      /* sent, says one; refused, says the other */
	MISSING_ENVELOPE,    /* sender or message-id differ over a handoff */
	MISSING_TIME,        /* outside of what all other handoffs say */
	MISSING_COUNT,       /* fewer recipients have a fate than were taken */
	MISSING_LOST,        /* no end, though the log goes on */
	MISSING_COUNT_OF
};
const char *missing_kind_name(enum missing_kind k); /* "no log" */

struct missing_row {
	int64_t journey, transaction;
	enum missing_kind kind;
	uint32_t at;                 /* word: server whose log says so */
	uint32_t server;             /* word: the other one, 0 not in the case */
	uint32_t name, ip;           /* words: as that log calls it */
	uint32_t recipient;          /* word */
	struct slice queue_id;       /* there; absent not known */
	int64_t from, to;            /* us UTC to look in; TIME_NONE unknown */
	struct slice searched;       /* where it was looked for, absent nowhere */
};

/* A rule that fired. */
enum finding_severity {
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_COUNT
};
const char *finding_severity_name(enum finding_severity s);

#define FINDING_PLACES 100 /* lines that are kept of one, at most */
struct finding_place {
	int64_t finding;
	uint32_t source;      /* 0: a message as a whole */
	uint64_t line;
	int64_t journey, transaction; /* 0 none */
};
struct finding_row {
	int64_t id;
	const char *rule;            /* "orphan" */
	enum finding_severity severity;
	int64_t first, last;         /* us UTC, TIME_NONE */
	struct slice entity;         /* what it is about: "mx1", "mx1 4F12" */
	struct slice explanation;
	const char *innocent;
	uint64_t rows;               /* how many made it fire, kept or not */
};

/* A rule on the logs of a server: how often it could be tried. */
struct trial_row {
	const char *rule;
	uint32_t server; /* word */
	uint64_t tried, fired;
	const char *needs; /* what it rests on: "ids that carry a time" */
};

/* The clock of a server over a run of its lines: an interval that holds its
 * offset from the reference in all that time. */
struct clock_row {
	uint32_t server, source;     /* server: word */
	uint64_t from_line, to_line; /* both included */
	int64_t from, to;            /* us UTC as the log has it */
	int64_t lo, hi;              /* us, TIME_NONE where nothing bounds it */
	int64_t drift;               /* 1e-9 s per s, TIME_NONE not known */
	uint32_t n;                  /* handoffs within that time */
	uint32_t reference;          /* word, 0 none */
};

/* A run of lines of one source that is read in one zone and year. */
enum stretch_basis { /* stored; names are v_source's: append only */
	BASIS_LINE,
	BASIS_HEADER,
	BASIS_ID,
	BASIS_REPLY,
	BASIS_HANDOFF,
	BASIS_SIBLING,
	BASIS_FILE_NAME,
	BASIS_MTIME,
	BASIS_GIVEN,
	BASIS_ASSUMED,
	BASIS_COPY, /* written in the same lines of another source */
	BASIS_COUNT
};
const char *stretch_basis_name(enum stretch_basis b);

struct stretch {
	uint32_t source;
	uint64_t from_line, to_line; /* both included; to UINT64_MAX: to the end */
	char zone[64];               /* "+01:00" or an IANA name */
	enum stretch_basis zone_basis;
	int year;                    /* of stamps without one; 0 not needed */
	enum stretch_basis year_basis;
};

#endif
