#!/bin/sh
# SPDX-License-Identifier: MIT
# set: own domains and networks decide directions at once, with an audit trail;
# suggestions of the evidence; what was set outlives reading anew.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/logs"
cat > "$dir/logs/mail.log" <<'L'
Mar 14 09:15:02 mx1 postfix/smtpd[10]: connect from a.example[192.0.2.9]
Mar 14 09:15:02 mx1 postfix/smtpd[10]: 1E240A0001: client=a.example[192.0.2.9]
Mar 14 09:15:02 mx1 postfix/cleanup[11]: 1E240A0001: message-id=<m1@a.example>
Mar 14 09:15:02 mx1 postfix/qmgr[9]: 1E240A0001: from=<ann@a.example>, size=300, nrcpt=1 (queue active)
Mar 14 09:15:03 mx1 postfix/local[12]: 1E240A0001: to=<bob@corp.example>, relay=local, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (delivered to mailbox)
Mar 14 09:15:03 mx1 postfix/qmgr[9]: 1E240A0001: removed
Mar 14 09:16:02 mx1 postfix/smtpd[10]: 1E240A0002: client=desk.corp.example[198.51.100.9]
Mar 14 09:16:02 mx1 postfix/cleanup[11]: 1E240A0002: message-id=<m2@corp.example>
Mar 14 09:16:02 mx1 postfix/qmgr[9]: 1E240A0002: from=<bob@corp.example>, size=300, nrcpt=1 (queue active)
Mar 14 09:16:03 mx1 postfix/smtp[12]: 1E240A0002: to=<ann@notcorp.example>, relay=mx.b.example[203.0.113.7]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 99AA)
Mar 14 09:16:03 mx1 postfix/qmgr[9]: 1E240A0002: removed
L
case="$dir/x.case"
index() { "$mailspoor" index -c "$case" "$@" 2> "$dir/err"; }
set_() { "$mailspoor" set "$@" -c "$case" --now 2026-04-01T00:00:00Z --author ann; }
count() { "$mailspoor" list messages -c "$case" -f "$1" --format json 2> "$dir/err" | wc -l; }
settings() { "$mailspoor" list settings -c "$case" --format csv --columns name,value,basis | tr -d '\r'; }
index "$dir/logs" --year '*=2026' --zone '*=UTC'
is $? 0 "index"

has "$(settings)" "own.domain,corp.example,suggested" "domains of mailboxes are suggested"
is "$(count to:own)" 0 "what is suggested is not own yet"
has "$(cat "$dir/err")" "no own domain is set" "to:own without own domains says what is missing"
"$mailspoor" list messages -c "$case" -f -to:own 2>/dev/null; is $? 2 "-to:own without own domains: status 2"
"$mailspoor" list messages -c "$case" -f is:inbound 2>/dev/null; is $? 2 "is:inbound without own domains: status 2"
"$mailspoor" list messages -c "$case" -f ip:own 2> "$dir/err"; is $? 2 "ip:own without own networks: status 2"
has "$(cat "$dir/err")" "no own network is set" "ip:own says that a network is missing"

mv "$dir/logs" "$dir/away"
set_ own.domain Corp.Example.; is $? 0 "set works without the evidence"
has "$(settings)" "own.domain,corp.example,given" "a domain is kept in small letters, given now"
is "$(count is:inbound)" 1 "directions follow at once: inbound"
is "$(count is:outbound)" 1 "outbound"
is "$(count to:own)" 1 "to:own ends at a label: notcorp.example is another"
is "$(count -from:own)" 1 "-from:own"
set_ own 198.51.100.0/24 2001:db8::/32; is $? 0 "several values at once, networks by their look"
is "$(count ip:own)" 1 "ip:own"
out=$("$mailspoor" list transactions -c "$case" --format csv --columns queue_id,direction | tr -d '\r')
has "$out" "1E240A0001,inbound" "transactions have the direction too"
out=$("$mailspoor" list audit -c "$case" --format csv | tr -d '\r')
has "$out" "2026-04-01T00:00:00.000000Z,ann,set,own.domain=corp.example," "each change is in the audit trail, with author and time"
set_ own.domain corp.example
is "$("$mailspoor" list audit -c "$case" --format json -f verb:set | wc -l)" 3 "setting it again changes nothing"

set_ own.domain corp.example --remove; is $? 0 "a value is taken back"
is "$(settings | grep -c '^own.domain')" 0 "and not suggested again"
set_ own 198.51.100.0/24 2001:db8::/32 --remove
is "$(count is:inbound)" 0 "nothing own: no directions"
set_ own.domain corp.example
set_ case.number "7 of 9"; set_ case.number 8
is "$(settings | grep case.number)" "case.number,8,given" "of one value the newest counts"
set_ case.number --remove; is "$(settings | grep -c case.number)" 0 "it is taken back by its name"
set_ exhibit.mail.log EX-1
has "$("$mailspoor" list sources -c "$case" --format csv --columns exhibit)" "EX-1" "exhibit.SOURCE names citations"
set_ exhibit.mail.log --remove
has "$("$mailspoor" list sources -c "$case" --format csv --columns exhibit)" "mail.log" "and the old name comes back"
set_ server.mx1 198.51.100.25 mx1.corp.example
is "$(settings | grep -c '^server.mx1')" 2 "a server has several names and addresses"

