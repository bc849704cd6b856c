/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every test program shares: its seed, its scale, deadlines, and threads.
 *
 * cmocka keeps its state in the thread that runs a test, so only that thread may assert. All others
 * write down what they saw; the test thread joins them and judges.
 *
 * Environment: LEAT_TEST_SEED repeats a run, LEAT_TEST_SCALE is the amount of work in percent
 * (100), LEAT_TEST_FENCES=1 makes the library wait with fences as if the kernel had refused
 * membarrier.
 */
#ifndef LEAT_TEST_RUN_H
#define LEAT_TEST_RUN_H

#include <leat/ring.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Reads the environment and prints the seed as a TAP comment. First thing in main. */
void run_begin(void);

uint64_t run_seed(void);

/* n in percent of the scale, at least 1. */
unsigned scaled(unsigned n);

/* Far enough away that only a lost wake-up reaches it, near enough that the test then ends. */
leat_deadline soon(void);

/* Small, fast, and the same everywhere: splitmix64 (Steele, Lea, Flood, 2014). */
struct random {
	uint64_t state;
};
uint64_t random_next(struct random *random);
uint64_t random_below(struct random *random, uint64_t limit);

/* Burns up to `limit` rounds of nothing: moves threads against each other without a sleep. */
void random_delay(struct random *random, unsigned limit);

/* Writes to so many lines that are in no cache, so that what this thread stores next stays a while in
 * its processor's store buffer, unseen by others. */
void random_clutter(struct random *random, unsigned lines);

/* Polls until condition(arg) holds. False: it did not within 30 seconds. */
bool wait_until(bool (*condition)(void *arg), void *arg);

/* A thread, and a check that it was made. The function returns nothing: it writes into arg. */
struct thread {
	pthread_t id;
	void (*run)(void *arg);
	void *arg;
	_Atomic int kernel_id; /* 0: it does not run yet */
};
void thread_start(struct thread *thread, void (*run)(void *arg), void *arg);
void thread_join(struct thread *thread);

/* Whether the kernel says that a thread which runs is asleep. */
bool thread_sleeps(struct thread *thread);

#endif
