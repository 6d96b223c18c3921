#!/usr/bin/env bash
# no_failpoints.sh DEBUG RELEASE: directories of built programs. The release build has no word of the
# failpoints and seeded bugs, and refuses to start when it is told of one; the debug build has them, so
# that this script is known to find what it looks for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

words=(VITRINE_FAILPOINT VITRINE_SEEDED_BUG FailpointOrder SeededBug)
mapfile -t names < <(sed -nE 's/^ *case [a-zA-Z]+ = "([a-z.]+)"$/\1/p' \
	Sources/Failpoints/Failpoint.swift)
[ "${#names[@]}" -ge 30 ] || { echo "only ${#names[@]} failpoints are listed" >&2; exit 1; }

state="$(mktemp -d)"
trap 'rm -rf "$state"' EXIT

# How many of the words and names a program contains; the debug information names the source files,
# which are empty in a release build.
count() {
	local found=0
	strings -n 4 "$1" | grep -v '/Sources/Failpoints/[A-Za-z]*\.swift$' >"$state/strings"
	for word in "${words[@]}" "${names[@]}"; do
		if grep -qwF -- "$word" "$state/strings"; then found=$((found + 1)); fi
	done
	echo "$found"
}

all=$((${#words[@]} + ${#names[@]}))
[ "$(count "$1/vitrined")" -gt $((all / 2)) ] || {
	echo "the debug build has no failpoints: this check proves nothing" >&2
	exit 1
}
for program in vitrined vitrine-worker vitrinectl; do
	found="$(count "$2/$program")"
	[ "$found" = 0 ] || { echo "$program has $found of $all words" >&2; exit 1; }
done

for order in VITRINE_FAILPOINT=storage.rename=kill VITRINE_SEEDED_BUG=nothingSwept; do
	code=0
	timeout 20 env -i PATH="$PATH" "$order" "$2/vitrined" --embedded "$state/site" 2>"$state/said" \
		|| code=$?
	[ "$code" = 78 ] && grep -q "${order%%=*}.*no setting has this name" "$state/said" || {
		echo "$order: exit $code, $(cat "$state/said")" >&2
		exit 1
	}
done
echo "${#names[@]} failpoints; none in the release build"
