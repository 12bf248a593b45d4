/* SPDX-License-Identifier: MIT */
/* Postfix at the door: sessions, refusals, logins, postscreen. */
#include "tests/parsing.h"

#include "parsers/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example sessions[] = {
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: connect from "
	  "unknown[192.0.2.1]",
	  "connect client_ip=192.0.2.1 client_name=unknown instance=postfix "
	  "service=smtpd roles=session_opens session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: connect from "
	  "mail.example.org[2001:db8::25]:41234",
	  "connect client_ip=2001:db8::25 client_name=mail.example.org "
	  "instance=postfix service=smtpd client_port=41234 "
	  "roles=session_opens session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: connect from "
	  "unknown[unknown]",
	  "connect client_name=unknown instance=postfix service=smtpd "
	  "roles=session_opens session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: disconnect from "
	  "unknown[192.0.2.1] ehlo=2 starttls=1 auth=0/1 mail=1 rcpt=0/1 "
	  "quit=1 commands=5/8",
	  "disconnect client_ip=192.0.2.1 client_name=unknown "
	  "instance=postfix service=smtpd counters=\"ehlo=2 starttls=1 "
	  "auth=0/1 mail=1 rcpt=0/1 quit=1 commands=5/8\" "
	  "roles=session_closes session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: disconnect from "
	  "unknown[192.0.2.1]",
	  "disconnect client_ip=192.0.2.1 client_name=unknown "
	  "instance=postfix service=smtpd roles=session_closes "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: disconnect from "
	  "scan.example[192.0.2.66] commands=0/0",
	  "disconnect client_ip=192.0.2.66 client_name=scan.example "
	  "instance=postfix service=smtpd counters=commands=0/0 "
	  "roles=session_closes session:own=postfix/smtpd[16325]" },
};

static const struct parser_example accepted[] = {
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: 307DF802B3: "
	  "client=mail.example.org[192.0.2.25]",
	  "accept queue_id=307DF802B3 client_ip=192.0.2.25 "
	  "client_name=mail.example.org instance=postfix service=smtpd "
	  "roles=opens session:own=postfix/smtpd[16325]" },
	{ "Mar 14 09:15:02 mail1 postfix/submission/smtpd[2211]: "
	  "4fXwft2FgJzFpTn: client=laptop.example[203.0.113.77], "
	  "sasl_method=PLAIN, sasl_username=alice@example.com",
	  "accept queue_id=4fXwft2FgJzFpTn client_ip=203.0.113.77 "
	  "client_name=laptop.example user=alice@example.com "
	  "auth_method=PLAIN instance=postfix service=submission "
	  "id_time=2026-03-14T09:15:02.318204Z roles=opens "
	  "session:own=postfix/submission/smtpd[2211] & auth_ok "
	  "client_ip=203.0.113.77 client_name=laptop.example "
	  "user=alice@example.com auth_method=PLAIN instance=postfix "
	  "service=submission roles=attempt "
	  "session:own=postfix/submission/smtpd[2211]" },
	{ "Feb  3 01:01:12 mx1 postfix/10025/smtpd[1444]: BD48A1EC408: "
	  "client=localhost[127.0.0.1], orig_queue_id=9B9471EC3EA, "
	  "orig_client=mail.example.org[192.0.2.25]",
	  "accept queue_id=BD48A1EC408 client_ip=127.0.0.1 "
	  "client_name=localhost instance=postfix service=10025 roles=opens "
	  "session:own=postfix/10025/smtpd[1444] "
	  "queue:original:filter=9B9471EC3EA" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: 307DF802B3: "
	  "client=a.example[192.0.2.3]:50123, sasl_method=LOGIN, "
	  "sasl_username=bob, sasl_sender=x, orig_queue_id=0BADBADBAD",
	  "accept queue_id=307DF802B3 client_ip=192.0.2.3 "
	  "client_name=a.example user=bob auth_method=LOGIN instance=postfix "
	  "service=smtpd client_port=50123 roles=opens "
	  "session:own=postfix/smtpd[16325] & auth_ok client_ip=192.0.2.3 "
	  "client_name=a.example user=bob auth_method=LOGIN instance=postfix "
	  "service=smtpd client_port=50123 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: "
	  "client=a.example[192.0.2.3]",
	  "info client_ip=192.0.2.3 client_name=a.example instance=postfix "
	  "service=smtpd session:own=postfix/smtpd[16325]" },
};

