/* SPDX-License-Identifier: Apache-2.0 */
/* Counted producers: the last one out closes. */
#include "conformance/suite.h"
#include "conformance/transfer.h"

#include <errno.h>
#include <limits.h>

static leat_ring *make_counted(const struct combination *c, uint32_t producers)
{
	leat_ring_options options = combination_options(c);
	leat_ring *ring = NULL;

	options.producers = producers;
	require_equal(c, leat_ring_new(&ring, &options), 0);
	return ring;
}

static int push_one(leat_ring *ring)
{
	unsigned char item[8] = { 0 };

	return leat_ring_push(ring, item, LEAT_NOW);
}

static int pop_one(leat_ring *ring)
{
	unsigned char item[8];

	return leat_ring_pop(ring, item, LEAT_NOW);
}

void last_producer_out_closes(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring *ring = make_counted(&c, 3);

		leat_ring_producer_leave(ring);
		leat_ring_producer_leave(ring);
		require_equal(&c, push_one(ring), 0);
		leat_ring_producer_leave(ring);
		require_equal(&c, push_one(ring), -EPIPE);
		require_equal(&c, pop_one(ring), 0);
		require_equal(&c, pop_one(ring), -EPIPE);
		leat_ring_free(ring);
	}
}

void producers_may_come_and_go_before_the_last_leaves(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring *ring = make_counted(&c, 0);

		require_equal(&c, push_one(ring), 0);
		require_equal(&c, leat_ring_producer_join(ring), 0);
		require_equal(&c, leat_ring_producer_join(ring), 0);
		leat_ring_producer_leave(ring);
		require_equal(&c, leat_ring_producer_join(ring), 0);
		leat_ring_producer_leave(ring);
		require_equal(&c, pop_one(ring), 0);
		require_equal(&c, pop_one(ring), -EAGAIN);
		leat_ring_producer_leave(ring);
		require_equal(&c, pop_one(ring), -EPIPE);
		leat_ring_free(ring);
	}
}

void a_leave_without_a_join_is_ignored(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring *ring = make_counted(&c, 0);

		leat_ring_producer_leave(ring);
		leat_ring_producer_leave(ring);
		require_equal(&c, push_one(ring), 0);
		require_equal(&c, leat_ring_producer_join(ring), 0);
		leat_ring_producer_leave(ring);
		leat_ring_producer_leave(ring);
		require_equal(&c, pop_one(ring), 0);
		require_equal(&c, pop_one(ring), -EPIPE);
		leat_ring_free(ring);
	}
}

void joining_an_ended_ring_is_refused(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring *left = make_counted(&c, 1), *closed = make_counted(&c, 2);
		leat_ring *uncounted = make_counted(&c, 0), *cancelled = make_counted(&c, 1);

		leat_ring_producer_leave(left);
		require_equal(&c, leat_ring_producer_join(left), -EPIPE);
		leat_ring_close(closed);
		require_equal(&c, leat_ring_producer_join(closed), -EPIPE);
		leat_ring_producer_leave(closed);
		leat_ring_close(uncounted);
		require_equal(&c, leat_ring_producer_join(uncounted), -EPIPE);
		leat_ring_cancel(cancelled);
		require_equal(&c, leat_ring_producer_join(cancelled), -ECANCELED);
		leat_ring_free(left);
		leat_ring_free(closed);
		leat_ring_free(uncounted);
		leat_ring_free(cancelled);
	}
}

void too_many_producers_are_refused(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring *ring = make_counted(&c, INT_MAX);

		require_equal(&c, leat_ring_producer_join(ring), -EOVERFLOW);
		leat_ring_producer_leave(ring);
		require_equal(&c, leat_ring_producer_join(ring), 0);
		require_equal(&c, push_one(ring), 0);
		leat_ring_free(ring);
	}
}

void the_last_of_many_threads_closes(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 24)) {
		struct transfer transfer = {
			.ops = c.form->ops,
			.options = combination_options(&c),
			.producers = c.producers,
			.consumers = c.consumers,
			.per_producer = scaled(100),
			.end = TRANSFER_LAST_LEAVES,
			.seed = run_seed() + c.index,
		};
		struct transfer_counts counts;
		struct verdict verdict = transfer_run(&transfer, &counts);

		if (verdict.text[0])
			fail_msg("%s: %s", c.name, verdict.text);
		require_equal(&c, counts.popped, c.producers * transfer.per_producer);
	}
}
