/* SPDX-License-Identifier: MIT */
/* What the files of the Exim parser share, and the framing of Exim's own log
 * files. Nobody else includes it but framing.c. */
#ifndef PARSERS_EXIM_H
#define PARSERS_EXIM_H

#include "parsers/parser.h"

extern const struct framing framing_exim;

/* "2026-03-14 09:15:02[.318][ +0100] [123] " at the start of S: the bytes up to
 * what follows it, 0 if it is not there. *T, *RAW and *PID are what it says;
 * the pid may be absent. */
size_t exim_stamp(struct slice s, struct stamp *t, struct slice *raw,
                  struct slice *pid);

/* One line on its way to events. */
struct ex {
	const struct record *r;
	struct arena *arena;
	struct events *out;
	struct slice pid;  /* or absent */
	struct slice qid;  /* the id in front, or absent */
	struct slice body; /* what follows, to the end of its line */
	struct slice rest; /* header lines of a rejected message, or absent */
	bool damaged;      /* cut, or to be read in two ways */
};

/* A new event with all that the line's front says. */
struct event *ex_add(struct ex *p, enum action action, unsigned roles);
/* EV_ID_TIME of the id in front. */
void ex_set_id_time(const struct ex *p, struct event *e);

/* Each reads what it knows and adds events; false: an unknown shape. */
bool ex_arrival(struct ex *p);  /* "<= …" */
bool ex_delivery(struct ex *p); /* "=> …", "** …", "== …" */
bool ex_door(struct ex *p);     /* refusals, logins, connections */

/* Scanning ----------------------------------------------------------------- */

#define EX_TEXT(literal) { (literal), sizeof(literal) - 1 }
#define EX_STARTS(s, literal) slice_starts((s), SLICE(literal))
#define EX_SKIP(s, literal) ex_skip((s), SLICE(literal))

static inline bool ex_skip(struct slice *s, struct slice head)
{
	if (!slice_starts(*s, head))
		return false;
	*s = slice_from(*s, head.len);
	return true;
}

static inline bool ex_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "<…>" at the start of *S with quotes in mind; *TEXT is "<>" if nothing stands
 * between. False if it does not end. */
bool ex_path(struct slice *s, struct slice *text);

/* An address at the start of *S up to a blank that is not quoted. */
bool ex_address(struct slice *s, struct slice *text);

struct ex_peer {
	struct slice name, helo, ip; /* or absent */
	int port;                    /* -1 absent */
};

/* "name (helo) [ip]:port" at the start of *S. NTH 0 is the first "[ip]" that
 * may end it: a HELO may hold more of them. False if there is none. */
bool ex_peer(struct slice *s, unsigned nth, struct ex_peer *peer);
void ex_set_client(struct ex *p, struct event *e, const struct ex_peer *peer);

/* What stands behind an address: " H=… P=… S=12 …". */
struct ex_fields {
	struct ex_peer peer; /* H= */
	struct slice protocol, sender, router, transport, user, auth, tls;
	struct slice parent, msgid, subject, reply, size, qt, dt;
	struct slice recipients; /* behind "for " */
	unsigned seen;           /* of each key that was read */
	bool twice;              /* a key came again: one of them is forged */
	bool has_peer;
};

enum ex_kind { EX_ARRIVAL, EX_DELIVERY, EX_DOOR };

/* Reads keys of that kind of line from the start of *S, which goes to the first
 * bytes that are none. NTH as of ex_peer. */
void ex_fields(struct slice *s, enum ex_kind kind, unsigned nth,
               struct ex_fields *f);

/* Seconds as "2s", "0.147s", "1h2m3s" to us. */
bool ex_seconds(struct slice s, int64_t *us);

/* "TLS1.3:ECDHE_…:256" */
void ex_set_tls(struct ex *p, struct event *e, struct slice s);

#endif
