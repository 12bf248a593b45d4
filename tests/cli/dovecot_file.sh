#!/bin/sh
# SPDX-License-Identifier: MIT
# A Postfix whose Dovecot logs to a file of its own: the same lines as through
# syslog, without host and tag, with a level.
. "$(dirname "$0")/lib.sh"

sql() { sqlite3 -readonly -separator ' ' "$dir/$1.case" "$2"; }
fates() { sql "$1" "select address, queue_id, outcome, coalesce(place, '') from v_recipient order by 1, 2"; }
links() {
	sql "$1" "select kind, class, evidence, a.queue_id, b.queue_id from v_link
		join v_transaction a on a.transaction_id = from_transaction
		join v_transaction b on b.transaction_id = to_transaction order by 4, 5"
}
index() { # CASE LOG...
	case=$1; shift
	"$mailspoor" index -c "$dir/$case.case" "$@" 2> "$dir/err"
	is $? 0 "index $case"
}
# own < LINES: as Dovecot writes to a file of its own
own() {
	sed -n 's/^\(.\{15\}\) box dovecot: \(.*\)/\1 \2/p' |
		sed -E 's/^(.{16}[a-z-]+(\([^)]*\))?(<[^>]*>)*: )/\1Info: /'
}

log=$top/tests/fixtures/sieve.log
mkdir -p "$dir/var/log" "$dir/sub/log/dovecot" "$dir/parts"
grep -v ' box dovecot: ' "$log" > "$dir/var/log/mail.log"
own < "$log" > "$dir/var/log/dovecot.log"
index whole "$log"
index own "$dir/var"
is "$(sql own "select format from v_source where path like '%dovecot.log'")" "dovecot/dovecot" "it is Dovecot's own file"
is "$(sql own 'select sum(unknown_lines) from v_source')" 0 "no line is unknown"
is "$(sql own 'select count(*) from v_source where lines <> event_lines + unknown_lines + copy_lines + other_lines')" 0 "the ledger balances"
is "$(sql own "select distinct server from v_source")" "box" "its server is that of the log beside it"
is "$("$mailspoor" list events -c "$dir/own.case" -f server:box --format json --columns line | wc -l)" 145 "and of each of its lines"
is "$(sql own "select distinct year_basis <> 'mtime', zone from v_source")" "1 +00:00" "year and zone come from what it says"
is "$(sql own "select place from v_recipient where address = 'gus@example.com'")" "INBOX" "the mailbox is the recipient's place"
is "$(sql own "select place from v_recipient where address = 'fay@example.com' limit 1")" "Junk" "and so is a folder"
is "$(fates own)" "$(fates whole)" "the recipients are those of the one log"
is "$(links own)" "$(links whole)" "and so are the links"

# in a folder of its own; information and errors in two files
mv "$dir/sub/log" "$dir/sub/logs"
cp "$dir/var/log/mail.log" "$dir/sub/logs"
sed -n '1,20p' "$dir/var/log/dovecot.log" > "$dir/sub/logs/dovecot/dovecot.log"
sed -n '21,$p' "$dir/var/log/dovecot.log" > "$dir/sub/logs/dovecot/dovecot-info.log"
index sub "$dir/sub"
is "$(sql sub "select distinct server from v_source")" "box" "a folder of the daemon's is no server"
is "$(fates sub)" "$(fates whole)" "two files say what one said"

# two servers in the folder: nobody knows whose it is
cp "$dir/var/log/"* "$dir/parts"
sed 's/ box / shelf /' "$dir/parts/mail.log" > "$dir/parts/other.log"
index parts "$dir/parts"
is "$(sql parts "select server from v_source where path like '%dovecot.log'")" "dovecot" "beside two servers it keeps its file's name"
# the name of the file decides where it tells one
mkdir "$dir/named"
cp "$dir/parts/mail.log" "$dir/named"
cp "$dir/parts/dovecot.log" "$dir/named/shelf.dovecot.log"
index named "$dir/named"
is "$(sql named "select server from v_source where path like '%dovecot.log'")" "shelf" "a server's name in the file's"

# files without a host that name each other's servers: no way around
mkdir "$dir/circle"
for f in dovecot dovecot-info rspamd; do
	echo "Mar 14 09:15:02 localhost postfix/qmgr[2]: 307DF802B3: removed"
done > "$dir/circle/dovecot.log"
cp "$dir/circle/dovecot.log" "$dir/circle/x"
sed 's/02/03/' "$dir/circle/x" > "$dir/circle/rspamd.log"
sed 's/02/04/' "$dir/circle/x" > "$dir/circle/dovecot-info.log"
rm "$dir/circle/x"
index circle "$dir/circle"

# what its log_timestamp may be, and the older form of the prefix
mkdir "$dir/forms"
n0='lmtp(7, bob): Info: SH2cOSLkAGseJAAAxNy1UQ: msgid=<m1@example.org>: saved mail to INBOX'
echo "Nov 21 00:21:55 $n0" > "$dir/forms/a.log"
echo "Nov 21 00:21:55.123456 $n0" > "$dir/forms/b.log"
echo "2026-11-21 00:21:55 $n0" > "$dir/forms/c.log"
echo "2026-11-21 01:21:55.123456 +0100 $n0" > "$dir/forms/d.log"
echo "2026-11-21T00:21:55Z $n0" > "$dir/forms/e.log"
index forms "$dir/forms"
is "$(sql forms "select count(*), count(distinct substr(first_utc, 1, 19)), sum(unknown_lines) from v_source where format = 'dovecot/dovecot'")" "5 1 0" "stamps of all kinds say the same time"

# lines that Dovecot did not write
mkdir "$dir/evil"
cp "$dir/var/log/dovecot.log" "$dir/evil"
cat >> "$dir/evil/dovecot.log" <<-'EOT'
	Nov 21 07:52:10 lmtp(eve)<1><S8EyOpdNAWu9AAAA0J78UA>: msgid=<e@example.org>: saved mail to INBOX
	lmtp(eve)<1><S8EyOpdNAWu9AAAA0J78UA>: Info: msgid=<e@example.org>: saved mail to INBOX
	Nov 31 07:52:10 lmtp(eve)<1><x>: Info: msgid=<e@example.org>: saved mail to INBOX
	Nov 21 07:52:10 lmtp(eve)<1><x>: Infos: msgid=<e@example.org>: saved mail to INBOX
	Nov 21 07:52:10 lmtp(eve): x): Info: msgid=<e@example.org>: saved mail to INBOX
	Nov 21 07:52:10 
	Nov 21 07:52:10 LMTP(eve)<1><x>: Info: msgid=<e@example.org>: saved mail to INBOX
EOT
printf 'Nov 21 07:52:10 lmtp(eve\033[2J\0)<1><x>: Note: \377\n' >> "$dir/evil/dovecot.log"
index evil "$dir/evil"
is "$(sql evil "select unknown_lines, lines = event_lines + unknown_lines + other_lines from v_source")" "8 1" "such lines are kept as unknown"
is "$(sql evil "select count(*) from v_recipient where address like 'eve%' and place = 'INBOX'")" 0 "and deliver nothing"
echo "1..$n"
