/* SPDX-License-Identifier: MIT */
/* Derived tables and their indexes written page by page into a database file
 * that nobody else has open: several times faster than INSERT. SQLite made the
 * tables; what is written is what it would have written. Internal to this
 * folder. */
#ifndef MODEL_STORE_BULK_H
#define MODEL_STORE_BULK_H

#include "model/store/bulk_index.h"
#include "base/err.h"

#define BULK_COLUMNS 32 /* of a table, at most: less than BULK_VALUES */

struct bulk_row {
	struct bulk_value values[BULK_COLUMNS];
	int n;
};

struct bulk;

/* PATH: a case in which the derived tables, NAMES (ends with NULL), are empty;
 * makes the indexes of schema.c. NULL: failed. */
struct bulk *bulk_open(const char *path, const char *const names[],
		       struct err *err);
/* A row of the table NAMES[TABLE]; its first value is the row's number, or NULL
 * for the next one. Numbers of a table ascend, and its rows come together: a big
 * table takes no more once another one had a row. */
bool bulk_add(struct bulk *b, int table, const struct bulk_row *r,
	      struct err *err);
/* Writes what is left and the indexes: after that PATH is a database again.
 * Releases B. */
bool bulk_close(struct bulk *b, struct err *err);
void bulk_abort(struct bulk *b); /* releases B; PATH is broken */

#endif
