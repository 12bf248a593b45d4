#!/bin/sh
# SPDX-License-Identifier: MIT
# The same log in other clothes (a journal, a container, an export, UTF-16) says
# the same: transactions, journeys, recipients.
. "$(dirname "$0")/lib.sh"
logs=$dir/logs
mkdir "$logs" "$dir/plain" && "$BUILD/tests/tools/generate" 1500 5 "$logs" || exit 2

# say CASE: all but what tells where a line stands
say() {
	for unit in transactions:server,instance,queue_id,generation,opened_utc,closed_utc,state,message_id,sender,client_ip,client_name,helo,user,size,nrcpt \
		recipients:address,addressed_as,via,outcome,place,server,queue_id,code,dsn,reply,said_by,relay_name,attempts,first_utc,last_utc \
		messages:first_utc,last_utc,message_id,sender,servers,hops,recipients,delivered,relayed,failed,refused \
		links:kind,class,evidence,lag_s; do
		echo "== $unit"
		"$mailspoor" list "${unit%%:*}" -c "$1" --format csv \
			--columns "${unit#*:}" | sort
	done
}

# wrap HOW < LOG: each line in its new clothes
wrap() {
	"$BUILD/tests/tools/wrap" "$1" 2026
}

for log in "$logs"/logs/*.log; do
	wrap rfc3339 < "$log" > "$dir/plain/${log##*/}"
done
"$mailspoor" index -c "$dir/plain.case" "$dir/plain" 2> "$dir/err" || cat "$dir/err" >&2
say "$dir/plain.case" > "$dir/plain.txt"
is "$(wc -l < "$dir/plain.txt" | awk '{ print ($1 > 300) }')" 1 \
	"there is something to compare"

for how in journal-json journal-export docker compose cri docker-json \
	utf16le utf16be splunk-csv splunk-json elastic-json; do
	mkdir "$dir/$how"
	for log in "$dir"/plain/*.log; do
		wrap "$how" < "$log" > "$dir/$how/${log##*/}"
	done
	"$mailspoor" index -c "$dir/$how.case" "$dir/$how" 2> "$dir/err" ||
		cat "$dir/err" >&2
	say "$dir/$how.case" > "$dir/$how.txt"
	if cmp -s "$dir/plain.txt" "$dir/$how.txt"; then ok "$how says the same"
	else
		not_ok "$how says the same"
		diff "$dir/plain.txt" "$dir/$how.txt" | head -n 6 >&2
	fi
	case $how in compose | cri) name=docker ;; *) name=$how ;; esac
	is "$("$mailspoor" list sources -c "$dir/$how.case" --format csv \
		--columns format | tr -d '\r' | sed -n '2,$s,/.*,,p' | sort -u)" \
		"$name" "$how is called $name"
done

# found and shown as text, but line, offset and length are those of the file
list() { "$mailspoor" list events -c "$1" --format csv --columns "$2" -f "$3" | tr -d '\r' | sed 1d; }
is "$(list "$dir/utf16le.case" raw 'raw:"status=sent"' | sort | cksum)" \
	"$(list "$dir/plain.case" raw 'raw:"status=sent"' | sort | cksum)" "raw: finds text in UTF-16"
for how in utf16le:UTF-16LE utf16be:UTF-16BE; do
	case=$dir/${how%%:*}.case
	list "$case" path,offset,length,raw 'server:out action:removed' > "$dir/at"
	IFS=, read -r path offset length raw < "$dir/at"
	is "$(tail -c +$((offset + 1)) "$path" | head -c "$length" | iconv -f "${how#*:}" -t UTF-8 | tr -d '\r\n')" \
		"$raw" "${how%%:*}: the bytes are where they are said to be"
done
echo "1..$n"
