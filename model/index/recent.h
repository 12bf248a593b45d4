/* SPDX-License-Identifier: MIT */
/* The cases that the user has opened, in a file of the user's cache: a line
 * "MICROSECONDS PATH" each, "- PATH" for one that shall not be listed. */
#ifndef MODEL_INDEX_RECENT_H
#define MODEL_INDEX_RECENT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recent {
	struct recent_case {
		char *path;     /* absolute; owned */
		int64_t opened; /* us UTC; of one never opened by this list: its
		                   file's time stamp */
		bool forgotten;
		bool cached;    /* lies in the cache: nobody named it */
	} *list; /* latest first */
	size_t n, cap;
};

/* FOLDER: where the list is; NULL: in the user's cache.
 * What is listed, and what lies in the cache beside. Nothing there: empty. */
void recent_load(struct recent *r, const char *folder);
void recent_release(struct recent *r);
/* NOW: it was opened; 0: it shall not be listed any more. No such file can be
 * written: false, which hurts nobody. */
bool recent_note(const char *path, int64_t now, const char *folder);

#endif
