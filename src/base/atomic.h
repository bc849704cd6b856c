/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door to shared memory. Whatever two threads may touch at the same time is touched through
 * these macros and nothing else: in the library they are exactly the C11 operations of the order
 * that is named, and an explorer can take their place because each call site is a place of its own.
 *
 * Shared words are of plain integer types, so that both builds have one layout. Orders are written
 * as words: leat__load(&ring->tail, acquire). Every acquire and release names its partner in a
 * comment.
 *
 * <leat/ring_inline.h> has its own names for the few operations of the inline fast path, since it
 * is compiled by callers who have no src/base; here they are bound to the door.
 */
#ifndef LEAT_BASE_ATOMIC_H
#define LEAT_BASE_ATOMIC_H

#include <stdint.h>

#define LEAT__ORDER_relaxed __ATOMIC_RELAXED
#define LEAT__ORDER_acquire __ATOMIC_ACQUIRE
#define LEAT__ORDER_release __ATOMIC_RELEASE
#define LEAT__ORDER_acq_rel __ATOMIC_ACQ_REL

#define leat__load(word, order)             __atomic_load_n((word), LEAT__ORDER_##order)
#define leat__store(word, value, order)     __atomic_store_n((word), (value), LEAT__ORDER_##order)
#define leat__fetch_add(word, value, order) __atomic_fetch_add((word), (value), LEAT__ORDER_##order)
#define leat__fetch_sub(word, value, order) __atomic_fetch_sub((word), (value), LEAT__ORDER_##order)
#define leat__fetch_or(word, value, order)  __atomic_fetch_or((word), (value), LEAT__ORDER_##order)

/* On failure *expected is what the word held, loaded relaxed. The weak form may fail for nothing.
 */
#define leat__compare_exchange(word, expected, value, order)                                       \
	__atomic_compare_exchange_n((word), (expected), (value), 0, LEAT__ORDER_##order,           \
	                            __ATOMIC_RELAXED)
#define leat__compare_exchange_weak(word, expected, value, order)                                  \
	__atomic_compare_exchange_n((word), (expected), (value), 1, LEAT__ORDER_##order,           \
	                            __ATOMIC_RELAXED)

/*
 * Words whose value is a guess about time, or a statistic: whatever a thread finds there is right, and a
 * count that two threads miss is no mistake. Relaxed, and of no interest to an explorer.
 */
#define leat__hint(word)            leat__load(word, relaxed)
#define leat__set_hint(word, value) leat__store(word, value, relaxed)
#define leat__count(word)           ((void)leat__fetch_add(word, 1, relaxed))

/* For the inline fast path. */
#define LEAT__DOOR
#define LEAT__LOAD(word, order)         leat__load(word, order)
#define LEAT__STORE(word, value, order) leat__store(word, value, order)
#define LEAT__COMPARE_EXCHANGE_WEAK(word, expected, value, order)                                  \
	leat__compare_exchange_weak(word, expected, value, order)
#define LEAT__FENCE_LIGHT(fences)  leat__fence_light(fences)
#define LEAT__COPY(to, from, size) __builtin_memcpy((to), (from), (size))

#define LEAT__PAUSE() leat__pause()

#include "base/barrier.h"
#include "base/processors.h"

#endif
