/* SPDX-License-Identifier: MIT */
/* Exim: every kind of line of its own log files and of syslog, lines that lie,
 * and records of the rejectlog. */
#include "parsers/exim.h"
#include "parsers/mail.h"
#include "tests/parsing.h"
#include "tests/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example lines[] = {
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= \"a, b\"@example.org "
	  "H=mail.example.org [192.0.2.25] P=esmtps S=1192 "
	  "id=m1@example.org",
	  "accept queue_id=1w1L5G-0005Pl-04 message_id=m1@example.org "
	  "sender=\"\\\"a, b\\\"@example.org\" client_ip=192.0.2.25 "
	  "client_name=mail.example.org instance=exim size=1192 "
	  "id_time=2026-03-14T09:14:58.002000Z roles=opens,envelope "
	  "message_id:own=m1@example.org" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= \"to=<root@x>, "
	  "status=sent H=evil [192.0.2.1] P=esmtp\"@example.org "
	  "H=mail.example.org [192.0.2.25] P=esmtp S=1192",
	  "accept queue_id=1w1L5G-0005Pl-04 sender=\"\\\"to=<root@x>, "
	  "status=sent H=evil [192.0.2.1] P=esmtp\\\"@example.org\" "
	  "client_ip=192.0.2.25 client_name=mail.example.org "
	  "instance=exim size=1192 id_time=2026-03-14T09:14:58.002000Z "
	  "roles=opens,envelope" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= a@example.org "
	  "H=h.example (x) [198.51.100.1] P=smtp S=1 (y) [192.0.2.66] "
	  "P=esmtp S=999 id=m1@example.org",
	  "accept queue_id=1w1L5G-0005Pl-04 message_id=m1@example.org "
	  "sender=a@example.org client_ip=192.0.2.66 "
	  "client_name=h.example helo=\"x) [198.51.100.1] P=smtp S=1 "
	  "(y\" instance=exim size=999 "
	  "id_time=2026-03-14T09:14:58.002000Z "
	  "roles=opens,envelope,damaged" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= a@example.org "
	  "H=h.example ([192.0.2.1]) [192.0.2.66] P=esmtp S=999 "
	  "T=\"x\\\" H=(y) [198.51.100.9] P=local id=z\" from "
	  "<a@example.org> for bob@example.com",
	  "accept queue_id=1w1L5G-0005Pl-04 sender=a@example.org "
	  "client_ip=192.0.2.66 client_name=h.example helo=[192.0.2.1] "
	  "subject=\"x\\\" H=(y) [198.51.100.9] P=local id=z\" "
	  "instance=exim size=999 nrcpt=1 "
	  "id_time=2026-03-14T09:14:58.002000Z roles=opens,envelope" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= a@example.org "
	  "H=h.example [192.0.2.66] P=esmtp L.- S=999 "
	  "id*=E1w1L5G-0005Pl-04@mx1.example.com T=\"1w1L5G-0005Pl-05 <= "
	  "<> R=1w1L5G-0005Pl-06\" from <a@example.org> for \"b "
	  "c\"@example.com d@example.com",
	  "accept queue_id=1w1L5G-0005Pl-04 "
	  "message_id=E1w1L5G-0005Pl-04@mx1.example.com "
	  "sender=a@example.org client_ip=192.0.2.66 "
	  "client_name=h.example subject=\"1w1L5G-0005Pl-05 <= <> "
	  "R=1w1L5G-0005Pl-06\" instance=exim size=999 nrcpt=2 "
	  "id_time=2026-03-14T09:14:58.002000Z roles=opens,envelope "
	  "message_id:own=E1w1L5G-0005Pl-04@mx1.example.com" },
	{ "2026-03-14 09:15:02 1w1L5G-0005Pl-04 <= a@example.org "
	  "H=h.example [192.0.2.66] P=esmtp S=9",
	  "accept queue_id=1w1L5G-0005Pl-04 sender=a@example.org "
	  "client_ip=192.0.2.66 client_name=h.example instance=exim "
	  "size=9 id_time=2026-03-14T09:14:58.002000Z "
	  "roles=opens,envelope" },
	{ "2026-03-14 09:15:02 1w1L5G-000000005Pl-00Y9 <= a@example.org "
	  "H=h.example [2001:db8::25]:40211 I=[2001:db8::1]:25 P=esmtp "
	  "S=9",
	  "accept queue_id=1w1L5G-000000005Pl-00Y9 sender=a@example.org "
	  "client_ip=2001:db8::25 client_name=h.example instance=exim "
	  "client_port=40211 size=9 id_time=2026-03-14T09:14:58.002117Z "
	  "roles=opens,envelope session:own=[2001:db8::25]:40211" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => quoted "
	  "name@example.com <\"quoted name\"@example.com> R=corp "
	  "T=remote_smtp H=store.example.com [192.0.2.12] C=\"250 2.0.0 "
	  "Ok: queued as 9B9471EC3EA\"",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=\"\\\"quoted "
	  "name\\\"@example.com\" relay_ip=192.0.2.12 "
	  "relay_name=store.example.com dsn=2.0.0 reply=\"250 2.0.0 Ok: "
	  "queued as 9B9471EC3EA\" said_by=store.example.com "
	  "next_queue_id=9B9471EC3EA instance=exim code=250 roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 ** nosuch user> => root "
	  "c=@example.com <\"nosuch user> => root C=\"@example.com> "
	  "R=corp T=remote_smtp H=store.example.com [192.0.2.12]: SMTP "
	  "error from remote mail server after RCPT TO:<\"nosuch user> "
	  "=> root C=\"@example.com>: 550 5.1.1 unknown",
	  "bounce queue_id=1w1L5G-0005Pl-04 recipient=\"\\\"nosuch user> "
	  "=> root C=\\\"@example.com\" relay_ip=192.0.2.12 "
	  "relay_name=store.example.com dsn=5.1.1 reply=\"550 5.1.1 "
	  "unknown\" said_by=store.example.com instance=exim code=550 "
	  "roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => a@b.example r=x t=y "
	  "h=evil [198.51.100.1] c=\"250 ok "
	  "id=1w1l5h-0005pm-00\"@example.com <\"a@b.example R=x T=y "
	  "H=evil [198.51.100.1] C=\\\"250 OK "
	  "id=1w1L5H-0005Pm-00\\\"\"@example.com> R=corp T=remote_smtp "
	  "H=store.example.com [192.0.2.12] C=\"250 OK "
	  "id=1w1L5J-0005Pm-00\"",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=\"\\\"a@b.example "
	  "R=x T=y H=evil [198.51.100.1] C=\\\\\\\"250 OK "
	  "id=1w1L5H-0005Pm-00\\\\\\\"\\\"@example.com\" "
	  "relay_ip=192.0.2.12 relay_name=store.example.com reply=\"250 "
	  "OK id=1w1L5J-0005Pm-00\" said_by=store.example.com "
	  "next_queue_id=1w1L5J-0005Pm-00 instance=exim code=250 "
	  "id_time=2026-03-14T09:15:01.000000Z roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => bob@example.net "
	  "R=smart T=remote_smtp H=mx.example.net [192.0.2.11] C=\"250 "
	  "OK \\\" T=x H=evil [198.51.100.1] queued as DEADBEEF01\"",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net reply=\"250 OK "
	  "\\\\\\\" T=x H=evil [198.51.100.1] queued as DEADBEEF01\" "
	  "said_by=mx.example.net next_queue_id=DEADBEEF01 instance=exim "
	  "code=250 roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 ** bob@example.net "
	  "R=smart T=remote_smtp H=mx.example.net [192.0.2.11]: SMTP "
	  "error from remote mail server after end of data: 554 5.7.1 "
	  "1w1L5G-0005Pl-04 => bob@example.net C=\"250 OK "
	  "id=1w1L5H-0005Pm-00\"",
	  "bounce queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=5.7.1 "
	  "reply=\"554 5.7.1 1w1L5G-0005Pl-04 => bob@example.net "
	  "C=\\\"250 OK id=1w1L5H-0005Pm-00\\\"\" said_by=mx.example.net "
	  "instance=exim code=554 roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 == bob@example.net "
	  "<all@example.com> R=smart T=remote_smtp defer (-54) "
	  "DT=0.000s: retry time not reached for any host",
	  "defer queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "orig_recipient=all@example.com relay_name=remote_smtp "
	  "reply=\"retry time not reached for any host\" instance=exim "
	  "roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 ** bob@example.net "
	  "F=<a@example.org>: Too many \"Received\" headers - suspected "
	  "mail loop DT=0.000s",
	  "bounce queue_id=1w1L5G-0005Pl-04 sender=a@example.org "
	  "recipient=bob@example.net reply=\"Too many \\\"Received\\\" "
	  "headers - suspected mail loop\" instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => /dev/null "
	  "<trash@example.com> R=aliases T=**bypassed**",
	  "discard queue_id=1w1L5G-0005Pl-04 recipient=/dev/null "
	  "orig_recipient=trash@example.com relay_name=**bypassed** "
	  "place=/dev/null instance=exim roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 >> bob@example.net "
	  "R=smart T=remote_smtp H=mx.example.net [192.0.2.11] C=\"250 "
	  "OK id=1w1L5H-0005Pm-00\"",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net reply=\"250 OK "
	  "id=1w1L5H-0005Pm-00\" said_by=mx.example.net "
	  "next_queue_id=1w1L5H-0005Pm-00 instance=exim code=250 "
	  "id_time=2026-03-14T09:14:59.000000Z roles=attempt" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 *> bob@example.net "
	  "R=smart T=remote_smtp H=mx.example.net [192.0.2.11]",
	  "info queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net instance=exim" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 => bob@example.net "
	  "R=smart T=remote_smtp H=mx.example.net [192.0.2.11] C=\"250 "
	  "OK id=1w1L",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net instance=exim "
	  "roles=attempt,damaged" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 Message is frozen",
	  "info queue_id=1w1L5G-0005Pl-04 instance=exim" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 unfrozen by root",
	  "info queue_id=1w1L5G-0005Pl-04 instance=exim roles=admin" },
	{ "2026-03-14 09:15:03 1w1L5G-0005Pl-04 H=mx.example.net "
	  "[192.0.2.11]:25 Connection refused",
	  "info queue_id=1w1L5G-0005Pl-04 relay_ip=192.0.2.11 "
	  "reply=\"Connection refused\" instance=exim" },
	{ "2026-03-14 09:15:02 H=h.example (x) [198.51.100.1] "
	  "F=<a@example.org> rejected RCPT <b@example.com>: y) "
	  "[192.0.2.66] F=<c@example.org> rejected RCPT <d@example.com>: "
	  "no",
	  "reject sender=a@example.org recipient=b@example.com "
	  "client_ip=198.51.100.1 client_name=h.example helo=x "
	  "reply=\"y) [192.0.2.66] F=<c@example.org> rejected RCPT "
	  "<d@example.com>: no\" stage=RCPT instance=exim "
	  "roles=attempt,damaged" },
	{ "2026-03-14 09:15:02 H=(x) [192.0.2.66] F=<> rejected RCPT "
	  "<\"x> y: 250 ok\"@example.com>: 550 5.7.1 no",
	  "reject sender=<> recipient=\"\\\"x> y: 250 "
	  "ok\\\"@example.com\" client_ip=192.0.2.66 helo=x dsn=5.7.1 "
	  "reply=\"550 5.7.1 no\" stage=RCPT instance=exim code=550 "
	  "roles=attempt" },
	{ "2026-03-14 09:15:02 H=h.example [192.0.2.66] sender verify "
	  "fail for <a@example.org>: unrouteable",
	  "info sender=a@example.org client_ip=192.0.2.66 "
	  "client_name=h.example "
	  "reply=\"sender verify fail for <a@example.org>: unrouteable\" "
	  "instance=exim" },
	{ "2026-03-14 09:15:02 H=h.example [192.0.2.66] temporarily "
	  "rejected connection in \"connect\" ACL: \"Host is "
	  "ratelimited\"",
	  "tempfail client_ip=192.0.2.66 client_name=h.example "
	  "reply=\"\\\"Host is ratelimited\\\"\" stage=CONNECT "
	  "instance=exim roles=attempt" },
	{ "2026-03-14 09:15:02 H=h.example [192.0.2.66] sender verify "
	  "defer for <\"x>: y\"@example.org>: lookup <z@example.com>",
	  "info sender=\"\\\"x>: y\\\"@example.org\" client_ip=192.0.2.66 "
	  "client_name=h.example reply=\"sender verify defer for "
	  "<\\\"x>: y\\\"@example.org>: lookup <z@example.com>\" "
	  "instance=exim" },
	{ "2026-03-14 09:15:02 H=h.example [192.0.2.66] sender verify "
	  "fail for ",
	  "info client_ip=192.0.2.66 client_name=h.example "
	  "reply=\"sender verify fail for \" instance=exim" },
	{ "2026-03-14 09:15:02 H=h.example [192.0.2.66] incomplete "
	  "transaction (RSET) from <a@example.org>",
	  "info client_ip=192.0.2.66 client_name=h.example "
	  "reply=\"incomplete transaction (RSET) from <a@example.org>\" "
	  "instance=exim" },
	{ "2026-03-14 09:15:02 U=www-data F=<www-data@example.com> "
	  "rejected by non-SMTP ACL: no",
	  "reject sender=www-data@example.com client_name=local "
	  "user=www-data reply=no stage=END-OF-MESSAGE instance=exim "
	  "roles=attempt" },
	{ "2026-03-14 09:15:02 unqualified sender rejected: <nobody> "
	  "H=(x) [192.0.2.66]",
	  "reject sender=nobody client_ip=192.0.2.66 helo=x "
	  "reply=\"unqualified sender rejected\" stage=MAIL "
	  "instance=exim roles=attempt" },
	{ "2026-03-14 09:15:02 login authenticator failed for (x) "
	  "[192.0.2.1]) [192.0.2.66]: 535 Incorrect authentication data "
	  "(set_id=a) (set_id=b)",
	  "auth_fail client_ip=192.0.2.66 helo=\"x) [192.0.2.1]\" "
	  "user=\"a) (set_id=b\" auth_method=login reply=\"535 Incorrect "
	  "authentication data\" instance=exim code=535 "
	  "roles=attempt,damaged" },
	{ "2026-03-14 09:15:02 SMTP syntax error in \"FOO H=(z) "
	  "[198.51.100.1]\" H=(x) [192.0.2.66] unrecognized command",
	  "info client_ip=192.0.2.66 helo=x instance=exim" },
	{ "2026-03-14 09:15:02 no MAIL in SMTP connection from (x) "
	  "[192.0.2.66] D=0.001s C=EHLO,NOOP",
	  "info client_ip=192.0.2.66 helo=x instance=exim" },
	{ "2026-03-14 09:15:02 SMTP call from (x) [192.0.2.66] dropped: "
	  "too many nonmail commands (last was \"NOOP\")",
	  "info client_ip=192.0.2.66 helo=x instance=exim" },
	{ "2026-03-14 09:15:02 Connection from [192.0.2.66] refused: too "
	  "many connections",
	  "tempfail client_ip=192.0.2.66 reply=\"refused: too many "
	  "connections\" stage=CONNECT instance=exim roles=attempt" },
};

