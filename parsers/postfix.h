/* SPDX-License-Identifier: MIT */
/* What the files of the Postfix parser share. Nobody else includes it. */
#ifndef PARSERS_POSTFIX_H
#define PARSERS_POSTFIX_H

#include "parsers/parser.h"

enum pf_daemon {
	PF_NONE,
	PF_SMTPD,
	PF_QMGR,
	PF_SMTP,
	PF_CLEANUP,
	PF_LMTP,
	PF_LOCAL, /* and virtual: into a mailbox here */
	PF_PIPE,
	PF_ERROR, /* and retry: an answer without a try */
	PF_DISCARD,
	PF_BOUNCE, /* and trace, defer */
	PF_PICKUP,
	PF_POSTSCREEN,
	PF_DNSBLOG,
	PF_TLSPROXY,
	PF_POSTSUPER,
	PF_ANVIL,
	PF_OTHER, /* says nothing of a message */
};

/* One line on its way to events. */
struct pf {
	const struct record *r;
	struct arena *arena;
	struct events *out;
	enum pf_daemon daemon;
	struct slice instance, service;
	struct slice session; /* key text, absent if it belongs to none */
	bool level;           /* "warning: " and the like stood in front */
	bool noqueue;         /* "NOQUEUE: " stood in front */
	struct slice qid;     /* the queue id in front, or absent */
	struct slice body;    /* what follows */
};

/* A new event with all that the line's front says. */
struct event *pf_add(struct pf *p, enum action action, unsigned roles);

/* The daemon and service of a line whose tag tells none, PF_NONE if its front
 * does not either; and of a delivery, by whom it was made through. */
void pf_shape(struct pf *p);
struct pf_peer;
void pf_shape_delivery(struct pf *p, struct slice relay,
                       const struct pf_peer *peer);

/* Each reads what its daemon says and adds events; false: an unknown shape. */
bool pf_smtpd(struct pf *p);
bool pf_refusal(struct pf *p); /* "reject: RCPT from …", of four daemons */
bool pf_tls(struct pf *p);     /* "Trusted TLS connection established …" */
bool pf_postscreen(struct pf *p);
bool pf_cleanup(struct pf *p);
bool pf_queue(struct pf *p);    /* qmgr, pickup, bounce, postsuper */
bool pf_delivery(struct pf *p); /* "to=<…>, relay=…, status=…" */
bool pf_client(struct pf *p);   /* what smtp and lmtp say besides */

/* Scanning ----------------------------------------------------------------- */

/* Initialises a slice in a table. */
#define PF_TEXT(literal) { (literal), sizeof(literal) - 1 }
#define PF_STARTS(s, literal) slice_starts((s), SLICE(literal))

static inline bool pf_skip(struct slice *s, struct slice head)
{
	if (!slice_starts(*s, head))
		return false;
	*s = slice_of(s->ptr + head.len, s->len - head.len);
	return true;
}
#define PF_SKIP(s, literal) pf_skip((s), SLICE(literal))

/* Where NEEDLE stands first, SLICE_NONE if nowhere. */
static inline size_t pf_find(struct slice s, struct slice needle)
{
	const char *at = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len)
	                       : NULL;

	return at ? (size_t)(at - s.ptr) : SLICE_NONE;
}
#define PF_FIND(s, literal) pf_find((s), SLICE(literal))

static inline bool pf_digit(char c)
{
	return c >= '0' && c <= '9';
}

struct pf_peer {
	struct slice name, ip; /* absent if there is none, or it is no address */
	int port;              /* -1 absent */
};

/* "NAME[IP]" or "NAME[IP]:port" at the start of *S, which goes behind it. */
bool pf_peer(struct slice *s, struct pf_peer *peer);
void pf_set_client(struct event *e, const struct pf_peer *peer);
void pf_set_relay(struct event *e, const struct pf_peer *peer);

/* "<…>" at the start of *S, whose text may hold anything: the end is the first
 * '>' outside quotes behind which FOLLOWS holds, else the first such '>' at all.
 * *TEXT is what stands between, "<>" if nothing. */
bool pf_address(struct slice *s, bool (*follows)(struct slice rest),
                struct slice *text);

/* "550 5.1.1 …", "5.1.1 …", "550 …". *CODE is -1 and DSN absent if not there. */
struct pf_answer {
	int code;
	struct slice dsn;
};
struct pf_answer pf_answer(struct slice s);
/* Sets EV_CODE and EV_DSN of what is there. */
void pf_set_answer(struct event *e, const struct pf_answer *a);

/* "; from=<> to=<> proto=ESMTP helo=<…>" behind refusals and header checks. */
struct pf_tail {
	struct slice sender, recipient, helo, method, user; /* or absent */
	struct slice text; /* what stands behind ": " at its end, if allowed */
};
/* S begins behind "; ". False unless all of S is such a tail. */
bool pf_tail(struct slice s, bool with_text, struct pf_tail *t);
void pf_set_tail(struct event *e, const struct pf_tail *t);

/* Seconds as decimals to us; false if S is none. */
bool pf_seconds(struct slice s, int64_t *us);
bool pf_is_id(struct slice s); /* looks like a queue id of Postfix */
/* EV_ID_TIME, if QID is one that carries time. */
void pf_set_id_time(struct event *e, struct slice qid);

static inline void pf_damage(struct event *e)
{
	e->roles |= ROLE_DAMAGED;
}

#endif
