/* SPDX-License-Identifier: Apache-2.0 */
/* leat_pool_wait: for what was submitted before, for nothing else, and for all of it. */
#include "pool/tasks.h"

#include <errno.h>
#include <stdlib.h>

static void a_wait_for_nothing_is_over(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		leat_pool *pool = pool_of(sync, 2, 4);

		for (unsigned i = 0; i < 300; i++)
			assert_int_equal(leat_pool_wait(pool, LEAT_NOW), 0);
		assert_int_equal(leat_pool_wait(pool, -1), 0);
		assert_int_equal(leat_pool_wait(pool, LEAT_FOREVER), 0);
		leat_pool_free(pool);
	}
}

static void a_wait_lasts_as_long_as_the_task(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		leat_pool *pool = pool_of(sync, 2, 4);
		struct gate gate = { 0 };
		leat_deadline until;

		gate_submit(pool, &gate);
		assert_int_equal(leat_pool_wait(pool, LEAT_NOW), -EAGAIN);
		assert_int_equal(leat_pool_wait(pool, -1), -ETIMEDOUT);
		until = leat_after_ms(5);
		assert_int_equal(leat_pool_wait(pool, until), -ETIMEDOUT);
		assert_true(leat_after_ns(0) >= until);
		gate_open(&gate);
		assert_int_equal(leat_pool_wait(pool, soon()), 0);
		assert_int_equal(gate.counted.ran, 1);
		leat_pool_free(pool);
	}
}

struct waiter {
	struct thread thread;
	leat_pool *pool;
	struct gate *gate;
	int result;
	unsigned ran; /* of the gate, when the wait was over */
	bool late;
};

static void wait_and_look(void *arg)
{
	struct waiter *waiter = arg;
	leat_deadline late = soon();

	waiter->result = leat_pool_wait(waiter->pool, late);
	waiter->ran = waiter->gate->counted.ran;
	waiter->late = leat_after_ns(0) >= late;
}

static bool waiter_sleeps(void *arg)
{
	struct waiter *waiter = arg;

	return thread_sleeps(&waiter->thread);
}

static void all_who_wait_are_woken(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		leat_pool *pool = pool_of(sync, 1, 4);
		struct gate gate = { 0 };
		struct waiter waiters[5];

		gate_submit(pool, &gate);
		for (unsigned i = 0; i < 5; i++) {
			waiters[i] = (struct waiter){ .pool = pool, .gate = &gate };
			thread_start(&waiters[i].thread, wait_and_look, &waiters[i]);
			assert_true(wait_until(waiter_sleeps, &waiters[i]));
		}
		gate_open(&gate);
		for (unsigned i = 0; i < 5; i++) {
			thread_join(&waiters[i].thread);
			assert_int_equal(waiters[i].result, 0);
			assert_int_equal(waiters[i].ran, 1);
			assert_false(waiters[i].late);
		}
		leat_pool_free(pool);
	}
}

/* One worker stands in the older gate, the other in a younger one, which a wait does not mind. */
static void a_wait_does_not_mind_what_came_later(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		leat_pool *pool = pool_of(sync, 2, 4);
		struct gate older = { 0 }, younger = { 0 };
		struct waiter waiter = { .pool = pool, .gate = &older };

		gate_submit(pool, &older);
		thread_start(&waiter.thread, wait_and_look, &waiter);
		assert_true(wait_until(waiter_sleeps, &waiter));
		gate_submit(pool, &younger);
		gate_open(&older);
		thread_join(&waiter.thread);
		assert_int_equal(waiter.result, 0);
		assert_int_equal(waiter.ran, 1);
		assert_false(waiter.late);
		assert_int_equal(leat_pool_wait(pool, LEAT_NOW), -EAGAIN);
		gate_open(&younger);
		assert_int_equal(leat_pool_wait(pool, soon()), 0);
		leat_pool_free(pool);
	}
}

struct flood {
	struct thread thread;
	leat_pool *pool;
	struct counted task;
	_Atomic bool stop;
	int result;
};

static void submit_all_the_time(void *arg)
{
	struct flood *flood = arg;

	while (!atomic_load(&flood->stop) && flood->result == 0)
		flood->result = leat_pool_submit(flood->pool, count_task, &flood->task, soon());
}

/* There is never an empty moment. */
static void a_wait_ends_although_others_go_on_submitting(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		struct flood flood = { .pool = pool_of(sync, 2, 8) };
		unsigned rounds = scaled(300);
		struct counted mine = { 0 };

		thread_start(&flood.thread, submit_all_the_time, &flood);
		for (unsigned i = 1; i <= rounds; i++) {
			leat_deadline late = soon();

			assert_int_equal(leat_pool_submit(flood.pool, count_task, &mine, late), 0);
			assert_int_equal(leat_pool_wait(flood.pool, late), 0);
			assert_true(leat_after_ns(0) < late);
			assert_int_equal(mine.ran, i);
		}
		atomic_store(&flood.stop, true);
		thread_join(&flood.thread);
		assert_int_equal(flood.result, 0);
		leat_pool_free(flood.pool);
	}
}

