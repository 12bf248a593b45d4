/* SPDX-License-Identifier: MIT */
/* Which tables and indexes there are, and the header of the file. */
#include "model/store/bulk.h"

#include "base/alloc.h"
#include "model/store/schema.h"
#include "model/store/store_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#define TABLES 20
#define INDEXES 32 /* of all tables */

/* NULL, or not, in column COLUMN. */
struct condition {
	int column;
	bool is_null;
};

struct index_of {
	struct bulk_index index;
	int table;
	int columns[2];
	struct condition conditions[4];
	int nconditions;
};

struct table {
	const char *name;
	struct bulk_tree tree;
	int64_t rows; /* number of the last one */
};

struct bulk {
	char *path;
	struct bulk_file file;
	struct table tables[TABLES];
	int ntables;
	struct index_of indexes[INDEXES];
	int nindexes;
	int first[TABLES + 1]; /* indexes of table i: first[i] … first[i+1]-1 */
	struct bulk_record record;
	atomic_int next; /* index to be written next */
	int current;     /* table of the last row, -1 none */
	bool finished[TABLES]; /* its indexes are written: no more rows */
	pthread_t finisher;    /* writes the indexes of table FINISHING */
	int finishing;         /* -1: no such thread */
};

/* A table of so many rows is finished as soon as another one gets a row: its
 * keys need not be held to the end, and its indexes are sorted beside. */
#define FINISH_ROWS ((int64_t)1 << 16)

/* The position of a column, -1 if there is none of that name. */
static int column_of(sqlite3 *db, const char *table, struct slice column)
{
	struct strbuf query = {0};
	int64_t at;

	strbuf_addf(&query,
		    "SELECT cid FROM pragma_table_info('%s') WHERE name='%.*s'",
		    table, SLICE_FMT(column));
	at = sql_number(db, strbuf_text(&query), -1);
	strbuf_release(&query);
	return (int)at;
}

static uint32_t root_of(sqlite3 *db, const char *name)
{
	struct strbuf query = {0};
	int64_t root;

	strbuf_addf(&query,
		    "SELECT rootpage FROM sqlite_schema WHERE name='%s'", name);
	root = sql_number(db, strbuf_text(&query), 0);
	strbuf_release(&query);
	return (uint32_t)root;
}

/* "a IS NOT NULL AND b IS NULL" */
static bool read_conditions(sqlite3 *db, const char *table, struct slice s,
			    struct index_of *x)
{
	while (s.len) {
		struct slice column = slice_cut(&s, ' ');
		struct condition *c = &x->conditions[x->nconditions++];

		c->column = column_of(db, table, column);
		c->is_null = slice_starts(s, SLICE("IS NULL"));
		if (x->nconditions == 4 || c->column < 0 ||
		    (!c->is_null && !slice_starts(s, SLICE("IS NOT NULL"))))
			return false;
		s = slice_from(s, c->is_null ? 7 : 11);
		if (s.len && !slice_starts(s, SLICE(" AND ")))
			return false;
		s = slice_from(s, s.len ? 5 : 0);
	}
	return true;
}

/* "table(a, b) WHERE …" */
static bool read_index(sqlite3 *db, const struct schema_index *from,
		       const struct table *t, struct index_of *x)
{
	struct slice s = slice_str(from->on), columns;

	slice_cut(&s, '(');
	columns = slice_cut(&s, ')');
	x->index.root = root_of(db, from->name);
	while (columns.len) {
		struct slice column = slice_cut(&columns, ',');

		if (slice_starts(column, SLICE(" ")))
			column = slice_from(column, 1);
		if (x->index.columns == 2)
			return false;
		x->columns[x->index.columns] = column_of(db, t->name, column);
		if (x->columns[x->index.columns++] < 0)
			return false;
	}
	if (slice_starts(s, SLICE(" WHERE ")))
		return read_conditions(db, t->name, slice_from(s, 7), x) &&
		       x->index.root;
	return !s.len && x->index.root && x->index.columns;
}

static bool read_indexes(struct bulk *b, sqlite3 *db, int table,
			 struct err *err)
{
	const struct table *t = &b->tables[table];

