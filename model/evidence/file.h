/* SPDX-License-Identifier: MIT */
/* Opening evidence: read-only, without touching its time of access. */
#ifndef MODEL_EVIDENCE_FILE_H
#define MODEL_EVIDENCE_FILE_H

#include "base/err.h"
#include "base/strbuf.h"

#include <sys/stat.h>

/* A descriptor of the regular file PATH, ST filled; -1 and ERR. */
int file_open(const char *path, struct stat *st, struct err *err);

/* PATH as it may stand in a message; valid until TMP is released. */
const char *file_shown(const char *path, struct strbuf *tmp);

/* "a FIFO", "a device" …: what a special file is. */
const char *file_kind(mode_t mode);

#endif
