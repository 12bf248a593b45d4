#!/bin/sh
# SPDX-License-Identifier: MIT
# Stretches of a log that stand in another order than they happened, and a log
# that is newest first, give the rows of the log that they came from. A clock that
# was put back is none of this.
. "$(dirname "$0")/lib.sh"

# one message each five seconds, in the queue for ten: its lines lie over the cuts
log() {
	awk 'function at(s) { return sprintf("Mar 14 %02d:%02d:%02d mx1 postfix/", 9 + s / 3600, s / 60 % 60, s % 60) }
	BEGIN { for (i = 0; i < 80; i++) {
		t = i * 5; q = sprintf("%05X%06X", 4096 + i, 700000 + i)
		printf "%d %ssmtpd[%d]: connect from c.example.org[192.0.2.%d]\n", t, at(t), 100 + i % 7, i
		printf "%d %ssmtpd[%d]: %s: client=c.example.org[192.0.2.%d]\n", t, at(t), 100 + i % 7, q, i
		printf "%d %scleanup[9]: %s: message-id=<m%d@example.org>\n", t, at(t), q, i
		printf "%d %sqmgr[8]: %s: from=<a%d@example.org>, size=800, nrcpt=1 (queue active)\n", t, at(t), q, i
		printf "%d %ssmtpd[%d]: NOQUEUE: reject: RCPT from c.example.org[192.0.2.%d]: 554 5.7.1 <x@example.net>: Relay access denied; from=<b%d@example.org> to=<x@example.net> proto=ESMTP helo=<c>\n", t + 7, at(t + 7), 100 + i % 7, i, i
		printf "%d %ssmtpd[%d]: disconnect from c.example.org[192.0.2.%d] ehlo=1 mail=2 rcpt=1/2 data=1 quit=1 commands=6/7\n", t + 8, at(t + 8), 100 + i % 7, i
		printf "%d %ssmtp[11]: %s: to=<b@example.com>, relay=mx.example.com[198.51.100.7]:25, delay=10, delays=5/0/0/5, dsn=2.0.0, status=sent (250 OK)\n", t + 10, at(t + 10), q
		printf "%d %sqmgr[8]: %s: removed\n", t + 10, at(t + 10), q
	} }' | sort -s -n -k 1,1 | cut -d ' ' -f 2-
}
rows() { # transactions, sessions, deliveries and attempts, without their numbers
	for what in 'transactions server,queue_id,generation,state,message_id,sender,client_ip,nrcpt,opened_utc,closed_utc' \
		'sessions client_ip,transactions,refused,counters,first_utc,last_utc' \
		'deliveries recipient,outcome,attempts,first_utc' \
		'attempts action,sender,recipient,time_utc'; do
		"$mailspoor" list "${what%% *}" -c "$dir/$1.case" --format csv \
			--columns "${what#* }" 2> "$dir/err" | sort
	done
}
index() { # CASE LOG [OPTION...]
	case=$1; shift
	"$mailspoor" index -c "$dir/$case.case" --now 2026-12-01T00:00:00Z --year '*=2026' "$@" 2> "$dir/err"
	is $? 0 "index $case"
}
backs() { # times that went back, as findings tell
	"$mailspoor" list findings -c "$dir/$1.case" --json 2> "$dir/err" | grep -c "time-back"
}
part() { sed -n "$1,$2p" "$dir/whole.log"; }

log > "$dir/whole.log"
index whole "$dir/whole.log"
rows whole > "$dir/want"
is "$(grep -c complete "$dir/want")" 80 "every message is whole"

{ part 1 151; part 301 450; part 152 300; part 451 640; } > "$dir/swapped.log"
index swapped "$dir/swapped.log"
is "$(rows swapped)" "$(cat "$dir/want")" "two stretches that were swapped go back to their places"
is "$(backs swapped)" 1 "and it is told"

{ part 333 640; part 1 332; } > "$dir/joined.log"
index joined "$dir/joined.log"
is "$(rows joined)" "$(cat "$dir/want")" "as do two logs that were joined in the wrong order"
is "$(backs joined)" 1 "and it is told"

{ echo "a line that tells no time"; part 333 640; part 1 332; } > "$dir/timeless.log"
index timeless "$dir/timeless.log"
is "$(rows timeless)" "$(cat "$dir/want")" "and behind a line that tells no time"

{ part 500 640; part 150 299; part 300 499; part 1 149; } > "$dir/three.log"
index three "$dir/three.log"
is "$(rows three)" "$(cat "$dir/want")" "and three"

tac "$dir/whole.log" > "$dir/newest.log"
index newest "$dir/newest.log"
is "$(rows newest)" "$(cat "$dir/want")" "a log that is newest first gives the same"
is "$(backs newest)" 0 "and its time does not go back"

# one line whose time was changed stays where it stands
sed '240s/09:0[0-9]:/09:05:/' "$dir/whole.log" > "$dir/line.log"
index line "$dir/line.log"
is "$(rows line | grep -c ,complete,)" 80 "a line with another time is not moved"

# a clock that was put back: what happened is in the order of the lines
{ part 1 320; part 321 640 | awk '{ split($3, t, ":"); s = t[1] * 3600 + t[2] * 60 + t[3] - 60
	$3 = sprintf("%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60); print }'; } > "$dir/clock.log"
index clock "$dir/clock.log"
is "$(rows clock | grep -c ,complete,)" 80 "a clock that was put back tears nothing"
is "$(backs clock)" 1 "and it is told"

# the same of a log that its own program writes
mkdir "$dir/hub" "$dir/rev"
awk 'function at(s) { return sprintf("2026-03-14 %02d:%02d:%02d ", 9 + s / 3600, s / 60 % 60, s % 60) }
BEGIN { for (i = 0; i < 60; i++) { t = i * 3; q = sprintf("1w1L%s%s-0005Pl-04", substr("ABCDEF", 1 + i / 10, 1), substr("GHIJKLMNOP", 1 + i % 10, 1))
	printf "%d %s%s <= a@example.org H=c.example.org [192.0.2.%d] P=esmtp S=800 id=m%d@example.org\n", t, at(t), q, i, i
	printf "%d %s%s => b@example.com R=dns T=smtp H=mx.example.com [198.51.100.7] C=\"250 OK\"\n", t + 2, at(t + 2), q
	printf "%d %s%s Completed\n", t + 2, at(t + 2), q } }' | sort -s -n -k 1,1 | cut -d ' ' -f 2- > "$dir/hub/hub.log"
tac "$dir/hub/hub.log" > "$dir/rev/hub.log"
index hub "$dir/hub/hub.log"
index rev "$dir/rev/hub.log"
is "$(rows rev)" "$(rows hub)" "Exim's log newest first gives the same"
