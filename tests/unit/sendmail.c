/* SPDX-License-Identifier: MIT */
/* Sendmail: every kind of line, old and new forms, and lines that lie. */
#include "tests/parsing.h"

#include "parsers/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example lines[] = {
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: from=<\"x, "
	  "size=1, class=0, nrcpts=9, relay=fake [192.0.2.9]\"@example.org>, "
	  "size=44, class=0, nrcpts=1, msgid=<m1@example.org>, proto=SMTP, "
	  "daemon=MTA, relay=h.example [192.0.2.25]",
	  "accept queue_id=62E9F2KY030211 message_id=m1@example.org "
	  "sender=\"\\\"x, size=1, class=0, nrcpts=9, relay=fake "
	  "[192.0.2.9]\\\"@example.org\" client_ip=192.0.2.25 "
	  "client_name=h.example instance=sendmail service=sendmail size=44 "
	  "nrcpt=1 id_time=2026-03-14T09:15:02.000000Z roles=opens,envelope "
	  "session:own=sendmail[9] message_id:own=m1@example.org" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "from=<a@example.org>, size=44, class=0, nrcpts=1, msgid=<x>, "
	  "relay=fake [192.0.2.9], proto=SMTP, daemon=MTA, relay=h.example "
	  "[192.0.2.25]",
	  "accept queue_id=62E9F2KY030211 message_id=\"x>, relay=fake "
	  "[192.0.2.9]\" sender=a@example.org client_ip=192.0.2.25 "
	  "client_name=h.example instance=sendmail service=sendmail size=44 "
	  "nrcpt=1 id_time=2026-03-14T09:15:02.000000Z "
	  "roles=opens,envelope,damaged session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: from=<Print "
	  "Connections>, size=44, class=0, nrcpts=1, relay=root@localhost",
	  "accept queue_id=62E9F2KY030211 sender=\"Print Connections\" "
	  "client_name=localhost user=root instance=sendmail "
	  "service=sendmail size=44 nrcpt=1 "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens,envelope" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "from=<a@example.org>, size=44, class=0, nrcpts=1, "
	  "msgid=<00000000000000000000000000000000000000000000000000000"
	  "000000000000000000000000000000000000000000@exam, proto=SMTP, "
	  "daemon=MTA, relay=[IPv6:2001:db8::1]",
	  "accept queue_id=62E9F2KY030211 "
	  "message_id=0000000000000000000000000000000000000000000000000"
	  "0000000000000000000000000000000000000000000000@exam "
	  "sender=a@example.org client_ip=2001:db8::1 instance=sendmail "
	  "service=sendmail size=44 nrcpt=1 "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens,envelope,damaged "
	  "session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: from=<>, "
	  "size=44, class=0, nrcpts=1, msgid=<>, relay=localhost",
	  "accept queue_id=62E9F2KY030211 message_id=<> sender=<> "
	  "client_name=localhost instance=sendmail service=sendmail size=44 "
	  "nrcpt=1 id_time=2026-03-14T09:15:02.000000Z roles=opens,envelope" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: from=<a@exam",
	  "accept queue_id=62E9F2KY030211 instance=sendmail service=sendmail "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens,envelope,damaged" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: HAA12345: from=<a@example.org>, "
	  "size=44, class=0, pri=30044, nrcpts=1, msgid=<a@example.org>, "
	  "proto=SMTP, relay=h.example [192.0.2.25]",
	  "accept queue_id=HAA12345 message_id=a@example.org "
	  "sender=a@example.org client_ip=192.0.2.25 client_name=h.example "
	  "instance=sendmail service=sendmail size=44 nrcpt=1 "
	  "roles=opens,envelope session:own=sendmail[9] "
	  "message_id:own=a@example.org" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: to=<\"x>, "
	  "delay=00:00:00, xdelay=00:00:00, mailer=local, pri=1, dsn=2.0.0, "
	  "stat=Sent, to=<y\"@example.com>, delay=00:00:09, xdelay=00:00:00, "
	  "mailer=local, pri=30394, dsn=5.1.1, stat=User unknown",
	  "bounce queue_id=62E9F2KY030211 recipient=\"\\\"x>, "
	  "delay=00:00:00, xdelay=00:00:00, mailer=local, pri=1, dsn=2.0.0, "
	  "stat=Sent, to=<y\\\"@example.com\" relay_name=local dsn=5.1.1 "
	  "reply=\"User unknown\" instance=sendmail service=sendmail "
	  "delay=9s transfer=0s roles=attempt" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.com>,<b@example.com> [more], delay=00:00:09, "
	  "xdelay=00:00:00, mailer=smtp, pri=30394, relay=mx.example.net., "
	  "dsn=4.0.0, stat=Deferred: Connection refused by mx.example.net.",
	  "defer queue_id=62E9F2KY030211 recipient=a@example.com "
	  "relay_name=mx.example.net dsn=4.0.0 reply=\"Connection refused by "
	  "mx.example.net.\" instance=sendmail service=sendmail delay=9s "
	  "transfer=0s roles=attempt & defer queue_id=62E9F2KY030211 "
	  "recipient=b@example.com relay_name=mx.example.net dsn=4.0.0 "
	  "reply=\"Connection refused by mx.example.net.\" instance=sendmail "
	  "service=sendmail delay=9s transfer=0s roles=attempt" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.com>, delay=00:00:09, mailer=esmtp, pri=30394, "
	  "stat=queued",
	  "defer queue_id=62E9F2KY030211 recipient=a@example.com "
	  "relay_name=esmtp reply=queued instance=sendmail service=sendmail "
	  "delay=9s roles=attempt" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.com>, delay=00:00:09, xdelay=00:00:01, "
	  "mailer=esmtp, pri=30394, relay=mx.example.net. [192.0.2.11], "
	  "dsn=5.0.0, reply=554 no, stat=Sent (Ok: queued as 9B9471EC3EA), "
	  "stat=Service unavailable",
	  "bounce queue_id=62E9F2KY030211 recipient=a@example.com "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=5.0.0 "
	  "reply=\"554 no\" said_by=mx.example.net instance=sendmail "
	  "service=sendmail code=554 delay=9s transfer=1s "
	  "roles=attempt,damaged" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.com>, delay=00:00:09, xdelay=00:00:01, "
	  "mailer=esmtp, pri=30394, relay=mx.example.net. [192.0.2.11], "
	  "dsn=5.1.2, stat=Host unknown (Name server: mx.example.net.: host "
	  "not found)",
	  "bounce queue_id=62E9F2KY030211 recipient=a@example.com "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=5.1.2 "
	  "reply=\"Host unknown (Name server: mx.example.net.: host not "
	  "found)\" instance=sendmail service=sendmail delay=9s transfer=1s "
	  "roles=attempt" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.com>, delay=00:00:09, xdelay=00:00:01, "
	  "mailer=esmtp, pri=30394, relay=mx.example.net. [192.0.2.11], "
	  "dsn=2.0.0, stat=Sent (Ok: queued as 9B94",
	  "relay queue_id=62E9F2KY030211 recipient=a@example.com "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=2.0.0 "
	  "reply=\"Ok: queued as 9B94\" said_by=mx.example.net "
	  "instance=sendmail service=sendmail delay=9s transfer=1s "
	  "roles=attempt,damaged" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.com>, delay=00:00:09, xdel",
	  "info queue_id=62E9F2KY030211 recipient=a@example.com "
	  "instance=sendmail service=sendmail roles=damaged" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=/var/mail/archive, ctladdr=<all@example.com> (8/0), "
	  "delay=00:00:00, xdelay=00:00:00, mailer=*file*, tls_verify=NONE, "
	  "tls_version=NONE, cipher=NONE, pri=32434, dsn=2.0.0, stat=Sent",
	  "deliver queue_id=62E9F2KY030211 recipient=/var/mail/archive "
	  "orig_recipient=all@example.com relay_name=*file* dsn=2.0.0 "
	  "reply=Sent place=/var/mail/archive instance=sendmail "
	  "service=sendmail delay=0s transfer=0s roles=attempt" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.com>, delay=00:00:00, mailer=local, pri=30394, "
	  "dsn=4.7.1, stat=quarantined",
	  "quarantine queue_id=62E9F2KY030211 recipient=a@example.com "
	  "relay_name=local dsn=4.7.1 reply=quarantined instance=sendmail "
	  "service=sendmail delay=0s roles=attempt" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "to=<a@example.net>, delay=00:00:02, xdelay=00:00:02, "
	  "mailer=esmtp, pri=30394, relay=mx.example.net. [192.0.2.11], "
	  "dsn=2.0.0, stat=Sent (ok 1773479702 qp 14129)",
	  "relay queue_id=62E9F2KY030211 recipient=a@example.net "
	  "relay_ip=192.0.2.11 relay_name=mx.example.net dsn=2.0.0 "
	  "reply=\"ok 1773479702 qp 14129\" said_by=mx.example.net "
	  "next_queue_id=14129 instance=sendmail service=sendmail delay=2s "
	  "transfer=2s id_time=2026-03-14T09:15:02.000000Z roles=attempt" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "ruleset=check_mail, arg1=<drop@example.org>, relay=[192.0.2.66], "
	  "discard",
	  "discard queue_id=62E9F2KY030211 sender=drop@example.org "
	  "client_ip=192.0.2.66 stage=MAIL instance=sendmail "
	  "service=sendmail roles=attempt session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "ruleset=check_mail, arg1=<\"a, relay=fake [192.0.2.9], "
	  "reject=250\"@example.org>, relay=[192.0.2.66], reject=451 4.1.8 "
	  "Domain of sender address does not resolve",
	  "tempfail queue_id=62E9F2KY030211 sender=\"\\\"a, relay=fake "
	  "[192.0.2.9], reject=250\\\"@example.org\" client_ip=192.0.2.66 "
	  "dsn=4.1.8 reply=\"451 4.1.8 Domain of sender address does not "
	  "resolve\" stage=MAIL instance=sendmail service=sendmail code=451 "
	  "roles=attempt session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "ruleset=check_eom, arg1=44, relay=[192.0.2.66], quarantine=looks "
	  "odd",
	  "quarantine queue_id=62E9F2KY030211 client_ip=192.0.2.66 "
	  "reply=\"looks odd\" stage=END-OF-MESSAGE instance=sendmail "
	  "service=sendmail roles=attempt session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: Milter: "
	  "to=<bob@example.com>, reject=451 4.7.1 later",
	  "tempfail queue_id=62E9F2KY030211 recipient=bob@example.com "
	  "dsn=4.7.1 reply=\"451 4.7.1 later\" stage=RCPT instance=sendmail "
	  "service=sendmail code=451 roles=attempt session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: Milter: data, "
	  "discard",
	  "discard queue_id=62E9F2KY030211 stage=END-OF-MESSAGE "
	  "instance=sendmail service=sendmail roles=attempt "
	  "session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: milter=clam, "
	  "quarantine=virus",
	  "quarantine queue_id=62E9F2KY030211 reply=virus said_by=clam "
	  "stage=END-OF-MESSAGE instance=sendmail service=sendmail "
	  "roles=attempt session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: milter=clam, "
	  "action=mail, reject=550 5.7.1 no",
	  "reject queue_id=62E9F2KY030211 dsn=5.7.1 reply=\"550 5.7.1 no\" "
	  "said_by=clam stage=MAIL instance=sendmail service=sendmail "
	  "code=550 roles=attempt session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: Milter insert "
	  "(1): header: X-Scanned: yes",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: Milter add: "
	  "header: Subject: hello",
	  "info queue_id=62E9F2KY030211 subject=hello instance=sendmail "
	  "service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: Milter change: "
	  "header Subject: from a to b to c",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sendmail "
	  "roles=damaged" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: Subject: hello "
	  "there",
	  "info queue_id=62E9F2KY030211 subject=\"hello there\" "
	  "instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: lost input "
	  "channel from [192.0.2.66] to MTA after rcpt",
	  "info queue_id=62E9F2KY030211 client_ip=192.0.2.66 "
	  "instance=sendmail service=sendmail session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: h.example "
	  "[192.0.2.66]: possible SMTP attack: command=AUTH, count=5",
	  "info queue_id=62E9F2KY030211 client_ip=192.0.2.66 "
	  "client_name=h.example instance=sendmail service=sendmail "
	  "session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: timeout waiting "
	  "for input from h.example [192.0.2.66] during server cmd read",
	  "info queue_id=62E9F2KY030211 client_ip=192.0.2.66 "
	  "client_name=h.example instance=sendmail service=sendmail "
	  "session:own=sendmail[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: collect: "
	  "premature EOM: Connection reset by peer",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: alias "
	  "<fwd@example.com> => carol@example.net",
	  "expand queue_id=62E9F2KY030211 recipient=carol@example.net "
	  "orig_recipient=fwd@example.com instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: forward carol => "
	  "dave",
	  "expand queue_id=62E9F2KY030211 recipient=dave "
	  "orig_recipient=carol instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: clone of "
	  "62E9F2KX030211",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sendmail "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens_weakly "
	  "queue:parent:expansion=62E9F2KX030211" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: discarded",
	  "removed queue_id=62E9F2KY030211 instance=sendmail "
	  "service=sendmail roles=closes" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: Saved message in "
	  "/var/tmp/dead.letter",
	  "info queue_id=62E9F2KY030211 place=/var/tmp/dead.letter "
	  "instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: 62E9F2Kb030211: "
	  "return to sender: Service unavailable",
	  "bounce_generated queue_id=62E9F2KY030211 reply=\"Service "
	  "unavailable\" instance=sendmail service=sendmail "
	  "queue:child:bounce=62E9F2Kb030211 & info queue_id=62E9F2Kb030211 "
	  "instance=sendmail service=sendmail "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens_weakly" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: 62E9F2Kb030211: "
	  "sender notify: Warning: could not send message for past 4 hours",
	  "bounce_generated queue_id=62E9F2KY030211 reply=\"Warning: could "
	  "not send message for past 4 hours\" instance=sendmail "
	  "service=sendmail queue:child:bounce=62E9F2Kb030211 & info "
	  "queue_id=62E9F2Kb030211 instance=sendmail service=sendmail "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens_weakly" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: 62E9F2Kb030211: "
	  "postmaster notify: see transcript for details",
	  "bounce_generated queue_id=62E9F2KY030211 reply=\"see transcript "
	  "for details\" instance=sendmail service=sendmail "
	  "queue:child:bounce=62E9F2Kb030211 & info queue_id=62E9F2Kb030211 "
	  "instance=sendmail service=sendmail "
	  "id_time=2026-03-14T09:15:02.000000Z roles=opens_weakly" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211[2]: ample.com>, "
	  "delay=00:00:00, stat=Sent",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sendmail "
	  "roles=damaged" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: SYSERR(root): "
	  "collect: I/O error on connection from h.example, "
	  "from=<a@example.org>",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sendmail[9]: 62E9F2KY030211: "
	  "Authentication-Warning: mx1.example.com: carol set sender to "
	  "bob@example.com using -f",
	  "info queue_id=62E9F2KY030211 instance=sendmail service=sendmail" },
	{ "Mar 14 09:15:02 mx1 sm-acceptingconnections[9]: NOQUEUE: Null "
	  "connection from [192.0.2.66]",
	  "disconnect client_ip=192.0.2.66 instance=sendmail "
	  "service=sm-acceptingconnections roles=session_closes "
	  "session:own=sm-acceptingconnections[9]" },
	{ "Mar 14 09:15:02 mx1 sendmail-in[9]: AUTH=server, relay=h.example "
	  "[192.0.2.77], authid=a, mech=X, authid=root, mech=PLAIN, bits=0",
	  "auth_ok client_ip=192.0.2.77 client_name=h.example user=\"a, "
	  "mech=X, authid=root\" auth_method=PLAIN instance=sendmail "
	  "service=sendmail-in roles=attempt session:own=sendmail-in[9]" },
};

