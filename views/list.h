/* SPDX-License-Identifier: MIT */
/* What all list panes share. A pane describes itself with a const `struct list`;
 * list.c fits the columns, pages, moves, sorts, filters, marks and draws. */
#ifndef VIEWS_LIST_H
#define VIEWS_LIST_H

#include "views/view.h"

/* What a column's or detail line's function may look at: one row. */
struct list_row {
	const struct result *result;
	size_t row;
	const struct step *step;
	const struct look *look;
	const struct theme *theme;
	int width; /* cells of this column now; 0 not known */
	bool date; /* the rows on the screen do not share their date */
	bool wide; /* from 120 columns */
};
/* The text of column NAME of the row; absent: not there. */
struct slice list_text(const struct list_row *r, const char *name);
int64_t list_number(const struct list_row *r, const char *name);

struct list_column {
	struct table_column shape;  /* see tui/table.h; titled "sender" */
	const char *column; /* of the unit's view: cell, sort; NULL: no sort */
	const char *field;  /* for f and F; NULL: the cell cannot be filtered by */
	/* Adds the cell's text. NULL: the column's text. Numbers: list_print_*. */
	void (*print)(const struct list_row *r, const struct list_column *c,
	              struct strbuf *out);
	enum tone (*tone)(const struct list_row *r); /* NULL: normal */
	/* The cell's whole value, for f, F and y. NULL: the column's text; "":
	 * there is none to filter by. */
	void (*value)(const struct list_row *r, const struct list_column *c,
	              struct strbuf *out);
	/* A count: Enter opens exactly what it counts, in the pane OPENS, with
	 * the row's own term and COUNTS added ("is:unread"). "" none more. */
	const char *counts;
	const char *opens;
	bool is_time;       /* heading with year and zone */
};
void list_print_number(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out); /* 1,234 */
void list_print_size(const struct list_row *r, const struct list_column *c,
                     struct strbuf *out);   /* 3.1K */
void list_print_percent(const struct list_row *r, const struct list_column *c,
                        struct strbuf *out);
/* A strip out of "over_time". */
void list_print_over_time(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out);

struct list {
	const struct list_column *columns; /* ends with a NULL title */
	/* More than the columns above that detail, Enter and the printers need;
	 * ends with NULL. NULL: nothing more. */
	const char *const *needs;
	const char *sort; /* column of the first order; NULL: the unit's time */
	bool descending;
	/* Rows are groups of `counted` by these fields (up to QUERY_GROUPS, NULL
	 * ends): Senders is { "from" } over messages. NULL: rows of the unit. */
	const char *groups[QUERY_GROUPS + 1];
	enum unit counted;
	int bars;         /* buckets of over_time; 0 none */
	/* What Enter on a row opens where the column counts nothing: a view's
	 * name. OPENS_FIELD and the row's value of column OPENS_COLUMN become the
	 * term ("line's source": "source", "path"); NULL: the target is the row. */
	const char *opens;
	const char *opens_field, *opens_column;
	/* What an empty case shows: "No message is in this case". */
	const char *nothing;
	/* Adds line N (0 …) of the detail below the list, without its position;
	 * false: no more lines. */
	bool (*detail)(const struct list_row *r, int n, struct strbuf *out);
	/* More requests for the detail (SLOT_DETAIL, SLOT_RAW) of row R. */
	void (*wants)(const struct list_row *r, struct wants *w);
	/* While logs are read: lines in the place of filter bar and strip. */
	int head_rows;
	void (*head)(const struct look *look, const struct window *w);
	bool strip_of_events; /* the strip counts events, not rows */
};

bool list_open(struct step *s, const struct target *t, struct err *err);
void list_wants(const struct step *s, struct wants *w);
bool list_act(struct shell *sh, struct step *s, enum act a, struct slice arg);
bool list_can(const struct step *s, enum act a);
void list_arrived(struct step *s, enum slot slot);
void list_draw(const struct step *s, const struct look *look,
               const struct window *w);
bool list_ref(const struct step *s, struct row_ref *out);

/* The functions of a list pane. */
#define LIST_HOOKS                                                        \
	.context = CONTEXT_LIST, .open = list_open, .wants = list_wants,  \
	.act = list_act, .can = list_can, .arrived = list_arrived,        \
	.draw = list_draw, .ref = list_ref

#endif
