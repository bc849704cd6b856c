/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks for the tests of the pool: that are counted, that wait, and what they saw. */
#ifndef LEAT_TEST_TASKS_H
#define LEAT_TEST_TASKS_H

#include "support/run.h"

#include <leat/pool.h>

/* Pools of every sync, as every test wants them. */
#define SYNCS 3
leat_pool *pool_of(uint32_t sync, uint32_t workers, size_t backlog);
leat_pool *dropping_pool_of(uint32_t sync, uint32_t workers, size_t backlog);

/* A task that counts itself. */
struct counted {
	_Atomic unsigned ran, dropped;
};
void count_task(void *counted);
void count_drop(void *counted);

/* A task that says that it runs, and runs until it may end. */
struct gate {
	_Atomic bool entered, open;
	struct counted counted;
};
void gate_task(void *gate);
void gate_open(struct gate *gate);
bool gate_is_entered(void *gate);

/* Puts a gate into a pool of one worker and returns when the worker stands in it. */
void gate_submit(leat_pool *pool, struct gate *gate);

#endif
