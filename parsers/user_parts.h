/* SPDX-License-Identifier: MIT */
/* What the files of user-defined formats share. Nobody else includes it. */
#ifndef PARSERS_USER_PARTS_H
#define PARSERS_USER_PARTS_H

#include "base/regex.h"
#include "parsers/ids/id.h"
#include "parsers/user_format.h"

#include <stdatomic.h>

/* Where a value goes: a field of the event, or one of these. */
enum user_target {
	USER_TIME = EV_FIELD_COUNT,
	USER_HOST,
	USER_PROGRAM,
	USER_PID,
	USER_BODY,
	USER_PARENT_ID, /* keys to other transactions of the server */
	USER_CHILD_ID,
	USER_ORIGINAL_ID,
	USER_TARGET_COUNT,
};
/* "queue_id", "time", "parent_id"; NULL: no file may name it. */
const char *user_target_name(int target);
/* -1: no such thing. FRONT: of a prefix, else of a line. */
int user_target_find(struct slice name, bool front);

struct user_value {
	int target;
	unsigned group;    /* of a pattern */
	struct slice text; /* of "set" */
};

/* What one match of a pattern makes: an event. */
struct user_pattern {
	struct regex *regex;
	enum action action;
	unsigned roles;
	struct user_value *values;
	size_t nvalues, cvalues;
	unsigned at; /* line of the file */
};

struct user_line {
	struct user_pattern first;
	struct user_pattern *each; /* one event a match */
	size_t neach, ceach;
};

struct user_sample {
	struct slice line, front, expect; /* absent: not given */
	unsigned at, front_at, expect_at;
};

#define USER_SCRATCH 16 /* threads that find one ready */

struct user_format {
	char *text, *name;
	size_t length;
	struct user_pattern prefix; /* no events: what stands in front */
	struct slice time;          /* "%Y-%m-%d", or absent */
	struct slice program;
	const struct id_family *ids[4];
	size_t nids;
	enum order order;
	struct user_line *lines;
	size_t nlines, clines;
	struct user_sample *samples;
	size_t nsamples, csamples;
	/* spare match data: no state, what it held before is of no matter */
	_Atomic(struct regex_match *) scratch[USER_SCRATCH];
};

struct regex_match *user_scratch_take(struct user_format *f);
void user_scratch_give(struct user_format *f, struct regex_match *m);

/* "%Y-%m-%dT%H:%M:%S": what is wrong with it from byte *AT on, NULL nothing. */
const char *user_time_fault(struct slice pattern, size_t *at);
/* All of S by PATTERN; an absent one means any form of stamp.h. */
bool user_time_read(struct slice pattern, struct slice s, struct stamp *t);

/* "FILE:LINE:COLUMN: SENTENCE" with active characters escaped; false. */
bool user_fault(struct err *err, const char *file, unsigned line, size_t column,
                const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
