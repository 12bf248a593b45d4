/* SPDX-License-Identifier: MIT */
/* One thing that a record says, in words that no mail server owns. A parser
 * fills it; assembly, store and screens read it and know no format. */
#ifndef PARSERS_EVENT_H
#define PARSERS_EVENT_H

#include "parsers/record.h"

/* Closed list of DESIGN.md §2. The order is stored in cases: append only. */
enum action {
	ACTION_UNKNOWN, /* no parser knows the line */
	ACTION_INFO,
	ACTION_CONNECT,
	ACTION_DISCONNECT,
	ACTION_AUTH_OK,
	ACTION_AUTH_FAIL,
	ACTION_TLS,
	ACTION_ACCEPT,
	ACTION_REJECT,   /* 5xx at the door */
	ACTION_TEMPFAIL, /* 4xx at the door */
	ACTION_DISCARD,
	ACTION_QUARANTINE,
	ACTION_HOLD,
	ACTION_DELIVER, /* into a mailbox, file or command here */
	ACTION_RELAY,   /* another server took it */
	ACTION_DEFER,
	ACTION_BOUNCE,
	ACTION_EXPIRE,
	ACTION_EXPAND,
	ACTION_REDIRECT,
	ACTION_BOUNCE_GENERATED,
	ACTION_REMOVED,
	ACTION_COUNT
};
const char *action_name(enum action a); /* "auth_ok" */
bool action_find(struct slice name, enum action *a);

/* What assembly must do with it.
 *
 * A KEY_QUEUE / REL_OWN key makes the line one of that transaction's; a line
 * that merely mentions an id sets EV_QUEUE_ID without the key. Recipients come
 * from ROLE_ATTEMPT events alone (and from an ACTION_EXPIRE without recipient,
 * which fails all that are still delayed); a refusal needs a sender or a
 * recipient to become a refused transaction. */
enum role {
	ROLE_OPENS = 1u << 0,         /* a transaction begins here; lines of its id
	                                 that came before and that nothing closed
	                                 belong to it, unless it has an opening */
	ROLE_OPENS_WEAKLY = 1u << 1,  /* only if none of its key is open */
	ROLE_ACTIVATES = 1u << 2,     /* queued again: a retry, not a new message */
	ROLE_CLOSES = 1u << 3,        /* the transaction ends here */
	ROLE_SESSION_OPENS = 1u << 4,
	ROLE_SESSION_CLOSES = 1u << 5,
	ROLE_ATTEMPT = 1u << 6,  /* an answer given or got: becomes an attempt row */
	ROLE_ADMIN = 1u << 7,    /* done by a human: postsuper, removal by root */
	ROLE_REPEATS = 1u << 8,  /* stands for EV_REPEAT more of the last record of
	                            the same host and program */
	ROLE_PROBE = 1u << 9,    /* address verification, health check: no mail */
	ROLE_NOT_MAIL = 1u << 10, /* a program that has nothing to do with mail */
	ROLE_GAP = 1u << 11,     /* says itself that lines are missing */
	ROLE_COPY = 1u << 12,    /* shadow, journal, duplicate: never counted */
	ROLE_ENVELOPE = 1u << 13, /* states sender, size, nrcpt of the transaction;
	                             not that it was taken */
	ROLE_DAMAGED = 1u << 14, /* known, but cut or malformed: fields may miss */
	ROLE_OBSERVED = 1u << 15, /* a sensor saw it: no server said it. Counts only
	                             where no server did; an ACTION_INFO of it with
	                             a recipient leaves the outcome unknown */
	ROLE_ADDRESSED = 1u << 16, /* its recipient is one of the transaction's;
	                             other lines tell what became of it. It takes
	                             the place of EV_ORIG_RECIPIENT, if there is
	                             one. No answer: no attempt */
	/* The line contradicts itself; a daemon does not write that. */
	ROLE_SUM_WRONG = 1u << 17, /* parts of its delay do not make the whole */
	ROLE_PID_WRONG = 1u << 18, /* its id was made by another process */
	ROLE_ADDRESS_WRONG = 1u << 19, /* its id was made for another client */
};

/* By the name that event_print gives it: "opens_weakly". */
const char *role_name(enum role r); /* of one bit; NULL none */
bool role_find(struct slice name, enum role *r);

/* Text fields first, then numbers. Absent is not empty: see event_has. */
enum event_field {
	EV_QUEUE_ID,
	EV_MESSAGE_ID,  /* without the outer <>; "<>" if logged empty */
	EV_SENDER,      /* envelope, without <>; "<>" for the null sender */
	EV_RECIPIENT,
	EV_ORIG_RECIPIENT,
	EV_CLIENT_IP,
	EV_CLIENT_NAME, /* "unknown" is kept */
	EV_HELO,
	EV_USER,        /* authenticated login */
	EV_AUTH_METHOD,
	EV_RELAY_IP,
	EV_RELAY_NAME,  /* host, socket, transport or "local" */
	EV_DSN,         /* "5.1.1" */
	EV_REPLY,       /* the answer as it was given */
	EV_SAID_BY,     /* who gave it; absent: the server that logged */
	EV_STAGE,       /* SMTP stage of a refusal: "RCPT", "END-OF-MESSAGE" */
	EV_PLACE,       /* INBOX, a folder, a command, a filter */
	EV_SUBJECT,
	EV_HEADER_FROM,
	EV_ATTACHMENT,
	EV_VERDICT,     /* of a filter: "CLEAN", "SPAM", "dkim pass" */
	EV_TLS,         /* "TLSv1.3 TLS_AES_256_GCM_SHA384" */
	EV_NEXT_QUEUE_ID, /* must lie inside EV_REPLY if both are there */
	EV_SESSION_ID,  /* the MTA's own session id, if it logs one */
	EV_INSTANCE,    /* "postfix", "postfix-out" */
	EV_SERVICE,     /* "submission", "smtpd", "lmtp" */
	EV_COUNTERS,    /* of a disconnect: "ehlo=1 mail=1 rcpt=0/1 commands=2/3" */
	EV_TEXT_COUNT,

