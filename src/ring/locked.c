/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classic bounded buffer: one mutex, and a condition variable for each side to wait on. It is
 * built from nothing else, so it is what tools that understand only pthreads can follow, what works
 * under real-time priorities (with LEAT_RING_PRIORITY_INHERIT), and what the other forms are
 * compared with.
 *
 * All state is guarded by the mutex. Each item wakes one consumer that waits, each place one
 * producer. Source: C. A. R. Hoare, Monitors: an operating system structuring concept, 1974.
 */
#include "ring/form.h"

#include "base/thread.h"

#include <leat/ring_inline.h>

#include <errno.h>

struct locked {
	struct leat_ring ring;
	leat__mutex mutex;
	leat__condition not_empty, not_full;
	uint32_t consumers_waiting, producers_waiting;
	char *write_at, *read_at;
	struct leat__tally tally;
};

size_t leat__locked_footprint(const leat_ring_options *options)
{
	return leat__bytes(sizeof(struct locked), options->capacity, options->item_size);
}

int leat__locked_init(leat_ring *ring, const leat_ring_options *options)
{
	struct locked *q = (struct locked *)ring;
	int result = leat__mutex_init(&q->mutex, options->flags & LEAT_RING_PRIORITY_INHERIT);

	if (result)
		return result;
	result = leat__condition_init(&q->not_empty);
	if (result)
		goto no_not_empty;
	result = leat__condition_init(&q->not_full);
	if (result)
		goto no_not_full;
	ring->stride = options->item_size;
	ring->items = (char *)(q + 1);
	ring->items_end = ring->items + options->capacity * options->item_size;
	q->write_at = q->read_at = ring->items;
	q->tally = (struct leat__tally){ 0 };
	q->consumers_waiting = q->producers_waiting = 0;
	return 0;

no_not_full:
	leat__condition_fini(&q->not_empty);
no_not_empty:
	leat__mutex_fini(&q->mutex);
	return result;
}

static size_t inside(const struct locked *q)
{
	return (size_t)(q->tally.pushed - q->tally.popped);
}

void leat__locked_fini(leat_ring *ring)
{
	struct locked *q = (struct locked *)ring;

	leat__drop(ring, q->read_at, inside(q));
	leat__condition_fini(&q->not_full);
	leat__condition_fini(&q->not_empty);
	leat__mutex_fini(&q->mutex);
}

/* Waits once on a condition; -EAGAIN or -ETIMEDOUT when the deadline allows no more. */
static int wait_once(struct locked *q, leat__condition *condition, uint32_t *waiting,
                     uint64_t *sleeps, leat_deadline until)
{
	int result;

	if (until == LEAT_NOW)
		return -EAGAIN;
	++*waiting;
	++*sleeps;
	result = leat__condition_wait(condition, &q->mutex, until);
	--*waiting;
	return result;
}

/* 0: there is room. The last look comes after the deadline. */
static int await_room(struct locked *q, leat_deadline until)
{
	int result = 0;

	while (!q->ring.ended && inside(q) == q->ring.capacity) {
		if (result)
			return result;
		result = wait_once(q, &q->not_full, &q->producers_waiting,
		                   &q->tally.producer_sleeps, until);
	}
	if (q->ring.ended)
		return q->ring.ended & LEAT__CANCELLED ? -ECANCELED : -EPIPE;
	return 0;
}

static int await_item(struct locked *q, leat_deadline until)
{
	int result = 0;

	while (!q->ring.ended && inside(q) == 0) {
		if (result)
			return result;
		result = wait_once(q, &q->not_empty, &q->consumers_waiting,
		                   &q->tally.consumer_sleeps, until);
	}
	if (q->ring.ended & LEAT__CANCELLED)
		return -ECANCELED;
	return inside(q) ? 0 : -EPIPE;
}

static void signal_n(leat__condition *condition, uint32_t waiting, size_t n)
{
	if (n >= waiting && waiting > 1) {
		leat__condition_broadcast(condition);
		return;
	}
	for (size_t i = 0; i < n && i < waiting; i++)
		leat__condition_signal(condition);
}

static size_t put(struct locked *q, const char *items, size_t n)
{
	size_t room = q->ring.capacity - inside(q);

	if (n > room)
		n = room;
	q->write_at = leat__copy_in(&q->ring, q->write_at, items, n * q->ring.item_size);
	q->tally.pushed += n;
	signal_n(&q->not_empty, q->consumers_waiting, n);
	return n;
}

static size_t take(struct locked *q, char *items, size_t n)
{
	if (n > inside(q))
		n = inside(q);
	q->read_at = leat__copy_out(&q->ring, q->read_at, items, n * q->ring.item_size);
	q->tally.popped += n;
	signal_n(&q->not_full, q->producers_waiting, n);
	return n;
}

ssize_t leat__locked_push_n(leat_ring *ring, const char *items, size_t n, leat_deadline until)
{
	struct locked *q = (struct locked *)ring;
	size_t done = 0;
	int result = 0;

	leat__mutex_lock(&q->mutex);
	while (done < n && (result = await_room(q, until)) == 0)
		done += put(q, items + done * ring->item_size, n - done);
	leat__mutex_unlock(&q->mutex);
	return done ? (ssize_t)done : result;
}

ssize_t leat__locked_pop_n(leat_ring *ring, char *items, size_t n, leat_deadline until)
{
	struct locked *q = (struct locked *)ring;
	ssize_t result;

	leat__mutex_lock(&q->mutex);
	result = await_item(q, until);
	if (result == 0)
		result = (ssize_t)take(q, items, n);
	leat__mutex_unlock(&q->mutex);
	return result;
}

static void end(struct locked *q, uint32_t mark)
{
	q->ring.ended |= mark;
	leat__condition_broadcast(&q->not_empty);
	leat__condition_broadcast(&q->not_full);
}

void leat__locked_end(leat_ring *ring, uint32_t mark)
{
	struct locked *q = (struct locked *)ring;

	leat__mutex_lock(&q->mutex);
	end(q, mark);
	leat__mutex_unlock(&q->mutex);
}

int leat__locked_join(leat_ring *ring)
{
	struct locked *q = (struct locked *)ring;
	int result = 0;

	leat__mutex_lock(&q->mutex);
	if (ring->ended)
		result = ring->ended & LEAT__CANCELLED ? -ECANCELED : -EPIPE;
	else if (ring->producers == INT32_MAX)
		result = -EOVERFLOW;
	else
		ring->producers++;
	leat__mutex_unlock(&q->mutex);
	return result;
}

void leat__locked_leave(leat_ring *ring)
{
	struct locked *q = (struct locked *)ring;

	leat__mutex_lock(&q->mutex);
	if (ring->producers > 0 && --ring->producers == 0)
		end(q, LEAT__CLOSED);
	leat__mutex_unlock(&q->mutex);
}

void leat__locked_tally(const leat_ring *ring, struct leat__tally *tally)
{
	/* reading is locking too */
	struct locked *q = (struct locked *)(uintptr_t)ring;

	leat__mutex_lock(&q->mutex);
	*tally = q->tally;
	leat__mutex_unlock(&q->mutex);
}
