#!/bin/sh
# SPDX-License-Identifier: MIT
# The same evidence in other forms: cut by rotation, named otherwise, with a
# byte order mark. Each form must give the rows of the one that it came from.
. "$(dirname "$0")/lib.sh"

smtpd() { # a session and its message, all within one second; the id opens it
	cat <<-EOF
	Mar 14 09:15:0$1 vps7 smtpd[4]: $2 smtp connected address=192.0.2.$1 host=c$1.example.org
	Mar 14 09:15:0$1 vps7 smtpd[4]: $2 smtp message msgid=$3 size=800 nrcpt=1 proto=ESMTP
	Mar 14 09:15:0$1 vps7 smtpd[4]: $2 smtp envelope evpid=${3}0123abcd from=<a@example.org> to=<b@example.com>
	Mar 14 09:15:0$1 vps7 smtpd[4]: 99b27ee0cafe000$1 mta delivery evpid=${3}0123abcd from=<a@example.org> to=<b@example.com> rcpt=<-> source="192.0.2.99" relay="198.51.100.7 (mx.example.com)" delay=0s result="Ok" stat="250 2.0.0 Ok: queued as 4C16D1EC27$1"
	Mar 14 09:15:0$1 vps7 smtpd[4]: $2 smtp disconnected reason=quit
	EOF
}
rows() { # the transactions and sessions of a case, without its numbers
	"$mailspoor" list transactions -c "$1" --format csv --columns \
		server,queue_id,state,sender,client_ip,client_name,size 2> "$dir/err" | sort
	"$mailspoor" list sessions -c "$1" --format csv --columns \
		server,client_ip,client_name,transactions 2> "$dir/err" | sort
}
index() { # CASE LOG...
	case=$1; shift
	"$mailspoor" index -c "$dir/$case.case" --now 2026-12-01T00:00:00Z --year '*=2026' "$@" 2> "$dir/err"
	is $? 0 "index $case"
}

# rotation cuts within a second and a session, and puts the newest file first
mkdir "$dir/whole" "$dir/cut"
{ smtpd 1 99b27ee0aaaa0001 0c2a2941; smtpd 2 99b27ee0aaaa0002 0c2a2942
  smtpd 3 99b27ee0aaaa0003 0c2a2943; } > "$dir/whole/mail.log"
head -n 6 "$dir/whole/mail.log" > "$dir/cut/mail.log.2"
tail -n +7 "$dir/whole/mail.log" > "$dir/cut/mail.log.1"
index whole "$dir/whole"
index cut "$dir/cut"
is "$(rows "$dir/cut.case")" "$(rows "$dir/whole.case")" "a session cut by rotation is one"

# a daemon says the same on both sides of the cut: no copy
mkdir "$dir/said"
line='mx1 postfix/smtp[7]: Untrusted TLS connection established to hub.example.com[198.51.100.7]:25: TLSv1.3 with cipher X (256/256 bits)'
cat > "$dir/said/mail.log.2" <<EOF
Mar 14 09:15:01 mx1 postfix/smtpd[9]: connect from c1.example.org[192.0.2.1]
Mar 14 09:15:02 $line
Mar 14 09:15:02 mx1 postfix/smtpd[9]: disconnect from c1.example.org[192.0.2.1] quit=1 commands=1
EOF
cat > "$dir/said/mail.log.1" <<EOF
Mar 14 09:15:02 mx1 postfix/smtpd[9]: connect from c2.example.org[192.0.2.2]
Mar 14 09:15:02 $line
Mar 14 09:15:04 mx1 postfix/smtpd[9]: disconnect from c2.example.org[192.0.2.2] quit=1 commands=1
EOF
index said "$dir/said"
is "$(sqlite3 "$dir/said.case" 'SELECT sum(copy_lines),sum(event_lines) FROM v_source')" "0|6" \
	"what is said before and after the cut is said twice"
# but two lines that stand in both are
tail -n 2 "$dir/said/mail.log.2" | cat - "$dir/said/mail.log.1" > "$dir/x"
mv "$dir/x" "$dir/said/mail.log.1"
rm "$dir/said.case"
index said "$dir/said"
is "$(sqlite3 "$dir/said.case" 'SELECT sum(copy_lines),sum(event_lines) FROM v_source')" "2|6" \
	"an overlap of one second is found"

