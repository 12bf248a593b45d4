/* SPDX-License-Identifier: MIT */
/* What the files of the lists share (list.c, list_column.c, list_open.c). */
#ifndef VIEWS_LIST_PRIVATE_H
#define VIEWS_LIST_PRIVATE_H

#include "views/list.h"

/* Its unit other than the view's own; NULL: that is the step's. */
const struct list_unit *list_other_unit(const struct step *s, enum unit unit);
/* The view that a row opens. */
const char *list_opens(const struct step *s);
/* Whether its rows can be ordered by C: pages know more than that. */
bool list_has_order(const struct step *s, const struct list_column *c);
void list_open_cell(struct shell *sh, const struct step *s);

#endif
