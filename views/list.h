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
	int want_wide;      /* from 120 columns; 0: shape.want */
	int min_narrow;     /* below 76 columns; 0: shape.min */
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
	/* A count: Enter opens exactly what it counts, in the pane OPENS (of
	 * groups NULL: what the unit opens), with the row's own term and COUNTS
	 * added ("is:unread"); "" none more. COUNTS_ATTEMPTS: where attempts are
	 * counted; NULL: COUNTS. */
	const char *counts;
	const char *counts_attempts;
	const char *opens;
	bool is_time;       /* heading with year and zone */
	bool is_count;      /* heading is the unit that is counted */
	int group;          /* 1 …: of that group of the step, its name, column
	                       and field; not there if it has fewer */
	unsigned units;     /* UNIT_BITs that are counted for it; 0: all */
};
/* What stands for C in step S: groups have columns that it names. */
const char *list_column_name(const struct step *s, const struct list_column *c);
const char *list_column_field(const struct step *s, const struct list_column *c);
const char *list_column_title(const struct step *s, const struct list_column *c);
void list_print_number(const struct list_row *r, const struct list_column *c,
                       struct strbuf *out); /* 1,234 */
void list_print_size(const struct list_row *r, const struct list_column *c,
                     struct strbuf *out);   /* 3.1K */
void list_print_percent(const struct list_row *r, const struct list_column *c,
                        struct strbuf *out);
/* A strip out of "over_time". */
void list_print_over_time(const struct list_row *r, const struct list_column *c,
                          struct strbuf *out);

/* Another unit of the same pane, reached by U. */
struct list_unit {
	enum unit unit;           /* UNIT_COUNT ends */
	const char *const *needs; /* as in struct list; groups: NULL */
	const char *opens;        /* as in struct list */
	const char *label;        /* of Enter in the legend; NULL: the view's */
};

struct list {
	const struct list_column *columns; /* ends with a NULL title */
	/* Columns of the unit's view that a page must have, static: those above
	 * and what printers, detail and Enter need (journey_id, source_id, line).
	 * Ends with NULL. NULL: all. */
	const char *const *needs;
	int column;       /* where the cursor first stands */
	const char *sort; /* column of the first order; NULL: the unit's time */
	bool descending;
	/* Rows are groups of `counted` by these fields (up to QUERY_GROUPS, NULL
	 * ends): Senders is { "from" } over messages. NULL: rows of the unit. */
	const char *groups[QUERY_GROUPS + 1];
	enum unit counted;
	/* Fields of which a group shows one value, in a column of that name, and
	 * how many there are in "NAME_values"; NULL ends. */
	const char *shown[QUERY_SHOWN + 1];
	/* What U goes on to behind the view's own unit; NULL: there is none. A
	 * row's column that a unit does not have is left out. */
	const struct list_unit *units;
	int bars;         /* buckets of over_time; 0 none */
	/* What Enter on a row opens where the column counts nothing: a view's
	 * name. It counts what is counted here if it has that unit. OPENS_FIELD
	 * and the row's value of column OPENS_COLUMN become the
	 * term ("line's source": "source", "path"); NULL: the target is the row. */
	const char *opens;
	const char *opens_field, *opens_column;
	/* What an empty case shows: "No message is in this case". */
	const char *nothing;
	/* Adds line N (0 …) of the detail below the list, without its position;
	 * false: no more lines. */
	bool (*detail)(const struct list_row *r, int n, struct strbuf *out);
	int detail_rows; /* from 30 rows on; 0: 2 as below */
	/* More requests for the detail of row R: SLOT_DETAIL, with request.id =
	 * list_row_id, since answers to another row are not shown; and its line
	 * by list_want_line. */
	void (*wants)(const struct list_row *r, struct wants *w);
	/* While logs are read: lines in the place of filter bar and strip. */
	int head_rows;
	void (*head)(const struct look *look, const struct window *w);
	bool strip_of_events; /* the strip counts events, not rows */
};

