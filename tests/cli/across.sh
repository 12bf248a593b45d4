#!/bin/sh
# SPDX-License-Identifier: MIT
# One address in several roles: as the next hop of one server, as the client of
# another, on the wire, in an export. A question for it finds all of them.
. "$(dirname "$0")/lib.sh"
logs=$dir/logs
mkdir "$logs"
cat > "$logs/util.log" <<'LOG'
Feb  3 01:01:12 util postfix/smtpd[16325]: 307DF802B3: client=unknown[192.0.2.1]
Feb  3 01:01:12 util postfix/qmgr[1482]: 307DF802B3: from=<bob@example.com>, size=446, nrcpt=1 (queue active)
Feb  3 01:01:14 util postfix/smtp[16329]: 307DF802B3: to=<billy@partner.example>, relay=mail.partner.example[198.51.100.11]:587, delay=2, delays=0.06/0.07/0.77/1.1, dsn=2.0.0, status=sent (250 ok 1391410861 qp 14129 by xmail01.partner.example)
Feb  3 01:01:14 util postfix/qmgr[1482]: 307DF802B3: removed
LOG
cat > "$logs/mail.log" <<'LOG'
Feb 20 14:03:13 mail sendmail[14274]: s1KJ39AQ014274: from=<billy@partner.example>, size=7779, class=-30, nrcpts=1, msgid=<m1@partner.example>, proto=ESMTP, daemon=MTA, relay=mail.partner.example [198.51.100.11]
Feb 20 14:03:16 mail sendmail[14276]: s1KJ39AQ014274: to=<bob@example.com>, delay=00:00:04, mailer=local, pri=97779, dsn=2.0.0, stat=Sent
LOG
cat > "$logs/export.csv" <<'LOG'
"_time","_raw",host
"2023-10-28T10:00:00.000+0000","Feb 21 10:00:00 x postfix/smtpd[7]: NOQUEUE: reject: RCPT from mail.partner.example[198.51.100.11]: 550 5.1.1 <no@example.org>: Recipient address rejected: User unknown; from=<billy@partner.example> to=<no@example.org> proto=ESMTP helo=<mail.partner.example>",gate
LOG
printf '1392900000.000001\tCa\t198.51.100.11\t41000\t203.0.113.5\t25\t1\tmail.partner.example\t<billy@partner.example>\t<eve@third.example>\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t221 bye\t203.0.113.5,198.51.100.11\t-\t(empty)\tF\n' > "$logs/smtp.log"
"$mailspoor" index -c "$dir/a.case" "$logs" 2> "$dir/err"
is $? 0 "indexed"
servers() {
	"$mailspoor" list messages -c "$dir/a.case" -f "$1" --format csv \
		--columns servers | tr -d '\r' | sed 1d | LC_ALL=C sort | tr '\n' ' '
}
is "$(servers ip:198.51.100.11)" "gate mail smtp util " "in every role, server and format"
is "$(servers ip:198.51.100.0/28)" "gate mail smtp util " "its network too"
is "$(servers dst_ip:198.51.100.11)" "util " "as the next hop"
is "$(servers src_ip:198.51.100.11)" "gate mail smtp " "as the client"
is "$("$mailspoor" list sources -c "$dir/a.case" --format csv --columns format,unknown_lines |
	tr -d '\r' | sed 1d | LC_ALL=C sort | tr '\n' ' ')" \
	"rfc3164/postfix,0 rfc3164/sendmail,0 splunk-csv/postfix,0 zeek/zeek,0 " "each in its own format"
is "$("$mailspoor" list transactions -c "$dir/a.case" -f server:gate --format csv --columns opened_utc |
	tr -d '\r' | sed 1d | cut -c1-4)" 2014 "the line's own time stands, not that of the export"
echo "1..$n"
