/* SPDX-License-Identifier: MIT */
/* Evidence files as they are opened, read, hashed and read again. */
#include "base/civil.h"
#include "tests/packing.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PART 10007 /* no divisor of any buffer */

static void sha256_gives_known_sums(void **state)
{
	struct sha256 *s = sha256_new();
	struct strbuf hex = { 0 };
	uint8_t sum[SHA256_BYTES];

	(void)state;
	sha256_add(s, "a", 1);
	sha256_sum(s, sum); /* a sum in between changes nothing */
	sha256_add(s, "bc", 2);
	sha256_sum(s, sum);
	sha256_print(sum, &hex);
	assert_string_equal(strbuf_text(&hex),
	                    "ba7816bf8f01cfea414140de5dae2223"
	                    "b00361a396177a9cb410ff61f20015ad");
	strbuf_release(&hex);
	sha256_free(s);
}

static void plain_file(void **state)
{
	struct strbuf log = packing_some_log(5000);
	struct streams g;

	(void)state;
	packing_put("plain", log.ptr, log.len);
	packing_read_all("plain", &g);
	assert_int_equal(g.n, 1);
	packing_whole("plain", &g, 0, "", strbuf_slice(&log));
	assert_int_equal(g.list[0].item.kept, EVIDENCE_PLAIN);
	assert_true(g.list[0].sum.file_sha256_known);
	assert_true(g.list[0].item.inode != 0);
	assert_true(g.list[0].item.mtime > 0);
	packing_release(&g);
	packing_put("empty", "", 0);
	packing_read_all("empty", &g);
	assert_int_equal(g.n, 1);
	packing_whole("empty", &g, 0, "", SLICE(""));
	packing_release(&g);
	packing_put("zeros", "\0\0a\0\n", 5);
	packing_read_all("zeros", &g);
	packing_whole("zeros", &g, 0, "", SLICE("\0\0a\0\n"));
	packing_release(&g);
	strbuf_release(&log);
}

/* Neither name nor word decides. */
static void names_lie(void **state)
{
	struct strbuf log = packing_some_log(40);
	struct streams g;

	(void)state;
	memcpy(log.ptr + 257, "ustar", 5);
	packing_put("log.gz", log.ptr, log.len);
	packing_read_all("log.gz", &g);
	packing_whole("log.gz", &g, 0, "", strbuf_slice(&log));
	assert_int_equal(g.list[0].item.kept, EVIDENCE_PLAIN);
	packing_release(&g);
	packing_pack_one("log.txt", ARCHIVE_FILTER_GZIP, strbuf_slice(&log));
	packing_read_all("log.txt", &g);
	packing_whole("log.txt", &g, 0, "", strbuf_slice(&log));
	assert_int_equal(g.list[0].item.kept, EVIDENCE_UNPACKED);
	packing_release(&g);
	strbuf_release(&log);
}

static void growing_and_shrinking(void **state)
{
	struct strbuf log = packing_some_log(5000);
	struct evidence_item item;
	struct evidence_sum sum;
	struct evidence *e;
	char buf[PART];
	size_t n, total = 0;
	FILE *f;

	(void)state;
	packing_put("grows", log.ptr, log.len);
	e = evidence_open(packing_at("grows"), NULL, NULL);
	assert_true(evidence_next(e, &item));
	f = fopen(packing_at("grows"), "ab");
	fputs("one line more\n", f);
	fclose(f);
	while ((n = evidence_read(e, buf, sizeof buf)))
		total += n;
	evidence_sum(e, &sum);
	assert_int_equal(total, log.len);
	assert_int_equal(sum.state, EVIDENCE_OK);
	packing_sha_is(sum.file_sha256, strbuf_slice(&log));
	evidence_close(e);

	packing_put("shrinks", log.ptr, log.len);
	e = evidence_open(packing_at("shrinks"), NULL, NULL);
	assert_true(evidence_next(e, &item));
	assert_true(evidence_read(e, buf, sizeof buf) > 0);
	assert_int_equal(truncate(packing_at("shrinks"), 20000), 0);
	while (evidence_read(e, buf, sizeof buf))
		;
	evidence_sum(e, &sum);
	assert_int_equal(sum.state, EVIDENCE_CUT);
	assert_non_null(strstr(sum.error.text, "shorter"));
	evidence_close(e);
	strbuf_release(&log);
}

static void what_cannot_be_opened(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_null(evidence_open(packing_at("nowhere\x1b[2J"), NULL, &err));
	assert_non_null(strstr(err.text, "nowhere"));
	assert_null(strchr(err.text, 0x1b));
	assert_null(evidence_open(packing_at(""), NULL, &err));
	assert_non_null(strstr(err.text, "folder"));
	assert_int_equal(mkfifo(packing_at("fifo"), 0600), 0);
	assert_null(evidence_open(packing_at("fifo"), NULL, &err)); /* does not wait */
	assert_non_null(strstr(err.text, "FIFO"));
}

