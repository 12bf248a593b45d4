/* SPDX-License-Identifier: MIT */
/* What the files of the Overview share: its cells, and where they stand. */
#ifndef VIEWS_OVERVIEW_H
#define VIEWS_OVERVIEW_H

#include "views/pane.h"

enum overview_part {
	PART_SOURCES, /* of the case, whatever the filter */
	PART_GAPS,
	PART_FINDINGS,
	PART_OUTCOMES,
	PART_SENDERS,
	PART_RECIPIENTS,
	PART_REPLIES,
	PART_HOSTS,
	PART_NUMBER
};

/* Cells. Only those from CELL_SPAN on can have the cursor. */
enum cell_kind {
	CELL_LINES,   /* "lines 412,905" */
	CELL_HIDDEN,
	CELL_TOTAL,   /* "recipients 61,377" */
	CELL_HEADING, /* of a block */
	CELL_SPAN,    /* the sources and their time */
	CELL_UNREAD,
	CELL_GAPS,
	CELL_DAMAGED,
	CELL_FINDINGS,
	CELL_MESSAGES,
	CELL_OUTCOME,
	CELL_ROW,     /* of a block */
};

struct overview_cell {
	enum cell_kind kind;
	enum overview_part part; /* of headings and rows */
	int line;                /* which outcome, or row of the block */
	int row, col, width;
};
#define OVERVIEW_CELLS 160
#define OVERVIEW_BARS 16  /* of a row over time, on wide screens */
#define OVERVIEW_LIMIT 12 /* rows that a block asks for */

/* The blocks: values of fields, most frequent first. */
struct overview_block {
	const char *title, *plural;
	enum unit unit;         /* what is counted */
	const char *fields[3];  /* NULL ends */
	enum text_cut cut;
	bool over_time;         /* on wide screens */
};
extern const struct overview_block overview_blocks[PART_NUMBER];

/* Recipients by what became of them. */
struct overview_outcome {
	const char *name;     /* "blocked" */
	const char *outcomes; /* "refused,failed,withheld" */
	enum sign sign;
	enum tone tone;
	bool part;            /* is counted in the one above: 30 rows only */
};
#define OVERVIEW_OUTCOMES 8
extern const struct overview_outcome overview_outcomes[OVERVIEW_OUTCOMES];

/* All cells of the step at its size, top to bottom. Returns how many; *ROWS
 * lines in all. */
size_t overview_cells(const struct step *s, struct overview_cell *cells,
                      int *rows);
/* The one with the cursor; N: none. */
size_t overview_cursor(const struct step *s, const struct overview_cell *cells,
                       size_t n);
/* Whether blocks have room for percent and bars. */
bool overview_is_wide(const struct step *s);
/* Lines that the body has on this screen. */
int overview_height(const struct step *s);
/* The first of them that is shown. */
int overview_top(const struct step *s, const struct overview_cell *cells,
                 size_t n);
int64_t overview_cell_id(const struct step *s, const struct overview_cell *c);

/* What a cell counts; false: it is not known yet. */
bool overview_count(const struct step *s, const struct overview_cell *c,
                    uint64_t *n);
enum unit overview_unit(const struct overview_cell *c);
/* Its value: an address, a code; empty: it has none. */
void overview_value(const struct step *s, const struct overview_cell *c,
                    struct strbuf *out);
/* The terms that leave what it counts. */
void overview_terms(const struct step *s, const struct overview_cell *c,
                    bool not, struct strbuf *out);
/* Sum of COLUMN over the sources. */
int64_t overview_sum(const struct step *s, const char *column);

void overview_draw(const struct step *s, const struct look *look,
                   const struct window *w);

#endif
