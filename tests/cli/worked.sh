#!/bin/sh
# SPDX-License-Identifier: MIT
# One message over three servers whose logs are in three zones and whose clocks
# differ: post1 is right and writes UTC, gate is 2.4 s ahead and writes +02:00, box
# is 7.1 s behind and writes -04:00; and what is said when a part of it is gone.
. "$(dirname "$0")/lib.sh"

from=$top/tests/fixtures
mid=c4@corp.example
short=9EC411B3D8
fresh() { rm -rf "$dir/logs" "$dir/x.case"; mkdir "$dir/logs"; for f in post1 gate box box.dovecot; do cp "$from/$f.log" "$dir/logs"; done; chmod u+w "$dir/logs"/*; }
index() { "$mailspoor" index -c "$dir/x.case" "$dir/logs" 2> "$dir/err"; }
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }
# offset SERVER LEAST LO HI MOST: what is printed lies within LEAST..MOST and holds LO..HI
offset() {
	sql "select count(*) = 1 and min(offset_lo_s) >= $2 and max(offset_lo_s) <= $3 and min(offset_hi_s) >= $4 and max(offset_hi_s) <= $5
		from (select distinct offset_lo_s, offset_hi_s from v_clock where server = '$1')"
}

fresh; index
is $? 0 "indexed"
is "$(sql 'select sum(unknown_lines) from v_source')" 0 "every line is known"
is "$(sql "select group_concat(server || zone, ' ') from (select distinct server, zone from v_clock order by server)")" \
	"box-04:00 gate+02:00 post1+00:00" "the zone of each server"
is "$(sql "select group_concat(basis, ' ') from (select distinct zone_basis as basis from v_clock order by 1)")" "id reply" "told by ids and replies"
is "$(sql "select distinct year from v_clock where year is not null")" 2026 "and the year"
is "$(sql "select distinct reference from v_clock")" gate "the clock with most handoffs is the reference"
is "$(offset post1 -3.5 -2.4 -2.4 -0.9)" 1 "the offset of post1 as an interval"
is "$(offset box -10.4 -9.5 -9.5 -8.1)" 1 "the offset of box as an interval"
is "$(sql "select count(*) || count(distinct journey_id) from v_transaction")" 41 "four transactions, one message"
is "$(sql "select group_concat(kind || evidence, ' ') from (select kind, evidence from v_link order by 1, 2)")" \
	"filterE1,E2,E5,E6,E7,E8 handoffE1,E5,E6,E7,E8 handoffE1,E5,E6,E7,E8" "links and their evidence"
is "$(sql "select address || outcome || place || server from v_recipient")" "bob@partner.exampledeliveredINBOXbox" "delivered to INBOX"
is "$(sql "select user || client_ip from v_journey")" "alice@corp.example203.0.113.77" "by alice from her laptop"
is "$(sql "select count(*) from v_missing")" 0 "nothing is missing"
is "$("$mailspoor" trace "$mid" -c "$dir/x.case" --json | grep -o '"clocks":\[[^]]*\]' | grep -o '"server"' | wc -l)" 3 "trace --json tells three clocks"
# the ids tell when: 10.318204 by post1, which is right, and 5.69 by box, 7.1 s behind
took=$("$mailspoor" trace "$mid" -c "$dir/x.case" --json | grep -o '"latency.*}')
is "$(echo "$took" | tr ':,' '  ' | awk '{ print ($2 >= 0.3 && $2 <= 2.47 && $4 >= 2.47 && $4 <= 5.4) }')" 1 "its latency as an interval that holds the true 2.47 s"
has "$took" "from post1 to box, clocks against gate" "and what that rests on"
has "$("$mailspoor" trace "$mid" -c "$dir/x.case")" "latency     0.5..5.4 s (from post1" "trace prints it"
two="addresses of gate: 10.0.0.25 as relay of post1, 198.51.100.25 as client of box: address translation or two interfaces"
is "$("$mailspoor" trace "$mid" -c "$dir/x.case" | grep '^addresses')" "$two" "a server that each side knows by another address"
has "$("$mailspoor" trace "$mid" -c "$dir/x.case" --json)" \
	'"addresses":[{"server":"gate","relay_ip":"10.0.0.25","relay_of":"post1","client_ip":"198.51.100.25","client_of":"box"}]' "and in JSON"
is "$("$mailspoor" list settings -c "$dir/x.case" --format csv | grep -c '^server.gate,\(10.0.0.25\|198.51.100.25\),suggested')" 2 "both are suggested as its own"

fresh; sed -i 's/198.51.100.25/10.0.0.25/' "$dir/logs/box.log"; index
is "$("$mailspoor" trace "$mid" -c "$dir/x.case" | grep -c '^addresses')" 0 "one address on both sides is no note"
fresh; sed -i 's/queued as 9EC411B3D8/queued/' "$dir/logs/post1.log"; index
is "$("$mailspoor" trace "$mid" -c "$dir/x.case" | grep -c '^addresses')" 0 "nor is an address proven by an answer that names no id"

fresh; rm "$dir/logs/gate.log"; index
is "$(sql "select kind || wanted || ip || queue_id from v_missing where transaction_id in (select transaction_id from v_transaction where server = 'post1')")" \
	"no loggate.corp.example10.0.0.25$short" "a log that is not there is asked for, with its id"
is "$(sql "select from_utc < '2026-04-21T07:32:11' and to_utc > '2026-04-21T07:32:15' from v_missing where queue_id = '$short'")" 1 "in a window that holds the handoff"
is "$(sql "select wanted || messages || queue_ids from v_wanted")" "gate.corp.example1$short" "the case's list asks for it"
is "$(sql "select count(*) from v_link where class = 'confirmed' and kind = 'handoff'")" 0 "no link goes around it"
has "$("$mailspoor" trace "$mid" -c "$dir/x.case" --json)" '"why":"no log of this server"' "trace --json says why"
has "$("$mailspoor" list wanted -c "$dir/x.case" --format csv)" "gate.corp.example" "list wanted prints it"

fresh; sed -i '/smtpd\|cleanup\|qmgr/d' "$dir/logs/gate.log"; index
is "$(sql "select state from v_transaction where server = 'gate'")" truncated "deleted opening lines leave a truncated transaction"
is "$(sql "select count(distinct journey_id) from v_transaction")" 1 "ids still join the message"

fresh; sed -i "/$short/d" "$dir/logs/gate.log"
for i in 1 2 3; do # other mail before and behind it: the log does cover the time
	sed "s/$short/7A3F11B3C$i/; s/$mid/o$i@corp.example/; s/1wF5aX-0005Yn-Lw/1wF5aX-0005Yn-0$i/" "$from/gate.log" >> "$dir/logs/gate.log"
done
sed -i 's/09:32:14/09:30:04/; s/09:32:15/09:30:05/' "$dir/logs/gate.log"
sed 's/7A3F11B3C/7B3F11B3C/; s/o\([123]\)@/p\1@/; s/09:30:0/09:33:4/; s/-0\([123]\))/-1\1)/' "$dir/logs/gate.log" > "$dir/more"
cat "$dir/more" >> "$dir/logs/gate.log"; index
is "$(sql "select kind from v_missing where queue_id = '$short'")" absent "handed over but absent"
has "$(sql "select searched from v_missing where queue_id = '$short'")" "covers 2026-04-21T07:30:0" "the statement names the coverage"
has "$(sql "select searched from v_missing where queue_id = '$short'")" "$short" "and what was looked for"

fresh; sed -i 's/iFkiKfUn52kBeQAALRw7Xg>:/jGljLgVo63lCfRBBMSx8Yh>:/' "$dir/logs/box.dovecot.log"; index
is "$(sql "select outcome from v_recipient where address = 'bob@partner.example'")" delivered "another session's line changes no outcome"
is "$(sql "select count(*) from v_journey")" 1 "and makes no other message"

fresh; sed "s/Apr 21/Apr 22/; s/$mid/d5@corp.example/; s/1wF5aX-0005Yn-Lw/1wFRsr-0005Zz-Lw/; s/alice/carol/" "$from/gate.log" >> "$dir/logs/gate.log"; index
is "$(sql "select group_concat(generation) from v_transaction where queue_id = '$short'")" "1,2" "a queue id that comes again is another generation"
is "$(sql "select count(*) from v_transaction where journey_id = (select journey_id from v_journey where message_id = '$mid')")" 4 "and not in this message"

fresh; {
	echo "Apr 21 09:32:15 gate postfix/smtp[192]: $short: to=<eve@other.example>, relay=mx.other.example[192.0.2.44]:25, delay=1.3, delays=0.1/0.02/0.4/0.8, dsn=5.1.1, status=bounced (host mx.other.example[192.0.2.44] said: 550 5.1.1 user unknown (in reply to RCPT TO command))"
	echo "Apr 21 09:32:15 gate postfix/bounce[193]: $short: sender non-delivery notification: A11411B3E2"
	echo "Apr 21 09:32:15 gate postfix/cleanup[190]: A11411B3E2: message-id=<20260421073215.A11411B3E2@gate.corp.example>"
	echo "Apr 21 09:32:15 gate postfix/qmgr[155]: A11411B3E2: from=<>, size=5011, nrcpt=1 (queue active)"
	echo "Apr 21 09:32:16 gate postfix/smtp[194]: A11411B3E2: to=<alice@corp.example>, relay=mx.third.example[192.0.2.45]:25, delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 5D0411B3E9)"
	echo "Apr 21 09:32:16 gate postfix/qmgr[155]: A11411B3E2: removed"
} > "$dir/more"
sed -i "/$short: removed/d; s/nrcpt=1/nrcpt=2/" "$dir/logs/gate.log"
cat "$dir/more" >> "$dir/logs/gate.log"; echo "Apr 21 09:32:16 gate postfix/qmgr[155]: $short: removed" >> "$dir/logs/gate.log"; index
is "$(sql "select group_concat(address || outcome, ' ') from (select address, outcome from v_recipient where journey_id = (select journey_id from v_journey where message_id = '$mid') order by 1)")" \
	"bob@partner.exampledelivered eve@other.examplefailed" "two recipients over two relays"
is "$(sql "select kind || class from v_link where kind = 'bounce'")" "bounceconfirmed" "its bounce is a message of its own"
is "$(sql "select wanted from v_wanted")" "mx.third.example" "whose next server has no log"


echo "1..$n"
