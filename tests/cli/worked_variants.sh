#!/bin/sh
# SPDX-License-Identifier: MIT
# The worked example with a part of it gone, changed or put in: each variant has
# its finding, and the example as it is has none above "info".
. "$(dirname "$0")/lib.sh"

from=$top/tests/fixtures
mid=c4@corp.example
short=9EC411B3D8
gate=$dir/logs/gate.log
fresh() { rm -rf "$dir/logs" "$dir/x.case"; mkdir "$dir/logs"; for f in post1 gate box box.dovecot; do cp "$from/$f.log" "$dir/logs"; done; chmod u+w "$dir/logs"/*; }
index() { rm -f "$dir/x.case"; "$mailspoor" index -c "$dir/x.case" "$dir/logs" 2> "$dir/err"; }
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }
# rules above info, without those named
above() { sql "select group_concat(rule, ' ') from (select distinct rule from v_finding where severity <> 'info' order by 1)"; }
fired() { sql "select count(*) > 0 from v_finding where rule = '$1'"; }
# Other mail on gate before and behind: then its log covers the time.
surround() {
	for i in 1 2 3; do
		sed "s/$short/7A3F11B3C$i/; s/$mid/o$i@corp.example/; s/1wF5aX-0005Yn-Lw/1wF5aX-0005Yn-0$i/; s/09:32:14/09:30:04/; s/09:32:15/09:30:05/" "$from/gate.log"
	done > "$dir/before"
	sed 's/7A3F11B3C/7B3F11B3C/; s/o\([123]\)@/p\1@/; s/09:30:0/09:33:4/; s/-0\([123]\))/-1\1)/' "$dir/before" > "$dir/after"
	cat "$dir/before" "$gate" "$dir/after" > "$dir/all"
	cp "$dir/all" "$gate"
}

fresh; index
is "$(above)" "" "the example has no finding above info"
is "$(sql "select group_concat(distinct rule) from v_finding where severity='info'")" "" "and none at all"
fresh; surround; index
is "$(above)" "" "nor has it with other mail around it"
is "$(sql "select fired from v_trial where rule = 'orphan' and server = 'gate'")" 0 "the rule on missing lines was tried and did not fire"
is "$(sql "select tried from v_trial where rule = 'orphan' and server = 'gate'")" 7 "on each message of the log"

fresh; rm "$gate"; index
is "$(sql "select severity || entity from v_finding where rule = 'no-log' and entity like 'post1%'")" "infopost1 gate.corp.example" "a log that is not there is asked for"
is "$(above)" "" "which is no alarm"

fresh; surround; sed -i "/smtpd.*$short\|cleanup.*$short\|qmgr.*$short/d" "$gate"; index
is "$(sql "select entity from v_finding where rule = 'orphan'")" "gate $short" "opening lines that are gone leave an orphan"
has "$(sql "select explanation from v_finding where rule = 'orphan'")" "consistent with" "worded as an indicator"
is "$(sql "select count(*) from v_finding_row r join v_finding f using(finding_id) where rule = 'orphan' and journey_id = (select journey_id from v_journey where message_id = '$mid')")" 1 "with its line and message"
is "$(sql "select innocent <> '' from v_finding where rule = 'orphan'")" 1 "and what else may explain it"
fresh; sed -i "/smtpd\|cleanup\|qmgr/d" "$gate"; index
is "$(fired begins-inside)$(fired orphan)" 10 "where the log does not cover the beginning, it says no more than that"

fresh; surround; sed -i "/$short/d" "$gate"; index
is "$(sql "select severity || entity from v_finding where rule = 'handed-over-absent'" | cut -d' ' -f1)" highpost1 "handed over but absent"
has "$(sql "select explanation from v_finding where rule = 'handed-over-absent'")" "covers 2026-04-21T07:30:0" "with what was searched"

for l in client= message-id= from=\< to=\< removed; do
	fresh; surround; sed -i "/$short: $l/d" "$gate"; index
	is "$([ -n "$(above)" ] && echo found)" found "one line less: $l"
done

fresh; surround; sed -i "s/09:32:14 \(.*$short: client\)/10:32:14 \1/" "$gate"; index
is "$(fired line-out-of-order)$(fired delay-conflict)" 11 "a time that was changed by an hour does not fit its neighbours and the delay"
fresh; sed -i "s/09:32:14 \(.*$short: client\)/10:32:14 \1/" "$gate"; index
is "$(fired delay-conflict)" 1 "nor without other mail"

fresh; surround; sed -i "s/delay=1\.3/delay=9.3/" "$gate"; sed -i "/$short/s/delay=[0-9.]*/delay=97/" "$gate"; index
is "$(fired delay-sum)" 1 "a delay that its parts do not make"

fresh; sed -i 's/iFkiKfUn52kBeQAALRw7Xg>:/jGljLgVo63lCfRBBMSx8Yh>:/' "$dir/logs/box.dovecot.log"; index
is "$(fired agent-conflict)" 1 "an agent's session id that was changed"

fresh; surround; sed "s/Apr 21/Apr 22/; s/$mid/d5@corp.example/; s/1wF5aX-0005Yn-Lw/1wFRsr-0005Zz-Lw/; s/alice/carol/" "$from/gate.log" >> "$gate"; index
is "$(sql "select count(*) from v_finding where rule in ('orphan', 'inode-twice', 'delay-conflict', 'line-out-of-order', 'no-fate', 'no-end')")" 0 "a queue id that comes again is no alarm"

fresh; surround; sed -i "s/$short: removed/$short: skip/" "$gate"
sed -i "/$short/s/nrcpt=1/nrcpt=2/" "$gate"
{
	echo "Apr 21 09:32:15 gate postfix/smtp[192]: $short: to=<eve@other.example>, relay=mx.other.example[192.0.2.44]:25, delay=1.3, delays=0.1/0.02/0.4/0.8, dsn=5.1.1, status=bounced (host mx.other.example[192.0.2.44] said: 550 5.1.1 user unknown (in reply to RCPT TO command))"
	echo "Apr 21 09:32:15 gate postfix/bounce[193]: $short: sender non-delivery notification: A11411B3E2"
	echo "Apr 21 09:32:15 gate postfix/cleanup[190]: A11411B3E2: message-id=<20260421073215.A11411B3E2@gate.corp.example>"
	echo "Apr 21 09:32:15 gate postfix/qmgr[155]: A11411B3E2: from=<>, size=5011, nrcpt=1 (queue active)"
	echo "Apr 21 09:32:16 gate postfix/smtp[194]: A11411B3E2: to=<alice@corp.example>, relay=mx.third.example[192.0.2.45]:25, delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 5D0411B3E9)"
	echo "Apr 21 09:32:16 gate postfix/qmgr[155]: A11411B3E2: removed"
	echo "Apr 21 09:32:16 gate postfix/qmgr[155]: $short: removed"
} > "$dir/more"
sed -i "/$short: skip/{
r $dir/more
d
}" "$gate"; index
is "$(above)" "" "a bounce, and two recipients over two relays, are no alarm"