static const struct parser_example refused[] = {
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 550 5.1.1 <no@example.com>: Recipient "
	  "address rejected: User unknown in local recipient table; "
	  "from=<a@example.org> to=<no@example.com> proto=ESMTP "
	  "helo=<h.example>",
	  "reject sender=a@example.org recipient=no@example.com "
	  "client_ip=192.0.2.1 client_name=unknown helo=h.example dsn=5.1.1 "
	  "reply=\"550 5.1.1 <no@example.com>: Recipient address rejected: "
	  "User unknown in local recipient table\" stage=RCPT "
	  "instance=postfix service=smtpd code=550 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 450 4.7.1 <bob@example.com>: Recipient "
	  "address rejected: Greylisted; from=<> to=<bob@example.com> "
	  "proto=SMTP helo=<h x y>",
	  "tempfail sender=<> recipient=bob@example.com client_ip=192.0.2.1 "
	  "client_name=unknown helo=\"h x y\" dsn=4.7.1 reply=\"450 4.7.1 "
	  "<bob@example.com>: Recipient address rejected: Greylisted\" "
	  "stage=RCPT instance=postfix service=smtpd code=450 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix-smo/submission/smtpd[22427]: "
	  "44JCRG5tYPzCqt2: reject: BDAT from a.example[192.0.2.3]: 552 5.3.4 "
	  "Message size exceeds fixed limit; from=<a@example.com> "
	  "to=<b@example.org> proto=ESMTP helo=<pc> sasl_method=PLAIN "
	  "sasl_username=a@example.com",
	  "reject queue_id=44JCRG5tYPzCqt2 sender=a@example.com "
	  "recipient=b@example.org client_ip=192.0.2.3 client_name=a.example "
	  "helo=pc user=a@example.com auth_method=PLAIN dsn=5.3.4 reply=\"552 "
	  "5.3.4 Message size exceeds fixed limit\" stage=BDAT "
	  "instance=postfix-smo service=submission code=552 roles=attempt "
	  "session:own=postfix-smo/submission/smtpd[22427]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: CONNECT "
	  "from unknown[192.0.2.1]: 554 5.7.1 <unknown[192.0.2.1]>: Client "
	  "host rejected: Access denied; proto=SMTP",
	  "reject client_ip=192.0.2.1 client_name=unknown dsn=5.7.1 "
	  "reply=\"554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: "
	  "Access denied\" stage=CONNECT instance=postfix service=smtpd "
	  "code=554 roles=attempt session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: MAIL "
	  "from a.example[192.0.2.3]: 552 5.3.4 Message size exceeds fixed "
	  "limit; from=<a@example.org> proto=ESMTP helo=<a.example>",
	  "reject sender=a@example.org client_ip=192.0.2.3 "
	  "client_name=a.example helo=a.example dsn=5.3.4 reply=\"552 5.3.4 "
	  "Message size exceeds fixed limit\" stage=MAIL instance=postfix "
	  "service=smtpd code=552 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 554 5.7.1 Service unavailable",
	  "reject client_ip=192.0.2.1 client_name=unknown dsn=5.7.1 "
	  "reply=\"554 5.7.1 Service unavailable\" stage=RCPT "
	  "instance=postfix service=smtpd code=554 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: VRFY "
	  "from unknown[192.0.2.1]: 550 5.1.1 <root>: Recipient address "
	  "rejected: User unknown; to=<root> proto=SMTP helo=<x>",
	  "reject recipient=root client_ip=192.0.2.1 client_name=unknown "
	  "helo=x dsn=5.1.1 reply=\"550 5.1.1 <root>: Recipient address "
	  "rejected: User unknown\" stage=VRFY instance=postfix service=smtpd "
	  "code=550 roles=attempt session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: 307DF802B3: reject: "
	  "END-OF-MESSAGE from a.example[192.0.2.3]: 550 5.7.1 "
	  "<END-OF-MESSAGE>: End-of-data rejected: policy; "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "reject queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example dsn=5.7.1 reply=\"550 5.7.1 <END-OF-MESSAGE>: "
	  "End-of-data rejected: policy\" stage=END-OF-MESSAGE "
	  "instance=postfix service=smtpd code=550 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject_warning: "
	  "RCPT from a.example[192.0.2.3]: 550 5.7.1 <b@example.com>: "
	  "Recipient address rejected: test; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<a.example>",
	  "info sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.3 client_name=a.example helo=a.example dsn=5.7.1 "
	  "reply=\"550 5.7.1 <b@example.com>: Recipient address rejected: "
	  "test\" stage=RCPT instance=postfix service=smtpd code=550 "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: warn: RCPT from "
	  "a.example[192.0.2.3]: odd; from=<a@example.org> to=<b@example.com> "
	  "proto=ESMTP helo=<a.example>",
	  "info sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.3 client_name=a.example helo=a.example reply=odd "
	  "stage=RCPT instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: info: RCPT from "
	  "a.example[192.0.2.3]: seen; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<a.example>",
	  "info sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.3 client_name=a.example helo=a.example "
	  "reply=seen stage=RCPT instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: 307DF802B3: hold: RCPT "
	  "from a.example[192.0.2.3]: <b@example.com>: Recipient address "
	  "triggers HOLD action; from=<a@example.org> to=<b@example.com> "
	  "proto=ESMTP helo=<a.example>",
	  "hold queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example reply=\"<b@example.com>: Recipient address triggers "
	  "HOLD action\" stage=RCPT instance=postfix service=smtpd "
	  "roles=attempt session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: 307DF802B3: discard: "
	  "RCPT from a.example[192.0.2.3]: <b@example.com>: Recipient address "
	  "triggers DISCARD action; from=<a@example.org> to=<b@example.com> "
	  "proto=ESMTP helo=<a.example>",
	  "discard queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example reply=\"<b@example.com>: Recipient address triggers "
	  "DISCARD action\" stage=RCPT instance=postfix service=smtpd "
	  "roles=attempt session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: filter: RCPT "
	  "from a.example[192.0.2.3]: <a.example[192.0.2.3]>: Client host "
	  "triggers FILTER smtp:[127.0.0.1]:10025; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<a.example> 294",
	  "info sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.3 client_name=a.example helo=a.example "
	  "reply=\"<a.example[192.0.2.3]>: Client host triggers FILTER "
	  "smtp:[127.0.0.1]:10025\" stage=RCPT instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: redirect: RCPT "
	  "from a.example[192.0.2.3]: <b@example.com>: Recipient address "
	  "triggers REDIRECT c@example.com; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<a.example>",
	  "info sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.3 client_name=a.example helo=a.example "
	  "reply=\"<b@example.com>: Recipient address triggers REDIRECT "
	  "c@example.com\" stage=RCPT instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: milter-reject: "
	  "CONNECT from a.example[192.0.2.3]: 451 4.7.1 Service unavailable - "
	  "try again later; proto=SMTP",
	  "tempfail client_ip=192.0.2.3 client_name=a.example dsn=4.7.1 "
	  "reply=\"451 4.7.1 Service unavailable - try again later\" "
	  "stage=CONNECT instance=postfix service=smtpd code=451 "
	  "roles=attempt session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: milter-discard: "
	  "RCPT from a.example[192.0.2.3]: milter triggers DISCARD action; "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "discard sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.3 client_name=a.example helo=a.example "
	  "reply=\"milter triggers DISCARD action\" stage=RCPT "
	  "instance=postfix service=smtpd roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: proxy-accept: "
	  "END-OF-MESSAGE: 250 2.0.0 Ok: queued as 7949396087; "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "accept sender=a@example.org recipient=b@example.com helo=a.example "
	  "dsn=2.0.0 reply=\"250 2.0.0 Ok: queued as 7949396087\" "
	  "stage=END-OF-MESSAGE next_queue_id=7949396087 instance=postfix "
	  "service=smtpd code=250 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: proxy-reject: "
	  "END-OF-MESSAGE: 554 5.7.1 id=00777-04 - BANNED; "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "reject sender=a@example.org recipient=b@example.com helo=a.example "
	  "dsn=5.7.1 reply=\"554 5.7.1 id=00777-04 - BANNED\" "
	  "stage=END-OF-MESSAGE instance=postfix service=smtpd code=554 "
	  "roles=attempt session:own=postfix/smtpd[16325]" },
};

