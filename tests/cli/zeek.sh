#!/bin/sh
# SPDX-License-Identifier: MIT
# A sensor's record: alone it is the message, beside a server's log its witness.
# TSV with header, without, with two headers in one file, and JSON say the same.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C
logs=$dir/logs
mkdir "$logs"

# record UID DEPTH HELO FROM TO SUBJECT REPLY FUIDS: 25 columns, no header
record() {
	printf '1773479702.%06d\t%s\t192.0.2.10\t41000\t198.51.100.9\t25\t%s\t%s\t%s\t%s\t-\t-\t-\t-\t-\t-\t%s\t-\t-\t-\t%s\t198.51.100.9,192.0.2.10\t-\t%s\tF\n' \
		"$n_records" "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8"
	n_records=$((n_records + 1))
}
n_records=0
{
	record Ca 1 h.example '<a@corp.example>' '<b@partner.example>' hello \
		'250 2.0.0 Ok: queued as R1' F1
	record Cb 1 h.example '<a@corp.example>' '<c@partner.example>,<d@partner.example>' hi \
		'221 2.0.0 Bye' F2
	record Cc 1 nessus '<a@corp.example>' '<root+:"|sleep 5 #">' - \
		'550 5.1.1 unknown' '(empty)'
	record Cd 1 nmap.scanme.org - - - '502 5.5.2 Error: command not recognized' '(empty)'
	record Ce 1 - - - - - '(empty)'
} > "$logs/smtp.log"

list() { "$mailspoor" list "$@" --format csv | tr -d '\r' | sed 1d | sort; }
"$mailspoor" index -c "$dir/a.case" "$logs" 2> "$dir/err"
is $? 0 "indexed"
is "$(list sources -c "$dir/a.case" --columns format,event_lines,unknown_lines,server)" \
	"zeek/zeek,5,0,smtp" "no header, every line known, the sensor is the file"
is "$(list recipients -c "$dir/a.case" --columns address,outcome,code)" \
'"root+:""|sleep 5 #""",refused,550
b@partner.example,relayed,250
c@partner.example,unknown,221
d@partner.example,unknown,221' "221 tells nothing of the message"
is "$(list transactions -c "$dir/a.case" --columns state,queue_id)" \
"observed,Ca/1
observed,Cb/1
observed,Cc/1" "a scan without an envelope is no message"
is "$("$mailspoor" top code -c "$dir/a.case" --unit attempts --format csv |
	tr -d '\r' | sed 1d | cut -d, -f1,2 | sort | tr '\n' ' ')" \
	"221,2 250,1 502,1 550,1 " "answers by code"

# the receiving server's log beside it
cat > "$logs/mx.log" <<'LOG'
2026-03-14T09:15:01.900000+00:00 mx postfix/smtpd[9]: connect from h.example[192.0.2.10]
2026-03-14T09:15:02.000000+00:00 mx postfix/smtpd[9]: R1: client=h.example[192.0.2.10]
2026-03-14T09:15:02.100000+00:00 mx postfix/cleanup[8]: R1: message-id=<m1@corp.example>
2026-03-14T09:15:02.200000+00:00 mx postfix/qmgr[7]: R1: from=<a@corp.example>, size=500, nrcpt=1 (queue active)
2026-03-14T09:15:02.300000+00:00 mx postfix/local[6]: R1: to=<b@partner.example>, relay=local, delay=0.3, delays=0.1/0/0/0.2, dsn=2.0.0, status=sent (delivered to mailbox)
2026-03-14T09:15:02.400000+00:00 mx postfix/qmgr[7]: R1: removed
LOG
# queue ids of Postfix are at least six characters
sed -i 's/R1: /4F1C2D3E4A: /' "$logs/mx.log"
sed -i 's/queued as R1/queued as 4F1C2D3E4A/' "$logs/smtp.log"
"$mailspoor" index -c "$dir/b.case" "$logs" 2> "$dir/err"
is "$(list recipients -c "$dir/b.case" --columns address,outcome,server | grep ^b@)" \
	"b@partner.example,delivered,mx" "the server's word on its recipient"
is "$(list links -c "$dir/b.case" --columns kind,class,evidence)" \
	'observed,confirmed,"E4,E7"' "the record is its witness"
is "$(list evidence -c "$dir/b.case" --columns code,from_text,to_text)" \
	"E4,4F1C2D3E4A,4F1C2D3E4A
E7,a@corp.example,a@corp.example" "by the id in the answer and the envelope"
is "$(list messages -c "$dir/b.case" | wc -l)" "$(list messages -c "$dir/a.case" | wc -l)" \
	"no message twice"
is "$(list attempts -c "$dir/b.case" --columns code,recipient -f to:b@partner.example | wc -l)" 1 \
	"no answer twice"

# the same records under a header that changes, and as JSON
mkdir "$dir/two"
{
	printf '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tsmtp\n'
	printf '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\thelo\tmailfrom\trcptto\tdate\tfrom\tto\treply_to\tmsg_id\tin_reply_to\tsubject\tx_originating_ip\tfirst_received\tsecond_received\tlast_reply\tpath\tuser_agent\tfuids\tis_webmail\n'
	head -n 2 "$logs/smtp.log"
	printf '#fields\tuid\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\thelo\tmailfrom\trcptto\tsubject\tlast_reply\tfuids\n'
	tail -n +3 "$logs/smtp.log" |
		awk -F '\t' -v OFS='\t' '{ print $2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $17, $21, $24 }'
	printf '#close\t2026-03-14-10-00-00\n'
} > "$dir/two/smtp.log"
mkdir "$dir/json"
awk -F '\t' '
function put(name, v) {
	if (v != "-") { gsub(/"/, "\\\"", v); out = out ",\"" name "\":\"" v "\"" } }
{ out = ""; put("uid", $2); put("id.orig_h", $3); put("id.resp_h", $5)
	put("helo", $8); put("mailfrom", $9); put("subject", $17); put("last_reply", $21)
	n = split($10, to, ","); list = ""
	for (i = 1; i <= n && $10 != "-"; i++) {
		gsub(/"/, "\\\"", to[i]); list = list (i > 1 ? "," : "") "\"" to[i] "\"" }
	printf "{\"ts\":%s%s,\"id.orig_p\":%s,\"id.resp_p\":%s,\"trans_depth\":%s,\"rcptto\":[%s],\"fuids\":[%s]}\n",
		$1, out, $4, $6, $7, list, $24 == "(empty)" ? "" : "\"" $24 "\"" }' \
	"$logs/smtp.log" > "$dir/json/smtp.log"
say() {
	list transactions -c "$1" --columns server,queue_id,opened_utc,state,sender,client_ip,client_port,helo,subject
	list recipients -c "$1" --columns address,outcome,code,dsn,reply,said_by,relay_ip,first_utc
	list attempts -c "$1" --columns time_utc,action,recipient,client_ip,relay_ip,reply
}
"$mailspoor" index -c "$dir/one.case" "$logs/smtp.log" 2> "$dir/err"
say "$dir/one.case" > "$dir/one.txt"
for form in two json; do
	"$mailspoor" index -c "$dir/$form.case" "$dir/$form" 2> "$dir/err"
	say "$dir/$form.case" > "$dir/$form.txt"
	cmp -s "$dir/one.txt" "$dir/$form.txt"
	is $? 0 "the same as $form"
	diff "$dir/one.txt" "$dir/$form.txt" | head -n 5 >&2
done
echo "1..$n"
