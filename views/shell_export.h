/* SPDX-License-Identifier: MIT */
/* The state of the export dialog (shell_export*.c only). */
#ifndef VIEWS_SHELL_EXPORT_H
#define VIEWS_SHELL_EXPORT_H

#include "model/report/export.h"
#include "tui/prompt.h"
#include "views/list.h"

enum export_line {
	EXPORT_ROWS, EXPORT_AS, EXPORT_FORMAT, EXPORT_COLUMNS, EXPORT_FILE,
	EXPORT_LINES
};
enum export_rows { EXPORT_MARKED, EXPORT_FILTERED, EXPORT_THIS,
	EXPORT_ROWS_COUNT };

struct export_dialog {
	enum export_line line;  /* that has the focus */
	enum export_rows rows;
	bool has[EXPORT_ROWS_COUNT];
	enum unit own;          /* of the pane's rows */
	size_t nmarked;         /* of them */
	enum unit as[4];        /* what can be chosen, ended by NAS */
	size_t nas, chosen;
	bool has_traces;        /* the first choice is whole journeys */
	const struct writer_format *format;
	const struct trace_form *form; /* of journeys */
	bool raw;               /* formulas are not guarded */
	bool only_shown;        /* columns */
	const char *shown[LIST_COLUMNS + 1];
	size_t nshown;
	struct prompt file;
	bool typed;             /* its name: it is not made anew */
	bool beside_evidence;
	struct strbuf marked, here; /* filters of these rows */
	bool counted, failed;   /* the rows that it gives */
	uint64_t gives;
	struct err err;         /* if FAILED */
};

#endif
