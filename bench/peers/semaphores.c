/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded buffer with two counting semaphores and a mutex (E. W. Dijkstra, Cooperating
 * sequential processes, 1965). */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "../rival.h"

typedef struct peer {
	sem_t room, items;
	pthread_mutex_t lock;
	size_t capacity, head, tail;
	struct item slots[];
} peer;

static peer *peer_make(size_t capacity)
{
	peer *p = calloc(1, sizeof(*p) + capacity * sizeof(struct item));

	if (p == NULL)
		return NULL;
	sem_init(&p->room, 0, (unsigned)capacity);
	sem_init(&p->items, 0, 0);
	pthread_mutex_init(&p->lock, NULL);
	p->capacity = capacity;
	return p;
}

static void peer_free(peer *p)
{
	pthread_mutex_destroy(&p->lock);
	sem_destroy(&p->items);
	sem_destroy(&p->room);
	free(p);
}

static inline void acquire(sem_t *semaphore)
{
	while (sem_wait(semaphore) != 0) /* a signal came */
		;
}

static inline void peer_push(peer *p, const struct item *item)
{
	acquire(&p->room);
	pthread_mutex_lock(&p->lock);
	p->slots[p->tail] = *item;
	p->tail = p->tail + 1 == p->capacity ? 0 : p->tail + 1;
	pthread_mutex_unlock(&p->lock);
	sem_post(&p->items);
}

static inline void peer_pop(peer *p, struct item *item)
{
	acquire(&p->items);
	pthread_mutex_lock(&p->lock);
	*item = p->slots[p->head];
	p->head = p->head + 1 == p->capacity ? 0 : p->head + 1;
	pthread_mutex_unlock(&p->lock);
	sem_post(&p->room);
}

#include "../measure.h"
