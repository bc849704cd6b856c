# SPDX-License-Identifier: Apache-2.0
"""Exploration for hours: each program with bounds that are wider by one, and at random.

Every program gets the same time, so what is exhausted early leaves the rest of its time unused.
"""
import concurrent.futures
import re
import subprocess
import time

RESULT = re.compile(r'^# (\S+): ([\w ]+); (\d+) schedules', re.MULTILINE)
MEMORY_MIB = 4000  # for the states seen, of each of those that run at the same time


def programs(explorer):
    listed = subprocess.run([explorer, '--list'], check=True, capture_output=True, encoding='utf-8')
    return [line.split()[0] for line in listed.stdout.splitlines()]


def run(command):
    """(the command, how many schedules, whether all was well, what it printed)"""
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding='utf-8', errors='replace')
    explored = sum(int(number) for _, _, number in RESULT.findall(done.stdout))
    return command, explored, done.returncode == 0 and explored > 0, done.stdout


def explore(explorer, hours, jobs, count):
    """Adds one case for each program and way to the count; returns the number of schedules."""
    names = programs(explorer)
    seconds = max(1, int(hours * 3600 * jobs / len(names) / 2))
    seed = str(int(time.time()))
    ways = (['--deeper', '1', '--memory', str(MEMORY_MIB)], ['--random', '--seed', seed])
    commands = [[explorer, '--program', name, '--seconds', str(seconds), *way]
                for way in ways for name in names]
    total = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for command, explored, good, output in pool.map(run, commands):
            total += explored
            if good:
                count.passed += 1
            else:
                count.fail(' '.join(command), output)
    return total
