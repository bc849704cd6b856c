/* SPDX-License-Identifier: Apache-2.0 */
/* What a pool does with its tasks: once each, in order, as many as there is room for. */
#include "pool/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TASKS      2000
#define SUBMITTERS 3

struct submitter {
	struct thread thread;
	leat_pool *pool;
	struct counted *tasks;
	unsigned n;
	int result; /* of the last that failed */
};

static void submit_all(void *arg)
{
	struct submitter *submitter = arg;

	for (unsigned i = 0; i < submitter->n && submitter->result == 0; i++)
		submitter->result =
		        leat_pool_submit(submitter->pool, count_task, &submitter->tasks[i], soon());
}

static void run_all(uint32_t sync, uint32_t workers, size_t backlog)
{
	leat_pool *pool = pool_of(sync, workers, backlog);
	unsigned n = scaled(TASKS);
	struct counted *tasks = calloc((size_t)SUBMITTERS * n, sizeof(*tasks));
	struct submitter submitters[SUBMITTERS];

	assert_non_null(tasks);
	for (unsigned s = 0; s < SUBMITTERS; s++) {
		submitters[s] = (struct submitter){ .pool = pool, .tasks = tasks + s * n, .n = n };
		thread_start(&submitters[s].thread, submit_all, &submitters[s]);
	}
	for (unsigned s = 0; s < SUBMITTERS; s++) {
		thread_join(&submitters[s].thread);
		assert_int_equal(submitters[s].result, 0);
	}
	assert_int_equal(leat_pool_wait(pool, soon()), 0);
	for (unsigned i = 0; i < SUBMITTERS * n; i++)
		assert_int_equal(tasks[i].ran, 1);
	leat_pool_free(pool);
	for (unsigned i = 0; i < SUBMITTERS * n; i++)
		assert_int_equal(tasks[i].ran, 1);
	free(tasks);
}

static void every_task_runs_exactly_once(void **state)
{
	const uint32_t workers[] = { 1, 2, 5 };
	const size_t backlogs[] = { 1, 2, 7, 0 };

	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++)
		for (size_t w = 0; w < sizeof(workers) / sizeof(workers[0]); w++)
			for (size_t b = 0; b < sizeof(backlogs) / sizeof(backlogs[0]); b++)
				run_all(sync, workers[w], backlogs[b]);
}

struct ordered {
	unsigned *next, number;
	bool wrong;
};

static void note_order(void *arg)
{
	struct ordered *ordered = arg;

	ordered->wrong = (*ordered->next)++ != ordered->number;
}

/* One worker ends each before it starts the next. */
static void tasks_start_in_the_order_of_their_submission(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		leat_pool *pool = pool_of(sync, 1, 5);
		struct ordered tasks[500];
		unsigned next = 0;

		for (unsigned i = 0; i < 500; i++) {
			tasks[i] = (struct ordered){ .next = &next, .number = i };
			assert_int_equal(leat_pool_submit(pool, note_order, &tasks[i], soon()), 0);
		}
		leat_pool_free(pool);
		assert_int_equal(next, 500);
		for (unsigned i = 0; i < 500; i++)
			assert_false(tasks[i].wrong);
	}
}

static void a_full_backlog_refuses_who_does_not_wait(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++)
		for (size_t backlog = 1; backlog <= 100; backlog += 33) {
			leat_pool *pool = pool_of(sync, 1, backlog);
			struct counted task = { 0 };
			struct gate gate = { 0 };
			leat_deadline until;

			gate_submit(pool, &gate);
			for (size_t i = 0; i < backlog; i++)
				assert_int_equal(
				        leat_pool_submit(pool, count_task, &task, LEAT_NOW), 0);
			assert_int_equal(leat_pool_submit(pool, count_task, &task, LEAT_NOW),
			                 -EAGAIN);
			assert_int_equal(leat_pool_submit(pool, count_task, &task, -4), -ETIMEDOUT);
			until = leat_after_ms(3);
			assert_int_equal(leat_pool_submit(pool, count_task, &task, until),
			                 -ETIMEDOUT);
			assert_true(leat_after_ns(0) >= until);
			gate_open(&gate);
			assert_int_equal(leat_pool_wait(pool, soon()), 0);
			assert_int_equal(task.ran, backlog);
			leat_pool_free(pool);
		}
}

static bool submitter_sleeps(void *arg)
{
	struct submitter *submitter = arg;

	return thread_sleeps(&submitter->thread);
}

/* Fills a pool of one worker, lets a thread wait for room, and hands over to the test. */
static leat_pool *make_stuck(uint32_t sync, struct gate *gate, struct submitter *submitter,
                             struct counted tasks[2])
{
	leat_pool *pool = dropping_pool_of(sync, 1, 1);

	*gate = (struct gate){ 0 };
	memset(tasks, 0, 2 * sizeof(*tasks));
	gate_submit(pool, gate);
	assert_int_equal(leat_pool_submit(pool, count_task, &tasks[0], LEAT_NOW), 0);
	*submitter = (struct submitter){ .pool = pool, .tasks = &tasks[1], .n = 1 };
	thread_start(&submitter->thread, submit_all, submitter);
	assert_true(wait_until(submitter_sleeps, submitter));
	return pool;
}

