/* SPDX-License-Identifier: MIT */
/* Postfix queue ids: src/global/mail_queue.h and safe_ultostr.c. */
#include "parsers/ids/family.h"

#define MICROS_MAX 999999

/* The 52 characters that are no vowels: no id can spell a word.
*/
/* clang-format off */
static const id_alphabet base52 = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['B'] = 11, ['C'] = 12, ['D'] = 13, ['F'] = 14, ['G'] = 15, ['H'] = 16,
	['J'] = 17, ['K'] = 18, ['L'] = 19, ['M'] = 20, ['N'] = 21, ['P'] = 22,
	['Q'] = 23, ['R'] = 24, ['S'] = 25, ['T'] = 26, ['V'] = 27, ['W'] = 28,
	['X'] = 29, ['Y'] = 30, ['Z'] = 31,
	['b'] = 32, ['c'] = 33, ['d'] = 34, ['f'] = 35, ['g'] = 36, ['h'] = 37,
	['j'] = 38, ['k'] = 39, ['l'] = 40, ['m'] = 41, ['n'] = 42, ['p'] = 43,
	['q'] = 44, ['r'] = 45, ['s'] = 46, ['t'] = 47, ['v'] = 48, ['w'] = 49,
	['x'] = 50, ['y'] = 51, ['z'] = 52,
};
/* clang-format on */

#define SECONDS_MIN 6 /* characters; '0' in front if need be */
#define MICROS_LEN 4
#define LONG_MAX_LEN 24

/* Where the last z stands, which parts time and inode (base 51, no z). */
static size_t long_split(struct slice s)
{
	size_t z = SLICE_NONE;

	if (s.len < SECONDS_MIN + MICROS_LEN + 2 || s.len > LONG_MAX_LEN)
		return SLICE_NONE;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (!base52[c])
			return SLICE_NONE;
		if (c == 'z')
			z = i;
	}
	/* one character more holds until the year 600000 */
	if (z == SLICE_NONE || z < SECONDS_MIN + MICROS_LEN ||
	    z > SECONDS_MIN + 1 + MICROS_LEN || z + 1 == s.len)
		return SLICE_NONE;
	/* 999999 is "7Fnc" or so: the first of four never exceeds 7 */
	return s.ptr[z - MICROS_LEN] <= '7' ? z : SLICE_NONE;
}

bool id_is_postfix_long(struct slice s)
{
	return long_split(s) != SLICE_NONE;
}

static bool decode_long(struct slice s, int64_t near, struct id *id)
{
	size_t z = long_split(s);
	int64_t seconds, us;

	(void)near;
	*id = (struct id){ .family = id_postfix_long.name };
	if (z == SLICE_NONE ||
	    !id_number(slice_to(s, z - MICROS_LEN), base52, 52, &seconds) ||
	    !id_number(slice_of(s.ptr + z - MICROS_LEN, MICROS_LEN), base52, 52,
	               &us) ||
	    !id_number(slice_from(s, z + 1), base52, 51, &id->inode))
		return false;
	if (us > MICROS_MAX || !id_set_epoch(id, seconds))
		return false;
	id_set_time(id, seconds * US_SECOND + us, 1);
	id->has |= ID_INODE;
	return true;
}

#define SHORT_MIN 6  /* %05X and one digit of the inode */
#define SHORT_MAX 21 /* and sixteen */

bool id_is_postfix_short(struct slice s)
{
	if (s.len < SHORT_MIN || s.len > SHORT_MAX || s.ptr[5] == '0')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
			return false;
	}
	/* hex digits sort like their values in ASCII */
	return memcmp(s.ptr, "F423F", 5) <= 0;
}

bool id_is_impossible(struct slice s)
{
	if (s.len < 8 || s.len > SHORT_MAX || s.ptr[5] == '0')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return memcmp(s.ptr, "F423F", 5) > 0;
}

