/* SPDX-License-Identifier: Apache-2.0 */
/* moodycamel's bounded buffer for one producer and one consumer, both of which can sleep. */
#include <readerwriterqueue/readerwritercircularbuffer.h>

#include "../rival.h"

typedef moodycamel::BlockingReaderWriterCircularBuffer<item> peer;

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
	return queue->try_enqueue(*i);
}

static inline bool peer_try_pop(peer *queue, item *i)
{
	return queue->try_dequeue(*i);
}

static inline void peer_push(peer *queue, const item *i)
{
	queue->wait_enqueue(*i);
}

static inline void peer_pop(peer *queue, item *i)
{
	queue->wait_dequeue(*i);
}

#include "../measure.h"
