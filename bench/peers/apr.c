/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of the Apache Portable Runtime, which moves pointers. */
#include <apr_general.h>
#include <apr_queue.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../rival.h"

typedef struct peer {
	apr_queue_t *queue;
	apr_pool_t *pool;
} peer;

static peer *peer_make(size_t capacity)
{
	peer *p = malloc(sizeof(*p));

	if (p == NULL || apr_initialize() != APR_SUCCESS ||
	    apr_pool_create(&p->pool, NULL) != APR_SUCCESS ||
	    apr_queue_create(&p->queue, (unsigned)capacity, p->pool) != APR_SUCCESS)
		return NULL; /* which ends the benchmark */
	return p;
}

static void peer_free(peer *p)
{
	apr_pool_destroy(p->pool);
	apr_terminate();
	free(p);
}

static inline bool peer_try_push(peer *p, const struct item *item)
{
	return apr_queue_trypush(p->queue, (void *)(uintptr_t)item->word[0]) == APR_SUCCESS;
}

static inline bool peer_try_pop(peer *p, struct item *item)
{
	void *data;

	if (apr_queue_trypop(p->queue, &data) != APR_SUCCESS)
		return false;
	item->word[0] = (uintptr_t)data;
	return true;
}

static inline void peer_push(peer *p, const struct item *item)
{
	while (apr_queue_push(p->queue, (void *)(uintptr_t)item->word[0]) !=
	       APR_SUCCESS) /* APR_EINTR */
		;
}

static inline void peer_pop(peer *p, struct item *item)
{
	void *data;

	while (apr_queue_pop(p->queue, &data) != APR_SUCCESS) /* APR_EINTR */
		;
	item->word[0] = (uintptr_t)data;
}

#include "../measure.h"
