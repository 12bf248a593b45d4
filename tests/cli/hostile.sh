#!/bin/sh
# SPDX-License-Identifier: MIT
# A log that holds every hostile sequence in every field and in its file name:
# nothing active reaches a table, CSV, JSON or a message.
. "$(dirname "$0")/lib.sh"

# escape sequences, controls, bidi, invisible, broken UTF-8, formats, formulas
cat > "$dir/sequences" <<'S'
\033[31mred
\033]52;c;ZXZpbA==\007
\033]0;title\007
\033]8;;http://evil.example\033\\\\link
\033P$qm\033\\\\
\033[2J\033[H
\23331m
\302\23331m
bell\007back\010del\177
car\rriage
nul\000here
\342\200\256gpj.exe
\342\201\246isolate\342\201\251
zero\342\200\213width\357\273\277
\363\240\201\201tag
line\342\200\250separator
broken\303\050
overlong\300\257
surrogate\355\240\200
%s%n%x%1000000d
=cmd|' /C calc'!A0
+1+cmd
@SUM(1)
\357\274\235full
$(touch pwned);`id`
'; DROP TABLE tx; --
\\x1b literal
S
mkdir "$dir/logs"
name=$(printf 'a\033[31m\033]52;c;ZXZpbA==\007\342\200\256=cmd.log')
log=$dir/logs/$name
i=100
while IFS= read -r sequence; do
	i=$((i + 1))
	x=$sequence
	for field in sender helo rcpt user subject client reply mid; do
		sender=a helo=h rcpt=r user=u subject=s client=c reply=ok mid=m$i$field
		eval "$field=\$x"
		at='2026-03-14T09:15:02.000000+00:00 mx1 postfix'
		id=$(printf '1E24%03dABC%03d' "$i" $((i + ${#field})))
		# %b: the sequence's escapes become bytes
		printf '%s/smtpd[9]: connect from %b[192.0.2.9]\n' "$at" "$client"
		printf '%s/smtpd[9]: %s: client=%b[192.0.2.9], sasl_method=PLAIN, sasl_username=%b\n' "$at" "$id" "$client" "$user"
		printf '%s/cleanup[8]: %s: message-id=<%b@x>\n' "$at" "$id" "$mid"
		printf '%s/cleanup[8]: %s: warning: header Subject: %b from %b[192.0.2.9]; from=<%b@x> to=<%b@y> proto=ESMTP helo=<%b>\n' "$at" "$id" "$subject" "$client" "$sender" "$rcpt" "$helo"
		printf '%s/qmgr[7]: %s: from=<%b@x>, size=9, nrcpt=1 (queue active)\n' "$at" "$id" "$sender"
		printf '%s/smtp[6]: %s: to=<%b@y>, relay=%b[192.0.2.7]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 %b)\n' "$at" "$id" "$rcpt" "$client" "$reply"
		printf '%s/qmgr[7]: %s: removed\n' "$at" "$id"
		printf '%s/smtpd[9]: NOQUEUE: reject: RCPT from %b[192.0.2.9]: 550 5.1.1 <%b@y>: %b; from=<%b@x> to=<%b@y> proto=ESMTP helo=<%b>\n' "$at" "$client" "$rcpt" "$reply" "$sender" "$rcpt" "$helo"
		printf '%s/smtpd[9]: disconnect from %b[192.0.2.9]\n' "$at" "$client"
	done
done < "$dir/sequences" > "$log"
printf '\033[31mno format at all\007\n\000\000\000\n' >> "$log"
sum=$(sha256sum < "$log")

"$mailspoor" index -c "$dir/x.case" "$dir/logs" --json > "$dir/index.json" 2> "$dir/index.err"
is $? 0 "indexed"
is "$(sqlite3 -readonly "$dir/x.case" 'select sum(lines) = sum(event_lines + unknown_lines + copy_lines + other_lines) from v_source')" 1 "the ledger balances"

# bytes that act on a terminal: C0 but LF (and CR LF in CSV), DEL, C1, bidi …
active='[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf|\xf3\xa0[\x80-\x81]|\xed[\xa0-\xbf]|\r(?!$)'
clean() { # FILE WHAT
	if LC_ALL=C grep -qaP "$active" "$1"; then
		not_ok "$2"; LC_ALL=C grep -aPn -m 2 "$active" "$1" | cat -v | cut -c1-300 >&2
	elif ! iconv -f UTF-8 -t UTF-8 "$1" > /dev/null 2>&1; then
		not_ok "$2: valid UTF-8"
	else ok "$2"; fi
}
clean "$dir/index.json" "index --json"
clean "$dir/index.err" "what index says"
for unit in messages recipients transactions deliveries attempts sessions events links evidence clocks coverage sources settings; do
	for format in table csv json; do
		"$mailspoor" list $unit -c "$dir/x.case" --format $format > "$dir/out" 2> "$dir/err"
		[ $? -le 1 ] || not_ok "list $unit $format ends well"
		clean "$dir/out" "list $unit --format $format holds nothing active"
		[ $format = csv ] || continue
		# text cells that a spreadsheet would run: none begins one
		if LC_ALL=C grep -aqP '(^|,)"?[ ]*([=@]|\xef\xbc\x9d|[+][^0-9])' "$dir/out"; then
			not_ok "list $unit: no formula in CSV"; LC_ALL=C grep -aP -m 2 '(^|,)"?[ ]*([=@]|\xef\xbc\x9d|[+][^0-9])' "$dir/out" >&2
		else ok "list $unit: no formula in CSV"; fi
	done
done
for id in 1E24101ABC107 nosuch; do
	for form in --json --dot ''; do
		"$mailspoor" trace $id -c "$dir/x.case" $form > "$dir/out" 2>&1
		clean "$dir/out" "trace $id $form holds nothing active"
	done
done
"$mailspoor" explain "$dir/logs" > "$dir/out" 2>&1; clean "$dir/out" "explain holds nothing active"
"$mailspoor" top from,helo -c "$dir/x.case" --format table > "$dir/out" 2>&1; clean "$dir/out" "top holds nothing active"
"$mailspoor" list messages -c "$dir/x.case" -f "$(printf 'from:\033[31m code:55x')" > "$dir/out" 2>&1
clean "$dir/out" "an error about a hostile filter holds nothing active"
"$mailspoor" explain "$dir/$(printf 'no\033[31msuch')" > "$dir/out" 2>&1
clean "$dir/out" "an error about a hostile file name holds nothing active"
is "$(sha256sum < "$log")" "$sum" "the log is as it was"
is "$(ls "$dir" | grep -c pwned)" 0 "nothing was run"