# Exim's own files, as Debian and as log_file_path with %D name them
exim() {
	cat <<-'EOF'
	2026-03-14 09:15:01 1w1L59-0005Pl-04 <= a@example.org H=c1.example.org [192.0.2.1] P=esmtp S=800 id=m1@example.org
	2026-03-14 09:15:02 1w1L59-0005Pl-04 => b@example.com R=r T=remote_smtp H=mx.example.com [198.51.100.7] C="250 ok"
	2026-03-14 09:15:03 1w1L59-0005Pl-04 Completed
	2026-03-14 09:15:04 H=c2.example.org [192.0.2.2] F=<c@example.org> rejected RCPT <d@example.com>: relay not permitted
	EOF
}
mkdir "$dir/exim4" "$dir/dated" "$dir/bom" "$dir/half"
exim > "$dir/exim4/mainlog"
exim | tail -n 1 > "$dir/exim4/rejectlog"
exim | head -n 2 > "$dir/dated/mainlog-20260314"
exim | tail -n 2 > "$dir/dated/mainlog-20260315"
{ printf '\357\273\277'; exim; } > "$dir/bom/mainlog"
{ echo 'sh log=1'; exim; } > "$dir/half/mainlog"
for c in exim4 dated bom half; do
	index $c --zone '*=UTC' "$dir/$c"
done
is "$("$mailspoor" list attempts -c "$dir/exim4.case" --json | wc -l)" 2 "a refusal in mainlog and rejectlog counts once"
is "$(rows "$dir/dated.case")" "$(rows "$dir/exim4.case")" "dated files are one server's"
is "$(rows "$dir/bom.case")" "$(rows "$dir/exim4.case")" "a byte order mark is no text"
is "$(sqlite3 "$dir/bom.case" 'SELECT event_lines,unknown_lines FROM v_source')" "4|0" "and costs no line"
is "$(sqlite3 "$dir/half.case" 'SELECT event_lines,unknown_lines FROM v_source')" "4|1" "a file that begins within a line is read"

# hosts that name no machine, and addresses
mkdir "$dir/nobody"
smtpd 1 99b27ee0aaaa0001 0c2a2941 | sed 's/vps7/localhost/' > "$dir/nobody/evil.log"
smtpd 2 99b27ee0aaaa0002 0c2a2942 | sed 's/vps7/localhost.localdomain/' > "$dir/nobody/other.log"
smtpd 3 99b27ee0aaaa0003 0c2a2943 | sed 's/vps7/192.0.2.99/' > "$dir/nobody/third.log"
index nobody "$dir/nobody"
is "$("$mailspoor" list events -c "$dir/nobody.case" --json |
	sed 's/.*"server":"\([^"]*\)".*/\1/' | sort | uniq -c | tr -s ' \n' ' ')" \
	" 5 192.0.2.99 5 evil 5 other " "localhost is the file's name, an address stays whole"

# a piece of a log that has no id of its own takes the zone of its own server,
# not of most others; addresses of one network are not one server
mkdir "$dir/zones"
{ echo 'Mar 14 10:15:02 192.0.2.1 postfix/smtpd[9]: connect from c1.example.org[192.0.2.77]'
  echo 'Mar 14 10:15:03 192.0.2.1 postfix/scache[9]: statistics: start interval Mar 14 10:15:00'; } > "$dir/zones/mx-20260314-10.log"
{ echo 'Mar 14 09:15:02 192.0.2.1 postfix/smtpd[9]: 4fXwft2FgJzFpTn: client=c1.example.org[192.0.2.77]'
  echo 'Mar 14 09:15:03 192.0.2.1 postfix/qmgr[9]: 4fXwft2FgJzFpTn: removed'; } > "$dir/zones/mx-20260314-09.log"
for i in 2 3; do
	{ echo "Mar 14 10:15:02 192.0.2.$i postfix/smtpd[9]: 4fXwft2FgJzFpTn: client=c1.example.org[192.0.2.77]"
	  echo "Mar 14 10:15:03 192.0.2.$i postfix/qmgr[9]: 4fXwft2FgJzFpTn: removed"; } > "$dir/zones/other$i.log"
done
index zones "$dir/zones"
is "$(sqlite3 "$dir/zones.case" "SELECT zone,zone_basis FROM v_source WHERE path LIKE '%-10.log'")" \
	"+00:00|sibling" "a piece without ids takes the zone of its own server"

# "last message repeated" without a tag, as the oldest syslogds write it
mkdir "$dir/repeated"
cat > "$dir/repeated/mail.log" <<'EOF'
Mar 14 09:15:02 mx1 postfix/smtpd[9]: NOQUEUE: reject: RCPT from c1.example.org[192.0.2.77]: 450 4.7.1 <b@example.com>: Recipient address rejected: later; from=<a@example.org> to=<b@example.com> proto=ESMTP helo=<x>
Mar 14 09:15:03 mx1 last message repeated 2 times
Mar 14 09:15:04 mx1 cron[7]: job done
Mar 14 09:15:05 mx1 last message repeated 4 times
EOF
index repeated "$dir/repeated"
is "$(sqlite3 "$dir/repeated.case" 'SELECT sum(attempts) FROM v_delivery')" 3 "it repeats the last line of its host and no other"
