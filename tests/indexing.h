/* SPDX-License-Identifier: MIT */
/* Whole runs of the indexer over invented logs in a scratch folder; what fails,
 * fails the test. */
#ifndef TESTS_INDEXING_H
#define TESTS_INDEXING_H

#include "base/strbuf.h"
#include "model/index/index.h"

#define INDEXING_NOW (INT64_C(1790000000) * US_SECOND)

/* Fixtures of a group. */
int indexing_make_dir(void **state);
int indexing_remove_dir(void **state);

/* Paths in the scratch folder, good until it goes; logs/ is the evidence. */
const char *indexing_at(const char *name);
void indexing_put(const char *name, struct slice bytes, const char *mode);
void indexing_put_gzip(const char *name, struct slice bytes);
void indexing_clear(void); /* unlinks every file */

/* Messages FROM..TO-1 that mx takes and store delivers; some wait, some fail.
 * Lines of several messages are mixed. */
struct strbuf indexing_mx_log(int from, int to);
struct strbuf indexing_store_log(int from, int to);
/* The first MESSAGES of both as logs/mx.log and logs/store.log. */
void indexing_write_logs(int messages);

struct index_options indexing_options(const char *case_name,
                                      const char *const *logs, size_t n);
void indexing_run_with(const struct index_options *o, struct index_result *r);
/* Indexes LOG (a file or folder) into the case. */
struct index_result indexing_run(const char *case_name, const char *log);

/* Rows of a query, cells ended by '|'; malloced. */
char *indexing_ask(const char *case_name, const char *sql);
void indexing_says(const char *case_name, const char *sql, const char *want);
/* Tells the first line that differs. */
void indexing_same_text(const char *a, const char *b);
/* All that the public views say is the same, without ids. */
void indexing_same(const char *case_a, const char *case_b);

#endif
