/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: how much goes, and what is said about it. */
#include "conformance/suite.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static unsigned char *make_items(const struct combination *c, size_t n)
{
	unsigned char *items = calloc(n, c->item_size);

	assert_non_null(items);
	for (size_t i = 0; i < n; i++)
		payload_fill(items + i * c->item_size, c->item_size,
		             (uint32_t)(i % payload_values(c->item_size)));
	return items;
}

void a_batch_larger_than_the_ring_goes_in_piece_by_piece(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		struct caller producer = { .n = 3 * c.capacity + 5 };
		struct subject subject;

		subject_make(&subject, &c, false);
		caller_start(&producer, &subject, CALL_PUSH_N);
		for (uint32_t i = 0; i < producer.n; i++) {
			unsigned char item[PAYLOAD_MAX];
			uint32_t value = 0;

			require_equal(&c, leat_ring_pop(subject.ring, item, soon()), 0);
			require(&c, payload_read(item, c.item_size, &value));
			require_equal(&c, value, i % payload_values(c.item_size));
		}
		require_equal(&c, caller_join(&producer), producer.n);
		subject_free(&subject);
	}
}

void pop_n_takes_what_is_there(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		unsigned char items[8 * PAYLOAD_MAX];
		struct subject subject;
		size_t n = c.capacity < 3 ? c.capacity : 3;

		subject_make(&subject, &c, false);
		for (unsigned round = 0; round < 5; round++) {
			for (size_t i = 0; i < n; i++)
				subject_push(&subject);
			require_equal(&c, leat_ring_pop_n(subject.ring, items, 8, LEAT_FOREVER), n);
			require_equal(&c, leat_ring_pop_n(subject.ring, items, 8, LEAT_NOW),
			              -EAGAIN);
		}
		subject_free(&subject);
	}
}

static void cut_short(const struct combination *c, leat_deadline until)
{
	size_t n = 2 * c->capacity + 9;
	unsigned char *items = make_items(c, n), *out = make_items(c, n);
	struct subject subject;
	ssize_t in;

	subject_make(&subject, c, false);
	in = leat_ring_push_n(subject.ring, items, n, until);
	require(c, in >= (ssize_t)c->capacity && in <= (ssize_t)subject.admitted);
	require_equal(c, leat_ring_count(subject.ring), in);
	require_equal(c, leat_ring_pop_n(subject.ring, out, n, LEAT_NOW), in);
	require(c, memcmp(items, out, (size_t)in * c->item_size) == 0);
	subject_free(&subject);
	free(items);
	free(out);
}

void a_batch_cut_short_says_how_much_went_in(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		cut_short(&c, LEAT_NOW);
		cut_short(&c, -7);
		cut_short(&c, leat_after_ns(50000));
	}
}

void a_batch_that_waits_says_at_close_how_much_went_in(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 24)) {
		struct caller producer = { .n = 2 * c.capacity + 9 };
		struct subject subject;
		ssize_t in;

		subject_make(&subject, &c, false);
		caller_start(&producer, &subject, CALL_PUSH_N);
		require(&c, callers_sleep(&producer, 1));
		leat_ring_close(subject.ring);
		in = caller_join(&producer);
		require(&c, in >= (ssize_t)c.capacity && in <= (ssize_t)subject.admitted);
		for (uint32_t value = 0; value < (uint32_t)in; value++)
			subject_pop(&subject, value);
		require_equal(&c, leat_ring_count(subject.ring), 0);
		subject_free(&subject);
	}
}

void a_batch_of_nothing_is_nothing(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		struct subject subject;
		unsigned char item[8];

		subject_make(&subject, &c, false);
		require_equal(&c, leat_ring_pop_n(subject.ring, item, 0, LEAT_FOREVER), 0);
		subject_fill(&subject);
		require_equal(&c, leat_ring_push_n(subject.ring, item, 0, LEAT_FOREVER), 0);
		require_equal(&c, leat_ring_push_n(subject.ring, NULL, 0, LEAT_NOW), 0);
		require_equal(&c, leat_ring_pop_n(subject.ring, NULL, 0, -1), 0);
		require_equal(&c, leat_ring_count(subject.ring), subject.pushed);
		subject_free(&subject);
	}
}

void a_batch_too_large_to_count_is_refused(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		unsigned char item[8] = { 0 };
		struct subject subject;

		subject_make(&subject, &c, false);
		require_equal(&c, leat_ring_push_n(subject.ring, item, SIZE_MAX, LEAT_NOW),
		              -EINVAL);
		require_equal(&c, leat_ring_pop_n(subject.ring, item, SIZE_MAX, LEAT_NOW), -EINVAL);
		require_equal(&c, leat_ring_push_n(subject.ring, item, (size_t)SSIZE_MAX + 1, 1),
		              -EINVAL);
		require_equal(&c, leat_ring_count(subject.ring), 0);
		subject_free(&subject);
	}
}
