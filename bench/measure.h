/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loops of the ring benchmark around one rival's calls: the last line of a file in peers/. See
 * rival.h. Meson sets RIVAL, the name of the table that this makes, PEER_NAME, PEER_TRAITS and
 * PEER_REFUSES, PEER_WAITS, PEER_BATCHES, each 0 or 1.
 */
#include "rival.h"

/* The same loops over the calls that refuse and over those that wait. */
#define BENCH_LOOPS(calls)                                                                         \
	static void produce_##calls(void *ring, uint64_t first, uint64_t n)                        \
	{                                                                                          \
		for (uint64_t i = 0; i < n; i++) {                                                 \
			const struct item item = item_of(first + i);                               \
			put_##calls((peer *)ring, &item);                                          \
		}                                                                                  \
	}                                                                                          \
	static uint64_t consume_##calls(void *ring, uint64_t n)                                    \
	{                                                                                          \
		uint64_t sum = 0;                                                                  \
		struct item item = item_of(0);                                                     \
                                                                                                   \
		for (uint64_t i = 0; i < n; i++) {                                                 \
			take_##calls((peer *)ring, &item);                                         \
			sum += item_sum(&item);                                                    \
		}                                                                                  \
		return sum;                                                                        \
	}                                                                                          \
	static uint64_t ask_##calls(void *there, void *back, uint64_t first, uint64_t n)           \
	{                                                                                          \
		uint64_t sum = 0;                                                                  \
                                                                                                   \
		for (uint64_t i = 0; i < n; i++) {                                                 \
			struct item item = item_of(first + i);                                     \
			put_##calls((peer *)there, &item);                                         \
			take_##calls((peer *)back, &item);                                         \
			sum += item_sum(&item);                                                    \
		}                                                                                  \
		return sum;                                                                        \
	}                                                                                          \
	static void answer_##calls(void *there, void *back, uint64_t n)                            \
	{                                                                                          \
		struct item item = item_of(0);                                                     \
                                                                                                   \
		for (uint64_t i = 0; i < n; i++) {                                                 \
			take_##calls((peer *)there, &item);                                        \
			put_##calls((peer *)back, &item);                                          \
		}                                                                                  \
	}

#if PEER_REFUSES
static inline void put_spin(peer *ring, const struct item *item)
{
	unsigned misses = 0;

	while (!peer_try_push(ring, item))
		bench_relax(&misses);
}

static inline void take_spin(peer *ring, struct item *item)
{
	unsigned misses = 0;

	while (!peer_try_pop(ring, item))
		bench_relax(&misses);
}

BENCH_LOOPS(spin)
#else
#define produce_spin NULL
#define consume_spin NULL
#define ask_spin     NULL
#define answer_spin  NULL
#endif

#if PEER_WAITS
static inline void put_wait(peer *ring, const struct item *item)
{
	peer_push(ring, item);
}

static inline void take_wait(peer *ring, struct item *item)
{
	peer_pop(ring, item);
}

BENCH_LOOPS(wait)
#else
#define produce_wait NULL
#define consume_wait NULL
#define ask_wait     NULL
#define answer_wait  NULL
#endif

#if PEER_BATCHES
static inline size_t bench_batch(uint64_t left)
{
	return left < BENCH_BATCH ? (size_t)left : (size_t)BENCH_BATCH;
}

static void produce_batch(void *ring, uint64_t first, uint64_t n)
{
	struct item items[BENCH_BATCH];

	for (uint64_t done = 0; done < n;) {
		size_t filled = bench_batch(n - done), sent = 0;
		unsigned misses = 0;

		for (size_t i = 0; i < filled; i++)
			items[i] = item_of(first + done + i);
		while (sent < filled) {
			size_t went = peer_try_push_n((peer *)ring, items + sent, filled - sent);
			if (went == 0)
				bench_relax(&misses);
			sent += went;
		}
		done += filled;
	}
}

static uint64_t consume_batch(void *ring, uint64_t n)
{
	struct item items[BENCH_BATCH];
	uint64_t sum = 0;
	unsigned misses = 0;

	for (uint64_t done = 0; done < n;) {
		size_t came = peer_try_pop_n((peer *)ring, items, bench_batch(n - done));
		if (came == 0)
			bench_relax(&misses);
		for (size_t i = 0; i < came; i++)
			sum += item_sum(&items[i]);
		done += came;
	}
	return sum;
}
#else
#define produce_batch NULL
#define consume_batch NULL
#endif

static void *bench_make(size_t capacity)
{
	return peer_make(capacity);
}

static void bench_free(void *ring)
{
	peer_free((peer *)ring);
}

#ifdef __cplusplus
extern "C" {
#endif
extern const struct rival RIVAL;
#ifdef __cplusplus
}
#endif

const struct rival RIVAL = {
	PEER_NAME,
	NULL,
	NULL,
	PEER_TRAITS,
	ITEM_WORDS,
	bench_make,
	bench_free,
	{ produce_spin, produce_wait, produce_batch },
	{ consume_spin, consume_wait, consume_batch },
	{ ask_spin, ask_wait },
	{ answer_spin, answer_wait },
};
