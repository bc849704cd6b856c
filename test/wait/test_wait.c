/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting: what it costs, and that nobody is forgotten, on the smallest rings. */
#include "conformance/transfer.h"
#include "support/payload.h"
#include "support/run.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>

static const struct form *form;

static int64_t used_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

static leat_ring *make_ring(uint32_t flags, size_t capacity)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	leat_ring *ring;

	options.flags = flags;
	options.sync = form->sync;
	options.capacity = capacity;
	options.item_size = sizeof(uint64_t);
	assert_int_equal(leat_ring_new(&ring, &options), 0);
	return ring;
}

struct waiter {
	struct thread thread;
	leat_ring *ring;
	bool pushes;
	int result;
	int64_t used; /* processor time that the wait took */
};

static void wait_for_one(void *arg)
{
	struct waiter *waiter = arg;
	int64_t before = used_ns();
	uint64_t item = 7;

	if (waiter->pushes)
		waiter->result = leat_ring_push(waiter->ring, &item, soon());
	else
		waiter->result = leat_ring_pop(waiter->ring, &item, soon());
	waiter->used = used_ns() - before;
}

/* Half a second is the length of the measured wait, no order depends on it. */
static void let_half_a_second_pass(void)
{
	leat_ring *nothing = make_ring(form->flags[0], 1);
	uint64_t item;

	assert_int_equal(leat_ring_pop(nothing, &item, leat_after_ms(500)), -ETIMEDOUT);
	leat_ring_free(nothing);
}

/* Spinning all the time would take 500 ms; what is right takes well below one. */
#define IDLE_NS_MAX 50000000

#define FLAGS_MAX 16

/* One waiter for each way to make the form, all idle at the same time. */
static void measure_idle(bool pushes)
{
	struct waiter waiters[FLAGS_MAX];
	uint64_t item = 1;

	assert_true(form->n_flags <= FLAGS_MAX);
	for (size_t i = 0; i < form->n_flags; i++) {
		waiters[i] =
		        (struct waiter){ .ring = make_ring(form->flags[i], 4), .pushes = pushes };
		while (pushes && leat_ring_push(waiters[i].ring, &item, LEAT_NOW) == 0)
			;
		thread_start(&waiters[i].thread, wait_for_one, &waiters[i]);
	}
	let_half_a_second_pass();
	for (size_t i = 0; i < form->n_flags; i++) {
		leat_ring *ring = waiters[i].ring;

		assert_int_equal(pushes ? leat_ring_pop(ring, &item, LEAT_NOW)
		                        : leat_ring_push(ring, &item, LEAT_NOW),
		                 0);
		thread_join(&waiters[i].thread);
		assert_int_equal(waiters[i].result, 0);
		assert_in_range(waiters[i].used, 0, IDLE_NS_MAX);
		leat_ring_free(ring);
	}
}

static void an_idle_consumer_costs_no_processor(void **state)
{
	(void)state;
	measure_idle(false);
}

static void an_idle_producer_costs_no_processor(void **state)
{
	(void)state;
	measure_idle(true);
}

static void a_wait_for_a_deadline_costs_no_processor(void **state)
{
	uint64_t item;

	(void)state;
	for (size_t i = 0; i < form->n_flags; i++) {
		leat_ring *ring = make_ring(form->flags[i], 4);
		int64_t before = used_ns();

		assert_int_equal(leat_ring_pop(ring, &item, leat_after_ms(100)), -ETIMEDOUT);
		assert_in_range(used_ns() - before, 0, IDLE_NS_MAX);
		leat_ring_free(ring);
	}
}

/* Delays of up to some ten microseconds put each wake-up at another point of the other's way to
 * sleep. */
static void stress(size_t capacity, unsigned producers, unsigned consumers, unsigned batch)
{
	for (size_t i = 0; i < form->n_flags; i++) {
		uint32_t flags = form->flags[i];
		struct transfer transfer = {
			.ops = &ring_buffer,
			.options = LEAT_RING_OPTIONS_INIT,
			.producers = flags & LEAT_RING_SINGLE_PRODUCER ? 1 : producers,
			.consumers = flags & LEAT_RING_SINGLE_CONSUMER ? 1 : consumers,
			.per_producer = scaled(form_share(form, 3000)),
			.batch = batch,
			.delay = 30000,
			.wait = TRANSFER_WAITS,
			.seed = run_seed() + 10 * capacity + i,
		};
		struct transfer_counts counts;
		struct verdict verdict;

		transfer.options.capacity = capacity;
		transfer.options.item_size = sizeof(uint64_t);
		transfer.options.flags = flags;
		transfer.options.sync = form->sync;
		verdict = transfer_run(&transfer, &counts);
		if (verdict.text[0])
			fail_msg("flags %u, capacity %zu, %u:%u: %s", flags, capacity,
			         transfer.producers, transfer.consumers, verdict.text);
	}
}

static void no_wake_up_is_lost_with_one_item(void **state)
{
	(void)state;
	stress(1, 1, 1, 0);
	stress(1, 4, 4, 0);
	stress(1, 1, 4, 0);
	stress(1, 4, 1, 0);
}

static void no_wake_up_is_lost_with_two_items(void **state)
{
	(void)state;
	stress(2, 1, 1, 0);
	stress(2, 4, 4, 0);
	stress(2, 2, 3, 0);
	stress(2, 3, 2, 0);
}

