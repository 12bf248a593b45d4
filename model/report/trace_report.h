/* SPDX-License-Identifier: MIT */
/* Journeys written out: for people, for programs, for spreadsheets, for
 * Graphviz. One table of forms; a new one is a row in trace_write.c. */
#ifndef MODEL_REPORT_TRACE_REPORT_H
#define MODEL_REPORT_TRACE_REPORT_H

#include "model/store/engine.h"

struct trace_form {
	const char *name;   /* as given to --format */
	const char *ending; /* of a file's name */
	const char *begin;  /* stands before the first journey, or NULL */
	bool events;        /* it names the events of each transaction */
	void (*add)(struct strbuf *out, const struct trace *t,
	            const struct result *events, bool raw);
};
extern const struct trace_form *const trace_forms[]; /* ends with NULL */
/* "table" is text. NULL: no such form. */
const struct trace_form *trace_form_find(const char *name);

/* Adds a journey of the case. RAW: formulas of CSV are left alone. */
bool trace_write(struct engine *e, const struct trace_form *f, int64_t journey,
                 bool raw, struct strbuf *out, struct cancel *cancel,
                 struct err *err);

/* What it means that no message has ID: what was searched, what the logs cover
 * and where they are silent. SOURCES are rows of v_source, GAPS those of v_coverage
 * that are not covered; either may be NULL. A line each, ended by '\n'. */
void trace_add_nothing(struct strbuf *out, struct slice id,
                       const struct result *sources, const struct result *gaps);

#endif
