/* SPDX-License-Identifier: Apache-2.0 */
/* The door of src/base/atomic.h, with the explorer behind it. */
#ifndef LEAT_BASE_ATOMIC_H
#define LEAT_BASE_ATOMIC_H

#include "explorer.h"

#define leat__load(word, order)             explore_load(word, order)
#define leat__store(word, value, order)     explore_store(word, value, order)
#define leat__fetch_add(word, value, order) explore_fetch_add(word, value, order)
#define leat__fetch_sub(word, value, order) explore_fetch_sub(word, value, order)
#define leat__fetch_or(word, value, order)  explore_fetch_or(word, value, order)
#define leat__compare_exchange(word, expected, value, order)                                       \
	explore_compare_exchange(word, expected, value, order)
#define leat__compare_exchange_weak(word, expected, value, order)                                  \
	explore_compare_exchange_weak(word, expected, value, order)

/* Any value is right, so one will do: waits neither spin nor yield before they sleep. */
#define leat__hint(word)            ((void)(word), (uint32_t)0)
#define leat__set_hint(word, value) ((void)(word), (void)(value))
#define leat__count(word)           ((void)(word))

#define LEAT__DOOR
#define LEAT__LOAD(word, order)         leat__load(word, order)
#define LEAT__STORE(word, value, order) leat__store(word, value, order)
#define LEAT__COMPARE_EXCHANGE_WEAK(word, expected, value, order)                                  \
	leat__compare_exchange_weak(word, expected, value, order)
#define LEAT__FENCE_LIGHT(fences)  leat__fence_light(fences)
#define LEAT__COPY(to, from, size) explore_copy(to, from, size)

/* Only a matter of speed where it stands: no loop of ours waits by it alone. */
#define LEAT__PAUSE() ((void)0)

#include "base/barrier.h"
#include "base/processors.h"

#endif
