#!/bin/sh
# SPDX-License-Identifier: MIT
# Lines of a filter, a signing milter and a delivery agent between those of real
# servers: whose they are, and what they tell of the recipients.
. "$(dirname "$0")/lib.sh"

"$mailspoor" index -c "$dir/x.case" "$top/tests/fixtures/filter.log" \
	"$top/tests/fixtures/signing.log" "$top/tests/fixtures/delivery.log" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }
"$mailspoor" list events -c "$dir/x.case" --format json --columns program,action,queue_id,transaction_id,verdict,raw > "$dir/events"
of() { grep "\"program\":\"$1\"" "$dir/events"; }

is "$(sql 'select sum(unknown_lines) from v_source')" 0 "no line is unknown"
is "$(of amavis | grep -c '"transaction_id":null')" 0 "amavis: each line has its transaction"
is "$(of opendkim | grep -c '"transaction_id":null')" 0 "opendkim: each line has its transaction"
has "$(of opendkim)" '"verdict":"dkim signed"' "opendkim: the verdict"
is "$(of dovecot | grep '"action":"deliver"' | grep -c '"transaction_id":null')" 0 "dovecot: each delivery has the transaction that it answered"
is "$(of dovecot | grep -c '"action":"deliver"')" "$(grep -c 'saved mail to' "$top/tests/fixtures/delivery.log")" "dovecot: as many deliveries as mailboxes"

is "$(sql "select distinct outcome, place from v_recipient where server = 'store'")" "delivered INBOX" "the mailbox is the recipient's place"
is "$(sql "select count(*), count(distinct delivery_id) from v_attempt where server = 'store' and action = 'deliver'")" \
	"$(sql "select count(*), count(*) from v_delivery join v_transaction using (transaction_id) where server = 'store'")" "no answer counts twice"
is "$(sql "select distinct copies from v_attempt where server = 'store' and action = 'deliver'")" 1 "the agent's word is a copy of the answer"

is "$(sql "select outcome, recipient from v_delivery join v_transaction using (transaction_id) where queue_id = 'AD4111168D8'")" "failed bob@corp.example" "banned and bounced, though the filter said 250"
is "$(sql "select attempts, place from v_delivery join v_transaction using (transaction_id) where queue_id = 'AD4111168D8'")" "1 q/banned-qhrv2LL8kgvh" "one answer, told by both; the filter's says where it is kept"
is "$(sql "select kind, class from v_link where kind = 'filter'")" "filter confirmed" "the pass through the filter is a confirmed link"
has "$(sql "select evidence from v_link where kind = 'filter'")" "E1,E2" "said by the answer and by the filter"
echo "1..$n"
