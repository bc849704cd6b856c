/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is explored of a ring: some producers, some consumers, and perhaps somebody who ends it. Each
 * scenario is a program of the explorer; the ring is the library's own source, made by
 * leat_ring_new.
 */
#ifndef VERIFY_RING_SCENARIO_H
#define VERIFY_RING_SCENARIO_H

#include "programs.h"

#include <leat/ring.h>

enum ender {
	NOBODY,      /* each consumer takes `takes` items and goes */
	LAST_LEAVES, /* producers have joined, and leave */
	CLOSER,      /* one more thread closes */
	CANCELLER,   /* one more thread cancels */
	TWO_CLOSERS, /* two more threads close */
	EITHER       /* one more thread closes, another cancels */
};

struct scenario {
	uint32_t flags, sync;
	unsigned capacity;
	bool fences; /* as where the kernel refuses membarrier */
	unsigned producers, consumers;
	unsigned items;            /* of each producer */
	unsigned takes;            /* by each consumer, at most */
	unsigned batch;            /* items a call; 0: the calls for one */
	bool pushes_one, pops_one; /* although there is a batch */
	enum ender ender;
	leat_deadline push_until, pop_until;
	uint64_t age; /* items that the ring has moved before, so that counters wrap */
	bool insists; /* who is told of the end asks in other ways, and is told so again */
	bool joiner;  /* one more thread joins meanwhile */
	bool tallies; /* one more thread counts meanwhile */
};

void scenario_init(void);
void scenario_run(unsigned thread);
void scenario_end(void);

/* What all scenarios share, for a struct explore_program. */
#define SCENARIO(name_, about_, ...)                                                               \
	.name = name_, .about = about_, .init = scenario_init, .run = scenario_run,                \
	.end = scenario_end, .memory = scenario_memory, .memory_size = SCENARIO_MEMORY,            \
	.argument = &(const struct scenario)                                                       \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

#define SCENARIO_MEMORY 192
extern char scenario_memory[SCENARIO_MEMORY];

#endif
