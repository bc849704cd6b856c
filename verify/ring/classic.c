/* SPDX-License-Identifier: Apache-2.0 */
/* The rings of a mutex with two condition variables, and of semaphores. */
#include "scenario.h"

#define LOCKED     .sync = LEAT_SYNC_MUTEX
#define SEMAPHORES .sync = LEAT_SYNC_SEMAPHORE
#define WAITING    .push_until = LEAT_FOREVER, .pop_until = LEAT_FOREVER
#define DEADLINE   .push_until = 1, .pop_until = 1
#define FOUR       .producers = 2, .consumers = 2

const struct explore_program classic_programs[] = {
	{ SCENARIO("locked_two_to_two",
	           "two to two, two items each through capacity 2, the last one leaves", LOCKED,
	           WAITING, FOUR, .capacity = 2, .items = 2, .takes = 3, .ender = LAST_LEAVES),
	  .threads = 4 },
	{ SCENARIO("locked_spurious", "two to two, one item each, and sleepers wake for nothing",
	           LOCKED, WAITING, FOUR, .capacity = 1, .items = 1, .takes = 2,
	           .ender = LAST_LEAVES),
	  .threads = 4, .spurious = true },
	{ SCENARIO("locked_close",
	           "two to two, two items each through capacity 1, a fifth thread closes", LOCKED,
	           WAITING, FOUR, .capacity = 1, .items = 2, .takes = 3, .ender = CLOSER),
	  .threads = 5 },
	{ SCENARIO("locked_cancel",
	           "two to two, two items each through capacity 1, a fifth thread cancels", LOCKED,
	           WAITING, FOUR, .capacity = 1, .items = 2, .takes = 3, .ender = CANCELLER),
	  .threads = 5 },
	{ SCENARIO("locked_deadline", "two to two, all wait up to a deadline", LOCKED, DEADLINE,
	           FOUR, .capacity = 1, .items = 2, .takes = 2),
	  .threads = 4, .ticks = 1 },
	{ SCENARIO("locked_batch",
	           "two to two, batches of 2 through capacity 2, the last one leaves", LOCKED,
	           WAITING, FOUR, .capacity = 2, .items = 4, .takes = 6, .batch = 2,
	           .ender = LAST_LEAVES),
	  .threads = 4 },
	{ SCENARIO("locked_batch_to_two", "a batch is for two, who take one each", LOCKED, WAITING,
	           .producers = 1, .consumers = 2, .capacity = 2, .items = 2, .takes = 1,
	           .batch = 2, .pops_one = true),
	  .threads = 3 },
	{ SCENARIO("semaphore_transfer", "3 items pass through capacity 2, in order", SEMAPHORES,
	           WAITING, .producers = 1, .consumers = 1, .capacity = 2, .items = 3, .takes = 3),
	  .threads = 2 },
	{ SCENARIO("semaphore_two_to_two",
	           "two to two, an item each through capacity 1, the last one leaves", SEMAPHORES,
	           WAITING, FOUR, .capacity = 1, .items = 1, .takes = 2, .ender = LAST_LEAVES),
	  .threads = 4 },
	{ SCENARIO("semaphore_close", "one to two, and a fourth thread closes", SEMAPHORES, WAITING,
	           .producers = 1, .consumers = 2, .capacity = 1, .items = 2, .takes = 3,
	           .ender = CLOSER),
	  .threads = 4 },
	{ SCENARIO("semaphore_close_producers", "two to one, and a fourth thread closes",
	           SEMAPHORES, WAITING, .producers = 2, .consumers = 1, .capacity = 1, .items = 2,
	           .takes = 1, .ender = CLOSER),
	  .threads = 4 },
	{ SCENARIO("semaphore_cancel", "one to one, and a third thread cancels", SEMAPHORES,
	           WAITING, .producers = 1, .consumers = 1, .capacity = 1, .items = 2, .takes = 3,
	           .ender = CANCELLER),
	  .threads = 3 },
	{ SCENARIO("semaphore_deadline", "two to one, all wait up to a deadline", SEMAPHORES,
	           DEADLINE, .producers = 2, .consumers = 1, .capacity = 1, .items = 1, .takes = 2),
	  .threads = 3, .ticks = 1 },
	{ SCENARIO("semaphore_batch", "batches of 2 through capacity 2, the producer leaves",
	           SEMAPHORES, WAITING, .producers = 1, .consumers = 1, .capacity = 2, .items = 4,
	           .takes = 5, .batch = 2, .ender = LAST_LEAVES),
	  .threads = 2 },
};

const unsigned n_classic_programs = COUNT_OF(classic_programs);