static const struct parser_example talk[] = {
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: lost connection after "
	  "DATA (1234 bytes) from a.example[192.0.2.3]",
	  "info client_ip=192.0.2.3 client_name=a.example stage=DATA "
	  "instance=postfix service=smtpd session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: 307DF802B3: lost "
	  "connection after DATA from a.example[192.0.2.3]",
	  "info queue_id=307DF802B3 client_ip=192.0.2.3 client_name=a.example "
	  "stage=DATA instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: timeout after "
	  "END-OF-MESSAGE from a.example[192.0.2.3]",
	  "info client_ip=192.0.2.3 client_name=a.example "
	  "stage=END-OF-MESSAGE instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: too many errors after "
	  "RCPT from a.example[192.0.2.3]",
	  "info client_ip=192.0.2.3 client_name=a.example stage=RCPT "
	  "instance=postfix service=smtpd session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: bare <LF> "
	  "received after DATA from a.example[192.0.2.3]",
	  "info client_ip=192.0.2.3 client_name=a.example stage=DATA "
	  "instance=postfix service=smtpd session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: improper command "
	  "pipelining after EHLO from a.example[192.0.2.3]: DATA",
	  "info client_ip=192.0.2.3 client_name=a.example stage=EHLO "
	  "instance=postfix service=smtpd session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: abort: TLS from "
	  "a.example[192.0.2.3]: no cipher",
	  "info client_ip=192.0.2.3 client_name=a.example reply=\"no cipher\" "
	  "stage=TLS instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/submission/smtpd[16325]: warning: "
	  "unknown[192.0.2.1]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
	  "auth_fail client_ip=192.0.2.1 client_name=unknown "
	  "auth_method=LOGIN reply=UGFzc3dvcmQ6 instance=postfix "
	  "service=submission roles=attempt "
	  "session:own=postfix/submission/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/submission/smtpd[16325]: warning: "
	  "unknown[192.0.2.1]: SASL PLAIN authentication failed: (reason "
	  "unavailable), sasl_username=bob@example.com",
	  "auth_fail client_ip=192.0.2.1 client_name=unknown "
	  "user=bob@example.com auth_method=PLAIN reply=\"(reason "
	  "unavailable)\" instance=postfix service=submission roles=attempt "
	  "session:own=postfix/submission/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: warning: hostname "
	  "a.example does not resolve to address 192.0.2.3: Name or service "
	  "not known",
	  "info client_ip=192.0.2.3 instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: warning: non-SMTP "
	  "command from unknown[192.0.2.1]: GET / HTTP/1.1",
	  "info client_ip=192.0.2.1 client_name=unknown instance=postfix "
	  "service=smtpd session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: warning: Illegal address "
	  "syntax from a.example[192.0.2.3] in MAIL command: <x>",
	  "info client_ip=192.0.2.3 client_name=a.example instance=postfix "
	  "service=smtpd session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: warning: 307DF802B3: "
	  "queue file size limit exceeded",
	  "info queue_id=307DF802B3 instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: Anonymous TLS connection "
	  "established from a.example[192.0.2.3]: TLSv1.3 with cipher "
	  "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519",
	  "tls client_ip=192.0.2.3 client_name=a.example tls=\"TLSv1.3 "
	  "TLS_AES_256_GCM_SHA384\" instance=postfix service=smtpd "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: SSL_accept error from "
	  "unknown[192.0.2.1]: -1",
	  "info client_ip=192.0.2.1 client_name=unknown instance=postfix "
	  "service=smtpd session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtp[16329]: Untrusted TLS connection "
	  "established to mx.example.org[192.0.2.25]:25: TLSv1.2 with cipher "
	  "ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)",
	  "tls relay_ip=192.0.2.25 relay_name=mx.example.org tls=\"TLSv1.2 "
	  "ECDHE-RSA-AES256-GCM-SHA384\" instance=postfix service=smtp "
	  "relay_port=25" },
	{ "Feb  3 01:01:12 mx1 postfix/smtp[16329]: 307DF802B3: Verified TLS "
	  "connection reused to mx.example.org[192.0.2.25]:25: TLSv1.3 with "
	  "cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
	  "tls queue_id=307DF802B3 relay_ip=192.0.2.25 "
	  "relay_name=mx.example.org tls=\"TLSv1.3 TLS_AES_256_GCM_SHA384\" "
	  "instance=postfix service=smtp relay_port=25" },
	{ "Feb  3 01:01:12 mx1 postfix/smtp[16329]: SSL_connect error to "
	  "mx.example.org[192.0.2.25]:25: -1",
	  "info instance=postfix service=smtp" },
};

