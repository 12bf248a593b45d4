#!/bin/sh
# SPDX-License-Identifier: MIT
# Sendmail gives an id to each connection: one that brought no mail makes no
# transaction, whatever is said of it before MAIL.
. "$(dirname "$0")/lib.sh"

index() { # CASE LOG
	"$mailspoor" index -c "$dir/$1.case" --now 2026-12-01T00:00:00Z --year '*=2026' "$2" 2> "$dir/err"
	is $? 0 "index $1"
}
sql() { sqlite3 -readonly "$dir/$1.case" "$2"; }

cat > "$dir/idle.log" <<"EOF"
Mar 14 09:15:01 mx1 sm-mta[901]: 62E9F1aa000901: Milter: no active filter
Mar 14 09:15:02 mx1 sm-mta[901]: 62E9F1aa000901: [192.0.2.7] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA
Mar 14 09:15:03 mx1 sm-mta[902]: 62E9F3aa000902: Milter: no active filter
Mar 14 09:15:04 mx1 sm-mta[903]: 62E9F4aa000903: Milter: connect to filters
Mar 14 09:15:04 mx1 sm-mta[903]: 62E9F4aa000903: Milter (clam): init success to negotiate
Mar 14 09:15:04 mx1 sm-mta[903]: 62E9F4aa000903: Milter: connect: host=h.example, addr=192.0.2.8, reject=550 5.7.1 no
Mar 14 09:15:04 mx1 sm-mta[903]: 62E9F4aa000903: milter=clam, action=helo, reject=550 5.7.1 no
Mar 14 09:15:05 mx1 sm-mta[904]: 62E9F5aa000904: Milter: initialization failed, temp failing commands
Mar 14 09:15:05 mx1 sm-mta[905]: 62E9F5ab000905: Milter: helo=x, from=<a@example.org>, reject=550 5.7.1 no
EOF
index idle "$dir/idle.log"
is "$(sql idle 'select count(*) from v_transaction')" 0 "connections without mail are no transactions"
is "$(sql idle 'select count(*) from v_session')" 5 "but sessions"
is "$("$mailspoor" list events -c "$dir/idle.case" -f 'qid:62E9F4aa000903' --format csv --columns action | tr -d '\r' | sort | uniq -c | xargs)" "1 action 2 info 2 reject" "and what was refused there is still said"

cat > "$dir/mail.log" <<"EOF"
Mar 14 09:15:01 mx1 sm-mta[901]: 62E9F1aa000901: Milter: no active filter
Mar 14 09:15:02 mx1 sm-mta[901]: 62E9F1aa000901: from=<a@example.org>, size=44, class=0, nrcpts=1, msgid=<m1@example.org>, proto=ESMTP, daemon=MTA, relay=h.example [192.0.2.8]
Mar 14 09:15:03 mx1 sm-mta[902]: 62E9F1aa000901: to=<bob@example.com>, delay=00:00:01, xdelay=00:00:01, mailer=local, pri=31113, dsn=2.0.0, stat=Sent
Mar 14 09:15:03 mx1 sm-mta[902]: 62E9F1aa000901: done; delay=00:00:02, ntries=1
Mar 14 09:15:04 mx1 sm-mta[903]: 62E9F4aa000903: Milter: no active filter
Mar 14 09:15:05 mx1 sm-mta[903]: 62E9F4aa000903: Milter: to=<bob@example.com>, reject=550 5.7.1 no
Mar 14 09:15:05 mx1 sm-mta[903]: 62E9F4aa000903: from=<a@example.org>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay=h.example [192.0.2.8]
EOF
index mail "$dir/mail.log"
is "$(sql mail 'select group_concat(state, " ") from (select state from v_transaction order by queue_id)')" "complete refused" "a connection that brought mail is one, whole or refused"
is "$(sql mail 'select count(*) from v_session')" 2 "each of one session"
