#!/bin/sh
# SPDX-License-Identifier: MIT
# check: what the logs cover, which tests were possible, what they found.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/logs"
for f in post1 gate box box.dovecot; do cp "$top/tests/fixtures/$f.log" "$dir/logs"; done
chmod u+w "$dir/logs"/*
check() { rm -f "$dir/x.case"; "$mailspoor" index -c "$dir/x.case" "$dir/logs" 2> /dev/null; "$mailspoor" check -c "$dir/x.case" > "$dir/out" 2> "$dir/err"; }
line() { tr -s ' ' < "$dir/out" | grep -c "^ $1"; }

check
is $? 0 "nothing changed"
is "$(line 'gate covered 2026-04-21T07:32:14')" 1 "what a log covers is said"
is "$(line 'gate orphan passed, tried 1')" 1 "a test that passed, and how often it was tried"
is "$(line 'box delay-sum not possible: it needs deliveries that state parts')" 1 "a test that was impossible, and why"
is "$(grep -c FIRED "$dir/out")" 0 "none fired"

sed -i 's/delay=[0-9.]*/delay=97/' "$dir/logs/gate.log"
check
is $? 0 "an indicator is no failure"
is "$(line 'gate delay-sum FIRED 1 of 1')" 1 "a test that fired"
is "$(line 'medium delay-sum gate 9EC411B3D8')" 1 "what it found"
has "$(cat "$dir/out")" "consistent with" "worded as an indicator"
is "$("$mailspoor" list trials -c "$dir/x.case" -f 'fired>0 rule:delay-sum' --format csv --columns server,tried,fired | tail -1 | tr -d '\r')" "gate,1,1" "list trials"

echo "1..$n"
