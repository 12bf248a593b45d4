/* SPDX-License-Identifier: MIT */
/* Included before every file of the extension: calls to SQLite go to the one of
 * the program that loads it, which need not be the installed library. */
#ifndef EXTENSION_HOST_SQLITE_H
#define EXTENSION_HOST_SQLITE_H

#include <sqlite3ext.h>

SQLITE_EXTENSION_INIT3

#endif
