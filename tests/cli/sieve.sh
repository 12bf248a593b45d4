#!/bin/sh
# SPDX-License-Identifier: MIT
# Mailbox rules of a real Dovecot 2.3.19 behind a real Postfix, over LMTP and
# lda: what each did with the message, and which message it made.
. "$(dirname "$0")/lib.sh"

"$mailspoor" index -c "$dir/x.case" "$top/tests/fixtures/sieve.log" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }
fate() { sql "select outcome, coalesce(place, '') from v_recipient where address = '$1' and queue_id = '$2'"; }
made() {
	sql "select kind, class, evidence, b.queue_id, a.journey_id = b.journey_id from v_link
		join v_transaction a on a.transaction_id = from_transaction
		join v_transaction b on b.transaction_id = to_transaction
		where a.queue_id = '$1' order by b.opened_utc, b.queue_id"
}

is "$(sql 'select sum(unknown_lines) from v_source')" 0 "no line is unknown"
is "$(fate bob@example.com E8BE91304B2)" "relayed bob@home.example" "lmtp, redirect: where to"
is "$(made E8BE91304B2)" "forward confirmed E5,E6,E7,E8 F208F1304B9 0" "lmtp, redirect: the message made, related"
is "$(fate carol@example.com EB0C61304BC)" "delivered INBOX" "lmtp, vacation: kept"
is "$(made EB0C61304BC)" "bounce confirmed E6,E7 EE3C01304C5 0" "lmtp, vacation: the answer"
is "$(fate dan@example.com EDC131304D1)" "failed " "lmtp, reject: failed"
is "$(made EDC131304D1)" "bounce confirmed E6,E7 F092C1304D3 0" "lmtp, reject: the notice"
is "$(fate eve@example.com F06A01304D5)" "withheld " "lmtp, discard: withheld"
is "$(fate fay@example.com F34691304D7)" "delivered Junk" "lmtp, fileinto: the folder"
is "$(made F34691304D7)" "forward confirmed E5,E6,E7,E8 034F41304F0 0" "lmtp, redirect :copy: both"
is "$(fate bob@lda.example 0523D1304FF)" "relayed bob@home.example" "lda, redirect"
is "$(made 0523D1304FF)" "forward confirmed E5,E6,E7,E8 0AA38130504 0" "lda, redirect: the message made"
is "$(fate carol@lda.example 0816A130507)" "delivered INBOX" "lda, vacation: the mailbox that took it"
is "$(made 0816A130507)" "bounce confirmed E6,E7 0C493130510 0" "lda, vacation: the answer"
is "$(made 0B22013051C)" "bounce confirmed E6,E7 0EE8C13051E 0" "lda, reject: the notice"
is "$(fate fay@lda.example 0DC7F130520)" "delivered Junk" "lda, fileinto: the folder"
is "$(made 105EE13053C)" "forward confirmed E5,E6,E7,E8 12C5713053E 0
forward confirmed E5,E6,E7,E8 16AD513053D 0" "one message, two rules, two messages made"
is "$(sql "select count(*) from v_attempt where transaction_id is null and action not in ('disconnect', 'connect')")" 0 "no word of the agent is an answer of its own"
is "$("$mailspoor" list events -c "$dir/x.case" -f 'program:dovecot has:mid' --format json --columns transaction_id,raw | grep -c '"transaction_id":null')" 0 "each line has the transaction that it speaks of"
is "$("$mailspoor" trace -c "$dir/x.case" E8BE91304B2 | grep -c 'no log')" 0 "an agent whose log is here is not asked for"
echo "1..$n"
