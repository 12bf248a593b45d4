#!/bin/sh
# SPDX-License-Identifier: MIT
# Which lines are of one server: its name has no case, and logs that are called
# alike on every server are told apart by their folders.
. "$(dirname "$0")/lib.sh"

index() { # CASE LOG...
	case=$1; shift
	"$mailspoor" index -c "$dir/$case.case" --now 2026-12-01T00:00:00Z --year '*=2026' "$@" 2> "$dir/err"
	is $? 0 "index $case"
}
sql() { sqlite3 -readonly "$dir/$1.case" "$2"; }
servers() { sql "$1" "select group_concat(server || ' ' || n, ', ') from (select server, count(*) n from v_transaction group by 1 order by 1)"; }

cat > "$dir/case.log" <<"EOF"
Mar 14 09:15:01 MX1 postfix/smtpd[9]: connect from c.example.org[192.0.2.1]
Mar 14 09:15:01 MX1 postfix/smtpd[9]: 4C16D1EC271: client=c.example.org[192.0.2.1]
Mar 14 09:15:01 mx1 postfix/cleanup[7]: 4C16D1EC271: message-id=<m@example.org>
Mar 14 09:15:01 Mx1 postfix/qmgr[8]: 4C16D1EC271: from=<a@example.org>, size=800, nrcpt=1 (queue active)
Mar 14 09:15:02 mx1 postfix/smtpd[9]: disconnect from c.example.org[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
Mar 14 09:15:02 mX1 postfix/qmgr[8]: 4C16D1EC271: removed
EOF
index case "$dir/case.log"
is "$(servers case)" "mx1 1" "a host's name has no case"
is "$(sql case 'select count(*), max(transactions) from v_session')" "1|1" "nor has that of its session"
sed 's/m[xX]1/MX1/; s/Mx1/MX1/' "$dir/case.log" > "$dir/large.log"
index large "$dir/large.log"
is "$(servers large)" "MX1 1" "one that is always written large stays so"

# two instances on one host: what is refused before it has an id is of one of them
cat > "$dir/two.log" <<"EOF"
Mar 14 09:15:01 mx1 postfix-out/smtpd[9]: connect from c.example.org[192.0.2.1]
Mar 14 09:15:01 mx1 postfix-out/smtpd[9]: NOQUEUE: reject: RCPT from c.example.org[192.0.2.1]: 554 5.7.1 <x@example.net>: Relay access denied; from=<a@example.org> to=<x@example.net> proto=ESMTP helo=<c>
Mar 14 09:15:02 mx1 postfix-out/smtpd[9]: disconnect from c.example.org[192.0.2.1] ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4
EOF
index two "$dir/two.log"
is "$(sql two 'select state, instance from v_transaction')" "refused|postfix-out" "a refusal knows the instance"

mail() { # ID
	echo "2026-03-14 09:15:01 $1 <= a@example.org H=c.example.org [192.0.2.1] P=esmtp S=800 id=m@example.org"
	echo "2026-03-14 09:15:02 $1 Completed"
}
mkdir -p "$dir/f/hub1" "$dir/f/hub2/log/exim"
mail 1w1L5G-0005Pl-04 > "$dir/f/hub1/mainlog"
mail 1w1L5G-0005Pl-04 | sed 's/09:15/10:15/' > "$dir/f/hub2/log/exim/mainlog"
mail 1w1L5H-0005Pl-04 > "$dir/f/hub1/mainlog.1"
echo "2026-03-14 09:15:01 1w1L5J-0005Pl-04 H=c.example.org [192.0.2.1] F=<a@example.org> rejected after DATA: no" > "$dir/f/hub2/log/exim/rejectlog"
index folders "$dir/f"
is "$(servers folders)" "hub1 2, hub2 2" "logs of one name in two folders are of two servers"
mkdir "$dir/one"; cp "$dir/f/hub1/mainlog" "$dir/one"
index one "$dir/one"
is "$(servers one)" "mainlog 1" "a log that is alone keeps its name"
mkdir -p "$dir/r/2026-03" "$dir/r/2026-02"
cp "$dir/f/hub1/mainlog" "$dir/r/2026-03"; cp "$dir/f/hub1/mainlog.1" "$dir/r/2026-02/mainlog"
index rotated "$dir/r"
is "$(servers rotated)" "mainlog 2" "folders of months are of one server"
mkdir "$dir/r/old"; mv "$dir/r/2026-03/mainlog" "$dir/r/mainlog"; mv "$dir/r/2026-02/mainlog" "$dir/r/old/mainlog"
rm "$dir/rotated.case"; index rotated "$dir/r"
is "$(servers rotated)" "mainlog 2" "as is what rotation put elsewhere"
index given "$dir/f" --server '*hub1*=a' --server '*hub2*=b'
is "$(servers given)" "a 2, b 2" "a name that is given is the name"
