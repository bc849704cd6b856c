/* SPDX-License-Identifier: Apache-2.0 */
/* Workers: how many, what they inherit, and what they may do in a task. */
#include "pool/tasks.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

static void meet(void *arg)
{
	pthread_barrier_wait(arg);
}

/* As many tasks meet as there are to be workers, which takes all of them at once. */
static void require_workers(leat_pool *pool, unsigned n)
{
	pthread_barrier_t barrier;

	pthread_barrier_init(&barrier, NULL, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(leat_pool_submit(pool, meet, &barrier, soon()), 0);
	assert_int_equal(leat_pool_wait(pool, soon()), 0);
	pthread_barrier_destroy(&barrier);
}

static void there_are_as_many_workers_as_asked(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 9; n += 4) {
		leat_pool *pool = pool_of(LEAT_SYNC_LOCK_FREE, n, 0);
		struct gate gates[9] = { 0 }, one_more = { 0 };

		require_workers(pool, n);
		for (uint32_t i = 0; i < n; i++)
			gate_submit(pool, &gates[i]);
		assert_int_equal(leat_pool_submit(pool, gate_task, &one_more, LEAT_NOW), 0);
		assert_int_equal(leat_pool_wait(pool, leat_after_ms(20)), -ETIMEDOUT);
		assert_false(gate_is_entered(&one_more));
		gate_open(&one_more);
		for (uint32_t i = 0; i < n; i++)
			gate_open(&gates[i]);
		leat_pool_free(pool);
	}
}

static void by_default_there_are_as_many_as_processors(void **state)
{
	leat_pool *pool = NULL;
	cpu_set_t set;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	assert_int_equal(leat_pool_new(&pool, NULL), 0);
	require_workers(pool, (unsigned)CPU_COUNT(&set));
	leat_pool_free(pool);
}

struct seen {
	char name[17];
	sigset_t mask;
};

static void look(void *arg)
{
	struct seen *seen = arg;

	prctl(PR_GET_NAME, seen->name);
	pthread_sigmask(SIG_SETMASK, NULL, &seen->mask);
}

static void workers_bear_the_name_of_the_pool(void **state)
{
	const char *const names[][2] = { { "mill", "mill" },
		                         { "a name that is too long", "a name that is " } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		leat_pool_options options = LEAT_POOL_OPTIONS_INIT;
		struct seen seen = { 0 };
		leat_pool *pool;

		options.workers = 1;
		options.name = names[i][0];
		assert_int_equal(leat_pool_new(&pool, &options), 0);
		assert_int_equal(leat_pool_submit(pool, look, &seen, soon()), 0);
		leat_pool_free(pool);
		assert_string_equal(seen.name, names[i][1]);
	}
}

static void workers_inherit_the_signal_mask(void **state)
{
	struct seen seen = { 0 };
	sigset_t blocked, before;
	leat_pool *pool;

	(void)state;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &blocked, &before);
	pool = pool_of(LEAT_SYNC_LOCK_FREE, 1, 1);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(leat_pool_submit(pool, look, &seen, soon()), 0);
	leat_pool_free(pool);
	assert_true(sigismember(&seen.mask, SIGUSR2));
	assert_false(sigismember(&seen.mask, SIGUSR1));
}

/* A task that submits tasks of its own kind until one is refused. */
struct nested {
	leat_pool *pool;
	struct counted filler;
	unsigned depth, deepest, refusals;
	pthread_t thread;
	bool elsewhere; /* one ran in another thread */
	int refusal;
};

static void nest(void *arg)
{
	struct nested *nested = arg;
	int result;

	nested->elsewhere |= nested->depth && !pthread_equal(nested->thread, pthread_self());
	nested->thread = pthread_self();
	if (++nested->depth > nested->deepest)
		nested->deepest = nested->depth;
	result = leat_pool_submit(nested->pool, nest, nested, LEAT_FOREVER);
	if (result) {
		nested->refusal = result;
		nested->refusals++;
	}
	nested->depth--;
}

/* Runs in the only worker: what the backlog holds stays there meanwhile. */
static void fill_and_nest(void *arg)
{
	struct nested *nested = arg;

	while (nested->filler.ran == 0)
		if (leat_pool_submit(nested->pool, count_task, &nested->filler, LEAT_NOW))
			return;
	nest(nested);
}

/* 64 inside each other, and around them the one that was called first. */
static void a_worker_that_submits_to_a_full_backlog_runs_it_itself(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++)
		for (size_t backlog = 1; backlog < 100; backlog += 49) {
			struct nested nested = { .pool = pool_of(sync, 1, backlog) };

			assert_int_equal(
			        leat_pool_submit(nested.pool, fill_and_nest, &nested, soon()), 0);
			assert_int_equal(leat_pool_wait(nested.pool, soon()), 0);
			leat_pool_free(nested.pool);
			assert_false(nested.elsewhere);
			assert_int_equal(nested.filler.ran, backlog + 1);
			assert_int_equal(nested.deepest, 65);
			assert_int_equal(nested.depth, 0);
			assert_int_equal(nested.refusals, 1);
			assert_int_equal(nested.refusal, -EAGAIN);
		}
}

/* Every task submits two more until enough were made: only submitters make room for submitters. */
struct tree {
	leat_pool *pool;
	_Atomic unsigned ran, refused, made;
	unsigned wanted;
};

static void grow(void *arg)
{
	struct tree *tree = arg;

	atomic_fetch_add(&tree->ran, 1);
	for (unsigned i = 0; i < 2; i++) {
		if (atomic_fetch_add(&tree->made, 1) >= tree->wanted)
			return;
		if (leat_pool_submit(tree->pool, grow, tree, LEAT_FOREVER))
			atomic_fetch_add(&tree->refused, 1);
	}
}

static void workers_that_feed_each_other_do_not_deadlock(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++)
		for (uint32_t workers = 1; workers <= 3; workers++) {
			struct tree tree = { .wanted = scaled(5000), .made = 1 };

			tree.pool = pool_of(sync, workers, 2);
			assert_int_equal(leat_pool_submit(tree.pool, grow, &tree, soon()), 0);
			for (unsigned i = 0; i < 3; i++)
				assert_int_equal(leat_pool_wait(tree.pool, soon()), 0);
			leat_pool_free(tree.pool);
			assert_true(tree.ran + tree.refused >= tree.wanted);
			assert_true(tree.ran + tree.refused <= tree.made);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_as_many_workers_as_asked),
		cmocka_unit_test(by_default_there_are_as_many_as_processors),
		cmocka_unit_test(workers_bear_the_name_of_the_pool),
		cmocka_unit_test(workers_inherit_the_signal_mask),
		cmocka_unit_test(a_worker_that_submits_to_a_full_backlog_runs_it_itself),
		cmocka_unit_test(workers_that_feed_each_other_do_not_deadlock),
	};

	run_begin();
	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
