/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded buffer of every textbook: a mutex, and a condition variable for each side. */
#include <pthread.h>
#include <stdlib.h>

#include "../rival.h"

typedef struct peer {
	pthread_mutex_t lock;
	pthread_cond_t not_full, not_empty;
	size_t capacity, count, head, tail;
	struct item slots[];
} peer;

static peer *peer_make(size_t capacity)
{
	peer *p = calloc(1, sizeof(*p) + capacity * sizeof(struct item));

	if (p == NULL)
		return NULL;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->not_full, NULL);
	pthread_cond_init(&p->not_empty, NULL);
	p->capacity = capacity;
	return p;
}

static void peer_free(peer *p)
{
	pthread_cond_destroy(&p->not_empty);
	pthread_cond_destroy(&p->not_full);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static inline void peer_push(peer *p, const struct item *item)
{
	pthread_mutex_lock(&p->lock);
	while (p->count == p->capacity)
		pthread_cond_wait(&p->not_full, &p->lock);
	p->slots[p->tail] = *item;
	p->tail = p->tail + 1 == p->capacity ? 0 : p->tail + 1;
	p->count++;
	pthread_mutex_unlock(&p->lock);
	pthread_cond_signal(&p->not_empty);
}

static inline void peer_pop(peer *p, struct item *item)
{
	pthread_mutex_lock(&p->lock);
	while (p->count == 0)
		pthread_cond_wait(&p->not_empty, &p->lock);
	*item = p->slots[p->head];
	p->head = p->head + 1 == p->capacity ? 0 : p->head + 1;
	p->count--;
	pthread_mutex_unlock(&p->lock);
	pthread_cond_signal(&p->not_full);
}

#include "../measure.h"
