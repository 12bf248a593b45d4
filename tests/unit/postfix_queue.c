/* SPDX-License-Identifier: MIT */
/* Postfix behind the door: cleanup, queue, and what is forged. */
#include "tests/parsing.h"

#include "parsers/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example cleanup[] = {
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "message-id=<a1@example.org>",
	  "info queue_id=307DF802B3 message_id=a1@example.org "
	  "instance=postfix service=cleanup roles=opens_weakly "
	  "message_id:own=a1@example.org" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: message-id=<>",
	  "info queue_id=307DF802B3 message_id=<> instance=postfix "
	  "service=cleanup roles=opens_weakly" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "message-id=someone@example.com,,,,",
	  "info queue_id=307DF802B3 message_id=someone@example.com "
	  "instance=postfix service=cleanup roles=opens_weakly "
	  "message_id:own=someone@example.com" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "message-id=<a1@example.org>#012",
	  "info queue_id=307DF802B3 message_id=a1@example.org "
	  "instance=postfix service=cleanup roles=opens_weakly "
	  "message_id:own=a1@example.org" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "message-id=<a1@example.org>, status=sent (forged)",
	  "info queue_id=307DF802B3 message_id=\"<a1@example.org>, "
	  "status=sent (forged)\" instance=postfix service=cleanup "
	  "roles=opens_weakly message_id:own=\"<a1@example.org>, status=sent "
	  "(forged)\"" },
	{ "Feb  3 07:01:01 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "message-id=<20140203070101.307DF802B3@mx1.example.com>",
	  "info queue_id=307DF802B3 "
	  "message_id=20140203070101.307DF802B3@mx1.example.com "
	  "instance=postfix service=cleanup "
	  "id_time=2014-02-03T07:01:01.198623Z roles=opens_weakly "
	  "message_id:own=20140203070101.307DF802B3@mx1.example.com" },
	{ "Feb  3 07:01:01 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "message-id=<20140203070101.2BF1C23A7B@mx1.example.com>",
	  "info queue_id=307DF802B3 "
	  "message_id=20140203070101.2BF1C23A7B@mx1.example.com "
	  "instance=postfix service=cleanup roles=opens_weakly "
	  "message_id:own=20140203070101.2BF1C23A7B@mx1.example.com" },
	{ "Mar 14 09:15:02 mx1 postfix/cleanup[9]: 4fXwft2FgJzFpTn: "
	  "message-id=<4fXwft2FgJzFpTn@mx1.example.com>",
	  "info queue_id=4fXwft2FgJzFpTn "
	  "message_id=4fXwft2FgJzFpTn@mx1.example.com instance=postfix "
	  "service=cleanup id_time=2026-03-14T09:15:02.318204Z "
	  "roles=opens_weakly message_id:own=4fXwft2FgJzFpTn@mx1.example.com" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "resent-message-id=<a1@example.org>",
	  "info queue_id=307DF802B3 instance=postfix service=cleanup "
	  "message_id:alternate:handoff=a1@example.org" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 4fXwft2FgJzFpTn: warning: "
	  "header Subject: Q1 invoice from laptop.example[203.0.113.77]; "
	  "from=<alice@example.com> to=<bob@example.org> proto=ESMTP "
	  "helo=<[192.168.1.5]>",
	  "info queue_id=4fXwft2FgJzFpTn sender=alice@example.com "
	  "recipient=bob@example.org client_ip=203.0.113.77 "
	  "client_name=laptop.example helo=[192.168.1.5] subject=\"Q1 "
	  "invoice\" instance=postfix service=cleanup" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: info: header "
	  "Subject: hello from the coast from local; from=<root@example.com> "
	  "to=<bob@example.org>",
	  "info queue_id=307DF802B3 sender=root@example.com "
	  "recipient=bob@example.org subject=\"hello from the coast\" "
	  "instance=postfix service=cleanup" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: warning: "
	  "header Content-Disposition: inline; filename=\"image003.jpg\"; "
	  "size=26055;??creation-date=\"Thu, 1 Jan 2026 00:00:00 GMT\" from "
	  "mail.example[192.0.2.3]; from=<> to=<bob@example.org> proto=ESMTP "
	  "helo=<mail.example>",
	  "info queue_id=307DF802B3 sender=<> recipient=bob@example.org "
	  "client_ip=192.0.2.3 client_name=mail.example helo=mail.example "
	  "attachment=image003.jpg instance=postfix service=cleanup" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: warning: "
	  "header Content-Type: application/zip;??name=report.zip from local; "
	  "from=<a@example.org> to=<b@example.com>",
	  "info queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com attachment=report.zip instance=postfix "
	  "service=cleanup" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: prepend: "
	  "header From: Bob <bob@example.org> from localhost[127.0.0.1]; "
	  "from=<bob@example.org> to=<a@example.com> proto=ESMTP "
	  "helo=<x.example>: X-TRUST: TRUE",
	  "info queue_id=307DF802B3 sender=bob@example.org "
	  "recipient=a@example.com client_ip=127.0.0.1 client_name=localhost "
	  "helo=x.example header_from=\"Bob <bob@example.org>\" "
	  "instance=postfix service=cleanup" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: reject: header "
	  "X-Bad: yes from a.example[192.0.2.3]; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<a.example>: 5.7.1 forbidden "
	  "header",
	  "reject queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example dsn=5.7.1 reply=\"5.7.1 forbidden header\" "
	  "instance=postfix service=cleanup roles=closes,attempt" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: hold: header "
	  "X-Odd: yes from a.example[192.0.2.3]; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<a.example>: please look",
	  "hold queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example reply=\"please look\" instance=postfix "
	  "service=cleanup roles=attempt" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: discard: body "
	  "buy now from a.example[192.0.2.3]; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<a.example>: by policy",
	  "discard queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example reply=\"by policy\" instance=postfix "
	  "service=cleanup roles=closes,attempt" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: replace: "
	  "header Subject: x from local; from=<a@example.org> "
	  "to=<b@example.com>: Subject: y",
	  "info queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com subject=x instance=postfix service=cleanup" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: milter-reject: "
	  "END-OF-MESSAGE from a.example[192.0.2.3]: 5.7.1 Spam; "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "reject queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example dsn=5.7.1 reply=\"5.7.1 Spam\" stage=END-OF-MESSAGE "
	  "instance=postfix service=cleanup roles=closes,attempt" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: milter-reject: "
	  "END-OF-MESSAGE from a.example[192.0.2.3]: 4.7.1 Try again later; "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "tempfail queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example dsn=4.7.1 reply=\"4.7.1 Try again later\" "
	  "stage=END-OF-MESSAGE instance=postfix service=cleanup "
	  "roles=closes,attempt" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: milter-hold: "
	  "END-OF-MESSAGE from a.example[192.0.2.3]: milter triggers HOLD "
	  "action; from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "hold queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example reply=\"milter triggers HOLD action\" "
	  "stage=END-OF-MESSAGE instance=postfix service=cleanup roles=attempt" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "milter-discard: END-OF-MESSAGE from a.example[192.0.2.3]: milter "
	  "triggers DISCARD action; from=<a@example.org> to=<b@example.com> "
	  "proto=ESMTP helo=<a.example>",
	  "discard queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example reply=\"milter triggers DISCARD action\" "
	  "stage=END-OF-MESSAGE instance=postfix service=cleanup "
	  "roles=closes,attempt" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "milter-header-warning: header X-Y: z from a.example[192.0.2.3]; "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<a.example>",
	  "info queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 client_name=a.example "
	  "helo=a.example instance=postfix service=cleanup" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: removed "
	  "(canceled)",
	  "removed queue_id=307DF802B3 instance=postfix service=cleanup "
	  "roles=closes" },
};