	b->first[table] = b->nindexes;
	for (const struct schema_index *i = schema_indexes; i->name; i++) {
		struct slice on = slice_str(i->on);
		struct index_of *x = &b->indexes[b->nindexes];

		if (!slice_eq(slice_cut(&on, '('), slice_str(t->name)))
			continue;
		if (b->nindexes == INDEXES || !read_index(db, i, t, x))
			return err_set(err,
				       "%s: the index %s has no known form",
				       b->path, i->name);
		x->table = table;
		b->nindexes++;
	}
	b->first[table + 1] = b->nindexes;
	return true;
}

static bool make_indexes(sqlite3 *db, const char *path, struct err *err)
{
	struct strbuf text = {0};
	bool good;

	strbuf_add_str(&text, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
			      "BEGIN;");
	for (const struct schema_index *i = schema_indexes; i->name; i++)
		strbuf_addf(&text, "CREATE INDEX %s ON %s;", i->name, i->on);
	strbuf_add_str(&text, "COMMIT");
	good = sql_exec(db, path, strbuf_text(&text), err);
	strbuf_release(&text);
	return good;
}

static bool read_schema(struct bulk *b, sqlite3 *db, const char *const names[],
			struct err *err)
{
	if (!make_indexes(db, b->path, err))
		return false;
	for (int i = 0; names[i]; i++) {
		struct table *t = &b->tables[i];
		uint32_t root = root_of(db, names[i]);

		if (i == TABLES || !root)
			return err_set(err, "%s: the table %s is missing",
				       b->path, names[i]);
		t->name = names[i];
		bulk_tree_init(&t->tree, &b->file, root, false);
		b->ntables++;
		if (!read_indexes(b, db, i, err))
			return false;
	}
	return true;
}

static bool open_schema(struct bulk *b, const char *const names[],
			struct err *err)
{
	sqlite3 *db = NULL;
	bool good = sqlite3_open_v2(b->path, &db, SQLITE_OPEN_READWRITE,
				    NULL) == SQLITE_OK;

	if (good) {
		b->file.size = (uint32_t)sql_number(db, "PRAGMA page_size", 0);
		good = read_schema(b, db, names, err);
	} else {
		sql_err(err, db, b->path);
	}
	sqlite3_close(db);
	return good;
}

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void put32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (24 - 8 * i));
}

/* Bytes of the header: 16 page size, 24 change counter, 28 number of pages, 92
 * the change counter when that number was written. */
#define HEADER 100

static bool read_header(struct bulk *b, struct err *err)
{
	unsigned char head[HEADER];

	b->file.fd = open(b->path, O_RDWR | O_CLOEXEC);
	if (b->file.fd < 0 || pread(b->file.fd, head, HEADER, 0) != HEADER)
		return err_set(err, "cannot read %s: %s", b->path,
			       strerror(errno));
	/* no free pages, no reserved bytes, no auto-vacuum: ours has none */
	if (head[20] || get32(head + 52))
		return err_set(err, "%s: its pages have an unknown form",
			       b->path);
	b->file.next = get32(head + 28) + 1;
	return true;
}

static bool write_header(struct bulk *b)
{
	unsigned char head[HEADER];
	uint32_t changes;

	if (pread(b->file.fd, head, HEADER, 0) != HEADER)
		return false;
	changes = get32(head + 24) + 1;
	put32(head + 24, changes);
	put32(head + 28, b->file.next - 1);
	put32(head + 92, changes);
	return pwrite(b->file.fd, head, HEADER, 0) == HEADER;
}

struct bulk *bulk_open(const char *path, const char *const names[],
		       struct err *err)
{
	struct bulk *b = mem_alloc(sizeof *b);

	b->path = mem_text(path);
	b->current = b->finishing = -1;
	b->file.fd = -1;
	pthread_mutex_init(&b->file.lock, NULL);
	if (open_schema(b, names, err) && read_header(b, err))
		return b;
	bulk_abort(b);
	return NULL;
}

static bool holds(const struct index_of *x, const struct bulk_row *r)
{
	for (int i = 0; i < x->nconditions; i++) {
		const struct condition *c = &x->conditions[i];

		if ((r->values[c->column].kind == BULK_NULL) != c->is_null)
			return false;
	}
	return true;
}