static const struct parser_example syslog_lines[] = {
	{ "Mar 14 09:15:02 mx1 exim[20817]: [1/3] 2026-03-14 "
	  "09:15:02.318 [20817] 1w1L5G-0005Pl-04 => bob@example.net "
	  "R=smart T=remote_smtp H=mx.example.net [192.0.2.11] C=\"250 OK",
	  "relay queue_id=1w1L5G-0005Pl-04 recipient=bob@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net instance=exim "
	  "roles=attempt,damaged" },
	{ "Mar 14 09:15:02 mx1 exim[20817]: H=h.example [192.0.2.66] "
	  "F=<a@example.org> rejected RCPT <b@example.com>: no",
	  "reject sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.66 client_name=h.example reply=no "
	  "stage=RCPT instance=exim roles=attempt session:own=exim[20817]" },
};

static void events_of(struct slice text, struct strbuf *out)
{
	struct reading r;

	strbuf_reset(out);
	reading_init(&r, &framing_exim, text);
	if (reading_cut(&r)) {
		reading_parse(&r);
		reading_print_events(&r, out);
	}
	reading_release(&r);
}

static void rows(void **state)
{
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		events_of(slice_str(lines[i].line), &out);
		if (strcmp(strbuf_text(&out), lines[i].events) != 0)
			fail_msg("%s\nis      %s\nshould: %s", lines[i].line,
			         strbuf_text(&out), lines[i].events);
	}
	strbuf_release(&out);
	parsing_check(syslog_lines, COUNT(syslog_lines));
	parsing_check_pure(syslog_lines, COUNT(syslog_lines));
}

