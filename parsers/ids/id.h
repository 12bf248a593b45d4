/* SPDX-License-Identifier: MIT */
/* What an id says by itself: when, by which process, from which address it was
 * made (TRACE.md §6). All decoders are pure. */
#ifndef PARSERS_IDS_ID_H
#define PARSERS_IDS_ID_H

#include "base/civil.h"

enum id_has {
	ID_TIME = 1u << 0,     /* lo..hi hold the instant */
	ID_FRACTION = 1u << 1, /* only the us within a second: lo 0..999999 */
	ID_PID = 1u << 2,
	ID_INODE = 1u << 3,
	ID_SEQUENCE = 1u << 4,
	ID_IP = 1u << 5,
	ID_PORT = 1u << 6,
	ID_GENERATION = 1u << 7, /* of a queue database */
};

struct id {
	const char *family; /* "postfix long", "gmail reply" … */
	unsigned has;       /* enum id_has */
	int64_t lo, hi;     /* us UTC, both ends included */
	int64_t pid, inode, sequence;
	int port;
	char ip[48];
	int64_t generation;
};

struct id_family {
	const char *name;
	const char *about;
	/* NEAR (us UTC, TIME_NONE unknown) decides where an id wraps around. */
	bool (*decode)(struct slice text, int64_t near, struct id *id);
	/* a text, and what id_print must say of it; NEAR as ISO, NULL unknown */
	const struct id_example {
		const char *text, *decoded, *near;
	} *examples;
	size_t nexamples;
};

extern const struct id_family *const id_families[]; /* ends with NULL */

const struct id_family *id_family_find(struct slice name);
/* "2019-09-30T20:46:08.809351Z inode=257934": for decode, tests, man page. An
 * instant known to the second, minute or day is written that long; other
 * intervals above 1 ms as "LO..HI"; a fraction alone as ".198623". */
void id_print(const struct id *id, struct strbuf *out);

/* Whether PID (digits) is another than that which ID names. False also where one
 * of them is not known. */
bool id_pid_differs(const struct id *id, struct slice pid);
/* The inode of a queue file that ID is named after; false: of no known kind. */
bool id_inode(struct slice id, int64_t *inode);
/* An id of a queue whose microseconds are more than a second: no clock made it. */
bool id_is_impossible(struct slice s);

/* Shape tests that parsers use on every line; no decoding. */
bool id_is_postfix_long(struct slice s);
bool id_is_postfix_short(struct slice s); /* the first five must be <= F423F */
bool id_is_exim(struct slice s);          /* both lengths */
bool id_is_sendmail(struct slice s);

/* The instant that a reply text carries: Gmail and qmail epochs, ids of the next
 * hop (§2.4 of FORMATS). TIME_NONE if none. */
int64_t id_time_of_reply(struct slice reply, int64_t near);

/* The next hop's name for the message: a part of REPLY (FORMATS §2.4; the inner
 * one where a filter passes the answer on). Absent if there is none. */
struct slice id_next_of_reply(struct slice reply);

#endif
