#!/bin/sh
# SPDX-License-Identifier: MIT
# Messages that Sendmail and Exim cut into several syslog lines: one record, every
# line of it in the ledger.
. "$(dirname "$0")/lib.sh"

many=$(i=0; while [ $i -lt 24 ]; do printf '<user%02d.with.a.long.name@host%02d.example.net>,' $i $i; i=$((i + 1)); done)
s='Mar 14 09:15:0'
{
	echo "${s}1 mx sm-mta[300]: 62E9F1KY000300: from=<ann@example.org>, size=640, class=0, nrcpts=25, msgid=<m1@example.org>, proto=ESMTP, daemon=MTA, relay=mail.example.org [198.51.100.7]"
	echo "${s}2 mx sm-mta[301]: 62E9F1KY000300[1]: to=${many}<last@example.net>, delay=00:00:01, ..."
	echo "${s}2 mx sm-mta[301]: 62E9F1KY000300[2]: xdelay=00:00:01, mailer=esmtp, pri=30640, relay=mx.example.net. [203.0.113.9], dsn=2.0.0, stat=Sent (Ok: queued as 4F00000001)"
	echo "${s}3 mx sm-mta[302]: 62E9F3KY000302[1]: from=<eve@example.org>, size=10, class=0, nrcpts=1, ..."
	echo "${s}3 mx sshd[9]: Accepted publickey for root"
	echo "${s}3 mx sm-mta[302]: 62E9F3KY000302[2]: msgid=<m2@example.org>, proto=ESMTP, daemon=MTA, relay=[192.0.2.5]"
} > "$dir/mx.log"
long=$(i=0; while [ $i -lt 90 ]; do printf 'reason%03d ' $i; i=$((i + 1)); done)
{
	echo "${s}1 hub exim[200]: 2026-03-14 09:15:01 1w1L5G-0005Pl-04 <= ann@example.org H=mail.example.org [198.51.100.7] P=esmtp S=640 id=m3@example.org"
	echo "${s}2 hub exim[201]: [1/2] 2026-03-14 09:15:02 1w1L5G-0005Pl-04 ** bob@example.com R=dnslookup T=remote_smtp H=mx.example.com [203.0.113.9]: SMTP error from remote mail server after RCPT TO:<bob@example.com>: 550 ${long}"
	echo "${s}2 hub exim[201]: [2/2] no such user here"
	echo "${s}3 hub exim[202]: 2026-03-14 09:15:03 1w1L5G-0005Pl-04 Completed"
} > "$dir/hub.log"
"$mailspoor" index -c "$dir/x.case" --year mx.log=2026 --year hub.log=2026 "$dir/mx.log" "$dir/hub.log" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }

is "$(sql "select lines, event_lines, unknown_lines, other_lines from v_source where path like '%mx.log'")" "6 5 0 1" "the ledger of Sendmail's lines balances"
is "$(sql "select lines, event_lines from v_source where path like '%hub.log'")" "4 4" "and Exim's"
is "$(sql "select count(*), sum(outcome = 'relayed'), count(distinct relay_name) from v_recipient join v_journey using (journey_id) where message_id = 'm1@example.org'")" "25 25 1" "each recipient of the first part has the fate that the second tells"
is "$(sql "select state from v_transaction where message_id = 'm1@example.org'")" complete "nobody is waited for"
is "$(sql "select sender from v_transaction where queue_id = '62E9F3KY000302'")" "eve@example.org" "a first part alone tells what it holds"
is "$(sql "select outcome, code, reply like '%no such user here' from v_recipient where address = 'bob@example.com'")" "failed 550 1" "the whole answer"
line=$(sql "select line from v_attempt where recipient = 'last@example.net'")
is "$line" 2 "cited by its first line"
"$mailspoor" index -c "$dir/x.case" "$dir/mx.log" "$dir/hub.log" 2> /dev/null
is "$(sql "select sum(lines) from v_source")" 10 "the same when read again"
echo "1..$n"
