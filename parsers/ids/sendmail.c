/* SPDX-License-Identifier: MIT */
/* Sendmail 8.10+ queue ids: queue.c, assign_queueid(). */
#include "parsers/ids/family.h"

#define STEM 8 /* characters before the pid */

/* 60 of 62 characters are used: 'y' and 'z' never. */
static unsigned value(char c)
{
	return (unsigned)id_base62[(unsigned char)c] - 1; /* huge if none */
}

static bool all_digits(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return true;
}

/* 8.8 and 8.9: hour letter, two letters, pid: "HAA12345". */
static bool is_old(struct slice s)
{
	return (s.len == 8 || s.len == 9) && s.ptr[0] >= 'A' &&
	       s.ptr[0] <= 'X' && s.ptr[1] >= 'A' && s.ptr[1] <= 'Z' &&
	       s.ptr[2] >= 'A' && s.ptr[2] <= 'Z' &&
	       all_digits(slice_from(s, 3));
}

static bool is_new(struct slice s)
{
	/* year, month, day, hour, minute, second, sequence, sequence */
	static const unsigned char max[STEM] = { 59, 11, 31, 23, 59, 59, 59, 59 };

	if (s.len < 14 || s.len > 16)
		return false;
	for (size_t i = 0; i < STEM; i++)
		if (value(s.ptr[i]) > max[i])
			return false;
	return s.ptr[2] != '0' && all_digits(slice_from(s, STEM));
}

bool id_is_sendmail(struct slice s)
{
	return is_new(s) || is_old(s);
}

/* The year comes mod 60. Sendmail makes such ids since 2000. */
static int full_year(unsigned of_sixty, int64_t near)
{
	int year = 1900 + (int)of_sixty;
	struct civil c;

	if (near == TIME_NONE) {
		while (year < 2000)
			year += 60;
		return year;
	}
	civil_of(near, &c);
	while (year + 30 < c.year)
		year += 60;
	return year;
}

static bool decode_queue_id(struct slice s, int64_t near, struct id *id)
{
	struct civil c = { 0 }, again;
	int64_t us;

	*id = (struct id){ .family = id_sendmail.name };
	if (!is_new(s))
		return false;
	c.year = full_year(value(s.ptr[0]), near);
	c.month = (int)value(s.ptr[1]) + 1;
	c.day = (int)value(s.ptr[2]);
	c.hour = (int)value(s.ptr[3]);
	c.minute = (int)value(s.ptr[4]);
	c.second = (int)value(s.ptr[5]);
	us = civil_us(&c);
	civil_of(us, &again);
	if (again.day != c.day) /* 30 February */
		return false;
	id_set_time(id, us, US_SECOND);
	id->sequence = value(s.ptr[6]) * 60 + value(s.ptr[7]);
	id->has |= ID_PID | ID_SEQUENCE;
	return id_decimal(slice_from(s, STEM), &id->pid);
}

/* "<YYYYMMDDhhmm.QID@host>": the minute in UTC. */
static bool decode_message_id(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = id_bare(s), stamp = slice_cut(&rest, '.'), qid;
	char iso[16];
	int64_t us, span;
	int32_t offset;
	bool has_zone;

	(void)near;
	qid = slice_to(rest, slice_chr(rest, '@'));
	if (stamp.len != 12 || qid.len == rest.len || !all_digits(stamp))
		return false;
	memcpy(iso, stamp.ptr, 4);
	memcpy(iso + 4, "-mm-ddThh:mm", 12);
	memcpy(iso + 5, stamp.ptr + 4, 2);
	memcpy(iso + 8, stamp.ptr + 6, 2);
	memcpy(iso + 11, stamp.ptr + 8, 2);
	memcpy(iso + 14, stamp.ptr + 10, 2);
	if (!civil_parse(slice_of(iso, sizeof iso), &us, &span, &has_zone,
	                 &offset) ||
	    !decode_queue_id(qid, us, id))
		return false;
	id->family = id_sendmail_message_id.name;
	id_set_time(id, us, span);
	return true;
}

static const struct id_example queue_examples[] = {
	{ "s1KJ39AQ014274", "2014-02-20T19:03:09Z pid=14274 sequence=626", NULL },
	{ "x89Bx1iP007421", "2019-09-09T11:59:01Z pid=7421 sequence=2665", NULL },
	{ "i0S0miXk018339", "2004-01-28T00:48:44Z pid=18339 sequence=2026",
	  NULL },
	{ "i0S0miXk018339", "2004-01-28T00:48:44Z pid=18339 sequence=2026",
	  "2007-01-27T16:48:58" },
};

const struct id_family id_sendmail = {
	.name = "sendmail",
	.about = "base time of the process that took the message, UTC; the "
	         "year is written mod 60",
	.decode = decode_queue_id,
	ID_EXAMPLES(queue_examples),
};

static const struct id_example message_id_examples[] = {
	{ "<201402201903.s1KJ39AQ014274@mail.example.com>",
	  "2014-02-20T19:03Z pid=14274 sequence=626", NULL },
};

const struct id_family id_sendmail_message_id = {
	.name = "sendmail message-id",
	.about = "a Message-ID that Sendmail gave to a message without one",
	.decode = decode_message_id,
	ID_EXAMPLES(message_id_examples),
};
