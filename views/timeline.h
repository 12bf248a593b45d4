/* SPDX-License-Identifier: MIT */
/* What the files of the Timeline share. */
#ifndef VIEWS_TIMELINE_H
#define VIEWS_TIMELINE_H

#include "views/bars.h"
#include "views/pane.h"

#define TIMELINE_LANES 6 /* at most: the top five and the rest */

enum timeline_part {
	PART_LANES, /* TIMELINE_LANES of them: bars of each */
	PART_TOP = PART_LANES + TIMELINE_LANES, /* the values of lanes */
	PART_COVERAGE,
	PART_FINDINGS,
	PART_IN_BAR, /* TIMELINE_TOPS of them, on large screens */
};

/* The most frequent values within the bar. */
#define TIMELINE_TOPS 4
#define TIMELINE_TOP_ROWS 5
struct timeline_top {
	const char *title;
	const char *fields[3]; /* NULL ends */
	enum text_cut cut;
};
extern const struct timeline_top timeline_tops[TIMELINE_TOPS];
/* The answer for the range that is chosen now; NULL: not yet. */
const struct result *timeline_top(const struct step *s, int i);

/* Where things stand at a step's size. Rows are the body's. */
struct timeline_shape {
	int heading, marks, chart, chart_rows, axis, lanes, nlanes, cursor;
	int first_lane; /* that is shown */
	int tops;       /* -1: no room */
	int left, width; /* cells of the bars */
	int bar;         /* cells of one bar; 0: no bars are known yet */
};
void timeline_shape(const struct step *s, struct timeline_shape *out);

/* The bars of all rows; NULL: not yet. */
const struct histogram *timeline_bars(const struct step *s);
/* Of lane I from 0; NULL: not yet, or of another time. */
const struct histogram *timeline_lane(const struct step *s, size_t i);
size_t timeline_lanes(const struct step *s);
/* "blocked", "550", "(others)". */
void timeline_lane_name(const struct step *s, size_t i, struct strbuf *out);
enum tone timeline_lane_tone(const struct step *s, size_t i);
enum sign timeline_lane_sign(const struct step *s, size_t i);

/* The bar under the cursor; -1: none. */
int timeline_cursor(const struct step *s);
/* The bars of the range, or the one under the cursor, both ends included. */
void timeline_range(const struct step *s, int *first, int *last);
/* Sum of VALUES over the range. */
uint64_t timeline_sum(const struct step *s, const uint64_t *values);
/* The time of the range, as far as the filter's own time leaves it. */
void timeline_time(const struct step *s, int64_t *from, int64_t *to);

void timeline_draw(const struct step *s, const struct look *look,
                   const struct window *w);

#endif
