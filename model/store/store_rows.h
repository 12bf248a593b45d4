/* SPDX-License-Identifier: MIT */
/* The sink that fills the derived tables. */
#ifndef MODEL_STORE_STORE_ROWS_H
#define MODEL_STORE_STORE_ROWS_H

#include "model/store/store_private.h"

/* Tables of STMT_SESSION … STMT_OWNER; ends with NULL. */
extern const char *const store_row_tables[];

extern const struct row_sink store_row_sink; /* arg: struct store */

#endif
