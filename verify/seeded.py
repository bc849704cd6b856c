# SPDX-License-Identifier: Apache-2.0
"""Exploration finds the mistakes that people make in rings: each is put into a copy of the real source.

A mistake is a change of the source, a program of explore_leat that has to fail by it, and what the
failure has to say. That the unchanged source passes is shown first. --who tells for each mistake which
programs notice it, out of all; for somebody who adds one.

usage: seeded.py [--who] ROOT EXPLORER FLAGS COMPILER SOURCE...

EXPLORER is libexplorer.a, FLAGS are the compiler's, and the sources those of explore_leat.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

WHO = sys.argv[1:2] == ['--who']
ROOT = os.path.abspath(sys.argv[1 + WHO])
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, 'test', 'house'))

import house  # noqa: E402

TIME_LIMIT_S = 60  # of one program


@dataclass
class Mistake:
    """Each change is (path, old text, new text); the old text stands there exactly once."""
    name: str
    changes: list
    program: str  # that notices
    failure: str  # by saying so


INLINE = 'include/leat/ring_inline.h'
EVENT = 'src/wait/event.c'
WAIT = 'src/wait/wait.c'
MPMC = 'src/ring/mpmc.c'
SPSC = 'src/ring/spsc.c'
RING = 'src/ring/ring.c'
TRANSFER = 'src/ring/transfer.c'
LOCKED = 'src/ring/locked.c'
SEMAPHORE = 'src/ring/semaphore.c'
POOL = 'src/pool/pool.c'

LOST_WAKEUP = 'deadlock'

MISTAKES = [
    # The slot and the word that hands it over.
    Mistake('a one-to-one push publishes its slot before it has written it',
            [(INLINE, 'LEAT__COPY(at, item, size);', ''),
             (INLINE, 'LEAT__STORE(&q->tail, tail + 1, release);',
              'LEAT__STORE(&q->tail, tail + 1, release); LEAT__COPY(at, item, size);')],
            'spsc_transfer', 'a data race'),
    Mistake('a one-to-one batch is published before it is written',
            [(SPSC, 'q->producer.at = leat__copy_in(ring, q->producer.at, items, n * ring->item_size);', ''),
             (SPSC, 'leat__store(&q->tail, tail + n, release); /* S1 */',
              'leat__store(&q->tail, tail + n, release);'
              'q->producer.at = leat__copy_in(ring, q->producer.at, items, n * ring->item_size);')],
            'spsc_batch', 'a data race'),
    Mistake('a one-to-one pop frees its slot before it has read it',
            [(INLINE, 'LEAT__COPY(item, at, size);', ''),
             (INLINE, 'leat__spsc_publish(q, head + 1);\n\treturn 0;',
              'leat__spsc_publish(q, head + 1);\n\tLEAT__COPY(item, at, size);\n\treturn 0;')],
            'spsc_transfer_1', 'a data race'),
    Mistake('an any-to-any push publishes its slot before it has written it',
            [(INLINE, 'LEAT__COPY(leat__slot_item(slot), item, size);', ''),
             (INLINE, 'LEAT__STORE(&slot->sequence, tail + LEAT__STEP, release);',
              'LEAT__STORE(&slot->sequence, tail + LEAT__STEP, release);'
              'LEAT__COPY(leat__slot_item(slot), item, size);')],
            'mpmc_now_1', 'a data race'),
    Mistake('an any-to-any batch is published before it is written',
            [(MPMC, 'LEAT__COPY(leat__slot_item(slot), items + i * ring->item_size, ring->item_size);', ''),
             (MPMC, 'leat__store(&slot->sequence, tail + LEAT__STEP, release); /* M1 */',
              'leat__store(&slot->sequence, tail + LEAT__STEP, release);'
              'LEAT__COPY(leat__slot_item(slot), items + i * ring->item_size, ring->item_size);')],
            'mpmc_batch', 'a data race'),
    Mistake('an any-to-any pop frees its slot before it has read it',
            [(INLINE, 'LEAT__COPY(item, leat__slot_item(slot), size);', ''),
             (INLINE, 'LEAT__STORE(&slot->sequence, head + LEAT__STEP * (q->ring.mask + 1), release);',
              'LEAT__STORE(&slot->sequence, head + LEAT__STEP * (q->ring.mask + 1), release);'
              'LEAT__COPY(item, leat__slot_item(slot), size);')],
            'mpmc_transfer_3', 'a data race'),
    Mistake('an any-to-any ring with more slots than its capacity does not count',
            [(INLINE, 'if (!q->ring.strict)', 'if (q->ring.strict)')],
            'mpmc_now_1', 'leat_ring_count(memory()->ring) == inside'),
    Mistake('a push with an old tail is told that the ring is full',
            [(INLINE, 'return (int64_t)(tail - head) >= (int64_t)(LEAT__STEP * q->ring.capacity);',
              'return tail - head >= LEAT__STEP * q->ring.capacity;')],
            'mpmc_room', 'told == 0'),

    # Sleeping: both sides store, fence, and look.
    Mistake('a one-to-one push has no fence before it looks for sleepers',
            [(INLINE, 'LEAT__STORE(&q->tail, tail + 1, release);\n\tLEAT__FENCE_LIGHT(q->ring.fences);',
              'LEAT__STORE(&q->tail, tail + 1, release);')],
            'spsc_transfer_fences', LOST_WAKEUP),
    Mistake('a one-to-one pop has no fence before it looks for sleepers',
            [(INLINE, 'LEAT__STORE(&q->head, head, release);\n\tLEAT__FENCE_LIGHT(q->ring.fences);',
              'LEAT__STORE(&q->head, head, release);')],
            'spsc_transfer_fences', LOST_WAKEUP),
    Mistake('an any-to-any push has no fence before it looks for sleepers',
            [(INLINE, 'LEAT__STORE(&slot->sequence, tail + LEAT__STEP, release);\n'
              '\tLEAT__FENCE_LIGHT(q->ring.fences);',
              'LEAT__STORE(&slot->sequence, tail + LEAT__STEP, release);')],
            'mpmc_transfer_fences', LOST_WAKEUP),
    Mistake('an any-to-any pop has no fence before it looks for sleepers',
            [(INLINE, 'LEAT__STORE(&slot->sequence, head + LEAT__STEP * (q->ring.mask + 1), release);\n'
              '\tLEAT__FENCE_LIGHT(q->ring.fences);',
              'LEAT__STORE(&slot->sequence, head + LEAT__STEP * (q->ring.mask + 1), release);')],
            'mpmc_transfer_fences', LOST_WAKEUP),
    Mistake('who goes to sleep has no fence before the last look',
            [(EVENT, 'leat__fence_heavy(fences);', '')],
            'event_one', LOST_WAKEUP),
    Mistake('who goes to sleep does not look again behind the announcement',
            [(WAIT, 'static int announce(struct leat__wait *wait)\n{',
              'static int sleep_until_signalled(struct leat__wait *wait);\n'
              'static int announce(struct leat__wait *wait)\n{'),
             (WAIT, 'wait->announced = true;\n\treturn 0;',
              'wait->announced = true;\n\treturn sleep_until_signalled(wait);')],
            'event_one', LOST_WAKEUP),
    Mistake('a one-to-one pop signals before it frees',
            [(INLINE, 'LEAT__STORE(&q->head, head, release);\n\tLEAT__FENCE_LIGHT(q->ring.fences);',
              'if (LEAT__LOAD(&q->ring.not_full.state, relaxed) & LEAT__EVENT_ASLEEP_MASK)\n'
              '\t\tleat__ring_popped(&q->ring);\n'
              '\tLEAT__STORE(&q->head, head, release);\n\tLEAT__FENCE_LIGHT(q->ring.fences);\n'
              '\treturn;')],
            'spsc_transfer_1', LOST_WAKEUP),
    Mistake('an any-to-any push signals before it publishes',
            [(INLINE, 'LEAT__STORE(&slot->sequence, tail + LEAT__STEP, release);\n'
              '\tLEAT__FENCE_LIGHT(q->ring.fences);',
              'if (LEAT__LOAD(&q->ring.not_empty.state, relaxed) & LEAT__EVENT_ASLEEP_MASK)\n'
              '\t\tleat__ring_pushed(&q->ring);\n'
              '\tLEAT__STORE(&slot->sequence, tail + LEAT__STEP, release);\n'
              '\tLEAT__FENCE_LIGHT(q->ring.fences);\n\treturn 0;')],
            'mpmc_transfer', LOST_WAKEUP),
    Mistake('a signal leaves the word as it was on which the others go to sleep',
            [(EVENT, 'leat__fetch_add(&event->sequence, 1, release);', '')],
            'event_one', LOST_WAKEUP),
    Mistake('who leaves takes itself off those asleep although it was woken',
            [(EVENT, 'left = state >= LEAT__EVENT_NOTIFIED ? state - LEAT__EVENT_NOTIFIED',
              'left = (state & LEAT__EVENT_ASLEEP_MASK) == 0 ? state - LEAT__EVENT_NOTIFIED')],
            'event_two', LOST_WAKEUP),
    Mistake('who leaves never takes a notification away',
            [(EVENT, 'left = state >= LEAT__EVENT_NOTIFIED ? state - LEAT__EVENT_NOTIFIED',
              'left = false ? 0')],
            'event_one', 'ASLEEP_MASK'),
    Mistake('a consumer that took an item keeps the signal for the next one',
            [(TRANSFER, 'pass_on_item(ring);', '(void)ring;')],
            'mpmc_batch_to_two', LOST_WAKEUP),
    Mistake('a producer that found room keeps the signal for the next one',
            [(TRANSFER, 'pass_on_room(ring);', '(void)ring;')],
            'mpmc_batch_from_two', LOST_WAKEUP),
    Mistake('the end is not passed on to consumers that waited for a push under way',
            [(TRANSFER, ' || leat__load(&ring->ended, relaxed))', ')')],
            'mpmc_close_two_consumers', LOST_WAKEUP),
    Mistake('a deadline is answered before the last look',
            [(WAIT, 'wait->phase = LEAT__WAIT_WOKEN;\n\treturn 0;',
              'wait->phase = LEAT__WAIT_WOKEN;\n\treturn leat__expired(wait->until) ? -ETIMEDOUT : 0;')],
            'event_deadline_one', 'memory.taken[0]'),
    Mistake('a one-to-one batch wakes nobody',
            [(SPSC, 'result = leat__spsc_pushed(ring);', 'result = 0;')],
            'spsc_batch', LOST_WAKEUP),
    Mistake('an any-to-any batch wakes nobody',
            [(MPMC, 'leat__event_signal(&ring->not_empty);', '(void)ring;')],
            'mpmc_batch', LOST_WAKEUP),

    # The end.
    Mistake('close does not mark the tail',
            [(MPMC, 'leat__fetch_or(&q->tail, LEAT__END_MARK, release);', '')],
            'mpmc_leave', LOST_WAKEUP),
    Mistake('the mark of a closed ring stands beside the tail',
            [(MPMC, 'leat__fetch_or(&q->tail, LEAT__END_MARK, release);', ''),
             (INLINE, 'uint64_t tail = LEAT__LOAD(&q->tail, relaxed);\n\tstruct leat__slot *slot;\n',
              'uint64_t tail = LEAT__LOAD(&q->tail, relaxed);\n\tstruct leat__slot *slot;\n\n'
              '\tif (LEAT__LOAD(&q->ring.ended, acquire))\n\t\treturn leat__end_error(&q->ring);\n'),
             (MPMC, 'uint64_t tail = leat__load(&q->tail, relaxed); /* as in the single push */\n'
              '\tsize_t run;\n',
              'uint64_t tail = leat__load(&q->tail, relaxed);\n\tsize_t run;\n\n'
              '\tif (leat__load(&ring->ended, acquire))\n\t\treturn leat__end_error(ring);\n'),
             (INLINE, 'if (LEAT__LOAD(&q->tail, acquire) == (head | LEAT__END_MARK))',
              'if (LEAT__LOAD(&q->ring.ended, acquire) && LEAT__LOAD(&q->tail, acquire) == head)')],
            'mpmc_close', 'answer == before'),
    Mistake('a pop that finds a closed ring does not look for what is left',
            [(INLINE, 'if (LEAT__LOAD(&q->tail, acquire) == (head | LEAT__END_MARK))',
              'if (LEAT__LOAD(&q->tail, acquire) & LEAT__END_MARK)')],
            'mpmc_close', 'answer == before'),
    Mistake('a producer goes by its own tail and not by the seal',
            [(SPSC, 'if (q->producer.tail <= sealed)\n\t\treturn 0;', 'if (q->producer.tail)\n\t\treturn 0;')],
            'spsc_close', 'leat_ring_count(memory()->ring) == inside'),
    Mistake('a consumer goes by the tail and not by the seal',
            [(INLINE, 'tail = leat__ring_seal(&q->ring);', 'leat__ring_seal(&q->ring);')],
            'spsc_close', 'answer == before'),
    Mistake('who seals has no fence between the mark and the tail',
            [(SPSC, 'leat__fence_heavy(ring->fences);', '')],
            'spsc_close', 'inside'),
    Mistake('the last producer leaves and nobody closes',
            [(RING, 'if (left == PRODUCERS_OVER)\n\t\tleat_ring_close(ring);', '(void)ring;')],
            'spsc_leave', LOST_WAKEUP),

    # The classic forms.
    Mistake('a consumer that was woken does not look whether there is an item',
            [(LOCKED, 'while (!q->ring.ended && inside(q) == 0) {', 'if (!q->ring.ended && inside(q) == 0) {')],
            'locked_spurious', 'a data race'),
    Mistake('a batch behind the mutex wakes one of those it is for',
            [(LOCKED, 'for (size_t i = 0; i < n && i < waiting; i++)', 'if (n && waiting)'),
             (LOCKED, 'if (n >= waiting && waiting > 1) {', 'if (false) {')],
            'locked_batch_to_two', LOST_WAKEUP),
    Mistake('the last producer behind the mutex leaves and nobody closes',
            [(LOCKED, 'end(q, LEAT__CLOSED);', ';')],
            'locked_two_to_two', LOST_WAKEUP),
    Mistake('a consumer keeps the token of the end',
            [(SEMAPHORE, 'post_n(&q->items, tokens - taken);', '')],
            'semaphore_two_to_two', LOST_WAKEUP),
    Mistake('a producer that is refused keeps its token',
            [(SEMAPHORE, 'post_n(result > 0 ? &q->items : &q->room, tokens);',
              'if (result > 0)\n\t\tpost_n(&q->items, tokens);')],
            'semaphore_close_producers', LOST_WAKEUP),

    # The pool.
    Mistake('a task counts as done before it has run',
            [(POOL, 'task->run(task->arg);\n\tcount_out(pool, task->epoch);',
              'count_out(pool, task->epoch);\n\ttask->run(task->arg);')],
            'pool_wait', 'a data race'),
    Mistake('a task that is dropped is never counted as done',
            [(POOL, 'pool->drop(task->arg);\n\tcount_out(pool, task->epoch);', 'pool->drop(task->arg);')],
            'pool_cancel', LOST_WAKEUP),
    Mistake('a submission that is refused is never counted as done',
            [(POOL, 'count_out(pool, submitted.epoch);', '')],
            'pool_cancel', LOST_WAKEUP),
]


class Copy:
    """src and include in a folder, compiled with the programs of verify."""

    def __init__(self, folder, explorer, flags, compiler, sources):
        self.folder = os.path.abspath(folder)
        self.link_with = explorer
        self.compiler = shlex.split(compiler)
        for name in ('src', 'include'):
            shutil.copytree(os.path.join(ROOT, name), os.path.join(self.folder, name))
        # -Wall: a statement that was taken out may leave an `if` that takes the next one
        self.compile = [*self.compiler, *shlex.split(flags), '-Wall', '-Wno-unused', '-Werror', '-c', '-MMD']
        for name in ('door', '', 'explorer'):
            self.compile += ['-I', os.path.join(ROOT, 'verify', name)]
        for name in ('src', 'include'):
            self.compile += ['-I', os.path.join(self.folder, name)]
        self.objects = {self.path(source): os.path.join(self.folder, f'{number}.o')
                        for number, source in enumerate(sources)}
        self.used = {}  # by a source: all files that it is made of

    def path(self, source):
        """The source, or its copy if there is one."""
        relative = os.path.relpath(os.path.abspath(source), ROOT)
        copied = os.path.join(self.folder, relative)
        return copied if os.path.exists(copied) else os.path.join(ROOT, relative)

    def build(self):
        for source, made in self.objects.items():
            subprocess.run([*self.compile, '-o', made, source], check=True)
            with open(made[:-1] + 'd', encoding='utf-8') as file:
                self.used[source] = set(file.read().replace('\\\n', ' ').split()[1:])
        self.link(self.objects)

    def build_changed(self, changed):
        """Compiles what these files are part of, aside."""
        objects = dict(self.objects)
        for source, made in self.objects.items():
            if self.used[source] & changed:
                objects[source] = made + '.changed.o'
                subprocess.run([*self.compile, '-o', objects[source], source], check=True)
        self.link(objects)

    def link(self, objects):
        program = os.path.join(self.folder, 'explore_leat')
        subprocess.run([*self.compiler, '-o', program, *objects.values(), self.link_with], check=True)

    def change(self, changes):
        """Returns what undo needs."""
        old_texts = {}
        for path, old, new in changes:
            text = house.read(self.folder, path)
            if text.count(old) != 1:
                sys.exit(f'Bail out! {path} has {text.count(old)} times, and should have once: {old}')
            old_texts.setdefault(path, text)
            self.write(path, text.replace(old, new))
        return old_texts

    def undo(self, old_texts):
        for path, text in old_texts.items():
            self.write(path, text)

    def write(self, path, text):
        with open(os.path.join(self.folder, path), 'w', encoding='utf-8') as file:
            file.write(text)

    def explore(self, program, *options):
        done = subprocess.run([os.path.join(self.folder, 'explore_leat'), '--program', program, *options],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False, encoding='utf-8',
                              timeout=TIME_LIMIT_S)
        return done.returncode, done.stdout + done.stderr


def problems_with(mistake, copy):
    """Empty if the program notices."""
    status, output = copy.explore(mistake.program)
    failures = re.findall(rf'^# {mistake.program}: (.*)', output, re.MULTILINE)[2:]
    if status != 1 or not failures:
        return [f'{mistake.program} does not notice', output[-3000:]]
    if mistake.failure not in failures[0]:
        return [f'{mistake.program} fails, but does not say "{mistake.failure}"', output[-6000:]]
    print('#', failures[0])
    return []


def tell_who(mistake, copy):
    output = copy.explore('*', '--quiet', '--seconds', '2')[1]
    failed = re.findall(r'^# (\w+): failed.*, (\d+) steps', output, re.MULTILINE)
    if not failed:
        print('# NOBODY notices', mistake.name)
    for program, steps in sorted(failed, key=lambda one: int(one[1])):
        print(f'# {program} in {steps} steps')


def main():
    explorer, flags, compiler, *sources = sys.argv[2 + WHO:]
    programs = sorted({mistake.program for mistake in MISTAKES})
    with tempfile.TemporaryDirectory(dir=os.path.dirname(explorer)) as folder:
        tap = house.Tap(len(programs) + len(MISTAKES))
        copy = Copy(folder, explorer, flags, compiler, sources)
        copy.build()
        for program in programs:
            status, output = copy.explore(program)
            tap.case(f'{program} passes without a mistake', [output[-6000:]] if status else [])
        for mistake in MISTAKES:
            changed = {os.path.join(copy.folder, path) for path, _, _ in mistake.changes}
            old = copy.change(mistake.changes)
            copy.build_changed(changed)
            if WHO:
                tell_who(mistake, copy)
            tap.case(mistake.name, problems_with(mistake, copy))
            copy.undo(old)
        tap.end()


if __name__ == '__main__':
    main()
