/* SPDX-License-Identifier: MIT */
/* Decompression. Not through libarchive's filters: those throw away up to 64 KB
 * of good text where a stream breaks, and its gzip filter does not look at the
 * checksum. */
#include "model/evidence/feed.h"

#include "base/alloc.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#define INPUT ((size_t)128 << 10)
#define XZ_MEMORY ((uint64_t)512 << 20)

enum step {
	STEP_ON,  /* give it more input or room */
	STEP_END, /* one stream is complete */
	STEP_BAD,
};

/* Input and room of one step; coders move all four along. */
struct window {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
};

struct decoder;
struct coder {
	const char *name;
	void (*open)(struct decoder *d);
	/* *WHY of STEP_BAD, if the library tells. */
	enum step (*step)(struct decoder *d, struct window *w, const char **why);
	void (*close)(struct decoder *d);
};

struct decoder {
	const struct coder *coder;
	struct feed in;
	uint8_t *buf;
	size_t pos, have;
	bool in_ended; /* the feed below gave its last byte, or broke */
	bool in_broke;
	bool open, done, broken;
	struct err err; /* if broken or in_broke */
	enum packing packing;
	union {
		z_stream z;
		bz_stream bz;
		lzma_stream xz;
		ZSTD_DStream *zstd;
	} state;
};

static void gzip_open(struct decoder *d)
{
	d->state.z = (z_stream){ 0 };
	if (inflateInit2(&d->state.z, 15 + 16) != Z_OK) /* gzip header only */
		BUG("zlib cannot start");
}

static enum step gzip_step(struct decoder *d, struct window *w, const char **why)
{
	z_stream *z = &d->state.z;
	int result;

	z->next_in = (Bytef *)(uintptr_t)w->in;
	z->avail_in = (uInt)w->in_len;
	z->next_out = w->out;
	z->avail_out = (uInt)w->out_len;
	result = inflate(z, Z_NO_FLUSH);
	w->in = z->next_in;
	w->in_len = z->avail_in;
	w->out = z->next_out;
	w->out_len = z->avail_out;
	*why = z->msg;
	if (result == Z_STREAM_END)
		return STEP_END;
	return result == Z_OK || result == Z_BUF_ERROR ? STEP_ON : STEP_BAD;
}

static void gzip_close(struct decoder *d)
{
	inflateEnd(&d->state.z);
}

static void bzip2_open(struct decoder *d)
{
	d->state.bz = (bz_stream){ 0 };
	if (BZ2_bzDecompressInit(&d->state.bz, 0, 0) != BZ_OK)
		BUG("libbz2 cannot start");
}

static enum step bzip2_step(struct decoder *d, struct window *w,
                            const char **why)
{
	bz_stream *bz = &d->state.bz;
	int result;

	bz->next_in = (char *)(uintptr_t)w->in;
	bz->avail_in = (unsigned)w->in_len;
	bz->next_out = (char *)w->out;
	bz->avail_out = (unsigned)w->out_len;
	result = BZ2_bzDecompress(bz);
	w->in = (const uint8_t *)bz->next_in;
	w->in_len = bz->avail_in;
	w->out = (uint8_t *)bz->next_out;
	w->out_len = bz->avail_out;
	*why = result == BZ_DATA_ERROR ? "a checksum is wrong" : NULL;
	if (result == BZ_STREAM_END)
		return STEP_END;
	return result == BZ_OK ? STEP_ON : STEP_BAD;
}

static void bzip2_close(struct decoder *d)
{
	BZ2_bzDecompressEnd(&d->state.bz);
}

static void xz_open(struct decoder *d)
{
	d->state.xz = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(&d->state.xz, XZ_MEMORY, 0) != LZMA_OK)
		BUG("liblzma cannot start");
}

static enum step xz_step(struct decoder *d, struct window *w, const char **why)
{
	lzma_stream *xz = &d->state.xz;
	lzma_ret result;

	xz->next_in = w->in;
	xz->avail_in = w->in_len;
	xz->next_out = w->out;
	xz->avail_out = w->out_len;
	result = lzma_code(xz, LZMA_RUN);
	w->in = xz->next_in;
	w->in_len = xz->avail_in;
	w->out = xz->next_out;
	w->out_len = xz->avail_out;
	if (result == LZMA_STREAM_END)
		return STEP_END;
	if (result == LZMA_MEMLIMIT_ERROR)
		*why = "it wants more than 512 MB of memory";
	return result == LZMA_OK || result == LZMA_BUF_ERROR ? STEP_ON
	                                                     : STEP_BAD;
}

static void xz_close(struct decoder *d)
{
	lzma_end(&d->state.xz);
}

