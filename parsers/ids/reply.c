/* SPDX-License-Identifier: MIT */
/* Replies of next hops: what they call the message, and when they took it. */
#include "parsers/ids/family.h"

static struct slice absent(void)
{
	return slice_of(NULL, 0);
}

/* What may stand in an id; blanks, quotes and brackets end it. */
static bool is_id_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || (c && strchr("-._+/=:", c));
}

/* The id at the start of S, without a full stop at its end. */
static struct slice id_at(struct slice s)
{
	size_t n = 0;

	while (n < s.len && is_id_char(s.ptr[n]))
		n++;
	while (n > 0 && strchr(".:,", s.ptr[n - 1]))
		n--;
	return n ? slice_to(s, n) : absent();
}

/* The id that ends S. */
static struct slice id_before(struct slice s)
{
	size_t n = s.len;

	while (n > 0 && is_id_char(s.ptr[n - 1]))
		n--;
	return n < s.len ? slice_from(s, n) : absent();
}

static struct slice after_last(struct slice s, struct slice mark)
{
	size_t at = slice_rfind(s, mark);

	return at == SLICE_NONE ? absent() : id_at(slice_from(s, at + mark.len));
}

/* The last one is the inner one: a filter repeats the answer that it got. */
static struct slice queued_as(struct slice s)
{
	return after_last(s, SLICE("queued as "));
}

/* "OK id=1aQrOE-0004A7-TL"; amavis says "id=00777-04" of its own. */
static struct slice exim_id(struct slice s)
{
	struct slice id = after_last(s, SLICE("id="));

	return id_is_exim(id) ? id : absent();
}

#define ACCEPTED SLICE(" Message accepted for delivery")

/* "2.0.0 QID Message accepted for delivery"; OpenSMTPD puts a colon before
 * or nothing. */
static struct slice accepted(struct slice s)
{
	size_t at = slice_rfind(s, ACCEPTED);
	struct slice id;

	if (at == SLICE_NONE)
		return absent();
	id = id_before(slice_to(s, at));
	/* without an id the enhanced code would be taken for one */
	return slice_chr(id, '.') == SLICE_NONE && id.len >= 6 ? id : absent();
}

/* "ok:  Message 12345 accepted" */
static struct slice esa_mid(struct slice s)
{
	struct slice mark = SLICE("Message "), id;
	size_t at = slice_rfind(s, mark);
	uint64_t n;

	if (at == SLICE_NONE)
		return absent();
	s = slice_from(s, at + mark.len);
	id = id_at(s);
	return slice_u64(id, &n) &&
	                       slice_starts(slice_from(s, id.len),
	                                    SLICE(" accepted"))
	               ? id
	               : absent();
}

/* "ok 1391410861 qp 14129": the pid that qmail-send logs as "qp". */
static struct slice qmail_pid(struct slice s)
{
	struct slice id = after_last(s, SLICE(" qp "));
	uint64_t n;

	return slice_u64(id, &n) ? id : absent();
}

/* "OK  1764392210 2adb3069b0e04-3a1b….508 - gsmtp" */
static struct slice gmail_id(struct slice s)
{
	size_t at = slice_rfind(s, SLICE(" - gsmtp"));

	return at == SLICE_NONE ? absent() : id_before(slice_to(s, at));
}

/* "<MSGID> [InternalId=41399189774878, Hostname=EX01.example]" */
static struct slice exchange_id(struct slice s)
{
	struct slice id = after_last(s, SLICE("[InternalId="));
	uint64_t n;

	return slice_u64(id, &n) ? id : absent();
}

/* "2.0.0 <rcpt> SESSION Saved" */
static struct slice dovecot_session(struct slice s)
{
	size_t at = slice_rfind(s, SLICE(" Saved"));
	struct slice id;

	if (at == SLICE_NONE)
		return absent();
	id = id_before(slice_to(s, at));
	return slice_to(id, slice_chr(id, ':')).len == 22 ? id : absent();
}

