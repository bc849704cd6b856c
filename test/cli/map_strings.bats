#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

all='[{}] [{/}] [{.}] [{//}] [{/.}]'

@test "replacement strings give the parts of a path" {
	run -0 map -j1 echo "$all" ::: a/b.c.d a.b/c .bashrc /x/.bashrc a. ./a /a//b..c x/. .. / a/ ''
	equal "$output" '[a/b.c.d] [b.c.d] [a/b.c] [a] [b.c]
[a.b/c] [c] [a.b/c] [a.b] [c]
[.bashrc] [.bashrc] [] [.] []
[/x/.bashrc] [.bashrc] [/x/] [/x] []
[a.] [a.] [a] [.] [a]
[./a] [a] [./a] [.] [a]
[/a//b..c] [b..c] [/a//b.] [/a] [b.]
[x/.] [.] [x/] [x] []
[..] [..] [.] [.] [.]
[/] [] [/] [/] []
[a/] [] [a/] [.] []
[] [] [] [.] []'
}

@test "replacement strings are those of GNU parallel" {
	parallel --version 2>/dev/null | grep -q GNU || skip "GNU parallel is not here"
	items=(a/b.c.d a.b/c .bashrc a. ./a /a//b..c x/. .. / a/ a// // /a /a/ 'b c/d e.f' a/b/ '')
	export PARALLEL_HOME=$PWD/home
	mkdir home
	parallel --will-cite -k echo "$all" "{#}" ::: "${items[@]}" >expected
	map echo "$all" "{#}" ::: "${items[@]}" >got
	diff expected got
}

@test "a command with any replacement string gets no items at its end" {
	run -0 map -j1 echo {#} ::: a b
	equal "$output" $'1\n2'
	run -0 map -j1 echo x{}y{} ::: a
	equal "$output" xaya
}

@test "with -n a word that speaks of the item becomes a word for each" {
	run -0 map -j1 -n 2 sh -c 'printf "<%s>" "$@"; echo' sh 'x{}y{/}' '{}' z {#} ::: a b/c d
	equal "$output" '<xaya><xb/cyc><a><b/c><z><1>
<xdyd><d><z><2>'
}

@test "an item is never looked at for replacement strings, nor by a shell" {
	run -0 map -j1 echo '{}' ::: '{#}' '{}' '$(id)' '; id'
	equal "$output" $'{#}\n{}\n$(id)\n; id'
}

@test "{#} numbers the jobs and {%} the slots from 1 to j" {
	run -0 map -j3 echo {#} < <(seq 11 30)
	equal "$output" "$(seq 20)"
	map -j3 echo {%} < <(seq 60) | sort -u >slots
	[ -z "$(grep -vx '[123]' slots)" ]
}

@test "no two jobs are in one slot at a time" {
	mkdir slot
	run -0 map -j4 sh -c 'mkdir slot/$1 && rmdir slot/$1' sh {%} < <(seq "$(scaled 300)")
	equal "$output" ""
}

@test "braces that mean nothing stay as they are" {
	run -0 map -j1 echo '{' '}' '{a}' '{{}}' '{/}' '{///}' ::: x
	equal "$output" '{ } {a} {x} x {///}'
}

@test "the name of the command may come from the item" {
	run -0 map -j1 {} ok ::: echo printf
	equal "$output" $'ok\nok'
}

@test "strings of GNU parallel that are not here are refused by name" {
	for string in '{1}' '{-1}' 'a{2/}b' '{2.}' '{2//}' '{2/.}' '{= s/a/b/ =}'; do
		run -2 map echo "$string" ::: a
		[[ $output == *"$(grep -o '{.*}' <<<"$string") as a replacement string is not in this version"* ]]
	done
}
