/* SPDX-License-Identifier: Apache-2.0 */
/* oneTBB's bounded queue. */
#include <tbb/concurrent_queue.h>

#include "../rival.h"

typedef tbb::concurrent_bounded_queue<item> peer;

static peer *peer_make(size_t capacity)
{
	peer *queue = new peer;

	queue->set_capacity(static_cast<std::ptrdiff_t>(capacity));
	return queue;
}

static void peer_free(peer *queue)
{
	delete queue;
}

static inline bool peer_try_push(peer *queue, const item *i)
{
	return queue->try_push(*i);
}

static inline bool peer_try_pop(peer *queue, item *i)
{
	return queue->try_pop(*i);
}

static inline void peer_push(peer *queue, const item *i)
{
	queue->push(*i);
}

static inline void peer_pop(peer *queue, item *i)
{
	queue->pop(*i);
}

#include "../measure.h"
