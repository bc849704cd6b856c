#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
load common

# A job that prints ITEM times 7919 modulo 13 lines, and is sometimes slow.
lines_job='
	n=$(($1 * 7919 % 13)) i=0
	[ $n -lt 11 ] || sleep 0.0$n
	while [ $i -lt $n ]; do echo "$1 line $i"; i=$((i + 1)); done'

lines_expected() {
	awk -v last="$1" 'BEGIN {
		for (n = 1; n <= last; n++)
			for (i = 0; i < n * 7919 % 13; i++)
				print n " line " i }'
}

# The first of the jobs prints only when something is written into the pipe `gate`; the others, once it
# runs, 1 MB of their item each.
large_job='
	if [ $1 -eq 0 ]; then
		echo $$ >pid.0; echo first; head -c 1 gate >/dev/null; echo last
	else
		head -c 1000000 /dev/zero | tr "\0" "$1"; echo; echo "$1" >>ended
	fi'

large_expected() {
	echo first
	echo last
	for i in $(seq "$1"); do
		head -c 1000000 /dev/zero | tr '\0' "$i"
		echo
	done
}

@test "output comes in the order of the items, however long jobs take" {
	n=$(scaled 1500)
	seq "$n" | map -j8 sh -c "$lines_job" sh >out
	cmp out <(lines_expected "$n")
}

@test "order holds with hardly any buffer, through the file" {
	n=$(scaled 500)
	seq "$n" | map -j8 --buffer 0 sh -c "$lines_job" sh >out
	cmp out <(lines_expected "$n")
}

@test "what the first job prints is seen while it runs" {
	mkfifo gate out
	out=out start_map -j2 sh -c 'echo "$1 begins"; head -c 1 gate >/dev/null; echo "$1 ends"' sh ::: a b
	exec 8<out
	read -r -t 20 line <&8
	equal "$line" "a begins"
	exec 7>gate
	printf xx >&7
	equal "$(cat <&8)" $'a ends\nb begins\nb ends'
	exec 7>&- 8<&-
	finish
	equal "$status" 0
}

@test "the next job goes live when the first ends" {
	mkfifo gate.1 gate.2 out
	out=out start_map -j2 sh -c 'echo "$1 begins"; cat gate.$1; echo "$1 ends"' sh ::: 1 2
	exec 8<out
	read -r -t 20 line <&8
	equal "$line" "1 begins"
	echo >gate.1
	read -r -t 20 line <&8
	read -r -t 20 line <&8
	equal "$line" "1 ends"
	read -r -t 20 line <&8
	equal "$line" "2 begins"
	echo >gate.2
	finish
	equal "$status" 0
}

@test "stdout and stderr go their own ways, in the order in which the job wrote" {
	map -j4 sh -c 'echo "out $1"; sleep 0.0$1; echo "err $1" >&2; sleep 0.01; echo "out2 $1"' sh ::: 3 2 1 \
		>out 2>err
	equal "$(cat out)" $'out 3\nout2 3\nout 2\nout2 2\nout 1\nout2 1'
	equal "$(cat err)" $'err 3\nerr 2\nerr 1'
	map -j4 sh -c 'echo "out $1"; sleep 0.01; echo "err $1" >&2; sleep 0.01; echo "out2 $1"' sh ::: 3 2 1 \
		>both 2>&1
	equal "$(cat both)" "$(for i in 3 2 1; do printf '%s\n' "out $i" "err $i" "out2 $i"; done)"
}

