/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rings made by LEAT_RING_OF, whose fast paths are compiled into this file: through the same
 * transfers as the calls of the library.
 */
#include "conformance/transfer.h"
#include "support/payload.h"
#include "support/run.h"

#include <errno.h>

#define SP    LEAT_RING_SINGLE_PRODUCER
#define SC    LEAT_RING_SINGLE_CONSUMER
#define EXACT LEAT_RING_EXACT

/* A ring type for items of a size, and its table of calls. */
#define TYPED(name, bytes, ring_flags)                                                             \
	struct name##_item {                                                                       \
		unsigned char content[bytes];                                                      \
	};                                                                                         \
	LEAT_RING_OF(name, struct name##_item, ring_flags);                                        \
	static int name##_make(void **buffer, const leat_ring_options *options)                    \
	{                                                                                          \
		return name##_new((struct name **)buffer, options->capacity);                      \
	}                                                                                          \
	static void name##_destroy(void *buffer)                                                   \
	{                                                                                          \
		name##_free(buffer);                                                               \
	}                                                                                          \
	static int name##_push_(void *buffer, const void *item, leat_deadline until)               \
	{                                                                                          \
		return name##_push(buffer, item, until);                                           \
	}                                                                                          \
	static int name##_pop_(void *buffer, void *item, leat_deadline until)                      \
	{                                                                                          \
		return name##_pop(buffer, item, until);                                            \
	}                                                                                          \
	static ssize_t name##_push_n_(void *buffer, const void *items, size_t n,                   \
	                              leat_deadline until)                                         \
	{                                                                                          \
		return name##_push_n(buffer, items, n, until);                                     \
	}                                                                                          \
	static ssize_t name##_pop_n_(void *buffer, void *items, size_t n, leat_deadline until)     \
	{                                                                                          \
		return name##_pop_n(buffer, items, n, until);                                      \
	}                                                                                          \
	static void name##_close_(void *buffer)                                                    \
	{                                                                                          \
		name##_close(buffer);                                                              \
	}                                                                                          \
	static void name##_cancel_(void *buffer)                                                   \
	{                                                                                          \
		name##_cancel(buffer);                                                             \
	}                                                                                          \
	static leat_ring *name##_itself(void *buffer)                                              \
	{                                                                                          \
		return name##_ring(buffer);                                                        \
	}