static void a_full_backlog_makes_the_submitter_wait(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		struct submitter submitter;
		struct counted tasks[2];
		struct gate gate;
		leat_pool *pool = make_stuck(sync, &gate, &submitter, tasks);

		gate_open(&gate);
		thread_join(&submitter.thread);
		assert_int_equal(submitter.result, 0);
		leat_pool_free(pool);
		assert_int_equal(tasks[0].ran, 1);
		assert_int_equal(tasks[1].ran, 1);
	}
}

static void close_wakes_a_submitter_and_finishes_what_is_there(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		struct submitter submitter;
		struct counted tasks[2];
		struct gate gate;
		leat_pool *pool = make_stuck(sync, &gate, &submitter, tasks);

		leat_pool_close(pool);
		leat_pool_close(pool);
		thread_join(&submitter.thread);
		assert_int_equal(submitter.result, -EPIPE);
		assert_int_equal(leat_pool_submit(pool, count_task, &tasks[1], LEAT_FOREVER),
		                 -EPIPE);
		gate_open(&gate);
		assert_int_equal(leat_pool_wait(pool, soon()), 0);
		assert_int_equal(tasks[0].ran, 1);
		leat_pool_free(pool);
		assert_int_equal(tasks[0].dropped, 0);
		assert_int_equal(tasks[1].ran + tasks[1].dropped, 0);
	}
}

static void cancel_wakes_a_submitter_and_drops_the_rest(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++) {
		struct submitter submitter;
		struct counted tasks[2];
		struct gate gate;
		leat_pool *pool = make_stuck(sync, &gate, &submitter, tasks);

		leat_pool_cancel(pool);
		leat_pool_cancel(pool);
		thread_join(&submitter.thread);
		assert_int_equal(submitter.result, -ECANCELED);
		assert_int_equal(leat_pool_submit(pool, count_task, &tasks[1], LEAT_FOREVER),
		                 -ECANCELED);
		gate_open(&gate);
		assert_int_equal(leat_pool_wait(pool, soon()), -ECANCELED);
		assert_int_equal(gate.counted.ran, 1);
		assert_int_equal(tasks[0].ran, 0);
		assert_int_equal(tasks[0].dropped, 1);
		leat_pool_close(pool);
		assert_int_equal(leat_pool_submit(pool, count_task, &tasks[1], LEAT_NOW),
		                 -ECANCELED);
		leat_pool_free(pool);
		assert_int_equal(tasks[0].dropped, 1);
		assert_int_equal(tasks[1].ran + tasks[1].dropped, 0);
	}
}

/* Each task that was submitted with success is run or dropped, once, whenever the end comes. */
static void end_somewhere(uint32_t sync, void (*end)(leat_pool *), int refusal, uint64_t seed)
{
	leat_pool *pool = dropping_pool_of(sync, 2, 4);
	struct submitter submitters[SUBMITTERS];
	struct counted tasks[SUBMITTERS][200] = { 0 };
	struct random random = { seed };

	for (unsigned s = 0; s < SUBMITTERS; s++) {
		submitters[s] = (struct submitter){ .pool = pool, .tasks = tasks[s], .n = 200 };
		thread_start(&submitters[s].thread, submit_all, &submitters[s]);
	}
	random_delay(&random, 1u << random_below(&random, 20));
	end(pool);
	for (unsigned s = 0; s < SUBMITTERS; s++)
		thread_join(&submitters[s].thread);
	leat_pool_free(pool);
	for (unsigned s = 0; s < SUBMITTERS; s++) {
		unsigned n = 0;

		while (n < 200 && tasks[s][n].ran + tasks[s][n].dropped == 1)
			n++;
		assert_int_equal(submitters[s].result, n == 200 ? 0 : refusal);
		for (; n < 200; n++)
			assert_int_equal(tasks[s][n].ran + tasks[s][n].dropped, 0);
		if (end == leat_pool_close)
			assert_int_equal(tasks[s][0].dropped, 0);
	}
}

static void nothing_is_lost_or_doubled_whenever_the_end_comes(void **state)
{
	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++)
		for (unsigned i = 0; i < scaled(150); i++) {
			end_somewhere(sync, leat_pool_close, -EPIPE, run_seed() + i);
			end_somewhere(sync, leat_pool_cancel, -ECANCELED, run_seed() + i);
		}
}

static void free_finishes_what_is_there(void **state)
{
	struct counted task = { 0 };
	struct gate gate = { 0 };
	leat_pool *pool = pool_of(LEAT_SYNC_LOCK_FREE, 1, 50);

	(void)state;
	gate_submit(pool, &gate);
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(leat_pool_submit(pool, count_task, &task, LEAT_NOW), 0);
	gate_open(&gate);
	leat_pool_free(pool);
	assert_int_equal(task.ran, 50);
	leat_pool_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_task_runs_exactly_once),
		cmocka_unit_test(tasks_start_in_the_order_of_their_submission),
		cmocka_unit_test(a_full_backlog_refuses_who_does_not_wait),
		cmocka_unit_test(a_full_backlog_makes_the_submitter_wait),
		cmocka_unit_test(close_wakes_a_submitter_and_finishes_what_is_there),
		cmocka_unit_test(cancel_wakes_a_submitter_and_drops_the_rest),
		cmocka_unit_test(nothing_is_lost_or_doubled_whenever_the_end_comes),
		cmocka_unit_test(free_finishes_what_is_there),
	};

	run_begin();
	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
