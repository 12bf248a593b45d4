/* SPDX-License-Identifier: MIT */
/* One log record: where it stands in its source, and what its framing peeled
 * off it. Everything points into the source's bytes or the call's arena. */
#ifndef PARSERS_RECORD_H
#define PARSERS_RECORD_H

#include "base/arena.h"
#include "base/civil.h"

/* A time as it was written. Without a year the date stands in the leap year
 * STAMP_NO_YEAR; without a zone it is the wall time of whoever wrote it. With
 * both it is UTC. What is missing comes from the source's stretches. */
enum stamp_has {
	STAMP_YEAR = 1u << 0,
	STAMP_ZONE = 1u << 1,     /* us is already UTC */
	STAMP_FRACTION = 1u << 2, /* finer than a second */
};
#define STAMP_NO_YEAR 2000
#define STAMP_ABSOLUTE (STAMP_YEAR | STAMP_ZONE)

struct stamp {
	int64_t us; /* TIME_NONE: the record carries no time */
	unsigned has; /* enum stamp_has */
};

/* A stamp in eight bytes: order of packed stamps of one kind is order of time. */
#define STAMP_NONE INT64_MIN
static inline int64_t stamp_pack(struct stamp s)
{
	return s.us == TIME_NONE ? STAMP_NONE : s.us * 8 + (int64_t)s.has;
}

static inline struct stamp stamp_unpack(int64_t packed)
{
	if (packed == STAMP_NONE)
		return (struct stamp){ TIME_NONE, 0 };
	return (struct stamp){ (packed - (packed & 7)) / 8,
	                       (unsigned)(packed & 7) };
}

enum record_flags {
	RECORD_BLANK = 1u << 0,  /* nothing but white space */
	RECORD_HEADER = 1u << 1, /* describes the file, not mail: "#Fields:" */
	RECORD_SPLIT = 1u << 2,  /* a piece of a line longer than RECORD_MAX */
	RECORD_NUL = 1u << 3,    /* holds NUL bytes */
	RECORD_NO_END = 1u << 4, /* the source ends without a line end */
};
#define RECORD_MAX ((size_t)1 << 20) /* bytes; longer lines are split, flagged */
#define RECORD_LINES UINT16_MAX /* columns of a piece hold no more: cut there */

struct record {
	/* where: filled by whoever reads the source */
	uint64_t line;   /* 1-based, of its first line */
	uint64_t offset; /* bytes from the start of the unpacked source */
	uint32_t length; /* bytes with the line end */
	uint32_t lines;  /* physical lines that it takes, 1..RECORD_LINES */
	unsigned flags;  /* enum record_flags */
	struct slice raw; /* its bytes without the final line end */

	/* what: filled by the framing's peel */
	struct stamp time;
	struct slice time_raw; /* as written */
	struct slice host;     /* as written, absent if the format has none */
	struct slice program;  /* the whole tag: "postfix/submission/smtpd" */
	struct slice pid;      /* digits, or absent */
	struct slice body;     /* what the parser reads */
	struct slice text;     /* RAW in UTF-8 if it is in another encoding, else
	                          absent: record_text */
};

/* The record as it is shown and searched. */
static inline struct slice record_text(const struct record *r)
{
	return r->text.ptr ? r->text : r->raw;
}

#endif
