#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

play() {
	python3 "$here/terminal.py" "$@"
}

@test "SIGTERM starts no more jobs, ends those that run, and ends leat by SIGTERM" {
	start_map -j2 sh -c "$wait_job" sh < <(seq 10) 2>err
	eventually written pid.1
	eventually written pid.2
	kill -TERM "$leat"
	finish
	equal "$status" 143
	gone "$(cat pid.1)"
	gone "$(cat pid.2)"
	[ ! -e pid.3 ]
	grep -q 'interrupted by SIGTERM: 2 jobs ran in .*, 2 stopped' err
}

@test "SIGHUP ends leat likewise" {
	local signals=--default-signal=HUP
	start_map -j1 sh -c "$wait_job" sh ::: 1 2 2>err
	eventually written pid.1
	kill -HUP "$leat"
	finish
	equal "$status" 129
	gone "$(cat pid.1)"
}

@test "a signal ends leat that waits for input, too" {
	mkfifo in
	in=in start_map -j2 echo 2>err
	exec 7>in
	worker_runs() {
		[ -n "$(worker)" ]
	}
	eventually worker_runs
	kill -TERM "$leat"
	finish
	equal "$status" 143
	exec 7>&-
}

@test "SIGTERM to the working process, or to all of the group, is the same" {
	start_map -j1 sh -c "$wait_job" sh ::: 1 2 2>err
	eventually written pid.1
	kill -TERM "$(worker)"
	finish
	equal "$status" 143
	rm pid.1
	setsid env --default-signal=HUP "$LEAT" map -j1 sh -c "$wait_job" sh ::: 1 2 2>err 3>&- &
	leat=$!
	eventually written pid.1
	kill -TERM -- "-$leat"
	finish
	equal "$status" 143
	equal "$(grep -c interrupted err)" 1
}

@test "when others stop and continue the working process leat goes on" {
	start_map -j1 sh -c 'kill -STOP $PPID; sleep 0.1; kill -CONT $PPID; echo ok' sh ::: 1 >out
	finish
	equal "$status" 0
	equal "$(cat out)" ok
}

@test "Ctrl-C ends the jobs politely, once" {
	run -130 play file pid.1 file pid.2 type '\x03' -- "$LEAT" map -j2 sh -c '
		trap "echo got >>int" INT; trap "echo got >>term.$1; exit" TERM
		echo $$ >pid.$1; while :; do sleep 0.01; done' sh ::: 1 2 3
	equal "$(cat term.1)" got
	equal "$(cat term.2)" got
	[ ! -e int ]
	[ ! -e pid.3 ]
	[[ $output == *"interrupted by SIGINT"* ]]
}

@test "Ctrl-C twice kills jobs that ignore SIGTERM" {
	run -130 play file pid.1 file pid.2 type '\x03' file got type '\x03' -- "$LEAT" map -j2 sh -c '
		trap "echo got >got" TERM INT; echo $$ >pid.$1; while :; do sleep 0.01; done' sh ::: 1 2
	eventually gone "$(cat pid.1)"
	eventually gone "$(cat pid.2)"
}

@test "Ctrl-\\ kills the jobs at once" {
	run -131 play file pid.1 type '\x1c' -- "$LEAT" map -j1 sh -c '
		trap "" TERM INT QUIT; echo $$ >pid.$1; while :; do sleep 0.01; done' sh ::: 1 2
	eventually gone "$(cat pid.1)"
	[ ! -e core ]
}

# The job waits for its command in the background: its trap runs at once, wherever the signal finds it.
@test "Ctrl-C twice ends leat even if nobody takes its output" {
	mkfifo out
	exec 8<>out
	run -130 play file full type '\x03' file term type '\x03' -- sh -c 'exec "$LEAT" map -j1 sh -c "
		trap \"echo >term; exit\" TERM
		head -c 150000 /dev/zero; echo >full
		while :; do head -c 1000000 /dev/zero & wait; done" sh ::: 1 2 >out'
	exec 8>&-
}

# The job starts nothing while it is stopped: whoever waits for a vfork does not count as stopped.
@test "Ctrl-Z stops the jobs with leat, and fg continues them" {
	mkfifo go
	run -0 play file pid.1 type '\x1a' stopped state 'T pid.1' continue touch go -- "$LEAT" map -j1 sh -c '
		echo $$ >pid.1; read x <go; echo job is done' sh ::: 1
	[[ $output == *"job is done"* ]]
}

@test "a stopped job does not survive SIGTERM" {
	start_map -j1 sh -c "$wait_job" sh ::: 1 2>err
	eventually written pid.1
	kill -STOP "$(cat pid.1)"
	kill -TERM "$leat"
	finish
	equal "$status" 143
}