static const struct parser_example queue[] = {
	{ "Feb  3 01:01:12 mx1 postfix/pickup[9]: 307DF802B3: uid=33 "
	  "from=<www-data>",
	  "accept queue_id=307DF802B3 sender=www-data client_name=local "
	  "user=uid=33 instance=postfix service=pickup roles=opens" },
	{ "Feb  3 01:01:12 mx1 postfix/pickup[9]: 307DF802B3: uid=0 "
	  "from=<Print Connections>",
	  "accept queue_id=307DF802B3 sender=\"Print Connections\" "
	  "client_name=local user=uid=0 instance=postfix service=pickup "
	  "roles=opens" },
	{ "Feb  3 01:01:12 mx1 postfix/pickup[9]: 307DF802B3: uid=100 "
	  "from=<a@example.org> orig_id=2BF1C23A7B",
	  "accept queue_id=307DF802B3 sender=a@example.org client_name=local "
	  "user=uid=100 instance=postfix service=pickup roles=opens "
	  "queue:original:requeue=2BF1C23A7B" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: "
	  "from=<a@example.org>, size=1372, nrcpt=3 (queue active)",
	  "info queue_id=307DF802B3 sender=a@example.org instance=postfix "
	  "service=qmgr size=1372 nrcpt=3 roles=activates,envelope" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: from=<>, "
	  "size=1372, nrcpt=1 (queue active)",
	  "info queue_id=307DF802B3 sender=<> instance=postfix service=qmgr "
	  "size=1372 nrcpt=1 roles=activates,envelope" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: "
	  "from=<a@b@localdomain>, size=1, nrcpt=1 (queue active)",
	  "info queue_id=307DF802B3 sender=a@b@localdomain instance=postfix "
	  "service=qmgr size=1 nrcpt=1 roles=activates,envelope" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: from=<\"x> "
	  "to=<ceo@example.com>, relay=fake[192.0.2.4]:25, delay=0, "
	  "status=sent (250 2.0.0 Ok: queued as DEADBEEF01)\"@example.org>, "
	  "size=1, nrcpt=1 (queue active)",
	  "info queue_id=307DF802B3 sender=\"\\\"x> to=<ceo@example.com>, "
	  "relay=fake[192.0.2.4]:25, delay=0, status=sent (250 2.0.0 Ok: "
	  "queued as DEADBEEF01)\\\"@example.org\" instance=postfix "
	  "service=qmgr size=1 nrcpt=1 roles=activates,envelope" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: "
	  "from=<a@example.org>, status=expired, returned to sender",
	  "expire queue_id=307DF802B3 sender=a@example.org instance=postfix "
	  "service=qmgr" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: "
	  "from=<a@example.org>, status=force-expired, returned to sender",
	  "expire queue_id=307DF802B3 sender=a@example.org instance=postfix "
	  "service=qmgr" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: removed",
	  "removed queue_id=307DF802B3 instance=postfix service=qmgr "
	  "roles=closes" },
	{ "Feb  3 01:01:12 mx1 postfix/qmgr[9]: 307DF802B3: skipped, still "
	  "being delivered",
	  "info queue_id=307DF802B3 instance=postfix service=qmgr" },
};

