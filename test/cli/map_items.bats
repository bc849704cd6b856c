#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

args='printf "[%s]" "$@"; echo'

@test "each line is an item, and comes at the end of the command" {
	run -0 map echo item <<<$'a\nb c\nd'
	equal "$output" $'item a\nitem b c\nitem d'
}

@test "the last line may lack its newline" {
	run -0 map echo < <(printf 'a\nb')
	equal "$output" $'a\nb'
}

@test "an empty line is an item" {
	run -0 map sh -c "$args" sh < <(printf 'a\n\nb\n')
	equal "$output" $'[a]\n[]\n[b]'
}

@test "empty input runs nothing and succeeds" {
	run -0 map touch ran </dev/null
	equal "$output" ""
	run -0 map touch ran :::
	equal "$output" ""
	[ ! -e ran ]
}

@test "blanks, quotes and backslashes in an item are left alone" {
	run -0 map echo < <(printf '%s\n' ' a  b' "it's" '\n' '$HOME' '*')
	equal "$output" "$(printf '%s\n' ' a  b' "it's" '\n' '$HOME' '*')"
}

@test "with -0 items end with NUL, and may contain newlines" {
	run -0 map -0 sh -c "$args" sh < <(printf 'a\nb\0c\0\0d')
	equal "$output" $'[a\nb]\n[c]\n[]\n[d]'
}

@test "a NUL in a line is an error that names -0, after the items before it have run" {
	printf 'a\nb\0c\nd\n' >in
	run -2 map echo <in
	[[ $output == a$'\n'*"item 2 contains a NUL"*"use -0"* ]]
	[ "$(grep -c '^.$' <<<"$output")" -eq 1 ]
}

@test "an item that no argument can hold is an error, not memory without end" {
	head -c 131071 /dev/zero | tr '\0' x >fits
	run -0 map sh -c 'echo ${#1}' sh <fits
	equal "$output" 131071
	run -2 map echo < <(tr '\0' x </dev/zero)
	[[ $output == *"item 1 is longer than 128 KiB"* ]]
}

@test "-n gives each job so many items, the last one what is left" {
	run -0 map -n 2 sh -c "$args" sh < <(seq 5)
	equal "$output" $'[1][2]\n[3][4]\n[5]'
	run -0 map -n 3 echo ::: a b c
	equal "$output" "a b c"
}

@test "items may come from the command line, and stdin is then left alone" {
	run -0 sh -c 'echo left | { "$LEAT" map echo ::: a "b c"; cat; }'
	equal "$output" $'a\nb c\nleft'
}

@test "jobs read nothing from our stdin" {
	run -0 map -j1 sh -c 'cat; echo $1' sh < <(seq 3)
	equal "$output" $'1\n2\n3'
}

@test "stdin that is closed or cannot be read is an error" {
	run -2 sh -c '"$LEAT" map echo <&-'
	[[ $output == *"cannot read items from standard input"* ]]
	run -2 sh -c '"$LEAT" map echo </'
	[[ $output == *"Is a directory"* ]]
	run -0 sh -c '"$LEAT" map echo ::: a <&-'
	equal "$output" a
}

@test "stdin that another process made non-blocking is waited for" {
	run -0 python3 - <<'END'
import os, subprocess, threading
r, w = os.pipe()
os.set_blocking(r, False)
p = subprocess.Popen([os.environ['LEAT'], 'map', 'echo'], stdin=r, stdout=subprocess.PIPE)
os.write(w, b'1\n')
assert p.stdout.readline() == b'1\n'
os.write(w, b'2\n')
os.close(w)
assert p.stdout.read() == b'2\n'
assert p.wait() == 0
END
}

@test "an item runs as soon as its line is complete" {
	mkfifo in out
	in=in out=out start_map -j1 echo
	exec 7>in 8<out
	echo first >&7
	read -r -t 20 line <&8
	equal "$line" first
	printf sec >&7
	echo ond >&7
	read -r -t 20 line <&8
	equal "$line" second
	exec 7>&-
	finish
	equal "$status" 0
}

@test "ten thousand items run exactly once each" {
	n=$(scaled 10000)
	seq "$n" | map -j 8 echo >out
	sort -n out | cmp - <(seq "$n")
}

@test "at most 2 x j items are read ahead" {
	run -0 python3 "$here/read_ahead.py"
	echo "$output"
}

@test "more memory is not taken for more input" {
	[ -z "$SANITIZE" ] || skip "a sanitizer takes memory of its own"
	start_map -j2 sh -c '[ $1 -ne 1 ] || { echo $$ >pid.1; exec sleep 1000; }' sh < <(seq 4000)
	eventually written pid.1
	before=$(awk '/VmHWM/ { print $2 }' "/proc/$(worker)/status")
	[ "$before" -lt 8000 ]
	kill "$(cat pid.1)"
	finish
}
