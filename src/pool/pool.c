/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers that pop tasks from a ring and run them.
 *
 * Waiting for what was submitted before, and for nothing else, is done by epochs. A task is counted
 * in the epoch that is current when it is submitted, and counted out when it has ended. A waiter
 * lets a new epoch begin, so that the counts up to its own only fall, and waits until they are
 * zero. Epochs live in a ring of words that hold the number of the epoch and its count. When all
 * are in use some task of the oldest has not ended, and every waiter has to wait for that in any
 * case. The idea of counting by epoch: P. E. McKenney, Sleepable read-copy update, 2006.
 */
#include "base/atomic.h"

#include "base/options.h"
#include "base/processors.h"
#include "base/thread.h"
#include "wait/wait.h"

#include <leat/pool.h>
#include <leat/ring.h>

#include <errno.h>
#include <stdlib.h>

#define BACKLOG_DEFAULT  1024
#define INLINE_DEPTH_MAX 64

#ifndef LEAT__POOL_EPOCHS
#define LEAT__POOL_EPOCHS 64 /* a power of two, so that their numbers may wrap */
#endif
#define EPOCHS LEAT__POOL_EPOCHS

_Static_assert(sizeof(leat_pool_options) == 40, "the options of release 0.1");

struct task {
	void (*run)(void *arg);
	void *arg;
	uint64_t *epoch; /* where it is counted */
};

struct leat_pool {
	leat_ring *ring; /* of struct task */
	void (*drop)(void *arg);
	uint32_t cancelled;
	uint32_t fences;
	uint32_t current;         /* number of the epoch that submissions are counted in */
	uint64_t epochs[EPOCHS];  /* number << 32 | tasks of it that have not ended */
	struct leat__event ended; /* an epoch's count has become zero */
	uint32_t workers;
	leat__thread threads[];
};

/* What a worker's leat__thread_local points to. */
struct worker {
	leat_pool *pool;
	unsigned depth; /* tasks that run inside each other */
};

static struct worker *worker_of(const leat_pool *pool)
{
	struct worker *self = *leat__thread_local();

	return self && self->pool == pool ? self : NULL;
}

static uint64_t *epoch_of(leat_pool *pool, uint32_t number)
{
	return &pool->epochs[number % EPOCHS];
}

static uint32_t number_of(uint64_t epoch)
{
	return (uint32_t)(epoch >> 32);
}

static uint32_t tasks_of(uint64_t epoch)
{
	return (uint32_t)epoch;
}

/* All relaxed: a wait that comes after this submission finds the count in this epoch or an older
 * one because it comes after it; one beside it may find it or not. */
static uint64_t *count_in(leat_pool *pool)
{
	for (;;) {
		uint32_t number = leat__load(&pool->current, relaxed);
		uint64_t *epoch = epoch_of(pool, number);
		uint64_t counted = leat__load(epoch, relaxed);

		while (number_of(counted) == number)
			if (leat__compare_exchange_weak(epoch, &counted, counted + 1, relaxed))
				return epoch;
	}
}

/* A task has ended, or was not submitted after all. */
static void count_out(leat_pool *pool, uint64_t *epoch)
{
	/* P1, release, pairs with P2: what the task did is seen by who waited for it. Whatever
	 * changes the word after this changes what it finds there, so who reads the last value
	 * acquires from all. */
	if (tasks_of(leat__fetch_sub(epoch, 1, release)) != 1)
		return;
	leat__fence_light(pool->fences);
	/* relaxed: between P1 and this load stands the fence; its partner is the sleeper's */
	if (leat__load(&pool->ended.state, relaxed) & LEAT__EVENT_ASLEEP_MASK)
		leat__event_end(&pool->ended, 0); /* all: they wait for different epochs */
}

static void run(leat_pool *pool, const struct task *task)
{
	task->run(task->arg);
	count_out(pool, task->epoch);
}

static void drop(leat_pool *pool, const struct task *task)
{
	if (pool->drop)
		pool->drop(task->arg);
	count_out(pool, task->epoch);
}

static void *work(void *arg)
{
	leat_pool *pool = arg;
	struct worker self = { .pool = pool };
	struct task task;

	*leat__thread_local() = &self;
	while (leat_ring_pop(pool->ring, &task, LEAT_FOREVER) == 0) {
		/* P3, acquire, pairs with P4: what came before the cancel; a task popped just before it
		 * runs */
		if (leat__load(&pool->cancelled, acquire))
			drop(pool, &task);
		else
			run(pool, &task);
	}
	return NULL;
}

static int check(leat_pool_options *to, const leat_pool_options *from)
{
	int result = leat__options_copy(to, sizeof(*to), sizeof(*to), from);

	if (result)
		return result;
	if (to->flags || to->sync > LEAT_SYNC_SEMAPHORE)
		return -EINVAL;
	if (to->workers == 0)
		to->workers = leat__processors();
	if (to->backlog == 0)
		to->backlog = BACKLOG_DEFAULT;
	return 0;
}

static void join_all(leat_pool *pool)
{
	for (uint32_t i = 0; i < pool->workers; i++)
		leat__thread_join(pool->threads[i]);
}

