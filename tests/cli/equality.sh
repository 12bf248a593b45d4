#!/bin/sh
# SPDX-License-Identifier: MIT
# However the work is cut, ordered, spread over threads and runs, or broken off,
# list and top say the same: all columns but ids, byte for byte.
. "$(dirname "$0")/lib.sh"
generate=$BUILD/tests/tools/generate
logs=$dir/logs whole=$dir/whole

mkdir "$whole" && "$generate" 6000 11 "$whole" || exit 2
mkdir "$logs" && cp "$whole"/logs/*.log "$logs"
touch -d 2026-03-05T00:00:00Z "$logs"/*

# list_unit CASE UNIT COLUMNS
list_unit() {
	echo "== $2"
	"$mailspoor" list "$2" -c "$1" --format csv --columns "$3" | sort
}

say() {
	list_unit "$1" sources path,member,exhibit,format,format_basis,sha256,content_sha256,bytes,lines,event_lines,unknown_lines,copy_lines,other_lines,events,first_utc,last_utc,server,zone,zone_basis,year_basis,state
	list_unit "$1" messages first_utc,last_utc,message_id,sender,header_from,subject,size,client_ip,client_name,user,direction,servers,hops,recipients,delivered,relayed,failed,refused,withheld,delayed,unknown
	list_unit "$1" recipients address,addressed_as,via,outcome,place,server,queue_id,code,dsn,reply,said_by,relay_name,relay_ip,attempts,first_utc,last_utc
	list_unit "$1" transactions server,instance,queue_id,generation,opened_utc,closed_utc,state,message_id,sender,client_ip,client_name,helo,user,tls,size,nrcpt,direction
	list_unit "$1" deliveries recipient,orig_recipient,attempts,first_utc,last_utc,outcome,place,code,dsn,reply,said_by,relay_ip,relay_name,relay_port,next_queue_id,delay
	list_unit "$1" attempts time_utc,line,offset,length,server,action,stage,sender,recipient,client_ip,client_name,helo,user,relay_ip,relay_name,code,dsn,reply,said_by,delay,copies
	list_unit "$1" sessions server,instance,service,client_ip,client_name,helo,user,auth_method,tls,first_utc,last_utc,transactions,auth_ok,auth_fail,refused,counters
	list_unit "$1" links kind,class,evidence,lag_s
	list_unit "$1" coverage server,from_utc,to_utc,kind,lines
	for field in outcome from,outcome relay code server client; do
		echo "== top $field"
		"$mailspoor" top "$field" -c "$1" --format csv | sort
	done
}

# counts CASE: what no order and no copy may change
counts() {
	"$mailspoor" top outcome -c "$1" --unit recipients --format csv |
		cut -d, -f1,2 | sort
	"$mailspoor" list messages -c "$1" --format csv --columns message_id | wc -l
	"$mailspoor" list links -c "$1" --format csv --columns kind | wc -l
}

same() {
	say "$2" > "$dir/other"
	if cmp -s "$dir/one" "$dir/other"; then ok "$3"
	else
		not_ok "$3"
		diff "$1" "$dir/other" | head -n 6 >&2
	fi
}

index() {
	"$mailspoor" index -c "$@" 2> "$dir/err" || {
		not_ok "index $*"; cat "$dir/err" >&2; }
}

index "$dir/one.case" "$logs"
say "$dir/one.case" > "$dir/one"
is "$(grep -c . "$dir/one" | awk '{ print ($1 > 3000) }')" 1 "there is something to compare"
want=$(counts "$dir/one.case")

MAILSPOOR_PIECE_RECORDS=1000 index "$dir/small.case" "$logs"
same "$dir/one" "$dir/small.case" "one piece = pieces of 1,000 records"
MAILSPOOR_PIECE_RECORDS=97 MAILSPOOR_RANDOM_ORDER=1 index "$dir/random.case" "$logs"
same "$dir/one" "$dir/random.case" "forwards = pieces in random order"
MAILSPOOR_PIECE_RECORDS=97 MAILSPOOR_THREADS=1 index "$dir/t1.case" "$logs"
same "$dir/one" "$dir/t1.case" "1 thread"
MAILSPOOR_PIECE_RECORDS=97 MAILSPOOR_THREADS=4 index "$dir/t4.case" "$logs"
same "$dir/one" "$dir/t4.case" "4 threads"

# one source after the other, and each in three steps that cut lines
index "$dir/each.case" "$logs/store.log"
index "$dir/each.case" "$logs/mx1.log"
index "$dir/each.case" "$logs"
same "$dir/one" "$dir/each.case" "sources one by one, the later ones first"
for part in 3 2 1; do
	for log in "$whole"/logs/*.log; do
		size=$(wc -c < "$log")
		head -c $((size / part)) "$log" > "$logs/${log##*/}"
	done
	touch -d 2026-03-05T00:00:00Z "$logs"/*
	index "$dir/grown.case" "$logs"
done
same "$dir/one" "$dir/grown.case" "appended in three steps = anew"
index "$dir/grown.case" "$logs"
same "$dir/one" "$dir/grown.case" "indexed once more = nothing happens"

# killed at many instants, each time the same case goes on
deaths=0
for ms in 010 015 020 030 040 050 060 080 100 150 200 300; do
	MAILSPOOR_PIECE_RECORDS=150 timeout -s KILL "0.$ms" \
		"$mailspoor" index -c "$dir/killed.case" "$logs" 2> /dev/null ||
		deaths=$((deaths + 1))
done
[ "$deaths" -gt 0 ]
is $? 0 "some runs were killed"
index "$dir/killed.case" "$logs"
same "$dir/one" "$dir/killed.case" "killed and gone on = a fresh run"

# the same evidence twice, in part and packed
extra=$dir/extra
mkdir "$extra" && cp "$logs"/*.log "$extra"
cp "$logs/mx1.log" "$extra/again.log"
gzip -c "$logs/store.log" > "$extra/store.log.1.gz"
head -c 100000 "$logs/out.log" > "$extra/out.log.1"
tail -n 300 "$logs/mx1.log" > "$extra/mx1.log.1"
touch -d 2026-03-05T00:00:00Z "$extra"/*
index "$dir/extra.case" "$extra"
is "$(counts "$dir/extra.case")" "$want" "copies, a rotation and an overlap change no count"

# a packed file that was cut: status 3, what came before is there
gzip -c "$logs/store.log" | head -c 8000 > "$dir/cut.gz"
"$mailspoor" index -c "$dir/cut.case" "$dir/cut.gz" 2> "$dir/err"
is $? 3 "a cut archive: status 3"
has "$(cat "$dir/err")" "ends before its end" "and why"
is "$("$mailspoor" list sources -c "$dir/cut.case" --format csv --columns state |
	tail -n 1 | tr -d '\r')" cut "the source is marked cut"
echo "1..$n"
