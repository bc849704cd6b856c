/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conformance suite: what holds for a ring of every form. Each test gets its form as its state,
 * goes through the form's combinations, and names the one that fails.
 */
#ifndef LEAT_TEST_SUITE_H
#define LEAT_TEST_SUITE_H

#include "conformance/buffer.h"
#include "support/payload.h"
#include "support/run.h"

#define SUITE(TEST)                                                                                \
	/* order.c */                                                                              \
	TEST(a_single_thread_sees_an_exact_fifo)                                                   \
	TEST(waiting_threads_lose_and_double_nothing)                                              \
	TEST(polling_threads_lose_and_double_nothing)                                              \
	TEST(batches_lose_and_double_nothing)                                                      \
	TEST(all_ways_of_waiting_work_together)                                                    \
	/* waiting.c */                                                                            \
	TEST(full_ring_makes_the_producer_wait)                                                    \
	TEST(empty_ring_makes_the_consumer_wait)                                                   \
	TEST(one_batch_wakes_every_sleeping_consumer_it_serves)                                    \
	TEST(one_batch_taken_wakes_every_sleeping_producer_it_serves)                              \
	TEST(now_does_not_wait)                                                                    \
	TEST(a_deadline_that_has_passed_tries_once)                                                \
	TEST(a_deadline_expires_and_not_early)                                                     \
	TEST(waiters_that_time_out_leave_the_ring_in_order)                                        \
	/* ending.c */                                                                             \
	TEST(closed_ring_refuses_pushes_and_drains_pops)                                           \
	TEST(closing_again_is_nothing)                                                             \
	TEST(cancelled_ring_refuses_everything)                                                    \
	TEST(cancel_after_close_refuses_what_was_left)                                             \
	TEST(close_after_cancel_stays_cancelled)                                                   \
	TEST(close_wakes_all_waiting_producers)                                                    \
	TEST(close_wakes_all_waiting_consumers)                                                    \
	TEST(cancel_wakes_all_waiting_producers)                                                   \
	TEST(cancel_wakes_all_waiting_consumers)                                                   \
	TEST(close_at_any_moment_loses_nothing_that_went_in)                                       \
	TEST(close_at_any_moment_loses_nothing_of_a_batch)                                         \
	TEST(cancel_at_any_moment_leaves_the_rest_in_order)                                        \
	/* producers.c */                                                                          \
	TEST(last_producer_out_closes)                                                             \
	TEST(producers_may_come_and_go_before_the_last_leaves)                                     \
	TEST(a_leave_without_a_join_is_ignored)                                                    \
	TEST(joining_an_ended_ring_is_refused)                                                     \
	TEST(too_many_producers_are_refused)                                                       \
	TEST(the_last_of_many_threads_closes)                                                      \
	/* batches.c */                                                                            \
	TEST(a_batch_larger_than_the_ring_goes_in_piece_by_piece)                                  \
	TEST(pop_n_takes_what_is_there)                                                            \
	TEST(a_batch_cut_short_says_how_much_went_in)                                              \
	TEST(a_batch_that_waits_says_at_close_how_much_went_in)                                    \
	TEST(a_batch_of_nothing_is_nothing)                                                        \
	TEST(a_batch_too_large_to_count_is_refused)                                                \
	/* contents.c */                                                                           \
	TEST(capacity_items_always_fit)                                                            \
	TEST(capacity_items_fit_wherever_the_ring_stands)                                          \
	TEST(leftovers_are_dropped_in_order)                                                       \
	TEST(leftovers_of_a_cancelled_ring_are_dropped_in_order)                                   \
	TEST(statistics_count_what_went_through)                                                   \
	TEST(statistics_fill_what_the_caller_has_room_for)                                         \
	/* making.c */                                                                             \
	TEST(a_ring_lives_in_the_callers_memory)                                                   \
	TEST(memory_that_will_not_do_is_refused)                                                   \
	TEST(sizes_that_cannot_be_are_refused)                                                     \
	TEST(options_that_are_not_known_are_refused)                                               \
	TEST(options_of_another_size_are_told_apart)                                               \
	TEST(priority_inheritance_is_for_the_mutex_alone)

#define SUITE_DECLARE(name) void name(void **state);
SUITE(SUITE_DECLARE)

/* Fails the test, naming the combination, unless both are equal. */
#define require_equal(combination, got, want)                                                      \
	require_equal_at(combination, (long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define require(combination, condition)                                                            \
	require_equal_at(combination, (condition) ? 1 : 0, 1, #condition, __FILE__, __LINE__)

void require_equal_at(const struct combination *combination, long long got, long long want,
                      const char *what, const char *file, int line);

/* A ring, and everything that fell out of it at its end. */
struct subject {
	struct combination combination;
	leat_ring *ring;
	size_t admitted;
	uint32_t pushed; /* values 0 to pushed - 1 went in by subject_fill and subject_push */
	uint32_t *dropped;
	size_t n_dropped, room;
	bool torn; /* something that was dropped was no item */
};

/* The ring has no drop function unless with_drop. */
void subject_make(struct subject *subject, const struct combination *combination, bool with_drop);

/* Frees the ring; what was dropped can be read until subject_free. */
void subject_end(struct subject *subject);
void subject_free(struct subject *subject);

/* The next value, which must fit; and how many went in until no more did. */
void subject_push(struct subject *subject);
size_t subject_fill(struct subject *subject);

/* Takes one item, which must be there and be this value. */
void subject_pop(struct subject *subject, uint32_t value);

/* A thread that makes one call with a deadline far away. */
struct caller {
	struct subject *subject;
	struct thread thread;
	enum { CALL_PUSH, CALL_POP, CALL_PUSH_N, CALL_POP_N } call;
	uint32_t value; /* to push, or popped */
	size_t n;       /* of a batch */
	ssize_t result;
	_Atomic bool calling, returned;
};

void caller_start(struct caller *caller, struct subject *subject, int call);
ssize_t caller_join(struct caller *caller);

/* Waits until n callers are asleep inside their calls. False: they were not within 30 seconds. */
bool callers_sleep(struct caller *callers, unsigned n);

#endif