static void standard_input(void **state)
{
	struct strbuf log = packing_some_log(700);
	int keep = dup(0), fd;
	struct streams g;

	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		if (packed)
			packing_pack_one("in", ARCHIVE_FILTER_ZSTD, strbuf_slice(&log));
		else
			packing_put("in", log.ptr, log.len);
		fd = open(packing_at("in"), O_RDONLY);
		dup2(fd, 0);
		close(fd);
		packing_read_limited("-", NULL, &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.list[0].item.kept, EVIDENCE_UNPACKED);
		assert_int_equal(g.list[0].item.bytes, -1);
		assert_int_equal(g.list[0].item.mtime, TIME_NONE);
		assert_int_equal(g.list[0].text.len, log.len);
		packing_sha_is(g.list[0].sum.content_sha256, strbuf_slice(&log));
		packing_release(&g);
	}
	dup2(keep, 0);
	close(keep);
	strbuf_release(&log);
}

static void hash_and_read_again(void **state)
{
	struct evidence_file *f;
	struct cancel cancel = { 0 };
	uint8_t sha[SHA256_BYTES];
	struct err err = { 0 };
	uint64_t bytes;
	char buf[8];

	(void)state;
	packing_put("again", "0123456789", 10);
	assert_true(evidence_hash_file(packing_at("again"), sha, &bytes, NULL, &err));
	assert_int_equal(bytes, 10);
	packing_sha_is(sha, SLICE("0123456789"));
	assert_true(evidence_hash_head(packing_at("again"), 4, sha, &bytes, NULL, &err));
	assert_int_equal(bytes, 4);
	packing_sha_is(sha, SLICE("0123"));
	assert_true(evidence_hash_head(packing_at("again"), 40, sha, &bytes, NULL, &err));
	assert_int_equal(bytes, 10);
	cancel_ask(&cancel);
	assert_false(evidence_hash_file(packing_at("again"), sha, &bytes, &cancel, &err));
	assert_false(evidence_hash_file(packing_at("absent"), sha, &bytes, NULL, &err));
	f = evidence_file_open(packing_at("again"), &err);
	assert_non_null(f);
	assert_true(evidence_file_read(f, 3, buf, 4, &err));
	assert_memory_equal(buf, "3456", 4);
	assert_false(evidence_file_read(f, 8, buf, 4, &err));
	assert_non_null(strstr(err.text, "shorter"));
	evidence_file_close(f);
}

static void packed_blocks(void **state)
{
	struct strbuf log = packing_some_log(3000), packed = { 0 }, out = { 0 };
	struct err err = { 0 };
	size_t half;

	(void)state;
	strbuf_add_str(&packed, "HEAD");
	pack_block(strbuf_slice(&log), 1, &packed);
	assert_memory_equal(packed.ptr, "HEAD", 4);
	assert_true(packed.len < log.len / 2);
	strbuf_add_str(&out, "X");
	assert_true(unpack_block(slice_from(strbuf_slice(&packed), 4), log.len,
	                         &out, &err));
	assert_int_equal(out.len, log.len + 1);
	assert_memory_equal(out.ptr + 1, log.ptr, log.len);
	half = packed.len / 2;
	assert_false(unpack_block(slice_of(packed.ptr + 4, half), log.len, &out,
	                          &err));
	assert_false(unpack_block(slice_from(strbuf_slice(&packed), 4),
	                          log.len - 1, &out, &err));
	assert_false(unpack_block(SLICE("junk and more"), 100, &out, &err));
	assert_false(unpack_block(SLICE(""), 100, &out, &err));
	assert_int_equal(out.len, log.len + 1);
	strbuf_reset(&packed);
	strbuf_reset(&out);
	pack_block(SLICE(""), 3, &packed);
	assert_true(unpack_block(strbuf_slice(&packed), 0, &out, &err));
	assert_int_equal(out.len, 0);
	strbuf_release(&log);
	strbuf_release(&packed);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_known_sums),
		cmocka_unit_test(plain_file),
		cmocka_unit_test(names_lie),
		cmocka_unit_test(growing_and_shrinking),
		cmocka_unit_test(what_cannot_be_opened),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(hash_and_read_again),
		cmocka_unit_test(packed_blocks),
	};

	return cmocka_run_group_tests_name("evidence: read", tests, packing_make_dir,
	                                   packing_remove_dir);
}