@test "long lines of many jobs are never mixed" {
	n=$(scaled 60)
	seq "$n" | map -j8 sh -c 'head -c 100000 /dev/zero | tr "\0" x; echo " $1"' sh >out
	equal "$(sed 's/^x* //' out)" "$(seq "$n")"
	equal "$(tr -d '\nx 0-9' <out | wc -c)" 0
	equal "$(wc -L <out)" $((100001 + ${#n}))
}

@test "bytes of any value come through" {
	head -c 300000 /dev/urandom >bytes
	map cat ::: bytes bytes bytes >out
	cmp out <(cat bytes bytes bytes)
	equal "$(printf 'no newline')" "$(map printf %s ::: 'no newline')"
}

@test "with --as-done each job's output comes in one piece when it ends" {
	mkfifo gate.1 gate.2 out
	out=out start_map -j2 --as-done sh -c 'echo "$1 begins"; cat gate.$1; echo "$1 ends"' sh ::: 1 2
	exec 8<out
	echo >gate.2
	for expected in "2 begins" "" "2 ends"; do
		read -r -t 20 line <&8
		equal "$line" "$expected"
	done
	echo >gate.1
	for expected in "1 begins" "" "1 ends"; do
		read -r -t 20 line <&8
		equal "$line" "$expected"
	done
	finish
	equal "$status" 0
}

@test "with --as-done nothing is lost and nothing mixed" {
	n=$(scaled 500)
	seq "$n" | map -j8 --as-done sh -c "$lines_job" sh >out
	equal "$(sort out | md5sum)" "$(lines_expected "$n" | sort | md5sum)"
	awk '$1 != last && seen[$1]++ { exit 1 } { last = $1 }' out
}

@test "output beyond the buffer waits in a file without a name" {
	mkfifo gate
	start_map -j3 --buffer 1M sh -c "$large_job" sh < <(seq 0 6) >out
	eventually lines 6 ended
	worker=$(worker)
	ls -l "/proc/$worker/fd" | grep -q "$TMPDIR/.*(deleted)"
	equal "$(find . -name 'leat-*')" ""
	[ -n "$SANITIZE" ] || [ "$(awk '/VmHWM/ { print $2 }' "/proc/$worker/status")" -lt 11000 ]
	echo >gate
	finish
	equal "$status" 0
	cmp out <(large_expected 6)
}

@test "leat takes at most 10 MB beyond the buffer, both processes together" {
	[ -z "$SANITIZE" ] || skip "a sanitizer takes memory of its own"
	mkfifo gate
	start_map -j3 --buffer 5M sh -c "$large_job" sh < <(seq 0 20) >out
	eventually lines 20 ended
	used=$(cat "/proc/$leat/status" "/proc/$(worker)/status" | awk '/VmHWM/ { n += $2 } END { print n }')
	echo "used $used kB"
	[ "$used" -lt $((15 * 1024)) ]
	echo >gate
	finish
	cmp out <(large_expected 20)
}

@test "very many small outputs behind a slow job stay within the buffer, too" {
	mkfifo gate
	n=$(scaled 5000)
	start_map -j2 --buffer 1M sh -c \
		'[ $1 -gt 0 ] || { echo $$ >pid.0; head -c 1 gate >/dev/null; }; echo $1' sh < <(seq 0 50) >out
	eventually written pid.0
	echo >gate
	finish
	equal "$(cat out)" "$(seq 0 50)"
	rm pid.0
	start_map -j2 --buffer 1M "$here/slow_first" "$n" < <(seq 0 "$n") >out
	eventually written pid.0
	eventually written last
	[ -n "$SANITIZE" ] || [ "$(awk '/VmHWM/ { print $2 }' "/proc/$(worker)/status")" -lt 11000 ]
	echo >gate
	finish
	cmp out <(seq 0 "$n")
}

@test "with the temporary file full jobs wait, nothing is lost, and it is said once" {
	ulimit -f 1000
	# The limit is for files, so the output of the test goes through a pipe.
	mkfifo gate result
	head -c 20000000 <result | md5sum >sum &
	out=result start_map -j3 --buffer 100k sh -c "$large_job" sh < <(seq 0 8) 2>err
	eventually grep -q "jobs wait until there is room" err
	echo >gate
	finish
	wait
	equal "$status" 0
	equal "$(cat sum)" "$(large_expected 8 | md5sum)"
	equal "$(wc -l <err)" 1
}

# Job 0 has its turn and waits; job 1 prints more than there is room for; job 2 ends when that has been said.
stuck_job='echo >started.$1
	case $1 in
	0) head -c 1 gate >/dev/null ;;
	1) head -c 1000000 /dev/zero ;;
	2) until grep -q "jobs wait" err; do sleep 0.01; done; echo >ended.2 ;;
	esac'

# Everything that leat runs waits for something.
all_asleep() {
	local pid
	for pid in $(worker) $(cat /proc/$(worker)/task/*/children); do
		grep -q '^State:.S' "/proc/$pid/status" || return 1
	done
}

only_two_jobs_left() {
	[ "$(cat /proc/$(worker)/task/*/children | wc -w)" -eq 2 ] && all_asleep
}

@test "with the temporary file full no job starts until there is room" {
	mkfifo gate
	export TMPDIR=$PWD/nowhere
	start_map -j3 --buffer 100k sh -c "$stuck_job" sh < <(seq 0 20) >out 2>err
	eventually grep -q "nowhere: No such file or directory; jobs wait until there is room" err
	eventually written ended.2
	eventually only_two_jobs_left
	equal "$(echo started.*)" "started.0 started.1 started.2"
	echo >gate
	finish
	equal "$status" 0
	equal "$(wc -c <out)" 1000000
	[ -e started.20 ]
	equal "$(wc -l <err)" 1
}

