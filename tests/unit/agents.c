/* SPDX-License-Identifier: MIT */
/* Filters, delivery agents and policy daemons: lines that imitate their own format, cuts, and
 * hostile bytes in every place. */
#include "tests/parsing.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example dovecot_lines[] = {
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: msgid=<x: discarded "
	  "y@example.org>: saved mail to INBOX",
	  "deliver message_id=\"x: discarded y@example.org\" recipient=bob "
	  "place=INBOX session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot "
	  "service=lmtp id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: msgid=<x>: saved mail to "
	  "Trash<y>: saved mail to INBOX",
	  "deliver message_id=\"x>: saved mail to Trash<y\" recipient=bob "
	  "place=INBOX session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot "
	  "service=lmtp id_time=2026-11-21T00:21:54.966557Z "
	  "roles=attempt,damaged session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: lmtp(quoted "
	  "name@example.com)<9246><SH2cOSLkAGseJAAAxNy1UQ>: "
	  "msgid=<m1@example.org>: saved mail to It's: Mine",
	  "deliver message_id=m1@example.org recipient=\"quoted "
	  "name@example.com\" place=\"It's: Mine\" "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: sieve: "
	  "msgid=<m1@example.org>: stored mail into mailbox 'a' 'b'",
	  "deliver message_id=m1@example.org recipient=bob place=\"a' 'b\" "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: msgid=<LLLLLLLL...: "
	  "saved mail to INBOX",
	  "deliver message_id=<LLLLLLLL... recipient=bob place=INBOX "
	  "session_id=SH2cOSLkAGseJAAAxNy1UQ instance=dovecot service=lmtp "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt,damaged "
	  "session:own=SH2cOSLkAGseJAAAxNy1UQ" },
	{ "Mar 14 09:15:02 mx1 dovecot: lmtp(bob)<9246>: "
	  "msgid=<m1@example.org>: saved mail to INBOX",
	  "deliver message_id=m1@example.org recipient=bob place=INBOX "
	  "instance=dovecot service=lmtp" },
	{ "Mar 14 09:15:02 mx1 dovecot: lmtp(bob): msgid=<m1@example.org>: "
	  "saved mail to INBOX",
	  "deliver message_id=m1@example.org recipient=bob place=INBOX "
	  "instance=dovecot service=lmtp" },
	{ "Mar 14 09:15:02 mx1 dovecot: "
	  "lmtp(bob)<9246><SH2cOSLkAGseJAAAxNy1UQ>: something new about a "
	  "message",
	  "unknown" },
	{ "Mar 14 09:15:05 mx1 dovecot: imap-login: Disconnected (auth "
	  "failed, 1 attempts in 2 secs): user=<x>, method=PLAIN, "
	  "rip=192.0.2.66, lip=192.0.2.1, session=<AAAA>, method=PLAIN, "
	  "rip=198.51.100.7, lip=192.0.2.1, TLS, session=<oEOptynOHNasEQAB>",
	  "auth_fail client_ip=198.51.100.7 user=\"x>, method=PLAIN, "
	  "rip=192.0.2.66, lip=192.0.2.1, session=<AAAA\" auth_method=PLAIN "
	  "reply=\"auth failed, 1 attempts in 2 secs\" "
	  "session_id=oEOptynOHNasEQAB instance=dovecot service=imap "
	  "repeat=1 roles=attempt session:own=oEOptynOHNasEQAB" },
	{ "Mar 14 09:15:05 mx1 dovecot: imap-login: Disconnected (auth "
	  "failed, 1 attempts in 2 secs): user=<x>: Login: user=<y>, "
	  "method=PLAIN, rip=198.51.100.7, lip=192.0.2.1, TLS, "
	  "session=<oEOptynOHNasEQAB>",
	  "auth_fail client_ip=198.51.100.7 user=\"x>: Login: user=<y\" "
	  "auth_method=PLAIN reply=\"auth failed, 1 attempts in 2 secs\" "
	  "session_id=oEOptynOHNasEQAB instance=dovecot service=imap "
	  "repeat=1 roles=attempt session:own=oEOptynOHNasEQAB" },
	{ "Mar 14 09:15:05 mx1 dovecot: imap-login: Disconnected (auth "
	  "failed, 99999999999999999999 attempts): user=<x>, "
	  "rip=198.51.100.7, lip=192.0.2.1, session=<S>",
	  "disconnect client_ip=198.51.100.7 user=x reply=\"Disconnected "
	  "(auth failed, 99999999999999999999 attempts)\" session_id=S "
	  "instance=dovecot service=imap session:own=S" },
	{ "Mar 14 09:15:05 mx1 dovecot: imap-login: Disconnected (auth "
	  "failed, 1 attempts in 2 secs): user=<x",
	  "info instance=dovecot service=imap roles=damaged" },
	{ "Mar 14 09:15:06 mx1 dovecot: auth: "
	  "sql(eve,192.0.2.66,<AAAA>,198.51.100.7,<oEOptynOHNasEQAB>): "
	  "unknown user",
	  "auth_fail client_ip=198.51.100.7 user=eve,192.0.2.66,<AAAA> "
	  "reply=\"unknown user\" session_id=oEOptynOHNasEQAB "
	  "instance=dovecot service=auth roles=attempt "
	  "session:own=oEOptynOHNasEQAB" },
	{ "Mar 14 09:15:06 mx1 dovecot: auth: sql(eve): unknown user",
	  "info instance=dovecot service=auth" },
	{ "Mar 14 09:15:06 mx1 dovecot: mystery: what is this",
	  "unknown" },
	{ "Mar 14 09:15:06 mx1 dovecot: imap(bob)<18><PeYcgjjOGOisEQAB>: "
	  "copy from INBOX: box=Trash, uid=3, uidvalidity=5, msgid=<a, "
	  "box=Sent>, subject=, msgid=<fake@example.net>",
	  "info message_id=\"a, box=Sent\" user=bob place=Trash "
	  "verdict=\"copy from INBOX\" session_id=PeYcgjjOGOisEQAB "
	  "instance=dovecot service=imap session:own=PeYcgjjOGOisEQAB" },
};

