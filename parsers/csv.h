/* SPDX-License-Identifier: MIT */
/* Tables with separators and quotes (RFC 4180): records whose cells hold line
 * ends, cells without their quotes, and columns by name. For framings and for
 * the parsers of what they cut.
 *
 * The columns stand in the layout. A file may hold several tables (a header in
 * mid-file): each set of columns then begins with CSV_TABLE, and the number of
 * a record's cells tells to which it belongs. */
#ifndef PARSERS_CSV_H
#define PARSERS_CSV_H

#include "parsers/framing.h"

/* Cuts the record at the start of BYTES, as struct framing's next does. A quote
 * that opens a cell reaches over line ends up to the quote that closes it. One
 * that nothing closes within RECORD_MAX bytes and RECORD_LINES lines means
 * nothing: the line is then cut at its end, and csv_cut calls it damaged.
 * The separator is that of L, a comma if L is NULL or has none. */
enum cut csv_next(const struct layout *l, struct slice bytes, bool last,
                  struct record *r);

#define CSV_CELLS 256
struct csv {
	struct slice cell[CSV_CELLS]; /* the first of them */
	size_t n;                     /* cells of the record, at least 1 */
	bool damaged; /* a quote never closed, or text behind a closing one */
};

/* Cuts RAW at SEPARATOR. Cells point into RAW; those with doubled quotes are
 * copied to ARENA. Blanks around cells are kept. */
void csv_cut(struct slice raw, char separator, struct arena *arena,
             struct csv *out);
/* A cell's text; absent beyond the last, and for SLICE_NONE. */
struct slice csv_cell(const struct csv *c, size_t i);

#define CSV_TABLE "#Fields" /* name of no column: a table begins behind it */

/* Another such name, in front of all tables: their dates put the day first. */
#define CSV_DAY_FIRST "#day-first"
void csv_set_day_first(struct layout *l);
bool csv_is_day_first(const struct layout *l);

struct csv_columns {
	const struct slice *name;
	size_t n;
};

/* Adds the cells of HEADER as one more table of L, unless L has one of as many
 * columns: the first to be stated stands, since what follows could be a forgery
 * in the text of a cell. False if it was not added. */
bool csv_add_table(struct layout *l, struct slice header);
/* The table of L whose columns are N; else the first with more, since a record
 * that was cut has less; else the last. */
struct csv_columns csv_columns(const struct layout *l, size_t n);
/* The number of the column NAME, ASCII case ignored; SLICE_NONE if none. */
size_t csv_find(const struct csv_columns *c, struct slice name);
/* Whether RAW is the header of one of the tables of L. */
bool csv_is_header(const struct layout *l, struct slice raw);

struct slice csv_skip_bom(struct slice s); /* of UTF-8 */

#endif