/* LINE, cut everywhere and with a hostile byte everywhere, behind syslog. */
static void hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct strbuf line = { 0 };

		strbuf_add_str(&line, "Mar 14 09:15:02 mx1 exim[9]: ");
		strbuf_add_str(&line, lines[i].line);
		parsing_check_hostile(strbuf_slice(&line));
		strbuf_release(&line);
	}
}

/* "time|host|program|pid|body" of all records, joined by " & ". */
static void records_of(const char *text, struct strbuf *out)
{
	struct reading r;

	strbuf_reset(out);
	reading_init(&r, &framing_exim, slice_str(text));
	while (reading_cut(&r)) {
		strbuf_addf(out, "%u:", (unsigned)r.record.lines);
		reading_parse(&r);
		reading_print_events(&r, out);
		strbuf_add_char(out, '\n');
	}
	reading_release(&r);
}

#define REJECTED                                                               \
	"2026-03-14 09:15:02 1w1L5G-0005Pl-04 H=h.example [192.0.2.66] "       \
	"F=<a@example.org> rejected after DATA: no\n"
#define REFUSED                                                                \
	"sender=a@example.org client_ip=192.0.2.66 client_name=h.example "

static void headers_belong_to_the_refusal(void **state)
{
	struct strbuf out = { 0 };

	(void)state;
	records_of(REJECTED "Envelope-from: <a@example.org>\n"
	                    "Envelope-to: <b@example.com>\n"
	                    "    <c@example.com>\n"
	                    "P Received: from x\n"
	                    "\tby y; 2026-01-01 00:00:00 +0100\n"
	                    "  Subject: 2026-01-01 00:00:00 "
	                    "1w1L5G-0005Pl-05 <= x@example.org U=x S=1\n"
	                    "I Message-ID: <m1@example.org>\n"
	                    "2026-03-14 09:15:03 Start queue run: pid=7\n",
	           &out);
	assert_string_equal(
		strbuf_text(&out),
		"8:reject queue_id=1w1L5G-0005Pl-04 "
		"message_id=m1@example.org " REFUSED "reply=no "
		"stage=END-OF-MESSAGE subject=\"2026-01-01 00:00:00 "
		"1w1L5G-0005Pl-05 <= x@example.org U=x S=1\" instance=exim "
		"id_time=2026-03-14T09:14:58.002000Z "
		"roles=opens_weakly,attempt\n"
		"1:info instance=exim\n");
	/* a line that begins like a record is one, whatever it follows */
	records_of(REJECTED "2026-03-14 09:15:03 1w1L5G-0005Pl-05 Completed\n"
	                    "what no headers look like\n",
	           &out);
	assert_string_equal(
		strbuf_text(&out),
		"1:reject queue_id=1w1L5G-0005Pl-04 " REFUSED "reply=no "
		"stage=END-OF-MESSAGE instance=exim "
		"id_time=2026-03-14T09:14:58.002000Z "
		"roles=opens_weakly,attempt\n"
		"1:removed queue_id=1w1L5G-0005Pl-05 instance=exim "
		"roles=closes\n"
		"1:unknown\n");
	strbuf_release(&out);
}