@test "a signal that was ignored when leat began stays ignored, for the jobs as well" {
	start_nohup() {
		trap '' HUP
		start_map -j1 sh -c "$wait_job" sh ::: 1 2>err
		trap - HUP
	}
	start_nohup
	eventually written pid.1
	kill -HUP "$leat"
	kill -HUP "$(cat pid.1)"
	kill -TERM "$leat"
	finish
	equal "$status" 143
	grep -q 'interrupted by SIGTERM' err
}

@test "jobs have the signal mask and dispositions that leat was started with" {
	state='grep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status'
	expected=$(sh -c "exec $state")
	equal "$(map sh -c "exec $state" ::: a)" "$expected"
	equal "$(trap '' USR1 PIPE; map sh -c "exec $state" ::: a)" "$(trap '' USR1 PIPE; sh -c "exec $state")"
}

@test "jobs have a process group of their own, /dev/null as stdin, and no descriptor of ours" {
	list='ls /proc/$$/fd; readlink /proc/$$/fd/0'
	equal "$(map sh -c "$list" ::: a)" "$(sh -c "$list" </dev/null)"
	run -0 map sh -c 'cut -d" " -f5 /proc/$$/stat; echo $$' ::: a
	equal "${lines[0]}" "${lines[1]}"
}

# Jobs whose grandchildren have left their group and session.
tree_job='setsid sh -c "echo \$\$ >pid.a.$1; exec sleep 1000" &
	(setsid sh -c "echo \$\$ >pid.b.$1; sleep 1000 & exec sleep 1000" &)
	echo $$ >pid.$1; exec sleep 1000'

tree_runs() {
	[ -s pid.1 ] && [ -s pid.2 ] && [ -s pid.a.1 ] && [ -s pid.b.1 ] && [ -s pid.a.2 ] && [ -s pid.b.2 ]
}

tree_is_gone() {
	local file
	for file in pid.*; do
		gone "$(cat "$file")" || return 1
	done
}

@test "when the working process is killed no job is left, grandchildren included" {
	start_map -j2 sh -c "$tree_job" sh ::: 1 2 2>err
	eventually tree_runs
	kill -KILL "$(worker)"
	finish
	equal "$status" 137
	tree_is_gone
	grep -q 'the working process was ended by signal 9' err
}

@test "when the watcher is killed no job is left, grandchildren included" {
	start_map -j2 sh -c "$tree_job" sh ::: 1 2 2>err
	eventually tree_runs
	worker=$(worker)
	kill -KILL "$leat"
	finish
	equal "$status" 137
	eventually gone "$worker"
	eventually tree_is_gone
}

# Such a job dies after leat has looked for whom to kill, and only then its child comes to leat: once in some
# runs after leat has looked again.
@test "when the watcher is killed no job is left, though it takes its time to die" {
	local worker
	for _ in 1 2 3 4 5; do
		rm -f pid.*
		start_map -j1 python3 -c '
import os, subprocess, sys, time
memory = bytearray(b"x") * 200000000
child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
for name, pid in ("pid.a", child.pid), ("pid.1", os.getpid()):
    open(name, "w").write(f"{pid}\n")
time.sleep(1000)' ::: 1 2>err
		eventually written pid.1
		worker=$(worker)
		kill -KILL "$leat"
		eventually gone "$worker"
		tree_is_gone
		wait "$leat" || true
		leat=
	done
}

@test "when the watcher is killed no job is left, even if the working process was stopped" {
	start_map -j1 sh -c 'echo $$ >pid.1; exec sleep 1000' sh ::: 1 2>err
	eventually written pid.1
	local worker
	worker=$(worker)
	kill -STOP "$worker"
	kill -KILL "$leat"
	eventually gone "$worker"
	eventually gone "$(cat pid.1)"
	wait "$leat" || true
	leat=
}

@test "what jobs leave in the background ends with leat" {
	run -0 map -j2 sh -c 'setsid sh -c "echo \$\$ >pid.$1; exec sleep 1000" &
		until [ -s pid.$1 ]; do :; done' sh ::: 1 2
	gone "$(cat pid.1)"
	gone "$(cat pid.2)"
}

@test "processes that lost their parent leave no zombies while leat runs" {
	start_map -j1 sh -c 'export i; for i in 1 2 3 4 5; do (sh -c "echo >orphan.\$i" & ) ; done
		echo $$ >pid.1; exec sleep 1000' sh ::: 1 2>err
	only_the_job() {
		[ "$(echo orphan.?)" = "orphan.1 orphan.2 orphan.3 orphan.4 orphan.5" ] &&
			[ "$(cat /proc/$(worker)/task/*/children | tr -d ' ')" = "$(cat pid.1)" ]
	}
	eventually only_the_job
	kill -TERM "$leat"
	finish
}
