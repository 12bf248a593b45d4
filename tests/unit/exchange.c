/* SPDX-License-Identifier: MIT */
/* Exchange: rows of its own logs, rows that lie, headers that change. */
#include "tests/parsing.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct parser_example tracking[] = {
	{ "2026-03-14T09:15:05.000Z,192.0.2.10,EX01,203.0.113.25,"
	  "mx.example.net,,Internet,SMTP,FAIL,41399189774880,<m3@example.org>,"
	  "3f6d5c2b1a0948b7e6f508de81aa2c56,carol@example.net,550 5.7.1 "
	  "Relaying denied,900,1,,,x,alice@example.org,alice@example.org,,"
	  "Incoming,,,,,Email,,15.01.2507.006",
	  "bounce queue_id=41399189774880 message_id=m3@example.org "
	  "sender=alice@example.org recipient=carol@example.net "
	  "relay_ip=203.0.113.25 relay_name=mx.example.net dsn=5.7.1 "
	  "reply=\"550 5.7.1 Relaying denied\" said_by=mx.example.net "
	  "subject=x header_from=alice@example.org instance=exchange "
	  "service=SMTP code=550 size=900 roles=attempt "
	  "message_id:own=m3@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:05.100Z,,,,EX01,Transport Rule Agent,,AGENT,FAIL,"
	  "41399189774881,<m4@example.org>,3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "bob@example.com,250 2.1.5 Message deleted by the transport rules "
	  "agent,10,1,,,,a@example.org,a@example.org,,Incoming,,,,,Email,,"
	  "15.01.2507.006",
	  "discard queue_id=41399189774881 message_id=m4@example.org "
	  "sender=a@example.org recipient=bob@example.com dsn=2.1.5 "
	  "reply=\"250 2.1.5 Message deleted by the transport rules agent\" "
	  "header_from=a@example.org instance=exchange service=AGENT code=250 "
	  "size=10 roles=attempt message_id:own=m4@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:06.000Z,,,,EX01,\"451 4.4.0 Primary target IP "
	  "address responded with: \"\"421 4.2.1 try later\"\"\",,SMTP,DEFER,"
	  "41399189774880,<m3@example.org>,3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "dave@example.net,{LED=421 4.2.1 try later};{FQDN=mx.example.net};"
	  "{IP=203.0.113.25},900,1,,,,alice@example.org,alice@example.org,,"
	  "Incoming,,,,,Email,,15.01.2507.006",
	  "defer queue_id=41399189774880 message_id=m3@example.org "
	  "sender=alice@example.org recipient=dave@example.net "
	  "relay_ip=203.0.113.25 relay_name=mx.example.net dsn=4.2.1 "
	  "reply=\"{LED=421 4.2.1 try later};{FQDN=mx.example.net};"
	  "{IP=203.0.113.25}\" said_by=mx.example.net "
	  "header_from=alice@example.org instance=exchange service=SMTP "
	  "code=421 size=900 roles=attempt message_id:own=m3@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:07.000Z,,,,EX01,,,ROUTING,TRANSFER,41399189774891,"
	  "<m2@example.org>,3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "carol@example.net,,1356,1,,41399189774879,,alice@example.org,"
	  "bounce@lists.example.org,,Incoming,,,,",
	  "info queue_id=41399189774891 message_id=m2@example.org "
	  "sender=bounce@lists.example.org recipient=carol@example.net "
	  "header_from=alice@example.org instance=exchange service=ROUTING "
	  "size=1356 id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,"
	  "addressed message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56 "
	  "queue:parent:expansion=41399189774879" },
	{ "2026-03-14T09:15:07.100Z,,,,EX01,,,ROUTING,REDIRECT,41399189774891,"
	  "<m2@example.org>,3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "deputy@example.com,,1356,1,carol@example.net,,,alice@example.org,"
	  "alice@example.org,,Incoming,,,,",
	  "redirect queue_id=41399189774891 message_id=m2@example.org "
	  "sender=alice@example.org recipient=deputy@example.com "
	  "orig_recipient=carol@example.net header_from=alice@example.org "
	  "instance=exchange service=ROUTING size=1356 roles=addressed "
	  "message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:07.150Z,,,,EX01,,,ROUTING,RESOLVE,41399189774891,"
	  "<m2@example.org>,3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "d.eputy@example.com,,1356,1,deputy@example.com,,,alice@example.org,"
	  "alice@example.org,,Incoming,,,,",
	  "info queue_id=41399189774891 message_id=m2@example.org "
	  "sender=alice@example.org recipient=d.eputy@example.com "
	  "orig_recipient=deputy@example.com header_from=alice@example.org "
	  "instance=exchange service=ROUTING size=1356 roles=addressed "
	  "message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:07.200Z,192.0.2.20,MBX1,,EX01,"
	  "\"MDB:4a1c0b2d-3e4f-4a5b-8c6d-7e8f90a1b2c3, "
	  "Mailbox:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0, Event:91, "
	  "MessageClass:IPM.Note, CreationTime:2026-03-14T09:15:07.001Z, "
	  "ClientType:OWA\",,STOREDRIVER,SUBMIT,8589934700,<m5@example.com>,"
	  "3f6d5c2b1a0948b7e6f508de81aa2c56,alice@example.org,,700,1,,,x,"
	  "bob@example.com,bob@example.com,,Incoming,,,,",
	  "accept queue_id=8589934700 message_id=m5@example.com "
	  "sender=bob@example.com recipient=alice@example.org "
	  "client_ip=192.0.2.20 client_name=MBX1 subject=x "
	  "header_from=bob@example.com instance=exchange service=OWA size=700 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly "
	  "message_id:own=m5@example.com "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:07.150Z,2001:db8::20,MBX1,,MBX1,"
	  "\"MDB:4a1c0b2d-3e4f-4a5b-8c6d-7e8f90a1b2c3, "
	  "Mailbox:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0, Event:91\",,"
	  "STOREDRIVER,NOTIFYMAPI,,,,,,,,,,,,,,Incoming,,,,",
	  "info instance=exchange service=STOREDRIVER" },
	{ "2026-03-14T09:15:07.300Z,,,,EX01,CatContentConversion,,AGENT,"
	  "AGENTINFO,41399189774891,<m2@example.org>,"
	  "3f6d5c2b1a0948b7e6f508de81aa2c56,carol@example.net,,1356,1,,,,"
	  "alice@example.org,alice@example.org,,Incoming,,,,"
	  "S:AMA=SUM|v=0|action=|error=|atch=0;"
	  "S:SFA=SUM|SFV=SPM|IPV=NLI|SRV=|SFS=|SCL=6|score=1",
	  "info queue_id=41399189774891 message_id=m2@example.org "
	  "sender=alice@example.org recipient=carol@example.net "
	  "header_from=alice@example.org verdict=SCL=6 instance=exchange "
	  "service=AGENT size=1356 message_id:own=m2@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:08.000Z,192.0.2.11,EX02.example.com,192.0.2.10,"
	  "EX01,08DE819FFEEE4395;2026-03-14T09:15:07.900Z;0,,SMTP,HARECEIVE,"
	  "41399189774892,<m6@example.com>,3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "x@example.net,,1,1,,,,bob@example.com,bob@example.com,,Incoming,,,,"
	  ",Email,,15.01.2507.006",
	  "info queue_id=41399189774892 message_id=m6@example.com "
	  "sender=bob@example.com recipient=x@example.net "
	  "header_from=bob@example.com session_id=08DE819FFEEE4395 "
	  "instance=exchange service=SMTP size=1 roles=copy" },
	{ "2026-03-14T09:15:09.000Z,192.0.2.10,EX01,,EX01.example.com,,,"
	  "STOREDRIVER,DELIVER,8589934800,<p1@example.com>,"
	  "3f6d5c2b1a0948b7e6f508de81aa2c56,"
	  "HealthMailbox0123456789abcdef0123456789abcdef@example.com,,1,1,,,,"
	  "maildeliveryprobe@maildeliveryprobe.com,"
	  "maildeliveryprobe@maildeliveryprobe.com,,Incoming,,,,,Email,,"
	  "15.01.2507.006",
	  "deliver queue_id=8589934800 message_id=p1@example.com "
	  "sender=maildeliveryprobe@maildeliveryprobe.com "
	  "recipient=HealthMailbox0123456789abcdef0123456789abcdef@example.com"
	  " header_from=maildeliveryprobe@maildeliveryprobe.com "
	  "instance=exchange service=STOREDRIVER size=1 "
	  "id_time=2026-03-14T09:15:02.144614Z roles=opens_weakly,attempt,"
	  "probe message_id:own=p1@example.com "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:10.000Z,,,,EX01,Journaling,,AGENT,RECEIVE,"
	  "41399189774893,<j1@journal.report.generator>,,archive@example.com,,"
	  "5000,1,,,x,"
	  "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com,<>,,"
	  "Incoming,,,,,Email,,15.01.2507.006",
	  "accept queue_id=41399189774893 "
	  "message_id=j1@journal.report.generator sender=<> "
	  "recipient=archive@example.com subject=x "
	  "header_from=MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@examp"
	  "le.com instance=exchange service=AGENT size=5000 nrcpt=1 "
	  "roles=opens,copy,envelope,addressed "
	  "message_id:own=j1@journal.report.generator" },
	{ "2026-03-14T09:15:11.000Z,,,,EX01,Queue=Poison,,POISONMESSAGE,"
	  "POISONMESSAGE,41399189774894,<m7@example.org>,"
	  "3f6d5c2b1a0948b7e6f508de81aa2c56,bob@example.com,,5,1,,,,"
	  "a@example.org,a@example.org,,Incoming,,,,,Email,,15.01.2507.006",
	  "quarantine queue_id=41399189774894 message_id=m7@example.org "
	  "sender=a@example.org recipient=bob@example.com "
	  "header_from=a@example.org instance=exchange service=POISONMESSAGE "
	  "size=5 roles=attempt message_id:own=m7@example.org "
	  "network_id:own=3f6d5c2b1a0948b7e6f508de81aa2c56" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,SEND,5,<m@example.org>,,"
	  "a@example.com,,,,,,\"a,\"\"b\"\"\r\n2026-03-14T09:15:02.318Z,"
	  "forged,row\",s@example.org,s@example.org,,Incoming,,,,",
	  "relay queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com relay_name=EX01 subject=\"a,"
	  "\\\"b\\\"\\x0d\\x0a2026-03-14T09:15:02.318Z,forged,row\" "
	  "header_from=s@example.org instance=exchange service=SMTP "
	  "roles=attempt message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,SEND,5,<m@example.org>,,"
	  "a@example.com,,,,,,\"x\n#Fields: date-time,message-subject,"
	  "event-id,internal-message-id\",s@example.org,s@example.org,,"
	  "Incoming,,,,",
	  "relay queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com relay_name=EX01 subject=\"x\\x0a#Fields: "
	  "date-time,message-subject,event-id,internal-message-id\" "
	  "header_from=s@example.org instance=exchange service=SMTP "
	  "roles=attempt message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,SEND,5,<m@example.org>,,"
	  "a@example.com,,,,,,\"=HYPERLINK(\"\"http://x.example\"\","
	  "\"\"y\"\")\",@SUM(1+1)*cmd@example.org,,,Incoming,,,,",
	  "relay queue_id=5 message_id=m@example.org "
	  "sender=@SUM(1+1)*cmd@example.org recipient=a@example.com "
	  "relay_name=EX01 subject=\"=HYPERLINK(\\\"http://x.example\\\","
	  "\\\"y\\\")\" header_from=@SUM(1+1)*cmd@example.org "
	  "instance=exchange service=SMTP roles=attempt "
	  "message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,\"08DE819FFEEE4391;250 2.0.0 OK "
	  "<q [InternalId=1, Hostname=EX09.example]@example.org> "
	  "[InternalId=8589934593, Hostname=EX02.example.com] Queued\",,SMTP,"
	  "SEND,5,<m@example.org>,,a@example.com,,,,,,,s@example.org,"
	  "s@example.org,,Incoming,,,,",
	  "relay queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com relay_name=EX01 dsn=2.0.0 reply=\"250 "
	  "2.0.0 OK <q [InternalId=1, Hostname=EX09.example]@example.org> "
	  "[InternalId=8589934593, Hostname=EX02.example.com] Queued\" "
	  "said_by=EX01 header_from=s@example.org next_queue_id=8589934593 "
	  "session_id=08DE819FFEEE4391 instance=exchange service=SMTP "
	  "code=250 roles=attempt message_id:own=m@example.org "
	  "queue:next_hop:handoff=8589934593" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,RECEIVE,5,<m@example.org>,,"
	  "bob@example.com,,,,,,,"
	  "HealthMailbox0123456789abcdef0123456789abcdef@example.org,"
	  "s@example.org,,Incoming,,,,",
	  "accept queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=bob@example.com "
	  "header_from=HealthMailbox0123456789abcdef0123456789abcdef@example.o"
	  "rg instance=exchange service=SMTP roles=opens,envelope,addressed "
	  "message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,RECEIVE,5,<m@example.org>,,"
	  "HealthMailboxes@example.org,,,,,,,HealthMailboxes@example.org,"
	  "s@example.org,,Incoming,,,,",
	  "accept queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=HealthMailboxes@example.org "
	  "header_from=HealthMailboxes@example.org instance=exchange "
	  "service=SMTP roles=opens,envelope,addressed "
	  "message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,ROUTING,FAIL,5,<m@example.org>,,"
	  "a@example.com;b@example.com,550 5.1.1 RESOLVER.ADR.RecipNotFound; "
	  "not found;550 5.2.2 full; over quota,,,,,,s@example.org,"
	  "s@example.org,,Incoming,,,,",
	  "bounce queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com dsn=5.1.1 reply=\"550 5.1.1 "
	  "RESOLVER.ADR.RecipNotFound; not found\" header_from=s@example.org "
	  "instance=exchange service=ROUTING code=550 roles=attempt "
	  "message_id:own=m@example.org & bounce queue_id=5 "
	  "message_id=m@example.org sender=s@example.org "
	  "recipient=b@example.com dsn=5.2.2 reply=\"550 5.2.2 full; over "
	  "quota\" header_from=s@example.org instance=exchange "
	  "service=ROUTING code=550 roles=attempt message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,QUEUE,FAIL,5,<m@example.org>,,"
	  "a@example.com;b@example.com,[{LED=550 5.4.1 no; really};"
	  "{IP=192.0.2.9}];[{LED=550 4.4.7 expired}],,,,,,s@example.org,"
	  "s@example.org,,Incoming,,,,",
	  "bounce queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com dsn=5.4.1 reply=\"[{LED=550 5.4.1 no; "
	  "really};{IP=192.0.2.9}]\" header_from=s@example.org "
	  "instance=exchange service=QUEUE code=550 roles=attempt "
	  "message_id:own=m@example.org & bounce queue_id=5 "
	  "message_id=m@example.org sender=s@example.org "
	  "recipient=b@example.com dsn=4.4.7 reply=\"[{LED=550 4.4.7 "
	  "expired}]\" header_from=s@example.org instance=exchange "
	  "service=QUEUE code=550 roles=attempt message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,192.0.2.10,EX01,192.0.2.99,,,,SMTP,FAIL,5,"
	  "<m@example.org>,,a@example.com,550,,,,,,s@example.org,"
	  "s@example.org,,Incoming,,,,",
	  "bounce queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com relay_ip=192.0.2.99 reply=550 "
	  "said_by=192.0.2.99 header_from=s@example.org instance=exchange "
	  "service=SMTP code=550 roles=attempt message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,,,,SMTP,SEND,5,<m@example.org>,,"
	  "a@example.com;;b@example.com;,nonsense,,,,,,s@example.org,"
	  "s@example.org,,Incoming,,,,",
	  "relay queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com reply=nonsense header_from=s@example.org "
	  "instance=exchange service=SMTP roles=attempt "
	  "message_id:own=m@example.org & relay queue_id=5 "
	  "message_id=m@example.org sender=s@example.org "
	  "recipient=b@example.com reply=nonsense header_from=s@example.org "
	  "instance=exchange service=SMTP roles=attempt "
	  "message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,NEWEVENT,x,<m@example.org>,"
	  ",a@example.com,,,,,,,s@example.org,s@example.org,,Incoming,,,,",
	  "info message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com header_from=s@example.org "
	  "instance=exchange service=SMTP" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,DEFER,5,<m@example.org>,,,"
	  "x,,,,,,s@example.org,s@example.org,,Incoming,,,,",
	  "defer queue_id=5 message_id=m@example.org sender=s@example.org "
	  "reply=x header_from=s@example.org instance=exchange service=SMTP "
	  "message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,RECEIVE,0,<m@example.org>,,"
	  "a@example.com,,,,,0,,s@example.org,s@example.org,,Incoming,,,,",
	  "accept message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com header_from=s@example.org "
	  "instance=exchange service=SMTP roles=opens,envelope,addressed" },
	{ "2026-03-14T09:15:02.318Z,::1,,::1,EX01,,,SMTP,RECEIVE,5,<>,,"
	  "a@example.com,,,,,,,,<>,,Incoming,,2001:db8::7,,",
	  "accept queue_id=5 message_id=<> sender=<> recipient=a@example.com "
	  "client_ip=2001:db8::7 instance=exchange service=SMTP roles=opens,"
	  "envelope,addressed" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,STOREDRIVER,DELIVER,5,"
	  "<m@example.org>,,a@example.com,Junk Email,,,,,,s@example.org,"
	  "s@example.org,2026-03-14T09:15:09.000Z;later,Incoming,,,,",
	  "deliver queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com place=\"Junk Email\" "
	  "header_from=s@example.org instance=exchange service=STOREDRIVER "
	  "roles=opens_weakly,attempt message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,ROUTING,TRANSFER,5,"
	  "<m@example.org>,,a@example.com,,,,,5,,s@example.org,s@example.org,,"
	  "Incoming,,,,",
	  "info queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com header_from=s@example.org "
	  "instance=exchange service=ROUTING roles=opens_weakly,addressed "
	  "message_id:own=m@example.org" },
	{ "#Software: Microsoft Exchange Server\n2026-03-14T09:15:02.318Z,,,,"
	  "EX01,,,SMTP,SEND,5,<m@example.org>,,a@exam",
	  "relay queue_id=5 message_id=m@example.org recipient=a@exam "
	  "relay_name=EX01 instance=exchange service=SMTP roles=attempt,"
	  "damaged message_id:own=m@example.org" },
	{ "#Software: Microsoft Exchange Server\n2026-03-14T09:15:02.318Z,,,,"
	  "EX01,,,SMTP,SEND,5,<m@example.org>,,a@example.com,,,,,",
	  "relay queue_id=5 message_id=m@example.org recipient=a@example.com "
	  "relay_name=EX01 instance=exchange service=SMTP roles=attempt,"
	  "damaged message_id:own=m@example.org" },
	{ "#Software: Microsoft Exchange Server\n2026-03-14T09:15:02.318Z,,,,"
	  "EX01,,,SMTP,SEND,5,<m@example.org>,,a@example.com,,,,,,,"
	  "s@example.org,s@example.org,,Incoming,,,,,more",
	  "relay queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com relay_name=EX01 header_from=s@example.org "
	  "instance=exchange service=SMTP roles=attempt,damaged "
	  "message_id:own=m@example.org" },
	{ "#Software: Microsoft Exchange Server\n2026-03-14T09:15:02.318Z,,,,"
	  "EX01,,,SMTP,SEND,5,<m@example.org>,,a@example.com,,,,,,\"never "
	  "closed,s@example.org,s@example.org,,Incoming,,,,",
	  "relay queue_id=5 message_id=m@example.org recipient=a@example.com "
	  "relay_name=EX01 subject=\"never closed,s@example.org,s@example.org,"
	  ",Incoming,,,,\" instance=exchange service=SMTP roles=attempt,"
	  "damaged message_id:own=m@example.org" },
	{ "2026-03-14T09:15:02.318Z,,,,EX01,,,STOREDRIVER,DUPLICATEDELIVER,5,"
	  "<m@example.org>,,a@example.com,,,,,,,s@example.org,s@example.org,,"
	  "Incoming,,,,",
	  "info queue_id=5 message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com header_from=s@example.org "
	  "instance=exchange service=STOREDRIVER roles=copy" },
	{ "#Fields: event-id,date-time,internal-message-id,"
	  "sender-address\nRECEIVE,2026-03-14T09:15:02Z,7,"
	  "a@example.org\n2026-03-14T09:15:02.318Z,,,,EX01,,,SMTP,SEND,9,"
	  "<m@example.org>,,a@example.com,,,,,,,s@example.org,s@example.org,,"
	  "Incoming,,,,\n",
	  "accept queue_id=7 sender=a@example.org header_from=a@example.org "
	  "instance=exchange roles=opens,envelope & relay queue_id=9 "
	  "message_id=m@example.org sender=s@example.org "
	  "recipient=a@example.com relay_name=EX01 header_from=s@example.org "
	  "instance=exchange service=SMTP roles=attempt "
	  "message_id:own=m@example.org" },
	{ "date_time_utc,client_ip,source,event_id,internal_message_id,"
	  "message_id,network_message_id,recipient_address,recipient_status,"
	  "sender_address,return_path\r\n2026-03-14T09:15:02.318,198.51.100.7,"
	  "SMTP,RECEIVE,77,<m@example.org>,"
	  "00000000-0000-0000-0000-08de81aa2c56,bob@example.com,,"
	  "alice@example.org,alice@example.org\r\n",
	  "accept queue_id=77 message_id=m@example.org "
	  "sender=alice@example.org recipient=bob@example.com "
	  "client_ip=198.51.100.7 header_from=alice@example.org "
	  "instance=exchange service=SMTP id_time=2026-03-14T09:15:02.144614Z "
	  "roles=opens,envelope,addressed message_id:own=m@example.org "
	  "network_id:own=00000000-0000-0000-0000-08de81aa2c56" },
	{ "#TYPE "
	  "Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTracki"
	  "ngEvent\r\n\"RunspaceId\",\"Timestamp\",\"ClientIp\","
	  "\"ClientHostname\",\"ServerIp\",\"ServerHostname\",\"Source\","
	  "\"EventId\",\"InternalMessageId\",\"MessageId\",\"Recipients\","
	  "\"RecipientStatus\",\"TotalBytes\",\"MessageSubject\",\"Sender\","
	  "\"ReturnPath\"\r\n\"4a1c0b2d-3e4f-4a5b-8c6d-7e8f90a1b2c3\","
	  "\"2026-03-14 09:15:02\",\"192.0.2.10\",\"EX01\",\"192.0.2.11\","
	  "\"EX02\",\"STOREDRIVER\",\"DELIVER\",\"77\",\"<m@example.org>\","
	  "\"bob@example.com\",\"\",\"10\",\"two\r\nlines\","
	  "\"alice@example.org\",\"alice@example.org\"\r\n",
	  "deliver queue_id=77 message_id=m@example.org "
	  "sender=alice@example.org recipient=bob@example.com "
	  "subject=two\\x0d\\x0alines header_from=alice@example.org "
	  "instance=exchange service=STOREDRIVER size=10 roles=opens_weakly,"
	  "attempt message_id:own=m@example.org" },
	{ "#Software: Microsoft Exchange Server\n#Log-type: Message Tracking "
	  "Log\n#Fields: date-time,event-id,internal-message-id,"
	  "sender-address,message-subject\n2026-03-14T09:15:02Z,RECEIVE,7,"
	  "a@example.org,x\n#Fields: date-time,sender-address,event-id,"
	  "internal-message-id,message-subject,"
	  "recipient-address\n2026-03-14T09:15:03Z,b@example.org,RECEIVE,8,y,"
	  "c@example.com\n#Fields: date-time,internal-message-id,event-id,"
	  "message-subject,sender-address\n2026-03-14T09:15:04Z,RECEIVE,9,"
	  "d@example.org,z\n",
	  "accept queue_id=7 sender=a@example.org subject=x "
	  "header_from=a@example.org instance=exchange roles=opens,envelope & "
	  "accept queue_id=8 sender=b@example.org recipient=c@example.com "
	  "subject=y header_from=b@example.org instance=exchange roles=opens,"
	  "envelope,addressed & accept queue_id=9 sender=d@example.org "
	  "subject=z header_from=d@example.org instance=exchange roles=opens,"
	  "envelope" },
};

