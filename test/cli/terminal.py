# SPDX-License-Identifier: Apache-2.0
"""Runs a command on a terminal of its own and plays a person.

    terminal.py STEP... -- COMMAND...

Steps, in order: `see TEXT` waits until the screen has shown the text (since the step before), `file PATH` until
that file has content, `touch PATH` makes one, `state 'S PATH'` waits until the process whose id is in the file is in
state S of ps, `type TEXT` types (backslash escapes are understood: \\x03 is Ctrl-C),
`size COLUMNS` sets the width, `stopped` waits until the command has stopped itself, `continue` lets it go
on as `fg` does. Then waits for the command's end. Prints everything the terminal got; ends as the command did.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

DEADLINE = time.monotonic() + 30


class Person:

    def __init__(self, command):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            # As a shell with job control does it: the command is the foreground group, not the session's leader.
            child = os.fork()
            if child == 0:
                os.setpgid(0, 0)
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                os.tcsetpgrp(0, os.getpid())
                signal.signal(signal.SIGTTOU, signal.SIG_DFL)
                os.execvp(command[0], command)
            self.play_shell(child)
        self.seen = b''
        self.looked = 0

    @staticmethod
    def play_shell(child):
        signal.signal(signal.SIGUSR1, lambda *_: os.kill(-child, signal.SIGCONT))
        for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)
        while True:
            _, status = os.waitpid(child, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                break
            with open('stopped', 'w') as mark:
                mark.write(str(os.WSTOPSIG(status)))
        os._exit(os.waitstatus_to_exitcode(status) & 0xff if os.WIFEXITED(status)
                 else 128 + os.WTERMSIG(status))

    def listen(self, seconds):
        """False: the terminal is closed."""
        if time.monotonic() > DEADLINE:
            self.give_up('the end')
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            got = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.seen += got
        return bool(got)

    def give_up(self, what):
        sys.stdout.buffer.write(self.seen)
        os.kill(os.tcgetpgrp(self.terminal), signal.SIGKILL)
        sys.exit(f'terminal.py: waited in vain for {what}')

    def see(self, text):
        text = unescape(text)
        while text not in self.seen[self.looked:]:
            if not self.listen(0.1) and text not in self.seen[self.looked:]:
                self.give_up(text)
        self.looked = self.seen.index(text, self.looked) + len(text)

    def file(self, path):
        while not os.path.exists(path) or not os.path.getsize(path):
            if not self.listen(0.01):
                self.give_up(path)

    def touch(self, path):
        open(path, 'w').close()

    def state(self, what):
        state, path = what.split()
        with open(path) as file:
            stat = f'/proc/{int(file.read())}/stat'
        while open(stat).read().rpartition(') ')[2][0] != state:
            if not self.listen(0.01):
                self.give_up(what)

    def type(self, text):
        os.write(self.terminal, unescape(text))

    def size(self, columns):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(columns), 0, 0))

    def stopped(self):
        self.file('stopped')
        os.unlink('stopped')

    def go_on(self):
        os.kill(self.pid, signal.SIGUSR1)

    def wait(self):
        while self.listen(1):
            pass
        sys.stdout.buffer.write(self.seen)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def unescape(text):
    return text.encode().decode('unicode_escape').encode()


def main():
    at = sys.argv.index('--')
    steps, command = sys.argv[1:at], sys.argv[at + 1:]
    person = Person(command)
    while steps:
        step = steps.pop(0)
        if step == 'stopped':
            person.stopped()
        elif step == 'continue':
            person.go_on()
        else:
            getattr(person, step)(steps.pop(0))
    sys.exit(person.wait())


main()
