# SPDX-License-Identifier: MIT
# What the scripts share: TAP lines and a scratch folder. Sourced, not run.
n=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); echo "not ok $n - $1"; }
# is GOT WANTED WHAT
is() {
	if [ "$1" = "$2" ]; then ok "$3"
	else not_ok "$3"; echo "$3: got '$1', wanted '$2'" >&2; fi
}
# has TEXT PART WHAT
has() {
	case $1 in
	*"$2"*) ok "$3" ;;
	*) not_ok "$3"; echo "$3: '$2' is not in '$1'" >&2 ;;
	esac
}
top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
mailspoor=${MAILSPOOR:-$BUILD/mailspoor}
dir=$(mktemp -d) || exit 2
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
