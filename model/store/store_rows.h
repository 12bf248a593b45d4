/* SPDX-License-Identifier: MIT */
/* The sink that fills the derived tables. */
#ifndef MODEL_STORE_STORE_ROWS_H
#define MODEL_STORE_STORE_ROWS_H

#include "model/store/store_private.h"

/* Tables of STMT_SESSION … STMT_OWNER; ends with NULL. */
extern const char *const store_row_tables[];

extern const struct row_sink store_row_sink; /* arg: struct store */

/* Of suggestions; store_suggest writes them. */
void suggest_link(struct suggestions *s, const struct link_row *r,
                  const struct tx_known *from, const struct tx_known *to);
void suggest_recipient(struct suggestions *s, const struct recipient_row *r);
void suggestions_release(struct suggestions *s);

#endif