static const struct parser_example rest[] = {
	{ "Feb  3 01:01:14 mx1 postfix/bounce[1]: 307DF802B3: sender "
	  "non-delivery notification: 2BF1C23A7B",
	  "bounce_generated queue_id=307DF802B3 instance=postfix "
	  "service=bounce queue:child:bounce=2BF1C23A7B" },
	{ "Feb  3 01:01:14 mx1 postfix/bounce[1]: 307DF802B3: sender delay "
	  "notification: 2BF1C23A7B",
	  "bounce_generated queue_id=307DF802B3 instance=postfix "
	  "service=bounce queue:child:bounce=2BF1C23A7B" },
	{ "Feb  3 01:01:14 mx1 postfix/trace[1]: 307DF802B3: sender delivery "
	  "status notification: 2BF1C23A7B",
	  "bounce_generated queue_id=307DF802B3 instance=postfix "
	  "service=trace queue:child:bounce=2BF1C23A7B" },
	{ "Feb  3 01:01:14 mx1 postfix/bounce[1]: 307DF802B3: postmaster "
	  "non-delivery notification: 2BF1C23A7B",
	  "bounce_generated queue_id=307DF802B3 instance=postfix "
	  "service=bounce queue:child:bounce=2BF1C23A7B" },
	{ "Feb  3 01:01:14 mx1 postfix/postsuper[1]: 307DF802B3: removed",
	  "removed queue_id=307DF802B3 instance=postfix service=postsuper "
	  "roles=closes,admin" },
	{ "Feb  3 01:01:14 mx1 postfix/postsuper[1]: 307DF802B3: requeued",
	  "info queue_id=307DF802B3 instance=postfix service=postsuper "
	  "roles=closes,admin" },
	{ "Feb  3 01:01:14 mx1 postfix/postsuper[1]: 307DF802B3: placed on "
	  "hold",
	  "hold queue_id=307DF802B3 instance=postfix service=postsuper "
	  "roles=admin" },
	{ "Feb  3 01:01:14 mx1 postfix/postsuper[1]: 307DF802B3: released "
	  "from hold",
	  "info queue_id=307DF802B3 instance=postfix service=postsuper "
	  "roles=admin" },
	{ "Feb  3 01:01:14 mx1 postfix/postsuper[1]: 307DF802B3: expired",
	  "expire queue_id=307DF802B3 instance=postfix service=postsuper "
	  "roles=admin" },
	{ "Feb  3 01:01:14 mx1 postfix/postsuper[1]: Deleted: 3 messages",
	  "info instance=postfix service=postsuper roles=admin" },
	{ "Feb  3 01:01:14 mx1 postfix/anvil[1]: statistics: max connection "
	  "rate 12/60s for (smtp:192.0.2.1) at Feb  3 01:01:12",
	  "info client_ip=192.0.2.1 instance=postfix service=anvil" },
	{ "Feb  3 01:01:14 mx1 postfix/anvil[1]: statistics: max cache size 2 "
	  "at Feb  3 01:01:12",
	  "info instance=postfix service=anvil" },
	{ "Feb  3 01:01:14 mx1 postfix/master[1]: daemon started -- version "
	  "3.7.0, configuration /etc/postfix",
	  "info instance=postfix service=master" },
	{ "Feb  3 01:01:14 mx1 postfix/postfix-script[1]: stopping the "
	  "Postfix mail system",
	  "info instance=postfix service=postfix-script" },
	{ "Feb  3 01:01:14 mx1 postfix/scache[1]: statistics: start interval "
	  "Feb  3 01:01:12",
	  "info instance=postfix service=scache" },
	{ "Feb  3 01:01:14 mx1 postfix/tlsmgr[1]: warning: x",
	  "info instance=postfix service=tlsmgr" },
	{ "Feb  3 01:01:14 mx1 postfix/proxymap[1]: warning: read TCP map "
	  "reply: x",
	  "info instance=postfix service=proxymap" },
	{ "Feb  3 01:01:14 mx1 postfix/verify[1]: cache x full cleanup: "
	  "retained=1 dropped=0 entries",
	  "info instance=postfix service=verify" },
	{ "Feb  3 01:01:14 mx1 postfix/qmgr[2226]: STATISTICS1: x",
	  "unknown" },
	{ "Feb  3 01:01:14 mx1 postfix/smtpd[1]: warning: proxy "
	  "127.0.0.1:10023 rejected \"MAIL FROM:<a@example.org> SIZE=722\": "
	  "\"501 5.5.2 Syntax: MAIL FROM: <address>\"",
	  "info dsn=5.5.2 reply=\"501 5.5.2 Syntax: MAIL FROM: <address>\" "
	  "instance=postfix service=smtpd code=501 "
	  "session:own=postfix/smtpd[1]" },
};