static int start_all(leat_pool *pool, const leat_pool_options *options)
{
	for (; pool->workers < options->workers; pool->workers++) {
		int result = leat__thread_start(&pool->threads[pool->workers], work, pool,
		                                options->name);

		if (result) {
			leat_ring_close(pool->ring);
			join_all(pool);
			return result;
		}
	}
	return 0;
}

int leat_pool_new(leat_pool **pool, const leat_pool_options *options)
{
	leat_ring_options ring = LEAT_RING_OPTIONS_INIT;
	leat_pool_options checked;
	leat_pool *made;
	int result = check(&checked, options);

	if (result)
		return result;
	if (!pool)
		return -EINVAL;
	made = calloc(1, sizeof(*made) + checked.workers * sizeof(made->threads[0]));
	if (!made)
		return -ENOMEM;
	made->drop = checked.drop;
	made->fences = leat__barrier_needs_fences();
	leat__event_init(&made->ended);
	for (uint32_t number = 0; number < EPOCHS;
	     number++) /* all but 0 and 1 are of the lap before */
		made->epochs[number] = (uint64_t)(number ? number - EPOCHS : 0) << 32;
	ring.flags = LEAT_RING_EXACT;
	ring.sync = checked.sync;
	ring.capacity = checked.backlog;
	ring.item_size = sizeof(struct task);
	result = leat_ring_new(&made->ring, &ring);
	if (result)
		goto no_ring;
	result = start_all(made, &checked);
	if (result)
		goto no_threads;
	*pool = made;
	return 0;

no_threads:
	leat_ring_free(made->ring);
no_ring:
	free(made);
	return result;
}

/* A worker whose pool has no room does the work itself. */
static int run_inside(leat_pool *pool, struct worker *self, const struct task *task)
{
	if (self->depth == INLINE_DEPTH_MAX) {
		count_out(pool, task->epoch);
		return -EAGAIN;
	}
	self->depth++;
	run(pool, task);
	self->depth--;
	return 0;
}

int leat_pool_submit(leat_pool *pool, void (*task)(void *arg), void *arg, leat_deadline until)
{
	struct worker *self = worker_of(pool);
	struct task submitted = { .run = task, .arg = arg };
	int result;

	if (!task)
		return -EINVAL;
	submitted.epoch = count_in(pool);
	result = leat_ring_push(pool->ring, &submitted, self ? LEAT_NOW : until);
	if (result == -EAGAIN && self)
		return run_inside(pool, self, &submitted);
	if (result == 0)
		return 0;
	count_out(pool, submitted.epoch);
	if (result == -EPIPE && leat__load(&pool->cancelled, acquire)) /* P3 */
		return -ECANCELED;
	return result;
}

/*
 * Lets the epoch after `number` begin. False: its word is still in use.
 *
 * All relaxed, here and where `current` is read: an old number or word delays, and misleads nobody.
 * A task that was submitted before a wait was counted in a word and an epoch that the waiter sees
 * in that state or a later one, because it comes after; what the task did comes with P2.
 */
static bool begin_epoch(leat_pool *pool, uint32_t number)
{
	uint64_t *next = epoch_of(pool, number + 1);
	uint64_t old = leat__load(next, relaxed);

	if (number_of(old) == number + 1 - EPOCHS) {
		uint64_t fresh = (uint64_t)(number + 1) << 32;

		if (tasks_of(old))
			return false;
		/* it fails if another prepared it, or was late to count in the old epoch */
		if (!leat__compare_exchange(next, &old, fresh, relaxed) &&
		    number_of(old) == number + 1 - EPOCHS)
			return false;
	}
	/* whether it was this thread that prepared the word or another, and whoever begins it */
	leat__compare_exchange(&pool->current, &number, number + 1, relaxed);
	return true;
}

/* Whether every task up to this epoch has ended. Once the next has begun, none is counted in it any
 * more but one whose submission is under way beside this wait. */
static bool is_over(leat_pool *pool, uint32_t number)
{
	if (leat__load(&pool->current, relaxed) == number && !begin_epoch(pool, number))
		return false;
	for (int i = 0; i < EPOCHS; i++) {
		uint64_t epoch = leat__load(&pool->epochs[i], acquire); /* P2, pairs with P1 */

		if (tasks_of(epoch) && (int32_t)(number_of(epoch) - number) <= 0)
			return false;
	}
	return true;
}

int leat_pool_wait(leat_pool *pool, leat_deadline until)
{
	uint32_t number = leat__load(&pool->current, relaxed);
	struct leat__wait wait;
	int result = 0;

	if (worker_of(pool))
		return -EDEADLK;
	leat__wait_begin(&wait, &pool->ended, until, pool->fences);
	while (!is_over(pool, number) && (result = leat__wait_step(&wait)) == 0)
		;
	leat__wait_end(&wait);
	if (result == 0 && leat__load(&pool->cancelled, acquire)) /* P3 */
		return -ECANCELED;
	return result;
}

void leat_pool_close(leat_pool *pool)
{
	leat_ring_close(pool->ring);
}

void leat_pool_cancel(leat_pool *pool)
{
	leat__store(&pool->cancelled, 1, release); /* P4, pairs with P3 */
	/* close rather than cancel: the workers pop what is left, and drop it */
	leat_ring_close(pool->ring);
}

void leat_pool_free(leat_pool *pool)
{
	if (!pool)
		return;
	leat_pool_close(pool);
	join_all(pool);
	leat_ring_free(pool->ring);
	free(pool);
}
