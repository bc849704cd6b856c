# SPDX-License-Identifier: Apache-2.0
"""The shared library exports what the headers declare for callers, and nothing else.

usage: symbols.py ROOT LIBRARY COMPILER...
"""
import os
import re
import subprocess
import sys
import tempfile

import house

DECLARATION = re.compile(r'\bLEAT_API\b[^;()]*?\b(leat_\w+)\s*\(')
INTERNAL = re.compile(r'\bleat__\w+')


def declared(root):
    names = set()
    for path in house.files(root, ['include/leat'], ('.h',)):
        names |= set(DECLARATION.findall(house.code(house.read(root, path))))
    return names


def exported(library):
    listing = subprocess.run(['nm', '--dynamic', '--defined-only', '--no-weak', library], check=True,
                             capture_output=True, encoding='utf-8').stdout
    fields = [line.split() for line in listing.splitlines()]
    # A: the name of a version, not a symbol
    return {line[-1].split('@')[0] for line in fields if len(line) == 3 and line[1] != 'A'}


def check(root, library):
    declarations, exports = declared(root), exported(library)
    in_map = set(INTERNAL.findall(house.read(root, 'src/leat.map')))
    internal = {name for name in declarations if name.startswith('leat__')}
    caller = house.read(root, 'test/house/contract_caller.c')
    return (
        [f'{name} is exported but not declared in a header' for name in sorted(exports - declarations)]
        + [f'{name} is declared but not exported' for name in sorted(declarations - exports)]
        + [f'{name} is exported without a name in src/leat.map' for name in sorted(internal - in_map)]
        + [f'{name} is in src/leat.map but nowhere declared' for name in sorted(in_map - internal)]
        + [f'{name} is not in test/house/contract_caller.c'
           for name in sorted(declarations - internal) if not re.search(rf'\b{name}\b', caller)]
        + ([] if declarations else ['no header declares anything']))


def library_with(compiler, folder, names):
    """A shared library that exports these functions."""
    source, library = os.path.join(folder, 'x.c'), os.path.join(folder, 'x.so')
    with open(source, 'w', encoding='utf-8') as file:
        file.write(''.join(f'void {name}(void);\nvoid {name}(void)\n{{\n}}\n' for name in sorted(names)))
    subprocess.run([*compiler, '-shared', '-fPIC', '-o', library, source], check=True)
    return library


def noticed(root, compiler, names, expected):
    with tempfile.TemporaryDirectory() as folder:
        found = check(root, library_with(compiler, folder, names))
    return [] if found == expected else [f'found {found} instead of {expected}']


def main():
    root, library, compiler = sys.argv[1], sys.argv[2], sys.argv[3:]
    names = declared(root)
    tap = house.Tap(5)
    tap.case('the_library_exports_what_is_declared_and_nothing_else', check(root, library))
    tap.case('the check is content with a right library', noticed(root, compiler, names, []))
    tap.case('the check notices a leaked name', noticed(
        root, compiler, names | {'leak'}, ['leak is exported but not declared in a header']))
    tap.case('the check notices a leaked internal name', noticed(
        root, compiler, names | {'leat__leak'}, ['leat__leak is exported but not declared in a header']))
    tap.case('the check notices a missing name', noticed(
        root, compiler, names - {'leat_ring_new'}, ['leat_ring_new is declared but not exported']))
    tap.end()


if __name__ == '__main__':
    main()