static const struct parser_example forged[] = {
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 550 5.1.1 <\"; from=<ceo@example.com> "
	  "to=<cfo@example.com> proto=ESMTP helo=<x\"@example.com>: Recipient "
	  "address rejected: User unknown; from=<a@example.org> to=<\"; "
	  "from=<ceo@example.com> to=<cfo@example.com> proto=ESMTP "
	  "helo=<x\"@example.com> proto=ESMTP helo=<h.example>",
	  "reject sender=a@example.org recipient=\"\\\"; "
	  "from=<ceo@example.com> to=<cfo@example.com> proto=ESMTP "
	  "helo=<x\\\"@example.com\" client_ip=192.0.2.1 client_name=unknown "
	  "helo=h.example dsn=5.1.1 reply=\"550 5.1.1 <\\\"; "
	  "from=<ceo@example.com> to=<cfo@example.com> proto=ESMTP "
	  "helo=<x\\\"@example.com>: Recipient address rejected: User "
	  "unknown\" stage=RCPT instance=postfix service=smtpd code=550 "
	  "roles=attempt,damaged session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 550 5.1.1 <no@example.com>: Recipient "
	  "address rejected: User unknown; from=<a@example.org> "
	  "to=<no@example.com> proto=ESMTP helo=<x; from=<ceo@example.com> "
	  "to=<cfo@example.com> proto=ESMTP helo=<y>",
	  "reject sender=a@example.org recipient=no@example.com "
	  "client_ip=192.0.2.1 client_name=unknown helo=\"x; "
	  "from=<ceo@example.com> to=<cfo@example.com> proto=ESMTP helo=<y\" "
	  "dsn=5.1.1 reply=\"550 5.1.1 <no@example.com>: Recipient address "
	  "rejected: User unknown\" stage=RCPT instance=postfix service=smtpd "
	  "code=550 roles=attempt,damaged session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 450 4.1.7 <a@example.org>: Sender address "
	  "rejected: unverified address: host mx.example.org[192.0.2.25] "
	  "said: 550 x; from=<ceo@example.com> to=<cfo@example.com> "
	  "proto=ESMTP helo=<z> (in reply to RCPT TO command); "
	  "from=<a@example.org> to=<b@example.com> proto=ESMTP "
	  "helo=<h.example>",
	  "tempfail sender=a@example.org recipient=b@example.com "
	  "client_ip=192.0.2.1 client_name=unknown helo=h.example dsn=4.1.7 "
	  "reply=\"450 4.1.7 <a@example.org>: Sender address rejected: "
	  "unverified address: host mx.example.org[192.0.2.25] said: 550 x; "
	  "from=<ceo@example.com> to=<cfo@example.com> proto=ESMTP helo=<z> "
	  "(in reply to RCPT TO command)\" stage=RCPT instance=postfix "
	  "service=smtpd code=450 roles=attempt,damaged "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 550 5.1.1 <no@example.com>: Recipient "
	  "address rejected: User unknown; from=<a@example.org> "
	  "to=<no@example.com> proto=ESMTP helo=<x> sasl_method=LOGIN "
	  "sasl_username=ceo>",
	  "reject sender=a@example.org recipient=no@example.com "
	  "client_ip=192.0.2.1 client_name=unknown helo=\"x> "
	  "sasl_method=LOGIN sasl_username=ceo\" dsn=5.1.1 reply=\"550 5.1.1 "
	  "<no@example.com>: Recipient address rejected: User unknown\" "
	  "stage=RCPT instance=postfix service=smtpd code=550 roles=attempt "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: warning: "
	  "header Subject: hi from bank.example[198.51.100.9]; "
	  "from=<ceo@example.com> to=<x@example.com> proto=ESMTP helo=<y> "
	  "from real.example[192.0.2.3]; from=<a@example.org> "
	  "to=<b@example.com> proto=ESMTP helo=<h>",
	  "info queue_id=307DF802B3 sender=a@example.org "
	  "recipient=b@example.com client_ip=192.0.2.3 "
	  "client_name=real.example helo=h subject=\"hi from "
	  "bank.example[198.51.100.9]; from=<ceo@example.com> "
	  "to=<x@example.com> proto=ESMTP helo=<y>\" instance=postfix "
	  "service=cleanup roles=damaged" },
	{ "Feb  3 01:01:12 mx1 postfix/submission/smtpd[16325]: warning: "
	  "unknown[192.0.2.1]: SASL PLAIN authentication failed: x, "
	  "sasl_username=y, sasl_username=bob",
	  "auth_fail client_ip=192.0.2.1 client_name=unknown user=\"y, "
	  "sasl_username=bob\" auth_method=PLAIN reply=x instance=postfix "
	  "service=submission roles=attempt "
	  "session:own=postfix/submission/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: NOQUEUE: reject: RCPT "
	  "from unknown[192.0.2.1]: 550 5.1.1 <no@example.com>: Recipient "
	  "address rejected: User unknown; from=<a@example.org> to=<no@exam",
	  "reject sender=a@example.org client_ip=192.0.2.1 "
	  "client_name=unknown dsn=5.1.1 reply=\"550 5.1.1 <no@example.com>: "
	  "Recipient address rejected: User unknown\" stage=RCPT "
	  "instance=postfix service=smtpd code=550 roles=attempt,damaged "
	  "session:own=postfix/smtpd[16325]" },
	{ "Feb  3 01:01:12 mx1 postfix/smtpd[16325]: some words that nobody "
	  "wrote a parser for",
	  "unknown" },
	{ "Feb  3 01:01:12 mx1 postfix/cleanup[9]: 307DF802B3: "
	  "to=<bob@example.com>, relay=none, delay=0.1, delays=0.1/0/0/0, "
	  "dsn=5.3.0, status=bounced (bad)",
	  "bounce queue_id=307DF802B3 recipient=bob@example.com dsn=5.3.0 "
	  "reply=bad instance=postfix service=cleanup delay=0.1s transfer=0s "
	  "roles=attempt" },
};

