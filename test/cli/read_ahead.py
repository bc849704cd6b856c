# SPDX-License-Identifier: Apache-2.0
"""Feeds items of a page each into a pipe that holds one, and counts how many leat takes."""
import fcntl
import os
import subprocess
import sys
import time

JOBS = 2
PAGE = 4096
DEADLINE = time.monotonic() + 30


def main():
    reader, writer = os.pipe()
    assert fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PAGE) == PAGE
    os.set_blocking(writer, False)
    os.mkfifo('gate')
    # Each job says that it runs and then waits for a byte from the gate.
    leat = subprocess.Popen([os.environ['LEAT'], 'map', '-j', str(JOBS), 'sh', '-c',
                             'echo runs; head -c 1 gate >/dev/null'],
                            stdin=reader, stdout=subprocess.PIPE)
    os.close(reader)
    gate = os.open('gate', os.O_RDWR)
    fed = 0

    def feed():
        nonlocal fed
        try:
            assert os.write(writer, b'x' * (PAGE - 1) + b'\n') == PAGE
            fed += 1
        except BlockingIOError:
            time.sleep(0.01)

    def feed_up_to(n):
        while fed < n:
            assert time.monotonic() < DEADLINE, f'leat took only {fed} of {n} items'
            feed()

    def no_more():
        before = fed
        for _ in range(20):
            feed()
        assert fed == before, f'leat took {fed - before} items too many'

    # Those that run, those that are read ahead, and one in the pipe.
    most = JOBS + 2 * JOBS + 1
    feed_up_to(most)
    no_more()
    os.write(gate, b'x' * JOBS)
    feed_up_to(most + JOBS)
    no_more()
    os.close(writer)
    os.write(gate, b'x' * fed)
    assert leat.stdout.read() == b'runs\n' * fed
    assert leat.wait() == 0


sys.exit(main())