static void no_wake_up_is_lost_in_batches(void **state)
{
	(void)state;
	stress(1, 3, 3, 4);
	stress(2, 3, 3, 5);
	stress(64, 3, 3, 90);
}

/* Request and reply over two rings: each step needs its wake-up, none can be made up for by the
 * next. */
struct echo {
	struct thread thread;
	leat_ring *requests, *replies;
	unsigned n, delay, clutter;
	uint64_t seed;
	int wrong;
};

static void answer(void *arg)
{
	struct echo *echo = arg;
	struct random random = { echo->seed };
	uint64_t item;

	for (unsigned i = 0; i < echo->n && !echo->wrong; i++) {
		echo->wrong = leat_ring_pop(echo->requests, &item, soon());
		random_delay(&random, echo->delay);
		random_clutter(&random, echo->clutter);
		if (!echo->wrong)
			echo->wrong = leat_ring_push(echo->replies, &item, soon());
	}
}

/* NULL, or what went wrong; the other thread is joined before anybody asserts. */
static const char *ask(struct echo *echo)
{
	struct random random = { ~echo->seed };
	uint64_t item = 0;

	for (uint64_t i = 0; i < echo->n; i++) {
		leat_deadline late = soon();

		random_clutter(&random, echo->clutter);
		if (leat_ring_push(echo->requests, &i, late))
			return "the request was not taken";
		random_delay(&random, echo->delay);
		if (leat_ring_pop(echo->replies, &item, late) || item != i)
			return "the reply did not come";
		if (leat_after_ns(0) >= late)
			return "a deadline woke somebody";
	}
	return NULL;
}

static void ask_all(size_t capacity, unsigned n, unsigned delay, unsigned clutter)
{
	for (size_t i = 0; i < form->n_flags; i++) {
		struct echo echo = {
			.requests = make_ring(form->flags[i], capacity),
			.replies = make_ring(form->flags[i], capacity),
			.n = scaled(form_share(form, n)),
			.delay = delay,
			.clutter = clutter,
			.seed = run_seed() + i,
		};

		const char *wrong;

		thread_start(&echo.thread, answer, &echo);
		wrong = ask(&echo);
		leat_ring_close(echo.requests);
		leat_ring_close(echo.replies);
		thread_join(&echo.thread);
		if (wrong || echo.wrong)
			fail_msg("flags %u, capacity %zu: %s, the other side %d", form->flags[i],
			         capacity, wrong ? wrong : "all came", echo.wrong);
		leat_ring_free(echo.requests);
		leat_ring_free(echo.replies);
	}
}

static void requests_are_answered(void **state)
{
	(void)state;
	ask_all(1, 3000, 3000, 0);
	ask_all(8, 3000, 60000, 0);
	ask_all(64, 3000, 3000, 0);
}

/* The item is stored long before another processor sees it: who goes to sleep meanwhile must see it, or
 * be seen. */
static void requests_are_answered_from_behind_a_full_store_buffer(void **state)
{
	/* a lock is a barrier: nothing much can go wrong behind one */
	unsigned n = form->sync == LEAT_SYNC_LOCK_FREE ? 8000 : 800;

	(void)state;
	for (unsigned delay = 10000; delay <= 80000; delay *= 2) {
		ask_all(1, n, delay, 50);
		ask_all(64, n, delay, 100);
	}
}

/* The sleeps that must have been are counted, on the side where they were. */
static void sleeps_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < form->n_flags; i++) {
		leat_ring *ring = make_ring(form->flags[i], 2);
		leat_ring_stats_t stats = { .size = sizeof(stats) };
		uint64_t item = 0;
		unsigned n = 0;

		for (; n < 1000 && stats.consumer_sleeps < 5; n++) {
			assert_int_equal(leat_ring_pop(ring, &item, leat_after_ms(2)), -ETIMEDOUT);
			assert_int_equal(leat_ring_stats(ring, &stats), 0);
		}
		assert_true(stats.consumer_sleeps >= 5);
		assert_int_equal(stats.producer_sleeps, 0);
		while (leat_ring_push(ring, &item, LEAT_NOW) == 0)
			;
		for (n = 0; n < 1000 && stats.producer_sleeps < 5; n++) {
			assert_int_equal(leat_ring_push(ring, &item, leat_after_ms(2)), -ETIMEDOUT);
			assert_int_equal(leat_ring_stats(ring, &stats), 0);
		}
		assert_true(stats.producer_sleeps >= 5);
		leat_ring_free(ring);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_consumer_costs_no_processor),
		cmocka_unit_test(an_idle_producer_costs_no_processor),
		cmocka_unit_test(a_wait_for_a_deadline_costs_no_processor),
		cmocka_unit_test(no_wake_up_is_lost_with_one_item),
		cmocka_unit_test(no_wake_up_is_lost_with_two_items),
		cmocka_unit_test(no_wake_up_is_lost_in_batches),
		cmocka_unit_test(requests_are_answered),
		cmocka_unit_test(requests_are_answered_from_behind_a_full_store_buffer),
		cmocka_unit_test(sleeps_are_counted),
	};

	form = form_from(argc, argv);
	run_begin();
	return cmocka_run_group_tests_name(form->name, tests, NULL, NULL);
}
