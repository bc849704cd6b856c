/* SPDX-License-Identifier: Apache-2.0 */
/* Boost's ring for one producer and one consumer. */
#include <boost/lockfree/spsc_queue.hpp>

#include "../rival.h"

typedef boost::lockfree::spsc_queue<item> peer;

static peer *peer_make(size_t capacity)
{
	return new peer(capacity);
}

static void peer_free(peer *queue)
{
	delete queue;
}

static inline bool peer_try_push(peer *queue, const item *i)
{
	return queue->push(*i);
}

static inline bool peer_try_pop(peer *queue, item *i)
{
	return queue->pop(*i);
}

static inline size_t peer_try_push_n(peer *queue, const item *items, size_t n)
{
	return queue->push(items, n);
}

static inline size_t peer_try_pop_n(peer *queue, item *items, size_t n)
{
	return queue->pop(items, n);
}

#include "../measure.h"