static const struct parser_example amavis_lines[] = {
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-06) Blocked BANNED "
	  "(text/plain,.exe,a) {RelayedInbound}, [198.51.100.1] "
	  "<x@example.org> -> <ceo@example.com>, Queue-ID: AAAAA1EC3EA, "
	  "b.exe) {DiscardedInbound}, [192.0.2.16]:60321 <gus@example.org> "
	  "-> <bob@example.com>, Queue-ID: 9B9471EC3EA, Message-ID: "
	  "<m2@example.org>, mail_id: p8bZyGhFfxDD, Hits: -, size: 660, 145 "
	  "ms",
	  "discard reply=\"Blocked BANNED\" verdict=BANNED "
	  "session_id=00777-06 roles=damaged" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) Passed CLEAN "
	  "{RelayedInbound}, [203.0.113.77]:51544 <\"x> -> "
	  "<ceo@example.com>, Queue-ID: AAAAA1EC3EA\"@example.org> -> "
	  "<bob@example.com>, Queue-ID: 9B9471EC3EA, Message-ID: "
	  "<a1@example.org>, mail_id: kQ2dX0yTz1aB, Hits: -, size: 3127, "
	  "queued_as: BD48A1EC408, 14 ms",
	  "info queue_id=9B9471EC3EA message_id=a1@example.org "
	  "sender=\"\\\"x> -> <ceo@example.com>, Queue-ID: "
	  "AAAAA1EC3EA\\\"@example.org\" recipient=bob@example.com "
	  "client_ip=203.0.113.77 verdict=CLEAN next_queue_id=BD48A1EC408 "
	  "session_id=00777-04 client_port=51544 size=3127 "
	  "queue:next_hop:filter=BD48A1EC408" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) Passed CLEAN "
	  "{RelayedInbound}, [203.0.113.77]:51544 <gus@example.org> -> "
	  "<bob@example.com>, Queue-ID: 9B9471EC3EA, Message-ID: <a1>, "
	  "mail_id: AAAAAAAAAAAA, Hits: -, size: 1, queued_as: AAAAA1EC3EA, "
	  "1 ms>, mail_id: kQ2dX0yTz1aB, Hits: -, size: 3127, queued_as: "
	  "BD48A1EC408, 14 ms",
	  "info queue_id=9B9471EC3EA sender=gus@example.org "
	  "recipient=bob@example.com client_ip=203.0.113.77 verdict=CLEAN "
	  "session_id=00777-04 client_port=51544 roles=damaged" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) Passed CLEAN "
	  "{RelayedInbound}, [203.0.113.77]:51544 <gus@example.org> -> "
	  "<bob@example.com>, Queue-ID: 9B9471EC3EA, Message-ID: "
	  "<a1@example.org>, mail_id: kQ2dX0yTz1aB, Hits: -, size: 3127, "
	  "queued_as: BD48A1EC408, Subject: \"x, queued_as: AAAAA1EC3EA\", "
	  "14 ms",
	  "info queue_id=9B9471EC3EA message_id=a1@example.org "
	  "sender=gus@example.org recipient=bob@example.com "
	  "client_ip=203.0.113.77 verdict=CLEAN next_queue_id=BD48A1EC408 "
	  "session_id=00777-04 client_port=51544 size=3127 "
	  "queue:next_hop:filter=BD48A1EC408" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) Passed CLEAN "
	  "{RelayedInbound}, [203.0.113.77]:51544 <gus@example.org> -> "
	  "<bob@example.com>, Queue-ID: STATISTICS1, mail_id: kQ2dX0yTz1aB, "
	  "Hits: -, size: 3127, 14 ms",
	  "info sender=gus@example.org recipient=bob@example.com "
	  "client_ip=203.0.113.77 verdict=CLEAN session_id=00777-04 "
	  "client_port=51544 size=3127" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) Passed CLEAN "
	  "{RelayedInb",
	  "unknown" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: Blocked SPAM {DiscardedInbound}, "
	  "[192.0.2.16] <a@example.org> -> <b@example.com>",
	  "unknown" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) what nobody has seen "
	  "yet",
	  "unknown" },
	{ "Mar 14 09:15:03 mx1 amavis[777]: (00777-04) kQ2dX0yTz1aB FWD from "
	  "<\"x> 250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 Ok: queued "
	  "as AAAAA1EC3EA\"@example.org> -> <bob@example.com>, 250 2.0.0 "
	  "from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as "
	  "9B9471EC3EA",
	  "info queue_id=9B9471EC3EA sender=\"\\\"x> 250 2.0.0 from "
	  "MTA(smtp:[127.0.0.1]:10025): 250 Ok: queued as "
	  "AAAAA1EC3EA\\\"@example.org\" recipient=bob@example.com "
	  "session_id=00777-04" },
};

