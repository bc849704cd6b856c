/* SPDX-License-Identifier: Apache-2.0 */
/* What two instructions of the any-to-any ring do when a thread is preempted between them: too rare
 * for a test that waits for it. */
#include "base/atomic.h" /* before ring.h: it binds the ring to the door */

#include "support/run.h"

static leat_ring *ring_of(size_t capacity)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	leat_ring *ring;

	options.capacity = capacity;
	options.item_size = sizeof(int);
	assert_int_equal(leat_ring_new(&ring, &options), 0);
	assert_true(ring->strict); /* pushes count: see leat__mpmc_no_room */
	return ring;
}

/* It has read the tail; then others pushed and popped, and head overtook what it has read. */
static void a_push_with_an_old_tail_is_not_told_full(void **state)
{
	leat_ring *ring = ring_of(3);
	const struct leat__mpmc *q = (const struct leat__mpmc *)(const void *)ring;
	uint64_t old_tail = q->tail;
	int item = 1;

	(void)state;
	assert_int_equal(leat_ring_push(ring, &item, LEAT_NOW), 0);
	assert_int_equal(leat_ring_pop(ring, &item, LEAT_NOW), 0);
	assert_false(leat__mpmc_no_room(q, old_tail));
	leat_ring_free(ring);
}

static void a_push_is_told_full_exactly_at_the_capacity(void **state)
{
	leat_ring *ring = ring_of(3);
	const struct leat__mpmc *q = (const struct leat__mpmc *)(const void *)ring;
	int item = 1;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_false(leat__mpmc_no_room(q, q->tail));
		assert_int_equal(leat_ring_push(ring, &item, LEAT_NOW), 0);
	}
	assert_true(leat__mpmc_no_room(q, q->tail));
	leat_ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_with_an_old_tail_is_not_told_full),
		cmocka_unit_test(a_push_is_told_full_exactly_at_the_capacity),
	};

	run_begin();
	return cmocka_run_group_tests_name("any to any", tests, NULL, NULL);
}
