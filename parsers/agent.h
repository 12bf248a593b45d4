/* SPDX-License-Identifier: MIT */
/* What the parsers of filters, delivery agents and policy daemons share: the
 * programs that write between the lines of a mail server. They have no
 * transactions: a line that names the server's queue id belongs to that one, and
 * states no instance, so that it fits any queue of its host. */
#ifndef PARSERS_AGENT_H
#define PARSERS_AGENT_H

#include "parsers/parser.h"

#define AG_TEXT(literal) { (literal), sizeof(literal) - 1 }
#define AG_STARTS(s, literal) slice_starts((s), SLICE(literal))
#define AG_SKIP(s, literal) ag_skip((s), SLICE(literal))
#define AG_FIND(s, literal) slice_find((s), SLICE(literal))
#define AG_RFIND(s, literal) slice_rfind((s), SLICE(literal))

static inline bool ag_skip(struct slice *s, struct slice head)
{
	if (!slice_starts(*s, head))
		return false;
	*s = slice_from(*s, head.len);
	return true;
}

static inline bool ag_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at the start of *S, which goes behind them; false without any. */
bool ag_number(struct slice *s, int64_t *value);
bool ag_is_ip(struct slice s);
/* Looks like a queue id of a server that such programs work for. */
bool ag_is_queue_id(struct slice s);
/* "ID: " at the start of *S, which goes behind it. */
bool ag_take_queue_id(struct slice *s, struct slice *id);

/* "<…>" at the start of *S, quotes in mind; *TEXT without <>, but "<>". */
bool ag_address(struct slice *s, struct slice *text);

/* Makes E a line of the transaction QID. */
void ag_own(struct event *e, struct slice qid);
/* Sets F to S unless that is empty. */
void ag_set(struct event *e, enum event_field f, struct slice s);
/* EV_MESSAGE_ID of "<M>", "M"; nothing if S is empty. */
void ag_set_message_id(struct event *e, struct slice s);

/* EV_SENDER; the empty S is the null sender. */
void ag_set_sender(struct event *e, struct arena *arena, struct slice s);

/* A line of a program about itself, one that begins with one of the N heads: an
 * event without fields. */
bool ag_of_itself(struct slice s, const struct slice *heads, size_t n,
                  struct events *out);
#define AG_OF_ITSELF(s, heads, out) \
	ag_of_itself((s), (heads), sizeof(heads) / sizeof *(heads), (out))

/* PARSE_DAMAGED with the role on all events, or PARSE_OK; PARSE_NO if OUT is
 * empty. */
enum parse ag_result(struct events *out, bool damaged);

#endif
