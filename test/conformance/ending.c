/* SPDX-License-Identifier: Apache-2.0 */
/* The end: close, cancel, and what happens to those inside and to what is left. */
#include "conformance/suite.h"
#include "conformance/transfer.h"

#include <errno.h>

#define WAITERS 4

/* Every call that a producer (a consumer) can make returns this now, whatever its deadline. */
static void require_pushes(const struct subject *subject, int result)
{
	const struct combination *c = &subject->combination;
	unsigned char item[PAYLOAD_MAX] = { 0 };

	require_equal(c, leat_ring_push(subject->ring, item, LEAT_NOW), result);
	require_equal(c, leat_ring_push(subject->ring, item, LEAT_FOREVER), result);
	require_equal(c, leat_ring_push(subject->ring, item, -1), result);
	require_equal(c, leat_ring_push_n(subject->ring, item, 1, LEAT_NOW), result);
	require_equal(c, leat_ring_push_n(subject->ring, item, 1, soon()), result);
}

static void require_pops(const struct subject *subject, int result)
{
	const struct combination *c = &subject->combination;
	unsigned char item[PAYLOAD_MAX];

	require_equal(c, leat_ring_pop(subject->ring, item, LEAT_NOW), result);
	require_equal(c, leat_ring_pop(subject->ring, item, LEAT_FOREVER), result);
	require_equal(c, leat_ring_pop(subject->ring, item, -1), result);
	require_equal(c, leat_ring_pop_n(subject->ring, item, 1, LEAT_NOW), result);
	require_equal(c, leat_ring_pop_n(subject->ring, item, 1, soon()), result);
}

/* Pushes and pops first, so that both sides know of more room and more items than they have used.
 */
static void make_used(struct subject *subject, const struct combination *c, uint32_t *next)
{
	size_t fill;

	subject_make(subject, c, true);
	fill = subject_fill(subject);
	*next = 0;
	for (size_t i = 0; i < fill; i++)
		subject_pop(subject, (*next)++);
	for (size_t i = 0; i < (c->capacity + 1) / 2; i++)
		subject_push(subject);
	if (c->capacity > 2)
		subject_pop(subject, (*next)++);
}

void closed_ring_refuses_pushes_and_drains_pops(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct subject subject;
		uint32_t next;

		make_used(&subject, &c, &next);
		leat_ring_close(subject.ring);
		require_pushes(&subject, -EPIPE);
		while (next < subject.pushed)
			subject_pop(&subject, next++);
		require_pops(&subject, -EPIPE);
		require_pushes(&subject, -EPIPE);
		require_equal(&c, leat_ring_count(subject.ring), 0);
		subject_end(&subject);
		require_equal(&c, subject.n_dropped, 0);
		subject_free(&subject);
	}
}

void closing_again_is_nothing(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		struct subject subject;

		subject_make(&subject, &c, false);
		subject_push(&subject);
		leat_ring_close(subject.ring);
		leat_ring_close(subject.ring);
		subject_pop(&subject, 0);
		leat_ring_close(subject.ring);
		require_pops(&subject, -EPIPE);
		leat_ring_cancel(subject.ring);
		leat_ring_cancel(subject.ring);
		require_pops(&subject, -ECANCELED);
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

void cancelled_ring_refuses_everything(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct subject subject;
		uint32_t next;

		make_used(&subject, &c, &next);
		leat_ring_cancel(subject.ring);
		require_pushes(&subject, -ECANCELED);
		require_pops(&subject, -ECANCELED);
		subject_end(&subject);
		require_dropped(&subject, next);
		subject_free(&subject);
	}
}

void cancel_after_close_refuses_what_was_left(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct subject subject;
		uint32_t next;

		make_used(&subject, &c, &next);
		leat_ring_close(subject.ring);
		leat_ring_cancel(subject.ring);
		require_pops(&subject, -ECANCELED);
		require_pushes(&subject, -ECANCELED);
		subject_end(&subject);
		require_dropped(&subject, next);
		subject_free(&subject);
	}
}

