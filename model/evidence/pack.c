/* SPDX-License-Identifier: MIT */
/* Packed blocks: one zstd frame each, with its unpacked length inside. */
#include "model/evidence/evidence.h"

#include "base/alloc.h"

#include <zstd.h>

void pack_block(struct slice bytes, int level, struct strbuf *out)
{
	size_t room = ZSTD_compressBound(bytes.len);
	size_t n = ZSTD_compress(strbuf_room(out, room), room,
	                         bytes.ptr ? bytes.ptr : "", bytes.len, level);

	if (ZSTD_isError(n))
		BUG("zstd cannot pack a block");
	out->len += n;
	out->ptr[out->len] = '\0';
}

bool unpack_block(struct slice packed, size_t max, struct strbuf *out,
                  struct err *err)
{
	unsigned long long size;
	size_t n;

	if (packed.len == 0)
		return err_set(err, "a packed block is empty: the case is "
		                    "damaged");
	size = ZSTD_getFrameContentSize(packed.ptr, packed.len);
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
		return err_set(err, "a packed block is damaged at its start");
	if (size > max)
		return err_set(err, "a packed block of %llu bytes is larger than "
		                    "%zu: the case is damaged", size, max);
	n = ZSTD_decompress(strbuf_room(out, size), size, packed.ptr,
	                    packed.len);
	if (ZSTD_isError(n) || n != size) {
		if (out->ptr)
			out->ptr[out->len] = '\0';
		return err_set(err, "a packed block is damaged: %s",
		               ZSTD_isError(n) ? ZSTD_getErrorName(n)
		                               : "its length is wrong");
	}
	out->len += n;
	out->ptr[out->len] = '\0';
	return true;
}
