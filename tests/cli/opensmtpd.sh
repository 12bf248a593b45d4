#!/bin/sh
# SPDX-License-Identifier: MIT
# Lines of a real OpenSMTPD.
. "$(dirname "$0")/lib.sh"

"$mailspoor" index -c "$dir/x.case" "$top/tests/fixtures/opensmtpd.log" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly "$dir/x.case" "$1"; }

is "$(sql "select format || ' ' || unknown_lines from v_source")" "rfc3164/opensmtpd 0" "every line is understood"
is "$(sql "select group_concat(queue_id || ' ' || state || ' ' || client_name, ', ') from (select * from v_transaction where queue_id is not null order by queue_id)")" "305a668d complete local, 955bf6c3 complete unknown, afc2d252 complete mail.partner.example, c72b8396 complete client11.isp.example, db078a83 complete client10.isp.example" "a message is the half of its envelopes' ids; its session knows the client"
is "$(sql "select group_concat(recipient || ' ' || outcome, ', ') from (select d.* from v_delivery d join v_transaction t using (transaction_id) where t.queue_id = 'db078a83' order by recipient)")" "alice@corp.example relayed, mallory delivered, trudy delivered" "an alias for two mailboxes and another server"
is "$(sql "select count(*) from v_delivery where orig_recipient = 'gang@evil.example'")" 3 "each has the address it came from"
is "$(sql "select attempts || ' ' || outcome || ' ' || next_queue_id from v_delivery where recipient = 'judy@corp.example'")" "2 relayed 5B1AF116971" "put off, then taken"
is "$(sql "select outcome || ' ' || reply || ' ' || coalesce(said_by, 'itself') from v_delivery where recipient = 'bulk@partner.example'")" "failed message too large for peer itself" "its own word is not the next server's"
is "$(sql "select count(*) from v_transaction where state = 'refused' and client_ip is not null")" 5 "refusals know their client"
is "$(sql "select count(*) from v_delivery where recipient = 'ceo@corp.example'")" 0 "a forged sender delivers nothing"
is "$("$mailspoor" list events -c "$dir/x.case" --format json --columns queue_id,transaction_id | grep -E '"queue_id":"[^"]' | grep -c '"transaction_id":null')" 0 "no line with a queue id is without its transaction"
echo "1..$n"
