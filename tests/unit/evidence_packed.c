/* SPDX-License-Identifier: MIT */
/* Evidence files of every packing, whole, cut and hostile. */
#include "base/alloc.h"
#include "base/civil.h"
#include "tests/packing.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2,
	                       ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
	                       ARCHIVE_FILTER_COMPRESS, ARCHIVE_FILTER_LZIP };
#define FILTERS (sizeof filters / sizeof *filters)

static void compressed_files(void **state)
{
	struct strbuf log = packing_some_log(20000);
	struct streams g;

	(void)state;
	for (size_t i = 0; i < FILTERS; i++) {
		packing_pack_one("one", filters[i], strbuf_slice(&log));
		packing_read_all("one", &g);
		assert_int_equal(g.n, 1);
		packing_whole("one", &g, 0, "", strbuf_slice(&log));
		packing_release(&g);
		if (filters[i] == ARCHIVE_FILTER_COMPRESS)
			continue; /* libarchive writes a byte too much */
		packing_pack_one("none", filters[i], SLICE(""));
		packing_read_all("none", &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.list[0].text.len, 0);
		assert_int_equal(g.list[0].sum.state, EVIDENCE_OK);
		packing_release(&g);
	}
	strbuf_release(&log);
}

/* `cat a.gz b.gz`, and the zeros of a tape behind it. */
static void streams_in_a_row(void **state)
{
	struct strbuf log = packing_some_log(3000), two = { 0 }, packed;
	char zeros[1024] = { 0 };
	struct streams g;
	size_t once;

	(void)state;
	strbuf_add_slice(&two, strbuf_slice(&log));
	strbuf_add_slice(&two, strbuf_slice(&log));
	for (size_t i = 0; i < 4; i++) {
		packing_pack_one("a", filters[i], strbuf_slice(&log));
		packed = packing_get("a");
		once = packed.len;
		strbuf_room(&packed, once); /* or it would move meanwhile */
		strbuf_add(&packed, packed.ptr, once);
		packing_put("ab", packed.ptr, packed.len);
		packing_read_all("ab", &g);
		packing_whole("ab", &g, 0, "", strbuf_slice(&two));
		packing_release(&g);
		strbuf_add(&packed, zeros, sizeof zeros);
		packing_put("ab0", packed.ptr, packed.len);
		packing_read_all("ab0", &g);
		packing_whole("ab0", &g, 0, "", strbuf_slice(&two));
		packing_release(&g);
		strbuf_add_str(&packed, "not packed");
		packing_put("abx", packed.ptr, packed.len);
		packing_read_all("abx", &g);
		packing_cut(&g.list[0], strbuf_slice(&two), two.len, "other bytes");
		packing_release(&g);
		strbuf_release(&packed);
	}
	strbuf_release(&log);
	strbuf_release(&two);
}

/* What came out before the break is kept, even of a short file. */
static void cut_streams(void **state)
{
	/* zstd and bzip2 give whole blocks of 128 and 900 KB */
	static const struct { unsigned lines; size_t lost; } kinds[] = {
		{ 600, 0 }, { 30000, 0 }, { 600, 0 }, { 30000, 128 << 10 } };
	struct strbuf log, packed;
	struct streams g;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t lost = kinds[i].lost;

		log = packing_some_log(kinds[i].lines);
		packing_pack_one("c", filters[i], strbuf_slice(&log));
		packed = packing_get("c");
		packing_put("half", packed.ptr, packed.len / 2);
		packing_read_all("half", &g);
		assert_int_equal(g.n, 1);
		packing_cut(&g.list[0], strbuf_slice(&log), log.len / 3,
		    "ends before its end");
		packing_release(&g);
		packing_put("most", packed.ptr, packed.len - 1);
		packing_read_all("most", &g);
		packing_cut(&g.list[0], strbuf_slice(&log), log.len - lost,
		    "ends before its end");
		assert_non_null(strstr(g.list[0].sum.error.text, "most"));
		packing_release(&g);
		packing_put("little", packed.ptr, 11);
		packing_read_all("little", &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.list[0].sum.state, EVIDENCE_ERROR);
		packing_release(&g);
		strbuf_release(&packed);
		strbuf_release(&log);
	}
}

