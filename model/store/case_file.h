/* SPDX-License-Identifier: MIT */
/* The case as a file among files: is it one, who writes to it, how it gets its
 * name. No SQLite. */
#ifndef MODEL_STORE_CASE_FILE_H
#define MODEL_STORE_CASE_FILE_H

#include "base/err.h"

/* Reads the header of PATH without changing anything. False, with one sentence:
 * no file, no case, of a newer version, or shorter than its header says. */
bool case_file_check(const char *path, struct err *err);

/* The right to write: PATH.lock beside the case, 0600, with the pid of its
 * holder, locked while held, so that one left behind by a killed run does not
 * count. */
struct case_lock {
	int fd; /* -1 not held */
	char *path;
};
bool case_lock_take(struct case_lock *l, const char *case_path,
                    struct err *err);
void case_lock_release(struct case_lock *l);

/* PATH, with a symbolic link at its end followed; malloced. */
char *case_file_resolve(const char *path);
bool case_file_exists(const char *path);
/* A rollback journal that is not empty stands beside it. */
bool case_file_has_journal(const char *path);
/* A new empty file of mode 0600; false if there is one already. */
bool case_file_create(const char *path, struct err *err);
/* Gives the file FROM the name TO, which must be free, durably. */
bool case_file_name(const char *from, const char *to, struct err *err);
/* TO, which must be new, becomes a copy of FROM. */
bool case_file_copy(const char *from, const char *to, struct err *err);
/* FROM takes the place of TO, durably. */
bool case_file_replace(const char *from, const char *to, struct err *err);
/* Removes PATH and what SQLite keeps beside it. */
void case_file_remove(const char *path);

#endif
