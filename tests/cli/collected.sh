#!/bin/sh
# SPDX-License-Identifier: MIT
# Each server's own log, and a collector's file with the lines of all of them, in
# order of arrival, with the zone. The clock of one is an hour ahead and its own
# log says no zone: what the collector wrote tells, and nothing counts twice.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/own" "$dir/both"
awk -v own="$dir/own" -v all="$dir/both/all.log" '
function two(n) { return sprintf("%02d", n) }
# a line of HOST at SECOND after 12:00 UTC by its own clock
function say(host, second, text,    s, clock) {
	s = second + (host == "vps" ? 3600 : 0)
	clock = two(12 + int(s / 3600)) ":" two(int(s / 60) % 60) ":" two(s % 60)
	print "Mar 14 " clock " " host " " text > (own "/" host ".log")
	print "2026-03-14T" clock "+00:00 " host ".example " text > all
}
BEGIN {
	for (i = 0; i < 40; i++) {
		v = sprintf("%08x", 77777777 * (i + 1)); h = sprintf("%05X%04X", i * 999, 4660 + i)
		ses = sprintf("%016x", 99999999999 * (i + 1)); t = i * 17
		say("vps", t, "smtpd[811]: " ses " smtp connected address=198.51.100.9 host=client.example.net")
		say("vps", t, "smtpd[811]: " ses " smtp message msgid=" v " size=" 700 + i " nrcpt=1 proto=ESMTP")
		say("vps", t, "smtpd[811]: " ses " smtp envelope evpid=" v "00112233 from=<a" i "@example.net> to=<b@example.com>")
		say("hub", t + 1, "postfix/smtpd[88]: connect from vps.example[192.0.2.7]")
		say("hub", t + 1, "postfix/smtpd[88]: " h ": client=vps.example[192.0.2.7]")
		say("hub", t + 1, "postfix/cleanup[90]: " h ": message-id=<" i "@example.net>")
		say("hub", t + 1, "postfix/qmgr[55]: " h ": from=<a" i "@example.net>, size=" 900 + i ", nrcpt=1 (queue active)")
		say("vps", t + 1, "smtpd[811]: " ses " mta delivery evpid=" v "00112233 from=<a" i "@example.net> to=<b@example.com> rcpt=<-> source=\"192.0.2.7\" relay=\"192.0.2.8 (hub.example)\" delay=1s result=\"Ok\" stat=\"250 2.0.0 Ok: queued as " h "\"")
		say("hub", t + 2, "postfix/virtual[91]: " h ": to=<b@example.com>, relay=virtual, delay=1, delays=0.5/0/0/0.5, dsn=2.0.0, status=sent (delivered to maildir)")
		say("hub", t + 2, "postfix/qmgr[55]: " h ": removed")
		say("hub", t + 2, "postfix/smtpd[88]: disconnect from vps.example[192.0.2.7] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5")
	}
}'
cp "$dir"/own/*.log "$dir/both"
for c in own both; do
	"$mailspoor" index -c "$dir/$c.case" --year '*=2026' \
		--zone 'hub*=UTC' \
		"$dir/$c" 2> "$dir/err"
	is $? 0 "index $c"
done
sql() { sqlite3 "$dir/$1.case" "$2"; }
zone="SELECT zone||' '||zone_basis FROM v_source WHERE path LIKE '%vps.log'"
is "$(sql own "$zone")" "+01:00 handoff" "handoffs alone take the clock for a zone"
is "$(sql both "$zone")" "+00:00 copy" "the same lines with their zone tell it"
is "$(sql both "SELECT DISTINCT round((offset_lo_s + offset_hi_s) / 7200) FROM v_clock
	WHERE server='vps' AND offset_lo_s IS NOT NULL")" 1.0 "and the clock is an hour ahead"
is "$(sql both 'SELECT sum(copy_lines)*2=sum(lines) FROM v_source')" 1 "half of all lines are copies"
for unit in transactions messages recipients deliveries attempts sessions links; do
	is "$("$mailspoor" list $unit -c "$dir/both.case" --json | wc -l)" \
		"$("$mailspoor" list $unit -c "$dir/own.case" --json | wc -l)" "as many $unit"
done
is "$("$mailspoor" list transactions -c "$dir/own.case" --json | wc -l)" 80 "which are 80 transactions"
# the collector knows it by its address only, and the analyst says whose that is
mkdir "$dir/named"
cp "$dir"/own/*.log "$dir/named"
sed 's/ vps\.example / 192.0.2.7 /' "$dir/both/all.log" > "$dir/named/all.log"
"$mailspoor" index -c "$dir/named.case" --year '*=2026' --zone 'hub*=UTC' \
	"$dir/named" 2> "$dir/err"
is "$(sql named "$zone")" "+01:00 handoff" "lines of an address are nobody's copies"
"$mailspoor" set server.vps 192.0.2.7 -c "$dir/named.case" > "$dir/out" 2>&1
"$mailspoor" index -c "$dir/named.case" 2> "$dir/err"
is "$(sql named "$zone")" "+00:00 copy" "those of a name that was given are"
is "$(sql named 'SELECT sum(copy_lines)*2=sum(lines) FROM v_source')" 1 "all of them"