/* The number of the row itself is NULL in its record. */
static void make_record(struct bulk_record *to, const struct bulk_row *r)
{
	bulk_record_null(to);
	for (int i = 1; i < r->n; i++) {
		const struct bulk_value *v = &r->values[i];

		if (v->kind == BULK_NULL)
			bulk_record_null(to);
		else if (v->kind == BULK_INT)
			bulk_record_int(to, v->number);
		else
			bulk_record_bytes(to, v->text, v->kind == BULK_TEXT);
	}
}

static void *finish_run(void *arg)
{
	struct bulk *b = arg;

	for (int i = b->first[b->finishing]; i < b->first[b->finishing + 1]; i++)
		bulk_index_write(&b->indexes[i].index, &b->file);
	return NULL;
}

static void finish_wait(struct bulk *b)
{
	if (b->finishing >= 0)
		pthread_join(b->finisher, NULL);
	b->finishing = -1;
}

/* Rows go to TABLE from now on. Without a thread the table left stays as it is:
 * bulk_close writes its indexes. */
static void change_table(struct bulk *b, int table)
{
	int left = b->current;

	b->current = table;
	if (left < 0 || b->tables[left].rows < FINISH_ROWS)
		return;
	finish_wait(b);
	b->finishing = left;
	if (pthread_create(&b->finisher, NULL, finish_run, b) == 0)
		b->finished[left] = true;
	else
		b->finishing = -1;
}

bool bulk_add(struct bulk *b, int table, const struct bulk_row *r,
	      struct err *err)
{
	struct table *t = &b->tables[table];
	int64_t row = r->values[0].kind == BULK_INT ? r->values[0].number
						    : t->rows + 1;

	if (row <= t->rows || row > UINT32_MAX || b->finished[table])
		return err_set(err, "%s: row %lld of %s was derived after %lld",
			       b->path, (long long)row, t->name,
			       (long long)t->rows);
	if (table != b->current)
		change_table(b, table);
	t->rows = row;
	strbuf_reset(&t->tree.payload);
	make_record(&b->record, r);
	bulk_record_end(&b->record, &t->tree.payload);
	bulk_tree_add(&t->tree, row, strbuf_slice(&t->tree.payload));
	for (int i = b->first[table]; i < b->first[table + 1]; i++) {
		struct index_of *x = &b->indexes[i];
		const struct bulk_value *v[2] = {&r->values[x->columns[0]],
						 &r->values[x->columns[1]]};

		if (holds(x, r) && !bulk_index_add(&x->index, v, row))
			return err_set(err, "%s: %s has too much to be sorted",
				       b->path, t->name);
	}
	return true;
}

static void *write_indexes(void *arg)
{
	struct bulk *b = arg;
	int i;

	while ((i = atomic_fetch_add(&b->next, 1)) < b->nindexes)
		if (!b->finished[b->indexes[i].table])
			bulk_index_write(&b->indexes[i].index, &b->file);
	return NULL;
}

static void release(struct bulk *b)
{
	finish_wait(b);
	for (int i = 0; i < b->ntables; i++)
		bulk_tree_release(&b->tables[i].tree);
	for (int i = 0; i < b->nindexes; i++)
		bulk_index_release(&b->indexes[i].index);
	bulk_record_release(&b->record);
	strbuf_release(&b->file.waiting);
	pthread_mutex_destroy(&b->file.lock);
	if (b->file.fd >= 0)
		close(b->file.fd);
	free(b->path);
	free(b);
}

bool bulk_close(struct bulk *b, struct err *err)
{
	pthread_t helper;
	bool helped = pthread_create(&helper, NULL, write_indexes, b) == 0;
	bool good;

	for (int i = 0; i < b->ntables; i++)
		bulk_tree_end(&b->tables[i].tree);
	write_indexes(b);
	finish_wait(b);
	if (helped)
		pthread_join(helper, NULL);
	bulk_file_flush(&b->file);
	good = !b->file.error && write_header(b);
	if (!good)
		err_set(err, "cannot write %s: %s", b->path,
			strerror(b->file.error ? b->file.error : errno));
	release(b);
	return good;
}

void bulk_abort(struct bulk *b)
{
	if (b)
		release(b);
}
