/* SPDX-License-Identifier: MIT */
/* The dictionary in memory, and what is made of it on first need. */
#include "base/hash.h"
#include "model/store/engine_private.h"

static void forget_derived(struct words *w)
{
	free(w->fold);
	free(w->rank);
	free(w->domain);
	free(w->domains);
	w->fold = w->rank = w->domain = NULL;
	w->domains = NULL;
	w->nfold = w->nrank = w->ndomain = 0;
}

void words_release(struct words *w)
{
	forget_derived(w);
	free(w->text);
	arena_release(&w->memory);
	*w = (struct words){ 0 };
}

static void words_put(struct words *w, uint32_t id, struct slice s)
{
	if (id >= w->cap) {
		uint32_t cap = w->cap ? w->cap * 2 : 1024;

		while (cap <= id)
			cap *= 2;
		w->text = mem_resize(w->text, cap * sizeof *w->text);
		memset(w->text + w->cap, 0, (cap - w->cap) * sizeof *w->text);
		w->cap = cap;
	}
	w->text[id] = arena_slice(&w->memory, s);
	if (id > w->n)
		w->n = id;
}

/* Words are only ever added: what was read stays true. */
bool engine_need_words(struct engine *e, struct err *err)
{
	sqlite3_stmt *q;
	int code;

	if (sql_number(e->db, "SELECT max(id) FROM word", 0) == e->words.n)
		return true;
	if (!sql_prepare(e->db, e->path,
	                 "SELECT id,text FROM word WHERE id>? ORDER BY id", &q,
	                 err))
		return false;
	sqlite3_bind_int64(q, 1, e->words.n);
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(q, 0);

		if (id > 0 && id < UINT32_MAX / 2)
			words_put(&e->words, (uint32_t)id,
			          sql_column_slice(q, 1));
	}
	sqlite3_finalize(q);
	forget_derived(&e->words);
	return code == SQLITE_DONE || engine_failed(e, err);
}

struct slice engine_word(const struct engine *e, uint32_t id)
{
	return id > 0 && id <= e->words.n ? e->words.text[id]
	                                  : slice_of(NULL, 0);
}

static uint64_t hash_nocase(struct slice s)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c |= 32;
		h = (h ^ (unsigned char)c) * 1099511628211u;
	}
	return h ^ h >> 29;
}

/* Numbers of equal texts, case ignored: open addressing over indices. */
struct fold_table {
	uint32_t *slots;
	uint32_t mask;
};

static void fold_table_init(struct fold_table *t, uint32_t n)
{
	uint32_t size = 16;

	while (size < n * 2)
		size *= 2;
	t->slots = mem_alloc(size * sizeof *t->slots);
	t->mask = size - 1;
}

/* The index of a text equal to LIST[I], I itself if it is the first. */
static uint32_t fold_table_add(struct fold_table *t, const struct slice *list,
                               uint32_t i)
{
	uint32_t at = (uint32_t)hash_nocase(list[i]) & t->mask;

	for (; t->slots[at]; at = (at + 1) & t->mask)
		if (slice_eq_nocase(list[t->slots[at]], list[i]))
			return t->slots[at];
	t->slots[at] = i;
	return i;
}

uint32_t words_fold(struct engine *e, uint32_t id)
{
	struct words *w = &e->words;
	struct fold_table t;

	if (id == 0 || id > w->n)
		return id;
	if (w->nfold != w->n) {
		free(w->fold);
		w->fold = mem_alloc((w->n + 1) * sizeof *w->fold);
		fold_table_init(&t, w->n);
		for (uint32_t i = 1; i <= w->n; i++)
			w->fold[i] = fold_table_add(&t, w->text, i);
		free(t.slots);
		w->nfold = w->n;
	}
	return w->fold[id];
}

struct ranked {
	struct slice text;
	uint32_t id;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	size_t n = x->text.len < y->text.len ? x->text.len : y->text.len;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)x->text.ptr[i];
		unsigned char d = (unsigned char)y->text.ptr[i];

		c = c >= 'A' && c <= 'Z' ? c | 32 : c;
		d = d >= 'A' && d <= 'Z' ? d | 32 : d;
		if (c != d)
			return c < d ? -1 : 1;
	}
	if (x->text.len != y->text.len)
		return x->text.len < y->text.len ? -1 : 1;
	return 0;
}

/* Equal texts but for case share a rank, so that their rows mix by id. */
uint32_t words_rank(struct engine *e, uint32_t id)
{
	struct words *w = &e->words;
	struct ranked *list;

	if (id == 0 || id > w->n)
		return 0;
	if (w->nrank == w->n)
		return w->rank[id];
	list = mem_alloc(w->n * sizeof *list);
	for (uint32_t i = 0; i < w->n; i++)
		list[i] = (struct ranked){ w->text[i + 1], i + 1 };
	qsort(list, w->n, sizeof *list, compare_ranked);
	free(w->rank);
	w->rank = mem_alloc((w->n + 1) * sizeof *w->rank);
	for (uint32_t i = 0; i < w->n; i++)
		w->rank[list[i].id] =
			i > 0 && compare_ranked(&list[i - 1], &list[i]) == 0
				? w->rank[list[i - 1].id]
				: i + 1;
	free(list);
	w->nrank = w->n;
	return w->rank[id];
}

static struct slice lower_copy(struct arena *a, struct slice s)
{
	char *text = arena_bytes(a, s.len + 1);

	for (size_t i = 0; i < s.len; i++)
		text[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'
		                  ? (char)(s.ptr[i] | 32)
		                  : s.ptr[i];
	return slice_of(text, s.len);
}

/* The part behind the @ in small letters; absent without one. */
struct slice words_domain(struct engine *e, uint32_t id)
{
	struct words *w = &e->words;
	struct fold_table t;

	if (id == 0 || id > w->n)
		return slice_of(NULL, 0);
	if (w->ndomain != w->n) {
		free(w->domain);
		free(w->domains);
		w->domain = mem_alloc((w->n + 1) * sizeof *w->domain);
		w->domains = mem_alloc((w->n + 1) * sizeof *w->domains);
		fold_table_init(&t, w->n);
		for (uint32_t i = 1; i <= w->n; i++) {
			size_t at = slice_rchr(w->text[i], '@');

			if (at == SLICE_NONE)
				continue;
			w->domains[i] = slice_from(w->text[i], at + 1);
			w->domain[i] = fold_table_add(&t, w->domains, i);
			if (w->domain[i] == i)
				w->domains[i] = lower_copy(&w->memory,
				                           w->domains[i]);
		}
		free(t.slots);
		w->ndomain = w->n;
	}
	return w->domain[id] ? w->domains[w->domain[id]] : slice_of(NULL, 0);
}
