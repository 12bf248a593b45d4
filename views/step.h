/* SPDX-License-Identifier: MIT */
/* Steps and the answers that they share. */
#ifndef VIEWS_STEP_H
#define VIEWS_STEP_H

#include "views/view.h"

/* Takes over one reference of F. */
struct step *step_new(const struct view *v, struct filter *f);
/* The same view, filter, order, cursor and answers, but no state. */
struct step *step_copy(const struct step *s);
void step_free(struct step *s);

void why_free(struct why *w); /* shell_why.c */

/* R is taken over. */
struct answer *answer_new(const struct request *asked, const char *filter,
                          struct reply *r);
void answer_unref(struct answer *a); /* NULL is fine */
void step_set_answer(struct step *s, enum slot slot, struct answer *a);

/* Whether two requests ask the same, serials aside. */
bool request_same(const struct request *a, const char *filter_a,
                  const struct request *b, const char *filter_b);
/* Whether the answer of SLOT is the one that W wants. */
bool step_is_fresh(const struct step *s, const struct wants *w, enum slot slot);

#endif
