/* SPDX-License-Identifier: MIT */
/* Ids of other products and clues in Message-IDs and envelope senders. What a
 * sender's program wrote is a lead, never a proof. */
#include "parsers/ids/family.h"

/* "1382041743-0f8241420001-6AQV5q" */
static bool decode_barracuda(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = s, epoch = slice_cut(&rest, '-'), middle;
	int64_t seconds, any;

	(void)near;
	*id = (struct id){ .family = id_barracuda.name };
	middle = slice_cut(&rest, '-');
	return epoch.len == 10 && middle.len >= 8 && middle.len <= 20 &&
	       rest.len >= 4 && rest.len <= 10 &&
	       id_decimal(epoch, &seconds) &&
	       id_number(slice_to(middle, 12), id_hex, 16, &any) &&
	       id_number(rest, id_base62, 62, &any) &&
	       id_set_epoch(id, seconds);
}

/* "5963767C_31729_16_1": hex epoch, pid, number, part */
static bool decode_puremessage(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = s, epoch = slice_cut(&rest, '_');
	int64_t seconds, part;

	(void)near;
	*id = (struct id){ .family = id_puremessage.name };
	if (epoch.len != 8 || !id_number(epoch, id_hex, 16, &seconds) ||
	    !id_decimal(slice_cut(&rest, '_'), &id->pid) ||
	    !id_decimal(slice_cut(&rest, '_'), &id->sequence) ||
	    !id_decimal(rest, &part) || !id_set_epoch(id, seconds))
		return false;
	id->has |= ID_PID | ID_SEQUENCE;
	return true;
}

/* "0000000000480091.5F1FBEE1.00001B2C": inode, epoch, pid */
static bool decode_courier(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = s, inode = slice_cut(&rest, '.'), epoch;
	int64_t seconds;

	(void)near;
	*id = (struct id){ .family = id_courier.name };
	epoch = slice_cut(&rest, '.');
	if ((inode.len != 8 && inode.len != 16) ||
	    (epoch.len != 8 && epoch.len != 16) || rest.len != 8 ||
	    !id_number(inode, id_hex, 16, &id->inode) ||
	    !id_number(epoch, id_hex, 16, &seconds) ||
	    !id_number(rest, id_hex, 16, &id->pid) ||
	    !id_set_epoch(id, seconds))
		return false;
	id->has |= ID_PID | ID_INODE;
	return true;
}

/* An instant in milliseconds; false outside 1990 to 2100. */
static bool set_millis(struct id *id, int64_t ms)
{
	if (!id_set_epoch(id, ms / 1000))
		return false;
	id_set_time(id, ms * 1000, 1000);
	return true;
}

/* "arrivalms_nextms_attempts_pid_uniq_counter_host" */
static bool decode_haraka(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = s, arrival = slice_cut(&rest, '_');
	int64_t ms, any;

	(void)near;
	*id = (struct id){ .family = id_haraka_file.name };
	if (arrival.len != 13 || !id_decimal(arrival, &ms) ||
	    !id_decimal(slice_cut(&rest, '_'), &any) ||
	    !id_decimal(slice_cut(&rest, '_'), &any) ||
	    !id_decimal(slice_cut(&rest, '_'), &id->pid))
		return false;
	slice_cut(&rest, '_'); /* random */
	if (!id_decimal(slice_cut(&rest, '_'), &id->sequence) ||
	    rest.len == 0 || !set_millis(id, ms))
		return false;
	id->has |= ID_PID | ID_SEQUENCE;
	return true;
}

/* "@4000000037c219bf2ef02e94": seconds + 2^62 + 10, nanoseconds */
static bool decode_tai64n(struct slice s, int64_t near, struct id *id)
{
	int64_t seconds, ns;

	(void)near;
	*id = (struct id){ .family = id_tai64n.name };
	if (s.len == 25 && s.ptr[0] == '@')
		s = slice_from(s, 1);
	if (s.len != 24 || !slice_starts(s, SLICE("40000000")) ||
	    !id_number(slice_of(s.ptr + 8, 8), id_hex, 16, &seconds) ||
	    !id_number(slice_from(s, 16), id_hex, 16, &ns) ||
	    ns >= 1000000000 || !id_set_epoch(id, seconds - 10))
		return false;
	id_set_time(id, (seconds - 10) * US_SECOND + ns / 1000, 1);
	return true;
}

/* "1391410861.123456" */
static bool decode_splogger(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = s, epoch = slice_cut(&rest, '.');
	int64_t seconds, us;

	(void)near;
	*id = (struct id){ .family = id_splogger.name };
	if (epoch.len != 10 || rest.len != 6 || !id_decimal(epoch, &seconds) ||
	    !id_decimal(rest, &us) || !id_set_epoch(id, seconds))
		return false;
	id_set_time(id, seconds * US_SECOND + us, 1);
	return true;
}

