#!/bin/sh
# SPDX-License-Identifier: MIT
# Lines of a real Exim, its mainlog and the rejectlog that repeats a part of it.
. "$(dirname "$0")/lib.sh"

logs=$top/tests/fixtures/exim
"$mailspoor" index -c "$dir/x.case" "$logs" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly "$dir/x.case" "$1"; }

is "$(sql "select group_concat(distinct format) from v_source")" "exim/exim" "both files are Exim's own"
is "$(sql "select sum(unknown_lines) from v_source")" 0 "every line is understood"
is "$(sql 'select count(*) from v_source where lines <> event_lines + unknown_lines + copy_lines + other_lines')" 0 "the ledger balances"
is "$(sql "select group_concat(distinct server) from v_transaction")" "hub" "one server, named by the files"
want=$(cat "$logs"/* | grep -Eo '^[-0-9]+ [:0-9]+ [0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2} ' | cut -d' ' -f3 | LC_ALL=C sort -u | tr '\n' ' ')
is "$(sql "select queue_id from v_transaction where queue_id is not null" | LC_ALL=C sort | tr '\n' ' ')" "$want" "each id is one transaction"
is "$(sql "select count(*) from v_transaction where state = 'complete'")" 6 "closed by Completed"

is "$(sql "select group_concat(outcome || ' ' || n, ', ') from (select outcome, count(*) as n from v_delivery d join v_transaction t using (transaction_id) where t.state = 'complete' group by 1 order by 1)")" "failed 1, relayed 9, withheld 1" "outcomes"
is "$(sql "select recipient || ' ' || code || ' ' || dsn || ' ' || said_by from v_delivery where outcome = 'failed' and code is not null")" "nosuch@corp.example 550 5.1.1 store.corp.example" "the answer that made it fail"
is "$(sql "select recipient from v_delivery where outcome = 'withheld'")" "null@corp.example" "a black hole delivers to nobody"
is "$(sql "select count(*) from v_delivery where orig_recipient = 'team@corp.example'")" 4 "an alias has the address it came from"
is "$(sql "select attempts || ' ' || outcome from v_delivery where recipient = 'grace@corp.example'")" "4 relayed" "put off three times, then sent"
is "$(sql "select a.queue_id || ' ' || l.class from v_link l join v_transaction a on a.transaction_id = l.from_transaction where l.kind = 'bounce'")" "1xUZtZ-0001Ot-0p confirmed" "a bounce names its parent"

is "$(sql "select count(*) from v_transaction where state = 'refused'")" 4 "refused once, though two files say so"
is "$(sql "select count(*) from v_attempt where stage is not null")" 6 "six refusals"
is "$(sql "select count(*) from v_attempt where stage is not null and copies = 1")" 6 "each stands in the rejectlog again"
is "$(sql "select stage || ' ' || client_ip || ' ' || sender from v_attempt a where transaction_id = (select transaction_id from v_transaction where queue_id = '1xUZup-0001VC-1T')")" "END-OF-MESSAGE 10.50.0.10 gus89@gmail.example" "refused under an id"

is "$("$mailspoor" list events -c "$dir/x.case" --format json --columns queue_id,transaction_id | grep -E '"queue_id":"[^"]' | grep -c '"transaction_id":null')" 0 "no line with an id is without its transaction"

echo "1..$n"
