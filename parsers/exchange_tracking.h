/* SPDX-License-Identifier: MIT */
/* What the two files of message tracking share. Nobody else includes it. */
#ifndef PARSERS_EXCHANGE_TRACKING_H
#define PARSERS_EXCHANGE_TRACKING_H

#include "parsers/exchange.h"

/* One row on its way to events. */
struct track {
	const struct record *r;
	const struct ex_row *row;
	struct arena *arena;
	struct events *out;
	const struct track_kind *kind;
};

enum track_does {
	TRACK_OPENS = 1u << 0,   /* here this server takes the message */
	TRACK_APPEARS = 1u << 1, /* may be the first that this log has of it */
	TRACK_FATE = 1u << 2,    /* an answer for each recipient */
	TRACK_QUEUED = 1u << 3,  /* names recipients: their fate comes later */
	TRACK_APART = 1u << 4,   /* a copy of other mail: never counted */
	TRACK_SENT = 1u << 5,    /* the answer is the next server's */
};

/* What an event-id means. */
struct track_kind {
	struct slice event;
	enum action action;
	unsigned does; /* enum track_does */
};

/* Never NULL. */
const struct track_kind *track_kind_of(struct slice event);

/* Whether sender and all recipients are Exchange's own health probes. */
bool track_is_probe(const struct track *t);
/* A journal report that this server made itself. */
bool track_is_journal(const struct track *t);

/* Each sets what the row says of it. */
void track_client(const struct track *t, struct event *e);
void track_reply(const struct track *t, struct event *e, struct slice status);
void track_parent(const struct track *t, struct event *e);
void track_verdict(const struct track *t, struct event *e);
void track_times(const struct track *t, struct event *e);

#endif
