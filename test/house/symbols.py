# SPDX-License-Identifier: Apache-2.0
"""The headers, src/leat.map and the shared library agree on what is exported.

usage: symbols.py ROOT LIBRARY COMPILER...
"""
import os
import re
import subprocess
import sys
import tempfile

import house

DECLARATION = re.compile(r'\bLEAT_API\b[^;()]*?\b(leat_\w+)\s*\(')
STANZA = re.compile(r'\bglobal:(.*?)\blocal:', re.DOTALL)


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


def listed(version_script):
    """The names that a version script exports, as they stand there."""
    stanzas = STANZA.findall(re.sub(r'#[^\n]*', '', version_script))
    return {name for stanza in stanzas for name in stanza.replace(';', ' ').split()}


def disagreements(declarations, in_map, exports):
    return (
        [f'{name} is exported but not declared in a header' for name in sorted(exports - declarations)]
        + [f'{name} is declared but not exported' for name in sorted(declarations - exports)]
        + [f'{name} is declared but not in src/leat.map' for name in sorted(declarations - in_map)]
        + [f'{name} is in src/leat.map but nowhere declared' for name in sorted(in_map - declarations)]
        + ([] if declarations else ['no header declares anything']))


def uncalled(declarations, caller):
    return [f'{name} is not in test/house/contract_caller.c' for name in sorted(declarations)
            if not name.startswith('leat__') and not re.search(rf'\b{name}\b', caller)]


def library_with(compiler, folder, names):
    """A shared library that exports these functions."""
    source, library = os.path.join(folder, 'x.c'), os.path.join(folder, 'x.so')
    with open(source, 'w', encoding='utf-8') as file:
        file.write(''.join(f'void {name}(void);\nvoid {name}(void)\n{{\n}}\n' for name in sorted(names)))
    subprocess.run([*compiler, '-shared', '-fPIC', '-o', library, source], check=True)
    return library


def noticed(expected, *lists):
    found = disagreements(*lists)
    return [] if found == expected else [f'found {found} instead of {expected}']


def exported_by(compiler, names):
    with tempfile.TemporaryDirectory() as folder:
        return exported(library_with(compiler, folder, names))


def main():
    root, library, compiler = sys.argv[1], sys.argv[2], sys.argv[3:]
    names, in_map = declared(root), listed(house.read(root, 'src/leat.map'))
    new = 'leat_ring_new'
    tap = house.Tap(8)
    tap.case('headers_map_and_library_agree', disagreements(names, in_map, exported(library)))
    tap.case('the_contract_calls_what_is_declared',
             uncalled(names, house.read(root, 'test/house/contract_caller.c')))
    tap.case('the check is content with a right library',
             noticed([], names, names, exported_by(compiler, names)))
    tap.case('the check notices a leaked name', noticed(
        ['leak is exported but not declared in a header'],
        names, names, exported_by(compiler, names | {'leak'})))
    tap.case('the check notices a missing name', noticed(
        [f'{new} is declared but not exported'],
        names, names, exported_by(compiler, names - {new})))
    tap.case('the check notices a name that the map has not', noticed(
        [f'{new} is declared but not in src/leat.map'], names, names - {new}, names))
    tap.case('the check notices a name that only the map has', noticed(
        ['leat_gone is in src/leat.map but nowhere declared'], names, names | {'leat_gone'}, names))
    tap.case('the check notices a pattern in the map', noticed(
        ['leat_* is in src/leat.map but nowhere declared'],
        names, listed('A { global: leat_*; local: *; };') | names, names))
    tap.end()


if __name__ == '__main__':
    main()
