/* SPDX-License-Identifier: MIT */
/* Where a case lives that nobody named: in the user's cache, by its evidence. */
#ifndef MODEL_INDEX_CACHE_H
#define MODEL_INDEX_CACHE_H

#include "base/err.h"
#include "base/strbuf.h"

/* ${XDG_CACHE_HOME:-~/.cache}/mailspoor/NAME-HASH.case, the same for the same
 * real paths in any order; the folder is made (0700). Appended to OUT. */
bool cache_case_path(const char *const *logs, size_t n, struct strbuf *out,
                     struct err *err);

/* Whether PATH begins as a case does: a file of SQLite's format. */
bool cache_is_case(const char *path);

#endif
