/* SPDX-License-Identifier: Apache-2.0 */
/* A sleeper and its waker. Each stores a word and then loads the other's, and no fence stands between. */
#include "explorer.h"

static struct {
	uint32_t ready, asleep, wakes;
} memory;

static void waker(void)
{
	explore_store(&memory.ready, 1, relaxed);
	if (explore_load(&memory.asleep, relaxed)) {
		explore_fetch_add(&memory.wakes, 1, relaxed);
		explore_futex_wake(&memory.wakes, 1);
	}
}

static void sleeper(void)
{
	explore_store(&memory.asleep, 1, relaxed);
	explore_fence(seq_cst);
	if (!explore_load(&memory.ready, relaxed))
		explore_futex_wait(&memory.wakes, 0, INT64_MAX);
}

static void run(unsigned thread)
{
	if (thread == 0)
		waker();
	else
		sleeper();
}

static const struct explore_program programs[] = {
	{ .name = "wake",
	  .about = "nobody sleeps for ever",
	  .threads = 2,
	  .run = run,
	  .memory = &memory,
	  .memory_size = sizeof(memory) },
};

int main(int argc, char **argv)
{
	return explore_main(argc, argv, programs, 1);
}
