# SPDX-License-Identifier: Apache-2.0
"""README.md prints example.c and what it says, as they are.

usage: readme.py ROOT EXAMPLE
"""
import os
import re
import subprocess
import sys

ROOT = os.path.abspath(sys.argv[1])
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, 'test', 'house'))

import house  # noqa: E402

FOLDER = os.path.join(ROOT, 'verify', 'explorer')


def without_times(text):
    return re.sub(r', \d+\.\d s$', '', text, flags=re.MULTILINE)


def main():
    blocks = dict(re.findall(r'^```(c|text)\n(.*?)^```$', house.read(FOLDER, 'README.md'), re.MULTILINE | re.DOTALL))
    done = subprocess.run([sys.argv[2]], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          encoding='utf-8', timeout=60)
    tap = house.Tap(3)
    tap.case('the example fails, as it should', [] if done.returncode == 1 else [f'its status is {done.returncode}'])
    tap.case('the README prints the example',
             [] if blocks.get('c') == house.read(FOLDER, 'example.c') else ['the block of C is not example.c'])
    tap.case('the README prints what the example says',
             [] if without_times(blocks.get('text', '')) == without_times(done.stdout) else [done.stdout])
    tap.end()


if __name__ == '__main__':
    main()
