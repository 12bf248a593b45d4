/* SPDX-License-Identifier: MIT */
/* The key table: what every key and `:` command does and where. Legend, help
 * and completion are made from it; a new key is one row in keys.c. */
#ifndef VIEWS_KEYS_H
#define VIEWS_KEYS_H

#include "base/slice.h"
#include "base/strbuf.h"

/* Where keys go. A view names one (view.h); prompts have their own. */
enum context {
	CONTEXT_LIST,
	CONTEXT_OVERVIEW,
	CONTEXT_TIMELINE,
	CONTEXT_TRACE,
	CONTEXT_RAW,
	CONTEXT_DOSSIER,
	CONTEXT_HELP,
	CONTEXT_COUNT
};
#define IN(c) (1u << CONTEXT_##c)
#define IN_ALL ((1u << CONTEXT_COUNT) - 1)

/* What a key asks for. ARG of view.act is the argument named in the table. */
enum act {
	ACT_NONE,
	ACT_DOWN, ACT_UP, ACT_LEFT, ACT_RIGHT, ACT_HALF_DOWN, ACT_HALF_UP,
	ACT_PAGE_DOWN, ACT_PAGE_UP, ACT_FIRST, ACT_LAST,
	ACT_OPEN, ACT_BACK, ACT_PANE, ACT_NEXT_PANE, ACT_PREVIOUS_PANE,
	ACT_TRACE, ACT_TRACE_ID, ACT_GO_TO, ACT_RAW, ACT_DOSSIER, ACT_ASK,
	ACT_WANTED,
	ACT_EDIT_FILTER, ACT_ONLY, ACT_NOT, ACT_DROP_TERM,
	ACT_FIND, ACT_FIND_NEXT, ACT_FIND_PREVIOUS,
	ACT_SORT, ACT_SORT_DEFAULT, ACT_GROUP, ACT_UNIT, ACT_TIMES, ACT_CHART,
	ACT_ZOOM_IN, ACT_ZOOM_OUT, ACT_SCALE, ACT_COLUMNS, ACT_FIELDS,
	ACT_MARK, ACT_MARK_RANGE, ACT_MARK_ALL, ACT_TAG, ACT_NOTE, ACT_COPY,
	ACT_COPY_LINE, ACT_EXPORT, ACT_DISMISS,
	/* Trace */
	ACT_OTHER_HALF, ACT_NEXT_MESSAGE, ACT_PREVIOUS_MESSAGE, ACT_RELATED,
	/* Raw line */
	ACT_HEX, ACT_WRAP, ACT_GUTTER,
	/* Help */
	ACT_ALL_PANES,
	/* Sources */
	ACT_ADD, ACT_ZONE, ACT_YEAR, ACT_SERVER, ACT_FORMAT, ACT_CHECK,
	/* everywhere */
	ACT_COMMAND, ACT_HELP, ACT_MESSAGES, ACT_STOP, ACT_REDRAW, ACT_SUSPEND,
	ACT_ASCII, ACT_MOUSE, ACT_WRITE, ACT_SET, ACT_KEEP, ACT_QUIT,
	ACT_COUNT
};

enum key_group {
	GROUP_MOVE, GROUP_GO, GROUP_FILTER, GROUP_FIND, GROUP_SHOW, GROUP_KEEP,
	GROUP_PROGRAM, GROUP_COUNT
};
extern const char *const key_groups[GROUP_COUNT]; /* "MOVE" */

struct key_row {
	enum act act;
	unsigned where;       /* IN(LIST) | … */
	enum key_group group; /* heading in the help */
	int keys[10];         /* the first is shown in the legend; 0 ends */
	const char *command;  /* without the colon; NULL none */
	const char *argument; /* what it takes: "ID"; NULL nothing */
	const char *help;     /* "trace this message" */
	const char *label, *label_wide; /* legend: "only", "only this"; NULL: not
	                                   in it. label_wide NULL: label */
	int rank;             /* in the legend: 1 first */
	bool later;           /* "not in this version" */
};
extern const struct key_row key_rows[]; /* ends with ACT_NONE */

/* The row of a key, of a command in context C. NULL: none. */
const struct key_row *key_lookup(enum context c, int key);
const struct key_row *key_command(enum context c, struct slice name);
/* The row of an act in C, for legends. */
const struct key_row *key_of(enum context c, enum act a);
/* "J works in Trace", "b: not in this version", "x does nothing". */
void key_explain(enum context c, int key, struct strbuf *out);
/* "j k", "Enter": names of the first N keys of a row. */
void key_add_names(const struct key_row *r, size_t n, struct strbuf *out);

#endif