static void test_cleanup(void **state)
{
	(void)state;
	parsing_check(cleanup, COUNT(cleanup));
	parsing_check_pure(cleanup, COUNT(cleanup));
}

static void test_queue(void **state)
{
	(void)state;
	parsing_check(queue, COUNT(queue));
	parsing_check_pure(queue, COUNT(queue));
}

static void test_rest(void **state)
{
	(void)state;
	parsing_check(rest, COUNT(rest));
	parsing_check_pure(rest, COUNT(rest));
}

static void test_forged(void **state)
{
	(void)state;
	parsing_check(forged, COUNT(forged));
	parsing_check_pure(forged, COUNT(forged));
}

static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cleanup); i++)
		parsing_check_hostile(slice_str(cleanup[i].line));
	for (size_t i = 0; i < COUNT(queue); i++)
		parsing_check_hostile(slice_str(queue[i].line));
	for (size_t i = 0; i < COUNT(rest); i++)
		parsing_check_hostile(slice_str(rest[i].line));
	for (size_t i = 0; i < COUNT(forged); i++)
		parsing_check_hostile(slice_str(forged[i].line));
}

/* Text of a megabyte neither breaks nor slows the scanners. */
static void test_long(void **state)
{
	static const char *const heads[] = {
		"Feb  3 01:01:12 mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT "
		"from x[192.0.2.1]: 550 5.1.1 <",
		"Feb  3 01:01:12 mx1 postfix/cleanup[1]: 307DF802B3: warning: "
		"header Subject: ",
		"Feb  3 01:01:12 mx1 postfix/smtp[1]: 307DF802B3: to=<",
		"Feb  3 01:01:12 mx1 postfix/qmgr[1]: 307DF802B3: from=<",
	};
	static const char *const fills[] = {
		"; from=<", " from x[1.2.3.4]; from=<a> to=<b>", ">, relay=", "\"",
		"<", "> ", "x",
	};
	struct strbuf line = { 0 }, out = { 0 };

	(void)state;
	for (size_t h = 0; h < COUNT(heads); h++) {
		for (size_t f = 0; f < COUNT(fills); f++) {
			strbuf_reset(&line);
			strbuf_add_str(&line, heads[h]);
			while (line.len < 100000)
				strbuf_add_str(&line, fills[f]);
			parsing_line(strbuf_slice(&line), &out);
			assert_true(out.len > 0);
		}
	}
	strbuf_release(&line);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cleanup),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
