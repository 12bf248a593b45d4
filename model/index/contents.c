/* SPDX-License-Identifier: MIT */
/* The same bytes twice are read once. A file is hashed beforehand only if its
 * length, or its first and last bytes, make it likely that they are known. */
#include "model/index/private.h"

#include "base/alloc.h"

#define BLOCK ((size_t)1 << 20)

void contents_add(struct contents *c, uint64_t length,
                  const uint8_t sha256[SHA256_BYTES], const char *path)
{
	struct content *new;

	if (!length)
		return;
	GROW(c->list, c->n, c->cap);
	new = &c->list[c->n++];
	*new = (struct content){ .length = length };
	memcpy(new->sha256, sha256, SHA256_BYTES);
	new->path = path ? mem_text(path) : NULL;
}

void contents_release(struct contents *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->list[i].path);
		free((char *)(uintptr_t)c->list[i].head.ptr);
	}
	free(c->list);
	*c = (struct contents){ 0 };
}

static void load_one(void *arg, uint32_t source, uint64_t length,
                     const uint8_t sha256[SHA256_BYTES])
{
	struct indexer *x = arg;
	const char *path = NULL;

	for (size_t i = 0; i < x->known.n; i++)
		if (x->known.list[i].id == source &&
		    x->known.list[i].kept == EVIDENCE_PLAIN)
			path = x->known.list[i].path;
	contents_add(&x->contents, length, sha256, path);
}

bool contents_load(struct indexer *x, struct err *err)
{
	return store_each_content(x->store, load_one, x, err);
}

/* LENGTH bytes at OFFSET of both files are the same. */
static bool same_bytes(const char *a, const char *b, uint64_t offset,
                       size_t length)
{
	struct evidence_file *fa = evidence_file_open(a, NULL);
	struct evidence_file *fb = evidence_file_open(b, NULL);
	char *ba = mem_alloc(length + 1), *bb = mem_alloc(length + 1);
	bool same = fa && fb &&
	            evidence_file_read(fa, offset, ba, length, NULL) &&
	            evidence_file_read(fb, offset, bb, length, NULL) &&
	            memcmp(ba, bb, length) == 0;

	free(ba);
	free(bb);
	evidence_file_close(fa);
	evidence_file_close(fb);
	return same;
}

static struct slice read_head(const char *path, uint64_t length)
{
	struct evidence_file *f = evidence_file_open(path, NULL);
	size_t n = length < CONTENT_HEAD ? (size_t)length : CONTENT_HEAD;
	char *bytes = mem_alloc(CONTENT_HEAD);

	if (!f || !evidence_file_read(f, 0, bytes, n, NULL))
		n = 0;
	evidence_file_close(f);
	return slice_of(bytes, n);
}

/* Its first bytes are HEAD: of most files these differ already. */
static bool head_fits(struct content *c, struct slice head)
{
	if (!c->head_read) {
		c->head_read = true;
		c->head = read_head(c->path, c->length);
	}
	return head.len && slice_starts(c->head, head);
}

/* The beginning of C, a longer plain file, may be PATH. */
static bool may_be_prefix(struct content *c, const char *path, uint64_t length,
                          struct slice head)
{
	size_t tail = length < 4096 ? (size_t)length : 4096;

	return c->path && c->length > length && strcmp(c->path, path) != 0 &&
	       head_fits(c, head) &&
	       same_bytes(path, c->path, length - tail, tail);
}

static bool worth_hashing(struct contents *c, const char *path, uint64_t length)
{
	struct slice head = read_head(path, length);
	bool worth = false;

	for (size_t i = 0; i < c->n && !worth; i++)
		worth = c->list[i].length == length ||
		        may_be_prefix(&c->list[i], path, length, head);
	free((char *)(uintptr_t)head.ptr);
	return worth;
}

static uint64_t count_lines(const char *buf, size_t n, char *last)
{
	uint64_t lines = 0;

	for (const char *p = buf, *end = buf + n;
	     (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	*last = buf[n - 1];
	return lines;
}

/* Hashes PATH as it is read otherwise, and counts its lines. */
static bool sum_file(const char *path, struct evidence_sum *sum,
                     uint64_t *lines, struct cancel *cancel)
{
	struct evidence *e = evidence_open(path, NULL, NULL);
	struct evidence_item item;
	char *buf = mem_alloc(BLOCK), last = '\n';
	bool ok = e && evidence_next(e, &item) && item.kept == EVIDENCE_PLAIN;
	size_t n;

	*lines = 0;
	while (ok && (n = evidence_read(e, buf, BLOCK)) > 0) {
		*lines += count_lines(buf, n, &last);
		ok = !cancel_asked(cancel);
	}
	if (ok) {
		evidence_sum(e, sum);
		*lines += last != '\n';
	}
	evidence_close(e);
	free(buf);
	return ok && sum->state == EVIDENCE_OK;
}

static bool is_prefix(const struct content *c,
                      const struct evidence_sum *sum, struct cancel *cancel)
{
	uint8_t sha[SHA256_BYTES];
	uint64_t bytes;

	return evidence_hash_head(c->path, sum->content_bytes, sha, &bytes,
	                          cancel, NULL) &&
	       bytes == sum->content_bytes &&
	       memcmp(sha, sum->content_sha256, SHA256_BYTES) == 0;
}

bool contents_find(struct contents *c, const char *path, uint64_t length,
                   struct evidence_sum *sum, uint64_t *lines,
                   const struct content **of, struct cancel *cancel)
{
	struct slice head;
	bool found = false;

	if (!length || !worth_hashing(c, path, length) ||
	    !sum_file(path, sum, lines, cancel))
		return false;
	for (size_t i = 0; i < c->n; i++) {
		*of = &c->list[i];
		if ((*of)->length == sum->content_bytes &&
		    memcmp((*of)->sha256, sum->content_sha256,
		           SHA256_BYTES) == 0)
			return true;
	}
	head = read_head(path, length);
	for (size_t i = 0; i < c->n && !found; i++) {
		*of = &c->list[i];
		found = may_be_prefix(&c->list[i], path, length, head) &&
		        is_prefix(*of, sum, cancel);
	}
	free((char *)(uintptr_t)head.ptr);
	return found;
}
