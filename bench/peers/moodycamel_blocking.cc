/* SPDX-License-Identifier: Apache-2.0 */
/* moodycamel's queue whose consumers can sleep. Its producers never wait: it grows. */
#include <concurrentqueue/blockingconcurrentqueue.h>

#include "../rival.h"

typedef moodycamel::BlockingConcurrentQueue<item> peer;

static peer *peer_make(size_t capacity)
{
	return new peer(capacity);
}

static void peer_free(peer *queue)
{
	delete queue;
}

static inline void peer_push(peer *queue, const item *i)
{
	queue->enqueue(*i);
}

static inline void peer_pop(peer *queue, item *i)
{
	queue->wait_dequeue(*i);
}

#include "../measure.h"