static void zstd_open(struct decoder *d)
{
	d->state.zstd = ZSTD_createDStream();
	if (!d->state.zstd)
		BUG("libzstd cannot start");
}

static enum step zstd_step(struct decoder *d, struct window *w, const char **why)
{
	ZSTD_inBuffer in = { w->in, w->in_len, 0 };
	ZSTD_outBuffer out = { w->out, w->out_len, 0 };
	size_t result = ZSTD_decompressStream(d->state.zstd, &out, &in);

	w->in += in.pos;
	w->in_len -= in.pos;
	w->out += out.pos;
	w->out_len -= out.pos;
	if (ZSTD_isError(result)) {
		*why = ZSTD_getErrorName(result);
		return STEP_BAD;
	}
	return result == 0 ? STEP_END : STEP_ON;
}

static void zstd_close(struct decoder *d)
{
	ZSTD_freeDStream(d->state.zstd);
}

static const struct coder coders[] = {
	[PACKING_GZIP] = { "gzip", gzip_open, gzip_step, gzip_close },
	[PACKING_BZIP2] = { "bzip2", bzip2_open, bzip2_step, bzip2_close },
	[PACKING_XZ] = { "xz", xz_open, xz_step, xz_close },
	[PACKING_ZSTD] = { "zstd", zstd_open, zstd_step, zstd_close },
};

struct decoder *decoder_new(enum packing p, struct feed in)
{
	struct decoder *d = mem_alloc(sizeof *d);

	d->coder = &coders[p];
	d->packing = p;
	d->in = in;
	d->buf = mem_alloc(INPUT);
	d->coder->open(d);
	d->open = true;
	return d;
}

void decoder_free(struct decoder *d)
{
	if (!d)
		return;
	if (d->open)
		d->coder->close(d);
	free(d->buf);
	free(d);
}

/* At least WANT bytes at pos, unless the feed ends before. */
static size_t input(struct decoder *d, size_t want)
{
	while (d->have - d->pos < want && !d->in_ended) {
		ptrdiff_t n;

		memmove(d->buf, d->buf + d->pos, d->have - d->pos);
		d->have -= d->pos;
		d->pos = 0;
		n = feed_read(&d->in, d->buf + d->have, INPUT - d->have,
		              &d->err);
		d->in_ended = n <= 0;
		d->in_broke = n < 0;
		if (n > 0)
			d->have += (size_t)n;
	}
	return d->have - d->pos;
}

static void fail(struct decoder *d, const char *what)
{
	d->broken = true;
	if (!d->in_broke) /* what broke below says more */
		err_set(&d->err, "its %s data %s", d->coder->name, what);
}

/* A stream is complete: another may follow, or zeros that pad to a block. */
static void decoder_continue(struct decoder *d)
{
	while (input(d, PACKING_HEAD) && d->buf[d->pos] == '\0')
		d->pos++;
	if (input(d, PACKING_HEAD) == 0) {
		d->done = !d->in_broke;
		d->broken = d->in_broke;
		return;
	}
	if (packing_of(slice_of((char *)d->buf + d->pos, d->have - d->pos)) !=
	    d->packing) {
		fail(d, "is followed by other bytes, which are not read");
		return;
	}
	d->coder->close(d);
	d->coder->open(d);
}

/* One step; the bytes that it gave. */
static size_t decoder_step(struct decoder *d, void *buf, size_t cap)
{
	size_t len = input(d, 1);
	struct window w = { d->buf + d->pos, len, buf, cap };
	const char *why = NULL;
	char text[160];
	enum step step = d->coder->step(d, &w, &why);

	d->pos += len - w.in_len;
	if (step == STEP_BAD) {
		snprintf(text, sizeof text, "is damaged%s%s", why ? ": " : "",
		         why ? why : "");
		fail(d, text);
	} else if (step == STEP_END)
		decoder_continue(d);
	else if (w.out_len == cap && w.in_len == len && d->in_ended)
		fail(d, "ends before its end");
	return cap - w.out_len;
}

#define ROOM ((size_t)1 << 30) /* zlib and libbz2 count in 32 bits */

static ptrdiff_t decoder_read(void *self, void *buf, size_t cap, struct err *err)
{
	struct decoder *d = self;
	size_t n = 0;

	while (n == 0 && !d->done && !d->broken)
		n = decoder_step(d, buf, cap < ROOM ? cap : ROOM);
	if (n)
		return (ptrdiff_t)n;
	if (d->broken && err)
		*err = d->err;
	return d->broken ? -1 : 0;
}

struct feed decoder_as_feed(struct decoder *d)
{
	return (struct feed){ decoder_read, d };
}