@test "with a real full disk nothing is lost" {
	unshare -m true 2>/dev/null || skip "no right to mount"
	mkdir tiny
	mkfifo gate
	export large_job
	unshare -m bash -c 'mount -t tmpfs -o size=2M tiny tiny || exit 99
		TMPDIR=$PWD/tiny exec "$LEAT" map -j3 --buffer 100k sh -c "$large_job" sh' \
		< <(seq 0 8) >out 2>err &
	leat=$!
	eventually grep -q "tiny: No space left on device; jobs wait until there is room" err
	echo >gate
	finish
	equal "$status" 0
	cmp out <(large_expected 8)
	equal "$(wc -l <err)" 1
}

@test "with --as-done and no room one job gets its turn early, and nothing is lost" {
	export TMPDIR=$PWD/nowhere
	run -0 --separate-stderr map -j3 --as-done --buffer 100k \
		sh -c 'head -c 1000000 /dev/zero | tr "\0" "$1"; echo' sh ::: 1 2 3 4 5 6
	equal "$(sort <<<"$output" | md5sum)" \
		"$(for i in $(seq 6); do head -c 1000000 /dev/zero | tr '\0' "$i"; echo; done | md5sum)"
}

@test "a reader that goes away stops the jobs, quietly, and leat ends by SIGPIPE" {
	run -0 bash -c 'yes | "$LEAT" map -j2 echo | head -n 2; echo "${PIPESTATUS[*]}"'
	equal "$output" $'y\ny\n141 141 0'
	mkfifo out
	out=out start_map -j2 sh -c "$wait_job" sh ::: 1 2
	exec 8<out
	eventually written pid.1
	eventually written pid.2
	exec 8<&-
	kill -TERM "$leat"
	finish
	equal "$status" 143
}

@test "jobs that run when the reader goes away get SIGTERM" {
	mkfifo out
	out=out start_map -j2 sh -c 'if [ $1 = 1 ]; then while :; do echo y; done; else trap "echo >got; exit" TERM
		echo $$ >pid.2; while :; do sleep 0.01; done; fi' sh ::: 1 2
	exec 8<out
	eventually written pid.2
	exec 8<&-
	finish
	equal "$status" 141
	eventually written got
}

@test "output that cannot be written is an error, and stops the jobs" {
	[ -e /dev/full ] || skip "no /dev/full"
	run -1 sh -c 'yes | "$LEAT" map -j2 echo >/dev/full'
	equal "$output" "leat map: cannot write to standard output: No space left on device"
	run -1 sh -c 'yes | "$LEAT" map -j2 sh -c "echo >&2" 2>/dev/full'
}

@test "a stdout that is closed is an error as soon as something is printed" {
	run -1 sh -c '"$LEAT" map -j2 echo ::: a b >&-'
	equal "$output" "leat map: cannot write to standard output: Bad file descriptor"
	run -0 sh -c '"$LEAT" map true ::: a b >&-'
	equal "$output" ""
	run -0 sh -c '"$LEAT" map -j1 sh -c "echo out; echo err >&2" ::: a 2>&-'
	equal "$output" out
}

@test "with descriptors 0 to 2 closed a job's own are still where they belong" {
	"$LEAT" map -j1 sh -c 'for fd in 0 1 2; do list="$list $(readlink /proc/$$/fd/$fd)"; done
		echo $list >fds' sh ::: a <&- >&- 2>&-
	[[ "$(cat fds)" =~ ^"/dev/null pipe:["[0-9]+"] pipe:["[0-9]+"]"$ ]]
}

@test "output that another process made non-blocking is waited for" {
	run -0 python3 - <<'END'
import os, subprocess, time
r, w = os.pipe()
os.set_blocking(w, False)
p = subprocess.Popen([os.environ['LEAT'], 'map', 'head', '-c', '1000000', ':::', '/dev/zero', '/dev/zero'],
                     stdout=w)
os.close(w)
n = 0
while got := os.read(r, 65536):
    n += len(got)
assert p.wait() == 0 and n == 2000000, (p.returncode, n)
END
}

@test "what a job leaves in the background does not hold it up" {
	run -0 --separate-stderr timeout 20 "$LEAT" map -j1 sh -c 'sleep 1000 & echo $1' sh ::: a b
	equal "$output" $'a\nb'
}

@test "what a job's background prints later is not the next job's output" {
	run -0 map -j1 sh -c '[ $1 != a ] || { (echo $$ >pid.bg; while :; do echo noise || exit; done) & }
		until [ -s pid.bg ]; do :; done; echo $1' sh ::: a b c
	equal "$(grep -v noise <<<"$output")" $'a\nb\nc'
	equal "$(sed -n '/^b$/,$p' <<<"$output")" $'b\nc'
}

@test "a job that prints a little all the time is shown while it runs" {
	start_map -j1 sh -c 'while [ ! -e stop ]; do echo x; sleep 0.001; done' sh ::: 1 >out
	eventually written out
	touch stop
	finish
	equal "$status" 0
}
