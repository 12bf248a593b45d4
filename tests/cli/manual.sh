#!/bin/sh
# SPDX-License-Identifier: MIT
# Man pages, completions, the extension of sqlite3, and what is installed.
. "$(dirname "$0")/lib.sh"
pages="$BUILD/man"

for p in mailspoor.1 mailspoor-filter.7 mailspoor-case.5 mailspoor-formats.7; do
	# whether other packages' pages are installed is not the page's fault
	said=$(mandoc -T lint "$pages/$p" 2>&1 |
	       grep -v 'referenced manual not found\|outdated mandoc.db')
	is "$said" "" "$p: mandoc -T lint finds nothing"
	mandoc -T utf8 "$pages/$p" | sed 's/.\x08//g' > "$dir/$p"
done
missing() { # PAGE WORDS...: those that the page does not hold
	page=$1; shift
	for word; do grep -qF -- "$word" "$dir/$page" || printf '%s ' "$word"; done
}
options=$("$mailspoor" --help | grep -o ' --[a-z-]*')
is "$(missing mailspoor.1 $options)" "" "mailspoor(1) names every option"
verbs=$("$mailspoor" --help | sed -n 's/^mailspoor \([a-z]*\) .*/\1/p')
is "$(missing mailspoor.1 $verbs)" "" "and every verb"
is "$(missing mailspoor-case.5 v_source v_event v_audit received_nothing)" \
	"received_nothing " "mailspoor-case(5) names the views"
"$mailspoor" index -c "$dir/x.case" "$top/sample" 2> "$dir/err"
for v in $(sqlite3 "$dir/x.case" "SELECT name FROM sqlite_master WHERE type='view'"); do
	columns=$(sqlite3 "$dir/x.case" "SELECT name FROM pragma_table_info('$v')")
	is "$(missing mailspoor-case.5 "$v" $columns)" "" "and the columns of $v"
done

bash -n "$BUILD/completion/mailspoor.bash"; is $? 0 "bash reads its completion"
words() { # COMMAND LINE: what bash offers for its last word
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_mailspoor; printf "%s\n" "${COMPREPLY[@]}"' - \
		"$BUILD/completion/mailspoor.bash" "$@"
}
is "$(words mailspoor tra)" "trace" "a verb is completed"
is "$(words mailspoor list mess)" "messages" "a unit is completed"
is "$(words mailspoor index --keep)" "--keep-text" "an option is completed"
is "$(words mailspoor top next_)" "next_qid" "a field is completed"

sql() { sqlite3 "$dir/x.case" ".load $BUILD/mailspoor.so" "$@"; }
is "$(sql "SELECT count(*) FROM v_event")" \
	"$("$mailspoor" list events -c "$dir/x.case" --json | wc -l)" \
	"v_event of the extension has the rows of list events"
refusals="FROM v_event WHERE action='reject' AND program LIKE 'postfix/%'"
is "$(sql "SELECT count(*) $refusals AND raw LIKE '%reject:%'")" \
	"$(sql "SELECT count(*) $refusals")" \
	"and the lines themselves"
has "$(sqlite3 :memory: ".load $BUILD/mailspoor.so" 2>&1)" "open a case file first" \
	"without a case it says what to do"

make -s -C "$top" BUILD="$BUILD" install DESTDIR="$dir/root" prefix=/usr > "$dir/out" 2>&1
is $? 0 "make install"
is "$(cd "$dir/root" && find . -type f ! -path '*/sample/*' | sort | tr '\n' ' ')" \
	"./usr/bin/mailspoor ./usr/lib/mailspoor/mailspoor.so ./usr/share/bash-completion/completions/mailspoor ./usr/share/mailspoor/formats/puremessage.format ./usr/share/man/man1/mailspoor.1 ./usr/share/man/man5/mailspoor-case.5 ./usr/share/man/man7/mailspoor-filter.7 ./usr/share/man/man7/mailspoor-formats.7 ./usr/share/zsh/vendor-completions/_mailspoor " \
	"what is installed, and where"
is "$(cd "$dir/root/usr/share/mailspoor" && ls sample)" \
	"$(cd "$top/sample" && ls -- *.log.gz)" "and the sample's logs"
make -s -C "$top" BUILD="$BUILD" uninstall DESTDIR="$dir/root" prefix=/usr > "$dir/out" 2>&1
is "$(find "$dir/root" -type f | wc -l)" 0 "make uninstall takes all of it away"
