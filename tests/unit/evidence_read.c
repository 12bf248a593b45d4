/* SPDX-License-Identifier: MIT */
/* Evidence files of every packing, whole, cut and hostile. */
#include "base/alloc.h"
#include "base/civil.h"
#include "model/evidence/evidence.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PART 10007 /* no divisor of any buffer */

/* One stream as it was read. */
struct got {
	char member[128];
	struct strbuf text;
	struct evidence_sum sum, whole;
	struct evidence_item item;
};
struct gots {
	struct got list[16];
	size_t n;
};

static char dir[4096];

static const char *at(const char *name)
{
	static char paths[4][4200];
	static unsigned next;
	char *p = paths[next++ % 4];

	snprintf(p, sizeof paths[0], "%s/%s", dir, name);
	return p;
}

static void put(const char *name, const void *bytes, size_t len)
{
	FILE *f = fopen(at(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static struct strbuf get(const char *name)
{
	struct strbuf b = { 0 };
	FILE *f = fopen(at(name), "rb");
	char buf[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		strbuf_add(&b, buf, n);
	fclose(f);
	return b;
}

/* LINES log lines that do not pack away to nothing. */
static struct strbuf some_log(unsigned lines)
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

/* Writes NAME by libarchive; a NULL text ends the members. */
struct text {
	const char *name;
	struct slice bytes;
};
static void pack(const char *name, int format, int filter,
                 const struct text *texts)
{
	struct archive *a = archive_write_new();

	assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_filename(a, at(name)), ARCHIVE_OK);
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

static void pack_one(const char *name, int filter, struct slice bytes)
{
	struct text t[] = { { "x", bytes }, { NULL, { NULL, 0 } } };

	pack(name, ARCHIVE_FORMAT_RAW, filter, t);
}

static void read_limited(const char *path, const struct evidence_limits *limits,
                         struct gots *g)
{
	struct err err = { 0 };
	struct evidence *e = evidence_open(path, limits, &err);
	struct evidence_sum whole;
	char buf[PART];
	size_t n;

	memset(g, 0, sizeof *g);
	assert_non_null(e);
	while (evidence_next(e, &g->list[g->n].item)) {
		struct got *got = &g->list[g->n++];

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

static void read_all(const char *name, struct gots *g)
{
	read_limited(at(name), NULL, g);
}

static void release(struct gots *g)
{
	for (size_t i = 0; i < g->n; i++)
		strbuf_release(&g->list[i].text);
}

static void sha_is(const uint8_t *sha, struct slice bytes)
{
	struct sha256 *s = sha256_new();
	uint8_t want[SHA256_BYTES];

	sha256_add(s, bytes.ptr, bytes.len);
	sha256_sum(s, want);
	sha256_free(s);
	assert_memory_equal(sha, want, SHA256_BYTES);
}

/* Stream I is whole, is TEXT, and its hashes are right. */
static void whole(const char *file, const struct gots *g, size_t i,
                  const char *member, struct slice text)
{
	const struct got *got = &g->list[i];
	struct strbuf bytes = get(file);

	assert_true(i < g->n);
	assert_string_equal(got->member, member);
	assert_int_equal(got->sum.state, EVIDENCE_OK);
	assert_int_equal(got->text.len, text.len);
	assert_true(slice_eq(strbuf_slice(&got->text), text));
	assert_int_equal(got->sum.content_bytes, text.len);
	sha_is(got->sum.content_sha256, text);
	sha_is(got->whole.file_sha256, strbuf_slice(&bytes));
	assert_int_equal(got->whole.file_bytes, bytes.len);
	assert_int_equal(got->item.bytes, bytes.len);
	strbuf_release(&bytes);
}

static void cut(const struct got *got, struct slice full, size_t least,
                const char *why)
{
	assert_int_equal(got->sum.state, EVIDENCE_CUT);
	assert_true(got->text.len >= least && got->text.len <= full.len);
	assert_memory_equal(got->text.ptr, full.ptr, got->text.len);
	assert_non_null(strstr(got->sum.error.text, why));
	sha_is(got->sum.content_sha256, strbuf_slice(&got->text));
}

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
	struct strbuf log = some_log(5000);
	struct gots g;

	(void)state;
	put("plain", log.ptr, log.len);
	read_all("plain", &g);
	assert_int_equal(g.n, 1);
	whole("plain", &g, 0, "", strbuf_slice(&log));
	assert_int_equal(g.list[0].item.kept, EVIDENCE_PLAIN);
	assert_true(g.list[0].sum.file_sha256_known);
	assert_true(g.list[0].item.inode != 0);
	assert_true(g.list[0].item.mtime > 0);
	release(&g);
	put("empty", "", 0);
	read_all("empty", &g);
	assert_int_equal(g.n, 1);
	whole("empty", &g, 0, "", SLICE(""));
	release(&g);
	put("zeros", "\0\0a\0\n", 5);
	read_all("zeros", &g);
	whole("zeros", &g, 0, "", SLICE("\0\0a\0\n"));
	release(&g);
	strbuf_release(&log);
}

/* Neither name nor word decides. */
static void names_lie(void **state)
{
	struct strbuf log = some_log(40);
	struct gots g;

	(void)state;
	memcpy(log.ptr + 257, "ustar", 5);
	put("log.gz", log.ptr, log.len);
	read_all("log.gz", &g);
	whole("log.gz", &g, 0, "", strbuf_slice(&log));
	assert_int_equal(g.list[0].item.kept, EVIDENCE_PLAIN);
	release(&g);
	pack_one("log.txt", ARCHIVE_FILTER_GZIP, strbuf_slice(&log));
	read_all("log.txt", &g);
	whole("log.txt", &g, 0, "", strbuf_slice(&log));
	assert_int_equal(g.list[0].item.kept, EVIDENCE_UNPACKED);
	release(&g);
	strbuf_release(&log);
}

static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2,
	                       ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD,
	                       ARCHIVE_FILTER_COMPRESS, ARCHIVE_FILTER_LZIP };
#define FILTERS (sizeof filters / sizeof *filters)

static void compressed_files(void **state)
{
	struct strbuf log = some_log(20000);
	struct gots g;

	(void)state;
	for (size_t i = 0; i < FILTERS; i++) {
		pack_one("one", filters[i], strbuf_slice(&log));
		read_all("one", &g);
		assert_int_equal(g.n, 1);
		whole("one", &g, 0, "", strbuf_slice(&log));
		release(&g);
		if (filters[i] == ARCHIVE_FILTER_COMPRESS)
			continue; /* libarchive writes a byte too much */
		pack_one("none", filters[i], SLICE(""));
		read_all("none", &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.list[0].text.len, 0);
		assert_int_equal(g.list[0].sum.state, EVIDENCE_OK);
		release(&g);
	}
	strbuf_release(&log);
}

/* `cat a.gz b.gz`, and the zeros of a tape behind it. */
static void streams_in_a_row(void **state)
{
	struct strbuf log = some_log(3000), two = { 0 }, packed;
	char zeros[1024] = { 0 };
	struct gots g;
	size_t once;

	(void)state;
	strbuf_add_slice(&two, strbuf_slice(&log));
	strbuf_add_slice(&two, strbuf_slice(&log));
	for (size_t i = 0; i < 4; i++) {
		pack_one("a", filters[i], strbuf_slice(&log));
		packed = get("a");
		once = packed.len;
		strbuf_room(&packed, once); /* or it would move meanwhile */
		strbuf_add(&packed, packed.ptr, once);
		put("ab", packed.ptr, packed.len);
		read_all("ab", &g);
		whole("ab", &g, 0, "", strbuf_slice(&two));
		release(&g);
		strbuf_add(&packed, zeros, sizeof zeros);
		put("ab0", packed.ptr, packed.len);
		read_all("ab0", &g);
		whole("ab0", &g, 0, "", strbuf_slice(&two));
		release(&g);
		strbuf_add_str(&packed, "not packed");
		put("abx", packed.ptr, packed.len);
		read_all("abx", &g);
		cut(&g.list[0], strbuf_slice(&two), two.len, "other bytes");
		release(&g);
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
	struct gots g;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t lost = kinds[i].lost;

		log = some_log(kinds[i].lines);
		pack_one("c", filters[i], strbuf_slice(&log));
		packed = get("c");
		put("half", packed.ptr, packed.len / 2);
		read_all("half", &g);
		assert_int_equal(g.n, 1);
		cut(&g.list[0], strbuf_slice(&log), log.len / 3,
		    "ends before its end");
		release(&g);
		put("most", packed.ptr, packed.len - 1);
		read_all("most", &g);
		cut(&g.list[0], strbuf_slice(&log), log.len - lost,
		    "ends before its end");
		assert_non_null(strstr(g.list[0].sum.error.text, "most"));
		release(&g);
		put("little", packed.ptr, 11);
		read_all("little", &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.list[0].sum.state, EVIDENCE_ERROR);
		release(&g);
		strbuf_release(&packed);
		strbuf_release(&log);
	}
}

static void damaged_streams(void **state)
{
	struct strbuf log = some_log(600), packed;
	struct gots g;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		pack_one("d", filters[i], strbuf_slice(&log));
		packed = get("d");
		/* a wrong checksum: in gzip's own place of it, else in the
		 * middle of the data */
		packed.ptr[i == 0 ? packed.len - 6 : packed.len / 2] ^= 0x55;
		put("d", packed.ptr, packed.len);
		read_all("d", &g);
		assert_int_equal(g.n, 1);
		assert_int_not_equal(g.list[0].sum.state, EVIDENCE_OK);
		assert_non_null(strstr(g.list[0].sum.error.text, "damaged"));
		if (i == 0)
			cut(&g.list[0], strbuf_slice(&log), log.len, "damaged");
		release(&g);
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
	struct strbuf log = some_log(3000), small = some_log(3), gz;
	struct gots g;

	(void)state;
	pack_one("inner", ARCHIVE_FILTER_GZIP, strbuf_slice(&log));
	gz = get("inner");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct text t[] = { { "var/", { NULL, 0 } },
			            { "var/mail.log", strbuf_slice(&small) },
			            { "var/empty", SLICE("") },
			            { "var/mail.log.1.gz", strbuf_slice(&gz) },
			            { NULL, { NULL, 0 } } };

		pack("arc", kinds[i].format, kinds[i].filter, t);
		read_all("arc", &g);
		assert_int_equal(g.n, 3);
		whole("arc", &g, 0, "var/mail.log", strbuf_slice(&small));
		whole("arc", &g, 1, "var/empty", SLICE(""));
		whole("arc", &g, 2, "var/mail.log.1.gz", strbuf_slice(&log));
		assert_int_equal(g.list[0].item.kept, EVIDENCE_UNPACKED);
		if (kinds[i].format != ARCHIVE_FORMAT_ZIP)
			assert_int_equal(g.list[0].item.mtime,
			                 1394788502 * US_SECOND);
		release(&g);
	}
	strbuf_release(&log);
	strbuf_release(&small);
	strbuf_release(&gz);
}

static void archive_in_archive(void **state)
{
	struct strbuf log = some_log(100), tar;
	struct text t[] = { { "mail.log", strbuf_slice(&log) },
		            { NULL, { NULL, 0 } } };
	struct gots g;

	(void)state;
	pack("in.tgz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, t);
	tar = get("in.tgz");
	t[0] = (struct text){ "mx1.tgz", strbuf_slice(&tar) };
	pack("out.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, t);
	read_all("out.zip", &g);
	assert_int_equal(g.n, 1);
	whole("out.zip", &g, 0, "mx1.tgz/mail.log", strbuf_slice(&log));
	release(&g);
	strbuf_release(&tar);
	strbuf_release(&log);
}

static void too_many_layers(void **state)
{
	struct strbuf bytes = some_log(5);
	struct gots g;

	(void)state;
	for (int i = 0; i < 8; i++) {
		pack_one("layers", ARCHIVE_FILTER_GZIP, strbuf_slice(&bytes));
		strbuf_release(&bytes);
		bytes = get("layers");
	}
	read_all("layers", &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_ERROR);
	assert_non_null(strstr(g.list[0].sum.error.text, "packed more than"));
	release(&g);
	strbuf_release(&bytes);
}

static void cut_archives(void **state)
{
	struct strbuf log = some_log(2000), packed;
	struct text t[] = { { "a", strbuf_slice(&log) },
		            { "b", strbuf_slice(&log) },
		            { NULL, { NULL, 0 } } };
	struct gots g;

	(void)state;
	for (int i = 0; i < 3; i++) {
		pack("arc", i == 2 ? ARCHIVE_FORMAT_ZIP : ARCHIVE_FORMAT_TAR_USTAR,
		     i == 1 ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_NONE, t);
		packed = get("arc");
		put("arc", packed.ptr, packed.len * 3 / 4);
		read_all("arc", &g);
		assert_int_equal(g.n, 2);
		whole("arc", &g, 0, "a", strbuf_slice(&log));
		assert_string_equal(g.list[1].member, "b");
		assert_int_equal(g.list[1].sum.state, EVIDENCE_CUT);
		cut(&g.list[1], strbuf_slice(&log), log.len / 10, "arc");
		release(&g);
		strbuf_release(&packed);
	}
	strbuf_release(&log);
}

/* A break between two members is a stream of its own, and told. */
static void broken_header(void **state)
{
	struct strbuf log = some_log(10), packed;
	struct text t[] = { { "a", strbuf_slice(&log) },
		            { "b", strbuf_slice(&log) },
		            { NULL, { NULL, 0 } } };
	struct gots g;
	size_t second;

	(void)state;
	pack("arc", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, t);
	packed = get("arc");
	second = 512 + (log.len + 511) / 512 * 512;
	memset(packed.ptr + second, 'x', 512);
	put("arc", packed.ptr, packed.len);
	read_all("arc", &g);
	assert_int_equal(g.n, 2);
	whole("arc", &g, 0, "a", strbuf_slice(&log));
	assert_int_equal(g.list[1].sum.state, EVIDENCE_ERROR);
	assert_non_null(strstr(g.list[1].sum.error.text, "damaged"));
	release(&g);
	strbuf_release(&packed);
	strbuf_release(&log);
}

static void empty_and_refused_archives(void **state)
{
	struct text none[] = { { NULL, { NULL, 0 } } };
	struct gots g;

	(void)state;
	pack("empty.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, none);
	read_all("empty.zip", &g);
	assert_int_equal(g.n, 1);
	whole("empty.zip", &g, 0, "", SLICE(""));
	release(&g);
	put("x.log", "7z\xbc\xaf\x27\x1c and more", 15);
	read_all("x.log", &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_ERROR);
	assert_non_null(strstr(g.list[0].sum.error.text, "7z"));
	release(&g);
}

static void bombs(void **state)
{
	size_t len = (size_t)40 << 20;
	char *zeros = mem_alloc(len);
	struct evidence_limits small = { .max_bytes = 1 << 20 };
	struct evidence_limits ratio = { .ratio = 100 };
	struct gots g;

	(void)state;
	memset(zeros, 'a', len);
	pack_one("bomb", ARCHIVE_FILTER_GZIP, slice_of(zeros, len));
	read_limited(at("bomb"), &small, &g);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_CUT);
	assert_true(g.list[0].text.len < (2 << 20));
	assert_non_null(strstr(g.list[0].sum.error.text, "limit"));
	release(&g);
	read_limited(at("bomb"), &ratio, &g);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_CUT);
	assert_true(g.list[0].text.len < len);
	assert_non_null(strstr(g.list[0].sum.error.text, "100 times"));
	release(&g);
	/* the limits are those of packed files */
	put("plain", zeros, len);
	read_limited(at("plain"), &small, &g);
	assert_int_equal(g.list[0].sum.state, EVIDENCE_OK);
	assert_int_equal(g.list[0].text.len, len);
	release(&g);
	free(zeros);
}

/* Any prefix and any flipped byte: an answer, never a crash. */
static void hostile_bytes(void **state)
{
	struct strbuf log = some_log(30), packed;
	struct text t[] = { { "a", strbuf_slice(&log) },
		            { "b.gz", SLICE("\x1f\x8b\x08junk") },
		            { NULL, { NULL, 0 } } };
	struct gots g;

	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		if (kind < 4)
			pack_one("h", filters[kind], strbuf_slice(&log));
		else
			pack("h", kind == 4 ? ARCHIVE_FORMAT_TAR_USTAR
			                    : ARCHIVE_FORMAT_ZIP,
			     ARCHIVE_FILTER_NONE, t);
		packed = get("h");
		for (size_t i = 0; i < packed.len; i += 1 + packed.len / 41) {
			put("h", packed.ptr, i);
			read_all("h", &g);
			release(&g);
			packed.ptr[i] ^= 0xff;
			put("h", packed.ptr, packed.len);
			read_all("h", &g);
			release(&g);
			packed.ptr[i] ^= 0xff;
		}
		strbuf_release(&packed);
	}
	strbuf_release(&log);
}

static void growing_and_shrinking(void **state)
{
	struct strbuf log = some_log(5000);
	struct evidence_item item;
	struct evidence_sum sum;
	struct evidence *e;
	char buf[PART];
	size_t n, total = 0;
	FILE *f;

	(void)state;
	put("grows", log.ptr, log.len);
	e = evidence_open(at("grows"), NULL, NULL);
	assert_true(evidence_next(e, &item));
	f = fopen(at("grows"), "ab");
	fputs("one line more\n", f);
	fclose(f);
	while ((n = evidence_read(e, buf, sizeof buf)))
		total += n;
	evidence_sum(e, &sum);
	assert_int_equal(total, log.len);
	assert_int_equal(sum.state, EVIDENCE_OK);
	sha_is(sum.file_sha256, strbuf_slice(&log));
	evidence_close(e);

	put("shrinks", log.ptr, log.len);
	e = evidence_open(at("shrinks"), NULL, NULL);
	assert_true(evidence_next(e, &item));
	assert_true(evidence_read(e, buf, sizeof buf) > 0);
	assert_int_equal(truncate(at("shrinks"), 20000), 0);
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
	assert_null(evidence_open(at("nowhere\x1b[2J"), NULL, &err));
	assert_non_null(strstr(err.text, "nowhere"));
	assert_null(strchr(err.text, 0x1b));
	assert_null(evidence_open(dir, NULL, &err));
	assert_non_null(strstr(err.text, "folder"));
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	assert_null(evidence_open(at("fifo"), NULL, &err)); /* does not wait */
	assert_non_null(strstr(err.text, "FIFO"));
}

static void standard_input(void **state)
{
	struct strbuf log = some_log(700);
	int keep = dup(0), fd;
	struct gots g;

	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		if (packed)
			pack_one("in", ARCHIVE_FILTER_ZSTD, strbuf_slice(&log));
		else
			put("in", log.ptr, log.len);
		fd = open(at("in"), O_RDONLY);
		dup2(fd, 0);
		close(fd);
		read_limited("-", NULL, &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.list[0].item.kept, EVIDENCE_UNPACKED);
		assert_int_equal(g.list[0].item.bytes, -1);
		assert_int_equal(g.list[0].item.mtime, TIME_NONE);
		assert_int_equal(g.list[0].text.len, log.len);
		sha_is(g.list[0].sum.content_sha256, strbuf_slice(&log));
		release(&g);
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
	put("again", "0123456789", 10);
	assert_true(evidence_hash_file(at("again"), sha, &bytes, NULL, &err));
	assert_int_equal(bytes, 10);
	sha_is(sha, SLICE("0123456789"));
	assert_true(evidence_hash_head(at("again"), 4, sha, &bytes, NULL, &err));
	assert_int_equal(bytes, 4);
	sha_is(sha, SLICE("0123"));
	assert_true(evidence_hash_head(at("again"), 40, sha, &bytes, NULL, &err));
	assert_int_equal(bytes, 10);
	cancel_ask(&cancel);
	assert_false(evidence_hash_file(at("again"), sha, &bytes, &cancel, &err));
	assert_false(evidence_hash_file(at("absent"), sha, &bytes, NULL, &err));
	f = evidence_file_open(at("again"), &err);
	assert_non_null(f);
	assert_true(evidence_file_read(f, 3, buf, 4, &err));
	assert_memory_equal(buf, "3456", 4);
	assert_false(evidence_file_read(f, 8, buf, 4, &err));
	assert_non_null(strstr(err.text, "shorter"));
	evidence_file_close(f);
}

static void packed_blocks(void **state)
{
	struct strbuf log = some_log(3000), packed = { 0 }, out = { 0 };
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

static int make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof dir, "%s/evidence.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	struct evidence_list l;
	const char *paths[] = { dir };

	(void)state;
	evidence_find(paths, 1, &l, NULL, NULL);
	for (size_t i = 0; i < l.n; i++)
		unlink(l.paths[i]);
	evidence_list_release(&l);
	unlink(at("fifo"));
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_known_sums),
		cmocka_unit_test(plain_file),
		cmocka_unit_test(names_lie),
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
		cmocka_unit_test(growing_and_shrinking),
		cmocka_unit_test(what_cannot_be_opened),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(hash_and_read_again),
		cmocka_unit_test(packed_blocks),
	};

	return cmocka_run_group_tests_name("evidence: read", tests, make_dir,
	                                   remove_dir);
}