static void damaged_streams(void **state)
{
	struct strbuf log = packing_some_log(600), packed;
	struct streams g;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		packing_pack_one("d", filters[i], strbuf_slice(&log));
		packed = packing_get("d");
		/* a wrong checksum: in gzip's own place of it, else in the
		 * middle of the data */
		packed.ptr[i == 0 ? packed.len - 6 : packed.len / 2] ^= 0x55;
		packing_put("d", packed.ptr, packed.len);
		packing_read_all("d", &g);
		assert_int_equal(g.n, 1);
		assert_int_not_equal(g.list[0].sum.state, EVIDENCE_OK);
		assert_non_null(strstr(g.list[0].sum.error.text, "damaged"));
		if (i == 0)
			packing_cut(&g.list[0], strbuf_slice(&log), log.len, "damaged");
		packing_release(&g);
		strbuf_release(&packed);
	}
	strbuf_release(&log);
}

static void archives(void **state)
{
	static const struct { int format, filter; } kinds[] = {
		{ ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE },
		{ ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP },
		{ ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_ZSTD },
		{ ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2 },
		{ ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ },
		{ ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE },
	};
	struct strbuf log = packing_some_log(3000), small = packing_some_log(3), gz;
	struct streams g;

	(void)state;
	packing_pack_one("inner", ARCHIVE_FILTER_GZIP, strbuf_slice(&log));
	gz = packing_get("inner");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct packing_text t[] = { { "var/", { NULL, 0 } },
			            { "var/mail.log", strbuf_slice(&small) },
			            { "var/empty", SLICE("") },
			            { "var/mail.log.1.gz", strbuf_slice(&gz) },
			            { NULL, { NULL, 0 } } };

		packing_pack("arc", kinds[i].format, kinds[i].filter, t);
		packing_read_all("arc", &g);
		assert_int_equal(g.n, 3);
		packing_whole("arc", &g, 0, "var/mail.log", strbuf_slice(&small));
		packing_whole("arc", &g, 1, "var/empty", SLICE(""));
		packing_whole("arc", &g, 2, "var/mail.log.1.gz", strbuf_slice(&log));
		assert_int_equal(g.list[0].item.kept, EVIDENCE_UNPACKED);
		if (kinds[i].format != ARCHIVE_FORMAT_ZIP)
			assert_int_equal(g.list[0].item.mtime,
			                 1394788502 * US_SECOND);
		packing_release(&g);
	}
	strbuf_release(&log);
	strbuf_release(&small);
	strbuf_release(&gz);
}

