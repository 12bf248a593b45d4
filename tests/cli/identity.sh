#!/bin/sh
# SPDX-License-Identifier: MIT
# server.NAME: what the analyst says of a server's names and addresses joins lines of
# two host names and proves both ends of a handoff.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$dir/logs"
cat > "$dir/logs/a.log" <<'LOG'
2026-03-14T09:15:02.000000+00:00 a postfix/smtpd[1]: 1F2A3B4C5D: client=pc.example[203.0.113.5]
2026-03-14T09:15:02.000000+00:00 a postfix/cleanup[2]: 1F2A3B4C5D: message-id=<m1@example.org>
2026-03-14T09:15:02.000000+00:00 a postfix/qmgr[3]: 1F2A3B4C5D: from=<ann@example.org>, size=1000, nrcpt=1 (queue active)
2026-03-14T09:15:03.000000+00:00 a postfix/smtp[4]: 1F2A3B4C5D: to=<bob@example.com>, relay=in.example.com[192.0.2.9]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 2B3C4D5E6F)
2026-03-14T09:15:03.000000+00:00 a postfix/qmgr[3]: 1F2A3B4C5D: removed
LOG
cat > "$dir/logs/b.log" <<'LOG'
2026-03-14T09:15:03.000000+00:00 node1 postfix/smtpd[1]: 2B3C4D5E6F: client=unknown[198.51.100.7]
2026-03-14T09:15:03.000000+00:00 node1 postfix/cleanup[2]: 2B3C4D5E6F: message-id=<m1@example.org>
2026-03-14T09:15:03.000000+00:00 node1 postfix/qmgr[3]: 2B3C4D5E6F: from=<ann@example.org>, size=1300, nrcpt=1 (queue active)
2026-03-14T09:15:04.000000+00:00 node2 postfix/local[4]: 2B3C4D5E6F: to=<bob@example.com>, relay=local, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)
2026-03-14T09:15:04.000000+00:00 node2 postfix/qmgr[3]: 2B3C4D5E6F: removed
LOG
"$mailspoor" index -c "$dir/x.case" "$dir/logs" 2> "$dir/err"
is $? 0 "indexed"
sql() { sqlite3 -readonly -separator ' ' "$dir/x.case" "$1"; }
is "$(sql "select group_concat(class || ' ' || evidence) from v_link")" "possible E1,E5,E8,possible E1" "two hosts have that id: neither is chosen"
for v in in=192.0.2.9 in=node1 in=node2 a=198.51.100.7; do
	"$mailspoor" set "server.${v%%=*}" "${v#*=}" -c "$dir/x.case" > "$dir/out" 2>&1
done
has "$(cat "$dir/out")" "decided anew: mailspoor index -c $dir/x.case" "set says when links follow"
"$mailspoor" set work.hours 08..18 -c "$dir/x.case" > "$dir/out" 2>&1
is "$(cat "$dir/out")" "" "but not of what they do not rest on"
"$mailspoor" index -c "$dir/x.case" 2> "$dir/err"
is "$(sql "select group_concat(class || ' ' || evidence) from v_link")" "confirmed E1,E5,E6,E7,E8" "given, they prove both ends"
is "$(sql "select group_concat(server || ' ' || state, ', ') from (select * from v_transaction order by server)")" "a complete, in complete" "and two host names are one server"
"$mailspoor" set server.a 198.51.100.7 --remove -c "$dir/x.case" > "$dir/out" 2>&1
has "$(cat "$dir/out")" "decided anew" "and when one is taken back"
"$mailspoor" index -c "$dir/x.case" 2> "$dir/err"
evidence=$(sql "select group_concat(evidence) from v_link")
is "$evidence" "E1,E5,E7,E8" "without the address it proves nothing by network"
echo "1..$n"
