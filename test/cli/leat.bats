#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

@test "the help of leat lists its commands" {
	run -0 "$LEAT" --help
	[[ $output == *"map "*"run a command for each item"* ]]
}

@test "the version is that of the library" {
	run -0 "$LEAT" --version
	[[ $output =~ ^leat\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	first=$output
	run -0 map --version
	equal "$output" "$first"
}

@test "no command is wrong use, with an example" {
	run -2 "$LEAT"
	[[ $output == *"seq 3 | leat map echo"* ]]
}

@test "an unknown command is wrong use, by name" {
	run -2 "$LEAT" mpa
	[[ $output == *"there is no command 'mpa'"* ]]
}

@test "help of a command is what its own --help says" {
	run -0 "$LEAT" help map
	first=$output
	run -0 map --help
	equal "$output" "$first"
	run -2 "$LEAT" help nothing
}

@test "help begins with examples, and goes to stdout" {
	map --help >out 2>err
	equal "$(head -n 1 out)" "Examples:"
	[ ! -s err ]
	grep -q -- '--fail-fast' out
}

@test "no line of the help ends in blanks" {
	"$LEAT" --help >out
	map --help >>out
	run -1 grep -n ' $' out
}

@test "every example of the help is valid use" {
	map --help | sed -n '/^Examples:/,/^$/s/^.*\(leat map .*\)$/\1/p' >examples
	[ "$(wc -l <examples)" -ge 3 ]
	mkdir bin
	for name in convert gzip; do
		printf '#!/bin/sh\necho "$@"\n' >bin/$name
	done
	chmod +x bin/*
	ln -s "$LEAT" bin/leat
	while read -r line; do
		line=${line%%   *}
		PATH=$PWD/bin:$PATH run -0 sh -c "${line/map/map --dry-run} </dev/null"
	done <examples
}

@test "help that cannot be written is an error" {
	[ -e /dev/full ] || skip "no /dev/full"
	run -1 sh -c '"$LEAT" --help >/dev/full'
	[[ $output == *"cannot write to standard output"* ]]
	run -1 sh -c '"$LEAT" map --help >/dev/full'
	[[ $output == *"cannot write to standard output"* ]]
}
