/* SPDX-License-Identifier: MIT */
/* The browser: opens the terminal, the case and, if logs are given, reads them
 * beside the screen. */
#ifndef VIEWS_BROWSE_H
#define VIEWS_BROWSE_H

#include "model/index/index.h"

struct browse_options {
	const char *case_path;  /* a case that is there, or that INDEX makes */
	const struct index_options *index; /* NULL: nothing to read */
	const char *filter;     /* of the first step, NULL none */
	bool ascii, colour, mouse;
	int64_t now;            /* us; TIME_NONE: the clock */
};

/* Until the user quits. 0, or an exit status of DESIGN.md §7 with ERR. */
int browse(const struct browse_options *o, struct err *err);

#endif