void close_after_cancel_stays_cancelled(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct subject subject;
		uint32_t next;

		make_used(&subject, &c, &next);
		leat_ring_cancel(subject.ring);
		leat_ring_close(subject.ring);
		require_pops(&subject, -ECANCELED);
		require_pushes(&subject, -ECANCELED);
		subject_end(&subject);
		require_dropped(&subject, next);
		subject_free(&subject);
	}
}

/* Puts waiters of one side to sleep, ends the ring, and wants all of them back with that result. */
static void wake_producers(const struct form *form, void (*end)(leat_ring *), int result)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, form, 24)) {
		unsigned n = c.flags & LEAT_RING_SINGLE_PRODUCER ? 1 : WAITERS;
		struct caller producers[WAITERS] = { 0 };
		struct subject subject;

		subject_make(&subject, &c, false);
		subject_fill(&subject);
		for (unsigned i = 0; i < n; i++)
			caller_start(&producers[i], &subject, i % 2 ? CALL_PUSH_N : CALL_PUSH);
		require(&c, callers_sleep(producers, n));
		end(subject.ring);
		for (unsigned i = 0; i < n; i++)
			require_equal(&c, caller_join(&producers[i]), result);
		require_equal(&c, leat_ring_count(subject.ring), subject.pushed);
		subject_free(&subject);
	}
}

static void wake_consumers(const struct form *form, void (*end)(leat_ring *), int result)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, form, 24)) {
		unsigned n = c.flags & LEAT_RING_SINGLE_CONSUMER ? 1 : WAITERS;
		struct caller consumers[WAITERS] = { 0 };
		struct subject subject;

		subject_make(&subject, &c, false);
		for (unsigned i = 0; i < n; i++)
			caller_start(&consumers[i], &subject, i % 2 ? CALL_POP_N : CALL_POP);
		require(&c, callers_sleep(consumers, n));
		end(subject.ring);
		for (unsigned i = 0; i < n; i++)
			require_equal(&c, caller_join(&consumers[i]), result);
		subject_free(&subject);
	}
}

void close_wakes_all_waiting_producers(void **state)
{
	wake_producers(*state, leat_ring_close, -EPIPE);
}

void close_wakes_all_waiting_consumers(void **state)
{
	wake_consumers(*state, leat_ring_close, -EPIPE);
}

void cancel_wakes_all_waiting_producers(void **state)
{
	wake_producers(*state, leat_ring_cancel, -ECANCELED);
}

void cancel_wakes_all_waiting_consumers(void **state)
{
	wake_consumers(*state, leat_ring_cancel, -ECANCELED);
}

/* Many short lives, each ended somewhere; what went in must be accounted for. */
static void end_at_any_moment(const struct form *form, enum transfer_end end, unsigned batch)
{
	struct combination c = { 0 };
	uint64_t pushed = 0;

	while (combination_next(&c, form)) {
		struct transfer transfer = {
			.ops = form->ops,
			.options = combination_options(&c),
			.producers = c.producers,
			.consumers = c.consumers,
			.per_producer = 20000,
			.batch = batch,
			.wait = TRANSFER_MIXES,
			.end = end,
		};
		struct transfer_counts counts;

		for (unsigned i = 0; i < scaled(form_share(form, 10)); i++) {
			struct verdict verdict;

			transfer.seed = run_seed() + 1000 * i + c.index;
			verdict = transfer_run(&transfer, &counts);
			if (verdict.text[0])
				fail_msg("%s: %s", c.name, verdict.text);
			require_equal(&c, counts.pushed, counts.popped + counts.dropped);
			pushed += counts.pushed;
		}
	}
	require(&c, pushed > 0);
}

void close_at_any_moment_loses_nothing_that_went_in(void **state)
{
	end_at_any_moment(*state, TRANSFER_CLOSED, 0);
}

void close_at_any_moment_loses_nothing_of_a_batch(void **state)
{
	end_at_any_moment(*state, TRANSFER_CLOSED, 9);
}

void cancel_at_any_moment_leaves_the_rest_in_order(void **state)
{
	end_at_any_moment(*state, TRANSFER_CANCELLED, 3);
}
