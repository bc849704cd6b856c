# SPDX-License-Identifier: Apache-2.0
"""src/base is the only door of src to the machine, so that something else can be put behind it."""
import re

import house

FORBIDDEN = re.compile(r'''\b(?:
    _Atomic | atomic_\w+ | __atomic_\w+ | __sync_\w+ | volatile | __volatile__
    | asm | __asm__ | __builtin_ia32_\w+ | _mm_\w+
    | syscall | SYS_\w+ | __NR_\w+ | FUTEX_\w+ | MEMBARRIER_\w+ | membarrier
    | mmap | mmap64 | munmap | mremap | msync | madvise | shm_open | memfd_create
    | fsync | fdatasync | sync_file_range | pwrite | pwrite64 | pwritev | pread | pread64 | preadv
    | ftruncate | fallocate | rename | renameat\w*
    | clock_\w+ | time | gettimeofday | timespec_get | nanosleep | usleep | sleep | sched_\w+
    | pthread_\w+ | sem_\w+ | thrd_\w+ | mtx_\w+ | cnd_\w+
    | eventfd | getpid | gettid | kill | pidfd_\w+ | getrandom | random | rand
    )\b
    | <(?:stdatomic|threads|pthread|semaphore|sched|time|sys/mman|sys/syscall|sys/time|linux/\w+)\.h>''',
                       re.VERBOSE)


def check(root):
    found = []
    looked_at = 0
    for path in house.files(root, ['src'], house.C_FILES):
        if path.startswith('src/base/'):
            continue
        looked_at += 1
        for number, line in house.lines(root, path):
            found += [f'{path}:{number}: {match.group()} goes past src/base'
                      for match in FORBIDDEN.finditer(line)]
    return found if looked_at else ['src:0: there is no file outside src/base to look at']


USES = {
    'C11 atomics': 'static _Atomic int x;',
    'a C11 atomic operation': 'int f(int *x) { return atomic_load(x); }',
    'an __atomic builtin': 'int f(int *x) { return __atomic_load_n(x, __ATOMIC_RELAXED); }',
    'a __sync builtin': 'void f(void) { __sync_synchronize(); }',
    'an atomic made of volatile': 'static volatile int x;',
    'a bare futex': 'void f(void) { syscall(SYS_futex, 0, FUTEX_WAKE, 1); }',
    'a bare membarrier': 'void f(void) { syscall(SYS_membarrier, 1, 0, 0); }',
    'mmap': 'void *f(void) { return mmap(0, 1, 3, 2, -1, 0); }',
    'fsync': 'int f(int file) { return fsync(file); }',
    'fdatasync': 'int f(int file) { return fdatasync(file); }',
    'pwrite': 'void f(int file) { pwrite(file, "x", 1, 0); }',
    'a clock': 'void f(struct timespec *t) { clock_gettime(CLOCK_MONOTONIC, t); }',
    'a mutex': 'void f(pthread_mutex_t *m) { pthread_mutex_lock(m); }',
    'a condition variable as a pointer to function': 'int (*f)(pthread_cond_t *) = pthread_cond_signal;',
    'a semaphore': 'void f(sem_t *s) { sem_post(s); }',
    'sched_yield': 'void f(void) { sched_yield(); }',
    'nanosleep': 'void f(struct timespec *t) { nanosleep(t, 0); }',
    'the header of the atomics': '#include <stdatomic.h>',
}

SEEDS = [house.Seed(name, 'src/ring/ring.c', house.appended(text)) for name, text in USES.items()] + [
    house.Seed('a use in a new folder', 'src/new/new.c', house.appended('void f(void) { sched_yield(); }')),
    house.Seed('a use in a header', 'src/wait/wait.h', house.appended('#define leave() sched_yield()')),
]

if __name__ == '__main__':
    house.main('nothing_in_src_goes_past_src_base', check, SEEDS)