static const struct parser_example screen[] = {
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: CONNECT from "
	  "[192.0.2.1]:41323 to [198.51.100.1]:25",
	  "connect client_ip=192.0.2.1 instance=postfix service=postscreen "
	  "client_port=41323 roles=session_opens session:own=\"postscreen "
	  "[192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: PREGREET 14 after 0.22 "
	  "from [192.0.2.1]:41323: EHLO [1.2.3.4]:99\\r\\n",
	  "info client_ip=192.0.2.1 verdict=\"PREGREET 14 after 0.22\" "
	  "instance=postfix service=postscreen client_port=41323 "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: DNSBL rank 5 for "
	  "[2001:db8::1]:41323",
	  "info client_ip=2001:db8::1 verdict=\"DNSBL rank 5\" "
	  "instance=postfix service=postscreen client_port=41323 "
	  "session:own=\"postscreen [2001:db8::1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: HANGUP after 1.3 from "
	  "[192.0.2.1]:41323 in tests after SMTP handshake",
	  "info client_ip=192.0.2.1 verdict=\"HANGUP after 1.3\" "
	  "instance=postfix service=postscreen client_port=41323 "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: PASS NEW "
	  "[192.0.2.1]:41323",
	  "info client_ip=192.0.2.1 verdict=\"PASS NEW\" instance=postfix "
	  "service=postscreen client_port=41323 roles=session_closes "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: PASS OLD "
	  "[192.0.2.1]:41323",
	  "info client_ip=192.0.2.1 verdict=\"PASS OLD\" instance=postfix "
	  "service=postscreen client_port=41323 roles=session_closes "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: ALLOWLISTED "
	  "[192.0.2.1]:41323",
	  "info client_ip=192.0.2.1 verdict=ALLOWLISTED instance=postfix "
	  "service=postscreen client_port=41323 roles=session_closes "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: BLACKLISTED "
	  "[192.0.2.1]:41323",
	  "info client_ip=192.0.2.1 verdict=BLACKLISTED instance=postfix "
	  "service=postscreen client_port=41323 session:own=\"postscreen "
	  "[192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: WHITELIST VETO "
	  "[192.0.2.1]:41323",
	  "info client_ip=192.0.2.1 verdict=\"WHITELIST VETO\" "
	  "instance=postfix service=postscreen client_port=41323 "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: NON-SMTP COMMAND from "
	  "[192.0.2.1]:41323 after CONNECT: GET / HTTP/1.1",
	  "info client_ip=192.0.2.1 verdict=\"NON-SMTP COMMAND\" "
	  "instance=postfix service=postscreen client_port=41323 "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: COMMAND TIME LIMIT from "
	  "[192.0.2.1]:41323 after CONNECT",
	  "info client_ip=192.0.2.1 verdict=\"COMMAND TIME LIMIT\" "
	  "instance=postfix service=postscreen client_port=41323 "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: COMMAND PIPELINING from "
	  "[192.0.2.1]:41323 after EHLO: x",
	  "info client_ip=192.0.2.1 verdict=\"COMMAND PIPELINING\" "
	  "instance=postfix service=postscreen client_port=41323 "
	  "session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: BARE NEWLINE from "
	  "[192.0.2.1]:41323 after EHLO",
	  "info client_ip=192.0.2.1 verdict=\"BARE NEWLINE\" instance=postfix "
	  "service=postscreen client_port=41323 session:own=\"postscreen "
	  "[192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: DISCONNECT "
	  "[192.0.2.1]:41323",
	  "disconnect client_ip=192.0.2.1 instance=postfix service=postscreen "
	  "client_port=41323 roles=session_closes session:own=\"postscreen "
	  "[192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: NOQUEUE: reject: RCPT "
	  "from [192.0.2.1]:41323: 550 5.7.1 Service unavailable; client "
	  "[192.0.2.1] blocked using bl.example; from=<a@example.org>, "
	  "to=<b@example.com>, proto=ESMTP, helo=<a.example>",
	  "reject sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.1 helo=a.example dsn=5.7.1 reply=\"550 5.7.1 "
	  "Service unavailable; client [192.0.2.1] blocked using bl.example\" "
	  "stage=RCPT instance=postfix service=postscreen client_port=41323 "
	  "code=550 roles=attempt session:own=\"postscreen [192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: NOQUEUE: reject: "
	  "CONNECT from [192.0.2.1]:41323: too many connections",
	  "tempfail client_ip=192.0.2.1 reply=\"too many connections\" "
	  "stage=CONNECT instance=postfix service=postscreen "
	  "client_port=41323 roles=attempt session:own=\"postscreen "
	  "[192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/postscreen[7]: NOQUEUE: reject: "
	  "CONNECT from [192.0.2.1]:41323: all server ports busy",
	  "tempfail client_ip=192.0.2.1 reply=\"all server ports busy\" "
	  "stage=CONNECT instance=postfix service=postscreen "
	  "client_port=41323 roles=attempt session:own=\"postscreen "
	  "[192.0.2.1]:41323\"" },
	{ "Feb  3 01:01:12 mx1 postfix/dnsblog[7]: addr 192.0.2.1 listed by "
	  "domain bl.example as 127.0.0.2",
	  "info client_ip=192.0.2.1 verdict=\"listed by domain bl.example as "
	  "127.0.0.2\" instance=postfix service=dnsblog" },
	{ "Feb  3 01:01:12 mx1 postfix/tlsproxy[7]: CONNECT from "
	  "[192.0.2.1]:41323",
	  "info client_ip=192.0.2.1 instance=postfix service=tlsproxy "
	  "client_port=41323" },
	{ "Feb  3 01:01:12 mx1 postfix/tlsproxy[7]: DISCONNECT "
	  "[192.0.2.1]:41323",
	  "info client_ip=192.0.2.1 instance=postfix service=tlsproxy "
	  "client_port=41323" },
};

