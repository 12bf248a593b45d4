/* SPDX-License-Identifier: MIT */
/* B-trees written from the leaves up, as the file format of SQLite says: keys
 * come in their order, each page is written once. Internal to this folder. */
#ifndef MODEL_STORE_BULK_TREE_H
#define MODEL_STORE_BULK_TREE_H

#include "base/strbuf.h"

#include <pthread.h>

/* Pages added behind the end of a database file. For several threads. */
struct bulk_file {
	int fd;
	uint32_t size; /* of a page */
	uint32_t next; /* number of the page added next */
	pthread_mutex_t lock;
	struct strbuf waiting; /* pages before NEXT not yet written */
	int error;             /* errno of the first write that failed */
};

/* The number of the new page. */
uint32_t bulk_file_add(struct bulk_file *f, const unsigned char *page);
/* Writes a page that is there already. */
void bulk_file_put(struct bulk_file *f, uint32_t number,
		   const unsigned char *page);
void bulk_file_flush(struct bulk_file *f);

#define BULK_VALUES 40 /* of a record, at most */

/* A record being made: values in the order of its columns. */
struct bulk_record {
	unsigned char types[BULK_VALUES * 9];
	size_t ntypes, used; /* up to the last value that is not NULL */
	unsigned char *body;
	size_t len, cap;
};
static inline void bulk_record_null(struct bulk_record *r)
{
	r->types[r->ntypes++] = 0;
}
void bulk_record_int(struct bulk_record *r, int64_t v);
void bulk_record_bytes(struct bulk_record *r, struct slice s, bool is_text);
/* The whole record, without the NULLs at its end, appended to OUT; R is empty
 * again. */
void bulk_record_end(struct bulk_record *r, struct strbuf *out);
void bulk_record_release(struct bulk_record *r);

/* One page being filled. */
struct bulk_node {
	unsigned char *bytes;
	size_t size, head, top, cells;
};

/* The pages of one level, and the cells that stand between them above. */
struct bulk_level {
	uint32_t *pages;
	size_t n, cap;
	struct strbuf cells;
	size_t *ends; /* of cell i in CELLS */
	size_t nends, cends;
};

struct bulk_tree {
	struct bulk_file *file;
	uint32_t root; /* the page that exists */
	bool is_index;
	struct bulk_node leaf;
	struct bulk_level above;
	struct strbuf cell;      /* the one added last, not yet in a leaf */
	struct strbuf payload;   /* for callers */
	int64_t row, row_before; /* of a table: of CELL, of the one before */
};

void bulk_tree_init(struct bulk_tree *t, struct bulk_file *file, uint32_t root,
		    bool is_index);
/* A row, in ascending order of ROW; of an index, PAYLOAD in its order. */
void bulk_tree_add(struct bulk_tree *t, int64_t row, struct slice payload);
/* Writes what is left, the root too, and releases T's memory. */
void bulk_tree_end(struct bulk_tree *t);
void bulk_tree_release(struct bulk_tree *t);

#endif
