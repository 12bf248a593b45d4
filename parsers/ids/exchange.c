/* SPDX-License-Identifier: MIT */
/* Exchange: .NET ticks (100 ns since 0001-01-01 UTC) inside ids. */
#include "parsers/ids/family.h"

#define TICKS_1970 INT64_C(621355968000000000)

static int64_t ticks_us(int64_t ticks)
{
	return (ticks - TICKS_1970) / 10;
}

/* Ticks of 2000 to 2055 begin so in hex. */
static bool ticks_are_sane(struct slice hex)
{
	return slice_starts(hex, SLICE("08c")) ||
	       slice_starts(hex, SLICE("08C")) ||
	       slice_starts(hex, SLICE("08d")) ||
	       slice_starts(hex, SLICE("08D")) ||
	       slice_starts(hex, SLICE("08e")) ||
	       slice_starts(hex, SLICE("08E"));
}

/* A GUID with or without its dashes whose last twelve digits are the upper 48
 * bits of the ticks. */
static bool decode_network(struct slice s, int64_t near, struct id *id)
{
	struct slice last = slice_from(s, s.len < 12 ? s.len : s.len - 12);
	int64_t ticks, lo;

	(void)near;
	*id = (struct id){ .family = id_exchange_network.name };
	if (s.len == 36) {
		if (s.ptr[8] != '-' || s.ptr[13] != '-' || s.ptr[18] != '-' ||
		    s.ptr[23] != '-')
			return false;
	} else if (s.len != 32) {
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		bool dash = s.len == 36 &&
		            (i == 8 || i == 13 || i == 18 || i == 23);

		if (!dash && !id_hex[(unsigned char)s.ptr[i]])
			return false;
	}
	if (!ticks_are_sane(last) || !id_number(last, id_hex, 16, &ticks))
		return false;
	ticks <<= 16;
	lo = ticks_us(ticks);
	id_set_time(id, lo, ticks_us(ticks + 65535) - lo + 1);
	return true;
}

static bool decode_session(struct slice s, int64_t near, struct id *id)
{
	int64_t ticks;

	(void)near;
	*id = (struct id){ .family = id_exchange_session.name };
	if (s.len != 16 || !ticks_are_sane(s) ||
	    !id_number(s, id_hex, 16, &ticks))
		return false;
	id_set_time(id, ticks_us(ticks), 1);
	return true;
}

/* Generation of the queue database above, row in it below 2^32. */
static bool decode_internal(struct slice s, int64_t near, struct id *id)
{
	int64_t n;

	(void)near;
	*id = (struct id){ .family = id_exchange_internal.name };
	if (!id_decimal(s, &n) || s.ptr[0] == '0')
		return false;
	id->generation = n >> 32;
	id->sequence = n & UINT32_MAX;
	id->has = ID_GENERATION | ID_SEQUENCE;
	return id->generation > 0 && id->generation < 1000000;
}

static const struct id_example network_examples[] = {
	{ "4300205ec92949755aa208d0fcbccbf2",
	  "2014-02-21T01:38:46.492569Z..2014-02-21T01:38:46.499123Z", NULL },
	{ "7d3b1f00-1c55-4e7a-9a0e-08d0fcbccbf2",
	  "2014-02-21T01:38:46.492569Z..2014-02-21T01:38:46.499123Z", NULL },
};

const struct id_family id_exchange_network = {
	.name = "exchange network-id",
	.about = "when the message object was made in transport",
	.decode = decode_network,
	ID_EXAMPLES(network_examples),
};

static const struct id_example session_examples[] = {
	{ "08D0FCBA635FB9AF", "2014-02-21T01:21:32.057438Z", NULL },
};

const struct id_family id_exchange_session = {
	.name = "exchange session",
	.about = "start of the service plus a counter: a lower bound of the "
	         "session's time",
	.decode = decode_session,
	ID_EXAMPLES(session_examples),
};

static const struct id_example internal_examples[] = {
	{ "21474836514", "generation=5 sequence=34", NULL },
	{ "41399189774878", "generation=9639 sequence=8734", NULL },
};

const struct id_family id_exchange_internal = {
	.name = "exchange internal-id",
	.about = "generation of the queue database and row in it; no time",
	.decode = decode_internal,
	ID_EXAMPLES(internal_examples),
};
