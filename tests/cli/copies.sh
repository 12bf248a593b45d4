#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample once, and with every log again: as it is, in two halves that
# overlap, with the old stamps turned into those of RFC 3339, and its warnings
# alone. All counts are the same, and each source's ledger balances.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/once" "$dir/again"
for f in "$top"/sample/*.log.gz; do
	name=$(basename "$f" .log.gz)
	gzip -dc "$f" > "$dir/once/$name.log"
	lines=$(wc -l < "$dir/once/$name.log")
	cp "$dir/once/$name.log" "$dir/again/$name.log"
	cp "$f" "$dir/again/$name.copy.log.gz"
	# records of several lines are not to be cut between them
	case $name in *rejectlog) continue ;; esac
	head -n $((lines * 6 / 10)) "$dir/once/$name.log" > "$dir/again/$name.1.log"
	tail -n +$((lines * 4 / 10)) "$dir/once/$name.log" > "$dir/again/$name.2.log"
	grep -h 'warning\|reject' "$dir/once/$name.log" > "$dir/again/$name.err.log"
done
# the same instants, written with year, zone and a fraction
awk '{ printf "2026-%02d-%02dT%s.250000+00:00", index("  JanFebMarAprMayJunJulAugSepOctNovDec", $1) / 3, $2, $3
       sub(/^[A-Z][a-z][a-z] +[0-9]+ [0-9:]+/, ""); print }' \
	"$dir/once/mx1.log" > "$dir/again/mx1.rfc3339.log"
for c in once again; do
	"$mailspoor" index -c "$dir/$c.case" --now 2026-12-01T00:00:00Z --year '*=2026' \
		--zone 'mx1*=UTC' "$dir/$c" 2> "$dir/err"
	is $? 0 "index $c"
	is "$(sqlite3 "$dir/$c.case" 'SELECT path FROM v_source WHERE
		lines<>event_lines+unknown_lines+copy_lines+other_lines')" "" "$c: every ledger balances"
done
count() { "$mailspoor" list "$2" -c "$dir/$1.case" --json | wc -l; }
for unit in transactions messages recipients attempts sessions events; do
	is "$(count again $unit)" "$(count once $unit)" "as many $unit"
done
for unit in 'action --unit attempts' 'outcome --unit recipients' 'action --unit events'; do
	is "$("$mailspoor" top $unit -c "$dir/again.case" --format csv)" \
		"$("$mailspoor" top $unit -c "$dir/once.case" --format csv)" "top $unit"
done
ledger() { sqlite3 "$dir/$2.case" "SELECT sum($1) FROM v_source"; }
for column in event_lines unknown_lines other_lines events; do
	is "$(ledger $column again)" "$(ledger $column once)" "as many $column"
done
is "$(sqlite3 "$dir/again.case" "SELECT copy_lines=lines FROM v_source WHERE path LIKE '%mx1.rfc3339.log'")" \
	1 "all lines of the copy in RFC 3339 form are copies"
is "$(sqlite3 "$dir/again.case" "SELECT count(*) FROM v_source WHERE path LIKE '%.err.log' AND copy_lines<>lines")" \
	0 "and those of the warnings alone"
# what is not a copy is none: one line more, one text changed
sed '5s/postfix/postfiz/' "$dir/once/out.log" > "$dir/again/out.3.log"
tail -n 1 "$dir/once/out.log" >> "$dir/again/out.3.log"
"$mailspoor" index -c "$dir/again.case" --now 2026-12-01T00:00:00Z --year '*=2026' "$dir/again" 2> "$dir/err"
is "$(sqlite3 "$dir/again.case" "SELECT lines-copy_lines FROM v_source WHERE path LIKE '%out.3.log'")" \
	2 "a changed line and one more of the same are no copies"
