#!/bin/sh
# SPDX-License-Identifier: MIT
# Formats that a file describes: found, checked, used, kept in the case.
. "$(dirname "$0")/lib.sh"
# whatever this machine has is none of the test
XDG_CONFIG_HOME=$dir/config XDG_DATA_DIRS=$dir/none
export XDG_CONFIG_HOME XDG_DATA_DIRS
mkdir "$dir/formats" "$dir/logs"
cp "$top/formats/puremessage.format" "$dir/formats/"
cat > "$dir/logs/message_log" << 'LOG'
2026-03-14T09:15:02 q=i0S0miXk018339 f=<alice@example.com> t=<bob@example.org> t=<carol@example.net> p=0.1 S=Minutes Size=2048 r=mx.example.com fur=192.0.2.7 a=a/eom
2026-03-14T09:15:09 q=69B52796_31729_2_1 f=<> t=<alice@example.com> S=t=<x@example.org> Size=1 Size=99 fur=192.0.2.8 a=a/eom
2026-03-14T09:15:11 something else
LOG
out=$("$mailspoor" explain --formats "$dir/formats" "$dir/logs/message_log")
has "$out" "user/puremessage  time 2026-03-14T09:15:02" "explain reads it by its file"
has "$out" "recipient=carol@example.net roles=addressed" "each recipient is found"
has "$out" 'subject="t=<x@example.org> Size=1" size=99' "a subject forges nothing"
has "$out" ": user, confidence " "and says how it was read"
has "$out" "3 records, 1 unknown" "what fits no pattern is unknown"
case $("$mailspoor" explain "$dir/logs/message_log") in
*user/*) not_ok "without the file it is not known" ;;
*) ok "without the file it is not known" ;;
esac

# a published sample whose year was edited: the id keeps the true one
echo '2007-01-27T16:48:58 q=i0S0miXk018339 f=<a@example.com> t=<b@example.org> Size=1' > "$dir/edited"
out=$("$mailspoor" explain --formats "$dir/formats" "$dir/edited")
has "$out" "time 2007-01-27T16:48:58" "explain shows the time of the line"
has "$out" "id_time=2004-01-28T00:48:44" "and beside it that of the id"

"$mailspoor" index -c "$dir/x.case" --formats "$dir/formats" "$dir/logs" 2> "$dir/err"
is $? 0 "index"
is "$(grep -c format "$dir/err")" 0 "nothing is wrong with the formats"
rm -r "$dir/formats"
list() { "$mailspoor" list "$1" -c "$dir/x.case" --format csv --columns "$2" | tr -d '\r' | sed 1d; }
is "$(list sources format)" "user/puremessage" "the source's format has its name"
has "$("$mailspoor" trace 69B52796_31729_2_1 -c "$dir/x.case")" "alice@example.com" \
	"trace by the q id"
is "$(list events action,queue_id,recipient | grep i0S0miXk018339 | sort | tr '\n' ' ')" \
	"info,i0S0miXk018339, info,i0S0miXk018339,bob@example.org info,i0S0miXk018339,carol@example.net " \
	"without the folder the case reads its lines as before"
is "$(list recipients address | sort | tr '\n' ' ')" \
	"alice@example.com bob@example.org carol@example.net " "and has its recipients"
echo '2026-03-14T09:16:02 q=69B52799_31729_3_1 f=<d@example.com> t=<e@example.org> Size=1' >> "$dir/logs/message_log"
"$mailspoor" index -c "$dir/x.case" "$dir/logs" 2> "$dir/err"
has "$(list events queue_id)" "69B52799_31729_3_1" "what was appended is read in the same way"

# errors are told, and the format is not used
mkdir -p "$dir/config/mailspoor/formats"
bad=$dir/config/mailspoor/formats/bad.format
printf 'name: bad\nprefix: ^(?<time>\\S+\n' > "$bad"
is "$("$mailspoor" explain "$dir/edited" 2>&1 > "$dir/out")" \
	"mailspoor: $bad:2:21: the pattern cannot be read: missing closing parenthesis; the format is not used" \
	"an error names file, line and column"
is "$(grep -c id_time "$dir/out")" 0 "and the log is read without it"
cp "$top/formats/puremessage.format" "$bad"
is "$("$mailspoor" explain "$dir/edited" 2>&1 | grep -c id_time=)" 1 \
	"formats are found in the folder of the user's settings"
sed 's/^name: .*/name: mine/' "$bad" > "$dir/config/mailspoor/formats/mine.format"
"$mailspoor" index -c "$dir/as.case" --read-as '*=mine' "$dir/edited" 2> "$dir/err"
has "$("$mailspoor" list sources -c "$dir/as.case" --format csv)" "user/mine" \
	"--read-as takes the name of a format"
"$mailspoor" explain --formats "$dir/nowhere" "$dir/edited" > "$dir/out" 2> "$dir/err"
is $? 2 "a folder that is not there is wrong usage"
has "$(cat "$dir/err")" "cannot read the folder $dir/nowhere" "and is named"
echo "1..$n"