static bool decode_short(struct slice s, int64_t near, struct id *id)
{
	(void)near;
	*id = (struct id){ .family = id_postfix_short.name };
	if (!id_is_postfix_short(s) ||
	    !id_number(slice_to(s, 5), id_hex, 16, &id->lo) ||
	    !id_number(slice_from(s, 5), id_hex, 16, &id->inode))
		return false;
	id->hi = id->lo;
	id->has = ID_FRACTION | ID_INODE;
	return true;
}

bool id_inode(struct slice id, int64_t *inode)
{
	struct id x;

	if (!decode_short(id, TIME_NONE, &x) && !decode_long(id, TIME_NONE, &x))
		return false;
	*inode = x.inode;
	return true;
}

/* "YYYYMMDDhhmmss" in UTC. */
static bool read_stamp(struct slice s, int64_t *us)
{
	char iso[19];
	bool has_zone;
	int32_t offset;
	static const unsigned char from[sizeof iso] = {
		0, 1, 2, 3, '-', 4, 5, '-', 6, 7, 'T', 8, 9, ':', 10, 11, ':', 12,
		13
	};

	if (s.len != 14)
		return false;
	for (size_t i = 0; i < sizeof iso; i++)
		iso[i] = from[i] < 14 ? s.ptr[from[i]] : (char)from[i];
	return civil_parse(slice_of(iso, sizeof iso), us, NULL, &has_zone,
	                   &offset);
}

/* cleanup takes the second from the arrival time and the fraction of the queue
 * file's name from the same clock moments before. */
static bool decode_message_id(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = id_bare(s), stamp = slice_cut(&rest, '.'), qid;
	int64_t us;

	qid = slice_to(rest, slice_chr(rest, '@'));
	if (qid.len == rest.len || !read_stamp(stamp, &us))
		return false;
	if (decode_long(qid, near, id)) {
		id->family = id_postfix_message_id.name;
		return true;
	}
	if (!decode_short(qid, near, id))
		return false;
	id->family = id_postfix_message_id.name;
	id->has = ID_TIME | ID_INODE;
	id_set_time(id, us + id->lo, 1);
	return true;
}

static const struct id_example long_examples[] = {
	{ "46hvZ85lJRz1w8W", "2019-09-30T20:46:08.809351Z inode=257934", NULL },
	{ "4L07q90jqFz1fqnrw", "2022-05-13T12:53:09.102297Z inode=580855011",
	  NULL },
	{ "3Pt2mN2VXxznjll", "2011-03-20T14:31:48.353025Z inode=5536956", NULL },
	{ "4fXwft2FgJzFpTn", "2026-03-14T09:15:02.318204Z inode=1835021", NULL },
};

const struct id_family id_postfix_long = {
	.name = "postfix long",
	.about = "queue file made at that instant; a smtpd line follows within "
	         "milliseconds",
	.decode = decode_long,
	ID_EXAMPLES(long_examples),
};

static const struct id_example short_examples[] = {
	{ "307DF802B3", ".198623 inode=524979", NULL },
	{ "2BF1C23A7B", ".179996 inode=146043", NULL },
};

const struct id_family id_postfix_short = {
	.name = "postfix short",
	.about = "only the fraction of the second in which the queue file was "
	         "made",
	.decode = decode_short,
	ID_EXAMPLES(short_examples),
};

static const struct id_example message_id_examples[] = {
	{ "<20140203070101.307DF802B3@mail.example.com>",
	  "2014-02-03T07:01:01.198623Z inode=524979", NULL },
	{ "<20260314091502.4fXwft2FgJzFpTn@mail1.example.com>",
	  "2026-03-14T09:15:02.318204Z inode=1835021", NULL },
};

const struct id_family id_postfix_message_id = {
	.name = "postfix message-id",
	.about = "a Message-ID that Postfix gave to a message without one",
	.decode = decode_message_id,
	ID_EXAMPLES(message_id_examples),
};
