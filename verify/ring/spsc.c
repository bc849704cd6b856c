/* SPDX-License-Identifier: Apache-2.0 */
/* The one-to-one ring. */
#include "scenario.h"

#define ONE_TO_ONE                                                                                 \
	.flags = LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER, .producers = 1,            \
	.consumers = 1
#define WAITING  ONE_TO_ONE, .push_until = LEAT_FOREVER, .pop_until = LEAT_FOREVER
#define DEADLINE ONE_TO_ONE, .push_until = 1, .pop_until = 1
#define WRAPPING                                                                                   \
	.age = 5 /* the slots have been used before, and the next lap begins in the middle */

const struct explore_program spsc_programs[] = {
	{ SCENARIO("spsc_transfer", "3 items pass through capacity 2, in order", WAITING,
	           .capacity = 2, .items = 3, .takes = 3),
	  .threads = 2, .membarrier = true },
	{ SCENARIO("spsc_transfer_1", "3 items pass through capacity 1, in order", WAITING,
	           .capacity = 1, .items = 3, .takes = 3),
	  .threads = 2, .membarrier = true },
	{ SCENARIO("spsc_transfer_fences", "the same where the kernel has no membarrier", WAITING,
	           .fences = true, .capacity = 2, .items = 3, .takes = 3),
	  .threads = 2 },
	{ SCENARIO("spsc_transfer_spurious", "the same, and sleepers wake for nothing", WAITING,
	           .capacity = 2, .items = 3, .takes = 3, WRAPPING),
	  .threads = 2, .membarrier = true, .spurious = true },
	{ SCENARIO("spsc_leave", "the producer leaves, and the consumer drains and ends", WAITING,
	           .capacity = 2, .items = 2, .takes = 3, .ender = LAST_LEAVES),
	  .threads = 2, .membarrier = true },
	{ SCENARIO("spsc_leave_fences", "the same where the kernel has no membarrier", WAITING,
	           .fences = true, .capacity = 1, .items = 2, .takes = 3, .ender = LAST_LEAVES),
	  .threads = 2 },
	{ SCENARIO("spsc_batch", "batches of 2 pass through capacity 2", WAITING, .capacity = 2,
	           .items = 4, .takes = 4, .batch = 2),
	  .threads = 2, .membarrier = true },
	{ SCENARIO("spsc_batch_3", "batches of 3 pass through capacity 2", WAITING, .capacity = 2,
	           .items = 3, .takes = 3, .batch = 3, WRAPPING),
	  .threads = 2, .membarrier = true },
	{ SCENARIO("spsc_deadline", "both sides wait up to a deadline", DEADLINE, .capacity = 1,
	           .items = 2, .takes = 2),
	  .threads = 2, .membarrier = true, .ticks = 1 },
	{ SCENARIO("spsc_close_now", "a third thread closes, and nobody waits", ONE_TO_ONE,
	           .fences = true, .capacity = 1, .items = 1, .takes = 2, .ender = CLOSER),
	  .threads = 3 },
	{ SCENARIO("spsc_tally", "a third thread counts", WAITING, .fences = true, .capacity = 2,
	           .items = 1, .takes = 1, .tallies = true),
	  .threads = 3 },
	{ SCENARIO("spsc_cancel_now", "a third thread cancels, and nobody waits", ONE_TO_ONE,
	           .fences = true, .capacity = 1, .items = 1, .takes = 1, .ender = CANCELLER,
	           .insists = true),
	  .threads = 3 },
	{ SCENARIO("spsc_close", "a third thread closes", WAITING, .capacity = 1, .items = 2,
	           .takes = 3, .ender = CLOSER),
	  .threads = 3, .membarrier = true, .barrier_at_once = true,
	  .preemptions = EXPLORE_AT_MOST(3) },
	{ SCENARIO("spsc_close_fences", "the same where the kernel has no membarrier", WAITING,
	           .fences = true, .capacity = 1, .items = 2, .takes = 3, .ender = CLOSER),
	  .threads = 3, .preemptions = EXPLORE_AT_MOST(2) },
	{ SCENARIO("spsc_close_batch", "batches of 2, and a third thread closes", WAITING,
	           .capacity = 2, .items = 4, .takes = 5, .batch = 2, .ender = CLOSER),
	  .threads = 3, .membarrier = true, .barrier_at_once = true,
	  .preemptions = EXPLORE_AT_MOST(3) },
	{ SCENARIO("spsc_close_twice", "two more threads close", WAITING, .capacity = 1, .items = 1,
	           .takes = 2, .ender = TWO_CLOSERS),
	  .threads = 4, .membarrier = true, .barrier_at_once = true,
	  .preemptions = EXPLORE_AT_MOST(2) },
	{ SCENARIO("spsc_cancel", "a third thread cancels", WAITING, .capacity = 1, .items = 2,
	           .takes = 3, .ender = CANCELLER),
	  .threads = 3, .membarrier = true, .barrier_at_once = true,
	  .preemptions = EXPLORE_AT_MOST(3) },
	{ SCENARIO("spsc_deadline_close",
	           "both sides wait up to a deadline, and a third thread closes", DEADLINE,
	           .capacity = 1, .items = 1, .takes = 2, .ender = CLOSER),
	  .threads = 3, .membarrier = true, .barrier_at_once = true, .ticks = 1,
	  .preemptions = EXPLORE_AT_MOST(3) },
};

const unsigned n_spsc_programs = COUNT_OF(spsc_programs);
