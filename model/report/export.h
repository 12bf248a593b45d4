/* SPDX-License-Identifier: MIT */
/* Rows of a unit or whole journeys into a new file, and beside it FILE.manifest.json, from which
 * anybody can check what the file holds and where it came from. */
#ifndef MODEL_REPORT_EXPORT_H
#define MODEL_REPORT_EXPORT_H

#include "model/report/trace_report.h"
#include "model/report/writer.h"

#define MAILSPOOR_VERSION "0.1"

struct export {
	const char *path;          /* must not exist */
	const char *case_path;
	const struct writer_format *format;
	/* Journeys, not rows: the query's unit is messages. NULL: rows. */
	const struct trace_form *trace;
	const struct query *query;
	struct slice filter;       /* as typed */
	const char *const *columns; /* NULL-terminated */
	size_t ncolumns;
	uint64_t limit;
	bool raw;                  /* formulas in cells not guarded */
	int64_t now;               /* us UTC: when it was written */
};

/* *ROWS: how many, or how many journeys, were written. Never overwrites; what was
 * begun and failed is removed. */
bool export_write(struct engine *e, const struct export *x, uint64_t *rows,
                  struct cancel *cancel, struct err *err);

#endif
