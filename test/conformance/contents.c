/* SPDX-License-Identifier: Apache-2.0 */
/* What is inside: how much fits, what is left, what is counted. */
#include "conformance/suite.h"

#include <errno.h>
#include <string.h>

void capacity_items_always_fit(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct subject subject;
		size_t n;

		subject_make(&subject, &c, false);
		require_equal(&c, leat_ring_capacity(subject.ring), c.capacity);
		n = subject_fill(&subject);
		require(&c, n >= c.capacity && n <= subject.admitted);
		require_equal(&c, leat_ring_count(subject.ring), n);
		subject_free(&subject);
	}
}

/* After every number of items popped, in the middle of a batch that frees them too. */
void capacity_items_fit_wherever_the_ring_stands(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 3)) {
		struct subject subject;
		uint32_t popped = 0;

		subject_make(&subject, &c, false);
		for (size_t step = 1; step <= c.capacity; step += 1 + c.capacity / 60) {
			subject_fill(&subject);
			require(&c, subject.pushed - popped >= c.capacity);
			require(&c, subject.pushed - popped <= subject.admitted);
			for (size_t i = 0; i < step; i++)
				subject_pop(&subject, popped++);
		}
		subject_free(&subject);
	}
}

static void require_dropped(const struct subject *subject, uint32_t from)
{
	const struct combination *c = &subject->combination;

	require(c, !subject->torn);
	require_equal(c, subject->n_dropped, subject->pushed - from);
	for (size_t i = 0; i < subject->n_dropped; i++)
		require_equal(c, subject->dropped[i], (from + i) % payload_values(c->item_size));
}

static void leave_some(const struct form *form, void (*end)(leat_ring *))
{
	struct combination c = { 0 };

	while (combination_next(&c, form)) {
		struct subject subject;
		uint32_t popped = 0;

		subject_make(&subject, &c, true);
		subject_fill(&subject);
		while (popped < c.capacity / 2)
			subject_pop(&subject, popped++);
		subject_fill(&subject);
		if (end)
			end(subject.ring);
		subject_end(&subject);
		require_dropped(&subject, popped);
		subject_free(&subject);
	}
}

void leftovers_are_dropped_in_order(void **state)
{
	leave_some(*state, NULL);
	leave_some(*state, leat_ring_close);
}

void leftovers_of_a_cancelled_ring_are_dropped_in_order(void **state)
{
	leave_some(*state, leat_ring_cancel);
}

/* A busy machine may let a short deadline pass before the wait has come to its sleep: again then.
 */
static void sleep_once(const struct subject *subject, leat_ring_stats_t *stats)
{
	const struct combination *c = &subject->combination;
	unsigned char item[PAYLOAD_MAX] = { 0 };

	for (int64_t ms = 1; stats->producer_sleeps == 0 && ms < 1000; ms *= 2) {
		require_equal(c, leat_ring_push(subject->ring, item, leat_after_ms(ms)),
		              -ETIMEDOUT);
		require_equal(c, leat_ring_stats(subject->ring, stats), 0);
	}
	require(c, stats->producer_sleeps > 0);
}

void statistics_count_what_went_through(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		leat_ring_stats_t stats = { .size = sizeof(stats), .flags = 77 };
		struct subject subject;

		subject_make(&subject, &c, false);
		subject_fill(&subject);
		subject_pop(&subject, 0);
		subject_fill(&subject);
		require_equal(&c, leat_ring_stats(subject.ring, &stats), 0);
		require_equal(&c, stats.size, sizeof(stats));
		require_equal(&c, stats.flags, 0);
		require_equal(&c, stats.pushed, subject.pushed);
		require_equal(&c, stats.popped, 1);
		require_equal(&c, stats.count, subject.pushed - 1);
		require_equal(&c, stats.capacity, c.capacity);
		require_equal(&c, stats.producer_sleeps, 0);
		require_equal(&c, stats.consumer_sleeps, 0);
		sleep_once(&subject, &stats);
		require_equal(&c, stats.consumer_sleeps, 0);
		leat_ring_cancel(subject.ring);
		require_equal(&c, leat_ring_stats(subject.ring, &stats), 0);
		require_equal(&c, stats.count, subject.pushed - 1);
		subject_free(&subject);
	}
}

void statistics_fill_what_the_caller_has_room_for(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring_stats_t stats;
		struct subject subject;

		subject_make(&subject, &c, false);
		subject_push(&subject);
		memset(&stats, 0x5a, sizeof(stats));
		stats.size = offsetof(leat_ring_stats_t, popped);
		require_equal(&c, leat_ring_stats(subject.ring, &stats), 0);
		require_equal(&c, stats.pushed, 1);
		require_equal(&c, stats.popped, 0x5a5a5a5a5a5a5a5a);
		require_equal(&c, stats.capacity, 0x5a5a5a5a5a5a5a5a);
		stats.size = 0;
		require_equal(&c, leat_ring_stats(subject.ring, &stats), -EINVAL);
		stats.size = 7;
		require_equal(&c, leat_ring_stats(subject.ring, &stats), -EINVAL);
		require_equal(&c, leat_ring_stats(subject.ring, NULL), -EINVAL);
		subject_free(&subject);
	}
}
