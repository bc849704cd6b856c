#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

@test "a missing command is wrong use, with an example and the hint for those who know GNU parallel" {
	run -2 map <<<"echo a"
	[[ $output == *"seq 3 | leat map echo"*"leat map sh -c {}"* ]]
	run -2 map ::: a b
	[[ $output == *"leat map echo ::: a b c"* ]]
}

@test "options of later versions are refused by name" {
	for option in -X --line --tag --retries --retries=3 --backoff --timeout --halt --joblog --resume \
		--resume-failed --results --rate --load --memfree --pipe --block --sh --json; do
		run -2 map "$option" echo ::: a
		[[ $output == *"leat map: ${option%=*} is not in this version"* ]]
	done
}

@test "an option that nobody knows is wrong use" {
	run -2 map --no-such-thing echo ::: a
	[[ $output == *"--no-such-thing"*"--help"* ]]
}

@test "other sources of items are refused by name" {
	for source in ::::  :::+ ::::+; do
		run -2 map echo "$source" a
		[[ $output == *"$source as a source of items is not in this version"* ]]
		run -2 map echo ::: a "$source" b
	done
	run -2 map echo ::: a ::: b
	[[ $output == *"::: a second time is not in this version"* ]]
}

@test "-j takes a number from 1" {
	for jobs in 0 +1 -1 50% 1x '' 99999999999999999999; do
		run -2 map -j "$jobs" echo ::: a
		[[ $output == *"-j"* ]]
	done
	run -0 map -j 1 echo ::: a
	run -0 map --jobs=3 echo ::: a
}

@test "-n takes a number from 1" {
	for number in 0 -1 x ''; do
		run -2 map -n "$number" echo ::: a
	done
}

@test "--buffer takes a size" {
	for size in x -1 1X M 64MM 99999999999999999999 99999999999T; do
		run -2 map --buffer "$size" echo ::: a
		[[ $output == *"--buffer takes a size such as 64M"* ]]
	done
	for size in 0 1 100k 64M 1G; do
		run -0 map --buffer "$size" echo ::: a
		equal "$output" a
	done
}

@test "the command's own options are its own" {
	run -0 map -j1 echo -j --bar --help ::: a
	equal "$output" "-j --bar --help a"
	run -0 map -j1 -- echo -- ::: a
	equal "$output" "-- a"
}

@test "a command that is not there is status 127, one that may not run 126, before anything runs" {
	run -127 map nowhere-to-be-found ::: a
	[[ $output == *"nowhere-to-be-found: command not found"* ]]
	run -127 map ./nowhere ::: a
	run -127 map '' ::: a
	[[ $output == *"'': command not found"* ]]
	run -127 map $'red\e[31m' ::: a
	[[ $output == *'\033[31m'*": command not found"* ]]
	run -127 map 'echo hello' ::: a
	[[ $output == *"sh -c"* ]]
	echo 'echo hello' >script
	run -126 map ./script ::: a
	[[ $output == *"./script: cannot be run"* ]]
	run -126 map / ::: a
}

@test "a script without #! runs, as in the shell" {
	echo 'echo "$0 $#: $1"' >script
	chmod +x script
	run -0 map ./script ::: 'a b'
	equal "$output" "./script 1: a b"
}

@test "the first of the name in PATH that may run is run" {
	mkdir one two
	touch one/tool
	printf '#!/bin/sh\necho two\n' >two/tool
	chmod +x two/tool
	PATH=$PWD/one:$PWD/two:$PATH run -0 map tool ::: a
	equal "$output" two
	PATH=$PWD/one:$PATH run -126 map tool ::: a
}

@test "more jobs than open files allow is refused, with the number that is needed" {
	run -2 bash -c 'ulimit -n 64; "$LEAT" map -j 100 echo ::: a'
	[[ $output =~ "-j 100 needs "([0-9]+)" open files, and the limit is 64" ]]
	needed=${BASH_REMATCH[1]}
	run -0 bash -c 'ulimit -n $1; seq 200 | "$LEAT" map -j 100 sh -c "echo \$1; sleep 0.0\$1" sh' bash \
		"$needed"
	equal "$output" "$(seq 200)"
}

@test "--dry-run prints commands that a shell reads back, and runs nothing" {
	items=("a b" "it's" '' '$HOME' $'new\nline' $'tab\tand \\' '-n' '*' '~' 'ä' '!x' '#y' 'a=b' '=c')
	run -0 map --dry-run -j1 touch -- '{}.made' ::: a
	equal "$output" "touch -- a.made"
	[ ! -e a.made ]
	map --dry-run printf '[%s]' '{}' ::: "${items[@]}" >commands
	equal "$(bash ./commands)" "$(printf '[%s]' "${items[@]}")"
}

@test "a command whose name a shell would not take for one is quoted" {
	equal "$(map --dry-run A=b {} ::: 1)" "'A=b' 1"
	equal "$(map --dry-run if {} ::: 1)" "'if' 1"
}

@test "--buffer takes no blank for a unit" {
	run -2 --separate-stderr map --buffer '1 ' true ::: a
	[[ $stderr == *"--buffer takes a size"* ]]
}

@test "--dry-run tells of bad input and of output that cannot be written" {
	run -2 map --dry-run echo < <(printf 'a\0')
	[[ $output == *"use -0"* ]]
	[ -e /dev/full ] || skip "no /dev/full"
	run -1 sh -c '"$LEAT" map --dry-run echo ::: a >/dev/full'
	[[ $output == *"cannot write"* ]]
}