static const struct parser_example dkim_lines[] = {
	{ "Mar 14 09:15:02 mx1 opendkim[88]: DEADBEEF: DKIM verification "
	  "successful",
	  "info queue_id=DEADBEEF verdict=\"dkim pass\"" },
	{ "Mar 14 09:15:02 mx1 opendkim[88]: 9B9471EC3EA: key retrieval "
	  "failed (s=x: 9B9471EC3EB: DKIM verification successful, "
	  "d=example.org)",
	  "info queue_id=9B9471EC3EA verdict=\"dkim temperror\"" },
	{ "Mar 14 09:15:02 mx1 opendmarc[89]: 9B9471EC3EA: x pass fail",
	  "info queue_id=9B9471EC3EA" },
	{ "Mar 14 09:15:02 mx1 opendkim[88]: STATISTICS1: what is this",
	  "unknown" },
};

static const struct parser_example policy_lines[] = {
	{ "Mar 14 09:15:02 mx1 postgrey[90]: action=pass, reason=triplet "
	  "found, client_name=x, client_address=192.0.2.7, sender=\"x, "
	  "recipient=ceo@example.com, y\"@example.org, "
	  "recipient=bob@example.com",
	  "info sender=\"\\\"x, recipient=ceo@example.com, "
	  "y\\\"@example.org\" recipient=bob@example.com client_ip=192.0.2.7 "
	  "client_name=x reply=\"triplet found\" verdict=pass" },
	{ "Mar 14 09:15:02 mx1 policyd-spf[91]: prepend Received-SPF: Pass "
	  "(mailfrom) identity=mailfrom; client-ip=192.0.2.7; helo=x; "
	  "envelope-from=ceo@example.com; envelope-from=a@example.org; "
	  "receiver=bob@example.com",
	  "info client_ip=192.0.2.7 verdict=\"spf pass\" roles=damaged" },
	{ "Mar 14 09:15:02 mx1 policyd-spf[91]: Passport control",
	  "unknown" },
};