static void rows(void **state)
{
	(void)state;
	parsing_check(lines, COUNT(lines));
	parsing_check_pure(lines, COUNT(lines));
}

static void hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		parsing_check_hostile(slice_str(lines[i].line));
}

static void unknown_shapes(void **state)
{
	static const char *const strange[] = {
		"Mar 14 09:15:02 mx1 sm-mta[9]: 62E9F2KY030211: what is this",
		"Mar 14 09:15:02 mx1 sm-mta[9]: to=<a@example.com>, stat=Sent",
		"Mar 14 09:15:02 mx1 sm-mta[9]: 307DF802B3: from=<a@example.com>",
	};
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(strange); i++)
		assert_int_equal(parsing_line(slice_str(strange[i]), &out),
		                 PARSE_NO);
	strbuf_release(&out);
}

static void tags(void **state)
{
	static const struct {
		struct slice tag;
		bool own;
	} known[] = {
		{ { "sendmail", 8 }, true },
		{ { "sm-mta", 6 }, true },
		{ { "sm-msp-queue", 12 }, true },
		{ { "sm-acceptingconnections", 23 }, true },
		{ { "sendmail-out", 12 }, true },
		{ { "sendmailx", 9 }, false },
		{ { "postfix/sendmail", 16 }, false },
		{ { "", 0 }, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		assert_int_equal(parser_sendmail.claims(known[i].tag),
		                 known[i].own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(hostile),
		cmocka_unit_test(unknown_shapes),
		cmocka_unit_test(tags),
	};

	return cmocka_run_group_tests_name("sendmail", tests, NULL, NULL);
}
