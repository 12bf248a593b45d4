/* SPDX-License-Identifier: MIT */
/* What the files of the Sendmail parser share. Nobody else includes it. */
#ifndef PARSERS_SENDMAIL_H
#define PARSERS_SENDMAIL_H

#include "parsers/parser.h"

/* One line on its way to events. */
struct sm {
	const struct record *r;
	struct arena *arena;
	struct events *out;
	struct slice session; /* key text "sm-mta[123]", absent without a pid */
	struct slice qid;     /* the id in front, or absent */
	struct slice body;    /* what follows it */
	bool damaged;         /* cut, or to be read in two ways */
};

enum sm_of {
	SM_NOTHING = 0,
	SM_MESSAGE = 1u << 0, /* of the transaction of the id in front */
	SM_SESSION = 1u << 1, /* of the conversation of this process */
};

/* A new event with all that the line's front says. Without SM_MESSAGE the id in
 * front makes no transaction: Sendmail gives ids to sessions too. */
struct event *sm_add(struct sm *p, enum action action, unsigned roles,
                     unsigned of);
/* EV_ID_TIME, if QID is one that carries time. */
void sm_set_id_time(const struct sm *p, struct event *e, struct slice qid);

/* Each reads what it knows and adds events; false: an unknown shape. */
bool sm_from(struct sm *p);     /* "from=<…>, size=…" */
bool sm_to(struct sm *p);       /* "to=<…>, …, stat=…" */
bool sm_refusal(struct sm *p);  /* ruleset=, "<x>... User unknown", collect: */
bool sm_milter(struct sm *p);
bool sm_session(struct sm *p);  /* AUTH, STARTTLS, connections */

/* Scanning ----------------------------------------------------------------- */

#define SM_TEXT(literal) { (literal), sizeof(literal) - 1 }
#define SM_STARTS(s, literal) slice_starts((s), SLICE(literal))
#define SM_SKIP(s, literal) sm_skip((s), SLICE(literal))

static inline bool sm_skip(struct slice *s, struct slice head)
{
	if (!slice_starts(*s, head))
		return false;
	*s = slice_from(*s, head.len);
	return true;
}

static inline bool sm_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The address at the start of *S, which goes behind it: "<…>" or "\"…\"" with
 * quotes in mind, else up to ',' or a blank. *TEXT is without <>, but "<>". */
bool sm_address(struct slice *s, struct slice *text);

struct sm_peer {
	struct slice name, ip, user; /* or absent */
};
/* All of S: "NAME [IP]", "[IP] [IP]", "NAME [IP] (may be forged)", "u@host". */
struct sm_peer sm_peer(struct slice s);
void sm_set_client(struct event *e, const struct sm_peer *peer);
void sm_set_relay(struct event *e, const struct sm_peer *peer);

/* Cuts ", KEY=value" off the end of *S: at the last such mark. */
bool sm_cut_last(struct slice *s, struct slice mark, struct slice *value);

#endif
