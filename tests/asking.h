/* SPDX-License-Identifier: MIT */
/* A small case and the questions that tests ask it; what fails, fails the test. */
#ifndef TESTS_ASKING_H
#define TESTS_ASKING_H

#include "model/ask/filter.h"
#include "model/store/engine.h"
#include "tests/case_make.h"

struct asking {
	struct small_case c;
	struct engine *e;
};
/* Fixture of a group: *state becomes a struct asking. */
int asking_setup(void **state);
int asking_teardown(void **state);

struct filter *asking_filter(const char *text); /* filter_unref by the caller */
struct query asking_query(enum unit u, const struct filter *f); /* F or NULL */

struct result *asking_all(struct engine *e, const struct query *q);
struct count asking_count(struct engine *e, const struct query *q);
/* Rows that the filter TEXT leaves, listed and counted. */
size_t asking_rows(struct engine *e, enum unit u, const char *text);

#endif
