/* SPDX-License-Identifier: Apache-2.0 */
/* Boost's queue for any number of threads, held to the nodes that it was born with. */
#include <boost/lockfree/queue.hpp>

#include "../rival.h"

typedef boost::lockfree::queue<item> peer;

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
	return queue->bounded_push(*i);
}

static inline bool peer_try_pop(peer *queue, item *i)
{
	return queue->pop(*i);
}

#include "../measure.h"
