/* SPDX-License-Identifier: MIT */
/* B-trees written from the leaves up. Format facts: "Database File Format" of
 * SQLite, sections 1.6 (pages, cells, overflow) and 2.1 (records). */
#include "model/store/bulk_tree.h"

#include "base/alloc.h"

#include <endian.h>
#include <errno.h>
#include <unistd.h>

#define LOCK_BYTE 0x40000000u /* the page that holds it is never used */
#define WAITING_MAX ((size_t)1 << 20)

enum { INDEX_INNER = 2, TABLE_INNER = 5, INDEX_LEAF = 10, TABLE_LEAF = 13 };

static void put16(unsigned char *p, size_t v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

static void put32(unsigned char *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static void write_at(struct bulk_file *f, const void *bytes, size_t n, off_t at)
{
	const char *from = bytes;

	while (n && !f->error) {
		ssize_t done = pwrite(f->fd, from, n, at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			f->error = done ? errno : ENOSPC;
			return;
		}
		from += done;
		at += done;
		n -= (size_t)done;
	}
}

static void flush_waiting(struct bulk_file *f)
{
	size_t n = f->waiting.len / f->size;

	write_at(f, f->waiting.ptr, f->waiting.len,
		 (off_t)(f->next - 1 - n) * f->size);
	strbuf_reset(&f->waiting);
}

void bulk_file_flush(struct bulk_file *f)
{
	pthread_mutex_lock(&f->lock);
	flush_waiting(f);
	pthread_mutex_unlock(&f->lock);
}

uint32_t bulk_file_add(struct bulk_file *f, const unsigned char *page)
{
	uint32_t number;

	pthread_mutex_lock(&f->lock);
	if (f->next == LOCK_BYTE / f->size + 1) {
		memset(strbuf_room(&f->waiting, f->size), 0, f->size);
		f->waiting.len += f->size;
		f->next++;
	}
	strbuf_add(&f->waiting, page, f->size);
	number = f->next++;
	if (f->waiting.len >= WAITING_MAX)
		flush_waiting(f);
	pthread_mutex_unlock(&f->lock);
	return number;
}

void bulk_file_put(struct bulk_file *f, uint32_t number,
		   const unsigned char *page)
{
	pthread_mutex_lock(&f->lock);
	write_at(f, page, f->size, (off_t)(number - 1) * f->size);
	pthread_mutex_unlock(&f->lock);
}

/* Seven bits a byte, most significant first; a ninth byte holds eight. */
static size_t put_varint(unsigned char out[9], uint64_t v)
{
	unsigned char back[9];
	size_t n = 0;

	if (v >> 56) {
		out[8] = (unsigned char)v;
		v >>= 8;
		for (size_t i = 8; i-- > 0; v >>= 7)
			out[i] = (unsigned char)(v | 0x80);
		return 9;
	}
	do {
		back[n++] = (unsigned char)(v & 0x7f);
		v >>= 7;
	} while (v);
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(back[n - 1 - i] |
					 (i + 1 < n ? 0x80 : 0));
	return n;
}

static void add_varint(struct strbuf *out, uint64_t v)
{
	out->len += put_varint((unsigned char *)strbuf_room(out, 9), v);
}

static inline void make_room(struct bulk_record *r, size_t len)
{
	if (r->cap - r->len >= len)
		return;
	r->cap = r->cap + r->cap / 2 + len + 256;
	r->body = mem_resize(r->body, r->cap);
}

/* Bytes of V by how many bits it takes beside its sign. */
static unsigned type_of(int64_t v)
{
	static const unsigned char types[9] = { 1, 1, 2, 3, 4, 5, 5, 6, 6 };
	uint64_t size = (uint64_t)(v < 0 ? ~v : v);

	if (size < 2 && v >= 0)
		return 8 + (unsigned)size;
	return types[(72u - (unsigned)__builtin_clzll(size | 1)) / 8];
}

void bulk_record_int(struct bulk_record *r, int64_t v)
{
	static const unsigned char widths[10] = { 0, 1, 2, 3, 4, 6, 8, 0, 0, 0 };
	unsigned type = type_of(v), width = widths[type];
	uint64_t bytes;

	r->types[r->ntypes++] = (unsigned char)type;
	r->used = r->ntypes;
	if (!width)
		return;
	make_room(r, sizeof bytes);
	bytes = htobe64((uint64_t)v << (64 - 8 * width));
	memcpy(r->body + r->len, &bytes, sizeof bytes);
	r->len += width;
}

void bulk_record_bytes(struct bulk_record *r, struct slice s, bool is_text)
{
	r->ntypes += put_varint(r->types + r->ntypes,
	                        s.len * 2 + (is_text ? 13 : 12));
	r->used = r->ntypes;
	make_room(r, s.len + 1);
	memcpy(r->body + r->len, s.ptr, s.len);
	r->len += s.len;
}

/* A missing value at the end of a record reads as NULL, as it does after ALTER
 * TABLE ADD COLUMN. */
void bulk_record_end(struct bulk_record *r, struct strbuf *out)
{
	size_t n = r->used ? r->used : 1;

	/* the header counts the bytes of its own length */
	add_varint(out, n + 1 < 128 ? n + 1 : n + 2);
	strbuf_add(out, r->types, n);
	if (r->len)
		strbuf_add(out, r->body, r->len);
	r->ntypes = r->used = r->len = 0;
}

void bulk_record_release(struct bulk_record *r)
{
	free(r->body);
}

static void node_start(struct bulk_node *n, unsigned char type)
{
	memset(n->bytes, 0, n->size);
	n->bytes[0] = type;
	n->head = type < INDEX_LEAF ? 12 : 8;
	n->top = n->size;
	n->cells = 0;
}

static bool node_fits(const struct bulk_node *n, size_t len)
{
	return n->head + 2 * (n->cells + 1) + len <= n->top;
}

/* Room for a cell of LEN bytes. */
static unsigned char *node_put(struct bulk_node *n, size_t len)
{
	n->top -= len;
	put16(n->bytes + n->head + 2 * n->cells, n->top);
	n->cells++;
	return n->bytes + n->top;
}

/* Takes the last cell out again; where it stands until the next one. */
static const unsigned char *node_take(struct bulk_node *n, size_t *len)
{
	const unsigned char *cell = n->bytes + n->top;
	size_t before = n->size;

	n->cells--;
	if (n->cells) {
		const unsigned char *p =
			n->bytes + n->head + 2 * (n->cells - 1);

		before = (size_t)p[0] << 8 | p[1];
	}
	*len = before - n->top;
	put16(n->bytes + n->head + 2 * n->cells, 0);
	n->top = before;
	return cell;
}

static void node_end(struct bulk_node *n, uint32_t right)
{
	put16(n->bytes + 3, n->cells);
	put16(n->bytes + 5, n->top); /* 65536 is written as 0 */
	if (n->head == 12)
		put32(n->bytes + 8, right);
}

static void level_page(struct bulk_level *l, uint32_t page)
{
	GROW(l->pages, l->n, l->cap);
	l->pages[l->n++] = page;
}

static void level_cell(struct bulk_level *l, const void *cell, size_t len)
{
	strbuf_add(&l->cells, cell, len);
	GROW(l->ends, l->nends, l->cends);
	l->ends[l->nends++] = l->cells.len;
}

static struct slice level_get(const struct bulk_level *l, size_t i)
{
	size_t from = i ? l->ends[i - 1] : 0;

	return slice_of(l->cells.ptr + from, l->ends[i] - from);
}

static void level_release(struct bulk_level *l)
{
	free(l->pages);
	free(l->ends);
	strbuf_release(&l->cells);
	*l = (struct bulk_level){0};
}

void bulk_tree_init(struct bulk_tree *t, struct bulk_file *file, uint32_t root,
		    bool is_index)
{
	*t = (struct bulk_tree){
		.file = file, .root = root, .is_index = is_index};
	t->leaf.size = file->size;
	t->leaf.bytes = mem_alloc(file->size);
	node_start(&t->leaf, is_index ? INDEX_LEAF : TABLE_LEAF);
}

void bulk_tree_release(struct bulk_tree *t)
{
	free(t->leaf.bytes);
	level_release(&t->above);
	strbuf_release(&t->cell);
	strbuf_release(&t->payload);
	*t = (struct bulk_tree){0};
}

/* How many bytes of a payload stay in its page. */
static size_t local_part(const struct bulk_tree *t, size_t n)
{
	size_t u = t->file->size;
	size_t most = t->is_index ? (u - 12) * 64 / 255 - 23 : u - 35;
	size_t least = (u - 12) * 32 / 255 - 23, k;

	if (n <= most)
		return n;
	k = least + (n - least) % (u - 4);
	return k <= most ? k : least;
}

/* Writes the chain from its end; the number of its first page. */
static uint32_t spill(struct bulk_file *f, struct slice s)
{
	size_t each = f->size - 4;
	unsigned char *page = mem_alloc(f->size);
	uint32_t next = 0;

	for (size_t i = (s.len + each - 1) / each; i-- > 0;) {
		struct slice part = slice_to(slice_from(s, i * each), each);

		memset(page, 0, f->size);
		put32(page, next);
		memcpy(page + 4, part.ptr, part.len);
		next = bulk_file_add(f, page);
	}
	free(page);
	return next;
}

static void make_cell(struct bulk_tree *t, int64_t row, struct slice payload)
{
	size_t local = local_part(t, payload.len);

	strbuf_reset(&t->cell);
	add_varint(&t->cell, payload.len);
	if (!t->is_index)
		add_varint(&t->cell, (uint64_t)row);
	strbuf_add(&t->cell, payload.ptr, local);
	if (local < payload.len) {
		uint32_t first = spill(t->file, slice_from(payload, local));

		put32((unsigned char *)strbuf_room(&t->cell, 4), first);
		t->cell.len += 4;
	}
}

static void leaf_end(struct bulk_tree *t)
{
	node_end(&t->leaf, 0);
	level_page(&t->above, bulk_file_add(t->file, t->leaf.bytes));
	node_start(&t->leaf, t->is_index ? INDEX_LEAF : TABLE_LEAF);
}

/* Puts the waiting cell into its place: a leaf or, in an index that has a full
 * leaf and more to come, the level above. */
static void settle(struct bulk_tree *t, bool more)
{
	struct slice cell = strbuf_slice(&t->cell);

	if (!cell.len)
		return;
	if (node_fits(&t->leaf, cell.len)) {
		memcpy(node_put(&t->leaf, cell.len), cell.ptr, cell.len);
		return;
	}
	if (t->is_index && more) {
		leaf_end(t);
		level_cell(&t->above, cell.ptr, cell.len);
		return;
	}
	if (t->is_index) {
		size_t len;
		const unsigned char *up = node_take(&t->leaf, &len);

		level_cell(&t->above, up, len);
		leaf_end(t);
	} else {
		unsigned char key[9];

		level_cell(&t->above, key,
			   put_varint(key, (uint64_t)t->row_before));
		leaf_end(t);
	}
	memcpy(node_put(&t->leaf, cell.len), cell.ptr, cell.len);
}

void bulk_tree_add(struct bulk_tree *t, int64_t row, struct slice payload)
{
	settle(t, true);
	t->row_before = t->row;
	t->row = row;
	make_cell(t, row, payload);
}

/* Fills NODE from page I of L on; the page that stands at its right end. A page
 * alone is no node, so the last one must not remain alone. */
static size_t fill(struct bulk_node *node, const struct bulk_level *l, size_t i)
{
	for (; i + 1 < l->n; i++) {
		struct slice cell = level_get(l, i);
		unsigned char *to;

		if (!node_fits(node, 4 + cell.len))
			break;
		to = node_put(node, 4 + cell.len);
		put32(to, l->pages[i]);
		memcpy(to + 4, cell.ptr, cell.len);
	}
	if (i + 2 == l->n) {
		size_t len;

		node_take(node, &len);
		i--;
	}
	node_end(node, l->pages[i]);
	return i;
}

/* The level above L; L becomes it. False: the root is written. */
static bool climb(struct bulk_tree *t)
{
	struct bulk_level *l = &t->above, up = {0};
	unsigned char type = t->is_index ? INDEX_INNER : TABLE_INNER;

	for (size_t i = 0; i < l->n; i++) {
		size_t first = i;

		node_start(&t->leaf, type);
		i = fill(&t->leaf, l, i);
		if (!first && i + 1 == l->n) {
			bulk_file_put(t->file, t->root, t->leaf.bytes);
			return false;
		}
		level_page(&up, bulk_file_add(t->file, t->leaf.bytes));
		if (i + 1 < l->n) {
			struct slice cell = level_get(l, i);

			level_cell(&up, cell.ptr, cell.len);
		}
	}
	level_release(l);
	*l = up;
	return true;
}

void bulk_tree_end(struct bulk_tree *t)
{
	settle(t, false);
	if (t->above.n) {
		leaf_end(t);
		while (climb(t))
			;
	} else {
		node_end(&t->leaf, 0);
		bulk_file_put(t->file, t->root, t->leaf.bytes);
	}
	bulk_tree_release(t);
}