/* "<544D2523.4030105@example.com>" */
static bool decode_thunderbird(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = id_bare(s), epoch = slice_cut(&rest, '.'), number;
	int64_t seconds, any;

	(void)near;
	*id = (struct id){ .family = id_thunderbird.name };
	number = slice_to(rest, slice_chr(rest, '@'));
	return number.len < rest.len && epoch.len == 8 &&
	       id_number(epoch, id_hex, 16, &seconds) &&
	       id_decimal(number, &any) && id_set_epoch(id, seconds);
}

/* "<17.3.1391410861123.JavaMail.user@host.example>" */
static bool decode_javamail(struct slice s, int64_t near, struct id *id)
{
	size_t end = slice_find(s, SLICE(".JavaMail."));
	struct slice head = slice_to(s, end);
	int64_t ms;

	(void)near;
	*id = (struct id){ .family = id_javamail.name };
	if (end == SLICE_NONE)
		return false;
	head = slice_from(head, slice_rchr(head, '.') + 1);
	return head.len >= 12 && head.len <= 13 && id_decimal(head, &ms) &&
	       set_millis(id, ms);
}

#define FILETIME_1970 INT64_C(116444736000000000) /* 100 ns since 1601 */

/* "<000001cf2b5a$0a0b0c0d$1e1f2021$@example.com>": counter, FILETIME */
static bool decode_outlook(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = id_bare(s), head = slice_cut(&rest, '$'), low;
	int64_t high, part, us;

	(void)near;
	*id = (struct id){ .family = id_outlook.name };
	low = slice_cut(&rest, '$');
	if (head.len != 12 || low.len != 8 ||
	    slice_chr(rest, '@') == SLICE_NONE ||
	    !id_number(slice_from(head, 4), id_hex, 16, &high) ||
	    !id_number(low, id_hex, 16, &part))
		return false;
	if (high >= INT64_C(1) << 28) /* the year 5000 and no more */
		return false;
	us = ((high << 32 | part) - FILETIME_1970) / 10;
	if (!id_set_epoch(id, us / US_SECOND))
		return false;
	id_set_time(id, us, 1);
	return true;
}

/* Day numbers that come round: the one nearest to NEAR. Without NEAR only the
 * number is known. */
static void set_day(struct id *id, int64_t day, int64_t lap, int64_t near)
{
	int64_t today = near / US_DAY;

	if (near == TIME_NONE || near < 0) {
		id->sequence = day;
		id->has |= ID_SEQUENCE;
		return;
	}
	day += (today - day + lap / 2) / lap * lap;
	id_set_time(id, day * US_DAY, US_DAY);
}

