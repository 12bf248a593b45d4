/* SPDX-License-Identifier: MIT */
/* OpenSMTPD: old and rare lines, and lines that lie. */
#include "tests/parsing.h"

#include "parsers/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example lines[] = {
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "connected address=192.0.2.66 host=<unknown>",
	  "connect client_ip=192.0.2.66 client_name=unknown "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd service=smtp "
	  "roles=session_opens session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "connected address=[2001:db8::25] host=mail.example.org",
	  "connect client_ip=2001:db8::25 client_name=mail.example.org "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd service=smtp "
	  "roles=session_opens session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "event=connected address=192.0.2.25 host=mail.example.org",
	  "connect client_ip=192.0.2.25 client_name=mail.example.org "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd service=smtp "
	  "roles=session_opens session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "event=closed address=192.0.2.25 host=mail.example.org "
	  "reason=quit",
	  "disconnect session_id=7ab7c87e67e099d0 instance=opensmtpd "
	  "roles=session_closes session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "authentication user=root result=ok address=192.0.2.1 host=x "
	  "result=permfail",
	  "auth_fail client_ip=192.0.2.1 client_name=x user=\"root "
	  "result=ok\" reply=permfail session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"\" result=\"550 no rDNS please fix\"",
	  "reject reply=\"550 no rDNS please fix\" stage=CONNECT "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd code=550 "
	  "roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"DATA\" result=\"451 4.7.1 Try again "
	  "later\"",
	  "tempfail dsn=4.7.1 reply=\"451 4.7.1 Try again later\" "
	  "stage=DATA session_id=7ab7c87e67e099d0 instance=opensmtpd "
	  "code=451 roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\".\" result=\"554 5.7.1 Message "
	  "rejected\"",
	  "reject dsn=5.7.1 reply=\"554 5.7.1 Message rejected\" "
	  "stage=END-OF-MESSAGE session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd code=554 roles=attempt "
	  "session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"JUNK0\" result=\"500 5.5.1 Invalid "
	  "command: Command unrecognized\"",
	  "reject dsn=5.5.1 reply=\"500 5.5.1 Invalid command: Command "
	  "unrecognized\" stage=UNKNOWN session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd code=500 roles=attempt "
	  "session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"AUTH PLAIN (...)\" result=\"535 "
	  "Authentication failed\"",
	  "info reply=\"535 Authentication failed\" stage=AUTH "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd code=535 "
	  "session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "bad-input result=\"500 5.5.1 Invalid command: Pipelining not "
	  "supported\"",
	  "reject dsn=5.5.1 reply=\"500 5.5.1 Invalid command: "
	  "Pipelining not supported\" stage=UNKNOWN "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd code=500 "
	  "roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"mail from:<> size=12\" result=\"421 "
	  "4.3.0: Temporary Error\"",
	  "tempfail sender=<> dsn=4.3.0 reply=\"421 4.3.0: Temporary "
	  "Error\" stage=MAIL session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd code=421 roles=attempt "
	  "session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"EHLO x] proto=ESMTP status=sent (250 "
	  "ok) to=<root@example.com>\" result=\"501 5.5.4 Invalid "
	  "command arguments: Invalid domain name\"",
	  "reject dsn=5.5.4 reply=\"501 5.5.4 Invalid command arguments: "
	  "Invalid domain name\" stage=EHLO session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd code=501 roles=attempt "
	  "session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"EHLO x\" result=\"250 2.0.0 Ok\" "
	  "result=\"501 5.5.4 Invalid command arguments: Invalid domain "
	  "name\"",
	  "reject dsn=5.5.4 reply=\"501 5.5.4 Invalid command arguments: "
	  "Invalid domain name\" stage=EHLO session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd code=501 roles=attempt,damaged "
	  "session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "failed-command command=\"MAIL FROM:<\"x> "
	  "to=<ceo@example.com>, status=sent (250 2.0.0 Ok: queued as "
	  "DEADBEEF01)\"@example.org>\" result=\"553 5.1.0 Sender "
	  "address syntax error\"",
	  "reject sender=\"\\\"x> to=<ceo@example.com>, status=sent (250 "
	  "2.0.0 Ok: queued as DEADBEEF01)\\\"@example.org\" dsn=5.1.0 "
	  "reply=\"553 5.1.0 Sender address syntax error\" stage=MAIL "
	  "session_id=7ab7c87e67e099d0 instance=opensmtpd code=553 "
	  "roles=attempt session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "envelope evpid=56088e9e7fa9a694 from=<\"a> "
	  "to=<ceo@example.com\"@example.org> to=<bob@example.net>",
	  "info queue_id=56088e9e sender=\"\\\"a> "
	  "to=<ceo@example.com\\\"@example.org\" "
	  "recipient=bob@example.net session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd roles=damaged session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c87e67e099d0 smtp "
	  "envelope evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@exam",
	  "info queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@exam session_id=7ab7c87e67e099d0 "
	  "instance=opensmtpd roles=damaged session:own=7ab7c87e67e099d0" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "delivery evpid=56088e9e7fa9a694 from=<\"x> to=<y@example.com> "
	  "rcpt=<-> relay=\"@example.org> to=<bob@example.net> rcpt=<-> "
	  "source=\"192.0.2.30\" relay=\"192.0.2.11 (192.0.2.11)\" "
	  "delay=0s result=\"Ok\" stat=\"250 2.0.0 Ok\" "
	  "result=\"TempFail\" stat=\"450 no\"",
	  "relay queue_id=56088e9e sender=\"\\\"x> to=<y@example.com> "
	  "rcpt=<-> relay=\\\"@example.org\" recipient=bob@example.net "
	  "relay_ip=192.0.2.11 dsn=2.0.0 reply=\"250 2.0.0 Ok\\\" "
	  "result=\\\"TempFail\\\" stat=\\\"450 no\" said_by=192.0.2.11 "
	  "session_id=7ab7c88295a2f347 instance=opensmtpd service=mta "
	  "code=250 delay=0s roles=attempt,damaged "
	  "session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "delivery evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@example.net> rcpt=<-> source=\"192.0.2.30\" "
	  "relay=\"192.0.2.11 (mx.example.net)\" delay=0s "
	  "result=\"PermFail\" stat=\"550 5.1.1 <bob@example.net>: "
	  "unknown; queued as DEADBEEF01\"",
	  "bounce queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net relay_ip=192.0.2.11 "
	  "relay_name=mx.example.net dsn=5.1.1 reply=\"550 5.1.1 "
	  "<bob@example.net>: unknown; queued as DEADBEEF01\" "
	  "said_by=mx.example.net session_id=7ab7c88295a2f347 "
	  "instance=opensmtpd service=mta code=550 delay=0s "
	  "roles=attempt session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "delivery evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@example.net> rcpt=<-> source=\"192.0.2.30\" "
	  "relay=\"192.0.2.11 (mx.example.net)\" delay=0s "
	  "result=\"PermFail\" stat=\"message too large for peer\"",
	  "bounce queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net relay_ip=192.0.2.11 "
	  "relay_name=mx.example.net reply=\"message too large for "
	  "peer\" session_id=7ab7c88295a2f347 instance=opensmtpd "
	  "service=mta delay=0s roles=attempt "
	  "session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "delivery evpid=56088e9e7fa9a694 from=<a@example.org> "
	  "to=<bob@example.net> rcpt=<-> source=\"192.0.2.30\" "
	  "relay=\"192.0.2.11 (mx.example.net)\" delay=0s result=\"Ok\" "
	  "stat=\"250 2.0.0 Ok: qu",
	  "relay queue_id=56088e9e sender=a@example.org "
	  "recipient=bob@example.net relay_ip=192.0.2.11 "
	  "relay_name=mx.example.net dsn=2.0.0 reply=\"250 2.0.0 Ok: "
	  "qu\" said_by=mx.example.net session_id=7ab7c88295a2f347 "
	  "instance=opensmtpd service=mta code=250 delay=0s "
	  "roles=attempt,damaged session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c888813a1c02 mda "
	  "delivery evpid=afc2d252898baf8c from=<a@example.org> "
	  "to=<carol+list@example.com> rcpt=<carol+list@example.com> "
	  "user=carol delay=3m result=TempFail stat=Error (\"temporary "
	  "failure\")",
	  "defer queue_id=afc2d252 sender=a@example.org "
	  "recipient=carol+list@example.com reply=\"Error (\\\"temporary "
	  "failure\\\")\" session_id=7ab7c888813a1c02 instance=opensmtpd "
	  "service=mda delay=180s roles=attempt "
	  "session:own=7ab7c888813a1c02" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta error "
	  "reason=IO Error: Connection refused",
	  "info reply=\"IO Error: Connection refused\" "
	  "session_id=7ab7c88295a2f347 instance=opensmtpd "
	  "session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta tls "
	  "ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256",
	  "tls tls=\"TLSv1.3 TLS_AES_256_GCM_SHA384\" "
	  "session_id=7ab7c88295a2f347 instance=opensmtpd "
	  "session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: 7ab7c88295a2f347 mta "
	  "server-cert-check result=\"failure\"",
	  "info session_id=7ab7c88295a2f347 instance=opensmtpd "
	  "session:own=7ab7c88295a2f347" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: delivery: Remove for "
	  "56088e9e7fa9a694: from=<@>, to=<bob@example.net>, "
	  "rcpt=<all@example.net>, delay=2s, stat=Removed by "
	  "administrator",
	  "removed queue_id=56088e9e sender=<> recipient=bob@example.net "
	  "orig_recipient=all@example.net reply=\"Removed by "
	  "administrator\" instance=opensmtpd delay=2s roles=admin" },
	{ "Mar 14 09:15:02 vps1 smtpd[856]: smtp-out: No valid route for "
	  "[connector:[]->[relay:example.net]]",
	  "info instance=opensmtpd" },
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
	for (size_t i = 0; i < parser_opensmtpd.nexamples; i++)
		parsing_check_hostile(
			slice_str(parser_opensmtpd.examples[i].line));
}

