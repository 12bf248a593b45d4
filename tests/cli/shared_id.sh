#!/bin/sh
# SPDX-License-Identifier: MIT
# One id that very many messages share: all of them are written, each with its own
# lines, and no bound is kept silent.
. "$(dirname "$0")/lib.sh"
awk 'BEGIN { for (i = 0; i < 300; i++) {
	q = sprintf("%010X", 1000000 + i * 17)
	t = sprintf("Oct  1 %02d:%02d:%02d mx1 postfix/", i / 3600, i / 60 % 60, i % 60)
	print t "smtpd[11]: " q ": client=c.example[192.0.2." i % 200 "]"
	print t "cleanup[12]: " q ": message-id=<same@example.com>"
	print t "qmgr[13]: " q ": from=<a@example.org>, size=100, nrcpt=1 (queue active)"
	print t "smtp[14]: " q ": to=<u" i "@example.com>, relay=none, delay=1, dsn=5.1.1, status=bounced (unknown user)"
	print t "qmgr[13]: " q ": removed"
} }' > "$dir/mx1.log"
"$mailspoor" index -c "$dir/a.case" --year "$dir/mx1.log=2026" "$dir/mx1.log" 2> "$dir/err"
is $? 0 "indexed"
"$mailspoor" trace same@example.com -c "$dir/a.case" --json > "$dir/all" 2> "$dir/said"
is "$(wc -l < "$dir/all" | tr -d ' ')" 300 "every journey of the id is written"
is "$(wc -c < "$dir/said" | tr -d ' ')" 0 "and nothing need be said"
is "$(grep -c '"events":\[[0-9]*,[0-9]*,[0-9]*,[0-9]*,[0-9]*\]' "$dir/all")" 300 \
	"each with its five lines"
is "$(grep -o '"queue_id":"[0-9A-F]*"' "$dir/all" | sort -u | wc -l | tr -d ' ')" 300 "none twice"
"$mailspoor" trace --all -c "$dir/a.case" --json > "$dir/whole"
is "$(LC_ALL=C sort "$dir/whole" | cksum)" "$(LC_ALL=C sort "$dir/all" | cksum)" "as --all has them"
"$mailspoor" trace same@example.com -c "$dir/a.case" --json --limit 7 > "$dir/few" 2> "$dir/said"
is "$(wc -l < "$dir/few" | tr -d ' ')" 7 "a bound that is asked for holds"
is "$(grep -c '300 journeys have that id; the first 7' "$dir/said")" 1 "and is said with the number"
echo "1..$n"
