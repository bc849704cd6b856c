/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DPDK's ring, from its header alone: its library wants the whole environment of DPDK for an
 * allocation. PEER_SYNC is an enum rte_ring_sync_type. Of a power of two slots it uses all but one.
 */
#include <rte_ring.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../rival.h"

typedef struct rte_ring peer;

static peer *peer_make(size_t capacity)
{
	peer *ring;

	if (posix_memalign((void **)&ring, BENCH_ALIGN,
	                   sizeof(*ring) + capacity * sizeof(struct item)))
		return NULL;
	memset(ring, 0, sizeof(*ring));
	ring->size = (uint32_t)capacity;
	ring->mask = ring->capacity = (uint32_t)capacity - 1;
	ring->prod.sync_type = ring->cons.sync_type = PEER_SYNC;
	return ring;
}

static void peer_free(peer *ring)
{
	free(ring);
}

/* With the form known at compile time, as in DPDK's own rte_ring_sp_..., rte_ring_mp_... calls. */
static inline size_t peer_try_push_n(peer *ring, const struct item *items, size_t n)
{
	const unsigned count = (unsigned)n;

	if (PEER_SYNC == RTE_RING_SYNC_ST)
		return rte_ring_sp_enqueue_burst_elem(ring, items, sizeof(*items), count, NULL);
	if (PEER_SYNC == RTE_RING_SYNC_MT_HTS)
		return rte_ring_mp_hts_enqueue_burst_elem(ring, items, sizeof(*items), count, NULL);
	return rte_ring_mp_enqueue_burst_elem(ring, items, sizeof(*items), count, NULL);
}

static inline size_t peer_try_pop_n(peer *ring, struct item *items, size_t n)
{
	const unsigned count = (unsigned)n;

	if (PEER_SYNC == RTE_RING_SYNC_ST)
		return rte_ring_sc_dequeue_burst_elem(ring, items, sizeof(*items), count, NULL);
	if (PEER_SYNC == RTE_RING_SYNC_MT_HTS)
		return rte_ring_mc_hts_dequeue_burst_elem(ring, items, sizeof(*items), count, NULL);
	return rte_ring_mc_dequeue_burst_elem(ring, items, sizeof(*items), count, NULL);
}

static inline bool peer_try_push(peer *ring, const struct item *item)
{
	return peer_try_push_n(ring, item, 1) == 1;
}

static inline bool peer_try_pop(peer *ring, struct item *item)
{
	return peer_try_pop_n(ring, item, 1) == 1;
}

#include "../measure.h"
