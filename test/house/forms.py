# SPDX-License-Identifier: Apache-2.0
"""Each form of the ring is built from the primitive that it is named for, and from no other."""
import os
import re

import house

ATOMICS = r'leat__(?:load|store|exchange|fetch_\w+|compare_exchange\w*)|LEAT__(?:LOAD|STORE|COMPARE_\w+)'
FENCES = r'leat__(?:fence|barrier)_\w+|LEAT__FENCE_\w+'
WAITING = r'leat__(?:futex|event|wait)(?:_\w+)?|leat__pause|leat__yield|leat__sleep_ns'
MUTEX = r'leat__mutex(?:_\w+)?'
CONDITION = r'leat__condition(?:_\w+)?'
SEMAPHORE = r'leat__semaphore(?:_init|_fini|_post|_wait)?'
LOCK_FREE_FORMS = r'leat__(?:spsc|mpmc)_\w+'
WAIT_FOLDER = r'#\s*include\s*[<"]wait/'

# form: (what it must use, what it may not use)
RULES = {
    'locked': ((r'leat__mutex_lock', r'leat__condition_wait', r'leat__condition_(?:signal|broadcast)'),
               (ATOMICS, FENCES, WAITING, SEMAPHORE, LOCK_FREE_FORMS)),
    'semaphore': ((r'leat__semaphore_wait', r'leat__semaphore_post'),
                  (ATOMICS, FENCES, WAITING, MUTEX, CONDITION, LOCK_FREE_FORMS)),
    'spsc': ((ATOMICS,), (MUTEX, CONDITION, SEMAPHORE)),
    'mpmc': ((ATOMICS,), (MUTEX, CONDITION, SEMAPHORE)),
}
CLASSIC = ('locked', 'semaphore')


def matches(pattern, text):
    return re.finditer(rf'\b(?:{pattern})\b', text)


def check_form(root, path, needed, forbidden):
    if not os.path.exists(os.path.join(root, path)):
        yield f'{path}:0: is not there'
        return
    for number, line in house.lines(root, path):
        for pattern in forbidden:
            yield from (f'{path}:{number}: uses {match.group()}' for match in matches(pattern, line))
    text = house.code(house.read(root, path))
    for pattern in needed:
        if not any(matches(pattern, text)):
            yield f'{path}:0: does not use {pattern}'


def check(root):
    found = []
    for form, (needed, forbidden) in RULES.items():
        path = f'src/ring/{form}.c'
        found += check_form(root, path, needed, forbidden)
        if form in CLASSIC and os.path.exists(os.path.join(root, path)):
            found += [f'{path}:{number}: includes src/wait'
                      for number, line in house.lines(root, path, strings=True)
                      if re.search(WAIT_FOLDER, line)]
    return found


def using(name, form, text):
    return house.Seed(f'{name} in the form {form}', f'src/ring/{form}.c', house.appended(text))


SEEDS = [
    using('an atomic load', 'locked', 'int f(int *x) { return leat__load(x, relaxed); }'),
    using('a fence', 'locked', 'void f(void) { leat__fence_full(); }'),
    using('a semaphore', 'locked', 'void f(leat__semaphore *s) { leat__semaphore_post(s); }'),
    using('an event', 'locked', 'void f(struct leat__event *e) { leat__event_signal(e); }'),
    using('the waiting part', 'locked', '#include "wait/wait.h"'),
    using('the fast path of another form', 'locked', 'int (*f)() = leat__spsc_push;'),
    using('an atomic counter', 'semaphore', 'void f(int *x) { leat__fetch_add(x, 1, relaxed); }'),
    using('a mutex', 'semaphore', 'void f(leat__mutex *m) { leat__mutex_lock(m); }'),
    using('a condition variable', 'semaphore', 'static leat__condition c;'),
    using('a futex', 'semaphore', 'void f(uint32_t *x) { leat__futex_wake(x, 1); }'),
    using('a mutex', 'spsc', 'void f(leat__mutex *m) { leat__mutex_lock(m); }'),
    using('a semaphore', 'mpmc', 'void f(leat__semaphore *s) { leat__semaphore_post(s); }'),
    house.Seed('a mutex form that never waits on its condition', 'src/ring/locked.c',
               house.replaced(r'\bleat__condition_wait\b', 'nothing')),
    house.Seed('a semaphore form without semaphores', 'src/ring/semaphore.c',
               house.replaced(r'\bleat__semaphore_(wait|post)\b', 'nothing')),
]

if __name__ == '__main__':
    house.main('each_form_uses_only_the_primitive_it_is_named_for', check, SEEDS)
