/* SPDX-License-Identifier: Apache-2.0 */
/* moodycamel's queue for any number of threads, through its calls without tokens. It grows. */
#include <concurrentqueue/concurrentqueue.h>

#include "../rival.h"

typedef moodycamel::ConcurrentQueue<item> peer;

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
	return queue->enqueue(*i);
}

static inline bool peer_try_pop(peer *queue, item *i)
{
	return queue->try_dequeue(*i);
}

static inline size_t peer_try_push_n(peer *queue, const item *items, size_t n)
{
	return queue->enqueue_bulk(items, n) ? n : 0;
}

static inline size_t peer_try_pop_n(peer *queue, item *items, size_t n)
{
	return queue->try_dequeue_bulk(items, n);
}

#include "../measure.h"
