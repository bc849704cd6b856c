# SPDX-License-Identifier: Apache-2.0
"""tools/check counts every test case, and every way in which a test program can go wrong.

A small project of programs that behave and misbehave is run by Meson, and counted.

usage: counting.py ROOT
"""
import os
import subprocess
import sys
import tempfile

import house

sys.path.insert(0, os.path.join(os.path.abspath(sys.argv[1]), 'tools'))
import testlog  # noqa: E402

# name: (protocol, program in sh, (passed, failed, skipped))
PROGRAMS = {
    'two_cases_pass': ('tap', 'echo 1..2; echo ok 1 - a; echo ok 2 - b', (2, 0, 0)),
    'one_case_fails': ('tap', 'echo 1..2; echo ok 1 - a; echo not ok 2 - b; exit 1', (1, 1, 0)),
    'one_case_is_skipped': ('tap', 'echo 1..2; echo ok 1 - a; echo "ok 2 - b # SKIP no c"', (1, 0, 1)),
    'all_cases_are_skipped': ('tap', 'echo 1..1; echo "ok 1 - a # SKIP no b"', (0, 0, 1)),
    'a_crash_after_the_last_case': ('tap', 'echo 1..1; echo ok 1 - a; kill -SEGV $$', (1, 1, 0)),
    'a_hang_after_the_last_case': ('tap', 'echo 1..1; echo ok 1 - a; exec sleep 1000', (1, 1, 0)),
    'fewer_cases_than_planned': ('tap', 'echo 1..3; echo ok 1 - a; echo ok 2 - b', (2, 1, 0)),
    'a_status_that_belies_the_cases': ('tap', 'echo 1..1; echo ok 1 - a; exit 1', (1, 1, 0)),
    'no_case_at_all': ('tap', 'exit 0', (0, 1, 0)),
    'a_plan_without_cases': ('tap', 'echo 1..0', (0, 1, 0)),
    'a_plan_that_skips_all': ('tap', 'echo "1..0 # SKIP no a here"', (0, 0, 1)),
    'a_bail_out': ('tap', 'echo 1..2; echo ok 1 - a; echo Bail out! b', (1, 1, 0)),
    'status_0': ('exitcode', 'exit 0', (1, 0, 0)),
    'status_1': ('exitcode', 'exit 1', (0, 1, 0)),
    'status_77': ('exitcode', 'exit 77', (0, 0, 1)),
    'a_crash': ('exitcode', 'kill -SEGV $$', (0, 1, 0)),
    'a_hang': ('exitcode', 'exec sleep 1000', (0, 1, 0)),
}


def write_project(folder, names):
    """Meson's name of a test has its suite before it: some have one."""
    lines = ["project('leat')", "sh = find_program('sh')"]
    for number, name in enumerate(names):
        protocol, program, _ = PROGRAMS[name]
        path = os.path.join(folder, name + '.sh')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(program.replace('; ', '\n') + '\n')
        suite = ", suite: 'some'" if number % 2 else ''
        lines.append(f"test('{name}', sh, args: files('{name}.sh'), protocol: '{protocol}', timeout: 1{suite})")
    with open(os.path.join(folder, 'meson.build'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')


def counted(names):
    """The Count of a project of these programs."""
    with tempfile.TemporaryDirectory() as folder:
        write_project(folder, names)
        build = os.path.join(folder, 'build')
        for command in (['setup', build, folder], ['test', '-C', build]):
            subprocess.run(['meson', *command], check=False, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        return testlog.count(build)


def difference(count, expected):
    got = (count.passed, count.failed, count.skipped)
    return [] if got == expected else [f'counted {got} instead of {expected}: {count.reports}']


def main():
    tap = house.Tap(len(PROGRAMS) + 3)
    for name, (_, _, expected) in PROGRAMS.items():
        tap.case(f'counts {name}', difference(counted([name]), expected))
    sums = tuple(sum(expected[i] for _, _, expected in PROGRAMS.values()) for i in range(3))
    tap.case('counts a project of them all', difference(counted(list(PROGRAMS)), sums))
    tap.case('counts nothing where nothing ran', difference(counted([]), (0, 1, 0)))
    with tempfile.TemporaryDirectory() as folder:
        tap.case('counts missing logs as a failure', difference(testlog.count(folder), (0, 1, 0)))
    tap.end()


if __name__ == '__main__':
    main()
