/* SPDX-License-Identifier: Apache-2.0 */
/* moodycamel's queue for one producer and one consumer. Its try_enqueue keeps to the blocks that it
 * was born with, a bound that is rounded up. */
#include <readerwriterqueue/readerwriterqueue.h>

#include "../rival.h"

typedef moodycamel::ReaderWriterQueue<item> peer;

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

#include "../measure.h"
