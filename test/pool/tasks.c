/* SPDX-License-Identifier: Apache-2.0 */
#include "pool/tasks.h"

static leat_pool *make(uint32_t sync, uint32_t workers, size_t backlog, void (*drop)(void *arg))
{
	leat_pool_options options = LEAT_POOL_OPTIONS_INIT;
	leat_pool *pool = NULL;

	options.sync = sync;
	options.workers = workers;
	options.backlog = backlog;
	options.drop = drop;
	assert_int_equal(leat_pool_new(&pool, &options), 0);
	return pool;
}

leat_pool *pool_of(uint32_t sync, uint32_t workers, size_t backlog)
{
	return make(sync, workers, backlog, NULL);
}

leat_pool *dropping_pool_of(uint32_t sync, uint32_t workers, size_t backlog)
{
	return make(sync, workers, backlog, count_drop);
}

void count_task(void *arg)
{
	struct counted *counted = arg;

	atomic_fetch_add(&counted->ran, 1);
}

void count_drop(void *arg)
{
	struct counted *counted = arg;

	atomic_fetch_add(&counted->dropped, 1);
}

static bool is_open(void *arg)
{
	struct gate *gate = arg;

	return atomic_load(&gate->open);
}

void gate_task(void *arg)
{
	struct gate *gate = arg;

	atomic_store(&gate->entered, true);
	if (wait_until(is_open, gate))
		count_task(&gate->counted);
}

void gate_open(struct gate *gate)
{
	atomic_store(&gate->open, true);
}

bool gate_is_entered(void *arg)
{
	struct gate *gate = arg;

	return atomic_load(&gate->entered);
}

void gate_submit(leat_pool *pool, struct gate *gate)
{
	assert_int_equal(leat_pool_submit(pool, gate_task, gate, LEAT_NOW), 0);
	assert_true(wait_until(gate_is_entered, gate));
}
