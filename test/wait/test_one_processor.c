/* SPDX-License-Identifier: Apache-2.0 */
/* A process that may use one processor only: whoever would make the condition true cannot run while
 * somebody spins for it. */
#include "wait/wait.h" /* before ring.h: it binds the ring to the door */

#include "support/run.h"

#include <sched.h>
#include <stdio.h>

static cpu_set_t all;

static int allow(const cpu_set_t *set)
{
	return sched_setaffinity(0, sizeof(*set), set);
}

static int allow_one(void **state)
{
	cpu_set_t one;
	int processor = 0;

	(void)state;
	while (!CPU_ISSET(processor, &all))
		processor++;
	CPU_ZERO(&one);
	CPU_SET(processor, &one);
	return allow(&one);
}

static int allow_all(void **state)
{
	(void)state;
	return allow(&all);
}

/* How many steps of a wait spin, from its first until after its first sleep. */
static unsigned steps_that_spin(struct leat__event *event)
{
	struct leat__wait wait;
	unsigned n = 0;

	leat__wait_begin(&wait, event, leat_after_ms(20), false);
	while (wait.phase != LEAT__WAIT_WOKEN) {
		assert_int_equal(leat__wait_step(&wait), 0);
		n += wait.phase == LEAT__WAIT_SPIN;
	}
	assert_true(leat__wait_end(&wait));
	return n;
}

static void rings_are_born_without_a_time_to_spin(void **state)
{
	const uint32_t flags[] = { LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER, 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		leat_ring_options options = LEAT_RING_OPTIONS_INIT;
		leat_ring *ring;

		options.flags = flags[i];
		options.capacity = 2;
		options.item_size = sizeof(int);
		assert_int_equal(leat_ring_new(&ring, &options), 0);
		assert_int_equal(ring->not_empty.spin_ns, 0);
		assert_int_equal(ring->not_full.spin_ns, 0);
		leat_ring_free(ring);
	}
}

/* Its time to spin is adapted by what happens to its waits; none of them may begin to. */
static void no_wait_ever_spins(void **state)
{
	struct leat__event event;

	(void)state;
	leat__event_init(&event);
	for (unsigned i = 0; i < 3; i++) {
		struct leat__wait wait;

		assert_int_equal(steps_that_spin(&event), 0);
		/* and one that is over after its first step */
		leat__wait_begin(&wait, &event, LEAT_FOREVER, false);
		assert_int_equal(leat__wait_step(&wait), 0);
		assert_int_not_equal(wait.phase, LEAT__WAIT_SPIN);
		leat__wait_again(&wait);
		assert_int_equal(leat__wait_step(&wait), 0);
		assert_int_not_equal(wait.phase, LEAT__WAIT_SPIN);
		leat__wait_end(&wait);
	}
	assert_int_equal(event.spin_ns, 0);
}

/* Else the other cases would show nothing. */
static void with_more_processors_waits_spin(void **state)
{
	struct leat__event event;
	bool alone = CPU_COUNT(&all) == 1;

	(void)state;
	leat__event_init(&event);
	assert_int_equal(event.spin_ns == 0, alone);
	assert_int_equal(steps_that_spin(&event) == 0, alone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rings_are_born_without_a_time_to_spin, allow_one,
		                                allow_all),
		cmocka_unit_test_setup_teardown(no_wait_ever_spins, allow_one, allow_all),
		cmocka_unit_test(with_more_processors_waits_spin),
	};

	run_begin();
	if (sched_getaffinity(0, sizeof(all), &all)) {
		printf("1..0 # SKIP more processors than a cpu_set_t holds\n");
		return 0;
	}
	return cmocka_run_group_tests_name("one processor", tests, NULL, NULL);
}
