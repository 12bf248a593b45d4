/* SPDX-License-Identifier: MIT */
/* Postfix handing over: deliveries of every agent, whole and cut. */
#include "tests/parsing.h"

#include "parsers/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example deliveries[] = {
	{ "Feb  3 01:01:14 mx1 postfix/smtp[16329]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mail.example.org[192.0.2.11]:587, "
	  "delay=2, delays=0.06/0.07/0.77/1.1, dsn=2.0.0, status=sent (250 ok "
	  "1391410861 qp 14129 by x1.example.org)",
	  "relay queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.11 relay_name=mail.example.org dsn=2.0.0 "
	  "reply=\"250 ok 1391410861 qp 14129 by x1.example.org\" "
	  "said_by=mail.example.org next_queue_id=14129 instance=postfix "
	  "service=smtp relay_port=587 code=250 delay=2s transfer=1.87s "
	  "id_time=2014-02-03T07:01:01.000000Z roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/relay/smtp[16329]: 307DF802B3: "
	  "to=<bob@example.org>, orig_to=<bob>, "
	  "relay=mx.example.org[2001:db8::25]:25, conn_use=3, delay=0.5, "
	  "delays=0/0/0.1/0.4, dsn=2.0.0, status=sent (250 2.0.0 Ok: 2023 "
	  "bytes queued as EAC8A1EC3EB)",
	  "relay queue_id=307DF802B3 recipient=bob@example.org "
	  "orig_recipient=bob relay_ip=2001:db8::25 relay_name=mx.example.org "
	  "dsn=2.0.0 reply=\"250 2.0.0 Ok: 2023 bytes queued as EAC8A1EC3EB\" "
	  "said_by=mx.example.org next_queue_id=EAC8A1EC3EB instance=postfix "
	  "service=relay relay_port=25 code=250 delay=0.5s transfer=0.5s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[16329]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, "
	  "delay=0.5, delays=0/0/0.1/0.4, tls=verified:secure, dsn=2.0.0, "
	  "status=sent (250 OK id=1aQrOE-0004A7-TL)",
	  "relay queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=2.0.0 "
	  "reply=\"250 OK id=1aQrOE-0004A7-TL\" said_by=mx.example.org "
	  "tls=verified:secure next_queue_id=1aQrOE-0004A7-TL "
	  "instance=postfix service=smtp relay_port=25 code=250 delay=0.5s "
	  "transfer=0.5s id_time=2016-02-03T06:58:10.909500Z roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/amavis/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.2, "
	  "delays=0/0/0/0.2, dsn=2.0.0, status=sent (250 2.0.0 from "
	  "MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BD48A1EC408)",
	  "relay queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=127.0.0.1 relay_name=127.0.0.1 dsn=2.0.0 reply=\"250 "
	  "2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as "
	  "BD48A1EC408\" said_by=127.0.0.1 next_queue_id=BD48A1EC408 "
	  "instance=postfix service=amavis relay_port=10024 code=250 "
	  "delay=0.2s transfer=0.2s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/amavis/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.2, "
	  "delays=0/0/0/0.2, dsn=2.5.0, status=sent (250 2.5.0 Ok, "
	  "id=01332-19, BOUNCE)",
	  "bounce queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=127.0.0.1 relay_name=127.0.0.1 dsn=2.5.0 reply=\"250 "
	  "2.5.0 Ok, id=01332-19, BOUNCE\" said_by=127.0.0.1 instance=postfix "
	  "service=amavis relay_port=10024 code=250 delay=0.2s transfer=0.2s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/amavis/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.2, "
	  "delays=0/0/0/0.2, dsn=2.7.0, status=sent (250 2.7.0 Ok, discarded, "
	  "id=01332-19 - spam)",
	  "discard queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=127.0.0.1 relay_name=127.0.0.1 dsn=2.7.0 reply=\"250 "
	  "2.7.0 Ok, discarded, id=01332-19 - spam\" said_by=127.0.0.1 "
	  "instance=postfix service=amavis relay_port=10024 code=250 "
	  "delay=0.2s transfer=0.2s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25], delay=1, "
	  "status=sent (250 2.0.0 Ok: queued as 2BF1C23A7B)",
	  "relay queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=2.0.0 "
	  "reply=\"250 2.0.0 Ok: queued as 2BF1C23A7B\" "
	  "said_by=mx.example.org next_queue_id=2BF1C23A7B instance=postfix "
	  "service=smtp code=250 delay=1s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, "
	  "delay=0.5, delays=0/0/0.1/0.4, dsn=5.1.1, status=bounced (host "
	  "mx.example.org[192.0.2.25] said: 550 5.1.1 <bob@example.org>: "
	  "unknown (in reply to RCPT TO command))",
	  "bounce queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=5.1.1 "
	  "reply=\"host mx.example.org[192.0.2.25] said: 550 5.1.1 "
	  "<bob@example.org>: unknown (in reply to RCPT TO command)\" "
	  "said_by=mx.example.org stage=\"RCPT TO\" instance=postfix "
	  "service=smtp relay_port=25 code=550 delay=0.5s transfer=0.5s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, "
	  "delay=0.5, delays=0/0/0.1/0.4, dsn=4.7.1, status=deferred (host "
	  "mx.example.org[192.0.2.25] refused to talk to me: 421 4.7.1 busy)",
	  "defer queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=4.7.1 "
	  "reply=\"host mx.example.org[192.0.2.25] refused to talk to me: 421 "
	  "4.7.1 busy\" said_by=mx.example.org instance=postfix service=smtp "
	  "relay_port=25 code=421 delay=0.5s transfer=0.5s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=none, delay=30, delays=0/0/30/0, "
	  "dsn=4.4.1, status=deferred (connect to "
	  "mx.example.org[192.0.2.25]:25: Connection refused)",
	  "defer queue_id=307DF802B3 recipient=bob@example.org dsn=4.4.1 "
	  "reply=\"connect to mx.example.org[192.0.2.25]:25: Connection "
	  "refused\" instance=postfix service=smtp delay=30s transfer=30s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=none, delay=0.1, delays=0.1/0/0/0, "
	  "dsn=5.4.6, status=bounced (mail for example.org loops back to "
	  "myself)",
	  "bounce queue_id=307DF802B3 recipient=bob@example.org dsn=5.4.6 "
	  "reply=\"mail for example.org loops back to myself\" "
	  "instance=postfix service=smtp delay=0.1s transfer=0s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=none, delay=0.1, delays=0.1/0/0/0, "
	  "dsn=5.1.1, status=SOFTBOUNCE (unknown)",
	  "defer queue_id=307DF802B3 recipient=bob@example.org dsn=5.1.1 "
	  "reply=unknown instance=postfix service=smtp delay=0.1s transfer=0s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/error[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=none, delay=0.1, delays=0.1/0/0/0, "
	  "dsn=4.4.1, status=deferred (delivery temporarily suspended: host "
	  "mx.example.org[192.0.2.25] said: 452 4.2.2 full (in reply to RCPT "
	  "TO command))",
	  "defer queue_id=307DF802B3 recipient=bob@example.org dsn=4.4.1 "
	  "reply=\"delivery temporarily suspended: host "
	  "mx.example.org[192.0.2.25] said: 452 4.2.2 full (in reply to RCPT "
	  "TO command)\" said_by=mx.example.org stage=\"RCPT TO\" "
	  "instance=postfix service=error code=452 delay=0.1s transfer=0s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/retry[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=none, delay=0.1, delays=0.1/0/0/0, "
	  "dsn=4.4.1, status=deferred (delivery temporarily suspended: "
	  "connect to mx.example.org[192.0.2.25]:25: Connection timed out)",
	  "defer queue_id=307DF802B3 recipient=bob@example.org dsn=4.4.1 "
	  "reply=\"delivery temporarily suspended: connect to "
	  "mx.example.org[192.0.2.25]:25: Connection timed out\" "
	  "instance=postfix service=retry delay=0.1s transfer=0s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/error[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=none, delay=0.1, delays=0.1/0/0/0, "
	  "dsn=5.1.1, status=bounced (User unknown in virtual alias table)",
	  "bounce queue_id=307DF802B3 recipient=bob@example.com dsn=5.1.1 "
	  "reply=\"User unknown in virtual alias table\" instance=postfix "
	  "service=error delay=0.1s transfer=0s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/lmtp[1]: 307DF802B3: "
	  "to=<bob@example.com>, "
	  "relay=store.example.com[private/dovecot-lmtp], delay=0.02, "
	  "delays=0/0/0/0.01, dsn=2.0.0, status=sent (250 2.0.0 "
	  "<bob@example.com> SH2cOSLkAGseJAAAxNy1UQ Saved)",
	  "deliver queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_name=private/dovecot-lmtp dsn=2.0.0 reply=\"250 2.0.0 "
	  "<bob@example.com> SH2cOSLkAGseJAAAxNy1UQ Saved\" "
	  "said_by=private/dovecot-lmtp "
	  "next_queue_id=SH2cOSLkAGseJAAAxNy1UQ instance=postfix service=lmtp "
	  "code=250 delay=0.02s transfer=0.01s "
	  "id_time=2026-11-21T00:21:54.966557Z roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/lmtp[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=store.example.com[192.0.2.9]:24, "
	  "delay=0.02, delays=0/0/0/0.01, dsn=2.1.5, status=sent (250 2.1.5 "
	  "Ok SESSIONID=<cyrus-1-2>)",
	  "deliver queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_ip=192.0.2.9 relay_name=store.example.com dsn=2.1.5 "
	  "reply=\"250 2.1.5 Ok SESSIONID=<cyrus-1-2>\" "
	  "said_by=store.example.com instance=postfix service=lmtp "
	  "relay_port=24 code=250 delay=0.02s transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/lmtp[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=127.0.0.1[127.0.0.1]:10024, "
	  "delay=0.02, delays=0/0/0/0.01, dsn=2.0.0, status=sent (250 2.0.0 "
	  "from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as "
	  "BD48A1EC408)",
	  "relay queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_ip=127.0.0.1 relay_name=127.0.0.1 dsn=2.0.0 reply=\"250 "
	  "2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as "
	  "BD48A1EC408\" said_by=127.0.0.1 next_queue_id=BD48A1EC408 "
	  "instance=postfix service=lmtp relay_port=10024 code=250 "
	  "delay=0.02s transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/lmtp[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=h[/var/run/x.sock], delay=0.02, "
	  "delays=0/0/0/0.01, dsn=2.0.0, status=sent (250 Ok)",
	  "deliver queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_name=/var/run/x.sock dsn=2.0.0 reply=\"250 Ok\" "
	  "said_by=/var/run/x.sock instance=postfix service=lmtp code=250 "
	  "delay=0.02s transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/local[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=local, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=2.0.0, status=sent (delivered to mailbox)",
	  "deliver queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_name=local dsn=2.0.0 reply=\"delivered to mailbox\" "
	  "place=mailbox instance=postfix service=local delay=0.02s "
	  "transfer=0.01s roles=attempt" },
	/* nobody has it: no delivery */
	{ "Feb  3 01:01:14 mx1 postfix/local[1]: 307DF802B3: "
	  "to=<bin@example.com>, relay=local, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=2.0.0, status=sent (delivered to file: /dev/null)",
	  "discard queue_id=307DF802B3 recipient=bin@example.com "
	  "relay_name=local dsn=2.0.0 reply=\"delivered to file: /dev/null\" "
	  "place=\"file: /dev/null\" instance=postfix service=local delay=0.02s "
	  "transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/local[1]: 307DF802B3: "
	  "to=<list@example.com>, orig_to=<list>, relay=local, delay=0.02, "
	  "delays=0/0/0/0.01, dsn=2.0.0, status=sent (delivered to command: "
	  "/usr/bin/x \"a (b)\")",
	  "deliver queue_id=307DF802B3 recipient=list@example.com "
	  "orig_recipient=list relay_name=local dsn=2.0.0 reply=\"delivered "
	  "to command: /usr/bin/x \\\"a (b)\\\"\" place=\"command: /usr/bin/x "
	  "\\\"a (b)\\\"\" instance=postfix service=local delay=0.02s "
	  "transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/local[1]: 307DF802B3: "
	  "to=<list@example.com>, relay=local, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=2.0.0, status=sent (forwarded as 2BF1C23A7B)",
	  "redirect queue_id=307DF802B3 recipient=list@example.com "
	  "relay_name=local dsn=2.0.0 reply=\"forwarded as 2BF1C23A7B\" "
	  "place=forwarded instance=postfix service=local delay=0.02s "
	  "transfer=0.01s roles=attempt queue:child:alias=2BF1C23A7B" },
	{ "Feb  3 01:01:14 mx1 postfix/local[1]: 307DF802B3: "
	  "to=<x@example.com>, relay=local, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=5.1.1, status=bounced (unknown user: \"x\")",
	  "bounce queue_id=307DF802B3 recipient=x@example.com "
	  "relay_name=local dsn=5.1.1 reply=\"unknown user: \\\"x\\\"\" "
	  "instance=postfix service=local delay=0.02s transfer=0.01s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/virtual[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=virtual, delay=0.02, "
	  "delays=0/0/0/0.01, dsn=2.0.0, status=sent (delivered to maildir)",
	  "deliver queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_name=virtual dsn=2.0.0 reply=\"delivered to maildir\" "
	  "place=maildir instance=postfix service=virtual delay=0.02s "
	  "transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/pipe[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=dovecot, delay=0.02, "
	  "delays=0/0/0/0.01, dsn=2.0.0, status=sent (delivered via dovecot "
	  "service)",
	  "deliver queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_name=dovecot dsn=2.0.0 reply=\"delivered via dovecot "
	  "service\" place=dovecot instance=postfix service=pipe delay=0.02s "
	  "transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/pipe[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=filter, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=2.0.0, status=sent (delivered via filter service (250 2.0.0 "
	  "Ok: queued as 0BAD0BAD0))",
	  "deliver queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_name=filter dsn=2.0.0 reply=\"delivered via filter service "
	  "(250 2.0.0 Ok: queued as 0BAD0BAD0)\" place=filter "
	  "instance=postfix service=pipe delay=0.02s transfer=0.01s "
	  "roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/pipe[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=filter, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=5.3.0, status=bounced (Command died with status 1: \"/x\". "
	  "Command output: 550 no )",
	  "bounce queue_id=307DF802B3 recipient=bob@example.com "
	  "relay_name=filter dsn=5.3.0 reply=\"Command died with status 1: "
	  "\\\"/x\\\". Command output: 550 no \" instance=postfix "
	  "service=pipe delay=0.02s transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/discard[1]: 307DF802B3: "
	  "to=<bob@example.com>, relay=none, delay=0.02, delays=0/0/0/0.01, "
	  "dsn=2.0.0, status=sent (silently)",
	  "discard queue_id=307DF802B3 recipient=bob@example.com dsn=2.0.0 "
	  "reply=silently instance=postfix service=discard delay=0.02s "
	  "transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, "
	  "delay=0.5, delays=0/0/0.1/0.4, dsn=2.1.5, status=deliverable (250 "
	  "2.1.5 Ok)",
	  "info queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=2.1.5 "
	  "reply=\"250 2.1.5 Ok\" said_by=mx.example.org instance=postfix "
	  "service=smtp relay_port=25 code=250 delay=0.5s transfer=0.5s "
	  "roles=probe" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, "
	  "delay=0.5, delays=0/0/0.1/0.4, dsn=5.1.1, status=undeliverable "
	  "(host mx.example.org[192.0.2.25] said: 550 5.1.1 no (in reply to "
	  "RCPT TO command))",
	  "info queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=5.1.1 "
	  "reply=\"host mx.example.org[192.0.2.25] said: 550 5.1.1 no (in "
	  "reply to RCPT TO command)\" said_by=mx.example.org stage=\"RCPT "
	  "TO\" instance=postfix service=smtp relay_port=25 code=550 "
	  "delay=0.5s transfer=0.5s roles=probe" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, "
	  "delay=0.5, delays=0/0/0.1/0.4, dsn=4.7.0, status=deferred (SASL "
	  "authentication failed; server mx.example.org[192.0.2.25] said: 535 "
	  "5.7.8 Error)",
	  "defer queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=4.7.0 "
	  "reply=\"SASL authentication failed; server "
	  "mx.example.org[192.0.2.25] said: 535 5.7.8 Error\" "
	  "said_by=mx.example.org instance=postfix service=smtp relay_port=25 "
	  "code=535 delay=0.5s transfer=0.5s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/local[1]: 307DF802B3: "
	  "to=proxy@example.com, orig_to=x@example.com, relay=local, "
	  "delay=0.02, delays=0/0/0/0.01, dsn=2.0.0, status=sent (delivered "
	  "to mailbox)",
	  "deliver queue_id=307DF802B3 recipient=proxy@example.com "
	  "orig_recipient=x@example.com relay_name=local dsn=2.0.0 "
	  "reply=\"delivered to mailbox\" place=mailbox instance=postfix "
	  "service=local delay=0.02s transfer=0.01s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: to=<\"x> "
	  "to=<ceo@example.com>, relay=fake[192.0.2.4]:25, delay=0, "
	  "status=sent (250 2.0.0 Ok: queued as DEADBEEF01)\"@example.org>, "
	  "relay=mx.example.org[192.0.2.25]:25, delay=0.5, "
	  "delays=0/0/0.1/0.4, dsn=5.1.1, status=bounced (host "
	  "mx.example.org[192.0.2.25] said: 550 5.1.1 no (in reply to RCPT TO "
	  "command))",
	  "bounce queue_id=307DF802B3 recipient=\"\\\"x> "
	  "to=<ceo@example.com>, relay=fake[192.0.2.4]:25, delay=0, "
	  "status=sent (250 2.0.0 Ok: queued as DEADBEEF01)\\\"@example.org\" "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=5.1.1 "
	  "reply=\"host mx.example.org[192.0.2.25] said: 550 5.1.1 no (in "
	  "reply to RCPT TO command)\" said_by=mx.example.org stage=\"RCPT "
	  "TO\" instance=postfix service=smtp relay_port=25 code=550 "
	  "delay=0.5s transfer=0.5s roles=attempt" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: "
	  "to=<bob@example.org>, relay=mx.example.org[192.0.2.25]:25, "
	  "delay=0.5, delays=0/0/0.1/0.4, dsn=2.0.0, status=sent (250 2.0.0 Ok",
	  "relay queue_id=307DF802B3 recipient=bob@example.org "
	  "relay_ip=192.0.2.25 relay_name=mx.example.org dsn=2.0.0 "
	  "reply=\"250 2.0.0 Ok\" said_by=mx.example.org instance=postfix "
	  "service=smtp relay_port=25 code=250 delay=0.5s transfer=0.5s "
	  "roles=attempt,damaged" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: connect to "
	  "mx.example.org[192.0.2.25]:25: Connection timed out",
	  "info relay_ip=192.0.2.25 relay_name=mx.example.org "
	  "reply=\"Connection timed out\" instance=postfix service=smtp "
	  "relay_port=25" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: lost connection "
	  "with mx.example.org[192.0.2.25] while receiving the initial server "
	  "greeting",
	  "info queue_id=307DF802B3 relay_ip=192.0.2.25 "
	  "relay_name=mx.example.org reply=\"lost connection with "
	  "mx.example.org[192.0.2.25] while receiving the initial server "
	  "greeting\" instance=postfix service=smtp" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: host "
	  "mx.example.org[192.0.2.25] said: 421 4.3.0 later (in reply to MAIL "
	  "FROM command)",
	  "info queue_id=307DF802B3 relay_ip=192.0.2.25 "
	  "relay_name=mx.example.org dsn=4.3.0 reply=\"host "
	  "mx.example.org[192.0.2.25] said: 421 4.3.0 later (in reply to MAIL "
	  "FROM command)\" said_by=mx.example.org stage=\"MAIL FROM\" "
	  "instance=postfix service=smtp code=421" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: conversation with "
	  "mx.example.org[192.0.2.25] timed out while sending MAIL FROM",
	  "info queue_id=307DF802B3 relay_ip=192.0.2.25 "
	  "relay_name=mx.example.org reply=\"conversation with "
	  "mx.example.org[192.0.2.25] timed out while sending MAIL FROM\" "
	  "instance=postfix service=smtp" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: enabling PIX "
	  "workarounds: disable_esmtp for mx.example.org[192.0.2.25]:25",
	  "info queue_id=307DF802B3 instance=postfix service=smtp" },
	{ "Feb  3 01:01:14 mx1 postfix/smtp[1]: 307DF802B3: SASL "
	  "authentication failed; server mx.example.org[192.0.2.25] said: 535 "
	  "5.7.8 Error",
	  "info queue_id=307DF802B3 dsn=5.7.8 reply=\"SASL authentication "
	  "failed; server mx.example.org[192.0.2.25] said: 535 5.7.8 Error\" "
	  "said_by=mx.example.org instance=postfix service=smtp code=535" },
};

static void test_deliveries(void **state)
{
	(void)state;
	parsing_check(deliveries, COUNT(deliveries));
	parsing_check_pure(deliveries, COUNT(deliveries));
}

static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(deliveries); i++)
		parsing_check_hostile(slice_str(deliveries[i].line));
}

/* A delivery or a refusal is never mere information, however it is cut. */
static void test_cut_answers(void **state)
{
	struct strbuf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(deliveries); i++) {
		struct slice line = slice_str(deliveries[i].line);
		size_t at = slice_rfind(line, SLICE(", status="));

		if (at == SLICE_NONE ||
		    strstr(deliveries[i].line, "deliverable"))
			continue;
		for (size_t n = at + 11; n < line.len; n++) {
			enum parse result =
				parsing_line(slice_to(line, n), &out);

			if (strncmp(strbuf_text(&out), "info", 4) == 0 ||
			    strncmp(strbuf_text(&out), "unknown", 7) == 0)
				fail_msg("%.*s\n%s", (int)n, line.ptr,
				         strbuf_text(&out));
			if (line.ptr[n - 1] != ')')
				assert_int_equal(result, PARSE_DAMAGED);
		}
	}
	strbuf_release(&out);
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deliveries),
		cmocka_unit_test(test_cut_answers),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
