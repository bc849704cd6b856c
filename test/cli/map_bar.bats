#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

play() {
	python3 "$here/terminal.py" "$@"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TMPDIR=$BATS_TEST_TMPDIR TERM=xterm
	unset NO_COLOR
}

@test "without a terminal there is no bar" {
	map --bar echo ::: a b >out 2>err
	equal "$(cat out)" $'a\nb'
	[ ! -s err ]
}

@test "the bar shows how far it is, and what failed" {
	run -1 play size 100 see '50%' see '2/4  ' see '1 failed' see '2 running' touch go -- \
		"$LEAT" map -j2 --bar sh -c '[ $1 -gt 1 ] || exit $1; until [ -e go ]; do sleep 0.01; done' \
		sh ::: 0 1 2 3
	[[ $output == *'['*'#'*'.'*']'* ]]
	[[ $output == *' left'* ]]
	[[ $output == *'4 jobs ran in'*'1 failed'* ]]
}

@test "the bar takes itself away before anything is printed, and at the end" {
	run -0 play size 80 -- "$LEAT" map -j1 --bar sh -c 'sleep 0.15; echo "output $1"' sh ::: 1 2 3
	# Whatever is printed follows the erasing of the line, or another line.
	tr '\r' '\n' <<<"$output" | grep -a 'output' >printed
	equal "$(grep -c . printed)" 3
	equal "$(grep -avc $'^\e\\[Koutput [123]$\|^output [123]$' printed)" 0
	[[ $output == *$'\r\e[K'*'3 jobs ran in'* ]]
}

@test "no bar is drawn in the midst of a line that a job prints" {
	run -0 play size 80 -- "$LEAT" map -j1 --bar sh -c 'printf "half "; sleep 0.4; echo "a line"' sh ::: 1
	[[ $output == *"half a line"* ]]
}

@test "the bar fits into a narrow terminal" {
	for columns in 8 20 33 60; do
		run -0 play size $columns -- "$LEAT" map -j2 --bar sleep ::: 0.2 0.3
		longest=$(tr '\r' '\n' <<<"$output" | grep -av 'jobs ran' | sed 's/\x1b\[[0-9;]*[mK]//g' | wc -L)
		[ "$longest" -gt 0 ]
		[ "$longest" -lt "$columns" ]
	done
}

@test "with NO_COLOR the bar has no color" {
	job='[ $1 = 1 ] || until [ -e go ]; do sleep 0.01; done; false'
	run -1 play size 80 see '\x1b[31m1 failed\x1b[m' touch go -- "$LEAT" map -j1 --bar sh -c "$job" sh ::: 1 2
	rm go
	NO_COLOR=1 run -1 play size 80 see '  1 failed  ' touch go -- "$LEAT" map -j1 --bar sh -c "$job" sh ::: 1 2
	[[ $output != *$'\e[31m'* ]]
}

@test "for a file on stdin the bar knows how much of it is done, without reading ahead" {
	printf '%s\n' 1 2 3 4 5 6 7 8 9 0 >in
	run -0 play size 100 see '40%' see '4 done' touch go -- sh -c 'exec "$LEAT" map -j1 --bar sh -c "
		[ \$1 -ne 5 ] || until [ -e go ]; do sleep 0.01; done" sh <in'
	[[ $output == *'10 jobs ran'* ]]
}

@test "for endless input the bar shows what is done" {
	run -130 play size 100 see ' done' see 'running' type '\x03' -- sh -c \
		'yes | exec "$LEAT" map -j2 --bar sleep 0.05 {}'
}

@test "items from the terminal are announced, once" {
	run -0 play see 'items are read from the terminal' type 'one\n' see 'got one' type '\x04' -- \
		"$LEAT" map -j1 echo got
	equal "$(grep -c 'from the terminal' <<<"$output")" 1
}
