# SPDX-License-Identifier: Apache-2.0
"""Every source file begins with its licence."""
import os

import house

SPDX = 'SPDX-License-Identifier: Apache-2.0'
ENDINGS = house.C_FILES + ('.py', '.sh', '.bash', '.bats', '.go', '.rs', '.js', '.css', '.map', '.ini')
NAMES = ('Makefile', 'meson.build')


def is_source(root, path):
    if path.endswith(ENDINGS) or os.path.basename(path) in NAMES:
        return True
    with open(os.path.join(root, path), 'rb') as file:
        return file.read(2) == b'#!'


def check(root):
    sources = [path for path in house.files(root) if is_source(root, path)]
    found = []
    for path in sources:
        text = house.read(root, path)
        first = text.splitlines()[:2]
        if first and first[0].startswith('#!'):
            first = first[1:]
        if text and not (first and SPDX in first[0]):
            found.append(f'{path}:1: does not begin with {SPDX}')
    return found if sources else ['.:0: there is no source file']


SEEDS = [
    house.Seed('a C file without a licence', 'src/new.c', house.appended('int x;')),
    house.Seed('a licence that is not at the top', 'src/ring/ring.c', lambda old: '\n' + old),
    house.Seed('another licence', 'src/new.h', house.appended('/* SPDX-License-Identifier: MIT */')),
    house.Seed('a script without a licence', 'tools/new', house.appended('#!/bin/sh\necho')),
    house.Seed('a build file without a licence', 'test/new/meson.build', house.appended("x = 1")),
]

if __name__ == '__main__':
    house.main('every_source_file_begins_with_its_licence', check, SEEDS)
