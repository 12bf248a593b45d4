/* SPDX-License-Identifier: MIT */
/* State of the raw line page, shared by its keys (raw.c) and drawing
 * (raw_draw.c). */
#ifndef VIEWS_RAW_H
#define VIEWS_RAW_H

#include "views/view.h"

struct raw_state {
	uint32_t source;
	uint64_t opened;  /* the line it was opened with */
	uint64_t line;    /* under the cursor */
	uint64_t anchor;  /* around which lines are asked for */
	uint64_t top;     /* first on the screen; 0: place the cursor */
	int64_t journey;  /* of the message whose lines are marked; 0 none */
	int rows;         /* for lines, as last drawn */
	bool hex, cut, bare; /* x: bytes; W: not wrapped; #: no gutter */
	struct strbuf find;
};

#define RAW_LINES SLOT_RAW      /* REQUEST_LINES */
#define RAW_SOURCE SLOT_COUNT_ROWS /* the source */
#define RAW_MESSAGE SLOT_DETAIL /* records of this message */

/* The loaded lines, and the row of the line under the cursor (the nearest one
 * loaded). NULL: none loaded. */
const struct result *raw_lines(const struct step *s, size_t *row);
struct slice raw_text(const struct result *r, size_t row, const char *column);
int64_t raw_number(const struct result *r, size_t row, const char *column);
/* Row of the source in its page; SIZE_MAX: not here. */
size_t raw_source_row(const struct step *s);

void raw_draw(const struct step *s, const struct look *look,
              const struct window *w);

#endif
