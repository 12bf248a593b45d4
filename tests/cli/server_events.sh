#!/bin/sh
# SPDX-License-Identifier: MIT
# A line that belongs to no message is of the same server as those that do.
. "$(dirname "$0")/lib.sh"

index() { # CASE LOG...
	case=$1; shift
	"$mailspoor" index -c "$dir/$case.case" --now 2026-12-01T00:00:00Z --year '*=2026' "$@" 2> "$dir/err"
	is $? 0 "index $case"
}
servers() { # CASE: of all lines
	"$mailspoor" list events -c "$dir/$1.case" --format csv --columns server | tr -d '\r' | sed 1d | sort | uniq -c | xargs
}

cat > "$dir/spelled.log" <<"EOF"
Mar 14 09:15:01 MX1 postfix/smtpd[9]: connect from c.example.org[192.0.2.1]
Mar 14 09:15:01 MX1 postfix/smtpd[9]: 4C16D1EC271: client=c.example.org[192.0.2.1]
Mar 14 09:15:01 mx1 postfix/cleanup[7]: 4C16D1EC271: message-id=<m@example.org>
Mar 14 09:15:01 Mx1.example.com postfix/qmgr[8]: 4C16D1EC271: from=<a@example.org>, size=800, nrcpt=1 (queue active)
Mar 14 09:15:02 Mx1 postfix/qmgr[8]: 4C16D1EC271: removed
Mar 14 09:15:02 MX1 postfix/anvil[4]: statistics: max cache size 1 at Mar 14 09:15:01
Mar 14 09:15:03 mX1 postfix/smtpd[9]: disconnect from c.example.org[192.0.2.1] ehlo=1 quit=1 commands=2
Mar 14 09:15:03 MX2 postfix/anvil[4]: statistics: max cache size 1 at Mar 14 09:15:01
EOF
index spelled "$dir/spelled.log"
is "$(servers spelled)" "1 MX2 7 mx1" "each line of a host in any case has one server"
index given "$dir/spelled.log"
"$mailspoor" set -c "$dir/given.case" server.hub mX1 > "$dir/out" 2>&1 && "$mailspoor" index -c "$dir/given.case" > "$dir/out" 2>&1
is "$(servers given)" "1 MX2 7 hub" "and that which is given for its host"

idle() { # what belongs to no message
	echo "2026-03-14 09:15:00 no host name found for IP address 192.0.2.1"
	echo "2026-03-14 09:15:01 1w1L5G-0005Pl-04 <= a@example.org H=c.example.org [192.0.2.1] P=esmtp S=800 id=m@example.org"
	echo "2026-03-14 09:15:02 1w1L5G-0005Pl-04 Completed"
	echo "2026-03-14 09:15:03 Start queue run: pid=12"
}
mkdir -p "$dir/f/hub1" "$dir/f/hub2/log"
idle > "$dir/f/hub1/mainlog"
idle | sed 's/09:15/10:15/' > "$dir/f/hub2/log/mainlog"
index folders "$dir/f"
is "$(servers folders)" "4 hub1 4 hub2" "each line of a folder has its server"
mkdir "$dir/one"; cp "$dir/f/hub1/mainlog" "$dir/one"
index one "$dir/one"
is "$(servers one)" "4 mainlog" "that of a log alone the file's"
