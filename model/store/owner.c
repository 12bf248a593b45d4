/* SPDX-License-Identifier: MIT */
/* What each part of a piece became: ids as differences, packed. */
#include "base/alloc.h"
#include "model/evidence/evidence.h"
#include "model/store/schema.h"

static void add_varint(struct strbuf *out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		strbuf_add_char(out, (char)(v | 0x80));
	strbuf_add_char(out, (char)v);
}

static bool take_varint(struct slice *s, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; s->len && shift < 64; shift += 7) {
		unsigned char c = (unsigned char)*s->ptr;

		*s = slice_from(*s, 1);
		*v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

void owner_encode(const int64_t *ids, size_t n, struct strbuf *out)
{
	struct strbuf raw = { 0 };
	uint64_t before = 0;

	add_varint(&raw, n);
	for (size_t i = 0; i < n; i++) {
		int64_t step = (int64_t)((uint64_t)ids[i] - before);

		add_varint(&raw, ((uint64_t)step << 1) ^
		                         (uint64_t)(step < 0 ? -1 : 0));
		before = (uint64_t)ids[i];
	}
	pack_block(strbuf_slice(&raw), 1, out);
	strbuf_release(&raw);
}

static bool decode(struct slice s, int64_t **ids, size_t *n)
{
	uint64_t count, v, before = 0;

	/* each id takes a byte at least */
	if (!take_varint(&s, &count) || count > s.len)
		return false;
	*ids = mem_alloc((count + 1) * sizeof **ids);
	for (size_t i = 0; i < count; i++) {
		if (!take_varint(&s, &v)) {
			free(*ids);
			*ids = NULL;
			return false;
		}
		before += (v >> 1) ^ (0 - (v & 1));
		(*ids)[i] = (int64_t)before;
	}
	*n = count;
	return true;
}

bool owner_decode(struct slice packed, int64_t **ids, size_t *n,
                  struct err *err)
{
	struct strbuf raw = { 0 };
	bool good;

	*ids = NULL;
	*n = 0;
	if (!unpack_block(packed, STORE_UNPACK_MAX, &raw, err)) {
		strbuf_release(&raw);
		return false;
	}
	good = decode(strbuf_slice(&raw), ids, n);
	strbuf_release(&raw);
	return good || err_set(err, "the owners of a piece are damaged; index "
	                            "the evidence into a new case");
}