static void test_sessions(void **state)
{
	(void)state;
	parsing_check(sessions, COUNT(sessions));
	parsing_check_pure(sessions, COUNT(sessions));
}

static void test_accepted(void **state)
{
	(void)state;
	parsing_check(accepted, COUNT(accepted));
	parsing_check_pure(accepted, COUNT(accepted));
}

static void test_refused(void **state)
{
	(void)state;
	parsing_check(refused, COUNT(refused));
	parsing_check_pure(refused, COUNT(refused));
}

static void test_talk(void **state)
{
	(void)state;
	parsing_check(talk, COUNT(talk));
	parsing_check_pure(talk, COUNT(talk));
}

static void test_screen(void **state)
{
	(void)state;
	parsing_check(screen, COUNT(screen));
	parsing_check_pure(screen, COUNT(screen));
}

static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sessions); i++)
		parsing_check_hostile(slice_str(sessions[i].line));
	for (size_t i = 0; i < COUNT(accepted); i++)
		parsing_check_hostile(slice_str(accepted[i].line));
	for (size_t i = 0; i < COUNT(refused); i++)
		parsing_check_hostile(slice_str(refused[i].line));
	for (size_t i = 0; i < COUNT(talk); i++)
		parsing_check_hostile(slice_str(talk[i].line));
	for (size_t i = 0; i < COUNT(screen); i++)
		parsing_check_hostile(slice_str(screen[i].line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_talk),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
