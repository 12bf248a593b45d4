/* SPDX-License-Identifier: MIT */
/* Keys sorted in memory: a radix sort by eight bytes, then whole texts where
 * these agree. */
#include "model/store/bulk_index.h"

#include "base/alloc.h"

#define UNIT 8u /* of the places of texts */

static uint64_t first_bytes(struct slice s)
{
	uint64_t key = 0;

	for (size_t i = 0; i < 8; i++)
		key = key << 8 | (i < s.len ? (unsigned char)s.ptr[i] : 0u);
	return key;
}

static size_t keep_text(struct strbuf *texts, struct slice s)
{
	size_t at = texts->len / UNIT, room = sizeof s.len + s.len;

	room = (room + UNIT - 1) / UNIT * UNIT;
	memset(strbuf_room(texts, room), 0, room);
	memcpy(texts->ptr + texts->len, &s.len, sizeof s.len);
	memcpy(texts->ptr + texts->len + sizeof s.len, s.ptr, s.len);
	texts->len += room;
	return at;
}

static struct slice text_at(const struct strbuf *texts, uint32_t at)
{
	const char *p = texts->ptr + (size_t)at * UNIT;
	size_t len;

	memcpy(&len, p, sizeof len);
	return slice_of(p + sizeof len, len);
}

bool bulk_index_add(struct bulk_index *x, const struct bulk_value *v[2],
		    int64_t row)
{
	struct bulk_keys *keys = &x->keys[v[0]->kind];
	struct bulk_key key = {.row = (uint32_t)row};

	if (row <= 0 || row > UINT32_MAX)
		return false;
	if (x->columns == 2) {
		if (v[0]->kind != BULK_INT || v[1]->kind != BULK_INT ||
		    (v[0]->number | v[1]->number) >> 31)
			return false;
		key.key = (uint64_t)v[0]->number << 32 | (uint64_t)v[1]->number;
	} else if (v[0]->kind == BULK_INT) {
		key.key = (uint64_t)v[0]->number ^ UINT64_C(1) << 63;
	} else if (v[0]->kind != BULK_NULL) {
		size_t at = keep_text(&x->texts, v[0]->text);

		if (at > UINT32_MAX)
			return false;
		key.key = first_bytes(v[0]->text);
		key.at = (uint32_t)at;
	}
	GROW(keys->list, keys->n, keys->cap);
	keys->list[keys->n++] = key;
	return true;
}

/* One pass by the byte at SHIFT; false if all agree in it. */
static bool radix_pass(const struct bulk_key *from, struct bulk_key *to,
		       size_t n, unsigned shift)
{
	size_t at[257] = {0};

	for (size_t i = 0; i < n; i++)
		at[((from[i].key >> shift) & 0xff) + 1]++;
	if (at[((from[0].key >> shift) & 0xff) + 1] == n)
		return false;
	for (unsigned b = 0; b < 256; b++)
		at[b + 1] += at[b];
	for (size_t i = 0; i < n; i++)
		to[at[(from[i].key >> shift) & 0xff]++] = from[i];
	return true;
}

static bool is_sorted(const struct bulk_keys *k)
{
	for (size_t i = 1; i < k->n; i++)
		if (k->list[i - 1].key > k->list[i].key)
			return false;
	return true;
}

/* Stable, so that equal keys stay in the order of their rows. */
static void sort_keys(struct bulk_keys *k)
{
	struct bulk_key *from = k->list, *to;

	if (is_sorted(k))
		return;
	to = mem_resize(NULL, k->n * sizeof *to);
	for (unsigned shift = 0; shift < 64; shift += 8) {
		struct bulk_key *swap = from;

		if (!radix_pass(from, to, k->n, shift))
			continue;
		from = to;
		to = swap;
	}
	k->list = from;
	k->cap = k->n;
	free(to);
}

static int text_order(const void *a, const void *b, void *arg)
{
	const struct bulk_key *x = a, *y = b;
	struct slice s = text_at(arg, x->at), t = text_at(arg, y->at);
	int order = memcmp(s.ptr, t.ptr, s.len < t.len ? s.len : t.len);

	if (!order)
		order = (s.len > t.len) - (s.len < t.len);
	return order ? order : (x->row > y->row) - (x->row < y->row);
}

static void sort_texts(struct bulk_keys *k, struct strbuf *texts)
{
	sort_keys(k);
	for (size_t i = 0, end; i < k->n; i = end) {
		for (end = i + 1; end < k->n; end++)
			if (k->list[end].key != k->list[i].key)
				break;
		if (end - i > 1)
			qsort_r(&k->list[i], end - i, sizeof *k->list,
				text_order, texts);
	}
}

static void add_value(const struct bulk_index *x, enum bulk_kind kind,
		      const struct bulk_key *k, struct bulk_record *r)
{
	switch (kind) {
	case BULK_INT:
		if (x->columns == 2) {
			bulk_record_int(r, (int64_t)(k->key >> 32));
			bulk_record_int(r, (int64_t)(uint32_t)k->key);
		} else {
			bulk_record_int(r,
					(int64_t)(k->key ^ UINT64_C(1) << 63));
		}
		break;
	case BULK_TEXT:
	case BULK_BLOB:
		bulk_record_bytes(r, text_at(&x->texts, k->at),
				  kind == BULK_TEXT);
		break;
	case BULK_NULL:
	case BULK_KINDS:
		bulk_record_null(r);
		break;
	}
	bulk_record_int(r, k->row);
}

static void write_keys(const struct bulk_index *x, enum bulk_kind kind,
		       struct bulk_tree *t)
{
	const struct bulk_keys *k = &x->keys[kind];
	struct bulk_record r = {0};

	for (size_t i = 0; i < k->n; i++) {
		strbuf_reset(&t->payload);
		add_value(x, kind, &k->list[i], &r);
		bulk_record_end(&r, &t->payload);
		bulk_tree_add(t, 0, strbuf_slice(&t->payload));
	}
	bulk_record_release(&r);
}

void bulk_index_write(struct bulk_index *x, struct bulk_file *file)
{
	struct bulk_tree t;

	sort_keys(&x->keys[BULK_INT]);
	sort_texts(&x->keys[BULK_TEXT], &x->texts);
	sort_texts(&x->keys[BULK_BLOB], &x->texts);
	bulk_tree_init(&t, file, x->root, true);
	for (unsigned kind = 0; kind < BULK_KINDS; kind++)
		write_keys(x, (enum bulk_kind)kind, &t);
	bulk_tree_end(&t);
	bulk_index_release(x);
}

void bulk_index_release(struct bulk_index *x)
{
	for (unsigned kind = 0; kind < BULK_KINDS; kind++) {
		free(x->keys[kind].list);
		x->keys[kind] = (struct bulk_keys){0};
	}
	strbuf_release(&x->texts);
}
