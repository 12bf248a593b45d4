#!/bin/sh
# SPDX-License-Identifier: MIT
# Evidence is opened for reading only, and nothing is made beside it.
. "$(dirname "$0")/lib.sh"

# the sanitizer looks for leaks by ptrace, and so does strace
export ASAN_OPTIONS=detect_leaks=0

if ! strace -o /dev/null true 2> /dev/null; then
	not_ok "strace works here (install it, allow ptrace)"; exit 1
fi
mkdir "$dir/evidence"
cp "$top"/sample/*.gz "$dir/evidence/"
gzip -dc "$top/sample/lists.log.gz" > "$dir/evidence/plain.log"
(cd "$dir/evidence" && tar -cf archive.tar plain.log)
find "$dir/evidence" -type f -exec touch -a -d 2020-01-01 {} +
before=$(find "$dir/evidence" -printf '%p %s %T@ %A@ %i\n' | sort)
strace -f -o "$dir/trace" -e trace=file,desc "$mailspoor" index -c "$dir/x.case" "$dir/evidence" 2> "$dir/err"
is $? 0 "indexed under strace"
strace -f -o "$dir/trace2" -e trace=file "$mailspoor" list events -c "$dir/x.case" --limit 200 --columns raw,queue_id > "$dir/out" 2>> "$dir/err"
opens=$(cat "$dir/trace" "$dir/trace2" | grep -E "open(at)?\(.*$dir/evidence" | grep -v O_DIRECTORY)
is "$([ -n "$opens" ] && echo some)" some "evidence files were opened"
is "$(echo "$opens" | grep -cv O_RDONLY)" 0 "every one of them read-only"
is "$(echo "$opens" | grep -cE 'O_RDWR|O_WRONLY|O_CREAT|O_TRUNC')" 0 "none for writing"
is "$(cat "$dir/trace" "$dir/trace2" | grep -E "\b(unlink|rename|mkdir|rmdir|chmod|fchmod|chown|utime|link|symlink|truncate|setxattr|creat)[a-z0-9]*\(" | grep -c "$dir/evidence")" 0 "nothing there was changed, linked or locked"
is "$(find "$dir/evidence" -printf '%p %s %T@ %A@ %i\n' | sort)" "$before" "sizes, times of change and of access, inodes are as they were"