/* "Ok. 0000000000480091.5F1FBEE1.00001B2C" and "Ok 010001…-000000" */
static struct slice after_ok(struct slice s)
{
	size_t at = slice_find_nocase(s, SLICE("ok"));
	struct slice id;
	struct id decoded;

	if (at == SLICE_NONE)
		return absent();
	s = slice_from(s, at + 2);
	while (s.len && (s.ptr[0] == '.' || s.ptr[0] == ':' || s.ptr[0] == ' '))
		s = slice_from(s, 1);
	id = id_at(s);
	return id_courier.decode(id, TIME_NONE, &decoded) ||
	                       id_ses.decode(id, TIME_NONE, &decoded)
	               ? id
	               : absent();
}

/* "Message Queued (UUID.1)" */
static struct slice haraka_uuid(struct slice s)
{
	struct slice id = after_last(s, SLICE("Message Queued ("));

	return id.len >= 36 && id.ptr[8] == '-' && id.ptr[13] == '-' ? id
	                                                             : absent();
}

/* "SmtpThread-12-…Received OK [AbC…].uk123" */
static struct slice mimecast_code(struct slice s)
{
	return after_last(s, SLICE("Received OK ["));
}

/* The specific ones first: a hostile address in an answer can hold
 * "queued as", but only before what the server itself says at the end. */
static struct slice (*const readers[])(struct slice) = {
	dovecot_session, queued_as,   exim_id,     accepted,
	exchange_id,     gmail_id,    qmail_pid,   esa_mid,
	haraka_uuid,     after_ok,    mimecast_code,
};

/* A temporary or final refusal hands nothing over. */
static bool is_refusal(struct slice s)
{
	return s.len >= 3 && (s.ptr[0] == '4' || s.ptr[0] == '5') &&
	       s.ptr[1] >= '0' && s.ptr[1] <= '9' && s.ptr[2] >= '0' &&
	       s.ptr[2] <= '9' &&
	       (s.len == 3 || s.ptr[3] == ' ' || s.ptr[3] == '-');
}

struct slice id_next_of_reply(struct slice reply)
{
	if (reply.len == 0 || is_refusal(reply))
		return absent();
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		struct slice id = readers[i](reply);

		if (id.len)
			return id;
	}
	return absent();
}

int64_t id_time_of_reply(struct slice reply, int64_t near)
{
	static const struct id_family *const of_reply[] = { &id_gmail_reply,
		                                            &id_qmail_reply };
	static const struct id_family *const of_id[] = {
		&id_postfix_long, &id_exim, &id_dovecot_mail,
		&id_courier,      &id_ses,  &id_barracuda,
	};
	struct slice next = id_next_of_reply(reply);
	struct id id;

	if (next.len == 0)
		return TIME_NONE;
	for (size_t i = 0; i < sizeof of_id / sizeof *of_id; i++)
		if (of_id[i]->decode(next, near, &id))
			return id.lo;
	/* a short Postfix id can look like one of Sendmail: only behind its
	 * own words is it one */
	if (slice_find(reply, ACCEPTED) != SLICE_NONE &&
	    id_sendmail.decode(next, near, &id))
		return id.lo;
	for (size_t i = 0; i < sizeof of_reply / sizeof *of_reply; i++)
		if (of_reply[i]->decode(reply, near, &id))
			return id.lo;
	return TIME_NONE;
}

/* The ten digits after MARK, blanks between allowed. */
static bool epoch_after(struct slice s, struct slice mark, int64_t *seconds)
{
	size_t at = slice_find_nocase(s, mark);
	struct slice rest, epoch;

	if (at == SLICE_NONE)
		return false;
	rest = slice_trim(slice_from(s, at + mark.len));
	epoch = slice_cut(&rest, ' ');
	return epoch.len == 10 && id_decimal(epoch, seconds);
}

