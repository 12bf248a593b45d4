/* SPDX-License-Identifier: MIT */
/* SOURCE=VALUE of the command line: which sources a rule means. */
#ifndef MODEL_INDEX_RULES_H
#define MODEL_INDEX_RULES_H

#include "model/index/index.h"
#include "model/store/store.h"
#include "parsers/framing.h"

/* All values make sense: zones and formats exist, years are years. */
bool rules_check(const struct index_options *o, struct err *err);

/* The value of the last of N rules that names PATH, its end behind a slash, or
 * MEMBER in it; NULL none. */
const char *rule_value(const struct index_rule *rules, size_t n,
                       const char *path, const char *member);

/* Writes zone, year and server given now into SRC; whether that changed it. */
bool rules_apply(const struct index_options *o, struct source *src);

/* "rfc3164/postfix", "rfc3164" or "postfix"; what is not named stays NULL. */
bool rule_format(const char *value, const struct framing **framing,
                 const struct parser **parser);

#endif
