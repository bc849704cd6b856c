/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ring benchmark knows about a rival, ours or a peer: a table of whole loops, not of
 * single calls, so that each loop has the rival's own push and pop inlined.
 *
 * To add a rival, write peers/NAME.c (or .cc) and add a line to meson.build. The file defines the
 * type `peer` and, as far as meson.build says that the rival can,
 *
 *     peer_make, peer_free                 a buffer for `capacity` items
 *     peer_try_push, peer_try_pop          refuses: false when full (empty)
 *     peer_push, peer_pop                  waits: until there is room (an item)
 *     peer_try_push_n, peer_try_pop_n      batches: how many went, 0 when full (empty)
 *
 * and ends with #include "measure.h". It is compiled once for each item size, with ITEM_WORDS set,
 * and once for each side that it has, with PEER_SINGLE 1 (one producer, one consumer) or 0.
 */
#ifndef BENCH_RIVAL_H
#define BENCH_RIVAL_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

enum { BENCH_BATCH = 32, BENCH_ALIGN = 128 };

enum {
	RIVAL_REFUSES = 1,   /* has calls that do not wait */
	RIVAL_WAITS = 2,     /* has calls that sleep until they can go on */
	RIVAL_BATCHES = 4,   /* moves several items with one call */
	RIVAL_UNBOUNDED = 8, /* grows instead of making a producer wait */
	RIVAL_SINGLE = 16,   /* for one producer and one consumer only */
	RIVAL_OURS = 32,
	RIVAL_GREEN = 64 /* switches between its threads itself, without the system */
};

enum rival_calls { CALLS_SPIN, CALLS_WAIT, CALLS_BATCH, CALLS_KINDS };

struct rival {
	const char *name;
	const char *missing; /* what one would install; NULL: it is here */
	const char *program; /* that does the measuring itself; NULL: the loops below do */
	unsigned traits;
	unsigned words; /* of 8 bytes in an item */
	void *(*make)(size_t capacity);
	void (*free)(void *ring);
	/* Items first, first + 1, ... n of them. */
	void (*produce[CALLS_KINDS])(void *ring, uint64_t first, uint64_t n);
	/* Returns the sum of all words of n items. */
	uint64_t (*consume[CALLS_KINDS])(void *ring, uint64_t n);
	/* n times: an item goes there, and the same one comes back. Returns the sum. */
	uint64_t (*ask[CALLS_BATCH])(void *there, void *back, uint64_t first, uint64_t n);
	void (*answer[CALLS_BATCH])(void *there, void *back, uint64_t n);
};

#ifdef __cplusplus
extern "C" {
#endif

/* How often in a row a loop may fail before it gives up its processor: for ever where each thread
 * has a processor to itself. Set before the threads start. */
extern unsigned bench_patience;

#ifdef __cplusplus
}
#endif

/* Between two attempts of a loop that does not wait. */
static inline void bench_relax(unsigned *misses)
{
	if (++*misses >= bench_patience) {
		*misses = 0;
		sched_yield();
		return;
	}
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#ifdef ITEM_WORDS
struct item {
	uint64_t word[ITEM_WORDS];
};

static inline struct item item_of(uint64_t value)
{
	struct item item;

	for (int i = 0; i < ITEM_WORDS; i++)
		item.word[i] = value;
	return item;
}

static inline uint64_t item_sum(const struct item *item)
{
	uint64_t sum = 0;

	for (int i = 0; i < ITEM_WORDS; i++)
		sum += item->word[i];
	return sum;
}
#endif

#endif
