#!/bin/sh
# SPDX-License-Identifier: MIT
# Two Exchange servers behind a gateway: tracking and protocol logs together.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

"$mailspoor" index -c "$dir/x.case" --year gw.log=2026 --zone gw.log=UTC "$top/tests/fixtures/exchange" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly "$dir/x.case" "$1"; }

is "$(sql "select group_concat(distinct format) || ' ' || sum(unknown_lines) from (select * from v_source order by format)")" "exchange/exchange_smtp,exchange/exchange_tracking,rfc3164/postfix 0" "every line is understood"
is "$(sql "select servers || ' ' || recipients || ' ' || delivered || ' ' || failed from v_journey where message_id = 'm1@example.org'")" "gw EX01 EX02 3 2 1" "one message over three servers"
is "$(sql "select group_concat(class || ' ' || evidence, ', ') from v_link l join v_transaction t on t.transaction_id = l.to_transaction where t.message_id = 'm1@example.org'")" "confirmed E1,E5,E6,E7,E8,E9, confirmed E1,E5,E7,E8" "the answer names the next server's InternalId"
is "$(sql "select group_concat(address || ' ' || addressed_as || ' ' || outcome || ' ' || attempts, ', ') from (select r.* from v_recipient r join v_journey j using (journey_id) where j.message_id = 'm1@example.org' order by address)")" "bob@example.com staff@example.com delivered 1, carol@example.com staff@example.com delivered 2, gone@example.com gone@example.com failed 1" "members of a group, and who put off once"
is "$(sql "select servers || ' ' || recipients || ' ' || outcome from v_journey join v_recipient using (journey_id) where message_id = 'm5@example.org'")" "EX01 EX02 1 delivered" "the network message id links servers too"
is "$(sql "select evidence from v_link l join v_transaction t on t.transaction_id = l.to_transaction where t.message_id = 'm5@example.org'")" "E3,E5,E7,E8,E9" "and says so"
is "$(sql "select outcome || ' ' || attempts from v_recipient where address = 'dave@example.com'")" "delayed 0" "who a message was taken for waits"
is "$(sql "select user || ' ' || refused || ' ' || transactions from v_session where auth_ok")" "EXAMPLE\\erin 1 1" "the protocol log has the login and the refusal of the session"
is "$(sql "select count(*) from v_transaction where queue_id = '41399189774884'")" 1 "both logs tell of one transaction"
is "$("$mailspoor" list messages -c "$dir/x.case" --format json 2> /dev/null | grep -c p1@example.com)" 0 "health probes are not mail"
is "$("$mailspoor" list events -c "$dir/x.case" --format json | grep -c '"queue_id":"41399189774878"')" 8 "shadow copies stay events"
echo "1..$n"
