/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event counts alone: some threads make tokens and signal, others wait for one each. Whatever happens, nobody
 * sleeps while there is a token for it.
 */
#include "programs.h"

#include "wait/wait.h"

#include "base/barrier.h"

#include <errno.h>

static struct {
	struct leat__event event;
	uint32_t tokens;
	uint64_t made; /* plain data: whoever takes the only token has to see it written */
	uint8_t taken[4];
	uint8_t gave_up[4];
} memory __attribute__((aligned(64)));

struct setting {
	unsigned makers, takers;
	bool fences;
	bool impatient; /* the first taker waits up to tick 1, and gives back what it has got */
	leat_deadline until;
};

static const struct setting *setting(void)
{
	return explore_argument();
}

static void init(void)
{
	leat__event_init(&memory.event);
	leat__barrier_use_fences(setting()->fences);
}

static void make(void)
{
	if (setting()->makers == 1)
		explore_write(&memory.made, explore_read(&memory.made) + 1);
	/* release, pairs with take: as a ring publishes an item */
	leat__fetch_add(&memory.tokens, 1, release);
	leat__fence_light(setting()->fences);
	if (leat__load(&memory.event.state, relaxed) & LEAT__EVENT_ASLEEP_MASK)
		leat__event_signal(&memory.event);
}

static int take(void)
{
	uint32_t tokens = leat__load(&memory.tokens, relaxed);

	do
		if (tokens == 0)
			return -EAGAIN;
	while (!leat__compare_exchange(&memory.tokens, &tokens, tokens - 1, acquire));
	if (setting()->makers == 1)
		explore_check(explore_read(&memory.made) > 0);
	return 0;
}

static void wait_for_one(unsigned thread)
{
	struct leat__wait wait;
	int result;

	leat__wait_begin(&wait, &memory.event,
	                 setting()->impatient && thread == 0 ? 1 : setting()->until,
	                 setting()->fences);
	while ((result = take()) == -EAGAIN)
		if ((result = leat__wait_step(&wait)) != 0)
			break;
	if (leat__wait_end(&wait) && leat__load(&memory.tokens, relaxed) > 0)
		leat__event_signal(&memory.event);
	memory.taken[thread] = result == 0;
	memory.gave_up[thread] = result == -ETIMEDOUT;
	if (setting()->impatient && thread == 0 && result == 0) {
		memory.taken[thread] = 0;
		memory.gave_up[thread] = 1;
		make();
	}
}

static void run(unsigned thread)
{
	if (thread < setting()->makers)
		make();
	else
		wait_for_one(thread - setting()->makers);
}

static void end(void)
{
	unsigned taken = 0;

	for (unsigned t = 0; t < setting()->takers; t++) {
		explore_check(memory.taken[t] || memory.gave_up[t]);
		taken += memory.taken[t];
	}
	explore_check(taken + memory.tokens == setting()->makers);
	explore_check((memory.event.state & LEAT__EVENT_ASLEEP_MASK) == 0);
	/* a signal is for a token, and nobody else can have taken it */
	if (setting()->takers == 1)
		explore_check(memory.event.sequence == 0 || memory.taken[0]);
}

#define EVENT(name_, about_, ...)                                                                  \
	.name = name_, .about = about_, .init = init, .run = run, .end = end, .memory = &memory,   \
	.memory_size = sizeof(memory), .argument = &(const struct setting)                         \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define WAITING .until = LEAT_FOREVER

const struct explore_program event_programs[] = {
	{ EVENT("event_one", "one token, one who waits for it", WAITING, .makers = 1, .takers = 1),
	  .threads = 2, .membarrier = true, .spurious = true },
	{ EVENT("event_one_fences", "the same where the kernel has no membarrier", WAITING,
	        .makers = 1, .takers = 1, .fences = true),
	  .threads = 2, .spurious = true },
	{ EVENT("event_two_makers", "two tokens, one who waits", WAITING, .makers = 2, .takers = 1),
	  .threads = 3, .membarrier = true },
	{ EVENT("event_two", "two tokens, two who wait", WAITING, .makers = 2, .takers = 2,
	        .fences = true),
	  .threads = 4, .preemptions = EXPLORE_AT_MOST(3) },
	{ EVENT("event_two_membarrier", "the same with membarrier", WAITING, .makers = 2,
	        .takers = 2),
	  .threads = 4, .membarrier = true, .barrier_at_once = true,
	  .preemptions = EXPLORE_AT_MOST(2) },
	{ EVENT("event_deadline_one", "one token, one who waits up to a deadline", .until = 1,
	        .makers = 1, .takers = 1),
	  .threads = 2, .membarrier = true, .spurious = true, .ticks = 1 },
	{ EVENT("event_deadline", "one token, two who wait up to a deadline", .until = 1,
	        .makers = 1, .takers = 2, .fences = true),
	  .threads = 3, .ticks = 1, .preemptions = EXPLORE_AT_MOST(2) },
	{ EVENT("event_impatient", "a signal that reaches one who gives up is passed on", WAITING,
	        .makers = 1, .takers = 2, .impatient = true),
	  .threads = 3, .membarrier = true, .barrier_at_once = true, .ticks = 1,
	  .preemptions = EXPLORE_AT_MOST(2) },
};

const unsigned n_event_programs = COUNT_OF(event_programs);
