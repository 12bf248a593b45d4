#!/bin/sh
# SPDX-License-Identifier: MIT
# The house rules hold, and the lint that says so can fail: each rule is broken
# once in a copy of the checkout.
n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); echo "not ok $n - $1"; }
top=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

if out=$(CC=${CC:-cc} "$top/tools/lint" 2>&1); then ok "lint is clean"
else not_ok "lint is clean"; echo "$out" | head -n 20 >&2; fi

broken() { # what, file, line to append, what the lint must say
	mkdir -p "$copy/$(dirname "$2")"
	printf '/* SPDX-License-Identifier: MIT */\n%s\n' "$3" > "$copy/$2"
	if out=$("$top/tools/lint" "$copy" 2>&1); then
		not_ok "$1 is found"
	elif echo "$out" | grep -q "$4"; then
		ok "$1 is found"
	else
		not_ok "$1 is found"; echo "$out" >&2
	fi
	rm -f "${copy:?}/$2"
}
broken 'a base file that knows the store' base/x.c '#include "model/store/store.h"' 'base must not include'
broken 'a parser that knows the store' parsers/ids/x.c '#include "model/store/store.h"' 'parsers must not include'
broken 'a view that knows a command' views/x.c '#include "commands/command.h"' 'views must not include'
broken 'tui that knows mail' tui/x.c '#include "parsers/event.h"' 'tui must not include'
broken 'SQLite outside the store' model/ask/x.c '#include <sqlite3.h>' 'belongs to'
broken 'curses outside tui' views/x.c '#include <curses.h>' 'belongs to'
broken 'a mail server in model/' model/trace/x.c 'int x; const char *a = "postfix";' "mail server's name"
broken 'a line of 120 columns' base/x.c "int $(printf '%0115d' 0 | tr 0 a);" 'columns, at most'
broken 'deep nesting' base/x.c "$(printf '\t\t\t\t\t\t\tx;')" 'nested too deep'
broken 'a header that needs another' base/x.h 'struct slice broken(struct nothing x, sise_t n);' 'does not compile alone'
printf 'int x;\n' > "$copy/base/y.c"
if out=$("$top/tools/lint" "$copy" 2>&1); then not_ok "a missing licence line is found"
else ok "a missing licence line is found"; fi
rm -f "$copy/base/y.c"
awk 'BEGIN { print "/* SPDX-License-Identifier: MIT */"; for (i = 0; i < 900; i++) print "int a" i ";" }' > "$copy/base/z.c"
if "$top/tools/lint" "$copy" > "$copy/out" 2>&1; then not_ok "a file of 900 lines is found"
else grep -q '901 lines' "$copy/out" && ok "a file of 900 lines is found" || not_ok "a file of 900 lines is found"; fi