static const struct parser_example protocol[] = {
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,10,192.0.2.10:25,198.51.100.7:40112,*,,Inbound "
	  "authentication failed with error LogonDenied for Login",
	  "info client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,10,192.0.2.10:25,198.51.100.7:40112,<,AUTH LOGIN,",
	  "info client_ip=198.51.100.7 auth_method=LOGIN "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,10,192.0.2.10:25,198.51.100.7:40112,>,334 "
	  "<authentication response>,",
	  "info client_ip=198.51.100.7 reply=\"334 <authentication "
	  "response>\" session_id=08DE819FFEEE4380 service=\"Default Frontend "
	  "EX01\" client_port=40112 code=334 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,10,192.0.2.10:25,198.51.100.7:40112,>,235 "
	  "<authentication response>,",
	  "info client_ip=198.51.100.7 reply=\"235 <authentication "
	  "response>\" session_id=08DE819FFEEE4380 service=\"Default Frontend "
	  "EX01\" client_port=40112 code=235 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default EX01,08DE819FFEEE4380,11,"
	  "192.0.2.10:25,192.0.2.10:1025,<,XPROXYFROM SID=08DE819FFEEE4399 "
	  "IP=198.51.100.7 PORT=40112 DOMAIN=mail.example.org SEQNUM=1 "
	  "CAPABILITIES=0,",
	  "info client_ip=198.51.100.7 helo=mail.example.org "
	  "session_id=08DE819FFEEE4380 service=\"Default EX01\" "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,12,192.0.2.10:25,198.51.100.7:40112,<,\"MAIL "
	  "FROM:<\"\"a> SIZE=9 \"\"@example.org> SIZE=12\",",
	  "info sender=\"\\\"a> SIZE=9 \\\"@example.org\" "
	  "client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 size=12 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,12,192.0.2.10:25,198.51.100.7:40112,<,MAIL "
	  "FROM:<>,",
	  "info sender=<> client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,12,192.0.2.10:25,198.51.100.7:40112,<,mail "
	  "from:alice@example.org,",
	  "info sender=alice@example.org client_ip=198.51.100.7 "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,12,192.0.2.10:25,198.51.100.7:40112,<,MAIL "
	  "FROM:<never,",
	  "info client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,12,192.0.2.10:25,198.51.100.7:40112,<,250 I am a "
	  "client that answers,",
	  "info client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,12,192.0.2.10:25,198.51.100.7:40112,<,535 5.7.3 "
	  "forged,",
	  "info client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,12,192.0.2.10:25,198.51.100.7:40112,>,421 4.4.2 "
	  "Connection timed out,",
	  "tempfail client_ip=198.51.100.7 dsn=4.4.2 reply=\"421 4.4.2 "
	  "Connection timed out\" session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 code=421 "
	  "roles=attempt session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,13,192.0.2.10:25,198.51.100.7:40112,>,\"250 2.6.0 "
	  "<x [InternalId=7, Hostname=EX01]@example.org> "
	  "[InternalId=8589934593, Hostname=EX02.example.com] Queued mail for "
	  "delivery\",",
	  "accept queue_id=8589934593 client_ip=198.51.100.7 dsn=2.6.0 "
	  "reply=\"250 2.6.0 <x [InternalId=7, Hostname=EX01]@example.org> "
	  "[InternalId=8589934593, Hostname=EX02.example.com] Queued mail for "
	  "delivery\" session_id=08DE819FFEEE4380 instance=exchange "
	  "service=\"Default Frontend EX01\" client_port=40112 code=250 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,13,192.0.2.10:25,198.51.100.7:40112,>,250 2.6.0 "
	  "<x> [InternalId=8589934593,",
	  "accept queue_id=8589934593 client_ip=198.51.100.7 dsn=2.6.0 "
	  "reply=\"250 2.6.0 <x> [InternalId=8589934593\" "
	  "session_id=08DE819FFEEE4380 instance=exchange service=\"Default "
	  "Frontend EX01\" client_port=40112 code=250 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,13,192.0.2.10:25,198.51.100.7:40112,*,,TLS "
	  "protocol SP_PROT_TLS1_",
	  "info client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,13,192.0.2.10:25,198.51.100.7:40112,*,,TLS "
	  "negotiation succeeded",
	  "tls client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,14,192.0.2.10:25,198.51.100.7:40112,<,HELO =cmd|' "
	  "/C calc'!A0\033[31m,",
	  "info client_ip=198.51.100.7 helo=\"=cmd|' /C calc'!A0\\x1b[31m\" "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,15,192.0.2.10:25,[2001:db8::7]:40112,+,,",
	  "connect client_ip=2001:db8::7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "roles=session_opens session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,15,192.0.2.10:25,nonsense:99999,+,,",
	  "connect session_id=08DE819FFEEE4380 service=\"Default Frontend "
	  "EX01\" roles=session_opens session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,16,192.0.2.10:25,198.51.100.7:40112,?,,",
	  "unknown" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,5,"
	  "192.0.2.10:4021,203.0.113.25:25,*,,attempting to connect",
	  "info relay_ip=203.0.113.25 session_id=08DE819FFEEE4380 "
	  "service=Internet relay_port=25" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,6,"
	  "192.0.2.10:4021,203.0.113.25:25,-,,Local",
	  "disconnect relay_ip=203.0.113.25 session_id=08DE819FFEEE4380 "
	  "service=Internet relay_port=25" },
	{ "2026-03-14T09:15:02.318Z,Internet,08DE819FFEEE4380,7,"
	  "192.0.2.10:4021,203.0.113.25:25,<,\"220 mx.example.net ESMTP, "
	  "hello\",",
	  "info relay_ip=203.0.113.25 reply=\"220 mx.example.net ESMTP, "
	  "hello\" said_by=203.0.113.25 session_id=08DE819FFEEE4380 "
	  "service=Internet relay_port=25 code=220" },
	{ "#Software: Microsoft Exchange Server\n#Log-type: SMTP Receive "
	  "Protocol Log\n#Fields: date-time,connector-id,session-id,"
	  "sequence-number,local-endpoint,remote-endpoint,event,data,"
	  "context\n2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,5,192.0.2.10:25,198.51.100.7:40112,<,MAIL "
	  "FROM:<a@examp\n2026-03-14T09:15:02.318Z,EX01\\Default Frontend "
	  "EX01,08DE819FFEEE4380,5,192.0.2.10:25,198.51.100.7:40112,<,\"say "
	  "x\n2026-03-14T09:15:02.318Z,EX01\\Default Frontend EX01,"
	  "08DE819FFEEE4380,6,192.0.2.10:25,198.51.100.7:40112,-,,\n",
	  "info client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 roles=damaged "
	  "session:own=08DE819FFEEE4380 & info client_ip=198.51.100.7 "
	  "session_id=08DE819FFEEE4380 service=\"Default Frontend EX01\" "
	  "client_port=40112 roles=damaged session:own=08DE819FFEEE4380 & "
	  "disconnect client_ip=198.51.100.7 session_id=08DE819FFEEE4380 "
	  "service=\"Default Frontend EX01\" client_port=40112 "
	  "roles=session_closes session:own=08DE819FFEEE4380" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:995,"
	  "192.0.2.77:35070,alice,168,31,31,auth,PLAIN,R=ok,",
	  "auth_ok client_ip=192.0.2.77 user=alice auth_method=PLAIN reply=ok "
	  "session_id=000000000000000E service=pop client_port=35070 "
	  "roles=attempt session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,alice,168,31,31,authenticate,NTLM,,",
	  "info client_ip=192.0.2.77 user=alice auth_method=NTLM "
	  "session_id=000000000000000E service=imap client_port=35070 "
	  "session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,b,168,31,31,pass,x,ErrMsg=ProxyNotAuthenticated,",
	  "auth_fail client_ip=192.0.2.77 user=b session_id=000000000000000E "
	  "service=imap client_port=35070 roles=attempt "
	  "session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:110,"
	  "192.0.2.77:35070,alice,168,31,31,list,,\"R=\"\"-ERR no\"\"\",",
	  "info client_ip=192.0.2.77 user=alice session_id=000000000000000E "
	  "service=pop client_port=35070 session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,\"\"\"\",168,31,31,login,\"\"\"\",\"R=\"\"x\",",
	  "info client_ip=192.0.2.77 user=\"\\\"\" reply=x "
	  "session_id=000000000000000E service=imap client_port=35070 "
	  "session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,,168,31,31,,,,",
	  "unknown" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,,168,31,31,login,,\"RX=\"\"1 OK\"\";R=;"
	  "Msg=\"\"R=\"\"\",",
	  "info client_ip=192.0.2.77 session_id=000000000000000E service=imap "
	  "client_port=35070 session:own=000000000000000E" },
	{ "2026-03-14T09:15:02.530Z,000000000000000E,2,192.0.2.10:143,"
	  "192.0.2.77:35070,@x,168,31,31,login,=1+1,\"R=\"\"1 OK\"\";User: "
	  "mallory\",",
	  "auth_ok client_ip=192.0.2.77 user=@x reply=\"1 OK\" "
	  "session_id=000000000000000E service=imap client_port=35070 "
	  "roles=attempt session:own=000000000000000E" },
};

static void test_tracking(void **state)
{
	(void)state;
	parsing_check_file(tracking, COUNT(tracking));
	parsing_check_cuts(tracking, COUNT(tracking));
}

static void test_protocol(void **state)
{
	(void)state;
	parsing_check_file(protocol, COUNT(protocol));
	parsing_check_cuts(protocol, COUNT(protocol));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tracking),
		cmocka_unit_test(test_protocol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
