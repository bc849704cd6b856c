# SPDX-License-Identifier: Apache-2.0
"""The examples of README.md work as printed.

Each block of C is compiled and run, each of sh that uses leat map is run; where a block of text
follows with nothing but prose in between, it is what they print. The first in C is short.

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
FIRST_LINES_MAX = 20


def examples(text, language, containing=''):
    """For each such block: (the block, what it prints or None)."""
    blocks = BLOCK.findall(text) + [('', '')]
    return [(body, output if following == 'text' else None)
            for (kind, body), (following, output) in zip(blocks, blocks[1:])
            if kind == language and containing in body]


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


def check_c_block(root, library, compiler, block, expected):
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, 'example.c'), os.path.join(folder, 'example')
        with open(source, 'w', encoding='utf-8') as file:
            file.write(block)
        status, _, errors = run([*compiler, '-Wall', '-Wextra', '-Werror', '-I',
                                 os.path.join(root, 'include'), source, library, '-pthread',
                                 '-o', program], folder)
        if status != 0:
            return ['an example in C does not compile', errors]
        return compare('an example in C', run([program], folder), expected)


def check_c(root, library, compiler, text):
    found = examples(text, 'c')
    problems = [] if found else ['README.md has no block of C']
    for block, expected in found:
        problems += check_c_block(root, library, compiler, block, expected)
    return problems


def check_length(text):
    lines = [block.count('\n') for block, _ in examples(text, 'c')[:1]]
    return [f'the first example in C has {n} lines, more than {FIRST_LINES_MAX}'
            for n in lines if n > FIRST_LINES_MAX]


def check_sh(command, text):
    found = examples(text, 'sh', 'leat map')
    problems = [] if found else ['README.md has no block of sh with leat map']
    path = os.path.dirname(command) + ':' + os.environ['PATH']
    for block, expected in found:
        with tempfile.TemporaryDirectory() as folder:
            problems += compare('an example in sh',
                                run(['sh', '-e', '-c', block], folder, {'PATH': path}), expected)
    return problems


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
```c
int main(void)
{
	return 1 - 1;
}
```
nothing, and
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

    tap = house.Tap(10)
    tap.case('the_examples_in_c_compile_and_run_as_printed', check_example(readme))
    tap.case('the_examples_in_sh_run_as_printed', check_command(readme))
    tap.case('the_first_example_in_c_is_short', check_length(readme))
    tap.case('the check notices C that does not compile', notices(check_example, 'return 0', 'return x'))
    tap.case('the check notices C that fails', notices(check_example, 'return 0', 'return 1'))
    tap.case('the check notices C that prints otherwise', notices(check_example, 'done', 'over'))
    tap.case('the check notices a second block of C that fails', notices(check_example, '1 - 1', '1'))
    tap.case('the check notices a long first example', notices(check_length, 'int', '\n' * 15 + 'int'))
    tap.case('the check notices sh that fails', notices(check_command, 'true', 'false; false'))
    tap.case('the check notices sh that prints otherwise', notices(check_command, 'echo mapped', 'echo'))
    tap.end()


if __name__ == '__main__':
    main()
