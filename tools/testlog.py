# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases of one `meson test`, from the two logs that it leaves.

Neither log is enough. The JUnit file has every case of a TAP program, but a program that crashed or
hung after its last case stands there with passed cases only. The JSON file has the verdict on each
program, but no cases. A program that Meson is not content with, and none of whose cases failed, counts
as one more failed case; so does a TAP program that printed no case at all, which Meson calls skipped,
unless it said so with a plan of nothing and the reason: `1..0 # SKIP reason`.
"""
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

PROJECT = 'leat'
GOOD = ('OK', 'EXPECTEDFAIL')
EXIT_STATUS_OF_SKIP = 77
SCHEDULES = re.compile(r'^# \S+: [\w ]+; (\d+) schedules', re.MULTILINE)
PLAN_OF_SKIP = re.compile(r'^1\.\.0\s*#\s*skip', re.IGNORECASE | re.MULTILINE)


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reports: list = field(default_factory=list)  # (what failed, its output)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.reports += other.reports

    def fail(self, what, output=''):
        self.failed += 1
        self.reports.append((what, output))


def remove(build):
    """Removes the logs of an earlier run, so that they cannot be taken for those of the next."""
    for name in ('testlog.json', 'testlog.junit.xml'):
        path = os.path.join(build, 'meson-logs', name)
        if os.path.exists(path):
            os.remove(path)


def count(build):
    """The Count of the run whose logs are in the build directory."""
    logs = os.path.join(build, 'meson-logs')
    total = Count()
    try:
        suites = ElementTree.parse(os.path.join(logs, 'testlog.junit.xml')).iter('testsuite')
        cases = {suite.get('name'): list(suite.iter('testcase')) for suite in suites}
        with open(os.path.join(logs, 'testlog.json'), encoding='utf-8') as file:
            programs = [json.loads(line) for line in file]
    except (OSError, ElementTree.ParseError, ValueError) as error:
        total.fail('reading the logs of meson test', str(error))
        return total
    for program in programs:
        total.add(count_program(program, cases.get(f'{PROJECT}.{program["name"]}')))
    return total


def schedules(build):
    """How many schedules the explorer's programs say they have explored."""
    path = os.path.join(build, 'meson-logs', 'testlog.json')
    with open(path, encoding='utf-8') as file:
        outputs = [json.loads(line).get('stdout') or '' for line in file]
    return sum(int(number) for text in outputs for number in SCHEDULES.findall(text))


def count_program(program, cases):
    """cases: of a TAP program that printed some; else None, as for those judged by exit status."""
    total = Count()
    bad = []
    for case in cases or ():
        if case.find('failure') is not None or case.find('error') is not None:
            bad.append(case.get('name'))
        elif case.find('skipped') is not None:
            total.skipped += 1
        else:
            total.passed += 1
    if not bad and not is_good(program, cases):
        bad.append(verdict(program, cases))
    elif cases is None and program['result'] == 'SKIP':
        total.skipped = 1
    elif cases is None:
        total.passed = 1
    if bad:
        total.failed = len(bad)
        total.reports.append((program['name'] + ': ' + ', '.join(bad), output(program)))
    return total


def is_good(program, cases):
    if program['result'] == 'SKIP':
        return (cases is not None or program['returncode'] == EXIT_STATUS_OF_SKIP
                or bool(PLAN_OF_SKIP.search(program.get('stdout') or '')))
    return program['result'] in GOOD


def verdict(program, cases):
    if program['result'] == 'SKIP' and cases is None:
        return 'the program ran no test case'
    return f'the program ended with {program["result"]}, status {program["returncode"]}'


def output(program):
    return '\n'.join(text for text in (program.get('stdout'), program.get('stderr')) if text)
