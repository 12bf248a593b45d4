/* SPDX-License-Identifier: MIT */
/* What the start screen tells of each case; found out beside the screen. */
#ifndef VIEWS_START_CASES_H
#define VIEWS_START_CASES_H

#include "model/index/recent.h"
#include "views/job.h"

struct known_case {
	char *path;
	bool cached;
	int64_t opened;   /* us; 0 not known */
	int64_t bytes;    /* of the case file; -1: it is not there */
	bool looked, broken;
	uint64_t sources, messages, changed, missing;
	char *from;       /* what its sources have in common: a folder or file */
};
struct case_list {
	struct known_case *list;
	size_t n;
};

void case_list_load(struct case_list *l, const char *folder); /* paths and sizes only */
void case_list_release(struct case_list *l);
/* The rest, by a job; HERE: at once. The job has a list of its own. */
struct job *case_list_look(const struct case_list *l, struct case_list **out,
                           bool here);

#endif