fresh; surround; sed -i "s/\($short: to=<\)bob/\1mallory/" "$gate"; index
is "$(fired recipient-conflict)" 1 "a recipient that was changed on one server"
fresh; surround; sed -i "s/\($short: from=<\)alice/\1mallory/" "$gate"; index
is "$(fired envelope-conflict)" 1 "a sender that was changed on one server"
fresh; surround; sed "s/$short/A1B2C${short#?????}/; s/c4@/z9@/; s/1wF5aX-0005Yn-Lw/1wF5aX-0005Yn-9w/" "$from/gate.log" > "$dir/more"; sed -i "/$short: message-id/r $dir/more" "$gate"
sed -i '/B3D8: removed/s/09:32:15/09:32:45/' "$gate"; index
is "$(fired inode-twice)" 1 "a message that was made up from another one's id"
fresh; surround; sed -i "s/7A3F11B3C1/FFFFF1B3C1/" "$gate"; index
is "$(fired id-impossible)" 1 "an id that no clock can have made"

# finding: and has:finding
fresh; surround; sed -i "/$short: message-id/d" "$gate"; index
count() { "$mailspoor" list "$1" -c "$dir/x.case" -f "$2" --format csv | tail -n +2 | grep -c .; }
is "$(count messages finding:orphan)" 1 "finding: finds the message"
is "$(count messages has:finding)" 7 "has:finding finds those that the next log does not cover, too"
is "$(count messages '-finding:orphan')" 6 "and the others are the others"
is "$(count transactions finding:orphan)" 1 "finding: finds the transaction"
is "$(count events 'finding:orphan')" 4 "finding: finds its events"
is "$(count findings 'rule:orphan severity:medium')" 1 "list findings"

# hostile text is text
fresh; surround; sed -i "/$short: from=/d; s/7A3F11B3C1: from=<[^>]*>/7A3F11B3C1: from=<%s%n%s\\o33[31m'; drop table finding; --@x.example>/" "$gate"; index
is "$(fired orphan)" 1 "hostile text stops no rule"
"$mailspoor" list findings -c "$dir/x.case" > "$dir/out" 2>&1
is $? 0 "and findings are listed"
is "$(tr -d '\n\t -~\200-\377' < "$dir/out" | tr -d '\r' | wc -c | tr -d ' ')" 0 "without a control character"

echo "1..$n"
