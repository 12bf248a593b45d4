/* SPDX-License-Identifier: MIT */
/* Which packing it is, by the first bytes. */
#include "model/evidence/feed.h"

static const struct magic {
	enum packing packing;
	const char *name;
	size_t at;
	struct slice bytes;
} magics[] = {
	{ PACKING_GZIP, "gzip", 0, { "\x1f\x8b\x08", 3 } },
	{ PACKING_XZ, "xz", 0, { "\xfd" "7zXZ\0", 6 } },
	{ PACKING_ZSTD, "zstd", 0, { "\x28\xb5\x2f\xfd", 4 } },
	/* a skippable frame: 0x184D2A5n; pzstd writes one first */
	{ PACKING_ZSTD, "zstd", 1, { "\x2a\x4d\x18", 3 } },
	{ PACKING_ZIP, "zip", 0, { "PK\3\4", 4 } },
	{ PACKING_ZIP, "zip", 0, { "PK\5\6", 4 } },
	{ PACKING_ZIP, "zip", 0, { "PK\7\x08PK\3\4", 8 } },
	{ PACKING_OTHER, "compress", 0, { "\x1f\x9d", 2 } },
	{ PACKING_OTHER, "lzip", 0, { "LZIP\1", 5 } },
	{ PACKING_OTHER, "lz4", 0, { "\x04\x22\x4d\x18", 4 } },
	{ PACKING_REFUSED, "7z", 0, { "7z\xbc\xaf\x27\x1c", 6 } },
	{ PACKING_REFUSED, "rar", 0, { "Rar!\x1a\x07", 6 } },
};

static bool magic_fits(const struct magic *m, struct slice head)
{
	struct slice s = slice_from(head, m->at);

	if (!slice_starts(s, m->bytes))
		return false;
	return m->at == 0 || ((uint8_t)head.ptr[0] & 0xf0) == 0x50;
}

/* "BZh1" … "BZh9", then the magic of a block or of the end. */
static bool is_bzip2(struct slice s)
{
	return s.len >= 10 && slice_starts(s, SLICE("BZh")) && s.ptr[3] >= '1' &&
	       s.ptr[3] <= '9' &&
	       (memcmp(s.ptr + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
	        memcmp(s.ptr + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* A tar header carries the sum of its own bytes, the sum itself as blanks: the
 * word "ustar" is absent from old ones, and may stand in a log by chance. */
static bool is_tar(struct slice s)
{
	const uint8_t *p = (const uint8_t *)s.ptr;
	unsigned long want = 0, sum = 0;
	size_t i = 148;

	if (s.len < PACKING_HEAD || p[0] == '\0')
		return false;
	while (i < 156 && p[i] == ' ')
		i++;
	for (; i < 156 && p[i] >= '0' && p[i] <= '7'; i++)
		want = want * 8 + (unsigned long)(p[i] - '0');
	for (size_t k = 0; k < PACKING_HEAD; k++)
		sum += k >= 148 && k < 156 ? ' ' : p[k];
	return want == sum;
}

static const struct magic *magic_find(struct slice head)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (magic_fits(&magics[i], head))
			return &magics[i];
	return NULL;
}

enum packing packing_of(struct slice head)
{
	const struct magic *m = magic_find(head);

	if (m)
		return m->packing;
	if (is_bzip2(head))
		return PACKING_BZIP2;
	return is_tar(head) ? PACKING_TAR : PACKING_NONE;
}

const char *packing_name(enum packing p, struct slice head)
{
	const struct magic *m = magic_find(head);

	if (m && m->packing == p)
		return m->name;
	return p == PACKING_TAR ? "tar" : p == PACKING_BZIP2 ? "bzip2" : "";
}
