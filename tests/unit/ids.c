/* SPDX-License-Identifier: MIT */
/* Every example of every family, shapes, and what replies say. */
#include "parsers/ids/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int64_t time_of(const char *iso)
{
	int64_t us = TIME_NONE;
	int32_t offset;
	bool has_zone;

	if (iso && !civil_parse(slice_str(iso), &us, NULL, &has_zone, &offset))
		fail_msg("not a time: %s", iso);
	return us;
}

static const struct id_family *family(const char *name)
{
	const struct id_family *f = id_family_find(slice_str(name));

	if (!f)
		fail_msg("no family %s", name);
	return f;
}

static void test_examples(void **state)
{
	(void)state;
	for (size_t f = 0; id_families[f]; f++) {
		const struct id_family *fam = id_families[f];

		assert_ptr_equal(id_family_find(slice_str(fam->name)), fam);
		assert_non_null(fam->about);
		assert_true(fam->nexamples > 0);
		for (size_t i = 0; i < fam->nexamples; i++) {
			const struct id_example *e = &fam->examples[i];
			struct strbuf text = { 0 };
			struct id id;

			if (!fam->decode(slice_str(e->text), time_of(e->near),
			                 &id))
				fail_msg("%s: %s not decoded", fam->name,
				         e->text);
			assert_string_equal(id.family, fam->name);
			assert_true(id.lo <= id.hi);
			id_print(&id, &text);
			assert_string_equal(strbuf_text(&text), e->decoded);
			strbuf_release(&text);
		}
	}
	assert_null(id_family_find(SLICE("no such")));
}

