/* SPDX-License-Identifier: MIT */
/* Rows written out: for a terminal, for a spreadsheet, for a program. One table
 * of formats; a new one is one file and one line in writer.c. */
#ifndef MODEL_REPORT_WRITER_H
#define MODEL_REPORT_WRITER_H

#include "base/strbuf.h"
#include "model/store/engine.h"

#include <stdio.h>

struct writer {
	const struct writer_format *format;
	FILE *out; /* borrowed; errors show in ferror */
	const char *const *columns;
	size_t ncolumns;
	bool raw; /* CSV: text cells that begin a formula are left alone */
	struct strbuf line;
	uint64_t rows;
	struct writer_table *table; /* of the table format */
};

struct writer_format {
	const char *name; /* as given to --format */
	void (*begin)(struct writer *w);
	void (*row)(struct writer *w, const struct cell *cells);
	void (*end)(struct writer *w);
};

extern const struct writer_format *const writer_formats[]; /* ends with NULL */
const struct writer_format *writer_format_find(const char *name);

/* COLUMNS must outlive the writer. */
void writer_begin(struct writer *w, const struct writer_format *f, FILE *out,
                  const char *const *columns, size_t ncolumns, bool raw);
void writer_row(struct writer *w, const struct cell *cells);
/* False if anything could not be written. */
bool writer_end(struct writer *w);

/* One CSV cell: quoted where needed, guarded unless RAW (DESIGN.md §7). */
void csv_add(struct strbuf *out, const struct cell *c, bool raw);
/* A JSON string: active characters as \u escapes, bytes that are no UTF-8 as
 * "\\xHH". The absent slice is null. */
void json_add_string(struct strbuf *out, struct slice s);
void json_add_cell(struct strbuf *out, const struct cell *c);

#endif
