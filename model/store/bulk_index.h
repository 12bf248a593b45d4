/* SPDX-License-Identifier: MIT */
/* The keys of one index, collected while its table is filled. Internal to this
 * folder. */
#ifndef MODEL_STORE_BULK_INDEX_H
#define MODEL_STORE_BULK_INDEX_H

#include "model/store/bulk_tree.h"

/* Values as SQLite orders them. */
enum bulk_kind { BULK_NULL, BULK_INT, BULK_TEXT, BULK_BLOB, BULK_KINDS };

struct bulk_value {
	enum bulk_kind kind;
	int64_t number;
	struct slice text; /* of TEXT and BLOB */
};

struct bulk_key {
	uint64_t key; /* sorts as the value, or as its first eight bytes */
	uint32_t row;
	uint32_t at; /* of a text: where it is in TEXTS, in units of eight */
};

struct bulk_keys {
	struct bulk_key *list;
	size_t n, cap;
};

/* Over one column, or two whose values are small and never negative. */
struct bulk_index {
	uint32_t root;
	int columns;
	struct bulk_keys keys[BULK_KINDS];
	struct strbuf texts;
};

/* V has as many values as the index has columns; false: they cannot be held. */
bool bulk_index_add(struct bulk_index *x, const struct bulk_value *v[2],
		    int64_t row);
/* Sorts and writes the index and releases its keys. */
void bulk_index_write(struct bulk_index *x, struct bulk_file *file);
void bulk_index_release(struct bulk_index *x);

#endif