/* More waits, each behind a task of its own, than anything of a fixed size could tell apart. */
static void any_number_of_waits_may_fail_while_one_task_lasts(void **state)
{
	struct gate gate = { 0 };
	struct counted mine = { 0 };
	leat_pool *pool = pool_of(LEAT_SYNC_LOCK_FREE, 2, 4);

	(void)state;
	gate_submit(pool, &gate);
	for (unsigned i = 1; i <= 1000; i++) {
		assert_int_equal(leat_pool_submit(pool, count_task, &mine, soon()), 0);
		assert_int_equal(leat_pool_wait(pool, LEAT_NOW), -EAGAIN);
		assert_int_equal(leat_pool_wait(pool, -1), -ETIMEDOUT);
	}
	gate_open(&gate);
	assert_int_equal(leat_pool_wait(pool, soon()), 0);
	assert_int_equal(mine.ran, 1000);
	assert_int_equal(gate.counted.ran, 1);
	leat_pool_free(pool);
}

struct rounds {
	struct thread thread;
	leat_pool *pool;
	unsigned n;
	const char *wrong;
};

static void submit_and_wait(void *arg)
{
	struct rounds *rounds = arg;
	struct counted mine = { 0 };

	for (unsigned i = 1; i <= rounds->n && !rounds->wrong; i++) {
		leat_deadline late = soon();

		if (leat_pool_submit(rounds->pool, count_task, &mine, late))
			rounds->wrong = "submit failed";
		else if (leat_pool_wait(rounds->pool, late))
			rounds->wrong = "wait failed";
		else if (mine.ran != i)
			rounds->wrong = "the wait was over before the task";
		else if (leat_after_ns(0) >= late)
			rounds->wrong = "the wait was ended by its deadline";
	}
}

static void waits_of_many_threads_do_not_disturb_each_other(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		leat_pool *pool = pool_of(sync, 2, 3);
		struct rounds rounds[4];

		for (unsigned i = 0; i < 4; i++) {
			rounds[i] = (struct rounds){ .pool = pool, .n = scaled(2000) };
			thread_start(&rounds[i].thread, submit_and_wait, &rounds[i]);
		}
		for (unsigned i = 0; i < 4; i++)
			thread_join(&rounds[i].thread);
		for (unsigned i = 0; i < 4; i++)
			if (rounds[i].wrong)
				fail_msg("sync %u: %s", sync, rounds[i].wrong);
		leat_pool_free(pool);
	}
}

struct asker {
	leat_pool *own, *other;
	int of_own, of_own_now, of_other;
};

static void ask_from_inside(void *arg)
{
	struct asker *asker = arg;

	asker->of_own = leat_pool_wait(asker->own, LEAT_FOREVER);
	asker->of_own_now = leat_pool_wait(asker->own, LEAT_NOW);
	asker->of_other = leat_pool_wait(asker->other, soon());
}

static void a_worker_may_wait_for_another_pool_but_not_its_own(void **state)
{
	struct asker asker = { 0 };

	(void)state;
	asker.own = pool_of(LEAT_SYNC_LOCK_FREE, 1, 1);
	asker.other = pool_of(LEAT_SYNC_LOCK_FREE, 1, 1);
	assert_int_equal(leat_pool_submit(asker.own, ask_from_inside, &asker, soon()), 0);
	leat_pool_free(asker.own);
	leat_pool_free(asker.other);
	assert_int_equal(asker.of_own, -EDEADLK);
	assert_int_equal(asker.of_own_now, -EDEADLK);
	assert_int_equal(asker.of_other, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wait_for_nothing_is_over),
		cmocka_unit_test(a_wait_lasts_as_long_as_the_task),
		cmocka_unit_test(all_who_wait_are_woken),
		cmocka_unit_test(a_wait_does_not_mind_what_came_later),
		cmocka_unit_test(a_wait_ends_although_others_go_on_submitting),
		cmocka_unit_test(any_number_of_waits_may_fail_while_one_task_lasts),
		cmocka_unit_test(waits_of_many_threads_do_not_disturb_each_other),
		cmocka_unit_test(a_worker_may_wait_for_another_pool_but_not_its_own),
	};

	run_begin();
	return cmocka_run_group_tests_name("pool wait", tests, NULL, NULL);
}