/* What the numbers of S count: its rows, or what is in its groups. */
enum unit list_counted(const struct step *s);
/* What a page of its rows needs: request.columns. */
const char *const *list_needs(const struct step *s);
/* Whether its rows have COLUMN of the view. */
bool list_has_column(const struct step *s, const char *column);
int64_t list_row_id(const struct step *s, const struct result *r, size_t row);
/* Groups are marked apart from the rows that they count. */
static inline enum unit list_mark_unit(const struct step *s)
{
	return s->ngroups ? UNIT_COUNT : s->unit;
}
/* The answer of SLOT to R's own request; NULL: not yet. */
const struct result *list_answer(const struct list_row *r, enum slot slot);
/* Asks for the text of R's line (SLOT_RAW): columns source_id and line. */
void list_want_line(const struct list_row *r, struct wants *w);
/* Text that stands for what is not logged. */
void list_add_or(struct strbuf *out, struct slice text, const char *other);
/* Adds "mail.log:14203 @1882114  Mar 10 …" of R's line (its own column raw, or
 * SLOT_RAW); false: not here. */
bool list_raw_line(const struct list_row *r, struct strbuf *out);
/* The row under the cursor; false: none. */
bool list_current(const struct step *s, const struct look *look,
                  struct list_row *out);
/* The whole value of the cell under the cursor; its column, NULL no row. */
const struct list_column *list_value(const struct step *s,
                                     const struct look *look,
                                     struct strbuf *out);
/* What a dossier of the cell under the cursor is about: the value, and the field
 * that it is of; of another column of groups the row's first one. NULL, nothing
 * added: no address, machine, domain or login. */
const struct field *list_subject(const struct step *s, const struct look *look,
                                 struct strbuf *out);
/* TEXT narrowed to what the cell under the cursor counts; false: it is no count
 * of a group. */
bool list_count_filter(const struct step *s, struct strbuf *text);
/* TEXT narrowed to what the row under the cursor stands for, of groups; false:
 * there is no row. */
bool list_row_filter(const struct step *s, struct strbuf *text);
/* The columns in the order of the step, which the analyst may have changed. */
size_t list_columns(const struct step *s); /* how many */
const struct list_column *list_column_at(const struct step *s, size_t i);
const struct list_column *list_column_now(const struct step *s); /* cursor's */
/* The cursor on column OWN of the pane's table. */
void list_put_column(struct step *s, int own);
/* What Enter's label in the legend is with this unit; NULL: the view's. */
const char *list_open_label(const struct step *s);
#define LIST_COLUMNS COLUMN_ORDER /* at most */
/* Widths of the columns on a screen of COLS cells, 0 dropped; returns how many
 * columns there are. */
int list_fit(const struct step *s, int cols, int widths[LIST_COLUMNS]);
/* The sign and the tone of an outcome's name. */
enum sign list_outcome_sign(struct slice outcome);
enum tone list_outcome_tone(struct slice outcome);

/* Moves the cursor to row ID, which need not be here yet. */
void list_go_to(struct step *s, int64_t id);
/* To the Nth row, from 1, which may have to be loaded; false: there is none. */
bool list_go_to_row(struct step *s, uint64_t n);
/* Keeps the cursor in sight when the size has changed. */
void list_scroll(struct step *s);

bool list_open(struct step *s, const struct target *t, struct err *err);
void list_wants(const struct step *s, struct wants *w);
bool list_act(struct shell *sh, struct step *s, enum act a, struct slice arg);
bool list_can(const struct step *s, enum act a);
void list_arrived(struct step *s, enum slot slot);
void list_draw(const struct step *s, const struct look *look,
               const struct window *w);
bool list_ref(const struct step *s, struct row_ref *out);
void list_mouse(struct shell *sh, struct step *s, const struct pointer *p);

/* The functions of a list pane. */
#define LIST_HOOKS                                                        \
	.context = CONTEXT_LIST, .open = list_open, .wants = list_wants,  \
	.act = list_act, .can = list_can, .arrived = list_arrived,        \
	.draw = list_draw, .ref = list_ref, .mouse = list_mouse

#endif
