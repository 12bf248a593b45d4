#!/bin/sh
# SPDX-License-Identifier: MIT
# Message tracking where recipients move to new ids, a notice and a mailbox rule
# name their cause, and rows that are no mail stand between.
. "$(dirname "$0")/lib.sh"

"$mailspoor" index -c "$dir/x.case" "$top/tests/fixtures/exchange_forks.log" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }
made() { sql "select kind, class, a.queue_id, a.journey_id = b.journey_id from v_link join v_transaction a on a.transaction_id = from_transaction join v_transaction b on b.transaction_id = to_transaction where b.queue_id = '$1'"; }

is "$(sql "select group_concat(queue_id || ' ' || state, ', ') from (select * from v_transaction order by queue_id) where queue_id < '105'")" "101 complete, 102 complete, 103 complete, 104 complete" "a parent whose recipients all moved on waits for nothing"
is "$(sql "select group_concat(address || ' ' || outcome, ', ') from (select r.* from v_recipient r join v_journey j using (journey_id) where j.message_id = 'm1@example.org' order by address)")" "bob@example.com delivered, carol@example.net relayed, dave@example.net failed" "each recipient once"
is "$(made 105)" "bounce confirmed 103 0" "the notice is about the fork that failed"
is "$(made 106)" "forward confirmed 104 0" "the rule forwarded what its owner got"
is "$(sql "select address, addressed_as, via, outcome from v_recipient join v_journey using (journey_id) where message_id = 'm2@example.org'")" "eve@example.com gus@example.com alias delivered" "redirected: both addresses"
is "$(sql "select outcome from v_recipient where queue_id = '109'")" "withheld" "poison is withheld"
is "$(sql "select count(*) from v_transaction where queue_id = '110'")" 0 "what was sent again from the safety net is no message"
is "$(sql "select count(*) from v_attempt where transaction_id is null")" 0 "a submission that is put off is no answer"
is "$("$mailspoor" list messages -c "$dir/x.case" --format json | grep -c journal)" 0 "the journal's copy is not counted"
echo "1..$n"
