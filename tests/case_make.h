/* SPDX-License-Identifier: MIT */
/* A small case from invented logs, through the whole indexer. */
#ifndef TESTS_CASE_MAKE_H
#define TESTS_CASE_MAKE_H

#include "base/strbuf.h"

struct small_case {
	char *folder; /* logs and case lie here */
	char *log_mx, *log_store;
	char *path;
};
/* Two servers, N messages of all outcomes, refusals, logins, noise. */
void small_case_make(struct small_case *c, int n);
void small_case_free(struct small_case *c);

#endif