static void archive_in_archive(void **state)
{
	struct strbuf log = packing_some_log(100), tar;
	struct packing_text t[] = { { "mail.log", strbuf_slice(&log) },
		            { NULL, { NULL, 0 } } };
	struct streams g;

	(void)state;
	packing_pack("in.tgz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, t);
	tar = packing_get("in.tgz");
	t[0] = (struct packing_text){ "mx1.tgz", strbuf_slice(&tar) };
	packing_pack("out.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, t);
	packing_read_all("out.zip", &g);
	assert_int_equal(g.n, 1);
	packing_whole("out.zip", &g, 0, "mx1.tgz/mail.log", strbuf_slice(&log));
	packing_release(&g);
	strbuf_release(&tar);
	strbuf_release(&log);
}

static void too_many_layers(void **state)
{
	struct strbuf bytes = packing_some_log(5);
	struct streams g;

	(void)state;
	for (int i = 0; i < 8; i++) {
		packing_pack_one("layers", ARCHIVE_FILTER_GZIP, strbuf_slice(&bytes));
		strbuf_release(&bytes);
		bytes = packing_get("layers");
	}
	packing_read_all("layers", &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_ERROR);
	assert_non_null(strstr(g.list[0].sum.error.text, "packed more than"));
	packing_release(&g);
	strbuf_release(&bytes);
}

static void cut_archives(void **state)
{
	struct strbuf log = packing_some_log(2000), packed;
	struct packing_text t[] = { { "a", strbuf_slice(&log) },
		            { "b", strbuf_slice(&log) },
		            { NULL, { NULL, 0 } } };
	struct streams g;

	(void)state;
	for (int i = 0; i < 3; i++) {
		packing_pack("arc", i == 2 ? ARCHIVE_FORMAT_ZIP : ARCHIVE_FORMAT_TAR_USTAR,
		     i == 1 ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_NONE, t);
		packed = packing_get("arc");
		packing_put("arc", packed.ptr, packed.len * 3 / 4);
		packing_read_all("arc", &g);
		assert_int_equal(g.n, 2);
		packing_whole("arc", &g, 0, "a", strbuf_slice(&log));
		assert_string_equal(g.list[1].member, "b");
		assert_int_equal(g.list[1].sum.state, EVIDENCE_CUT);
		packing_cut(&g.list[1], strbuf_slice(&log), log.len / 10, "arc");
		packing_release(&g);
		strbuf_release(&packed);
	}
	strbuf_release(&log);
}

/* A break between two members is a stream of its own, and told. */
static void broken_header(void **state)
{
	struct strbuf log = packing_some_log(10), packed;
	struct packing_text t[] = { { "a", strbuf_slice(&log) },
		            { "b", strbuf_slice(&log) },
		            { NULL, { NULL, 0 } } };
	struct streams g;
	size_t second;

	(void)state;
	packing_pack("arc", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, t);
	packed = packing_get("arc");
	second = 512 + (log.len + 511) / 512 * 512;
	memset(packed.ptr + second, 'x', 512);
	packing_put("arc", packed.ptr, packed.len);
	packing_read_all("arc", &g);
	assert_int_equal(g.n, 2);
	packing_whole("arc", &g, 0, "a", strbuf_slice(&log));
	assert_int_equal(g.list[1].sum.state, EVIDENCE_ERROR);
	assert_non_null(strstr(g.list[1].sum.error.text, "damaged"));
	packing_release(&g);
	strbuf_release(&packed);
	strbuf_release(&log);
}

static void empty_and_refused_archives(void **state)
{
	struct packing_text none[] = { { NULL, { NULL, 0 } } };
	struct streams g;

	(void)state;
	packing_pack("empty.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, none);
	packing_read_all("empty.zip", &g);
	assert_int_equal(g.n, 1);
	packing_whole("empty.zip", &g, 0, "", SLICE(""));
	packing_release(&g);
	packing_put("x.log", "7z\xbc\xaf\x27\x1c and more", 15);
	packing_read_all("x.log", &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_ERROR);
	assert_non_null(strstr(g.list[0].sum.error.text, "7z"));
	packing_release(&g);
}

static void bombs(void **state)
{
	size_t len = (size_t)40 << 20;
	char *zeros = mem_alloc(len);
	struct evidence_limits small = { .max_bytes = 1 << 20 };
	struct evidence_limits ratio = { .ratio = 100 };
	struct streams g;

	(void)state;
	memset(zeros, 'a', len);
	packing_pack_one("bomb", ARCHIVE_FILTER_GZIP, slice_of(zeros, len));
	packing_read_limited(packing_at("bomb"), &small, &g);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_CUT);
	assert_true(g.list[0].text.len < (2 << 20));
	assert_non_null(strstr(g.list[0].sum.error.text, "limit"));
	packing_release(&g);
	packing_read_limited(packing_at("bomb"), &ratio, &g);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_CUT);
	assert_true(g.list[0].text.len < len);
	assert_non_null(strstr(g.list[0].sum.error.text, "100 times"));
	packing_release(&g);
	/* the limits are those of packed files */
	packing_put("plain", zeros, len);
	packing_read_limited(packing_at("plain"), &small, &g);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_OK);
	assert_int_equal(g.list[0].text.len, len);
	packing_release(&g);
	free(zeros);
}

/* Any prefix and any flipped byte: an answer, never a crash. */
static void hostile_bytes(void **state)
{
	struct strbuf log = packing_some_log(30), packed;
	struct packing_text t[] = { { "a", strbuf_slice(&log) },
		            { "b.gz", SLICE("\x1f\x8b\x08junk") },
		            { NULL, { NULL, 0 } } };
	struct streams g;

	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		if (kind < 4)
			packing_pack_one("h", filters[kind], strbuf_slice(&log));
		else
			packing_pack("h", kind == 4 ? ARCHIVE_FORMAT_TAR_USTAR
			                    : ARCHIVE_FORMAT_ZIP,
			     ARCHIVE_FILTER_NONE, t);
		packed = packing_get("h");
		for (size_t i = 0; i < packed.len; i += 1 + packed.len / 41) {
			packing_put("h", packed.ptr, i);
			packing_read_all("h", &g);
			packing_release(&g);
			packed.ptr[i] ^= 0xff;
			packing_put("h", packed.ptr, packed.len);
			packing_read_all("h", &g);
			packing_release(&g);
			packed.ptr[i] ^= 0xff;
		}
		strbuf_release(&packed);
	}
	strbuf_release(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compressed_files),
		cmocka_unit_test(streams_in_a_row),
		cmocka_unit_test(cut_streams),
		cmocka_unit_test(damaged_streams),
		cmocka_unit_test(archives),
		cmocka_unit_test(archive_in_archive),
		cmocka_unit_test(too_many_layers),
		cmocka_unit_test(cut_archives),
		cmocka_unit_test(broken_header),
		cmocka_unit_test(empty_and_refused_archives),
		cmocka_unit_test(bombs),
		cmocka_unit_test(hostile_bytes),
	};

	return cmocka_run_group_tests_name("evidence: packed", tests, packing_make_dir,
	                                   packing_remove_dir);
}
