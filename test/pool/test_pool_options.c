/* SPDX-License-Identifier: Apache-2.0 */
/* Every option of a pool that will not do is an error, and leaves nothing behind. */
#include "pool/tasks.h"

#include <errno.h>
#include <string.h>

static leat_pool *untouched = (leat_pool *)&untouched; /* an address that no pool has */

static void require_refused(const leat_pool_options *options, int error)
{
	leat_pool *pool = untouched;

	assert_int_equal(leat_pool_new(&pool, options), error);
	assert_ptr_equal(pool, untouched);
}

static void options_that_are_not_known_are_refused(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 32; bit++) {
		leat_pool_options options = LEAT_POOL_OPTIONS_INIT;

		options.flags = (uint32_t)1 << bit;
		require_refused(&options, -EINVAL);
	}
	for (uint32_t sync = SYNCS; sync; sync *= 2) {
		leat_pool_options options = LEAT_POOL_OPTIONS_INIT;

		options.sync = sync;
		require_refused(&options, -EINVAL);
	}
}

static void a_backlog_that_overflows_is_refused(void **state)
{
	const size_t huge[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 8 };

	(void)state;
	for (uint32_t sync = 0; sync < SYNCS; sync++)
		for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
			leat_pool_options options = LEAT_POOL_OPTIONS_INIT;

			options.sync = sync;
			options.backlog = huge[i];
			require_refused(&options, -EINVAL);
		}
}

static void options_of_another_size_are_told_apart(void **state)
{
	struct {
		leat_pool_options ours;
		unsigned char later[8];
	} larger = { .ours = LEAT_POOL_OPTIONS_INIT };
	leat_pool *pool;

	(void)state;
	larger.ours.size = 0;
	require_refused(&larger.ours, -EINVAL);
	larger.ours.size = sizeof(larger.ours) - 1;
	require_refused(&larger.ours, -EINVAL);
	larger.ours.size = sizeof(larger);
	assert_int_equal(leat_pool_new(&pool, &larger.ours), 0);
	leat_pool_free(pool);
	larger.later[7] = 1;
	require_refused(&larger.ours, -E2BIG);
}

static void no_options_are_the_defaults(void **state)
{
	struct counted task = { 0 };
	leat_pool *pool;

	(void)state;
	assert_int_equal(leat_pool_new(&pool, NULL), 0);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(leat_pool_submit(pool, count_task, &task, LEAT_NOW), 0);
	leat_pool_free(pool);
	assert_int_equal(task.ran, 100);
}

static void no_task_is_refused(void **state)
{
	leat_pool *pool = pool_of(LEAT_SYNC_LOCK_FREE, 1, 1);

	(void)state;
	assert_int_equal(leat_pool_submit(pool, NULL, NULL, LEAT_NOW), -EINVAL);
	assert_int_equal(leat_pool_submit(pool, NULL, pool, LEAT_FOREVER), -EINVAL);
	assert_int_equal(leat_pool_wait(pool, LEAT_NOW), 0);
	leat_pool_free(pool);
}

static void a_cancelled_pool_needs_no_drop(void **state)
{
	leat_pool *pool = pool_of(LEAT_SYNC_LOCK_FREE, 1, 8);
	struct counted task = { 0 };
	struct gate gate = { 0 };

	(void)state;
	gate_submit(pool, &gate);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(leat_pool_submit(pool, count_task, &task, LEAT_NOW), 0);
	leat_pool_cancel(pool);
	gate_open(&gate);
	leat_pool_free(pool);
	assert_int_equal(task.ran, 0);
	assert_int_equal(gate.counted.ran, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_that_are_not_known_are_refused),
		cmocka_unit_test(a_backlog_that_overflows_is_refused),
		cmocka_unit_test(options_of_another_size_are_told_apart),
		cmocka_unit_test(no_options_are_the_defaults),
		cmocka_unit_test(no_task_is_refused),
		cmocka_unit_test(a_cancelled_pool_needs_no_drop),
	};

	run_begin();
	return cmocka_run_group_tests_name("pool options", tests, NULL, NULL);
}
