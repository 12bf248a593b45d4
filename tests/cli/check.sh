#!/bin/sh
# SPDX-License-Identifier: MIT
# check: the evidence hashed again.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/logs"
cp "$top/tests/fixtures/mail1.log" "$top/tests/fixtures/edge.log" "$dir/logs"
"$mailspoor" index -c "$dir/x.case" "$dir/logs" 2> /dev/null
"$mailspoor" check -c "$dir/x.case" > "$dir/out" 2> "$dir/err"
is $? 0 "unchanged evidence is fine"
is "$(grep -c '^unchanged ' "$dir/out")" 2 "each source is named"
echo more >> "$dir/logs/edge.log"
rm "$dir/logs/mail1.log"
"$mailspoor" check -c "$dir/x.case" > "$dir/out" 2> "$dir/err"
is $? 3 "changed evidence is a problem"
is "$(grep -c '^changed .*edge.log$' "$dir/out")" 1 "what changed is said"
is "$(grep -c '^missing .*mail1.log$' "$dir/out")" 1 "what is missing is said"
is "$(grep -c '2 of 2 sources' "$dir/err")" 1 "how many they are"
is "$("$mailspoor" list sources -c "$dir/x.case" --columns state | sort -u | tr -d '\r' | tr '\n' ' ')" "ok state " "the verb does not change the case"
