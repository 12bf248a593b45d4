/* SPDX-License-Identifier: MIT */
/* PCRE2 with JIT, match and depth limits always set, UTF with invalid bytes
 * allowed. A compiled pattern is immutable and may be shared by threads; each
 * thread has its own match data. */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/err.h"
#include "base/slice.h"

struct regex;
struct regex_match; /* one per thread */

enum regex_flags { REGEX_NOCASE = 1u << 0 };

struct regex *regex_new(struct slice pattern, unsigned flags, struct err *err);
void regex_free(struct regex *re);
/* Serves every pattern that has no more groups than RE. */
struct regex_match *regex_match_new(const struct regex *re);
void regex_match_free(struct regex_match *m);

enum regex_result { REGEX_NO, REGEX_YES, REGEX_LIMIT /* gave up */ };
enum regex_result regex_match(const struct regex *re, struct regex_match *m,
                              struct slice subject);
/* The same, looking for a match that begins at START or behind it. */
enum regex_result regex_match_from(const struct regex *re, struct regex_match *m,
                                   struct slice subject, size_t start);
/* After REGEX_YES: group N, absent if it did not take part. */
struct slice regex_group(const struct regex_match *m, struct slice subject,
                         unsigned n);
int regex_group_number(const struct regex *re, const char *name); /* -1 none */
unsigned regex_groups(const struct regex *re); /* 1..N; 0 is the whole match */
/* The name of group N, NULL if it has none; lives as long as RE. */
const char *regex_group_name(const struct regex *re, unsigned n);

#endif
