/* SPDX-License-Identifier: Apache-2.0 */
/* GLib's asynchronous queue, which moves pointers that are not NULL and knows no bound. */
#include <glib.h>
#include <stdbool.h>

#include "../rival.h"

typedef GAsyncQueue peer;

static peer *peer_make(size_t capacity)
{
	(void)capacity;
	return g_async_queue_new();
}

static void peer_free(peer *queue)
{
	g_async_queue_unref(queue);
}

static inline void peer_push(peer *queue, const struct item *item)
{
	g_async_queue_push(queue, GSIZE_TO_POINTER(item->word[0]));
}

static inline void peer_pop(peer *queue, struct item *item)
{
	item->word[0] = GPOINTER_TO_SIZE(g_async_queue_pop(queue));
}

static inline bool peer_try_push(peer *queue, const struct item *item)
{
	peer_push(queue, item);
	return true;
}

static inline bool peer_try_pop(peer *queue, struct item *item)
{
	item->word[0] = GPOINTER_TO_SIZE(g_async_queue_try_pop(queue));
	return item->word[0] != 0;
}

#include "../measure.h"
