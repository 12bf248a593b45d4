#!/bin/sh
# SPDX-License-Identifier: MIT
# Logs of which everything is known: every count must be exact, every recipient
# must have the outcome that it was given.
. "$(dirname "$0")/lib.sh"

count_of() { awk -v name="$1" '$1 == name { print $2 }' "$dir/g/counts.txt"; }
rows() { "$mailspoor" list "$@" -c "$dir/x.case" --format json 2>> "$dir/log" | wc -l; }
sql() { sqlite3 -readonly "$dir/x.case" "$1"; }

check() { # LINES SEED FORM
	rm -rf "$dir/g" "$dir"/x.case*
	"$BUILD/tests/tools/generate" "$1" "$2" "$dir/g" $3
	"$mailspoor" index -c "$dir/x.case" "$dir/g/logs" 2> "$dir/log"
	is $? 0 "$1 lines, seed $2 $3: indexed"
	is "$(sql 'select sum(lines), sum(event_lines + unknown_lines + copy_lines + other_lines), sum(unknown_lines) from v_source')" \
		"$(count_of lines)|$(count_of lines)|0" "the ledger balances, nothing is unknown"
	is "$(sql "select count(*) from v_journey where refused = 0 or delivered + relayed + failed + delayed > 0")" \
		"$(count_of messages)" "messages"
	is "$(sql "select count(*) from v_transaction where state = 'refused' and journey_id not in (select journey_id from v_transaction where state <> 'refused')")" \
		"$(count_of refused_messages)" "refused mail"
	is "$(rows recipients)" "$(count_of recipients)" "recipients"
	for o in delivered relayed failed refused delayed; do
		is "$(rows recipients -f "outcome:$o")" "$(count_of $o)" "recipients $o"
	done
	is "$(rows attempts)" "$(count_of attempts)" "attempts"
	is "$(rows attempts -f action:auth_fail)" "$(count_of auth_fail)" "failed logins"
	is "$(rows attempts -f action:auth_ok)" "$(count_of auth_ok)" "logins"
	is "$(rows links -f 'kind:handoff class:confirmed')" "$(count_of handoffs)" "handoffs"
	is "$(rows links -f 'kind:bounce class:confirmed')" "$(count_of bounces)" "bounces"
	sort "$dir/g/recipients.tsv" > "$dir/want"
	sql "select coalesce(j.message_id, ''), j.sender, r.address, r.outcome from v_recipient r join v_journey j using (journey_id)" |
		tr '|' '\t' | LC_ALL=C sort > "$dir/got"
	LC_ALL=C sort "$dir/g/recipients.tsv" > "$dir/want"
	is "$(cmp "$dir/want" "$dir/got" && echo same)" same "every recipient has its message, sender and outcome"
	diff "$dir/want" "$dir/got" | head -n 5 >&2
}

check 3000 1 ''
check 40000 2 ''
check 40000 3 one
