#!/bin/sh
# SPDX-License-Identifier: MIT
# The browser in a real terminal (tmux): it starts, follows a resize, and leaves
# the terminal as it was on every way out.
. "$(dirname "$0")/../cli/lib.sh"

names='shows the first screen
follows a resize
quits with status 0
quit: modes of the terminal are as before
quit: main screen, cursor and mouse are back
starts on a terminal whose description has no size
suspends on ^Z
suspended: modes of the terminal are as before
suspended: main screen and cursor are back
comes back with fg
SIGTERM: modes of the terminal are as before
SIGTERM: main screen, cursor and mouse are back
abort: modes of the terminal are as before
abort: main screen, cursor and mouse are back
abort: paste mode is off
a paste runs no keys'
if ! command -v tmux > /dev/null; then
	echo "$names" | while read -r name; do
		n=$((n + 1)); echo "ok $n - $name # SKIP tmux is not installed"
	done
	exit 0
fi

count=0
socket=test
TMUX_TMPDIR=$dir; export TMUX_TMPDIR; unset TMUX
tm() { tmux -L "$socket" -f /dev/null "$@"; }
trap 'tm kill-server 2> /dev/null; chmod -R u+w "$dir"; rm -rf "$dir"' EXIT

cat > "$dir/mail.log" <<'LOG'
2026-03-10T09:16:21.318204+00:00 mx1 postfix/smtpd[771]: 9EB101A2C7: client=mail.example.com[192.0.2.10]
2026-03-10T09:16:21.410020+00:00 mx1 postfix/cleanup[774]: 9EB101A2C7: message-id=<7d3c619a@example.com>
2026-03-10T09:16:21.421100+00:00 mx1 postfix/qmgr[501]: 9EB101A2C7: from=<alice@example.com>, size=3522, nrcpt=1 (queue active)
2026-03-10T09:16:22.660210+00:00 mx1 postfix/local[790]: 9EB101A2C7: to=<bob@example.org>, relay=local, delay=1.3, delays=0.1/0/0/1.2, dsn=2.0.0, status=sent (delivered to mailbox)
2026-03-10T09:16:22.700310+00:00 mx1 postfix/qmgr[501]: 9EB101A2C7: removed
LOG

# screen WORDS: waits until they are on the screen; what is there goes to $seen.
# Each look takes some milliseconds, so this ends after some seconds.
screen() {
	tries=1000
	while [ $tries -gt 0 ]; do
		seen=$(tm capture-pane -p -t pane)
		case $seen in *"$1"*) return 0 ;; esac
		tries=$((tries - 1))
	done
	return 1
}
line() { tm send-keys -t pane -l "$1"; tm send-keys -t pane Enter; }
modes() { tm display-message -p -t pane '#{alternate_on} #{cursor_flag} #{mouse_any_flag}'; }
# state FILE: the terminal's modes; the shell's own word says that it is done
state() {
	count=$((count + 1))
	line "stty -a | sed 's/rows.*line/line/' > $dir/$1; echo done-\$((count = $count))"
	screen "done-$count"
}
same() {
	state after
	is "$(cat "$dir/after")" "$(cat "$dir/before")" "$1"
}

tm new-session -d -s pane -x 80 -y 24 "env PS1='ready> ' LC_ALL=C.UTF-8 sh -i"
screen 'ready>' || { not_ok "a shell starts in tmux"; exit 1; }
state before
"$mailspoor" index -c "$dir/t.case" "$dir/mail.log" 2> /dev/null ||
	{ not_ok "the log can be indexed"; exit 1; }
run="$mailspoor -c $dir/t.case"
line "clear; echo here was text; $run; echo status=\$?"
if screen '? help'; then ok 'shows the first screen'
else not_ok 'shows the first screen'; echo "$seen" >&2; fi

tm resize-window -t pane -x 100 -y 34
# from 30 rows the program's name stands in the title
if screen ' mailspoor '; then ok 'follows a resize'; else not_ok 'follows a resize'; fi

tm send-keys -t pane Q
screen 'status=' && has "$seen" 'status=0' 'quits with status 0'
same 'quit: modes of the terminal are as before'
screen 'here was text'
is "$(modes)" '0 1 0' 'quit: main screen, cursor and mouse are back'

line "clear; TERM=linux $run"
if screen '? help'; then ok 'starts on a terminal whose description has no size'
else not_ok 'starts on a terminal whose description has no size'; fi
tm send-keys -t pane Q
screen 'ready>'

line "clear; echo here was text; $run --mouse"
screen '? help'
tm send-keys -t pane C-z
if screen 'ready>'; then ok 'suspends on ^Z'; else not_ok 'suspends on ^Z'; fi
same 'suspended: modes of the terminal are as before'
is "$(modes)" '0 1 0' 'suspended: main screen and cursor are back'
line fg
if screen '? help'; then ok 'comes back with fg'; else not_ok 'comes back with fg'; fi

child() { pgrep -P "$(tm display-message -p -t pane '#{pane_pid}')" -f mailspoor; }
kill -TERM "$(child)"
screen 'ready>'
same 'SIGTERM: modes of the terminal are as before'
is "$(modes)" '0 1 0' 'SIGTERM: main screen, cursor and mouse are back'

line "clear; ulimit -c 0; $run --mouse"
screen '? help'
kill -ABRT "$(child)"
screen 'ready>'
same 'abort: modes of the terminal are as before'
is "$(modes)" '0 1 0' 'abort: main screen, cursor and mouse are back'

# with it on, the shell would show what stands around a paste
tm set-buffer 'echo was-pasted'
tm paste-buffer -p -t pane
tm send-keys -t pane Enter
screen 'was-pasted'
case $seen in
*'200~'*) not_ok 'abort: paste mode is off' ;;
*) ok 'abort: paste mode is off' ;;
esac

line "clear; $run; echo status=\$?"
screen '? help'
# Q would quit, were it a key
tm set-buffer 'QQ QQ'
tm paste-buffer -p -t pane
if screen 'QQ QQ' && [ -n "$(child)" ]; then ok 'a paste runs no keys'
else not_ok 'a paste runs no keys'; fi
