/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of one measurement, and their clock. */
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "scenario.h"

enum { PATIENCE = 64, SLEEP_NS = 500000 };

unsigned bench_patience = UINT_MAX;

struct side {
	const struct scenario *scenario;
	const struct rival *rival;
	void *there, *back;
	uint64_t first, n;
	uint64_t sum; /* of what this thread took out */
	double ns;    /* as this thread measured it: trips */
	pthread_barrier_t *start;
	pthread_t thread;
};

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void *produce(void *arg)
{
	struct side *side = arg;

	pthread_barrier_wait(side->start);
	side->rival->produce[side->scenario->calls](side->there, side->first, side->n);
	return NULL;
}

static void *consume(void *arg)
{
	struct side *side = arg;

	pthread_barrier_wait(side->start);
	side->sum = side->rival->consume[side->scenario->calls](side->there, side->n);
	return NULL;
}

static void *answer(void *arg)
{
	struct side *side = arg;

	pthread_barrier_wait(side->start);
	side->rival->answer[side->scenario->calls](side->there, side->back, side->n);
	return NULL;
}

static void *ask(void *arg)
{
	struct side *side = arg;
	double began;

	pthread_barrier_wait(side->start);
	began = now_ns();
	side->sum = side->rival->ask[side->scenario->calls](side->there, side->back, side->first,
	                                                    side->n);
	side->ns = now_ns() - began;
	return NULL;
}

/* Each trip alone, after a pause that puts the other side to sleep: that state is what is measured.
 */
static void *ask_after_sleeps(void *arg)
{
	struct side *side = arg;
	const struct timespec pause = { 0, SLEEP_NS };

	pthread_barrier_wait(side->start);
	for (uint64_t i = 0; i < side->n; i++) {
		double began;

		nanosleep(&pause, NULL);
		began = now_ns();
		side->sum +=
		        side->rival->ask[CALLS_WAIT](side->there, side->back, side->first + i, 1);
		side->ns += now_ns() - began;
	}
	return NULL;
}

bool own_processors(const struct scenario *scenario, int processors[MAX_THREADS])
{
	cpu_set_t allowed;
	unsigned found = 0;

	if (!scenario->pinned || sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return false;
	for (int cpu = 0; cpu < CPU_SETSIZE && found < 2 * scenario->threads; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			processors[found++] = cpu;
	return found == 2 * scenario->threads;
}

static void pin(pthread_attr_t *attributes, int processor)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(processor, &one);
	pthread_attr_setaffinity_np(attributes, sizeof(one), &one);
}

/* processor: NULL lets the system choose. */
static void start(struct side *side, void *(*body)(void *), const int *processor)
{
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	if (processor)
		pin(&attributes, *processor);
	if (pthread_create(&side->thread, &attributes, body, side) != 0)
		bench_fail(side->scenario, side->rival, "cannot start a thread");
	pthread_attr_destroy(&attributes);
}

/* Runs both sides, producers first in the array, and returns nanoseconds from start to end. */
static double run(struct side *sides, void *(*left)(void *), void *(*right)(void *))
{
	const struct scenario *scenario = sides->scenario;
	const unsigned each = scenario->threads;
	int processors[MAX_THREADS];
	const bool own = own_processors(scenario, processors);
	pthread_barrier_t barrier;
	double began;

	bench_patience = own ? UINT_MAX : PATIENCE;
	pthread_barrier_init(&barrier, NULL, 2 * each + 1);
	for (unsigned i = 0; i < 2 * each; i++) {
		sides[i].start = &barrier;
		start(&sides[i], i < each ? left : right, own ? &processors[i] : NULL);
	}
	began = now_ns();
	pthread_barrier_wait(&barrier);
	for (unsigned i = 0; i < 2 * each; i++)
		pthread_join(sides[i].thread, NULL);
	pthread_barrier_destroy(&barrier);
	return now_ns() - began;
}

static void *make(const struct scenario *scenario, const struct rival *rival)
{
	void *ring = rival->make(scenario->capacity);

	if (ring == NULL)
		bench_fail(scenario, rival, "cannot make its buffer");
	return ring;
}

double run_threads(const struct scenario *scenario, const struct rival *rival, uint64_t n,
                   uint64_t *sum)
{
	struct side sides[MAX_THREADS];
	const unsigned each = scenario->threads;
	const bool trip = scenario->kind != KIND_STREAM;
	void *there = make(scenario, rival), *back = trip ? make(scenario, rival) : NULL;
	double ns;

	for (unsigned i = 0; i < 2 * each; i++)
		sides[i] = (struct side){ .scenario = scenario,
			                  .rival = rival,
			                  .there = there,
			                  .back = back,
			                  .first = 1 + i % each * (n / each),
			                  .n = n / each };
	if (trip) {
		run(sides, scenario->kind == KIND_TRIP ? ask : ask_after_sleeps, answer);
		ns = sides->ns;
	} else {
		ns = run(sides, produce, consume);
	}
	*sum = 0;
	for (unsigned i = 0; i < 2 * each; i++)
		*sum += sides[i].sum;
	if (trip)
		rival->free(back);
	rival->free(there);
	return ns;
}