static void unknown_shapes(void **state)
{
	static const char *const strange[] = {
		"Mar 14 09:15:02 vps1 smtpd[9]: what is this",
		"Mar 14 09:15:02 vps1 smtpd[9]: 7ab7c87e67e099d0 smtp dance",
		"Mar 14 09:15:02 vps1 smtpd[9]: 7AB7C87E67E099D0 smtp connected",
		"Mar 14 09:15:02 vps1 smtpd[9]: 7ab7c87e67e099d0 smtp message "
		"msgid=xyz",
		"Mar 14 09:15:02 mx1 postfix/smtpd[9]: 7ab7c87e67e099d0 smtp "
		"disconnected reason=quit",
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
	(void)state;
	assert_true(parser_opensmtpd.claims(SLICE("smtpd")));
	assert_false(parser_opensmtpd.claims(SLICE("postfix/smtpd")));
	assert_false(parser_opensmtpd.claims(SLICE("smtpd2")));
	assert_false(parser_opensmtpd.claims(SLICE("")));
	assert_false(parser_postfix.claims(SLICE("smtpd")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(hostile),
		cmocka_unit_test(unknown_shapes),
		cmocka_unit_test(tags),
	};

	return cmocka_run_group_tests_name("opensmtpd", tests, NULL, NULL);
}
