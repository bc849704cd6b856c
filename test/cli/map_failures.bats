#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

@test "success says nothing on stderr" {
	map echo ::: a b >out 2>err
	[ ! -s err ]
}

@test "a failed job is status 1, and the others run" {
	run -1 --separate-stderr map sh -c '[ $1 != 2 ] && echo $1' sh ::: 1 2 3
	equal "$output" $'1\n3'
}

@test "a failed job is reported with its number, its status, and a command to paste" {
	run -1 --separate-stderr map sh -c 'echo "$1" >>ran; [ "$1" != "it'\''s b" ] || exit 7' sh ::: a "it's b"
	line=$(grep '^leat map: job 2 failed with exit status 7: ' <<<"$stderr")
	rm ran
	run -7 bash -c "${line#*status 7: }"
	equal "$(cat ran)" "it's b"
}

@test "a job that a signal ended is reported with the signal" {
	run -1 map sh -c 'kill -SEGV $$' sh ::: a
	[[ $output == *"job 1 was ended by SIGSEGV: sh -c"* ]]
}

@test "a job that could not be started is reported with the reason" {
	touch plain
	run -1 map {} ::: nowhere ./plain
	[[ $output == *"job 1 could not be started: No such file or directory: nowhere"* ]]
	[[ $output == *"job 2 could not be started: Permission denied: ./plain"* ]]
	seq 300000 >many
	run -1 map -n 300000 echo <many
	[[ $output == *"could not be started: Argument list too long"* ]]
}

@test "of a command that is too long to paste only the beginning is reported" {
	seq 50000 >many
	run -1 --separate-stderr map -n 50000 sh -c 'exit 1' sh <many
	[[ $stderr == *"job 1 failed with exit status 1: sh -c 'exit 1' sh 1 2 3 "*" ... (and 2"*" bytes more)"* ]]
	[ ${#stderr} -lt 20000 ]
}

@test "the report comes after what the job printed, on a line of its own" {
	map -j4 sh -c 'sleep 0.0$1; printf "error of $1" >&2; exit 1' sh ::: 3 2 1 2>err ||
		equal $? 1
	sed -n 's/^\(leat map: job .\).*/\1/p; /^error/p' err >order
	equal "$(cat order)" 'error of 3
leat map: job 1
error of 2
leat map: job 2
error of 1
leat map: job 3'
}

@test "the summary says how many ran and failed, and its command runs those again" {
	for name in a 'b c' d; do touch "$name.in"; done
	run -1 --separate-stderr map -j2 -n 1 cat -- '{}.in' ::: a x 'b c' "y'z" d
	[[ $stderr == *"leat map: 5 jobs ran in "*" s, 2 failed"* ]]
	again=$(sed -n 's/^    leat map/map/p' <<<"$stderr")
	equal "$again" "map -j2 -n 1 cat -- '{}.in' ::: x 'y'\''z'"
	touch x.in "y'z.in"
	eval "run -0 $again"
}

@test "the summary names 20 of the failed, and says how many more there are" {
	run -1 --separate-stderr map -j2 false < <(seq 33)
	items=$(sed -n 's/^    leat map -j2 false ::: //p' <<<"$stderr")
	equal "$(wc -w <<<"$items")" 20
	[[ $stderr == *"leat map: and 13 more, named above"* ]]
	equal "$(grep -c '^leat map: job .* failed' <<<"$stderr")" 33
}

@test "control characters of an item do not reach the terminal in a report" {
	run -1 map false ::: $'a\e[2Jb'
	[[ $output != *$'\e'* ]]
	[[ $output == *"false \$'a\\033[2Jb'"* ]]
}

@test "with --fail-fast the first failure stops those that run, and no other starts" {
	mkfifo gate
	run -1 --separate-stderr map -j2 --fail-fast sh -c '
		echo "$1" >>started
		if [ $1 = 1 ]; then trap "echo stopped >stopped; exit" TERM; echo >gate; while :; do sleep 0.01; done
		else cat gate; exit 3; fi' sh < <(seq 100)
	equal "$(sort started)" $'1\n2'
	equal "$(cat stopped)" stopped
	[[ $stderr == *"job 2 failed with exit status 3"* ]]
	[[ $stderr == *"1 failed"* ]]
	equal "$(grep -c 'leat map: job' <<<"$stderr")" 1
}

@test "--fail-fast does not wait for input that has not come" {
	mkfifo in
	in=in start_map --fail-fast false 2>err
	exec 7>in
	echo a >&7
	finish
	equal "$status" 1
	exec 7>&-
}

@test "without --fail-fast a failure stops nothing" {
	run -1 --separate-stderr map -j2 sh -c 'echo $1; exit 1' sh < <(seq 50)
	equal "$output" "$(seq 50)"
}

# Root has no such limit, so somebody else runs it: 8 threads and processes of leat, and 2 jobs.
@test "where there is no room for a process its job waits until another one ends" {
	[ -z "$SANITIZE" ] || skip "a sanitizer has threads of its own"
	chmod 777 .
	as_nobody() {
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	}
	as_nobody "$LEAT" --version >/dev/null 2>&1 || skip "nobody may not run $LEAT"
	[ "$(pgrep -cu 65534)" = 0 ] || skip "nobody runs something else"
	run -0 as_nobody bash -c 'ulimit -u 10; exec "$LEAT" map -j4 printf "%s\n"' < <(seq 40)
	equal "$output" "$(seq 40)"
}
