/* SPDX-License-Identifier: Apache-2.0 */
#include "support/run.h"

#include "base/barrier.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t seed;
static unsigned percent = 100;

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);
	char *end;
	uint64_t number;

	if (!text)
		return otherwise;
	number = strtoull(text, &end, 0);
	if (*text == '\0' || *end != '\0') {
		printf("Bail out! %s is '%s': set it to a number\n", variable, text);
		exit(1);
	}
	return number;
}

void run_begin(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = number_from("LEAT_TEST_SEED", (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	percent = (unsigned)number_from("LEAT_TEST_SCALE", 100);
	if (number_from("LEAT_TEST_FENCES", 0))
		leat__barrier_use_fences(true);
	printf("# LEAT_TEST_SEED=%llu LEAT_TEST_SCALE=%u\n", (unsigned long long)seed, percent);
	fflush(stdout);
}

uint64_t run_seed(void)
{
	return seed;
}

unsigned scaled(unsigned n)
{
	unsigned part = (unsigned)((uint64_t)n * percent / 100);

	return part ? part : 1;
}

leat_deadline soon(void)
{
	return leat_after_ms(40000);
}

uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t random_below(struct random *random, uint64_t limit)
{
	return random_next(random) % limit;
}

void random_delay(struct random *random, unsigned limit)
{
	for (uint64_t n = random_below(random, limit + 1u); n; n--)
		__asm__ volatile("" ::: "memory");
}

#define CLUTTER ((size_t)32 << 20) /* more than the caches near a processor hold */

void random_clutter(struct random *random, unsigned lines)
{
	static _Atomic unsigned char bytes[CLUTTER];

	for (; lines; lines--)
		atomic_store_explicit(&bytes[random_below(random, CLUTTER)], 1,
		                      memory_order_relaxed);
}

bool wait_until(bool (*condition)(void *arg), void *arg)
{
	const struct timespec pause = { .tv_nsec = 20000 };
	leat_deadline end = leat_after_ms(30000);

	while (!condition(arg)) {
		if (leat_after_ns(0) > end)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static void *thread_main(void *arg)
{
	struct thread *thread = arg;

	atomic_store(&thread->kernel_id, (int)syscall(SYS_gettid));
	thread->run(thread->arg);
	return NULL;
}

/* A test that cannot have its threads proves nothing and would leave those it has behind: it ends.
 */
static void demand(int error, const char *what)
{
	if (!error)
		return;
	printf("Bail out! %s: %s\n", what, strerror(error));
	fflush(stdout);
	abort();
}

void thread_start(struct thread *thread, void (*run)(void *arg), void *arg)
{
	thread->run = run;
	thread->arg = arg;
	atomic_store(&thread->kernel_id, 0);
	demand(pthread_create(&thread->id, NULL, thread_main, thread), "pthread_create");
}

void thread_join(struct thread *thread)
{
	demand(pthread_join(thread->id, NULL), "pthread_join");
}

/* The state is the letter behind the name in brackets, which may itself hold brackets. */
bool thread_sleeps(struct thread *thread)
{
	char path[64], line[256] = "";
	char *name_end;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", atomic_load(&thread->kernel_id));
	stat = fopen(path, "re");
	if (!stat)
		return false;
	if (!fgets(line, sizeof(line), stat))
		line[0] = '\0';
	fclose(stat);
	name_end = strrchr(line, ')');
	return name_end && strncmp(name_end, ") S", 3) == 0;
}
