#!/bin/sh
# SPDX-License-Identifier: MIT
# A filter that names no queue id: mail submitted on its own host. Whose line it
# is, what it kept, and the notice that it wrote to the sender.
. "$(dirname "$0")/lib.sh"

cat > "$dir/mx.log" << 'L'
Mar 14 09:15:01 mx postfix/pickup[101]: 0A1B2C3D41: uid=1000 from=<gus@example.com>
Mar 14 09:15:01 mx postfix/cleanup[102]: 0A1B2C3D41: message-id=<m1@example.com>
Mar 14 09:15:01 mx postfix/qmgr[103]: 0A1B2C3D41: from=<gus@example.com>, size=640, nrcpt=2 (queue active)
Mar 14 09:15:02 mx postfix/10025/smtpd[104]: 0A1B2C3D42: client=localhost[127.0.0.1]
Mar 14 09:15:02 mx postfix/cleanup[102]: 0A1B2C3D42: message-id=<VSqhrv2LL8kgvh@mx.example.com>
Mar 14 09:15:02 mx postfix/qmgr[103]: 0A1B2C3D42: from=<>, size=3811, nrcpt=1 (queue active)
Mar 14 09:15:02 mx amavis[777]: (00777-04) Blocked SPAM {BouncedOutbound,Quarantined}, LOCAL <gus@example.com> -> <bob@example.org>,<eve@example.org>, quarantine: q/spam-qhrv2LL8kgvh.gz, Message-ID: <m1@example.com>, mail_id: qhrv2LL8kgvh, Hits: 31.2, size: 640, 1420 ms
Mar 14 09:15:02 mx postfix/amavis/smtp[105]: 0A1B2C3D41: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1.5, delays=0.1/0/0/1.4, dsn=2.5.0, status=sent (250 2.5.0 Ok, id=00777-04, BOUNCE)
Mar 14 09:15:02 mx postfix/amavis/smtp[105]: 0A1B2C3D41: to=<eve@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1.5, delays=0.1/0/0/1.4, dsn=2.5.0, status=sent (250 2.5.0 Ok, id=00777-04, BOUNCE)
Mar 14 09:15:02 mx postfix/qmgr[103]: 0A1B2C3D41: removed
Mar 14 09:15:03 mx postfix/smtp[106]: 0A1B2C3D42: to=<gus@example.com>, relay=store.example.com[192.0.2.12]:25, delay=0.4, delays=0/0/0.1/0.3, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4F00000001)
Mar 14 09:15:03 mx postfix/qmgr[103]: 0A1B2C3D42: removed
Mar 14 09:16:01 mx postfix/pickup[101]: 0A1B2C3D43: uid=1000 from=<gus@example.com>
Mar 14 09:16:01 mx postfix/cleanup[102]: 0A1B2C3D43: message-id=<m2@example.com>
Mar 14 09:16:01 mx postfix/qmgr[103]: 0A1B2C3D43: from=<gus@example.com>, size=640, nrcpt=1 (queue active)
Mar 14 09:16:02 mx postfix/10025/smtpd[104]: 0A1B2C3D44: client=localhost[127.0.0.1]
Mar 14 09:16:02 mx postfix/cleanup[102]: 0A1B2C3D44: message-id=<m2@example.com>
Mar 14 09:16:02 mx postfix/qmgr[103]: 0A1B2C3D44: from=<gus@example.com>, size=1040, nrcpt=1 (queue active)
Mar 14 09:16:02 mx amavis[777]: (00777-05) Passed CLEAN {RelayedOutbound}, LOCAL <gus@example.com> -> <bob@example.org>, Message-ID: <m2@example.com>, mail_id: aaaa2LL8kgvh, Hits: -1, size: 640, queued_as: 0A1B2C3D44, 420 ms
Mar 14 09:16:02 mx postfix/amavis/smtp[105]: 0A1B2C3D43: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.5, delays=0.1/0/0/0.4, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 0A1B2C3D44)
Mar 14 09:16:02 mx postfix/qmgr[103]: 0A1B2C3D43: removed
Mar 14 09:16:03 mx postfix/smtp[106]: 0A1B2C3D44: to=<bob@example.org>, relay=mx.example.org[198.51.100.7]:25, delay=0.4, delays=0/0/0.1/0.3, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4F00000002)
Mar 14 09:16:03 mx postfix/qmgr[103]: 0A1B2C3D44: removed
Mar 14 09:17:01 mx postfix/pickup[101]: 0A1B2C3D45: uid=1000 from=<gus@example.com>
Mar 14 09:17:01 mx postfix/cleanup[102]: 0A1B2C3D45: message-id=<m3@example.com>
Mar 14 09:17:01 mx postfix/qmgr[103]: 0A1B2C3D45: from=<gus@example.com>, size=640, nrcpt=1 (queue active)
Mar 14 09:17:02 mx amavis[777]: (00777-06) Blocked INFECTED (Eicar-Test-Signature) {DiscardedOutbound,Quarantined}, LOCAL <gus@example.com> -> <bob@example.org>, quarantine: v/virus-bbbb2LL8kgvh, Message-ID: <m3@example.com>, mail_id: bbbb2LL8kgvh, Hits: -, size: 640, 42 ms
Mar 14 09:17:02 mx postfix/amavis/smtp[105]: 0A1B2C3D45: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.5, delays=0.1/0/0/0.4, dsn=2.7.0, status=sent (250 2.7.0 Ok, discarded, id=00777-06 - INFECTED: Eicar-Test-Signature)
Mar 14 09:17:02 mx postfix/qmgr[103]: 0A1B2C3D45: removed
L
"$mailspoor" index -c "$dir/x.case" --year mx.log=2026 "$dir/mx.log" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }
fate() { sql "select address, outcome, coalesce(place, ''), attempts from v_recipient r join v_journey j using (journey_id) where j.message_id = '$1' order by address"; }

is "$(fate m1@example.com)" "bob@example.org failed q/spam-qhrv2LL8kgvh.gz 1
eve@example.org failed q/spam-qhrv2LL8kgvh.gz 1" "bounced: each recipient once, with where it is kept"
is "$(sql "select kind, class, b.queue_id, a.journey_id = b.journey_id from v_link l join v_transaction a on a.transaction_id = from_transaction join v_transaction b on b.transaction_id = to_transaction where a.queue_id = '0A1B2C3D41'")" "bounce confirmed 0A1B2C3D42 0" "its notice is related"
is "$(fate m2@example.com)" "bob@example.org relayed  1" "passed: one message"
is "$(fate m3@example.com)" "bob@example.org withheld v/virus-bbbb2LL8kgvh 1" "infected: withheld, and where"
is "$("$mailspoor" list events -c "$dir/x.case" -f 'program:amavis' --format json --columns transaction_id,raw | grep -c '"transaction_id":null')" 0 "each line of the filter has its transaction"
is "$(sql "select count(*) from v_attempt where transaction_id is null")" 0 "no word of the filter is an answer of its own"
is "$(sql "select group_concat(recipients || ' ' || hops, ', ') from (select * from v_journey order by first_utc)")" "2 0, 1 0, 1 0, 1 0" "nothing counts twice"
echo "1..$n"
