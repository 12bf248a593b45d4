/* SPDX-License-Identifier: MIT */
/* Which format a source has, from its head, middle and tail. */
#ifndef MODEL_INDEX_SAMPLE_H
#define MODEL_INDEX_SAMPLE_H

#include "model/store/store.h"
#include "parsers/user_format.h"

/* HEAD: the first bytes of the source, WHOLE if they are all of it. PATH: of a
 * plain file that can be read at other places, else NULL. READ_AS: as given, or
 * NULL. FORMATS: that the analyst describes, or NULL. Sets layout, format and
 * format_basis of SRC, whose layout stays if it has one; the layout returned is
 * the caller's. */
struct layout *sample_format(struct source *src, struct slice head, bool whole,
                             const char *path, const char *read_as,
                             const struct user_formats *formats);

#endif
