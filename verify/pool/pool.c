/* SPDX-License-Identifier: Apache-2.0 */
/* The pool: every task runs exactly once or is dropped by cancel, and who waits sees what was done. */
#include "programs.h"

#include "base/barrier.h"

#include <leat/pool.h>

#include <errno.h>

#define TASKS_MAX 4

static struct {
	leat_pool *pool;
	uint64_t ran[TASKS_MAX]; /* plain data: whoever reads it has to have waited */
	uint64_t dropped[TASKS_MAX];
	uint64_t reason; /* plain data, written before cancel: who is told has to see it */
	int8_t submitted[TASKS_MAX]; /* what submit answered; 1: not tried */
	int8_t waited;
} memory;

struct setting {
	unsigned workers, tasks;
	uint32_t sync;
	size_t backlog;
	bool waits;           /* the first thread, behind its submissions */
	bool closes, cancels; /* a thread more for each */
	bool waits_each;      /* the first thread, behind each of its submissions; then it closes */
	bool waits_meanwhile; /* a thread more, for whatever is there */
	bool from_inside;     /* each task submits the next */
};

static const struct setting *setting(void)
{
	return explore_argument();
}

static void submit(size_t number);

static void task(void *arg)
{
	size_t number = (size_t)(uintptr_t)arg;

	explore_write(&memory.ran[number], explore_read(&memory.ran[number]) + 1);
	if (setting()->from_inside && number + 1 < setting()->tasks)
		submit(number + 1);
}

static void told_cancelled(void)
{
	explore_check(setting()->cancels && explore_read(&memory.reason) == 1);
}

static void drop(void *arg)
{
	size_t number = (size_t)(uintptr_t)arg;

	told_cancelled();
	explore_write(&memory.dropped[number], explore_read(&memory.dropped[number]) + 1);
}

static void submit(size_t number)
{
	int answer = leat_pool_submit(memory.pool, task, (void *)(uintptr_t)number, LEAT_FOREVER);

	explore_check(answer == 0 || answer == -EPIPE || answer == -ECANCELED);
	if (answer == -ECANCELED)
		told_cancelled();
	memory.submitted[number] = (int8_t)answer;
}

static void init(void)
{
	leat_pool_options options = LEAT_POOL_OPTIONS_INIT;

	leat__barrier_use_fences(true);
	options.workers = setting()->workers;
	options.sync = setting()->sync;
	options.backlog = setting()->backlog;
	options.drop = drop;
	explore_check(leat_pool_new(&memory.pool, &options) == 0);
	for (unsigned i = 0; i < TASKS_MAX; i++)
		memory.submitted[i] = 1;
}

static void wait_for_all(void)
{
	memory.waited = (int8_t)leat_pool_wait(memory.pool, LEAT_FOREVER);
	explore_check(memory.waited == 0 || memory.waited == -ECANCELED);
	if (memory.waited == -ECANCELED)
		told_cancelled();
	for (size_t i = 0; i < setting()->tasks && !setting()->from_inside; i++)
		if (memory.submitted[i] == 0)
			explore_check(explore_read(&memory.ran[i]) +
			                      explore_read(&memory.dropped[i]) ==
			              1);
}

static void first(void)
{
	for (size_t i = 0; i < (setting()->from_inside ? 1 : setting()->tasks); i++) {
		submit(i);
		if (setting()->waits_each)
			wait_for_all();
	}
	if (setting()->waits)
		wait_for_all();
	if (setting()->waits_meanwhile)
		leat_pool_close(memory.pool);
	else if (!setting()->cancels && !setting()->closes)
		leat_pool_free(memory.pool);
}

static void run(unsigned thread)
{
	if (thread == 0) {
		first();
	} else if (setting()->waits_meanwhile) {
		explore_check(leat_pool_wait(memory.pool, LEAT_FOREVER) == 0);
	} else if (setting()->cancels && thread == 1) {
		explore_write(&memory.reason, 1);
		leat_pool_cancel(memory.pool);
	} else {
		leat_pool_close(memory.pool);
	}
}

static void end(void)
{
	for (unsigned i = 0; i < setting()->tasks; i++) {
		uint64_t done = memory.ran[i] + memory.dropped[i];

		explore_check(done == (memory.submitted[i] == 0));
		explore_check(setting()->cancels || memory.dropped[i] == 0);
	}
}

#define POOL(name_, about_, ...)                                                                   \
	.name = name_, .about = about_, .init = init, .run = run, .end = end, .memory = &memory,   \
	.memory_size = sizeof(memory), .argument = &(const struct setting)                         \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define LOCKED .sync = LEAT_SYNC_MUTEX

const struct explore_program pool_programs[] = {
	{ POOL("pool_wait", "one worker, two tasks; wait sees what they did, free joins", LOCKED,
	       .workers = 1, .tasks = 2, .backlog = 1, .waits = true),
	  .threads = 1 },
	{ POOL("pool_two_workers", "two workers, two tasks", LOCKED, .workers = 2, .tasks = 2,
	       .backlog = 1, .waits = true),
	  .threads = 1, .preemptions = EXPLORE_AT_MOST(2) },
	{ POOL("pool_inside", "tasks submit tasks to their own pool, which is full", LOCKED,
	       .workers = 1, .tasks = 3, .backlog = 1, .from_inside = true),
	  .threads = 1 },
	{ POOL("pool_close", "a thread closes beside submissions", LOCKED, .workers = 1, .tasks = 2,
	       .backlog = 1, .closes = true),
	  .threads = 2 },
	{ POOL("pool_cancel", "a thread cancels beside submissions and a wait", LOCKED,
	       .workers = 1, .tasks = 2, .backlog = 1, .waits = true, .cancels = true),
	  .threads = 2, .preemptions = EXPLORE_AT_MOST(3) },
	{ POOL("pool_either", "a thread cancels and another closes beside a submission", LOCKED,
	       .workers = 1, .tasks = 1, .backlog = 1, .closes = true, .cancels = true),
	  .threads = 3, .preemptions = EXPLORE_AT_MOST(3) },
	{ POOL("pool_epochs", "more waits than there are epochs, and another thread waits, too",
	       LOCKED, .workers = 1, .tasks = 3, .backlog = 1, .waits_each = true,
	       .waits_meanwhile = true),
	  .threads = 2, .preemptions = EXPLORE_AT_MOST(2), .old_reads = EXPLORE_AT_MOST(1) },
	{ POOL("pool_lock_free", "one worker, two tasks, on the lock-free ring", .workers = 1,
	       .tasks = 2, .backlog = 2, .waits = true),
	  .threads = 1, .preemptions = EXPLORE_AT_MOST(2), .old_reads = EXPLORE_AT_MOST(1) },
};

const unsigned n_pool_programs = COUNT_OF(pool_programs);
