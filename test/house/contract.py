# SPDX-License-Identifier: Apache-2.0
"""The contract caller, which is built elsewhere, does not compile against headers that break callers.

usage: contract.py ROOT COMPILER...
"""
import os
import shutil
import subprocess
import sys
import tempfile

import house

CHANGES = {
    'a parameter that lost its const': (
        'ring.h', house.replaced(r'(leat_ring_push\(leat_ring \*ring, )const void', r'\1void')),
    'a parameter of another type': (
        'ring.h', house.replaced(r'(leat_ring_pop_n\(.*, )size_t n', r'\1unsigned n')),
    'a result of another type': (
        'leat.h', house.replaced(r'leat_deadline (leat_after_ms)', r'int \1')),
    'a member of another type': ('ring.h', house.replaced(r'uint64_t popped;', 'uint32_t popped;')),
    'a member of another name': ('pool.h', house.replaced(r'size_t backlog;', 'size_t queue;')),
    'a constant of another value': (
        'ring.h', house.replaced(r'LEAT_RING_EXACT = 4', 'LEAT_RING_EXACT = 16')),
    'a function that is gone': ('pool.h', house.replaced(r'leat_pool_cancel', 'leat_pool_stop')),
}
CALLERS = {'C11': ['-x', 'c', '-std=c11'], 'C++17': ['-x', 'c++', '-std=c++17', '-Wno-missing-field-initializers']}


def compiles(root, compiler, include, language):
    command = [*compiler, *CALLERS[language], '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror',
               '-fsyntax-only', '-I', include, os.path.join(root, 'test/house/contract_caller.c')]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def refused(root, compiler, header, change, language):
    """Problems: empty if the caller does not compile with this change of a header."""
    with tempfile.TemporaryDirectory() as folder:
        include = os.path.join(folder, 'include')
        shutil.copytree(os.path.join(root, 'include'), include)
        old = house.read(include, os.path.join('leat', header))
        with open(os.path.join(include, 'leat', header), 'w', encoding='utf-8') as file:
            file.write(change(old))
        return ['the caller compiles all the same'] if compiles(root, compiler, include, language) else []


def main():
    root, compiler = sys.argv[1], sys.argv[2:]
    tap = house.Tap(len(CALLERS) * (1 + len(CHANGES)))
    for language in CALLERS:
        good = compiles(root, compiler, os.path.join(root, 'include'), language)
        tap.case(f'the_caller_compiles_as {language}', [] if good else ['it does not'])
        for name, (header, change) in CHANGES.items():
            tap.case(f'{name} is noticed by a caller in {language}',
                     refused(root, compiler, header, change, language))
    tap.end()


if __name__ == '__main__':
    main()
