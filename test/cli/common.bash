# SPDX-License-Identifier: Apache-2.0
# What the tests of the command share. LEAT is the path of the command.

bats_require_minimum_version 1.5.0

: "${LEAT:?the path of the command}"
here=$BATS_TEST_DIRNAME

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TMPDIR=$BATS_TEST_TMPDIR
}

# Nothing that a test started outlives it.
teardown() {
	local file
	for file in "$BATS_TEST_TMPDIR"/pid.*; do
		[ -s "$file" ] && kill -KILL "$(cat "$file")" 2>/dev/null
	done
	[ -z "$leat" ] || kill -KILL "$leat" 2>/dev/null
	return 0
}

map() {
	"$LEAT" map "$@"
}

# Waits until the command succeeds, 20 s at most.
eventually() {
	local deadline=$((SECONDS + 20))
	until "$@" 2>/dev/null; do
		if [ $SECONDS -ge $deadline ]; then
			echo "waited in vain for: $*" >&2
			return 1
		fi
		sleep 0.01
	done
}

# A process that has gone, or that only waits for its parent to notice.
gone() {
	local state
	state=$(sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null) || return 0
	[ "$state" = Z ]
}

written() {
	[ -s "$1" ]
}

lines() {
	[ "$(wc -l <"$2")" -eq "$1" ]
}

# Runs leat map in the background, as $leat, with its status to come from `finish`. With `in` or `out` set, its
# stdin or stdout is that pipe with a name, which only the background waits to open. `signals` has options of env(1): whoever
# runs the tests may ignore some.
start_map() {
	{
		[ -z "${in:-}" ] || exec <"$in"
		[ -z "${out:-}" ] || exec >"$out"
		exec env ${signals:-} "$LEAT" map "$@"
	} <&0 3>&- &
	leat=$!
}

# The status of what start_map started, in $status.
finish() {
	status=0
	eventually gone "$leat"
	wait "$leat" || status=$?
	leat=
}

# The working process of $leat.
worker() {
	tr -d ' ' <"/proc/$leat/task/$leat/children"
}

# A job that says its process id in pid.ITEM and then waits for its end.
wait_job='echo $$ >pid.$1.new; mv pid.$1.new pid.$1; exec sleep 1000'

# So much of what a test repeats, in percent of it.
scaled() {
	echo $(($1 * ${LEAT_TEST_SCALE:-100} / 100))
}

equal() {
	[ "$1" = "$2" ] || {
		printf 'expected: %s\ngot:      %s\n' "$2" "$1" >&2
		return 1
	}
}