static int base32_value(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* "SRS0=HHHH=TT=domain=local@forwarder": TT is the day mod 1024. SRS1 keeps
 * the text of the SRS0 behind "==". The separator may be = + or -. */
static bool decode_srs(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = id_bare(s), stamp;
	int high, low;

	*id = (struct id){ .family = id_srs.name };
	if (rest.len < 8 || !slice_eq_nocase(slice_to(rest, 3), SLICE("SRS")) ||
	    (rest.ptr[3] != '0' && rest.ptr[3] != '1') ||
	    !strchr("=+-", rest.ptr[4]) || !rest.ptr[4])
		return false;
	if (rest.ptr[3] == '1') {
		size_t inner = slice_find(rest, SLICE("=="));

		if (inner == SLICE_NONE)
			return false;
		rest = slice_from(rest, inner + 2);
	} else {
		rest = slice_from(rest, 5);
	}
	slice_cut(&rest, '='); /* hash */
	stamp = slice_cut(&rest, '=');
	if (stamp.len != 2 || slice_chr(rest, '=') == SLICE_NONE)
		return false;
	high = base32_value(stamp.ptr[0]);
	low = base32_value(stamp.ptr[1]);
	if (high < 0 || low < 0)
		return false;
	set_day(id, high * 32 + low, 1024, near);
	return true;
}

/* "prvs=KDDDSSSSSS=local@domain": DDD is a day mod 1000 */
static bool decode_batv(struct slice s, int64_t near, struct id *id)
{
	struct slice rest = id_bare(s), tag;
	int64_t day, any;

	*id = (struct id){ .family = id_batv.name };
	if (!slice_eq_nocase(slice_to(rest, 5), SLICE("prvs=")))
		return false;
	rest = slice_from(rest, 5);
	tag = slice_cut(&rest, '=');
	if (tag.len != 10 || slice_chr(rest, '@') == SLICE_NONE ||
	    !id_decimal(slice_of(tag.ptr + 1, 3), &day) ||
	    !id_number(slice_from(tag, 4), id_hex, 16, &any))
		return false;
	set_day(id, day, 1000, near);
	return true;
}

static const struct id_example barracuda_examples[] = {
	{ "1382041743-0f8241420001-6AQV5q", "2013-10-17T20:29:03Z", NULL },
};

const struct id_family id_barracuda = {
	.name = "barracuda",
	.about = "second at which the message was taken",
	.decode = decode_barracuda,
	ID_EXAMPLES(barracuda_examples),
};

static const struct id_example puremessage_examples[] = {
	{ "5963767C_31729_16_1", "2017-07-10T12:43:40Z pid=31729 sequence=16",
	  NULL },
};

const struct id_family id_puremessage = {
	.name = "puremessage",
	.about = "second, process and number of the message in it",
	.decode = decode_puremessage,
	ID_EXAMPLES(puremessage_examples),
};

static const struct id_example courier_examples[] = {
	{ "0000000000480091.5F1FBEE1.00001B2C",
	  "2020-07-28T06:00:01Z pid=6956 inode=4718737", NULL },
};

const struct id_family id_courier = {
	.name = "courier",
	.about = "inode, second and process of the message",
	.decode = decode_courier,
	ID_EXAMPLES(courier_examples),
};

static const struct id_example haraka_examples[] = {
	{ "1391410861123_1391410861123_0_2211_A7bQx9_4_mail.example.com",
	  "2014-02-03T07:01:01.123000Z pid=2211 sequence=4", NULL },
};

const struct id_family id_haraka_file = {
	.name = "haraka queue file",
	.about = "arrival of the message in the outbound queue",
	.decode = decode_haraka,
	ID_EXAMPLES(haraka_examples),
};

static const struct id_example tai64n_examples[] = {
	{ "@4000000037c219bf2ef02e94", "1999-08-24T04:04:05.787492Z", NULL },
};

const struct id_family id_tai64n = {
	.name = "tai64n",
	.about = "stamp of multilog; ten seconds are taken off, as its own "
	         "tools do",
	.decode = decode_tai64n,
	ID_EXAMPLES(tai64n_examples),
};

static const struct id_example splogger_examples[] = {
	{ "1391410861.123456", "2014-02-03T07:01:01.123456Z", NULL },
};

const struct id_family id_splogger = {
	.name = "splogger",
	.about = "stamp that qmail's splogger puts into each line",
	.decode = decode_splogger,
	ID_EXAMPLES(splogger_examples),
};

static const struct id_example thunderbird_examples[] = {
	{ "<544D2523.4030105@example.com>", "2014-10-26T16:45:23Z", NULL },
};

const struct id_family id_thunderbird = {
	.name = "thunderbird message-id",
	.about = "second on the sender's clock; the sender's claim",
	.decode = decode_thunderbird,
	ID_EXAMPLES(thunderbird_examples),
};

static const struct id_example javamail_examples[] = {
	{ "<17.3.1391410861123.JavaMail.app@host.example>",
	  "2014-02-03T07:01:01.123000Z", NULL },
};

const struct id_family id_javamail = {
	.name = "javamail message-id",
	.about = "millisecond on the sender's clock; the sender's claim",
	.decode = decode_javamail,
	ID_EXAMPLES(javamail_examples),
};

static const struct id_example outlook_examples[] = {
	{ "<000001cf2b5a$b0a1c2d0$11e54870$@example.com>",
	  "2014-02-16T21:04:32.747592Z", NULL },
};

const struct id_family id_outlook = {
	.name = "outlook message-id",
	.about = "instant on the sender's clock; the sender's claim",
	.decode = decode_outlook,
	ID_EXAMPLES(outlook_examples),
};

static const struct id_example srs_examples[] = {
	{ "SRS0=a1b2=7G=example.org=alice@forward.example", "sequence=998",
	  NULL },
	{ "SRS0=a1b2=7G=example.org=alice@forward.example", "2026-01-01",
	  "2026-01-01" },
};

const struct id_family id_srs = {
	.name = "srs address",
	.about = "day on which the forwarder rewrote the sender (mod 1024)",
	.decode = decode_srs,
	ID_EXAMPLES(srs_examples),
};

static const struct id_example batv_examples[] = {
	{ "prvs=1458a0b1c2=alice@example.com", "sequence=458", NULL },
	{ "prvs=1458a0b1c2=alice@example.com", "2026-01-05", "2026-01-01" },
};

const struct id_family id_batv = {
	.name = "batv address",
	.about = "day on which the tag ends, about a week after sending "
	         "(mod 1000)",
	.decode = decode_batv,
	ID_EXAMPLES(batv_examples),
};