	EV_CLIENT_PORT = EV_TEXT_COUNT,
	EV_RELAY_PORT,
	EV_CODE,        /* 200..599 */
	EV_SIZE,        /* bytes */
	EV_NRCPT,       /* recipients taken, those refused not counted */
	EV_DELAY,       /* us, as logged: end to end on this server */
	EV_TRANSFER,    /* us: connection set-up and transmission, for windows */
	EV_REPEAT,      /* with ROLE_ATTEMPT: so many equal answers of the
	                   session, which other lines may tell one by one */
	EV_ID_TIME,     /* us UTC that an id or reply of this line carries and that
	                   should stand close to the line's own time: on an opening
	                   line this host's clock, in a reply another's. An id made
	                   when the session began may be a minute older */
	EV_FIELD_COUNT
};

enum key_kind {
	KEY_QUEUE,      /* queue id, per (server, instance) */
	KEY_SESSION,    /* whatever identifies one conversation on one server at a
	                   time: "postfix/smtpd[123]", a session id */
	KEY_MESSAGE_ID,
	KEY_NETWORK_ID, /* Exchange */
	KEY_COUNTER,    /* MID and the like */
};

enum key_relation {
	REL_OWN,       /* the event belongs to it */
	REL_NEXT_HOP,  /* what the next server called it: in EV_REPLY */
	REL_PARENT,    /* this one was made from it */
	REL_CHILD,     /* this one made it */
	REL_ORIGINAL,  /* the same message before a filter: XFORWARD orig_queue_id */
	REL_ALTERNATE, /* another name of the same thing */
};

/* What a link over the key would be. Stored: append only. All but forward and
 * the bounces join the two into one message. */
enum link_kind {
	LINK_HANDOFF,   /* another server, or another queue here, took it */
	LINK_FILTER,    /* through a content filter and back */
	LINK_RETRY,     /* refused first, accepted later */
	LINK_EXPANSION, /* a list, a split: new recipients, maybe a new sender */
	LINK_ALIAS,     /* alias, .forward, clone: the MTA changed the address */
	LINK_FORWARD,   /* a mailbox rule sent it on: a related message */
	LINK_REQUEUE,   /* put into the queue again under a new id */
	LINK_BOUNCE,    /* a notice about it: a related message */
	LINK_LATE_BOUNCE,
	LINK_OBSERVED,  /* seen by a sensor */
	LINK_KIND_COUNT
};
const char *link_kind_name(enum link_kind k);

struct event_key {
	enum key_kind kind;
	enum key_relation relation;
	enum link_kind link; /* not for REL_OWN */
	struct slice text;
};
#define EVENT_KEYS 8

struct event {
	enum action action;
	unsigned roles;  /* enum role */
	uint64_t fields; /* bit per enum event_field: present */
	struct slice text[EV_TEXT_COUNT];               /* valid if present */
	int64_t number[EV_FIELD_COUNT - EV_TEXT_COUNT]; /* valid if present */
	struct event_key key[EVENT_KEYS];
	unsigned keys;
};

/* The events of one record, in its order. Reused from record to record. */
struct events {
	struct event *list;
	size_t n, cap;
};
void events_release(struct events *e);
struct event *events_add(struct events *e); /* empty; valid until the next */

static inline bool event_has(const struct event *e, enum event_field f)
{
	return (e->fields >> f) & 1;
}

static inline void event_set(struct event *e, enum event_field f, struct slice s)
{
	e->text[f] = s;
	e->fields |= UINT64_C(1) << f;
}

static inline void event_set_number(struct event *e, enum event_field f,
                                    int64_t value)
{
	e->number[f - EV_TEXT_COUNT] = value;
	e->fields |= UINT64_C(1) << f;
}

/* The absent slice if F is not there. */
static inline struct slice event_text(const struct event *e, enum event_field f)
{
	return event_has(e, f) ? e->text[f] : slice_of(NULL, 0);
}

static inline int64_t event_number(const struct event *e, enum event_field f,
                                   int64_t absent)
{
	return event_has(e, f) ? e->number[f - EV_TEXT_COUNT] : absent;
}

/* Ignored beyond EVENT_KEYS; an empty TEXT adds nothing. */
void event_add_key(struct event *e, enum key_kind kind, enum key_relation rel,
                   enum link_kind link, struct slice text);
/* The first key of that kind and relation, or NULL. */
const struct event_key *event_key(const struct event *e, enum key_kind kind,
                                  enum key_relation rel);
/* "queue_id", "client_ip" …: the column of v_event. */
const char *event_field_name(enum event_field f);

#endif
