/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting: who waits for what, how long, and who is woken. */
#include "conformance/suite.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SLEEPERS 4

/* Room that the ring promises is made where it may hold more than its capacity. */
void full_ring_makes_the_producer_wait(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct subject subject;
		struct caller producer = { 0 };
		uint32_t popped = 0;

		subject_make(&subject, &c, false);
		subject_fill(&subject);
		producer.value = subject.pushed;
		caller_start(&producer, &subject, CALL_PUSH);
		require(&c, callers_sleep(&producer, 1));
		require(&c, !atomic_load(&producer.returned));
		while (leat_ring_count(subject.ring) >= c.capacity)
			subject_pop(&subject, popped++);
		require_equal(&c, caller_join(&producer), 0);
		for (; popped <= subject.pushed; popped++)
			subject_pop(&subject, popped);
		subject_free(&subject);
	}
}

void empty_ring_makes_the_consumer_wait(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct subject subject;
		struct caller consumer = { 0 };

		subject_make(&subject, &c, false);
		caller_start(&consumer, &subject, CALL_POP);
		require(&c, callers_sleep(&consumer, 1));
		require(&c, !atomic_load(&consumer.returned));
		subject_push(&subject);
		require_equal(&c, caller_join(&consumer), 0);
		require_equal(&c, consumer.value, 0);
		require_equal(&c, leat_ring_count(subject.ring), 0);
		subject_free(&subject);
	}
}

/* Items for all of them in one call: if the first to wake does not wake the next, one is stranded.
 */
void one_batch_wakes_every_sleeping_consumer_it_serves(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		unsigned n = c.flags & LEAT_RING_SINGLE_CONSUMER ? 1 : SLEEPERS;
		struct caller consumers[SLEEPERS] = { 0 };
		unsigned char items[SLEEPERS * 8];
		struct subject subject;

		subject_make(&subject, &c, false);
		for (unsigned i = 0; i < n; i++) {
			payload_fill(items + i * 8, 8, i);
			caller_start(&consumers[i], &subject, CALL_POP);
		}
		require(&c, callers_sleep(consumers, n));
		require_equal(&c, leat_ring_push_n(subject.ring, items, n, soon()), n);
		for (unsigned i = 0; i < n; i++)
			require_equal(&c, caller_join(&consumers[i]), 0);
		subject_free(&subject);
	}
}

/* In one call if the ring holds so many. */
static void take_until_room_for(struct subject *subject, size_t n)
{
	static unsigned char items[8 * 1024];
	size_t left = leat_ring_count(subject->ring) - subject->combination.capacity + n;

	while (left) {
		ssize_t popped = leat_ring_pop_n(subject->ring, items, left, soon());

		require(&subject->combination, popped > 0);
		left -= (size_t)popped;
	}
}

void one_batch_taken_wakes_every_sleeping_producer_it_serves(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		unsigned n = c.flags & LEAT_RING_SINGLE_PRODUCER ? 1 : SLEEPERS;
		struct caller producers[SLEEPERS] = { 0 };
		struct subject subject;

		subject_make(&subject, &c, false);
		subject_fill(&subject);
		for (unsigned i = 0; i < n; i++)
			caller_start(&producers[i], &subject, CALL_PUSH);
		require(&c, callers_sleep(producers, n));
		take_until_room_for(&subject, n);
		for (unsigned i = 0; i < n; i++)
			require_equal(&c, caller_join(&producers[i]), 0);
		subject_free(&subject);
	}
}

void now_does_not_wait(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		unsigned char item[PAYLOAD_MAX] = { 0 };
		struct subject subject;

		subject_make(&subject, &c, false);
		require_equal(&c, leat_ring_pop(subject.ring, item, LEAT_NOW), -EAGAIN);
		require_equal(&c, leat_ring_pop_n(subject.ring, item, 1, LEAT_NOW), -EAGAIN);
		subject_fill(&subject);
		require_equal(&c, leat_ring_push(subject.ring, item, LEAT_NOW), -EAGAIN);
		require_equal(&c, leat_ring_push_n(subject.ring, item, 1, LEAT_NOW), -EAGAIN);
		subject_free(&subject);
	}
}

static void try_once(const struct combination *c, leat_deadline past)
{
	unsigned char item[PAYLOAD_MAX];
	struct subject subject;

	subject_make(&subject, c, false);
	payload_fill(item, c->item_size, 0);
	require_equal(c, leat_ring_pop(subject.ring, item, past), -ETIMEDOUT);
	require_equal(c, leat_ring_pop_n(subject.ring, item, 1, past), -ETIMEDOUT);
	require_equal(c, leat_ring_push(subject.ring, item, past), 0);
	require_equal(c, leat_ring_pop(subject.ring, item, past), 0);
	require_equal(c, leat_ring_push_n(subject.ring, item, 1, past), 1);
	require_equal(c, leat_ring_pop_n(subject.ring, item, 1, past), 1);
	subject_fill(&subject);
	require_equal(c, leat_ring_push(subject.ring, item, past), -ETIMEDOUT);
	require_equal(c, leat_ring_push_n(subject.ring, item, 1, past), -ETIMEDOUT);
	subject_free(&subject);
}

void a_deadline_that_has_passed_tries_once(void **state)
{
	const leat_deadline pasts[] = { 1, -1, INT64_MIN, INT64_MIN + 1, -1000000000 };
	struct combination c = { 0 };

	while (combination_next(&c, *state))
		for (size_t i = 0; i < sizeof(pasts) / sizeof(pasts[0]); i++)
			try_once(&c, pasts[i]);
}

static void let_expire(struct subject *subject, int64_t ns)
{
	const struct combination *c = &subject->combination;
	unsigned char item[PAYLOAD_MAX] = { 0 };
	leat_deadline until = leat_after_ns(ns);

	require_equal(c, leat_ring_pop(subject->ring, item, until), -ETIMEDOUT);
	require(c, leat_after_ns(0) >= until);
	subject_fill(subject);
	until = leat_after_ns(ns);
	require_equal(c, leat_ring_push(subject->ring, item, until), -ETIMEDOUT);
	require(c, leat_after_ns(0) >= until);
	until = leat_after_ns(ns);
	require_equal(c, leat_ring_push_n(subject->ring, item, 1, until), -ETIMEDOUT);
	require(c, leat_after_ns(0) >= until);
}

void a_deadline_expires_and_not_early(void **state)
{
	struct combination c = { 0 };
	struct random random = { run_seed() };

	while (combination_next_of_size(&c, *state, 8)) {
		for (int64_t most = 1000; most <= 2000000; most *= 4) {
			struct subject subject;

			subject_make(&subject, &c, false);
			let_expire(&subject, 1 + (int64_t)random_below(&random, (uint64_t)most));
			subject_free(&subject);
		}
	}
}

/* Each of those who gave up had announced itself: the one who stays must be woken all the same. */
void waiters_that_time_out_leave_the_ring_in_order(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		struct caller stayer = { 0 };
		unsigned char item[8];
		struct subject subject;

		subject_make(&subject, &c, false);
		for (unsigned i = 0; i < 3; i++)
			require_equal(&c, leat_ring_pop(subject.ring, item, leat_after_ns(100000)),
			              -ETIMEDOUT);
		caller_start(&stayer, &subject, CALL_POP);
		if (!(c.flags & LEAT_RING_SINGLE_CONSUMER))
			require_equal(&c, leat_ring_pop(subject.ring, item, leat_after_ns(100000)),
			              -ETIMEDOUT);
		subject_push(&subject);
		require_equal(&c, caller_join(&stayer), 0);
		subject_free(&subject);
	}
}
