/* SPDX-License-Identifier: MIT */
/* What the files of the Dovecot parser share, and the framing of Dovecot's own
 * log files. Nobody else includes it but framing.c. */
#ifndef PARSERS_DOVECOT_H
#define PARSERS_DOVECOT_H

#include "parsers/agent.h"

extern const struct framing framing_dovecot;

/* One line on its way to events. */
struct dv {
	const struct record *r;
	struct arena *arena;
	struct events *out;
	struct slice service; /* "lmtp", "imap-login", "auth-worker" */
	struct slice user;    /* in front, or absent */
	struct slice session; /* in front, or absent */
	struct slice args;    /* all of the first parentheses, or absent */
	struct slice front;   /* from the service on */
	struct slice body;    /* behind service and level */
	bool level;           /* "Warning: " or "Error: " stood before it */
	bool damaged;         /* cut, or to be read in two ways */
};

/* A new event with instance and service; SERVICE is copied if it is none of
 * the line's. */
struct event *dv_add(struct dv *d, enum action action, unsigned roles,
                     struct slice service);
/* The conversation that the event is part of. */
void dv_set_session(struct event *e, struct slice session);

/* Each reads what its services say and adds events; false: unknown. */
bool dv_login(struct dv *d);    /* imap-login, pop3-login … */
bool dv_auth(struct dv *d);     /* auth, auth-worker */
bool dv_delivery(struct dv *d); /* lmtp, lda, deliver, and Sieve in them */
bool dv_mailbox(struct dv *d);  /* imap, pop3 … behind a login */

#endif