static bool decode_gmail(struct slice s, int64_t near, struct id *id)
{
	struct slice name = gmail_id(s), epoch;
	int64_t seconds;

	(void)near;
	*id = (struct id){ .family = id_gmail_reply.name };
	if (name.len == 0)
		return false;
	/* words like "DMARC:Quarantine" may stand before the epoch, and the id
	 * may be two words */
	s = slice_trim(slice_to(s, (size_t)(name.ptr - s.ptr)));
	for (int words = 0; words < 2 && s.len; words++) {
		epoch = slice_from(s, slice_rchr(s, ' ') + 1);
		if (epoch.len == 10 && id_decimal(epoch, &seconds))
			return id_set_epoch(id, seconds);
		s = slice_trim(slice_to(s, (size_t)(epoch.ptr - s.ptr)));
	}
	return false;
}

static bool decode_qmail(struct slice s, int64_t near, struct id *id)
{
	struct slice pid = qmail_pid(s);
	int64_t seconds;

	(void)near;
	*id = (struct id){ .family = id_qmail_reply.name };
	if (pid.len == 0 || !epoch_after(s, SLICE("ok "), &seconds) ||
	    !id_set_epoch(id, seconds) || !id_decimal(pid, &id->pid))
		return false;
	id->has |= ID_PID;
	return true;
}

/* "0100018d5b2e1c40-0a1b2c3d-…-000000": the low twelve of the first sixteen
 * hex digits are milliseconds. */
static bool decode_ses(struct slice s, int64_t near, struct id *id)
{
	int64_t ms, region;

	(void)near;
	*id = (struct id){ .family = id_ses.name };
	if (s.len != 60 || s.ptr[16] != '-' || s.ptr[25] != '-' ||
	    s.ptr[53] != '-' ||
	    !id_number(slice_to(s, 4), id_hex, 16, &region) ||
	    !id_number(slice_of(s.ptr + 4, 12), id_hex, 16, &ms) ||
	    !id_set_epoch(id, ms / 1000))
		return false;
	id_set_time(id, ms * 1000, 1000);
	return true;
}

static const struct id_example gmail_examples[] = {
	{ "250 2.0.0 OK  1764392210 2adb3069b0e04-598acd02d3esi87.508 - gsmtp",
	  "2025-11-29T04:56:50Z", NULL },
	{ "250 2.0.0 OK DMARC:Quarantine 1764392210 2adb3069b0e04-5esi87.508 "
	  "- gsmtp",
	  "2025-11-29T04:56:50Z", NULL },
	{ "250 2.0.0 OK 1568030341 x89si421.12 - gsmtp", "2019-09-09T11:59:01Z",
	  NULL },
	{ "250 2.0.0 OK  1568030341 49271352a0748-0129 si298plg299 - gsmtp",
	  "2019-09-09T11:59:01Z", NULL },
};

const struct id_family id_gmail_reply = {
	.name = "gmail reply",
	.about = "second on Google's clock: a good absolute reference",
	.decode = decode_gmail,
	ID_EXAMPLES(gmail_examples),
};

static const struct id_example qmail_examples[] = {
	{ "250 ok 1391410861 qp 14129", "2014-02-03T07:01:01Z pid=14129", NULL },
	{ "250 ok 1391410861 qp 14129 by mail.example.com",
	  "2014-02-03T07:01:01Z pid=14129", NULL },
};

const struct id_family id_qmail_reply = {
	.name = "qmail reply",
	.about = "second on the next hop's clock and pid of its qmail-queue",
	.decode = decode_qmail,
	ID_EXAMPLES(qmail_examples),
};

static const struct id_example ses_examples[] = {
	{ "0100018d5b2e1c40-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-000000",
	  "2024-01-30T16:22:45.056000Z", NULL },
};

const struct id_family id_ses = {
	.name = "ses",
	.about = "millisecond at which the message was taken",
	.decode = decode_ses,
	ID_EXAMPLES(ses_examples),
};
