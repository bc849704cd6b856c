/* SPDX-License-Identifier: Apache-2.0 */
/* Concurrency Kit's ring, with items in its slots. Of a power of two slots it uses all but one. */
#include <ck_ring.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../rival.h"

CK_RING_PROTOTYPE(item, item)

typedef struct peer {
	struct ck_ring ring;
	struct item slots[];
} peer;

static peer *peer_make(size_t capacity)
{
	peer *p;

	if (posix_memalign((void **)&p, BENCH_ALIGN, sizeof(*p) + capacity * sizeof(struct item)))
		return NULL;
	ck_ring_init(&p->ring, (unsigned)capacity);
	return p;
}

static void peer_free(peer *p)
{
	free(p);
}

static inline bool peer_try_push(peer *p, const struct item *item)
{
	struct item copy = *item;

	return PEER_SINGLE ? ck_ring_enqueue_spsc_item(&p->ring, p->slots, &copy)
	                   : ck_ring_enqueue_mpmc_item(&p->ring, p->slots, &copy);
}

static inline bool peer_try_pop(peer *p, struct item *item)
{
	return PEER_SINGLE ? ck_ring_dequeue_spsc_item(&p->ring, p->slots, item)
	                   : ck_ring_dequeue_mpmc_item(&p->ring, p->slots, item);
}

#include "../measure.h"
