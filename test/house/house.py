# SPDX-License-Identifier: Apache-2.0
"""What the tests of the source have in common.

A test of the source is a function that takes the root of the project and returns violations, each
"path:line: sentence". It comes with seeds: changes that it must notice, each tried on a copy.
"""
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from typing import Callable

sys.dont_write_bytecode = True

TOKEN = re.compile(r'''//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*\'''', re.DOTALL)
C_FILES = ('.c', '.h', '.cc', '.hh', '.cpp', '.hpp')


@dataclass
class Seed:
    """A change of one file that the test must notice."""
    name: str
    path: str
    change: Callable[[str], str]


def appended(text):
    return lambda old: old + text + '\n'


def replaced(pattern, by):
    def change(old):
        new = re.sub(pattern, by, old)
        assert new != old, f'the seed changes nothing: there is no {pattern}'
        return new
    return change


def is_outside_the_source(name):
    return name == '.git' or name == '__pycache__' or name == 'build' or name.startswith('build-')


def files(root, folders=('',), endings=('',)):
    """Paths relative to root of the files below the folders, in order."""
    found = []
    for folder in folders:
        for directory, inside, names in os.walk(os.path.join(root, folder)):
            inside[:] = sorted(name for name in inside if not is_outside_the_source(name))
            paths = [os.path.join(directory, name) for name in sorted(names) if name.endswith(endings)]
            found += [os.path.relpath(path, root) for path in paths if not os.path.islink(path)]
    return found


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8') as file:
        return file.read()


def code(text, strings=False):
    """C without its comments and, unless asked for, its strings; lines keep their numbers."""
    def blank(match):
        token = match.group()
        if token[0] in '"\'':
            return token if strings else '""'
        return ' ' + '\n' * token.count('\n')
    return TOKEN.sub(blank, text)


def lines(root, path, strings=False):
    return enumerate(code(read(root, path), strings).splitlines(), 1)


class Tap:
    """Prints the Test Anything Protocol."""

    def __init__(self, cases):
        self.number = 0
        self.failed = 0
        print(f'1..{cases}', flush=True)

    def case(self, name, problems):
        self.number += 1
        for problem in problems:
            for line in str(problem).splitlines():
                print('#', line)
        print('not ok' if problems else 'ok', self.number, '-', name, flush=True)
        self.failed += bool(problems)

    def end(self):
        sys.exit(1 if self.failed else 0)


def copied(root, folder):
    copy = os.path.join(folder, 'copy')
    shutil.copytree(root, copy, symlinks=True,
                    ignore=lambda _, names: filter(is_outside_the_source, names))
    return copy


def seeded(copy, check, seed, known):
    """Problems with the check: empty if it notices the seed. The copy is afterwards as it was."""
    path = os.path.join(copy, seed.path)
    old = read(copy, seed.path) if os.path.exists(path) else None
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(seed.change(old or ''))
    found = [line for line in check(copy) if line not in known]
    if old is None:
        os.remove(path)
    else:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(old)
    if any(line.startswith(seed.path + ':') for line in found):
        return []
    return [f'a change of {seed.path} that violates the rule was not noticed'] + found


def main(name, check, seeds):
    """The whole of a test program: the project is clean, and the check notices each seed."""
    root = os.path.abspath(sys.argv[1])
    tap = Tap(1 + len(seeds))
    known = check(root)
    tap.case(name, known)
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(root, folder)
        for seed in seeds:
            tap.case(f'the check notices {seed.name}', seeded(copy, check, seed, known))
    tap.end()