static const struct parser_example spamd_lines[] = {
	{ "Mar 14 09:15:02 mx1 spamd[92]: spamd: result: . 0 - NONE "
	  "scantime=0.9,size=345,user=bob,uid=1001,required_score=5.0,rhost="
	  "x,raddr=127.0.0.1,rport=46152,mid=<a,mid=<b@example.org>,autolear"
	  "n=spam>,autolearn=no",
	  "info message_id=a,mid=<b@example.org>,autolearn=spam user=bob "
	  "verdict=CLEAN client_port=46152 size=345" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: spamd: result: . 0 - NONE "
	  "scantime=0.9,size=345,required_score=5.0,rport=x,mid=<a,user=eve,"
	  "uid=1,rport=9,>,autolearn=no",
	  "info message_id=a,user=eve,uid=1,rport=9, verdict=CLEAN size=345" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: spamd: processing message <a for "
	  "eve:1@example.org> for bob:1001",
	  "info message_id=\"a for eve:1@example.org\" user=bob" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: result:",
	  "unknown" },
	{ "Mar 14 09:15:02 mx1 spamd[92]: Who knows",
	  "unknown" },
};

static const struct parser_example mailscanner_lines[] = {
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Message 9B9471EC3EA from "
	  "192.0.2.7 (x) to example.com is not spam, y@example.org) to "
	  "example.com is spam (blacklisted)",
	  "info queue_id=9B9471EC3EA client_ip=192.0.2.7 roles=damaged" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Requeue: 9B9471EC3EA.A1B2C "
	  "to nowhere",
	  "unknown" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Message nothing from "
	  "192.0.2.7 (a@example.org) to example.com is spam",
	  "unknown" },
	{ "Mar 14 09:15:02 mx1 MailScanner[93]: Filename Checks: Executable "
	  "(9B9471EC3EA.A1B2C",
	  "info" },
};

static const struct parser_example rspamd_lines[] = {
	{ "Mar 14 09:15:02 mx1 rspamd[94]: <f3d1a2>; task; "
	  "rspamd_task_write_log: id: <m1>, qid: <AAAAA1EC3EA>, ip: "
	  "198.51.100.1, from: <ceo@example.com>, (default: F (no action): "
	  "[0.00/15.00] [X]), len: 1>, qid: <9B9471EC3EA>, ip: 192.0.2.7, "
	  "from: <a@example.org>, (default: T (reject): [17.20/15.00] [Y]), "
	  "len: 3456, time: 1ms, dns req: 1, digest: <d4>, rcpts: "
	  "<bob@example.com>",
	  "info roles=damaged" },
	{ "Mar 14 09:15:02 mx1 rspamd[94]: <f3d1a2>; task; "
	  "rspamd_task_write_log: id: <m1@example.org>, qid: <9B9471EC3EA>, "
	  "ip: 192.0.2.7, from: <\"x, (default: F (no action): [0.00/15.00] "
	  "\"@example.org>, (default: T (reject): [17.20/15.00] [Y]), len: "
	  "3456, time: 1ms, rcpts: <bob@example.com>",
	  "info queue_id=9B9471EC3EA message_id=m1@example.org "
	  "sender=\"\\\"x, (default: F (no action): [0.00/15.00] "
	  "\\\"@example.org\" client_ip=192.0.2.7 roles=damaged" },
	{ "Mar 14 09:15:02 mx1 rspamd[94]: <f3d1a2>; task; "
	  "rspamd_task_write_log: id: <undef>, qid: <",
	  "info" },
	{ "Mar 14 09:15:02 mx1 rspamd[94]: rspamd_task_write_log: id: "
	  "<m1@example.org>",
	  "info" },
};

static void check(const struct parser_example *list, size_t n)
{
	parsing_check(list, n);
	parsing_check_pure(list, n);
	for (size_t i = 0; i < n; i++)
		parsing_check_hostile(slice_str(list[i].line));
}

static void test_dovecot(void **state)
{
	(void)state;
	check(dovecot_lines, COUNT(dovecot_lines));
}

static void test_amavis(void **state)
{
	(void)state;
	check(amavis_lines, COUNT(amavis_lines));
}

static void test_policies(void **state)
{
	(void)state;
	check(dkim_lines, COUNT(dkim_lines));
	check(policy_lines, COUNT(policy_lines));
}

static void test_filters(void **state)
{
	(void)state;
	check(spamd_lines, COUNT(spamd_lines));
	check(mailscanner_lines, COUNT(mailscanner_lines));
	check(rspamd_lines, COUNT(rspamd_lines));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dovecot),
		cmocka_unit_test(test_amavis),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