/* The vectors that TRACE prints, in numbers. */
static void test_vectors(void **state)
{
	static const struct {
		const char *family, *text, *lo, *hi;
		int64_t pid, inode, sequence;
	} rows[] = {
		{ "postfix long", "46hvZ85lJRz1w8W",
		  "2019-09-30T20:46:08.809351", "2019-09-30T20:46:08.809351", 0,
		  257934, 0 },
		{ "postfix long", "4L07q90jqFz1fqnrw",
		  "2022-05-13T12:53:09.102297", "2022-05-13T12:53:09.102297", 0,
		  580855011, 0 },
		{ "postfix long", "3Pt2mN2VXxznjll",
		  "2011-03-20T14:31:48.353025", "2011-03-20T14:31:48.353025", 0,
		  5536956, 0 },
		{ "postfix long", "4fXwft2FgJzFpTn",
		  "2026-03-14T09:15:02.318204", "2026-03-14T09:15:02.318204", 0,
		  1835021, 0 },
		{ "postfix short", "307DF802B3", "1970-01-01T00:00:00.198623",
		  "1970-01-01T00:00:00.198623", 0, 524979, 0 },
		{ "postfix short", "2BF1C23A7B", "1970-01-01T00:00:00.179996",
		  "1970-01-01T00:00:00.179996", 0, 146043, 0 },
		{ "sendmail", "s1KJ39AQ014274", "2014-02-20T19:03:09",
		  "2014-02-20T19:03:09.999999", 14274, 0, 626 },
		{ "sendmail", "x89Bx1iP007421", "2019-09-09T11:59:01",
		  "2019-09-09T11:59:01.999999", 7421, 0, 2665 },
		{ "sendmail", "i0S0miXk018339", "2004-01-28T00:48:44",
		  "2004-01-28T00:48:44.999999", 18339, 0, 2026 },
		{ "exim", "1aQrOx-0004DT-PC", "2016-02-03T06:58:55.781",
		  "2016-02-03T06:58:55.781499", 16211, 0, 0 },
		{ "exim", "1UbC5z-0001pS-6Z", "2013-05-11T15:52:27.2035",
		  "2013-05-11T15:52:27.203999", 7034, 0, 0 },
		{ "exim", "1w1L5G-0005Pl-04", "2026-03-14T09:14:58.002",
		  "2026-03-14T09:14:58.002499", 20817, 0, 0 },
		{ "exim", "1w1L5G-000000005Pl-00Y9",
		  "2026-03-14T09:14:58.002117", "2026-03-14T09:14:58.002117",
		  20817, 0, 0 },
		{ "dovecot mail session", "qYyyBMsl9FRuZQAAA15QOA",
		  "2015-03-02T08:56:43.078810", "2015-03-02T08:56:43.078810",
		  25966, 0, 0 },
		{ "gmail reply",
		  "250 2.0.0 OK 1764392210 2adb3069b0e04-5esi87.508 - gsmtp",
		  "2025-11-29T04:56:50", "2025-11-29T04:56:50.999999", 0, 0,
		  0 },
		{ "qmail reply", "250 ok 1391410861 qp 14129",
		  "2014-02-03T07:01:01", "2014-02-03T07:01:01.999999", 14129, 0,
		  0 },
		{ "puremessage", "5963767C_31729_16_1", "2017-07-10T12:43:40",
		  "2017-07-10T12:43:40.999999", 31729, 0, 16 },
		{ "thunderbird message-id", "<544D2523.1@example.com>",
		  "2014-10-26T16:45:23", "2014-10-26T16:45:23.999999", 0, 0,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct id id;

		if (!family(rows[i].family)
		             ->decode(slice_str(rows[i].text), TIME_NONE, &id))
			fail_msg("%s", rows[i].text);
		assert_int_equal(id.lo, time_of(rows[i].lo));
		assert_int_equal(id.hi, time_of(rows[i].hi));
		assert_int_equal(id.pid, rows[i].pid);
		assert_int_equal(id.inode, rows[i].inode);
		assert_int_equal(id.sequence, rows[i].sequence);
	}
}

/* Where an id wraps around, NEAR decides and nothing else does. */
static void test_near(void **state)
{
	static const struct {
		const char *family, *text, *near, *decoded;
	} rows[] = {
		{ "sendmail", "i0S0miXk018339", "1950-01-01",
		  "1944-01-28T00:48:44Z pid=18339 sequence=2026" },
		{ "sendmail", "i0S0miXk018339", "2033-06-01",
		  "2004-01-28T00:48:44Z pid=18339 sequence=2026" },
		{ "sendmail", "i0S0miXk018339", "2050-01-01",
		  "2064-01-28T00:48:44Z pid=18339 sequence=2026" },
		{ "dovecot login session", "RvV0BITVsNqsFYMy", "2024-01-01",
		  "2022-01-14T05:24:30.726470Z port=55984 ip=172.21.131.50" },
		{ "dovecot login session", "RvV0BITVsNqsFYMy", "2030-01-01",
		  "2030-12-16T00:54:07.437126Z port=55984 ip=172.21.131.50" },
		{ "srs address", "SRS0=a=AA=example.org=x@f.example",
		  "1970-01-02", "1970-01-01" },
		{ "srs address", "SRS0+a=AA=example.org=x@f.example",
		  "1972-10-01", "1972-10-21" },
		{ "srs address",
		  "SRS1=b=f.example==a=AA=example.org=x@g.example",
		  "1972-10-01", "1972-10-21" },
		{ "batv address", "prvs=0000aabbcc=x@example.org", "1972-09-01",
		  "1972-09-27" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf text = { 0 };
		struct id id;

		if (!family(rows[i].family)
		             ->decode(slice_str(rows[i].text),
		                      time_of(rows[i].near), &id))
			fail_msg("%s", rows[i].text);
		id_print(&id, &text);
		assert_string_equal(strbuf_text(&text), rows[i].decoded);
		strbuf_release(&text);
	}
}

static void test_shapes(void **state)
{
	enum { LONG = 1, SHORT = 2, EXIM = 4, SENDMAIL = 8 };
	static const struct {
		const char *text;
		int is;
	} rows[] = {
		{ "4fXwft2FgJzFpTn", LONG },
		{ "3Pt2mN2VXxznjll", LONG },
		{ "4fXwft2FgJz1", LONG },
		{ "4fXwft2FgJz", 0 },     /* no inode */
		{ "4fXwft2FgzFpTn", 0 },  /* a digit too few */
		{ "4fXwft9FgJzFpTn", 0 }, /* more than a second of us */
		{ "4fXwft2FgJzFpTe", 0 }, /* a vowel */
		{ "4fXwft2FgJ-FpTn", 0 },
		{ "307DF802B3", SHORT },
		{ "F423F1", SHORT },
		{ "F42401", 0 }, /* 1,000,000 us */
		{ "FFFFF802B3", 0 },
		{ "307DF", 0 },
		{ "307DF0", 0 },
		{ "307DF0802B3", 0 }, /* the inode is not padded */
		{ "307df802b3", 0 },
		{ "307DG802B3", 0 },
		{ "123412341234", SHORT }, /* decimal too: cannot be told */
		{ "307DF802B3307DF802B307", 0 },
		{ "STATISTICS1", 0 },
		{ "statistics", 0 },
		{ "NOQUEUE", 0 },
		{ "warning", 0 },
		{ "1aQrOx-0004DT-PC", EXIM },
		{ "1w1L5G-000000005Pl-00Y9", EXIM },
		{ "1aQrOx-0004DT-P", 0 },
		{ "1aQrOx-0004DT-PCx", 0 },
		{ "1aQrOx_0004DT-PC", 0 },
		{ "1aQrO.-0004DT-PC", 0 },
		{ "1w1L5G-000000005Pl-00Y-", 0 },
		{ "s1KJ39AQ014274", SENDMAIL },
		{ "x89Bx1iP007421", SENDMAIL },
		{ "s1KJ39AQ4194304", SENDMAIL },
		{ "s1KJ39AQ01427", 0 },
		{ "s1KJ39AQ01427x", 0 },
		{ "sCKJ39AQ014274", 0 }, /* month 13 */
		{ "s10J39AQ014274", 0 }, /* day 0 */
		{ "s1WJ39AQ014274", 0 }, /* day 32 */
		{ "s1KO39AQ014274", 0 }, /* hour 24 */
		{ "s1KJy9AQ014274", 0 }, /* minute 60 */
		{ "y1KJ39AQ014274", 0 }, /* y and z are not used */
		{ "HAA12345", SENDMAIL },
		{ "YAA12345", 0 },
		{ "HAA1234", 0 },
		{ "HaA12345", 0 },
		{ "", 0 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice s = slice_str(rows[i].text);
		int is = (id_is_postfix_long(s) ? LONG : 0) |
		         (id_is_postfix_short(s) ? SHORT : 0) |
		         (id_is_exim(s) ? EXIM : 0) |
		         (id_is_sendmail(s) ? SENDMAIL : 0);

		if (is != rows[i].is)
			fail_msg("%s: %d, want %d", rows[i].text, is,
			         rows[i].is);
	}
	assert_false(id_is_postfix_long(slice_of(NULL, 0)));
	assert_false(id_is_postfix_short(slice_of(NULL, 0)));
	assert_false(id_is_exim(slice_of(NULL, 0)));
	assert_false(id_is_sendmail(slice_of(NULL, 0)));
}

/* Text of one kind that another must not claim. */
static void test_refused(void **state)
{
	static const struct {
		const char *family, *text;
	} rows[] = {
		{ "postfix long", "4fXwft7zzzzFpTn" }, /* above 999999 us */
		{ "postfix long", "000001000Jz1" },
		{ "postfix long", "zzzzzz000Jz1" },
		{ "sendmail", "s1UJ39AQ014274" }, /* 30 February */
		{ "sendmail", "HAA12345" },       /* holds no time */
		{ "exim", "zzzzzz-0004DT-PC" },
		{ "exim", "000000-0004DT-PC" },
		{ "exim", "1aQrOx-zzzzzz-PC" },
		{ "exim message-id", "E1aQrOx-0004DT-PC" },
		{ "exim message-id", "<1aQrOx-0004DT-PC@example.com>" },
		{ "exchange network-id", "4300205ec92949755aa207d0fcbccbf2" },
		{ "exchange network-id", "4300205ec92949755aa208d0fcbccbfg" },
		{ "exchange network-id",
		  "7d3b1f001c55-4e7a-9a0e--08d0fcbccbf2" },
		{ "exchange session", "07D0FCBA635FB9AF" },
		{ "exchange session", "08D0FCBA635FB9A" },
		{ "exchange internal-id", "1391410861" }, /* an epoch */
		{ "exchange internal-id", "021474836514" },
		{ "exchange internal-id", "99999999999999999999" },
		{ "dovecot mail session", "qYyyBMsl9FRuZQAAA15QO" },
		{ "dovecot mail session", "qYyyBMsl9FRuZQAAA15QO_" },
		{ "dovecot mail session", "/////8sl9FRuZQAAA15QOA" },
		{ "dovecot login session", "RvV0BITVsNqsFYM" },
		{ "dovecot login session", "RvV0BITVsNqs=YMy" },
		{ "gmail reply", "250 2.0.0 OK 176439221 a - gsmtp" },
		{ "gmail reply", "250 2.0.0 OK 1764392210 abc" },
		{ "gmail reply", " - gsmtp" },
		{ "qmail reply", "250 ok 1391410861 qp x" },
		{ "qmail reply", "250 ok 139141086 qp 14129" },
		{ "ses", "0100018d5b2e1c40-0a1b2c3d" },
		{ "barracuda", "1382041743-0f8241420001" },
		{ "barracuda", "138204174x-0f8241420001-6AQV5q" },
		{ "puremessage", "5963767C_31729_16" },
		{ "puremessage", "00000001_31729_16_1" },
		{ "courier", "0000000000480091.5F1FBEE1" },
		{ "courier", "192.168.10.10" },
		{ "tai64n", "@4000000037c219bf" },
		{ "tai64n", "@3000000037c219bf2ef02e94" },
		{ "tai64n", "@4000000037c219bfffffffff" },
		{ "splogger", "1391410861.12345" },
		{ "thunderbird message-id", "<544D2523@example.com>" },
		{ "javamail message-id", "<17.3.x.JavaMail.a@example.com>" },
		{ "javamail message-id", "13914108611234.JavaMail." },
		{ "outlook message-id", "<000001cf2b5a@example.com>" },
		{ "outlook message-id", "<0000ffffffff$b0a1c2d0$1$@a>" },
		{ "srs address", "SRS0=a=A=example.org=x@f.example" },
		{ "srs address", "SRS0=a=A1=example.org=x@f.example" },
		{ "srs address", "SRS1=a=AA=example.org=x@f.example" },
		{ "srs address", "SRS0" },
		{ "batv address", "prvs=1458a0b1c=x@example.com" },
		{ "batv address", "prvs=1458a0b1c2=x" },
		{ "postfix message-id", "<20140203070161.307DF802B3@a>" },
		{ "postfix message-id", "<20140203070101.307DF802B3>" },
		{ "postfix message-id", "<20140203070101.FFFFF802B3@a>" },
		{ "sendmail message-id", "<201402201903.x@a>" },
		{ "sendmail message-id", "<201413201903.s1KJ39AQ014274@a>" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct id id;

		if (family(rows[i].family)
		            ->decode(slice_str(rows[i].text), TIME_NONE, &id))
			fail_msg("%s: %s", rows[i].family, rows[i].text);
	}
}

static void test_next(void **state)
{
	static const struct {
		const char *reply, *next, *time;
	} rows[] = {
		{ "250 2.0.0 Ok: queued as 4fXwfv6PcPzFpV6", "4fXwfv6PcPzFpV6",
		  "2026-03-14T09:15:03.902117" },
		{ "250 2.0.0 Ok: queued as 9EB101A2C7", "9EB101A2C7", NULL },
		{ "(250 2.0.0 Ok: queued as 9EB101A2C7)", "9EB101A2C7", NULL },
		{ "250 2.0.0 Ok: 3127 bytes queued as 9EB101A2C7", "9EB101A2C7",
		  NULL },
		{ "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: "
		  "queued as 46hvZ85lJRz1w8W",
		  "46hvZ85lJRz1w8W", "2019-09-30T20:46:08.809351" },
		{ "Ok, queued as A1; but queued as B22222", "B22222", NULL },
		{ "250 2.0.0 s1KJ39AQ014274 Message accepted for delivery",
		  "s1KJ39AQ014274", "2014-02-20T19:03:09" },
		{ "s1KJ39AQ014274 Message accepted for delivery",
		  "s1KJ39AQ014274", "2014-02-20T19:03:09" },
		{ "250 2.0.0 4cwtbdrj71-1 Message accepted for delivery",
		  "4cwtbdrj71-1", NULL },
		{ "250 2.0.0 Message accepted for delivery", NULL, NULL },
		{ "250 2.0.0: 1a2b3c4d Message accepted for delivery",
		  "1a2b3c4d", NULL },
		{ "250 2.0.0 1a2b3c4d Message accepted for delivery",
		  "1a2b3c4d", NULL },
		{ "250 OK id=1aQrOx-0004DT-PC", "1aQrOx-0004DT-PC",
		  "2016-02-03T06:58:55.781" },
		{ "250 OK id=1w1L5G-000000005Pl-00Y9",
		  "1w1L5G-000000005Pl-00Y9", "2026-03-14T09:14:58.002117" },
		{ "250 2.7.0 Ok, discarded, id=00777-04 - spam", NULL, NULL },
		{ "250 ok 1391410861 qp 14129", "14129",
		  "2014-02-03T07:01:01" },
		{ "250 ok 1391410861 qp 14129 by mail.example.com", "14129",
		  "2014-02-03T07:01:01" },
		{ "250 2.0.0 OK  1764392210 2adb3069b0e04-5esi87.508 - gsmtp",
		  "2adb3069b0e04-5esi87.508", "2025-11-29T04:56:50" },
		{ "250 2.0.0 OK DMARC:Quarantine 1764392210 "
		  "2adb3069b0e04-5esi87.508 - gsmtp",
		  "2adb3069b0e04-5esi87.508", "2025-11-29T04:56:50" },
		{ "250 2.6.0 <a@example.com> [InternalId=41399189774878, "
		  "Hostname=EX01.example.com] 7431 bytes in 0.1, 50 KB/sec "
		  "Queued mail for delivery",
		  "41399189774878", NULL },
		{ "250 2.0.0 <bob@example.com> iNH3FxIntWnpdgAALRw7Xg Saved",
		  "iNH3FxIntWnpdgAALRw7Xg", "2026-03-14T09:14:58.402117" },
		{ "250 2.0.0 <bob@example.com> iNH3FxIntWnpdgAALRw7Xg:2 Saved",
		  "iNH3FxIntWnpdgAALRw7Xg:2", "2026-03-14T09:14:58.402117" },
		{ "250 Ok. 0000000000480091.5F1FBEE1.00001B2C",
		  "0000000000480091.5F1FBEE1.00001B2C",
		  "2020-07-28T06:00:01" },
		{ "250 Message Queued (0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0.1)",
		  "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0.1", NULL },
		{ "250 Message Queued (0.5 seconds)", NULL, NULL },
		{ "250 ok:  Message 12345 accepted", "12345", NULL },
		{ "ok: Message 12345 accepted", "12345", NULL },
		{ "250 ok:  Message x accepted", NULL, NULL },
		{ "250 Ok "
		  "0100018d5b2e1c40-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-"
		  "000000",
		  "0100018d5b2e1c40-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-"
		  "000000",
		  "2024-01-30T16:22:45.056" },
		{ "250 SmtpThread-12-Received OK [AbCdEf1234567890].uk123",
		  "AbCdEf1234567890", NULL },
		{ "250 2.0.0 Ok: queued as 1382041743-0f8241420001-6AQV5q",
		  "1382041743-0f8241420001-6AQV5q", "2013-10-17T20:29:03" },
		/* a short Postfix id that Sendmail could have made */
		{ "250 2.0.0 Ok: queued as A1B2C3D4567890", "A1B2C3D4567890",
		  NULL },
		/* text of a sender before what the server says */
		{ "250 2.0.0 <\"queued as BADBAD1\"@example.com> "
		  "iNH3FxIntWnpdgAALRw7Xg Saved",
		  "iNH3FxIntWnpdgAALRw7Xg", "2026-03-14T09:14:58.402117" },
		/* nothing was handed over */
		{ "450 4.2.0 greylisted, queued as 9EB101A2C7", NULL, NULL },
		{ "550 5.1.1 no such user id=1aQrOx-0004DT-PC", NULL, NULL },
		{ "421-4.7.0 try later 1764392210 abc - gsmtp", NULL, NULL },
		{ "250 2.0.0 Ok", NULL, NULL },
		{ "250 2.0.0 Ok: queued as ", NULL, NULL },
		{ "250 2.0.0 Ok: queued as )", NULL, NULL },
		{ "250", NULL, NULL },
		{ "", NULL, NULL },
		{ "queued as \x1b[31m", NULL, NULL },
		{ " Saved", NULL, NULL },
		{ " - gsmtp", NULL, NULL },
		{ "[InternalId=", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice reply = slice_str(rows[i].reply);
		struct slice next = id_next_of_reply(reply);
		int64_t us = id_time_of_reply(reply, TIME_NONE);

		if (!slice_eq(next, slice_str(rows[i].next)) ||
		    !next.ptr != !rows[i].next)
			fail_msg("'%s': got '%.*s'", rows[i].reply,
			         SLICE_FMT(next));
		if (next.ptr)
			assert_true(next.ptr >= reply.ptr &&
			            next.ptr + next.len <=
			                    reply.ptr + reply.len);
		if (us != time_of(rows[i].time))
			fail_msg("time of '%s': %lld, want %lld",
			         rows[i].reply, (long long)us,
			         (long long)time_of(rows[i].time));
	}
	assert_null(id_next_of_reply(slice_of(NULL, 0)).ptr);
	assert_int_equal(id_time_of_reply(slice_of(NULL, 0), 0), TIME_NONE);
}

/* Only printable ASCII comes out. */
static bool text_ok(const struct strbuf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->ptr[i] < ' ' || text->ptr[i] > '~')
			return false;
	return true;
}

static void try_all(struct slice s)
{
	for (size_t f = 0; id_families[f]; f++) {
		struct id id;

		if (id_families[f]->decode(s, f % 2 ? TIME_NONE : 0, &id)) {
			struct strbuf text = { 0 };

			assert_true(id.has != 0);
			assert_true(id.lo <= id.hi);
			id_print(&id, &text);
			assert_true(text.len > 0 && text_ok(&text));
			strbuf_release(&text);
		}
	}
	id_is_postfix_long(s);
	id_is_postfix_short(s);
	id_is_exim(s);
	id_is_sendmail(s);
	id_next_of_reply(s);
	id_time_of_reply(s, TIME_NONE);
}

/* Every example with each byte changed and cut at each place, to every
 * family: no decoder reads outside or makes up nonsense. */
static void test_mutations(void **state)
{
	static const char strange[] = "\0\xff-.=z0 @9A$:";

	(void)state;
	try_all(slice_of(NULL, 0));
	for (size_t f = 0; id_families[f]; f++) {
		struct slice s = slice_str(id_families[f]->examples[0].text);

		for (size_t i = 0; i < s.len; i++) {
			char *cut = malloc(s.len);

			memcpy(cut, s.ptr, s.len);
			for (size_t k = 0; k < sizeof strange - 1; k++) {
				cut[i] = strange[k];
				try_all(slice_of(cut, s.len));
			}
			free(cut);
			cut = malloc(i ? i : 1);
			memcpy(cut, s.ptr, i);
			try_all(slice_of(cut, i));
			free(cut);
		}
	}
}

/* One line of a megabyte. */
static void test_long_text(void **state)
{
	size_t len = 1000000;
	char *text = malloc(len);

	(void)state;
	for (size_t i = 0; i < len; i++)
		text[i] = "queued as id= Saved qp - gsmtp=AA"[i % 33];
	try_all(slice_of(text, len));
	memset(text, '0', len);
	try_all(slice_of(text, len));
	memset(text, '=', len);
	memcpy(text, "SRS1=", 5);
	try_all(slice_of(text, len));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),  cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_near),      cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_refused),   cmocka_unit_test(test_next),
		cmocka_unit_test(test_mutations), cmocka_unit_test(test_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
