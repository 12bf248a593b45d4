/* SPDX-License-Identifier: MIT */
/* Exim message ids, before and since 4.97 (spec.txt, "Message identification").
 */
#include "parsers/ids/family.h"

#define OLD_LEN 16 /* tttttt-pppppp-ss */
#define NEW_LEN 23 /* tttttt-ppppppppppp-ssss */

static bool all_base62(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!id_base62[(unsigned char)p[i]])
			return false;
	return true;
}

bool id_is_exim(struct slice s)
{
	const char *p = s.ptr;

	if (s.len == OLD_LEN)
		return p[6] == '-' && p[13] == '-' && all_base62(p, 6) &&
		       all_base62(p + 7, 6) && all_base62(p + 14, 2);
	if (s.len == NEW_LEN)
		return p[6] == '-' && p[18] == '-' && all_base62(p, 6) &&
		       all_base62(p + 7, 11) && all_base62(p + 19, 4);
	return false;
}

/* The last part without localhost_number: a count of units. With it, the host
 * stands above: host * 200 + n of 5 ms, host * 500000 + n of 2 us. Numbers
 * that a fraction of a second cannot reach must be of that kind. */
static int64_t fraction_us(int64_t n, bool is_new, int64_t *unit)
{
	if (is_new) {
		*unit = n < US_SECOND ? 1 : 2;
		return n < US_SECOND ? n : n % 500000 * 2;
	}
	*unit = n < 2000 ? 500 : 5000;
	return n < 2000 ? n * 500 : n % 200 * 5000;
}

static bool decode_id(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = s;
	int64_t seconds, part, unit, us;

	(void)near;
	*id = (struct id){ .family = id_exim.name };
	if (!id_is_exim(s))
		return false;
	if (!id_number(slice_cut(&rest, '-'), id_base62, 62, &seconds) ||
	    !id_number(slice_cut(&rest, '-'), id_base62, 62, &id->pid) ||
	    !id_number(rest, id_base62, 62, &part))
		return false;
	if (!id_set_epoch(id, seconds) || id->pid > INT32_MAX)
		return false;
	us = fraction_us(part, s.len == NEW_LEN, &unit);
	id_set_time(id, seconds * US_SECOND + us, unit);
	id->has |= ID_PID;
	return true;
}

/* "<E1aQrOx-0004DT-PC@host>" */
static bool decode_message_id(struct slice s, int64_t near, struct id *id)
{
	struct slice bare = id_bare(s);
	size_t at = slice_chr(bare, '@');

	if (bare.len == 0 || bare.ptr[0] != 'E' || at == SLICE_NONE ||
	    !decode_id(slice_of(bare.ptr + 1, at - 1), near, id))
		return false;
	id->family = id_exim_message_id.name;
	return true;
}

static const struct id_example examples[] = {
	{ "1aQrOx-0004DT-PC", "2016-02-03T06:58:55.781000Z pid=16211", NULL },
	{ "1UbC5z-0001pS-6Z", "2013-05-11T15:52:27.203500Z pid=7034", NULL },
	{ "1w1L5G-0005Pl-04", "2026-03-14T09:14:58.002000Z pid=20817", NULL },
	{ "1w1L5G-000000005Pl-00Y9", "2026-03-14T09:14:58.002117Z pid=20817",
	  NULL },
	{ "16RdAL-0006pc-00", "2002-01-18T17:51:01.000000Z pid=26264", NULL },
};

const struct id_family id_exim = {
	.name = "exim",
	.about = "start of the message's reception; the <= line comes at its "
	         "end",
	.decode = decode_id,
	ID_EXAMPLES(examples),
};

static const struct id_example message_id_examples[] = {
	{ "<E1aQrOx-0004DT-PC@mail.example.com>",
	  "2016-02-03T06:58:55.781000Z pid=16211", NULL },
};

const struct id_family id_exim_message_id = {
	.name = "exim message-id",
	.about = "a Message-ID that Exim gave to a message without one",
	.decode = decode_message_id,
	ID_EXAMPLES(message_id_examples),
};