#define ENTRY(name, bytes, ring_flags)                                                             \
	{ #name,                                                                                   \
	  bytes,                                                                                   \
	  ring_flags,                                                                              \
	  { name##_make, name##_destroy, name##_push_, name##_pop_, name##_push_n_, name##_pop_n_, \
	    name##_close_, name##_cancel_, name##_itself } },

#define SIZES(TYPE, form, flags)                                                                   \
	TYPE(form##_of_1, 1, flags)                                                                \
	TYPE(form##_of_3, 3, flags)                                                                \
	TYPE(form##_of_8, 8, flags)                                                                \
	TYPE(form##_of_24, 24, flags)                                                              \
	TYPE(form##_of_64, 64, flags)                                                              \
	TYPE(form##_of_200, 200, flags)
#define ALL(TYPE)                                                                                  \
	SIZES(TYPE, one_to_one, SP | SC)                                                           \
	SIZES(TYPE, one_to_one_exact, SP | SC | EXACT)                                             \
	SIZES(TYPE, any_to_any, 0)                                                                 \
	SIZES(TYPE, any_to_any_exact, EXACT)                                                       \
	SIZES(TYPE, one_to_any, SP)                                                                \
	SIZES(TYPE, any_to_one, SC)

ALL(TYPED)

struct typed {
	const char *name;
	size_t item_size;
	uint32_t flags;
	struct buffer_ops ops;
};

static const struct typed typed_rings[] = { ALL(ENTRY) };
static const size_t capacities[] = { 1, 2, 3, 7, 64, 1000 };

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void carry_out(enum transfer_wait wait, enum transfer_end end, unsigned batch)
{
	for (size_t i = 0; i < LENGTH(typed_rings) * LENGTH(capacities); i++) {
		const struct typed *typed = &typed_rings[i / LENGTH(capacities)];
		struct transfer transfer = {
			.ops = &typed->ops,
			.options = LEAT_RING_OPTIONS_INIT,
			.producers = typed->flags & SP ? 1 : 1 + i % 4,
			.consumers = typed->flags & SC ? 1 : 1 + i / 4 % 4,
			.per_producer = scaled(800),
			.batch = batch,
			.wait = wait,
			.end = end,
			.seed = run_seed() + i,
		};
		struct transfer_counts counts;
		struct verdict verdict;

		transfer.options.capacity = capacities[i % LENGTH(capacities)];
		transfer.options.item_size = typed->item_size;
		verdict = transfer_run(&transfer, &counts);
		if (verdict.text[0])
			fail_msg("%s, capacity %zu: %s", typed->name, transfer.options.capacity,
			         verdict.text);
		assert_int_equal(counts.pushed, counts.popped);
	}
}

static void waiting_threads_lose_and_double_nothing(void **state)
{
	(void)state;
	carry_out(TRANSFER_WAITS, TRANSFER_CLOSES, 0);
}

static void polling_threads_lose_and_double_nothing(void **state)
{
	(void)state;
	carry_out(TRANSFER_POLLS, TRANSFER_CLOSES, 0);
}

static void all_ways_of_waiting_work_together(void **state)
{
	(void)state;
	carry_out(TRANSFER_MIXES, TRANSFER_CLOSES, 20);
}

static void close_at_any_moment_loses_nothing(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++)
		carry_out(TRANSFER_MIXES, TRANSFER_CLOSED, i);
}

static void cancelled_ring_refuses_everything(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(typed_rings); i++) {
		const struct buffer_ops *ops = &typed_rings[i].ops;
		leat_ring_options options = { .capacity = 4 };
		unsigned char item[PAYLOAD_MAX] = { 0 };
		void *ring;

		assert_int_equal(ops->make(&ring, &options), 0);
		for (unsigned n = 0; n < 3; n++)
			assert_int_equal(ops->push(ring, item, LEAT_NOW), 0);
		assert_int_equal(ops->pop(ring, item, LEAT_NOW), 0);
		ops->cancel(ring);
		assert_int_equal(ops->push(ring, item, LEAT_NOW), -ECANCELED);
		assert_int_equal(ops->pop(ring, item, LEAT_FOREVER), -ECANCELED);
		assert_int_equal(ops->push_n(ring, item, 1, LEAT_NOW), -ECANCELED);
		assert_int_equal(ops->pop_n(ring, item, 1, LEAT_FOREVER), -ECANCELED);
		ops->destroy(ring);
	}
}

static void counts_waits_and_deadlines_are_those_of_the_library(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(typed_rings); i++) {
		const struct buffer_ops *ops = &typed_rings[i].ops;
		leat_ring_options options = { .capacity = 3 };
		unsigned char item[PAYLOAD_MAX] = { 0 };
		void *ring;

		assert_int_equal(ops->make(&ring, &options), 0);
		assert_int_equal(leat_ring_capacity(ops->ring(ring)), 3);
		assert_int_equal(ops->pop(ring, item, LEAT_NOW), -EAGAIN);
		assert_int_equal(ops->pop(ring, item, -1), -ETIMEDOUT);
		for (unsigned n = 0; n < 3; n++)
			assert_int_equal(ops->push(ring, item, -1), 0);
		assert_int_equal(leat_ring_count(ops->ring(ring)), 3);
		assert_int_equal(ops->push(ring, item, LEAT_NOW), -EAGAIN);
		assert_int_equal(ops->push(ring, item, leat_after_ns(1000)), -ETIMEDOUT);
		leat_ring_close(ops->ring(ring));
		assert_int_equal(ops->push(ring, item, LEAT_FOREVER), -EPIPE);
		assert_int_equal(ops->pop_n(ring, item, 1, -1), 1);
		ops->destroy(ring);
	}
}

static void a_capacity_of_zero_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(typed_rings); i++) {
		leat_ring_options options = { .capacity = 0 };
		void *ring;

		assert_int_equal(typed_rings[i].ops.make(&ring, &options), -EINVAL);
		options.capacity = SIZE_MAX;
		assert_int_equal(typed_rings[i].ops.make(&ring, &options), -EINVAL);
	}
}

static void another_layout_is_refused(void **state)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	leat_ring *ring;

	(void)state;
	options.capacity = options.item_size = 4;
	assert_int_equal(leat__ring_new_typed(&ring, &options, LEAT__RING_LAYOUT + 1),
	                 -EPROTONOSUPPORT);
	assert_int_equal(leat__ring_new_typed(&ring, &options, LEAT__RING_LAYOUT), 0);
	leat_ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiting_threads_lose_and_double_nothing),
		cmocka_unit_test(polling_threads_lose_and_double_nothing),
		cmocka_unit_test(all_ways_of_waiting_work_together),
		cmocka_unit_test(close_at_any_moment_loses_nothing),
		cmocka_unit_test(cancelled_ring_refuses_everything),
		cmocka_unit_test(counts_waits_and_deadlines_are_those_of_the_library),
		cmocka_unit_test(a_capacity_of_zero_is_refused),
		cmocka_unit_test(another_layout_is_refused),
	};

	run_begin();
	return cmocka_run_group_tests_name("typed", tests, NULL, NULL);
}
