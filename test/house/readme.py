# SPDX-License-Identifier: Apache-2.0
"""The examples of README.md work as printed.

The first block of C is compiled and run, the first of sh that uses leat map is run; where a block of
text follows with nothing but prose in between, it is what they print.

usage: readme.py ROOT LIBRARY COMMAND COMPILER...
"""
import os
import re
import subprocess
import sys
import tempfile

import house

BLOCK = re.compile(r'^```(\w*)\n(.*?)^```$', re.MULTILINE | re.DOTALL)
TIME_LIMIT_S = 60


def example(text, language, containing=''):
    """(the first such block, what it prints or None), or None if there is no such block."""
    blocks = BLOCK.findall(text)
    for number, (kind, body) in enumerate(blocks):
        if kind == language and containing in body:
            following = blocks[number + 1] if number + 1 < len(blocks) else ('', '')
            return body, following[1] if following[0] == 'text' else None
    return None


def run(command, folder, environment=None):
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          encoding='utf-8', timeout=TIME_LIMIT_S, env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout, done.stderr


def compare(what, done, expected):
    status, output, errors = done
    if status != 0:
        return [f'{what} ended with status {status}', errors]
    if expected is not None and output != expected:
        return [f'{what} printed', output, 'instead of', expected]
    return []


def check_c(root, library, compiler, text):
    found = example(text, 'c')
    if found is None:
        return ['README.md has no block of C']
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, 'example.c'), os.path.join(folder, 'example')
        with open(source, 'w', encoding='utf-8') as file:
            file.write(found[0])
        status, _, errors = run([*compiler, '-Wall', '-Wextra', '-Werror', '-I',
                                 os.path.join(root, 'include'), source, library, '-pthread',
                                 '-o', program], folder)
        if status != 0:
            return ['the example in C does not compile', errors]
        return compare('the example in C', run([program], folder), found[1])


def check_sh(command, text):
    found = example(text, 'sh', 'leat map')
    if found is None:
        return ['README.md has no block of sh with leat map']
    path = os.path.dirname(command) + ':' + os.environ['PATH']
    with tempfile.TemporaryDirectory() as folder:
        return compare('the example in sh', run(['sh', '-e', '-c', found[0]], folder, {'PATH': path}),
                       found[1])


GOOD = '''
```c
#include <leat/leat.h>
#include <stdio.h>
int main(void)
{
	puts(leat_strerror(0));
	return 0;
}
```
prints
```text
done
```
and
```sh
true || leat map
echo mapped
```
prints
```text
mapped
```
'''


def notices(check, pattern, by):
    """Problems with the check: empty if it is content with GOOD, and not after the change."""
    bad = re.sub(pattern, by, GOOD)
    assert bad != GOOD
    return ([f'is not content with a right one: {line}' for line in check(GOOD)]
            + ([] if check(bad) else ['did not notice it']))


def main():
    root, library, command = (os.path.abspath(path) for path in sys.argv[1:4])
    compiler = sys.argv[4:]
    readme = house.read(root, 'README.md') if os.path.exists(os.path.join(root, 'README.md')) else ''

    def check_example(text):
        return check_c(root, library, compiler, text)

    def check_command(text):
        return check_sh(command, text)

    tap = house.Tap(7)
    tap.case('the_example_in_c_compiles_and_runs_as_printed', check_example(readme))
    tap.case('the_example_in_sh_runs_as_printed', check_command(readme))
    tap.case('the check notices C that does not compile', notices(check_example, 'return 0', 'return x'))
    tap.case('the check notices C that fails', notices(check_example, 'return 0', 'return 1'))
    tap.case('the check notices C that prints otherwise', notices(check_example, 'done', 'over'))
    tap.case('the check notices sh that fails', notices(check_command, 'true', 'false; false'))
    tap.case('the check notices sh that prints otherwise', notices(check_command, 'echo mapped', 'echo'))
    tap.end()


if __name__ == '__main__':
    main()
