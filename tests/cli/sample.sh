#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample's logs are of real servers; tests/fixtures/sample.tsv is what their
# SMTP replies, mailboxes and Received headers said of the same run, never a log:
#   id SERVER QUEUEID MESSAGE       the message had this id there
#   sent SENDER N                   messages that a server accepted from them
#   outcome MESSAGE ADDRESS WORD    what became of a recipient
#   kept SERVER QUEUEID             a copy of it lies in a mailbox there
#   refused SERVER CLIENT SENDER    refused at RCPT and never accepted there
#   addressed SERVER QUEUEID N      recipients accepted, in mail of the account broken into
#   failed CLIENT N                 logins refused
# What no log can show is left out: the names behind an alias that Sendmail and
# OpenSMTPD resolve at home (kept has those mailboxes; the 357 addresses of
# bulk.partner.example share one of them), and who sent the null sender's mail.
. "$(dirname "$0")/lib.sh"

truth=$top/tests/fixtures/sample.tsv
"$mailspoor" index -c "$dir/x.case" "$top/sample" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator "$(printf '\t')" "$dir/x.case" "$1"; }

is "$(sql 'select count(*) from v_source where lines <> event_lines + unknown_lines + copy_lines + other_lines')" 0 "the ledger balances for each source"
is "$(sql "select group_concat(server, ' ') from (select distinct server from v_source order by server)")" "hub lists mail mx1 out store vps7" "seven servers"
is "$(sql "select count(*) from v_source where state = 'ok'")" 8 "all read to their end"

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
apart=$(awk -F '\t' 'NR == FNR { owner[$1 FS $2] = $3; next }
	($1 FS $2) in owner { m = owner[$1 FS $2]
		if ((m in of) && of[m] != $3) bad++; of[m] = $3 }
	END { print bad + 0 }' "$dir/ids" "$dir/journeys")
is "$apart" 0 "every message is one journey over all its servers ($(cut -f 3 "$dir/ids" | sort -u | wc -l) messages)"

awk -F '\t' '$1 == "sent" { print $2 "\t" $3 }' "$truth" | LC_ALL=C sort > "$dir/want"
sql "select lower(sender), count(*) from v_journey j where exists (select 1 from v_transaction t where t.journey_id = j.journey_id and t.state <> 'refused') group by 1" | LC_ALL=C sort > "$dir/got"
is "$(LC_ALL=C comm -23 "$dir/want" "$dir/got" | head -n 3)" "" "each sender's messages ($(wc -l < "$dir/want") senders)"

awk -F '\t' '$1 == "failed" { print $2 "\t" $3 }' "$truth" | LC_ALL=C sort > "$dir/want"
sql "select client_ip, sum(auth_fail) n from v_session group by 1 having n > 0" | LC_ALL=C sort > "$dir/got"
is "$(cat "$dir/got")" "$(cat "$dir/want")" "each client's refused logins"

awk -F '\t' '$1 == "addressed" { print $2 "\t" $3 "\t" $4 }' "$truth" | LC_ALL=C sort > "$dir/want"
sql "select server, queue_id, nrcpt from v_transaction where user = 'carol@corp.example'" | LC_ALL=C sort > "$dir/got"
is "$(cat "$dir/got")" "$(cat "$dir/want")" "what went out under the login broken into, and to how many"

awk -F '\t' '$1 == "refused" { print $2 "\t" $3 "\t" tolower($4) }' "$truth" | LC_ALL=C sort > "$dir/want"
sql "select server, client_ip, lower(sender) from v_transaction where state = 'refused'" | LC_ALL=C sort > "$dir/got"
is "$(LC_ALL=C comm -23 "$dir/want" "$dir/got" | wc -l)" 0 "every message refused at RCPT is a refused transaction ($(wc -l < "$dir/want"))"

awk -F '\t' '$1 == "kept" { print $2 "\t" $3 }' "$truth" | LC_ALL=C sort > "$dir/want"
sql "select distinct t.server, t.queue_id from v_delivery d join v_transaction t using (transaction_id) where d.outcome = 'delivered'" | LC_ALL=C sort > "$dir/got"
is "$(LC_ALL=C comm -23 "$dir/want" "$dir/got" | head -n 3)" "" "every mailbox copy is a delivery ($(wc -l < "$dir/want"))"

# of each message, by the journey that its ids belong to
sql "select journey_id, lower(address), outcome from v_recipient" > "$dir/recipients"
awk -F '\t' '$1 == "outcome" { print $2 "\t" $3 "\t" $4 }' "$truth" > "$dir/want"
missed=$(awk -F '\t' 'FILENAME ~ /ids$/ { owner[$1 FS $2] = $3; next }
	FILENAME ~ /journeys$/ { if (($1 FS $2) in owner) of[owner[$1 FS $2]] = $3; next }
	FILENAME ~ /recipients$/ { has[$1 FS $2 FS $3] = 1; next }
	!((of[$1] FS $2 FS $3) in has)' "$dir/ids" "$dir/journeys" "$dir/recipients" "$dir/want")
is "$missed" "" "what became of each recipient ($(wc -l < "$dir/want"))"

# what a Postfix daemon wrote
"$mailspoor" list events -c "$dir/x.case" --format json --columns program,action,queue_id,transaction_id,raw > "$dir/events"
is "$(grep '"program":"postfix' "$dir/events" | grep -c '"action":"unknown"')" 0 "no line of a Postfix daemon is unknown"
# (the queue manager logs a sender that imitates one)
is "$(grep '"program":"postfix' "$dir/events" | grep -v /qmgr | grep -E 'to=<.*status=|: reject: ' | grep -cE '"action":"(info|unknown)"')" 0 "no delivery and no refusal is mere information"
is "$(grep '"program":"postfix' "$dir/events" | grep -E '"queue_id":"[^"]' | grep -c '"transaction_id":null')" 0 "no line with a queue id is without its transaction"

# Exim's reject log says again what its main log says
mkdir "$dir/logs" && cp "$top"/sample/*.gz "$dir/logs" && rm "$dir/logs/hub.rejectlog.log.gz"
"$mailspoor" index -c "$dir/y.case" "$dir/logs" 2> "$dir/err"
outcomes='select outcome, count(*) from v_recipient group by 1'
attempts='select action, count(*) from v_attempt group by 1'
is "$(sql "$outcomes; $attempts")" "$(sqlite3 -readonly -separator "$(printf '\t')" "$dir/y.case" "$outcomes; $attempts")" \
	"the reject log counts nothing twice"
