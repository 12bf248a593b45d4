#!/bin/sh
# SPDX-License-Identifier: MIT
# README.md's walk through the sample: its keys are those of story.keys, and what
# it shows stands on the screens that they give (story.screen, which the unit test
# `screens` compares with the program). A line "…" stands for lines left out.
. "$(dirname "$0")/../cli/lib.sh"
here=$top/tests/screens

sed -n '/^## The sample/,/^## Working/p' "$top/README.md" > "$dir/sample"
sed -n 's/^keys //p' "$here/story.keys" | tr -d '"' > "$dir/want"
sed -n 's/^[0-9]*\. `\([^`]*\)`.*/\1/p' "$dir/sample" > "$dir/keys"
is "$(cat "$dir/keys")" "$(cat "$dir/want")" "the keys of the walk are those of story.keys"

# screen.1, block.1, …
awk -v to="$dir/screen." 'BEGIN { n = 1 }
	/^\f/ { n++; next } { print > (to n) }' "$here/story.screen"
awk -v to="$dir/block." '/^```/ { inside = !inside; n += inside; next }
	inside { print > (to n) }' "$dir/sample"
is "$(ls "$dir" | grep -c '^block')" "$(ls "$dir" | grep -c '^screen')" "a block for each screen"

# what a block shows is there, in this order, without a gap but where it says so
shown() {
	awk 'NR == FNR { line[++n] = $0; next }
		$0 == " …" { free = 1; next }
		FNR == 1 { free = 1 }
		{ do at++; while (free && at < n && line[at] != $0)
		  if (line[at] != $0) { print "not there: " $0; exit }
		  free = 0 }' "$1" "$2"
}
i=1
while [ -f "$dir/screen.$i" ]; do
	is "$(shown "$dir/screen.$i" "$dir/block.$i")" "" "step $i: its block stands on the screen"
	i=$((i + 1))
done
