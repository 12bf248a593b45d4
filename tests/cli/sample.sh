#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample's logs are of real servers; tests/fixtures/sample.tsv is what their
# SMTP replies, mailboxes and Received headers said of the same run, never a log:
#   id SERVER QUEUEID MESSAGE       the message had this id there
#   refused SERVER CLIENT SENDER    refused at RCPT and never accepted there
#   delivered SERVER QUEUEID RCPT   found in this mailbox
. "$(dirname "$0")/lib.sh"

truth=$top/tests/fixtures/sample.tsv
"$mailspoor" index -c "$dir/x.case" "$top/sample" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator "$(printf '\t')" "$dir/x.case" "$1"; }

is "$(sql 'select count(*) from v_source where lines <> event_lines + unknown_lines + copy_lines + other_lines')" 0 "the ledger balances for each source"
is "$(sql "select group_concat(server, ' ') from (select server from v_source order by server)")" "lists mx1 out store" "four servers"
is "$(sql "select count(*) from v_source where state = 'ok'")" 4 "all read to their end"

awk -F '\t' '$1 == "id" { print $2 "\t" $3 }' "$truth" | LC_ALL=C sort -u > "$dir/want"
sql 'select distinct server, queue_id from v_transaction where queue_id is not null' | LC_ALL=C sort > "$dir/got"
is "$(LC_ALL=C comm -23 "$dir/want" "$dir/got" | wc -l)" 0 "every id that a message had is a transaction ($(wc -l < "$dir/want") ids)"

# no journey holds ids of two messages
awk -F '\t' '$1 == "id" { print $2 "\t" $3 "\t" $4 }' "$truth" > "$dir/ids"
sql 'select server, queue_id, journey_id from v_transaction where queue_id is not null' > "$dir/journeys"
mixed=$(awk -F '\t' 'NR == FNR { owner[$1 FS $2] = $3; next }
	($1 FS $2) in owner { m = owner[$1 FS $2]
		if (($3 in of) && of[$3] != m) bad++; of[$3] = m }
	END { print bad + 0 }' "$dir/ids" "$dir/journeys")
is "$mixed" 0 "no journey mixes two messages"

awk -F '\t' '$1 == "refused" { print $2 "\t" $3 "\t" tolower($4) }' "$truth" | LC_ALL=C sort > "$dir/want"
sql "select server, client_ip, lower(sender) from v_transaction where state = 'refused'" | LC_ALL=C sort > "$dir/got"
is "$(LC_ALL=C comm -23 "$dir/want" "$dir/got" | wc -l)" 0 "every message refused at RCPT is a refused transaction ($(wc -l < "$dir/want"))"

awk -F '\t' '$1 == "delivered" { print $2 "\t" $3 "\t" tolower($4) }' "$truth" | LC_ALL=C sort -u > "$dir/want"
sql "select t.server, t.queue_id, lower(coalesce(d.orig_recipient, d.recipient)) from v_delivery d join v_transaction t using (transaction_id) where d.outcome = 'delivered'" | LC_ALL=C sort -u > "$dir/got"
is "$(LC_ALL=C comm -23 "$dir/want" "$dir/got" | wc -l)" 0 "every mailbox copy is a delivery ($(wc -l < "$dir/want"))"
LC_ALL=C comm -23 "$dir/want" "$dir/got" | head -n 3 >&2

# what a Postfix daemon wrote
"$mailspoor" list events -c "$dir/x.case" --format json --columns program,action,queue_id,transaction_id,raw > "$dir/events"
is "$(grep '"program":"postfix' "$dir/events" | grep -c '"action":"unknown"')" 0 "no line of a Postfix daemon is unknown"
# (the queue manager logs a sender that imitates one)
is "$(grep '"program":"postfix' "$dir/events" | grep -v /qmgr | grep -E 'to=<.*status=|: reject: ' | grep -cE '"action":"(info|unknown)"')" 0 "no delivery and no refusal is mere information"
is "$(grep '"program":"postfix' "$dir/events" | grep -E '"queue_id":"[^"]' | grep -c '"transaction_id":null')" 0 "no line with a queue id is without its transaction"
