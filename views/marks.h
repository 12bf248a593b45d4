/* SPDX-License-Identifier: MIT */
/* Rows that the analyst has marked; shared by all panes, kept by no key. */
#ifndef VIEWS_MARKS_H
#define VIEWS_MARKS_H

#include "model/store/field.h"

struct mark {
	enum unit unit;
	int64_t id;
};

struct marks {
	struct mark *list; /* sorted; owned, marks_release */
	size_t n, cap;
	struct mark last;  /* where M begins; id 0: none */
};

void marks_release(struct marks *m);
bool marks_has(const struct marks *m, enum unit u, int64_t id);
void marks_set(struct marks *m, enum unit u, int64_t id, bool on);

#endif
