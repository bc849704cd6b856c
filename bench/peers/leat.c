/* SPDX-License-Identifier: Apache-2.0 */
/* leat's rings through its plain calls. PEER_SYNC is an enum leat_sync. */
#include <leat/ring.h>

#include <stdbool.h>

#include "../rival.h"

typedef leat_ring peer;

static peer *peer_make(size_t capacity)
{
	leat_ring_options options = LEAT_RING_OPTIONS_INIT;
	leat_ring *ring;

	if (PEER_SINGLE)
		options.flags = LEAT_RING_SINGLE_PRODUCER | LEAT_RING_SINGLE_CONSUMER;
	options.sync = PEER_SYNC;
	options.capacity = capacity;
	options.item_size = sizeof(struct item);
	return leat_ring_new(&ring, &options) ? NULL : ring;
}

static void peer_free(peer *ring)
{
	leat_ring_free(ring);
}

static inline bool peer_try_push(peer *ring, const struct item *item)
{
	return leat_ring_push(ring, item, LEAT_NOW) == 0;
}

static inline bool peer_try_pop(peer *ring, struct item *item)
{
	return leat_ring_pop(ring, item, LEAT_NOW) == 0;
}

static inline void peer_push(peer *ring, const struct item *item)
{
	leat_ring_push(ring, item, LEAT_FOREVER);
}

static inline void peer_pop(peer *ring, struct item *item)
{
	leat_ring_pop(ring, item, LEAT_FOREVER);
}

static inline size_t peer_try_push_n(peer *ring, const struct item *items, size_t n)
{
	ssize_t went = leat_ring_push_n(ring, items, n, LEAT_NOW);

	return went > 0 ? (size_t)went : 0;
}

static inline size_t peer_try_pop_n(peer *ring, struct item *items, size_t n)
{
	ssize_t came = leat_ring_pop_n(ring, items, n, LEAT_NOW);

	return came > 0 ? (size_t)came : 0;
}

#include "../measure.h"
