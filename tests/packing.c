/* SPDX-License-Identifier: MIT */
/* Evidence files packed for tests in a scratch folder, and read again. */
#include "tests/packing.h"

#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define PART 10007 /* no divisor of any buffer */

static char dir[4096];

const char *packing_at(const char *name)
{
	static char paths[4][4200];
	static unsigned next;
	char *p = paths[next++ % 4];

	snprintf(p, sizeof paths[0], "%s/%s", dir, name);
	return p;
}

void packing_put(const char *name, const void *bytes, size_t len)
{
	FILE *f = fopen(packing_at(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

struct strbuf packing_get(const char *name)
{
	struct strbuf b = { 0 };
	FILE *f = fopen(packing_at(name), "rb");
	char buf[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		strbuf_add(&b, buf, n);
	fclose(f);
	return b;
}

struct strbuf packing_some_log(unsigned lines)
{
	struct strbuf b = { 0 };
	uint32_t x = 12345;

	for (unsigned i = 0; i < lines; i++) {
		x = x * 1664525 + 1013904223;
		strbuf_addf(&b, "Mar 14 09:%02u:%02u mx postfix/smtp[%u]: %08X: "
		            "to=<u%u@example.com>, status=sent\n", i / 60 % 60,
		            i % 60, x % 30000, x, x >> 20);
	}
	return b;
}

void packing_pack(const char *name, int format, int filter,
                 const struct packing_text *texts)
{
	struct archive *a = archive_write_new();

	assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_filename(a, packing_at(name)), ARCHIVE_OK);
	for (; texts->name; texts++) {
		struct archive_entry *e = archive_entry_new();
		size_t len = strlen(texts->name);

		archive_entry_set_pathname(e, texts->name);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_mtime(e, 1394788502, 0);
		if (texts->name[len - 1] == '/')
			archive_entry_set_filetype(e, AE_IFDIR);
		else
			archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_size(e, (la_int64_t)texts->bytes.len);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(a, texts->bytes.ptr,
		                                    texts->bytes.len),
		                 texts->bytes.len);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

void packing_pack_one(const char *name, int filter, struct slice bytes)
{
	struct packing_text t[] = { { "x", bytes }, { NULL, { NULL, 0 } } };

	packing_pack(name, ARCHIVE_FORMAT_RAW, filter, t);
}

void packing_read_limited(const char *path, const struct evidence_limits *limits,
                         struct streams *g)
{
	struct err err = { 0 };
	struct evidence *e = evidence_open(path, limits, &err);
	struct evidence_sum whole;
	char buf[PART];
	size_t n;

	memset(g, 0, sizeof *g);
	assert_non_null(e);
	while (evidence_next(e, &g->list[g->n].item)) {
		struct stream *got = &g->list[g->n++];

		assert_true(g->n < 16);
		snprintf(got->member, sizeof got->member, "%s",
		         got->item.member);
		while ((n = evidence_read(e, buf, sizeof buf)) > 0)
			strbuf_add(&got->text, buf, n);
		evidence_sum(e, &got->sum);
	}
	evidence_finish(e, &whole);
	for (size_t i = 0; i < g->n; i++)
		g->list[i].whole = whole;
	evidence_close(e);
}

void packing_read_all(const char *name, struct streams *g)
{
	packing_read_limited(packing_at(name), NULL, g);
}

void packing_release(struct streams *g)
{
	for (size_t i = 0; i < g->n; i++)
		strbuf_release(&g->list[i].text);
}

void packing_sha_is(const uint8_t *sha, struct slice bytes)
{
	struct sha256 *s = sha256_new();
	uint8_t want[SHA256_BYTES];

	sha256_add(s, bytes.ptr, bytes.len);
	sha256_sum(s, want);
	sha256_free(s);
	assert_memory_equal(sha, want, SHA256_BYTES);
}

void packing_whole(const char *file, const struct streams *g, size_t i,
                  const char *member, struct slice text)
{
	const struct stream *got = &g->list[i];
	struct strbuf bytes = packing_get(file);

	assert_true(i < g->n);
	assert_string_equal(got->member, member);
	assert_int_equal(got->sum.state, EVIDENCE_OK);
	assert_int_equal(got->text.len, text.len);
	assert_true(slice_eq(strbuf_slice(&got->text), text));
	assert_int_equal(got->sum.content_bytes, text.len);
	packing_sha_is(got->sum.content_sha256, text);
	packing_sha_is(got->whole.file_sha256, strbuf_slice(&bytes));
	assert_int_equal(got->whole.file_bytes, bytes.len);
	assert_int_equal(got->item.bytes, bytes.len);
	strbuf_release(&bytes);
}

void packing_cut(const struct stream *got, struct slice full, size_t least,
                const char *why)
{
	assert_int_equal(got->sum.state, EVIDENCE_CUT);
	assert_true(got->text.len >= least && got->text.len <= full.len);
	assert_memory_equal(got->text.ptr, full.ptr, got->text.len);
	assert_non_null(strstr(got->sum.error.text, why));
	packing_sha_is(got->sum.content_sha256, strbuf_slice(&got->text));
}

int packing_make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof dir, "%s/evidence.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(dir) ? 0 : -1;
}

int packing_remove_dir(void **state)
{
	struct evidence_list l;
	const char *paths[] = { dir };

	(void)state;
	evidence_find(paths, 1, &l, NULL, NULL);
	for (size_t i = 0; i < l.n; i++)
		unlink(l.paths[i]);
	evidence_list_release(&l);
	unlink(packing_at("fifo"));
	return rmdir(dir);
}
