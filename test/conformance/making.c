/* SPDX-License-Identifier: Apache-2.0 */
/* Making a ring: the caller's memory, and every option that will not do. */
#include "conformance/suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GUARD 256

static unsigned char *aligned_memory(size_t size)
{
	void *memory = NULL;

	assert_int_equal(posix_memalign(&memory, LEAT_RING_ALIGN, size), 0);
	memset(memory, 0xa5, size);
	return memory;
}

static void use_ring(const struct combination *c, leat_ring *ring)
{
	unsigned char item[PAYLOAD_MAX] = { 0 };

	for (size_t round = 0; round < 3; round++) {
		while (leat_ring_push(ring, item, LEAT_NOW) == 0)
			;
		for (size_t i = 0; i < c->capacity; i++)
			require_equal(c, leat_ring_pop(ring, item, LEAT_NOW), 0);
	}
	require_equal(c, leat_ring_pop(ring, item, leat_after_ns(10000)),
	              leat_ring_count(ring) ? 0 : -ETIMEDOUT);
}

/* Once in memory of just that size, for a sanitizer to watch, and once between guards. */
void a_ring_lives_in_the_callers_memory(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		leat_ring_options options = combination_options(&c);
		size_t size = leat_ring_footprint(&options);
		unsigned char *memory = aligned_memory(size + GUARD), *tight = aligned_memory(size);
		leat_ring *ring;

		require(&c, size >= c.capacity * c.item_size);
		for (unsigned round = 0; round < 2; round++) {
			require_equal(&c, leat_ring_init(memory, size + GUARD, &options, &ring), 0);
			use_ring(&c, ring);
			leat_ring_fini(ring);
			require_equal(&c, leat_ring_init(tight, size, &options, &ring), 0);
			use_ring(&c, ring);
			leat_ring_fini(ring);
		}
		for (size_t i = 0; i < GUARD; i++)
			require_equal(&c, memory[size + i], 0xa5);
		leat_ring_fini(NULL);
		free(memory);
		free(tight);
	}
}

void memory_that_will_not_do_is_refused(void **state)
{
	struct combination c = { 0 };

	while (combination_next(&c, *state)) {
		leat_ring_options options = combination_options(&c);
		size_t size = leat_ring_footprint(&options);
		unsigned char *memory = aligned_memory(size + GUARD);
		leat_ring *untouched = (leat_ring *)memory, *ring = untouched;

		require_equal(&c, leat_ring_init(NULL, size, &options, &ring), -EINVAL);
		require_equal(&c, leat_ring_init(memory, size - 1, &options, &ring), -EINVAL);
		require_equal(&c, leat_ring_init(memory, 0, &options, &ring), -EINVAL);
		for (size_t shift = 1; shift < LEAT_RING_ALIGN; shift *= 2)
			require_equal(&c, leat_ring_init(memory + shift, size, &options, &ring),
			              -EINVAL);
		require(&c, ring == untouched);
		for (size_t i = 0; i < size + GUARD; i++)
			require_equal(&c, memory[i], 0xa5);
		free(memory);
	}
}

/* All three ways to a ring refuse these options with the same error. */
static void require_refused(const struct combination *c, const leat_ring_options *options,
                            int error)
{
	static unsigned char memory[4096] __attribute__((aligned(LEAT_RING_ALIGN)));
	leat_ring *untouched = (leat_ring *)memory, *ring = untouched;

	require_equal(c, leat_ring_footprint(options), 0);
	require_equal(c, leat_ring_new(&ring, options), error);
	require_equal(c, leat_ring_init(memory, sizeof(memory), options, &ring), error);
	require(c, ring == untouched);
}

void sizes_that_cannot_be_are_refused(void **state)
{
	static const size_t huge[] = { SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 + 1, SIZE_MAX / 4 };
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring_options options = combination_options(&c);

		options.capacity = 0;
		require_refused(&c, &options, -EINVAL);
		options = combination_options(&c);
		options.item_size = 0;
		require_refused(&c, &options, -EINVAL);
		for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
			options = combination_options(&c);
			options.item_size = huge[i];
			options.capacity = 8;
			require_refused(&c, &options, -EINVAL);
		}
	}
}

/* The semaphores count less far than memory does. */
static void require_capacity_refused(const struct combination *c, size_t capacity)
{
	leat_ring_options options = combination_options(c);
	bool counted = c->form->sync == LEAT_SYNC_SEMAPHORE;
	leat_ring *ring = NULL;
	int result;

	options.capacity = capacity;
	result = leat_ring_new(&ring, &options);
	require(c, result == -EINVAL || (counted && result == -EOVERFLOW));
	require(c, ring == NULL);
	require_equal(c, leat_ring_footprint(&options), 0);
}

void options_that_are_not_known_are_refused(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring_options options = combination_options(&c);

		for (unsigned bit = 4; bit < 32; bit++) {
			options.flags = c.flags | (uint32_t)1 << bit;
			require_refused(&c, &options, -EINVAL);
		}
		options = combination_options(&c);
		options.sync = 3;
		require_refused(&c, &options, -EINVAL);
		options.sync = UINT32_MAX;
		require_refused(&c, &options, -EINVAL);
		require_refused(&c, NULL, -EINVAL);
		require_capacity_refused(&c, SIZE_MAX);
		require_capacity_refused(&c, SIZE_MAX / 2 + 1);
		require_capacity_refused(&c, SIZE_MAX / 8);
	}
}

void options_of_another_size_are_told_apart(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		struct {
			leat_ring_options ours;
			unsigned char later[16];
		} larger = { .ours = combination_options(&c) };
		leat_ring *ring;

		larger.ours.size = 0;
		require_refused(&c, &larger.ours, -EINVAL);
		larger.ours.size = sizeof(larger.ours) - 1;
		require_refused(&c, &larger.ours, -EINVAL);
		larger.ours.size = sizeof(larger);
		require_equal(&c, leat_ring_new(&ring, &larger.ours), 0);
		leat_ring_free(ring);
		require(&c, leat_ring_footprint(&larger.ours) > 0);
		larger.later[15] = 1;
		require_refused(&c, &larger.ours, -E2BIG);
	}
}

void priority_inheritance_is_for_the_mutex_alone(void **state)
{
	struct combination c = { 0 };

	while (combination_next_of_size(&c, *state, 8)) {
		leat_ring_options options = combination_options(&c);
		leat_ring *ring = NULL;

		options.flags |= LEAT_RING_PRIORITY_INHERIT;
		if (c.form->sync != LEAT_SYNC_MUTEX) {
			require_refused(&c, &options, -EINVAL);
			continue;
		}
		require_equal(&c, leat_ring_new(&ring, &options), 0);
		use_ring(&c, ring);
		leat_ring_free(ring);
	}
}
