#!/bin/sh
# SPDX-License-Identifier: MIT
# Exit statuses and what a wrong call says: one sentence, with what to do.
. "$(dirname "$0")/lib.sh"

fails() { # STATUS PART-OF-MESSAGE ARGS...
	want=$1 part=$2; shift 2
	said=$("$mailspoor" "$@" 2>&1 > "$dir/out")
	is $? "$want" "mailspoor $*: status $want"
	has "$said" "$part" "mailspoor $*: says $part"
	is "$(printf '%s\n' "$said" | wc -l)" 1 "mailspoor $*: in one line"
}
mkdir "$dir/logs"
cat > "$dir/logs/mail.log" <<'L'
Mar 14 09:15:02 mx1 postfix/smtpd[10]: connect from a.example[192.0.2.9]
Mar 14 09:15:02 mx1 postfix/smtpd[10]: 1E240A0001: client=a.example[192.0.2.9]
Mar 14 09:15:02 mx1 postfix/cleanup[11]: 1E240A0001: message-id=<m1@a.example>
Mar 14 09:15:02 mx1 postfix/qmgr[9]: 1E240A0001: from=<ann@a.example>, size=300, nrcpt=1 (queue active)
Mar 14 09:15:03 mx1 postfix/smtp[12]: 1E240A0001: to=<bob@b.example>, relay=mx.b.example[198.51.100.7]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 99AA)
Mar 14 09:15:03 mx1 postfix/qmgr[9]: 1E240A0001: removed
L
cp -r "$dir/logs" "$dir/before"
"$mailspoor" index -c "$dir/x.case" "$dir/logs" --year '*=2026' --zone '*=+01:00' 2> "$dir/err"
is $? 0 "index"
c="-c $dir/x.case"

"$mailspoor" --help > "$dir/out"; is $? 0 "--help"
has "$(cat "$dir/out")" "trace ID -c CASE" "--help names the verbs"
fails 2 "no option --frobnicate" --frobnicate
fails 2 "list needs one unit" list $c
fails 2 "list needs one unit" list nothing $c
fails 2 "no case is named" list messages
fails 2 "trace needs one id" trace $c
fails 2 "a code is 550, 5xx or 500..599" list messages $c -f code:55x
fails 2 "no column nosuch" list messages $c --columns nosuch
fails 2 "cannot be sorted by nosuch" list messages $c --sort nosuch
fails 2 "there is no field nosuch" top nosuch $c
fails 2 "index needs a case" index "$dir/logs"
fails 2 "export needs a unit and a file" export messages $c
fails 2 "--zone takes SOURCE=ZONE" index $c --zone Berlin
fails 3 "nosuch" list messages -c "$dir/nosuch.case"
fails 3 "nosuch" explain "$dir/nosuch.log"
cp "$dir/logs/mail.log" "$dir/text.case"
fails 3 "text.case" list messages -c "$dir/text.case"
is "$(cmp "$dir/logs/mail.log" "$dir/text.case" && echo same)" same "what is no case is left as it was"
fails 3 "would lie in" index -c "$dir/logs/in.case" "$dir/logs"
"$mailspoor" list messages $c -f from:nobody > "$dir/out"; is $? 1 "nothing matched: status 1"
"$mailspoor" trace nosuchid $c > "$dir/out"; is $? 1 "an unknown id: status 1"

# a part of a line is found, without stars
is "$("$mailspoor" list events $c -f 'raw:"queued as 99AA"' --format json | wc -l)" 1 "raw: finds what stands in a line"
is "$("$mailspoor" list events $c -f 'raw:"queued as 99AB"' --format json | wc -l)" 0 "and not what does not"
out=$("$mailspoor" list messages $c --format csv --columns sender,first_utc,delivered,relayed)
has "$out" "ann@a.example,2026-03-14T08:15:02.000000Z,0,1" "CSV in UTC with the zone given"
out=$("$mailspoor" trace m1@a.example $c)
has "$out" "bob@b.example  relayed" "trace by message-id"
for id in '<m1@a.example>' 1E240A0001 mx1/1E240A0001 mail.log:2; do
	"$mailspoor" trace "$id" $c > "$dir/out"; is $? 0 "trace $id"
	has "$(cat "$dir/out")" "1E240A0001" "trace $id finds the transaction"
done
"$mailspoor" trace no-such-id $c > "$dir/out"; is $? 1 "trace of what is not there ends with 1"
has "$(cat "$dir/out")" "has the id no-such-id" "it says so"
has "$(cat "$dir/out")" "Z … 2" "it names what the logs cover"
is "$("$mailspoor" trace no-such-id $c --json 2> "$dir/err" | wc -c)" 0 "no row for nothing"
has "$(cat "$dir/err")" "did not happen" "messages say what nothing means"
"$mailspoor" trace --all $c --format csv > "$dir/out"
is "$(sed -n 1p "$dir/out" | cut -c1-16)" "journey,part,tra" "trace --format csv has a header"
is "$(grep -c "$(printf '\r')\$" "$dir/out")" "$(wc -l < "$dir/out" | tr -d ' ')" "every line of it ends with CR LF"
is "$("$mailspoor" trace --all $c --json | wc -l)" 1 "trace --all --json: a line for each journey"
is "$("$mailspoor" trace --all $c --json -f from:nobody | wc -l)" 0 "trace --all -f: only what matches"
out=$("$mailspoor" trace 1E240A0001 $c --json)
has "$out" '"outcome":"relayed"' "trace --json"
out=$("$mailspoor" trace 1E240A0001 $c --dot)
has "$out" 'digraph journey_' "trace --dot"
"$mailspoor" export recipients $c -o "$dir/r.csv" --now 2026-03-20T00:00:00Z > "$dir/out"; is $? 0 "export"
has "$(cat "$dir/r.csv.manifest.json")" "$(sha256sum < "$dir/r.csv" | cut -d' ' -f1)" "the manifest has the file's hash"
has "$(cat "$dir/r.csv.manifest.json")" "$(sha256sum < "$dir/logs/mail.log" | cut -d' ' -f1)" "the manifest has the source's hash"
fails 3 "exists already" export recipients $c -o "$dir/r.csv"
"$mailspoor" decode 4fXwft2FgJzFpTn > "$dir/out"; is $? 0 "decode"
has "$(cat "$dir/out")" "2026-03-14T09:15:02.318204Z" "decode tells the time of a long queue id"
"$mailspoor" explain "$dir/logs" > "$dir/out"; is $? 0 "explain"
has "$(cat "$dir/out")" "rfc3164/postfix" "explain names framing and parser"
"$mailspoor" explain --unknown "$dir/logs" > "$dir/out"; is $? 1 "explain --unknown: none"
is "$(diff -r "$dir/before" "$dir/logs" && echo same)" same "the evidence folder is as it was"
