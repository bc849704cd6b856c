/* SPDX-License-Identifier: Apache-2.0 */
/* leat's lock-free rings, their form fixed at compile time. */
#include <leat/ring.h>

#include <stdbool.h>

#include "../rival.h"

#if PEER_SINGLE
LEAT_RING_OF(typed, struct item, LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER);
#else
LEAT_RING_OF(typed, struct item, 0);
#endif

typedef struct typed peer;

static peer *peer_make(size_t capacity)
{
	struct typed *ring;

	return typed_new(&ring, capacity) ? NULL : ring;
}

static void peer_free(peer *ring)
{
	typed_free(ring);
}

static inline bool peer_try_push(peer *ring, const struct item *item)
{
	return typed_push(ring, item, LEAT_NOW) == 0;
}

static inline bool peer_try_pop(peer *ring, struct item *item)
{
	return typed_pop(ring, item, LEAT_NOW) == 0;
}

static inline void peer_push(peer *ring, const struct item *item)
{
	typed_push(ring, item, LEAT_FOREVER);
}

static inline void peer_pop(peer *ring, struct item *item)
{
	typed_pop(ring, item, LEAT_FOREVER);
}

static inline size_t peer_try_push_n(peer *ring, const struct item *items, size_t n)
{
	ssize_t went = typed_push_n(ring, items, n, LEAT_NOW);

	return went > 0 ? (size_t)went : 0;
}

static inline size_t peer_try_pop_n(peer *ring, struct item *items, size_t n)
{
	ssize_t came = typed_pop_n(ring, items, n, LEAT_NOW);

	return came > 0 ? (size_t)came : 0;
}

#include "../measure.h"