fails() { # PART ARGS...
	part=$1; shift
	said=$(set_ "$@" 2>&1); is $? 2 "set $*: status 2"
	has "$said" "$part" "set $*: says $part"
	is "$(printf '%s\n' "$said" | wc -l)" 1 "set $*: in one line"
}
fails "there is no setting own.foo" own.foo x
fails "a domain is corp.example" own.domain 'two words'
fails "no bits set behind the prefix" own.network 10.0.0.5/8
fails "hours are 08..18" work.hours 8-18
fails "several values" own.domain --remove
esc=$(printf 'a\033]0;x\007\nb')
fails 'a\x1b]0;x\x07\x0ab' case.title "$esc"
"$mailspoor" set own.domain a.example -c "$dir/none.case" 2> "$dir/err"; is $? 3 "no such case: status 3"
is "$(ls "$dir"/none.case* 2>/dev/null | wc -l)" 0 "and none is made"

# hostile text is kept as it is, and shown harmless
hostile=$(printf 'a\033[31m"; DROP TABLE setting; --')
set_ case.title "$hostile"
is "$("$mailspoor" list settings -c "$case" -f name:case.title --format csv --columns value | tail -1 | tr -d '\r')" '"a\x1b[31m""; DROP TABLE setting; --"' "hostile text in a setting"

mv "$dir/away" "$dir/logs"
before=$(settings)
cat >> "$dir/logs/mail.log" <<'L'
Mar 14 09:17:02 mx1 postfix/smtpd[10]: 1E240A0003: client=a.example[192.0.2.9]
Mar 14 09:17:02 mx1 postfix/qmgr[9]: 1E240A0003: from=<ann@a.example>, size=300, nrcpt=1 (queue active)
Mar 14 09:17:03 mx1 postfix/local[12]: 1E240A0003: to=<eve@corp.example>, relay=local, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (delivered to mailbox)
Mar 14 09:17:03 mx1 postfix/qmgr[9]: 1E240A0003: removed
L
index "$dir/logs"; is $? 0 "an append"
is "$(settings)" "$before" "settings outlive an append"
is "$(count is:inbound)" 2 "and decide what is new"
index; is "$(settings)" "$before" "settings outlive deciding anew"
index "$dir/logs" --own corp.example --own 198.51.100.0/24
is "$(settings | grep -c '^own.domain,corp.example,given')" 1 "--own of what is set sets nothing"
has "$(settings)" "own.network,198.51.100.0/24,given" "--own sets what is new"
"$mailspoor" index -c "$case" --own 10.0.0.1/8 2>/dev/null; is $? 3 "--own looks at its value"

# zone, year and name of a source are options of index, which decides anew
index --zone '*=+02:00' --server 'mail.log=edge' --year '*=2025'; is $? 0 "zone, server and year decided anew"
out=$("$mailspoor" list messages -c "$case" --format csv --columns first_utc,servers -f mid:m1@a.example | tr -d '\r')
has "$out" "2025-03-14T07:15:02.000000Z,edge" "they hold for what was read"
# no room beside the case for its lock: one sentence, nothing changed
mkdir "$case.lock"
said=$(set_ case.number 9 2>&1); is $? 3 "a case that cannot be written: status 3"
has "$said" "cannot write beside the case" "it says why, and what to do"
is "$(printf '%s\n' "$said" | wc -l)" 1 "in one line"
rmdir "$case.lock"

# marks, tags and notes of the browser (its rows are written here by hand)
"$mailspoor" list messages -c "$case" --selected > "$dir/out"; is $? 1 "--selected: nothing is marked"
if command -v sqlite3 > "$dir/out"; then
	sqlite3 "$case" "INSERT INTO note(kind,unit,row,journey,text,citation,author) VALUES('mark','messages',2,2,'','mail.log:7','ann'),
		('tag','messages',1,1,'phish','mail.log:1','ann'),('note','messages',1,1,'=cmd()','mail.log:1','ann')"
	is "$("$mailspoor" list messages -c "$case" --selected --format json | wc -l)" 1 "--selected: what is marked"
	is "$("$mailspoor" list messages -c "$case" --selected -f 'mid:m1* or mid:m2*' --format json | wc -l)" 1 "--selected with a filter of its own"
	is "$(count tag:phish)" 1 "tag:"
	is "$("$mailspoor" list notes -c "$case" -f kind:note --format csv --columns unit,row_id,citation,text | tail -1 | tr -d '\r')" "messages,1,mail.log:1,'=cmd()" "list notes, with formulas guarded"
fi
