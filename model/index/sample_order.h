/* SPDX-License-Identifier: MIT */
/* Which way the times of a source run. */
#ifndef MODEL_INDEX_SAMPLE_ORDER_H
#define MODEL_INDEX_SAMPLE_ORDER_H

#include "parsers/framing.h"

/* Most steps of time within the parts of S go back: a viewer's export, with the
 * newest record first. */
bool sample_is_newest_first(const struct layout *l, const struct sample *s);

#endif