/* A record is whole only when what follows it is there to be seen. */
static void waits_for_the_next_line(void **state)
{
	struct slice text = SLICE(REJECTED "Envelope-from: <a@example.org>\n");
	struct record r = { 0 };
	struct layout *l = layout_new(&framing_exim, NULL);

	(void)state;
	assert_int_equal(framing_exim.next(l, text, false, &r), CUT_MORE);
	r = (struct record){ 0 };
	assert_int_equal(framing_exim.next(l, text, true, &r), CUT_RECORD);
	assert_int_equal(r.length, text.len);
	assert_int_equal(r.lines, 2);
	layout_free(l);
}

static void stamps(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		bool zone;
		const char *pid;
	} table[] = {
		{ "2026-03-14 09:15:02 x", 20, false, "" },
		{ "2026-03-14 09:15:02.318 x", 24, false, "" },
		{ "2026-03-14 09:15:02 +0530 x", 26, true, "" },
		{ "2026-03-14 09:15:02 -0800 [12] x", 31, true, "12" },
		{ "2026-03-14 09:15:02 [12] x", 25, false, "12" },
		{ "2026-03-14 09:15:02 [x] x", 20, false, "" },
		{ "2026-03-14T09:15:02 x", 0, false, "" },
		{ "2026-03-14 09:15:02", 0, false, "" },
		{ "2026-13-14 09:15:02 x", 0, false, "" },
		{ "hello", 0, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct slice raw, pid = { NULL, 0 };
		struct stamp t = { TIME_NONE, 0 };
		size_t n = exim_stamp(slice_str(table[i].text), &t, &raw, &pid);

		assert_int_equal(n, table[i].length);
		if (!n)
			continue;
		assert_int_equal(!!(t.has & STAMP_ZONE), table[i].zone);
		assert_true(slice_eq(pid, slice_str(table[i].pid)));
	}
}

static void tags(void **state)
{
	(void)state;
	assert_true(parser_exim.claims(SLICE("exim")));
	assert_true(parser_exim.claims(SLICE("exim4")));
	assert_false(parser_exim.claims(SLICE("eximx")));
	assert_false(parser_exim.claims(SLICE("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(hostile),
		cmocka_unit_test(headers_belong_to_the_refusal),
		cmocka_unit_test(waits_for_the_next_line),
		cmocka_unit_test(stamps),
		cmocka_unit_test(tags),
	};

	return cmocka_run_group_tests_name("exim", tests, NULL, NULL);
}
