# SPDX-License-Identifier: Apache-2.0
"""Includes follow the direction that doc/design/architecture.md gives."""
import os
import re

import house

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')

RING = ('leat/leat.h', 'leat/ring.h', 'leat/ring_inline.h')
# folder of src: (folders of src that it may include, public headers that it may include)
DIRECTION = {
    'base': (('base',), ('leat/leat.h',)),
    'wait': (('wait', 'base'), RING),
    'ring': (('ring', 'wait', 'base'), RING),
    'pool': (('pool', 'ring', 'wait', 'base'), RING + ('leat/pool.h',)),
}
# These see what is installed, libc, and their own files.
CALLERS = ('cli', 'web', 'bench', 'examples')
# The explorer knows nothing of what is explored.
EXPLORER = 'verify/explorer'
# The command calls libc, but for sharing memory between its threads it has the library.
COMMAND_FORBIDDEN = re.compile(
    r'\b(?:_Atomic|atomic_\w+|__atomic_\w+|__sync_\w+|SYS_futex|FUTEX_\w+)\b|<(?:stdatomic|linux/futex)\.h>')


def includes(root, path):
    """(line, what is included, whether in quotes)"""
    for number, line in house.lines(root, path, strings=True):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) or match.group(2), match.group(1) is not None


def target(root, path, name, quoted):
    """The included file relative to root, if it is one of the project's."""
    places = ([os.path.dirname(path)] if quoted else []) + ['src', 'include', '']
    for place in places:
        candidate = os.path.normpath(os.path.join(place, name))
        if os.path.isfile(os.path.join(root, candidate)):
            return candidate
    return None


def allowed_in_src(path, ours):
    folder = path.split('/')[1]
    if folder not in DIRECTION:
        return False
    folders, headers = DIRECTION[folder]
    if ours.startswith('include/'):
        return ours[len('include/'):] in headers
    return ours.startswith(tuple(f'src/{name}/' for name in folders))


def allowed_in_caller(path, ours):
    return ours.startswith(('include/leat/', path.split('/')[0] + '/'))


def check_file(root, path, allowed):
    for number, name, quoted in includes(root, path):
        ours = target(root, path, name, quoted)
        if ours is None and (quoted or name.startswith('leat/')) and path.startswith('src/'):
            yield f'{path}:{number}: {name} is nowhere in the project'
        elif ours is not None and not allowed(path, ours):
            yield f'{path}:{number}: may not include {ours}'


def check(root):
    found = []
    inside = house.files(root, ['src'], house.C_FILES)
    callers = house.files(root, CALLERS, house.C_FILES)
    for path in inside:
        found += check_file(root, path, allowed_in_src)
    for path in callers:
        found += check_file(root, path, allowed_in_caller)
    for path in house.files(root, [EXPLORER], house.C_FILES):
        found += check_file(root, path, lambda _, ours: ours.startswith(EXPLORER + '/'))
    for path in house.files(root, ['include'], house.C_FILES):
        found += check_file(root, path, lambda _, ours: ours.startswith('include/leat/'))
    for path in house.files(root, ['cli'], house.C_FILES):
        found += [f'{path}:{number}: the command uses {match.group()}'
                  for number, line in house.lines(root, path)
                  for match in COMMAND_FORBIDDEN.finditer(line)]
    return found if inside and callers else ['src:0: there is nothing to look at']


def includes_line(name):
    return house.appended(f'#include {name}')


SEEDS = [
    house.Seed('base including wait', 'src/base/clock.c', includes_line('"wait/wait.h"')),
    house.Seed('base including ring.h', 'src/base/clock.h', includes_line('<leat/ring.h>')),
    house.Seed('wait including ring', 'src/wait/wait.c', includes_line('"ring/form.h"')),
    house.Seed('wait including pool.h', 'src/wait/wait.c', includes_line('<leat/pool.h>')),
    house.Seed('ring including pool.h', 'src/ring/ring.c', includes_line('<leat/pool.h>')),
    house.Seed('a way round by a relative path', 'src/base/clock.c', includes_line('"../wait/wait.h"')),
    house.Seed('a way round by angle brackets', 'src/base/clock.c', includes_line('<wait/wait.h>')),
    house.Seed('a folder that has no direction', 'src/new/new.c', includes_line('<leat/leat.h>')),
    house.Seed('the command including base', 'cli/new.c', includes_line('"base/atomic.h"')),
    house.Seed('a benchmark including wait', 'bench/new.cc', includes_line('"../src/wait/wait.h"')),
    house.Seed('an example including ring', 'examples/new.c', includes_line('"ring/form.h"')),
    house.Seed('the explorer including leat', 'verify/explorer/new.c', includes_line('<leat/leat.h>')),
    house.Seed('a public header including base', 'include/leat/leat.h', includes_line('"base/atomic.h"')),
    house.Seed('an atomic in the command', 'cli/new.c', house.appended('static _Atomic int x;')),
    house.Seed('a futex in the command', 'cli/new.c', house.appended('int f = FUTEX_WAIT;')),
]

if __name__ == '__main__':
    house.main('includes_follow_the_direction_of_the_design', check, SEEDS)
