/* SPDX-License-Identifier: MIT */
/* A framing cuts bytes into records and peels time, host, program and pid off
 * each. It is chosen once per source, by content, and is the only code that
 * looks past one line. What it learnt from a header is its layout. */
#ifndef PARSERS_FRAMING_H
#define PARSERS_FRAMING_H

#include "base/err.h"
#include "base/strbuf.h"
#include "parsers/record.h"

struct framing;
struct parser;
struct user_format;
struct user_formats;

enum order { ORDER_FORWARD, ORDER_NEWEST_FIRST, ORDER_NONE };

/* Immutable; kept in the case as text (layout_print, layout_parse). */
struct layout {
	const struct framing *framing;
	const struct parser *parser; /* if the layout alone decides, else NULL */
	const struct layout *inner;  /* of a nested framing, else NULL */
	enum order order;
	char separator;              /* of columns, 0 if it has none */
	struct slice *columns;       /* names, in order */
	size_t ncolumns;
	struct user_format *user;    /* its own, of the framing "user", or NULL */
	struct arena memory;         /* holds all of the above but user */
};

/* Up to 64 KB each from head, middle and tail of a source, whole lines only
 * where possible; middle and tail may be empty. */
struct sample {
	struct slice part[3];
	struct slice name; /* of the file, a hint only */
	const struct user_formats *formats; /* of the analyst, or NULL */
};
#define SAMPLE_BYTES ((size_t)64 << 10)

/* The next record of a run of bytes. */
enum cut {
	CUT_RECORD, /* one record was cut */
	CUT_MORE,   /* the bytes end inside a record: come again with more */
	CUT_END,    /* nothing is left */
};

struct framing {
	const char *name; /* "rfc3164" */
	const char *about; /* one line for man page and explain */
	/* 0: lines as a program wrote them; 1: such lines inside something else
	 * (a container's log, an export); 2: any of these in another encoding.
	 * Its layout's inner one wraps less (wrap.h). */
	unsigned wraps;

	/* What the daemon calls its log on every server, before any '-': the name
	 * of the file tells no server. NULL if it is called after something. */
	const char *file;

	/* Confidence 0..100 that the source is framed so. */
	int (*detect)(const struct sample *s);

	/* Reads what the header says. NULL: the layout has no more to say. */
	bool (*learn)(const struct sample *s, struct layout *l);

	/* Cuts the record at the start of BYTES: sets raw, length, lines, flags
	 * of R. LAST: no bytes follow these. */
	enum cut (*next)(const struct layout *l, struct slice bytes, bool last,
	                 struct record *r);

	/* Fills time … body of R from R->raw. ARENA for what must be unescaped.
	 * What it cannot peel stays absent and body becomes raw: no record fails.
	 * Where lines are wrapped it adds RECORD_BLANK, RECORD_HEADER if what is
	 * inside is no more than that. */
	void (*peel)(const struct layout *l, struct record *r,
	             struct arena *arena);

	/* TEXT as the bytes of such a source hold it, to search them; NULL: as it
	 * is. */
	void (*encode)(struct slice text, struct strbuf *out);

	/* Lines with what peel must say, for tests: "time|host|program|pid|body". */
	const struct framing_example {
		const char *line, *peeled;
	} *examples;
	size_t nexamples;
};

extern const struct framing *const framings[]; /* ends with NULL */

const struct framing *framing_find(struct slice name);
/* The most confident one; never NULL, "line" takes what nobody wants.
 * *CONFIDENCE, if not NULL, is its. */
const struct framing *framing_detect(const struct sample *s, int *confidence);
/* The same among those that wrap less than WRAPS. */
const struct framing *framing_detect_within(const struct sample *s,
                                            unsigned wraps, int *confidence);

/* What is the same for all files of a daemon in STEM, a file's name up to its
 * first dot: "dovecot" of "dovecot-info". Absent if none calls its log so. */
struct slice framing_file(struct slice stem);

struct layout *layout_new(const struct framing *f, const struct sample *s);
void layout_free(struct layout *l);
void layout_print(const struct layout *l, struct strbuf *out);
struct layout *layout_parse(struct slice text, struct err *err);

/* Cut by '\n' (or CR LF) with RECORD_MAX, blank and NUL flags: what most
 * framings use as their next. */
enum cut framing_next_line(const struct layout *l, struct slice bytes, bool last,
                           struct record *r);

#endif
